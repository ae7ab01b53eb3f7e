"""What becomes of the packets from one vantage to one target, as sets; without a word on why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.report import gap_of, judged

if TYPE_CHECKING:
    from sgcheck.model.finding import Finding
    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Gap, Verdict
    from sgcheck.reach.branch import Behind, Branch

CARRIERS = frozenset(
    {
        "internet-gateway",
        "egress-only-internet-gateway",
        "nat-gateway",
        "vpc-peering-connection",
        "transit-gateway",
        "vpc-endpoint",
        "network-firewall",
        "load-balancer",
        "outside",
    }
)
"""Hops that a way is called by."""


class Fate(msgspec.Struct, frozen=True):
    """The asked packets in three parts; what is in none of them is held back.

    passes: delivered, and the replies come back. maybe: undecided; `gaps` say what is missing. flaky: of both, what
    fails for some ports that a translator may pick. via: ids of the gateways and balancers on the way, in order.
    behind: who gets the packets that pass or may, where the target is a balancer.
    """

    asked: PacketSet
    passes: PacketSet
    maybe: PacketSet
    flaky: PacketSet = PacketSet.EMPTY
    gaps: tuple[Gap, ...] = ()
    via: tuple[str, ...] = ()
    behind: tuple[Behind, ...] = ()

    @property
    def blocked(self) -> PacketSet:
        """What is held back, at least for some ports of a translator."""
        return (self.asked - self.passes - self.maybe) | self.flaky

    @property
    def verdict(self) -> Verdict:
        """The verdict of `explain` on these packets."""
        return judged(bool(self.passes), bool(self.blocked), bool(self.maybe))

    def towards(self, family: int, value: int) -> Fate:
        """The same for packets with any destination, where all of these go to one address."""
        parts = [s.before_destination(family, value) for s in (self.asked, self.passes, self.maybe, self.flaky)]
        asked, passes, maybe, flaky = parts
        behind = tuple(
            b._replace(
                packets=b.packets.before_destination(family, value), maybe=b.maybe.before_destination(family, value)
            )
            for b in self.behind
        )
        return Fate(asked, passes, maybe, flaky, self.gaps, self.via, behind)

    def without(self, sources: AddressSet) -> Fate:
        """The same without the packets from some addresses."""
        rest = AddressSet.ALL - sources
        parts = [s.where(sources=rest) for s in (self.asked, self.passes, self.maybe, self.flaky)]
        asked, passes, maybe, flaky = parts
        return Fate(asked, passes, maybe, flaky, self.gaps, self.via, tuple(b.within(asked) for b in self.behind))


def fate_of(network: Network, asked: PacketSet, branches: Iterable[Branch]) -> Fate:
    """Sum up the branches of a walk."""
    ways = list(branches)
    asked = PacketSet.union_all([b.asked for b in ways]) if ways else asked
    passes = PacketSet.union_all([b.alive for b in ways])
    maybe = PacketSet.union_all([b.maybe for b in ways]) - passes
    flaky = PacketSet.union_all([b.flaky for b in ways]) & (passes | maybe)
    gaps = gaps_of(network, (f for b in ways for f in b.findings)) if maybe else ()
    main = max(ways, key=lambda b: bool(b.alive), default=None)
    handed = (h.within(passes | maybe) for b in ways for h in b.behind)
    behind = tuple(h for h in handed if h.packets or h.maybe)
    return Fate(asked, passes, maybe, flaky, gaps, via_of(main) if main else (), behind)


def gaps_of(network: Network, findings: Iterable[Finding]) -> tuple[Gap, ...]:
    """What findings say is not known, each once."""
    return tuple(dict.fromkeys(gap_of(network, f) for f in findings if f.undecided))


def via_of(branch: Branch) -> tuple[str, ...]:
    """What carries the packets on a branch."""
    return tuple(dict.fromkeys(s.ref.id for s in branch.stations if not s.reply and s.ref.kind in CARRIERS))


def united(fates: Iterable[Fate]) -> Fate:
    """The fate of packets that were walked in parts."""
    parts = list(fates)
    if len(parts) == 1:
        return parts[0]
    passes = PacketSet.union_all([f.passes for f in parts])
    return Fate(
        PacketSet.union_all([f.asked for f in parts]),
        passes,
        PacketSet.union_all([f.maybe for f in parts]) - passes,
        PacketSet.union_all([f.flaky for f in parts]),
        tuple(dict.fromkeys(g for f in parts for g in f.gaps)),
        tuple(dict.fromkeys(v for f in parts for v in f.via)),
        tuple(b for f in parts for b in f.behind),
    )
