from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packets.packet_strategies import services

from sgcheck.packets import (
    EVERY_VALUE,
    ICMP,
    ICMPV6,
    SERVICE_NAMES,
    TCP,
    UDP,
    AddressSet,
    IntervalSet,
    PacketSet,
    Services,
    icmp_span,
    parse_port,
    parse_source_ports,
    protocol_name,
    protocol_number,
)
from sgcheck.packets.layers import holds

PROTOCOLS = (0, 1, 5, 6, 7, 17, 58, 255)
VALUES = (0, 21, 22, 23, 80, 443, 444, 2047, 2048, 2049, 32768, 65535)


def members(found):
    return {
        (family, protocol, value)
        for family in (4, 6)
        for protocol in PROTOCOLS
        for value in VALUES
        if holds(found.node, (family, protocol, value))
    }


@given(services, services)
def test_operations_are_those_of_python_sets(one, other):
    assert members(one & other) == members(one) & members(other)
    assert members(one | other) == members(one) | members(other)
    assert members(one - other) == members(one) - members(other)
    assert (one == other) is (members(one) == members(other))
    assert (one <= other) is (members(one) <= members(other))
    assert bool(one) is bool(members(one))


@given(services, st.sampled_from([4, 6, None]), st.sampled_from(PROTOCOLS), st.sampled_from(VALUES))
def test_a_member_is_a_subset(found, family, protocol, value):
    member = Services.of(protocol, IntervalSet.single(value), family)
    expected = all((each, protocol, value) in members(found) for each in ((4, 6) if family is None else (family,)))
    assert (member <= found) is expected
    assert (value in found.values(protocol)) is bool({(4, protocol, value), (6, protocol, value)} & members(found))


@given(services)
def test_segments_are_runs_of_equal_values(found):
    runs = found.segments
    assert all(before[1] < after[0] for before, after in pairwise(runs))
    assert all(before[1] + 1 < after[0] or before[2] != after[2] for before, after in pairwise(runs))
    for protocol in PROTOCOLS:
        expected = [values for first, last, values in runs if first <= protocol <= last]
        assert found.values(protocol) == (expected[0] if expected else IntervalSet.EMPTY)


def with_ports(numbers, values):
    return Services.union_all([Services.of(number, values) for number in numbers])


spans = st.lists(
    st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda pair: (min(pair), max(pair))), min_size=1
).map(lambda some: IntervalSet.of(*some))


@given(st.lists(st.sampled_from([TCP, UDP]), min_size=1), spans)
def test_words_for_ports_read_back(numbers, values):
    found = with_ports(numbers, values)
    assert parse_port(",".join(found.describe())) == found


@given(st.sampled_from([(ICMP, 4), (ICMPV6, 6)]), spans)
def test_words_for_icmp_read_back(protocol, values):
    found = Services.of(protocol[0], values - IntervalSet.single(77), protocol[1])
    if found:
        assert parse_port(",".join(found.describe())) == found


@pytest.mark.parametrize(
    "found, words",
    [
        (Services.ALL, ("all",)),
        (Services.protocols(IntervalSet.of((0, 255)), family=4), ("all",)),
        (Services.EMPTY, ()),
        (Services.of(TCP), ("tcp",)),
        (Services.of(47), ("proto:47",)),
        (Services.of(ICMP), ("icmp",)),
        (Services.of(ICMPV6), ("icmpv6",)),
        (Services.of(ICMP, icmp_span(8, 0)), ("icmp:8/0",)),
        (Services.of(ICMP, icmp_span(3)), ("icmp:3",)),
        (
            Services.of(ICMP) - Services.of(ICMP, icmp_span(8, 1)),
            ("icmp:0-7", "icmp:8/0", "icmp:8/2-255", "icmp:9-255"),
        ),
        (Services.of(TCP, IntervalSet.of((443, 443), (8000, 8100))), ("443/tcp", "8000-8100/tcp")),
        (with_ports([TCP, UDP], IntervalSet.single(53)), ("53/tcp", "53/udp")),
        (Services.ALL - Services.of(TCP), ("proto:0-5", "proto:7-255")),
        (Services.of(47, IntervalSet.single(0)), ("0/proto:47",)),
    ],
)
def test_describe(found, words):
    assert found.describe() == words
    assert repr(found) == f"Services({', '.join(words)})"


def tcp(*numbers):
    return Services.of(TCP, IntervalSet.of(*((number, number) for number in numbers)))


def udp(number):
    return Services.of(UDP, IntervalSet.single(number))


ECHO_V4 = Services.of(ICMP, icmp_span(8, 0), 4)
ECHO_V6 = Services.of(ICMPV6, icmp_span(128, 0), 6)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("443", tcp(443)),
        ("0", tcp(0)),
        ("65535", tcp(65535)),
        (" 443/TCP ", tcp(443)),
        ("443/6", tcp(443)),
        ("53/udp", udp(53)),
        ("8000-8100", Services.of(TCP, IntervalSet.of((8000, 8100)))),
        ("8000 - 8100/udp", Services.of(UDP, IntervalSet.of((8000, 8100)))),
        ("tcp", Services.of(TCP)),
        ("udp", Services.of(UDP)),
        ("gre", Services.of(47)),
        ("proto:47", Services.of(47)),
        ("proto:gre", Services.of(47)),
        ("proto:6", Services.of(TCP)),
        ("proto:18-57", Services.protocols(IntervalSet.of((18, 57)))),
        ("proto:1", Services.of(ICMP, family=4)),
        ("all", Services.ALL),
        ("ALL", Services.ALL),
        ("icmp", ECHO_V4 | ECHO_V6),
        ("ping", ECHO_V4 | ECHO_V6),
        ("icmpv6", ECHO_V6),
        ("icmp:3/4", Services.of(ICMP, icmp_span(3, 4), 4)),
        ("icmp:8", Services.of(ICMP, icmp_span(8), 4)),
        ("icmp:0-255", Services.of(ICMP, family=4)),
        ("icmpv6:128/0", ECHO_V6),
        ("ipv6-icmp:128/0", ECHO_V6),
        ("ssh", tcp(22)),
        ("HTTPS", tcp(443)),
        ("dns", tcp(53) | udp(53)),
        ("dns/udp", udp(53)),
        ("ntp", udp(123)),
        ("http,https, 8080", tcp(80, 443, 8080)),
        ("22,53/udp", tcp(22) | udp(53)),
    ],
)
def test_parse_port(text, expected):
    assert parse_port(text) == expected


def test_echo_of_one_family():
    assert parse_port("icmp", family=4) == ECHO_V4
    assert parse_port("icmp", family=6) == ECHO_V6
    assert parse_port("443", family=6) == tcp(443)


def test_an_echo_request_is_one_packet_kind_per_family():
    asked = PacketSet.box(AddressSet.ALL, AddressSet.ALL, parse_port("icmp"))
    assert asked.where(sources=AddressSet.ALL_V4).services().describe() == ("icmp:8/0",)
    assert asked.where(sources=AddressSet.ALL_V6).services().describe() == ("icmpv6:128/0",)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "no port given"),
        ("443,,80", "no port given"),
        ("65536", "a port is a number from 0 to 65535"),
        ("443-70000", "a port is a number from 0 to 65535"),
        ("8100-8000", "upside down; write 8000-8100"),
        ("-1", "not a port"),
        ("1-", "not a port"),
        ("4x", "not a port"),
        ("4²", "not a port"),
        ("443/", "'' is not a protocol"),
        ("443/foo", "'foo' is not a protocol"),
        ("443/gre", "write proto:47"),
        ("443/icmp", "icmp:TYPE/CODE"),
        ("icmp:", "not an ICMP type"),
        ("icmp:256", "an ICMP type is a number from 0 to 255"),
        ("icmp:3/256", "an ICMP code is a number from 0 to 255"),
        ("icmp:3/", "not an ICMP code"),
        ("proto:256", "a protocol number is a number from 0 to 255"),
        ("proto:", "not a protocol number"),
        ("tcp:443", "only proto: and icmp: take a colon"),
        ("foo:1", "only proto: and icmp: take a colon"),
        ("htps", "did you mean https"),
        ("postgrse", "did you mean postgres"),
        ("zzzzzzzz", "write 443, 53/udp"),
    ],
)
def test_parse_port_refuses(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        parse_port(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(SERVICE_NAMES))
def test_every_service_name_reads(name):
    protocols, port = SERVICE_NAMES[name]
    assert parse_port(name) == with_ports(protocols, IntervalSet.single(port))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("any", [(1024, 65535)]),
        ("nat", [(1024, 65535)]),
        ("linux", [(32768, 60999)]),
        ("Windows", [(49152, 65535)]),
        ("1024-65535", [(1024, 65535)]),
        ("53", [(53, 53)]),
        ("0-65535", [(0, 65535)]),
        ("linux,windows", [(32768, 65535)]),
    ],
)
def test_parse_source_ports(text, expected):
    assert parse_source_ports(text).spans == tuple(expected)


def test_source_ports_unless_said():
    assert parse_source_ports() == parse_source_ports("any")


@pytest.mark.parametrize("text", ["", "macos", "70000", "5-1", "53/udp", "1-x"])
def test_parse_source_ports_refuses(text):
    with pytest.raises(ValueError, match=r"source port|a port|upside down"):
        parse_source_ports(text)


@pytest.mark.parametrize("text, number", [("tcp", 6), ("TCP", 6), ("6", 6), (17, 17), ("ipv6-icmp", 58), ("0", 0)])
def test_protocol_number(text, number):
    assert protocol_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "256", "tpc", "6.0"])
def test_protocol_number_refuses(text):
    with pytest.raises(ValueError, match="is not an IP protocol"):
        protocol_number(text)


@pytest.mark.parametrize("number", range(256))
def test_protocol_names_read_back(number):
    assert protocol_number(protocol_name(number)) == number


def test_preferred_protocol_names():
    assert [protocol_name(number) for number in (1, 6, 17, 58, 253)] == ["icmp", "tcp", "udp", "icmpv6", "253"]


def test_icmp_span():
    assert icmp_span(-1) == EVERY_VALUE
    assert icmp_span(3).spans == ((768, 1023),)
    assert icmp_span(3, 4).spans == ((772, 772),)


@pytest.mark.parametrize("arguments", [(256, 0), (-2, -1), (3, 256), (3, -2), (-1, 4)])
def test_icmp_span_refuses(arguments):
    with pytest.raises(ValueError, match="ICMP"):
        icmp_span(*arguments)
