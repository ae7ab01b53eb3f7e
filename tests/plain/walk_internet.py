"""Out to the internet, and in from it."""

from __future__ import annotations

from dataclasses import replace

from .records import BlockedError, Packet, Place, UndocumentedError, address, inside, is_internet, listed, place_of
from .routing import Routing


class Internet(Routing):
    """Hops by an internet gateway."""

    def through_internet(self, place: Place, kind: str, name: str, packet: Packet) -> None:
        """Out by an internet gateway (or an egress-only one), to a host out there or back in to a public address,
        and back again.
        """
        reply, mode = packet.reply(), self.public_access(place)
        if kind == "igw":
            self.attached(name, place.vpc, "InternetGateways", "InternetGatewayId")
        else:
            self.attached(name, place.vpc, "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId")
            if packet.version == 4:
                raise BlockedError(f"{name} does not carry IPv4")
        initiated = (
            place.nat is not None or kind == "eigw"
        )  # Block-ingress leaves what these begin, and its replies, alone.
        if mode == "block-bidirectional" or (mode == "block-ingress" and reply is not None and not initiated):
            raise BlockedError(f"public access of {place.subnet or place.vpc} is {mode}")
        if not is_internet(packet.destination):
            raise BlockedError(f"{name} does not carry traffic to {packet.destination}")
        self.meet(packet, self.public_source(place, packet))
        if reply is None:
            return
        if kind == "igw" and packet.version == 6 and (place.interface or {}).get("DenyAllIgwTraffic"):
            raise BlockedError(f"{place.name} takes nothing from the internet")
        if kind == "igw":
            self.edge(place.vpc, reply)
        self.network_acl(place, reply, egress=False)

    def public_source(self, place: Place, packet: Packet) -> str:
        """The address that the internet sees as the packet's source."""
        if packet.version == 6:
            if not is_internet(packet.source):
                raise BlockedError(f"{packet.source} is not a public address")
            return packet.source
        if place.nat is not None:
            if place.nat.get("ConnectivityType") == "private":
                raise BlockedError(f"{place.name} is private")
            public = [each.get("PublicIp") for each in listed(place.nat, "NatGatewayAddresses") if each.get("PublicIp")]
            return public[0] if public else packet.source
        public_address = self.public_address(place.interface or {}, packet.source)
        if public_address is None:
            raise BlockedError(f"{packet.source} has no public address")
        return public_address

    def meet(self, packet: Packet, source: str) -> None:
        """A packet in the internet: to a host there, or to a public address of the known network."""
        seen = replace(packet, source=source)
        if self.public_owner(packet.destination) is None and not self.belongs_to_us(packet.destination):
            if self.receiver is not None:
                raise BlockedError(f"{packet.destination} is a host in the internet")
            return
        self.from_internet(seen)

    def belongs_to_us(self, public: str) -> bool:
        """Whether the address is the known network's own though no interface has it."""
        for nat in self.all("NatGateways"):
            if any(each.get("PublicIp") == public for each in listed(nat, "NatGatewayAddresses")):
                return True
        if address(public).version == 4:
            return any(each.get("PublicIp") == public for each in self.all("Addresses"))
        return any(inside(public, cidr) for vpc in self.all("Vpcs") for cidr in self.vpc_cidrs(vpc["VpcId"]))

    def from_internet(self, packet: Packet) -> None:
        """In by the internet gateway of the VPC that a public address leads to, and the reply out again by the same."""
        found = self.public_owner(packet.destination)
        if found is None:
            raise BlockedError(f"{packet.destination} is mapped to no interface")
        owner, private = found
        place, inner = place_of(owner), replace(packet, destination=private)
        if not is_internet(packet.source) or not is_internet(packet.destination):
            raise BlockedError(f"an internet gateway does not carry {packet}")
        if self.public_access(place) != "off":
            raise BlockedError(f"public access of {place.subnet} is {self.public_access(place)}")
        if packet.version == 6 and owner.get("DenyAllIgwTraffic"):
            raise BlockedError(f"{place.name} takes nothing from the internet")
        self.has_gateway(place.vpc)
        self.edge(place.vpc, inner)
        self.network_acl(place, inner, egress=False)
        self.admit(owner, inner, None)
        reply = inner.reply()
        if reply is None:
            return
        self.network_acl(place, reply, egress=True)
        kind, name = self.follow(place, reply.destination)
        if kind == "vpce" and self.gateway_endpoint(name) is not None:
            raise UndocumentedError(f"a reply to {reply.destination} by {name}")
        if kind in ("eni", "vpce"):
            self.middlebox(place, (kind, name), reply)
        if kind != "igw":
            raise BlockedError(f"the reply leaves by {name or kind}, not by the internet gateway")
        self.attached(name, place.vpc, "InternetGateways", "InternetGatewayId")
