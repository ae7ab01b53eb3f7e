"""A drawing as a Mermaid flowchart, as GitHub shows it in a Markdown page (mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.render.escape import encodable, visible
from sgcheck.render.graph_words import Contents, edge_line, frame_line, node_lines, safe_ids

if TYPE_CHECKING:
    from sgcheck.reach.drawing import Drawing, Edge, Node

MAX_EDGES = 500
"""Edges that Mermaid draws by default (its setting maxEdges)."""
MAX_TEXT = 50_000
"""Characters that Mermaid takes by default (its setting maxTextSize)."""

_SHAPES = {
    "security-group": ("{{", "}}"),
    "range": ("([", "])"),
    "cidr": ("([", "])"),
    "internet": ("([", "])"),
    "prefix-list": ("([", "])"),
    "aws-service": ("([", "])"),
    "internet-gateway": ("[/", "\\]"),
    "egress-only-internet-gateway": ("[/", "\\]"),
    "nat-gateway": ("[/", "\\]"),
    "virtual-private-gateway": ("[/", "\\]"),
    "transit-gateway": ("{{", "}}"),
    "vpc-peering-connection": ("{{", "}}"),
    "load-balancer": ("[\\", "/]"),
    "instance": ("[[", "]]"),
    "service": ("[(", ")]"),
}
_CLASSES = {
    "deny": "fill:#ffebe9,stroke:#c01c28,stroke-width:3px,color:#24292f",
    "partial": "fill:#fff8c5,stroke:#9a6700,stroke-width:3px,color:#24292f",
    "pass": "fill:#f0fff4,stroke:#1a7f37,color:#24292f",
    "unknown": "fill:#f6f8fa,stroke:#57606a,stroke-dasharray:4,color:#24292f",
    "missing": "fill:#f6f8fa,stroke:#57606a,stroke-dasharray:4,color:#57606a",
}
_WAYS = frozenset({"sends", "replies"})
_FAINT = frozenset({"has", "in", "attached", "peers", "leads", "replies"})
# Markdown, HTML, entities and Mermaid's own signs: spelled as its entity codes, they are letters.
_SIGNS = re.compile(r"[^\w .,:/+()=·✓✗~?…-]|_", re.ASCII)
_ALLOWED = frozenset("·✓✗…")


def render(drawing: Drawing) -> str:
    """Return the drawing as a Mermaid flowchart, ending with a newline."""
    return encodable("\n".join(_lines(drawing)) + "\n")


def label(text: str) -> str:
    """Return one line of text as it may stand in a quoted label, whatever signs are in it."""
    spelled = _SIGNS.sub(lambda match: match[0] if match[0].isalnum() else f"#{ord(match[0])};", visible(text))
    # "1. x" and "- x" would be lists of Markdown, which a label does not draw.
    spelled = re.sub(r"^(\d+)\.(?= )", r"\1#46;", spelled)
    spelled = re.sub(r"^([-+])(?= )", lambda match: f"#{ord(match[1])};", spelled)
    return re.sub(r"://|\bwww\.", lambda match: match[0].replace(":", "#58;").replace(".", "#46;"), spelled)


def _id(text: str) -> str:
    # Behind a letter of our own, since a word such as "end" or "class" means something else.
    return "n_" + re.sub(r"\W", "_", text, flags=re.ASCII)


def _lines(drawing: Drawing) -> Iterator[str]:
    ids = safe_ids(drawing, _id)
    if drawing.path:
        yield from ("---", f'title: "{_title(drawing.title)}"', "---")
    yield "flowchart TB"
    yield from _inside(Contents(drawing), None, ids, 1)
    for edge in drawing.edges:
        yield f"  {_edge(edge, ids)}"
    yield from _classes(drawing, ids)


def _title(text: str) -> str:
    """The title stands in YAML, in double quotes."""
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def _inside(contents: Contents, frame: str | None, ids: dict[str, str], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for one in contents.frames[frame]:
        yield f'{indent}subgraph {ids[one.id]}["{label(frame_line(one))}"]'
        yield from _inside(contents, one.id, ids, depth + 1)
        yield f"{indent}end"
    for node in contents.nodes[frame]:
        yield f"{indent}{_node(node, ids)}"


def _node(node: Node, ids: dict[str, str]) -> str:
    left, right = _SHAPES.get(node.kind, ("[", "]"))
    return f'{ids[node.id]}{left}"{"<br>".join(map(label, node_lines(node)))}"{right}'


def _edge(edge: Edge, ids: dict[str, str]) -> str:
    dotted = edge.kind in _FAINT or (edge.held and edge.kind == "sends")
    end = "x" if edge.held and edge.kind not in _WAYS else ">"
    arrow = ("-.-" if dotted else "--") + end
    text = label(edge_line(edge))
    words = f'|"{text}"|' if text else ""
    return f"{ids[edge.source]} {arrow}{words} {ids[edge.target]}"


def _classes(drawing: Drawing, ids: dict[str, str]) -> Iterator[str]:
    for name, style in _CLASSES.items():
        marked = [ids[n.id] for n in drawing.nodes if n.decision == name or (name == "missing" and n.missing)]
        if marked:
            yield f"  classDef {name}_ {style}"
            yield f"  class {','.join(marked)} {name}_"
