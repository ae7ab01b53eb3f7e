"""How mappings lie on the pages of an index, and how their values are written."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Final

import msgspec

from sgcheck.aws.conversion.unique import Home
from sgcheck.aws.snapshot import Counts, Gap

_PAGE: Final = 8192
Count = Annotated[int, msgspec.Meta(ge=0)]


class Space(msgspec.Struct, frozen=True, array_like=True):
    """Where a mapping lies: its first page, how many there are and how many entries they have.

    order: the page with the keys in their order, 0 where they are sorted.
    """

    first: Count
    pages: Annotated[int, msgspec.Meta(ge=1)]
    entries: Count
    order: Count


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """A batch without its records. source: the place in the file, as it goes on behind the file's name."""

    kind: str
    account: str | None
    region: str | None
    source: str
    records: Count


class Contents(msgspec.Struct, frozen=True):
    """The snapshot without its records, and where the mappings lie."""

    batches: tuple[Listed, ...]
    gaps: tuple[Gap, ...]
    counts: Counts
    collected_at: str | None
    caller: str | None
    redacted: bool
    spaces: dict[str, Space]


def page_of(key: str, pages: int) -> int:
    """The page, counted from 0, that an entry stands on."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) % pages


def pages_of(entries: Mapping[str, bytes]) -> list[bytes]:
    """The texts of the pages for these entries: a JSON object each, at least one."""
    size = sum(map(len, entries.values())) + sum(map(len, entries))
    pages: list[list[bytes]] = [[] for _ in range(max(1, size // _PAGE))]
    for key, text in entries.items():
        pages[page_of(key, len(pages))].append(msgspec.json.encode(key) + b":" + text)
    return [b"{" + b",".join(page) + b"}" for page in pages]


def written(value: Any, file: str) -> bytes:
    """A value as JSON; homes without the name of the file."""
    return msgspec.json.encode(_plain(value, file))


def _plain(value: Any, file: str) -> Any:
    if type(value) is Home:
        assert value.source.startswith(file), value.source
        return value._replace(source=value.source[len(file) :])
    if type(value) in (list, tuple):
        return [_plain(one, file) for one in value]
    if isinstance(value, msgspec.Struct) and _has_text(type(value)):
        return dict(_members(value))
    return value


def at_home(value: Any, file: str) -> Any:
    """A value as it was before `written`, which its homes say is of `file`."""
    if type(value) is tuple and any(type(one) is Home for one in value):
        return tuple(one._replace(source=file + one.source) if type(one) is Home else one for one in value)
    return value


@cache
def _has_text(record: type[msgspec.Struct]) -> bool:
    """Whether records of this type have members that stay text."""
    return any(field.type is msgspec.Raw for field in msgspec.structs.fields(record))


def _members(record: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """The members of a record without empty texts, which stand for what is not there."""
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if not isinstance(value, msgspec.Raw) or memoryview(value).nbytes:
            yield field.encode_name, value
