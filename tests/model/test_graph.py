"""The network as a graph: what stands where, what refers to what, what grants what."""

from __future__ import annotations

import importlib
import pkgutil

import sgcheck.model
from sgcheck.model.filters import Way
from tests.reach.lab import ANY4, cidr, ingress, lab, load, pair, permission, reroute, route


def edges(graph, kind):
    return {(a, b) for a, b, data in graph.edges(data=True) if data["kind"] == kind}


def test_topology_references_and_grants():
    graph = load(lab()).graph
    assert graph.nodes["sg-db"]["kind"] == "security-group"
    assert graph.nodes["0.0.0.0/0"]["kind"] == "range"
    assert ("sg-web", "sg-db") in edges(graph, "refers")
    assert ("0.0.0.0/0", "sg-web") in edges(graph, "grants")
    assert ("sg-web", "0.0.0.0/0") in edges(graph, "grants")
    assert {("subnet-pub", "vpc-1"), ("eni-db", "subnet-priv"), ("nat-1", "subnet-pub")} <= edges(graph, "in")
    assert {("eni-db", "sg-db"), ("i-db", "eni-db"), ("subnet-pub", "acl-pub")} <= edges(graph, "has")
    assert {("subnet-priv", "rtb-main"), ("rtb-pub", "igw-1")} <= edges(graph, "routes")
    assert edges(graph, "attached") == {("igw-1", "vpc-1"), ("eigw-1", "vpc-1")}
    assert edges(graph, "peers") == {("pcx-1", "vpc-1"), ("pcx-1", "vpc-9")}


def test_what_is_loose_has_no_edges():
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    record["InternetGateways"][0]["Attachments"] = []
    record["NetworkAcls"], record["RouteTables"] = [], []
    record["NetworkInterfaces"][1]["Attachment"] = {}
    graph = load(record).graph
    assert ("pl-1", "sg-web") in edges(graph, "grants")
    assert edges(graph, "attached") == {("eigw-1", "vpc-1")}
    assert edges(graph, "routes") == set()


def test_tables_are_lazy_and_complete():
    network = load(
        reroute(ingress(lab(), "sg-web", permission("tcp", 1, **pair("sg-db"))), "rtb-pub", route("0.0.0.0/0", "igw-1"))
    )
    assert len(network.groups) == 3
    assert list(network.acls) == ["acl-peer", "acl-priv", "acl-pub"]
    assert "acl-pub" in network.acls
    assert network.groups["sg-web"] is network.groups["sg-web"]
    assert network.groups["sg-web"].lines(Way.EGRESS)


def test_every_module_of_the_floor_can_be_imported_alone():
    names = [m.name for m in pkgutil.iter_modules(sgcheck.model.__path__)]
    assert "vocabulary" in names
    for name in names:
        assert importlib.import_module(f"sgcheck.model.{name}").__doc__


def test_ranges_are_written_once():
    graph = load(
        ingress(lab(), "sg-web", permission("tcp", 443, **cidr("10.0.0.0/8")), permission("tcp", 80, **ANY4))
    ).graph
    assert ("10.0.0.0/8", "sg-web") in edges(graph, "grants")
