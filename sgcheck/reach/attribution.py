"""Which changes did it: as few as possible such that the difference is gone once they are undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.reach.flows import Side

if TYPE_CHECKING:
    from sgcheck.packets import Services
    from sgcheck.reach.changes import Change
    from sgcheck.reach.deltas import Comparison, Delta
    from sgcheck.reach.flows import Common
    from sgcheck.reach.scopes import Scopes
    from sgcheck.reach.undo import Undoing

Few = frozenset["Change"]
NONE: Few = frozenset()
REMEMBERED = 16
LAST = ("groups", "acls", "tables", "interfaces", "instances")
"""Changes of these say most; of several that would each explain a difference one of them is named."""


class Attribution:
    """Explains differences, one after the other; what explained one is tried first for the next."""

    def __init__(
        self,
        comparison: Comparison,
        undoing: Undoing,
        scopes: Scopes,
        changes: Iterable[Change],
        shared: Common,
        services: Services,
    ) -> None:
        """Explain what `comparison` finds by some of `changes`."""
        self._comparison = comparison
        self._undoing = undoing
        self._scopes = scopes
        self._changes = tuple(sorted(changes, key=_telling))
        self._shared = shared
        self._services = services
        self._sides: dict[Few, Side] = {}
        self._lately: list[Few] = []

    def without(self, changes: Few) -> Side:
        """The later network with some changes undone."""
        found = self._sides.get(changes)
        if found is None:
            network = self._undoing.without(changes)
            found = self._sides[changes] = Side(network, self._shared, self._services)
        return found

    def explained(self, delta: Delta, already: Few = NONE) -> Few:
        """The changes that, undone together with those of `already`, undo a difference; each of them is needed."""
        candidates = [c for c in self._changes if c not in already and self._concerns(c, delta)]
        for few in reversed(self._lately):
            if few.issubset(candidates) and self._gone(delta, few | already) and self._needed(delta, few, already):
                return few
        if len(candidates) != 1 and not self._gone(delta, frozenset(candidates) | already):
            candidates = [c for c in self._changes if c not in already]
        few = frozenset(self._fewest(delta, candidates, already))
        self._lately = [*self._lately[1 - REMEMBERED :], few]
        return few

    def leftovers(self, explained: Few) -> Iterator[tuple[Delta, Few]]:
        """What still differs with all explanations undone, each with what has to be undone besides."""
        undone, found = explained, True
        while found and len(undone) < len(self._changes):
            found = False
            rest = [change for change in self._changes if change not in undone]
            for delta in list(self._comparison.deltas(rest, self.without(undone))):
                if self._gone(delta, undone):
                    continue
                found = True
                more = self.explained(delta, undone)
                if more:
                    undone |= more
                    yield delta, more

    def _concerns(self, change: Change, delta: Delta) -> bool:
        scope, far = self._scopes.of(change), self._scopes.far(change)
        if far is not None and not far & self._comparison.addresses(delta):
            return False
        ends = {*delta.source.interfaces, *([delta.aim.interface] if delta.aim.interface else [])}
        parts = {part for id_ in ends for part in self._scopes.part_of(id_)}
        near = not scope.starts.isdisjoint(delta.source.interfaces) or delta.aim.interface in scope.ends
        return near or not scope.parts.isdisjoint(parts)

    def _gone(self, delta: Delta, undone: Few) -> bool:
        return bool(undone) and not self._comparison.still(delta, self.without(undone))

    def _needed(self, delta: Delta, few: Few, already: Few) -> bool:
        return all(not self._gone(delta, (few - {one}) | already) for one in few)

    def _fewest(self, delta: Delta, candidates: list[Change], already: Few) -> list[Change]:
        """Leave out what is not needed: halves first, then quarters, at last one by one until nothing can go."""
        kept = candidates
        size = max(len(kept) // 2, 1)
        while True:
            before = len(kept)
            first = 0
            while first < len(kept):
                rest = kept[:first] + kept[first + size :]
                if len(kept) > 1 and rest and self._gone(delta, frozenset(rest) | already):
                    kept = rest
                else:
                    first += size
            if size == 1 and len(kept) == before:
                return kept
            size = max(size // 2, 1)


def _telling(change: Change) -> int:
    """What is left out last is named."""
    return LAST[::-1].index(change.table) + 1 if change.table in LAST else 0
