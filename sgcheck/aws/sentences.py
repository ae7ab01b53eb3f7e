"""Sentences about findings in AWS's terms: why each holds packets back, and how it is removed."""

from __future__ import annotations

from sgcheck.aws import balancer_words
from sgcheck.aws.endpoint_sentences import ENDPOINT_FIX, ENDPOINT_WHY
from sgcheck.aws.finding_words import Sentence, replies, title
from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding


def _direction(f: Finding) -> str:
    return "inbound" if f.way is Way.INGRESS else "outbound"


def _group(f: Finding) -> str:
    if " and " in f.facts["groups"]:
        return f"no {_direction(f)} rule of {f.facts['groups']} allows {f.sees}"
    return f"{title(f)} has no {_direction(f)} rule that allows {f.sees}"


def _acl(f: Finding) -> str:
    by = f" ({f.by})" if f.by else ""
    return f"network ACL {title(f)} denies {_direction(f)} {replies(f)} {f.sees}{by}"


def _acl_ports(f: Finding) -> str:
    return (
        f"network ACL {title(f)} lets only some of the client's ports back: it denies {_direction(f)} replies {f.sees}"
        + (f" ({f.by})" if f.by else "")
    )


def _no_route(f: Finding) -> str:
    return f"{title(f)} has no route for {replies(f)} to {f.facts['destination']}"


def _dead(f: Finding) -> str:
    return f"{title(f)} sends {replies(f)} to {f.facts['destination']} along {f.facts['route']}, which is a blackhole"


def _no_transit_route(f: Finding) -> str:
    text = f"{title(f)} has no route for {replies(f)} to {f.facts['destination']}"
    if not f.facts["joint"]:
        return text
    return f"{text}: {f.facts['joint']} of {f.facts['far']} does not propagate into it"


def _to_internet(f: Finding) -> str:
    return (
        f"{title(f)} sends {replies(f)} to {f.facts['destination']} along {f.facts['route']}, towards the internet, "
        "where private destinations are dropped"
    )


def _not_joined(f: Finding) -> str:
    return f"nothing that is active joins {f.facts['vpc']} and {f.facts['far']}, and {title(f)} has no route there"


def _not_attached(f: Finding) -> str:
    if not f.facts["gateway"]:
        return f"no internet gateway is attached to {f.facts['vpc']}"
    return f"{title(f)} is not attached to {f.facts['vpc']}"


def _bad_state(f: Finding) -> str:
    return f"{title(f)} is in the state {f.facts['state']}"


def _protocol(f: Finding) -> str:
    if f.facts["family"] == "6":
        return f"{title(f)} translates IPv4 only; these packets are IPv6"
    return f"{title(f)} carries TCP, UDP and ICMP only, not {f.facts['services']}"


def _no_public(f: Finding) -> str:
    if "lacks" in f.facts:
        return f"{title(f)} has no {f.facts['lacks']} address"
    if "public" in f.facts:
        return f"the internet does not know {f.facts['private']}: it reaches {title(f)} by {f.facts['public']}"
    state = f.facts.get("state", "")
    tail = " (an auto-assigned public address is released when an instance stops)" if state.startswith("stop") else ""
    return f"no public address maps to {f.facts['private']} of {title(f)}{tail}"


def _elsewhere(f: Finding) -> str:
    if f.facts.get("bypassed"):
        return (
            f"replies to {f.facts['destination']} leave {title(f)} without passing {f.facts['expected']} again: "
            f"the firewall {f.facts['bypassed']} saw the request only, and drops what follows"
        )
    expected = f.facts.get("expected") or "the way they came"
    return (
        f"{title(f)} sends replies to {f.facts['destination']} along {f.facts['route']}, but the request came in "
        f"through {expected}: the client never sees an answer from the address it asked"
    )


WHY: dict[Cause, Sentence] = {
    Cause.GROUP_HAS_NO_RULES: lambda f: f"{f.facts['groups']} has no {_direction(f)} rules at all",
    Cause.GROUP_HAS_NO_MATCH: _group,
    Cause.GROUP_ONLY_OTHER_FAMILY: _group,
    Cause.GROUP_IDENTITY_LOST: _group,
    Cause.GROUP_REFERENCE_STALE: _group,
    Cause.GROUP_REFERENCE_CROSSES_REGIONS: _group,
    Cause.ACL_DENIES: _acl,
    Cause.ACL_HOLDS_BACK_CLIENT_PORTS: _acl_ports,
    Cause.NO_ROUTE: _no_route,
    Cause.DEAD_ROUTE: _dead,
    Cause.ROUTE_TO_INTERNET: _to_internet,
    Cause.NOT_JOINED: _not_joined,
    Cause.ROUTE_LOOP: lambda f: f"the route table of {title(f)}'s own subnet leads back to it",
    Cause.GATEWAY_NOT_ATTACHED: _not_attached,
    Cause.GATEWAY_IN_BAD_STATE: _bad_state,
    Cause.GATEWAY_PROTOCOL: _protocol,
    Cause.NOT_IN_PEER: lambda f: (
        f"{title(f)} leads to {f.facts['far']}, which does not hold {f.facts['destination']}: peering never goes on"
    ),
    Cause.NO_PUBLIC_ADDRESS: _no_public,
    Cause.NO_PUBLIC_SOURCE: lambda f: (
        f"{f.facts['source']} of {title(f)} has no public address, so {f.facts['gateway']} does not take its packets"
    ),
    Cause.PUBLIC_ACCESS_BLOCKED: lambda f: (
        f"VPC block public access ({f.facts['mode']}) stops internet traffic of {title(f)}"
    ),
    Cause.IPV6_NOT_FROM_INTERNET: lambda f: (
        f"{title(f)} takes no IPv6 traffic from internet gateways (DenyAllIgwTraffic)"
    ),
    Cause.REPLY_LEAVES_ELSEWHERE: _elsewhere,
    Cause.NOT_RUNNING: lambda f: f"{title(f)} is {f.facts['state']}, so nothing answers",
    Cause.NOT_IN_USE: lambda f: f"{title(f)} is attached to nothing",
    Cause.ADDRESS_NOT_IN_USE: lambda f: f"no known interface in {title(f)} has the address {f.facts['destination']}",
    Cause.NO_SUBNET: lambda f: f"no subnet of {title(f)} holds {f.facts['destination']}",
    Cause.OTHER_OWNER: lambda f: f"the address leads to {f.facts['owner']} there, not to {f.facts['wanted']}",
    Cause.NEVER_ANSWERS: lambda f: f"{title(f)} belongs to a {f.facts['what']}, which takes no connections",
    Cause.NAT_TAKES_NO_CONNECTIONS: lambda f: (
        f"{title(f)} belongs to a NAT gateway, which takes no connections from outside"
    ),
    Cause.NOT_FOR_ITS_ADDRESS: lambda f: (
        f"{title(f)} drops packets that are not for its own addresses (source/destination check)"
    ),
    **ENDPOINT_WHY,
    Cause.GROUP_REFERENCES_OFF: _group,
    Cause.NO_ASSOCIATION: lambda f: f"{title(f)} is associated with no route table of its transit gateway",
    Cause.TRANSIT_NO_ROUTE: _no_transit_route,
    Cause.TRANSIT_DEAD_ROUTE: _dead,
    Cause.ATTACHMENT_IN_BAD_STATE: _bad_state,
    Cause.ZONE_NOT_ATTACHED: lambda f: (
        f"{f.facts['subnet']} lies in {f.facts['zone']}, where {title(f)} has no subnet: {f.facts['gateway']} takes "
        f"no {replies(f)} from there"
    ),
    Cause.TUNNELS_DOWN: lambda f: f"{title(f)} leads to {f.facts['what']}, none of whose tunnels is up",
    Cause.VPN_SERVES_ITS_VPC: lambda f: (
        f"{title(f)} carries packets of interfaces in {f.facts['vpc']} only, not of {f.facts['source']} behind it"
    ),
    Cause.BEYOND: lambda f: f.facts["why"],
    Cause.MISSING: lambda f: f.facts["why"],
    Cause.REFUSED: lambda f: f.facts["why"],
    Cause.UNMODELLED: lambda f: f.facts["why"],
    Cause.APPLIANCE: lambda f: f.facts["why"],
    Cause.OWNER_UNTOLD: lambda f: f.facts["why"],
    **balancer_words.WHY,
}


def _allow(f: Finding) -> str:
    return f"add an {_direction(f)} rule to {title(f)} for {f.sees}"


def _allow_acl(f: Finding) -> str:
    return f"add an {_direction(f)} entry to {title(f)} that allows {f.sees}, before the one that denies it"


def _route(f: Finding) -> str:
    joint = f.facts.get("joint")
    if not joint:
        return "build what joins both sides first (a peering connection or a gateway), then route to it from both"
    return f"route {f.facts['destination']} to {joint} in {f.facts.get('table') or title(f)}"


def _transit_route(f: Finding) -> str:
    if not f.facts["joint"]:
        return f"attach what holds {f.facts['destination']} to the gateway first, then route to it in {title(f)}"
    return f"let {f.facts['joint']} propagate into {title(f)}"


_SERVICE_BACK = {
    "stopped": "start it",
    "stopping": "start it once it is stopped",
    **dict.fromkeys(("creating", "starting"), "wait until it is available"),
}


def _start(f: Finding) -> str:
    state = f.facts["state"]
    if f.resource.kind != "instance":
        return _SERVICE_BACK.get(state, "bring it back first: nothing in the network can")
    if state == "pending":
        return "wait until it runs"
    if state in ("stopped", "stopping"):
        return "start it"
    return "launch another instance: this one does not come back"


def _public(f: Finding) -> str:
    if "lacks" in f.facts:
        return f"ask it over the family it has ({f.facts['private']}), or give it an {f.facts['lacks']} address"
    if "public" in f.facts:
        return f"ask for {f.facts['public']}"
    if f.facts.get("state", "").startswith("stop"):
        return (
            "start the instance, and look up its new public address, or associate an Elastic IP address, "
            "which stays; or reach it through a load balancer"
        )
    return "associate an Elastic IP address with it, or reach it through a load balancer in a public subnet"


def _collect(_f: Finding) -> str:
    return "collect it, and ask again"


FIX: dict[Cause, Sentence] = {
    Cause.GROUP_HAS_NO_RULES: _allow,
    Cause.GROUP_HAS_NO_MATCH: _allow,
    Cause.GROUP_ONLY_OTHER_FAMILY: lambda f: f"add the twin: {_allow(f)}",
    Cause.GROUP_IDENTITY_LOST: lambda f: f"{_allow(f)}: name the address, a reference can't match here",
    Cause.GROUP_REFERENCE_STALE: lambda f: f"{_allow(f)}, and remove the stale one",
    Cause.GROUP_REFERENCE_CROSSES_REGIONS: lambda f: f"{_allow(f)}: name the address, a reference can't match here",
    Cause.ACL_DENIES: _allow_acl,
    Cause.ACL_HOLDS_BACK_CLIENT_PORTS: _allow_acl,
    Cause.NO_ROUTE: _route,
    Cause.DEAD_ROUTE: _route,
    Cause.ROUTE_TO_INTERNET: _route,
    Cause.NOT_JOINED: _route,
    Cause.ROUTE_LOOP: lambda f: f"route the subnet of {title(f)} to an internet gateway, or to where the packets go",
    Cause.GATEWAY_NOT_ATTACHED: lambda f: f"attach an internet gateway to {f.facts['vpc']}, and route to it",
    Cause.GATEWAY_IN_BAD_STATE: lambda f: f"bring {title(f)} into a working state, or replace it",
    Cause.GATEWAY_PROTOCOL: lambda _f: "take another way: a public address of its own, or a protocol that NAT carries",
    Cause.NOT_IN_PEER: lambda f: f"peer with the VPC that holds {f.facts['destination']}, and route to that connection",
    Cause.NO_PUBLIC_ADDRESS: _public,
    Cause.NO_PUBLIC_SOURCE: lambda _f: "associate a public address with it, or route it to a NAT gateway",
    Cause.PUBLIC_ACCESS_BLOCKED: lambda f: f"exclude {title(f)} from VPC block public access, or change its mode",
    Cause.IPV6_NOT_FROM_INTERNET: lambda _f: (
        "ask it from inside the VPC, or use an interface that takes internet traffic"
    ),
    Cause.REPLY_LEAVES_ELSEWHERE: _route,
    Cause.NOT_RUNNING: _start,
    Cause.NOT_IN_USE: lambda _f: "attach it to an instance that answers",
    Cause.ADDRESS_NOT_IN_USE: lambda _f: "look up the address that is meant: it may have changed",
    Cause.NO_SUBNET: lambda _f: "look up the address that is meant",
    Cause.OTHER_OWNER: lambda _f: "connect both VPCs without overlapping addresses",
    Cause.NEVER_ANSWERS: lambda _f: "ask what is behind it",
    Cause.NAT_TAKES_NO_CONNECTIONS: lambda _f: "use a load balancer or a public address for connections from outside",
    Cause.NOT_FOR_ITS_ADDRESS: lambda _f: "turn its source/destination check off if it is meant to forward",
    **ENDPOINT_FIX,
    Cause.GROUP_REFERENCES_OFF: lambda f: (
        f"{_allow(f)}, or enable security group referencing on {f.by or 'the gateway'}"
    ),
    Cause.NO_ASSOCIATION: lambda f: f"associate it with {f.facts['table'] or 'a route table of the gateway'}",
    Cause.TRANSIT_NO_ROUTE: _transit_route,
    Cause.TRANSIT_DEAD_ROUTE: lambda f: f"replace the blackhole route for {f.facts['destination']} in {title(f)}",
    Cause.ATTACHMENT_IN_BAD_STATE: lambda f: f"bring {title(f)} into the state available, or attach anew",
    Cause.ZONE_NOT_ATTACHED: lambda f: f"add a subnet in {f.facts['zone']} to {title(f)}",
    Cause.TUNNELS_DOWN: lambda f: f"bring a tunnel of {f.facts['what']} up",
    Cause.VPN_SERVES_ITS_VPC: lambda _f: "attach the VPN to the transit gateway instead",
    Cause.BEYOND: lambda _f: "look there yourself: routes, firewalls and hosts on the other side decide",
    Cause.MISSING: _collect,
    Cause.REFUSED: lambda _f: "allow the caller to read it, and ask again",
    Cause.UNMODELLED: lambda _f: "look there yourself: its configuration decides",
    Cause.APPLIANCE: lambda _f: "look there yourself: its own configuration decides",
    Cause.OWNER_UNTOLD: lambda f: f"look up the address that the name of {f.resource.id} has, and ask for it",
    **balancer_words.FIX,
}
