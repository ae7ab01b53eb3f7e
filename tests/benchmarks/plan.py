"""Who is where in the synthetic organisation: counts, ids and addresses, all computed from a few numbers.

Nothing is stored per host: the same numbers always give the same organisation, whichever part is asked for first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

ACCOUNT = "123456789012"
REGION = "us-east-1"
ZONES = "abc"
_FIRST_VPC = int(IPv4Address("10.0.0.0"))
_VPC_SIZE = 1 << 14  # a /18 each, so that 10.0.0.0/8 holds 1,024 of them
_SUBNET_SIZE = 1 << 10  # a /22 each, 16 to a VPC
_FIRST_PUBLIC = int(IPv4Address("198.18.0.0"))  # the benchmarking range (RFC 2544), a /15
_GOLDEN = 0x9E3779B97F4A7C15  # odd, so multiplying by it modulo 2**64 never maps two numbers to one


@dataclass(frozen=True, slots=True)
class Shape:
    """How many there are of each; the defaults are the organisation that the goals are stated for."""

    vpcs: int = 300
    subnets: int = 1_985
    groups: int = 5_000
    rules: int = 196_000
    interfaces: int = 50_000

    def scaled(self, factor: float) -> Shape:
        """Return everything times `factor`, with at least two VPCs."""
        vpcs = max(2, round(self.vpcs * factor))
        counts = (round(n * factor) for n in (self.subnets, self.groups, self.rules, self.interfaces))
        least = (5 * vpcs, 5 * vpcs, 20 * vpcs, 10 * vpcs)
        return Shape(vpcs, *(max(n, low) for n, low in zip(counts, least, strict=True)))


@dataclass(frozen=True, slots=True)
class Subnet:
    """The `index`th subnet of the VPC; the first third of a VPC's subnets are public."""

    vpc: int
    index: int
    number: int
    public: bool
    hosts: int
    first_host: int

    @property
    def block(self) -> IPv4Network:
        """The subnet's addresses, a /22."""
        return IPv4Network((_FIRST_VPC + self.vpc * _VPC_SIZE + self.index * _SUBNET_SIZE, 22))

    @property
    def zone(self) -> str:
        """The availability zone."""
        return REGION + ZONES[self.index % len(ZONES)]


@dataclass(frozen=True, slots=True)
class Host:
    """One instance with one interface; `number` counts through the organisation."""

    number: int
    subnet: Subnet
    address: str
    public: str | None
    groups: tuple[int, ...]


def identifier(kind: str, number: int) -> str:
    """Return an id as AWS writes them, distinct for each number of a kind."""
    return f"{kind}-0{number * _GOLDEN % (1 << 64):016x}"


def vpc_block(vpc: int) -> IPv4Network:
    """Return the VPC's addresses, a /18."""
    return IPv4Network((_FIRST_VPC + vpc * _VPC_SIZE, 18))


def nat_address(vpc: int) -> str:
    """Return the public address of the VPC's NAT gateway; the range's first 1,024 are for these."""
    return str(IPv4Address(_FIRST_PUBLIC + vpc))


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to `weights` whose sum is exactly `total`."""
    whole, reached, given, parts = sum(weights), 0.0, 0, []
    for weight in weights:
        reached += weight
        upto = round(total * reached / whole)
        parts.append(upto - given)
        given = upto
    return parts


class Plan:
    """The organisation of one shape: which VPC has what."""

    def __init__(self, shape: Shape) -> None:
        if shape.vpcs > 1_024 or shape.interfaces > 130_000:
            raise ValueError("10.0.0.0/8 and 198.18.0.0/15 hold 1,024 VPCs and 130,000 interfaces at most")
        self.shape = shape
        self._random = random.Random(20_260_301)
        draw = self._random.uniform
        self.subnet_counts = spread(shape.subnets, [draw(4, 9) for _ in range(shape.vpcs)])
        self.group_counts = spread(shape.groups, [draw(6, 27) for _ in range(shape.vpcs)])
        # One rule of each group lets traffic out; the others are few in most groups and many in some.
        self.more_rules = spread(shape.rules - shape.groups, [self._skewed() for _ in range(shape.groups)])

    def _skewed(self) -> float:
        return min(12.0, self._random.paretovariate(1.3))

    @cached_property
    def first_groups(self) -> list[int]:
        """The number of each VPC's first group, which is its default one; the next lets the internet in on 443."""
        firsts = [0]
        for count in self.group_counts[:-1]:
            firsts.append(firsts[-1] + count)
        return firsts

    @cached_property
    def subnets(self) -> list[Subnet]:
        """All subnets in order. Every VPC spends one interface on its NAT gateway; the others are hosts."""
        draw = random.Random(7)
        weights = [min(20.0, draw.paretovariate(1.5)) for _ in range(self.shape.subnets)]
        hosts = spread(self.shape.interfaces - self.shape.vpcs, weights)
        made: list[Subnet] = []
        first = 0
        for vpc, count in enumerate(self.subnet_counts):
            for index in range(count):
                number = len(made)
                made.append(Subnet(vpc, index, number, index < (count + 2) // 3, hosts[number], first))
                first += hosts[number]
        return made

    def hosts(self) -> Iterator[Host]:
        """Yield every host; in a public subnet every other one has a public address."""
        for subnet in self.subnets:
            base = int(subnet.block.network_address) + 10  # AWS keeps the first four, and the NAT gateway has the sixth
            draw = random.Random(subnet.number)
            for place in range(subnet.hosts):
                number = subnet.first_host + place
                public = subnet.public and place % 2 == 0
                address = str(IPv4Address(_FIRST_PUBLIC + 1_024 + number)) if public else None
                groups = self._groups(subnet.vpc, draw, web=public)
                yield Host(number, subnet, str(IPv4Address(base + place)), address, groups)

    def _groups(self, vpc: int, draw: random.Random, *, web: bool) -> tuple[int, ...]:
        first, count = self.first_groups[vpc], self.group_counts[vpc]
        others = draw.sample(range(first + 2, first + count), k=draw.choice((1, 1, 2, 3)))
        return (first + 1, *others[:2]) if web else tuple(others)
