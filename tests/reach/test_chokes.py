"""What to close: where no group's rule can, where a search for the fewest gives up, and sources that are no hosts."""

from __future__ import annotations

import pytest

from sgcheck.packets import TCP, IntervalSet, Services
from sgcheck.reach import chokes
from sgcheck.reach.chokes import cut
from sgcheck.reach.exposure import exposure
from sgcheck.reach.lateral import lateral
from sgcheck.reach.matrix import matrix
from tests.reach.lab import ANY4, cidr, group, ingress, instance, interface, lab, load, pair, permission
from tests.reach.lab_balancers import NLB, alb, host, nlb, target
from tests.reach.lab_transit import transit


def ways(count):
    """The internet leads to i-db over `count` hosts, each by rules of its own."""
    record = lab()
    ingress(record, "sg-web")
    names = [f"jump{n}" for n in range(count)]
    for n, name in enumerate(names):
        made = interface(f"eni-{name}", "subnet-pub", f"10.0.1.{30 + n}", [f"sg-{name}"], f"198.51.100.{30 + n}")
        record["NetworkInterfaces"].append(made)
        record["Reservations"][0]["Instances"].append(instance(f"i-{name}", name))
        record["SecurityGroups"].append(group(f"sg-{name}", [permission("tcp", 22, **ANY4)]))
    opened = [permission("tcp", 5000 + n, **pair(f"sg-{name}")) for n, name in enumerate(names)]
    return ingress(record, "sg-db", *opened)


def unguarded():
    """An NLB without groups, and behind it an interface that AWS manages, without groups either."""
    record = nlb(target("10.0.2.90", 8443, "healthy"), TargetType="ip")
    managed = {"RequesterManaged": True, "Attachment": {}, "Description": "some service"}
    record["NetworkInterfaces"].append(interface("eni-managed", "subnet-priv", "10.0.2.90", [], **managed))
    return record


def test_where_no_group_stands_network_acls_cut():
    """NLB guide, load-balancer-security-groups: without groups nothing but ACLs stands before it."""
    found = cut(load(unguarded()), "internet", "lb:net")
    assert found.connected
    assert {rule.kind for rule in found.rules} == {"network-acl"}
    assert "security-group" not in {rule.kind for rule in found.alone}


def test_each_of_several_ways_has_to_be_closed():
    found = cut(load(ways(3)), "internet", "i-db")
    assert (len(found.rules), found.minimum, len(found.steps)) == (3, True, 3)
    assert not {rule.kind for rule in found.alone} & {"security-group"}


@pytest.mark.parametrize("patience", [1, 3])
def test_when_patience_ends_what_is_found_still_cuts_and_is_not_said_to_be_least(monkeypatch, patience):
    monkeypatch.setattr(chokes, "PATIENCE", patience)
    record = ways(3)
    found = cut(load(record), "internet", "i-db")
    assert len(found.rules) == 3
    assert not found.minimum
    assert not found.undecided
    for rule in found.rules:
        ingress(
            record, rule.resource, *([] if rule.resource != "sg-db" else [permission("tcp", 1, **cidr("10.9.9.9/32"))])
        )
    assert not cut(load(record), "internet", "i-db").connected


def test_one_rule_is_least_also_without_patience(monkeypatch):
    monkeypatch.setattr(chokes, "PATIENCE", 1)
    found = cut(load(ways(1)), "internet", "i-db")
    assert (len(found.rules), found.minimum) == (1, True)


def test_who_leads_to_a_balancers_targets_with_either_of_two_behind_it():
    record = host(alb(), "other", "subnet-priv", "10.0.2.41")
    health = record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"]
    health.append({"Target": {"Id": "i-other", "Port": 8080}, "TargetHealth": {"State": "healthy"}})
    found = lateral(load(record), "internet", None, 1)
    reached = {id_ for path in found.paths for id_ in path.steps[-1].target.hosts}
    assert {"i-app", "i-other"} <= reached
    assert cut(load(record), "internet", "i-other").connected


@pytest.mark.parametrize("source", ["203.0.113.0/24", "10.0.2.0/24", "192.168.0.0/16", "onprem", "i-peer"])
@pytest.mark.parametrize("make", [lab, transit, nlb], ids=lambda make: make.__name__)
def test_the_first_step_from_anywhere_is_what_exposure_has(make, source):
    record = make()
    ingress(
        record, "sg-web", permission("tcp", 22, **cidr("203.0.113.0/25")), permission("tcp", 80, **cidr("10.0.2.0/24"))
    )
    network = load(record)
    carried = Services.of(TCP, IntervalSet.of((1, 65535)))
    every = exposure(network, source, carried)
    found = lateral(network, source, None, 1, carried)
    own = {"i-db", "i-app"} if source == "10.0.2.0/24" else set()  # They are where it starts.
    hosts = set(network.instances) - own
    sure = {id_ for path in found.paths for id_ in path.steps[-1].target.hosts} & hosts
    assert sure == {row.target.id for row in every.exposed} & hosts
    perhaps = {id_ for path in found.undecided for id_ in path.steps[-1].target.hosts} & hosts
    assert perhaps == ({row.target.id for row in every.undecided} & hosts) - sure


def test_a_cidr_as_the_end_of_a_path_is_who_has_its_addresses():
    network = load(lab())
    assert lateral(network, "internet", "10.0.2.0/24", 3).paths == lateral(network, "internet", "i-db", 3).paths
    (first, *_rest) = lateral(network, "203.0.113.0/24", None, 1).paths
    assert (first.steps[0].source.kind, first.steps[0].source.id) == ("cidr", "203.0.113.0/24")


@pytest.mark.parametrize("by", ["sg", "subnet", "vpc", "account", "tag:tier"])
def test_a_table_by_any_label_counts_every_pair_once(by):
    """Each host of the lab has one label of every kind, so that no pair is in two cells."""
    cells = matrix(load(lab()), by).cells
    inside = [c for c in cells if not c.source.startswith("(inter") and not c.target.startswith("(inter")]
    assert sum(c.reached for c in inside) == sum(
        c.reached for c in matrix(load(lab()), "subnet").cells if "(" not in c.source + c.target
    )
    assert NLB not in {c.target for c in cells}
