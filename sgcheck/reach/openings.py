"""Openings: what passes to somebody, as rows that people read: a protocol, a run of ports, and who may send."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sgcheck.packets import (
    EVERY_VALUE,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    AddressSet,
    IntervalSet,
    PacketSet,
    Services,
    protocol_name,
)

if TYPE_CHECKING:
    from sgcheck.reach.words import Words

EVERY = "all"
EVERY_PROTOCOLS = (0, 255)
REMOTE = (22, 23, 135, 445, 2375, 2376, 3389, 4786, 5900, 5985, 5986, 6443, 8291, 10250)
"""Ports that let somebody take a host over: shells, desktops, remote management, container and cluster control."""
DATA = (
    *(111, 139, 389, 636, 873, 1433, 1434, 1521, 2049, 2181, 2379, 2380, 3260, 3306, 4333, 5432, 5500, 5601, 5984),
    *(6379, 7000, 7001, 7199, 8020, 8086, 8088, 8125, 9000, 9042, 9092, 9160, 9200, 9300, 11211, 27017, 27018, 27019),
    *(50070, 61616),
)
"""Ports of databases, caches, queues, directories and file shares."""
WEB = (80, 443)
_BOTH = (TCP, UDP)
_ICMPS = (ICMP, ICMPV6)
_REMOTE = Services.of(TCP, IntervalSet.of(*((p, p) for p in REMOTE)))
_DATA = Services.union_all([Services.of(p, IntervalSet.of(*((v, v) for v in DATA))) for p in _BOTH])
_WEB = Services.union_all([Services.of(p, IntervalSet.of(*((v, v) for v in WEB))) for p in _BOTH])
_PINGS = Services.union_all([Services.of(p) for p in _ICMPS])
_MANY = 1000
_STRANGERS = ((4, 1 << 16), (6, 1 << 80))
"""How many addresses of a family are more than one organization's network: a /16, a /48."""


class Opening(msgspec.Struct, frozen=True):
    """One run of ports of one protocol, and the addresses that may send to it.

    protocol: "tcp", "udp", "icmp", a name or number, a range of numbers, or "all". ports: "443", "8000-8100", for ICMP
    a type or TYPE/CODE, "all" for every one. sources: CIDRs, fewest first; 0.0.0.0/0 and ::/0 are the whole internet.
    tier: how bad it is that strangers may send there, 0 being the worst: everything, remote control, data, much, some
    port, the web, ICMP. addresses, services: both as sets. rank: sorts the worst first, what is open to many before
    what is open to a few.
    """

    protocol: str
    ports: str
    sources: tuple[str, ...]
    tier: int
    addresses: AddressSet
    services: Services
    rank: tuple[bool, int, int, str, int, str]

    @property
    def wide(self) -> bool:
        """Whether so many may send that they must be strangers: more than one network has."""
        return not self.rank[0]


class Openings:
    """Writes packets as rows, the addresses of a set once."""

    def __init__(self, words: Words) -> None:
        """Write addresses with `words`."""
        self._words = words
        self._written: dict[tuple[IntervalSet, int, AddressSet | None], Senders] = {}

    def of(self, packets: PacketSet, within: AddressSet | None = None) -> tuple[Opening, ...]:
        """The rows that together are `packets`, whatever their destinations and source ports, the worst first.

        within: sources that count; None means any.
        """
        held: list[tuple[tuple[int, int], tuple[int, int], Senders]] = []
        for run in packets.runs():
            senders = self._senders(run.sources, run.family, within)
            if not senders.size:
                continue
            if held and held[-1][2] is senders and held[-1][0] == run.protocols and held[-1][1][1] + 1 == run.values[0]:
                held[-1] = (run.protocols, (held[-1][1][0], run.values[1]), senders)
            else:
                held.append((run.protocols, run.values, senders))
        made = [row for protocols, values, senders in held for row in self._rows(protocols, values, senders)]
        return tuple(sorted(made, key=rank))

    def _rows(self, protocols: tuple[int, int], values: tuple[int, int], senders: Senders) -> Iterator[Opening]:
        for protocol, ports, first, bad, services in _named(protocols, values):
            order = (not senders.wide, bad, -senders.size, protocol, first, ports)
            yield Opening(protocol, ports, senders.cidrs, bad, senders.addresses, services, order)

    def _senders(self, named: IntervalSet, family: int, within: AddressSet | None) -> Senders:
        key = (named, family, within)
        found = self._written.get(key)
        if found is None:
            sources = AddressSet.in_family(family, named if within is None else named & within.family(family))
            same = self._senders(sources.family(family), family, None) if within is not None else None
            wide = any(sources.family(each).size >= many for each, many in _STRANGERS)
            found = same or Senders(sources, self._words.cidrs(sources), sources.size, wide)
            self._written[key] = found
        return found


class Senders(NamedTuple):
    """Who may send: a set of addresses, its CIDRs, how many there are, and whether these must be strangers."""

    addresses: AddressSet
    cidrs: tuple[str, ...]
    size: int
    wide: bool


def opening(protocol: int, port: int, sources: AddressSet, words: Words) -> Opening:
    """The row of one port."""
    packets = PacketSet.box(sources, AddressSet.ALL, Services.of(protocol, IntervalSet.single(port)))
    return Openings(words).of(packets)[0]


def openings(words: Words, packets: PacketSet) -> tuple[Opening, ...]:
    """The rows that together are `packets`, the worst first; for many sets see `Openings`."""
    return Openings(words).of(packets)


class Named(NamedTuple):
    """Words for a run of ports; `first` is the first of them, -1 where there are none."""

    protocol: str
    ports: str
    first: int
    tier: int
    services: Services


def runs(services: Services) -> list[tuple[str, str, Services]]:
    """Services as runs of ports, each in words and as a set."""
    made: list[tuple[str, str, Services]] = []
    for first, last, values in services.segments:
        for span in values.spans:
            made += [(one.protocol, one.ports, one.services) for one in _named((first, last), span)]
    return made


def tiers(services: Services) -> frozenset[int]:
    """How bad each run of ports is."""
    spans = ((first, last, span) for first, last, values in services.segments for span in values.spans)
    return frozenset(one.tier for first, last, span in spans for one in _named((first, last), span))


@lru_cache(maxsize=65536)
def _named(protocols: tuple[int, int], values: tuple[int, int]) -> tuple[Named, ...]:
    return tuple(_in_words(protocols, values))


def _in_words(protocols: tuple[int, int], values: tuple[int, int]) -> Iterator[Named]:
    first, last = protocols
    services = Services.protocols(IntervalSet.of(protocols), IntervalSet.of(values))
    bad = tier(services)
    if protocols == EVERY_PROTOCOLS and values == EVERY_VALUE.spans[0]:
        yield Named(EVERY, EVERY, -1, bad, services)
        return
    name = protocol_name(first) if first == last else f"{first}-{last}"
    if values == EVERY_VALUE.spans[0]:
        yield Named(name, EVERY, -1, bad, services)
    elif first == last and first in _ICMPS:
        for word in services.describe():
            types = word.partition(":")[2]
            number = int(types.partition("/")[0].partition("-")[0])
            yield Named(name, types, number, bad, Services.of(first, _icmp_span(types)))
    else:
        low, high = values
        yield Named(name, str(low) if low == high else f"{low}-{high}", low, bad, services)


def _icmp_span(words: str) -> IntervalSet:
    """The values of one TYPE, TYPE-TYPE, TYPE/CODE or TYPE/CODE-CODE."""
    types, _slash, codes = words.partition("/")
    first, _dash, last = types.partition("-")
    low, _dash, high = (codes or "0-255").partition("-")
    return IntervalSet.of((int(first) * 256 + int(low), int(last or first) * 256 + int(high or low)))


def tier(services: Services) -> int:
    """How bad it is that these are open to strangers, 0 being the worst."""
    ports = services - _PINGS
    if not ports:
        return 6
    segments = ports.segments
    if any(last > first or (first in _BOTH and values == EVERY_VALUE) for first, last, values in segments):
        return 0
    if services & _REMOTE:
        return 1
    if services & _DATA:
        return 2
    if sum(values.size for first, _last, values in segments if first in _BOTH) > _MANY:
        return 3
    return 5 if ports <= _WEB else 4


def rank(opening: Opening) -> tuple[bool, int, int, str, int, str]:
    """Sorts the worst first: what is open to many before what is open to a few, then by what it is."""
    return opening.rank
