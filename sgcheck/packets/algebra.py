"""The six operations that every rung of the ladder (integers, services, packets) has, on top of its canonical node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from sgcheck.packets import merge
from sgcheck.packets.layers import Node


class NodeSet:
    """An immutable set held as one canonical node: equal nodes are equal sets."""

    __slots__ = ("_hash", "node")

    node: Node
    _hash: int

    @classmethod
    def of_node(cls, node: Node) -> Self:
        """Wrap a node that is already canonical."""
        made = object.__new__(cls)
        made.node = node
        return made

    @classmethod
    def union_all(cls, sets: Iterable[Self]) -> Self:
        """Unite any number of sets at once, which is much faster than one after the other."""
        return cls.of_node(merge.union([one.node for one in sets]))

    def __or__(self, other: Self) -> Self:
        """In either."""
        if type(other) is not type(self):
            return NotImplemented
        return self.of_node(merge.union((self.node, other.node)))

    def __and__(self, other: Self) -> Self:
        """In both."""
        if type(other) is not type(self):
            return NotImplemented
        return self.of_node(merge.intersection((self.node, other.node)))

    def __sub__(self, other: Self) -> Self:
        """In this one and not in the other."""
        if type(other) is not type(self):
            return NotImplemented
        return self.of_node(merge.difference(self.node, other.node))

    def __le__(self, other: Self) -> bool:
        """Tell whether the other set has every member of this one."""
        if type(other) is not type(self):
            return NotImplemented
        return not merge.difference(self.node, other.node)

    def isdisjoint(self, other: Self) -> bool:
        """Tell whether no member is in both."""
        return not merge.intersection((self.node, other.node))

    def __eq__(self, other: object) -> bool:
        """Tell whether both have the same members."""
        if type(other) is not type(self):
            return NotImplemented
        return self.node == other.node

    def __hash__(self) -> int:
        """Hash the members, once."""
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(self.node)
            return self._hash

    def __bool__(self) -> bool:
        """Tell whether there is any member."""
        return bool(self.node)
