"""The file of an index: numbered pages in a SQLite table, each under a seal that says whether it is what was written.

SQLite does not notice a flipped bit, and neither does it tell that a row is lost: every page has a seal over its
content, its number and the snapshot that it belongs to, and what is not found on its page is nowhere.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2b
from typing import Any, Final, TypeVar
from weakref import finalize

import msgspec

from sgcheck.sources.index.freshness import DIGEST, Stamp

T = TypeVar("T")
FORMAT: Final = 1
FIRST: Final = 2
"""The number of the first page; before it stand the head, and what is where."""
_HEAD: Final = 0
_CONTENTS: Final = 1
_SEAL: Final = 16
_LARGEST: Final = 1 << 30
_TABLE: Final = "CREATE TABLE page (number INTEGER PRIMARY KEY, content BLOB NOT NULL)"
_READ: Final = "SELECT content FROM page WHERE number = ?"
_APPLICATION: Final = 0x73676978
_PATIENCE: Final = 5.0


class Damaged(Exception):  # noqa: N818  (nobody but this package sees it)
    """What is read is not what was written."""


class Head(msgspec.Struct, frozen=True):
    """What an index is of.

    format, release: who wrote it. digest: of the snapshot's content, in hexadecimal. stamp: the file's when that was
    last read, from the moment `checked` on, in nanoseconds.
    """

    format: int
    release: str
    digest: str
    stamp: Stamp
    checked: int


class Book:
    """An index that is open for reading."""

    def __init__(self, path: str) -> None:
        """Open the file at `path` and read its head; raises Damaged where it is none."""
        self.path = path
        try:
            self._connection = _opened(path, "ro")
            self._close = finalize(self, self._connection.close)
            told = self._connection.execute("SELECT type, sql FROM sqlite_master").fetchall()
            known = self._connection.execute("PRAGMA application_id").fetchone() == (_APPLICATION,)
        except sqlite3.Error as error:
            raise Damaged(str(error)) from None
        if told != [("table", _TABLE)] or not known:
            raise Damaged("it is no index of sgcheck")
        self.head = _decoded(Head, _unsealed(_HEAD, b"", self._row(_HEAD)))
        try:
            self._key = bytes.fromhex(self.head.digest)
        except ValueError:
            raise Damaged("its digest is none") from None
        if len(self._key) != DIGEST:
            raise Damaged("its digest is none")

    def contents(self, shape: type[T]) -> T:
        """What is where, as it was given to `write`."""
        found: T = _decoded(shape, self.page(_CONTENTS))
        return found

    def page(self, number: int) -> bytes:
        """The text of a page; raises Damaged where it is not as it was written."""
        if number < 0:
            raise Damaged(f"there is no page {number}")
        packed = _unsealed(number, self._key, self._row(number))
        unpacking = zlib.decompressobj()
        try:
            text = unpacking.decompress(packed, _LARGEST)
        except zlib.error as error:
            raise Damaged(str(error)) from None
        if not unpacking.eof:
            raise Damaged(f"page {number} is too large")
        return text

    def _row(self, number: int) -> bytes:
        try:
            found = self._connection.execute(_READ, (number,)).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            raise Damaged(str(error)) from None
        if found is None or not isinstance(found[0], bytes):
            raise Damaged(f"page {number} is lost")
        return found[0]

    def close(self) -> None:
        """Let go of the file."""
        self._close()


class Writer:
    """A book in the making."""

    def __init__(self, path: str, digest: bytes) -> None:
        """Begin at `path`, an empty file, for the snapshot with this digest; raises sqlite3.Error as all of it does."""
        self._key = digest
        self.next = FIRST
        self._connection = sqlite3.connect(path, isolation_level=None)
        # What is not whole gets no name, and so no journal has to mend it.
        for setting in ("page_size = 8192", "journal_mode = OFF", "synchronous = OFF"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        self._connection.execute("BEGIN")
        self._connection.execute(_TABLE)

    def add(self, texts: Iterable[bytes]) -> int:
        """Write pages one after the other, and return the number of the first."""
        first = self.next
        for text in texts:
            self._put(self.next, self._key, zlib.compress(text, 1))
            self.next += 1
        return first

    def finish(self, head: Head, contents: msgspec.Struct) -> None:
        """Write the rest and let go of the file."""
        self._put(_CONTENTS, self._key, zlib.compress(msgspec.json.encode(contents), 1))
        self._put(_HEAD, b"", msgspec.json.encode(head))
        self._connection.execute("COMMIT")
        self._connection.close()

    def _put(self, number: int, key: bytes, data: bytes) -> None:
        self._connection.execute("INSERT INTO page VALUES (?, ?)", (number, _sealed(number, key, data)))

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._connection.close()


def refresh(path: str, head: Head) -> None:
    """Write another head, where that can be done at once: it only spares the next one the reading."""
    try:
        with closing(_opened(path, "rw")) as connection:
            # A journal on disk that a crash leaves would stop every reader; half a row is what seals are for.
            connection.execute("PRAGMA journal_mode = MEMORY")
            data = _sealed(_HEAD, b"", msgspec.json.encode(head))
            connection.execute("UPDATE page SET content = ? WHERE number = ?", (data, _HEAD))
    except sqlite3.Error:
        return


def _opened(path: str, mode: str) -> sqlite3.Connection:
    """A connection that runs nothing that the file brings with it."""
    connection = sqlite3.connect(
        f"{_address(path)}?mode={mode}",
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=4,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _address(path: str) -> str:
    """The URI of a file (sqlite.org, uri.html); neither pathlib nor urllib is loaded for it."""
    absolute = os.path.abspath(path)  # noqa: PTH100
    if os.altsep:
        absolute = "/" + absolute.replace(os.sep, "/")
    return "file:" + absolute.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _seal(number: int, key: bytes, data: bytes) -> bytes:
    return blake2b(data, digest_size=_SEAL, key=key, salt=number.to_bytes(8, "big")).digest()


def _sealed(number: int, key: bytes, data: bytes) -> bytes:
    return _seal(number, key, data) + data


def _unsealed(number: int, key: bytes, content: bytes) -> bytes:
    if content[:_SEAL] != _seal(number, key, content[_SEAL:]):
        raise Damaged(f"page {number} is not what was written")
    return content[_SEAL:]


def _decoded(shape: Any, text: bytes) -> Any:
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Damaged(str(error)) from None
