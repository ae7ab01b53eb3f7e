"""What has been read of one account and Region, as AWS gave it, each record once."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.kind import Kind
from sgcheck.aws.snapshot import Gap
from sgcheck.sources.live.reading import Found, at
from sgcheck.sources.live.wishes import Wish

Element = dict[str, Any]


class Shelf:
    """Records by kind and top-level key, and what was asked for them."""

    def __init__(self, account: str, region: str) -> None:
        """Start with nothing."""
        self.account = account
        self.region = region
        self.asked: set[Wish] = set()
        self.followed: dict[str, set[str]] = defaultdict(set)
        self.gaps: list[Gap] = []
        self._lists: dict[str, dict[str, dict[bytes, Element]]] = defaultdict(dict)
        self._named: dict[str, dict[str, dict[str, list[Any]]]] = defaultdict(dict)
        self.refused: set[str] = set()
        self.complete: set[str] = set()
        self.fruitful: set[tuple[str, str]] = set()
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._lock = threading.Lock()

    def put(self, found: Found, trait: str, *, follow: bool, complete: bool = False) -> None:
        """Add what was found by `trait`; any thread may. complete: it is everything of its kind.

        A kind that was refused once has nothing more to say: half of it would look like all.
        """
        with self._lock:
            self.gaps += [gap for gap in found.gaps if gap not in self.gaps]
            if found.gaps and not any(call.each for call in found.kind.calls):
                self.refused.add(found.kind.name)
            if complete:
                self.complete.add(found.kind.name)
            for key, elements in found.keys.items():
                self._take(found.kind, key, elements, follow=follow)
                if elements:
                    self.fruitful.add((found.kind.name, trait))

    def _take(self, kind: Kind[Any], key: str, elements: Any, *, follow: bool) -> None:
        if isinstance(elements, dict):
            self._named[kind.name].setdefault(key, {}).update(elements)
            return
        shelf = self._lists[kind.name].setdefault(key, {})
        for element in elements:
            shelf.setdefault(msgspec.json.encode(element), element)
            ids = set(ids_of(kind, element))
            self._ids[kind.name] |= ids
            if follow:
                self.followed[kind.name] |= ids

    def follow_all(self, kind_name: str) -> None:
        """What every record of a kind names is needed."""
        self.followed[kind_name] |= self._ids[kind_name]

    def has(self, kind_name: str, id_: str) -> bool:
        """Whether the record of this id is there."""
        return id_ in self._ids[kind_name]

    def records(self, kind: Kind[Any]) -> Iterator[Element]:
        """The records of a kind; instances out of their reservations."""
        for elements in self._lists[kind.name].values():
            for element in elements.values():
                if kind is INSTANCE:
                    yield from element.get("Instances", ())
                else:
                    yield element

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Every top-level key with its records as JSON."""
        for name, lists in self._lists.items():
            if name not in self.refused:
                for key, elements in lists.items():
                    yield key, b"[%s]" % b",".join(elements)
        for name, tables in self._named.items():
            if name not in self.refused:
                for key, table in tables.items():
                    yield key, msgspec.json.encode(table)


def ids_of(kind: Kind[Any], element: Element) -> Iterator[str]:
    """The ids of the records in an element."""
    if kind is INSTANCE:
        yield from at(element, ("Instances", "InstanceId"))
        return
    found = (element.get(member) for member in kind.id_members)
    yield from (value for value in found if isinstance(value, str))
