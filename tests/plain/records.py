"""Packets, verdicts, and AWS's records one at a time: addresses, routes, rules, entries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Record = dict[str, Any]

DELIVERED, BLOCKED, FLAKY, UNKNOWN = "delivered", "blocked", "flaky", "unknown"
EVERYTHING = frozenset({DELIVERED, BLOCKED, FLAKY, UNKNOWN})

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
PROTOCOL_NUMBERS = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}
TARGET_KEYS = {
    "EgressOnlyInternetGatewayId": "eigw",
    "NatGatewayId": "nat",
    "VpcPeeringConnectionId": "pcx",
    "NetworkInterfaceId": "eni",
    "TransitGatewayId": "tgw",
    "LocalGatewayId": "other",
    "CarrierGatewayId": "other",
    "CoreNetworkArn": "other",
    "OdbNetworkArn": "other",
}
# Interfaces behind which AWS decides by more than groups: listeners, attachments.
OPAQUE_INTERFACE_TYPES = (
    "network_load_balancer",
    "gateway_load_balancer",
    "gateway_load_balancer_endpoint",
    "load_balancer",
    "transit_gateway",
)
NAT_PROTOCOLS = (ICMP, TCP, UDP)
NAT_INTERFACE_TYPES = ("nat_gateway", "natGateway")
# What the internet gateway refuses to carry (AWS: IGW_*_RFC1918_* and IGW_*_RFC6598_*), and what is not the internet
# at all.
NOT_INTERNET = [
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
    )
]
INTERNET_V6 = ip_network("2000::/3")


@dataclass(frozen=True)
class Packet:
    """A packet. For ICMP and ICMPv6 `port` is type * 256 + code; other protocols than these, TCP and UDP have port
    0.
    """

    source: str
    destination: str
    protocol: int
    source_port: int
    port: int

    @property
    def version(self) -> int:
        """4 or 6."""
        return address(self.destination).version

    @property
    def icmp_type(self) -> int:
        """The ICMP type (only of ICMP and ICMPv6 packets)."""
        return self.port // 256

    @property
    def icmp_code(self) -> int:
        """The ICMP code (only of ICMP and ICMPv6 packets)."""
        return self.port % 256

    def reply(self) -> Packet | None:
        """The packet that must come back for this one to have been of use; None where none is expected."""
        source_port, port = self.port, self.source_port
        if self.protocol in (ICMP, ICMPV6):
            echo, answer = (8, 0) if self.protocol == ICMP else (128, 129)
            if self.icmp_type != echo:
                return None
            source_port, port = 0, answer * 256
        elif self.protocol not in (TCP, UDP):
            source_port, port = 0, 0
        return Packet(self.destination, self.source, self.protocol, source_port, port)


@dataclass(frozen=True)
class Outcome:
    """What becomes of a packet: "delivered" (and answered), "blocked", "flaky" (some of several targets deliver) or
    "unknown", and the first cause; `possible` where AWS leaves open which of several verdicts it is.
    """

    verdict: str
    reason: str = ""
    possible: frozenset[str] = frozenset()

    @property
    def acceptable(self) -> frozenset[str]:
        """Every verdict that AWS's own word allows."""
        return self.possible or frozenset({self.verdict})


@dataclass(frozen=True)
class Place:
    """Where a packet starts or ends inside AWS: an interface, a NAT gateway, or the subnet in which a transit gateway
    delivers (`origin`: the place where the packet comes from; `interface`: the sender's, where groups may tell it).
    """

    name: str
    vpc: str
    subnet: str | None
    interface: Record | None = None
    nat: Record | None = None
    path: tuple[str, ...] = ()
    origin: Place | None = None


class BlockedError(Exception):
    """Something known drops the packet."""


class OpaqueError(Exception):
    """From here on nothing is known about where the packet goes."""


class UndocumentedError(Exception):
    """AWS does not say what becomes of such a packet: no verdict would be a mistake."""


@lru_cache(maxsize=65536)
def address(text: str) -> IPv4Address | IPv6Address:
    """An address from its text."""
    return ip_address(text)


@lru_cache(maxsize=65536)
def network_of(text: str) -> Any:
    """A network from its text; AWS itself ignores host bits in the rules it takes."""
    return ip_network(text, strict=False)


def inside(text: str, cidr: str) -> bool:
    """Whether the address lies in the network; never across the two families."""
    return address(text).version == network_of(cidr).version and address(text) in network_of(cidr)


def is_internet(text: str) -> bool:
    """Whether the address is one that an internet gateway carries traffic to and from."""
    if address(text).version == 6:
        return address(text) in INTERNET_V6
    return not any(address(text) in network for network in NOT_INTERNET)


def listed(record: Record, key: str) -> list[Any]:
    """A list in a record; AWS leaves empty lists out, and recorders write null."""
    return record.get(key) or []


def associated_blocks(record: Record, key: str) -> list[str]:
    """The CIDRs that are associated with a VPC or subnet beside its first; `key` says which family."""
    blocks = listed(record, key + "AssociationSet")
    return [each[key] for each in blocks if (each.get(key + "State") or {}).get("State", "associated") == "associated"]


def private_addresses(interface: Record) -> list[str]:
    """Every address and delegated prefix that is the interface's own, as CIDRs."""
    cidrs = [entry["PrivateIpAddress"] + "/32" for entry in listed(interface, "PrivateIpAddresses")]
    if interface.get("PrivateIpAddress"):
        cidrs.append(interface["PrivateIpAddress"] + "/32")
    cidrs += [entry["Ipv6Address"] + "/128" for entry in listed(interface, "Ipv6Addresses")]
    cidrs += [entry["Ipv4Prefix"] for entry in listed(interface, "Ipv4Prefixes")]
    cidrs += [entry["Ipv6Prefix"] for entry in listed(interface, "Ipv6Prefixes")]
    return cidrs


def owns(interface: Record, text: str) -> bool:
    """Whether the address is one of the interface's own private or IPv6 addresses, or in one of its delegated
    prefixes.
    """
    return any(inside(text, cidr) for cidr in private_addresses(interface))


def primary_address(interface: Record) -> str | None:
    """The interface's primary private IPv4 address."""
    for entry in listed(interface, "PrivateIpAddresses"):
        if entry.get("Primary"):
            return entry["PrivateIpAddress"]
    return interface.get("PrivateIpAddress")


def target_of(route: Record) -> tuple[str, str]:
    """The kind and the id of what a route leads to; what is not modelled is of the kind "other"."""
    if route.get("State") == "blackhole":
        return "blackhole", ""
    if route.get("GatewayId") == "local":
        return "local", ""
    for key, kind in TARGET_KEYS.items():
        if route.get(key):
            return kind, route[key]
    gateway = route.get("GatewayId") or ""
    prefix = gateway.split("-", 1)[0]
    return prefix if prefix in ("igw", "eigw", "vgw", "vpce") else "other", gateway


# ---------------------------------------- matching of single rules


def port_matches(permission: Record, packet: Packet) -> bool:
    """Whether a security group's rule is about the packet's protocol and port, whoever sends it (API: IpPermission)."""
    text = str(permission["IpProtocol"])
    if text == "-1":
        return True
    protocol = PROTOCOL_NUMBERS[text] if text in PROTOCOL_NUMBERS else int(text)
    if protocol != packet.protocol:
        return False
    first, last = permission.get("FromPort"), permission.get("ToPort")
    first = -1 if first is None else first
    last = -1 if last is None else last
    if protocol in (TCP, UDP):
        return (first == -1 and last == -1) or first <= packet.port <= last
    if protocol in (ICMP, ICMPV6):
        return first in (-1, packet.icmp_type) and last in (-1, packet.icmp_code)
    return True


def entry_matches(entry: Record, packet: Packet, remote: str) -> bool:
    """Whether a network ACL's entry is about the packet; `remote` is its source going in, its destination going out."""
    v6 = entry.get("Ipv6CidrBlock")
    if not inside(remote, v6 or entry["CidrBlock"]):
        return False
    protocol = int(entry["Protocol"])
    if protocol == -1:
        return True
    if protocol != packet.protocol:
        return False
    if protocol in (TCP, UDP):
        ports = entry.get("PortRange")
        return not ports or ports["From"] <= packet.port <= ports["To"]
    if protocol == ICMP or (protocol == ICMPV6 and v6):
        icmp = entry.get("IcmpTypeCode")
        return not icmp or (icmp["Type"] in (-1, packet.icmp_type) and icmp["Code"] in (-1, packet.icmp_code))
    return True


def is_stale(pair: Record) -> bool:
    """Whether a rule's group is gone, or the peering connection to it is (VPC peering guide, security groups)."""
    gone = pair.get("VpcId") is not None and pair.get("UserId") is None
    return gone or pair.get("PeeringStatus") not in (None, "active")


def associations(table: Record) -> list[Record]:
    """A route table's associations that are in force."""
    return [
        each
        for each in listed(table, "Associations")
        if (each.get("AssociationState") or {}).get("State", "associated") == "associated"
    ]


def place_of(interface: Record) -> Place:
    """Where an interface is."""
    return Place(interface["NetworkInterfaceId"], interface["VpcId"], interface["SubnetId"], interface=interface)


def nat_source(nat: Record) -> str:
    """The address a NAT gateway sends from inside AWS: its private one (a regional gateway has none there)."""
    addresses = sorted(listed(nat, "NatGatewayAddresses"), key=lambda each: not each.get("IsPrimary"))
    for key in ("PrivateIp", "PublicIp"):
        for each in addresses:
            if each.get(key):
                return each[key]
    raise OpaqueError(f"{nat['NatGatewayId']} has no known address")
