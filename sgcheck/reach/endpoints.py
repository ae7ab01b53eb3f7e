"""Endpoints that routes name: gateway endpoints, which carry packets to a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.endpoints import Endpoint, EndpointKind
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.packets import ICMP, ICMPV6, TCP, Services, icmp_span
from sgcheck.reach.answer import Decision
from sgcheck.reach.at_endpoint import restriction_note, working
from sgcheck.reach.branch import Branch, Leg, Place
from sgcheck.reach.inspections import Inspections

if TYPE_CHECKING:
    from sgcheck.model.things import Vpc

CARRIED = Services.of(TCP) | Services.of(ICMP, icmp_span(8), family=4) | Services.of(ICMPV6, icmp_span(128), family=6)
"""What gateway endpoints carry (Reachability Analyzer guide, explanation-codes: VPCE_GATEWAY_PROTOCOL_RESTRICTION)."""


class Endpoints(Inspections):
    """Carries packets to what endpoints stand for."""

    def _through_endpoint(self, branch: Branch, place: Place, id_: str, entering: str | None = None) -> None:
        """Follow a route to an endpoint; `entering`: the gateway whose own route table it is."""
        endpoint = self.network.endpoints.get(id_)
        firewall = self.network.firewall_at(id_)
        if firewall is not None or (endpoint is not None and endpoint.kind is EndpointKind.INSPECTION):
            self._inspected(branch, place, id_, entering)
        elif endpoint is None:
            branch.station(Ref("vpc-endpoint", id_), Decision.UNKNOWN)
            self._unknown(branch, "VPC endpoint", id_, f"{id_} is not in the input", place.vpc)
            self._leap(branch, place, hidden=True)
        elif endpoint.kind is EndpointKind.GATEWAY and self.target.interface is None:
            self._to_service(branch, place, endpoint)
        else:
            self._unmodelled(branch, place, "vpc-endpoint", id_)

    def _to_service(self, branch: Branch, place: Place, endpoint: Endpoint) -> None:
        """To the addresses of a service over a gateway endpoint (AWS PrivateLink guide, gateway-endpoints)."""
        ref = Ref("vpc-endpoint", endpoint.id, endpoint.name)
        before = len(branch.findings)
        working(branch, endpoint)
        other = branch.asked - branch.asked.where(services=CARRIED)
        if other:
            facts = {"services": self.words.services(other)}
            branch.block(Finding(Cause.SERVICE_PROTOCOL, ref, branch.replying, other, facts=facts))
        self._served(branch, place, endpoint, ref)
        if branch.nat is not None:
            why = f"whether {endpoint.id} serves packets that {branch.nat.id} has translated is not documented"
            branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts={"why": why}))
        new = branch.findings[before:]
        undecided = all(f.undecided for f in new)
        decision = Decision.PASS if not new else Decision.UNKNOWN if undecided else Decision.DENY
        branch.station(ref, decision, detail=endpoint.service)
        restriction_note(branch, endpoint)
        branch.legs.append(Leg("service", place.start, None, branch.view, gateway=endpoint.id))
        branch.identity = None
        self.branches.append(branch)

    def _served(self, branch: Branch, place: Place, endpoint: Endpoint, ref: Ref) -> None:
        """Only addresses of the endpoint's own VPC are served, whatever brought the packets there."""
        vpc: Vpc | None = self.network.vpcs.get(endpoint.vpc)
        sources = branch.seen().sources()
        if branch.view.hidden:
            return
        passed_on = place.origin is not None and place.origin.vpc != place.vpc
        outside = sources if passed_on else sources - (vpc.addresses if vpc else sources)
        if not outside:
            return
        facts = {"vpc": endpoint.vpc or place.vpc, "source": self.words.addresses(outside)}
        branch.block(Finding(Cause.SERVICE_SOURCE, ref, branch.replying, branch.asked, facts=facts))
