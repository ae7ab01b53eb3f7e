"""Rows of who reaches whom: a fate becomes runs of ports, each with the addresses that may send there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import PacketSet
from sgcheck.reach.answer import Gap, TargetEnd
from sgcheck.reach.openings import Opening, Openings, opening, rank
from sgcheck.reach.titles import target_end
from sgcheck.reach.who import Who, who

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.branch import Behind
    from sgcheck.reach.fate import Fate
    from sgcheck.reach.vantage import Target, Vantage
    from sgcheck.reach.words import Words


class Row(msgspec.Struct, frozen=True):
    """One run of ports of one target, and who reaches it; None where the question names them.

    via: ids of gateways and balancers on the way, in order. flaky: some of it fails for some of the ports that a
    translator on the way may pick.
    """

    source: Who | None
    target: TargetEnd
    opening: Opening
    via: tuple[str, ...] = ()
    flaky: bool = False


class Rows:
    """Makes rows on one network; the same packets are told once."""

    def __init__(self, network: Network, words: Words) -> None:
        """Name things of `network`."""
        self._network = network
        self._words = words
        self._written = Openings(words)
        self._openings: dict[PacketSet, tuple[Opening, ...]] = {}

    def of(self, vantage: Vantage, target: Target, packets: PacketSet, fate: Fate) -> Iterator[Row]:
        """The rows that together are `packets`, a part of what passes or may pass from `vantage` to `target`."""
        if not packets:
            return
        named = target_end(self._network, self._words, target)
        flaky = bool(fate.flaky & packets)
        for row in self._told(packets):
            yield Row(who(self._network, vantage, row.addresses), named, row, fate.via, flaky)

    def handed_on(self, vantage: Vantage, fate: Fate, behind: Behind, packets: PacketSet) -> Row:
        """What a balancer hands on of `packets`: clients reach the target by it, on the port that it listens on."""
        named = target_end(self._network, self._words, behind.end)
        via = (*(v for v in fate.via if v != behind.balancer), behind.balancer)
        sources = packets.sources()
        row = opening(behind.protocol, behind.port, sources, self._words)
        return Row(who(self._network, vantage, sources), named, row, via)

    def _told(self, packets: PacketSet) -> tuple[Opening, ...]:
        found = self._openings.get(packets)
        if found is None:
            found = self._openings[packets] = self._written.of(packets)
        return found


def by_badness(row: Row) -> tuple[object, ...]:
    """Sorts the worst first: what is open, to how many, and then by names."""
    source, target = row.source, row.target
    outside = 0 if source is None or source.kind in ("internet", "onprem") else 1
    asks = (source.kind, source.id or "", source.interfaces) if source else ()
    where = (target.kind, target.id or "", target.interface or "", target.address or "")
    return (*rank(row.opening), outside, *where, *asks, row.via, row.opening.sources)


def gap_order(gap: Gap) -> tuple[str, ...]:
    """Sorts gaps by what they are about."""
    return (gap.kind, gap.resource or "", gap.account or "", gap.region or "", gap.why, gap.collect or "")
