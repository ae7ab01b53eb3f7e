"""Choke points: which rules to close so that one end leads to another no more, and what all ways between them share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.edit import Closing, RemoveFromGroup, RemoveRoute
from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, PacketSet, Services
from sgcheck.reach.answer import Gap
from sgcheck.reach.lateral import CARRIED, Field, Step
from sgcheck.reach.rows import gap_order
from sgcheck.reach.rules import Rule, of_acls, of_groups, of_tables, rule_order, told

if TYPE_CHECKING:
    import networkx as nx

    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.hostgraph import HostGraph
    from sgcheck.reach.who import Who

PATIENCE = 20_000
"""Searches for a smaller set of rules look at so many sets at most."""
ENDLESS = 1 << 30
_SOURCE = -8
_SINK = -9


class Cut(msgspec.Struct, frozen=True):
    """How to cut one end from another.

    connected: whether the source leads to the target now. rules: close all of these, and it does no more (asked again
    with them closed); none of them can be left out. Empty where nothing that can be closed helps. minimum: no smaller
    set of rules of the same kind does it either. alone: every rule, entry or route each of which would do alone.
    hosts: sets of hosts that every way goes over. steps: a smallest set of steps that every way takes one of.
    undecided: what may still lead there when these rules are closed, or leads there perhaps now, for lack of `gaps`.
    """

    hops: int | None
    connected: bool
    rules: tuple[Rule, ...]
    minimum: bool
    alone: tuple[Rule, ...]
    hosts: tuple[Who, ...]
    steps: tuple[Step, ...]
    undecided: bool
    gaps: tuple[Gap, ...]

    @property
    def possible(self) -> bool:
        """Whether closing rules cuts the ends from each other, or they are apart already."""
        return bool(self.rules) or not self.connected


def cut(network: Network, source: str, target: str, services: Services | None = None, hops: int | None = None) -> Cut:
    """Which rules to close so that `source` leads to `target` no more by up to `hops` steps (None: by any number).

    services: what counts as a step (None: any TCP or UDP port). Raises what `lateral` raises.
    """
    field = Field(network, source, target, CARRIED if services is None else services)
    return Cutting(field, ENDLESS if hops is None else hops).cut(hops)


class Cutting:
    """Looks for what to close, on the classes that lie on some way from the one end to the other."""

    def __init__(self, field: Field, hops: int) -> None:
        """Cut the ends of `field`."""
        self.field = field
        self.network = field.network
        self.hops = hops
        self._cuts: dict[frozenset[Closing], bool] = {}

    def cut(self, hops: int | None) -> Cut:
        """What to close."""
        perhaps, gaps = self._perhaps(frozenset())
        if not self._connected(frozenset()):
            return Cut(hops, False, (), True, (), (), (), perhaps, gaps)
        rules, minimum = self._rules()
        closed = frozenset(rules)
        still, gaps = self._perhaps(closed) if rules else (False, ())
        words = self.field.hosts.words
        return Cut(
            hops,
            connected=True,
            rules=tuple(told(self.network, words, rule) for rule in sorted(rules, key=rule_order)),
            minimum=minimum,
            alone=tuple(told(self.network, words, rule) for rule in self._alone()),
            hosts=tuple(self.field.who(node) for node in self._dominators()),
            steps=self._least_steps(),
            undecided=still,
            gaps=gaps,
        )

    # What there is between the ends.

    @cached_property
    def graph(self) -> nx.DiGraph[int]:
        """The certain edges that some way of at most so many steps takes."""
        whole = self.field.graph(self.hops)
        sure = whole.__class__()
        sure.add_nodes_from(whole)
        sure.add_edges_from((a, b, d) for a, b, d in whole.edges(data=True) if d["edge"].services)
        there = _distances(sure, self.field.starts)
        back = _distances(sure.reverse(copy=False), self.field.ends)
        on_way = [(a, b) for a, b in sure.edges if a in there and b in back and there[a] + 1 + back[b] <= self.hops]
        made: nx.DiGraph[int] = whole.edge_subgraph(on_way).copy()
        return made

    @cached_property
    def _nodes(self) -> frozenset[int]:
        return frozenset(self.graph) | set(self.field.ends)

    def _interfaces(self, nodes: Iterable[int]) -> list[Interface]:
        ids = (i for n in nodes if n >= 0 for i in self.field.hosts.host_class(n).members[0])
        return [self.network.interfaces[id_] for id_ in ids]

    @cached_property
    def _carriers(self) -> list[Interface]:
        """Balancers that hand packets on between the ends."""
        via = {id_ for _a, _b, d in self.graph.edges(data=True) for id_ in d["edge"].via}
        nodes = [c.members[0][0] for c in self.field.hosts.classes.all if not c.stone]
        found = [self.network.interfaces[id_] for id_ in nodes]
        return [i for i in found if (b := self.network.balancers.of(i)) is not None and b.id in via]

    # Asking again.

    def _connected(self, closed: frozenset[Closing]) -> bool:
        """Whether the source still leads to the target for certain with some rules closed: asked anew.

        Closing a rule of a filter opens no new way; without a route another one may win, so that all is looked at.
        """
        if closed not in self._cuts:
            whole = any(isinstance(rule, RemoveRoute) for rule in closed)
            self._cuts[closed] = self._leads(self._closed(closed, whole=whole), perhaps=False)
        return self._cuts[closed]

    def _closed(self, closed: frozenset[Closing], *, whole: bool) -> HostGraph:
        if not closed:
            return self.field.hosts
        ordered: list[Closing] = sorted(closed, key=rule_order)
        network = self.network.with_edits(ordered)
        hosts, only = self.field.hosts, None if whole else self._nodes
        if all(isinstance(rule, RemoveFromGroup) for rule in closed):
            return hosts.regrouped(network, only)
        return hosts.changed(network, only)

    def _leads(self, hosts: HostGraph, *, perhaps: bool) -> bool:
        """Whether so many steps lead from the source to the target, at most."""
        front, seen = set(self.field.starts), set(self.field.starts)
        ends = set(self.field.ends)
        for _hop in range(min(self.hops, len(hosts.classes.all) + 1)):
            nexts = {o for n in front if self._goes_on(hosts, n) for o in _led(hosts, n, perhaps=perhaps)}
            if nexts & ends:
                return True
            front = nexts - seen
            seen |= front
            if not front:
                break
        return False

    def _goes_on(self, hosts: HostGraph, node: int) -> bool:
        return hosts.leads_on(node) or node in self.field.starts

    def _perhaps(self, closed: frozenset[Closing]) -> tuple[bool, tuple[Gap, ...]]:
        """Whether something undecided leads to the target where nothing certain does, and what would decide it."""
        hosts = self._closed(closed, whole=True)
        if self._leads(hosts, perhaps=False) or not self._leads(hosts, perhaps=True):
            return False, ()
        seen, front = set(self.field.starts), set(self.field.starts)
        edges = []
        while front:
            made = [(n, o, e) for n in sorted(front) if self._goes_on(hosts, n) for o, e in hosts.out(n).items()]
            edges += made
            front = {o for _n, o, _e in made} - seen
            seen |= front
        import networkx as nx

        back: nx.DiGraph[int] = nx.DiGraph()
        back.add_nodes_from(self.field.ends)
        back.add_edges_from((o, n) for n, o, _e in edges)
        near = set(_distances(back, self.field.ends))
        gaps = {g for _n, o, e in edges if o in near and not e.services for g in e.gaps}
        return True, tuple(sorted(gaps, key=gap_order))

    # Sets of rules.

    def _rules(self) -> tuple[frozenset[Closing], bool]:
        """A set of rules that cuts and of which none can be left out, and whether there is no smaller one."""
        found, proved = self._search()
        if found is not None and not self._connected(found):
            least = self._reduced(found)
            return least, len(least) == 1 or (proved and not self._carriers)
        universe = frozenset(rule for ways in self._ways.values() for way in ways for rule in way)
        if found is None or self._connected(universe):
            ends = [*self._interfaces(self._nodes), *self._carriers]
            universe |= frozenset(of_acls(self.network, ends))
        if self._connected(universe):
            return frozenset(), False
        least = self._reduced(universe)
        return least, len(least) == 1

    def _reduced(self, rules: frozenset[Closing]) -> frozenset[Closing]:
        """Leave out what is not needed, what people would rather keep first."""
        kept = rules
        for rule in sorted(rules, key=rule_order, reverse=True):
            if not self._connected(kept - {rule}):
                kept -= {rule}
        return kept

    def _search(self) -> tuple[frozenset[Closing] | None, bool]:
        """The smallest set of group rules that meets every way; None where some way needs no rule of a group."""
        if self._open_way(frozenset()) == frozenset():
            return None, False
        patience = [PATIENCE]
        for size in range(1, len({r for ways in self._ways.values() for way in ways for r in way}) + 1):
            found = self._met(frozenset(), size, patience)
            if found is not None:
                return found, True
            if patience[0] <= 0:
                break
        closed: frozenset[Closing] = frozenset()
        while (way := self._open_way(closed)) is not None:
            if not way:
                return None, False
            closed |= {min(way, key=rule_order)}
        return closed, False

    def _met(self, closed: frozenset[Closing], more: int, patience: list[int]) -> frozenset[Closing] | None:
        """`closed` with up to `more` other rules, so that every way is met."""
        patience[0] -= 1
        way = self._open_way(closed)
        if way is None:
            return closed
        if more == 0 or patience[0] <= 0:
            return None
        for rule in sorted(way, key=rule_order):
            found = self._met(closed | {rule}, more - 1, patience)
            if found is not None:
                return found
        return None

    def _open_way(self, closed: frozenset[Closing]) -> frozenset[Closing] | None:
        """The rules that a shortest way needs which needs none of `closed`; None where there is no way."""
        came: dict[int, tuple[int, frozenset[Closing]]] = {}
        front, seen = list(self.field.starts), set(self.field.starts)
        for _hop in range(min(self.hops, len(self.graph) + 1)):
            nexts: list[int] = []
            for node in front:
                for other in self.graph.adj.get(node, ()):
                    needs = next((w for w in self._ways[node, other] if not w & closed), None)
                    if other in seen or needs is None:
                        continue
                    came[other] = (node, needs)
                    if other in self.field.ends:
                        return _back(came, other)
                    seen.add(other)
                    nexts.append(other)
            front = nexts
        return None

    @cached_property
    def _ways(self) -> dict[tuple[int, int], tuple[frozenset[Closing], ...]]:
        """For every edge the sets of group rules each of which together let something pass, the smallest first."""
        layers = self._layers()
        made: dict[tuple[int, int], tuple[frozenset[Closing], ...]] = {}
        for a, b in self.graph.edges:
            found: dict[frozenset[Closing], dict[Hashable, PacketSet]] = {frozenset(): self._passing(frozenset(), a, b)}
            for layer in layers[a, b]:
                found = {
                    labels | more: part
                    for labels, packets in found.items()
                    for more, through in layer
                    if (part := _both(packets, through))
                }
            least = [w for w in found if not any(other < w for other in found)]
            made[a, b] = tuple(sorted(least, key=lambda w: (len(w), sorted(map(rule_order, w)))))
        return made

    def _layers(self) -> dict[tuple[int, int], list[Layer]]:
        """For every edge what each of its filters lets through by each of its rules alone."""
        made: dict[tuple[int, int], list[Layer]] = defaultdict(list)
        for a, b in self.graph.edges:
            by = set(self.graph.edges[a, b]["edge"].via)
            carriers = [i for i in self._carriers if (c := self.network.balancers.of(i)) is not None and c.id in by]
            ends = [(self._interfaces([a]), Way.EGRESS), (self._interfaces([b]), Way.INGRESS)]
            ends += [(carriers, way) for way in Way] if carriers else []
            for interfaces, way in ends:
                rules = of_groups(self.network, interfaces, way)
                if rules:
                    made[a, b].append(self._layer(rules, a, b))
                else:
                    made[a, b].append([(frozenset(), self._passing(frozenset(), a, b))])
        return made

    def _layer(self, rules: list[RemoveFromGroup], a: int, b: int) -> Layer:
        every = frozenset(rules)
        alone = [(frozenset({r}), self._passing(every - {r}, a, b)) for r in rules]
        none = (frozenset[Closing](), self._passing(every, a, b))
        return [(labels, through) for labels, through in (none, *alone) if through]

    def _passing(self, closed: frozenset[RemoveFromGroup], a: int, b: int) -> dict[Hashable, PacketSet]:
        """What passes from a to b with some rules closed."""
        if (closed, a, b) not in self._known:
            hosts = self.field.hosts.regrouped(self.network.with_edits(closed), frozenset({b}))
            self._known[closed, a, b] = hosts.passing(a).get(b, {})
        return self._known[closed, a, b]

    @cached_property
    def _known(self) -> dict[tuple[frozenset[RemoveFromGroup], int, int], dict[Hashable, PacketSet]]:
        return {}

    # What all ways share.

    def _alone(self) -> list[Closing]:
        """Every rule, entry and route that would do alone."""
        rules = {rule for ways in self._ways.values() for way in ways for rule in way}
        found = {rule for rule in rules if self._open_way(frozenset({rule})) is None}
        ends = [*self._interfaces(self._nodes), *self._carriers]
        found |= set(of_acls(self.network, ends)) | set(of_tables(self.network, ends, self._addresses(ends)))
        return [rule for rule in sorted(found, key=rule_order) if not self._connected(frozenset({rule}))]

    def _addresses(self, ends: Iterable[Interface]) -> AddressSet:
        """Where packets between the ends go to: to hosts, and back into the internet or to what lies elsewhere."""
        inside = AddressSet.union_all([i.owned() for i in ends])
        return inside if min(self.field.starts) >= 0 else inside | (AddressSet.ALL - self.network.known_addresses)

    def _dominators(self) -> list[int]:
        """The nodes between the ends that every way goes over, in the order in which it does."""
        import networkx as nx

        graph = self._joined()
        above = nx.immediate_dominators(graph, _SOURCE)
        found: list[int] = []
        node = above[_SINK]
        while node != _SOURCE:
            found.append(node)
            node = above[node]
        return [n for n in reversed(found) if n not in self.field.starts and n not in self.field.ends]

    def _least_steps(self) -> tuple[Step, ...]:
        """A smallest set of edges that every way takes one of."""
        import networkx as nx

        graph = self._joined()
        for a, b in self.graph.edges:
            graph.edges[a, b]["capacity"] = 1
        _size, (near, _far) = nx.minimum_cut(graph, _SOURCE, _SINK)
        edges = sorted((a, b) for a, b in self.graph.edges if a in near and b not in near)
        return tuple(self.field.step(a, b, self.graph.edges[a, b]["edge"]) for a, b in edges)

    def _joined(self) -> nx.DiGraph[int]:
        graph = self.graph.copy()
        graph.add_edges_from((_SOURCE, start) for start in self.field.starts)
        graph.add_edges_from((end, _SINK) for end in self.field.ends)
        return graph


Layer = list[tuple[frozenset[Closing], dict[Hashable, PacketSet]]]


def _led(hosts: HostGraph, node: int, *, perhaps: bool) -> list[int]:
    return [other for other, edge in hosts.out(node).items() if edge.services or perhaps]


def _distances(graph: nx.DiGraph[int], roots: Iterable[int]) -> dict[int, int]:
    """How many edges it takes from the roots to each node."""
    import networkx as nx

    found: dict[int, int] = {}
    for distance, layer in enumerate(nx.bfs_layers(graph, [r for r in roots if r in graph])):
        found.update(dict.fromkeys(layer, distance))
    return found


def _back(came: dict[int, tuple[int, frozenset[Closing]]], node: int) -> frozenset[Closing]:
    """Every rule that the way to `node` needs."""
    found: frozenset[Closing] = frozenset()
    while node in came:
        node, needs = came[node]
        found |= needs
    return found


def _both(one: dict[Hashable, PacketSet], other: dict[Hashable, PacketSet]) -> dict[Hashable, PacketSet]:
    """What passes twice."""
    both = {key: packets & other[key] for key, packets in one.items() if key in other}
    return {key: packets for key, packets in both.items() if packets}
