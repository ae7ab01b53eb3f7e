"""What one record that is not in the input would decide is undecided, whoever asks: one pair, a list, a table or a path."""

from __future__ import annotations

import pytest

import sgcheck
from sgcheck.packets import TCP, IntervalSet, Services
from sgcheck.reach.attack import blast, surface
from sgcheck.reach.chokes import cut
from sgcheck.reach.exposure import exposure
from sgcheck.reach.lateral import lateral
from sgcheck.reach.matrix import matrix
from tests.reach.lab import (
    ask,
    cidr,
    find,
    ingress,
    interface,
    lab,
    load,
    pair,
    permission,
    reroute,
    route,
    subnet,
    table,
    verdict,
)
from tests.reach.lab_transit import ATTACHMENTS, GATEWAYS, OF_VPCS, transit

PORT = Services.of(TCP, IntervalSet.single(80))
RANGE = Services.of(TCP, IntervalSet.of((80, 81)))


def doubtful_reference():
    """tgw, tgw-vpc-attachments: references need an option of the gateway, which is not in the input."""
    record = ingress(transit(), "sg-peer", permission("tcp", 80, **pair("sg-db")))
    record[GATEWAYS] = []
    return record


def list_without_entries():
    listed = permission("tcp", 80, PrefixListIds=[{"PrefixListId": "pl-lost"}])
    return ingress(transit(), "sg-peer", listed)


def reference_and_list():
    listed = permission("tcp", 80, PrefixListIds=[{"PrefixListId": "pl-lost"}])
    return ingress(transit(), "sg-peer", permission("tcp", 443, **cidr("10.0.0.0/16")), listed)


def lost_group():
    record = transit()
    record["SecurityGroups"] = [one for one in record["SecurityGroups"] if one["GroupId"] != "sg-peer"]
    return record


def groups_not_told():
    record = transit()
    del find(record, "NetworkInterfaces", "eni-peer")["Groups"]
    return record


def sender_without_groups():
    record = transit()
    del find(record, "NetworkInterfaces", "eni-db")["Groups"]
    return record


def egress_list():
    record = transit()
    listed = permission("tcp", 80, PrefixListIds=[{"PrefixListId": "pl-lost"}])
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = [listed]
    return record


HALF_TOLD = (
    doubtful_reference,
    list_without_entries,
    reference_and_list,
    lost_group,
    groups_not_told,
    sender_without_groups,
    egress_list,
)


@pytest.mark.parametrize("make", HALF_TOLD, ids=lambda make: make.__name__)
def test_everybody_who_asks_is_told_that_it_is_not_decided(make):
    record = make()
    network = load(record)
    assert verdict(record, "i-db", "i-peer", "80") == "unknown"
    for services in (PORT, RANGE):
        found = exposure(network, "i-db", services, "i-peer")
        assert (found.exposed, {r.target.id for r in found.undecided}) == ((), {"i-peer"})
        assert found.gaps
        assert blast(network, "i-db", services, "i-peer").undecided
        everybody = surface(network, "i-peer", services)
        assert "i-db" in {r.source.id for r in everybody.undecided}
        assert "i-db" not in {r.source.id for r in everybody.rows}
        (cell,) = [c for c in matrix(network, "tag:tier", services).cells if (c.source, c.target) == ("db", "peer")]
        assert (cell.verdict.value, cell.openings) == ("unknown", ())
        assert cell.undecided
    path = lateral(network, "i-db", "i-peer", 1, PORT)
    assert (path.paths, len(path.undecided)) == ((), 1)
    closing = cut(network, "i-db", "i-peer", PORT)
    assert (closing.connected, closing.undecided, closing.rules) == (False, True, ())
    assert closing.gaps


# ---------------------------------------- routes


def without_table(id_):
    record = lab()
    record["RouteTables"] = [one for one in record["RouteTables"] if one["RouteTableId"] != id_]
    return record


def more_routes(id_, *wanted):
    record = lab()
    find(record, "RouteTables", id_)["Routes"] += wanted
    return record


def to_a_translator(translator, record=None):
    """The route to vpc-9 leads to a NAT gateway, which may have a way there."""
    return reroute(record or lab(), "rtb-main", route("0.0.0.0/0", "nat-1"), route("10.9.0.0/16", translator))


def regional(*tables):
    """A regional NAT gateway, with the route table that it names or without it."""
    record = to_a_translator("nat-1")
    members = {"AvailabilityMode": "regional", "SubnetId": None, "RouteTableId": "rtb-nat"}
    find(record, "NatGateways", "nat-1").update(members, NatGatewayAddresses=[{"PublicIp": "198.51.100.9"}])
    record["RouteTables"] += tables
    return record


ODD_ROUTES = {
    "the sender's table is missing": lambda: without_table("rtb-main"),
    "the translator's table is missing": lambda: to_a_translator("nat-1", record=without_table("rtb-pub")),
    "a list in the sender's table": lambda: more_routes("rtb-main", route("pl-lost", "pcx-1")),
    "a list in the translator's table": lambda: to_a_translator(
        "nat-1", record=more_routes("rtb-pub", route("pl-lost", "pcx-1"))
    ),
    "a translator that is not in the input": lambda: to_a_translator("nat-lost"),
    "a translator that leads to the internet only": lambda: to_a_translator("nat-1"),
    "a translator that leads on": lambda: to_a_translator(
        "nat-1", record=more_routes("rtb-pub", route("10.9.0.0/16", "pcx-1"))
    ),
    "a translator without a subnet": regional,
    "a translator without a subnet that leads on": lambda: regional(
        table("rtb-nat", routes=[route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "pcx-1")])
    ),
    "a blackhole": lambda: more_routes("rtb-main", route("10.9.1.0/24", "pcx-gone", State="blackhole")),
    "a peering that is not in the input": lambda: more_routes("rtb-main", route("10.9.1.0/24", "pcx-gone")),
}


@pytest.mark.parametrize("name", ODD_ROUTES)
def test_whatever_routes_lead_to_lists_and_tables_say_what_explain_says_of_each_pair(name):
    record = ODD_ROUTES[name]()
    network = load(record)
    hosts = {"i-web": "web", "i-db": "db", "i-peer": "peer"}
    cells = {(c.source, c.target): c for c in matrix(network, "tag:tier", PORT).cells}
    ranged = {(c.source, c.target): c for c in matrix(network, "tag:tier", RANGE).cells}
    for target in hosts:
        everybody = surface(network, target, PORT)
        for source in set(hosts) - {target}:
            answers = sgcheck.explain(network, sgcheck.Question.parse(source, target, "80")).answers
            passes = any(a.allowed for a in answers)
            maybe = any(a.undecided for a in answers)
            assert (source in {r.source.id for r in everybody.rows}) == passes, (source, target)
            assert (source in {r.source.id for r in everybody.undecided}) == maybe, (source, target)
            for found in (cells, ranged):
                cell = found[hosts[source], hosts[target]]
                assert (bool(cell.openings), bool(cell.undecided)) == (passes, maybe), (source, target)


def test_of_two_owners_of_an_address_the_one_that_the_gateway_leads_to_is_meant():
    """tgw, how-transit-gateways-work: its table knows which VPC has the range."""
    record = transit()
    record["Vpcs"].append({"VpcId": "vpc-8", "OwnerId": "111122223333", "CidrBlock": "10.9.0.0/16"})
    record["Subnets"].append(subnet("subnet-8", "10.9.1.0/24", vpc="vpc-8"))
    twin = {**interface("eni-aa", "subnet-8", "10.9.1.5", ["sg-peer"]), "VpcId": "vpc-8"}
    record["NetworkInterfaces"].append(twin)
    answer = ask(record, "i-db", "10.9.1.5", "80")
    assert {a.target.interface for a in answer.answers} == {"eni-peer"}
    assert answer.verdict.value == "reachable"


@pytest.mark.parametrize("lost", ["attachment", "table"])
def test_what_lies_outside_may_be_anywhere_where_the_way_there_is_not_told(lost):
    record = transit()
    if lost == "attachment":
        record[ATTACHMENTS] = [a for a in record[ATTACHMENTS] if a["TransitGatewayAttachmentId"] != "att-1"]
        record[OF_VPCS] = []
    else:
        record["RouteTables"] = [t for t in record["RouteTables"] if t["RouteTableId"] != "rtb-main"]
    answer = ask(record, "i-db", "onprem", "443")
    assert answer.verdict.value == "unknown"
    assert answer.gaps
