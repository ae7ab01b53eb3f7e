"""A graph as node-link JSON, schema `sgcheck.graph/1`; `networkx.node_link_graph(document, edges="edges")` reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.encode import document

if TYPE_CHECKING:
    import networkx as nx

SCHEMA = "sgcheck.graph/1"


def render(graph: nx.MultiDiGraph[str]) -> str:
    """Return the graph as JSON, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "directed": True,
            "multigraph": True,
            "graph": dict(graph.graph),
            "nodes": [{"id": node, **told} for node, told in graph.nodes(data=True)],
            "edges": [
                {"source": source, "target": target, "key": key, **graph.edges[source, target, key]}
                for source, target, key in graph.edges(keys=True)
            ],
        }
    )
