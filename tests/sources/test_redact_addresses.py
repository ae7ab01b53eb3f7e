"""The permutation of addresses: prefixes stay prefixes, and every address stays of its kind."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.redactions import PRIVATE, is_public

from sgcheck.sources.redaction.addresses import Addresses
from sgcheck.sources.redaction.key import Key

OTHER = Addresses(Key("a key"))
SIZES = {4: 32, 6: 128}
V4_INSIDE_6 = [ipaddress.ip_network(text) for text in ("::ffff:0:0/96", "64:ff9b::/96")]


def address(family, value):
    return ipaddress.IPv4Address(value) if family == 4 else ipaddress.IPv6Address(value)


def public(family, value):
    return is_public(address(family, value))


def common(family, one, other):
    """How many leading bits two addresses have in common."""
    return SIZES[family] - (one ^ other).bit_length()


@st.composite
def pairs(draw):
    """Two addresses of one family, often near to each other and to where a special range begins."""
    family = draw(st.sampled_from([4, 6]))
    size = SIZES[family]
    edges = [int(network.network_address) for network in PRIVATE if network.version == family]
    start = draw(st.one_of(st.integers(0, 2**size - 1), st.sampled_from(edges), st.integers(2**125, 2**126 - 1)))
    one = start % 2**size ^ draw(st.integers(0, 2 ** draw(st.integers(0, size)) - 1))
    return family, one, one ^ draw(st.integers(0, 2 ** draw(st.integers(0, size)) - 1))


@given(pairs())
def test_as_many_leading_bits_in_common_as_before(drawn):
    family, one, other = drawn
    inside = [
        network
        for network in V4_INSIDE_6
        if family == 6 and (address(6, one) in network or address(6, other) in network)
    ]
    if not inside:
        assert common(family, OTHER.address(family, one), OTHER.address(family, other)) == common(family, one, other)


@given(pairs())
def test_public_stays_public_and_is_another_one_and_the_rest_stays(drawn):
    family, one, _other = drawn
    renamed = OTHER.address(family, one)
    if public(family, one):
        assert public(family, renamed)
        assert renamed != one
    elif not any(family == 6 and address(6, one) in network for network in V4_INSIDE_6):
        assert renamed == one


@given(pairs(), st.integers(0, 128))
def test_a_prefix_becomes_the_prefix_of_what_is_in_it(drawn, length):
    family, one, _other = drawn
    length = min(length, SIZES[family])
    rest = SIZES[family] - length
    if family == 4 or public(6, one):
        assert OTHER.address(family, one, length) == OTHER.address(family, one) >> rest << rest


@given(st.integers(0, 2**32 - 1))
def test_what_is_special_and_public_for_aws_stays_within_its_range(value):
    for text in ("192.0.0.0/24", "198.18.0.0/15"):
        network = ipaddress.ip_network(text)
        within = int(network.network_address) | value & int(network.hostmask)
        assert ipaddress.IPv4Address(OTHER.address(4, within)) in network


def test_a_real_address_becomes_one_that_could_be_real():
    for value in range(0x01000000, 0xDF000000, 0x00A7_1357):
        if ipaddress.IPv4Address(value).is_global:
            assert ipaddress.IPv4Address(OTHER.address(4, value)).is_global, ipaddress.IPv4Address(value)


def test_a_key_decides():
    value = int(ipaddress.IPv4Address("52.94.76.1"))
    same, another, drawn = Addresses(Key("a key")), Addresses(Key("another key")), Addresses(Key())
    assert OTHER.address(4, value) == same.address(4, value)
    assert len({made.address(4, value) for made in (OTHER, another, drawn)}) == 3


@pytest.mark.parametrize(
    "text",
    [
        *(
            "10.1.2.3",
            "10.0.0.0/16",
            "0.0.0.0/0",
            "::/0",
            "128.0.0.0/1",
            "169.254.169.254",
            "fd00:ec2::253",
            "2000::/3",
            "::1",
        ),
        *(
            "02:0a:11:22:33:44",
            "12:30:45",
            "2026-01-01T00:00:00Z",
            "arn:aws:iam::123456789012:role/x",
            "300.1.2.3",
            "1.2.3",
        ),
        *("52.94.76.1/33", "v52.94.76.1.5", "2600:1f18:::1", "ip-10-0-0-5.ec2.internal", "a::b::c"),
    ],
)
def test_what_is_no_public_address_stays_as_it_is_written(text):
    assert OTHER.text(text) == text


@pytest.mark.parametrize(
    "text, shape",
    [
        ("52.94.76.1", "{}"),
        ("to 52.94.76.1, and.", "to {}, and."),
        ("52.94.76.1:443", "{}:443"),
        ("[52.94.76.1,!52.94.76.1]", "[{0},!{0}]"),
        ("https://52.94.76.1/", "https://{}/"),
        ("52.94.76.1/24", "{}/24"),
        ("52.94.76.1.", "{}."),
    ],
)
def test_an_address_is_found_in_a_text(text, shape):
    value = OTHER.address(4, int(ipaddress.IPv4Address("52.94.76.1")))
    assert OTHER.text(text) == shape.format(ipaddress.IPv4Address(value))


def test_a_range_has_no_bits_behind_its_prefix():
    for text in ("52.94.76.0/22", "2600:1f18:4000::/36"):
        network = ipaddress.ip_network(OTHER.text(text))
        assert network.prefixlen == ipaddress.ip_network(text).prefixlen
        assert network != ipaddress.ip_network(text)


def test_other_ways_to_write_an_address():
    dotted = OTHER.text("52.94.76.1")
    assert (
        OTHER.text("ec2-52-94-76-1.compute-1.amazonaws.com")
        == f"ec2-{dotted.replace('.', '-')}.compute-1.amazonaws.com"
    )
    for text in ("::ffff:52.94.76.1", "64:ff9b::52.94.76.1"):
        assert ipaddress.ip_address(OTHER.text(text)) == ipaddress.ip_address(text.replace("52.94.76.1", dotted))
    assert OTHER.text("2600:1F18:0::5") == OTHER.text("2600:1f18::5") != "2600:1f18::5"
    assert OTHER.text("[2600:1f18::5]:443") == f"[{OTHER.text('2600:1f18::5')}]:443"
