from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packets.packet_strategies import (
    DESTINATIONS,
    SOURCE_PORTS,
    SOURCES,
    box,
    choices,
    flows,
    model,
    packet_sets,
    ports,
    services,
)

from sgcheck.packets import ICMP, ICMPV6, TCP, AddressSet, Flow, IntervalSet, PacketSet, Services, parse_port


@given(packet_sets, packet_sets)
def test_operations_are_those_of_python_sets(one, other):
    first, second = model(one), model(other)
    assert model(one & other) == first & second
    assert model(one | other) == first | second
    assert model(one - other) == first - second
    assert (one <= other) is (first <= second)
    assert (one == other) is (first == second)
    assert one.isdisjoint(other) is first.isdisjoint(second)
    assert bool(one) is bool(first)


@given(packet_sets, packet_sets, packet_sets)
def test_laws(a, b, c):
    assert a & b == b & a
    assert a | b == b | a
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)
    assert a - (b | c) == (a - b) & (a - c)
    assert a - (b & c) == (a - b) | (a - c)
    assert a | (a & b) == a == a & (a | b)
    assert PacketSet.ALL - (PacketSet.ALL - a) == a
    assert not (a - b) & b
    assert (a - b) | (a & b) == a
    assert hash(a | b) == hash(b | a)


@given(st.lists(choices.map(box), max_size=5))
def test_union_of_many_is_one_after_the_other(sets):
    expected = PacketSet.EMPTY
    for one in sets:
        expected |= one
    assert PacketSet.union_all(sets) == expected


@given(packet_sets)
def test_bounds_of_the_lattice(a):
    assert a & PacketSet.ALL == a == a | PacketSet.EMPTY
    assert a - a == a & PacketSet.EMPTY == PacketSet.EMPTY
    assert a | PacketSet.ALL == PacketSet.ALL
    assert PacketSet.EMPTY <= a <= PacketSet.ALL


@given(choices, choices)
def test_a_box_says_what_it_holds(choice, other):
    made = box(choice)
    families, protocols, values, source_ports, sources, destinations = choice
    ends = AddressSet.union_all(AddressSet.ALL.only(family) for family in families)
    assert made.families == tuple(sorted(families))
    assert made.sources() == AddressSet.union_all(sources) & ends
    assert made.destinations() == AddressSet.union_all(destinations) & ends
    assert made.services() == Services.protocols(IntervalSet.union_all(protocols), IntervalSet.union_all(values))
    assert made.source_ports() == IntervalSet.union_all(source_ports)
    both = box(choice) | box(other)
    assert both.sources() == made.sources() | box(other).sources()
    assert both.source_ports() == made.source_ports() | box(other).source_ports()
    assert both.services() == made.services() | box(other).services()


@given(packet_sets)
def test_projections_of_nothing_are_empty(a):
    assert bool(a.sources()) is bool(a.destinations()) is bool(a.services()) is bool(a.source_ports()) is bool(a)


@given(services, flows())
def test_services_keep_to_their_family(found, flow):
    service = Services.of(flow.protocol, IntervalSet.single(flow.service), flow.family)
    assert PacketSet.box(AddressSet.ALL, AddressSet.ALL, found).contains(flow) is (service <= found)


def from_box(part):
    return PacketSet.box(
        AddressSet.in_family(part.family, part.sources),
        AddressSet.in_family(part.family, part.destinations),
        Services.protocols(IntervalSet.of(part.protocols), part.services),
        part.source_ports,
    )


@given(packet_sets)
def test_boxes_cover_exactly_and_do_not_overlap(a):
    parts = [from_box(part) for part in a.boxes()]
    assert all(parts)
    assert PacketSet.union_all(parts) == a
    assert all(one.isdisjoint(other) for at, one in enumerate(parts) for other in parts[:at])
    assert list((a & PacketSet.ALL).boxes()) == list(a.boxes())


def test_boxes_share_what_is_equal():
    made = PacketSet.box(AddressSet.parse("10.0.0.0/8", "192.0.2.0/24"), AddressSet.ALL, parse_port("22,80,443"))
    assert len(list(made.boxes())) == 1


@given(
    packet_sets,
    st.lists(st.sampled_from(SOURCES), max_size=2),
    st.sampled_from(DESTINATIONS),
    st.sampled_from(SOURCE_PORTS),
)
def test_where(a, sources, destinations, source_ports):
    sources = AddressSet.union_all(sources)
    assert a.where() == a
    assert a.where(sources=sources).sources() <= sources
    expected = a & PacketSet.box(sources, destinations, Services.of(TCP), source_ports)
    assert a.where(sources, destinations, Services.of(TCP), source_ports) == expected
    assert (
        a.where(sources=sources)
        .where(destinations=destinations)
        .where(services=Services.of(TCP))
        .where(source_ports=source_ports)
        == expected
    )


@given(packet_sets, flows())
def test_reversed_holds_the_answers(a, flow):
    assert a.reversed().contains(flow.reversed()) is a.contains(flow)
    assert flow.reversed().reversed() == flow


@given(packet_sets, packet_sets)
def test_reversed_twice_is_the_same(a, b):
    assert a.reversed().reversed() == a
    assert (a | b).reversed() == a.reversed() | b.reversed()


@pytest.mark.parametrize(
    "family, protocol, request_type, reply_type",
    [
        (4, ICMP, 8, 0),
        (4, ICMP, 13, 14),
        (4, ICMP, 15, 16),
        (4, ICMP, 17, 18),
        (4, ICMP, 10, 9),
        (4, ICMP, 3, 3),
        (6, ICMPV6, 128, 129),
        (6, ICMPV6, 133, 134),
        (6, ICMPV6, 135, 136),
        (6, ICMPV6, 1, 1),
    ],
)
def test_icmp_types_of_replies(family, protocol, request_type, reply_type):
    asked = Flow(family, 1, 2, protocol, 7, request_type * 256 + 5)
    answer = Flow(family, 2, 1, protocol, 7, reply_type * 256 + 5)
    assert asked.reversed() == answer
    assert answer.reversed() == asked


def test_other_protocols_swap_their_ports():
    assert Flow(4, 1, 2, 6, 1024, 443).reversed() == Flow(4, 2, 1, 6, 443, 1024)
    assert Flow(6, 1, 2, ICMP, 1024, 2048).reversed() == Flow(6, 2, 1, ICMP, 2048, 1024)


def changed(flow, **fields):
    return flow._replace(**fields)


@given(packet_sets, flows(), flows())
def test_before_source(a, flow, other):
    assert a.before_source(flow.family, other.source).contains(flow) is a.contains(changed(flow, source=other.source))
    assert a.before_source(flow.family, 7).families in {(), (flow.family,)}


@given(packet_sets, flows(), flows())
def test_before_destination(a, flow, other):
    assert a.before_destination(flow.family, other.destination).contains(flow) is a.contains(
        changed(flow, destination=other.destination)
    )
    assert a.before_destination(flow.family, 7).families in {(), (flow.family,)}


@given(packet_sets, flows())
def test_before_source_port(a, flow):
    expected = any(a.contains(changed(flow, source_port=part.lowest)) for part in SOURCE_PORTS)
    assert a.before_source_port().contains(flow) is expected


@given(packet_sets, flows(), ports, ports)
def test_before_source_port_all(a, flow, one, other):
    asked = IntervalSet.of((min(one, other), max(one, other)))
    standing_for = [part & asked for part in SOURCE_PORTS if part & asked]
    expected = all(a.contains(changed(flow, source_port=part.lowest)) for part in standing_for)
    assert a.before_source_port_all(asked).contains(flow) is expected


@given(packet_sets, ports)
def test_before_is_canonical(a, port):
    kept = a.where(source_ports=IntervalSet.single(port))
    assert kept.before_source_port() == a.before_source_port_all(IntervalSet.single(port))
    assert a <= a.before_source_port()
    assert a.before_source_port().before_source_port() == a.before_source_port()


def test_no_source_ports_to_ask_about():
    with pytest.raises(ValueError, match="no source ports"):
        PacketSet.ALL.before_source_port_all(IntervalSet.EMPTY)


def test_a_family_that_does_not_exist_has_no_packet():
    assert not PacketSet.ALL.contains(Flow(5, 1, 2, 6, 3, 4))


def test_families_never_mix():
    assert not PacketSet.box(AddressSet.ALL_V4, AddressSet.ALL_V6)
    assert PacketSet.box(AddressSet.ALL, AddressSet.ALL_V6).families == (6,)


def test_nothing_asked_is_nothing():
    for made in (
        PacketSet.box(AddressSet.EMPTY, AddressSet.ALL),
        PacketSet.box(AddressSet.ALL, AddressSet.EMPTY),
        PacketSet.box(AddressSet.ALL, AddressSet.ALL, Services.EMPTY),
        PacketSet.box(AddressSet.ALL, AddressSet.ALL, Services.ALL, IntervalSet.EMPTY),
    ):
        assert made == PacketSet.EMPTY


def test_repr():
    asked = PacketSet.box(AddressSet.parse("10.0.0.0/8"), AddressSet.parse("192.0.2.1"), parse_port("22,443"))
    assert repr(asked) == "PacketSet(10.0.0.0/8 > 192.0.2.1/32 22/tcp,443/tcp)"
    limited = asked.where(source_ports=IntervalSet.of((1024, 65535)))
    assert repr(limited) == "PacketSet(10.0.0.0/8 > 192.0.2.1/32 22/tcp,443/tcp from ((1024, 65535),))"
