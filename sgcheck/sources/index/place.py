"""Where the index of a snapshot is; imports nothing, because every question looks there."""


def index_of(file: str) -> str:
    """The name of the index that belongs to the snapshot `file`."""
    return f"{file}.sgindex"
