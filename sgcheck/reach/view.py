"""How packets look at a place of the path, compared with how they were sent.

Everything is counted in packets as they were sent. A filter behind a translation judges what it sees, and its verdict
is pulled back.
"""

from __future__ import annotations

import msgspec

from sgcheck.packets import AddressSet, Box, IntervalSet, PacketSet, Services

NAT_PORTS = IntervalSet.of((1024, 65535))
"""The source ports a NAT gateway uses (VPC user guide, nat-gateway-basics)."""


class Pulled(msgspec.Struct, frozen=True):
    """Packets as sent: `every` pass whatever port the translator picks, `some` pass for some of its ports."""

    every: PacketSet
    some: PacketSet


class View(msgspec.Struct, frozen=True):
    """source, destination: the (family, value) that replaced the sent one. ports: those that a translator picks from.

    hidden: source and source port may have become anything (behind a hop that is not modelled).
    """

    source: tuple[int, int] | None = None
    destination: tuple[int, int] | None = None
    ports: IntervalSet | None = None
    hidden: bool = False

    def seen(self, sent: PacketSet) -> PacketSet:
        """How `sent` looks here."""
        if self == AS_SENT:
            return sent
        boxes = []
        for box in sent.boxes():
            family = box.family
            source = _constant(family, self.source, box.sources, hidden=self.hidden)
            destination = _constant(family, self.destination, box.destinations, hidden=False)
            ports = NAT_PORTS if self.hidden else self.ports or box.source_ports
            boxes.append(PacketSet.box(source, destination, _services(box), ports))
        return PacketSet.union_all(boxes)

    def sent(self, seen: PacketSet) -> Pulled:
        """Which packets as sent look like one of `seen`."""
        if self.destination is not None:
            seen = seen.before_destination(*self.destination)
        if self.hidden:
            anyone = any_source(seen).before_source_port()
            return Pulled(anyone, anyone)
        if self.source is not None:
            seen = seen.before_source(*self.source)
        if self.ports is None:
            return Pulled(seen, seen)
        return Pulled(seen.before_source_port_all(self.ports), seen.before_source_port())


AS_SENT = View()


def any_source(packets: PacketSet) -> PacketSet:
    """The same packets with every source whatever."""
    everyone = [
        PacketSet.box(
            AddressSet.ALL, AddressSet.in_family(box.family, box.destinations), _services(box), box.source_ports
        )
        for box in packets.boxes()
    ]
    return PacketSet.union_all(everyone)


def _constant(family: int, value: tuple[int, int] | None, own: IntervalSet, *, hidden: bool) -> AddressSet:
    if hidden:
        return AddressSet.ALL.only(family)
    if value is not None and value[0] == family:
        return AddressSet.address(*value)
    return AddressSet.in_family(family, own)


def _services(box: Box) -> Services:
    return Services.protocols(IntervalSet.of(box.protocols), box.services)
