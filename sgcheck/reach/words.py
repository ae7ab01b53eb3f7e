"""Words for sets and things: how addresses, ports and resources are written in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.model.ref import AFTER_APPLY, NOT_YET, OPEN
from sgcheck.packets import PRIVATE, AddressSet, IntervalSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine, RuleList, RuleSet
    from sgcheck.model.network import Network
    from sgcheck.model.routing import OpenRoute
    from sgcheck.model.things import Interface

SHOWN = 4
LAST_PORT = 65535


class Words:
    """Writes sets and things of one network."""

    def __init__(self, network: Network) -> None:
        """Write things of `network`."""
        self._network = network
        self.internet = network.internet
        self.private = PRIVATE

    def cidrs(self, addresses: AddressSet) -> tuple[str, ...]:
        """Every address of a set as the fewest CIDRs; the whole internet is written 0.0.0.0/0 or ::/0."""
        if self._network.stand_ins and (sole := addresses.sole) in self._network.stand_ins:
            return (self._network.stand_ins[sole],) if sole else ()
        outside = addresses & self.internet
        return (*outside.cidrs(within=self.internet), *(addresses - outside).cidrs())

    def for_rules(self, addresses: AddressSet) -> tuple[str, ...]:
        """The CIDRs of a rule for a set; of an address that is not known yet all that it may be, if that is a range."""
        sole = addresses.sole if self._network.stand_ins else None
        label = self._network.stand_ins.get(sole) if sole else None
        if label is None:
            return self.cidrs(addresses)
        range_ = label.removesuffix(AFTER_APPLY).removesuffix(NOT_YET).strip()
        return (range_,) if range_ else ()

    def some(self, listed: tuple[str, ...]) -> str:
        """A list for a sentence, cut when it is long."""
        if len(listed) <= SHOWN:
            return ", ".join(listed)
        return ", ".join(listed[:SHOWN]) + f" and {len(listed) - SHOWN} more"

    def addresses(self, addresses: AddressSet) -> str:
        """A set of addresses for a sentence; a single address has no /32."""
        if addresses in (AddressSet.ALL, AddressSet.ALL_V4, AddressSet.ALL_V6):
            return "anywhere"
        return self.some(tuple(c.removesuffix("/32").removesuffix("/128") for c in self.cidrs(addresses)))

    def services(self, packets: PacketSet) -> str:
        """The ports of packets for a sentence."""
        return self.some(written(packets.services()))

    def judged(self, packets: PacketSet, way: Way) -> str:
        """What a filter looks at: "443/tcp from 203.0.113.9"."""
        if way is Way.INGRESS:
            return f"{self.services(packets)} from {self.addresses(packets.sources())}"
        return f"{self.services(packets)} to {self.addresses(packets.destinations())}"

    def line(self, line: FilterLine, way: Way) -> str:
        """What a rule lets pass: "443/tcp from 0.0.0.0/0"."""
        word = "from" if way is Way.INGRESS else "to"
        if line.reference is not None:
            peer = f"members of {line.reference.group}"
        elif line.unresolved is not None:
            peer = line.unresolved
        else:
            peer = self.some(line.peer.cidrs())
        return f"{self.some(written(line.services))} {word} {peer}"

    def open_route(self, route: OpenRoute, table: str, addresses: AddressSet) -> str:
        """Why a route over a list with unknown entries leaves it open where `addresses` go."""
        where = self.addresses(addresses)
        if route.list.endswith(OPEN):
            return f"where {table} leads {where} is open: {route.list}"
        return f"whether {where} is in {route.list}, which {table} routes to {route.target}, is not in the input"

    def kind_of_open(self, route: OpenRoute) -> str:
        """What is missing where a route may win: the entries of its list, or a value of a plan."""
        return "planned value" if route.list.endswith(OPEN) else "prefix list entry"

    def group(self, group: RuleSet) -> str:
        """A group for a sentence."""
        return f"{group.id} ({group.name})" if group.name else group.id

    def interface(self, interface: Interface) -> str:
        """An interface for a sentence: its instance, when it has one."""
        if interface.instance is None:
            return f"{interface.id} ({interface.name})" if interface.name else interface.id
        instance = self._network.instances.get(interface.instance)
        name = instance.name if instance else None
        return f"{interface.instance} ({name})" if name else interface.instance

    def acl_near(self, acl: RuleList, way: Way, held: PacketSet) -> tuple[str, ...]:
        """Entries that allow the same ports to other addresses, or the other way round; at most two."""
        peers = held.sources() if way is Way.INGRESS else held.destinations()
        found: list[str] = []
        for line in acl.lines(way) or ():
            if not line.allow:
                continue
            if (line.peer & peers and not line.services & held.services() and line.services.values(6)) or (
                line.services & held.services() and not line.peer & peers
            ):
                found.append(f"{line.label} allows {self.line(line, way)}")
        return tuple(found[:2])


def written(services: Services) -> tuple[str, ...]:
    """Services as people write them; ports that every protocol shares are said once."""
    return services.describe()


def port_words(services: Services, *, bare: int | None) -> tuple[str, ...]:
    """Services for `ports` lists: without "/tcp" when the whole question is about protocol `bare`."""
    suffix = {6: "/tcp", 17: "/udp"}.get(bare or -1)
    return tuple(word.removesuffix(suffix) if suffix else word for word in services.describe())


def spans(values: IntervalSet) -> tuple[str, ...]:
    """Ports as "1024-32767"."""
    return tuple(str(lo) if lo == hi else f"{lo}-{hi}" for lo, hi in values.spans)
