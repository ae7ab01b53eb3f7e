"""The plain evaluator over transit gateways and virtual private gateways, one documented situation each.

Pages, all under https://docs.aws.amazon.com/vpc/latest/: tgw/how-transit-gateways-work.html (zones, association,
propagation, the order of routes), tgw/tgw-vpc-attachments.html (subnets, references between groups, appliance mode),
tgw/tgw-nacls.html (the ACLs around an attachment), tgw/tgw-peering.html, userguide/nat-gateway-basics.html (who may use
a NAT gateway), userguide/route-table-options.html (virtual private gateways).
"""

from __future__ import annotations

import pytest

from tests.plain.changes import (
    ALLOW_IN,
    ALLOW_OUT,
    BLOCKED,
    DATA,
    DATA6,
    DELIVERED,
    UNKNOWN,
    acl_of,
    both,
    nothing,
    only_rule,
    regional,
    routed,
    rule,
    unrouted,
    values,
    without,
)
from tests.plain.lab import ANY, HOST, ask, entry, peering, route
from tests.plain.lab_transit import (
    REFERENCED,
    another_table,
    associated_with,
    association,
    attached_in,
    attached_vpn,
    attachment,
    forgotten,
    gateway_state,
    hub,
    nat_beyond,
    peered_gateway,
    propagating,
    static,
    third_spoke,
    transit_lab,
    two_zones_beyond,
    unpropagated,
    vpn_gateway,
)

ASKED = ("app", DATA, 5432)
OFF = {"SecurityGroupReferencingSupport": "disable"}
KNOWN = only_rule("data", "tcp", 5432, 5432, "sg-app")
SAME = attached_in("a", "hop-a1", "private")
HOP_OUT, HOP_IN = entry(10, True, "-1", "allow", "10.1.0.0/16"), entry(10, False, "-1", "allow", "10.0.2.0/24")
FLAKY_OUTLET = acl_of("hop-b3", *ALLOW_IN)


def ending(network):
    """The second VPC's propagation ends."""
    for each in network["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"]:
        if each["TransitGatewayAttachmentId"] == "tgw-attach-b":
            each["State"] = "disabling"


def two_vpns(network):
    """A static route over two VPN connections at once."""
    static("10.1.1.0/24", "vpn", "vpn")(network)
    network["TransitGatewayStaticRoutes"][0]["Routes"][-1]["TransitGatewayAttachments"] *= 2


def just_made(network):
    """Only describe-transit-gateway-attachments says yet that an attachment is not available."""
    network["TransitGatewayAttachments"][0]["State"] = "pending"


SCENARIOS = [
    # The way there and back
    ("over the gateway and back", nothing, ASKED, DELIVERED),
    ("over it in IPv6", nothing, ("app", DATA6, 5432), DELIVERED),
    ("no group of the receiver admits it", nothing, ("app", DATA, 80), BLOCKED),
    ("nobody has the address", nothing, ("app", "10.1.1.99", 5432), BLOCKED),
    (
        "no route to the gateway",
        both(unrouted("main", "10.1.0.0/16"), unrouted("public", "10.1.0.0/16")),
        ASKED,
        BLOCKED,
    ),
    ("a NAT gateway on the way has one", unrouted("main", "10.1.0.0/16"), ASKED, DELIVERED),
    ("no route back to the gateway", unrouted("data", "10.0.0.0/16"), ASKED, BLOCKED),
    ("a route that is a black hole", routed("main", "10.1.1.0/24", "tgw-hub", State="blackhole"), ASKED, BLOCKED),
    (
        "a wider route over it loses to local",
        routed("main", "10.0.0.0/8", "tgw-hub"),
        ("web", "10.0.2.10", 22),
        BLOCKED,
    ),
    ("a gateway that is gone", gateway_state("deleted"), ASKED, BLOCKED),
    ("a gateway that is not in the data", without("TransitGateways"), ASKED, UNKNOWN),
    ("known rules refuse behind it", both(without("TransitGateways"), unpropagated("a")), ASKED, BLOCKED),
    ("attachments that are not in the data", without("TransitGatewayVpcAttachments"), ASKED, UNKNOWN),
    ("states that are not in the data", without("TransitGatewayAttachments"), ASKED, UNKNOWN),
    ("the sender's attachment waits", attachment("a", State="pendingAcceptance"), ASKED, BLOCKED),
    ("the receiver's attachment is being deleted", attachment("b", State="deleting"), ASKED, BLOCKED),
    # Association decides the lookup, propagation and static routes what is found
    ("the sender is associated with no table", association("a", None), ASKED, BLOCKED),
    ("the receiver is associated with no table", association("b", None), ASKED, BLOCKED),
    ("an association that ends", association("a", {"State": "disassociating"}), ASKED, BLOCKED),
    (
        "a policy table",
        association("a", {"TransitGatewayPolicyTableId": "tgw-ptb-1", "State": "associated"}),
        ASKED,
        UNKNOWN,
    ),
    ("associated with a table without routes", both(another_table, associated_with("a", "other")), ASKED, BLOCKED),
    (
        "propagation into a table that nobody is associated with helps nothing",
        both(another_table, associated_with("b", "other")),
        ASKED,
        BLOCKED,
    ),
    (
        "a static route in place of a propagated one",
        both(another_table, associated_with("b", "other"), static("10.0.0.0/16", "a", table=1)),
        ASKED,
        DELIVERED,
    ),
    ("the receiver propagates nothing", unpropagated("b"), ASKED, BLOCKED),
    ("the sender propagates nothing", unpropagated("a"), ASKED, BLOCKED),
    ("a longer static route that is a black hole", static("10.1.1.0/24", None), ASKED, BLOCKED),
    ("a black hole for the reply", static("10.0.2.0/24", None), ASKED, BLOCKED),
    ("a shorter black hole loses", static("10.0.0.0/8", None), ASKED, DELIVERED),
    ("static beats propagated", static("10.1.0.0/16", None), ASKED, BLOCKED),
    ("a prefix list's route beats a propagated one", static("10.1.0.0/16", None, PrefixListId="pl-1"), ASKED, BLOCKED),
    (
        "a static route beats a prefix list's",
        both(static("10.1.0.0/16", None, PrefixListId="pl-1"), static("10.1.0.0/16", "b")),
        ASKED,
        DELIVERED,
    ),
    ("a propagation that ends", ending, ASKED, BLOCKED),
    (
        "a VPC's own route beats what a VPN propagates",
        both(attached_vpn, static("10.1.0.0/16", "vpn", "vpn", Type="propagated")),
        ASKED,
        DELIVERED,
    ),
    ("several VPNs share a route", two_vpns, ASKED, UNKNOWN),
    ("which is not taken", both(two_vpns, static("10.1.1.10/32", "b")), ASKED, DELIVERED),
    ("an attachment that is only just being made", just_made, ASKED, BLOCKED),
    ("an attachment without subnets", attachment("b", SubnetIds=[]), ASKED, UNKNOWN),
    ("a route that is not in force yet", static("10.1.1.0/24", None, State="pending"), ASKED, DELIVERED),
    ("a static route to the wrong VPC", both(third_spoke(), static("10.1.1.0/24", "c")), ASKED, BLOCKED),
    ("a route to an attachment that is not in the data", static("10.1.1.0/24", "gone"), ASKED, UNKNOWN),
    ("routes that are not in the data", without("TransitGatewayStaticRoutes"), ASKED, UNKNOWN),
    ("propagations that are not in the data", without("TransitGatewayPropagations"), ASKED, UNKNOWN),
    (
        "a propagating VPC that is not in the data",
        both(third_spoke(), forgotten("Vpcs", "VpcId", "vpc-c")),
        ASKED,
        UNKNOWN,
    ),
    ("of overlapping VPCs one is propagated, which is unclear", third_spoke("10.1.0.0/16"), ASKED, UNKNOWN),
    (
        "IPv6 is not propagated without the attachment's support",
        attachment("b", Options={"Ipv6Support": "disable"}),
        ("app", DATA6, 5432),
        BLOCKED,
    ),
    (
        "but carried where a static route says so",
        both(attachment("b", Options={"Ipv6Support": "disable"}), static("2600:b::/56", "b")),
        ("app", DATA6, 5432),
        DELIVERED,
    ),
    # Zones
    ("no attachment in the sender's zone", attached_in("a", "hop-a1"), ASKED, BLOCKED),
    ("a sender in the other zone does not mind", attached_in("a", "hop-a1"), ("web", DATA, 5432), DELIVERED),
    (
        "the receiver's zone need not be attached for the request",
        values("subnet-data", AvailabilityZoneId="euw1-az2"),
        ASKED,
        BLOCKED,
    ),
    ("a zone that is not in the data", values("subnet-hop-a2", AvailabilityZoneId=None), ASKED, UNKNOWN),
    (
        "zones by name where there are no ids",
        lambda network: (
            [each.update(AvailabilityZone=each.pop("AvailabilityZoneId")) for each in network["Subnets"]] and None
        ),
        ASKED,
        DELIVERED,
    ),
    ("any zone where the sender's is not attached beyond", both(two_zones_beyond, FLAKY_OUTLET), ASKED, UNKNOWN),
    ("all of those zones let it pass", two_zones_beyond, ASKED, DELIVERED),
    ("the sender's own zone beyond is taken", both(two_zones_beyond, FLAKY_OUTLET), ("web", DATA, 5432), DELIVERED),
    (
        "in appliance mode any zone is taken",
        both(two_zones_beyond, FLAKY_OUTLET, attachment("b", Options={"ApplianceModeSupport": "enable"})),
        ("web", DATA, 5432),
        UNKNOWN,
    ),
    # ACLs around an attachment in a subnet of its own
    (
        "its subnet's ACL lets requests in and replies out",
        acl_of("hop-a2", HOP_IN, entry(20, True, "-1", "allow", "10.0.2.0/24")),
        ASKED,
        DELIVERED,
    ),
    ("it judges requests by their source going in", acl_of("hop-a2", *ALLOW_OUT), ASKED, BLOCKED),
    ("replies come back in the zone that they come from", acl_of("hop-a2", *ALLOW_IN), ASKED, DELIVERED),
    ("it judges replies by their destination going out", acl_of("hop-a1", *ALLOW_IN), ASKED, BLOCKED),
    ("beyond, requests are judged going out", acl_of("hop-b1", *ALLOW_IN), ASKED, BLOCKED),
    ("and replies going in", acl_of("hop-b1", *ALLOW_OUT), ASKED, BLOCKED),
    ("the sender's subnet lets nothing out", acl_of("private", *ALLOW_IN), ASKED, BLOCKED),
    ("the receiver's subnet lets nothing in", acl_of("data", *ALLOW_OUT), ASKED, BLOCKED),
    ("the receiver's subnet lets no reply out", acl_of("data", *ALLOW_IN), ASKED, BLOCKED),
    # ACLs around an attachment in the subnet of the host itself
    ("an attachment in the sender's subnet", SAME, ASKED, DELIVERED),
    ("requests are judged going out there", both(SAME, acl_of("private", *ALLOW_IN)), ASKED, BLOCKED),
    ("and going in, by their source", both(SAME, acl_of("private", *ALLOW_OUT)), ASKED, BLOCKED),
    (
        "replies are not judged at all there",
        both(attached_in("a", "private"), acl_of("private", HOP_OUT, HOP_IN)),
        ASKED,
        DELIVERED,
    ),
    (
        "replies from another zone come by another subnet",
        both(SAME, acl_of("private", HOP_OUT, HOP_IN)),
        ASKED,
        BLOCKED,
    ),
    (
        "nor are requests at the receiver",
        both(
            attached_in("b", "data"),
            acl_of("data", entry(1, True, "-1", "allow", "10.0.0.0/16"), entry(1, False, "-1", "allow", "10.1.0.0/16")),
        ),
        ASKED,
        DELIVERED,
    ),
    # The subnet's own route table leads on
    ("beyond, a route to the host itself", routed("data", "10.1.1.0/24", "eni-data"), ASKED, DELIVERED),
    (
        "to a host that checks and is not the destination",
        routed("main", "10.0.2.0/24", "eni-two"),
        ("web", "10.0.2.10", 22),
        BLOCKED,
    ),
    # Groups
    ("a reference where nothing says that it is on", KNOWN, ASKED, BLOCKED),
    ("a reference where it is on", both(KNOWN, REFERENCED), ASKED, DELIVERED),
    ("off at the sender's attachment", both(KNOWN, REFERENCED, attachment("a", Options=OFF)), ASKED, BLOCKED),
    ("off at the receiver's attachment", both(KNOWN, REFERENCED, attachment("b", Options=OFF)), ASKED, BLOCKED),
    ("off at the gateway", both(KNOWN, hub(**OFF)), ASKED, BLOCKED),
    ("a gateway that is not in the data may tell", both(KNOWN, without("TransitGateways")), ASKED, UNKNOWN),
    (
        "no reference going out",
        both(REFERENCED, only_rule("app", "tcp", 5432, 5432, "sg-data", egress=True)),
        ASKED,
        BLOCKED,
    ),
    ("a CIDR going out", only_rule("app", "tcp", 5432, 5432, "10.1.0.0/16", egress=True), ASKED, DELIVERED),
    # Peered gateways, and what leads out of the known network
    ("over two gateways", peered_gateway(), ASKED, DELIVERED),
    ("with an attachment of its own on either side", peered_gateway(same=False), ASKED, DELIVERED),
    (
        "a far gateway that is gone",
        both(peered_gateway(), lambda network: network["TransitGateways"][1].update(State="deleted")),
        ASKED,
        BLOCKED,
    ),
    (
        "gateways that send to each other",
        both(peered_gateway(), static("10.1.1.0/24", "peer", "peering", table=1)),
        ASKED,
        BLOCKED,
    ),
    ("gateways whose peering waits", peered_gateway(state="pendingAcceptance"), ASKED, BLOCKED),
    ("no reference over two gateways", both(KNOWN, REFERENCED, peered_gateway()), ASKED, BLOCKED),
    (
        "a peering that is not in the data",
        both(peered_gateway(), without("TransitGatewayPeeringAttachments")),
        ASKED,
        UNKNOWN,
    ),
    ("a VPN on the gateway", both(attached_vpn, static("10.1.1.0/24", "vpn", "vpn")), ASKED, UNKNOWN),
    (
        "what a VPN propagates is not in the data",
        both(attached_vpn, propagating("vpn", "vpn", "vpn-1")),
        ASKED,
        UNKNOWN,
    ),
    (
        "what it propagates is found with the routes",
        both(attached_vpn, propagating("vpn", "vpn", "vpn-1"), static("10.99.0.0/16", "vpn", "vpn", Type="propagated")),
        ASKED,
        DELIVERED,
    ),
    (
        "a longer propagated route leads out",
        both(attached_vpn, propagating("vpn", "vpn", "vpn-1"), static("10.1.1.0/24", "vpn", "vpn", Type="propagated")),
        ASKED,
        UNKNOWN,
    ),
    # The way back by another way than the way there
    (
        "a reply over a peering",
        both(
            lambda network: network["VpcPeeringConnections"].append(peering()),
            routed("data", "10.0.2.0/24", "pcx-ab"),
        ),
        ASKED,
        DELIVERED,
    ),
    (
        "a request over a peering, the reply over the gateway",
        both(
            lambda network: network["VpcPeeringConnections"].append(peering()),
            routed("main", "10.1.0.0/16", "pcx-ab"),
        ),
        ASKED,
        DELIVERED,
    ),
    (
        "a reply over a peering that the ACL does not take",
        both(
            lambda network: network["VpcPeeringConnections"].append(peering()),
            routed("data", "10.0.2.0/24", "pcx-ab"),
            acl_of("private", *ALLOW_OUT, entry(1, False, "-1", "allow", "10.0.0.0/16")),
        ),
        ASKED,
        BLOCKED,
    ),
    ("the ACL takes no reply", acl_of("private", *ALLOW_OUT), ASKED, BLOCKED),
    ("a reply that its outlet leads astray", routed("main", "10.0.2.0/24", "eni-two"), ASKED, BLOCKED),
    ("a reply that goes to another VPC", both(third_spoke(), static("10.0.2.0/24", "c")), ASKED, BLOCKED),
    # On by what the other VPC has
    ("a NAT gateway of another VPC", nat_beyond, ("app", HOST, 443), DELIVERED),
    ("without a route back", both(nat_beyond, unrouted("data", "10.0.0.0/16")), ("app", HOST, 443), BLOCKED),
    (
        "whose replies would leave the gateway where they came in",
        both(nat_beyond, unpropagated("a")),
        ("app", HOST, 443),
        UNKNOWN,
    ),
    (
        "its ACL towards the client",
        both(nat_beyond, acl_of("data", *ALLOW_IN, entry(1, True, "-1", "allow", "203.0.113.0/24"))),
        ("app", HOST, 443),
        BLOCKED,
    ),
    (
        "the ACL of its attachment takes replies by their source",
        both(nat_beyond, acl_of("hop-b1", *ALLOW_OUT, entry(1, False, "-1", "allow", "203.0.113.0/24"))),
        ("app", HOST, 443),
        DELIVERED,
    ),
    (
        "an internet gateway of another VPC",
        both(nat_beyond, routed("hop-b", ANY, "igw-b")),
        ("app", HOST, 443),
        BLOCKED,
    ),
    (
        "a NAT instance of another VPC",
        both(
            nat_beyond,
            routed("hop-b", ANY, "eni-data"),
            values("eni-data", SourceDestCheck=False),
            rule("data", "-1", None, None, "10.0.0.0/8"),
        ),
        ("app", HOST, 443),
        DELIVERED,
    ),
    (
        "whose group forgets the client",
        both(nat_beyond, routed("hop-b", ANY, "eni-data"), values("eni-data", SourceDestCheck=False)),
        ("app", HOST, 443),
        BLOCKED,
    ),
    (
        "a virtual private gateway of another VPC",
        both(nat_beyond, vpn_gateway(vpc="vpc-b"), routed("hop-b", ANY, "vgw-a")),
        ("app", HOST, 443),
        BLOCKED,
    ),
    (
        "of a peer of another VPC nothing is said",
        both(nat_beyond, routed("hop-b", ANY, "pcx-bc")),
        ("app", HOST, 443),
        UNKNOWN,
    ),
    (
        "nor of another transit gateway there",
        both(nat_beyond, routed("hop-b", ANY, "tgw-hub")),
        ("app", HOST, 443),
        UNKNOWN,
    ),
    (
        "nor of a regional NAT gateway's zone",
        both(
            regional,
            lambda network: network["RouteTables"][-1]["Routes"].append(route("10.1.0.0/16", "tgw-hub")),
            unrouted("main", "10.1.0.0/16"),
        ),
        ASKED,
        UNKNOWN,
    ),
    # Virtual private gateways
    (
        "one that is being deleted",
        both(vpn_gateway(), lambda network: network["VpnGateways"][0].update(State="deleting")),
        ("app", "10.99.0.1", 443),
        BLOCKED,
    ),
    ("what lies beyond a virtual private gateway", vpn_gateway(), ("app", "10.99.0.1", 443), UNKNOWN),
    ("a detached one", vpn_gateway("detached"), ("app", "10.99.0.1", 443), BLOCKED),
    ("one of another VPC", vpn_gateway(vpc="vpc-b"), ("app", "10.99.0.1", 443), BLOCKED),
    ("one that is not in the data", both(vpn_gateway(), without("VpnGateways")), ("app", "10.99.0.1", 443), UNKNOWN),
    (
        "a group that lets nothing out to it",
        both(vpn_gateway(), only_rule("app", "tcp", 80, 80, ANY, egress=True)),
        ("app", "10.99.0.1", 443),
        BLOCKED,
    ),
    (
        "a rule that has nothing to do with it",
        both(vpn_gateway(), rule("app", "tcp", 443, 443, ANY)),
        ("app", DATA, 5432),
        DELIVERED,
    ),
]


@pytest.mark.parametrize("change, question, expected", [pytest.param(*each[1:], id=each[0]) for each in SCENARIOS])
def test_scenario(change, question, expected):
    network = transit_lab()
    change(network)
    outcome = ask(network, *question)
    assert outcome.verdict == expected, outcome.reason


def test_scenarios_have_names_of_their_own():
    names = [each[0] for each in SCENARIOS]
    assert len(names) == len(set(names))


def test_where_aws_may_pick_a_zone_either_verdict_is_no_mistake():
    network = transit_lab()
    both(two_zones_beyond, FLAKY_OUTLET)(network)
    outcome = ask(network, *ASKED)
    assert outcome.possible == {"delivered", "blocked", "unknown", "flaky"}
    assert ask(transit_lab(), *ASKED).acceptable == {"delivered"}
