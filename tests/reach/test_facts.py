"""More documented AWS facts, one small network each: addresses, filters, NAT, peering, block public access, names."""

from __future__ import annotations

import pytest

from sgcheck.errors import UsageError
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


def with_host(record, id_, subnet_id, address, groups, **more):
    record["NetworkInterfaces"].append(interface(id_, subnet_id, address, groups, **more))
    instance = {"InstanceId": id_.replace("eni-", "i-"), "State": {"Name": "running"}}
    record["Reservations"][0]["Instances"].append(instance)
    return record


def with_twin(record):
    """A second VPC with the peer's addresses that nothing leads to; its ids sort before the peer's."""
    record["Vpcs"].append({"VpcId": "vpc-8", "CidrBlock": "10.9.0.0/16"})
    record["Subnets"].append(subnet("subnet-8", "10.9.1.0/24", vpc="vpc-8"))
    record["NetworkInterfaces"].append(interface("eni-8", "subnet-8", "10.9.1.5", ["sg-8"], VpcId="vpc-8"))
    record["SecurityGroups"].append(group("sg-8", [], vpc="vpc-8"))
    record["NetworkAcls"].append(acl("acl-8", "subnet-8", vpc="vpc-8"))
    record["RouteTables"].append(table("rtb-8", "subnet-8", vpc="vpc-8"))
    return record


def through_nat(record, block="10.9.0.0/16"):
    """The private subnet reaches the peer by way of the NAT gateway."""
    reroute(record, "rtb-main", route(block, "nat-1"))
    return reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "pcx-1"))


# Rules of groups.


@pytest.mark.parametrize("port", ["443", "53/udp", "icmp", "proto:50"])
def test_all_protocols_in_both_spellings(port):
    """EC2 API, IpPermission and SecurityGroupRule: `-1` comes without ports, or with -1 and -1."""
    assert verdict(web(permission("-1", **ANY4)), "0.0.0.0/0", "i-web", port) == "reachable"
    assert verdict(web(permission("-1", -1, -1, **ANY4)), "0.0.0.0/0", "i-web", port) == "reachable"


def test_ports_of_other_protocols_mean_nothing():
    """EC2 API, IpPermission: for a protocol by number ports are ignored, and it stays that protocol."""
    record = web(permission("50", 1, 2, **ANY4))
    assert verdict(record, "0.0.0.0/0", "i-web", "proto:50") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", "proto:51") == "blocked"
    assert verdict(record, "0.0.0.0/0", "i-web", "1") == "blocked"


def test_icmp_is_type_and_code_and_not_a_range():
    """EC2 API, IpPermission: 8/0 is one message, not the types 8 down to 0."""
    record = web(permission("icmp", 8, 0, **ANY4))
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp:8/0") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp:8/1") == "blocked"
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp:3/4") == "blocked"


def test_rules_of_several_groups_are_one_set():
    """VPC guide, security-group-rules: all groups of an interface are merged."""
    record = web(permission("tcp", 8000, 8049, **ANY4))
    record["SecurityGroups"].append(group("sg-more", [permission("tcp", 8050, 8100, **ANY4)]))
    assert verdict(record, "0.0.0.0/0", "i-web", "8000-8100") == "partial"
    find(record, "NetworkInterfaces", "eni-web")["Groups"].append({"GroupId": "sg-more"})
    assert verdict(record, "0.0.0.0/0", "i-web", "8000-8100") == "reachable"


def test_a_reference_is_no_inheritance():
    """VPC guide, security-group-rules: no rules come over from the group that is referred to."""
    record = web(permission("tcp", 443, **ANY4))
    ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-web")))
    assert verdict(record, "i-peer", "i-db", "443") == "blocked"


def test_a_reference_matches_ipv6_addresses_of_members():
    """VPC guide, security-group-rules: addresses of the interfaces that have the group."""
    record = with_host(lab(), "eni-six", "subnet-pub", "10.0.1.40", ["sg-six"])
    find(record, "NetworkInterfaces", "eni-six")["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:1:1::40"}]
    record["SecurityGroups"].append(group("sg-six", [permission("tcp", 5432, **pair("sg-web"))]))
    assert verdict(record, "2600:1f18:1:1::10", "2600:1f18:1:1::40", "5432") == "reachable"
    assert verdict(record, "2600:1f18:1:1::11", "2600:1f18:1:1::40", "5432") == "blocked"


def test_a_reference_over_a_peering_that_waits_matches_nothing():
    """VPC peering guide, vpc-peering-security-groups: the connection must be active."""
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **pair("sg-peer", PeeringStatus="pending-acceptance")))
    assert codes(ask(record, "i-peer", "i-db", "5432")) == ["SG_REFERENCE_STALE"]


def test_a_stale_reference_does_not_spoil_the_others():
    """VPC peering guide: it stays in the group and grants nothing."""
    gone = permission("tcp", 5432, **pair("sg-gone", VpcId="vpc-7", PeeringStatus="deleted"))
    record = ingress(lab(), "sg-db", gone, permission("tcp", 5432, **pair("sg-web")))
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


def test_references_between_groups_of_one_associated_vpc():
    """VPC guide, security-group-assoc: both groups are associated with the VPC, wherever they come from."""
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **pair("sg-far")))
    record["SecurityGroups"].append(group("sg-far", [], vpc="vpc-9"))
    record["SecurityGroupVpcAssociations"] = [{"GroupId": "sg-far", "VpcId": "vpc-1", "State": "associated"}]
    with_host(record, "eni-two", "subnet-pub", "10.0.1.30", ["sg-far"])
    assert verdict(record, "i-two", "i-db", "5432") == "reachable"
    assert verdict(record, "i-web", "i-db", "5432") == "blocked"


def test_prefix_lists_in_pages_are_one():
    """EC2 API, GetManagedPrefixListEntries: rules match any entry; IPv6 entries match IPv6 packets only."""
    record = web(permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-6"}]))
    record["PrefixListEntries"] = {"pl-6": [{"Cidr": "2a00::/16"}, {"Cidr": "2a01::/16"}]}
    assert verdict(record, "2a01::7", "i-web") == "reachable"
    assert verdict(record, "::/0", "i-web") == "partial"
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"


# Network ACLs.


def test_acls_skip_one_subnet_over_ipv6_too():
    """VPC guide, vpc-network-acls: only what enters or leaves the subnet is judged."""
    record = with_host(entries(lab(), "acl-pub"), "eni-six", "subnet-pub", "10.0.1.40", ["sg-web"])
    find(record, "NetworkInterfaces", "eni-six")["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:1:1::40"}]
    assert verdict(record, "2600:1f18:1:1::10", "2600:1f18:1:1::40") == "reachable"
    assert verdict(record, "::/0", "2600:1f18:1:1::40") == "blocked"


def test_ipv6_echo_through_acls():
    """EC2 API, CreateNetworkAclEntry: 58 with an IPv6 range uses type and code; 128 asks, 129 answers."""
    request = entry(100, False, block="::/0", Protocol="58", IcmpTypeCode={"Type": 128, "Code": -1})
    reply = entry(100, True, block="::/0", Protocol="58", IcmpTypeCode={"Type": 129, "Code": 0})
    record = entries(web(permission("icmpv6", 128, 0, **ANY6)), "acl-pub", request, reply)
    assert verdict(record, "::/0", "i-web", "icmp") == "reachable"
    reply["IcmpTypeCode"] = {"Type": 128, "Code": 0}
    assert verdict(entries(record, "acl-pub", request, reply), "::/0", "i-web", "icmp") == "blocked"


def test_icmp_errors_need_no_reply():
    """Nobody answers type 3: the way back does not count."""
    record = entries(lab(), "acl-pub", entry(100, False))
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp:3/4") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp") == "blocked"


def test_udp_needs_its_way_back():
    """VPC guide, vpc-network-acls: stateless for every protocol."""
    record = entries(
        web(permission("udp", 53, **ANY4)), "acl-pub", entry(100, False), entry(100, True, **ports(1, 100))
    )
    assert verdict(record, "0.0.0.0/0", "i-web", "53/udp") == "blocked"
    entries(record, "acl-pub", entry(100, False), entry(100, True, **ports(1024, 65535, "17")))
    assert ask(record, "0.0.0.0/0", "i-web", "53/udp").client_sees.value == "delivered"


def test_each_side_of_nat_has_ports_of_its_own():
    """VPC guide, custom-network-acl: the client's range on its side, 1024-65535 on the far side of a NAT gateway."""
    windows = [entry(100, False, **ports(49152, 65535)), entry(100, True)]
    near = entries(lab(), "acl-priv", *windows)
    assert verdict(near, "i-db", "8.8.8.8", "443", "windows") == "reachable"
    assert verdict(near, "i-db", "8.8.8.8", "443", "linux") == "partial"
    inside = entry(90, False, block="10.0.0.0/16")
    assert verdict(entries(lab(), "acl-pub", inside, *windows), "i-db", "8.8.8.8", "443", "windows") == "partial"


# Routes.


def test_same_subnet_traffic_takes_no_route():
    """VPC guide, gateway-route-tables: within a subnet packets are switched, a dead route does not matter."""
    record = reroute(lab(), "rtb-pub", route("10.0.1.0/24", "eni-gone", State="blackhole"))
    with_host(record, "eni-two", "subnet-pub", "10.0.1.30", ["sg-web"])
    assert verdict(record, "i-two", "i-web") == "reachable"


def test_a_static_route_beats_a_propagated_one_and_length_beats_both():
    """VPC guide, route-tables-priority."""
    pushed = {"Origin": "EnableVgwRoutePropagation"}
    record = reroute(lab(), "rtb-main", route("8.8.8.0/24", "vgw-1", **pushed), route("8.8.8.0/24", "nat-1"))
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"
    reroute(record, "rtb-main", route("8.8.8.8/32", "vgw-1", **pushed), route("8.8.8.0/24", "nat-1"))
    assert verdict(record, "i-db", "8.8.8.8") == "unknown"
    assert verdict(record, "i-db", "8.8.8.9") == "reachable"


def test_families_have_routes_of_their_own():
    """VPC guide, subnet-route-tables: 0.0.0.0/0 says nothing about IPv6."""
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"
    assert "NO_ROUTE_TO_DESTINATION" in codes(ask(record, "i-web", "2a00:1450::1"))


def test_a_whole_subnet_may_be_sent_to_a_nat_gateway():
    """VPC guide, route-table-options: more specific than local; the target sees the NAT gateway's private address."""
    record = reroute(lab(), "rtb-main", route("10.0.1.0/24", "nat-1"))
    ingress(record, "sg-web", permission("tcp", 443, **cidr("10.0.1.200/32")))
    answer = ask(record, "i-db", "10.0.1.10")
    assert answer.verdict.value == "reachable"
    assert "nat-1" in [hop.hop for hop in answer.answers[0].forward]
    ingress(record, "sg-web", permission("tcp", 443, **pair("sg-db")))
    assert codes(ask(record, "i-db", "10.0.1.10")) == ["SG_REFERENCES_NOT_PRESERVED"]


def test_the_local_route_itself_may_lead_to_a_host():
    """VPC guide, subnet-route-tables: the local route may be replaced by an interface as its target."""
    record = lab()
    find(record, "RouteTables", "rtb-pub")["Routes"][0] = route("10.0.0.0/16", "eni-fw", Origin="CreateRouteTable")
    record["SecurityGroups"].append(group("sg-fw", [permission("-1", **ANY4)]))
    with_host(record, "eni-fw", "subnet-pub", "10.0.1.99", ["sg-fw"], SourceDestCheck=False)
    assert codes(ask(record, "i-web", "i-db", "5432")) == ["APPLIANCE_OPAQUE"]
    find(record, "NetworkInterfaces", "eni-fw")["SourceDestCheck"] = True
    assert verdict(record, "i-web", "i-db", "5432") == "blocked"


def test_shared_address_space_has_a_code_of_its_own():
    """Reachability Analyzer guide, explanation-codes: IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS."""
    answer = ask(lab(), "i-web", "100.64.1.1")
    assert codes(answer) == ["IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"]


# NAT gateways.


@pytest.mark.parametrize("state", ["pending", "failed", "deleting", "deleted"])
def test_only_an_available_nat_gateway_works(state):
    """EC2 API, NatGateway."""
    record = lab()
    find(record, "NatGateways", "nat-1")["State"] = state
    answer = ask(record, "i-db", "8.8.8.8")
    assert codes(answer) == ["BAD_STATE"]
    assert state in answer.summary


def test_nat_carries_tcp_udp_and_icmp():
    """VPC guide, nat-gateway-basics."""
    assert [verdict(lab(), "i-db", "8.8.8.8", p) for p in ("443", "53/udp", "icmp")] == ["reachable"] * 3
    assert codes(ask(lab(), "i-db", "8.8.8.8", "proto:47")) == ["PROTOCOL_RESTRICTION"]
    assert verdict(lab(), "i-db", "8.8.8.8", "all") == "partial"


def test_nat64_is_not_a_private_destination():
    """VPC guide, nat-gateway-nat64-dns64: NAT gateways translate 64:ff9b::/96 to IPv4."""
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    reroute(record, "rtb-main", route("0.0.0.0/0", "nat-1"), route("64:ff9b::/96", "nat-1"))
    find(record, "NetworkInterfaces", "eni-db")["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:1:2::20"}]
    six = [{"Ipv6CidrBlock": "2600:1f18:1:2::/64", "Ipv6CidrBlockState": {"State": "associated"}}]
    find(record, "Subnets", "subnet-priv")["Ipv6CidrBlockAssociationSet"] = six
    assert verdict(record, "i-db", "64:ff9b::808:808") in ("reachable", "unknown")


def test_nat_gateways_take_no_connections_wherever_they_are_asked_from():
    """VPC guide, nat-gateway-basics: no unsolicited inbound connections."""
    for source, target in (("i-web", "nat-1"), ("internet", "nat-1"), ("i-web", "10.0.1.200"), ("8.8.8.8", "nat-1")):
        assert codes(ask(lab(), source, target)) == ["NGW_DEST_ADDRESS_PRESERVATION"], (source, target)
    assert verdict(lab(), "i-web", "nat-1", "icmp") == "blocked"


def without_nat_interface():
    record = lab()
    record["NetworkInterfaces"] = [i for i in record["NetworkInterfaces"] if i["NetworkInterfaceId"] != "eni-nat"]
    return record


def test_a_nat_gateway_needs_no_interface_record_to_work():
    """Contracts, section 3: assumed."""
    assert verdict(without_nat_interface(), "i-db", "8.8.8.8") == "reachable"
    assert verdict(without_nat_interface(), "0.0.0.0/0", "198.51.100.9") == "blocked"


def test_a_nat_gateway_needs_no_interface_record_to_be_asked():
    """Contracts, section 3: its own record tells its addresses."""
    assert codes(ask(without_nat_interface(), "i-web", "nat-1")) == ["NGW_DEST_ADDRESS_PRESERVATION"]


# Peering and twin addresses.


def test_peering_needs_routes_on_both_sides():
    """VPC peering guide, vpc-peering-basics; each missing route is its own blocker, with its own command."""
    record = reroute(reroute(lab(), "rtb-main"), "rtb-peer")
    blockers = ask(record, "i-db", "i-peer", "80").answers[0].blockers
    assert [(b.code, b.resource, b.direction.value) for b in blockers] == [
        ("NO_ROUTE_TO_DESTINATION", "rtb-main", "forward"),
        ("NO_ROUTE_TO_DESTINATION", "rtb-peer", "return"),
    ]
    assert [c for b in blockers for c in b.fix.commands] == [
        f"aws ec2 create-route --route-table-id {t} --destination-cidr-block {c} --vpc-peering-connection-id pcx-1"
        for t, c in (("rtb-main", "10.9.0.0/16"), ("rtb-peer", "10.0.0.0/16"))
    ]


@pytest.mark.parametrize("status", ["pending-acceptance", "expired", "rejected", "failed", "deleted", "provisioning"])
def test_only_an_active_peering_carries(status):
    """VPC peering guide, vpc-peering-basics."""
    record = lab()
    find(record, "VpcPeeringConnections", "pcx-1")["Status"]["Code"] = status
    assert verdict(record, "i-db", "i-peer", "80") == "blocked"


def test_cidr_rules_work_across_regions():
    """VPC peering guide, vpc-peering-security-groups: only references do not."""
    record = lab()
    found = find(record, "VpcPeeringConnections", "pcx-1")
    found["AccepterVpcInfo"] = side("vpc-9", "10.9.0.0/16", "eu-west-1")
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"


def test_the_peer_does_not_borrow_gateways():
    """VPC peering guide: no edge-to-edge routing through an internet gateway or NAT device."""
    record = reroute(lab(), "rtb-peer", route("0.0.0.0/0", "pcx-1"))
    answer = ask(record, "i-peer", "8.8.8.8")
    assert codes(answer) == ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"]
    assert answer.answers[0].blockers[0].fix.commands == ()


def test_nat_over_peering_still_meets_the_peers_acl():
    """VPC guide, nat-gateway-basics: without a return route, unless a network ACL stops the reply."""
    record = reroute(through_nat(lab()), "rtb-peer")
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    entries(record, "acl-peer", entry(100, False))
    answer = ask(record, "i-db", "i-peer", "80")
    assert [(b.code, b.direction.value) for b in answer.answers[0].blockers] == [("SUBNET_ACL_RESTRICTION", "return")]


def test_a_twin_address_is_told_by_the_routes():
    """Contracts, section 2: a target address is looked up along the source's routes."""
    answer = ask(with_twin(lab()), "i-db", "10.9.1.5", "80")
    assert [a.target.interface for a in answer.answers] == ["eni-peer"]
    assert answer.verdict.value == "reachable"
    assert verdict(lab(), "i-db", "10.9.1.0/24", "80") == "reachable"
    assert verdict(through_nat(lab()), "i-db", "10.9.1.5", "80") == "reachable"


def test_a_twin_address_is_told_by_the_routes_behind_nat_too():
    """Contracts, section 2."""
    assert verdict(with_twin(through_nat(lab())), "i-db", "10.9.1.5", "80") == "reachable"


def test_a_block_of_twin_addresses_is_told_by_the_routes():
    """Contracts, section 2."""
    assert verdict(with_twin(lab()), "i-db", "10.9.1.0/24", "80") == "reachable"


# The internet, and block public access.


def test_an_excluded_subnet_is_open_where_its_vpc_is_not():
    """VPC guide, security-vpc-bpa-basics: the subnet's own state is the effective one."""
    record = lab()
    blocked = {"InternetGatewayBlockMode": "block-bidirectional"}
    find(record, "Vpcs", "vpc-1")["BlockPublicAccessStates"] = blocked
    find(record, "Subnets", "subnet-pub")["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off"}
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"


def test_a_subnet_that_does_not_say_has_the_state_of_its_vpc():
    """VPC guide, security-vpc-bpa-basics; EC2 API, Vpc.BlockPublicAccessStates."""
    record = lab()
    find(record, "Vpcs", "vpc-1")["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-bidirectional"}
    assert codes(ask(record, "0.0.0.0/0", "i-web")) == ["VPC_BLOCK_PUBLIC_ACCESS_ENABLED"]


def test_block_public_access_leaves_private_traffic_alone():
    """VPC guide, security-vpc-bpa-basics."""
    record = lab()
    for found in record["Subnets"]:
        found["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-bidirectional"}
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"


def test_egress_only_gateways_under_block_public_access():
    """VPC guide, security-vpc-bpa-basics: block-ingress spares them, block-bidirectional does not."""
    record = reroute(lab(), "rtb-pub", route("::/0", "eigw-1"))
    found = find(record, "Subnets", "subnet-pub")
    found["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-ingress"}
    assert verdict(record, "i-web", "2a00:1450::1") == "reachable"
    found["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-bidirectional"}
    assert codes(ask(record, "i-web", "2a00:1450::1")) == ["VPC_BLOCK_PUBLIC_ACCESS_ENABLED"]


def test_private_ipv6_ranges_are_not_in_the_internet():
    """EC2 API, VpcIpv6CidrBlockAssociation: a `private` range is not advertised."""
    record = lab()
    find(record, "Vpcs", "vpc-1")["Ipv6CidrBlockAssociationSet"][0]["Ipv6AddressAttribute"] = "private"
    assert verdict(record, "::/0", "i-web") == "blocked"


def test_a_private_address_asked_from_the_internet_is_told_of_its_public_one():
    """Contracts, section 2: the internet reaches an instance by its public addresses only."""
    answer = ask(lab(), "0.0.0.0/0", "10.0.1.10")
    assert "no public address maps to 10.0.1.10" not in answer.summary


def test_a_host_asks_its_own_public_address_from_outside():
    """It leaves by the gateway and comes back: the group must allow the public address."""
    record = web(permission("tcp", 443, **cidr("10.0.0.0/16")))
    answer = ask(record, "i-web", "198.51.100.7")
    assert answer.verdict.value == "blocked"
    assert "198.51.100.7" in answer.answers[0].blockers[0].why
    ingress(record, "sg-web", permission("tcp", 443, **cidr("198.51.100.7/32")))
    assert verdict(record, "i-web", "198.51.100.7") == "reachable"


def test_a_secondary_address_with_the_public_one():
    """EC2 guide, using-instance-addressing: the public address belongs to one private address."""
    record = lab()
    found = find(record, "NetworkInterfaces", "eni-web")
    association = found["PrivateIpAddresses"][0].pop("Association")
    found["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.1.11", "Primary": False, "Association": association})
    answer = ask(record, "0.0.0.0/0", "i-web").answers[0]
    assert any("198.51.100.7 becomes 10.0.1.11" in (hop.detail or "") for hop in answer.forward)
    assert verdict(record, "10.0.1.11", "8.8.8.8") == "reachable"
    assert "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS" in codes(ask(record, "10.0.1.10", "8.8.8.8"))


# States, ends and names.


@pytest.mark.parametrize("state", ["stopped", "stopping", "pending", "shutting-down", "terminated"])
def test_a_source_must_run_too(state):
    """EC2 guide, ec2-instance-lifecycle."""
    record = lab()
    find(record, "Instances", "i-web")["State"] = {"Name": state}
    (blocker,) = ask(record, "i-web", "i-db", "5432").answers[0].blockers
    assert (blocker.code, blocker.resource) == ("INSTANCE_NOT_RUNNING", "i-web")
    assert state in blocker.why
    assert bool(blocker.fix.commands) is (state in ("stopped", "stopping", "pending"))


def test_a_stopped_instance_has_lost_its_public_address():
    """EC2 guide, using-instance-addressing: released at stop; the fix says to look it up again."""
    record = lab()
    find(record, "Instances", "i-web")["State"] = {"Name": "stopped"}
    del find(record, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"][0]["Association"]
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert codes(answer) == ["INSTANCE_HAS_NO_PUBLIC_IP", "INSTANCE_NOT_RUNNING"]
    assert "released when an instance stops" in answer.answers[0].blockers[0].why
    assert any("look it up again" in step for step in answer.next_steps)


def test_public_dns_names_are_their_instances():
    """Contracts, section 2: from inside by the private address, from the internet by the public one."""
    record = lab()
    name = "ec2-198-51-100-7.compute-1.amazonaws.com"
    find(record, "Instances", "i-web")["PublicDnsName"] = name
    assert [a.target.address for a in ask(record, "0.0.0.0/0", name).answers] == ["198.51.100.7"]
    assert [a.target.address for a in ask(record, "i-db", name).answers] == ["10.0.1.10"]


def test_a_name_that_two_instances_have_lists_them():
    """Contracts, section 2."""
    record = lab()
    find(record, "Instances", "i-db")["PrivateDnsName"] = "web.internal"
    with pytest.raises(UsageError) as error:
        ask(record, "web.internal", "i-peer", "80")
    assert "i-db, i-web" in str(error.value.hint)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/50dc6c495c0c9188",
        "arn:aws:sqs:us-east-1:111122223333:orders",
    ],
)
def test_arns_of_what_is_not_understood_yet_say_so(arn):
    """Contracts, section 2: what stands for no end has no question."""
    with pytest.raises(UsageError, match="not understood yet"):
        ask(lab(), "i-web", arn)


def test_families_that_an_end_lacks_are_not_part_of_the_question():
    """Contracts, section 2."""
    assert {a.target.address for a in ask(lab(), "internet", "i-web").answers} == {"198.51.100.7", "2600:1f18:1:1::10"}
    assert [a.target.address for a in ask(lab(), "i-db", "i-web").answers] == ["10.0.1.10"]
    only6 = lab()
    del find(only6, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"][0]["Association"]
    answer = ask(only6, "internet", "i-web")
    assert [a.target.address for a in answer.answers] == ["2600:1f18:1:1::10"]
    assert any("no public IPv4" in warning for warning in answer.warnings)


def test_every_interface_of_a_target_is_answered():
    """Contracts, section 2: a target with several interfaces or addresses is answered for each."""
    record = lab()
    find(record, "NetworkInterfaces", "eni-db")["PrivateIpAddresses"].append(
        {"PrivateIpAddress": "10.0.2.21", "Primary": False}
    )
    more = interface("eni-db2", "subnet-pub", "10.0.1.77", ["sg-web"])
    more["Attachment"] = {"InstanceId": "i-db", "DeviceIndex": 1}
    record["NetworkInterfaces"].append(more)
    answer = ask(record, "i-web", "i-db", "5432")
    got = {a.target.address: a.verdict.value for a in answer.answers}
    assert got == {"10.0.2.20": "reachable", "10.0.2.21": "reachable", "10.0.1.77": "blocked"}
    assert answer.verdict.value == "partial"


def test_a_reply_by_another_interface_is_a_warning_and_no_block():
    """Contracts, section 2; EC2 guide, using-eni."""
    record = lab()
    more = interface("eni-web2", "subnet-pub", "10.0.1.78", ["sg-web"], "198.51.100.78")
    more["Attachment"] = {"InstanceId": "i-web", "DeviceIndex": 1}
    record["NetworkInterfaces"].append(more)
    answer = ask(record, "0.0.0.0/0", "198.51.100.78")
    assert answer.verdict.value == "reachable"
    assert any("eni-web2" in warning for warning in answer.warnings)


def test_an_instance_that_is_not_told_of_is_taken_to_run():
    """Contracts, section 3: assumed, with a warning."""
    record = lab()
    del record["Reservations"]
    answer = ask(record, "eni-web", "eni-db", "5432")
    assert answer.verdict.value == "reachable"
    assert [w for w in answer.warnings if "assumed to be running" in w]
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


def test_bare_instances_are_understood():
    """Contracts, section 8: a bare Instances list."""
    record = lab()
    record["Instances"] = record.pop("Reservations")[0]["Instances"]
    assert load(record).instances["i-web"].name == "web"
    assert verdict(record, "name:web", "name:db", "5432") == "reachable"
