"""Slicing JSON text: one level is read, everything below stays raw bytes until somebody knows its type."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import msgspec

from sgcheck.errors import InputError

if TYPE_CHECKING:
    from mmap import mmap

Buffer: TypeAlias = Union[bytes, "mmap"]
"""A whole file's text; mmap is what a big one is read through."""
Members = dict[str, msgspec.Raw]
"""One level of an object."""

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPACE = b" \t\r\n"
_MEMBER_NAME = re.compile(rb'[ \t\r\n]*[{,][ \t\r\n]*"(?:[^"\\]|\\.)*"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_EMPTY_OBJECT = rb"[ \t\r\n]*\{[ \t\r\n]*\}[ \t\r\n]*"
_OBJECT_END = re.compile(rb"[ \t\r\n]*\}[ \t\r\n]*")
_OFFSET = r"\(byte (\d+)\)"


def decoder(shape: Any, *, strict: bool = True) -> msgspec.json.Decoder[Any]:
    """The decoder of JSON text into `shape`; not `strict` also takes numbers that are written as strings."""
    return _decoder(shape, strict)


@cache
def _decoder(shape: Any, strict: bool) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, strict=strict)


def utf8(data: Buffer, file: str) -> Buffer:
    """`data` as UTF-8 without a byte order mark; it may be UTF-16 or UTF-32 with one.

    Raises InputError where the mark promises what the text does not keep.
    """
    for mark, encoding in _MARKS:
        if data[: len(mark)] == mark:
            try:
                return bytes(data).decode(encoding).encode()
            except UnicodeError as error:
                message = f"{file}: expected {encoding.removesuffix('-sig').upper()}, as its byte order mark says"
                raise InputError(message) from error
    return data


def first_byte(data: Buffer) -> bytes:
    """The first byte that is not white space, empty where there is none."""
    for start in range(0, len(data), 64):
        rest = data[start : start + 64].lstrip(_SPACE)
        if rest:
            return rest[:1]
    return b""


def slice_text(data: Buffer, file: str) -> Members | list[msgspec.Raw]:
    """The first level of a whole file: the members of an object, or the elements of a list.

    Raises InputError with line and column where it is not JSON, and where it is neither an object nor a list.
    """
    first = first_byte(data)
    if not first:
        raise InputError(f"{file}: is empty, expected JSON")
    try:
        if first == b"{":
            return _sliced(data, file)
        if first == b"[":
            return list(decoder(list[msgspec.Raw]).decode(data))
        decoder(Any).decode(data)
    except RecursionError as error:
        raise InputError(f"{file}: is nested too deep") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: has a text that is not UTF-8") from error
    except msgspec.DecodeError as error:
        raise InputError(f"{file}: {_position(data, error)}") from error
    raise InputError(f"{file}: expected a JSON object or list")


def slice_object(raw: msgspec.Raw, file: str, place: str) -> Members:
    """The members of an object that stands at `place` in `file`; raises InputError where it is something else."""
    try:
        return _sliced(raw, f"{file}: {place}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {place}: {plain(error)[1]}") from error


def slice_list(raw: msgspec.Raw, file: str, place: str) -> Sequence[msgspec.Raw]:
    """The elements of a list that stands at `place` in `file`; raises InputError where it is something else."""
    try:
        return list(decoder(list[msgspec.Raw]).decode(raw))
    except msgspec.DecodeError as error:
        raise InputError(f"{file}: {place}: {plain(error)[1]}") from error


def slice_accounts(raw: msgspec.Raw, file: str, place: str) -> dict[str, dict[str, Members]]:
    """The members of members of members of an object that stands at `place` in `file`: by account, by Region, by key.

    Raises InputError where any of the three levels is not an object or has a member twice.
    """
    try:
        accounts: dict[str, dict[str, Members]] = decoder(dict[str, dict[str, Members]]).decode(raw)
        if _end(accounts, memoryview(raw), 0) == memoryview(raw).nbytes:
            return accounts
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    # Something is wrong: level by level it gets its place.
    return {
        account: {
            region: slice_object(keys, file, f"{place}.{account}.{region}")
            for region, keys in slice_object(regions, file, f"{place}.{account}").items()
        }
        for account, regions in slice_object(raw, file, place).items()
    }


def is_object(raw: msgspec.Raw) -> bool:
    """Whether `raw` is a JSON object."""
    return _starts(raw, b"{")


def is_list(raw: msgspec.Raw) -> bool:
    """Whether `raw` is a JSON list."""
    return _starts(raw, b"[")


def is_string(raw: msgspec.Raw) -> bool:
    """Whether `raw` is a JSON string."""
    return _starts(raw, b'"')


def is_null(raw: msgspec.Raw) -> bool:
    """Whether `raw` is null."""
    return _starts(raw, b"n")


def _starts(raw: msgspec.Raw, first: bytes) -> bool:
    return bytes(memoryview(raw)[:1]) == first


def plain(error: Exception) -> tuple[str, str]:
    """What the decoder complains of as (place below the decoded value, complaint in plain words)."""
    if isinstance(error, UnicodeDecodeError):
        return "", "a text is not UTF-8"
    text, _, path = str(error).partition(" - at `")
    place = path.removesuffix("`").removeprefix("$").removeprefix(".")
    text = text.replace(" | null", "").replace("`", "")
    missing = "Object missing required field "
    if text.startswith(missing):
        return ".".join(filter(None, (place, text.removeprefix(missing)))), "is missing"
    return place, text[:1].lower() + text[1:]


def _position(data: Buffer, error: msgspec.DecodeError) -> str:
    match = re.search(_OFFSET, str(error))
    if not match and _is_json(data):
        return "has a text with half a surrogate pair"
    offset = int(match.group(1)) if match else len(bytes(data).rstrip(_SPACE))
    # The decoder has read one character too many when it finds that there are any.
    before = data[: offset - ("trailing characters" in str(error))]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
    what = str(error).removeprefix("JSON is malformed: ").partition(" (byte")[0] if match else "it ends too early"
    return f"line {line}, column {column}: not valid JSON: {what}"


def _is_json(data: Buffer) -> bool:
    """Whether the standard library, which takes half a surrogate pair, can read what the decoder calls truncated."""
    import json  # only the reader of broken files needs it

    try:
        json.loads(bytes(data))
    except (ValueError, RecursionError):
        return False
    return True


def _sliced(data: Buffer | msgspec.Raw, where: str) -> Members:
    members: Members = decoder(Members).decode(data)
    if _end(members, memoryview(data), 0) != memoryview(data).nbytes:
        raise InputError(f'{where}: the key "{_twice(data)}" stands there twice')
    return members


def _end(node: Mapping[str, Any] | msgspec.Raw, text: memoryview, position: int) -> int:
    """Where in `text` a sliced object ends that begins at `position`, 0 where it is not all that the text has.

    Of two members with one name the decoder keeps the last only. The walk skips the values by their length, so it costs
    nothing but the names.
    """
    if isinstance(node, msgspec.Raw):
        return position + memoryview(node).nbytes
    if not node:
        match = re.compile(_EMPTY_OBJECT).match(text, position)  # rare, and compiled once by `re` itself
        return match.end() if match else 0
    for value in node.values():
        match = _MEMBER_NAME.match(text, position)
        position = _end(value, text, match.end()) if match else 0
        if not position:
            return 0
    match = _OBJECT_END.match(text, position)
    return match.end() if match else 0


def _twice(data: Buffer | msgspec.Raw) -> str:
    import json  # only the reader of broken files needs it

    outermost: list[str] = []

    def hook(pairs: list[tuple[str, object]]) -> None:
        outermost[:] = [name for name, _ in pairs]

    json.loads(bytes(data), object_pairs_hook=hook)
    return next((name for name in outermost if outermost.count(name) > 1), "")
