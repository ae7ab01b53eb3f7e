"""Which targets nothing on the way can tell apart, so that one walk tells what becomes of packets to all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.model.routing import Via
from sgcheck.model.things import Role
from sgcheck.packets import INTERNET, PUBLIC, AddressSet
from sgcheck.reach.gates import passed_over
from sgcheck.reach.vantage import From, Target

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import RouteTable
    from sgcheck.model.things import Address, Interface, Subnet
    from sgcheck.reach.branch import Branch
    from sgcheck.reach.vantage import Vantage

FAMILIES = (4, 6)
PLAIN = frozenset(
    {
        "internet",
        "outside",
        "subnet",
        "network-acl",
        "route-table",
        "internet-gateway",
        "egress-only-internet-gateway",
        "nat-gateway",
        "vpc-peering-connection",
        "transit-gateway",
        "transit-gateway-route-table",
    }
)
"""Hops that look at no more of a destination than `Likeness` tells; others may have rules of their own."""


class Likeness:
    """Tells targets apart by everything that a way to them may depend on."""

    def __init__(self, network: Network) -> None:
        """Compare targets of `network`."""
        self._network = network
        self._subnets: dict[str, Hashable] = {}
        self._edges: dict[str, list[int]] = {}
        self._passed_over: dict[str, bool] = {}

    def key(self, vantage: Vantage, target: Target) -> Hashable | None:
        """The same for targets that all ways from `vantage` treat alike; None for one that has nothing like it."""
        far = vantage.start is From.INTERNET
        common = self.common(target, far=far)
        if common is None or target.interface is None or target.private is None or vantage.subnet is None:
            return common
        if not vantage.subnet.addresses.contains(*target.private):
            return common
        return (target.interface.subnet if target.interface.subnet == vantage.subnet.id else "beside", common)

    def common(self, target: Target, *, far: bool) -> Hashable | None:
        """The same for targets that are alike for all vantages (far: in the internet) but those in the same subnet."""
        interface = target.interface
        if interface is None or target.private is None or target.asked.sole is None or target.claim is not None:
            return None
        if interface.role is not Role.HOST or interface.what is not None or interface.id in self._led_to:
            return None
        family, value = target.private
        subnet = self._network.subnets.get(interface.subnet)
        if subnet is None or not subnet.addresses.contains(family, value) or not self._is_owner(target):
            return None
        return (
            target.family,
            target.public,
            self.signature(subnet) if far or not self._is_passed(subnet) else subnet.id,
            interface.groups is None,
            interface.blocks_internet_ipv6 and target.public,
            self._edge(interface.vpc, value) if far else self._atom(family, value),
        )

    def sender(self, interface: Interface, address: Address) -> Hashable | None:
        """The same for addresses that nothing outside tells apart when they send; None for one like no other."""
        own = AddressSet.address(address.family, address.value)
        private = (address.family, address.value)
        target = Target(own, address.family, interface, private, public=address.public is not None)
        common = self.common(target, far=False)
        if common is None:
            return None
        return (common, interface.blocks_internet_ipv6, self._edge(interface.vpc, address.value))

    def _is_owner(self, target: Target) -> bool:
        interface, private = target.interface, target.private
        owners = self._network.owners(*private) if private else ()
        ours = [id_ for id_ in owners if interface and self._network.interfaces[id_].vpc == interface.vpc]
        return interface is not None and ours == [interface.id]

    # Subnets.

    def _is_passed(self, subnet: Subnet) -> bool:
        """Whether a way may lead through the target's subnet for other reasons than that the target is there."""
        return subnet.id in self._peculiar or self._is_passed_over(subnet)

    def _is_passed_over(self, subnet: Subnet) -> bool:
        found = self._passed_over.get(subnet.id)
        if found is None:
            found = self._passed_over[subnet.id] = passed_over(self._network, subnet)
        return found

    def signature(self, subnet: Subnet) -> Hashable:
        """The same for subnets of one VPC that routes and filters treat alike."""
        found = self._subnets.get(subnet.id)
        if found is None:
            found = self._subnets[subnet.id] = self._compared(subnet)
        return found

    def _compared(self, subnet: Subnet) -> Hashable:
        acl, table = self._network.acl_for(subnet), self._network.table_for(subnet)
        if acl is None or table is None:
            return subnet.id
        return (
            subnet.vpc,
            subnet.account,
            subnet.region,
            acl.id,
            table.id,
            subnet.public_access,
            subnet.spared,
            self._is_passed_over(subnet),
            (subnet.zone, subnet.zone_id) if self._network.transit.attachments else None,
        )

    @cached_property
    def _peculiar(self) -> frozenset[str]:
        """Subnets that gateways, endpoints and firewalls stand in: a way may lead through them."""
        network = self._network
        found = {n.subnet for n in network.nats.values() if n.subnet}
        found |= {id_ for a in network.transit.attachments for id_ in a.subnets or ()}
        found |= {id_ for e in network.endpoints.values() for id_ in e.subnets}
        return frozenset(found)

    @cached_property
    def _led_to(self) -> frozenset[str]:
        """Interfaces that routes lead to: for everybody else there, these are hops."""
        tables = self._network.tables.values()
        return frozenset(r.target for table in tables for r in table.routes if r.via is Via.INTERFACE)

    # Addresses.

    def edges(self, family: int) -> list[int]:
        """Where ways may begin to treat addresses of a family otherwise, in ascending order."""
        return self._bounds[family]

    def _atom(self, family: int, value: int) -> int:
        return bisect_right(self._bounds[family], value)

    @cached_property
    def _bounds(self) -> dict[int, list[int]]:
        """Where a route, a network ACL or the extent of something begins or ends, by family."""
        found: dict[int, set[int]] = {family: set() for family in FAMILIES}
        for addresses in self._told_apart():
            for family in FAMILIES:
                found[family].update(addresses.family(family).bounds)
        for table in self._tables():
            for route in table.routes:
                found[route.family].update((route.low, route.high + 1))
        return {family: sorted(values) for family, values in found.items()}

    def _tables(self) -> Iterator[RouteTable]:
        yield from self._network.tables.values()
        transit = self._network.transit
        for id_ in {a.table for a in transit.attachments if a.table}:
            table = transit.table(id_)
            if table is not None:
                yield table

    def _told_apart(self) -> Iterator[AddressSet]:
        network = self._network
        for acl in network.acls.values():
            for way in Way:
                yield from (line.peer for line in acl.lines(way) or ())
        for vpc in network.vpcs.values():
            yield from (vpc.addresses, vpc.unadvertised)
        for peering in network.peerings.values():
            yield from (peering.left.addresses, peering.right.addresses)
        yield from (network.subnets[id_].addresses for id_ in self._peculiar if id_ in network.subnets)
        yield from (s.addresses for s in network.subnets.values() if self._is_passed_over(s))
        yield PUBLIC
        yield INTERNET

    def _edge(self, vpc: str, value: int) -> int:
        """Which part of the gateway's own routes an address of `vpc` is in."""
        if vpc not in self._edges:
            gateway = self._network.gateway_of_vpc.get(vpc)
            table = self._network.edge_table(gateway.id) if gateway else None
            edges = {e for r in (table.routes if table else ()) for e in (r.low, r.high + 1)}
            edges.update(e for f in FAMILIES for e in self._network.advertised.family(f).bounds)
            self._edges[vpc] = sorted(edges)
        return bisect_right(self._edges[vpc], value)


def alike(branches: list[Branch]) -> bool:
    """Whether what one walk found holds for all targets of its key: nothing on the way had rules of its own."""
    return all(not b.doubted and all(s.ref.kind in PLAIN for s in b.stations) for b in branches)
