"""A graph while it is drawn: nodes and edges in any order become one graph in the same order every time."""

from __future__ import annotations

from typing import TypeAlias

import networkx as nx

Value: TypeAlias = str | int | bool
"""What an attribute may hold: what every format for graphs can carry."""


class Sketch:
    """Collects nodes and edges; what an edge leads to and nobody describes becomes a node that says so."""

    def __init__(self) -> None:
        """Start empty."""
        self._nodes: dict[str, dict[str, Value]] = {}
        self._named: dict[str, str] = {}
        self._edges: list[tuple[str, str, dict[str, Value]]] = []

    def node(self, id_: str, kind: str, **attributes: Value | None) -> None:
        """Add a node; attributes that are None or empty are left out."""
        self._nodes[id_] = {"kind": kind, **_told(attributes)}

    def edge(self, source: str, target: str, kind: str, between: tuple[str, str], **attributes: Value | None) -> None:
        """Add an edge; `between` are the kinds that its ends have where nothing else describes them."""
        for end, end_kind in zip((source, target), between, strict=True):
            if not self._named.get(end):
                self._named[end] = end_kind
        self._edges.append((source, target, {"kind": kind, **_told(attributes)}))

    def graph(self) -> nx.MultiDiGraph[str]:
        """Everything, sorted; the key of an edge is its number, one of a kind in the whole graph."""
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for id_ in sorted(self._nodes.keys() | self._named.keys()):
            attributes = self._nodes.get(id_)
            if attributes is None:
                attributes = {"kind": self._named[id_] or "unknown", "missing": True}
            graph.add_node(id_, **dict(sorted(attributes.items())))
        ordered = sorted((source, target, sorted(data.items())) for source, target, data in self._edges)
        once = (one for number, one in enumerate(ordered) if number == 0 or one != ordered[number - 1])
        for key, (source, target, data) in enumerate(once):
            graph.add_edge(source, target, key=key, **dict(data))
        return graph


def _told(attributes: dict[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in attributes.items() if value is not None and value != "" and value is not False}
