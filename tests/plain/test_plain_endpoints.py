"""The plain evaluator at VPC endpoints, one documented situation each.

Pages, all under https://docs.aws.amazon.com/vpc/latest/privatelink/: gateway-endpoints.html (prefix lists, same VPC
only), create-interface-endpoint.html and privatelink-access-aws-services.html (groups, addresses, who may use one);
https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html (what a gateway endpoint carries).
"""

from __future__ import annotations

import pytest

from tests.plain.changes import (
    ALLOW_IN,
    ALLOW_OUT,
    BLOCKED,
    DELIVERED,
    GRE,
    ICMP,
    ICMPV6,
    UDP,
    UNKNOWN,
    acl_of,
    both,
    no_rules,
    nothing,
    only_rule,
    routed,
    unrouted,
    values,
    without,
)
from tests.plain.evaluator import Packet, evaluate
from tests.plain.lab import (
    ANY,
    HOST,
    ICMP_ECHO,
    ICMP_TOO_BIG,
    ICMPV6_ECHO,
    allow,
    ask,
    entry,
    find,
    group,
    interface,
    lab,
)
from tests.plain.lab_transit import transit_lab

SERVICE, ENDPOINT, ENDPOINT6 = "52.218.0.9", "10.0.2.60", "2600:a:0:2::60"
TO_SERVICE, TO_ENDPOINT = ("app", SERVICE, 443), ("web", ENDPOINT, 443)
SILENT = routed("main", ANY, "nat-a", State="blackhole")


def endpoint_lab(network=None):
    """The small lab with a gateway endpoint for the private subnet and the second VPC, and an interface endpoint in the
    private subnet.
    """
    network = network or lab()
    network["PrefixLists"].append({"PrefixListId": "pl-s3", "AddressFamily": "IPv4", "OwnerId": "AWS"})
    network["PrefixListEntries"]["pl-s3"] = [{"Cidr": "52.218.0.0/17"}]
    network["VpcEndpoints"] = [
        {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-a", "State": "available"},
        {
            "VpcEndpointId": "vpce-ssm",
            "VpcEndpointType": "Interface",
            "VpcId": "vpc-a",
            "State": "Available",
            "NetworkInterfaceIds": ["eni-ssm"],
            "Groups": [{"GroupId": "sg-ssm"}],
        },
    ]
    routed("main", "pl-s3", "vpce-s3")(network)
    record = interface("ssm", "a", "private", ENDPOINT, ENDPOINT6)
    more = {"InterfaceType": "vpc_endpoint", "Attachment": {"Status": "attached"}, "DenyAllIgwTraffic": True}
    network["NetworkInterfaces"].append({**record, **more})
    network["SecurityGroups"].append(group("ssm", "a"))
    allow(network, "ssm", "tcp", 443, 443, "10.0.0.0/8", "2600:a::/56")
    return network


def endpoint(name, **new):
    """Other values for an endpoint."""

    def change(network):
        for each in network["VpcEndpoints"]:
            if each["VpcEndpointId"] == f"vpce-{name}":
                each.update(new)

    return change


SCENARIOS = [
    # Gateway endpoints
    ("by a gateway endpoint", SILENT, TO_SERVICE, {}, DELIVERED),
    ("a shorter route loses to its list", nothing, TO_SERVICE, {}, DELIVERED),
    ("an address outside its list", SILENT, ("app", HOST, 443), {}, BLOCKED),
    ("an echo passes", SILENT, ("app", SERVICE, ICMP_ECHO), ICMP, DELIVERED),
    ("other ICMP does not", SILENT, ("app", SERVICE, ICMP_TOO_BIG), ICMP, BLOCKED),
    ("nor does UDP", SILENT, TO_SERVICE, UDP, BLOCKED),
    ("an endpoint that waits", endpoint("s3", State="pending"), TO_SERVICE, {}, BLOCKED),
    ("states in capitals", endpoint("s3", State="Available"), TO_SERVICE, {}, DELIVERED),
    ("an endpoint that is not in the data", without("VpcEndpoints"), TO_SERVICE, {}, UNKNOWN),
    ("entries that are not in the data", without("PrefixListEntries"), TO_SERVICE, {}, UNKNOWN),
    ("without its route the internet is taken", unrouted("main", "pl-s3"), TO_SERVICE, {}, DELIVERED),
    ("or nothing", both(unrouted("main", "pl-s3"), SILENT), TO_SERVICE, {}, BLOCKED),
    ("an endpoint of another VPC", endpoint("s3", VpcId="vpc-b"), TO_SERVICE, {}, BLOCKED),
    (
        "peers cannot use it",
        both(routed("data", "52.218.0.0/17", "pcx-ab"), SILENT),
        ("data", SERVICE, 443),
        {},
        BLOCKED,
    ),
    ("no public address is needed", SILENT, ("two", SERVICE, 443), {}, DELIVERED),
    (
        "a group that lets out to the list",
        only_rule("app", "tcp", 443, 443, "pl-s3", egress=True),
        TO_SERVICE,
        {},
        DELIVERED,
    ),
    (
        "a group that lets nothing out to it",
        only_rule("app", "tcp", 443, 443, "10.0.0.0/8", egress=True),
        TO_SERVICE,
        {},
        BLOCKED,
    ),
    ("the ACL lets nothing out", acl_of("private", *ALLOW_IN), TO_SERVICE, {}, BLOCKED),
    ("the ACL takes no reply", acl_of("private", *ALLOW_OUT), TO_SERVICE, {}, BLOCKED),
    (
        "the ACL takes replies of the service",
        acl_of("private", *ALLOW_OUT, entry(1, False, "6", "allow", "52.218.0.0/17", 1024, 65535)),
        TO_SERVICE,
        {},
        DELIVERED,
    ),
    (
        "blocked public access does not matter",
        values("vpc-a", BlockPublicAccessStates={"InternetGatewayBlockMode": "block-bidirectional"}),
        TO_SERVICE,
        {},
        DELIVERED,
    ),
    # Interface endpoints
    ("to an interface endpoint", nothing, TO_ENDPOINT, {}, DELIVERED),
    ("in IPv6", nothing, ("web", ENDPOINT6, 443), {}, DELIVERED),
    ("inside its subnet", nothing, ("app", ENDPOINT, 443), {}, DELIVERED),
    ("over a peering", nothing, ("data", ENDPOINT, 443), {}, DELIVERED),
    ("its group forgets the clients", no_rules("ssm"), TO_ENDPOINT, {}, BLOCKED),
    ("its group is for another port", nothing, ("web", ENDPOINT, 80), {}, BLOCKED),
    ("its group knows the client's", only_rule("ssm", "tcp", 443, 443, "sg-web"), TO_ENDPOINT, {}, DELIVERED),
    (
        "the client's group lets nothing out",
        only_rule("web", "tcp", 80, 80, ANY, egress=True),
        TO_ENDPOINT,
        {},
        BLOCKED,
    ),
    (
        "the client's group knows the endpoint's",
        only_rule("web", "tcp", 443, 443, "sg-ssm", egress=True),
        TO_ENDPOINT,
        {},
        DELIVERED,
    ),
    ("it answers no ping", only_rule("ssm", "-1", None, None, ANY), ("web", ENDPOINT, ICMP_ECHO), ICMP, BLOCKED),
    ("nor in IPv6", only_rule("ssm", "-1", None, None, "::/0"), ("web", ENDPOINT6, ICMPV6_ECHO), ICMPV6, BLOCKED),
    ("of UDP nothing is said", only_rule("ssm", "-1", None, None, ANY), TO_ENDPOINT, UDP, UNKNOWN),
    ("nor of other protocols", only_rule("ssm", "-1", None, None, ANY), ("web", ENDPOINT, 0), GRE, UNKNOWN),
    ("of which its group may know", nothing, TO_ENDPOINT, UDP, BLOCKED),
    ("an interface endpoint that waits", endpoint("ssm", State="PendingAcceptance"), TO_ENDPOINT, {}, BLOCKED),
    ("an interface whose endpoint is not in the data", without("VpcEndpoints"), TO_ENDPOINT, {}, UNKNOWN),
    (
        "which answers no ping all the same",
        both(without("VpcEndpoints"), only_rule("ssm", "-1", None, None, ANY)),
        ("web", ENDPOINT, ICMP_ECHO),
        ICMP,
        BLOCKED,
    ),
    ("its subnet lets nobody in", acl_of("private", *ALLOW_OUT), TO_ENDPOINT, {}, BLOCKED),
    ("its subnet lets no reply out", acl_of("private", *ALLOW_IN), TO_ENDPOINT, {}, BLOCKED),
    (
        "the internet does not reach it in IPv6",
        only_rule("ssm", "-1", None, None, "::/0"),
        (None, ENDPOINT6, 443),
        {},
        BLOCKED,
    ),
    (
        "what lies before it is not known, and it answers no ping",
        routed("public", "10.0.2.0/24", "vpce-9"),
        ("web", ENDPOINT, ICMP_ECHO),
        ICMP,
        BLOCKED,
    ),
]


@pytest.mark.parametrize(
    "change, question, more, expected", [pytest.param(*each[1:], id=each[0]) for each in SCENARIOS]
)
def test_scenario(change, question, more, expected):
    network = endpoint_lab()
    change(network)
    outcome = ask(network, *question, **more)
    assert outcome.verdict == expected, outcome.reason


def test_scenarios_have_names_of_their_own():
    names = [each[0] for each in SCENARIOS]
    assert len(names) == len(set(names))


def test_an_endpoint_begins_no_connection():
    network = endpoint_lab()
    packet = Packet(ENDPOINT, "10.0.2.10", 6, 40000, 8080)
    assert evaluate(network, packet, "eni-ssm", "eni-app").verdict == BLOCKED


def test_over_a_transit_gateway_the_interface_is_reached_and_the_gateway_is_not():
    network = endpoint_lab(transit_lab())
    assert ask(network, "data", ENDPOINT, 443).verdict == DELIVERED
    routed("data", "52.218.0.0/17", "tgw-hub")(network)
    route = {"DestinationCidrBlock": "52.218.0.0/17", "Type": "static", "State": "active"}
    route["TransitGatewayAttachments"] = [{"TransitGatewayAttachmentId": "tgw-attach-a", "ResourceType": "vpc"}]
    network["TransitGatewayStaticRoutes"][0]["Routes"].append(route)
    outcome = ask(network, "data", SERVICE, 443)
    assert outcome.verdict == BLOCKED
    assert "its own VPC only" in outcome.reason


def test_an_endpoint_that_is_not_in_the_data_may_work_or_not():
    network = endpoint_lab()
    del network["VpcEndpoints"]
    assert {DELIVERED, BLOCKED, UNKNOWN} <= ask(network, *TO_ENDPOINT).acceptable


def test_a_host_of_ours_is_not_found_behind_a_gateway_endpoint():
    network = endpoint_lab()
    assert ask(network, "app", SERVICE, 443, receiver="eni-two").verdict == BLOCKED


def test_nothing_is_said_of_nat_gateways_and_gateway_endpoints():
    network = endpoint_lab()
    routed("public", "pl-s3", "vpce-s3")(network)
    unrouted("main", "pl-s3")(network)
    assert ask(network, "app", SERVICE, 443).verdict == UNKNOWN
    assert find(network, "nat-a")["State"] == "available"
