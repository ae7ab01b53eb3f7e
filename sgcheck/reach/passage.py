"""Through a transit gateway, whichever way: in by an attachment of one VPC, out by a subnet of another.

The functions judge a branch's packets on the way there, and the replies to them while the branch is replying.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.edit import AssociateAttachment, Edit, Propagate
from sgcheck.model.filters import Way, judge_list
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Missing, Ref
from sgcheck.model.things import shares_zone
from sgcheck.model.transit import Attached, Attachment, Lost, Onward
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.gates import missing_finding, needs_reply, pass_acl

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import OpenRoute, Route
    from sgcheck.model.things import Subnet
    from sgcheck.reach.branch import Branch, Place
    from sgcheck.reach.words import Words

MOST_GATEWAYS = 8
"""More passages through gateways than any network makes sense of: a loop."""
UNTOLD = {
    Lost.UNTOLD_ASSOCIATION: ("transit gateway attachment", "which table {} is associated with is not in the input"),
    Lost.UNTOLD_TABLE: ("transit gateway route", "the routes of {} are not in the input"),
    Lost.UNTOLD_ATTACHMENT: ("transit gateway attachment", "{} is not in the input"),
}
CAUSES = {
    Lost.NO_ASSOCIATION: Cause.NO_ASSOCIATION,
    Lost.NO_ROUTE: Cause.TRANSIT_NO_ROUTE,
    Lost.DEAD_ROUTE: Cause.TRANSIT_DEAD_ROUTE,
    Lost.BAD_STATE: Cause.ATTACHMENT_IN_BAD_STATE,
    Lost.LOOP: Cause.ROUTE_LOOP,
}


class Passage:
    """The transit gateways of a network, as one branch meets them."""

    def __init__(self, network: Network, words: Words, branch: Branch) -> None:
        """Judge `branch`."""
        self.network = network
        self.words = words
        self.branch = branch
        self.transit = network.transit

    def missing(self, kind: str, id_: str, why: str, vpc: str | None, sent: PacketSet) -> None:
        """Leave `sent` undecided: the thing `id_` of `kind` decides, and it is not in the data."""
        self.branch.block(missing_finding(self.branch, self.network.missing(kind, id_, why, vpc=vpc), sent))

    # In.

    def enter(self, place: Place, gateway: str, sent: PacketSet) -> Attachment | None:
        """Into `gateway` by the attachment of `place`'s VPC, None where the input does not tell that attachment.

        The subnet must lie in a zone that the attachment serves (Transit Gateway guide, how-transit-gateways-work).
        """
        found = self.transit.gateways.get(gateway)
        entry = self.transit.of_vpc(gateway, place.vpc)
        if entry is None:
            kind = "transit gateway attachment" if found else "transit gateway"
            self.branch.station(Ref("transit-gateway", gateway, found.name if found else None), Decision.UNKNOWN)
            self.missing(
                kind, gateway, f"the attachment of {place.vpc} to {gateway} is not in the input", place.vpc, sent
            )
            return None
        before = len(self.branch.findings)
        if found is None:
            self._untold("transit gateway", gateway, f"{gateway} is not in the input", sent)
        self._attached(entry, sent)
        self._zone(place, entry, sent)
        clean = len(self.branch.findings) == before
        self.branch.station(
            Ref("transit-gateway", gateway, found.name if found else None),
            Decision.PASS if clean else Decision.DENY,
            detail=f"in by {entry.id}",
        )
        return entry

    def _attached(self, entry: Attachment, sent: PacketSet) -> None:
        gateway = self.transit.gateways.get(entry.gateway)
        if gateway is not None and not gateway.usable:
            ref = Ref("transit-gateway", gateway.id, gateway.name)
            facts = {"state": gateway.state}
            self.branch.block(Finding(Cause.GATEWAY_IN_BAD_STATE, ref, self.branch.replying, sent, facts=facts))
        if not entry.usable:
            facts = {"state": entry.state}
            ref = attachment_ref(entry)
            self.branch.block(Finding(Cause.ATTACHMENT_IN_BAD_STATE, ref, self.branch.replying, sent, facts=facts))

    def _zone(self, place: Place, entry: Attachment, sent: PacketSet) -> None:
        """The subnet's zone must have a subnet of the attachment, whose ACL judges what enters."""
        if entry.subnets is None:
            self.missing(
                "transit gateway VPC attachment",
                entry.id,
                f"the subnets of {entry.id} are not in the input",
                place.vpc,
                sent,
            )
            return
        if place.subnet is None:
            self._any_zone(entry, sent)
            return
        shared = {id_: self._shares(place.subnet, id_) for id_ in entry.subnets}
        near = next((id_ for id_, same in sorted(shared.items()) if same), None)
        if near is not None:
            pass_acl(self.network, self.words, self.branch, self.network.subnets[near], Way.INGRESS, self._spare(sent))
        elif None in shared.values():
            id_ = next(id_ for id_, same in sorted(shared.items()) if same is None)
            why = f"whether {id_} of {entry.id} lies in the zone of {place.subnet.id} is not in the input"
            self.missing("subnet", id_, why, place.vpc, sent)
        else:
            facts = {"zone": place.subnet.zone or "", "subnet": place.subnet.id, "gateway": entry.gateway}
            ref = attachment_ref(entry)
            self.branch.block(Finding(Cause.ZONE_NOT_ATTACHED, ref, self.branch.replying, sent, facts=facts))

    def _any_zone(self, entry: Attachment, sent: PacketSet) -> None:
        """A regional NAT gateway has no subnet: which zone its packets leave from is AWS's own choice."""
        known = [self.network.subnets[id_] for id_ in entry.subnets or () if id_ in self.network.subnets]
        acls = {acl.id for subnet in known if (acl := self.network.acl_for(subnet))}
        if len(known) == len(entry.subnets or ()) and len(acls) == 1:
            pass_acl(self.network, self.words, self.branch, known[0], Way.INGRESS, self._spare(sent))
            return
        why = f"through which subnet of {entry.id} these packets go is not told"
        self.branch.block(
            Finding(Cause.UNMODELLED, attachment_ref(entry), self.branch.replying, sent, facts={"why": why})
        )

    def _shares(self, subnet: Subnet, other: str) -> bool | None:
        if subnet.id == other:
            return True
        found = self.network.subnets.get(other)
        return shares_zone(subnet, found) if found else None

    def _spare(self, sent: PacketSet) -> PacketSet:
        return needs_reply(self.branch) - sent

    # Onward.

    def stations(self, onward: Onward) -> None:
        """The tables that were looked up, each with the route that it has."""
        for index, (table, route) in enumerate(onward.steps):
            last = index == len(onward.steps) - 1
            decision = Decision.PASS
            if last and onward.lost is not None:
                decision = Decision.DENY if onward.lost in CAUSES else Decision.UNKNOWN
            ref = Ref("transit-gateway-route-table", table, self.transit.names.get(table))
            self.branch.station(ref, decision, route.text if route else None)

    def lost(self, entry: Attachment, onward: Onward, target_vpc: str | None, sent: PacketSet) -> None:
        """Say why `onward` leads no further."""
        lost = onward.lost
        if lost is None:
            return
        if lost in UNTOLD:
            kind, why = UNTOLD[lost]
            self._untold(kind, onward.subject, why.format(onward.subject), sent)
            return
        if lost is Lost.OPEN_ROUTE and onward.open is not None:
            self._open(onward.open, onward, sent)
            return
        route = onward.steps[-1][1] if onward.steps else None
        destination = self.words.addresses(onward.part)
        facts = {"destination": destination, "route": route.text if route else "", "state": onward.end.state}
        if lost is Lost.CONTESTED:
            others = ", ".join(route.rivals) if route else ""
            facts["why"] = f"{onward.subject} has several routes for {destination} ({others}): which counts is not told"
            ref = Ref("transit-gateway-route-table", onward.subject)
            self.branch.block(Finding(Cause.UNMODELLED, ref, self.branch.replying, sent, facts=facts))
            return
        edits, more = self._mended(entry, onward, target_vpc)
        ref = self._subject(onward)
        by = route.text if route else None
        facts |= more
        self.branch.block(Finding(CAUSES[lost], ref, self.branch.replying, sent, by, facts=facts, edits=edits))

    def _open(self, route: OpenRoute, onward: Onward, sent: PacketSet) -> None:
        where = self.words.addresses(onward.part)
        why = f"whether {route.list} into {onward.subject} leads {where} elsewhere is not in the input"
        kind = "transit gateway route"
        if route.list.startswith("pl-"):
            kind, why = "prefix list entry", self.words.open_route(route, onward.subject, onward.part)
        elif route.propagated:
            kind = "transit gateway propagation"
        self._untold(kind, route.list if kind == "prefix list entry" else onward.subject, why, sent)

    def _untold(self, kind: str, id_: str, why: str, sent: PacketSet) -> None:
        absent = self.network.absent(kind, None, None)
        refused = absent.refused if absent else None
        missing = Missing(kind, id_, absent.why if absent and refused else why, None, None, refused)
        self.branch.block(missing_finding(self.branch, missing, sent))

    def _subject(self, onward: Onward) -> Ref:
        if onward.lost in (Lost.NO_ASSOCIATION, Lost.BAD_STATE):
            return attachment_ref(onward.end)
        return Ref("transit-gateway-route-table", onward.subject, self.transit.names.get(onward.subject))

    def _mended(
        self, entry: Attachment, onward: Onward, target_vpc: str | None
    ) -> tuple[tuple[Edit, ...], dict[str, str]]:
        """What would lead on: an association, or a propagation of the wanted VPC into the table."""
        gateway = onward.end.gateway
        wanted = self.transit.of_vpc(gateway, target_vpc) if target_vpc else None
        facts = {"far": target_vpc or "", "joint": wanted.id if wanted else "", "vpc": entry.resource or ""}
        if onward.lost is Lost.NO_ASSOCIATION:
            tables = {a.table for a in self.transit.of(gateway) if a.table}
            only = tables.pop() if len(tables) == 1 else None
            facts["table"] = only or ""
            return ((AssociateAttachment(only, onward.end.id, gateway),) if only else ()), facts
        home = self.network.vpcs.get(target_vpc or "")
        reach = AddressSet.EMPTY if home is None else home.addresses
        covered = bool(wanted) and onward.part <= (reach if wanted and wanted.ipv6 else reach.only(4))
        if onward.lost is Lost.NO_ROUTE and wanted is not None and wanted.usable and covered:
            return (Propagate(onward.subject, wanted.id, gateway, target_vpc or ""),), facts
        return (), facts

    # Out.

    def outlets(self, near: Subnet | None, end: Attachment, sent: PacketSet) -> list[Subnet]:
        """The subnets in which packets may come out of `end`; none where that is not told.

        It is the one in the zone where they came in, if the attachment serves it; else it may be any (Transit Gateway
        guide, how-transit-gateways-work). With appliance mode a flow stays in one zone, which is AWS's choice.
        """
        known = [self.network.subnets[id_] for id_ in end.subnets or () if id_ in self.network.subnets]
        if end.subnets is None or len(known) < len(end.subnets) or not known:
            kind = "transit gateway VPC attachment" if end.subnets is None else "subnet"
            lacking = next((id_ for id_ in end.subnets or () if id_ not in self.network.subnets), end.id)
            self._untold(kind, lacking, f"the subnets of {end.id} are not in the input", sent)
            return []
        affine = [s for s in known if near is not None and (s.id == near.id or shares_zone(near, s))]
        return affine if affine and not end.appliance else known

    def leave(
        self, near: Subnet | None, end: Attachment, wanted: AddressSet, sent: PacketSet
    ) -> tuple[Subnet | None, PacketSet]:
        """The subnet in which replies come out of `end`, None where that is not told; and what is undecided of them.

        That is what subnets which may be chosen treat differently.
        """
        candidates = self.outlets(near, end, sent)
        if not candidates:
            return None, sent
        disputed = self._disputed(candidates, wanted, sent)
        if disputed:
            self.branch.block(self.differing(end, candidates, disputed))
        return candidates[0], disputed

    def differing(self, end: Attachment, candidates: list[Subnet], packets: PacketSet) -> Finding:
        """The finding that says: which subnet they come out in decides, and that is AWS's choice."""
        listed = ", ".join(s.id for s in candidates)
        facts = {"why": f"{end.id} may deliver through any of {listed}, which treat these packets differently"}
        return Finding(Cause.UNMODELLED, attachment_ref(end), self.branch.replying, packets, facts=facts)

    def _disputed(self, candidates: list[Subnet], wanted: AddressSet, sent: PacketSet) -> PacketSet:
        """Of `sent`, what the subnets treat differently."""
        fates = [self._fate(subnet, wanted, sent) for subnet in candidates]
        if len({fate[0] for fate in fates}) > 1:
            return sent
        passing = [fate[1] for fate in fates]
        differing = PacketSet.union_all(passing) - _common(passing)
        view = self.branch.view
        seen = differing.reversed() if self.branch.replying else differing
        return view.sent(seen).some & sent

    def _fate(self, subnet: Subnet, wanted: AddressSet, sent: PacketSet) -> tuple[object, PacketSet]:
        """What a subnet does with packets that come out of a gateway there: where its routes lead, and what passes."""
        seen = self.branch.view.seen(sent)
        packets = seen.reversed() if self.branch.replying else seen
        if wanted <= subnet.addresses:
            return _LOCAL, packets
        acl, table = self.network.acl_for(subnet), self.network.table_for(subnet)
        lines = acl.lines(Way.EGRESS) if acl else None
        passing = judge_list(lines, Way.EGRESS, packets).permit if lines is not None else packets
        aims = tuple(_aim(route) for route, _part in table.lookup(wanted)) if table else (subnet.id,)
        if aims == _LOCAL:
            passing &= self._into(wanted, subnet.vpc, passing)
        return aims if lines is not None else (*aims, subnet.id), passing

    def _into(self, wanted: AddressSet, vpc: str, packets: PacketSet) -> PacketSet:
        """Of what arrives in another subnet of the VPC, what that one's ACL lets in."""
        sole = wanted.sole
        there = self.network.subnet_at(vpc, *sole) if sole else None
        acl = self.network.acl_for(there) if there else None
        lines = acl.lines(Way.INGRESS) if acl else None
        return judge_list(lines, Way.INGRESS, packets).permit if lines is not None else packets


_LOCAL = (("local", "local", False),)


def _common(sets: list[PacketSet]) -> PacketSet:
    found = sets[0]
    for other in sets[1:]:
        found &= other
    return found


def _aim(route: Route | None) -> tuple[str, str, bool] | None:
    return (route.via.value, route.target, route.dead) if route else None


def attachment_ref(attachment: Attachment) -> Ref:
    """An attachment, to be blamed."""
    return Ref("transit-gateway-attachment", attachment.id, attachment.name)


def support_off(passage: Passage, entry: Attachment, end: Attachment) -> tuple[str | None, bool]:
    """Which of gateway and attachments has group references switched off, and whether that is not told.

    (Transit Gateway guide, tgw-vpc-attachments: both attachments and the gateway must have them enabled.)
    """
    gateway = passage.transit.gateways.get(entry.gateway)
    for attachment in (entry, end):
        if attachment.kind is Attached.VPC and not attachment.references:
            return attachment.id, False
    if gateway is None:
        return None, True
    return (None if gateway.references else gateway.id), False
