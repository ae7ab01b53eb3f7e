"""An index beside a snapshot: what conversions work out over all of its records, in pages that are read one by one.

It is a file that can be deleted at any time: every answer is the same without it, only later.
"""
