"""The plain evaluator on documented situations, the generator's reach, and the command interpreter's strictness."""

from __future__ import annotations

import copy
import json
import random
import shlex
from collections import Counter

import pytest

from plain.commands import apply_command
from plain.evaluator import Packet, evaluate
from plain.lab import (
    ANY,
    ANY6,
    HOST,
    HOST6,
    ICMP_ECHO,
    ICMP_TOO_BIG,
    ICMPV6_ECHO,
    acl,
    add_route,
    allow,
    ask,
    entry,
    find,
    gateway,
    group,
    interface,
    lab,
    only,
    own_acl,
    peering,
    remove_route,
    subnet,
    table,
    vpc,
)
from plain.networks import random_network, random_questions, shuffled

DELIVERED, BLOCKED, UNKNOWN = "delivered", "blocked", "unknown"
WEB, WEB6, APP, APP6, TWO, DATA, DATA6 = (
    "3.0.0.10",
    "2600:a:0:1::10",
    "10.0.2.10",
    "2600:a:0:2::10",
    "10.0.2.20",
    "10.1.1.10",
    "2600:b:0:1::10",
)
UDP, GRE, ESP, ICMP, ICMPV6 = {"protocol": 17}, {"protocol": 47}, {"protocol": 50}, {"protocol": 1}, {"protocol": 58}
ALLOW_OUT = [entry(100, True, "-1", "allow", ANY), entry(101, True, "-1", "allow", ANY6)]
ALLOW_IN = [entry(100, False, "-1", "allow", ANY), entry(101, False, "-1", "allow", ANY6)]


def nothing(network):
    """Change nothing."""


def state(name, value):
    """Put an instance into a state."""

    def change(network):
        for reservation in network["Reservations"]:
            for instance in reservation["Instances"]:
                if instance["InstanceId"] == name:
                    instance["State"]["Name"] = value

    return change


def values(name, **new):
    """Give a record other values."""
    return lambda network: find(network, name).update(new)


def without(kind):
    """Leave a kind out of the data."""
    return lambda network: network.pop(kind)


def without_record(name):
    """Leave one record out of the data."""

    def change(network):
        record = find(network, name)
        for records in network.values():
            if isinstance(records, list) and record in records:
                records.remove(record)

    return change


def both(*changes):
    """Several changes."""

    def change(network):
        for each in changes:
            each(network)

    return change


def rule(*args, egress=False):
    """One more rule for a group."""
    return lambda network: allow(network, *args, egress=egress)


def only_rule(*args, egress=False):
    """This rule alone for a group."""
    return lambda network: only(network, *args, egress=egress)


def no_rules(name):
    """No ingress rule at all."""
    return lambda network: find(network, f"sg-{name}").update(IpPermissions=[])


def acl_of(subnet, *entries):
    """An ACL of its own for a subnet."""
    return lambda network: own_acl(network, subnet, *entries)


def routed(table, destination, target, **rest):
    """A route."""
    return lambda network: add_route(network, table, destination, target, **rest)


def unrouted(table, *destinations):
    """Routes taken away."""

    def change(network):
        for destination in destinations:
            remove_route(network, table, destination)

    return change


def prefix_list(name, *cidrs, family=None):
    """A prefix list with its entries; `family` alone: without them."""

    def change(network):
        if cidrs:
            network["PrefixListEntries"][name] = [{"Cidr": cidr} for cidr in cidrs]
        if family:
            network["PrefixLists"].append({"PrefixListId": name, "AddressFamily": family})

    return change


def in_groups(name, *groups):
    """Give an interface these groups."""
    return values(f"eni-{name}", Groups=[{"GroupId": f"sg-{each}"} for each in groups])


def secondary(name, address, public=""):
    """One more private address."""

    def change(network):
        added = {"PrivateIpAddress": address, "Primary": False}
        if public:
            added["Association"] = {"PublicIp": public}
        find(network, name)["PrivateIpAddresses"].append(added)

    return change


def public(name, address):
    """An elastic address for the primary private one, which only describe-addresses knows."""
    return lambda network: network["Addresses"].append({"PublicIp": address, "NetworkInterfaceId": name})


def peered(code):
    """The state of the peering."""
    return values("pcx-ab", Status={"Code": code})


def blocked_access(name, mode):
    """Block public access of a VPC or subnet."""
    return values(name, BlockPublicAccessStates={"InternetGatewayBlockMode": mode})


def edge(*routes):
    """A route table for the internet gateway of the first VPC."""

    def change(network):
        record = table("edge", "a", [], dict(routes))
        record["Associations"] = [{"GatewayId": "igw-a"}]
        network["RouteTables"].append(record)

    return change


def regional(network):
    """Make the NAT gateway a regional one, with a route table of its own."""
    find(network, "nat-a").update(
        SubnetId=None,
        AvailabilityMode="regional",
        RouteTableId="rtb-nat",
        NatGatewayAddresses=[{"PublicIp": "3.0.0.200"}],
    )
    without_record("eni-nat")(network)
    network["RouteTables"].append(table("nat", "a", [], {ANY: "igw-a"}))


def third_vpc(network):
    """A third VPC, with the first one's CIDR and addresses, joined to nothing."""
    network["Vpcs"].append(vpc("c", "10.0.0.0/16", "2600:c::/56"))
    network["Subnets"].append(subnet("other", "c", "10.0.2.0/24", "2600:c:0:2::/64"))
    network["NetworkInterfaces"].append(interface("other", "c", "other", APP, "2600:c:0:2::10"))
    network["SecurityGroups"].append(group("other", "c"))
    network["NetworkAcls"].append({**acl("c", ["other"]), "VpcId": "vpc-c"})


def associated(network):
    """The second VPC's group of the data host, used in the first VPC by the web host as well."""
    network["SecurityGroupVpcAssociations"].append({"GroupId": "sg-data", "VpcId": "vpc-a", "State": "associated"})
    in_groups("web", "web", "data")(network)


def middlebox():
    """Lead a part of the private subnet's internet traffic to an interface without a public address, elsewhere."""
    return both(routed("main", "192.0.2.0/24", "eni-two"), values("eni-two", SubnetId="subnet-public"))


def nat_instance(network):
    """Make a NAT instance of the web host, and lead the private subnet to it."""
    values("eni-web", SourceDestCheck=False)(network)
    rule("web", "-1", None, None, "10.0.0.0/8")(network)
    routed("main", ANY, "eni-web")(network)


def unpublished(network):
    """Take the web host's public address away."""
    find(network, "eni-web")["PrivateIpAddresses"][0].pop("Association")


# What is asked: the sender (None: a host in the internet), the destination, the port (for ICMP type * 256 + code),
# and more for `ask`.
SCENARIOS = [
    # Security groups
    ("a rule for the port admits", nothing, (None, WEB, 443), {}, DELIVERED),
    ("no rule for the port", nothing, (None, WEB, 444), {}, BLOCKED),
    ("the other protocol on the same port", nothing, (None, WEB, 443), UDP, BLOCKED),
    ("-1 without ports is everything", only_rule("web", "-1", None, None, ANY), (None, WEB, 1), UDP, DELIVERED),
    ("-1 with ports -1 is everything", only_rule("web", "-1", -1, -1, ANY), (None, WEB, 9), {}, DELIVERED),
    ("-1 in the IPv4 range alone is not IPv6", only_rule("web", "-1", None, None, ANY), (None, WEB6, 443), {}, BLOCKED),
    ("-1 in the IPv6 range alone is not IPv4", only_rule("web", "-1", None, None, ANY6), (None, WEB, 443), {}, BLOCKED),
    ("port 0-0 is port 0 and no other", only_rule("web", "tcp", 0, 0, ANY), (None, WEB, 443), {}, BLOCKED),
    ("port 0-0 is port 0", only_rule("web", "tcp", 0, 0, ANY), (None, WEB, 0), {}, DELIVERED),
    ("-1 to -1 of tcp is every port", only_rule("web", "tcp", -1, -1, ANY), (None, WEB, 7), {}, DELIVERED),
    ("a protocol by its number", only_rule("web", "6", 443, 443, ANY), (None, WEB, 443), {}, DELIVERED),
    ("protocol 50 has no ports", only_rule("web", "50", 0, 0, ANY), (None, WEB, 0), ESP, DELIVERED),
    ("protocol 50 is not protocol 47", only_rule("web", "50", 0, 0, ANY), (None, WEB, 0), GRE, BLOCKED),
    ("icmp 8/-1 admits an echo", only_rule("web", "icmp", 8, -1, ANY), (None, WEB, ICMP_ECHO), ICMP, DELIVERED),
    ("icmp 8/0 is no range of types", only_rule("web", "icmp", 8, 0, ANY), (None, WEB, ICMP_TOO_BIG), ICMP, BLOCKED),
    ("icmp 8/-1 means any code", only_rule("web", "icmp", 8, -1, ANY), (None, WEB, ICMP_ECHO + 3), ICMP, DELIVERED),
    ("icmp 3/4 needs no answer", only_rule("web", "icmp", 3, 4, ANY), (None, WEB, ICMP_TOO_BIG), ICMP, DELIVERED),
    ("icmp -1/-1 is all of it", only_rule("web", "icmp", -1, -1, ANY), (None, WEB, ICMP_TOO_BIG), ICMP, DELIVERED),
    (
        "icmpv6 without types",
        only_rule("web", "icmpv6", None, None, ANY6),
        (None, WEB6, ICMPV6_ECHO),
        ICMPV6,
        DELIVERED,
    ),
    ("icmp is not icmpv6", only_rule("web", "icmp", -1, -1, ANY6), (None, WEB6, ICMPV6_ECHO), ICMPV6, BLOCKED),
    ("tcp does not admit ping", nothing, (None, WEB, ICMP_ECHO), ICMP, BLOCKED),
    ("no egress rule for it", only_rule("app", "tcp", 443, 443, ANY, egress=True), ("app", HOST, 80), {}, BLOCKED),
    (
        "replies need no egress rule",
        only_rule("web", "tcp", 1, 1, "192.0.2.1/32", egress=True),
        (None, WEB, 443),
        {},
        DELIVERED,
    ),
    ("the groups of an interface add up", in_groups("web", "two", "web"), (None, WEB, 443), {}, DELIVERED),
    ("a group that is not in the data", without_record("sg-web"), (None, WEB, 443), {}, UNKNOWN),
    ("another group admits anyway", both(in_groups("web", "web", "gone")), (None, WEB, 443), {}, DELIVERED),
    ("another group does not", both(in_groups("web", "web", "gone")), (None, WEB, 80), {}, UNKNOWN),
    ("no groups in the data at all", without("SecurityGroups"), (None, WEB, 443), {}, UNKNOWN),
    # Prefix lists
    (
        "a prefix list's entry",
        both(only_rule("web", "tcp", 443, 443, "pl-1"), prefix_list("pl-1", "203.0.113.0/24")),
        (None, WEB, 443),
        {},
        DELIVERED,
    ),
    (
        "not in the prefix list",
        both(only_rule("web", "tcp", 443, 443, "pl-1"), prefix_list("pl-1", "192.0.2.0/24")),
        (None, WEB, 443),
        {},
        BLOCKED,
    ),
    ("entries that are not in the data", only_rule("web", "tcp", 443, 443, "pl-1"), (None, WEB, 443), {}, UNKNOWN),
    ("unknown entries for another port", only_rule("web", "tcp", 80, 80, "pl-1"), (None, WEB, 443), {}, BLOCKED),
    (
        "unknown entries of the other family",
        both(only_rule("web", "tcp", 443, 443, "pl-1"), prefix_list("pl-1", family="IPv6")),
        (None, WEB, 443),
        {},
        BLOCKED,
    ),
    (
        "unknown entries beside a rule that admits",
        rule("web", "tcp", 443, 443, "pl-1"),
        (None, WEB, 443),
        {},
        DELIVERED,
    ),
    # References to groups
    ("a member of the group", nothing, ("web", APP, 8080), {}, DELIVERED),
    ("no member of the group", nothing, ("two", APP, 8080), {}, BLOCKED),
    ("one group, no rule for itself", in_groups("two", "app"), ("two", APP, 22), {}, BLOCKED),
    (
        "one group, a rule for itself",
        both(in_groups("two", "app"), rule("app", "tcp", 22, 22, "sg-app")),
        ("two", APP, 22),
        {},
        DELIVERED,
    ),
    (
        "a member's secondary address",
        secondary("eni-web", "10.0.1.11"),
        ("web", APP, 8080),
        {"source": "10.0.1.11"},
        DELIVERED,
    ),
    (
        "a member's delegated prefix",
        values("eni-web", Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.64/28"}]),
        ("web", APP, 8080),
        {"source": "10.0.1.70"},
        DELIVERED,
    ),
    ("a member's IPv6 address", nothing, ("web", APP6, 8080), {}, DELIVERED),
    (
        "a member by its public address",
        both(public("eni-app", "3.0.0.20"), routed("main", ANY, "igw-a")),
        ("web", "3.0.0.20", 8080),
        {"receiver": "eni-app"},
        BLOCKED,
    ),
    (
        "the same by CIDR",
        both(
            public("eni-app", "3.0.0.20"), routed("main", ANY, "igw-a"), rule("app", "tcp", 8080, 8080, "3.0.0.10/32")
        ),
        ("web", "3.0.0.20", 8080),
        {"receiver": "eni-app"},
        DELIVERED,
    ),
    ("a member in a peered VPC", only_rule("data", "tcp", 22, 22, "sg-app"), ("app", DATA, 22), {}, DELIVERED),
    (
        "a member in another Region",
        lambda network: (
            only(network, "data", "tcp", 22, 22, "sg-app"),
            find(network, "pcx-ab")["RequesterVpcInfo"].update(Region="x"),
        ),
        ("app", DATA, 22),
        {},
        BLOCKED,
    ),
    (
        "a member behind NAT over the peering",
        both(only_rule("data", "tcp", 22, 22, "sg-app"), routed("main", "10.1.0.0/16", "nat-a")),
        ("app", DATA, 22),
        {},
        BLOCKED,
    ),
    (
        "a group of another VPC by association",
        both(associated, rule("app", "tcp", 99, 99, "sg-data")),
        ("web", APP, 99),
        {},
        DELIVERED,
    ),
    (
        "a referenced group that is not in the data, with members",
        without_record("sg-web"),
        ("web", APP, 8080),
        {},
        UNKNOWN,
    ),
    (
        "the same, the sender's egress being known",
        both(in_groups("web", "web", "two"), without_record("sg-web")),
        ("web", APP, 8080),
        {},
        DELIVERED,
    ),
    ("a deleted group", only_rule("app", "tcp", 8080, 8080, "sg-gone"), ("web", APP, 8080), {}, BLOCKED),
    (
        "egress to members",
        only_rule("web", "tcp", 8080, 8080, "sg-app", egress=True),
        ("web", APP, 8080),
        {},
        DELIVERED,
    ),
    (
        "egress to members only",
        both(only_rule("web", "tcp", 1, 65535, "sg-app", egress=True), rule("two", "-1", None, None, ANY)),
        ("web", TWO, 1),
        {},
        BLOCKED,
    ),
    (
        "egress to members over a peering",
        only_rule("app", "-1", None, None, "sg-data", egress=True),
        ("app", DATA, 5432),
        {},
        DELIVERED,
    ),
    (
        "NAT: the target sees the NAT's address",
        both(rule("two", "tcp", 5, 5, "10.0.1.200/32"), regional),
        ("app", TWO, 5),
        {},
        BLOCKED,
    ),
    # Network ACLs
    (
        "100 deny before 200 allow",
        acl_of(
            "public", entry(100, False, "6", "deny", ANY, 443, 443), entry(200, False, "-1", "allow", ANY), *ALLOW_OUT
        ),
        (None, WEB, 443),
        {},
        BLOCKED,
    ),
    (
        "200 deny after 100 allow",
        acl_of("public", entry(200, False, "6", "deny", ANY, 443, 443), *ALLOW_IN, *ALLOW_OUT),
        (None, WEB, 443),
        {},
        DELIVERED,
    ),
    ("no entry means no", acl_of("public"), (None, WEB, 443), {}, BLOCKED),
    ("no way out for the reply", acl_of("public", *ALLOW_IN), (None, WEB, 443), {}, BLOCKED),
    (
        "no reply is needed",
        both(only_rule("web", "icmp", 3, 4, ANY), acl_of("public", *ALLOW_IN)),
        (None, WEB, ICMP_TOO_BIG),
        ICMP,
        DELIVERED,
    ),
    (
        "a part of the client ports: inside",
        acl_of("public", *ALLOW_IN, entry(100, True, "6", "allow", ANY, 32768, 60999)),
        (None, WEB, 443),
        {"client": 40000},
        DELIVERED,
    ),
    (
        "a part of the client ports: outside",
        acl_of("public", *ALLOW_IN, entry(100, True, "6", "allow", ANY, 32768, 60999)),
        (None, WEB, 443),
        {"client": 61000},
        BLOCKED,
    ),
    (
        "source ports do not count",
        acl_of("public", *ALLOW_IN, entry(100, True, "6", "allow", ANY, 443, 443)),
        (None, WEB, 443),
        {},
        BLOCKED,
    ),
    (
        "not asked inside one subnet",
        both(acl_of("private"), rule("two", "-1", None, None, ANY)),
        ("app", TWO, 80),
        {},
        DELIVERED,
    ),
    (
        "an IPv4 entry is not for IPv6",
        acl_of("public", entry(1, False, "-1", "allow", ANY), entry(1, True, "-1", "allow", ANY)),
        (None, WEB6, 443),
        {},
        BLOCKED,
    ),
    (
        "the VPC's default where no ACL names the subnet",
        lambda network: find(network, "acl-a").update(Associations=[]),
        (None, WEB, 443),
        {},
        DELIVERED,
    ),
    ("no ACL in the data", without("NetworkAcls"), (None, WEB, 443), {}, UNKNOWN),
    ("no ACL in the data, and no rule", without("NetworkAcls"), (None, WEB, 80), {}, BLOCKED),
    (
        "icmp type and code",
        both(
            only_rule("web", "icmp", 8, 0, ANY),
            acl_of("public", entry(1, False, "1", "allow", ANY, 8, 0), entry(1, True, "1", "allow", ANY, 0, -1)),
        ),
        (None, WEB, ICMP_ECHO),
        ICMP,
        DELIVERED,
    ),
    (
        "icmp reply of another type",
        both(
            only_rule("web", "icmp", 8, 0, ANY),
            acl_of("public", entry(1, False, "1", "allow", ANY, 8, 0), entry(1, True, "1", "allow", ANY, 8, 0)),
        ),
        (None, WEB, ICMP_ECHO),
        ICMP,
        BLOCKED,
    ),
    (
        "icmpv6 type and code",
        both(
            only_rule("web", "icmpv6", -1, -1, ANY6),
            acl_of("public", entry(1, False, "58", "allow", ANY6, 128, 0), entry(1, True, "58", "allow", ANY6, 129, 0)),
        ),
        (None, WEB6, ICMPV6_ECHO),
        ICMPV6,
        DELIVERED,
    ),
    (
        "58 with an IPv4 CIDR is no IPv6",
        both(
            only_rule("web", "icmpv6", -1, -1, ANY6),
            acl_of("public", entry(1, False, "58", "allow", ANY, -1, -1), *ALLOW_OUT),
        ),
        (None, WEB6, ICMPV6_ECHO),
        ICMPV6,
        BLOCKED,
    ),
    (
        "protocol 47 both ways",
        both(
            only_rule("web", "47", None, None, ANY),
            acl_of("public", entry(1, False, "47", "allow", ANY), entry(1, True, "47", "allow", ANY)),
        ),
        (None, WEB, 0),
        GRE,
        DELIVERED,
    ),
    (
        "the private subnet sees the internet's address",
        acl_of("private", entry(1, False, "6", "allow", "10.0.0.0/16", 1024, 65535), *ALLOW_OUT),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    (
        "the NAT's subnet: the request goes in",
        acl_of("public", entry(1, False, "6", "allow", ANY, 1024, 65535), *ALLOW_OUT),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    (
        "the NAT's subnet: the reply comes to the NAT's port",
        acl_of(
            "public",
            entry(1, False, "6", "allow", ANY, 80, 80),
            entry(2, False, "6", "allow", ANY, 2000, 2000),
            *ALLOW_OUT,
        ),
        ("app", HOST, 80),
        {},
        DELIVERED,
    ),
    (
        "the NAT's subnet: another port than the NAT's",
        acl_of(
            "public",
            entry(1, False, "6", "allow", ANY, 80, 80),
            entry(2, False, "6", "allow", ANY, 40000, 40000),
            *ALLOW_OUT,
        ),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    # Route tables
    ("the main table where no other is associated", unrouted("main", ANY), ("app", HOST, 80), {}, BLOCKED),
    ("an explicit association beats the main table", unrouted("main", ANY), (None, WEB, 443), {}, DELIVERED),
    ("no route table in the data", without("RouteTables"), ("app", HOST, 80), {}, UNKNOWN),
    ("no route table for the reply", without("RouteTables"), (None, WEB, 443), {}, UNKNOWN),
    ("no route table for the reply, but a closed port", without("RouteTables"), (None, WEB, 80), {}, BLOCKED),
    ("0.0.0.0/0 says nothing of IPv6", unrouted("main", ANY6), ("app", HOST6, 80), {}, BLOCKED),
    (
        "a black hole is not passed over",
        routed("public", "203.0.113.0/24", "tgw-1", State="blackhole"),
        ("web", HOST, 80),
        {},
        BLOCKED,
    ),
    (
        "the longest prefix, before a black hole",
        both(
            routed("public", "203.0.113.0/24", "tgw-1", State="blackhole"), routed("public", "203.0.113.0/25", "igw-a")
        ),
        ("web", HOST, 80),
        {},
        DELIVERED,
    ),
    (
        "static before propagated",
        routed("public", "203.0.113.0/24", "vgw-1", Origin="EnableVgwRoutePropagation"),
        ("web", HOST, 80),
        {},
        UNKNOWN,
    ),
    (
        "static before propagated on a tie",
        lambda network: find(network, "rtb-public")["Routes"].append(
            {
                "DestinationCidrBlock": ANY,
                "GatewayId": "vgw-1",
                "Origin": "EnableVgwRoutePropagation",
                "State": "active",
            }
        ),
        ("web", HOST, 80),
        {},
        DELIVERED,
    ),
    (
        "a prefix list's entry is longer than 0/0",
        both(routed("public", "pl-1", "tgw-1"), prefix_list("pl-1", "203.0.113.0/24")),
        ("web", HOST, 80),
        {},
        UNKNOWN,
    ),
    (
        "a prefix list loses a tie",
        both(routed("public", "pl-1", "tgw-1"), prefix_list("pl-1", ANY)),
        ("web", HOST, 80),
        {},
        DELIVERED,
    ),
    (
        "a prefix list of other networks",
        both(routed("public", "pl-1", "tgw-1"), prefix_list("pl-1", "192.0.2.0/24")),
        ("web", HOST, 80),
        {},
        DELIVERED,
    ),
    ("a prefix list without entries in the data", routed("public", "pl-1", "tgw-1"), ("web", HOST, 80), {}, UNKNOWN),
    ("the same to the same target", routed("public", "pl-1", "igw-a"), ("web", HOST, 80), {}, DELIVERED),
    ("the same inside the VPC", routed("public", "pl-1", "tgw-1"), ("web", APP, 8080), {}, DELIVERED),
    (
        "the same against a single address",
        both(routed("public", "pl-1", "tgw-1"), routed("public", HOST + "/32", "igw-a")),
        ("web", HOST, 80),
        {},
        DELIVERED,
    ),
    ("a transit gateway", routed("public", "203.0.113.0/24", "tgw-1"), ("web", HOST, 80), {}, UNKNOWN),
    (
        "a transit gateway past a closed group",
        both(routed("main", "10.1.0.0/16", "tgw-1"), no_rules("data")),
        ("app", DATA, 5432),
        {},
        BLOCKED,
    ),
    ("a transit gateway to an open port", routed("main", "10.1.0.0/16", "tgw-1"), ("app", DATA, 5432), {}, UNKNOWN),
    (
        "a transit gateway to a stopped instance",
        both(routed("main", "10.1.0.0/16", "tgw-1"), state("i-data", "stopped")),
        ("app", DATA, 5432),
        {},
        BLOCKED,
    ),
    (
        "a transit gateway from a closed ACL",
        both(routed("main", "10.1.0.0/16", "tgw-1"), acl_of("private")),
        ("app", DATA, 5432),
        {},
        BLOCKED,
    ),
    ("the reply by a transit gateway", routed("data", "10.0.0.0/16", "tgw-1"), ("app", DATA, 5432), {}, UNKNOWN),
    (
        "the reply by a transit gateway, but no rule",
        routed("data", "10.0.0.0/16", "tgw-1"),
        ("app", DATA, 22),
        {},
        BLOCKED,
    ),
    ("a firewall endpoint inside the VPC", routed("public", "10.0.2.0/24", "vpce-1"), ("web", APP, 8080), {}, UNKNOWN),
    (
        "not inside the same subnet",
        both(routed("main", "10.0.2.0/24", "vpce-1"), rule("two", "-1", None, None, ANY)),
        ("app", TWO, 80),
        {},
        DELIVERED,
    ),
    (
        "more specific than local, to NAT",
        both(routed("public", "10.0.2.0/24", "nat-a")),
        ("web", APP, 8080),
        {},
        BLOCKED,
    ),
    (
        "the local route retargeted to an interface",
        lambda network: find(network, "rtb-public")["Routes"].__setitem__(
            0,
            {
                "DestinationCidrBlock": "10.0.0.0/16",
                "NetworkInterfaceId": "eni-two",
                "Origin": "CreateRouteTable",
                "State": "active",
            },
        ),
        ("web", APP, 8080),
        {},
        BLOCKED,
    ),
    ("the reply asymmetric inside the VPC", routed("main", "10.0.1.0/24", "nat-a"), ("web", APP, 8080), {}, BLOCKED),
    ("nobody has the address", nothing, ("web", "10.0.2.99", 80), {}, BLOCKED),
    (
        "the same address in a VPC that is not joined",
        both(third_vpc, rule("other", "-1", None, None, ANY)),
        ("web", APP, 8080),
        {"receiver": "eni-other"},
        BLOCKED,
    ),
    # Internet gateways
    ("no public address", both(routed("main", ANY, "igw-a")), ("app", HOST, 80), {}, BLOCKED),
    (
        "an elastic address on the primary",
        both(routed("main", ANY, "igw-a"), public("eni-app", "3.0.0.20")),
        ("app", HOST, 80),
        {},
        DELIVERED,
    ),
    (
        "an elastic address on the other address",
        both(routed("main", ANY, "igw-a"), secondary("eni-app", "10.0.2.11", "3.0.0.21")),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    (
        "the same from that address",
        both(routed("main", ANY, "igw-a"), secondary("eni-app", "10.0.2.11", "3.0.0.21")),
        ("app", HOST, 80),
        {"source": "10.0.2.11"},
        DELIVERED,
    ),
    ("a detached gateway", values("igw-a", Attachments=[]), (None, WEB, 443), {}, BLOCKED),
    (
        "a gateway of another VPC",
        values("igw-a", Attachments=[{"VpcId": "vpc-b", "State": "available"}]),
        ("web", HOST, 80),
        {},
        BLOCKED,
    ),
    ("a gateway that is not in the data", without("InternetGateways"), (None, WEB, 443), {}, UNKNOWN),
    ("a gateway that is not in the data, outwards", without("InternetGateways"), ("web", HOST, 80), {}, UNKNOWN),
    (
        "the same without a public address",
        both(without("InternetGateways"), routed("main", ANY, "igw-a")),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    ("nothing is mapped to the address", nothing, (None, "3.0.0.99", 443), {"receiver": "eni-web"}, BLOCKED),
    (
        "private addresses do not pass",
        both(routed("public", "172.16.0.0/12", "igw-a")),
        ("web", "172.16.0.1", 80),
        {},
        BLOCKED,
    ),
    ("carrier-grade NAT addresses do not pass", nothing, ("web", "100.64.0.1", 80), {}, BLOCKED),
    ("the reply leaves by NAT", routed("public", ANY, "nat-a"), (None, WEB, 443), {}, BLOCKED),
    (
        "the reply leaves by a transit gateway",
        routed("public", "203.0.113.0/24", "tgw-1"),
        (None, WEB, 443),
        {},
        BLOCKED,
    ),
    ("the reply has no route", unrouted("public", ANY), (None, WEB, 443), {}, BLOCKED),
    (
        "no reply is needed, no route",
        both(unrouted("public", ANY), only_rule("web", "icmp", 3, 4, ANY)),
        (None, WEB, ICMP_TOO_BIG),
        ICMP,
        DELIVERED,
    ),
    ("IPv6 in needs its own route", unrouted("public", ANY6), (None, WEB6, 443), {}, BLOCKED),
    ("IPv6 in", nothing, (None, WEB6, 443), {}, DELIVERED),
    ("IPv6 from the egress-only side", rule("app", "-1", None, None, ANY6), (None, APP6, 80), {}, BLOCKED),
    ("IPv6 out by the egress-only gateway", nothing, ("app", HOST6, 80), {}, DELIVERED),
    (
        "a detached egress-only gateway",
        values("eigw-a", Attachments=[{"VpcId": "vpc-a", "State": "detached"}]),
        ("app", HOST6, 80),
        {},
        BLOCKED,
    ),
    (
        "an egress-only gateway that is not in the data",
        without("EgressOnlyInternetGateways"),
        ("app", HOST6, 80),
        {},
        UNKNOWN,
    ),
    ("DenyAllIgwTraffic", values("eni-web", DenyAllIgwTraffic=True), (None, WEB6, 443), {}, BLOCKED),
    ("DenyAllIgwTraffic is for IPv6", values("eni-web", DenyAllIgwTraffic=True), (None, WEB, 443), {}, DELIVERED),
    ("a hairpin to a public address", nothing, ("app", WEB, 443), {}, DELIVERED),
    (
        "a hairpin that admits NAT's address only",
        only_rule("web", "tcp", 443, 443, "3.0.0.200/32"),
        ("app", WEB, 443),
        {},
        DELIVERED,
    ),
    (
        "a hairpin is not from the private address",
        only_rule("web", "tcp", 443, 443, "10.0.0.0/8"),
        ("app", WEB, 443),
        {},
        BLOCKED,
    ),
    (
        "a hairpin into the other VPC",
        rule("data", "tcp", 443, 443, "3.0.0.10/32"),
        ("web", "3.0.0.30", 443),
        {},
        DELIVERED,
    ),
    ("its own public address", only_rule("web", "tcp", 443, 443, "3.0.0.10/32"), ("web", WEB, 443), {}, DELIVERED),
    (
        "its own public address without a rule for it",
        only_rule("web", "tcp", 443, 443, "sg-web"),
        ("web", WEB, 443),
        {},
        BLOCKED,
    ),
    ("its own private address", both(no_rules("app"), acl_of("private")), ("app", APP, 1), {}, DELIVERED),
    ("an edge route to an endpoint", edge(("10.0.1.0/24", "vpce-1")), (None, WEB, 443), {}, UNKNOWN),
    ("an edge route to an endpoint, but no rule", edge(("10.0.1.0/24", "vpce-1")), (None, WEB, 80), {}, BLOCKED),
    ("an edge route for another subnet", edge(("10.0.2.0/24", "vpce-1")), (None, WEB, 443), {}, DELIVERED),
    ("an edge route for the reply", edge(("10.0.1.0/24", "vpce-1")), ("web", HOST, 80), {}, UNKNOWN),
    # Block public access
    ("access blocked both ways: in", blocked_access("vpc-a", "block-bidirectional"), (None, WEB, 443), {}, BLOCKED),
    ("access blocked both ways: NAT", blocked_access("vpc-a", "block-bidirectional"), ("app", HOST, 80), {}, BLOCKED),
    (
        "access blocked both ways: egress-only",
        blocked_access("vpc-a", "block-bidirectional"),
        ("app", HOST6, 80),
        {},
        BLOCKED,
    ),
    ("access blocked inwards: in", blocked_access("vpc-a", "block-ingress"), (None, WEB, 443), {}, BLOCKED),
    ("access blocked inwards: replies", blocked_access("vpc-a", "block-ingress"), ("web", HOST, 80), {}, BLOCKED),
    ("access blocked inwards: NAT", blocked_access("vpc-a", "block-ingress"), ("app", HOST, 80), {}, DELIVERED),
    (
        "access blocked inwards: egress-only",
        blocked_access("vpc-a", "block-ingress"),
        ("app", HOST6, 80),
        {},
        DELIVERED,
    ),
    (
        "access blocked, subnet excluded",
        both(blocked_access("vpc-a", "block-bidirectional"), blocked_access("subnet-public", "off")),
        (None, WEB, 443),
        {},
        DELIVERED,
    ),
    (
        "access blocked, private traffic",
        blocked_access("vpc-a", "block-bidirectional"),
        ("web", APP, 8080),
        {},
        DELIVERED,
    ),
    # NAT gateways
    ("out by NAT", nothing, ("app", HOST, 80), {}, DELIVERED),
    ("out by NAT: ping", nothing, ("app", HOST, ICMP_ECHO), ICMP, DELIVERED),
    ("out by NAT: protocol 47", nothing, ("app", HOST, 0), GRE, BLOCKED),
    ("NAT that is not available", values("nat-a", State="pending"), ("app", HOST, 80), {}, BLOCKED),
    ("NAT that is not in the data", without("NatGateways"), ("app", HOST, 80), {}, UNKNOWN),
    ("private NAT to the internet", values("nat-a", ConnectivityType="private"), ("app", HOST, 80), {}, BLOCKED),
    ("NAT in a subnet that leads to itself", routed("public", ANY, "nat-a"), ("app", HOST, 80), {}, BLOCKED),
    ("NAT without a way out", unrouted("public", ANY), ("app", HOST, 80), {}, BLOCKED),
    ("NAT accepts nothing", nothing, (None, "3.0.0.200", 443), {}, BLOCKED),
    ("NAT accepts nothing from inside", nothing, ("app", "10.0.1.200", 443), {}, BLOCKED),
    ("NAT without its interface in the data", without_record("eni-nat"), ("app", HOST, 80), {}, DELIVERED),
    ("NAT over the peering", both(routed("main", "10.1.0.0/16", "nat-a")), ("app", DATA, 5432), {}, DELIVERED),
    (
        "NAT over the peering without a return route",
        both(routed("main", "10.1.0.0/16", "nat-a"), unrouted("data", "10.0.0.0/16")),
        ("app", DATA, 5432),
        {},
        DELIVERED,
    ),
    (
        "the same needs the ACL",
        both(routed("main", "10.1.0.0/16", "nat-a"), unrouted("data", "10.0.0.0/16"), acl_of("data", *ALLOW_IN)),
        ("app", DATA, 5432),
        {},
        BLOCKED,
    ),
    ("the peer's NAT", both(routed("public", "203.0.113.0/24", "pcx-ab")), ("web", HOST, 80), {}, BLOCKED),
    ("regional NAT", regional, ("app", HOST, 80), {}, DELIVERED),
    ("regional NAT without a route", both(regional, unrouted("nat", ANY)), ("app", HOST, 80), {}, BLOCKED),
    ("regional NAT without its table", both(regional, without_record("rtb-nat")), ("app", HOST, 80), {}, UNKNOWN),
    ("regional NAT asks no ACL of a subnet", both(regional, acl_of("public")), ("app", HOST, 80), {}, DELIVERED),
    # Peering
    ("over the peering", nothing, ("app", DATA, 5432), {}, DELIVERED),
    ("over the peering, IPv6", nothing, ("app", DATA6, 5432), {}, DELIVERED),
    ("the peering waits", peered("pending-acceptance"), ("app", DATA, 5432), {}, BLOCKED),
    ("the peering is not in the data", without("VpcPeeringConnections"), ("app", DATA, 5432), {}, UNKNOWN),
    (
        "no route there",
        both(unrouted("main", "10.1.0.0/16"), unrouted("public", "10.1.0.0/16")),
        ("app", DATA, 5432),
        {},
        BLOCKED,
    ),
    ("no route there but the NAT gateway's", unrouted("main", "10.1.0.0/16"), ("app", DATA, 5432), {}, DELIVERED),
    ("no route back", unrouted("data", "10.0.0.0/16"), ("app", DATA, 5432), {}, BLOCKED),
    ("no IPv6 route back", unrouted("data", "2600:a::/56"), ("app", DATA6, 5432), {}, BLOCKED),
    ("the ACL on the other side", acl_of("data", *ALLOW_OUT), ("app", DATA, 5432), {}, BLOCKED),
    ("the ACL on this side, for the reply", acl_of("private", *ALLOW_OUT), ("app", DATA, 5432), {}, BLOCKED),
    (
        "the peer VPC is not in the data",
        both(without_record("eni-data"), without_record("vpc-b")),
        ("app", DATA, 5432),
        {},
        UNKNOWN,
    ),
    # Instances and interfaces
    ("the target is stopped", state("i-web", "stopped"), (None, WEB, 443), {}, BLOCKED),
    ("the target is pending", state("i-web", "pending"), (None, WEB, 443), {}, BLOCKED),
    ("the sender is stopped", state("i-app", "stopped"), ("app", HOST, 80), {}, BLOCKED),
    ("the instance is not in the data", without("Reservations"), (None, WEB, 443), {}, DELIVERED),
    ("an interface on its own", values("eni-web", Status="available"), (None, WEB, 443), {}, BLOCKED),
    (
        "a managed interface without groups sends",
        values("eni-two", Groups=[], InterfaceType="network_load_balancer"),
        ("two", APP, ICMP_ECHO),
        ICMP,
        DELIVERED,
    ),
    (
        "what a load balancer takes is decided by its listeners",
        values("eni-two", Groups=[], InterfaceType="network_load_balancer"),
        ("app", TWO, 443),
        {},
        UNKNOWN,
    ),
    ("a middlebox that checks", middlebox(), ("app", "192.0.2.1", 80), {}, BLOCKED),
    (
        "a middlebox that does not",
        both(middlebox(), values("eni-two", SourceDestCheck=False), rule("two", "-1", None, None, ANY)),
        ("app", "192.0.2.1", 80),
        {},
        UNKNOWN,
    ),
    (
        "a middlebox whose group says no",
        both(middlebox(), values("eni-two", SourceDestCheck=False)),
        ("app", "192.0.2.1", 80),
        {},
        BLOCKED,
    ),
    (
        "a middlebox that is stopped",
        both(middlebox(), values("eni-two", SourceDestCheck=False), state("i-two", "stopped")),
        ("app", "192.0.2.1", 80),
        {},
        BLOCKED,
    ),
    # NAT instances: no source/destination check, a public address, on a route towards the internet
    ("a NAT instance", nat_instance, ("app", HOST, 80), {}, DELIVERED),
    ("a NAT instance carries other protocols, too", nat_instance, ("app", HOST, 0), GRE, DELIVERED),
    (
        "a NAT instance that checks",
        both(nat_instance, values("eni-web", SourceDestCheck=True)),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    ("a NAT instance whose group takes nothing", both(nat_instance, no_rules("web")), ("app", HOST, 80), {}, BLOCKED),
    (
        "a NAT instance whose group knows its client's",
        both(nat_instance, only_rule("web", "tcp", 80, 80, "sg-app")),
        ("app", HOST, 80),
        {},
        DELIVERED,
    ),
    (
        "a NAT instance whose group lets nothing out",
        both(nat_instance, only_rule("web", "-1", None, None, "10.0.0.0/8", egress=True)),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    ("a NAT instance that is stopped", both(nat_instance, state("i-web", "stopped")), ("app", HOST, 80), {}, BLOCKED),
    (
        "a NAT instance's ACL, for the reply to the client",
        both(nat_instance, acl_of("public", *ALLOW_IN, entry(1, True, "-1", "allow", "203.0.113.0/24"))),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
    ("without a public address it is opaque", both(nat_instance, unpublished), ("app", HOST, 80), {}, UNKNOWN),
    (
        "a NAT instance under blocked ingress",
        both(nat_instance, blocked_access("vpc-a", "block-ingress")),
        ("app", HOST, 80),
        {},
        BLOCKED,
    ),
]


@pytest.mark.parametrize(
    "change, question, more, expected", [pytest.param(*each[1:], id=each[0]) for each in SCENARIOS]
)
def test_scenario(change, question, more, expected):
    network = lab()
    change(network)
    outcome = ask(network, *question, **more)
    assert outcome.verdict == expected, outcome.reason


def test_scenarios_have_names_of_their_own():
    names = [each[0] for each in SCENARIOS]
    assert len(names) == len(set(names))


def test_addresses_that_are_not_the_senders_are_refused():
    with pytest.raises(ValueError, match="not an address of"):
        evaluate(lab(), Packet("10.9.9.9", APP, 6, 40000, 80), "eni-web", "eni-app")


def test_a_peering_in_a_region_of_its_own_still_carries_cidr_rules():
    network = lab()
    far = peering()
    far["AccepterVpcInfo"]["Region"] = "us-east-1"
    network["VpcPeeringConnections"] = [far]
    assert ask(network, "app", DATA, 5432).verdict == DELIVERED


def test_gateway_is_found_by_the_vpc_that_it_is_attached_to():
    network = lab()
    network["InternetGateways"] = [gateway("b")]
    assert ask(network, None, WEB, 443).verdict == UNKNOWN
    remove_route(network, "public", ANY)
    remove_route(network, "public", ANY6)
    assert ask(network, None, WEB, 443).verdict == BLOCKED


# ---------------------------------------- the generator


@pytest.fixture(scope="module")
def outcomes():
    """Every outcome of ten questions to each of many networks, with what was asked."""
    found = []
    for seed in range(120):
        rng = random.Random(seed)
        network = random_network(rng)
        for question in random_questions(rng, network, 10):
            found += [
                (question, packet, evaluate(network, packet, question.sender, question.receiver))
                for packet in question.sample_packets(rng, 2)
            ]
    return found


def test_every_outcome_comes_up_often_enough(outcomes):
    verdicts = Counter(outcome.verdict for _, _, outcome in outcomes)
    total = sum(verdicts.values())
    assert total > 1000
    assert verdicts[DELIVERED] / total > 0.2
    assert verdicts[BLOCKED] / total > 0.4
    assert verdicts[UNKNOWN] / total > 0.03


def test_every_cause_comes_up(outcomes):
    reasons = " | ".join(outcome.reason for _, _, outcome in outcomes)
    for part in (
        "admits this (ingress)",
        "admits this (egress)",
        "denies ingress",
        "denies egress",
        "has no route to",
        "black hole",
        "has no public address",
        "is stopped",
        "not attached to anything",
        "the reply leaves by",
        "nothing has the address",
        "public access of",
        "a NAT gateway accepts no connection",
        "does not carry protocol",
        "source/destination check on",
        "takes nothing from the internet",
        "not in the data (ingress)",
        "decides",
        "several possible routes",
    ):
        assert part in reasons, part


def test_both_families_and_every_kind_of_question_come_up(outcomes):
    kinds = Counter((q.sender is None, q.receiver is None, q.version) for q, _, _ in outcomes)
    assert {
        (True, False, 4),
        (True, False, 6),
        (False, True, 4),
        (False, True, 6),
        (False, False, 4),
        (False, False, 6),
    } <= set(kinds)
    assert min(kinds.values()) > 40
    ports = {question.port for question, _, _ in outcomes}
    assert {"icmp", "all", "proto:47", "proto:50", "icmp:3/4", "53/udp", "443/tcp"} <= ports


def test_every_kind_of_record_and_every_odd_shape_comes_up():
    seen = Counter()
    for seed in range(120):
        network = random_network(random.Random(seed))
        seen.update(kind for kind, records in network.items() if records)
        for table_record in network.get("RouteTables") or []:
            seen.update("edge" for each in table_record["Associations"] if each.get("GatewayId"))
            seen.update(key for each in table_record["Routes"] for key in each)
            seen.update(each["Origin"] for each in table_record["Routes"])
            seen.update(each.get("State") for each in table_record["Routes"])
        for each in network["NetworkInterfaces"]:
            seen.update(key for key, value in each.items() if value)
            seen.update([each["InterfaceType"], f"{len(each['Groups'])} groups", each["Status"]])
        for each in network.get("NatGateways") or []:
            seen.update([each["ConnectivityType"], each.get("AvailabilityMode"), each["State"]])
        for each in network.get("VpcPeeringConnections") or []:
            seen.update([each["Status"]["Code"]])
        for each in network["Vpcs"]:
            seen.update([each.get("BlockPublicAccessStates", {}).get("InternetGatewayBlockMode")])
            seen.update(["second CIDR"] if len(each["CidrBlockAssociationSet"]) > 1 else [])
        for each in network.get("SecurityGroups") or []:
            for permission in each["IpPermissions"]:
                seen.update(
                    [permission["IpProtocol"]]
                    + [key for key, value in permission.items() if isinstance(value, list) and value]
                )
    wanted = (
        "edge DestinationPrefixListId EnableVgwRoutePropagation CreateRoute blackhole active TransitGatewayId "
        "NatGatewayId EgressOnlyInternetGatewayId VpcPeeringConnectionId NetworkInterfaceId Ipv4Prefixes "
        "Ipv6Prefixes DenyAllIgwTraffic nat_gateway network_load_balancer available in-use private public "
        "regional zonal pending pending-acceptance deleted block-ingress block-bidirectional off tcp udp icmp "
        "icmpv6 -1 47 50 UserIdGroupPairs PrefixListIds Ipv6Ranges SecurityGroupVpcAssociations "
        "EgressOnlyInternetGateways PrefixListEntries Addresses "
    )
    assert [each for each in [*wanted.split(), "second CIDR", "3 groups", "0 groups"] if not seen[each]] == []


def test_the_same_seed_makes_the_same_network():
    assert random_network(random.Random(7)) == random_network(random.Random(7))


def test_a_shuffled_network_is_the_same_network():
    for seed in range(25):
        rng = random.Random(seed)
        network = random_network(rng)
        other = shuffled(rng, network)
        assert other != network
        for question in random_questions(rng, network, 5):
            for packet in question.sample_packets(rng, 2):
                asked = (packet, question.sender, question.receiver)
                assert evaluate(network, *asked).verdict == evaluate(other, *asked).verdict


def test_samples_lie_inside_their_question(outcomes):
    for question, packet, _ in outcomes:
        assert question.holds(packet.source)
        assert packet.destination == question.destination
        assert packet.source_port == 0 or 1024 <= packet.source_port <= 65535


def test_generated_networks_are_such_as_aws_could_hold():
    for seed in range(60):
        network = random_network(random.Random(seed))
        for kind, key in (("Subnets", "CidrBlock"), ("Vpcs", "VpcId")):
            values_of = [(each["VpcId"], each[key]) for each in network[kind]]
            assert len(values_of) == len(set(values_of))
        addresses = [
            (e["VpcId"], p["PrivateIpAddress"]) for e in network["NetworkInterfaces"] for p in e["PrivateIpAddresses"]
        ]
        addresses += [(e["VpcId"], p["Ipv6Address"]) for e in network["NetworkInterfaces"] for p in e["Ipv6Addresses"]]
        assert len(addresses) == len(set(addresses))
        attached = [a["VpcId"] for g in network.get("InternetGateways") or [] for a in g["Attachments"]]
        assert len(attached) == len(set(attached))
        subnets = [a["SubnetId"] for each in network.get("NetworkAcls") or [] for a in each["Associations"]]
        assert len(subnets) == len(set(subnets))
        for each in network.get("NetworkAcls") or []:
            numbers = [(e["RuleNumber"], e["Egress"]) for e in each["Entries"]]
            assert len(numbers) == len(set(numbers))


# ---------------------------------------- commands


def run(command, change=nothing):
    """The lab after a change and a command."""
    network = lab()
    change(network)
    before = copy.deepcopy(network)
    after = apply_command(network, command)
    assert network == before, "the network that was given has changed"
    return after


def stopped(network):
    """The web host is stopped."""
    state("i-web", "stopped")(network)


CLOSED = no_rules("web")
HERE = "203.0.113.0/24"
WORKS = [
    # (what was wrong, the command, the question that is answered then)
    (
        CLOSED,
        "authorize-security-group-ingress --group-id sg-web --protocol tcp --port 443 --cidr 0.0.0.0/0",
        (None, WEB, 443),
    ),
    (
        CLOSED,
        "authorize-security-group-ingress --group-id sg-web --protocol tcp --port 440-450 --cidr 203.0.113.5/24",
        (None, WEB, 443),
    ),
    (
        CLOSED,
        "authorize-security-group-ingress --group-id=sg-web --protocol=all --cidr=0.0.0.0/0 --region eu-west-1",
        (None, WEB, 443),
    ),
    (
        CLOSED,
        (
            "authorize-security-group-ingress --group-id sg-web --ip-permissions "
            "IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0,Description='all of "
            "it'}],Ipv6Ranges=[{CidrIpv6=::/0}]"
        ),
        (None, WEB6, 443),
    ),
    (
        CLOSED,
        "authorize-security-group-ingress --group-id sg-web --ip-permissions "
        + shlex.quote(
            json.dumps([{"IpProtocol": "6", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": HERE}]}])
        ),
        (None, WEB, 443),
    ),
    (
        CLOSED,
        (
            "authorize-security-group-ingress --group-id sg-web --profile x --ip-permissions "
            "IpProtocol=udp,FromPort=1,ToPort=2,IpRanges=[{CidrIp=10.0.0.0/8}] "
            "IpProtocol=-1,Ipv6Ranges=[{CidrIpv6=2001:db8::/32}]"
        ),
        (None, WEB6, 443),
    ),
    (
        no_rules("app"),
        "authorize-security-group-ingress --group-id sg-app --protocol tcp --port 8080 --source-group sg-web",
        ("web", APP, 8080),
    ),
    (
        no_rules("data"),
        (
            "authorize-security-group-ingress --group-id sg-data --ip-permissions "
            "IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-app,UserId=111111111111}]"
        ),
        ("app", DATA, 5432),
    ),
    (
        both(CLOSED, prefix_list("pl-1", "203.0.113.0/24")),
        (
            "authorize-security-group-ingress --group-id sg-web --ip-permissions "
            "IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{PrefixListId=pl-1}]"
        ),
        (None, WEB, 443),
    ),
    (
        only_rule("app", "tcp", 1, 1, ANY, egress=True),
        (
            "authorize-security-group-egress --group-id sg-app --ip-permissions "
            "IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]"
        ),
        ("app", HOST, 80),
    ),
    (
        acl_of("public", *ALLOW_OUT),
        (
            "create-network-acl-entry --network-acl-id acl-public --ingress --rule-number 7 --protocol tcp "
            "--port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow"
        ),
        (None, WEB, 443),
    ),
    (
        acl_of("public", *ALLOW_IN),
        (
            "create-network-acl-entry --network-acl-id acl-public --egress --rule-number 7 --protocol 6 "
            "--port-range From=1024,To=65535 --ipv6-cidr-block ::/0 --rule-action allow"
        ),
        (None, WEB6, 443),
    ),
    (
        acl_of("public", entry(7, False, "-1", "deny", ANY), *ALLOW_OUT),
        (
            "replace-network-acl-entry --network-acl-id acl-public --ingress --rule-number 7 --protocol -1 "
            "--cidr-block 0.0.0.0/0 --rule-action allow"
        ),
        (None, WEB, 443),
    ),
    (
        acl_of("public", entry(7, False, "-1", "deny", ANY), *ALLOW_IN, *ALLOW_OUT),
        "delete-network-acl-entry --network-acl-id acl-public --ingress --rule-number 7",
        (None, WEB, 443),
    ),
    (
        unrouted("public", ANY),
        "create-route --route-table-id rtb-public --destination-cidr-block 0.0.0.0/0 --gateway-id igw-a",
        (None, WEB, 443),
    ),
    (
        unrouted("main", ANY),
        "create-route --route-table-id rtb-main --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-a",
        ("app", HOST, 80),
    ),
    (
        unrouted("main", ANY6),
        (
            "create-route --route-table-id rtb-main --destination-ipv6-cidr-block ::/0 "
            "--egress-only-internet-gateway-id eigw-a"
        ),
        ("app", HOST6, 80),
    ),
    (
        unrouted("data", "10.0.0.0/16"),
        (
            "create-route --route-table-id rtb-data --destination-cidr-block 10.0.2.0/24 "
            "--vpc-peering-connection-id pcx-ab"
        ),
        ("app", DATA, 5432),
    ),
    (
        routed("main", ANY, "tgw-1"),
        "replace-route --route-table-id rtb-main --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-a",
        ("app", HOST, 80),
    ),
    (
        routed("main", "203.0.113.0/24", "tgw-1"),
        "delete-route --route-table-id rtb-main --destination-cidr-block 203.0.113.0/24",
        ("app", HOST, 80),
    ),
]


@pytest.mark.parametrize(
    "change, command, question", WORKS, ids=[f"{n} {each[1].split(' --')[0]}" for n, each in enumerate(WORKS)]
)
def test_command_makes_it_work(change, command, question):
    network = lab()
    change(network)
    assert ask(network, *question).verdict != DELIVERED
    assert ask(run(f"aws ec2 {command}", change), *question).verdict == DELIVERED


def test_an_instance_is_started_and_waited_for():
    pending = run("aws ec2 start-instances --instance-ids i-web", stopped)
    assert ask(pending, None, WEB, 443).verdict == BLOCKED
    running = apply_command(pending, "aws ec2 wait instance-running --instance-ids i-web i-app")
    assert ask(running, None, WEB, 443).verdict == DELIVERED
    stopping = run("aws ec2 wait instance-stopped --instance-ids i-web", state("i-web", "stopping"))
    assert ask(stopping, None, WEB, 443).verdict == BLOCKED
    assert apply_command(stopping, "aws ec2 start-instances --instance-ids i-web") != stopping


SG_IN = "authorize-security-group-ingress --group-id sg-web"
ENTRY = "create-network-acl-entry --network-acl-id acl-a --ingress --rule-action allow"
ROUTE = "create-route --route-table-id rtb-public"
REFUSED = [
    "describe-vpcs",
    "authorise-security-group-ingress --group-id sg-web",
    "authorize-security-group-ingress --protocol tcp --port 80 --cidr 0.0.0.0/0",
    "authorize-security-group-ingress --group-id sg-none --protocol tcp --port 80 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 443 --cidr 0.0.0.0/0",  # already there
    f"{SG_IN} --protocol tcp --port 80",
    f"{SG_IN} --protocol tcp --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol icmpv6 --port -1 --cidr ::/0",
    f"{SG_IN} --protocol tcp --port 80 --cidr ::/0",
    f"{SG_IN} --protocol tcp --port 80 --cidr 1.2.3.4",
    f"{SG_IN} --protocol tcp --port 80 --cidr 1.2.3.0/33",
    f"{SG_IN} --protocol tcp --port 90-80 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 80,81 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 70000 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port all --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol icmp --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 80 --ipv6-cidr ::/0",
    f"{SG_IN} --protocol tcp --port 80 --source-group sg-none",
    f"{SG_IN} --protocol tcp --port 80 --cidr 0.0.0.0/0 --ip-permissions IpProtocol=-1,IpRanges=[{{CidrIp=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{Cidr=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=x,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=-1,PrefixListIds=[{{PrefixListId=pl-none}}]",
    f"{SG_IN} --ip-permissions IpProtocol=-1,IpRanges=[{{CidrIp=10.0.0.0/8}},{{CidrIp=10.0.0.0/8}}]",
    f"{SG_IN} --ip-permissions [{{]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}] --dry-run",
    "authorize-security-group-egress --group-id sg-web --protocol all --cidr 0.0.0.0/0",  # already there
    f"{ENTRY} --rule-number 100 --protocol -1 --cidr-block 0.0.0.0/0",  # already there
    f"{ENTRY} --rule-number 0 --protocol -1 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 32767 --protocol -1 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 6 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 6 --port-range 80 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 6 --port-range From=81,To=80 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 1 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 58 --ipv6-cidr-block ::/0",
    f"{ENTRY} --rule-number 5 --protocol gre --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol -1 --cidr-block ::/0",
    f"{ENTRY} --rule-number 5 --protocol -1",
    f"{ENTRY} --rule-number 5 --protocol -1 --cidr-block 0.0.0.0/0 --ipv6-cidr-block ::/0",
    f"{ENTRY} --rule-number 5 --protocol -1 --cidr-block 0.0.0.0/0 --egress",
    f"{ENTRY} --protocol -1 --cidr-block 0.0.0.0/0",
    (
        "create-network-acl-entry --network-acl-id acl-a --rule-action allow --rule-number 5 --protocol -1 "
        "--cidr-block 0.0.0.0/0"
    ),
    (
        "create-network-acl-entry --network-acl-id acl-x --egress --rule-action allow --rule-number 5 "
        "--protocol -1 --cidr-block 0.0.0.0/0"
    ),
    (
        "create-network-acl-entry --network-acl-id acl-a --egress --rule-action permit --rule-number 5 "
        "--protocol -1 --cidr-block 0.0.0.0/0"
    ),
    (
        "replace-network-acl-entry --network-acl-id acl-a --egress --rule-action allow --rule-number 5 "
        "--protocol -1 --cidr-block 0.0.0.0/0"
    ),
    "delete-network-acl-entry --network-acl-id acl-a --egress --rule-number 5",
    "delete-network-acl-entry --network-acl-id acl-a --egress --rule-number 32767",
    f"{ROUTE} --destination-cidr-block 0.0.0.0/0 --gateway-id igw-a",  # already there
    f"{ROUTE} --destination-cidr-block 203.0.113.5/24 --gateway-id igw-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id igw-b",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id igw-none",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id nat-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --nat-gateway-id nat-none",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --vpc-peering-connection-id pcx-none",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --network-interface-id eni-data",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --egress-only-internet-gateway-id eigw-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id igw-a --nat-gateway-id nat-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24",
    f"{ROUTE} --destination-cidr-block 10.0.2.0/25 --nat-gateway-id nat-a",
    f"{ROUTE} --destination-cidr-block 10.0.2.0/24 --gateway-id igw-a",
    f"{ROUTE} --destination-cidr-block 10.0.0.0/16 --nat-gateway-id nat-a",
    f"{ROUTE} --destination-prefix-list-id pl-none --nat-gateway-id nat-a",
    f"{ROUTE} --destination-ipv6-cidr-block 2001:db8::/32 --nat-gateway-id nat-a",
    f"{ROUTE} --gateway-id igw-a",
    f"{ROUTE} 203.0.113.0/24 --gateway-id igw-a",
    "create-route --route-table-id rtb-none --destination-cidr-block 1.0.0.0/8 --gateway-id igw-a",
    "create-route --destination-cidr-block 1.0.0.0/8 --gateway-id igw-a",
    "replace-route --route-table-id rtb-main --destination-cidr-block 203.0.113.0/24 --nat-gateway-id nat-a",
    "replace-route --route-table-id rtb-main --destination-cidr-block 10.0.0.0/16 --vpc-peering-connection-id pcx-ab",
    "delete-route --route-table-id rtb-main --destination-cidr-block 203.0.113.0/24",
    "delete-route --route-table-id rtb-main --destination-cidr-block 10.0.0.0/16",
    "start-instances --instance-ids i-none",
    "start-instances",
    "start-instances --instance-ids",
    "wait instance-stopped --instance-ids i-web",
    "wait instance-happy --instance-ids i-web",
    "wait --instance-ids i-web",
]


@pytest.mark.parametrize("command", REFUSED)
def test_command_is_refused(command):
    with pytest.raises(ValueError):  # noqa: PT011 - each of them says something else
        run(f"aws ec2 {command}")


def test_only_aws_ec2_is_understood():
    with pytest.raises(ValueError, match="not an aws ec2 command"):
        run("aws s3 ls")


def test_a_stopping_instance_cannot_be_started():
    with pytest.raises(ValueError, match="is stopping"):
        run("aws ec2 start-instances --instance-ids i-web", state("i-web", "stopping"))


def test_a_waiting_peering_gets_a_route_that_does_not_work_yet():
    change = both(unrouted("main", "10.1.0.0/16"), peered("pending-acceptance"))
    after = run(
        (
            "aws ec2 create-route --route-table-id rtb-main --destination-cidr-block 10.1.0.0/16 "
            "--vpc-peering-connection-id pcx-ab"
        ),
        change,
    )
    assert find(after, "rtb-main")["Routes"][-1]["State"] == "blackhole"
