"""Documented facts about transit gateways, VPN and what lies outside, one small network each.

Guides: tgw = Amazon VPC Transit Gateways guide, vpc = Amazon VPC user guide, s2s = Site-to-Site VPN user guide.
"""

from __future__ import annotations

import pytest

from sgcheck.model.routing import Via
from tests.reach.lab import (
    ANY4,
    ask,
    cidr,
    entries,
    entry,
    find,
    ingress,
    instance,
    interface,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
    subnet,
    table,
    verdict,
)
from tests.reach.lab_transit import (
    ATTACHMENTS,
    BOTH,
    GATEWAYS,
    LISTS,
    OF_VPCS,
    PROPAGATIONS,
    ROUTES,
    attachment,
    change,
    led,
    listing,
    of_vpc,
    propagations,
    routes,
    second_zone,
    transit,
    two_gateways,
    vpn,
)


def hops(answer, way="forward"):
    return [h.hop for h in (answer.answers[0].forward if way == "forward" else answer.answers[0].return_)]


def blamed(answer):
    return sorted({(b.code, b.resource) for a in answer.answers for b in a.blockers})


def by_group(record):
    return ingress(record, "sg-peer", permission("tcp", 80, **pair("sg-db")))


# ---------------------------------------- the whole way


def test_two_vpcs_over_a_transit_gateway():
    """tgw, how-transit-gateways-work: attachments, their association, propagated routes, both VPCs' own tables."""
    answer = ask(transit(), "i-db", "i-peer", "80")
    assert (answer.verdict.value, answer.client_sees.value) == ("reachable", "connected-or-refused")
    assert [h for h in hops(answer) if h in ("rtb-main", "tgw-1", "rtb-t", "att-9", "rtb-main9", "i-peer")] == [
        "rtb-main", "tgw-1", "rtb-t", "att-9", "rtb-main9", "i-peer",
    ]  # fmt: skip
    assert [h for h in hops(answer, "return") if not h.startswith("acl-")] == [
        "rtb-peer",
        "tgw-1",
        "rtb-t",
        "att-1",
        "rtb-main",
    ]


@pytest.mark.parametrize(
    "fault, blame",
    [
        # tgw, tgw-route-tables: no association, no lookup; no propagation and no static route, nowhere to go.
        (lambda r: r[ATTACHMENTS][0].pop("Association"), ("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "att-1")),
        (lambda r: r.update({PROPAGATIONS: [propagations("rtb-t", BOTH[0])]}), ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "rtb-t")),
        (lambda r: r.update({PROPAGATIONS: [propagations("rtb-t", BOTH[1])]}), ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "rtb-t")),
        # tgw, how-transit-gateways-work: blackhole routes drop, also where a shorter prefix would lead on.
        (lambda r: listing(r, led("10.9.1.0/24", None, state="blackhole")), ("TGW_RTB_BAD_STATE_ROUTE", "rtb-t")),
        # tgw, tgw-vpc-attachments: an attachment works in the state available.
        (lambda r: change(r, ATTACHMENTS, "att-1", State="pendingAcceptance"), ("BAD_STATE_ATTACHMENT", "att-1")),
        (lambda r: change(r, ATTACHMENTS, "att-9", State="failed"), ("BAD_STATE_ATTACHMENT", "att-9")),
        (lambda r: change(r, GATEWAYS, "tgw-1", State="deleting"), ("BAD_STATE", "tgw-1")),
        # tgw, how-transit-gateways-work: resources in a zone without an attachment can't reach the gateway, nor answer.
        (lambda r: change(r, "Subnets", "subnet-priv", AvailabilityZone="us-east-1b"), ("TGW_ROUTE_AZ_RESTRICTION", "att-1")),
        (lambda r: change(r, "Subnets", "subnet-peer", AvailabilityZone="us-east-1b"), ("TGW_ROUTE_AZ_RESTRICTION", "att-9")),
        # vpc, route-tables: both VPCs need a route.
        (lambda r: reroute(r, "rtb-main"), ("NO_ROUTE_TO_DESTINATION", "rtb-main")),
        (lambda r: reroute(r, "rtb-peer"), ("NO_ROUTE_TO_DESTINATION", "rtb-peer")),
        (lambda r: reroute(r, "rtb-peer", route("10.0.0.0/16", "tgw-1", State="blackhole")), ("BAD_STATE_ROUTE", "rtb-peer")),
        # The subnet in which packets come out routes them by its own table.
        (lambda r: find(r, "RouteTables", "rtb-main9").update(Routes=[route("10.9.0.0/16", "igw-9")]), None),
    ],
)  # fmt: skip
def test_one_fault_blocks_and_is_named(fault, blame):
    record = transit()
    fault(record)
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value in ("blocked", "unknown")
    if blame is not None:
        assert answer.client_sees.value == "timeout"
        assert blame in blamed(answer)


def test_all_faults_at_once():
    record = transit()
    record[ATTACHMENTS][1].pop("Association")
    record[PROPAGATIONS] = [propagations("rtb-t", BOTH[0])]
    ingress(record, "sg-peer")
    reroute(record, "rtb-main")
    answer = ask(record, "i-db", "i-peer", "80")
    assert blamed(answer) == [
        ("NO_ROUTE_TO_DESTINATION", "rtb-main"),
        ("SG_HAS_NO_RULES", "sg-peer"),
        ("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "att-9"),
        ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "rtb-t"),
    ]
    assert all(b.fix.commands for a in answer.answers for b in a.blockers)


def test_a_missing_route_leads_over_the_gateway_that_joins_both():
    record = reroute(transit(), "rtb-peer")
    (blocker,) = ask(record, "i-db", "i-peer", "80").answers[0].blockers
    assert blocker.fix.commands == (
        "aws ec2 create-route --route-table-id rtb-peer --destination-cidr-block 10.0.0.0/16 --transit-gateway-id tgw-1",
    )


# ---------------------------------------- which route of the gateway


@pytest.mark.parametrize(
    "wanted, expected",
    [
        # tgw, how-transit-gateways-work, route evaluation order: longest prefix, then static, then lists, then propagated.
        ([led("10.9.0.0/16", "att-vpn", "vpn")], "unknown"),
        ([led("10.0.0.0/8", "att-vpn", "vpn")], "reachable"),
        ([led("10.9.1.0/24", "att-9")], "reachable"),
        ([led("10.9.1.0/24", None, state="blackhole"), led("10.9.1.5/32", "att-9")], "reachable"),
        ([led("10.9.0.0/16", "att-vpn", "vpn", PrefixListId="pl-1")], "unknown"),
        ([led("10.9.0.0/16", "att-vpn", "vpn", state="deleting")], "reachable"),
        # A search that has propagated routes is whole: nothing is added to it.
        ([led("10.0.0.0/16", "att-1", type_="propagated")], "blocked"),
        ([led("10.0.0.0/16", "att-1", type_="propagated"), led("10.9.0.0/16", "att-9", type_="propagated")], "reachable"),
        # An attachment that nothing tells of.
        ([led("10.9.0.0/16", "att-x")], "unknown"),
    ],
)  # fmt: skip
def test_the_route_that_counts(wanted, expected):
    assert verdict(listing(transit(), *wanted), "i-db", "i-peer", "80") == expected


def test_a_search_that_left_routes_out_may_hide_a_longer_prefix():
    """EC2 API, SearchTransitGatewayRoutes: AdditionalRoutesAvailable."""
    record = transit()
    record[ROUTES] = [routes("rtb-t", more=True)]
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("transit gateway route", "rtb-t") in {(g.kind, g.resource) for g in answer.gaps}


def test_prefix_lists_of_a_table():
    """tgw, create-prefix-list-reference: the entries of the list are routes; a list without known entries may hold any."""
    record = transit()
    record[PROPAGATIONS] = [propagations("rtb-t", BOTH[0])]
    aim = {"TransitGatewayAttachmentId": "att-9", "ResourceType": "vpc"}
    record[LISTS] = [{"TransitGatewayRouteTableId": "rtb-t", "PrefixListId": "pl-1", "TransitGatewayAttachment": aim}]
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "10.9.0.0/16"}]}
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    record["PrefixListEntries"] = {}
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("prefix list entry", "pl-1") in {(g.kind, g.resource) for g in answer.gaps}
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "10.9.0.0/16"}]}
    record[LISTS][0] |= {"Blackhole": True}
    assert ("TGW_RTB_BAD_STATE_ROUTE", "rtb-t") in blamed(ask(record, "i-db", "i-peer", "80"))


def test_of_two_vpcs_with_one_range_only_the_first_attached_is_propagated():
    """tgw, tgw-vpc-attachments: which it is does not stand in the configuration."""
    record = transit()
    record["Vpcs"].append({"VpcId": "vpc-8", "OwnerId": "111122223333", "CidrBlock": "10.9.0.0/16"})
    record[ATTACHMENTS].append(attachment("att-8", "vpc", "vpc-8"))
    record[OF_VPCS].append(of_vpc("att-8", "vpc-8"))
    record[PROPAGATIONS] = [propagations("rtb-t", *BOTH, ("att-8", "vpc", "vpc-8"))]
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("UNSUPPORTED_COMPONENT", "rtb-t") in blamed(answer)


def test_ipv6_is_propagated_only_where_the_attachment_supports_it():
    """tgw, tgw-vpc-attachments: IPv6 support is an option of the attachment."""
    record = transit()
    find(record, "Vpcs", "vpc-9")["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f18:9::/56"}]
    find(record, "Subnets", "subnet-peer")["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f18:9:1::/64"}]
    find(record, "NetworkInterfaces", "eni-peer")["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:9:1::5"}]
    ingress(record, "sg-peer", permission("tcp", 80, **cidr("2600:1f18:1::/56")))
    find(record, "RouteTables", "rtb-pub")["Routes"].append(route("2600:1f18:9::/56", "tgw-1"))
    find(record, "RouteTables", "rtb-peer")["Routes"].append(route("2600:1f18:1::/56", "tgw-1"))
    assert verdict(record, "i-web", "2600:1f18:9:1::5", "80") == "blocked"
    for own in record[OF_VPCS]:
        own["Options"] = {"Ipv6Support": "enable"}
    assert verdict(record, "i-web", "2600:1f18:9:1::5", "80") == "reachable"


# ---------------------------------------- ACLs


@pytest.mark.parametrize(
    "acl, wanted, expected",
    [
        # tgw, tgw-nacls: in the attachment's own subnet inbound rules judge what goes to the gateway, by its source ...
        ("acl-att1", [entry(100, True), entry(90, False, "deny", "10.0.2.0/24"), entry(100, False)], "blocked"),
        ("acl-att1", [entry(100, True), entry(90, False, "deny", "10.9.0.0/16"), entry(100, False)], "reachable"),
        # ... and outbound rules what comes from it, by its destination: here the replies.
        ("acl-att1", [entry(90, True, "deny", "10.0.2.0/24"), entry(100, True), entry(100, False)], "blocked"),
        ("acl-att1", [entry(90, True, "deny", "10.9.0.0/16"), entry(100, True), entry(100, False)], "reachable"),
        ("acl-att9", [entry(90, True, "deny", "10.9.1.0/24"), entry(100, True), entry(100, False)], "blocked"),
        ("acl-att9", [entry(90, True, "deny", "10.0.2.0/24"), entry(100, True), entry(100, False)], "reachable"),
        ("acl-att9", [entry(100, True), entry(90, False, "deny", "10.9.1.0/24"), entry(100, False)], "blocked"),
        ("acl-att9", [entry(100, True), entry(90, False, "deny", "10.0.2.0/24"), entry(100, False)], "reachable"),
        # The hosts' own subnets as ever.
        ("acl-peer", [entry(100, True), entry(90, False, "deny", "10.0.2.0/24"), entry(100, False)], "blocked"),
        ("acl-peer", [entry(100, False), entry(90, True, "deny", "10.0.2.0/24"), entry(100, True)], "blocked"),
        ("acl-priv", [entry(100, True), entry(90, False, "deny", "10.9.1.0/24"), entry(100, False)], "blocked"),
        ("acl-priv", [entry(100, False), entry(100, True, **ports(80))], "reachable"),
    ],
)
def test_acls_of_the_attachments_subnets(acl, wanted, expected):
    assert verdict(entries(transit(), acl, *wanted), "i-db", "i-peer", "80") == expected


@pytest.mark.parametrize(
    "source, target, port, wanted, expected",
    [
        # tgw, tgw-nacls, same subnet for instance and attachment: to the gateway, outbound rules by destination ...
        ("i-db", "i-peer", "80", [entry(90, True, "deny", "10.9.0.0/16"), entry(100, True), entry(100, False)], "blocked"),
        # ... and inbound rules by source ...
        ("i-db", "i-peer", "80", [entry(100, True), entry(90, False, "deny", "10.0.2.0/24"), entry(100, False)], "blocked"),
        # ... from the gateway, none of them: replies that nothing lets in still come.
        ("i-db", "i-peer", "80", [entry(100, True), entry(100, False, block="10.0.2.0/24")], "reachable"),
        # Asked from the other side: the request is not judged, the reply by both.
        ("i-peer", "i-db", "5432", [entry(100, True), entry(100, False, block="10.0.2.0/24")], "reachable"),
        ("i-peer", "i-db", "5432", [entry(90, True, "deny", "10.9.0.0/16"), entry(100, True), entry(100, False)], "blocked"),
        ("i-peer", "i-db", "5432", [entry(100, True), entry(90, False, "deny", "10.0.2.0/24"), entry(100, False)], "blocked"),
    ],
)  # fmt: skip
def test_an_attachment_in_the_hosts_own_subnet(source, target, port, wanted, expected):
    record = change(transit(), OF_VPCS, "att-1", SubnetIds=["subnet-priv"])
    assert verdict(entries(record, "acl-priv", *wanted), source, target, port) == expected


# ---------------------------------------- zones


def test_packets_stay_in_the_senders_zone_where_they_can():
    """tgw, how-transit-gateways-work: only the outlet in the sender's zone judges them."""
    record = entries(second_zone(transit()), "acl-att9b")
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    assert verdict(entries(record, "acl-att9"), "i-db", "i-peer", "80") == "blocked"


def test_without_an_outlet_in_the_senders_zone_it_may_be_any():
    """What the outlets treat differently is not told."""
    record = second_zone(transit())
    record["Subnets"].append(subnet("subnet-att9c", "10.9.52.0/28", vpc="vpc-9", AvailabilityZone="us-east-1c"))
    record["NetworkAcls"].append({**find(record, "NetworkAcls", "acl-att9b"), "NetworkAclId": "acl-att9c"})
    record["NetworkAcls"][-1]["Associations"] = [{"SubnetId": "subnet-att9c"}]
    change(record, OF_VPCS, "att-9", SubnetIds=["subnet-att9b", "subnet-att9c"])
    change(record, "Subnets", "subnet-peer", AvailabilityZone="us-east-1b")
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    entries(record, "acl-att9c")
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"
    entries(record, "acl-att9b")
    assert verdict(record, "i-db", "i-peer", "80") == "blocked"


def test_with_appliance_mode_it_may_be_any_too():
    """tgw, tgw-appliance-scenario: a flow stays in one zone, whichever."""
    record = entries(second_zone(transit()), "acl-att9b")
    change(record, OF_VPCS, "att-9", Options={"ApplianceModeSupport": "enable"})
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"


def test_zones_are_told_apart_by_their_ids():
    """ram, working-with-az-ids: us-east-1a of one account need not be that of another."""
    record = transit()
    for id_ in ("subnet-priv", "subnet-att1"):
        change(record, "Subnets", id_, AvailabilityZoneId="use1-az1")
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    change(record, "Subnets", "subnet-att1", AvailabilityZoneId="use1-az2")
    assert ("TGW_ROUTE_AZ_RESTRICTION", "att-1") in blamed(ask(record, "i-db", "i-peer", "80"))


def test_a_subnet_whose_zone_is_not_told():
    record = change(transit(), "Subnets", "subnet-priv", AvailabilityZone=None)
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("NOT_COLLECTED", "subnet-att1") in blamed(answer)


# ---------------------------------------- group references


def test_groups_can_be_referenced_over_a_gateway():
    """tgw, tgw-vpc-attachments: in ingress rules, where gateway and both attachments have it on."""
    assert verdict(by_group(transit()), "i-db", "i-peer", "80") == "reachable"


@pytest.mark.parametrize(
    "key, id_, members",
    [
        (GATEWAYS, "tgw-1", {"Options": {"SecurityGroupReferencingSupport": "disable"}}),
        (GATEWAYS, "tgw-1", {"Options": {}}),
        (OF_VPCS, "att-1", {"Options": {"SecurityGroupReferencingSupport": "disable"}}),
        (OF_VPCS, "att-9", {"Options": {"SecurityGroupReferencingSupport": "disable"}}),
    ],
)
def test_references_need_the_option_everywhere(key, id_, members):
    """tgw, tgw-vpc-attachments: the gateway's is off unless set, those of attachments are on."""
    answer = ask(change(by_group(transit()), key, id_, **members), "i-db", "i-peer", "80")
    assert answer.verdict.value == "blocked"
    assert blamed(answer) == [("SG_REFERENCING_SUPPORT", "sg-peer")]
    assert id_ in answer.answers[0].blockers[0].near_misses[0]


def test_references_in_egress_rules_never_match_over_a_gateway():
    """tgw, tgw-vpc-attachments: outbound rules are not supported."""
    record = transit()
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = [permission("tcp", 80, **pair("sg-peer"))]
    assert blamed(ask(record, "i-db", "i-peer", "80"))[0][1] == "sg-db"
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = [permission("tcp", 80, **cidr("10.9.0.0/16"))]
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"


def test_references_never_match_across_peered_gateways():
    """tgw, tgw-vpc-attachments: not over transit gateway peering."""
    answer = ask(by_group(two_gateways()), "i-db", "i-peer", "80")
    assert blamed(answer) == [("SG_REFERENCE_NOT_SAME_REGION", "sg-peer")]


# ---------------------------------------- peered gateways


def test_two_gateways_with_static_routes_to_each_other():
    """tgw, tgw-peering: only static routes lead over a peering."""
    answer = ask(two_gateways(), "i-db", "i-peer", "80")
    assert answer.verdict.value == "reachable"
    assert [h for h in hops(answer) if h.startswith(("tgw-", "rtb-t"))] == ["tgw-1", "rtb-t", "rtb-t2"]


@pytest.mark.parametrize("table_, other", [("rtb-t", "10.9.0.0/16"), ("rtb-t2", "10.0.0.0/16")])
def test_a_gateway_without_the_static_route(table_, other):
    record = two_gateways()
    next(t for t in record[ROUTES] if t["TransitGatewayRouteTableId"] == table_)["Routes"] = []
    answer = ask(record, "i-db", "i-peer", "80")
    assert ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", table_) in blamed(answer)
    assert other.partition("/")[0][:4] in " ".join(b.why for b in answer.answers[0].blockers)


def test_a_peering_that_is_not_accepted():
    record = two_gateways()
    record[ATTACHMENTS][2]["State"] = "pendingAcceptance"
    assert ("BAD_STATE_ATTACHMENT", "att-p") in blamed(ask(record, "i-db", "i-peer", "80"))


def test_the_other_gateway_is_not_in_the_input():
    record = two_gateways()
    record[ATTACHMENTS] = [a for a in record[ATTACHMENTS] if a["TransitGatewayId"] == "tgw-1"]
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"


# ---------------------------------------- through a VPC: shared NAT, other gateways


def shared_nat():
    """i-peer goes to the internet by vpc-1's NAT gateway."""
    record = reroute(transit(), "rtb-peer", route("0.0.0.0/0", "tgw-1"), route("10.0.0.0/16", "tgw-1"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "tgw-1"))
    return listing(record, led("0.0.0.0/0", "att-1"))


def test_a_nat_gateway_serves_other_vpcs_over_a_transit_gateway():
    """vpc, nat-gateway-scenarios and tgw, transit-gateway-nat-igw: its own subnet needs the route back."""
    answer = ask(shared_nat(), "i-peer", "8.8.8.8", "443")
    assert answer.verdict.value == "reachable"
    assert "nat-1" in hops(answer)
    without = reroute(shared_nat(), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    assert ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "rtb-pub") in blamed(
        ask(without, "i-peer", "8.8.8.8", "443")
    )


def test_an_internet_gateway_serves_its_own_vpc_only():
    """vpc, VPC_Internet_Gateway: it knows the public addresses of its own VPC."""
    record = reroute(shared_nat(), "rtb-main", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "tgw-1"))
    find(record, "NetworkInterfaces", "eni-peer")["PrivateIpAddresses"][0]["Association"] = {
        "PublicIp": "198.51.100.77"
    }
    answer = ask(record, "i-peer", "8.8.8.8", "443")
    assert answer.verdict.value == "blocked"
    assert ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "eni-peer") in blamed(answer)


def test_a_peering_carries_nothing_that_came_over_a_gateway_back():
    """vpc peering guide, vpc-peering-basics: no transit. The reply's way has no route to the first VPC."""
    record = transit()
    record["Vpcs"].append({"VpcId": "vpc-7", "OwnerId": "111122223333", "CidrBlock": "10.7.0.0/16"})
    record["Subnets"].append(subnet("subnet-7", "10.7.1.0/24", vpc="vpc-7"))
    record["NetworkInterfaces"].append({**interface("eni-7", "subnet-7", "10.7.1.7", ["sg-peer"]), "VpcId": "vpc-7"})
    answer = ask(listing(record, led("10.7.0.0/16", "att-9")), "i-db", "10.7.1.7", "80")
    assert answer.verdict.value in ("blocked", "unknown")


def test_a_gateway_endpoint_serves_its_own_vpc_only_also_where_the_vpcs_are_not_told():
    """AWS PrivateLink guide, gateway-endpoints: it can't be reached over a transit gateway."""
    record = reroute(transit(), "rtb-peer", route("0.0.0.0/0", "tgw-1"), route("10.0.0.0/16", "tgw-1"))
    listing(record, led("0.0.0.0/0", "att-1"))
    reroute(record, "rtb-main", route("pl-s3", "vpce-s3"), route("10.9.0.0/16", "tgw-1"))
    record["PrefixListEntries"] = {"pl-s3": [{"Cidr": "52.218.0.0/17"}]}
    record["VpcEndpoints"] = [
        {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "State": "available"}
    ]
    blame = [("VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC", "vpce-s3")]
    assert verdict(record, "i-db", "52.218.1.1", "443") == "reachable"
    assert blamed(ask(record, "i-peer", "52.218.1.1", "443")) == blame
    record[ROUTES][0]["Routes"].append(led("10.9.0.0/16", "att-9", type_="propagated"))
    del record["Vpcs"]
    assert ("VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC", "vpce-s3") in blamed(ask(record, "i-peer", "52.218.1.1", "443"))


# ---------------------------------------- VPN, Direct Connect, onprem


def test_what_the_other_side_decides_is_unknown():
    """What lies behind a VPN is not in AWS's answers."""
    answer = ask(transit(), "i-db", "onprem", "443")
    assert (answer.verdict.value, answer.answers[0].target.kind) == ("unknown", "onprem")
    assert {b.resource for b in answer.answers[0].blockers} == {"att-vpn", "vgw-1"}


def test_what_is_decided_here_is_blocked():
    record = transit()
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = []
    assert verdict(record, "i-db", "onprem", "443") == "blocked"
    assert verdict(reroute(transit(), "rtb-main"), "i-db", "onprem", "443") == "blocked"


@pytest.mark.parametrize("address, gate", [("192.168.1.1", "att-vpn"), ("172.16.1.1", "vgw-1")])
def test_an_address_behind_a_vpn(address, gate):
    """s2s, VPNRoutingTypes: routes of the VPC or of the gateway lead there."""
    answer = ask(transit(), "i-db", address, "443")
    assert answer.verdict.value == "unknown"
    assert ("UNKNOWN_DESTINATION", gate) in blamed(answer)


def test_a_vpn_whose_tunnels_are_down():
    """s2s, ViewVPNStatus: with both tunnels down nothing is carried."""
    record = transit()
    record["VpnConnections"][0] = vpn("vpn-1", "DOWN", "DOWN", TransitGatewayId="tgw-1")
    assert blamed(ask(record, "i-db", "192.168.1.1", "443")) == [("TGW_BAD_STATE_VPN", "att-vpn")]


def test_a_private_gateway_may_have_direct_connect_besides():
    """direct connect guide, virtualgateways: its VPN being down does not decide."""
    record = transit()
    record["VpnConnections"][1] = vpn("vpn-2", "DOWN", "DOWN", VpnGatewayId="vgw-1")
    answer = ask(record, "i-db", "172.16.1.1", "443")
    assert answer.verdict.value == "unknown"
    assert any("every tunnel" in w for w in answer.warnings)


def test_a_private_gateway_of_another_vpc():
    record = change(transit(), "VpnGateways", "vgw-1", VpcAttachments=[{"VpcId": "vpc-9", "State": "attached"}])
    assert blamed(ask(record, "i-db", "172.16.1.1", "443")) == [("BAD_STATE_ATTACHMENT", "vgw-1")]


@pytest.mark.parametrize(
    "rule, expected",
    [(permission("tcp", 5432, **ANY4), "unknown"), (permission("tcp", 5432, **cidr("10.0.0.0/8")), "blocked")],
)
def test_asked_from_onprem(rule, expected):
    """The target's groups judge the addresses that its routes lead to the VPN."""
    assert verdict(ingress(transit(), "sg-db", rule), "onprem", "i-db", "5432") == expected


def test_asked_from_an_address_onprem():
    record = ingress(transit(), "sg-db", permission("tcp", 5432, **cidr("192.168.7.0/24")))
    assert verdict(record, "192.168.7.7", "i-db", "5432") == "unknown"
    assert verdict(record, "192.168.8.8", "i-db", "5432") == "blocked"
    assert verdict(listing(record), "192.168.7.7", "i-db", "5432") == "blocked"  # the gateway has no way back there


def test_static_routes_of_a_vpn_are_propagated():
    """s2s, VPNRoutingTypes: with static routing the connection tells what lies behind it."""
    record = listing(transit())
    record[PROPAGATIONS] = [propagations("rtb-t", *BOTH, ("att-vpn", "vpn", "vpn-1"))]
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"  # what BGP brings is not told, and may be longer
    record["VpnConnections"][0] |= {
        "Options": {"StaticRoutesOnly": True},
        "Routes": [{"DestinationCidrBlock": "192.168.0.0/16"}],
    }
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"
    assert verdict(record, "i-db", "192.168.1.1", "443") == "unknown"


@pytest.mark.parametrize("kind", ["direct-connect-gateway", "connect"])
def test_direct_connect_and_connect_lead_outside(kind):
    """tgw, tgw-dcg-attachments and tgw-connect."""
    record = listing(transit(), led("192.168.0.0/16", "att-dx", kind))
    record[ATTACHMENTS].append(attachment("att-dx", kind, "dx-1"))
    assert ("UNKNOWN_DESTINATION", "att-dx") in blamed(ask(record, "i-db", "192.168.1.1", "443"))


def test_what_is_not_modelled_is_named():
    """An attachment of a type of its own is opaque."""
    record = listing(transit(), led("192.168.0.0/16", "att-nf", "network-function"))
    record[ATTACHMENTS].append(attachment("att-nf", "network-function", "nf-1"))
    assert ("UNSUPPORTED_COMPONENT", "att-nf") in blamed(ask(record, "i-db", "192.168.1.1", "443"))


def test_cloud_wan_is_named_and_opaque():
    """Network Manager guide: a core network is a route's target by its ARN."""
    arn = "arn:aws:networkmanager::111122223333:core-network/core-network-1"
    record = reroute(
        transit(), "rtb-main", {"DestinationCidrBlock": "10.9.0.0/16", "CoreNetworkArn": arn, "State": "active"}
    )
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("UNSUPPORTED_COMPONENT", arn) in blamed(answer)


# ---------------------------------------- what is missing


def test_a_route_to_a_gateway_without_any_record():
    record = transit()
    for key in (GATEWAYS, ATTACHMENTS, OF_VPCS, ROUTES, PROPAGATIONS):
        del record[key]
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert {gap.kind for gap in answer.gaps} == {"transit gateway"}
    assert "aws ec2 describe-transit-gateways" in {gap.collect for gap in answer.gaps}


def test_the_subnets_of_an_attachment_are_told_by_its_interfaces_too():
    """EC2 API, NetworkInterface: the description names the attachment."""
    record = transit()
    del record[OF_VPCS]
    named = {"InterfaceType": "transit_gateway", "RequesterManaged": True, "Attachment": {}}
    record["NetworkInterfaces"] += [
        {**interface("eni-a", "subnet-att1", "10.0.50.4", []), **named, "Description": "Network Interface for Transit Gateway Attachment tgw-attach-1"},
    ]  # fmt: skip
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"
    for own, other in (("att-1", "tgw-attach-1"), ("att-9", "tgw-attach-9")):
        change(record, ATTACHMENTS, own, TransitGatewayAttachmentId=other)
    listed = record[PROPAGATIONS][0]["TransitGatewayRouteTablePropagations"]
    for each in listed:
        each["TransitGatewayAttachmentId"] = each["TransitGatewayAttachmentId"].replace("att-", "tgw-attach-")
    record["NetworkInterfaces"].append(
        {**interface("eni-b", "subnet-att9", "10.9.50.4", []), **named, "VpcId": "vpc-9", "Description": "Network Interface for Transit Gateway Attachment tgw-attach-9"}
    )  # fmt: skip
    assert verdict(record, "i-db", "i-peer", "80") == "reachable"


def test_the_model_keeps_a_gateways_routes_apart_from_a_vpcs():
    network = load(transit())
    table = network.transit.table("rtb-t")
    assert table is not None
    assert {r.via for r in table.routes} == {Via.ATTACHMENT}
    assert "rtb-t" not in network.tables


def test_a_reply_route_to_one_of_several_senders_is_home_for_his_own_addresses_only():
    """A route of the attachment's subnet to an interface, asked about for two hosts of a subnet at once (vpc: "Routing for
    a middlebox appliance").
    """
    record = transit()
    record["NetworkInterfaces"].append(interface("eni-db2", "subnet-priv", "10.0.2.21", ["sg-db"]))
    record["Reservations"][0]["Instances"].append(instance("i-db2", "db2"))
    record["RouteTables"].append(table("rtb-att1", "subnet-att1", routes=[route("10.0.2.0/24", "eni-db")]))
    alone = [verdict(record, address, "i-peer", "80") for address in ("10.0.2.20", "10.0.2.21")]
    assert alone == ["reachable", "blocked"]
    together = ask(record, "10.0.2.20/31", "i-peer", "80")
    assert [block for answer in together.answers for block in answer.allowed] == ["10.0.2.20/32"]
