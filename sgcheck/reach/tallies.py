"""What a cell of a table tells: all pairs of two labels summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import Services
from sgcheck.reach.answer import Gap
from sgcheck.reach.fate import Fate
from sgcheck.reach.lanes import Lane

if TYPE_CHECKING:
    from sgcheck.reach.board import Row


class Told(msgspec.Struct, frozen=True):
    """A fate as far as a cell needs it; `source` is what it was told by, kept for as long as this."""

    source: Fate | Lane
    passes: Services
    maybe: Services
    blocked: bool
    gaps: tuple[Gap, ...]


def told_by(source: Fate | Lane) -> Told:
    """What a fate or a lane comes to."""
    lane = source if isinstance(source, Lane) else Lane.of(source)
    return Told(source, lane.sure, lane.perhaps, lane.blocked, lane.gaps)


class Tally:
    """What was found for one cell."""

    __slots__ = ("_maybe", "_passes", "blocked", "pairs", "reached")

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._passes: dict[Services, None] = {}
        self._maybe: dict[Services, None] = {}
        self.blocked = False
        self.pairs = self.reached = 0

    @property
    def passes(self) -> Services:
        """What passes for some pair."""
        return Services.union_all(self._passes)

    @property
    def maybe(self) -> Services:
        """What may pass for some pair."""
        return Services.union_all(self._maybe)

    def add(self, row: Row, mask: int, services: Services) -> None:
        """Add those of a row that a mask has."""
        if row.passes & mask:
            self._passes[services] = None
            self.reached += row.bench.count(row.passes & mask)
        if row.maybe & mask:
            self._maybe[services] = None
        self.blocked |= bool(row.blocked & mask)

    def add_told(self, told: Told, senders: int = 1) -> None:
        """Add what becomes of pairs; `senders`: for how many of them something passes, if it does for any."""
        self.blocked |= told.blocked
        if told.passes:
            self._passes[told.passes] = None
            self.reached += senders
        if told.maybe:
            self._maybe[told.maybe] = None

    def add_pair(self, parts: list[Told]) -> None:
        """Add one pair by its parts."""
        self.pairs += 1
        reaching = [told for told in parts if told.passes]
        for told in parts:
            self.add_told(told, senders=int(bool(reaching) and told is reaching[0]))
