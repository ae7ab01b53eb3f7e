"""How a file is laid out, told from its beginning: text, gzip, Parquet or JSON, and which fields in which order."""

from __future__ import annotations

import gzip
import re
import zlib
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from sgcheck.diagnose.flowlogs.fields import DEFAULT, header
from sgcheck.diagnose.flowlogs.files import reason
from sgcheck.errors import InputError

_HEAD: Final = 262_144
_TRIED: Final = 50
_GZIP = b"\x1f\x8b"
_OTHERS = {b"PK\x03\x04": "a zip archive", b"\x28\xb5\x2f\xfd": "compressed with zstd", b"BZh": "compressed with bzip2"}
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]?[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?|\d{13}")
"""How CloudWatch Logs writes the time before a message: ISO 8601, or milliseconds."""


class Shape(StrEnum):
    """What a file is."""

    TEXT = "text"
    JSON = "json"
    PARQUET = "parquet"


class Layout(msgspec.Struct, frozen=True):
    """Shape, and for text the fields of a line in order. before: how many words stand before them.

    header: whether the first line names the fields. packed: gzip.
    """

    shape: Shape
    packed: bool = False
    fields: tuple[str, ...] = ()
    header: bool = False
    before: int = 0

    @property
    def width(self) -> int:
        """How many words a line has."""
        return self.before + len(self.fields)


def layout_of(path: Path, log_format: tuple[str, ...] | None) -> Layout | None:
    """The layout of a file, None for an empty one. log_format: the order of fields where the file does not name it.

    Raises InputError, without the file's name, where it is no flow log.
    """
    head, packed = _beginning(path)
    if head.startswith(b"PAR1"):
        return Layout(Shape.PARQUET)
    other = next((word for magic, word in _OTHERS.items() if head.startswith(magic)), None)
    if other:
        raise InputError(f"is {other}: unpack it first")
    text = _text(head)
    if not text.strip():
        return None
    if text.lstrip()[0] in "{[":
        return Layout(Shape.JSON, packed)
    return _lines(text, packed, log_format)


def _beginning(path: Path) -> tuple[bytes, bool]:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if not head.startswith(_GZIP):
            return head, False
        with gzip.open(path) as packed:
            return packed.read(_HEAD), True
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"is broken gzip: {error}") from error
    except OSError as error:
        raise InputError(reason(error)) from error


def _text(head: bytes) -> str:
    """The whole lines of the beginning."""
    whole = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1] or head
    if b"\0" in whole:
        raise InputError("is no flow log: neither lines of text nor Parquet nor JSON")
    return whole.decode("utf-8-sig", "replace")


def _lines(text: str, packed: bool, log_format: tuple[str, ...] | None) -> Layout:
    lines = [line.split() for line in text.splitlines()[:_TRIED] if line.strip()]
    named = _header(lines[0])
    if named:
        before, fields = named
        return Layout(Shape.TEXT, packed, fields, header=True, before=before)
    fields = log_format or DEFAULT
    before = _before(lines[0], len(fields))
    fitting = [words for words in lines if _fits(words, before, fields, strict=log_format is None)]
    if 2 * len(fitting) >= len(lines):
        return Layout(Shape.TEXT, packed, fields, before=before)
    if log_format:
        raise InputError(f"its first lines do not have the {len(fields)} fields of --log-format")
    raise InputError("has no header, and its lines are not in the default format: --log-format says their order")


def _fits(words: list[str], before: int, fields: tuple[str, ...], *, strict: bool) -> bool:
    """Whether a line has all fields; strict: whether it is of version 2 as well."""
    return len(words) >= before + len(fields) and (not strict or words[before] == "2")


def _header(words: list[str]) -> tuple[int, tuple[str, ...]] | None:
    """How many words stand before the names of a header, and the names."""
    for before in range(min(3, len(words))):
        names = header(" ".join(words[before:]))
        if names and (before == 0 or _TIME.fullmatch(words[0])):
            return before, names
    return None


def _before(words: list[str], width: int) -> int:
    """How many words of CloudWatch Logs stand before a record: a time, and perhaps the name of the stream."""
    if not _TIME.fullmatch(words[0]):
        return 0
    return 2 if len(words) >= width + 2 and words[1].startswith("eni-") else 1
