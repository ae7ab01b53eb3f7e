"""`diff`: which flows become possible between two networks, which stop being possible, and what did it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from sgcheck.reach.answer import Gap
from sgcheck.reach.attribution import Attribution, Few
from sgcheck.reach.changes import Change, changes
from sgcheck.reach.deltas import CLOSED, MAY_CLOSE, MAY_OPEN, OPENED, Comparison, Delta
from sgcheck.reach.difference import Difference
from sgcheck.reach.flow_rows import Explained, Rows, named
from sgcheck.reach.flows import Side, common
from sgcheck.reach.scopes import Scopes
from sgcheck.reach.selection import Selection
from sgcheck.reach.undo import Undoing

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.packets import PacketSet

EVERYTHING = Selection()


def diff(before: Network, after: Network, only: Selection = EVERYTHING) -> Difference:
    """What passes in one of the networks and not in the other, exactly, with the changes that did it.

    Hosts are the same where their interfaces have the same id; to and from what only one network has, everything is
    opened or closed. `only` narrows what is compared.
    """
    return Diffing(before, after, only).difference()


class Diffing:
    """One comparison, with everything that it rests on."""

    def __init__(self, before: Network, after: Network, only: Selection = EVERYTHING) -> None:
        """Compare two networks."""
        self.before = before
        self.after = after
        self.changes = changes(before, after)
        shared = common(before, after)
        scopes = Scopes(before, after)
        self._sides = Side(before, shared, only.services), Side(after, shared, only.services)
        self.comparison = Comparison(*self._sides, scopes, only)
        self.undoing = Undoing(before, after)
        self._attribution = Attribution(self.comparison, self.undoing, scopes, self.changes, shared, only.services)
        self._own = frozenset(id_ for c in self.changes for id_ in (c.resource.id, *(a.resource.id for a in c.also)))
        self._reasons: dict[Hashable, list[tuple[PacketSet, Few]]] = {}

    def difference(self) -> Difference:
        """Everything that there is to say."""
        explained = self.explained()
        rows = Rows(*self._sides)
        of_kind = {kind: [one for one in explained if one.delta.kind == kind] for kind in (OPENED, CLOSED)}
        undecided = [one for one in explained if one.delta.kind in (MAY_OPEN, MAY_CLOSE)]
        said = {change for one in explained for change in (*one.changes, *one.along)}
        silent = [change for change in self.changes if change not in said]
        gaps = {gap for one in undecided for gap in one.delta.gaps}
        for network in (self.before, self.after):
            gaps |= {Gap(m.kind, m.id or None, m.account, m.region, m.why) for m in network.refused}
        return Difference(
            tuple(rows.of(of_kind[OPENED])),
            tuple(rows.of(of_kind[CLOSED])),
            tuple(rows.of(undecided)),
            named(silent),
            len(self.changes),
            tuple(sorted(gaps, key=lambda g: (g.kind, g.resource or "", g.account or "", g.region or "", g.why))),
            tuple(sorted({*self.before.warnings, *self.after.warnings})),
        )

    def explained(self) -> list[Explained]:
        """Every difference with the changes that did it; what these have to be undone with stands beside them."""
        if not self.changes:
            return []
        found = [
            Explained(delta._replace(packets=packets), few)
            for delta in self.comparison.deltas(self.changes)
            for packets, few in self._reasons_of(delta)
        ]
        if not found:
            return []
        reasons = frozenset(change for one in found for change in one.changes)
        for delta, more in self._attribution.leftovers(reasons):
            found = _beside(found, delta, more)
        return found

    def _reasons_of(self, delta: Delta) -> list[tuple[PacketSet, Few]]:
        """The changes that did each part of it, the same for all targets that are alike."""
        key = (delta.source, delta.kind, delta.packets, self._alike(delta.aim.interface), delta.aim.public)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = self._attribution.told_apart(delta)
        return found

    def _alike(self, interface: str) -> Hashable:
        """The same for interfaces that no change tells apart."""
        there = [network.interfaces.get(interface) for network in (self.before, self.after)]
        if interface in self._own or any(i is not None and (i.what or i.instance in self._own) for i in there):
            return interface
        return tuple(None if i is None else _traits(i) for i in there)


def _traits(interface: Interface) -> Hashable:
    return (interface.subnet, interface.groups, interface.role, interface.filtered, interface.in_use)


def _beside(found: list[Explained], delta: Delta, more: frozenset[Change]) -> list[Explained]:
    """Put what must be undone besides where it belongs: to the same ends, else to one of them, else to the first."""
    same = {n for n, one in enumerate(found) if (one.delta.source, one.delta.aim) == (delta.source, delta.aim)}
    near = {n for n, one in enumerate(found) if one.delta.source == delta.source or one.delta.aim == delta.aim}
    chosen = same or near or {0}
    return [one._replace(along=one.along | (more - one.changes)) if n in chosen else one for n, one in enumerate(found)]
