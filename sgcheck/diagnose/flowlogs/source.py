"""A file to scan: where its text is, and what it is called."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from sgcheck.errors import InputError

_CHUNK = 1 << 20


class Source(msgspec.Struct, frozen=True):
    """A file, or the temporary one that holds its text.

    path: where the text is. shown: its name in messages. named: whether the user named it. unit: what its lines are.
    """

    path: str
    shown: str
    named: bool
    unit: str = "line"

    @property
    def place(self) -> Path:
        """The path, to be opened."""
        return Path(self.path)

    def open(self, *, packed: bool) -> BinaryIO:
        """Its text as bytes."""
        return cast("BinaryIO", gzip.open(self.path)) if packed else self.place.open("rb")

    def check(self, *, packed: bool) -> None:
        """Read a gzip file to its end, whose checksum DuckDB does not look at. Raises InputError for a broken one."""
        if not packed:
            return
        try:
            with self.open(packed=True) as file:
                while file.read(_CHUNK):
                    pass
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"is broken gzip: {error}") from error

    def line_numbers(self, offsets: list[int], *, packed: bool) -> list[int]:
        """The number of the line in which each offset is; the offsets are in ascending order."""
        found: list[int] = []
        line, place = 1, 0
        with self.open(packed=packed) as file:
            while len(found) < len(offsets):
                chunk = file.read(_CHUNK)
                begun = 0
                while len(found) < len(offsets) and (offsets[len(found)] < place + len(chunk) or not chunk):
                    end = offsets[len(found)] - place
                    line += chunk.count(b"\n", begun, end)
                    begun = max(begun, end)
                    found.append(line)
                line += chunk.count(b"\n", begun)
                place += len(chunk)
        return found
