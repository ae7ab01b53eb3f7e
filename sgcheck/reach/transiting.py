"""Out of a VPC by a transit gateway or a virtual private gateway: into another VPC, or out of the known network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.model.transit import OUTWARD, Attached
from sgcheck.packets import PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Branch, Identity, Leg, Place
from sgcheck.reach.crossing import Crossing
from sgcheck.reach.passage import CAUSES, MOST_GATEWAYS, Passage, attachment_ref, support_off

if TYPE_CHECKING:
    from sgcheck.model.things import Subnet
    from sgcheck.model.transit import Attachment, Onward


class Transiting(Crossing):
    """Carries packets over transit gateways and to virtual private gateways."""

    def _transit(self, branch: Branch, place: Place, id_: str) -> None:
        passage = Passage(self.network, self.words, branch)
        if sum(s.ref.kind == "transit-gateway" for s in branch.stations) >= MOST_GATEWAYS:
            ref = Ref("transit-gateway", id_)
            branch.block(Finding(Cause.ROUTE_LOOP, ref, branch.replying, branch.asked))
            self._leap(branch, place, hidden=False)
            return
        entry = passage.enter(place, id_, branch.asked)
        if entry is None:
            self._leap(branch, place, hidden=True)
            return
        for onward in self.network.transit.onward(entry, branch.seen().destinations()):
            self._led(self._part(branch, onward.part), place, entry, onward)

    def _led(self, branch: Branch, place: Place, entry: Attachment, onward: Onward) -> None:
        passage = Passage(self.network, self.words, branch)
        passage.stations(onward)
        end = onward.end
        if onward.lost is not None:
            wanted = self.target.interface
            passage.lost(entry, onward, wanted.vpc if wanted else None, branch.asked)
            certain = onward.lost in CAUSES
            far = self.network.transit.of_vpc(end.gateway, wanted.vpc) if wanted and certain else None
            if far is None or self.target.public:
                self._leap(branch, place, hidden=not certain)
                return
            end = far
        if end.kind is Attached.VPC:
            self._out_of(branch, place, entry, end, over_peering=end.gateway != entry.gateway)
        elif end.kind in OUTWARD:
            what = end.resource or end.id
            self._beyond(branch, place, attachment_ref(end), what, Cause.TUNNELS_DOWN if end.down else None)
        else:
            self._unmodelled(branch, place, "transit-gateway-attachment", end.id)

    def _out_of(self, branch: Branch, place: Place, entry: Attachment, end: Attachment, *, over_peering: bool) -> None:
        """Out of the gateway in a subnet of `end`, whose own ACL and routes decide from there."""
        candidates = Passage(self.network, self.words, branch).outlets(place.subnet, end, branch.asked)
        branch.station(attachment_ref(end), Decision.PASS if candidates else Decision.UNKNOWN)
        if not candidates:
            self._leap(branch, place, hidden=True)
            return
        self._recognised(branch, entry, end, over_peering=over_peering)
        ways = [self._tried(branch, place, end, subnet) for subnet in candidates]
        self.branches += ways[0]
        if len(ways) > 1:
            self._compare(branch, end, candidates, ways)

    def _tried(self, branch: Branch, place: Place, end: Attachment, subnet: Subnet) -> list[Branch]:
        """Every way on from one of the subnets in which packets may come out."""
        kept, self.branches = self.branches, []
        vpc = end.resource or subnet.vpc
        self._route(branch.fork(branch.asked), Place(vpc, subnet, origin=place.start, entered=end.gateway))
        found, self.branches = self.branches, kept
        return found

    def _compare(self, branch: Branch, end: Attachment, candidates: list[Subnet], ways: list[list[Branch]]) -> None:
        """What does not fare alike whichever subnet it comes out in is undecided."""
        fates = [self._fate(way) for way in ways]
        alive, blocked = fates[0]
        for other in fates[1:]:
            alive &= other[0]
            blocked &= other[1]
        passage = Passage(self.network, self.words, branch)
        for one in ways[0]:
            doubtful = one.asked - alive - blocked
            if doubtful:
                one.doubt(passage.differing(end, candidates, doubtful))

    def _fate(self, way: list[Branch]) -> tuple[PacketSet, PacketSet]:
        """What passes of all branches of a way, there and back, and what does not."""
        from sgcheck.reach.replies import Replies  # which knows of the parts of a walk

        tried = [branch.fork(branch.asked) for branch in way]
        for branch in tried:
            Replies(self.network, self.words, self.vantage, branch)
        alive = PacketSet.union_all([b.alive for b in tried])
        blocked = PacketSet.union_all([b.asked - b.alive - b.maybe for b in tried])
        return alive, blocked

    def _recognised(self, branch: Branch, entry: Attachment, end: Attachment, *, over_peering: bool) -> None:
        """Who the sender is to group references beyond the gateway: nobody, unless all options are on."""
        identity = branch.identity
        if identity is None or identity.lost:
            return
        if over_peering:
            branch.identity = Identity(identity.vpc, crosses_regions=True, groups_known=identity.groups_known)
            return
        off, doubtful = support_off(Passage(self.network, self.words, branch), entry, end)
        branch.identity = Identity(
            identity.vpc, groups_known=identity.groups_known, support_off=off, doubtful=doubtful, over=entry.gateway
        )

    def _vpn(self, branch: Branch, place: Place, id_: str) -> None:
        """To a virtual private gateway, which serves the VPC that it is attached to and nobody behind that."""
        gateway = self.network.vpn_gateways.get(id_)
        if gateway is None and place.origin is not None:
            self._beyond(branch, place, Ref("virtual-private-gateway", id_), id_, Cause.VPN_SERVES_ITS_VPC)
            return
        if gateway is None:
            branch.station(Ref("virtual-private-gateway", id_), Decision.UNKNOWN)
            self._unknown(branch, "virtual private gateway", id_, f"{id_} is not in the input", place.vpc)
            self._leap(branch, place, hidden=True)
            return
        ref = Ref("virtual-private-gateway", id_, gateway.name)
        cause = None
        if gateway.vpc != place.vpc:
            cause = Cause.GATEWAY_NOT_ATTACHED
        elif place.origin is not None:
            cause = Cause.VPN_SERVES_ITS_VPC
        if gateway.down:
            branch.note(f"every tunnel of the VPN connections of {id_} is down")
        self._beyond(branch, place, ref, id_, cause)

    def _beyond(self, branch: Branch, place: Place, ref: Ref, what: str, cause: Cause | None) -> None:
        """Out of the known network, where what is there decides; unless `cause` keeps the packets in."""
        branch.station(ref, Decision.DENY if cause else Decision.UNKNOWN)
        where = self.words.addresses(branch.seen().destinations())
        facts = {"why": f"{where} lies behind {what}, and what is there is not in the input", "what": what}
        facts |= {"source": self.words.addresses(branch.seen().sources()), "vpc": place.vpc, "gateway": ref.id}
        branch.block(Finding(cause or Cause.BEYOND, ref, branch.replying, branch.asked, facts=facts))
        if self.target.interface is not None:
            self._leap(branch, place, hidden=True)
            return
        branch.legs.append(Leg("leap", place.start, None, branch.view))
        self.branches.append(branch)
