"""A snapshot whose records stay in an index until somebody asks for them, and in the snapshot where that is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import msgspec

from sgcheck.aws.kinds import kind_named
from sgcheck.aws.snapshot import Batch, Snapshot
from sgcheck.errors import InputError
from sgcheck.sources.index.book import Book, Damaged
from sgcheck.sources.index.freshness import Stamp, stamp_of
from sgcheck.sources.index.layout import Contents, Space, at_home, page_of
from sgcheck.sources.jsontext import decoder

V = TypeVar("V")
Entries = dict[str, msgspec.Raw]
RECORDS: Final = "all of a kind: "
"""How the names of mappings begin that have whole lists of records, by the number of the batch."""


class Stored:
    """Keeps what the index of a snapshot has (a Keeper of the conversions)."""

    lazy = True

    def __init__(self, file: str, stamp: Stamp, book: Book, say: Callable[[str], None]) -> None:
        """Serve from `book` what it has of `file`, whose stamp it is; `say` tells the user of damage, once.

        Raises Damaged.
        """
        self.file = file
        self._stamp = stamp
        self._book = book
        self._say: Callable[[str], None] | None = say
        self._contents = book.contents(Contents)

    def snapshot(self) -> Snapshot:
        """The snapshot; raises Damaged where what the index says of it makes no sense."""
        told = self._contents
        return Snapshot(
            batches=tuple(self._batch(number) for number in range(len(told.batches))),
            gaps=told.gaps,
            counts=told.counts,
            collected_at=told.collected_at,
            caller=told.caller,
            redacted=told.redacted,
            keeper=self,
        )

    def _batch(self, number: int) -> Batch[Any]:
        told = self._contents.batches[number]
        kind = kind_named(told.kind)
        if kind is None:
            raise Damaged(f"there is no kind {told.kind}")
        records = Records(self, number, f"{RECORDS}{told.kind}", kind.record, told.records)
        return Batch(kind, told.account, told.region, self.file + told.source, records)

    def mapping(self, name: str, shape: Any, make: Callable[[], Mapping[str, V]]) -> Mapping[str, V]:
        """The mapping of this name from the index, where it is in there."""
        space = self._contents.spaces.get(name)
        return make() if space is None else Entered(self, space, shape, make)

    def page(self, number: int) -> bytes:
        """A page of the index; raises Damaged."""
        return self._book.page(number)

    def damaged(self, why: Damaged) -> None:
        """Say that the index is damaged, and why, where that has not been said."""
        if self._say is not None:
            self._say(
                f"{self._book.path}: is damaged ({why}): {self.file} is read instead;"
                " sgcheck snapshot --index makes it anew"
            )
            self._say = None

    @cached_property
    def whole(self) -> Snapshot:
        """The snapshot as it is read without an index."""
        from sgcheck.sources.files import load_snapshot

        found = load_snapshot([self.file])
        if stamp_of(self.file) != self._stamp:
            raise InputError(f"{self.file}: has changed while it was read")
        return found


class Entered(Mapping[str, V], Generic[V]):
    """A mapping in an index; each entry is read when somebody asks for it."""

    def __init__(self, stored: Stored, space: Space, shape: Any, make: Callable[[], Mapping[str, V]]) -> None:
        """Read from `space`; where that is damaged, have what `make` makes."""
        self._stored = stored
        self._space = space
        self._shape = shape
        self._make = make
        self._made: Mapping[str, V] | None = None
        self._pages: dict[int, Entries] = {}
        self._values: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        """The value of `key`; KeyError where there is none."""
        if key in self._values:
            return self._values[key]
        if self._made is None:
            try:
                self._values[key] = value = self._read(key)
            except Damaged as why:
                self._replace(why)
            else:
                return value
        return self._anew()[key]

    def __contains__(self, key: object) -> bool:
        """Whether there is such a key; decodes nothing."""
        if self._made is None:
            try:
                return isinstance(key, str) and key in self._page(page_of(key, self._space.pages))
            except Damaged as why:
                self._replace(why)
        return key in self._anew()

    def __iter__(self) -> Iterator[str]:
        """Every key, in the order of the data."""
        if self._made is None:
            try:
                return iter(self._keys())
            except Damaged as why:
                self._replace(why)
        return iter(self._anew())

    def __len__(self) -> int:
        """How many keys there are."""
        return self._space.entries

    def _anew(self) -> Mapping[str, V]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def _replace(self, why: Damaged) -> None:
        self._stored.damaged(why)
        self._made = self._make()

    def _read(self, key: str) -> V:
        raw = self._page(page_of(key, self._space.pages))[key]
        value: V = at_home(_decoded(self._shape, raw), self._stored.file)
        return value

    def _page(self, number: int) -> Entries:
        found = self._pages.get(number)
        if found is None:
            text = self._stored.page(self._space.first + number)
            found = self._pages[number] = _decoded(Entries, text)
        return found

    def _keys(self) -> Sequence[str]:
        keys = sorted(key for number in range(self._space.pages) for key in self._page(number))
        if len(keys) != self._space.entries:
            raise Damaged("entries are lost")
        if not self._space.order:
            return keys
        ordered: list[str] = _decoded(list[str], self._stored.page(self._space.order))
        if sorted(ordered) != keys:
            raise Damaged("the order of entries is lost")
        return ordered


class Records(Sequence[Any]):
    """The records of a batch, decoded when somebody asks for one."""

    def __init__(self, stored: Stored, number: int, name: str, record: Any, count: int) -> None:
        """Have `count` records of the type `record`: those of a batch, by its number."""
        self._stored = stored
        self._number = number
        self._name = name
        self._shape: Any = list[record]
        self._count = count

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __getitem__(self, index: Any) -> Any:
        """One of them, or a slice."""
        return self._all[index]

    def __iter__(self) -> Iterator[Any]:
        """Every one, in the order of the data."""
        return iter(self._all if self._count else ())

    @cached_property
    def _all(self) -> Sequence[Any]:
        number = str(self._number)
        return self._stored.mapping(self._name, self._shape, self._whole)[number]

    def _whole(self) -> Mapping[str, Sequence[Any]]:
        return {str(self._number): self._stored.whole.batches[self._number].records}


def _decoded(shape: Any, text: bytes | msgspec.Raw) -> Any:
    try:
        return decoder(shape).decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Damaged(str(error)) from None
