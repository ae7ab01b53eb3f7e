"""Through NAT gateways and NAT instances."""

from __future__ import annotations

from dataclasses import replace

from .records import (
    NAT_PROTOCOLS,
    TCP,
    UDP,
    BlockedError,
    OpaqueError,
    Packet,
    Place,
    Record,
    inside,
    is_internet,
    nat_source,
    place_of,
    primary_address,
)
from .routing import Routing


class Nat(Routing):
    """Hops that give a packet another source."""

    def through_nat(self, place: Place, name: str, packet: Packet) -> None:
        """Through a NAT gateway, which is where the packet starts anew, and back from it."""
        nat = self.find("NatGateways", "NatGatewayId", name)
        if nat is None:
            raise OpaqueError(f"{name} is not in the data")
        if nat.get("State") != "available":
            raise BlockedError(f"{name} is {nat.get('State')}")
        if nat.get("VpcId") != place.vpc:
            raise BlockedError(f"{name} serves its own VPC only")
        if packet.version == 6:
            if inside(packet.destination, "64:ff9b::/96"):
                raise OpaqueError("NAT64 is not modelled")
            raise BlockedError(f"{name} does not carry IPv6")
        if packet.protocol not in NAT_PROTOCOLS:
            raise BlockedError(f"{name} does not carry protocol {packet.protocol}")
        if name in place.path:
            raise BlockedError(f"{name} is reached twice: a routing loop")
        there = Place(name, place.vpc, nat.get("SubnetId"), nat=nat, path=(*place.path, name))
        if there.subnet is None or there.subnet != place.subnet:
            self.network_acl(there, packet, egress=False)
        translated = replace(packet, source=nat_source(nat))
        if packet.protocol in (TCP, UDP):
            translated = replace(translated, source_port=self.nat_port)
        self.send(there, translated)
        self.back_to_client(place, there, packet.reply())

    def is_nat_instance(self, interface: Record, packet: Packet) -> bool:
        """Whether an interface that a route towards the internet leads to counts as a NAT instance: no check, and
        a public address.
        """
        if interface.get("SourceDestCheck", True) or packet.version == 6 or not is_internet(packet.destination):
            return False
        return self.public_address(interface, primary_address(interface) or "") is not None

    def through_nat_instance(self, place: Place, interface: Record, packet: Packet) -> None:
        """Through an instance that translates to its primary address; unlike a gateway it has groups, which take
        both legs.
        """
        name = interface["NetworkInterfaceId"]
        self.alive(interface)
        if name in (place.name, *place.path):
            raise BlockedError(f"{name} is reached twice: a routing loop")
        there = replace(place_of(interface), path=(*place.path, name))
        if there.subnet != place.subnet:
            self.network_acl(there, packet, egress=False)
        self.groups(interface, packet, place.interface, egress=False)
        translated = replace(packet, source=primary_address(interface) or "")
        if packet.protocol in (TCP, UDP):
            translated = replace(translated, source_port=self.nat_port)
        self.groups(interface, translated, None, egress=True)
        self.send(there, translated)
        self.back_to_client(place, there, packet.reply())

    def back_to_client(self, place: Place, there: Place, reply: Packet | None) -> None:
        """A reply from where it was translated back (`there`) to the client (`place`)."""
        if reply is not None and place.origin is not None:
            self.come_home(there, reply, place.origin)
            return
        if reply is None or (there.subnet is not None and there.subnet == place.subnet):
            return
        self.network_acl(there, reply, egress=True)
        kind, target = self.follow(there, reply.destination)
        if kind != "local":
            self.back_by(kind, target, reply, there)
        self.network_acl(place, reply, egress=False)
