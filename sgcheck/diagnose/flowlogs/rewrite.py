"""Files that are no plain lines of one format, as temporary files that are.

The wrappers: `aws logs filter-log-events` and `get-log-events` (`events[].message`), a subscription's `logEvents`, an
answer of Logs Insights (`results` of `@message`), and what Firehose delivers: an object with `message` for each record,
with or without line breaks between them, or its event (`records[].data`, base64).
"""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from sgcheck.diagnose.flowlogs.fields import header
from sgcheck.diagnose.flowlogs.source import Source
from sgcheck.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from sgcheck.diagnose.flowlogs.layout import Layout

_UNKNOWN = (
    "is JSON without flow log records: expected `events` or `results` of CloudWatch Logs, or objects with a `message`"
)


def messages(source: Source, packed: bool, folder: Path) -> Source:
    """A file of the messages in a JSON file, one a line. Raises InputError where there are none."""
    try:
        with source.open(packed=packed) as file:
            text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8: {error}") from error
    with _temporary(folder) as lines:
        for value in _values(text):
            for message in _messages(value):
                lines.write(" ".join(message.splitlines()).encode("utf-8", "replace") + b"\n")
    return Source(lines.name, source.shown, source.named, "record")


def _values(text: str) -> Iterator[Any]:
    """The JSON values that follow each other, with or without anything between them."""
    decoder = json.JSONDecoder()
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place == len(text):
            return
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            line = text.count("\n", 0, error.pos) + 1
            raise InputError(f"line {line}: is broken JSON: {error.msg}") from None
        except RecursionError:
            raise InputError("is JSON that is nested too deeply") from None
        yield value


def _messages(value: Any) -> Iterator[str]:
    """The log lines of one JSON value."""
    match value:
        case {"message": str(message)}:
            yield message
        case {"data": str(data)}:
            yield from _decoded(data)
        case {"events": list(parts)} | {"logEvents": list(parts)} | {"records": list(parts)}:
            yield from _each(parts)
        case {"results": list(rows)}:
            yield from (v for row in rows if isinstance(row, list) for v in _insights(row))
        case list(parts):
            yield from _each(parts)
        case _:
            raise InputError(_UNKNOWN)


def _each(parts: list[Any]) -> Iterator[str]:
    for part in parts:
        yield from _messages(part)


def _insights(row: list[Any]) -> Iterator[str]:
    for field in row:
        match field:
            case {"field": "@message", "value": str(message)}:
                yield message


def _decoded(data: str) -> Iterator[str]:
    """What a Firehose record holds: a line, or JSON again."""
    try:
        text = base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise InputError("`data` is not base64 of a flow log record") from None
    if text.lstrip().startswith("{"):
        for value in _values(text):
            yield from _messages(value)
    else:
        yield from text.splitlines()


def cleaned(source: Source, layout: Layout, folder: Path) -> Source:
    """A text file with the same line break everywhere, and nothing that is not UTF-8."""
    with source.open(packed=layout.packed) as lines, _temporary(folder) as file:
        for line in lines:
            file.write(line.rstrip(b"\r\n").decode("utf-8", "replace").encode() + b"\n")
    return Source(file.name, source.shown, source.named, source.unit)


def _temporary(folder: Path) -> IO[bytes]:
    return tempfile.NamedTemporaryFile("wb", dir=folder, suffix=".log", delete=False)


def by_header(source: Source, layout: Layout, folder: Path) -> list[tuple[Source, tuple[str, ...]]]:
    """A file for each header that a file has, with empty lines in place of what is not under it."""
    files: dict[tuple[str, ...], IO[bytes]] = {}
    current = layout.fields
    try:
        with source.open(packed=layout.packed) as lines:
            for number, line in enumerate(lines):
                words = line.split()[layout.before :]
                named = (
                    header(b" ".join(words).decode("utf-8", "replace")) if words and words[0][:1].isalpha() else None
                )
                current = named or current
                if current not in files:
                    files[current] = _temporary(folder)
                    files[current].write(b"\n" * number)
                for fields, file in files.items():
                    file.write(line if fields == current and not named else b"\n")
    finally:
        for file in files.values():
            file.close()
    return [(Source(file.name, source.shown, source.named, source.unit), fields) for fields, file in files.items()]
