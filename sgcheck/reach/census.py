"""What a graph has, in numbers, and what only the graph tells: circles of references, groups that nothing needs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import networkx as nx

from sgcheck.reach.atlas import GROUPS, kinds

if TYPE_CHECKING:
    Graph = nx.MultiDiGraph[str]


class Place(msgspec.Struct, frozen=True):
    """One VPC: how many nodes of each kind stand in it, and what is joined to it."""

    id: str
    name: str | None
    addresses: str
    counts: tuple[tuple[str, int], ...]
    joined: tuple[str, ...]


class Census(msgspec.Struct, frozen=True):
    """counts: nodes by kind; edges: by kind. Everything is sorted.

    circles: groups that refer to each other in a circle, each circle by its groups. unused: groups that no interface,
    balancer or service has and no rule of another group names. missing: (kind, id) of what is named and not there.
    """

    counts: tuple[tuple[str, int], ...]
    edges: tuple[tuple[str, int], ...]
    places: tuple[Place, ...]
    circles: tuple[tuple[str, ...], ...]
    unused: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def census(graph: Graph) -> Census:
    """Count a graph, and look for what only a graph tells."""
    return Census(
        counts=_counted(kind for _node, kind in kinds(graph)),
        edges=_counted(told["kind"] for _a, _b, told in graph.edges(data=True)),
        places=_places(graph),
        circles=circles(graph),
        unused=unused(graph),
        missing=tuple(sorted((t["kind"], node) for node, t in graph.nodes(data=True) if t.get("missing"))),
    )


def circles(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Groups that refer to each other in a circle; one that refers only to itself is none."""
    lines = [(a, b) for a, b, told in graph.edges(data=True) if told["kind"] == "refers"]
    references: nx.DiGraph[str] = nx.DiGraph(lines)
    found = nx.strongly_connected_components(references)
    return tuple(sorted(tuple(sorted(one)) for one in found if len(one) > 1))


def unused(graph: Graph) -> tuple[str, ...]:
    """Groups that nothing has and no other group's rule names; none where the graph does not say who has which."""
    if all(told["kind"] in GROUPS for _node, told in graph.nodes(data=True)):
        return ()
    groups = (node for node, kind in kinds(graph) if kind == "security-group")
    return tuple(group for group in groups if not any(_needs(graph, group)))


def _needs(graph: Graph, group: str) -> list[str]:
    """Who has the group, or has a rule that names it."""
    having = [a for a, _b, told in graph.in_edges(group, data=True) if told["kind"] == "has"]
    # A rule belongs to the group whose packets it lets in or out: an edge's target for ingress, its source for egress.
    named_in = [b for _a, b, t in graph.out_edges(group, data=True) if t["kind"] == "refers" and t["way"] == "ingress"]
    named_out = [a for a, _b, t in graph.in_edges(group, data=True) if t["kind"] == "refers" and t["way"] == "egress"]
    return having + [other for other in named_in + named_out if other != group]


def _places(graph: Graph) -> tuple[Place, ...]:
    inside: dict[str, list[str]] = defaultdict(list)
    for node, told in graph.nodes(data=True):
        inside[told.get("vpc", "")].append(node)
    return tuple(_place(graph, node, inside[node]) for node, kind in kinds(graph) if kind == "vpc")


def _place(graph: Graph, vpc: str, inside: list[str]) -> Place:
    told = graph.nodes[vpc]
    joined = {a for a, _b, t in graph.in_edges(vpc, data=True) if t["kind"] in ("attached", "peers")}
    counts = _counted(graph.nodes[node]["kind"] for node in inside if node not in joined)
    return Place(vpc, told.get("name"), told.get("addresses", ""), counts, tuple(sorted(joined)))


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items()))
