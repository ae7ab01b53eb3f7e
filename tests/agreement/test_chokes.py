"""What is to be closed really cuts, none of it can be left out, and where it says so no smaller set does."""

from __future__ import annotations

import os
import random
from itertools import combinations

import networkx as nx
import pytest

from sgcheck.model.edit import RemoveFromGroup
from sgcheck.model.filters import Way
from sgcheck.packets import TCP, Services
from sgcheck.reach.chokes import ENDLESS, Cutting, cut
from sgcheck.reach.lateral import CARRIED, Field, lateral
from sgcheck.reach.rules import of_acls, of_groups
from tests.agreement.test_lateral import Asked
from tests.agreement.test_reach import network_of
from tests.reach.lab import acl, cidr, group, instance, interface, lab, load, pair, permission, subnet, table

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 60 if NIGHTLY else 1
SMALL = 200 if NIGHTLY else 4


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_closing_the_rules_cuts_and_none_can_be_left_out(seed):
    """Held to a search that asks `explain` pair by pair on the network with the rules taken away."""
    network = network_of(seed)
    answer = lateral(network, "internet", None, 99)
    targets = sorted({p.steps[-1].target.interfaces[0] for p in answer.paths if p.steps[-1].target.interfaces})
    for target in random.Random(f"cut {seed}").sample(targets, min(1 + NIGHTLY, len(targets))):
        cutting = Cutting(Field(network, "internet", target, CARRIED), ENDLESS)
        rules, minimum = cutting._rules()
        if not rules:
            continue
        assert not _reached(network.with_edits(rules), target)
        for kept in rules if len(rules) < 3 else ():
            assert _reached(network.with_edits(rules - {kept}), target), (seed, target, kept)
        every = network.interfaces.values()
        singles = [r for way in Way for r in of_groups(network, every, way)] + list(of_acls(network, every))
        alone = {r for r in singles if not cutting._connected(frozenset({r}))}
        assert {r for r in cutting._alone() if hasattr(r, "line")} == alone
        if minimum and len(rules) > 1:
            assert not {r for r in alone if isinstance(r, RemoveFromGroup)}


def _reached(network, target):
    asked = Asked(network)
    return asked.home[target] in asked.within(None, 99)


def small(rng: random.Random, hosts: int):
    """A subnet of hosts with a group each; who reaches whom is one rule each, and so is what each may send."""
    names = [f"h{n}" for n in range(hosts)]
    edges = sorted((a, b) for a in names for b in names if a != b and rng.random() < 0.35)
    record = lab()
    record["NetworkInterfaces"] = [
        interface(f"eni-{name}", "subnet-priv", f"10.0.2.{10 + n}", [f"sg-{name}"]) for n, name in enumerate(names)
    ]
    record["Reservations"] = [{"Instances": [instance(f"i-{name}", name) for name in names]}]
    record["SecurityGroups"] = [
        group(
            f"sg-{name}",
            [permission("tcp", rng.choice((22, 443, 5432)), **pair(f"sg-{a}")) for a, b in edges if b == name],
            egress=[permission("tcp", 0, 65535, **cidr("10.0.0.0/16"))],
        )
        for name in names
    ]
    record["Subnets"] = [subnet("subnet-priv", "10.0.2.0/24")]
    record["NetworkAcls"] = [acl("acl-priv", "subnet-priv")]
    record["RouteTables"] = [table("rtb-main", main=True)]
    record["NatGateways"] = []
    return names, edges, load(record)


def least(edges, source, target):
    """The size of the smallest set of rules that cuts, by trying them all: one for each edge, one for what each sends."""
    labels = [*edges, *sorted({a for a, _b in edges})]
    for size in range(len(labels) + 1):
        for gone in combinations(labels, size):
            left = nx.DiGraph([e for e in edges if e not in gone and e[0] not in gone])
            left.add_nodes_from((source, target))
            if not nx.has_path(left, source, target):
                return size
    raise AssertionError


@pytest.mark.parametrize("seed", range(SMALL))
def test_where_every_edge_has_one_rule_no_smaller_set_cuts(seed):
    rng = random.Random(f"small {seed}")
    names, edges, network = small(rng, 5)
    found = cut(network, f"i-{names[0]}", f"i-{names[-1]}")
    wanted = least(edges, names[0], names[-1])
    assert (len(found.rules), found.minimum) == (wanted, True)
    assert found.connected == bool(wanted)
    graph = nx.DiGraph(edges)
    if wanted:
        assert len(found.steps) == nx.minimum_edge_cut(graph, names[0], names[-1]).__len__()
        between = [n for n in names[1:-1] if n in graph and not _path_without(graph, n, names[0], names[-1])]
        assert sorted(h.id for h in found.hosts) == sorted(f"i-{n}" for n in between)


def _path_without(graph, node, source, target):
    return nx.has_path(graph.subgraph([n for n in graph if n != node]), source, target)


@pytest.mark.parametrize("seed", range(SMALL))
def test_of_direct_ways_only_the_one_rule_is_closed(seed):
    names, edges, network = small(random.Random(f"direct {seed}"), 4)
    found = cut(network, f"i-{names[0]}", f"i-{names[1]}", Services.of(TCP), 1)
    assert [r.resource for r in found.rules] == (["sg-h1"] if (names[0], names[1]) in edges else [])
