"""Sets of packet headers: what filters permit, what questions ask, what hops rewrite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, Final, NamedTuple, Self

from sgcheck.packets.addresses import BITS, FAMILIES, AddressSet
from sgcheck.packets.algebra import NodeSet
from sgcheck.packets.bounds import Bounds, intersect, subtract
from sgcheck.packets.flow import Flow
from sgcheck.packets.intervals import IntervalSet
from sgcheck.packets.layers import (
    EMPTY,
    Layer,
    Node,
    build,
    child_at,
    constant,
    edges_at,
    grouped,
    holds,
    leaf,
    mapped,
    segments,
    spans_at,
)
from sgcheck.packets.merge import intersection, union
from sgcheck.packets.protocols import icmp_protocol, reply_types
from sgcheck.packets.services import EVERY_VALUE, Services

# How many layers lie above each dimension.
_PROTOCOL: Final = 1
_SERVICE: Final = 2
_SOURCE_PORT: Final = 3
_SOURCE: Final = 4
_DESTINATION: Final = 5


class Box(NamedTuple):
    """Every combination of one family (4 or 6), a (first, last) run of protocols, and the other four dimensions."""

    family: int
    protocols: tuple[int, int]
    services: IntervalSet
    source_ports: IntervalSet
    sources: IntervalSet
    destinations: IntervalSet


class Run(NamedTuple):
    """Every service of a (first, last) run of protocols and a run of values, and all sources that occur with it."""

    family: int
    protocols: tuple[int, int]
    values: tuple[int, int]
    sources: IntervalSet


class PacketSet(NodeSet):
    """An immutable set of packet headers, canonical: equal sets compare equal however they were made.

    The dimensions, from the outside in: family, protocol, service (destination port or ICMP type * 256 + code), source
    port, source, destination.
    """

    __slots__ = ()

    ALL: ClassVar[PacketSet]
    EMPTY: ClassVar[PacketSet]

    @classmethod
    def box(
        cls,
        sources: AddressSet,
        destinations: AddressSet,
        services: Services = Services.ALL,
        source_ports: IntervalSet = EVERY_VALUE,
    ) -> Self:
        """Make every combination of these; sources of a family meet only destinations of the same family."""
        parts = []
        for family in FAMILIES:
            ends = constant(sources.family(family).bounds, destinations.family(family).bounds)
            inner = constant(source_ports.bounds, ends)
            parts.append((family, family + 1, mapped(services.layer(family), 1, partial(_over_values, inner))))
        return cls.of_node(build(parts))

    def where(
        self,
        sources: AddressSet | None = None,
        destinations: AddressSet | None = None,
        services: Services | None = None,
        source_ports: IntervalSet | None = None,
    ) -> Self:
        """Keep the packets that have all of the given properties; None means any."""
        return self & self.box(
            AddressSet.ALL if sources is None else sources,
            AddressSet.ALL if destinations is None else destinations,
            Services.ALL if services is None else services,
            EVERY_VALUE if source_ports is None else source_ports,
        )

    @property
    def families(self) -> tuple[int, ...]:
        """The address families that have any packet here."""
        return tuple(family for family in FAMILIES if child_at(self.node, family))

    def sources(self) -> AddressSet:
        """Return the sources that occur in any packet."""
        return AddressSet(*(self._addresses(family, _SOURCE - 1) for family in FAMILIES))

    def destinations(self) -> AddressSet:
        """Return the destinations that occur in any packet."""
        return AddressSet(*(self._addresses(family, _DESTINATION - 1) for family in FAMILIES))

    def _addresses(self, family: int, depth: int) -> IntervalSet:
        """Return the integers `depth` layers below the protocols of a family."""
        return IntervalSet.from_bounds(spans_at(child_at(self.node, family), depth))

    def destination_edges(self) -> set[int]:
        """Return where the destinations of some packets begin or end: between two of these, all are treated alike."""
        return edges_at(self.node, _DESTINATION)

    def source_ports(self) -> IntervalSet:
        """Return the source ports that occur in any packet."""
        return IntervalSet.from_bounds(spans_at(self.node, _SOURCE_PORT))

    def services(self) -> Services:
        """Return the services that occur in any packet, whatever its family: they count for both families."""
        return Services.in_both(union(mapped(child_at(self.node, family), 1, _values) for family in FAMILIES))

    def boxes(self) -> Iterator[Box]:
        """Yield disjoint boxes that cover the set, in a fixed order; values with the same rest share a box."""
        for family, _end, protocols in segments(self.node):
            for first, end, services in segments(protocols):
                for values, source_ports in grouped(services):
                    for ports, sources in grouped(source_ports):
                        for addresses, destinations in grouped(sources):
                            spans = (values, ports, addresses, leaf(destinations))
                            yield Box(family, (first, end - 1), *map(IntervalSet.from_bounds, spans))

    def runs(self) -> Iterator[Run]:
        """Yield who occurs as a source with which services, whatever the source ports and destinations; in order."""
        known: dict[int, Bounds] = {}
        for family, _end, protocols in segments(self.node):
            for first, end, services in segments(protocols):
                held: list[tuple[int, int, Bounds]] = []
                for low, high, ports in segments(services):
                    sources = known.get(id(ports))
                    if sources is None:
                        sources = known[id(ports)] = spans_at(ports, 1)
                    if held and held[-1][1] == low and held[-1][2] == sources:
                        held[-1] = (held[-1][0], high, sources)
                    else:
                        held.append((low, high, sources))
                for low, high, sources in held:
                    yield Run(family, (first, end - 1), (low, high - 1), IntervalSet.from_bounds(sources))

    def contains(self, flow: Flow) -> bool:
        """Tell whether the packet is a member."""
        point = (flow.family, flow.protocol, flow.service, flow.source_port, flow.source, flow.destination)
        return holds(self.node, point)

    def reversed(self) -> Self:
        """Return the answers to these packets: both ends swapped, ICMP types swapped with those of their replies."""
        return self.of_node(union(part for box in self.boxes() for part in _reversed(box)))

    def before_source(self, family: int, value: int) -> Self:
        """Return the packets of the family that are in this set once their source is rewritten to `value`."""
        return self._rewritten(family, _SOURCE, lambda node: constant(_every(family), child_at(node, value)))

    def before_destination(self, family: int, value: int) -> Self:
        """Return the packets of the family that are in this set once their destination is rewritten to `value`."""
        return self._rewritten(family, _DESTINATION, lambda node: _every(family) if holds(node, (value,)) else EMPTY)

    def _rewritten(self, family: int, depth: int, change: Callable[[Node], Node]) -> Self:
        """Keep one family, and change every node `depth` layers below the top."""
        kept = build([(family, family + 1, child_at(self.node, family))])
        return self.of_node(mapped(kept, depth, change))

    def before_source_port(self) -> Self:
        """Return the packets that are in this set with some source port, whatever their own is."""
        return self.of_node(
            mapped(self.node, _SOURCE_PORT, lambda node: constant(EVERY_VALUE.bounds, union(_children(node))))
        )

    def before_source_port_all(self, ports: IntervalSet) -> Self:
        """Return the packets that are in this set with every one of `ports` as source port, whatever their own is.

        Raises ValueError when `ports` is empty.
        """
        if not ports:
            raise ValueError("no source ports to ask about")

        def common(node: Node) -> Node:
            """Keep what every asked port leads to; a port without a child rules everything out."""
            asked = [(intersect((start, end), ports.bounds), child) for start, end, child in segments(node)]
            if subtract(ports.bounds, spans_at(node, 0)):
                return EMPTY
            return constant(EVERY_VALUE.bounds, intersection(child for hit, child in asked if hit))

        return self.of_node(mapped(self.node, _SOURCE_PORT, common))

    def __repr__(self) -> str:
        """Show the boxes in words."""
        return f"PacketSet({'; '.join(map(_box_words, self.boxes()))})"


def _over_values(inner: Node, values: Node) -> Node:
    """Lead from the values of a `Services` leaf to the inner dimensions."""
    return constant(leaf(values), inner)


def _values(services: Node) -> Bounds:
    """Return the values of a service layer, without what they lead to."""
    return spans_at(services, 0)


def _children(node: Node) -> tuple[Node, ...]:
    """Return the children of a layer."""
    return node.children if isinstance(node, Layer) else ()


def _every(family: int) -> Bounds:
    """Return all addresses of a family."""
    return (0, 1 << BITS[family])


def _reversed(box: Box) -> Iterator[Node]:
    """Yield the nodes of the answers to one box: the family's own ICMP apart from the other protocols."""
    icmp = icmp_protocol(box.family)
    own = (icmp, icmp + 1)
    asked = (box.protocols[0], box.protocols[1] + 1)
    ends = constant(box.destinations.bounds, box.sources.bounds)
    others = constant(box.source_ports.bounds, constant(box.services.bounds, ends))
    yield _framed(box.family, subtract(asked, own), others)
    replies = _reply_values(box.family, box.services)
    yield _framed(box.family, intersect(asked, own), constant(replies.bounds, constant(box.source_ports.bounds, ends)))


def _framed(family: int, protocols: Bounds, services: Node) -> Node:
    """Put the two outermost layers around the services."""
    return constant((family, family + 1), constant(protocols, services))


def _reply_values(family: int, values: IntervalSet) -> IntervalSet:
    """Swap the ICMP types among the values (type * 256 + code) with those of their replies, keeping the codes."""
    types = reply_types(family, icmp_protocol(family))
    kept = values - IntervalSet.of(*((request * 256, request * 256 + 255) for request in types))
    swapped = [
        (first + shift, last + shift)
        for request, reply in types.items()
        for shift in ((reply - request) * 256,)
        for first, last in (values & IntervalSet.of((request * 256, request * 256 + 255))).spans
    ]
    return kept | IntervalSet.of(*swapped)


def _box_words(box: Box) -> str:
    """Write a box for a person: sources > destinations services."""
    ends = (",".join(AddressSet.in_family(box.family, values).cidrs()) for values in (box.sources, box.destinations))
    services = Services.protocols(IntervalSet.of(box.protocols), box.services).describe()
    ports = "" if box.source_ports == EVERY_VALUE else f" from {box.source_ports.spans}"
    return f"{' > '.join(ends)} {','.join(services)}{ports}"


PacketSet.EMPTY = PacketSet.of_node(EMPTY)
PacketSet.ALL = PacketSet.box(AddressSet.ALL, AddressSet.ALL)
