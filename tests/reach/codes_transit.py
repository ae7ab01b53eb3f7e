"""Blocker codes of transit gateways and VPN: a network, a question, and what stands in the blocker."""

from __future__ import annotations

from tests.reach.lab import ingress, pair, permission, reroute, route
from tests.reach.lab_transit import (
    ATTACHMENTS,
    BOTH,
    GATEWAYS,
    PROPAGATIONS,
    change,
    led,
    listing,
    propagations,
    transit,
)

FIXED = "commands"
BUILT = "no commands"
OPEN = "undecided"


def referenced(**options):
    """i-peer takes members of sg-db only, and something on the way has references off."""
    record = ingress(transit(), "sg-peer", permission("tcp", 80, **pair("sg-db")))
    return change(record, GATEWAYS, "tgw-1", Options={"SecurityGroupReferencingSupport": "disable"})


def unassociated():
    record = transit()
    record[ATTACHMENTS][0].pop("Association")
    return record


def not_propagated():
    record = transit()
    record[PROPAGATIONS] = [propagations("rtb-t", BOTH[0])]
    return record


def behind_another():
    """Packets of vpc-9 come out in vpc-1, whose routes lead them to its virtual private gateway."""
    record = reroute(transit(), "rtb-peer", route("10.0.0.0/16", "tgw-1"), route("172.16.0.0/12", "tgw-1"))
    return listing(record, led("172.16.0.0/12", "att-1"))


SCENARIOS = {
    "SG_REFERENCING_SUPPORT": (referenced, "i-db", "i-peer", "80", "sg-peer", "forward", FIXED),
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": (unassociated, "i-db", "i-peer", "80", "att-1", "forward", FIXED),
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": (not_propagated, "i-db", "i-peer", "80", "rtb-t", "forward", FIXED),
    "TGW_RTB_BAD_STATE_ROUTE": (
        lambda: listing(transit(), led("10.9.0.0/16", None, state="blackhole")),
        "i-db",
        "i-peer",
        "80",
        "rtb-t",
        "forward",
        BUILT,
    ),
    "TGW_ROUTE_AZ_RESTRICTION": (
        lambda: change(transit(), "Subnets", "subnet-priv", AvailabilityZone="us-east-1c"),
        "i-db",
        "i-peer",
        "80",
        "att-1",
        "forward",
        BUILT,
    ),
    "TGW_BAD_STATE_VPN": (
        lambda: change(transit(), "VpnConnections", "vpn-1", VgwTelemetry=[{"Status": "DOWN"}, {"Status": "DOWN"}]),
        "i-db",
        "192.168.1.1",
        "443",
        "att-vpn",
        "forward",
        BUILT,
    ),
    "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS": (behind_another, "i-peer", "172.16.1.1", "443", "vgw-1", "forward", BUILT),
    "UNKNOWN_DESTINATION": (transit, "i-db", "onprem", "443", "att-vpn", "forward", OPEN),
}

# The other causes of codes that have several.
EXTRA = [(lambda: change(transit(), ATTACHMENTS, "att-1", State="pendingAcceptance"), "i-db", "i-peer", "80")]

DETAILS = {
    "SG_REFERENCING_SUPPORT": (
        "ingress 80/tcp from sg-db",
        ("10.0.2.20/32",),
        "80/tcp from 10.0.2.20",
        "enable security group referencing",
    ),
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": (
        None,
        ("10.0.2.20/32",),
        "associated with no route table",
        "associate it with rtb-t",
    ),
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": (
        None,
        ("10.0.2.20/32",),
        "att-9 of vpc-9 does not propagate into it",
        "let att-9 propagate into rtb-t",
    ),
    "TGW_RTB_BAD_STATE_ROUTE": (
        "10.9.0.0/16 -> nothing",
        ("10.0.2.20/32",),
        "blackhole",
        "replace the blackhole route",
    ),
    "TGW_ROUTE_AZ_RESTRICTION": (
        None,
        ("10.0.2.20/32",),
        "subnet-priv lies in us-east-1c",
        "add a subnet in us-east-1c",
    ),
    "TGW_BAD_STATE_VPN": (None, ("10.0.2.20/32",), "none of whose tunnels is up", "bring a tunnel"),
    "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS": (
        None,
        ("10.9.1.5/32",),
        "carries packets of interfaces in vpc-1 only",
        "attach the VPN",
    ),
    "UNKNOWN_DESTINATION": (None, ("10.0.2.20/32",), "lies behind vpn-1", "look there yourself"),
}
