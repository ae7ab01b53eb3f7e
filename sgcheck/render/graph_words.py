"""How a drawing's nodes, frames and edges are called, and ids that are safe in any format; for DOT and Mermaid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.layout import UNICODE_MARKS, shortened, wrap
from sgcheck.render.words import kind_name, named

if TYPE_CHECKING:
    from sgcheck.reach.drawing import Drawing, Edge, Frame, Node

_WIDTH = 44
_NAMES = 3
_LABELS = 4
_LINES = 8
_MARKS = {"pass": "✓", "deny": "✗", "partial": "~", "unknown": "?"}
_PLAIN = frozenset({"range", "internet", "cidr", "outside", "unknown"})
_KINDS = {"aws-service": "AWS service"}
_PLURALS = {"range": "address ranges"}


def node_lines(node: Node) -> list[str]:
    """The lines of a node's label: what it is called, what it is, and what else is told of it."""
    if node.count > 1:
        kind = _PLURALS.get(node.kind) or f"{kind_name(node.kind).removeprefix('network ')}s"
        return _wrapped([f"{node.count:,} {kind}", shortened(node.names, _NAMES, UNICODE_MARKS)])
    mark = f"{_MARKS[node.decision]} " if node.decision else ""
    missing = ["not in the input"] if node.missing and node.kind not in _PLAIN else []
    return _wrapped(
        [f"{mark}{_title(node.id, node.name)}", *_second(node.id, node.kind, node.name), *missing, *node.details]
    )


def frame_line(frame: Frame) -> str:
    """The label of a frame, in one line."""
    parts = [_title(frame.id, frame.name), *_second(frame.id, frame.kind, frame.name), *frame.details]
    return visible(" · ".join(parts))


def edge_line(edge: Edge) -> str:
    """The words beside an edge, the first few of them."""
    return visible(shortened(edge.labels, _LABELS, UNICODE_MARKS))


def _title(id_: str, name: str | None) -> str:
    return name or named(id_, None)


def _second(id_: str, kind: str, name: str | None) -> list[str]:
    """The kind, and the id where the name stands above it."""
    if kind in _PLAIN:
        return []
    shown = named(id_, None)
    word = _KINDS.get(kind) or kind_name(kind)
    return [f"{word} {shown}" if name and name != shown and not id_.startswith("arn:") else word]


def _wrapped(lines: Iterable[str]) -> list[str]:
    found = [part for line in lines for part in wrap(visible(line), _WIDTH)]
    return found if len(found) <= _LINES else [*found[:_LINES], UNICODE_MARKS.more]


class Contents:
    """What stands directly in each frame, and in none (None), in the order of the drawing."""

    def __init__(self, drawing: Drawing) -> None:
        """Look through a drawing once."""
        self.frames: dict[str | None, list[Frame]] = defaultdict(list)
        self.nodes: dict[str | None, list[Node]] = defaultdict(list)
        for frame in drawing.frames:
            self.frames[frame.parent].append(frame)
        for node in drawing.nodes:
            self.nodes[node.frame].append(node)


def safe_ids(drawing: Drawing, spelled: Callable[[str], str]) -> dict[str, str]:
    """An id for everything that is drawn, spelled as a format wants it; no two are the same."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for id_ in sorted({*(frame.id for frame in drawing.frames), *(node.id for node in drawing.nodes)}):
        base = word = spelled(id_)
        number = 1
        while word in taken:
            number += 1
            word = f"{base}_{number}"
        taken.add(word)
        given[id_] = word
    return given
