"""Which files there are to read: those that were named, and those of folders, each once."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from sgcheck.errors import InputError


class Found(msgspec.Struct, frozen=True):
    """A file. named: whether the user named this very file, so that it has to be understood."""

    path: Path
    named: bool


class Unreadable(msgspec.Struct, frozen=True):
    """What a folder holds and can't be opened. why: in a few words."""

    path: Path
    why: str


def files_of(paths: Sequence[str]) -> Iterator[Found | Unreadable]:
    """All files at the paths, those of a folder in the order of their names, recursively; hidden ones are left out.

    Raises InputError where a named path can't be opened.
    """
    for text in paths:
        path = Path(text)
        try:
            mode = path.stat().st_mode
            if stat.S_ISREG(mode):
                path.open("rb").close()
        except (OSError, ValueError) as error:
            raise InputError(f"{text}: {reason(error)}") from error
        if stat.S_ISDIR(mode):
            yield from _below(path, set())
        elif stat.S_ISREG(mode):
            yield Found(path, named=True)
        else:
            raise InputError(f"{text}: is neither a file nor a folder")


def _below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Found | Unreadable]:
    """Links are followed, but no folder is entered twice."""
    try:
        status = folder.stat()
        paths = sorted(folder.iterdir())
    except OSError as error:
        yield Unreadable(folder, reason(error))
        return
    if (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    for path in paths:
        if not path.name.startswith("."):
            yield from _one(path, seen)


def _one(path: Path, seen: set[tuple[int, int]]) -> Iterator[Found | Unreadable]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            path.open("rb").close()
    except OSError as error:
        yield Unreadable(path, reason(error))
        return
    if stat.S_ISDIR(mode):
        yield from _below(path, seen)
    elif stat.S_ISREG(mode):
        yield Found(path, named=False)
    else:
        yield Unreadable(path, "is neither a file nor a folder")


def reason(error: OSError | ValueError) -> str:
    """What went wrong, in the words of the operating system."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
