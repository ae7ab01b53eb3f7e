"""Whom a change can concern is never too few: whatever `explain` answers otherwise afterwards is in its scope, and a row.

One edit of a small network each: of rules, routes, associations, gateways, attachments, endpoints and balancers.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest

import sgcheck
from sgcheck.errors import SgcheckError
from sgcheck.reach.changes import changes
from sgcheck.reach.diff import diff
from sgcheck.reach.scopes import Scopes
from tests.reach import lab_transit
from tests.reach.lab import (
    ACCOUNT,
    ANY4,
    cidr,
    entries,
    entry,
    find,
    ingress,
    lab,
    load,
    pair,
    permission,
    reroute,
    route,
)
from tests.reach.lab_balancers import alb
from tests.reach.lab_endpoints import serviced, stored
from tests.reach.lab_firewall import inspected
from tests.reach.lab_transit import transit

INTERFACES = {"internet": "", "i-web": "eni-web", "i-db": "eni-db", "i-peer": "eni-peer"}
QUESTIONS = (
    *(("internet", "i-web", "443"), ("i-web", "internet", "443"), ("i-db", "internet", "443")),
    *(("i-web", "i-db", "443"), ("i-web", "i-db", "5432"), ("i-peer", "i-db", "5432"), ("i-peer", "i-web", "443")),
    *(("i-web", "i-peer", "80"), ("i-db", "i-peer", "80")),
)


def denied(record):
    entries(record, "acl-priv", entry(90, False, "deny", "10.0.1.0/24"), entry(100, False), entry(100, True))


def rule_added(record):
    own = find(record, "SecurityGroups", "sg-db")["IpPermissions"]
    ingress(record, "sg-db", *own, permission("tcp", 443, **cidr("10.0.0.0/8")))


def rule_for_members(record):
    ingress(record, "sg-db", permission("tcp", 443, **pair("sg-web")))


def egress_narrowed(record):
    find(record, "SecurityGroups", "sg-web")["IpPermissionsEgress"] = [permission("tcp", 443, **ANY4)]


def routed_otherwise(record):
    own = [r for r in find(record, "RouteTables", "rtb-main")["Routes"] if r.get("GatewayId") != "local"]
    reroute(record, "rtb-main", *own, route("203.0.113.0/24", "igw-1"))


def route_gone(record):
    reroute(record, "rtb-main", route("0.0.0.0/0", "nat-1"))


def route_of_the_translator_gone(record):
    reroute(record, "rtb-pub", route("::/0", "igw-1"))


def other_table(record):
    find(record, "RouteTables", "rtb-pub")["Associations"].append({"Main": False, "SubnetId": "subnet-priv"})


def other_acl(record):
    find(record, "NetworkAcls", "acl-priv")["Associations"] = []
    find(record, "NetworkAcls", "acl-pub")["Associations"].append({"SubnetId": "subnet-priv"})


def group_added(record):
    find(record, "NetworkInterfaces", "eni-db")["Groups"].append({"GroupId": "sg-web"})


def public_gone(record):
    del find(record, "NetworkInterfaces", "eni-web")["PrivateIpAddresses"][0]["Association"]


def stopped(record):
    find(record, "Instances", "i-db")["State"] = {"Name": "stopped"}


def detached(record):
    find(record, "InternetGateways", "igw-1")["Attachments"] = []


def unpeered(record):
    find(record, "VpcPeeringConnections", "pcx-1")["Status"] = {"Code": "deleted"}


def forwards(record):
    find(record, "NetworkInterfaces", "eni-web")["SourceDestCheck"] = False


def vpc_added(record):
    record["Vpcs"].append({"VpcId": "vpc-new", "OwnerId": ACCOUNT, "CidrBlock": "10.77.0.0/16"})


def interface_gone(record):
    record["NetworkInterfaces"] = [n for n in record["NetworkInterfaces"] if n["NetworkInterfaceId"] != "eni-peer"]


def edge_table(record):
    links = [{"Main": False, "GatewayId": "igw-1"}]
    table = {"RouteTableId": "rtb-edge", "VpcId": "vpc-1", "Associations": links, "Routes": []}
    record["RouteTables"].append({**table, "Routes": [route("10.0.0.0/16", "local")]})


def attachment_gone(record):
    lab_transit.change(record, lab_transit.ATTACHMENTS, "att-9", State="deleted")


def propagation_gone(record):
    record[lab_transit.PROPAGATIONS] = [lab_transit.propagations("rtb-t", *lab_transit.BOTH[:1])]


def blackhole(record):
    lab_transit.listing(record, lab_transit.led("10.9.0.0/16", None, state="blackhole"))


def tunnels_down(record):
    record["VpnConnections"] = [lab_transit.vpn("vpn-1", "DOWN", "DOWN", TransitGatewayId="tgw-1")]


def gateway_unattached(record):
    lab_transit.change(record, "VpnGateways", "vgw-1", VpcAttachments=[])


def endpoint_group_shut(record):
    ingress(record, "sg-ssm")


def endpoint_gone(record):
    record["VpcEndpoints"] = []


def balancer_shut(record):
    ingress(record, "sg-alb")


def firewall_gone(record):
    record["NetworkFirewalls"] = []


EDITS = [
    *product(
        (lab,),
        (
            *(denied, rule_added, rule_for_members, egress_narrowed, routed_otherwise, route_gone, other_table),
            *(route_of_the_translator_gone, other_acl, group_added, public_gone, stopped, detached, unpeered),
            *(forwards, vpc_added, interface_gone, edge_table),
        ),
    ),
    *product(
        (transit,),
        (attachment_gone, propagation_gone, blackhole, tunnels_down, gateway_unattached, rule_added, interface_gone),
    ),
    *product((serviced,), (endpoint_group_shut, endpoint_gone, route_gone)),
    *product((stored,), (endpoint_gone, route_gone)),
    (alb, balancer_shut),
    *product((inspected,), (firewall_gone, route_of_the_translator_gone)),
]


@cache
def delivered_of(base):
    """What is answered before anything is edited."""
    network = load(base())
    return {question: delivered(network, *question) for question in QUESTIONS}


def delivered(network, source, target, port):
    """Who gets through and who may, None where there is nobody to ask."""
    try:
        answer = sgcheck.explain(network, sgcheck.Question.parse(source, target, port, None))
    except SgcheckError:
        return None
    return [(a.target.address, a.allowed, a.undecided) for a in answer.answers if a.allowed or a.undecided] or None


@pytest.mark.parametrize("base, edit", EDITS, ids=[f"{base.__name__}-{edit.__name__}" for base, edit in EDITS])
def test_what_is_answered_otherwise_is_in_scope_and_in_a_row(base, edit):
    record = base()
    edit(record)
    before, after = load(base()), load(record)
    found = changes(before, after)
    assert found
    scopes = Scopes(before, after)
    own = [scopes.of(change) for change in found]
    told = diff(before, after)
    rows = {party(row.source) + party(row.target) for row in (*told.opened, *told.closed, *told.undecided)}
    for source, target, port in QUESTIONS:
        start, end = INTERFACES[source], INTERFACES[target]
        if delivered_of(base)[source, target, port] != delivered(after, source, target, port):
            parts = scopes.part_of(end) if end else scopes.part_of(start)
            assert any(start in s.starts or end in s.ends or parts & s.parts for s in own), (source, target, port)
            assert any(concerns(row, source, target) for row in rows), (source, target, port, rows)


def party(one):
    return (frozenset(member.id for member in one.members) or frozenset({one.kind}),)


def concerns(row, source, target):
    return source in row[0] and target in row[1]


def test_rules_concern_one_way_only():
    record = lab()
    rule_added(record)
    before, after = load(lab()), load(record)
    (change,) = changes(before, after)
    scope = Scopes(before, after).of(change)
    assert (scope.starts, scope.ends, scope.parts) == (frozenset(), {"eni-db"}, frozenset())
    assert Scopes(before, after).far(change).cidrs() == ("10.0.0.0/8",)


def test_a_table_concerns_the_addresses_that_it_leads_elsewhere():
    record = lab()
    routed_otherwise(record)
    before, after = load(lab()), load(record)
    (change,) = changes(before, after)
    assert [c for c in Scopes(before, after).far(change).cidrs() if ":" not in c] == ["203.0.113.0/24"]


def test_where_somebody_forwards_for_others_any_address_counts():
    first, second = lab(), lab()
    forwards(first)
    forwards(second)
    rule_added(second)
    before, after = load(first), load(second)
    (change,) = changes(before, after)
    assert Scopes(before, after).far(change) is None
