"""Openings: what passes to somebody, as rows that people read: a protocol, a run of ports, and who may send."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    port, the web, ICMP. addresses, services: both as sets.
    """

    protocol: str
    ports: str
    sources: tuple[str, ...]
    tier: int
    addresses: AddressSet
    services: Services

    @property
    def wide(self) -> bool:
        """Whether so many may send that they must be strangers: more than one network has."""
        return any(self.addresses.family(family).size >= many for family, many in _STRANGERS)


def openings(words: Words, packets: PacketSet) -> tuple[Opening, ...]:
    """The rows that together are `packets`, whatever their destinations and source ports, the worst first."""
    services_of: dict[tuple[int, AddressSet], Services] = {}
    for box in packets.before_source_port().boxes():
        key = (box.family, AddressSet.in_family(box.family, box.sources))
        part = Services.protocols(IntervalSet.of(box.protocols), box.services)
        services_of[key] = services_of.get(key, Services.EMPTY) | part
    made: list[Opening] = []
    for (_family, sources), services in services_of.items():
        cidrs = words.cidrs(sources)
        for protocol, ports, part in runs(services):
            made.append(Opening(protocol, ports, cidrs, tier(part), sources, part))
    return tuple(sorted(made, key=rank))


def runs(services: Services) -> list[tuple[str, str, Services]]:
    """Services as runs of ports, each in words and as a set."""
    segments = services.segments
    if segments == Services.ALL.segments:
        return [(EVERY, EVERY, services)]
    made: list[tuple[str, str, Services]] = []
    for first, last, values in segments:
        name = protocol_name(first) if first == last else f"{first}-{last}"
        protocols = IntervalSet.of((first, last))
        for word in Services.protocols(protocols, values).describe():
            head, slash, tail = word.partition("/")
            _name, colon, types = word.partition(":")
            if first == last and first in _ICMPS:
                span = _icmp_span(types) if colon else values
                made.append((name, types if colon else EVERY, Services.protocols(protocols, span)))
            elif slash and tail == name:
                low, _dash, high = head.partition("-")
                span = IntervalSet.of((int(low), int(high or low)))
                made.append((name, head, Services.protocols(protocols, span)))
            else:
                made.append((name, EVERY, Services.protocols(protocols, values)))
    return made


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
    first = opening.ports.partition("-")[0].partition("/")[0]
    number = int(first) if first.isdigit() else -1
    return (not opening.wide, opening.tier, -opening.addresses.size, opening.protocol, number, opening.ports)
