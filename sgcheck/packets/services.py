"""Sets of services: which protocols, and which destination ports or ICMP types and codes of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, Self

from sgcheck.packets.algebra import NodeSet
from sgcheck.packets.intervals import IntervalSet
from sgcheck.packets.layers import EMPTY, Node, build, child_at, constant, leaf, segments
from sgcheck.packets.merge import union
from sgcheck.packets.protocols import ICMP, ICMPV6, TCP, UDP, protocol_name

EVERY_PROTOCOL: Final = IntervalSet.of((0, 255))
EVERY_VALUE: Final = IntervalSet.of((0, 65535))
"""Every port; for ICMP every type * 256 + code; protocols without ports have the same span."""

BOTH_FAMILIES: Final = (4, 5, 6, 7)


class Services(NodeSet):
    """An immutable set of (address family, protocol, destination port or ICMP type * 256 + code).

    What people ask for is the same in both families, except for ICMP: each family has its own. What is read from a set
    (values, segments, words) is that of either family.
    """

    __slots__ = ()

    ALL: ClassVar[Services]
    EMPTY: ClassVar[Services]

    @classmethod
    def of(cls, protocol: int, values: IntervalSet | None = None, family: int | None = None) -> Self:
        """Make the services of one protocol number: these ports, or all when None; in one family (4, 6) or both."""
        return cls.protocols(IntervalSet.single(protocol), values, family)

    @classmethod
    def protocols(cls, protocols: IntervalSet, values: IntervalSet | None = None, family: int | None = None) -> Self:
        """Make the services with one of these protocol numbers and one of these ports, all when None."""
        node = constant(protocols.bounds, (EVERY_VALUE if values is None else values).bounds)
        return cls.of_node(constant(BOTH_FAMILIES if family is None else (family, family + 1), node))

    @classmethod
    def in_both(cls, layer: Node) -> Self:
        """Wrap a canonical protocol layer, the same for both families."""
        return cls.of_node(build([(4, 5, layer), (6, 7, layer)]))

    def values(self, protocol: int) -> IntervalSet:
        """Return the ports (ICMP: type * 256 + code) of a protocol, in either family."""
        return IntervalSet.from_bounds(leaf(child_at(self._merged(), protocol)))

    @property
    def segments(self) -> tuple[tuple[int, int, IntervalSet], ...]:
        """The (first protocol, last protocol, values) runs with equal values, in ascending order, of either family."""
        return tuple(
            (start, end - 1, IntervalSet.from_bounds(leaf(values))) for start, end, values in segments(self._merged())
        )

    def layer(self, family: int) -> Node:
        """Return the protocol layer of one family, 4 or 6, for building packet sets."""
        return child_at(self.node, family)

    def only(self, family: int) -> Self:
        """Return the part in one family, 4 or 6."""
        return self.of_node(build([(family, family + 1, self.layer(family))]))

    def _merged(self) -> Node:
        """Return the protocol layer of either family."""
        one, other = self.layer(4), self.layer(6)
        return one if one is other else union((one, other))

    def describe(self) -> tuple[str, ...]:
        """Write the set in the words of the command line, by protocol number and port.

        Words are as "443/tcp", "8000-8100/udp", "icmp:8/0" (type and code), "icmp:3" (any code), "icmp" (all of it),
        "tcp" (every port), "proto:47", "proto:18-57", "all".
        """
        runs = self.segments
        if runs == Services.ALL.segments:
            return ("all",)
        return tuple(word for first, last, values in runs for word in _words(first, last, values))

    def __repr__(self) -> str:
        """Show the words."""
        return f"Services({', '.join(self.describe())})"


def _words(first: int, last: int, values: IntervalSet) -> Iterator[str]:
    """Yield the words for protocols `first` to `last` that all have these values."""
    named = first == last and first in {TCP, UDP, ICMP, ICMPV6}
    name = protocol_name(first) if named else f"proto:{_range(first, last)}"
    if values == EVERY_VALUE:
        yield name
    elif named and first in {ICMP, ICMPV6}:
        for span in values.spans:
            for word in _icmp_words(*span):
                yield f"{name}:{word}"
    else:
        for span in values.spans:
            yield f"{_range(*span)}/{name}"


def _icmp_words(first: int, last: int) -> Iterator[str]:
    """Yield TYPE, TYPE-TYPE, TYPE/CODE and TYPE/CODE-CODE words that cover the ICMP values from first to last."""
    while first <= last:
        icmp_type, code = divmod(first, 256)
        whole_types = (last + 1) // 256 - icmp_type
        if code == 0 and whole_types > 0:
            yield _range(icmp_type, icmp_type + whole_types - 1)
            first += whole_types * 256
        else:
            end = min(last, first | 255)
            yield f"{icmp_type}/{_range(code, end % 256)}"
            first = end + 1


def _range(first: int, last: int) -> str:
    """Write a number, or a range of them."""
    return str(first) if first == last else f"{first}-{last}"


Services.EMPTY = Services.of_node(EMPTY)
Services.ALL = Services.protocols(EVERY_PROTOCOL)
