"""The way of a question as a graph: the hops of every answer, what each decides, and where it is held back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import networkx as nx

from sgcheck.reach.answer import Answer, Decision, Direction, Explanation, Hop

if TYPE_CHECKING:
    from sgcheck.reach.answer import SourceEnd, TargetEnd

    Graph = nx.MultiDiGraph[str]


def path_graph(explanation: Explanation) -> Graph:
    """The hops of all answers as nodes, with `decision` and `by` (`reply` and `reply_by` on the way back).

    Edges have `kind` `sends` or `replies`, and `held` where packets would only come were an earlier hop mended. A hop
    that a way passes twice stands twice. `codes` are the blockers at a hop. The graph itself tells the question.
    """
    hops = _Hops()
    for answer in explanation.answers:
        hops.add(answer)
    query = explanation.query
    asked = {"from": query.source, "to": query.target, "protocol": query.protocol, "port": query.port}
    return hops.graph(**asked, verdict=explanation.verdict.value, client_sees=explanation.client_sees.value)


class _Hops:
    """Nodes and edges of all answers; what several of them say of one hop is put together."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, str]] = {}
        self._decisions: dict[tuple[str, str], set[Decision]] = defaultdict(set)
        self._rules: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._edges: dict[tuple[str, str, str], bool] = {}

    def add(self, answer: Answer) -> None:
        """Take in the ways there and back of one answer, and its blockers."""
        source, target = self._source(answer.source), self._target(answer.target)
        reached, there = self._way(answer.forward, "decision", source, target, "sends")
        if answer.return_:
            self._way(answer.return_, "reply", reached, source, "replies", open_=there)
        for blocker in answer.blockers:
            if blocker.resource not in self._nodes:
                self._nodes[blocker.resource] = _named("unknown", blocker.name)
                kind = "sends" if blocker.direction is Direction.FORWARD else "replies"
                self._edges[source if kind == "sends" else target, blocker.resource, kind] = True
            self._codes[blocker.resource].add(blocker.code)
            if not any(Decision.DENY in self._decisions[blocker.resource, way] for way in ("decision", "reply")):
                way = "decision" if blocker.direction is Direction.FORWARD else "reply"
                self._decisions[blocker.resource, way].add(Decision.UNKNOWN if blocker.undecided else Decision.DENY)

    def _source(self, end: SourceEnd) -> str:
        id_ = end.id or (", ".join(end.addresses) if end.kind == "cidr" else end.kind)
        told = {**_named(end.kind, end.name), "addresses": ", ".join(end.addresses)}
        self._nodes.setdefault(id_, told if told["addresses"] != id_ else _named(end.kind, end.name))
        return id_

    def _target(self, end: TargetEnd) -> str:
        id_ = end.id or end.address or end.kind
        self._nodes.setdefault(id_, _named(end.kind, end.name))
        for key, value in (("interface", end.interface), ("addresses", end.address)):
            known = self._nodes[id_].get(key, "").split(", ")
            if value and value not in (id_, *known):
                self._nodes[id_][key] = ", ".join(filter(None, (*known, value)))
        return id_

    def _way(
        self, hops: Sequence[Hop], told: str, start: str, end: str, kind: str, *, open_: bool = True
    ) -> tuple[str, bool]:
        """Draw one way, and tell where it ends and whether all of it is open.

        It ends at `end`; behind a balancer that is `end` itself, at the target that it forwards to.
        """
        at, passed = start, {start}
        for node, hop in _told_apart(hops, back=kind == "replies"):
            self._nodes.setdefault(node, _named(hop.kind, hop.name))
            self._decisions[node, told].add(hop.decision)
            self._rules[node, told] |= {reason} if (reason := _reason(hop)) else set()
            self._edge(at, node, kind, held=not open_)
            at, open_ = node, open_ and hop.decision is not Decision.DENY
            passed.add(node)
        if end not in passed:
            self._edge(at, end, kind, held=not open_)
            at = end
        return at, open_

    def _edge(self, one: str, other: str, kind: str, *, held: bool) -> None:
        if one != other:
            self._edges[one, other, kind] = held and self._edges.get((one, other, kind), True)

    def graph(self, **told: str) -> Graph:
        """All of it, sorted."""
        graph: Graph = nx.MultiDiGraph()
        graph.graph.update(sorted(told.items()))
        for node, attributes in sorted(self._nodes.items()):
            graph.add_node(node, **dict(sorted({**attributes, **self._told(node)}.items())))
        for key, ((one, other, kind), held) in enumerate(sorted(self._edges.items())):
            graph.add_edge(one, other, key=key, kind=kind, **({"held": True} if held else {}))
        return graph

    def _told(self, node: str) -> dict[str, str]:
        found = {"codes": ", ".join(sorted(self._codes[node]))}
        for way, rule in (("decision", "by"), ("reply", "reply_by")):
            found[way] = _together({d.value for d in self._decisions[node, way]})
            found[rule] = "; ".join(sorted(self._rules[node, way]))
        return {key: text for key, text in found.items() if text}


def _together(decisions: set[str]) -> str:
    """What several answers say of one hop: some pass and some do not is partial."""
    if len(decisions) < 2:
        return "".join(decisions)
    return "unknown" if decisions == {"pass", "unknown"} else "deny" if decisions == {"deny", "unknown"} else "partial"


def _reason(hop: Hop) -> str:
    """The rule or route that decided and what else is told of the hop, unless one says the other."""
    by, detail = hop.by or "", hop.detail or ""
    return by if detail in by else detail if by in detail else f"{by}; {detail}"


def _named(kind: str, name: str | None) -> dict[str, str]:
    return {"kind": kind, **({"name": name} if name else {})}


def _told_apart(hops: Sequence[Hop], *, back: bool) -> list[tuple[str, Hop]]:
    """Each hop with its node: what a way passes a second time is another node, the same one there and back."""
    seen: Counter[str] = Counter()
    told: list[tuple[str, Hop]] = []
    for hop in reversed(hops) if back else hops:
        seen[hop.hop] += 1
        told.append((hop.hop if seen[hop.hop] == 1 else f"{hop.hop} #{seen[hop.hop]}", hop))
    return told[::-1] if back else told
