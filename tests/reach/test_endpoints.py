"""Documented facts about endpoints, one short test each, with the page it was read on."""

from __future__ import annotations

import pytest

from sgcheck.errors import UnknownNameError, UsageError
from tests.reach.lab import (
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    ingress,
    lab,
    pair,
    permission,
    ports,
    reroute,
    route,
    verdict,
)
from tests.reach.lab_endpoints import NARROW, S3_BLOCK, S3_HOST, connecting, endpoint_interface, serviced, stored


def blockers(answer):
    return [b for a in answer.answers for b in a.blockers]


def blame(answer):
    return sorted({(b.code, b.resource, b.direction.value) for b in blockers(answer)})


def hops(answer):
    return [h.hop for h in answer.answers[0].forward]


def egress(record, id_, *permissions):
    find(record, "SecurityGroups", id_)["IpPermissionsEgress"] = list(permissions)
    return record


def listed(protocol="tcp", port=443):
    return permission(protocol, port, PrefixListIds=[{"PrefixListId": "pl-s3"}])


# ---------------------------------------- interface endpoints


def test_an_interface_endpoint_takes_what_its_groups_allow():
    """PrivateLink guide, create-interface-endpoint: the groups of the endpoint allow the clients, mostly on 443."""
    answer = ask(serviced(), "i-web", "vpce-ssm")
    assert (answer.verdict.value, answer.client_sees.value) == ("reachable", "connected-or-refused")
    assert hops(answer)[-1] == "vpce-ssm"


def test_an_endpoint_whose_group_forgets_its_clients():
    """PrivateLink guide, create-interface-endpoint."""
    record = ingress(serviced(), "sg-ssm", permission("tcp", 443, **cidr("10.0.2.0/24")))
    answer = ask(record, "i-web", "vpce-ssm")
    assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "timeout")
    assert blame(answer) == [("ENI_SG_RULES_MISMATCH", "sg-ssm", "forward")]
    assert "--source-group sg-web" in blockers(answer)[0].fix.commands[0]


def test_the_default_group_of_an_endpoint_knows_only_its_members():
    """PrivateLink guide, create-interface-endpoint: without groups of its own it gets the default one."""
    record = ingress(serviced(), "sg-ssm", permission("-1", **pair("sg-ssm")))
    assert codes(ask(record, "i-web", "vpce-ssm")) == ["ENI_SG_RULES_MISMATCH"]


def test_the_client_needs_its_own_egress_rule():
    """PrivateLink guide, privatelink-access-aws-services."""
    record = egress(serviced(), "sg-web", permission("tcp", 443, **cidr("10.9.0.0/16")))
    assert blame(ask(record, "i-web", "vpce-ssm")) == [("ENI_SG_RULES_MISMATCH", "sg-web", "forward")]


def test_network_acls_guard_endpoints_both_ways():
    """VPC guide, vpc-network-acls: every interface of the subnet."""
    record = entries(serviced(), "acl-priv", entry(100, False), entry(100, True, **ports(443)))
    assert blame(ask(record, "i-web", "vpce-ssm")) == [("SUBNET_ACL_RESTRICTION", "acl-priv", "return")]


@pytest.mark.parametrize("name", ["eni-ssm", "10.0.2.60", "arn:aws:ec2:us-east-1:111122223333:vpc-endpoint/vpce-ssm"])
def test_an_endpoint_by_its_other_names(name):
    """Contracts, section 2."""
    assert verdict(serviced(), "i-web", name) == "reachable"


@pytest.mark.parametrize(
    ("port", "expected"),
    [("443", "reachable"), ("443/udp", "reachable"), ("icmp", "blocked"), ("proto:47", "blocked"), ("all", "partial")],
)
def test_interface_endpoints_take_tcp_and_udp_and_answer_no_ping(port, expected):
    """PrivateLink guide, privatelink-access-aws-services: a ping is never answered, whatever the groups say."""
    record = ingress(serviced(), "sg-ssm", permission("-1", **cidr("10.0.0.0/16")))
    answer = ask(record, "i-web", "vpce-ssm", port)
    assert answer.verdict.value == expected
    if expected != "reachable":
        assert blame(answer) == [("PROTOCOL_RESTRICTION", "vpce-ssm", "forward")]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("available", "reachable"),
        ("Available", "reachable"),
        ("pendingAcceptance", "blocked"),
        ("Rejected", "blocked"),
        ("failed", "blocked"),
        ("partial", "unknown"),
    ],
)
def test_only_an_available_endpoint_works(state, expected):
    """EC2 API, VpcEndpoint: State, whose capitals differ between answers."""
    answer = ask(serviced(State=state), "i-web", "vpce-ssm")
    assert answer.verdict.value == expected
    if expected == "blocked":
        assert blame(answer) == [("BAD_STATE", "vpce-ssm", "forward")]


def test_an_endpoint_opens_no_connections():
    """Reachability Analyzer guide, explanation-codes: VPCE_INTRA_VPC_TRAFFIC."""
    answer = ask(serviced(), "vpce-ssm", "i-db", "5432")
    assert ("VPCE_INTRA_VPC_TRAFFIC", "vpce-ssm", "forward") in blame(answer)
    assert answer.verdict.value == "blocked"


def test_endpoints_do_not_count_among_the_hosts_of_a_subnet():
    """An endpoint in the subnet makes what its hosts reach no less reachable."""
    record = ingress(serviced(), "sg-web", permission("tcp", 443, **cidr("10.0.2.0/24")))
    assert verdict(record, "subnet-priv", "i-web") == "reachable"
    assert verdict(record, "10.0.2.0/24", "i-web") == "reachable"
    assert verdict(record, "sg-ssm", "i-web") == "blocked"


def test_an_endpoint_without_its_record():
    """Contracts, section 3: what a record on the path names and the input lacks decides nothing."""
    record = serviced()
    del record["VpcEndpoints"]
    answer = ask(record, "i-web", "eni-ssm")
    assert answer.verdict.value == "unknown"
    assert [(g.kind, g.resource, g.collect) for g in answer.gaps] == [
        ("VPC endpoint", "vpce-ssm", "aws ec2 describe-vpc-endpoints")
    ]
    pinged = ingress(record, "sg-ssm", permission("-1", **cidr("10.0.0.0/16")))
    assert verdict(pinged, "i-web", "eni-ssm", "icmp") == "blocked"
    assert verdict(ingress(record, "sg-ssm"), "i-web", "eni-ssm") == "blocked"
    assert verdict(ingress(record, "sg-ssm"), "i-web", "vpce-ssm") == "blocked"


def test_an_endpoint_whose_interface_does_not_tell_its_groups():
    """Contracts, section 3."""
    record = serviced()
    del find(record, "NetworkInterfaces", "eni-ssm")["Groups"]
    assert verdict(record, "i-web", "vpce-ssm") == "unknown"


def test_a_peer_reaches_an_interface_endpoint():
    """VPC peering guide, vpc-peering-basics: interface endpoints can be used from a peer, gateway endpoints can't."""
    record = ingress(serviced(), "sg-ssm", permission("tcp", 443, **cidr("10.9.0.0/16")))
    assert verdict(record, "i-peer", "vpce-ssm") == "reachable"


def test_the_internet_does_not_reach_the_ipv6_address_of_an_endpoint():
    """PrivateLink guide, create-interface-endpoint: DenyAllIgwTraffic is on."""
    record = serviced()
    record["NetworkInterfaces"].append(
        endpoint_interface(
            "eni-six",
            "10.0.1.60",
            ["sg-ssm"],
            "vpce-ssm",
            SubnetId="subnet-pub",
            Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1:1::60"}],
        )
    )
    assert ("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "eni-six", "forward") in blame(ask(record, "::/0", "eni-six"))


def test_a_policy_of_an_endpoint_is_a_warning():
    """PrivateLink guide, vpc-endpoints-access: the service answers, with 403."""
    answer = ask(serviced(PolicyDocument=NARROW), "i-web", "vpce-ssm")
    assert answer.verdict.value == "reachable"
    assert any("403" in w for w in answer.warnings)
    assert not any("403" in w for w in ask(serviced(), "i-web", "vpce-ssm").warnings)


@pytest.mark.parametrize(("enabled", "word"), [(True, "enableDnsSupport"), (False, "public addresses")])
def test_private_dns_is_told(enabled, word):
    """PrivateLink guide, privatelink-access-aws-services: private DNS and the VPC's two DNS attributes."""
    assert any(word in w for w in ask(serviced(PrivateDnsEnabled=enabled), "i-web", "vpce-ssm").warnings)


def test_a_service_of_ones_own_is_named():
    """EC2 API, ServiceConfiguration: the load balancers behind it."""
    record = serviced(ServiceName="com.amazonaws.vpce.us-east-1.vpce-svc-1")
    arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/own/1"
    service = {
        "ServiceId": "vpce-svc-1",
        "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
        "ServiceState": "Available",
        "NetworkLoadBalancerArns": [arn],
    }
    record["ServiceConfigurations"] = [service]
    assert any(arn in w for w in ask(record, "i-web", "vpce-ssm").warnings)
    service["ServiceState"] = "Deleting"
    assert blame(ask(record, "i-web", "vpce-ssm")) == [("BAD_STATE", "vpce-svc-1", "forward")]


@pytest.mark.parametrize("type_", ["Resource", "ServiceNetwork"])
def test_endpoints_of_lattice_are_named_and_left_open(type_):
    """VPC Lattice guide: what stands behind decides; the groups of the endpoint count."""
    record = serviced(VpcEndpointType=type_)
    answer = ask(record, "i-web", "vpce-ssm")
    assert answer.verdict.value == "unknown"
    assert "Lattice" in answer.summary
    assert verdict(ingress(record, "sg-ssm"), "i-web", "vpce-ssm") == "blocked"


def test_an_endpoint_without_interfaces_in_the_input():
    """Nothing can be asked of it."""
    record = serviced()
    record["NetworkInterfaces"].pop()
    with pytest.raises(UsageError):
        ask(record, "i-web", "vpce-ssm")
    with pytest.raises(UnknownNameError) as raised:
        ask(record, "i-web", "vpce-ssn")
    assert "vpce-ssm" in str(raised.value.hint)


# ---------------------------------------- gateway endpoints


def test_a_gateway_endpoint_carries_the_addresses_of_its_service():
    """PrivateLink guide, gateway-endpoints: the more specific route wins; nothing else takes it."""
    answer = ask(stored(), "i-db", S3_HOST)
    assert answer.verdict.value == "reachable"
    assert hops(answer)[-1] == "vpce-s3"
    assert "nat-1" in hops(ask(stored(), "i-db", "8.8.8.8"))
    assert "vpce-s3" not in hops(ask(stored(), "i-db", "8.8.8.8"))


def test_a_gateway_endpoint_needs_no_public_address_and_no_nat():
    """PrivateLink guide, gateway-endpoints."""
    record = reroute(stored(), "rtb-main", route("pl-s3", "vpce-s3"))
    assert verdict(record, "i-db", S3_HOST) == "reachable"
    assert verdict(record, "i-db", "8.8.8.8") == "blocked"


def test_a_gateway_endpoint_by_name_stands_for_its_addresses():
    """Contracts, section 2."""
    assert verdict(stored(), "i-db", "vpce-s3") == "reachable"
    assert verdict(reroute(lab(), "rtb-pub"), "i-web", "8.8.8.8") == "blocked"
    with pytest.raises(UsageError):
        ask(stored(), "vpce-s3", "i-db")


def test_a_gateway_endpoint_without_routes_serves_nobody():
    """PrivateLink guide, gateway-endpoints: routes come with the association."""
    with pytest.raises(UsageError) as raised:
        ask(reroute(stored(), "rtb-main"), "i-db", "vpce-s3")
    assert "route" in str(raised.value)


def test_another_service_still_takes_the_internet_route():
    """PrivateLink guide, gateway-endpoints: other Regions' addresses are not in the list."""
    assert "nat-1" in hops(ask(stored(), "i-db", "3.5.0.1"))


@pytest.mark.parametrize(
    ("port", "expected"), [("443", "reachable"), ("icmp", "reachable"), ("443/udp", "blocked"), ("icmp:3/4", "blocked")]
)
def test_gateway_endpoints_carry_tcp_and_ping(port, expected):
    """Reachability Analyzer guide, explanation-codes: VPCE_GATEWAY_PROTOCOL_RESTRICTION."""
    answer = ask(stored(), "i-db", S3_HOST, port)
    assert answer.verdict.value == expected
    if expected == "blocked":
        assert blame(answer) == [("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "vpce-s3", "forward")]


def test_a_group_may_name_the_list_of_the_service():
    """PrivateLink guide, gateway-endpoints: SG egress to the prefix list."""
    assert verdict(egress(stored(), "sg-db", listed()), "i-db", S3_HOST) == "reachable"
    assert verdict(egress(stored(), "sg-db", permission("tcp", 443, **cidr(S3_BLOCK))), "i-db", S3_HOST) == "reachable"
    record = egress(stored(), "sg-db", permission("tcp", 443, **cidr("10.0.0.0/8")))
    assert blame(ask(record, "i-db", S3_HOST)) == [("ENI_SG_RULES_MISMATCH", "sg-db", "forward")]


def test_network_acls_see_the_addresses_of_the_service():
    """PrivateLink guide, gateway-endpoints: ACLs allow the service's CIDRs, both ways."""
    record = entries(stored(), "acl-priv", entry(100, False, block="10.0.0.0/8"), entry(100, True))
    assert blame(ask(record, "i-db", S3_HOST)) == [("SUBNET_ACL_RESTRICTION", "acl-priv", "return")]
    record = entries(stored(), "acl-priv", entry(100, False), entry(100, True, block="10.0.0.0/8"))
    assert blame(ask(record, "i-db", S3_HOST)) == [("SUBNET_ACL_RESTRICTION", "acl-priv", "forward")]
    record = entries(stored(), "acl-priv", entry(100, False, block=S3_BLOCK), entry(100, True, block=S3_BLOCK))
    assert verdict(record, "i-db", S3_HOST) == "reachable"


def test_a_gateway_endpoint_in_a_bad_state():
    """EC2 API, VpcEndpoint: State."""
    assert blame(ask(stored(State="deleting"), "i-db", S3_HOST)) == [("BAD_STATE", "vpce-s3", "forward")]


def test_a_policy_of_a_gateway_endpoint_is_a_warning():
    """PrivateLink guide, vpc-endpoints-access."""
    answer = ask(stored(PolicyDocument=NARROW), "i-db", S3_HOST)
    assert answer.verdict.value == "reachable"
    assert any("403" in w for w in answer.warnings)


def test_the_way_of_the_whole_internet_parts_at_the_list():
    """VPC guide, route-tables-priority."""
    assert verdict(stored(), "i-db", "0.0.0.0/0") == "reachable"
    record = reroute(stored(), "rtb-main", route("0.0.0.0/0", "nat-1", State="blackhole"), route("pl-s3", "vpce-s3"))
    assert verdict(record, "i-db", "0.0.0.0/0") == "partial"


def test_a_list_without_known_entries_leaves_it_open():
    """Contracts, section 3."""
    record = stored()
    record["PrefixListEntries"] = {}
    answer = ask(record, "i-db", S3_HOST)
    assert answer.verdict.value == "unknown"
    assert {g.kind for g in answer.gaps} == {"prefix list entry"}
    answer = ask(record, "i-db", "vpce-s3")
    assert answer.verdict.value == "unknown"
    assert {g.kind for g in answer.gaps} == {"prefix list entry"}


def test_a_gateway_endpoint_without_its_record():
    """Contracts, section 3."""
    record = stored()
    record["VpcEndpoints"] = []
    answer = ask(record, "i-db", S3_HOST)
    assert answer.verdict.value == "unknown"
    assert {(g.kind, g.resource) for g in answer.gaps} == {("VPC endpoint", "vpce-s3")}


def test_a_peer_does_not_reach_a_gateway_endpoint():
    """VPC peering guide, vpc-peering-basics: no edge-to-edge routing."""
    record = reroute(stored(), "rtb-peer", route("pl-s3", "pcx-1"), route("10.0.0.0/16", "pcx-1"))
    assert blame(ask(record, "i-peer", S3_HOST)) == [("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "pcx-1", "forward")]


def test_a_gateway_endpoint_serves_its_own_vpc_only():
    """PrivateLink guide, gateway-endpoints: connections can't be extended out of the VPC."""
    record = reroute(stored(), "rtb-peer", route("pl-s3", "vpce-s3"))
    assert blame(ask(record, "i-peer", S3_HOST)) == [("VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC", "vpce-s3", "forward")]


def test_a_nat_gateway_in_front_of_a_gateway_endpoint_is_not_documented():
    """PrivateLink guide, gateway-endpoints, says nothing about translated packets."""
    record = reroute(stored(), "rtb-main", route("0.0.0.0/0", "nat-1"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("pl-s3", "vpce-s3"))
    answer = ask(record, "i-db", S3_HOST)
    assert answer.verdict.value == "unknown"
    assert "nat-1" in answer.summary
    assert verdict(record, "i-web", S3_HOST) == "reachable"


# ---------------------------------------- systems manager


def test_a_private_subnet_reaches_systems_manager_through_its_endpoints_only():
    """Systems Manager guide, setup-create-vpc: 443 out to the endpoints, nothing in."""
    record = ingress(reroute(serviced(), "rtb-main"), "sg-db")
    assert verdict(record, "i-db", "vpce-ssm") == "reachable"
    assert verdict(record, "i-db", "52.94.1.1") == "blocked"


# ---------------------------------------- EC2 Instance Connect endpoints


def test_an_instance_connect_endpoint_opens_connections_to_hosts():
    """EC2 guide, eice-security-groups: hosts name the endpoint's group; its own ingress rules count for nothing."""
    assert verdict(connecting(), "eice-1", "i-db", "ssh") == "reachable"
    assert verdict(connecting(), "eice-1", "i-web", "ssh") == "reachable"
    record = ingress(connecting(), "sg-db", permission("tcp", 22, **cidr("10.0.2.70/32")))
    assert verdict(record, "eice-1", "i-db", "ssh") == "reachable"


def test_an_instance_connect_endpoint_needs_egress_rules():
    """EC2 guide, eice-security-groups: outbound to the hosts."""
    record = egress(connecting(), "sg-eice", permission("tcp", 3389, **cidr("10.0.0.0/16")))
    assert blame(ask(record, "eice-1", "i-db", "ssh")) == [("ENI_SG_RULES_MISMATCH", "sg-eice", "forward")]


def test_a_host_that_forgets_the_instance_connect_endpoint():
    """EC2 guide, eice-security-groups."""
    record = ingress(connecting(), "sg-db", permission("tcp", 22, **cidr("203.0.113.0/24")))
    assert blame(ask(record, "eice-1", "i-db", "ssh")) == [("ENI_SG_RULES_MISMATCH", "sg-db", "forward")]


@pytest.mark.parametrize(
    ("state", "expected"),
    [("create-complete", "reachable"), ("create-in-progress", "blocked"), ("delete-failed", "blocked")],
)
def test_only_a_complete_instance_connect_endpoint_works(state, expected):
    """EC2 API, Ec2InstanceConnectEndpoint: State."""
    answer = ask(connecting(State=state), "eice-1", "i-db", "ssh")
    assert answer.verdict.value == expected
    if expected == "blocked":
        assert blame(answer) == [("BAD_STATE", "eice-1", "forward")]


def test_an_instance_connect_endpoint_carries_tcp():
    """EC2 guide, connect-with-ec2-instance-connect-endpoint: SSH and RDP."""
    record = ingress(connecting(), "sg-db", permission("-1", **pair("sg-eice")))
    assert blame(ask(record, "eice-1", "i-db", "icmp")) == [("PROTOCOL_RESTRICTION", "eice-1", "forward")]
    answer = ask(record, "eice-1", "i-db", "5432")
    assert answer.verdict.value == "reachable"
    assert any("3389" in w for w in answer.warnings)


def test_an_instance_connect_endpoint_takes_no_connections():
    """EC2 guide, connect-with-ec2-instance-connect-endpoint: people connect through the service, not to the interface."""
    record = ingress(connecting(), "sg-eice", permission("-1", **cidr("10.0.0.0/16")))
    assert blame(ask(record, "i-web", "eice-1", "22")) == [("NO_POSSIBLE_DESTINATION", "eni-eice", "forward")]


def test_preserved_client_addresses_and_the_group_of_the_endpoint():
    """EC2 guide, eice-security-groups: the reference works whether client addresses are preserved or not."""
    answer = ask(connecting(PreserveClientIp=True), "eice-1", "i-db", "ssh")
    assert answer.verdict.value == "reachable"
    assert any("preserves client addresses" in w for w in answer.warnings)
    assert verdict(connecting(PreserveClientIp=True), "eice-1", "i-web", "ssh") == "reachable"


def test_preserved_client_addresses_that_nobody_tells():
    """EC2 guide, eice-security-groups: with client addresses preserved a rule must name them or the group."""
    record = ingress(connecting(PreserveClientIp=True), "sg-db", permission("tcp", 22, **cidr("10.0.2.0/24")))
    answer = ask(record, "eice-1", "i-db", "ssh")
    assert answer.verdict.value == "unknown"
    assert "preserves client addresses" in answer.summary
    record = connecting(PreserveClientIp=True)
    entries(record, "acl-pub", entry(100, False, block="10.0.0.0/8"), entry(100, True))
    assert verdict(record, "eice-1", "i-web", "ssh") == "unknown"


def test_preserved_client_addresses_do_not_help_where_nothing_is_open():
    """What is denied to everybody stays denied."""
    record = ingress(connecting(PreserveClientIp=True), "sg-db", permission("tcp", 443, **pair("sg-eice")))
    assert verdict(record, "eice-1", "i-db", "ssh") == "blocked"


def test_an_instance_connect_endpoint_without_its_record():
    """Contracts, section 3."""
    record = connecting()
    record["InstanceConnectEndpoints"] = []
    answer = ask(record, "eni-eice", "i-db", "ssh")
    assert answer.verdict.value == "unknown"
    assert [g.collect for g in answer.gaps] == ["aws ec2 describe-instance-connect-endpoints"]
    assert verdict(egress(record, "sg-eice"), "eni-eice", "i-db", "ssh") == "blocked"
