from __future__ import annotations

from functools import reduce
from itertools import combinations
from operator import or_

import netaddr
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packets.packet_strategies import address_sets

from sgcheck.packets import (
    INTERNET,
    INTERNET_V4,
    INTERNET_V6,
    PRIVATE,
    AddressSet,
    IntervalSet,
    format_address,
    parse_address,
    parse_cidr,
)


def ip_set(found):
    """The same set, as netaddr has it."""
    ranges = [
        netaddr.IPRange(netaddr.IPAddress(first, family), netaddr.IPAddress(last, family))
        for family in (4, 6)
        for first, last in found.family(family).spans
    ]
    return reduce(or_, map(netaddr.IPSet, ranges), netaddr.IPSet())


def from_netaddr(cidrs):
    return AddressSet.parse(*map(str, cidrs))


@given(address_sets, address_sets)
def test_algebra_agrees_with_netaddr(one, other):
    first, second = ip_set(one), ip_set(other)
    assert from_netaddr((first & second).iter_cidrs()) == one & other
    assert from_netaddr((first | second).iter_cidrs()) == one | other
    assert from_netaddr((first - second).iter_cidrs()) == one - other
    assert first.issubset(second) is (one <= other)
    assert first.isdisjoint(second) is one.isdisjoint(other)
    assert (first == second) is (one == other)


@given(address_sets)
def test_cidrs_agree_with_netaddr(found):
    expected = [cidr for family in (4, 6) for cidr in ip_set(found).iter_cidrs() if cidr.version == family]
    assert [netaddr.IPNetwork(cidr) for cidr in found.cidrs()] == expected
    assert AddressSet.parse(*found.cidrs()) == found


@given(st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 32) - 1))
def test_a_range_is_cut_as_netaddr_cuts_it(one, other):
    first, last = sorted((one, other))
    expected = netaddr.iprange_to_cidrs(netaddr.IPAddress(first, 4), netaddr.IPAddress(last, 4))
    assert list(AddressSet.of(v4=IntervalSet.of((first, last))).cidrs()) == list(map(str, expected))


@given(address_sets, address_sets)
def test_cidrs_within_are_exact_within(one, within):
    part = one & within
    assert AddressSet.parse(*part.cidrs(within)) & within == part
    assert len(part.cidrs(within)) <= len(part.cidrs())


@given(address_sets)
def test_the_whole_is_written_as_everything(found):
    expected = {4: "0.0.0.0/0", 6: "::/0"}
    assert found.cidrs(found) == tuple(expected[family] for family in found.families)


def fewest(bits, wanted, forbidden, first=0):
    """The plain recursion over the prefix tree."""
    block = range(first, first + (1 << bits))
    if not any(value in wanted for value in block):
        return 0
    if not any(value in forbidden for value in block):
        return 1
    half = 1 << (bits - 1)
    return fewest(bits - 1, wanted, forbidden, first) + fewest(bits - 1, wanted, forbidden, first + half)


@given(st.lists(st.sampled_from(["wanted", "forbidden", "outside"]), min_size=64, max_size=64))
def test_cidrs_within_are_as_few_as_the_prefix_tree_allows(kinds):
    def having(*some):
        return {value for value, kind in enumerate(kinds) if kind in some}

    def addresses(found):
        return AddressSet.of(IntervalSet.of(*((value, value) for value in found)))

    cidrs = addresses(having("wanted")).cidrs(addresses(having("wanted", "forbidden")))
    assert len(cidrs) == fewest(6, having("wanted"), having("forbidden"))


@given(st.lists(st.sampled_from(["wanted", "forbidden", "outside"]), min_size=8, max_size=8))
def test_no_smaller_choice_of_cidrs_is_exact(kinds):
    def spans(*some):
        return IntervalSet.of(*((value, value) for value, kind in enumerate(kinds) if kind in some))

    part, within = AddressSet.of(spans("wanted")), AddressSet.of(spans("wanted", "forbidden"))
    prefixes = [AddressSet.of(IntervalSet.of((at, at + size - 1))) for size in (1, 2, 4, 8) for at in range(0, 8, size)]
    smaller = combinations(prefixes, max(len(part.cidrs(within)) - 1, 0))
    assert not part or all(AddressSet.union_all(choice) & within != part for choice in smaller)


@given(address_sets)
def test_reading(found):
    assert found.size == ip_set(found).size
    assert bool(found) is (found.size > 0)
    assert found.only(4) | found.only(6) == found
    assert found.families == tuple(family for family in (4, 6) if found.only(family))
    assert (found.sole is not None) is (found.size == 1)
    assert hash(found) == hash(AddressSet.parse(*found.cidrs()))


@given(st.sampled_from([4, 6]), st.data())
def test_one_address(family, data):
    value = data.draw(st.integers(0, (1 << (32 if family == 4 else 128)) - 1))
    found = AddressSet.address(family, value)
    assert found.sole == (family, value)
    assert found.contains(family, value)
    assert not found.contains(10 - family, value)
    assert parse_address(format_address(family, value)) == (family, value)
    assert netaddr.IPAddress(format_address(family, value)) == netaddr.IPAddress(value, family)


def test_a_part_of_something_else_can_not_be_written_within_it():
    with pytest.raises(ValueError, match="within"):
        AddressSet.ALL_V4.cidrs(within=AddressSet.parse("10.0.0.0/8"))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("10.0.0.0/8", (4, 10 << 24, (11 << 24) - 1)),
        (" 10.0.0.7/8 ", (4, 10 << 24, (11 << 24) - 1)),
        ("10.0.0.7", (4, (10 << 24) + 7, (10 << 24) + 7)),
        ("0.0.0.0/0", (4, 0, (1 << 32) - 1)),
        ("::/0", (6, 0, (1 << 128) - 1)),
        ("::1", (6, 1, 1)),
        ("2001:DB8::1/32", (6, 0x20010DB8 << 96, (0x20010DB9 << 96) - 1)),
        ("::ffff:1.2.3.4/128", (6, 0xFFFF01020304, 0xFFFF01020304)),
    ],
)
def test_parse_cidr(text, expected):
    assert parse_cidr(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/8",
        "10.0.0/8",
        "10.0.0.256/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/2²",
        "10.0.0.0/255.0.0.0",
        "::/129",
        ":::/0",
        "fe80::1%eth0",
        "example.com",
        "ü",
        "1.2.3.4\0",
    ],
)
def test_parse_cidr_refuses(text):
    with pytest.raises(ValueError, match=r"is not an address or CIDR|prefix length of an IPv[46] CIDR") as caught:
        parse_cidr(text)
    assert repr(text) in str(caught.value)


def test_parse_address_refuses_a_cidr():
    with pytest.raises(ValueError, match=r"'10.0.0.0/8' is not an IPv4 or IPv6 address"):
        parse_address("10.0.0.0/8")


@pytest.mark.parametrize(
    "text, inside",
    [
        ("8.8.8.8", True),
        ("198.51.100.7", True),
        ("223.255.255.255", True),
        ("172.15.255.255", True),
        ("172.32.0.0", True),
        ("100.63.255.255", True),
        ("0.1.2.3", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("100.127.255.255", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.0", False),
        ("172.31.255.255", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("2001:db8::1", True),
        ("3fff:ffff::", True),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("ff02::1", False),
        ("4000::", False),
    ],
)
def test_the_internet(text, inside):
    assert INTERNET.contains(*parse_address(text)) is inside
    assert PRIVATE.contains(*parse_address(text)) is not inside


def test_the_internet_is_written_as_everything():
    assert INTERNET == INTERNET_V4 | INTERNET_V6
    assert INTERNET.cidrs(INTERNET) == ("0.0.0.0/0", "::/0")
    assert (INTERNET - AddressSet.parse("8.8.8.8")).cidrs(INTERNET)[0] == "0.0.0.0/5"


def test_repr():
    assert repr(AddressSet.parse("10.0.0.1/8", "::1")) == "AddressSet.parse('10.0.0.0/8', '::1/128')"
