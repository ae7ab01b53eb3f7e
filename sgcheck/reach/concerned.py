"""The pairs of ends whose packets changes can concern; all others are not even looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from sgcheck.model.things import Role
from sgcheck.packets import AddressSet
from sgcheck.reach.flows import Aim, Side, Source, sources

if TYPE_CHECKING:
    from sgcheck.reach.changes import Change
    from sgcheck.reach.scopes import Scopes
    from sgcheck.reach.selection import Selection

MANY = 48
"""Of more sets of far addresses than this, none is told apart."""


class Group:
    """Changes that concern the same far addresses."""

    def __init__(self, far: AddressSet | None) -> None:
        """Start with nobody; `far` None: whatever the address."""
        self.far = far
        self.starts: set[str] = set()
        self.ends: set[str] = set()
        self.parts: set[str] = set()


class Pairs:
    """Every source and address that may fare otherwise for some changes."""

    def __init__(self, before: Side, after: Side, scopes: Scopes, changes: Iterable[Change], only: Selection) -> None:
        """Take all that `changes` can concern, as far as `only` selects it."""
        self._sides = (before, after)
        self._only = only
        self._groups = list(_grouped(scopes, changes))
        whole = {part for group in self._groups for part in group.parts}
        ends = {id_ for group in self._groups for id_ in (*group.starts, *group.ends)}
        parts = whole | {part for id_ in ends for part in scopes.part_of(id_)}
        ids = {*before.network.interfaces, *after.network.interfaces} if parts else set()
        self._part_of = {id_: own for id_ in ids if (own := scopes.part_of(id_) & parts)}
        self._found: dict[int, tuple[frozenset[Aim], frozenset[Aim]]] = {}

    def pairs(self) -> Iterator[tuple[Source, Aim]]:
        """The pairs, in a fixed order."""
        for source in self._sources():
            wanted = self._wanted(source)
            if source.kind == "hosts":
                parts = {part for id_ in source.interfaces for part in self._part_of[id_]}
                wanted = {a for a in wanted if not a.interface or self._part_of[a.interface] & parts}
            for aim in sorted(wanted):
                if aim.family == source.family and self._only.asked(aim):
                    yield source, aim

    def _sources(self) -> Iterator[Source]:
        before, after = self._sides
        for source in sources(before.network, after.network, self._part_of):
            kept = self._only.asks(source)
            if kept is not None:
                yield kept

    def _wanted(self, source: Source) -> set[Aim]:
        found = set(self._special)
        own = self._addresses_of(source)
        parts = {part for id_ in source.interfaces for part in self._part_of[id_]}
        for number, group in enumerate(self._groups):
            concerned, far = self._aims_of(number)
            near = group.far is None or bool(own & group.far)
            touched = not group.starts.isdisjoint(source.interfaces) or not group.parts.isdisjoint(parts)
            if touched:
                found |= self._every if near else far
                if near or (group.far is not None and group.far & self._internet.only(source.family)):
                    found.add(Aim("", source.family))
            found |= concerned if near else concerned & far
        return found

    def _aims_of(self, number: int) -> tuple[frozenset[Aim], frozenset[Aim]]:
        """The addresses of whom a group of changes concerns, and those that are far addresses of it."""
        found = self._found.get(number)
        if found is None:
            group = self._groups[number]
            mine = [a for a in self._every if a.interface in group.ends or self._part_of[a.interface] & group.parts]
            far = self._every if group.far is None else self._at(group.far)
            found = self._found[number] = (frozenset(mine), far)
        return found

    def _at(self, far: AddressSet) -> frozenset[Aim]:
        ids = {id_ for id_ in self._part_of if self._owned[id_] & far}
        return frozenset(aim for aim in self._every if aim.interface in ids)

    @cached_property
    def _every(self) -> frozenset[Aim]:
        """Every address that is asked for."""
        return frozenset(aim for id_ in self._part_of for side in self._sides for aim in side.aims(id_))

    @cached_property
    def _special(self) -> frozenset[Aim]:
        """Addresses of what is no host: packets to them go on to others, that changes may concern as well."""
        both = [side.network for side in self._sides]
        there: dict[str, list[bool]] = defaultdict(list)
        for id_ in self._part_of:
            for network in both:
                if id_ in network.interfaces:
                    interface = network.interfaces[id_]
                    there[id_].append(interface.role is not Role.HOST or interface.what is not None)
        return frozenset(aim for aim in self._every if any(there[aim.interface]))

    @cached_property
    def _owned(self) -> dict[str, AddressSet]:
        """Every address of each interface, in either network."""
        return {
            id_: AddressSet.union_all(
                [s.network.interfaces[id_].owned() for s in self._sides if id_ in s.network.interfaces]
            )
            for id_ in self._part_of
        }

    @cached_property
    def _internet(self) -> AddressSet:
        return self._sides[1].words.internet

    def _addresses_of(self, source: Source) -> AddressSet:
        if source.kind == "hosts":
            return AddressSet.union_all([self._owned[id_] for id_ in source.interfaces])
        return self._sides[1].addresses_of(source)


def _grouped(scopes: Scopes, changes: Iterable[Change]) -> Iterator[Group]:
    """Changes by the far addresses that they can concern."""
    found: dict[AddressSet | None, Group] = {}
    every = list(changes)
    fars = [scopes.far(change) for change in every]
    together = len(set(fars)) > MANY
    for change, own in zip(every, fars, strict=True):
        far = None if together else own
        group = found.setdefault(far, Group(far))
        scope = scopes.of(change)
        group.starts |= scope.starts
        group.ends |= scope.ends
        group.parts |= scope.parts
    yield from found.values()
