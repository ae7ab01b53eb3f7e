"""Which part of the graph is shown, the way of a question as a graph, and what is counted."""

from __future__ import annotations

import pytest

from sgcheck.errors import UnknownNameError, UsageError
from sgcheck.reach.atlas import GROUPS, View, atlas
from sgcheck.reach.census import census
from sgcheck.reach.pathmap import path_graph
from tests.reach.lab import ANY4, ask, cidr, group, ingress, interface, lab, load, pair, permission, reroute
from tests.reach.lab_balancers import ALB, alb
from tests.reach.lab_names import orders
from tests.reach.lab_transit import transit


def kinds(graph):
    return {told["kind"] for _n, told in graph.nodes(data=True)}


def around(record, word, depth=1, view=View.ALL):
    return set(atlas(load(record), view, word, depth))


def test_the_views_share_nothing_and_are_everything_together():
    network = load(lab())
    whole, places, rules = (atlas(network, view) for view in (View.ALL, View.TOPOLOGY, View.REFERENCES))
    assert set(places) | set(rules) == set(whole)
    assert not set(places) & set(rules)
    assert kinds(rules) <= GROUPS
    assert {told["kind"] for _a, _b, told in rules.edges(data=True)} == {"refers", "grants"}
    assert {"vpc", "subnet", "network-interface", "instance", "route-table"} <= kinds(places)


def test_ranges_that_only_acls_name_are_no_references():
    record = lab()
    record["NetworkAcls"][0]["Entries"][0]["CidrBlock"] = "203.0.113.0/24"
    network = load(record)
    assert "203.0.113.0/24" in atlas(network, View.ALL)
    assert "203.0.113.0/24" not in atlas(network, View.REFERENCES)


@pytest.mark.parametrize(
    "word, shown, hidden",
    [
        ("i-db", {"i-db", "eni-db", "sg-db", "subnet-priv", "vpc-1"}, {"i-web", "sg-web"}),
        ("eni-db", {"i-db", "eni-db", "sg-db", "subnet-priv"}, {"i-web"}),
        ("sg-db", {"eni-db", "sg-web", "10.9.0.0/16"}, {"eni-web"}),
        ("subnet-priv", {"eni-db", "rtb-main", "acl-priv", "vpc-1"}, {"eni-web"}),
        ("nat-1", {"nat-1", "subnet-pub"}, {"i-db"}),
        ("pcx-1", {"vpc-1", "vpc-9"}, {"i-db"}),
        ("rtb-main", {"nat-1", "pcx-1", "subnet-priv"}, {"i-db"}),
        ("internet", {"igw-1", "0.0.0.0/0", "sg-web"}, {"i-db"}),
        ("10.0.2.20", {"eni-db", "i-db", "10.0.0.0/16"}, {"eni-web"}),
        ("name:web", {"i-web", "eni-web", "sg-web"}, {"i-db"}),
        ("192.0.2.7", {"0.0.0.0/0"}, {"i-db"}),
    ],
)
def test_around_an_end_is_what_is_near_it(word, shown, hidden):
    found = around(lab(), word)
    assert shown <= found
    assert not hidden & found


def test_neighbours_in_a_subnet_are_not_near_unless_the_subnet_is_asked():
    record = lab()
    record["NetworkInterfaces"].append(interface("eni-other", "subnet-priv", "10.0.2.21", ["sg-db"]))
    assert "eni-other" not in around(record, "i-db", 5)
    assert "eni-other" in around(record, "subnet-priv")
    assert "eni-other" in around(record, "sg-db")


def test_a_range_joins_nobody_unless_it_is_asked():
    record = ingress(lab(), "sg-peer", permission("tcp", 22, **ANY4))
    assert "sg-peer" not in around(record, "sg-web", 4)
    assert "sg-peer" in around(record, "0.0.0.0/0")


def test_balancers_services_and_what_lies_outside():
    assert {ALB, "eni-alb-a", "i-app"} <= around(alb(), ALB)
    found = around(orders(), "rds:orders")
    assert {"service", "network-interface"} <= {load(orders()).graph.nodes.get(n, {}).get("kind") for n in found}
    assert "tgw-1" in around(transit(), "tgw-1", 0)


def test_around_in_a_view_is_asked_of_what_the_view_shows():
    assert around(lab(), "i-db", 1, View.REFERENCES) == {"sg-db", "sg-web", "10.9.0.0/16", "0.0.0.0/0", "::/0"}
    assert {"eni-db", "subnet-priv"} <= around(lab(), "sg-db", 1, View.TOPOLOGY)
    assert {"sg-web", "sg-db"} <= around(lab(), "vpc-1", 0, View.REFERENCES)
    with pytest.raises(UsageError, match="nothing of it is in the view topology"):
        around(lab(), "198.18.0.0/15", 1, View.TOPOLOGY)


def test_a_wrong_name_is_answered_as_explain_does():
    with pytest.raises(UnknownNameError, match="--around i-dbb: no such resource") as wrong:
        around(lab(), "i-dbb")
    assert "i-db" in wrong.value.hint


# The way of a question.


def test_a_way_has_every_hop_with_what_it_decides_and_what_comes_after_is_held():
    answer = ask(lab(), "internet", "i-web", "80")
    graph = path_graph(answer)
    assert graph.graph["verdict"] == "blocked"
    assert graph.nodes["sg-web"]["decision"] == "deny"
    assert graph.nodes["sg-web"]["codes"] == "ENI_SG_RULES_MISMATCH"
    assert graph.nodes["acl-pub"]["by"].startswith("rule 100")
    held = {(a, b) for a, b, told in graph.edges(data=True) if told.get("held") and told["kind"] == "sends"}
    assert held == {("sg-web", "i-web")}
    for hop in (*answer.answers[0].forward, *answer.answers[0].return_):
        assert hop.hop in graph


@pytest.mark.parametrize("port", ["80", "443", "all"])
@pytest.mark.parametrize(
    "source, target", [("internet", "i-web"), ("i-web", "i-db"), ("i-db", "internet"), ("i-peer", "i-db")]
)
def test_every_blocker_of_an_answer_stands_in_its_graph(source, target, port):
    answer = ask(reroute(lab(), "rtb-main"), source, target, port)
    graph = path_graph(answer)
    for one in answer.answers:
        for blocker in one.blockers:
            assert blocker.code in graph.nodes[blocker.resource]["codes"]
    assert {told["kind"] for _a, _b, told in graph.edges(data=True)} <= {"sends", "replies"}


def test_what_a_way_passes_twice_stands_twice_and_there_and_back_alike():
    """One ACL guards both subnets: it is asked on the way out of one and into the other."""
    record = lab()
    for acl in record["NetworkAcls"]:
        acl["Associations"] = [a for a in acl["Associations"] if a["SubnetId"] == "subnet-peer"]
    record["NetworkAcls"][0]["Associations"] = [
        {"NetworkAclId": record["NetworkAcls"][0]["NetworkAclId"], "SubnetId": one, "NetworkAclAssociationId": one}
        for one in ("subnet-pub", "subnet-priv")
    ]
    acl = record["NetworkAcls"][0]["NetworkAclId"]
    graph = path_graph(ask(record, "i-web", "i-db", "5432"))
    assert {acl, f"{acl} #2"} <= set(graph)
    assert graph.nodes[f"{acl} #2"]["reply"] == graph.nodes[acl]["reply"] == "pass"
    sends = [(a, b) for a, b, told in graph.edges(data=True) if told["kind"] == "sends"]
    assert len({a for a, _b in sends}) == len(sends), "one line through everything"


# What is counted.


def test_a_census_counts_and_finds_circles_and_what_nothing_needs():
    record = ingress(lab(), "sg-web", permission("tcp", 22, **pair("sg-db")))
    record["SecurityGroups"] += [group("sg-idle", [permission("tcp", 22, **pair("sg-idle"))]), group("sg-named", [])]
    record = ingress(record, "sg-idle", permission("tcp", 22, **pair("sg-named")))
    record["NetworkInterfaces"][0]["Groups"].append({"GroupId": "sg-gone"})
    found = census(atlas(load(record)))
    assert dict(found.counts)["vpc"] == 2
    assert found.circles == (("sg-db", "sg-web"),)
    assert found.unused == ("sg-idle",)
    assert found.missing == (("security-group", "sg-gone"),)
    assert [place.id for place in found.places] == ["vpc-1", "vpc-9"]
    assert "pcx-1" in found.places[0].joined


def test_without_hosts_it_is_not_said_who_needs_a_group():
    record = ingress(lab(), "sg-web", permission("tcp", 22, **cidr("10.0.0.0/8")))
    assert census(atlas(load(record), View.REFERENCES)).unused == ()


def test_the_interfaces_that_are_found_to_be_a_services_are_its_own_in_the_map():
    graph = atlas(load(orders()))
    services = [node for node, told in graph.nodes(data=True) if told["kind"] == "service"]
    own = {b for s in services for _a, b, told in graph.out_edges(s, data=True) if told["kind"] == "has"}
    assert {graph.nodes[one]["kind"] for one in own} == {"network-interface", "security-group"}


def test_what_lies_outside_is_behind_the_gateways_that_lead_there():
    record = transit()
    record["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"State": "attached", "VpcId": "vpc-1"}]}
    ]
    assert {"vgw-1", "vpc-1"} <= around(record, "onprem")
    assert {ALB, "eni-alb-a"} <= around(alb(), "lb:*")
