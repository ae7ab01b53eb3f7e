"""Whether a file still is what it was: its metadata where that is enough, else its content."""

from __future__ import annotations

import os
import stat
from hashlib import blake2b
from typing import Final

import msgspec

DIGEST: Final = 32
"""Bytes of a digest."""
_CHUNK: Final = 1024 * 1024
_COARSEST_CLOCK: Final = 2_000_000_000
"""The coarsest that a file system writes times in, in nanoseconds: FAT's two seconds."""


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What a file system says of a file: bytes, nanoseconds of the last write and change, inode."""

    size: int
    written: int
    changed: int
    inode: int


def stamp_of(path: str) -> Stamp | None:
    """The stamp of the file at `path`, None where there is no regular file."""
    try:
        found = os.stat(path)  # noqa: PTH116  (pathlib takes longer to load than all of this)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def settled(stamp: Stamp, since: int) -> bool:
    """Whether any change after the moment `since`, in nanoseconds, must show in the stamp: then it was old already."""
    return max(stamp.written, stamp.changed) + _COARSEST_CLOCK < since


def digest_of(path: str) -> bytes:
    """The digest of a file's content; raises OSError."""
    digest = blake2b(digest_size=DIGEST)
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (the same)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()
