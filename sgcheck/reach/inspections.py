"""Inspection on the way: endpoints of firewalls and of Gateway Load Balancers, which routes name as the next hop.

(AWS PrivateLink guide, gateway-load-balancer-endpoints; Network Firewall guide, firewall-components.)
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.inspection import Effect, Inspection, Ruling, inspect
from sgcheck.model.ref import Ref
from sgcheck.packets import PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.at_endpoint import working
from sgcheck.reach.branch import Branch, Identity, Leg, Place
from sgcheck.reach.gates import missing_finding, pass_acl
from sgcheck.reach.transiting import Transiting

if TYPE_CHECKING:
    from sgcheck.model.firewall import Attachment, Firewall
    from sgcheck.model.network import Network

CAUSES = {
    Effect.DROP: Cause.FIREWALL_DROPS,
    Effect.REJECT: Cause.FIREWALL_REJECTS,
    Effect.STALL: Cause.FIREWALL_STALLS,
    Effect.RESET: Cause.FIREWALL_RESETS,
}


class Inspections(Transiting):
    """Carries packets through inspection: in at the endpoint, and on from its subnet."""

    @abstractmethod
    def _public_access(self, branch: Branch, place: Place, *, allow_outbound: bool, outward: bool = True) -> None:
        """Judge what is blocked above all rules at `place`."""

    def _inspected(self, branch: Branch, place: Place, id_: str, entering: str | None) -> None:
        """Have the packets inspected; `entering`: the gateway that brings them in by a route table of its own."""
        endpoint, firewall = self.network.endpoints.get(id_), self.network.firewall_at(id_)
        ref = Ref("vpc-endpoint", id_, endpoint.name if endpoint else None)
        if id_ in branch.visited:
            self._circle(branch, place, ref)
            return
        branch.visited |= {id_}
        stands = _attachment(firewall, id_)
        home = (stands.subnet if stands else "") or next(iter(endpoint.subnets if endpoint else ()), "?")
        subnet = self.network.subnets.get(home)
        if subnet is None:
            self._unknown(branch, "subnet", home, f"the subnet of {id_} is not in the input", place.vpc)
            self._leap(branch, place, hidden=True)
            return
        inner = Place(subnet.vpc, subnet, behind=id_)
        branch.legs.append(_leg(branch, place, inner, entering))
        # Also where both are in one subnet (PrivateLink guide, gateway-load-balancer-endpoints).
        pass_acl(self.network, self.words, branch, subnet, Way.INGRESS)
        if entering is not None:
            self._public_access(branch, inner, allow_outbound=False, outward=False)
        before = len(branch.findings)
        if stands is not None and not stands.usable:
            facts = {"state": stands.state}
            branch.block(Finding(Cause.GATEWAY_IN_BAD_STATE, ref, branch.replying, branch.asked, facts=facts))
        elif endpoint is not None:
            working(branch, endpoint)
        branch.station(ref, Decision.PASS if len(branch.findings) == before else Decision.DENY)
        if firewall is not None:
            self._firewall(branch, firewall, id_)
        else:
            self._appliance(branch, id_, subnet.vpc)
        if branch.identity is not None:
            branch.identity = Identity("", discarded=id_)
        self._route(branch, inner)

    def _firewall(self, branch: Branch, firewall: Firewall, id_: str) -> None:
        """Let a firewall's policy judge the packets."""
        ref = Ref("network-firewall", firewall.name)
        if firewall.policy is None:
            branch.station(ref, Decision.UNKNOWN)
            why = f"the policy of the firewall {firewall.name} is not in the input"
            self._unknown(branch, "firewall policy", firewall.policy_id or firewall.id, why, firewall.vpc)
            return
        seen = branch.seen()
        inspection = inspect(firewall.policy, seen)
        branch.tracked[id_] = branch.view.sent(inspection.tracked).some & branch.asked
        passing = inspection.packets(Effect.PASS)
        by = next((r.by for r in inspection.rulings if r.effect is not Effect.PASS or seen <= passing), None)
        branch.station(ref, _decision(inspection, seen), by)
        for ruling, held in self._held(branch, inspection):
            branch.block(ruling_finding(self.network, branch, firewall, ruling, held))

    def _held(self, branch: Branch, inspection: Inspection) -> list[tuple[Ruling, PacketSet]]:
        """Each ruling that does not pass with the packets, as they were sent, that pass by no other."""
        passing = branch.view.sent(inspection.packets(Effect.PASS)).some
        unknown = branch.view.sent(inspection.packets(Effect.UNKNOWN)).some
        found = []
        for ruling in inspection.rulings:
            if ruling.effect is not Effect.PASS:
                better = passing if ruling.effect is Effect.UNKNOWN else passing | unknown
                found.append((ruling, (branch.view.sent(ruling.packets).some & branch.asked) - better))
        return found

    def _appliance(self, branch: Branch, id_: str, vpc: str) -> None:
        """Something that nobody told of inspects the packets, and gives back those that it lets pass."""
        endpoint = self.network.endpoints.get(id_)
        if endpoint is not None and endpoint.managed is not None:
            why = f"the network firewall that {id_} belongs to is not in the input"
            self._unknown(branch, "network firewall", endpoint.managed, why, vpc)
            return
        service = self.network.endpoint_services.get((endpoint.service if endpoint else None) or "")
        behind = ", ".join(service.balancers) if service and service.balancers else f"the service of {id_}"
        ref = Ref("vpc-endpoint", id_, endpoint.name if endpoint else None)
        facts = {"why": f"an appliance behind {behind} inspects these packets, and decides by rules of its own"}
        branch.block(Finding(Cause.APPLIANCE, ref, branch.replying, branch.asked, facts=facts))


def _leg(branch: Branch, place: Place, inner: Place, entering: str | None) -> Leg:
    """The stretch that leads to an endpoint: in from the internet, over a transit gateway, or within the VPC."""
    if entering is not None:
        return Leg("in", None, inner, branch.view, gateway=entering)
    if place.origin is not None:
        return Leg("transit", place.origin, inner, branch.view, gateway=place.entered)
    return Leg("local", place, inner, branch.view)


def _attachment(firewall: Firewall | None, endpoint: str) -> Attachment | None:
    return next((a for a in (firewall.attachments if firewall else ()) if a.endpoint == endpoint), None)


def _decision(inspection: Inspection, seen: PacketSet) -> Decision:
    passing, unknown = inspection.packets(Effect.PASS), inspection.packets(Effect.UNKNOWN)
    if seen <= passing:
        return Decision.PASS
    if not passing:
        return Decision.UNKNOWN if unknown else Decision.DENY
    return Decision.UNKNOWN if seen <= passing | unknown else Decision.PARTIAL


def ruling_finding(network: Network, branch: Branch, firewall: Firewall, ruling: Ruling, held: PacketSet) -> Finding:
    """What a firewall's ruling on packets (as they were sent) says."""
    ref = Ref("network-firewall", firewall.name)
    if ruling.missing is not None:
        kind, id_ = ruling.missing
        missing = network.missing(kind, id_, f"{firewall.name}: {ruling.why}", vpc=firewall.vpc)
        return missing_finding(branch, missing, held)
    facts = {"why": f"{firewall.name}: {ruling.why}", "policy": firewall.policy_id.rpartition("/")[2]}
    cause = CAUSES.get(ruling.effect, Cause.UNMODELLED)
    return Finding(cause, ref, branch.replying, held, ruling.by, facts=facts)
