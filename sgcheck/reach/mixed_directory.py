"""Indexes over interfaces some of which are as they were in another network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sgcheck.packets import format_address

if TYPE_CHECKING:
    from sgcheck.model.network import Directory
    from sgcheck.model.things import Interface

T = TypeVar("T")


class MixedDirectory:
    """The indexes of `now`, save for the interfaces in `values`, which are as they are there (None: there is none)."""

    def __init__(self, then: Directory, now: Directory, values: Mapping[str, Interface | None]) -> None:
        """Take what interfaces do not tell from whichever network has them."""
        self._then = then
        self._now = now
        self._values = values

    def _there(self) -> Iterable[Interface]:
        return (interface for interface in self._values.values() if interface is not None)

    def _told(
        self, index: Mapping[str, Sequence[str]], keys: Callable[[Interface], Iterable[str]]
    ) -> dict[str, list[str]]:
        """An index of ids by what interfaces say themselves."""
        found = {key: [id_ for id_ in ids if id_ not in self._values] for key, ids in index.items()}
        for interface in self._there():
            for key in dict.fromkeys(keys(interface)):
                found.setdefault(key, []).append(interface.id)
        return {key: ids for key, ids in found.items() if ids}

    def _pairs(
        self, then: Mapping[str, Sequence[T]], now: Mapping[str, Sequence[T]], id_of: Callable[[T], str]
    ) -> dict[str, list[T]]:
        """An index of what only records say: as it was for what is as it was and was told then."""
        there = {interface.id for interface in self._there()}
        old = {id_of(entry) for entries in then.values() for entry in entries} & there
        found = {
            key: [entry for entry in entries if id_of(entry) not in self._values or id_of(entry) in there - old]
            for key, entries in now.items()
        }
        for key, entries in then.items():
            found.setdefault(key, []).extend(entry for entry in entries if id_of(entry) in old)
        return {key: entries for key, entries in found.items() if entries}

    @cached_property
    def addresses(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by private or IPv6 address."""
        return self._told(self._now.addresses, lambda i: [format_address(a.family, a.value) for a in i.addresses])

    @cached_property
    def publics(self) -> Mapping[int, tuple[str, int]]:
        """Interface id and private address by public IPv4."""
        found = {public: owner for public, owner in self._now.publics.items() if owner[0] not in self._values}
        for interface in self._there():
            own = ((a.public, (interface.id, a.value)) for a in interface.addresses if a.public is not None)
            for public, owner in own:
                found.setdefault(public, owner)
        return found

    @cached_property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by group."""
        return self._told(self._now.groups, lambda i: i.groups or ())

    @cached_property
    def subnets(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by subnet."""
        return self._told(self._now.subnets, lambda i: (i.subnet,))

    @cached_property
    def instances(self) -> Mapping[str, Sequence[tuple[int, str]]]:
        """Device index and id of the interfaces by instance."""
        return self._pairs(self._then.instances, self._now.instances, lambda entry: entry[1])

    @cached_property
    def marked(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By kind of service: the name that an interface's description has for it, and its id."""
        return self._pairs(self._then.marked, self._now.marked, lambda entry: entry[1])

    @cached_property
    def described(self) -> Mapping[str, Sequence[str]]:
        """Interface ids by description, of those whose description names a load balancer."""
        return self._pairs(self._then.described, self._now.described, _own)

    @cached_property
    def prefixed(self) -> Sequence[str]:
        """Interfaces that whole ranges are delegated to."""
        kept = [id_ for id_ in self._now.prefixed if id_ not in self._values]
        return [*kept, *(interface.id for interface in self._there() if interface.prefixes)]


def _own(entry: Any) -> str:
    return str(entry)
