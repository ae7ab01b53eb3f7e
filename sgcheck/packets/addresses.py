"""Sets of IPv4 and IPv6 addresses, and the fewest CIDRs that write them down."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton  # what `socket` loads besides takes longer than a question
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from sgcheck.packets.bounds import Bounds, shared, subtract, unite
from sgcheck.packets.intervals import IntervalSet

FAMILIES: Final = (4, 6)
BITS: Final = {4: 32, 6: 128}
_LONG: Final = 16
"""A universe that has so many times more spans than a set is looked up, not gone through."""
_SOCKET_FAMILY: Final = {4: AF_INET, 6: AF_INET6}


def parse_address(text: str) -> tuple[int, int]:
    """Read one address; return its family (4 or 6) and its value. Raises ValueError."""
    family = 6 if ":" in text else 4
    try:
        return family, int.from_bytes(inet_pton(_SOCKET_FAMILY[family], text))
    except (OSError, ValueError):
        raise ValueError(f"{text!r} is not an IPv4 or IPv6 address") from None


def format_address(family: int, value: int) -> str:
    """Write one address; IPv6 in its shortest form."""
    return inet_ntop(_SOCKET_FAMILY[family], value.to_bytes(BITS[family] // 8))


def parse_cidr(text: str) -> tuple[int, int, int]:
    """Read a CIDR, or an address as the CIDR of itself; return family, first and last value.

    Bits behind the prefix length are ignored, as AWS does. Raises ValueError that says what is wrong.
    """
    address, slash, length = text.strip().partition("/")
    try:
        family, value = parse_address(address)
    except ValueError:
        raise ValueError(f"{text!r} is not an address or CIDR such as 10.0.0.0/16 or 2001:db8::/32") from None
    bits = BITS[family]
    if not slash:
        return family, value, value
    if not (length.isascii() and length.isdigit() and int(length) <= bits):
        raise ValueError(f"{text!r}: the prefix length of an IPv{family} CIDR is a number from 0 to {bits}")
    free = bits - int(length)
    first = value >> free << free
    return family, first, first + (1 << free) - 1


class AddressSet:
    """An immutable set of addresses: the values of either family."""

    __slots__ = ("v4", "v6")

    v4: IntervalSet
    v6: IntervalSet

    EMPTY: ClassVar[AddressSet]
    ALL_V4: ClassVar[AddressSet]
    ALL_V6: ClassVar[AddressSet]
    ALL: ClassVar[AddressSet]

    def __init__(self, v4: IntervalSet = IntervalSet.EMPTY, v6: IntervalSet = IntervalSet.EMPTY) -> None:
        self.v4 = v4
        self.v6 = v6

    @classmethod
    def of(cls, v4: IntervalSet = IntervalSet.EMPTY, v6: IntervalSet = IntervalSet.EMPTY) -> AddressSet:
        """Make the set of these IPv4 and IPv6 values."""
        return cls(v4, v6)

    @classmethod
    def parse(cls, *cidrs: str) -> AddressSet:
        """Make the union of CIDRs and single addresses. Raises ValueError that quotes the bad one."""
        if len(cidrs) == 1:
            family, first, last = parse_cidr(cidrs[0])
            return cls.in_family(family, IntervalSet.from_bounds((first, last + 1)))
        spans: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for cidr in cidrs:
            family, first, last = parse_cidr(cidr)
            spans[family].append((first, last))
        return cls(IntervalSet.of(*spans[4]), IntervalSet.of(*spans[6]))

    @classmethod
    def address(cls, family: int, value: int) -> AddressSet:
        """Make the set of one address."""
        return cls.in_family(family, IntervalSet.single(value))

    @classmethod
    def in_family(cls, family: int, values: IntervalSet) -> AddressSet:
        """Make the set of these values of one family, 4 or 6."""
        return cls(v4=values) if family == 4 else cls(v6=values)

    @classmethod
    def union_all(cls, sets: Iterable[AddressSet]) -> AddressSet:
        """Unite any number of sets at once."""
        parts = list(sets)
        return cls(IntervalSet.union_all(one.v4 for one in parts), IntervalSet.union_all(one.v6 for one in parts))

    @classmethod
    def shared(cls, sets: Iterable[AddressSet]) -> AddressSet:
        """Every address that two or more of the sets have."""
        parts = list(sets)
        v4, v6 = shared([one.v4.bounds for one in parts]), shared([one.v6.bounds for one in parts])
        return cls(IntervalSet.from_bounds(v4), IntervalSet.from_bounds(v6))

    def __or__(self, other: AddressSet) -> AddressSet:
        """In either."""
        return AddressSet(self.v4 | other.v4, self.v6 | other.v6)

    def __and__(self, other: AddressSet) -> AddressSet:
        """In both."""
        return AddressSet(self.v4 & other.v4, self.v6 & other.v6)

    def __sub__(self, other: AddressSet) -> AddressSet:
        """In this one and not in the other."""
        return AddressSet(self.v4 - other.v4, self.v6 - other.v6)

    def __eq__(self, other: object) -> bool:
        """Tell whether both have the same addresses."""
        if not isinstance(other, AddressSet):
            return NotImplemented
        return self.v4 == other.v4 and self.v6 == other.v6

    def __hash__(self) -> int:
        """Hash the addresses."""
        return hash((self.v4, self.v6))

    def __le__(self, other: AddressSet) -> bool:
        """Tell whether the other set has every address of this one."""
        return self.v4 <= other.v4 and self.v6 <= other.v6

    def __bool__(self) -> bool:
        """Tell whether there is any address."""
        return bool(self.v4) or bool(self.v6)

    def isdisjoint(self, other: AddressSet) -> bool:
        """Tell whether no address is in both."""
        return self.v4.isdisjoint(other.v4) and self.v6.isdisjoint(other.v6)

    def family(self, family: int) -> IntervalSet:
        """Return the values of one family, 4 or 6."""
        return self.v4 if family == 4 else self.v6

    def only(self, family: int) -> AddressSet:
        """Return the part in one family, 4 or 6."""
        return AddressSet.in_family(family, self.family(family))

    def contains(self, family: int, value: int) -> bool:
        """Tell whether the address is a member."""
        return value in self.family(family)

    @property
    def size(self) -> int:
        """How many addresses there are, in both families together."""
        return self.v4.size + self.v6.size

    @property
    def families(self) -> tuple[int, ...]:
        """The families that have any address here."""
        return tuple(family for family in FAMILIES if self.family(family))

    @property
    def sole(self) -> tuple[int, int] | None:
        """The (family, value) of the only address, or None when there is not exactly one."""
        if self.size != 1:
            return None
        return (4, self.v4.lowest) if self.v4 else (6, self.v6.lowest)

    def cidrs(self, within: AddressSet | None = None) -> tuple[str, ...]:
        """Write the set as the fewest CIDRs, IPv4 first, then in ascending order.

        With `within`, a superset, the addresses outside of it don't matter: the CIDRs are the fewest whose common part
        with `within` is this set, and the whole of a family comes out as 0.0.0.0/0 or ::/0. Raises ValueError when
        `within` is not a superset.
        """
        if within is not None and not self <= within:
            raise ValueError("only a part of `within` can be written as CIDRs within it")
        universe = AddressSet.ALL if within is None else within
        return tuple(
            f"{format_address(family, value)}/{length}"
            for family in FAMILIES
            for value, length in _prefixes(
                BITS[family],
                self.family(family).bounds,
                _forbidden(self.family(family).bounds, universe.family(family).bounds),
            )
        )

    def __repr__(self) -> str:
        """Show the CIDRs."""
        return f"AddressSet.parse({', '.join(map(repr, self.cidrs()))})"


def _forbidden(wanted: Bounds, universe: Bounds) -> Bounds:
    """Return what of `universe` is not `wanted`; of a universe with many more spans, only the nearest to each span."""
    if len(universe) <= _LONG * len(wanted):
        return subtract(universe, wanted)
    near = [_below(wanted, universe, start - 1) for start in wanted[::2]]
    near += [_above(wanted, universe, end) for end in wanted[1::2]]
    return unite([(value, value + 1) for value in near if value is not None])


def _below(wanted: Bounds, universe: Bounds, value: int) -> int | None:
    """Return the largest member of `universe` up to `value` that is not `wanted`."""
    while True:
        index = bisect_right(universe, value)
        if index == 0:
            return None
        if not index & 1:
            value = universe[index - 1] - 1
        inside = bisect_right(wanted, value)
        if not inside & 1:
            return value
        value = wanted[inside - 1] - 1


def _above(wanted: Bounds, universe: Bounds, value: int) -> int | None:
    """Return the smallest member of `universe` from `value` on that is not `wanted`."""
    while True:
        index = bisect_right(universe, value)
        if index == len(universe):
            return None
        if not index & 1:
            value = universe[index]
        inside = bisect_right(wanted, value)
        if not inside & 1:
            return value
        value = wanted[inside]


def _prefixes(bits: int, wanted: Bounds, forbidden: Bounds) -> Iterator[tuple[int, int]]:
    """Yield the (value, length) of the fewest prefixes that cover all of `wanted` and touch nothing `forbidden`.

    Prefixes without a forbidden address nest or are disjoint, so every wanted address lies in exactly one largest of
    them, and each of those is needed. The largest block around an address ends below the bit in which the address
    first differs from the nearest forbidden address on either side.
    """
    if wanted and not forbidden:
        yield 0, 0
        return
    done = 0
    for start, end in zip(wanted[::2], wanted[1::2], strict=True):
        address = max(start, done)
        while address < end:
            index = bisect_right(forbidden, address)
            free = bits
            if index:
                free = (address ^ (forbidden[index - 1] - 1)).bit_length() - 1
            if index < len(forbidden):
                free = min(free, (address ^ forbidden[index]).bit_length() - 1)
            first = address >> free << free
            yield first, bits - free
            done = address = first + (1 << free)


AddressSet.EMPTY = AddressSet()
AddressSet.ALL_V4 = AddressSet.parse("0.0.0.0/0")
AddressSet.ALL_V6 = AddressSet.parse("::/0")
AddressSet.ALL = AddressSet.ALL_V4 | AddressSet.ALL_V6

_NOT_INTERNET_V4: Final = AddressSet.parse(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
)

INTERNET_V4: Final = AddressSet.ALL_V4 - _NOT_INTERNET_V4
"""Unicast IPv4 outside the private (RFC 1918), shared, this-network, loopback and link-local ranges."""
INTERNET_V6: Final = AddressSet.parse("2000::/3")
"""Global unicast IPv6."""
INTERNET: Final = INTERNET_V4 | INTERNET_V6
STAND_INS: Final = AddressSet.parse("240.0.0.0/8")
"""Reserved addresses that nobody has (RFC 1112, section 4), which stand for public ones that are not known yet."""
PUBLIC: Final = INTERNET | STAND_INS
"""What routes to the internet carry: the internet's addresses, and what stands for some."""
PRIVATE: Final = AddressSet.ALL - INTERNET
"""Everything that is not the internet."""
