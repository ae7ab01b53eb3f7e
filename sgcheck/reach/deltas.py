"""The difference of what passes in two networks, for every pair of ends that any change can concern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.concerned import Pairs
from sgcheck.reach.flows import Aim, Passing, Side, Source

if TYPE_CHECKING:
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.changes import Change
    from sgcheck.reach.scopes import Scopes
    from sgcheck.reach.selection import Selection

OPENED, CLOSED, MAY_OPEN, MAY_CLOSE = "opened", "closed", "open", "close"


class Delta(NamedTuple):
    """What fares otherwise from a source to one address; `kind` is one of the four words above."""

    source: Source
    aim: Aim
    kind: str
    packets: PacketSet
    gaps: tuple[Gap, ...] = ()


def compared(before: Passing, after: Passing) -> dict[str, PacketSet]:
    """The packets that fare otherwise, by kind; what is undecided both times is not among them."""
    if before.passes == after.passes and before.maybe == after.maybe:
        return {}
    old, new = before.passes | before.maybe, after.passes | after.maybe
    found = {
        OPENED: after.passes - old,
        CLOSED: before.passes - new,
        MAY_OPEN: (after.maybe - old) | (before.maybe & after.passes),
        MAY_CLOSE: (before.passes & after.maybe) | (before.maybe - new),
    }
    return {kind: packets for kind, packets in found.items() if packets}


class Comparison:
    """The pairs of ends of two networks that may fare otherwise."""

    def __init__(self, before: Side, after: Side, scopes: Scopes, only: Selection) -> None:
        """Compare as far as `only` selects it."""
        self.before = before
        self.after = after
        self._scopes = scopes
        self._only = only
        self._owned: dict[str, AddressSet] = {}
        self._known: dict[tuple[int, ...], tuple[dict[str, PacketSet], tuple[PacketSet, ...]]] = {}

    def deltas(self, changes: Iterable[Change], later: Side | None = None) -> Iterator[Delta]:
        """Everything that fares otherwise in `later` (unsaid: the later network) than before, for these `changes`."""
        after = self.after if later is None else later
        for source, aim in Pairs(self.before, self.after, self._scopes, changes, self._only).pairs():
            yield from self._of(source, aim, after)

    def _of(self, source: Source, aim: Aim, after: Side) -> Iterator[Delta]:
        one, other = self.before.passing(source, aim), after.passing(source, aim)
        if one.passes is other.passes and one.maybe is other.maybe:
            return
        key = (id(one.passes), id(one.maybe), id(other.passes), id(other.maybe))
        found = self._known.get(key)
        if found is None:
            # The sets are kept with it: an id is one's own only while its owner lives.
            kept = (one.passes, one.maybe, other.passes, other.maybe)
            found = self._known[key] = (self._compared(one, other), kept)
        for kind, packets in found[0].items():
            gaps = (*one.gaps, *other.gaps) if kind in (MAY_OPEN, MAY_CLOSE) else ()
            yield Delta(source, aim, kind, packets, tuple(dict.fromkeys(gaps)))

    def _compared(self, one: Passing, other: Passing) -> dict[str, PacketSet]:
        found = {kind: self._only.kept(packets) for kind, packets in compared(one, other).items()}
        return {kind: packets for kind, packets in found.items() if packets}

    def addresses(self, delta: Delta) -> AddressSet:
        """Every address that the ends of a delta have in either network."""
        found = AddressSet.EMPTY
        for id_ in (*delta.source.interfaces, delta.aim.interface):
            if id_ not in self._owned:
                there = (side.network.interfaces for side in (self.before, self.after))
                self._owned[id_] = AddressSet.union_all([table[id_].owned() for table in there if id_ in table])
            found |= self._owned[id_]
        if delta.source.kind != "hosts":
            found |= self.after.addresses_of(delta.source)
        return found if delta.aim.interface else found | self.after.words.internet

    def still(self, delta: Delta, later: Side) -> PacketSet:
        """What of a delta is one between the earlier network and `later`, too."""
        one, other = self.before.passing(delta.source, delta.aim), later.passing(delta.source, delta.aim)
        return compared(one, other).get(delta.kind, PacketSet.EMPTY) & delta.packets
