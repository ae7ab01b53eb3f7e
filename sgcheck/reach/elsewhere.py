"""What lies behind gateways that lead out of the known network: private addresses that no known VPC has."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from sgcheck.model.routing import Via
from sgcheck.packets import AddressSet
from sgcheck.reach.ends import Kind
from sgcheck.reach.leads import PRIVATE_USE, beyond_of
from sgcheck.reach.vantage import From, Target, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import Route
    from sgcheck.reach.ends import End
    from sgcheck.reach.words import Words

PRIVATE_BEHIND = (
    Via.TRANSIT_GATEWAY,
    Via.VPN_GATEWAY,
    Via.LOCAL_GATEWAY,
    Via.CORE_NETWORK,
    Via.ODB_NETWORK,
    Via.PEERING,
)
UNTOLD = "a route that is not in the input"


class Elsewhere:
    """The addresses of a source that are nowhere in the input, and where each target's routes say that they are."""

    def __init__(self, network: Network, words: Words, source: End) -> None:
        """Take what is unknown of `source`."""
        self.network = network
        inside = AddressSet.union_all([s.addresses for s in network.subnets.values()])
        told = (network.vpcs[id_].addresses for id_ in network.subnets_of if id_ in network.vpcs)
        inside |= AddressSet.union_all(told)
        named = PRIVATE_USE if source.kind is Kind.ONPREM else source.addresses
        self.addresses = named - words.internet - inside - network.public_addresses
        self._known: dict[Hashable, tuple[Vantage, ...]] = {}

    def vantages(self, target: Target) -> tuple[Vantage, ...]:
        """Where they are for a target with an interface, in the target's family."""
        interface = target.interface
        subnet = self.network.subnets.get(interface.subnet) if interface else None
        table = self.network.table_for(subnet) if subnet else None
        vpc = interface.vpc if interface else ""
        key = (table.id if table else None, vpc, target.family)
        if key not in self._known:
            addresses = self.addresses.only(target.family)
            if table is None:
                found = [Vantage(From.ELSEWHERE, target.family, addresses, beyond=UNTOLD)] if addresses else []
            else:
                found = list(self._behind(table.lookup(addresses), vpc, target.family))
            self._known[key] = tuple(found)
        return self._known[key]

    def _behind(self, routed: tuple[tuple[Route | None, AddressSet], ...], vpc: str, family: int) -> Iterator[Vantage]:
        for route, part in routed:
            if route is not None and not route.dead and route.via in PRIVATE_BEHIND:
                for beyond, those in beyond_of(self.network, vpc, route, part):
                    yield Vantage(From.ELSEWHERE, family, those, beyond=beyond)
