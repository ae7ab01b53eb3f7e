"""Replies over transit gateways: they follow the tables of the way back, which need not be those of the way there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Route, Via
from sgcheck.model.transit import OUTWARD, Attached
from sgcheck.packets import PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Branch, Leg, Place
from sgcheck.reach.gates import needs_reply, pass_acl
from sgcheck.reach.inspected_replies import InspectedReplies
from sgcheck.reach.leads import owners_apart
from sgcheck.reach.passage import CAUSES, MOST_GATEWAYS, Passage, attachment_ref

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.transit import Attachment, Onward
    from sgcheck.packets import AddressSet
    from sgcheck.reach.words import Words

ASIDE = (Via.INTERFACE, Via.ENDPOINT, Via.PEERING)


class Homeward:
    """Carries replies of one branch over gateways, back to where a leg began.

    spared: those that come out of a gateway in the very subnet they are meant for, whose ACL does not judge them
    (Transit Gateway guide, tgw-nacls). hidden: those of which it is not known whether they do.
    """

    def __init__(
        self,
        network: Network,
        words: Words,
        branch: Branch,
        aside: Callable[[Route, PacketSet], bool],
        own: Callable[[Route, AddressSet], bool],
    ) -> None:
        """Carry replies of `branch`.

        aside: whether what a route leads to may pass replies on, as it decides by itself. own: whether it is the very
        interface that has the addresses.
        """
        self.network = network
        self.words = words
        self.branch = branch
        self._aside = aside
        self._own = own
        self.spared = PacketSet.EMPTY
        self.hidden = PacketSet.EMPTY
        self._passages = 0

    def carry(self, leg: Leg, place: Place, gateway: str, part: AddressSet, sent: PacketSet) -> None:
        """Take the replies to `sent`, which go to `part`, from `place` over `gateway` home to where `leg` began."""
        home = leg.a.vpc if leg.a else ""
        passage = Passage(self.network, self.words, self.branch)
        self._passages += 1
        if self._passages > MOST_GATEWAYS:
            self.branch.block(Finding(Cause.ROUTE_LOOP, Ref("transit-gateway", gateway), True, sent))
            return
        entry = passage.enter(place, gateway, sent)
        if entry is None:
            self.hidden |= sent
            return
        for onward in self.network.transit.onward(entry, part):
            those = self._to(onward.part, sent)
            passage.stations(onward)
            if onward.lost is not None:
                passage.lost(entry, onward, home or None, those)
                if onward.lost not in CAUSES:
                    self.hidden |= those
                self._behind(leg, place, onward, those)
            elif onward.end.kind is Attached.VPC:
                self._out_of(leg, place, onward.end, onward.part, those)
            else:
                self._outward(onward, those)

    def _to(self, part: AddressSet, sent: PacketSet) -> PacketSet:
        """Of `sent`, what is replied to at `part`."""
        view = self.branch.view
        return view.sent(view.seen(sent).where(sources=part)).some & sent

    def _behind(self, leg: Leg, place: Place, onward: Onward, sent: PacketSet) -> None:
        """Behind a missing route go on at the attachment of the VPC that is meant, if the gateway has it."""
        home = self.network.transit.of_vpc(onward.end.gateway, leg.a.vpc) if leg.a else None
        if onward.lost in CAUSES and home is not None:
            self._out_of(leg, place, home, onward.part, sent)

    def _outward(self, onward: Onward, sent: PacketSet) -> None:
        """Out of the known network, where nothing says whether they come back."""
        end = onward.end
        what = end.resource or end.id
        ref = attachment_ref(end)
        self.branch.station(ref, Decision.UNKNOWN)
        if end.kind in OUTWARD and end.down:
            self.branch.block(Finding(Cause.TUNNELS_DOWN, ref, True, sent, facts={"what": what}))
            return
        why = f"replies to {self.words.addresses(onward.part)} go to {what}, and what is there is not in the input"
        self.hidden |= sent
        self.branch.block(Finding(Cause.BEYOND, ref, True, sent, facts={"why": why, "what": what}))

    def _out_of(self, leg: Leg, place: Place, end: Attachment, part: AddressSet, sent: PacketSet) -> None:
        """Out in a subnet of `end`: home already, or passed on by that subnet's routes."""
        passage = Passage(self.network, self.words, self.branch)
        subnet, disputed = passage.leave(place.subnet, end, part, sent)
        self.hidden |= disputed
        sent -= disputed
        self.branch.station(attachment_ref(end), Decision.PASS if subnet else Decision.UNKNOWN)
        if subnet is None:
            self.hidden |= sent
            return
        inside = part & subnet.addresses
        if inside and leg.a is not None and leg.a.behind and subnet.vpc == leg.a.vpc:
            where = Ref("subnet", subnet.id, subnet.name)
            self._inspected(leg.a.behind).bypass(where, None, inside, self._to(inside, sent))
        elif inside and leg.a is not None and subnet.vpc == leg.a.vpc:
            self.spared |= self._to(inside, sent)
        elif inside:
            self._elsewhere(leg, Ref("subnet", subnet.id, subnet.name), subnet.vpc, inside, self._to(inside, sent))
        rest = part - inside
        if rest:
            self._pass_on(leg, Place(end.resource or subnet.vpc, subnet), rest, self._to(rest, sent))

    def _pass_on(self, leg: Leg, place: Place, part: AddressSet, sent: PacketSet) -> None:
        """By the routes of the subnet in which they came out."""
        subnet = place.subnet
        table = self.network.table_for(subnet) if subnet else None
        if subnet is None:
            return
        pass_acl(self.network, self.words, self.branch, subnet, Way.EGRESS, needs_reply(self.branch) - sent)
        if table is None:
            Passage(self.network, self.words, self.branch).missing(
                "route table", subnet.id, f"the route table of {subnet.id} is not in the input", place.vpc, sent
            )
            self.hidden |= sent
            return
        ref = Ref("route-table", table.id, table.name)
        for route, found in owners_apart(self.network, table.lookup(part)):
            those = self._to(found, sent)
            if any(o.may_win(route, found) for o in table.open_routes) or (route is not None and route.rivals):
                self._undecided(ref, route, those, f"where {table.id} leads {self.words.addresses(found)} is not told")
            elif route is not None and not route.dead and route.via is Via.TRANSIT_GATEWAY:
                if leg.a is not None and leg.a.behind and leg.a.vpc == place.vpc:
                    self._turned_away(leg.a.behind, ref, route, found, those)
                    continue
                self.branch.station(ref, Decision.PASS, route.text)
                self.carry(leg, place, route.target, found, those)
            else:
                self._ends(leg, place, ref, route, found, those)

    def _ends(self, leg: Leg, place: Place, table: Ref, route: Route | None, part: AddressSet, sent: PacketSet) -> None:
        """Home by the local route, or nowhere."""
        local = route is not None and route.via is Via.LOCAL and not route.dead
        if leg.a is not None and leg.a.behind and place.vpc == leg.a.vpc:
            inspected = self._inspected(leg.a.behind)
            if inspected.leads_back(route):
                self.branch.station(table, Decision.PASS, route.text if route else None)
                inspected.back(sent)
                return
            if local:
                inspected.bypass(table, route, part, sent)
                return
        own = route is not None and self._own(route, part)
        if (local or own) and leg.a is not None and place.vpc == leg.a.vpc:
            self.branch.station(table, Decision.PASS, route.text if route else None)
            return
        if route is not None and not route.dead and route.via in ASIDE and self._aside(route, sent):
            self.branch.station(table, Decision.UNKNOWN, route.text)
            self.hidden |= sent
            return
        self._elsewhere(leg, table, place.vpc, part, sent, route)

    def _turned_away(self, endpoint: str, table: Ref, route: Route, part: AddressSet, sent: PacketSet) -> None:
        """Back into the gateway instead of through the endpoint: a firewall that tracks the connection loses it."""
        tracked = self.branch.tracked.get(endpoint, PacketSet.EMPTY) & sent
        if tracked:
            self._inspected(endpoint).bypass(table, route, part, tracked)
        if sent - tracked:
            why = f"replies to {self.words.addresses(part)} go past {endpoint}, and where they come out is not modelled"
            self._undecided(table, route, sent - tracked, why)

    def _inspected(self, endpoint: str) -> InspectedReplies:
        return InspectedReplies(self.network, self.words, self.branch, endpoint)

    def _elsewhere(
        self, leg: Leg, ref: Ref, vpc: str, part: AddressSet, sent: PacketSet, route: Route | None = None
    ) -> None:
        """Nowhere, or to somebody else who has the client's address in another VPC."""
        text = route.text if route else None
        self.branch.station(ref, Decision.DENY, text)
        cause = Cause.REPLY_LEAVES_ELSEWHERE
        if ref.kind == "route-table" and (route is None or route.dead):
            cause = Cause.DEAD_ROUTE if route else Cause.NO_ROUTE
        facts = {"destination": self.words.addresses(part), "route": text or f"{vpc} itself", "joint": "", "vpc": vpc}
        facts |= {"far": leg.a.vpc if leg.a else "", "expected": leg.gateway or "", "shared": "", "via": ""}
        self.branch.block(Finding(cause, ref, True, sent, text, facts=facts))

    def _undecided(self, ref: Ref, route: Route | None, sent: PacketSet, why: str) -> None:
        self.branch.station(ref, Decision.UNKNOWN, route.text if route else None)
        self.hidden |= sent
        self.branch.block(Finding(Cause.UNMODELLED, ref, True, sent, facts={"why": why}))
