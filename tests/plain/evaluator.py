"""One packet at a time through AWS-shaped JSON, written for obviousness.

This is the independent oracle of the test suite. It shares no code with the engine: addresses are the standard
library's `ipaddress` objects, records are the dictionaries that AWS's describe-* calls print, and every question is
answered with loops over them.

How certainty works. A walk of the packet (and of its reply) ends in one of four ways:

* `BlockedError` is raised: something known drops the packet, so nothing unknown elsewhere on the walk can save it.
* `OpaqueError` is raised: the next hop is not known or not modelled. What the walk had passed before cannot block any
  more; of what lies behind only the receiver's own state and groups can still decide, and only where they refuse
  whatever arrives.
* it ends normally, but a filter on the way was not in the data (`unsure`): unknown.
* it ends normally: delivered.
"""

from __future__ import annotations

from .picks import outcome_of
from .records import (
    BLOCKED,
    DELIVERED,
    EVERYTHING,
    NAT_INTERFACE_TYPES,
    OPAQUE_INTERFACE_TYPES,
    UNKNOWN,
    BlockedError,
    OpaqueError,
    Outcome,
    Packet,
    Place,
    Record,
    UndocumentedError,
    inside,
    listed,
    owns,
    place_of,
)
from .walk_balancers import ANYBODY, Balancers
from .walk_endpoints import ENDPOINT_TYPE, Endpoints
from .walk_internet import Internet
from .walk_nat import Nat
from .walk_transit import Transit


class Walk(Nat, Internet, Transit, Balancers, Endpoints):
    """One packet on its way through one network."""

    def from_interface(self, interface: Record, packet: Packet) -> None:
        """The packet starts at an interface, from one of its own addresses."""
        if not owns(interface, packet.source):
            raise ValueError(f"{packet.source} is not an address of {interface['NetworkInterfaceId']}")
        self.alive(interface)
        if self.endpoint_of(interface) is not None or interface.get("InterfaceType") == ENDPOINT_TYPE:
            raise BlockedError(f"{interface['NetworkInterfaceId']} begins nothing")
        if owns(interface, packet.destination):
            self.expect(interface)  # It never leaves the host.
            return
        self.groups(interface, packet, None, egress=True)
        self.send(place_of(interface), packet)

    def send(self, place: Place, packet: Packet) -> None:
        """From a place to wherever the network leads, and all the way back to the same place."""
        owner = self.owner(place.vpc, packet.destination)
        same = owner is not None and place.subnet is not None and owner.get("SubnetId") == place.subnet
        if same or any(inside(packet.destination, cidr) for cidr in self.subnet_cidrs(place.subnet)):
            self.arrive_inside(place, owner, packet, "local")  # Inside one subnet neither ACLs nor route tables apply.
            return
        self.network_acl(place, packet, egress=True)
        kind, name = self.follow(place, packet.destination)
        if place.nat is not None and place.subnet is None and kind not in ("igw", "eni", "nat", "tgw"):
            raise UndocumentedError(f"{place.name} towards {name or kind}")
        if place.origin is not None:
            self.goes_on(kind, name)
        if kind == "local":
            self.arrive_inside(place, owner, packet, "local")
        elif kind == "eni":
            self.through_host(place, name, packet)
        else:
            self.through_gateway(place, kind, name, packet)

    def through_gateway(self, place: Place, kind: str, name: str, packet: Packet) -> None:
        """By something of AWS's own that a route leads to."""
        ways = {"tgw": self.through_transit, "pcx": self.through_peering, "nat": self.through_nat}
        if kind in ways:
            ways[kind](place, name, packet)
        elif kind in ("igw", "eigw"):
            self.through_internet(place, kind, name, packet)
        elif kind == "vgw":
            self.through_vpn(place.vpc, name)
        elif kind == "vpce" and (endpoint := self.gateway_endpoint(name)) is not None:
            self.through_endpoint(place, endpoint, packet)
        else:
            self.middlebox(place, (kind, name), packet)

    def through_host(self, place: Place, name: str, packet: Packet) -> None:
        """By an interface: a NAT instance's, or the destination's own."""
        box = self.interface(name)
        if box is not None and self.is_nat_instance(box, packet):
            self.through_nat_instance(place, box, packet)
            return
        self.middlebox(place, ("eni", name), packet)
        self.arrive_inside(place, box, packet, "local")

    def through_peering(self, place: Place, name: str, packet: Packet) -> None:
        """Over a peering: only into the other VPC's own CIDRs (VPC peering guide)."""
        peer = self.peer(name, place.vpc)
        cidrs = self.vpc_cidrs(peer["VpcId"])
        cidrs += [each["CidrBlock"] for each in listed(peer, "CidrBlockSet")]
        cidrs += [each["Ipv6CidrBlock"] for each in listed(peer, "Ipv6CidrBlockSet")]
        owner = self.owner(peer["VpcId"], packet.destination)
        if owner is None:
            if cidrs and not any(inside(packet.destination, cidr) for cidr in cidrs):
                raise BlockedError(f"{packet.destination} is not in the CIDRs behind {name}")
            if self.find("Vpcs", "VpcId", peer["VpcId"]) is None:
                raise OpaqueError(f"{peer['VpcId']} is not in the data")
        self.arrive_inside(place, owner, packet, name)

    # ---------------------------------------- arriving, and the reply

    def expect(self, interface: Record) -> None:
        """Drop what comes to another interface than the one that was asked about."""
        if self.receiver not in (ANYBODY, interface["NetworkInterfaceId"]):
            raise BlockedError(f"arrives at {interface['NetworkInterfaceId']}, not at {self.receiver}")

    def admit(self, interface: Record, packet: Packet, sender: Record | None) -> None:
        """The receiver's end: is it the right one, is it up, do its groups take the packet."""
        self.expect(interface)
        if interface.get("InterfaceType") in NAT_INTERFACE_TYPES:
            raise BlockedError("a NAT gateway accepts no connection")
        self.alive(interface)
        self.groups(interface, packet, sender, egress=False)
        if self.is_node(interface):
            self.balance(interface, packet)
        elif interface.get("InterfaceType") == ENDPOINT_TYPE:
            self.at_endpoint(interface, packet)
        elif interface.get("InterfaceType") in OPAQUE_INTERFACE_TYPES:
            self.unsure.append(f"what {interface['NetworkInterfaceId']} takes is not in the data")

    def arrive_inside(self, place: Place, owner: Record | None, packet: Packet, way: str) -> None:
        """At a private address, by the local route or over a peering (`way`), and the reply back to `place` by the
        same.
        """
        if owner is None:
            raise BlockedError(f"nothing has the address {packet.destination}")
        there = place_of(owner)
        apart = place.subnet is None or place.subnet != there.subnet
        if apart:
            self.network_acl(there, packet, egress=False)
        known = way == "local" or self.peering_between(
            place.vpc, there.vpc
        )  # Group references do not work across Regions.
        self.admit(owner, packet, place.interface if known else None)
        reply = packet.reply()
        if reply is not None and place.origin is not None:
            self.come_home(there, reply, place.origin)
            return
        if reply is None or not apart:
            return
        self.network_acl(there, reply, egress=True)
        # A NAT gateway gets its replies over a peering without a return route (VPC user guide, nat-gateway-basics).
        if way == "local" or place.nat is None:
            kind, name = self.follow(there, reply.destination)
            if way == "local" and kind != "local":
                self.back_by(kind, name, reply, there)
            if way != "local" and kind == "tgw":
                self.home_by_transit(there, name, reply, place)
                return
            if way != "local" and not (kind == "pcx" and self.peer(name, there.vpc)["VpcId"] == place.vpc):
                self.back_by(kind, name, reply, there)
        self.network_acl(place, reply, egress=False)

    def back_by(self, kind: str, name: str, reply: Packet, place: Place) -> None:
        """A reply that leaves by another hop than the request came by; returns where that leads to its destination
        after all.
        """
        if kind in ("eni", "vgw", "vpce", "other"):
            self.middlebox(place, (kind, name), reply)
            return
        raise BlockedError(f"the reply from {reply.source} leaves by {name or kind}")


def evaluate(
    network: Record, packet: Packet, sender: str | None, receiver: str | None, nat_port: int = 1024
) -> Outcome:
    """What becomes of one packet.

    `network` holds AWS's own records under AWS's own keys (one Region). `sender` and `receiver` are interface ids,
    None for a host in the internet. The destination is what the sender writes into the packet: from the internet a
    public address, from inside a private, an IPv6 or a public one. `nat_port` is the source port that every NAT
    gateway on the way chooses (1024 to 65535). Where AWS may pick between several ways all of them are tried.
    """
    return outcome_of(lambda picks: walk_once(Walk(network, receiver, nat_port, picks), packet, sender))


def walk_once(walk: Walk, packet: Packet, sender: str | None) -> Outcome:
    """What becomes of the packet on one walk."""
    receiver = walk.receiver
    start = walk.interface(sender) if sender else None
    if sender and start is None:
        raise ValueError(f"{sender} is not in the network")
    try:
        if start is None:
            walk.from_internet(packet)
        else:
            walk.from_interface(start, packet)
    except BlockedError as reason:
        return Outcome(BLOCKED, str(reason))
    except UndocumentedError as reason:
        return Outcome(UNKNOWN, str(reason), EVERYTHING)
    except OpaqueError as reason:
        target = walk.interface(receiver) if receiver else None
        refusal = walk.refuses_everyone(target, packet) if target else ""
        refusal = refusal or walk.ends_refuse(start, target, packet)
        if refusal:
            return Outcome(BLOCKED, refusal)
        if target and walk.is_node(target):  # What lies behind the node may refuse whoever the client is.
            return Outcome(UNKNOWN, str(reason), frozenset({UNKNOWN, BLOCKED}))
        if target and walk.endpoint_is_silent_on(target, packet):
            return Outcome(UNKNOWN, str(reason), EVERYTHING)
        return Outcome(UNKNOWN, str(reason))
    return Outcome(UNKNOWN, walk.unsure[0]) if walk.unsure else Outcome(DELIVERED)
