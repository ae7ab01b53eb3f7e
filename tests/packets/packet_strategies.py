"""Hypothesis strategies for the sets of the lowest floor, and a tiny universe of packets to check them against."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from sgcheck.packets import AddressSet, Flow, IntervalSet, PacketSet, Services

small_spans = st.tuples(st.integers(0, 40), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1]))
interval_sets = st.lists(small_spans, max_size=6).map(lambda spans: IntervalSet.of(*spans))


def _cidr(family):
    bits = 32 if family == 4 else 128
    edge = st.sampled_from([0, 1, 7, 8, 255, 256, 1 << 24, 10 << 24, (1 << bits) - 1, 1 << (bits - 1)])
    value = edge | st.integers(0, (1 << bits) - 1)
    return st.tuples(value, st.integers(0, bits)).map(lambda pair: _span(bits, *pair))


def _span(bits, value, length):
    free = bits - length
    first = value >> free << free
    return first, first + (1 << free) - 1


address_sets = st.builds(
    lambda v4, v6: AddressSet.of(IntervalSet.of(*v4), IntervalSet.of(*v6)),
    st.lists(_cidr(4), max_size=5),
    st.lists(_cidr(6), max_size=4),
)

values = st.lists(
    st.sampled_from([(0, 65535), (22, 22), (80, 443), (2048, 2048), (2048, 2303), (0, 255), (32768, 65535)]),
    min_size=1,
    max_size=3,
).map(lambda spans: IntervalSet.of(*spans))
services = st.lists(
    st.builds(
        Services.protocols,
        st.sampled_from([(6, 6), (17, 17), (1, 1), (58, 58), (0, 255), (5, 7)]).map(IntervalSet.of),
        values,
        st.sampled_from([4, 6, None]),
    ),
    max_size=4,
).map(Services.union_all)

# The universe is cut into atoms along each dimension; a set that is a union of products of atoms is known by which
# products it has, and one packet stands for each product.
FAMILIES = (4, 6)
PROTOCOLS = tuple(
    IntervalSet.of(*spans) for spans in ([(1, 1)], [(6, 6)], [(58, 58)], [(0, 0), (2, 5), (7, 57), (59, 255)])
)
VALUES = tuple(
    IntervalSet.of(*spans) for spans in ([(2048, 2048)], [(0, 0), (400, 499)], [(1, 399), (500, 2047), (2049, 65535)])
)
SOURCE_PORTS = (IntervalSet.of((0, 1023)), IntervalSet.of((1024, 65535)))
SOURCES = (
    AddressSet.parse("10.0.0.0/8", "fd00::/8"),
    AddressSet.parse("192.0.2.7", "2001:db8::7"),
)
SOURCES = (*SOURCES, AddressSet.ALL - AddressSet.union_all(SOURCES))
DESTINATIONS = (AddressSet.parse("10.1.0.0/16", "fd00:1::/32"),)
DESTINATIONS = (*DESTINATIONS, AddressSet.ALL - AddressSet.union_all(DESTINATIONS))
DIMENSIONS = (FAMILIES, PROTOCOLS, VALUES, SOURCE_PORTS, SOURCES, DESTINATIONS)


def representative(point):
    """Give the packet that stands for one product of atoms."""
    family, protocol, value, source_port, source, destination = point
    return Flow(
        family=family,
        source=source.family(family).lowest,
        destination=destination.family(family).lowest,
        protocol=protocol.lowest,
        source_port=source_port.lowest,
        service=value.lowest,
    )


FLOWS = {point: representative(point) for point in product(*DIMENSIONS)}


def model(packets):
    """Give the products of atoms whose packet is in the set."""
    return frozenset(point for point, flow in FLOWS.items() if packets.contains(flow))


def _some(atoms):
    return st.lists(st.sampled_from(atoms), min_size=1, max_size=len(atoms), unique=True)


choices = st.tuples(*map(_some, DIMENSIONS))
"""Some atoms of every dimension: a box."""


def box(choice):
    """Make the packet set of some atoms of every dimension."""
    families, protocols, some_values, source_ports, sources, destinations = choice
    ends = AddressSet.union_all(AddressSet.ALL.only(family) for family in families)
    return PacketSet.box(
        AddressSet.union_all(sources) & ends,
        AddressSet.union_all(destinations),
        Services.protocols(IntervalSet.union_all(protocols), IntervalSet.union_all(some_values)),
        IntervalSet.union_all(source_ports),
    )


packet_sets = st.lists(choices.map(box), max_size=3).map(PacketSet.union_all)

ports = st.sampled_from([0, 21, 22, 80, 399, 400, 1023, 1024, 2048, 2049, 65535]) | st.integers(0, 65535)
icmp_values = st.builds(
    lambda icmp_type, code: icmp_type * 256 + code,
    st.sampled_from([0, 3, 8, 9, 10, 13, 14, 128, 129, 133, 136, 255]),
    st.sampled_from([0, 1, 255]),
)


@st.composite
def flows(draw):
    """Draw a packet at or near the edges of the atoms."""
    family = draw(st.sampled_from(FAMILIES))
    near = st.sampled_from(
        [edge + step for part in (*SOURCES, *DESTINATIONS) for edge in part.family(family).bounds for step in (-1, 0)]
    ).map(lambda value: min(max(value, 0), (1 << (32 if family == 4 else 128)) - 1))
    return Flow(
        family=family,
        source=draw(near),
        destination=draw(near),
        protocol=draw(st.sampled_from([0, 1, 6, 17, 58, 255])),
        source_port=draw(ports),
        service=draw(ports | icmp_values),
    )
