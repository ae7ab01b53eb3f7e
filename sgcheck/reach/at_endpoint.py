"""What an endpoint itself decides, as a target and as a source: its groups have been asked already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sgcheck.model.endpoints import Endpoint, EndpointKind
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.packets import ICMP, ICMPV6, TCP, UDP, IntervalSet, Services
from sgcheck.reach.answer import Decision
from sgcheck.reach.gates import missing_finding

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.branch import Branch
    from sgcheck.reach.words import Words

TAKEN = Services.of(TCP) | Services.of(UDP)
"""What interface endpoints take (AWS PrivateLink guide, concepts: endpoint services listen on TCP and UDP)."""
PING = Services.of(ICMP) | Services.of(ICMPV6)
HTTPS = IntervalSet.single(443)
_NAMED = re.compile(r"\b(?:vpce|eice)-[0-9a-z]+")


def endpoint_at(network: Network, interface: Interface) -> Endpoint | None:
    """The endpoint that an interface belongs to: the one that names it, else the one that its description names."""
    found = network.endpoint_of(interface.id)
    return found if found is not None else network.endpoints.get(named_endpoint(interface) or "")


def named_endpoint(interface: Interface) -> str | None:
    """The endpoint that the description of an interface names ("VPC Endpoint Interface vpce-…")."""
    match = _NAMED.search(interface.description or "")
    return match.group() if match else None


def take(network: Network, words: Words, branch: Branch, interface: Interface) -> None:
    """Let the endpoint behind `interface` take the packets."""
    endpoint = endpoint_at(network, interface)
    if endpoint is None:
        id_ = named_endpoint(interface) or interface.id
        why = f"the VPC endpoint that {interface.id} belongs to is not in the input"
        branch.block(
            missing_finding(branch, network.missing("VPC endpoint", id_, why, vpc=interface.vpc), branch.asked)
        )
        _ping(words, branch, Ref("vpc-endpoint", id_))
        return
    ref = Ref("vpc-endpoint", endpoint.id, endpoint.name)
    before = len(branch.findings)
    if endpoint.kind is not EndpointKind.SERVICE:
        facts = {"why": f"{interface.id} belongs to the {endpoint.what} {endpoint.id}, which decides by itself"}
        branch.block(Finding(Cause.UNMODELLED, ref, branch.replying, branch.asked, facts=facts))
    working(branch, endpoint)
    _service(network, branch, endpoint)
    other = branch.asked - branch.asked.where(services=TAKEN)
    if other and endpoint.kind is EndpointKind.SERVICE:
        facts = {"services": words.services(other), "what": endpoint.what, "takes": "TCP and UDP"}
        branch.block(Finding(Cause.ENDPOINT_PROTOCOL, ref, branch.replying, other, facts=facts))
    new = branch.findings[before:]
    undecided = all(f.undecided for f in new)
    branch.station(ref, Decision.PASS if not new else Decision.UNKNOWN if undecided else Decision.DENY)
    _notes(branch, endpoint)


def _ping(words: Words, branch: Branch, ref: Ref) -> None:
    """Hold back pings, which no endpoint answers, whatever else is known of it."""
    pings = branch.asked.where(services=PING)
    if pings:
        facts = {"services": words.services(pings), "what": "VPC endpoint", "takes": "TCP and UDP"}
        branch.block(Finding(Cause.ENDPOINT_PROTOCOL, ref, branch.replying, pings, facts=facts))


def working(branch: Branch, endpoint: Endpoint) -> None:
    """Hold everything back where the endpoint's state does not let it work."""
    if endpoint.usable:
        return
    ref = Ref("vpc-endpoint", endpoint.id, endpoint.name)
    cause = Cause.GATEWAY_IN_BAD_STATE if endpoint.usable is False else Cause.UNMODELLED
    why = f"{endpoint.id} is in the state {endpoint.state}: which part of it works is not in the input"
    facts = {"state": endpoint.state, "why": why}
    branch.block(Finding(cause, ref, branch.replying, branch.asked, facts=facts))


def _service(network: Network, branch: Branch, endpoint: Endpoint) -> None:
    """What is known of the service behind an endpoint: that it works, and which load balancers take its connections."""
    service = network.endpoint_services.get(endpoint.service or "")
    if service is None:
        return
    if not service.usable:
        ref = Ref("endpoint-service", service.id)
        facts = {"state": service.state}
        branch.block(Finding(Cause.GATEWAY_IN_BAD_STATE, ref, branch.replying, branch.asked, facts=facts))
    if service.balancers:
        names = ", ".join(service.balancers)
        branch.note(f"{endpoint.id} leads to {service.name}, behind which {names} decides who answers")


def _notes(branch: Branch, endpoint: Endpoint) -> None:
    if endpoint.kind is not EndpointKind.SERVICE:
        return
    restriction_note(branch, endpoint)
    of_aws = (endpoint.service or "").startswith(("com.amazonaws.", "aws."))
    if of_aws and "vpce-svc-" not in (endpoint.service or ""):
        if endpoint.private_dns is False:
            branch.note(
                f"private DNS is off for {endpoint.id}: the name of {endpoint.service} leads to public addresses, only "
                "the endpoint's own names lead to it"
            )
        elif endpoint.private_dns:
            branch.note(
                f"the name of {endpoint.service} leads to {endpoint.id} only where enableDnsSupport and "
                "enableDnsHostnames of the VPC are on, and never from other VPCs by itself"
            )
        if branch.asked.services().values(TCP) - HTTPS:
            branch.note(f"services of AWS mostly listen on 443/tcp: {endpoint.id} may leave other ports unanswered")


def restriction_note(branch: Branch, endpoint: Endpoint) -> None:
    """Warn of a policy: it drops no packets, the service answers 403 (PrivateLink guide, vpc-endpoints-access)."""
    if endpoint.restricted:
        branch.note(f"{endpoint.id} has a policy of its own: what it does not allow is answered with an error (403)")


def open_none(network: Network, branch: Branch, interface: Interface) -> None:
    """Hold back what an endpoint is asked to open (PrivateLink guide, privatelink-access-aws-services)."""
    endpoint = endpoint_at(network, interface)
    id_ = endpoint.id if endpoint else named_endpoint(interface) or interface.id
    ref = Ref("vpc-endpoint", id_, endpoint.name if endpoint else None)
    facts = {"interface": interface.id}
    branch.block(Finding(Cause.ENDPOINT_ASKS_NOBODY, ref, branch.replying, branch.asked, facts=facts))
