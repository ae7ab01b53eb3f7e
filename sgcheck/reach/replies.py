"""The way back: replies walk each leg in reverse; network ACLs and routes judge them, stateful filters know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Route, RouteTable, Via
from sgcheck.packets import PUBLIC, AddressSet, PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Identity
from sgcheck.reach.gates import contested, missing_finding, needs_reply, pass_acl, pass_reply, passed_over
from sgcheck.reach.homeward import Homeward
from sgcheck.reach.inspected_replies import InspectedReplies
from sgcheck.reach.joints import Joint, between, route_for
from sgcheck.reach.leads import owners_apart
from sgcheck.reach.vantage import From
from sgcheck.reach.walker import IPV4, SHARED, TO_INTERNET

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.branch import Branch, Leg, Place
    from sgcheck.reach.vantage import Vantage
    from sgcheck.reach.words import Words

_UNKNOWN_AHEAD = (
    Via.TRANSIT_GATEWAY,
    Via.VPN_GATEWAY,
    Via.ENDPOINT,
    Via.LOCAL_GATEWAY,
    Via.CARRIER_GATEWAY,
    Via.CORE_NETWORK,
    Via.ODB_NETWORK,
    Via.INTERFACE,
    Via.NOWHERE,
)


BETWEEN_VPCS = ("peering", "transit")
_HOPS = (Cause.MISSING, Cause.REFUSED, Cause.UNMODELLED, Cause.APPLIANCE)


class Replies:
    """Walks one branch back."""

    def __init__(self, network: Network, words: Words, vantage: Vantage, branch: Branch) -> None:
        """Judge the replies to what `branch` delivered (or would deliver, behind its denials)."""
        self.network = network
        self.words = words
        self.vantage = vantage
        self.branch = branch
        branch.replying = True
        self.spared = PacketSet.EMPTY  # What a gateway hands over in the very subnet it is meant for.
        self.hidden = PacketSet.EMPTY  # What a hop that is not modelled has taken: it may come back another way.
        self._first = True  # On the stretch where the target itself replies.
        if needs_reply(branch):
            for leg in reversed(branch.legs):
                self._back(leg)
                self._first = False

    def _back(self, leg: Leg) -> None:
        branch = self.branch
        branch.view = leg.view
        within = leg.a is not None and leg.b is not None and leg.a.subnet is not None and leg.a.subnet == leg.b.subnet
        if leg.b is not None and leg.b.subnet is not None and not within:
            pass_acl(self.network, self.words, branch, leg.b.subnet, Way.EGRESS)
        before = len(branch.findings)
        self.spared = PacketSet.EMPTY
        if leg.b is not None:
            self._routes(leg, leg.b)
        if leg.kind == "out" and leg.a is not None and leg.gateway is not None:
            if leg.a.behind:
                self._back_in(leg.gateway, leg.a.behind)
            else:
                self._redirected(leg.gateway)
            self._shielded(leg)
        hidden = [f.packets for f in branch.findings[before:] if f.cause in _HOPS]
        self.hidden = PacketSet.union_all([self.hidden, *hidden])
        if leg.a is not None and leg.a.subnet is not None and not within:
            spare = self.hidden if passed_over(self.network, leg.a.subnet) else PacketSet.EMPTY
            pass_acl(self.network, self.words, branch, leg.a.subnet, Way.INGRESS, spare | self.spared)

    def _shielded(self, leg: Leg) -> None:
        """What drops all that internet gateways bring over IPv6 drops replies too (EC2 API, DenyAllIgwTraffic)."""
        interface = self.vantage.interface
        if leg.nat or interface is None or not interface.blocks_internet_ipv6 or self.vantage.family == IPV4:
            return
        if leg.gateway not in self.network.internet_gateways:
            return
        ref = Ref("network-interface", interface.id, interface.name)
        self.branch.block(Finding(Cause.IPV6_NOT_FROM_INTERNET, ref, True, needs_reply(self.branch)))

    def _redirected(self, gateway: str) -> None:
        """Replies from the internet follow the gateway's own route table, if it has one."""
        table = self.network.edge_table(gateway)
        if table is None or self.branch.view.hidden:
            return
        seen = self.branch.view.seen(needs_reply(self.branch))
        for route, part in owners_apart(self.network, table.lookup(seen.sources())):
            if route is None or route.via is Via.LOCAL or self._own(route, part):
                continue
            self._redirect(Ref("route-table", table.id, table.name), route, part, self._sent(seen, part))

    def _back_in(self, gateway: str, endpoint: str) -> None:
        """Replies from the internet to packets that were inspected: the gateway's own table must lead them there."""
        inspected = InspectedReplies(self.network, self.words, self.branch, endpoint)
        seen = self.branch.view.seen(needs_reply(self.branch))
        table = self.network.edge_table(gateway)
        if table is None:
            ref = Ref("internet-gateway", gateway)
            inspected.bypass(ref, None, seen.sources(), self._sent(seen, seen.sources()))
            return
        ref = Ref("route-table", table.id, table.name)
        for route, part in table.lookup(seen.sources()):
            sent = self._sent(seen, part)
            if inspected.leads_back(route):
                self.branch.station(ref, Decision.PASS, route.text if route else None)
                inspected.back(sent)
            elif route is None or (route.via is Via.LOCAL and not route.dead):
                inspected.bypass(ref, route, part, sent)
            else:
                self._redirect(ref, route, part, sent)

    def _inspected(self, leg: Leg, place: Place, table: Ref, route: Route | None, part: AddressSet) -> bool:
        """Whether inspection on the way decides about a reply: it comes back through the endpoint, or goes past it."""
        endpoint = leg.a.behind if leg.a is not None and leg.kind in ("local", "peering") else None
        if endpoint is None:
            return False
        inspected = InspectedReplies(self.network, self.words, self.branch, endpoint)
        sent = self._sent(self.branch.view.seen(needs_reply(self.branch)), part)
        if leg.kind == "local" and inspected.leads_back(route):
            self.branch.station(table, Decision.PASS, route.text if route else None)
            inspected.back(sent)
        elif self._expected(leg, place, route) or (route is not None and self._own(route, part)):
            inspected.bypass(table, route, part, sent)
        else:
            return False
        return True

    def _own(self, route: Route, part: AddressSet) -> bool:
        """Whether the route leads to the very interface that has the addresses."""
        interface = self.network.interfaces.get(route.target) if route.via is Via.INTERFACE and not route.dead else None
        return interface is not None and part <= interface.owned()

    def _redirect(self, table: Ref, route: Route, part: AddressSet, sent: PacketSet) -> None:
        """A gateway's route that does not lead straight to the sender."""
        if not route.dead and not self._certainly_lost(route):
            self.branch.station(table, Decision.UNKNOWN, route.text)
            self._unknown(route, sent, outside=True)
            return
        self.branch.station(table, Decision.DENY, route.text)
        facts = {"destination": self.words.addresses(part), "route": route.text, "joint": ""}
        ref, cause = (
            (table, Cause.DEAD_ROUTE) if route.dead else (Ref(route.via.value, route.target), Cause.NOT_FOR_ITS_ADDRESS)
        )
        self.branch.block(Finding(cause, ref, True, sent, route.text, facts=facts))

    def _routes(self, leg: Leg, place: Place) -> None:
        if self.vantage.keeps or leg.view.hidden or (leg.kind == "leap" and self.vantage.start is not From.ELSEWHERE):
            return
        if leg.nat and leg.kind == "peering":
            return
        table = self._table(place)
        seen = self.branch.view.seen(needs_reply(self.branch))
        if table is None:
            where = place.table or (place.subnet.id if place.subnet else place.vpc)
            missing = self.network.missing(
                "route table", where, f"the route table of {where} is not in the input", vpc=place.vpc
            )
            self.branch.block(missing_finding(self.branch, missing, needs_reply(self.branch)))
            return
        for route, part in owners_apart(self.network, table.lookup(seen.sources())):
            sent = self._sent(seen, part)
            if route is not None and route.rivals:
                self.branch.block(replace(contested(self.branch, table, route), packets=sent))
            elif not self._open(table, route, part, sent, place):
                self._judge(leg, place, table, route, part, sent)

    def _table(self, place: Place) -> RouteTable | None:
        if place.table is not None:
            return self.network.tables.get(place.table)
        return self.network.table_for(place.subnet) if place.subnet else None

    def _sent(self, seen: PacketSet, sources: AddressSet) -> PacketSet:
        return self.branch.view.sent(seen.where(sources=sources)).some & needs_reply(self.branch)

    def _open(self, table: RouteTable, route: Route | None, part: AddressSet, sent: PacketSet, place: Place) -> bool:
        """Whether a route over a list with unknown entries may carry the reply elsewhere.

        A service's own list that leads to a gateway endpoint does not count: its addresses ask nobody anything (AWS
        PrivateLink guide, gateway-endpoints).
        """
        for open_route in table.open_routes:
            if (open_route.service and open_route.via is Via.ENDPOINT) or not open_route.may_win(route, part):
                continue
            message = self.words.open_route(open_route, table.id, part)
            missing = self.network.missing(self.words.kind_of_open(open_route), open_route.list, message, vpc=place.vpc)
            self.branch.station(Ref("route-table", table.id, table.name), Decision.UNKNOWN, open_route.text)
            self.branch.block(missing_finding(self.branch, missing, sent))
            return True
        return False

    def _judge(
        self, leg: Leg, place: Place, table: RouteTable, route: Route | None, part: AddressSet, sent: PacketSet
    ) -> None:
        """Whether the reply to `part` goes back the way the request came."""
        ref = Ref("route-table", table.id, table.name)
        elsewhere = leg.kind == "leap" and self.vantage.start is From.ELSEWHERE
        over = leg.kind in BETWEEN_VPCS or elsewhere
        if over and route is not None and route.via is Via.TRANSIT_GATEWAY and not route.dead:
            self.branch.station(ref, Decision.PASS, route.text)
            self._homeward(leg, place, route.target, part, sent)
            return
        if self._inspected(leg, place, ref, route, part):
            return
        if self._expected(leg, place, route) or (route is not None and self._own(route, part)):
            self.branch.station(ref, Decision.PASS, route.text if route else None)
            return
        entered = leg.kind == "in" or (self.vantage.start is From.INTERNET and leg.a is not None and bool(leg.a.behind))
        if entered and route is not None and route.via is Via.ENDPOINT and route.service and not route.dead:
            self.branch.note(
                f"{table.id} sends replies for {route.list} to {route.target}: a service's own addresses, no clients"
            )
            self.branch.asked -= sent
            self.branch.alive -= sent
            self.branch.maybe -= sent
            return
        if route is not None and not route.dead and self._undecided_ahead(leg, route):
            self.branch.station(ref, Decision.UNKNOWN, route.text)
            self._unknown(route, sent)
            return
        self._denied(leg, place, ref, route, part, sent)

    def _homeward(self, leg: Leg, place: Place, gateway: str, part: AddressSet, sent: PacketSet) -> None:
        self._first = False
        home = Homeward(self.network, self.words, self.branch, self._aside, self._own)
        home.carry(leg, place, gateway, part, sent)
        self.spared |= home.spared
        self.hidden |= home.hidden

    def _aside(self, route: Route, sent: PacketSet) -> bool:
        """Whether something that decides itself may pass replies on; says so where it may."""
        if self._certainly_lost(route):
            return False
        self._unknown(route, sent)
        return True

    def _undecided_ahead(self, leg: Leg, route: Route) -> bool:
        """Whether a reply on an unexpected route could still arrive, by way of something that is not modelled."""
        if route.via is Via.PEERING and route.target not in self.network.peerings:
            return True
        if leg.kind == "in":
            return route.via in (Via.ENDPOINT, Via.INTERFACE) and not self._certainly_lost(route)
        return route.via in _UNKNOWN_AHEAD and not self._certainly_lost(route)

    def _certainly_lost(self, route: Route) -> bool:
        interface = self.network.interfaces.get(route.target) if route.via is Via.INTERFACE else None
        if interface is None:
            return False
        instance = self.network.instances.get(interface.instance) if interface.instance else None
        stopped = instance is not None and instance.state != "running"
        return stopped or not interface.forwards or not interface.in_use

    def _expected(self, leg: Leg, place: Place, route: Route | None) -> bool:
        if route is None or route.dead:
            return False
        if leg.kind == "local":
            return route.via is Via.LOCAL
        if leg.kind in BETWEEN_VPCS:
            peering = self.network.peerings.get(route.target) if route.via is Via.PEERING else None
            side = peering.other(place.vpc) if peering else None
            return bool(
                peering and side and leg.a and side.vpc == leg.a.vpc and (peering.active or peering.id == leg.gateway)
            )
        if leg.kind == "in":
            if route.via is not Via.INTERNET_GATEWAY:
                return False
            gateway = self.network.internet_gateways.get(route.target)
            return gateway is None or gateway.vpc == place.vpc or leg.gateway is None
        return route.via not in TO_INTERNET

    def _unknown(self, route: Route, sent: PacketSet, *, outside: bool = False) -> None:
        ref = Ref(route.via.value, route.target)
        cause = Cause.APPLIANCE if route.via is Via.INTERFACE else Cause.UNMODELLED
        if route.via is Via.INTERFACE and route.target not in self.network.interfaces:
            missing = self.network.missing("network interface", route.target, f"{route.target} is not in the input")
            self.branch.block(missing_finding(self.branch, missing, sent))
            return
        if route.via is Via.PEERING and route.target not in self.network.peerings:
            missing = self.network.missing(
                "VPC peering connection", route.target, f"{route.target} is not in the input"
            )
            self.branch.block(missing_finding(self.branch, missing, sent))
            return
        if route.via is Via.INTERFACE:
            owner = self.network.interfaces[route.target]
            replier = None if outside else self._replier(owner)
            pass_reply(self.network, self.words, self.branch, owner, sent, replier=replier, outside=outside)
        facts = {"why": f"what {route.target} does with the replies is not modelled", "what": route.via.value}
        self.branch.block(Finding(cause, ref, True, sent, facts=facts))

    def _replier(self, owner: Interface) -> Identity | None:
        """Who replies, as a host sees it that is next on the way in the same VPC."""
        receiver = self.branch.receiver
        if not self._first or receiver is None or receiver.vpc != owner.vpc or receiver.groups is None:
            return None
        return Identity(receiver.vpc)

    def _denied(
        self, leg: Leg, place: Place, table: Ref, route: Route | None, part: AddressSet, sent: PacketSet
    ) -> None:
        self.branch.station(table, Decision.DENY, route.text if route else None)
        joint = self._joint(leg, place, part)
        edits = route_for(self.network, self.words, table.id, part, route, joint) if joint else ()
        private = not part & PUBLIC
        if route is None:
            cause = Cause.NO_ROUTE
        elif route.dead:
            cause = Cause.DEAD_ROUTE
        else:
            cause = Cause.ROUTE_TO_INTERNET if private and route.via in TO_INTERNET else Cause.REPLY_LEAVES_ELSEWHERE
        facts = {
            "destination": self.words.addresses(part),
            "route": route.text if route else "",
            "joint": joint.target if joint else "",
            "shared": "yes" if part <= SHARED else "",
        }
        facts |= {
            "vpc": place.vpc,
            "via": route.via.value if route else "",
            "expected": leg.gateway or (leg.a.vpc if leg.a else ""),
        }
        facts["far"] = leg.a.vpc if leg.a else ""
        self.branch.block(Finding(cause, table, True, sent, route.text if route else None, facts=facts, edits=edits))
        if joint is not None and joint.via is Via.TRANSIT_GATEWAY:
            self._homeward(leg, place, joint.target, part, sent)

    def _joint(self, leg: Leg, place: Place, part: AddressSet) -> Joint | None:
        if leg.kind == "in":
            gateway = self.network.gateway_of_vpc.get(place.vpc)
            return Joint(Via.INTERNET_GATEWAY, gateway.id) if gateway else None
        if leg.kind in BETWEEN_VPCS and leg.a is not None:
            return between(self.network, place.vpc, leg.a.vpc, part)
        return None
