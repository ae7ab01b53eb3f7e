"""Opening the index beside a snapshot: it counts only where it is of this content, and made by this release."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import msgspec

from sgcheck._version import __version__
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import SgcheckError
from sgcheck.sources.index.book import FORMAT, Book, Damaged, Head, refresh
from sgcheck.sources.index.freshness import Stamp, digest_of, settled, stamp_of
from sgcheck.sources.index.place import index_of
from sgcheck.sources.index.stored import Stored


class _Stale(Exception):  # noqa: N818  (it never leaves this module)
    """An index that is whole, and of something else."""


def open_index(file: str, say: Callable[[str], None]) -> Snapshot | None:
    """The snapshot `file` by the index beside it, None where that is of no use; `say` then tells why, in one line.

    An index of another content, or of another release, is made anew first.
    """
    try:
        return _opened(file, say)
    except _Stale as why:
        if not os.access(os.path.dirname(os.path.abspath(file)), os.W_OK):  # noqa: PTH100, PTH120  (pathlib is slower)
            say(f"{index_of(file)}: {why}: it is not used")
            return None
        say(f"{index_of(file)}: {why}: it is made anew")
    except (Damaged, OSError) as why:
        say(f"{index_of(file)}: can't be used ({why}); sgcheck snapshot --index makes it anew")
        return None
    from sgcheck.sources.index.building import build_index

    try:
        build_index(file)
        return _opened(file, say)
    except SgcheckError as error:
        say(error.message)
    except (_Stale, Damaged, OSError) as why:
        say(f"{index_of(file)}: can't be used ({why})")
    return None


def _opened(file: str, say: Callable[[str], None]) -> Snapshot | None:
    began = time.time_ns()
    stamp = stamp_of(file)
    if stamp is None:
        return None
    book = Book(index_of(file))
    try:
        _check(file, stamp, book.head, began)
        return Stored(file, stamp, book, say).snapshot()
    except BaseException:
        book.close()  # where a file that is open can't be replaced
        raise


def _check(file: str, stamp: Stamp, head: Head, began: int) -> None:
    """Raise _Stale where the index is not of this release, or may be of another content."""
    if (head.format, head.release) != (FORMAT, __version__):
        raise _Stale("is of another release of sgcheck")
    if stamp == head.stamp and settled(stamp, head.checked):
        return
    if digest_of(file).hex() != head.digest or stamp_of(file) != stamp:
        raise _Stale(f"is of another content of {file}")
    refresh(index_of(file), msgspec.structs.replace(head, stamp=stamp, checked=began))
