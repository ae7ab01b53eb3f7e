"""Which part of a network's graph is wanted: a view of it, and what lies around an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

import networkx as nx

from sgcheck.errors import UsageError
from sgcheck.model.graph_places import service_id
from sgcheck.model.ref import Missing
from sgcheck.packets import INTERNET, AddressSet
from sgcheck.reach.claimer import Claimer
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.locate import find_end

if TYPE_CHECKING:
    from sgcheck.model.network import Network

    Graph = nx.MultiDiGraph[str]

RANGES = frozenset({"range", "prefix-list"})
GROUPS = frozenset({"security-group", *RANGES})
RULES = frozenset({"refers", "grants", "denies"})
_OUTWARD = frozenset({"virtual-private-gateway", "vpn-connection", "direct-connect-gateway"})
_DRAWN = (
    "VPC",
    "subnet",
    "network interface",
    "instance",
    "security group",
    "network ACL",
    "route table",
    "internet gateway",
    "egress-only internet gateway",
    "NAT gateway",
    "VPC peering connection",
    "transit gateway",
    "transit gateway attachment",
    "transit gateway route table",
)
_WHOLES = frozenset({Kind.GROUP, Kind.SUBNET, Kind.VPC})


class View(StrEnum):
    """What of the graph is shown.

    TOPOLOGY: what stands where and leads where. REFERENCES: groups and address ranges, and the rules between them.
    """

    ALL = "all"
    TOPOLOGY = "topology"
    REFERENCES = "references"


def atlas(network: Network, view: View = View.ALL, around: str | None = None, depth: int = 2) -> Graph:
    """The wanted part of the network's graph, nodes and edges sorted.

    around: any end of a question, or the id of a node; what is shown is at most `depth` edges away from it.
    Raises UnknownNameError, AmbiguousNameError or UsageError where `around` names nothing that could be shown.
    """
    graph = _with_claims(network)
    kept = _viewed(graph, view)
    if around is not None:
        seeds = _shown(graph, kept, view, _seeds(network, graph, around.strip()))
        if not seeds:
            raise UsageError(
                f"--around {around}: nothing of it is in the view {view.value}", "--view all has everything"
            )
        near = _near(kept, seeds, depth)
        kept = kept.subgraph(near | set(_homes(kept, near)))
    return network.graph if kept is network.graph else _sorted(kept)


def refused(network: Network) -> tuple[Missing, ...]:
    """What the provider refused to show of what a map has, sorted."""
    places = {(vpc.account, vpc.region) for vpc in network.vpcs.values()} or {(None, None)}
    asked = (network.absent(kind, *place) for kind in _DRAWN for place in places)
    return tuple(sorted({*network.refused, *(one for one in asked if one is not None and one.refused)}, key=str))


def kinds(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every node with its kind."""
    return ((node, told["kind"]) for node, told in graph.nodes(data=True))


def _sorted(graph: Graph) -> Graph:
    """A copy in the order of ids, whichever way the part was chosen."""
    copy: Graph = nx.MultiDiGraph()
    copy.add_nodes_from(sorted(graph.nodes(data=True), key=lambda one: one[0]))
    for source, target, key in sorted(graph.edges(keys=True)):
        copy.add_edge(source, target, key=key, **graph.edges[source, target, key])
    return copy


def _with_claims(network: Network) -> Graph:
    """The network's graph, with the interfaces found to be a managed service's; `perhaps` where not all of them are."""
    graph = network.graph
    claimer = Claimer(network)
    claims = [claimer.claim(service) for service in network.services if service.interfaces is None]
    ends = [(service_id(c.service), id_, c.several) for c in claims for id_ in c.interfaces]
    if not ends:
        return graph
    graph = graph.copy()
    for key, (service, interface, several) in enumerate(sorted(set(ends)), graph.number_of_edges()):
        graph.add_edge(service, interface, key=key, kind="has", **({"perhaps": True} if several else {}))
    return graph


def _viewed(graph: Graph, view: View) -> Graph:
    match view:
        case View.ALL:
            return graph
        case View.TOPOLOGY:
            return graph.subgraph([node for node, kind in kinds(graph) if kind not in GROUPS])
        case View.REFERENCES:
            rules = graph.subgraph([node for node, kind in kinds(graph) if kind in GROUPS])
            bare = (node for node, kind in kinds(rules) if kind in RANGES and not rules.degree(node))
            return rules.subgraph(set(rules) - set(bare))


# What lies around an end.


def _seeds(network: Network, graph: Graph, word: str) -> set[str]:
    """The nodes that an end stands for."""
    if word in graph and graph.nodes[word]["kind"] not in RANGES:
        return {word, *_having(graph, word)}
    end = find_end(network, word, "--around")
    found = {end.text} if end.text in graph else set()
    if end.kind not in _WHOLES:
        found |= set(end.interfaces)
        found |= {n for i in end.interfaces if (n := network.interfaces[i].instance) is not None}
    found |= {service_id(claim.service) for claim in end.claims}
    return (found | set(_behind(network, graph, end))) & set(graph)


def _having(graph: Graph, node: str) -> Iterator[str]:
    """The interfaces of a node: they and it are one thing."""
    for _node, other, told in graph.out_edges(node, data=True):
        if told["kind"] == "has" and graph.nodes[other]["kind"] == "network-interface":
            yield other


def _behind(network: Network, graph: Graph, end: End) -> Iterator[str]:
    """The nodes of an end that is no interface: ranges that speak of it, balancers, gateways."""
    match end.kind:
        case Kind.INTERNET:
            yield from network.internet_gateways
            yield from _ranges(graph, INTERNET & AddressSet.union_all([AddressSet.ALL.only(f) for f in end.families]))
        case Kind.ADDRESSES:
            yield from _ranges(graph, end.addresses)
            yield from _owners(network, end.addresses)
        case Kind.ONPREM:
            yield from (node for node, kind in kinds(graph) if kind in _OUTWARD)
        case Kind.BALANCER:
            found = (network.balancers.of(network.interfaces[id_]) for id_ in end.interfaces)
            yield from {balancer.id for balancer in found if balancer is not None}
        case _:
            pass


def _ranges(graph: Graph, addresses: AddressSet) -> Iterator[str]:
    for node, kind in kinds(graph):
        if kind == "range" and AddressSet.parse(node) & addresses:
            yield node


def _owners(network: Network, addresses: AddressSet) -> Iterator[str]:
    for id_ in network.interfaces:
        interface = network.interfaces[id_]
        if (interface.owned() | interface.public()) & addresses:
            yield id_


def _shown(graph: Graph, kept: Graph, view: View, seeds: set[str]) -> set[str]:
    """The seeds as a view has them: hosts stand for their groups where only groups are shown, and groups for hosts."""
    found = {seed for seed in seeds if seed in kept}
    if view is View.REFERENCES:
        found |= {other for seed in seeds for other in graph.successors(seed) if other in kept}
        found |= {node for node, told in kept.nodes(data=True) if told.get("vpc") in seeds}
    elif not found:
        having = (end for seed in seeds for end in graph.in_edges(seed, data=True) if end[2]["kind"] == "has")
        found = {other for other, _seed, _told in having if other in kept}
    return found


def _near(graph: Graph, seeds: Iterable[str], depth: int) -> set[str]:
    """The nodes at most `depth` edges away.

    What a node depends on is always followed, but down from there, to everything else that depends on it, only from the
    seeds on: the neighbours of a host are not all hosts of its subnet. Nor does a range join the groups that name it.
    """
    start = sorted(seeds)
    queue = deque((seed, True, 0) for seed in start)
    seen = {(seed, True) for seed in start}
    while queue:
        node, down, far = queue.popleft()
        if far == depth:
            continue
        for state in _steps(graph, node, down=down, seed=far == 0):
            if state not in seen:
                seen.add(state)
                queue.append((*state, far + 1))
    return {node for node, _down in seen}


def _steps(graph: Graph, node: str, *, down: bool, seed: bool) -> Iterator[tuple[str, bool]]:
    through = seed or graph.nodes[node]["kind"] not in RANGES
    for _node, other, told in graph.out_edges(node, data=True):
        if told["kind"] not in RULES or through:
            yield other, False
    for other, _node, told in graph.in_edges(node, data=True):
        if told["kind"] in RULES and through:
            yield other, False
        elif told["kind"] not in RULES and down:
            yield other, True


def _homes(graph: Graph, nodes: Iterable[str]) -> Iterator[str]:
    """The subnets and VPCs that nodes stand in."""
    for node in nodes:
        for place in ("subnet", "vpc"):
            home = graph.nodes[node].get(place)
            if isinstance(home, str) and home in graph:
                yield home
