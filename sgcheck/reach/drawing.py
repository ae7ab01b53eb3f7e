"""A graph as people want to see it: places become frames, and what cannot be told apart becomes one node.

Renderers only lay this out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from sgcheck.reach.atlas import RULES, kinds

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.MultiDiGraph[str]

ALIKE_FROM = 4
"""So many nodes that cannot be told apart are drawn as one: fewer are worth their names."""
_ALIKE = frozenset({"network-interface", "instance", "range"})
_FRAMES = frozenset({"vpc", "subnet"})
_OWNERS = frozenset({"instance", "nat-gateway", "vpc-endpoint", "service"})
_LIST = "network-acl"
_HOME = frozenset({"in", "attached", "has"})
_TRAITS = ("what", "state", "unused", "forwards", "public")


class Node(msgspec.Struct, frozen=True):
    """One node, or `count` that are drawn as one, of which `names` are those of all.

    details: more lines for people. frame: the frame it stands in. decision: what it does with packets on a path
    ("pass", "deny", "partial", "unknown"), None where the drawing is no path. traits: what tells hosts apart beside
    where they stand and what they are joined to.
    """

    id: str
    kind: str
    name: str | None = None
    details: tuple[str, ...] = ()
    frame: str | None = None
    count: int = 1
    names: tuple[str, ...] = ()
    missing: bool = False
    decision: str | None = None
    traits: tuple[str, ...] = ()


class Frame(msgspec.Struct, frozen=True):
    """A place that others stand in; parent: the frame around it."""

    id: str
    kind: str
    name: str | None = None
    details: tuple[str, ...] = ()
    parent: str | None = None


class Edge(msgspec.Struct, frozen=True):
    """One line; its ends are nodes or frames. labels: what its parallel edges say. held: nothing comes through it."""

    source: str
    target: str
    kind: str
    labels: tuple[str, ...] = ()
    held: bool = False


class Drawing(msgspec.Struct, frozen=True):
    """Frames (outer ones first), nodes and edges, sorted by id. collapsed: how many nodes are not drawn by themselves.

    path: whether it is the way of a question.
    """

    title: str
    frames: tuple[Frame, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    collapsed: int = 0
    path: bool = False


def drawing(graph: Graph, *, each: bool = False) -> Drawing:
    """What to draw of a graph; `each` draws every node by itself."""
    pen = _Pen(graph)
    nodes, edges = pen.nodes(), pen.edges()
    collapsed = 0
    if not each:
        nodes, edges, collapsed = _gathered(nodes, edges)
    return Drawing(_title(graph), pen.frames(), tuple(nodes), tuple(edges), collapsed, bool(graph.graph))


def _title(graph: Graph) -> str:
    told = graph.graph
    if not told:
        return "sgcheck graph"
    port = f" {told['port']}/{told['protocol']}" if told["protocol"] not in told["port"] else f" {told['port']}"
    return f"{told['from']} to {told['to']}{port}: {told['verdict']}, the client sees: {told['client_sees']}"


class _Pen:
    """Finds the frames of a graph, and the interfaces that are drawn with their owner."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kinds: dict[str, str] = dict(kinds(graph))
        self._folded = self._fold()
        self._own = {owner: eni for eni, owner in self._folded.items()}
        self._frames = self._framed()

    def _fold(self) -> dict[str, str]:
        """The only interface of an owner, by the interface."""
        has = [
            (one, other)
            for one, other, told in self._graph.edges(data=True)
            if told["kind"] == "has" and self._kinds[one] in _OWNERS and self._kinds[other] == "network-interface"
        ]
        owners, owned = _grouped((b, a) for a, b in has), _grouped(has)
        return {b: a for a, b in has if len(owners[b]) == 1 and len(owned[a]) == 1}

    def _framed(self) -> set[str]:
        """The places that something stands in."""
        return {home for node in self._kinds if node not in self._folded for home in self._around(node)}

    def _home(self, node: str) -> str | None:
        """The innermost place of a node that is in the graph."""
        own = self._graph.nodes[node]
        told = self._graph.nodes[self._own.get(node, node)]
        for place in ("subnet", "vpc"):
            home = str(told.get(place) or own.get(place) or "")
            if home in self._graph and home != node:
                return home
        return None

    def _around(self, node: str) -> list[str]:
        """The places around a node, the innermost first."""
        found: list[str] = []
        home = self._home(node)
        while home is not None and home not in found:
            found.append(home)
            home = self._home(home)
        return found

    def frames(self) -> tuple[Frame, ...]:
        """The frames, outer ones first."""
        made = [
            Frame(id_, self._kinds[id_], self._name(id_), _details(self._graph.nodes[id_]), self._home(id_))
            for id_ in sorted(self._frames)
        ]
        return tuple(sorted(made, key=lambda frame: (len(self._around(frame.id)), frame.id)))

    def _name(self, id_: str) -> str | None:
        return self._graph.nodes[id_].get("name")

    def nodes(self) -> list[Node]:
        """Everything that is no frame and not drawn with its owner."""
        hidden = {*self._frames, *self._folded, *filter(self._speaks_to_lists, self._kinds)}
        return [self._node(id_) for id_ in self._kinds if id_ not in hidden]

    def _speaks_to_lists(self, id_: str) -> bool:
        """Whether it is a range that only network ACLs name: their nodes tell of it."""
        ends = {*self._graph.predecessors(id_), *self._graph.successors(id_)}
        return self._kinds[id_] == "range" and bool(ends) and {self._kinds[end] for end in ends} == {_LIST}

    def _rules_of(self, id_: str) -> tuple[str, ...]:
        """The rules of a network ACL in their order, save those that end every list."""
        into = [("in", one, told) for one, _id, told in self._graph.in_edges(id_, data=True)]
        out = [("out", other, told) for _id, other, told in self._graph.out_edges(id_, data=True)]
        rules = [(way, t.get("number", 0), t, peer) for way, peer, t in into + out if t["kind"] in RULES]
        told = [(way, n, *_labels(t), peer) for way, n, t, peer in rules if not t.get("rest")]
        return tuple(
            f"{way}: {words} {'from' if way == 'in' else 'to'} {peer}" for way, _n, words, peer in sorted(told)
        )

    def _node(self, id_: str) -> Node:
        told = self._graph.nodes[id_]
        details = _details(told) + (self._rules_of(id_) if told["kind"] == _LIST else ())
        eni = self._own.get(id_)
        inside = self._graph.nodes[eni] if eni else {}
        if eni:
            hosted = {**inside, "what": None}  # its owner says it
            details = (*details, eni, *(detail for detail in _details(hosted) if detail not in details))
        return Node(
            id_,
            told["kind"],
            told.get("name"),
            details,
            self._home(id_),
            missing=bool(told.get("missing")),
            decision=_decision(told) if self._graph.graph else None,
            traits=tuple(str(bool(t.get(k)) if k == "public" else t.get(k)) for t in (told, inside) for k in _TRAITS),
        )

    def edges(self) -> list[Edge]:
        """Edges between what is drawn; parallel ones are one, and what a frame says already is left out."""
        labels: dict[tuple[str, str, str, bool], list[str]] = defaultdict(list)
        for one, other, told in self._graph.edges(data=True):
            source, target = self._folded.get(one, one), self._folded.get(other, other)
            if source == target and one != other:
                continue
            kind = told["kind"]
            if _LIST in (self._kinds[one], self._kinds[other]) and kind in RULES:
                continue  # told in the list's own node
            if kind in _HOME and (target in self._around(source) or source in self._around(target)):
                continue
            held = bool(told.get("held") or told.get("dead") or told.get("stale") or kind == "denies")
            labels[source, target, kind, held] += _labels(told)
        return [Edge(*key[:3], tuple(dict.fromkeys(found)), key[3]) for key, found in sorted(labels.items())]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found


def _details(told: Mapping[str, Any]) -> tuple[str, ...]:
    """What people want to know of a node beside its name and kind."""
    public = told.get("public")
    addresses = ", ".join(filter(None, (told.get("addresses"), public)))
    parts = [told.get("what"), told.get("zone"), addresses, told.get("interface"), told.get("state")]
    parts += [word for word, key in (("not in use", "unused"), ("down", "down")) if told.get(key)]
    if told.get("untold"):
        parts.append(f"rules not in the input: {told['untold']}")
    for way, by in (("", "by"), ("reply: ", "reply_by")):
        if told.get(by) and told.get("kind") not in ("instance", "network-interface"):
            parts.append(f"{way}{told[by]}")
    parts.append(told.get("codes"))
    return tuple(str(part) for part in parts if part and part != "running")


def _decision(told: Mapping[str, Any]) -> str:
    found = {told.get("decision"), told.get("reply")} - {None}
    worst = [word for word in ("deny", "partial", "unknown") if word in found]
    return worst[0] if worst else "pass"


def _labels(told: Mapping[str, Any]) -> list[str]:
    """The words beside an edge."""
    if "services" in told:
        deny = "deny " if told["kind"] == "denies" else ""
        rule = f"rule {told['number']}: " if "number" in told else ""
        return [f"{rule}{deny}{told['services']}"]
    if "listener" in told:
        return [f"{told['listener']} to {told['port']}"]
    if "destination" in told:
        via = f" ({told['list']})" if "list" in told else ""
        return [f"{told['destination']}{via}"]
    return ["perhaps"] if told.get("perhaps") else []


def _gathered(nodes: list[Node], edges: list[Edge]) -> tuple[list[Node], list[Edge], int]:
    """The same with nodes that cannot be told apart as one: alike themselves, in one frame, with the same edges."""
    ties: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for edge in edges:
        ties[edge.source].append((">", edge.target, edge.kind, edge.labels, edge.held))
        ties[edge.target].append(("<", edge.source, edge.kind, edge.labels, edge.held))
    alike: dict[object, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.kind in _ALIKE and node.decision is None and (node.kind != "range" or ties[node.id]):
            lines = tuple(sorted(ties[node.id], key=repr))
            alike[node.kind, node.frame, node.missing, node.traits, lines].append(node)
    stands: dict[str, Node] = {}
    for found in alike.values():
        if len(found) >= ALIKE_FROM:
            names = tuple(one.name or one.id for one in found)
            first = msgspec.structs.replace(found[0], name=None, details=(), count=len(found), names=names)
            stands.update((one.id, first) for one in found)
    kept = [stands.get(node.id, node) for node in nodes]
    kept = [node for node, own in zip(kept, nodes, strict=True) if node.id == own.id]

    def moved(id_: str) -> str:
        return stands[id_].id if id_ in stands else id_

    once = dict.fromkeys(msgspec.structs.replace(e, source=moved(e.source), target=moved(e.target)) for e in edges)
    return kept, list(once), len(nodes) - len(kept)
