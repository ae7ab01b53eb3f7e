"""The balancers in front of interfaces: whoever asks only about what stands behind them has to ask them, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.balancers import nodes_of
from sgcheck.reach.registered import ends_of

if TYPE_CHECKING:
    from sgcheck.model.balancers import Balancer
    from sgcheck.model.network import Network
    from sgcheck.packets import PacketSet
    from sgcheck.reach.branch import Behind
    from sgcheck.reach.fate import Fate


class Handed(NamedTuple):
    """What balancers hand on of one fate: all of it that passes, and what may."""

    passes: tuple[tuple[Behind, PacketSet], ...]
    maybe: tuple[tuple[Behind, PacketSet], ...]


NOTHING = Handed((), ())


class Fronts:
    """Which balancers lead to whom on one network."""

    def __init__(self, network: Network) -> None:
        """Look at the balancers of `network`."""
        self.network = network

    def of(self, interfaces: Iterable[str]) -> frozenset[str]:
        """The interfaces of all balancers that lead to some of `interfaces`, by one another or by themselves."""
        found: set[str] = set()
        wanted = set(interfaces)
        while wanted:
            leading = {id_ for interface in wanted for id_ in self._leading.get(interface, ())}
            wanted = {n for id_ in leading for n in nodes_of(self.network, self.network.balancers[id_])} - found
            found |= wanted
        return frozenset(found)

    @cached_property
    def _leading(self) -> dict[str, set[str]]:
        """The ids of the balancers that have an interface among their targets, by the interface's id."""
        found: dict[str, set[str]] = defaultdict(set)
        for balancer in self.network.balancers.values():
            for id_ in self._targets(balancer):
                found[id_].add(balancer.id)
        return found

    def _targets(self, balancer: Balancer) -> set[str]:
        pools = {id_ for listener in balancer.listeners or () for id_ in listener.pools}
        known = (pool for id_ in pools if (pool := self.network.balancers.pools.get(id_)) is not None)
        ends = (end for pool in known for target in pool.targets or () for end in ends_of(self.network, pool, target))
        return {end.interface.id for end in ends if end.interface is not None}


def handed(fate: Fate, only: Iterable[str] | None = None) -> Handed:
    """What of a fate balancers hand on, to anybody or to the interfaces `only`: certainly, and perhaps."""
    if not fate.behind:
        return NOTHING
    ends = [b for b in fate.behind if only is None or (b.end.interface is not None and b.end.interface.id in only)]
    passes = tuple((b, part) for b in ends if (part := b.packets & fate.passes))
    maybe = tuple((b, part) for b in ends if (part := (b.packets | b.maybe) & fate.maybe))
    return Handed(passes, maybe)
