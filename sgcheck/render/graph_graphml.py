"""A graph as GraphML (graphml.graphdrawing.org), by networkx's writer; `networkx.read_graphml` reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

# What XML 1.0 has no way to say (section 2.2, Char), and the carriage return, which every reader makes a line feed.
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(graph: nx.MultiDiGraph[str]) -> str:
    """Return the graph as GraphML, ending with a newline; the id of an edge is its key."""
    import networkx as nx

    clean: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    clean.graph.update(_told(graph.graph))
    ids = _ids(graph)
    for node, told in graph.nodes(data=True):
        clean.add_node(ids[node], **_told(told))
    for source, target, key in graph.edges(keys=True):
        clean.add_edge(ids[source], ids[target], key=key, **_told(graph.edges[source, target, key]))
    lines = nx.generate_graphml(clean, encoding="utf-8", prettyprint=True)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines) + "\n"


def xml_text(text: str) -> str:
    r"""Return text with the characters spelled that XML can't carry (`\x00`, `\ufffe`)."""
    return _FORBIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def _told(attributes: dict[str, Any]) -> dict[str, Any]:
    return {key: xml_text(value) if isinstance(value, str) else value for key, value in attributes.items()}


def _ids(graph: nx.MultiDiGraph[str]) -> dict[str, str]:
    """Ids as XML can carry them; should two be spelled alike, they are told apart."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for node in graph:
        word = xml_text(node)
        while word in taken:
            word += "_"
        taken.add(word)
        ids[node] = word
    return ids
