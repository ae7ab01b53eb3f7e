"""Pairs that no route joins: held back for certain, whatever filters say, and so not worth a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.routing import Via
from sgcheck.model.things import Role
from sgcheck.packets import INTERNET, AddressSet
from sgcheck.reach.vantage import From
from sgcheck.reach.walker import TO_INTERNET

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import Route, RouteTable
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
