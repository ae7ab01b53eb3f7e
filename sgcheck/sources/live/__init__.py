"""The live account as a source: the only place that talks to AWS, read-only, and the only one that imports boto3.

`who` says who asks and where, `sessions` opens it, `asking` makes one call with all its pages, `reading` reads a kind,
`collecting` everything, `narrowing` only what a question needs. What is refused becomes a gap, never an exception.
"""
