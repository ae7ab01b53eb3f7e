"""A plain second opinion: an evaluator of single packets, random networks to ask it about, and the AWS commands
that change them.
"""
