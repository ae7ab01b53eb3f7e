"""The network as a graph: what stands where, what refers to what, what grants what."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import random

import networkx as nx

import sgcheck.model
from sgcheck.model.filters import Way
from tests.reach.lab import ANY4, cidr, entry, ingress, lab, load, pair, permission, reroute, route
from tests.reach.lab_balancers import ALB, alb, target
from tests.reach.lab_endpoints import endpoint, serviced
from tests.reach.lab_firewall import inspected
from tests.reach.lab_names import orders
from tests.reach.lab_transit import transit, two_gateways


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


def test_balancers_with_nodes_and_targets():
    graph = load(alb()).graph
    assert graph.nodes[ALB]["kind"] == "load-balancer"
    assert {(ALB, "eni-alb-a"), (ALB, "eni-alb-b")} <= edges(graph, "has")
    assert edges(graph, "forwards") == {(ALB, "i-app")}


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


def test_every_node_has_a_kind():
    """Also what is not in the input: a gateway that a route names, a group that an interface has."""
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "tgw-9"))
    record["NetworkInterfaces"][0]["Groups"].append({"GroupId": "sg-unknown"})
    assert [node for node, data in load(record).graph.nodes(data=True) if "kind" not in data] == []


def test_every_node_of_a_complete_input_has_a_kind_and_every_edge():
    graph = load(lab()).graph
    kinds = {"vpc", "subnet", "network-interface", "instance", "security-group", "network-acl", "route-table", "range"}
    assert {data["kind"] for _n, data in graph.nodes(data=True)} == kinds | {
        "internet-gateway",
        "egress-only-internet-gateway",
        "nat-gateway",
        "vpc-peering-connection",
    }
    assert {data["kind"] for _a, _b, data in graph.edges(data=True)} == {
        "in",
        "has",
        "routes",
        "attached",
        "peers",
        "refers",
        "grants",
        "denies",
    }


def test_routes_say_which_destination():
    graph = load(lab()).graph
    found = {(b, d["destination"]) for a, b, d in graph.edges(data=True) if d["kind"] == "routes" and a == "rtb-main"}
    assert found == {("nat-1", "0.0.0.0/0"), ("pcx-1", "10.9.0.0/16")}


def test_grants_point_along_the_packets():
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **cidr("192.0.2.0/24")))
    record["SecurityGroups"][1]["IpPermissionsEgress"] = [permission("udp", 53, **cidr("198.18.0.0/15"))]
    grants = edges(load(record).graph, "grants")
    assert {("192.0.2.0/24", "sg-db"), ("sg-db", "198.18.0.0/15")} <= grants
    assert ("198.18.0.0/15", "sg-db") not in grants


def test_an_instance_without_interfaces_and_a_regional_nat_gateway_stand_alone():
    record = lab()
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-gone", "State": {"Name": "terminated"}})
    record["NatGateways"][0].update(AvailabilityMode="regional", SubnetId=None)
    graph = load(record).graph
    assert graph.nodes["i-gone"]["kind"] == "instance"
    assert graph.degree("i-gone") == 0
    assert ("nat-1", "vpc-1") in edges(graph, "in")


def shuffled(record, seed):
    """The same network with every list of records in another order."""
    turned = copy.deepcopy(record)
    for value in turned.values():
        if isinstance(value, list):
            random.Random(seed).shuffle(value)
    return turned


def test_the_graph_is_the_same_whatever_the_order_of_the_input():
    """Nodes, edges, attributes and keys, and their order too."""
    record = lab()
    one = load(record).graph
    for seed in range(3):
        other = load(shuffled(record, seed)).graph
        assert list(one.nodes(data=True)) == list(other.nodes(data=True))
        assert list(one.edges(keys=True, data=True)) == list(other.edges(keys=True, data=True))


def test_the_key_of_an_edge_is_its_own_in_the_whole_graph():
    keys = [key for _a, _b, key in load(lab()).graph.edges(keys=True)]
    assert keys == list(range(len(keys)))


def test_who_can_come_where_over_references_is_a_question_for_networkx():
    """Three groups that let each other in, one after the other: from the first, packets can come to the last by hops."""
    record = ingress(lab(), "sg-web", permission("tcp", 443, **ANY4))
    record = ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-web")))
    record = ingress(record, "sg-peer", permission("tcp", 22, **pair("sg-db")))
    graph = load(record).graph
    references = nx.DiGraph((a, b) for a, b, data in graph.edges(data=True) if data["kind"] == "refers")
    assert nx.descendants(references, "sg-web") == {"sg-db", "sg-peer"}
    assert list(nx.simple_cycles(references)) == []
    record = ingress(record, "sg-web", permission("tcp", 443, **pair("sg-peer")))
    turned = nx.DiGraph((a, b) for a, b, d in load(record).graph.edges(data=True) if d["kind"] == "refers")
    assert {frozenset(circle) for circle in nx.simple_cycles(turned)} == {frozenset({"sg-web", "sg-db", "sg-peer"})}


def test_rules_of_acls_are_edges_with_their_number_and_the_last_one_says_that_it_is_the_rest():
    record = lab()
    record["NetworkAcls"][0]["Entries"].append(entry(90, False, "deny", "203.0.113.0/24"))
    graph = load(record).graph
    acl = record["NetworkAcls"][0]["NetworkAclId"]
    told = [data for _a, _b, data in graph.out_edges("203.0.113.0/24", data=True)]
    assert [(d["kind"], d["number"], d["way"], d.get("rest")) for d in told] == [("denies", 90, "ingress", None)]
    assert {b for _a, b in graph.out_edges("203.0.113.0/24")} == {acl}


def test_transit_gateways_are_drawn_with_what_is_attached_and_where_tables_lead():
    graph = load(transit()).graph
    kinds = {data["kind"] for _n, data in graph.nodes(data=True)}
    assert {"transit-gateway", "transit-gateway-attachment", "transit-gateway-route-table"} <= kinds
    attachments = [n for n, data in graph.nodes(data=True) if data["kind"] == "transit-gateway-attachment"]
    for attachment in attachments:
        joined = {graph.nodes[b]["kind"] for _a, b in graph.out_edges(attachment)}
        assert "transit-gateway" in joined
    led = {graph.nodes[b]["kind"] for a, b in edges(graph, "routes") if graph.nodes[a]["kind"].startswith("transit")}
    assert "transit-gateway-attachment" in led


def test_what_is_named_and_not_in_the_input_says_so_with_its_kind():
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "tgw-9"))
    record["NetworkInterfaces"][0]["Groups"].append({"GroupId": "sg-unknown"})
    graph = load(record).graph
    assert graph.nodes["sg-unknown"] == {"kind": "security-group", "missing": True}
    assert graph.nodes["tgw-9"] == {"kind": "transit-gateway", "missing": True}
    assert "missing" not in graph.nodes["sg-web"]


def test_nodes_say_whose_and_where_they_are():
    told = load(lab()).graph.nodes["eni-web"]
    assert (told["vpc"], told["subnet"], told["public"]) == ("vpc-1", "subnet-pub", "198.51.100.7")
    assert "10.0.1.10" in told["addresses"]


def joined(graph, kind):
    """Edges of a kind, by the kinds of their ends."""
    return {(graph.nodes[a]["kind"], graph.nodes[b]["kind"]) for a, b in edges(graph, kind)}


def test_endpoints_stand_in_their_subnets_and_lead_to_their_service():
    graph = load(serviced()).graph
    assert ("vpc-endpoint", "aws-service") in joined(graph, "leads")
    assert ("vpc-endpoint", "network-interface") in joined(graph, "has")
    assert ("vpc-endpoint", "subnet") in joined(graph, "in")


def test_firewalls_have_their_endpoints_and_tables_lead_to_them():
    graph = load(inspected()).graph
    assert ("network-firewall", "vpc-endpoint") in joined(graph, "has")
    assert ("route-table", "vpc-endpoint") in joined(graph, "routes")


def test_peered_transit_gateways_are_joined():
    graph = load(two_gateways()).graph
    assert ("transit-gateway-attachment", "transit-gateway") in joined(graph, "peers")
    assert len([n for n, told in graph.nodes(data=True) if told["kind"] == "transit-gateway"]) == 2


def test_a_dead_route_says_so():
    record = reroute(lab(), "rtb-main", route("10.77.0.0/16", "pcx-1", State="blackhole"))
    told = [data for _a, b, data in load(record).graph.out_edges("rtb-main", data=True) if b == "pcx-1"]
    assert [(d["destination"], d.get("dead")) for d in told] == [("10.77.0.0/16", True)]


def test_a_route_of_a_list_without_known_entries_is_drawn_with_the_list():
    record = reroute(lab(), "rtb-main", {"DestinationPrefixListId": "pl-9", "NatGatewayId": "nat-1", "State": "active"})
    told = [data for _a, b, data in load(record).graph.out_edges("rtb-main", data=True) if b == "nat-1"]
    assert [d["destination"] for d in told] == ["pl-9"]


def test_managed_services_have_their_groups_and_subnets():
    graph = load(orders()).graph
    assert ("service", "security-group") in joined(graph, "has")
    assert ("service", "subnet") in joined(graph, "in")


def test_targets_by_address_are_the_interface_that_has_it():
    record = alb(target("10.0.2.40", 8080), target("10.0.2.99", 8080))
    record["TargetGroups"][0]["TargetType"] = "ip"
    graph = load(record).graph
    forwarded = {b for a, b in edges(graph, "forwards") if a == ALB}
    assert forwarded == {"eni-app", "10.0.2.99"}


def test_a_service_of_ones_own_leads_to_its_balancer():
    record = alb()
    record["VpcEndpoints"] = [endpoint("vpce-own", "Interface", "com.amazonaws.vpce.us-east-1.vpce-svc-1")]
    own = {"ServiceId": "vpce-svc-1", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1"}
    record["ServiceConfigurations"] = [{**own, "NetworkLoadBalancerArns": [ALB]}]
    graph = load(record).graph
    assert ("vpce-own", "vpce-svc-1") in edges(graph, "leads")
    assert ("vpce-svc-1", ALB) in edges(graph, "forwards")
