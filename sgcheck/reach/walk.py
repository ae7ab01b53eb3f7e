"""The walk: one packet set from one vantage to one target, hop by hop.

It follows the routes; where they end early it notes why and goes on behind the denial, so that every independent
blocker is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.filters import GroupReference, Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Route, Via
from sgcheck.model.things import Role
from sgcheck.packets import AddressSet, IntervalSet, PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.arrival import reference_to
from sgcheck.reach.at_endpoint import open_none
from sgcheck.reach.balancing import Balancing
from sgcheck.reach.branch import Branch, Identity, Place
from sgcheck.reach.connecting import CONNECT, connect
from sgcheck.reach.gates import contested, missing_finding, pass_acl
from sgcheck.reach.joints import Joint, joining, route_for
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.walker import SHARED, TO_INTERNET

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface, Subnet
    from sgcheck.reach.words import Words


NAT64 = AddressSet.parse("64:ff9b::/96")
"""IPv4 addresses written as IPv6, which NAT gateways translate (VPC user guide, nat-gateway-nat64-dns64)."""
OF_AWS = AddressSet.parse("169.254.0.0/16", "fd00:ec2::/32")
"""Metadata, resolver, time and licence services (VPC user guide, vpc-security-groups: what they do not filter)."""


class Forward(Balancing):
    """Walks the packets of one vantage to one target; `branches` are the ways it found, one for each part of routes."""

    def __init__(self, network: Network, words: Words, vantage: Vantage, target: Target, asked: PacketSet) -> None:
        """Prepare to push `asked` from `vantage` to `target`."""
        super().__init__(network, words, vantage, target)
        self._start(Branch(asked))

    def onward(self, vantage: Vantage, target: Target, asked: PacketSet) -> list[Branch]:
        """Walk what somebody on the way sends on, as a walk of its own."""
        return Forward(self.network, self.words, vantage, target, asked).branches

    def _start(self, branch: Branch) -> None:
        match self.vantage.start:
            case From.INTERNET:
                branch.station(Ref("internet", "internet"), Decision.PASS)
                self._enter_from_internet(branch)
            case From.ELSEWHERE:
                self._start_elsewhere(branch)
            case From.HOST | From.SUBNET:
                self._start_inside(branch)

    def _start_elsewhere(self, branch: Branch) -> None:
        beyond = self.vantage.beyond or "outside"
        branch.station(Ref("outside", beyond), Decision.UNKNOWN)
        where = self.words.addresses(self.vantage.addresses)
        behind = f"{where} lies behind {beyond}, and what is there is not in the input"
        facts = {"why": behind if self.vantage.beyond else f"nothing in the input has {where}"}
        branch.block(Finding(Cause.UNMODELLED, Ref("outside", beyond), False, branch.asked, facts=facts))
        branch.identity = Identity("", groups_known=not beyond.startswith(("pcx-", "tgw-")))
        self._leap(branch, Place(""), hidden=False)

    def _start_inside(self, branch: Branch) -> None:
        interface, subnet = self.vantage.interface, self.vantage.subnet
        if subnet is None:
            message = "the subnet of the source is not in the input"
            missing = self.network.missing("subnet", interface.subnet if interface else "?", message)
            branch.block(missing_finding(branch, missing, branch.asked))
            self._leap(branch, Place(interface.vpc if interface else ""), hidden=True)
            return
        if self.target.interface is None and self._is_of_aws(subnet):
            self._to_aws_itself(branch)
            return
        if interface is None:
            branch.station(Ref("subnet", subnet.id, subnet.name), Decision.PASS)
            if self.network.lacks("network interface", subnet.vpc):
                where = self.words.addresses(self.vantage.addresses)
                self._unknown(branch, "network interface", where, f"who has {where} is not in the input", subnet.vpc)
                self._leap(branch, Place(subnet.vpc, subnet), hidden=True)
                return
            self._route(branch, Place(subnet.vpc, subnet))
            return
        self._end_host(branch, interface)
        stands_for = interface.groups or () if self.vantage.keeps else None
        branch.identity = Identity(interface.vpc, groups_known=interface.groups is not None, groups=stands_for)
        branch.sender = interface
        wanted = self.target.interface
        if wanted is not None and wanted.id == interface.id and not self.target.public:
            branch.note(f"{wanted.id} asks itself: such packets never leave the host")
            self.branches.append(branch)
            return
        if interface.role is Role.ENDPOINT:
            open_none(self.network, branch, interface)
        peer, reference = self._peer_of_egress(interface)
        self._end_groups(branch, interface, Way.EGRESS, peer, reference)
        if interface.what == CONNECT:
            connect(self.network, self.words, branch, interface, self.target)
        self._route(branch, Place(subnet.vpc, subnet))

    def _is_of_aws(self, subnet: Subnet) -> bool:
        """Whether the target is an address of AWS itself: link-local services, the resolver, a subnet's router.

        (VPC user guide, vpc-dns and subnet-sizing.)
        """
        vpc = self.network.vpcs.get(subnet.vpc)
        resolvers = [low + 2 for low, _high in vpc.addresses.v4.spans] if vpc else []
        reserved = [low + step for low, _high in subnet.addresses.v4.spans for step in (1, 2, 3)]
        own = AddressSet.of(v4=IntervalSet.of(*((v, v) for v in resolvers + reserved)))
        return bool(self.target.asked) and self.target.asked <= own | OF_AWS

    def _to_aws_itself(self, branch: Branch) -> None:
        address = self.words.addresses(self.target.asked)
        why = f"{address} is an address of AWS itself, which security groups and network ACLs do not filter"
        facts = {"why": f"{why}: whether it answers on this port is not in the input"}
        branch.block(Finding(Cause.UNMODELLED, Ref("aws-service", address), False, branch.asked, facts=facts))
        self.branches.append(branch)

    def _peer_of_egress(self, source: Interface) -> tuple[Identity | None, GroupReference | None]:
        """Who the target is to the source's egress rules, which match private addresses inside or over a peering."""
        wanted = self.target.interface
        if wanted is None or self.target.public or wanted.vpc == "":
            return None, None
        if wanted.vpc == source.vpc:
            identity = Identity(wanted.vpc, groups_known=wanted.groups is not None)
            return identity, reference_to(self.network, wanted)
        active = [p for p in self.network.peerings_between(source.vpc, wanted.vpc) if p.active]
        if not active or self._goes_over_transit():
            return None, None
        crosses = all(p.crosses_regions for p in active)
        identity = Identity(wanted.vpc, crosses_regions=crosses, groups_known=wanted.groups is not None)
        return identity, None if crosses else reference_to(self.network, wanted)

    def _goes_over_transit(self) -> bool:
        """Whether the source's own table leads to the target by a transit gateway.

        References in egress rules do not match there (Transit Gateway guide, tgw-vpc-attachments).
        """
        table = self.network.table_for(self.vantage.subnet) if self.vantage.subnet else None
        if table is None or self.target.private is None:
            return False
        route = table.lookup(AddressSet.address(*self.target.private))[0][0]
        return route is not None and route.via is Via.TRANSIT_GATEWAY

    def _route(self, branch: Branch, place: Place) -> None:
        """Route the packets on from `place`: inside its subnet directly, else by the table."""
        destinations = branch.seen().destinations()
        if place.subnet is not None:
            inside = destinations & place.subnet.addresses
            if inside:
                near = self._part(branch, inside)
                self._deliver(near, place, place.vpc, "same")
                destinations -= inside
                if not destinations:
                    return
                branch = self._part(branch, destinations)
            pass_acl(self.network, self.words, branch, place.subnet, Way.EGRESS)
        table = self.network.tables.get(place.table) if place.table else None
        if table is None and place.subnet is not None and not place.table:
            table = self.network.table_for(place.subnet)
        if table is None:
            where = place.table or (place.subnet.id if place.subnet else place.vpc)
            self._unknown(branch, "route table", where, f"the route table of {where} is not in the input", place.vpc)
            self._leap(branch, place, hidden=True)
            return
        for route, part in table.lookup(destinations):
            taken = self._part(branch, part)
            open_route = next((o for o in table.open_routes if o.may_win(route, part)), None)
            if open_route is not None:
                message = self.words.open_route(open_route, table.id, part)
                taken.station(Ref("route-table", table.id, table.name), Decision.UNKNOWN, open_route.text)
                self._unknown(taken, self.words.kind_of_open(open_route), open_route.list, message, place.vpc)
                self._leap(taken, place, hidden=True)
                continue
            if route is not None and route.rivals:
                taken.block(contested(taken, table, route))
                self._leap(taken, place, hidden=True)
                continue
            self._follow(taken, route, place, Ref("route-table", table.id, table.name))

    def _follow(self, branch: Branch, route: Route | None, place: Place, table: Ref) -> None:
        if route is None or route.dead:
            self._no_route(branch, route, place, table)
            return
        if route.via is Via.NAT_GATEWAY and branch.seen().destinations() <= NAT64:
            branch.station(table, Decision.PASS, route.text)
            self._unmodelled(branch, place, "nat64", route.target)
            return
        if route.via in TO_INTERNET and self._is_private(branch):
            self._private_to_internet(branch, route, place, table)
            return
        branch.station(table, Decision.PASS, route.text)
        self._along(branch, route, place)

    def _along(self, branch: Branch, route: Route, place: Place) -> None:
        """To what a route leads to."""
        match route.via:
            case Via.LOCAL:
                self._deliver(branch, place, place.vpc, "local")
            case Via.INTERNET_GATEWAY:
                self._leave(branch, place, route.target)
            case Via.EGRESS_ONLY_GATEWAY:
                self._leave_egress_only(branch, place, route.target)
            case Via.NAT_GATEWAY:
                self._nat(branch, place, route.target)
            case Via.PEERING:
                self._peer(branch, place, route.target)
            case Via.INTERFACE:
                self._through_interface(branch, place, route.target)
            case Via.ENDPOINT:
                self._through_endpoint(branch, place, route.target)
            case Via.TRANSIT_GATEWAY:
                self._transit(branch, place, route.target)
            case Via.VPN_GATEWAY:
                self._vpn(branch, place, route.target)
            case _:
                self._unmodelled(branch, place, route.via.value, route.target)

    def _private_to_internet(self, branch: Branch, route: Route, place: Place, table: Ref) -> None:
        """A private destination on a route towards the internet: an internet gateway drops it."""
        if (
            route.via is Via.NAT_GATEWAY
            and route.target not in branch.visited
            and self._nat_leads(branch, route.target)
        ):
            branch.station(table, Decision.PASS, route.text)
            self._nat(branch, place, route.target)
            return
        if route.via is Via.NAT_GATEWAY and route.target not in self.network.nats:
            branch.station(table, Decision.PASS, route.text)
            self._nat(branch, place, route.target)
            return
        self._no_route(branch, route, place, table)

    def _nat_leads(self, branch: Branch, id_: str) -> bool:
        """Whether the NAT gateway's own table routes the private destination to anything but the internet."""
        nat = self.network.nats.get(id_)
        if nat is None:
            return False
        subnet = self.network.subnets.get(nat.subnet) if nat.subnet else None
        table = self.network.table_for(subnet) if subnet else self.network.tables.get(nat.table or "")
        if table is None:
            return True
        parts = table.lookup(branch.seen().destinations())
        if any(o.may_win(route, part) for o in table.open_routes for route, part in parts):
            return True
        return any(r is not None and (r.rivals or not r.dead) and r.via not in TO_INTERNET for r, _part in parts)

    def _no_route(self, branch: Branch, route: Route | None, place: Place, table: Ref) -> None:
        """Nothing leads on (or a dead route, or the internet for a private address): note it, go on over what joins."""
        joint = joining(self.network, place, self.vantage, self.target, branch.seen().destinations())
        destinations = branch.seen().destinations()
        edits = route_for(self.network, self.words, table.id, destinations, route, joint) if joint else ()
        cause = Cause.NO_ROUTE if route is None else Cause.DEAD_ROUTE if route.dead else Cause.ROUTE_TO_INTERNET
        if joint is None and self._apart(place):
            cause = Cause.NOT_JOINED
        facts = {"destination": self.words.addresses(destinations), "route": route.text if route else ""}
        facts |= {
            "joint": joint.target if joint else "",
            "shared": "yes" if destinations <= SHARED else "",
            "vpc": place.vpc,
            "far": self.target.interface.vpc if self.target.interface else "",
        }
        by = route.text if route else None
        branch.station(table, Decision.DENY, by)
        branch.block(Finding(cause, table, branch.replying, branch.asked, by, facts=facts, edits=edits))
        self._go_on(branch, place, joint)

    def _apart(self, place: Place) -> bool:
        wanted = self.target.interface
        return wanted is not None and not self.target.public and wanted.vpc != place.vpc

    def _go_on(self, branch: Branch, place: Place, joint: Joint | None) -> None:
        if joint is None:
            self._leap(branch, place, hidden=False)
            return
        match joint.via:
            case Via.PEERING:
                self._peer(branch, place, joint.target)
            case Via.TRANSIT_GATEWAY:
                self._transit(branch, place, joint.target)
            case Via.INTERNET_GATEWAY:
                self._leave(branch, place, joint.target)
            case Via.EGRESS_ONLY_GATEWAY:
                self._leave_egress_only(branch, place, joint.target)
            case Via.NAT_GATEWAY:
                self._nat(branch, place, joint.target)
            case _:
                self._leap(branch, place, hidden=False)
