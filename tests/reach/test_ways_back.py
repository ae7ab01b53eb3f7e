"""Ways that few networks have: replies over gateways that go astray, translators in other VPCs, gateways without a subnet."""

from __future__ import annotations

import pytest

from tests.reach.lab import (
    ANY4,
    acl,
    ask,
    codes,
    entries,
    entry,
    find,
    group,
    ingress,
    instance,
    interface,
    lab,
    permission,
    reroute,
    route,
    subnet,
    table,
    verdict,
)
from tests.reach.lab_transit import (
    ATTACHMENTS,
    OF_VPCS,
    PROPAGATIONS,
    ROUTES,
    attachment,
    change,
    led,
    listing,
    of_vpc,
    routes,
    second_zone,
    transit,
)


def missing(answer):
    return {(gap.kind, gap.resource) for gap in answer.gaps}


def by_own_table(*wanted):
    """Replies come out in subnet-att1, whose own table has these routes beside the local one."""
    record = transit()
    record["RouteTables"].append(table("rtb-att1", "subnet-att1", routes=list(wanted)))
    return record


# ---------------------------------------- replies over a transit gateway


def test_replies_that_the_attachments_subnet_sends_back_into_the_gateway_go_round():
    """VPC guide, route-tables-priority: a route more specific than the local one wins."""
    answer = ask(by_own_table(route("10.0.2.0/24", "tgw-1")), "i-db", "i-peer", "80")
    assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "timeout")
    assert [b.direction.value for a in answer.answers for b in a.blockers] == ["return"]


@pytest.mark.parametrize("forwards, expected", [(True, "unknown"), (False, "blocked")])
def test_replies_that_the_attachments_subnet_sends_to_somebody_else(forwards, expected):
    """VPC guide, VPC_NAT_Instance: only with the source/destination check off a host forwards what is not for it."""
    record = ingress(by_own_table(route("10.0.2.0/24", "eni-web")), "sg-web", permission("-1", **ANY4))
    find(record, "NetworkInterfaces", "eni-web")["SourceDestCheck"] = not forwards
    assert verdict(record, "i-db", "i-peer", "80") == expected


def test_a_blackhole_in_the_attachments_subnet_takes_the_replies():
    record = by_own_table(route("10.0.2.0/24", "eni-gone", State="blackhole"))
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "blocked"
    assert [(b.resource, b.direction.value) for a in answer.answers for b in a.blockers] == [("rtb-att1", "return")]


def test_a_list_without_entries_may_lead_replies_on_where_what_is_known_does_not():
    record = by_own_table(route("10.0.2.0/24", "eni-gone", State="blackhole"), route("pl-1", "vgw-1"))
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"


def test_the_attachments_subnet_has_no_table_in_the_input():
    record = transit()
    record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-main"]
    answer = ask(record, "i-web", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("route table", "subnet-att1") in missing(answer)


def test_the_subnets_that_replies_come_out_in_are_not_in_the_input():
    record = transit()
    record[OF_VPCS] = [one for one in record[OF_VPCS] if one["TransitGatewayAttachmentId"] != "att-1"]
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("transit gateway VPC attachment", "att-1") in missing(answer)


def test_replies_that_come_out_in_another_vpc_with_the_same_addresses_are_lost():
    """tgw, how-transit-gateways-work: the table of the replies' own attachment decides, and it leads to vpc-7."""
    record = transit()
    record["Vpcs"].append({"VpcId": "vpc-7", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16"})
    record["Subnets"].append(subnet("subnet-7", "10.0.2.0/24", vpc="vpc-7"))
    record["NetworkAcls"].append(acl("acl-7", "subnet-7", vpc="vpc-7"))
    record["RouteTables"].append(table("rtb-7", vpc="vpc-7", main=True))
    change(record, ATTACHMENTS, "att-9", **attachment("att-9", "vpc", "vpc-9", "rtb-back"))
    record[ATTACHMENTS].append(attachment("att-7", "vpc", "vpc-7"))
    record[OF_VPCS].append(of_vpc("att-7", "vpc-7", "subnet-7"))
    record[ROUTES].append(routes("rtb-back", led("10.0.0.0/16", "att-7")))
    record[PROPAGATIONS].append({"TransitGatewayRouteTableId": "rtb-back", "TransitGatewayRouteTablePropagations": []})
    answer = ask(record, "i-db", "i-peer", "80")
    assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "timeout")
    assert ("subnet-7", "return") in {(b.resource, b.direction.value) for a in answer.answers for b in a.blockers}


# ---------------------------------------- a gateway without a subnet


def regional():
    """i-db goes to vpc-9 by a regional NAT gateway, which nothing tells the private address of."""
    record = transit()
    members = {"AvailabilityMode": "regional", "SubnetId": None, "RouteTableId": "rtb-nat"}
    find(record, "NatGateways", "nat-1").update(members, NatGatewayAddresses=[{"PublicIp": "198.51.100.9"}])
    record["RouteTables"].append(table("rtb-nat", routes=[route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "tgw-1")]))
    return reroute(record, "rtb-main", route("0.0.0.0/0", "nat-1"), route("10.9.0.0/16", "nat-1"))


def test_a_regional_nat_gateway_enters_a_transit_gateway_from_no_subnet():
    """VPC guide, nat-gateways-regional: it has no subnet, and its private addresses stand nowhere."""
    answer = ask(regional(), "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert ("NAT gateway", "nat-1") in missing(answer)


def test_the_acl_of_the_only_subnet_that_it_can_enter_by_judges_it():
    answer = ask(entries(regional(), "acl-att1", entry(100, True)), "i-db", "i-peer", "80")
    assert answer.verdict.value == "blocked"
    assert "acl-att1" in {b.resource for a in answer.answers for b in a.blockers}


def test_of_several_subnets_that_it_may_enter_by_it_is_not_told_which():
    record = second_zone(regional())
    answer = ask(entries(record, "acl-att1b", entry(100, True)), "i-db", "i-peer", "80")
    assert answer.verdict.value == "unknown"
    assert any("through which subnet of att-1" in b.why for a in answer.answers for b in a.blockers)


# ---------------------------------------- NAT instances


def nat_instance():
    """i-db goes out by the NAT instance i-nat in the public subnet."""
    record = lab()
    made = interface("eni-out", "subnet-pub", "10.0.1.99", ["sg-out"], "198.51.100.99", SourceDestCheck=False)
    record["NetworkInterfaces"].append(made)
    record["Reservations"][0]["Instances"].append(instance("i-out", "out"))
    record["SecurityGroups"].append(group("sg-out", [permission("-1", **ANY4)]))
    return reroute(record, "rtb-main", route("0.0.0.0/0", "eni-out"))


def test_a_nat_instance_in_the_senders_own_subnet():
    """VPC guide, VPC_NAT_Instance: no ACL stands between the two; the instance's groups see both legs."""
    record = nat_instance()
    record["NetworkInterfaces"].append(interface("eni-near", "subnet-pub", "10.0.1.33", ["sg-near"]))
    record["Reservations"][0]["Instances"].append(instance("i-near", "near"))
    record["SecurityGroups"].append(group("sg-near", []))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("8.8.8.0/24", "eni-out"))
    assert codes(ask(record, "i-near", "8.8.8.8")) == codes(ask(record, "i-out", "8.8.8.8"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"))
    assert verdict(record, "i-db", "8.8.8.8") == "reachable"


def test_nat_instances_that_send_to_each_other_go_round():
    record = nat_instance()
    reroute(record, "rtb-pub", route("0.0.0.0/0", "eni-out"))
    answer = ask(record, "i-db", "8.8.8.8")
    assert answer.verdict.value == "blocked"
    assert "BAD_STATE" in codes(answer)


def test_a_nat_instance_whose_subnet_is_not_in_the_input():
    record = nat_instance()
    record["Subnets"] = [one for one in record["Subnets"] if one["SubnetId"] != "subnet-pub"]
    answer = ask(record, "i-db", "8.8.8.8")
    assert answer.verdict.value == "unknown"
    assert ("subnet", "subnet-pub") in missing(answer)


def test_a_nat_instance_serves_another_vpc_over_a_transit_gateway():
    """tgw, transit-gateway-nat-igw, with an instance for the gateway: its own subnet needs the route back."""
    record = transit()
    made = interface("eni-out", "subnet-pub", "10.0.1.99", ["sg-out"], "198.51.100.99", SourceDestCheck=False)
    record["NetworkInterfaces"].append(made)
    record["Reservations"][0]["Instances"].append(instance("i-out", "out"))
    record["SecurityGroups"].append(group("sg-out", [permission("-1", **ANY4)]))
    reroute(record, "rtb-main", route("0.0.0.0/0", "eni-out"), route("10.9.0.0/16", "tgw-1"))
    reroute(record, "rtb-peer", route("0.0.0.0/0", "tgw-1"))
    listing(record, led("0.0.0.0/0", "att-1"))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "tgw-1"))
    assert verdict(record, "i-peer", "8.8.8.8") == "reachable"
    assert verdict(reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1")), "i-peer", "8.8.8.8") == "blocked"
    assert verdict(ingress(record, "sg-out"), "i-peer", "8.8.8.8") == "blocked"


def test_a_route_to_the_target_s_own_interface_delivers():
    """VPC guide, route-tables-priority: the longest prefix, here of the target itself."""
    record = lab()
    find(record, "RouteTables", "rtb-pub")["Routes"].append(route("10.0.2.20/32", "eni-db"))
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
