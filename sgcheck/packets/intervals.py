"""Sets of integers (ports, addresses of one family, ICMP values) as sorted disjoint spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import ClassVar, Self

from sgcheck.packets.algebra import NodeSet
from sgcheck.packets.bounds import Bounds, intersect, subtract, unite


class IntervalSet(NodeSet):
    """An immutable set of integers; spans are inclusive at both ends wherever they are given or read."""

    __slots__ = ()

    node: Bounds
    EMPTY: ClassVar[IntervalSet]

    @classmethod
    def of(cls, *spans: tuple[int, int]) -> Self:
        """Make the set of (first, last) spans in any order, overlapping or not.

        Raises ValueError when a span ends before it starts.
        """
        for first, last in spans:
            if first > last:
                raise ValueError(f"span {first}-{last} ends before it starts")
        return cls.of_node(unite([(first, last + 1) for first, last in spans]))

    @classmethod
    def single(cls, value: int) -> Self:
        """Make the set of one integer."""
        return cls.of_node((value, value + 1))

    @classmethod
    def from_bounds(cls, bounds: Bounds) -> Self:
        """Wrap flat half-open boundaries (start, end, start, end, ...) that are strictly increasing already."""
        return cls.of_node(bounds)

    @property
    def bounds(self) -> Bounds:
        """The flat half-open boundaries (start, end, start, end, ...)."""
        return self.node

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The disjoint (first, last) spans in ascending order."""
        return tuple((start, end - 1) for start, end in zip(self.node[::2], self.node[1::2], strict=True))

    @property
    def size(self) -> int:
        """How many integers there are."""
        return sum(self.node[1::2]) - sum(self.node[::2])

    @property
    def lowest(self) -> int:
        """The smallest integer; raises ValueError for the empty set."""
        if not self.node:
            raise ValueError("the empty set has no lowest member")
        return self.node[0]

    # The operations of a ladder's lowest rung need no merging of layers.

    @classmethod
    def union_all(cls, sets: Iterable[Self]) -> Self:
        """Unite any number of sets at once."""
        many = [one.node for one in sets if one.node]
        return cls.of_node(many[0] if len(many) == 1 else unite(many))

    def __or__(self, other: Self) -> Self:
        """In either."""
        if type(other) is not type(self):
            return NotImplemented
        if not other.node:
            return self
        return self.of_node(unite((self.node, other.node))) if self.node else other

    def __and__(self, other: Self) -> Self:
        """In both."""
        if type(other) is not type(self):
            return NotImplemented
        return self.of_node(intersect(self.node, other.node)) if self.node and other.node else self.of_node(())

    def __sub__(self, other: Self) -> Self:
        """In this one and not in the other."""
        if type(other) is not type(self):
            return NotImplemented
        return self.of_node(subtract(self.node, other.node)) if self.node and other.node else self

    def __le__(self, other: Self) -> bool:
        """Tell whether the other set has every member of this one."""
        if type(other) is not type(self):
            return NotImplemented
        return not subtract(self.node, other.node)

    def __contains__(self, value: int) -> bool:
        """Tell whether the integer is a member."""
        return bool(bisect_right(self.node, value) & 1)

    def contains_span(self, first: int, last: int) -> bool:
        """Tell whether every integer from `first` to `last` is a member."""
        index = bisect_right(self.node, first)
        return bool(index & 1) and last < self.node[index]

    def isdisjoint(self, other: Self) -> bool:
        """Tell whether no integer is in both."""
        return not (self.node and other.node and intersect(self.node, other.node))

    def complement(self, first: int, last: int) -> Self:
        """Return the integers from `first` to `last` that are not members."""
        return self.of_node(subtract((first, last + 1), self.node))

    def __repr__(self) -> str:
        """Show the spans, as in IntervalSet(22, 8000-8100)."""
        parts = (f"{first}" if first == last else f"{first}-{last}" for first, last in self.spans)
        return f"IntervalSet({', '.join(parts)})"


IntervalSet.EMPTY = IntervalSet.from_bounds(())
