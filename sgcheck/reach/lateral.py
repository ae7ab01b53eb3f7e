"""Lateral movement: whom somebody reaches who goes on from every host that he reaches, and over which hosts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from sgcheck.errors import UsageError
from sgcheck.packets import TCP, UDP, Services
from sgcheck.reach.answer import Gap
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.hostclasses import Classes
from sgcheck.reach.hostgraph import INTERNET, ONPREM, REST, Edge, HostGraph
from sgcheck.reach.locate import find_end
from sgcheck.reach.matrix import Span, spans
from sgcheck.reach.openings import tiers
from sgcheck.reach.rows import gap_order
from sgcheck.reach.who import Who, people

if TYPE_CHECKING:
    import networkx as nx

    from sgcheck.model.network import Network

CARRIED = Services.of(TCP) | Services.of(UDP)
"""What somebody moves over, where no port is named."""
EFFORT = (1, 1, 3, 2, 4, 6, 10)
"""What a step costs by the tier of the worst opening on it (see `Opening`): remote control is likelier to be used as a
stepping stone than a database, that than a web server, and a ping leads nowhere."""
SHUT = 100
"""What a step costs that nothing passes for certain."""
ANYWHERE = (Kind.INTERNET, Kind.ADDRESSES, Kind.ONPREM)
START = "start"


class Step(msgspec.Struct, frozen=True):
    """One step from somebody to hosts that he reaches: on which ports, and by which gateways and balancers.

    sure: whether anything passes for certain; else `openings` are what may pass. cost: how unlikely a step it is.
    """

    source: Who
    target: Who
    openings: tuple[Span, ...]
    via: tuple[str, ...]
    sure: bool
    cost: int


class Path(msgspec.Struct, frozen=True):
    """Steps one after the other; cost: of all of them."""

    steps: tuple[Step, ...]
    cost: int

    @property
    def sure(self) -> bool:
        """Whether every step is certain."""
        return all(step.sure for step in self.steps)


class Lateral(msgspec.Struct, frozen=True):
    """What up to `hops` steps lead to, or what leads there.

    paths: a shortest way for every set of hosts that nothing tells apart; plausible: the likeliest way for each of
    them. undecided: ways to (or from) others that exist only if undecided steps are open, for lack of `gaps`. groups:
    hosts that all reach each other, by any number of steps. hosts: how many are reached, or reach the target.
    """

    hops: int
    paths: tuple[Path, ...]
    plausible: tuple[Path, ...]
    undecided: tuple[Path, ...]
    groups: tuple[Who, ...]
    gaps: tuple[Gap, ...]
    hosts: int


def lateral(
    network: Network, source: str | None, target: str | None, hops: int, services: Services | None = None
) -> Lateral:
    """Where up to `hops` steps lead from `source`, or what leads to `target`, or both.

    services: what counts as a step (None: any TCP or UDP port). Raises what `explain` raises for ends that can't be
    found, and UsageError for a target that is no host.
    """
    found = Field(network, source, target, CARRIED if services is None else services)
    return found.lateral(hops)


class Field:
    """The graph around the named ends: everything that the source leads to, or all of it where there is none."""

    def __init__(self, network: Network, source: str | None, target: str | None, services: Services) -> None:
        """Find the ends; `services` are what counts as a step."""
        self.network = network
        self.source = find_end(network, source, "--from") if source is not None else None
        self.target = find_end(network, target, "--to") if target is not None else None
        first, last = (self._interfaces(end) for end in (self.source, self.target))
        if self.target is not None and not last:
            raise UsageError(f"--to {target}: no host is there, so that no path over hosts ends there")
        if self.source is not None and self.source.kind not in ANYWHERE and not first:
            raise UsageError(f"--from {source}: there, but without any network interface")
        classes = Classes(network, (frozenset(first), frozenset(last)))
        self.hosts = HostGraph(network, services, classes, self.source)
        index = classes.index_of
        self.starts = sorted({index[id_] for id_ in first})
        if self.source is not None and self.source.kind in ANYWHERE:
            self.starts.insert(0, REST)
        self.ends = sorted({index[id_] for id_ in last})
        self._asked = 0

    def _interfaces(self, end: End | None) -> tuple[str, ...]:
        if end is None:
            return ()
        if end.kind not in ANYWHERE:
            return end.interfaces
        if end.kind is not Kind.ADDRESSES:
            return ()
        owned = (i for i in self.network.interfaces.values() if (i.owned() | i.public()) & end.addresses)
        return tuple(sorted(i.id for i in owned))

    # The graph.

    def graph(self, hops: int | None = None) -> nx.DiGraph[int]:
        """Every edge that starts at what the source leads to, or may lead to; without a source all edges there are.

        hops: leave out what it takes more steps than that to get to (None: nothing).
        """
        import networkx as nx

        made: nx.DiGraph[int] = nx.DiGraph()
        waiting = list(self.starts) if self.source is not None else [INTERNET, ONPREM, *self._stones()]
        seen = set(waiting)
        made.add_nodes_from(sorted(waiting))
        steps = 0
        while waiting and (hops is None or steps < hops):
            steps += 1
            after: set[int] = set()
            for node in waiting:
                if not self.hosts.leads_on(node) and node not in self.starts:
                    continue
                for other, edge in self.hosts.out(node).items():
                    made.add_edge(node, other, edge=edge)
                    after.add(other)
            waiting = sorted(after - seen)
            seen |= after
        return made

    def _stones(self) -> list[int]:
        return [index for index, one in enumerate(self.hosts.classes.all) if one.stone]

    # Answers.

    def lateral(self, hops: int) -> Lateral:
        """Where up to `hops` steps lead."""
        graph = self.graph()
        sure = _only_sure(graph)
        backward = self.source is None
        roots = self.ends if backward else self.starts
        wanted = set(self.ends) if self.source is not None and self.target is not None else None
        paths = _shortest(sure, roots, hops, backward=backward)
        cheap = _cheapest(sure, roots, hops, backward=backward)
        perhaps = _cheapest(graph, roots, hops, backward=backward)
        told = [n for n in paths if n not in roots and (wanted is None or n in wanted)]
        open_ = [n for n in perhaps if n not in paths and n not in roots and (wanted is None or n in wanted)]
        undecided = tuple(self._path(graph, perhaps[n]) for n in open_)
        unsure = [graph.edges[pair]["edge"] for n in open_ for pair in pairwise(perhaps[n])]
        gaps = {gap for edge in unsure if not edge.services for gap in edge.gaps}
        return Lateral(
            hops,
            tuple(sorted((self._path(graph, paths[n]) for n in told), key=_order)),
            tuple(sorted((self._path(graph, cheap[n]) for n in told), key=_order)),
            tuple(sorted(undecided, key=_order)),
            self._groups(sure, roots, backward=backward),
            tuple(sorted(gaps, key=gap_order)),
            sum(len(self.hosts.host_class(n).members) for n in told if n >= 0),
        )

    def _groups(self, graph: nx.DiGraph[int], roots: Sequence[int], *, backward: bool) -> tuple[Who, ...]:
        """Hosts that all reach each other, among those that the roots lead to (or that lead to the roots)."""
        import networkx as nx

        view = graph.reverse(copy=False) if backward else graph
        near = set(roots) | {n for root in roots if root in view for n in nx.descendants(view, root)}
        found = []
        for part in nx.strongly_connected_components(graph):
            first = next(iter(part))
            together = len(part) > 1 or graph.has_edge(first, first)
            if together and part <= near and min(part) >= 0:
                found.append(self.who(*part))
        return tuple(sorted(found, key=lambda w: (-len(w.hosts), w)))

    def who(self, *nodes: int) -> Who:
        """Who stands at nodes; of those beside the classes only one is asked for."""
        first = min(nodes)
        if first >= 0:
            return people(self.network, (i for n in nodes for i in self.hosts.host_class(n).interfaces))
        if first == REST and self.source is not None and self.source.kind is Kind.ADDRESSES:
            return Who("cidr", self.source.text, None)
        onprem = first == ONPREM or (first == REST and self.source is not None and self.source.kind is Kind.ONPREM)
        return Who("onprem" if onprem else "internet", None, None)

    def _path(self, graph: nx.DiGraph[int], nodes: Sequence[int]) -> Path:
        steps = tuple(self.step(a, b, graph.edges[a, b]["edge"]) for a, b in pairwise(nodes))
        return Path(steps, sum(step.cost for step in steps))

    def step(self, source: int, target: int, edge: Edge) -> Step:
        """An edge as a step."""
        shown = edge.services or edge.perhaps
        return Step(
            self.who(source), self.who(target), spans(shown), edge.via, sure=bool(edge.services), cost=effort(edge)
        )


def effort(edge: Edge) -> int:
    """How unlikely a step is."""
    return _likely(edge.services) if edge.services else SHUT


@lru_cache(maxsize=65536)
def _likely(services: Services) -> int:
    return min(EFFORT[tier] for tier in tiers(services))


def _order(path: Path) -> tuple[object, ...]:
    """Sorts the shortest and likeliest first."""
    first, last = path.steps[0].source, path.steps[-1].target
    return (len(path.steps), path.cost, _who_order(last), _who_order(first), [_who_order(s.target) for s in path.steps])


def _who_order(one: Who) -> tuple[str, ...]:
    return (one.kind, one.id or "", *one.interfaces)


def _only_sure(graph: nx.DiGraph[int]) -> nx.DiGraph[int]:
    """The same graph without undecided edges."""
    made = graph.__class__()
    made.add_nodes_from(graph)
    made.add_edges_from((a, b, data) for a, b, data in graph.edges(data=True) if data["edge"].services)
    return made


def _shortest(graph: nx.DiGraph[int], roots: Iterable[int], hops: int, *, backward: bool) -> dict[int, list[int]]:
    """A shortest path for every node within `hops` of a root, always from the source to the target."""
    import networkx as nx

    view = graph.reverse() if backward else graph.copy()
    view.add_edges_from((_SUPER, root) for root in roots)
    found = nx.single_source_shortest_path(view, _SUPER, cutoff=hops + 1)
    paths = {node: path[1:] for node, path in found.items() if node != _SUPER}
    return {node: path[::-1] for node, path in paths.items()} if backward else paths


_SUPER = -9


def _cheapest(graph: nx.DiGraph[int], roots: Iterable[int], hops: int, *, backward: bool) -> dict[int, list[int]]:
    """The cheapest path of at most `hops` edges for every node, always from the source to the target."""
    view = graph.reverse(copy=False) if backward else graph
    best: dict[int, tuple[int, int, list[int]]] = {root: (0, 0, [root]) for root in roots if root in view}
    costs = {(a, b): effort(data["edge"]) for a, b, data in view.edges(data=True)}
    level = dict(best)
    for _hop in range(hops):
        after: dict[int, tuple[int, int, list[int]]] = {}
        for node in sorted(level):
            cost, length, path = level[node]
            for other in sorted(view[node]):
                made = (cost + costs[node, other], length + 1, [*path, other])
                if other not in path and made < after.get(other, best.get(other, _FAR)):
                    after[other] = made
        if not after:
            break
        best |= after
        level = after
    return {node: path[::-1] if backward else path for node, (_cost, _length, path) in best.items()}


_FAR: tuple[int, int, list[int]] = (1 << 30, 0, [])
