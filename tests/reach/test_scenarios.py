"""Documented AWS facts, one small network each. The pages are those of the VPC, EC2 and peering guides."""

from __future__ import annotations

import pytest

from sgcheck.errors import AmbiguousNameError, UnknownNameError, UsageError
from tests.reach.lab import (
    ANY4,
    ANY6,
    acl,
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    group,
    ingress,
    instance,
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
    side,
    subnet,
    table,
    verdict,
)


def web(*permissions):
    return ingress(lab(), "sg-web", *permissions)


@pytest.mark.parametrize(
    ("rule", "port", "expected"),
    [
        (permission("-1", **ANY4), "443", "reachable"),
        (permission("-1", -1, -1, **ANY4), "53/udp", "reachable"),
        (permission("6", 443, **ANY4), "443", "reachable"),
        (permission("tcp", 0, 65535, **ANY4), "443", "reachable"),
        (permission("tcp", -1, -1, **ANY4), "443", "reachable"),
        (permission("tcp", 0, 0, **ANY4), "443", "blocked"),
        (permission("tcp", 0, 0, **ANY4), "0", "reachable"),
        (permission("tcp", 400, 442, **ANY4), "443", "blocked"),
        (permission("udp", 443, **ANY4), "443", "blocked"),
        (permission("50", 443, 443, **ANY4), "proto:50", "reachable"),
        (permission("50", **ANY4), "443", "blocked"),
        (permission("icmp", 8, 0, **ANY4), "icmp", "reachable"),
        (permission("icmp", 8, -1, **ANY4), "icmp", "reachable"),
        (permission("icmp", 3, 4, **ANY4), "icmp", "blocked"),
        (permission("icmp", 3, 4, **ANY4), "icmp:3/4", "reachable"),
        (permission("icmp", -1, -1, **ANY4), "icmp", "reachable"),
        (permission("tcp", 443, **cidr("0.0.0.0/1", "128.0.0.0/1")), "443", "reachable"),
        (permission("tcp", 443, **cidr("203.0.113.9/24")), "443", "partial"),
        (permission("-1", **ANY4), "all", "reachable"),
        (permission("tcp", 443, **ANY4), "all", "partial"),
    ],
)
def test_rule_shapes(rule, port, expected):
    """EC2 API, IpPermission."""
    assert verdict(web(rule), "0.0.0.0/0", "i-web", port) == expected


def test_rules_of_their_own_call_count_where_groups_have_none():
    """EC2 API, SecurityGroupRule: here an all-protocols rule has ports -1."""
    record = lab()
    found = find(record, "SecurityGroups", "sg-web")
    del found["IpPermissions"]
    record["SecurityGroupRules"] = [
        {
            "SecurityGroupRuleId": "sgr-1",
            "GroupId": "sg-web",
            "IsEgress": False,
            "IpProtocol": "-1",
            "FromPort": -1,
            "ToPort": -1,
        }
        | {"CidrIpv4": "0.0.0.0/0"}
    ]
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert answer.verdict.value == "reachable"
    assert "sgr-1" in {hop.by for hop in answer.answers[0].forward}
    record["SecurityGroups"].remove(found)
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"


def test_icmpv6_is_a_protocol_of_its_own():
    """EC2 API, IpPermission: icmpv6 without a range is all of it."""
    assert verdict(web(permission("icmpv6", **ANY6)), "::/0", "i-web", "icmp") == "reachable"
    answer = ask(web(permission("icmp", -1, -1, **ANY6)), "::/0", "i-web", "icmp")
    assert answer.verdict.value == "blocked"
    assert "icmpv6" in answer.answers[0].blockers[0].near_misses[0]


def test_families_never_match_each_other():
    """VPC guide, security-group-rules."""
    assert verdict(web(permission("tcp", 443, **ANY4)), "::/0", "i-web") == "blocked"
    assert verdict(web(permission("tcp", 443, **ANY6)), "0.0.0.0/0", "i-web") == "blocked"
    assert verdict(web(permission("tcp", 443, **ANY4)), "internet", "i-web") == "partial"


def test_prefix_lists_stand_for_their_entries():
    """VPC guide, managed-prefix-lists."""
    record = web(permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "203.0.113.0/24"}]}
    assert verdict(record, "203.0.113.7", "i-web") == "reachable"
    assert verdict(record, "8.8.8.8", "i-web") == "blocked"
    record["PrefixListEntries"] = {}
    assert verdict(record, "203.0.113.7", "i-web") == "unknown"
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "AddressFamily": "IPv6"}]
    assert verdict(record, "203.0.113.7", "i-web") == "blocked"


def test_sharing_a_group_allows_nothing_by_itself():
    """EC2 guide, security-group-rules-reference."""
    record = lab()
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-priv", "10.0.2.30", ["sg-db"]))
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-two", "State": {"Name": "running"}})
    assert verdict(record, "i-two", "i-db", "5432") == "blocked"
    ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-db")))
    assert verdict(record, "i-two", "i-db", "5432") == "reachable"


def test_a_reference_matches_every_private_address_of_a_member():
    """VPC guide, security-group-rules."""
    record = lab()
    found = find(record, "NetworkInterfaces", "eni-web")
    found["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.1.11", "Primary": False})
    found["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.1.64/28"}]
    assert verdict(record, "10.0.1.11", "i-db", "5432") == "reachable"
    assert verdict(record, "10.0.1.70", "i-db", "5432") == "reachable"
    assert verdict(record, "10.0.1.12", "i-db", "5432") == "blocked"


def test_a_reference_does_not_match_behind_nat_or_by_public_address():
    """VPC peering guide, security groups; EC2 guide."""
    record = web(permission("tcp", 443, **pair("sg-db")))
    answer = ask(record, "i-db", "198.51.100.7")
    assert codes(answer) == ["SG_REFERENCES_NOT_PRESERVED"]
    assert "198.51.100.9" in answer.answers[0].blockers[0].why


def test_a_deleted_group_of_another_vpc_matches_nothing():
    """EC2 API, UserIdGroupPair: no user id is returned for it."""
    gone = {"UserIdGroupPairs": [{"GroupId": "sg-gone", "VpcId": "vpc-9"}]}
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **gone))
    assert codes(ask(record, "i-peer", "i-db", "5432")) == ["SG_REFERENCE_STALE"]


def test_references_over_peering_need_one_region():
    """VPC peering guide, vpc-peering-security-groups."""
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **pair("sg-peer")))
    assert verdict(record, "i-peer", "i-db", "5432") == "reachable"
    found = find(record, "VpcPeeringConnections", "pcx-1")
    found["AccepterVpcInfo"] = side("vpc-9", "10.9.0.0/16", "eu-west-1")
    assert verdict(record, "i-peer", "i-db", "5432") == "blocked"


def test_a_group_of_another_vpc_works_where_it_is_associated():
    """VPC guide, security-group-assoc."""
    record = lab()
    record["SecurityGroups"].append(group("sg-far", [permission("tcp", 5432, **ANY4)], vpc="vpc-9"))
    record["SecurityGroupVpcAssociations"] = [{"GroupId": "sg-far", "VpcId": "vpc-1", "State": "associated"}]
    find(record, "NetworkInterfaces", "eni-db")["Groups"] = [{"GroupId": "sg-far"}]
    assert verdict(record, "10.0.1.99", "i-db", "5432") == "reachable"


def test_egress_rules_hold_the_sender_back():
    """VPC guide, security-group-rules: no egress rule, nothing out; replies pass all the same."""
    record = lab()
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = []
    assert codes(ask(record, "i-web", "i-db", "5432")) == ["SG_HAS_NO_RULES"]
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = [permission("tcp", 5432, **pair("sg-db"))]
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = [permission("tcp", 80, **pair("sg-peer"))]
    reroute(record, "rtb-pub", route("10.9.0.0/16", "pcx-1"))
    assert verdict(record, "i-web", "i-peer", "80") == "reachable"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([entry(100, False), entry(90, False, "deny", **ports(5432))], "blocked"),
        ([entry(90, False), entry(100, False, "deny", **ports(5432))], "reachable"),
        ([entry(100, False, **ports(5432, 5432, "17"))], "blocked"),
        ([entry(100, False, block="10.0.1.0/24", **ports(5432))], "reachable"),
        ([entry(100, False, block="10.0.1.11/32", **ports(5432))], "blocked"),
        ([entry(100, False, block="::/0")], "blocked"),
    ],
)
def test_acl_entries_in_their_order(wanted, expected):
    """VPC guide, vpc-network-acls: ascending by number, the first match decides."""
    assert verdict(entries(lab(), "acl-priv", *wanted, entry(100, True)), "i-web", "i-db", "5432") == expected


def test_an_acl_sees_nothing_inside_its_subnet():
    """VPC guide, vpc-network-acls."""
    record = entries(lab(), "acl-priv")
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-priv", "10.0.2.30", ["sg-web"]))
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-two", "State": {"Name": "running"}})
    assert verdict(record, "i-two", "i-db", "5432") == "reachable"
    assert verdict(record, "i-web", "i-db", "5432") == "blocked"


def test_acl_icmp_and_protocol_58():
    """EC2 API, CreateNetworkAclEntry: 58 with an IPv4 range is every type."""
    echo = {"Protocol": "1", "IcmpTypeCode": {"Type": 8, "Code": -1}}
    reply = {"Protocol": "1", "IcmpTypeCode": {"Type": 0, "Code": -1}}
    record = entries(lab(), "acl-pub", entry(100, False, **echo), entry(100, True, **reply))
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp") == "reachable"
    assert verdict(entries(lab(), "acl-pub", entry(100, False, **echo)), "0.0.0.0/0", "i-web", "icmp") == "blocked"
    odd = entry(100, False, Protocol="58", IcmpTypeCode={"Type": 1, "Code": 0})
    found = load(entries(lab(), "acl-pub", odd)).acls["acl-pub"].ingress
    assert found is not None
    assert found[0].services.describe() == ("icmpv6",)


def test_replies_need_the_whole_ephemeral_range():
    """VPC guide, custom-network-acl."""
    record = entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(32768, 60999)))
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert answer.verdict.value == "partial"
    assert answer.client_sees.value == "mixed"
    assert answer.answers[0].client_ports == ("32768-60999",)
    assert codes(answer) == ["RETURN_EPHEMERAL_PORTS_RESTRICTED"]
    assert verdict(record, "0.0.0.0/0", "i-web", client="linux") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", client="windows") == "partial"
    assert verdict(record, "0.0.0.0/0", "i-web", client="61000-65535") == "blocked"


def test_behind_nat_the_subnets_see_what_each_of_them_sees():
    """VPC guide, vpc-nat-gateway: the private subnet sees the internet's address, the NAT subnet both."""
    narrow = [entry(100, False, block="10.0.0.0/16"), entry(100, True)]
    assert verdict(entries(lab(), "acl-priv", *narrow), "i-db", "8.8.8.8") == "blocked"
    assert verdict(entries(lab(), "acl-pub", *narrow), "i-db", "8.8.8.8") == "blocked"
    flaky = entries(
        lab(), "acl-pub", entry(90, False, "deny", **ports(40000, 50000)), entry(100, False), entry(100, True)
    )
    answer = ask(flaky, "i-db", "8.8.8.8")
    assert answer.verdict.value == "partial"
    assert "RETURN_EPHEMERAL_PORTS_RESTRICTED" in codes(answer)


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([route("0.0.0.0/0", "nat-1")], "reachable"),
        ([route("0.0.0.0/0", "nat-1"), route("8.8.8.0/24", "nat-9", State="blackhole")], "blocked"),
        ([route("8.8.8.0/24", "nat-1", Origin="EnableVgwRoutePropagation"), route("8.8.8.0/24", "igw-1")], "blocked"),
        ([route("0.0.0.0/0", "tgw-1")], "unknown"),
        ([route("0.0.0.0/0", "vgw-1")], "unknown"),
        ([route("0.0.0.0/0", "nat-unknown")], "unknown"),
        ([route("::/0", "igw-1")], "blocked"),
        ([route("0.0.0.0/0", "lgw-1")], "unknown"),
        ([route("0.0.0.0/0", "vpce-1")], "unknown"),
        ([route("0.0.0.0/0", "cagw-1")], "unknown"),
    ],
)
def test_which_route_wins_and_where_it_leads(routes, expected):
    """VPC guide, route-tables-priority: longest prefix; a blackhole wins and drops."""
    assert verdict(reroute(lab(), "rtb-main", *routes), "i-db", "8.8.8.8") == expected


def test_prefix_list_routes():
    """VPC guide, route-tables-priority: entries compete by their length, static routes come first."""
    record = reroute(lab(), "rtb-main", route("pl-1", "nat-1"), route("0.0.0.0/0", "igw-1"))
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "8.8.8.0/24"}]}
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"
    assert verdict(record, "i-db", "9.9.9.9") == "blocked"
    record["PrefixListEntries"] = {}
    assert verdict(record, "i-db", "8.8.8.8") == "unknown"
    record = reroute(record, "rtb-main", route("pl-1", "nat-1"), route("pl-2", "igw-1"))
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "8.8.8.0/24"}], "pl-2": [{"Cidr": "8.8.8.0/24"}]}
    assert "which one counts is not told" in ask(record, "i-db", "8.8.8.8").summary


def test_replies_and_prefix_lists():
    """A service's own list that leads to a gateway endpoint holds no clients; any other one may."""
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"), route("pl-1", "vpce-1"))
    assert verdict(record, "0.0.0.0/0", "i-web") == "unknown"
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3"}]
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "52.216.0.0/15"}]}
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert answer.verdict.value == "reachable"
    assert any("pl-1" in warning for warning in answer.warnings)


def test_explicit_association_beats_main():
    """VPC guide, subnet-route-tables."""
    record = lab()
    record["RouteTables"].append(table("rtb-own", "subnet-priv"))
    assert verdict(record, "i-db", "8.8.8.8") == "blocked"
    record["RouteTables"][-1]["Associations"][0]["AssociationState"] = {"State": "disassociated"}
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"


def test_local_traffic_may_be_sent_through_something():
    """VPC guide, gateway-route-tables: more specific than local, for a whole subnet."""
    record = reroute(lab(), "rtb-pub", route("10.0.2.0/24", "eni-fw"), route("0.0.0.0/0", "igw-1"))
    record["NetworkInterfaces"].append(interface("eni-fw", "subnet-pub", "10.0.1.99", ["sg-web"]))
    assert "ENI_SOURCE_DEST_CHECK_RESTRICTION" in codes(ask(record, "i-web", "i-db", "5432"))
    find(record, "NetworkInterfaces", "eni-fw")["SourceDestCheck"] = False
    find(record, "NetworkInterfaces", "eni-fw")["Groups"] = [{"GroupId": "sg-open"}]
    record["SecurityGroups"].append(group("sg-open", [permission("-1", **ANY4)]))
    assert codes(ask(record, "i-web", "i-db", "5432")) == ["APPLIANCE_OPAQUE"]
    find(record, "NetworkInterfaces", "eni-fw")["Status"] = "available"
    assert verdict(record, "i-web", "i-db", "5432") == "blocked"


def test_edge_tables_redirect_what_comes_in():
    """VPC guide, gateway-route-tables."""
    record = lab()
    edge = table("rtb-edge", routes=[route("10.0.1.0/24", "vpce-1")])
    edge["Associations"] = [{"GatewayId": "igw-1", "Main": False}]
    record["RouteTables"].append(edge)
    assert verdict(record, "0.0.0.0/0", "i-web") == "unknown"
    edge["Routes"][-1]["State"] = "blackhole"
    assert codes(ask(record, "0.0.0.0/0", "i-web")) == ["BAD_STATE_ROUTE"]
    edge["Routes"].pop()
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    edge["Routes"].append(route("10.0.1.0/24", "eni-web"))
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"
    edge["Routes"][-1] = route("10.0.1.0/24", "eni-fw")
    record["NetworkInterfaces"].append(interface("eni-fw", "subnet-pub", "10.0.1.99", ["sg-db"]))
    assert verdict(record, "i-web", "8.8.8.8") == "blocked"
    find(record, "NetworkInterfaces", "eni-fw")["SourceDestCheck"] = False
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"
    assert verdict(record, "i-web", "8.8.8.8") == "blocked"
    ingress(record, "sg-db", permission("-1", **ANY4))
    assert verdict(record, "i-web", "8.8.8.8") == "unknown"


def test_a_public_address_behind_a_nat_route_is_asymmetric():
    """VPC guide: in by the internet gateway, out by NAT."""
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "nat-1"))
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert codes(answer) == ["RETURN_PATH_ASYMMETRIC"]
    assert answer.client_sees.value == "timeout"
    assert verdict(reroute(lab(), "rtb-pub", route("0.0.0.0/0", "tgw-1")), "0.0.0.0/0", "i-web") == "blocked"


def nat(**members):
    record = lab()
    find(record, "NatGateways", "nat-1").update(members)
    return record


def test_kinds_of_nat_gateways():
    """VPC guide, nat-gateway-basics and nat-gateways-regional."""
    private = nat(ConnectivityType="private", NatGatewayAddresses=[{"PrivateIp": "10.0.1.200"}])
    assert codes(ask(private, "i-db", "8.8.8.8")) == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"]
    regional = nat(
        AvailabilityMode="regional",
        SubnetId=None,
        RouteTableId="rtb-nat",
        NatGatewayAddresses=[{"PublicIp": "198.51.100.9"}],
    )
    regional["RouteTables"].append(table("rtb-nat", routes=[route("0.0.0.0/0", "igw-1")]))
    assert verdict(regional, "i-db", "8.8.8.8") == "reachable"
    assert verdict(entries(regional, "acl-pub"), "i-db", "8.8.8.8") == "reachable"
    regional["RouteTables"].pop()
    assert verdict(regional, "i-db", "8.8.8.8") == "unknown"
    lost = nat(SubnetId="subnet-gone")
    assert verdict(lost, "i-db", "8.8.8.8") == "unknown"
    assert verdict(lab(), "i-db", "8.8.8.8", "icmp") == "reachable"


def test_nat_over_peering_returns_to_its_sender():
    """VPC guide, nat-gateway-basics: the reply comes back without a route."""
    record = reroute(lab(), "rtb-main", route("10.9.0.0/16", "nat-1"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "pcx-1"))
    reroute(record, "rtb-peer")
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "reachable"
    ingress(record, "sg-peer", permission("tcp", 80, **pair("sg-db")))
    assert codes(ask(record, "i-db", "i-peer", "80")) == ["SG_REFERENCES_NOT_PRESERVED"]


def test_peering():
    """VPC peering guide, vpc-peering-basics."""
    assert verdict(lab(), "i-db", "i-peer", "80") == "reachable"
    pending = lab()
    find(pending, "VpcPeeringConnections", "pcx-1")["Status"]["Code"] = "pending-acceptance"
    assert "BAD_STATE" in codes(ask(pending, "i-db", "i-peer", "80"))
    one_sided = ask(reroute(lab(), "rtb-peer"), "i-db", "i-peer", "80")
    assert codes(one_sided) == ["NO_ROUTE_TO_DESTINATION"]
    assert one_sided.answers[0].blockers[0].fix.commands[0].endswith("--vpc-peering-connection-id pcx-1")
    through = reroute(lab(), "rtb-peer", route("0.0.0.0/0", "pcx-1"), route("10.0.0.0/16", "pcx-1"))
    assert codes(ask(through, "i-peer", "8.8.8.8")) == ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"]
    assert verdict(reroute(lab(), "rtb-peer", route("10.0.0.0/16", "pcx-gone")), "i-db", "i-peer", "80") == "unknown"
    assert verdict(reroute(lab(), "rtb-peer", route("10.0.0.0/16", "tgw-1")), "i-db", "i-peer", "80") == "unknown"


@pytest.mark.parametrize(
    ("mode", "inward", "nat_out"),
    [
        ("off", "reachable", "reachable"),
        ("block-ingress", "blocked", "reachable"),
        ("block-bidirectional", "blocked", "blocked"),
    ],
)
def test_block_public_access(mode, inward, nat_out):
    """VPC guide, security-vpc-bpa-basics."""
    record = lab()
    find(record, "Subnets", "subnet-pub")["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
    assert verdict(record, "0.0.0.0/0", "i-web") == inward
    assert verdict(record, "i-web", "8.8.8.8") == inward
    assert verdict(record, "i-db", "8.8.8.8") == nat_out


def test_egress_only_gateways_let_connections_out_that_begin_inside():
    """VPC guide, egress-only-internet-gateway."""
    record = reroute(lab(), "rtb-pub", route("::/0", "eigw-1"))
    assert verdict(record, "i-web", "2a00:1450::1") == "reachable"
    assert codes(ask(record, "::/0", "i-web")) == ["RETURN_PATH_ASYMMETRIC"]
    assert verdict(reroute(lab(), "rtb-pub", route("::/0", "eigw-gone")), "i-web", "2a00:1450::1") == "unknown"


def test_interfaces_that_refuse_the_internet_over_ipv6():
    """EC2 API, DenyAllIgwTraffic."""
    record = lab()
    find(record, "NetworkInterfaces", "eni-web")["DenyAllIgwTraffic"] = True
    assert verdict(record, "::/0", "i-web") == "blocked"
    assert verdict(record, "i-web", "2a00:1450::1") == "blocked"
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"


def test_one_host_that_refuses_the_internet_over_ipv6_does_not_speak_for_those_beside_it():
    """EC2 API, DenyAllIgwTraffic: replies from the internet are lost for that interface alone."""
    record = lab()
    twin = interface(
        "eni-twin",
        "subnet-pub",
        "10.0.1.11",
        ["sg-web"],
        Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1:1::11"}],
        DenyAllIgwTraffic=True,
    )
    record["NetworkInterfaces"].append(twin)
    record["Reservations"].append({"Instances": [instance("i-twin", "twin")]})
    assert verdict(record, "2600:1f18:1:1::10", "2a00:1450::1") == "reachable"
    assert verdict(record, "2600:1f18:1:1::11", "2a00:1450::1") == "blocked"
    assert verdict(record, "2600:1f18:1:1::10/127", "2a00:1450::1") == "partial"


def test_which_private_address_the_public_one_maps_to():
    """EC2 guide, using-instance-addressing."""
    record = lab()
    found = find(record, "NetworkInterfaces", "eni-web")
    found["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.1.11", "Primary": False})
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert [a.target.address for a in answer.answers] == ["198.51.100.7"]
    record["Addresses"] = [
        {"PublicIp": "203.0.113.77", "NetworkInterfaceId": "eni-web", "PrivateIpAddress": "10.0.1.11"}
    ]
    assert [a.target.address for a in ask(record, "0.0.0.0/0", "i-web").answers] == ["198.51.100.7", "203.0.113.77"]
    assert [a.target.address for a in ask(record, "i-peer", "i-web").answers] == [
        "10.0.1.10",
        "10.0.1.11",
        "2600:1f18:1:1::10",
    ][:2]


def test_a_public_address_may_be_asked_from_inside():
    """It leaves by the internet gateway and comes back by it."""
    assert verdict(lab(), "i-db", "198.51.100.7") == "reachable"
    own = ask(lab(), "i-web", "198.51.100.7")
    assert own.verdict.value == "reachable"
    assert [h.kind for h in own.answers[0].forward].count("internet-gateway") == 2
    assert verdict(lab(), "i-web", "198.51.100.9") == "blocked"
    assert verdict(lab(), "0.0.0.0/0", "198.51.100.9") == "blocked"
    assert verdict(lab(), "198.51.100.7", "i-db", "5432") == "reachable"
    assert verdict(lab(), "198.51.100.0/24", "i-web", "443") == "reachable"


def test_the_same_private_address_in_two_vpcs():
    """Addresses are only unique within a routing context."""
    record = lab()
    record["Vpcs"].append({"VpcId": "vpc-8", "CidrBlock": "10.0.0.0/16"})
    record["Subnets"].append(subnet("subnet-8", "10.0.2.0/24", vpc="vpc-8"))
    record["NetworkInterfaces"].append(interface("eni-8", "subnet-8", "10.0.2.20", ["sg-8"], VpcId="vpc-8"))
    record["SecurityGroups"].append(group("sg-8", [], vpc="vpc-8"))
    record["NetworkAcls"].append(acl("acl-8", "subnet-8", vpc="vpc-8"))
    record["RouteTables"].append(table("rtb-8", "subnet-8", vpc="vpc-8"))
    assert ask(record, "i-web", "10.0.2.20", "5432").answers[0].target.interface == "eni-db"
    assert ask(record, "i-peer", "10.0.2.20", "5432").answers[0].target.interface == "eni-db"
    with pytest.raises(AmbiguousNameError) as error:
        ask(record, "10.0.2.20", "i-peer", "80")
    assert "eni-8" in str(error.value.hint)
    assert len(ask(record, "internet", "10.0.2.20", "5432").answers) == 2


def test_shared_subnets_are_one_thing_in_two_accounts():
    """VPC guide, vpc-sharing: the owner's record counts."""
    owner, participant = lab(), lab()
    for record in (owner, participant):
        for found in record["Subnets"]:
            found["OwnerId"] = "111122223333"
    participant["SecurityGroups"] = []
    snapshot = {
        "schema": "sgcheck.snapshot/1",
        "accounts": {"111122223333": {"us-east-1": owner}, "444455556666": {"us-east-1": participant}},
    }
    assert verdict(snapshot, "i-web", "i-db", "5432") == "reachable"
    assert load(snapshot).subnets["subnet-pub"].account == "111122223333"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("i-web", "i-db"),
        ("eni-web", "eni-db"),
        ("sg-web", "sg-db"),
        ("subnet-pub", "subnet-priv"),
        ("tag:tier=web", "tag:tier=db"),
        ("name:we*", "name:d?"),
        ("web.internal", "DB.internal"),
        ("10.0.1.10", "10.0.2.20"),
        (
            "arn:aws:ec2:us-east-1:111122223333:instance/i-web",
            "arn:aws:ec2:us-east-1:111122223333:network-interface/eni-db",
        ),
    ],
)
def test_every_way_to_name_an_end(source, target):
    """Contracts, section 2."""
    answer = ask(lab(), source, target, "5432")
    assert any(a.verdict.value == "reachable" and a.target.interface == "eni-db" for a in answer.answers)


@pytest.mark.parametrize(
    ("source", "target", "error", "hint"),
    [
        ("i-wbe", "i-db", UnknownNameError, "i-web"),
        ("i-web", "eni-dbb", UnknownNameError, "eni-db"),
        ("sg-wub", "i-db", UnknownNameError, "sg-web"),
        ("subnet-pup", "i-db", UnknownNameError, "subnet-pub"),
        ("vpc-7", "i-db", UnknownNameError, "vpc-1"),
        ("igw-2", "i-db", UnknownNameError, "igw-1"),
        ("nat-2", "i-db", UnknownNameError, "nat-1"),
        ("tag:tier=wep", "i-db", UnknownNameError, "tag:tier=web"),
        ("tag:tire=web", "i-db", UnknownNameError, "tag:tier"),
        ("tag:tier", "i-db", UsageError, None),
        ("name:wep", "i-db", UnknownNameError, "name:web"),
        ("web", "i-db", UnknownNameError, "name:web"),
        ("zzz", "i-db", UnknownNameError, "expected"),
        ("vpce-1", "i-db", UnknownNameError, None),
        ("i-web", "lb:web", UnknownNameError, None),
        ("internet", "internet", UsageError, None),
        ("internet", "8.8.8.8", UsageError, None),
        ("i-web", "10.0.77.0/24", UnknownNameError, None),
        ("i-web", "10.0.999.0/24", UnknownNameError, None),
    ],
)
def test_names_that_are_not_there(source, target, error, hint):
    """Contracts, section 2: the nearest names are offered."""
    with pytest.raises(error) as raised:
        ask(lab(), source, target, "5432")
    assert hint is None or hint in str(raised.value.hint)


def test_the_internet_by_its_names():
    """Contracts, section 2."""
    assert len(ask(lab(), "internet", "i-web").answers) == 2
    assert [a.source.addresses for a in ask(lab(), "0.0.0.0/0", "i-web").answers] == [("0.0.0.0/0",)]
    assert [a.source.addresses for a in ask(lab(), "::/0", "i-web").answers] == [("::/0",)]
    assert verdict(lab(), "igw-1", "i-web") == "reachable"
    assert verdict(lab(), "i-web", "internet") == "reachable"
    assert verdict(lab(), "i-db", "0.0.0.0/0") == "reachable"
    assert ask(lab(), "internet", "i-db", "5432").client_sees.value == "no-address"
    lacking = ask(lab(), "::/0", "i-db", "5432")
    assert lacking.verdict.value == "blocked"
    assert lacking.client_sees.value == "no-address"
    assert lacking.summary.endswith("i-db (db) has no IPv6 address.")


def test_what_the_client_sees():
    """Contracts, section 3."""
    assert ask(lab(), "0.0.0.0/0", "i-web").client_sees.value == "connected-or-refused"
    assert ask(lab(), "0.0.0.0/0", "i-web", "80").client_sees.value == "timeout"
    assert ask(lab(), "0.0.0.0/0", "i-web", "icmp").client_sees.value == "delivered"
    assert ask(lab(), "0.0.0.0/0", "i-web", "53/udp").client_sees.value == "no-reply"
    assert ask(lab(), "i-db", "8.8.8.8", "all").client_sees.value == "mixed"
    assert (
        ask(reroute(lab(), "rtb-main", route("0.0.0.0/0", "tgw-1")), "i-db", "8.8.8.8").client_sees.value == "unknown"
    )


def test_private_sources_from_wherever_the_network_has_them():
    """Contracts, section 2."""
    inside = ask(web(permission("tcp", 443, **cidr("10.0.0.0/8"))), "10.0.2.0/24", "i-web")
    assert inside.verdict.value == "reachable"
    assert {a.source.kind for a in inside.answers} == {"instance", "subnet"}
    wide = ask(web(permission("tcp", 443, **cidr("10.0.0.0/8"))), "10.0.0.0/14", "i-web")
    assert wide.verdict.value == "reachable"
    assert any("left out" in warning for warning in wide.warnings)
    nowhere = ask(lab(), "192.168.7.0/24", "i-web")
    assert nowhere.verdict.value == "blocked"
    behind = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"), route("192.168.0.0/16", "vgw-1"))
    assert verdict(behind, "192.168.7.0/24", "i-web") == "unknown"
    assert verdict(ingress(behind, "sg-web"), "192.168.7.0/24", "i-web") == "blocked"
    assert verdict(behind, "onprem", "i-web") in ("unknown", "blocked")


def test_an_address_that_nobody_has_is_judged_as_a_new_host():
    """With a warning: it has no groups yet."""
    answer = ask(web(permission("tcp", 443, **cidr("10.0.2.0/24"))), "10.0.2.99", "i-web")
    assert answer.verdict.value == "reachable"
    assert "10.0.2.99" in answer.warnings[0]


def test_asking_oneself_never_leaves_the_host():
    """Such packets meet no filter."""
    answer = ask(ingress(lab(), "sg-db"), "i-db", "10.0.2.20", "1")
    assert answer.verdict.value == "reachable"


def test_second_interfaces_are_warned_of():
    """EC2 guide, using-eni."""
    record = lab()
    more = interface("eni-two", "subnet-priv", "10.0.2.21", ["sg-db"])
    more["Attachment"] = {"InstanceId": "i-db", "DeviceIndex": 1}
    record["NetworkInterfaces"].append(more)
    answer = ask(record, "i-web", "i-db", "5432")
    assert [a.target.interface for a in answer.answers] == ["eni-db", "eni-two"]
    assert "eni-two" in answer.warnings[0]


def test_several_hosts_of_one_subnet_leave_by_their_own_addresses():
    """A class of hosts is told apart where a gateway translates."""
    record = lab()
    record["NetworkInterfaces"].append(interface("eni-w2", "subnet-pub", "10.0.1.30", ["sg-web"], "198.51.100.30"))
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-w2", "State": {"Name": "running"}})
    answer = ask(record, "10.0.1.0/24", "8.8.8.8")
    passing = {c for a in answer.answers for c in a.allowed}
    assert passing == {"10.0.1.10/32", "10.0.1.30/32"}
    assert answer.verdict.value == "partial"


def test_instances_tell_of_their_interfaces_themselves():
    """EC2 API, InstanceNetworkInterface; the oldest records have an address only."""
    record = lab()
    record["NetworkInterfaces"] = [i for i in record["NetworkInterfaces"] if i["NetworkInterfaceId"] != "eni-db"]
    found = find(record, "Instances", "i-db")
    found["NetworkInterfaces"] = [interface("eni-db", "subnet-priv", "10.0.2.20", ["sg-db"])]
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    del found["NetworkInterfaces"]
    found |= {
        "PrivateIpAddress": "10.0.2.20",
        "SubnetId": "subnet-priv",
        "VpcId": "vpc-1",
        "SecurityGroups": [{"GroupId": "sg-db"}],
    }
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    found["PublicIpAddress"] = "198.51.100.20"
    assert load(record).public_owner(int.from_bytes(bytes([198, 51, 100, 20]))) is not None


def test_unattached_things_are_there_and_have_nothing_to_ask():
    """Contracts, section 2."""
    record = lab()
    record["SecurityGroups"].append(group("sg-empty", []))
    with pytest.raises(UsageError, match="without any network interface"):
        ask(record, "sg-empty", "i-db", "5432")
    with pytest.raises(UsageError, match="no such packets"):
        ask(lab(), "::/0", "2600:1f18:1:1::10", "icmp:3/4")


def test_all_blockers_at_once_and_all_fixes_together():
    """Every independent blocker is reported, not only the first."""
    record = ingress(lab(), "sg-web")
    entries(record, "acl-pub")
    reroute(record, "rtb-pub", route("::/0", "igw-1"))
    find(record, "Instances", "i-web")["State"] = {"Name": "stopped"}
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert codes(answer) == [
        "INSTANCE_NOT_RUNNING",
        "NO_ROUTE_TO_DESTINATION",
        "SG_HAS_NO_RULES",
        "SUBNET_ACL_RESTRICTION",
    ]
    assert [b.direction.value for b in answer.answers[0].blockers].count("return") == 2


def test_fixes_that_open_doors_are_warned_of():
    """Opening 0.0.0.0/0 on 22."""
    (ssh,) = ask(lab(), "0.0.0.0/0", "i-web", "22").answers[0].blockers
    assert "SSH" in ssh.also[0]
    (web_,) = ask(lab(), "0.0.0.0/0", "i-web", "80").answers[0].blockers
    assert web_.also == ()
    (every,) = ask(web(), "0.0.0.0/0", "i-web", "all").answers[0].blockers
    assert "every port" in every.also[0]
    (many,) = ask(lab(), "0.0.0.0/0", "i-web", "30000-40000").answers[0].blockers
    assert "whole internet" in many.also[0]


def test_commands_name_regions_where_there_are_several():
    """A command pasted into another Region would find nothing."""
    record = lab()
    record["Subnets"][2]["AvailabilityZone"] = "eu-west-1a"
    (blocker,) = ask(record, "0.0.0.0/0", "i-web", "80").answers[0].blockers
    assert blocker.fix.commands[0].endswith(" --region us-east-1")
    stopped = find(record, "Instances", "i-db")
    stopped["State"] = {"Name": "stopped"}
    stopped["Placement"] = {"AvailabilityZone": "us-east-1a"}
    entries(record, "acl-priv")
    reroute(record, "rtb-peer")
    commands = [c for a in ask(record, "i-peer", "i-db", "5432").answers for b in a.blockers for c in b.fix.commands]
    assert all("--region" in command for command in commands)


def test_set_valued_answers():
    """Contracts, section 2: a source CIDR is answered as a set."""
    record = web(permission("tcp", 443, **cidr("203.0.113.0/24")), permission("tcp", 8000, 8050, **ANY4))
    answer = ask(record, "203.0.0.0/16", "i-web").answers[0]
    assert answer.allowed == ("203.0.113.0/24",)
    assert "203.0.112.0/24" in answer.denied
    assert "203.0.113.0/24" not in answer.denied
    several = ask(record, "0.0.0.0/0", "i-web", "8000-8100").answers[0]
    assert several.ports.allowed == ("8000-8050",)
    assert several.ports.denied == ("8051-8100",)
    everybody = ask(record, "0.0.0.0/0", "i-web").answers[0]
    (command,) = everybody.blockers[0].fix.commands
    assert command.endswith("--cidr 0.0.0.0/0")
