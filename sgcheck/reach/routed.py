"""Pairs that no route joins: held back for certain, whatever filters say, and so not worth a walk."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sgcheck.model.routing import Via
from sgcheck.model.things import Role
from sgcheck.packets import INTERNET, AddressSet
from sgcheck.reach.vantage import From
from sgcheck.reach.walker import TO_INTERNET

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import Route, RouteTable
    from sgcheck.model.things import Subnet
    from sgcheck.reach.vantage import Target, Vantage

IPV4 = 4
OUT = (Via.INTERNET_GATEWAY, Via.EGRESS_ONLY_GATEWAY)
"""What drops packets to private addresses (VPC user guide, VPC_Internet_Gateway)."""


class Routed:
    """Tells, from a source's route table alone, who is out of its reach."""

    def __init__(self, network: Network) -> None:
        """Look at the tables of `network`."""
        self._network = network
        self._known: dict[tuple[str, str], bool] = {}
        self._leads: dict[str, frozenset[str] | None] = {}

    def apart(self, vantage: Vantage, target: Target) -> bool:
        """Whether nothing of what is sent passes or may pass, since no live route leads to the target's addresses.

        True is certain; False says nothing.
        """
        interface, subnet = target.interface, vantage.subnet
        if vantage.start not in (From.HOST, From.SUBNET) or subnet is None or interface is None or target.public:
            return False
        if interface.vpc == subnet.vpc or interface.role is not Role.HOST or target.private is None:
            return False
        if target.family != IPV4 or target.asked != AddressSet.address(*target.private):
            return False
        table = self._network.table_for(subnet)
        home = self._network.subnets.get(interface.subnet)
        if table is None or home is None or not target.asked <= home.addresses or target.asked & INTERNET:
            return False
        key = (table.id, home.id)
        if key not in self._known:
            self._known[key] = self._unled(table, home.addresses)
        return self._known[key]

    def led(self, subnet: Subnet) -> frozenset[str] | None:
        """The VPCs that hosts of a subnet may reach over IPv4, by its route table alone; None where it may be any."""
        table = self._network.table_for(subnet)
        if table is None or table.open_routes:
            return None
        if table.id not in self._leads:
            self._leads[table.id] = self._led(table)
        found = self._leads[table.id]
        return None if found is None else found | {subnet.vpc}

    def _led(self, table: RouteTable) -> frozenset[str] | None:
        somewhere: list[AddressSet] = []
        for route in table.routes:
            if route.family != IPV4 or (route.dead and not route.rivals):
                continue
            if route.rivals or route.via not in OUT:
                somewhere.append(self._onward(route) if not route.rivals else route.addresses)
        reached = AddressSet.union_all(somewhere)
        vpcs = self._network.vpcs
        return frozenset(v for v, one in self._ranges.items() if v not in vpcs or one & reached or one & INTERNET)

    def _onward(self, route: Route) -> AddressSet:
        """What a route may lead to: of one to a NAT gateway, what that one's own table leads to inside."""
        nat = self._network.nats.get(route.target) if route.via is Via.NAT_GATEWAY else None
        subnet = self._network.subnets.get(nat.subnet) if nat is not None and nat.subnet else None
        table = (
            self._network.table_for(subnet) if subnet else self._network.tables.get((nat.table if nat else "") or "")
        )
        if table is None or table.open_routes:
            return route.addresses
        inside = [r.addresses for r in table.routes if r.rivals or not (r.dead or r.via in TO_INTERNET)]
        return route.addresses & AddressSet.union_all(inside)

    @cached_property
    def _ranges(self) -> dict[str, AddressSet]:
        """The IPv4 addresses of every VPC and of its subnets."""
        network = self._network
        found = {vpc.id: vpc.addresses.only(IPV4) for vpc in network.vpcs.values()}
        for subnet in network.subnets.values():
            known = found.get(subnet.vpc, AddressSet.EMPTY)
            own = subnet.addresses.only(IPV4)
            found[subnet.vpc] = known if own <= known else known | own
        return found

    def _unled(self, table: RouteTable, wanted: AddressSet) -> bool:
        """Whether no route of `table` leads any of `wanted` anywhere but into the internet, nor perhaps does."""
        wanted = wanted.only(IPV4)
        if wanted & INTERNET:
            return False
        for route, part in table.lookup(wanted):
            if any(o.may_win(route, part) for o in table.open_routes):
                return False
            if route is None or (route.dead and not route.rivals):
                continue
            if route.rivals or not (route.via in OUT or self._behind_nat(route, part)):
                return False
        return True

    def _behind_nat(self, route: Route, wanted: AddressSet) -> bool:
        """Whether a route leads to a NAT gateway that has no way to any of `wanted` but the internet."""
        nat = self._network.nats.get(route.target) if route.via is Via.NAT_GATEWAY else None
        if nat is None:
            return False
        subnet = self._network.subnets.get(nat.subnet) if nat.subnet else None
        table = self._network.table_for(subnet) if subnet else self._network.tables.get(nat.table or "")
        if table is None or table.open_routes:
            return False
        onward = [r for r, _part in table.lookup(wanted) if r is not None]
        return all(not r.rivals and (r.dead or r.via in TO_INTERNET) for r in onward)
