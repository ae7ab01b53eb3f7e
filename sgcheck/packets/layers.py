"""Nested segment maps: sets of points in several dimensions, one layer per dimension, and what is read from them.

A node is either a `Layer` (spans of one dimension, each leading to a node of the remaining dimensions) or, in the last
dimension, a boundary tuple. The empty tuple is the empty set in any dimension. Spans with an empty child are left out
and touching spans with equal children are one span, so equal nodes are equal sets.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from operator import is_
from typing import NamedTuple, TypeAlias

from sgcheck.packets.bounds import Bounds, unite


class Layer(NamedTuple):
    """Half-open spans in `bounds` (touching ones allowed), and one child for each of them."""

    bounds: Bounds
    children: tuple[Node, ...]

    def segments(self) -> Iterator[Segment]:
        """Yield (start, end, child) in order."""
        return zip(self.bounds[::2], self.bounds[1::2], self.children, strict=True)


Node: TypeAlias = Layer | Bounds
Segment: TypeAlias = tuple[int, int, Node]
EMPTY: Bounds = ()


def segments(node: Node) -> Iterable[Segment]:
    """Yield (start, end, child) of a layer in order; the empty set has none."""
    return node.segments() if isinstance(node, Layer) else ()


def leaf(node: Node) -> Bounds:
    """Return the node of the last dimension as the boundary tuple that it is."""
    return EMPTY if isinstance(node, Layer) else node


def build(parts: Iterable[Segment]) -> Node:
    """Make the canonical node of disjoint segments in ascending order; empty children are dropped."""
    edges: list[int] = []
    children: list[Node] = []
    for start, end, child in parts:
        if not child:
            continue
        if children and edges[-1] == start and (children[-1] is child or children[-1] == child):
            edges[-1] = end
        else:
            edges += (start, end)
            children.append(child)
    return Layer(tuple(edges), tuple(children)) if children else EMPTY


def constant(spans: Bounds, child: Node) -> Node:
    """Make the node that leads to the same child all over the canonical `spans`."""
    return Layer(spans, (child,) * (len(spans) >> 1)) if spans and child else EMPTY


def is_uniform(layer: Layer) -> bool:
    """Tell whether all of a layer's spans lead to the same child; equal ones are mostly one object."""
    return all(map(is_, layer.children, repeat(layer.children[0])))


def child_at(node: Node, key: int) -> Node:
    """Return the child whose span holds `key`, or the empty set."""
    if isinstance(node, Layer):
        index = bisect_right(node.bounds, key)
        if index & 1:
            return node.children[index >> 1]
    return EMPTY


def holds(node: Node, point: Iterable[int]) -> bool:
    """Tell whether the point, one coordinate per layer and one for the boundary tuple, is in the set."""
    *outer, last = point
    for key in outer:
        node = child_at(node, key)
    return bool(bisect_right(leaf(node), last) & 1)


def trim(layer: Layer, low: int, high: int) -> Node:
    """Keep what lies in the half-open span from `low` to `high` of the layer's own dimension."""
    edges = layer.bounds
    if low <= edges[0] and edges[-1] <= high:
        return layer
    first, last = bisect_right(edges, low), bisect_left(edges, high)
    kept = ((low,) if first & 1 else ()) + edges[first:last] + ((high,) if last & 1 else ())
    return Layer(kept, layer.children[first >> 1 : (last + 1) >> 1]) if kept else EMPTY


def mapped(node: Node, depth: int, change: Callable[[Node], Node]) -> Node:
    """Replace every node that lies `depth` layers below by what `change` makes of it."""
    if depth == 0 or not node:
        return change(node) if node else EMPTY
    if isinstance(node, Layer) and is_uniform(node):
        return constant(node.bounds, mapped(node.children[0], depth - 1, change))
    known: dict[int, Node] = {}
    parts: list[Segment] = []
    for start, end, child in segments(node):
        if id(child) not in known:
            known[id(child)] = mapped(child, depth - 1, change)
        parts.append((start, end, known[id(child)]))
    return build(parts)


def spans_at(node: Node, depth: int) -> Bounds:
    """Return the integers that occur in the dimension `depth` layers below, whatever the other dimensions are."""
    return unite(part.bounds if isinstance(part, Layer) else part for part in _level(node, depth))


def edges_at(node: Node, depth: int) -> set[int]:
    """Return where any span of the dimension `depth` layers below begins or ends."""
    return {edge for part in _level(node, depth) for edge in (part.bounds if isinstance(part, Layer) else part)}


def _level(node: Node, depth: int) -> Iterable[Node]:
    """Return the distinct nodes that lie `depth` layers below."""
    level: dict[int, Node] = {id(node): node}
    for _ in range(depth):
        level = {id(child): child for parent in level.values() for _start, _end, child in segments(parent)}
    return level.values()


def grouped(node: Node) -> list[tuple[Bounds, Node]]:
    """List the distinct children of a layer with all the spans that lead to each, in order of first appearance."""
    if isinstance(node, Layer) and is_uniform(node):
        return [(node.bounds, node.children[0])]
    spans: dict[Node, list[Bounds]] = {}
    for start, end, child in segments(node):
        spans.setdefault(child, []).append((start, end))
    return [(unite(parts), child) for child, parts in spans.items()]
