"""More documented AWS facts, one short test each, with the page it was read on."""

from __future__ import annotations

import pytest

from sgcheck.errors import UnknownNameError, UsageError
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


def blockers(answer):
    return [b for a in answer.answers for b in a.blockers]


def change(record, key, id_, **members):
    find(record, key, id_).update(members)
    return record


def second(record, address="10.0.2.30", groups=("sg-db",), where="subnet-priv", id_="eni-two", **more):
    """Another host."""
    record["NetworkInterfaces"].append(interface(id_, where, address, list(groups), **more))
    record["Reservations"][0]["Instances"].append(
        {"InstanceId": id_.replace("eni-", "i-"), "State": {"Name": "running"}}
    )
    return record


# ---------------------------------------- security groups


def test_groups_hang_on_interfaces_not_on_instances():
    """EC2 guide, using-eni: each interface has its own groups."""
    record = lab()
    record["SecurityGroups"].append(group("sg-none", []))
    record["NetworkInterfaces"].append(
        interface(
            "eni-db2", "subnet-priv", "10.0.2.21", ["sg-none"], Attachment={"InstanceId": "i-db", "DeviceIndex": 1}
        )
    )
    answer = ask(record, "i-web", "i-db", "5432")
    assert {a.target.interface: a.verdict.value for a in answer.answers} == {
        "eni-db": "reachable",
        "eni-db2": "blocked",
    }


def test_replies_need_no_group_rule_on_either_side():
    """VPC guide, vpc-security-groups: stateful."""
    record = change(lab(), "SecurityGroups", "sg-db", IpPermissionsEgress=[])
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


def test_a_group_from_before_ipv6_lets_no_ipv6_out():
    """VPC guide, default-security-group: the ::/0 egress rule is added with the VPC's IPv6 range only."""
    record = change(lab(), "SecurityGroups", "sg-web", IpPermissionsEgress=[permission("-1", **ANY4)])
    assert codes(ask(record, "i-web", "2a00:1450::1")) == ["IPV6_ONLY_IPV4_RULE"]
    assert verdict(record, "i-web", "8.8.8.8") == "reachable"


@pytest.mark.parametrize(
    ("rule", "port", "expected"),
    [
        (permission("17", 53, **ANY4), "53/udp", "reachable"),
        (permission("1", -1, -1, **ANY4), "icmp", "reachable"),
        (permission("58", -1, -1, **ANY4), "icmp", "blocked"),
        (permission("icmp", 8, 1, **ANY4), "icmp", "blocked"),
        (permission("icmp", -1, -1, **ANY4), "443", "blocked"),
        (permission("47", **ANY4), "proto:47", "reachable"),
        (permission("50", 1, 2, **ANY4), "proto:51", "blocked"),
        (permission("-1", 443, 443, **ANY4), "22", "reachable"),
        (permission("tcp", 65535, **ANY4), "65535", "reachable"),
    ],
)
def test_protocols_by_number_and_by_name(rule, port, expected):
    """EC2 API, IpPermission: IpProtocol, FromPort, ToPort."""
    assert verdict(ingress(lab(), "sg-web", rule), "0.0.0.0/0", "i-web", port) == expected


def test_rules_of_the_rules_call_in_every_shape():
    """EC2 API, SecurityGroupRule."""
    record = lab()
    del find(record, "SecurityGroups", "sg-web")["IpPermissions"]
    same = {"GroupId": "sg-web", "IsEgress": False, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "203.0.113.0/24"}]}
    record["SecurityGroupRules"] = [
        same | {"SecurityGroupRuleId": "sgr-4", "CidrIpv4": "8.8.8.8/32"},
        same | {"SecurityGroupRuleId": "sgr-6", "CidrIpv6": "2a00:1450::/32"},
        same | {"SecurityGroupRuleId": "sgr-list", "PrefixListId": "pl-1"},
        same
        | {"SecurityGroupRuleId": "sgr-ref", "ReferencedGroupInfo": {"GroupId": "sg-peer", "UserId": "111122223333"}},
        same | {"SecurityGroupRuleId": "sgr-out", "IsEgress": True, "CidrIpv4": "0.0.0.0/0"},
    ]
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1"), route("10.9.0.0/16", "pcx-1"))
    asked = ("8.8.8.8", "2a00:1450::1", "203.0.113.9", "i-peer", "9.9.9.9")
    assert [verdict(record, source, "i-web") for source in asked] == ["reachable"] * 4 + ["blocked"]


def test_rules_are_named_by_id_or_by_content():
    """Contracts, section 4: never by position."""
    record = lab()
    assert "ingress 443/tcp from 0.0.0.0/0" in {h.by for h in ask(record, "0.0.0.0/0", "i-web").answers[0].forward}
    same = {"GroupId": "sg-web", "IsEgress": False, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    record["SecurityGroupRules"] = [same | {"SecurityGroupRuleId": "sgr-1", "CidrIpv4": "0.0.0.0/0"}]
    assert "sgr-1" in {h.by for h in ask(record, "0.0.0.0/0", "i-web").answers[0].forward}


def test_a_prefix_list_of_the_other_family_never_matches():
    """VPC guide, managed-prefix-lists: a list has one address family."""
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-6"}]))
    record["PrefixListEntries"] = {"pl-6": [{"Cidr": "::/0"}]}
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"
    assert verdict(record, "::/0", "i-web") == "reachable"


def test_an_empty_prefix_list_matches_nothing():
    """VPC guide, managed-prefix-lists: known and empty is not missing."""
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-0"}]))
    record["PrefixListEntries"] = {"pl-0": []}
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"


def test_a_deleted_peering_makes_a_reference_stale():
    """VPC peering guide, vpc-peering-security-groups: PeeringStatus."""
    gone = pair("sg-peer", VpcId="vpc-9", VpcPeeringConnectionId="pcx-1", PeeringStatus="deleted")
    assert codes(ask(ingress(lab(), "sg-db", permission("tcp", 5432, **gone)), "i-peer", "i-db", "5432")) == [
        "SG_REFERENCE_STALE"
    ]


def test_references_do_not_see_through_public_addresses_of_the_same_vpc():
    """EC2 guide, security-group-rules-reference: a member asked by its public address shows its public one."""
    record = ingress(
        second(lab(), "10.0.1.30", ["sg-web"], "subnet-pub", public="198.51.100.30"),
        "sg-web",
        permission("tcp", 443, **pair("sg-web")),
    )
    assert verdict(record, "i-two", "i-web") == "reachable"
    assert codes(ask(record, "i-two", "198.51.100.7")) == ["SG_REFERENCES_NOT_PRESERVED"]
    ingress(record, "sg-web", permission("tcp", 443, **cidr("198.51.100.30/32")))
    assert verdict(record, "i-two", "198.51.100.7") == "reachable"
    assert verdict(record, "i-two", "i-web") == "blocked"


def test_egress_references_over_peering():
    """VPC guide, security-group-rules: allowed for egress too, over a peering of one Region."""
    record = change(lab(), "SecurityGroups", "sg-db", IpPermissionsEgress=[permission("tcp", 80, **pair("sg-peer"))])
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    change(record, "VpcPeeringConnections", "pcx-1", AccepterVpcInfo=side("vpc-9", "10.9.0.0/16", "eu-west-1"))
    assert codes(ask(record, "i-db", "i-peer", "80")) == ["SG_REFERENCE_NOT_SAME_REGION"]


# ---------------------------------------- network ACLs


def test_acl_entries_match_the_destination_port_only():
    """VPC guide, custom-network-acl: replies go to the client's port, not from 443."""
    record = entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(443)))
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"
    assert codes(ask(record, "0.0.0.0/0", "i-web")) == ["SUBNET_ACL_RESTRICTION"]


def test_acl_numbers_decide_not_their_place_in_the_answer():
    """VPC guide, vpc-network-acls: ascending, the first match decides."""
    record = entries(lab(), "acl-pub", entry(200, False), entry(100, False, "deny", **ports(443)), entry(100, True))
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert [(b.code, b.by) for b in blockers(answer)] == [("SUBNET_ACL_RESTRICTION", "rule 100")]


def test_the_closing_denial_of_ipv6_is_an_entry_of_its_own():
    """CLI reference, describe-network-acls: 32767 for IPv4, 32768 for IPv6."""
    record = entries(lab(), "acl-pub", entry(100, False), entry(100, True), entry(32768, False, "deny", "::/0"))
    answer = ask(record, "::/0", "i-web")
    assert [b.by for b in blockers(answer) if b.direction.value == "forward"] == ["rule * (32768)"]
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"


def test_protocol_58_with_an_ipv4_block_is_every_type_and_no_ipv4_ping():
    """EC2 API, CreateNetworkAclEntry: Protocol."""
    record = entries(lab(), "acl-pub", entry(100, False, Protocol="58"), entry(100, True))
    assert verdict(record, "0.0.0.0/0", "i-web", "icmp") == "blocked"


def test_protocol_58_with_an_ipv6_block_has_types():
    """EC2 API, CreateNetworkAclEntry: Protocol, IcmpTypeCode."""
    record = ingress(lab(), "sg-web", permission("icmpv6", **ANY6))
    echo = entry(100, False, block="::/0", Protocol="58", IcmpTypeCode={"Type": 128, "Code": -1})
    reply = entry(100, True, block="::/0", Protocol="58", IcmpTypeCode={"Type": 129, "Code": -1})
    assert verdict(entries(record, "acl-pub", echo, reply), "::/0", "i-web", "icmp") == "reachable"
    assert verdict(entries(record, "acl-pub", echo, echo | {"Egress": True}), "::/0", "i-web", "icmp") == "blocked"


def test_other_protocols_ignore_ports_in_acls():
    """EC2 API, CreateNetworkAclEntry: anything but 6, 17 and 1 opens all ports."""
    record = ingress(lab(), "sg-web", permission("50", **ANY4))
    entries(record, "acl-pub", entry(100, False, **ports(1, 2, "50")), entry(100, True, Protocol="50"))
    assert verdict(record, "0.0.0.0/0", "i-web", "proto:50") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", "proto:51") == "blocked"


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("linux", "partial"),
        ("windows", "reachable"),
        ("nat", "partial"),
        ("50000", "reachable"),
        ("1024-1030", "blocked"),
    ],
)
def test_which_clients_a_narrow_reply_range_serves(client, expected):
    """VPC guide, custom-network-acl, ephemeral ports: Linux from 32768, Windows from 49152, NAT from 1024."""
    record = entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(49152, 65535)))
    assert verdict(record, "0.0.0.0/0", "i-web", client=client) == expected


def test_the_nat_gateways_own_ports_count_behind_it():
    """VPC guide, nat-gateway-basics: 1024 to 65535, whatever the client has."""
    narrow = entries(
        lab(), "acl-pub", entry(100, False, **ports(443)), entry(101, False, **ports(32768, 60999)), entry(100, True)
    )
    answer = ask(narrow, "i-db", "8.8.8.8", client="linux")
    assert answer.verdict.value == "partial"
    assert codes(answer) == ["RETURN_EPHEMERAL_PORTS_RESTRICTED"]


def test_a_nat_gateway_in_the_same_subnet_meets_no_acl_on_the_way_to_it():
    """VPC guide, vpc-network-acls: only what enters or leaves the subnet; here only the NAT gateway's own packets do."""
    record = lab()
    change(record, "NatGateways", "nat-1", SubnetId="subnet-two")
    change(record, "NetworkInterfaces", "eni-nat", SubnetId="subnet-two")
    record["Subnets"].append(subnet("subnet-two", "10.0.3.0/24"))
    second(record, "10.0.3.30", ["sg-db"], "subnet-two")
    record["RouteTables"].append(table("rtb-two", "subnet-two", routes=[route("0.0.0.0/0", "igw-1")]))
    record["NetworkAcls"].append(acl("acl-two", "subnet-two", entries=[entry(100, False), entry(100, True)]))
    assert codes(ask(record, "i-two", "8.8.8.8")) == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"]
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"


# ---------------------------------------- routes


def test_a_local_route_that_was_turned_to_an_interface():
    """VPC guide, route-table-options: the local route itself may be retargeted."""
    record = second(lab(), "10.0.1.99", ["sg-open"], "subnet-pub", "eni-fw")
    record["SecurityGroups"].append(group("sg-open", [permission("-1", **ANY4)]))
    turned = find(record, "RouteTables", "rtb-pub")["Routes"][0]
    turned.update(NetworkInterfaceId="eni-fw", GatewayId=None)
    assert codes(ask(record, "i-web", "i-db", "5432")) == ["ENI_SOURCE_DEST_CHECK_RESTRICTION"]
    change(record, "NetworkInterfaces", "eni-fw", SourceDestCheck=False)
    assert codes(ask(record, "i-web", "i-db", "5432")) == ["APPLIANCE_OPAQUE"]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([route("8.8.0.0/16", "nat-1"), route("0.0.0.0/0", "igw-1")], "reachable"),
        ([route("8.8.8.0/24", "igw-1"), route("8.8.0.0/16", "nat-1")], "blocked"),
        (
            [
                route("8.8.8.0/24", "nat-1", Origin="CreateRoute"),
                route("8.8.8.0/24", "vgw-1", Origin="EnableVgwRoutePropagation"),
            ],
            "reachable",
        ),
        ([route("8.8.8.0/24", "vgw-1", Origin="EnableVgwRoutePropagation"), route("0.0.0.0/0", "nat-1")], "unknown"),
        ([route("pl-1", "nat-1"), route("8.8.8.0/24", "vgw-1", Origin="EnableVgwRoutePropagation")], "reachable"),
        ([route("pl-1", "igw-1"), route("8.8.8.0/24", "nat-1")], "reachable"),
        ([route("pl-1", "nat-gone", State="blackhole"), route("0.0.0.0/0", "nat-1")], "blocked"),
    ],
)
def test_longest_prefix_then_static_then_list_then_propagated(routes, expected):
    """VPC guide, route-tables-priority."""
    record = reroute(lab(), "rtb-main", *routes)
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "8.8.8.0/24"}]}
    assert verdict(record, "i-db", "8.8.8.8") == expected


def test_a_default_route_says_nothing_about_ipv6():
    """VPC guide, subnet-route-tables."""
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    assert codes(ask(record, "i-web", "2a00:1450::1")) == ["NO_ROUTE_TO_DESTINATION"]
    assert codes(ask(record, "::/0", "i-web")) == ["NO_ROUTE_TO_DESTINATION"]


def test_the_main_table_serves_subnets_without_an_association():
    """VPC guide, subnet-route-tables: implicit associations are not listed."""
    record = reroute(lab(), "rtb-main", route("10.9.0.0/16", "pcx-1"))
    assert codes(ask(record, "i-db", "8.8.8.8")) == ["NO_ROUTE_TO_DESTINATION"]
    assert blockers(ask(record, "i-db", "8.8.8.8"))[0].resource == "rtb-main"


def test_a_public_address_without_a_route_to_the_gateway():
    """VPC guide, VPC_Internet_Gateway: in a subnet without the route an address alone does not help."""
    record = change(lab(), "NetworkInterfaces", "eni-db", Association={"PublicIp": "203.0.113.50"})
    answer = ask(ingress(record, "sg-db", permission("tcp", 5432, **ANY4)), "0.0.0.0/0", "i-db", "5432")
    assert codes(answer) == ["RETURN_PATH_ASYMMETRIC"]


@pytest.mark.parametrize("state", ["detached", "detaching", "attaching"])
def test_a_gateway_must_be_attached(state):
    """EC2 API, InternetGatewayAttachment: `available` is the state that works."""
    record = change(lab(), "InternetGateways", "igw-1", Attachments=[{"VpcId": "vpc-1", "State": state}])
    assert codes(ask(record, "0.0.0.0/0", "i-web"))[0] == "BAD_STATE_ATTACHMENT"
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"


def test_a_private_nat_gateway_is_to_blame_not_its_client():
    """VPC guide, vpc-nat-gateway: the address without a public one is the NAT gateway's."""
    record = change(
        lab(), "NatGateways", "nat-1", ConnectivityType="private", NatGatewayAddresses=[{"PrivateIp": "10.0.1.200"}]
    )
    (blocker,) = blockers(ask(record, "i-db", "8.8.8.8"))
    assert blocker.resource == "nat-1"
    assert "eni-db" not in blocker.why


def test_a_private_nat_gateway_has_no_way_into_the_internet():
    """VPC guide, vpc-nat-gateway: the internet gateway drops what a private NAT gateway sends."""
    record = change(
        lab(), "NatGateways", "nat-1", ConnectivityType="private", NatGatewayAddresses=[{"PrivateIp": "10.0.1.200"}]
    )
    (blocker,) = blockers(ask(record, "i-db", "8.8.8.8"))
    assert blocker.code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    assert blocker.fix.commands == ()


def test_nat_gateways_take_no_connections_and_answer_no_ping():
    """VPC guide, nat-gateway-troubleshooting."""
    for source, target in (
        ("i-web", "nat-1"),
        ("0.0.0.0/0", "nat-1"),
        ("0.0.0.0/0", "198.51.100.9"),
        ("i-db", "10.0.1.200"),
    ):
        answer = ask(lab(), source, target, "icmp")
        assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "no-reply")
        assert "NGW_DEST_ADDRESS_PRESERVATION" in codes(answer)


def test_a_peer_can_not_use_our_nat_or_internet_gateway():
    """VPC peering guide, vpc-peering-basics: no edge to edge."""
    record = reroute(lab(), "rtb-peer", route("0.0.0.0/0", "pcx-1"))
    assert codes(ask(record, "i-peer", "8.8.8.8")) == ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"]


def test_peering_is_never_transitive():
    """VPC peering guide: a hub does not join its spokes."""
    record = lab()
    record["Vpcs"].append({"VpcId": "vpc-8", "CidrBlock": "10.8.0.0/16"})
    record["Subnets"].append(subnet("subnet-8", "10.8.1.0/24", vpc="vpc-8"))
    record["SecurityGroups"].append(group("sg-8", [permission("-1", **ANY4)], vpc="vpc-8"))
    second(record, "10.8.1.5", ["sg-8"], "subnet-8", "eni-8", VpcId="vpc-8")
    record["NetworkAcls"].append(acl("acl-8", "subnet-8", vpc="vpc-8"))
    record["RouteTables"].append(table("rtb-8", "subnet-8", vpc="vpc-8", routes=[route("10.9.0.0/16", "pcx-8")]))
    record["VpcPeeringConnections"].append(
        {
            "VpcPeeringConnectionId": "pcx-8",
            "Status": {"Code": "active"},
            "RequesterVpcInfo": side("vpc-1", "10.0.0.0/16"),
            "AccepterVpcInfo": side("vpc-8", "10.8.0.0/16"),
        }
    )
    reroute(record, "rtb-peer", route("10.0.0.0/16", "pcx-1"), route("10.8.0.0/16", "pcx-1"))
    answer = ask(record, "i-peer", "i-8", "80")
    assert answer.verdict.value == "blocked"
    assert "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR" in codes(answer)


@pytest.mark.parametrize("state", ["pending-acceptance", "provisioning", "expired", "rejected", "failed", "deleted"])
def test_only_active_peerings_carry_packets(state):
    """EC2 API, VpcPeeringConnectionStateReason."""
    record = change(lab(), "VpcPeeringConnections", "pcx-1", Status={"Code": state})
    assert verdict(record, "i-db", "i-peer", "80") == "blocked"
    assert "BAD_STATE" in codes(ask(record, "i-db", "i-peer", "80"))


def test_a_peering_that_waits_tells_no_blocks_and_is_still_the_cause():
    """EC2 API, VpcPeeringConnectionVpcInfo: the accepter's blocks are only told while it is active."""
    waiting = {"VpcId": "vpc-9", "OwnerId": "111122223333", "Region": "us-east-1"}
    record = change(
        lab(), "VpcPeeringConnections", "pcx-1", Status={"Code": "pending-acceptance"}, AccepterVpcInfo=waiting
    )
    assert codes(ask(record, "i-db", "i-peer", "80")) == ["BAD_STATE"]


# ---------------------------------------- block public access, egress-only gateways, interfaces


def test_block_public_access_of_a_whole_vpc_is_that_of_its_subnets():
    """VPC guide, security-vpc-bpa-basics: the effective state stands in the subnet."""
    record = change(
        lab(), "Subnets", "subnet-pub", BlockPublicAccessStates={"InternetGatewayBlockMode": "block-ingress"}
    )
    assert codes(ask(record, "0.0.0.0/0", "i-web")) == ["VPC_BLOCK_PUBLIC_ACCESS_ENABLED"]
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"


def test_nothing_comes_in_through_an_egress_only_gateway():
    """VPC guide, egress-only-internet-gateway."""
    answer = ask(reroute(lab(), "rtb-pub", route("::/0", "eigw-1")), "::/0", "i-web")
    assert answer.verdict.value == "blocked"
    (blocker,) = blockers(answer)
    assert (blocker.resource, blocker.direction.value) == ("rtb-pub", "return")


def test_an_egress_only_gateway_of_another_vpc():
    """EC2 API, EgressOnlyInternetGateway: Attachments."""
    record = reroute(lab(), "rtb-pub", route("::/0", "eigw-1"))
    record["EgressOnlyInternetGateways"][0]["Attachments"] = []
    assert codes(ask(record, "i-web", "2a00:1450::1")) == ["BAD_STATE_ATTACHMENT"]


@pytest.mark.parametrize("state", ["stopped", "stopping", "pending", "shutting-down", "terminated"])
@pytest.mark.parametrize("end", ["i-web", "i-db"])
def test_only_running_instances_ask_and_answer(state, end):
    """EC2 guide, ec2-instance-lifecycle."""
    answer = ask(change(lab(), "Instances", end, State={"Name": state}), "i-web", "i-db", "5432")
    assert [(b.code, b.resource) for b in blockers(answer)] == [("INSTANCE_NOT_RUNNING", end)]


def test_an_interface_that_is_attached_to_nothing():
    """EC2 API, NetworkInterface: Status `available`."""
    record = change(lab(), "NetworkInterfaces", "eni-web", Status="available", Attachment={})
    assert codes(ask(record, "eni-web", "i-db", "5432")) == ["ENI_NOT_ATTACHED"]
    assert codes(ask(record, "0.0.0.0/0", "eni-web")) == ["ENI_NOT_ATTACHED"]


def test_a_nat_instance_is_understood():
    """Contracts, section 2: source/dest check off and a public address; VPC guide, VPC_NAT_Instance."""
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "eni-nati"))
    second(record, "10.0.1.50", ["sg-nati"], "subnet-pub", "eni-nati", public="198.51.100.50", SourceDestCheck=False)
    record["SecurityGroups"].append(group("sg-nati", [permission("-1", **cidr("10.0.0.0/16"))]))
    answer = ask(record, "i-db", "8.8.8.8")
    assert answer.verdict.value == "reachable"
    assert any("eni-nati" in warning or "i-nati" in warning for warning in answer.warnings)


def test_a_nat_instance_without_rules_for_its_clients():
    """VPC guide, VPC_NAT_Instance: its group counts; this is decided whatever it forwards."""
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "eni-nati"))
    second(record, "10.0.1.50", ["sg-nati"], "subnet-pub", "eni-nati", public="198.51.100.50", SourceDestCheck=False)
    record["SecurityGroups"].append(group("sg-nati", []))
    assert codes(ask(record, "i-db", "8.8.8.8"))[-1] == "SG_HAS_NO_RULES"
    assert verdict(record, "i-db", "8.8.8.8") == "blocked"


# ---------------------------------------- addresses and names


def test_which_interface_address_a_public_one_maps_to():
    """EC2 guide, using-instance-addressing: the mapping belongs to one private address."""
    record = lab()
    found = find(record, "NetworkInterfaces", "eni-web")
    found["PrivateIpAddresses"].append(
        {"PrivateIpAddress": "10.0.1.11", "Primary": False, "Association": {"PublicIp": "198.51.100.8"}}
    )
    narrow = entries(record, "acl-pub", entry(100, False), entry(100, True))
    answer = ask(narrow, "0.0.0.0/0", "198.51.100.8")
    (one,) = answer.answers
    assert (answer.verdict.value, one.target.address, one.target.interface) == ("reachable", "198.51.100.8", "eni-web")
    assert any("10.0.1.11" in (hop.detail or "") for hop in one.forward)
    assert {a.target.address for a in ask(record, "internet", "i-web").answers} == {
        "198.51.100.7",
        "198.51.100.8",
        "2600:1f18:1:1::10",
    }


def test_a_secondary_address_without_a_public_one_has_no_way_out():
    """EC2 guide, using-instance-addressing."""
    record = lab()
    find(record, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"].append(
        {"PrivateIpAddress": "10.0.1.11", "Primary": False}
    )
    assert codes(ask(record, "10.0.1.11", "8.8.8.8")) == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"]
    assert verdict(record, "10.0.1.10", "8.8.8.8") == "reachable"


def test_a_source_inside_reaches_the_private_addresses_of_a_public_instance():
    """Contracts, section 2."""
    assert [a.target.address for a in ask(lab(), "i-db", "i-web").answers] == ["10.0.1.10"]


def test_a_public_address_from_inside_without_a_public_source():
    """VPC guide: out by NAT, in by the internet gateway, so that the group sees the NAT gateway's address."""
    record = ingress(lab(), "sg-web", permission("tcp", 443, **cidr("10.0.0.0/16")))
    assert verdict(record, "i-db", "10.0.1.10") == "reachable"
    assert verdict(record, "i-db", "198.51.100.7") == "blocked"
    ingress(record, "sg-web", permission("tcp", 443, **cidr("198.51.100.9/32")))
    assert verdict(record, "i-db", "198.51.100.7") == "reachable"


def test_an_address_that_only_a_far_vpc_has_is_no_destination_without_a_way():
    """The target is looked up along the routes: nothing leads there."""
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "nat-1"))
    answer = ask(record, "i-db", "10.9.1.5", "80")
    assert answer.verdict.value == "blocked"
    (command,) = blockers(answer)[0].fix.commands
    assert "--vpc-peering-connection-id pcx-1" in command


def test_several_targets_by_name_and_tag():
    """Contracts, section 2: globs on Name tags; values of tags."""
    assert {a.target.id for a in ask(lab(), "i-web", "name:*", "5432").answers} == {"i-db", "i-peer"}
    assert {a.target.id for a in ask(lab(), "i-web", "tag:tier=*", "5432").answers} == {"i-db", "i-peer"}
    with pytest.raises(UnknownNameError):
        ask(lab(), "i-web", "name:WEB", "5432")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-priv",
        "arn:aws:ec2:us-east-1:111122223333:security-group/sg-db",
        "arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-db",
        "arn:aws:ec2:us-east-1:111122223333:network-interface/eni-db",
    ],
)
def test_arns_name_what_ids_name(arn):
    """Contracts, section 2."""
    assert verdict(lab(), "i-web", arn, "5432") == "reachable"


def test_an_unknown_arn_offers_the_nearest_id():
    """Contracts, section 2."""
    with pytest.raises(UnknownNameError) as error:
        ask(lab(), "i-web", "arn:aws:ec2:us-east-1:111122223333:instance/i-dbb", "5432")
    assert "i-db" in str(error.value.hint)


def test_ping_over_ipv6_is_icmpv6():
    """Contracts, section 3: `icmp` towards IPv6 is echo of ICMPv6."""
    record = ingress(lab(), "sg-web", permission("icmpv6", 128, 0, **ANY6))
    answer = ask(record, "::/0", "i-web", "icmp")
    assert (answer.verdict.value, answer.client_sees.value) == ("reachable", "delivered")


def test_a_source_port_of_ones_own():
    """Contracts, section 2: --source-port."""
    record = entries(lab(), "acl-pub", entry(100, False), entry(90, True, "deny", **ports(123)), entry(100, True))
    assert verdict(record, "0.0.0.0/0", "i-web", client="123") == "blocked"
    assert verdict(record, "0.0.0.0/0", "i-web", client="124") == "reachable"


@pytest.mark.parametrize("port", ["0x50", "65536", "443/sctp2", "8100-8000", "icmp:300", "proto:256", ""])
def test_ports_that_are_none(port):
    """Contracts, section 2."""
    with pytest.raises(UsageError):
        ask(lab(), "0.0.0.0/0", "i-web", port)


@pytest.mark.parametrize("hop", ["tgw-1", "vgw-1", "vpce-1", "lgw-1", "cagw-1"])
def test_what_is_not_modelled_is_named_and_leaves_it_open(hop):
    """Contracts, section 3: the answer names what decides."""
    answer = ask(reroute(lab(), "rtb-main", route("10.9.0.0/16", hop)), "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert hop in {gap.resource for gap in answer.gaps}
    assert hop in answer.summary


def test_behind_what_is_not_modelled_the_target_can_still_decide():
    """Contracts, section 3: already decided by what is known."""
    record = ingress(reroute(lab(), "rtb-main", route("10.9.0.0/16", "tgw-1")), "sg-peer")
    assert verdict(record, "i-db", "i-peer", "80") == "blocked"


def test_two_routes_to_cloud_wan_and_odb():
    """EC2 API, Route: CoreNetworkArn, OdbNetworkArn."""
    for member in ("CoreNetworkArn", "OdbNetworkArn"):
        arn = "arn:aws:networkmanager::111122223333:core-network/core-network-1"
        record = reroute(lab(), "rtb-main", {"DestinationCidrBlock": "0.0.0.0/0", member: arn, "State": "active"})
        answer = ask(record, "i-db", "8.8.8.8")
        assert (answer.verdict.value, {gap.resource for gap in answer.gaps}) == ("unknown", {arn})


def without_the_peer():
    """vpc-9 belongs to somebody else: only the peering connection and a rule tell of it."""
    record = lab()
    record["Vpcs"].pop()
    record["Subnets"] = [s for s in record["Subnets"] if s["VpcId"] != "vpc-9"]
    record["NetworkInterfaces"] = [i for i in record["NetworkInterfaces"] if i["VpcId"] != "vpc-9"]
    record["SecurityGroups"] = [g for g in record["SecurityGroups"] if g["VpcId"] != "vpc-9"]
    foreign = {
        "GroupId": "sg-foreign",
        "UserId": "999988887777",
        "VpcId": "vpc-9",
        "VpcPeeringConnectionId": "pcx-1",
        "PeeringStatus": "active",
    }
    return ingress(record, "sg-db", permission("tcp", 5432, UserIdGroupPairs=[foreign]))


def test_whether_an_unseen_peer_is_a_member_is_not_known():
    """VPC peering guide, vpc-peering-security-groups: the rule names a group over there, and who is in it is not told."""
    assert verdict(without_the_peer(), "10.9.1.77", "i-db", "5432") == "unknown"


def test_whether_somebody_behind_a_transit_gateway_is_a_member_is_not_known():
    """Transit gateway guide, tgw-vpc-attachments: inbound references work between VPCs of one transit gateway."""
    record = reroute(without_the_peer(), "rtb-main", route("10.9.0.0/16", "tgw-1"))
    far = {"GroupId": "sg-foreign", "UserId": "999988887777", "VpcId": "vpc-9"}
    ingress(record, "sg-db", permission("tcp", 5432, UserIdGroupPairs=[far]))
    assert verdict(record, "10.9.1.77", "i-db", "5432") == "unknown"


def test_behind_a_vpn_nobody_is_a_member():
    """VPC guide, security-group-rules: members are network interfaces."""
    record = reroute(without_the_peer(), "rtb-main", route("10.9.0.0/16", "vgw-1"))
    assert verdict(record, "10.9.1.77", "i-db", "5432") == "blocked"


def test_what_an_unseen_peer_does_with_our_packets_is_not_known():
    """Contracts, section 3: a peer or account that a record on the path names."""
    answer = ask(without_the_peer(), "i-db", "10.9.1.77", "80")
    assert answer.verdict.value == "unknown"
    assert "vpc-9" in {gap.resource for gap in answer.gaps}


@pytest.mark.parametrize("address", ["fd00:1::1", "fe80::1"])
def test_no_route_helps_to_a_private_ipv6_address(address):
    """RFC 4193, RFC 4291: neither is routed in the internet; for IPv4 no command is proposed either."""
    (blocker,) = blockers(ask(lab(), "i-web", address))
    assert blocker.fix.commands == ()


@pytest.mark.parametrize("address", ["172.16.5.5", "100.64.0.1", "192.168.1.1"])
def test_internet_gateways_drop_what_goes_to_private_addresses(address):
    """Reachability Analyzer guide, explanation codes: RFC 1918 and RFC 6598 on egress."""
    (blocker,) = blockers(ask(lab(), "i-web", address))
    kind = "RFC6598" if address.startswith("100.") else "RFC1918"
    assert blocker.code == f"IGW_DESTINATION_ADDRESS_NOT_IN_{kind}_EGRESS"
    assert blocker.fix.commands == ()


def test_only_part_of_the_internet_has_a_route():
    """VPC guide, subnet-route-tables: what no route covers is dropped, there and back."""
    out = ask(reroute(lab(), "rtb-main", route("8.8.8.0/24", "nat-1")), "i-db", "8.8.8.0/23")
    assert (out.verdict.value, codes(out)) == ("partial", ["NO_ROUTE_TO_DESTINATION"])
    (back,) = ask(reroute(lab(), "rtb-pub", route("203.0.113.0/24", "igw-1")), "203.0.112.0/23", "i-web").answers
    assert (back.verdict.value, back.allowed, back.denied) == ("partial", ("203.0.113.0/24",), ("203.0.112.0/24",))


def test_part_of_a_block_is_a_blackhole():
    """VPC guide, route-tables-priority: the longer prefix wins and drops; the rest goes on."""
    record = reroute(lab(), "rtb-main", route("8.8.8.0/24", "nat-gone", State="blackhole"), route("0.0.0.0/0", "nat-1"))
    answer = ask(record, "i-db", "8.8.8.0/23")
    assert (answer.verdict.value, codes(answer)) == ("partial", ["BAD_STATE_ROUTE"])
    (command,) = blockers(answer)[0].fix.commands
    assert "replace-route" in command
    assert "--destination-cidr-block 8.8.8.0/24 --nat-gateway-id nat-1" in command


def test_without_any_gateway_both_ways_are_told():
    """VPC guide, VPC_Internet_Gateway: attach one, and route to it."""
    record = reroute(lab(), "rtb-pub")
    record["InternetGateways"] = []
    answer = ask(record, "0.0.0.0/0", "i-web")
    assert [(b.code, b.resource, b.fix.commands) for b in blockers(answer)] == [
        ("BAD_STATE_ATTACHMENT", "vpc-1", ()),
        ("NO_ROUTE_TO_DESTINATION", "rtb-pub", ()),
    ]
