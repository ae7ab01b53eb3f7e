"""What rules amount to, however they are written: sets of packets, with the far end as their source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from sgcheck.lint.pairs import families
from sgcheck.model.filters import Way, line_packets
from sgcheck.packets import INTERNET, AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.compiled import compiled

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine
    from sgcheck.reach.compiled import Entry

FAMILIES = (4, 6)
RFC1918 = tuple(AddressSet.parse(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
PRIVATE_V4 = AddressSet.union_all(RFC1918)

Measure = Callable[[int, IntervalSet], bool]
"""Whether these addresses of a family are what somebody looks for."""


class Told:
    """What lines allow: packets from or to addresses, services by what else they name, and lines nobody can resolve.

    keyed: by group or list id.
    """

    def __init__(self, plain: list[Entry], keyed: dict[str, Services], unresolved: tuple[FilterLine, ...]) -> None:
        """Hold what `plain`, the lines for addresses by their services, and the others say."""
        self._plain = plain
        self.keyed = keyed
        self.unresolved = unresolved

    @cached_property
    def peers(self) -> AddressSet:
        """Every address that any line allows something."""
        return AddressSet.union_all([of_families(entry.peers, families(entry.services)) for entry in self._plain])

    @cached_property
    def services(self) -> Services:
        """Every service that any line for addresses allows."""
        return Services.union_all([entry.services for entry in self._plain])

    @cached_property
    def packets(self) -> PacketSet:
        """What the lines for addresses allow."""
        return _packets(self._plain)

    @cached_property
    def internet(self) -> dict[int, Services]:
        """By family, the services that the internet may use."""
        if not any(is_internet(family, self.peers.family(family)) for family in FAMILIES):
            return dict.fromkeys(FAMILIES, Services.EMPTY)
        return open_to(self.packets, is_internet)


def far(line: FilterLine) -> PacketSet:
    """The packets of a line between its far end, as the source whatever the direction, and anybody."""
    return line_packets(line, Way.INGRESS)


def key_of(line: FilterLine) -> str | None:
    """What a line names instead of addresses: a group, or a list whose entries are not known."""
    return line.reference.group if line.reference else line.unresolved


def told(lines: Iterable[FilterLine]) -> Told:
    """What lines amount to together; those that match nothing any more are left out."""
    live = [line for line in lines if line.reference is None or line.reference.stale is None]
    keyed: dict[str, Services] = {}
    for line in live:
        key = key_of(line)
        if key is not None:
            keyed[key] = keyed.get(key, Services.EMPTY) | line.services
    plain = [entry for entry in compiled(live) if entry.peers]
    return Told(plain, keyed, tuple(line for line in live if line.unresolved))


def allowed(lines: Iterable[FilterLine]) -> PacketSet:
    """The packets that lines for addresses allow."""
    return _packets(compiled(lines))


def _packets(entries: Iterable[Entry]) -> PacketSet:
    return PacketSet.union_all([PacketSet.box(one.peers, AddressSet.ALL, one.services) for one in entries])


def of_families(addresses: AddressSet, families: Collection[int]) -> AddressSet:
    """The addresses of some families."""
    if len(families) == len(FAMILIES):
        return addresses
    return addresses.only(*families) if families else AddressSet.EMPTY


def is_internet(family: int, addresses: IntervalSet) -> bool:
    """Whether they are the internet: at least half of it, so that two rules that share it out are no way around."""
    whole = INTERNET.family(family)
    return 2 * (addresses & whole).size >= whole.size


def is_private(family: int, addresses: IntervalSet) -> bool:
    """Whether they have a whole private range (RFC 1918)."""
    return family == 4 and any(one.v4 <= addresses for one in RFC1918)


def open_to(packets: PacketSet, measure: Measure) -> dict[int, Services]:
    """By family, the services that sources as `measure` wants them may use."""
    found: dict[int, list[Services]] = {4: [], 6: []}
    for run in packets.runs():
        if measure(run.family, run.sources):
            values = IntervalSet.of(run.values)
            found[run.family].append(Services.protocols(IntervalSet.of(run.protocols), values, run.family))
    return {family: Services.union_all(parts) for family, parts in found.items()}


def wholly(packets: PacketSet, services: Services) -> AddressSet:
    """The sources that may use every one of `services`."""
    return AddressSet.ALL - (PacketSet.box(AddressSet.ALL, AddressSet.ALL, services) - packets).sources()


def ports(services: Services) -> int:
    """How many ports of TCP or UDP there are, the larger number of both."""
    return max(services.values(6).size, services.values(17).size)
