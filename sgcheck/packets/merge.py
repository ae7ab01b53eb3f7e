"""Union, intersection and difference of nested segment maps: one sweep over a dimension, and three rules for it.

The sweep cuts a dimension where any operand changes, asks the rule which children matter in each piece, and goes down
with those. What was merged once is remembered by identity for the length of one operation, since the layers of real
packet sets share most of their children. Layers that lead to one child everywhere, such as thousands of addresses that
may all do the same, need no sweep: their spans are merged as boundary tuples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import itemgetter
from typing import ClassVar

from sgcheck.packets import bounds
from sgcheck.packets.bounds import Bounds
from sgcheck.packets.layers import EMPTY, Layer, Node, Segment, build, constant, is_uniform, trim

_POSITION = itemgetter(0)
_MANY = 8
"""Spans of two layers together below which a sweep is as fast as anything."""


class _Merge(ABC):
    """One set operation on any number of nodes of the same depth, with its memory."""

    __slots__ = ("_known",)

    needs_all: ClassVar[bool] = False
    """Nothing comes out where an operand has no child."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], Node] = {}

    @abstractmethod
    def select(self, active: Mapping[int, Node]) -> tuple[Node, ...]:
        """Choose what to merge in one piece, from the children there by the position of their operands."""

    @abstractmethod
    def leaf(self, sets: Sequence[Bounds]) -> Bounds:
        """Do the operation on boundary tuples."""

    def trimmed(self, layers: Sequence[Layer]) -> Sequence[Node]:
        """Drop from each layer what can't matter for the result, cheaply."""
        return layers

    def apply(self, nodes: tuple[Node, ...]) -> Node:
        """Merge the nodes; one alone is its own result, none is the empty set."""
        if len(nodes) < 2:
            return nodes[0] if nodes else EMPTY
        key = tuple(map(id, nodes))
        known = self._known.get(key)
        if known is None:
            layers = [node for node in nodes if isinstance(node, Layer)]
            if layers:
                known = self._merged(layers)
            else:
                known = self.leaf([node for node in nodes if not isinstance(node, Layer)])
            self._known[key] = known
        return known

    def _merged(self, layers: Sequence[Layer]) -> Node:
        """Merge layers, by their spans alone where each has one child everywhere and the rule knows how."""
        if len(layers) == 2 and len(layers[0].children) + len(layers[1].children) > _MANY:
            one, other = layers
            if is_uniform(one) and is_uniform(other):
                known = self.uniform(one, other)
                if known is not None:
                    return known
        return build(self._sweep(layers))

    @abstractmethod
    def uniform(self, one: Layer, other: Layer) -> Node | None:
        """Merge two layers that lead to one child each; None where only a sweep can tell."""

    def _sweep(self, layers: Sequence[Layer]) -> Iterator[Segment]:
        """Yield the merged segments from left to right."""
        active: dict[int, Node] = {}
        needed = len(layers) if self.needs_all else 1
        last = 0
        for position, operand, child in _edges(self.trimmed(layers)):
            if position != last:
                if len(active) >= needed:
                    yield last, position, self.apply(self.select(active))
                last = position
            if child is None:
                del active[operand]
            else:
                active[operand] = child


def _edges(nodes: Sequence[Node]) -> list[tuple[int, int, Node | None]]:
    """List where which operand gets (a child) or loses (None) its child, in order; ends come before starts."""
    edges: list[tuple[int, int, Node | None]] = []
    for operand, node in enumerate(nodes):
        if isinstance(node, Layer):
            for start, end, child in node.segments():
                edges += ((start, operand, child), (end, operand, None))
    edges.sort(key=_POSITION)
    return edges


class _Union(_Merge):
    """In any of the operands."""

    __slots__ = ()

    def select(self, active: Mapping[int, Node]) -> tuple[Node, ...]:
        return tuple({id(node): node for node in active.values()}.values())

    def leaf(self, sets: Sequence[Bounds]) -> Bounds:
        return bounds.unite(sets)

    def uniform(self, one: Layer, other: Layer) -> Node | None:
        if one.children[0] != other.children[0]:
            return None
        return constant(bounds.unite((one.bounds, other.bounds)), one.children[0])


class _Intersection(_Merge):
    """In all of the operands."""

    __slots__ = ()

    needs_all = True

    def select(self, active: Mapping[int, Node]) -> tuple[Node, ...]:
        return tuple({id(node): node for node in active.values()}.values())

    def leaf(self, sets: Sequence[Bounds]) -> Bounds:
        return reduce(bounds.intersect, sets)

    def uniform(self, one: Layer, other: Layer) -> Node | None:
        common = bounds.intersect(one.bounds, other.bounds)
        child = self.apply(self.select({0: one.children[0], 1: other.children[0]})) if common else EMPTY
        return constant(common, child)

    def trimmed(self, layers: Sequence[Layer]) -> Sequence[Node]:
        low = max(layer.bounds[0] for layer in layers)
        high = min(layer.bounds[-1] for layer in layers)
        return [trim(layer, low, high) for layer in layers] if low < high else ()


class _Difference(_Merge):
    """In the first of two operands, not in the second."""

    __slots__ = ()

    def select(self, active: Mapping[int, Node]) -> tuple[Node, ...]:
        if 0 not in active:
            return ()
        if 1 not in active:
            return (active[0],)
        return () if active[0] is active[1] else (active[0], active[1])

    def leaf(self, sets: Sequence[Bounds]) -> Bounds:
        return bounds.subtract(sets[0], sets[1])

    def uniform(self, one: Layer, other: Layer) -> Node | None:
        common = bounds.intersect(one.bounds, other.bounds)
        rest = self.apply(self.select({0: one.children[0], 1: other.children[0]})) if common else EMPTY
        if rest:
            return None
        return constant(bounds.subtract(one.bounds, other.bounds), one.children[0])

    def trimmed(self, layers: Sequence[Layer]) -> Sequence[Node]:
        first, second = layers
        return first, trim(second, first.bounds[0], first.bounds[-1])


def union(nodes: Iterable[Node]) -> Node:
    """Every point of any of the nodes, which all have the same depth."""
    distinct = {id(node): node for node in nodes if node}
    return _Union().apply(tuple(distinct.values()))


def intersection(nodes: Iterable[Node]) -> Node:
    """The points that all of the nodes (at least one, all of the same depth) have in common."""
    distinct = {id(node): node for node in nodes}
    if not all(distinct.values()):
        return EMPTY
    return _Intersection().apply(tuple(distinct.values()))


def difference(one: Node, other: Node) -> Node:
    """The points of `one` that are not in `other`, of the same depth."""
    if not one or not other or one is other:
        return EMPTY if one is other else one
    return _Difference().apply((one, other))
