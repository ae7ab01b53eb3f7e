"""A drawing as DOT, for Graphviz (graphviz.org/doc/info/lang.html): frames are clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.render.escape import encodable, visible
from sgcheck.render.graph_words import Contents, edge_line, frame_line, node_lines, safe_ids

if TYPE_CHECKING:
    from sgcheck.reach.drawing import Drawing, Edge, Frame, Node

_SHAPES = {
    "security-group": "octagon",
    "range": "ellipse",
    "cidr": "ellipse",
    "internet": "ellipse",
    "prefix-list": "ellipse",
    "aws-service": "ellipse",
    "route-table": "note",
    "transit-gateway-route-table": "note",
    "network-acl": "tab",
    "network-firewall": "tab",
    "internet-gateway": "house",
    "egress-only-internet-gateway": "house",
    "nat-gateway": "house",
    "virtual-private-gateway": "house",
    "transit-gateway": "hexagon",
    "vpc-peering-connection": "hexagon",
    "load-balancer": "component",
    "instance": "box3d",
}
_FILLS = {
    "security-group": "#fde9d9",
    "network-acl": "#fff3c4",
    "network-firewall": "#fff3c4",
    "route-table": "#eef0f2",
    "transit-gateway-route-table": "#eef0f2",
    "instance": "#d7ebff",
    "network-interface": "#e8f3ff",
    "load-balancer": "#e6dcfa",
    "service": "#d9f2e3",
    "range": "#ffffff",
}
_DECISIONS = {"pass": "#1a7f37", "deny": "#c01c28", "partial": "#9a6700", "unknown": "#57606a"}
_FRAMES = {"vpc": "#4b6a88", "subnet": "#8a9aa9"}
_LINES = {
    "refers": "#b35900",
    "grants": "#1a7f37",
    "denies": "#c01c28",
    "sends": "#24292f",
    "replies": "#8a9aa9",
    "routes": "#4b6a88",
    "forwards": "#6639ba",
}
_WAYS = frozenset({"sends", "replies"})
_FAINT = frozenset({"has", "in", "attached", "peers", "leads", "replies"})


def render(drawing: Drawing) -> str:
    """Return the drawing as a DOT digraph, ending with a newline."""
    return encodable("\n".join(_lines(drawing)) + "\n")


def quoted(text: str, *, left: bool = False) -> str:
    r"""Return text as a quoted string of DOT; its lines are broken by `\n` (`\l` to set them `left`)."""
    break_ = r"\l" if left else r"\n"
    lines = [visible(line).replace("\\", r"\\").replace('"', r"\"") for line in text.split("\n")]
    # Labels know HTML's entities.
    return '"' + break_.join(line.replace("&", "&amp;") for line in lines) + '"'


def _lines(drawing: Drawing) -> Iterator[str]:
    ids = safe_ids(drawing, visible)
    yield f"digraph {quoted(drawing.title)} {{"
    yield "  rankdir=TB; compound=true; nodesep=0.3; ranksep=0.5;"
    if drawing.path:
        yield f"  label={quoted(drawing.title)}; labelloc=t;"
    yield '  graph [fontname="Helvetica", fontsize=11];'
    yield '  node [fontname="Helvetica", fontsize=10, style=filled, fillcolor="#ffffff", color="#57606a"];'
    yield '  edge [fontname="Helvetica", fontsize=9, color="#57606a", arrowsize=0.7];'
    yield from _inside(Contents(drawing), None, ids, 1)
    frames = frozenset(frame.id for frame in drawing.frames)
    for edge in drawing.edges:
        yield f"  {_edge(edge, frames, ids)}"
    yield "}"


def _inside(contents: Contents, frame: str | None, ids: dict[str, str], depth: int) -> Iterator[str]:
    """What stands in a frame: frames, then nodes."""
    indent = "  " * depth
    for one in contents.frames[frame]:
        yield f"{indent}subgraph {quoted('cluster ' + ids[one.id])} {{"
        yield f"{indent}  {_frame(one)}"
        yield f'{indent}  {quoted("in " + ids[one.id])} [shape=point, style=invis, width=0, height=0, label=""];'
        yield from _inside(contents, one.id, ids, depth + 1)
        yield f"{indent}}}"
    for node in contents.nodes[frame]:
        yield f"{indent}{quoted(ids[node.id])} [{_node(node)}];"


def _frame(frame: Frame) -> str:
    style = "rounded" if frame.kind == "vpc" else "rounded,dashed"
    color = _FRAMES.get(frame.kind, "#57606a")
    return f'label={quoted(frame_line(frame))}; labeljust=l; style="{style}"; color="{color}";'


def _node(node: Node) -> str:
    told = {"label": quoted("\n".join(node_lines(node))), "shape": _SHAPES.get(node.kind, "box")}
    if node.decision:
        told |= {"color": f'"{_DECISIONS[node.decision]}"', "penwidth": "1.2" if node.decision == "pass" else "2.5"}
    if node.kind in _FILLS:
        told["fillcolor"] = f'"{_FILLS[node.kind]}"'
    if node.missing:
        told |= {"style": '"filled,dashed"', "fontcolor": '"#57606a"'}
    if node.count > 1:
        told["peripheries"] = "2"
    return ", ".join(f"{key}={value}" for key, value in told.items())


def _edge(edge: Edge, frames: frozenset[str], ids: dict[str, str]) -> str:
    """An edge; one that ends at a frame ends at the invisible point in it, and is cut at its border."""
    told: dict[str, str] = {}
    ends = []
    for id_, cut in ((edge.source, "ltail"), (edge.target, "lhead")):
        if id_ in frames:
            told[cut] = quoted("cluster " + ids[id_])
        ends.append(quoted(("in " if id_ in frames else "") + ids[id_]))
    label = edge_line(edge)
    if label:
        told["label"] = quoted(f" {label} ")  # the spaces keep it off the line
    if edge.kind in _LINES:
        told["color"] = told["fontcolor"] = f'"{_LINES[edge.kind]}"'
    if edge.kind in _FAINT or edge.held:
        told["style"] = "dashed" if edge.held else "dotted"
    if edge.held and edge.kind in _WAYS:
        told["color"] = f'"{_DECISIONS["unknown"]}"'
    elif edge.held:
        told["color"] = told["fontcolor"] = f'"{_DECISIONS["deny"]}"'
        told["arrowhead"] = "tee"
    if edge.kind == "replies":
        told["constraint"] = "false"
    return f"{ends[0]} -> {ends[1]} [{', '.join(f'{key}={value}' for key, value in told.items())}];"
