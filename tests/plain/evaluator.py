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

from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Record = dict[str, Any]

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
PROTOCOL_NUMBERS = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}
TARGET_KEYS = {
    "EgressOnlyInternetGatewayId": "eigw",
    "NatGatewayId": "nat",
    "VpcPeeringConnectionId": "pcx",
    "NetworkInterfaceId": "eni",
    "TransitGatewayId": "other",
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
    """What becomes of a packet: "delivered" (and answered), "blocked" or "unknown", and the first cause."""

    verdict: str
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """Where a packet starts or ends inside AWS: an interface, or a NAT gateway."""

    name: str
    vpc: str
    subnet: str | None
    interface: Record | None = None
    nat: Record | None = None
    path: tuple[str, ...] = ()


class BlockedError(Exception):
    """Something known drops the packet."""


class OpaqueError(Exception):
    """From here on nothing is known about where the packet goes."""


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
    return {"igw": "igw", "eigw": "eigw"}.get(gateway.split("-", 1)[0], "other"), gateway


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


class Walk:
    """One packet on its way through one network."""

    def __init__(self, network: Record, receiver: str | None, nat_port: int) -> None:
        self.network = network
        self.receiver = receiver
        self.nat_port = nat_port
        self.unsure: list[str] = []

    # ---------------------------------------- looking things up

    def all(self, kind: str) -> list[Record]:
        """Every record of a kind."""
        return listed(self.network, kind)

    def find(self, kind: str, key: str, value: str) -> Record | None:
        """The record of a kind with this id."""
        for record in self.all(kind):
            if record.get(key) == value:
                return record
        return None

    def interface(self, eni: str) -> Record | None:
        """The interface with this id."""
        return self.find("NetworkInterfaces", "NetworkInterfaceId", eni)

    def owner(self, vpc: str, text: str) -> Record | None:
        """The interface that owns a private address in a VPC."""
        for interface in self.all("NetworkInterfaces"):
            if interface.get("VpcId") == vpc and owns(interface, text):
                return interface
        return None

    def public_address(self, interface: Record, private: str) -> str | None:
        """The public IPv4 address that is mapped to one private address of an interface."""
        for entry in listed(interface, "PrivateIpAddresses"):
            if entry["PrivateIpAddress"] == private and (entry.get("Association") or {}).get("PublicIp"):
                return entry["Association"]["PublicIp"]
        primary = primary_address(interface)
        if private == primary and (interface.get("Association") or {}).get("PublicIp"):
            return interface["Association"]["PublicIp"]
        for record in self.all("Addresses"):
            if (
                record.get("NetworkInterfaceId") == interface["NetworkInterfaceId"]
                and (record.get("PrivateIpAddress") or primary) == private
            ):
                return record.get("PublicIp")
        return None

    def public_owner(self, public: str) -> tuple[Record, str] | None:
        """The interface that the internet reaches by this address, and its private address there (IPv6: the same)."""
        for interface in self.all("NetworkInterfaces"):
            if address(public).version == 6:
                if owns(interface, public):
                    return interface, public
                continue
            for cidr in private_addresses(interface):
                if cidr.endswith("/32") and self.public_address(interface, cidr[:-3]) == public:
                    return interface, cidr[:-3]
        return None

    def subnet_cidrs(self, subnet: str | None) -> list[str]:
        """The CIDRs of a subnet; none where the subnet is not in the data."""
        record = self.find("Subnets", "SubnetId", subnet) if subnet else None
        if record is None:
            return []
        cidrs = [record["CidrBlock"]] if record.get("CidrBlock") else []
        return cidrs + associated_blocks(record, "Ipv6CidrBlock")

    def vpc_cidrs(self, vpc: str) -> list[str]:
        """The CIDRs of a VPC: its first, and those associated later."""
        record = self.find("Vpcs", "VpcId", vpc)
        if record is None:
            return []
        cidrs = [record["CidrBlock"]] if record.get("CidrBlock") else []
        return cidrs + associated_blocks(record, "CidrBlock") + associated_blocks(record, "Ipv6CidrBlock")

    def peering_between(self, one: str, other: str) -> bool:
        """Whether an active peering inside one Region joins the two VPCs."""
        for record in self.all("VpcPeeringConnections"):
            sides = [record.get("RequesterVpcInfo") or {}, record.get("AccepterVpcInfo") or {}]
            active = (record.get("Status") or {}).get("Code") == "active"
            same_region = sides[0].get("Region") == sides[1].get("Region")
            if active and same_region and {side.get("VpcId") for side in sides} == {one, other}:
                return True
        return False

    def public_access(self, place: Place) -> str:
        """The effective block-public-access mode of a place: its subnet's, else its VPC's (AWS:
        BlockPublicAccessStates).
        """
        subnet = self.find("Subnets", "SubnetId", place.subnet) if place.subnet else None
        vpc = self.find("Vpcs", "VpcId", place.vpc)
        for record in (subnet, vpc):
            mode = ((record or {}).get("BlockPublicAccessStates") or {}).get("InternetGatewayBlockMode")
            if mode:
                return mode
        return "off"

    # ---------------------------------------- the filters

    def alive(self, interface: Record) -> None:
        """Drop what is sent from or to an interface that nothing running holds."""
        name = interface["NetworkInterfaceId"]
        attachment = interface.get("Attachment") or {}
        if interface.get("Status") == "available" or attachment.get("Status") == "detached":
            raise BlockedError(f"{name} is not attached to anything")
        for reservation in self.all("Reservations"):
            for instance in listed(reservation, "Instances"):
                state = (instance.get("State") or {}).get("Name", "running")
                if instance.get("InstanceId") == attachment.get("InstanceId") and state != "running":
                    raise BlockedError(f"{instance['InstanceId']} is {state}")

    def list_admits(self, prefix_list: str, remote: str) -> bool | None:
        """Whether a prefix list holds the address; None where its entries are not in the data."""
        family = (self.find("PrefixLists", "PrefixListId", prefix_list) or {}).get("AddressFamily")
        if family in ("IPv4", "IPv6") and family != f"IPv{address(remote).version}":
            return False
        entries = (self.network.get("PrefixListEntries") or {}).get(prefix_list)
        if entries is None:
            return None
        return any(inside(remote, entry["Cidr"]) for entry in entries)

    def sent_by_member(self, group: str, packet: Packet, sender: Record | None) -> bool | None:
        """Whether the packet comes from a private address of a member of the group; `sender` is None where the way
        hid who sent it.
        """
        if sender is None or not owns(sender, packet.source):
            return False
        if sender.get("Groups") is None:
            return None
        return any(each["GroupId"] == group for each in sender["Groups"])

    def sent_to_member(self, group: str, packet: Packet, vpc: str) -> bool | None:
        """Whether the packet goes to a private address of a member of the group, in this VPC or in one it is
        peered with.
        """
        answer: bool | None = False
        for interface in self.all("NetworkInterfaces"):
            home = interface.get("VpcId")
            if not owns(interface, packet.destination) or (home != vpc and not self.peering_between(home, vpc)):
                continue
            if interface.get("Groups") is None:
                answer = None
            elif any(each["GroupId"] == group for each in interface["Groups"]):
                return True
        return answer

    def rule_admits(
        self, permission: Record, packet: Packet, interface: Record, sender: Record | None, egress: bool
    ) -> bool | None:
        """Whether one rule of a group of `interface` admits the packet; None where that depends on what is not in
        the data.
        """
        if not port_matches(permission, packet):
            return False
        remote = packet.destination if egress else packet.source
        answers: list[bool | None] = [inside(remote, each["CidrIp"]) for each in listed(permission, "IpRanges")]
        answers += [inside(remote, each["CidrIpv6"]) for each in listed(permission, "Ipv6Ranges")]
        answers += [self.list_admits(each["PrefixListId"], remote) for each in listed(permission, "PrefixListIds")]
        for each in listed(permission, "UserIdGroupPairs"):
            if egress:
                answers.append(self.sent_to_member(each["GroupId"], packet, interface["VpcId"]))
            else:
                answers.append(self.sent_by_member(each["GroupId"], packet, sender))
        if True in answers:
            return True
        return None if None in answers else False

    def groups(self, interface: Record, packet: Packet, sender: Record | None, *, egress: bool) -> None:
        """The security groups of an interface, which together are one list of what is allowed."""
        name, way = interface["NetworkInterfaceId"], "egress" if egress else "ingress"
        attached = interface.get("Groups")
        if not attached:
            if attached is None or interface.get("InterfaceType", "interface") == "interface":
                self.unsure.append(f"the groups of {name} are not in the data")
            return  # An interface that AWS manages can have no group at all: no filter.
        answers: list[bool | None] = []
        for each in attached:
            group = self.find("SecurityGroups", "GroupId", each["GroupId"])
            if group is None:
                answers.append(None)
                continue
            rules = listed(group, "IpPermissionsEgress" if egress else "IpPermissions")
            answers += [self.rule_admits(each, packet, interface, sender, egress) for each in rules]
        if True in answers:
            return
        if None in answers:
            self.unsure.append(f"a group or prefix list of {name} is not in the data ({way})")
            return
        raise BlockedError(f"no rule of the groups of {name} admits this ({way})")

    def refuses_everyone(self, interface: Record, packet: Packet) -> str:
        """Why the interface takes no such packet whoever sends it; empty where somebody might get through."""
        try:
            self.alive(interface)
        except BlockedError as reason:
            return str(reason)
        if interface.get("InterfaceType") in NAT_INTERFACE_TYPES:
            return "a NAT gateway accepts no connection"
        if not interface.get("Groups"):
            return ""
        for each in interface["Groups"]:
            group = self.find("SecurityGroups", "GroupId", each["GroupId"])
            if group is None:
                return ""
            for permission in listed(group, "IpPermissions"):
                if port_matches(permission, packet) and self.admits_anyone(permission, packet.version):
                    return ""
        return f"no rule of the groups of {interface['NetworkInterfaceId']} is about this protocol and port"

    def ends_refuse(self, sender: Record | None, receiver: Record | None, packet: Packet) -> str:
        """Why the ACLs at the ends stop the packet or its reply whatever lies between; empty where they may not.

        What lies between may have changed the source and its port, so at the receiver only what holds for all of them
        counts; at the sender the reply comes from the address that was asked.
        """
        places = [(receiver, packet, False)]
        reply = packet.reply()
        if reply is not None:
            places.append((receiver, reply, True))
        for interface, each, egress in places:
            if interface is None or self.passed_over(interface):
                continue
            if self.acl_refuses_all(place_of(interface), each, egress=egress):
                return f"the network ACL at {interface['NetworkInterfaceId']} stops it from or to anybody"
        if sender is not None and reply is not None and not self.passed_over(sender):
            try:
                self.network_acl(place_of(sender), reply, egress=False)
            except BlockedError as reason:
                return str(reason)
        return ""

    def passed_over(self, interface: Record) -> bool:
        """Whether something in the interface's own subnet may bring packets to it, past the subnet's network ACL: a
        transit gateway attachment (Transit Gateway guide, tgw-nacls), or a host that forwards.
        """
        return any(
            each.get("InterfaceType") == "transit_gateway" or not each.get("SourceDestCheck", True)
            for each in self.all("NetworkInterfaces")
            if each.get("SubnetId") == interface["SubnetId"]
        )

    def acl_refuses_all(self, place: Place, packet: Packet, *, egress: bool) -> bool:
        """Whether no other side and (of a reply) no client port would get the packet past the ACL."""
        ports = [packet.port]
        if egress and packet.protocol in (TCP, UDP):
            edges = {1024, 65535} | {
                edge
                for acl in self.all("NetworkAcls")
                for entry in listed(acl, "Entries")
                if entry.get("PortRange")
                for bound in (entry["PortRange"]["From"], entry["PortRange"]["To"])
                for edge in (bound - 1, bound, bound + 1)
            }
            ports = [edge for edge in edges if 1024 <= edge <= 65535]
        cidrs = {
            entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
            for acl in self.all("NetworkAcls")
            for entry in listed(acl, "Entries")
        }
        blocks = [network_of(cidr) for cidr in cidrs if network_of(cidr).version == packet.version]
        edges = {
            edge for block in blocks for edge in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1)
        }
        top = 2 ** (32 if packet.version == 4 else 128)
        for edge in edges:
            if not 0 <= edge < top:
                continue
            other = str((IPv4Address if packet.version == 4 else IPv6Address)(edge))
            for port in ports:
                tried = replace(packet, port=port, **{"destination" if egress else "source": other})
                try:
                    self.network_acl(place, tried, egress=egress)
                except BlockedError:
                    continue
                return False
        return True

    def admits_anyone(self, permission: Record, version: int) -> bool:
        """Whether a rule admits some address of the family."""
        if listed(permission, "IpRanges" if version == 4 else "Ipv6Ranges"):
            return True
        if any(not is_stale(pair) for pair in listed(permission, "UserIdGroupPairs")):
            return True
        for each in listed(permission, "PrefixListIds"):
            family = (self.find("PrefixLists", "PrefixListId", each["PrefixListId"]) or {}).get("AddressFamily")
            entries = (self.network.get("PrefixListEntries") or {}).get(each["PrefixListId"])
            if entries is None and family in (None, f"IPv{version}"):
                return True
            if any(network_of(entry["Cidr"]).version == version for entry in entries or []):
                return True
        return False

    def network_acl(self, place: Place, packet: Packet, *, egress: bool) -> None:
        """The network ACL of a place's subnet: the first entry by number that is about the packet decides, and
        none means no.
        """
        if place.subnet is None:
            return
        acl, way = None, "egress" if egress else "ingress"
        for each in self.all("NetworkAcls"):
            if any(association.get("SubnetId") == place.subnet for association in listed(each, "Associations")):
                acl = each
        if acl is None:
            for each in self.all("NetworkAcls"):
                if each.get("IsDefault") and each.get("VpcId") == place.vpc:
                    acl = each
        if acl is None:
            self.unsure.append(f"the network ACL of {place.subnet} is not in the data")
            return
        remote = packet.destination if egress else packet.source
        entries = [entry for entry in listed(acl, "Entries") if bool(entry.get("Egress")) == egress]
        for entry in sorted(entries, key=lambda each: each["RuleNumber"]):
            if entry_matches(entry, packet, remote):
                if entry["RuleAction"] == "allow":
                    return
                raise BlockedError(f"{acl['NetworkAclId']} denies {way} by rule {entry['RuleNumber']}: {packet}")
        raise BlockedError(f"{acl['NetworkAclId']} has no {way} rule for {packet}")

    # ---------------------------------------- routing

    def table(self, place: Place) -> Record:
        """The route table that decides for what leaves a place."""
        if place.nat is not None and place.subnet is None:
            table = self.find("RouteTables", "RouteTableId", place.nat.get("RouteTableId") or "")
            if table is None:
                raise OpaqueError(f"the route table of {place.name} is not in the data")
            return table
        for table in self.all("RouteTables"):
            if any(each.get("SubnetId") == place.subnet for each in associations(table)):
                return table
        for table in self.all("RouteTables"):
            if table.get("VpcId") == place.vpc and any(each.get("Main") for each in associations(table)):
                return table
        raise OpaqueError(f"the route table of {place.subnet} is not in the data")

    def best_route(self, table: Record, text: str) -> tuple[str, str] | None:
        """What the longest prefix that holds the address leads to, or None; static beats prefix list beats
        propagated on a tie.
        """
        found: list[tuple[tuple[int, int], tuple[str, str]]] = []
        perhaps: list[tuple[str, str]] = []
        for route in listed(table, "Routes"):
            cidrs, rank = [route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")], 2
            if route.get("Origin") in ("EnableVgwRoutePropagation", "Advertisement"):
                rank = 0
            if route.get("DestinationPrefixListId"):
                prefix_list, rank = route["DestinationPrefixListId"], 1
                if self.list_admits(prefix_list, text) is None:
                    perhaps.append(target_of(route))
                    continue
                cidrs = [entry["Cidr"] for entry in (self.network.get("PrefixListEntries") or {}).get(prefix_list, [])]
            lengths = [network_of(cidr).prefixlen for cidr in cidrs if inside(text, cidr)]
            found += [((length, rank), target_of(route)) for length in lengths]
        best = max((order for order, _ in found), default=None)
        targets = {target for order, target in found if order == best}
        # A list's entries can be any networks, but no longer than one address, and nothing inside the VPC's own
        # CIDRs: there AWS takes only routes for whole subnets (VPC user guide, subnet-route-tables).
        own = ("local", "") in targets or any(inside(text, cidr) for cidr in self.vpc_cidrs(table["VpcId"]))
        if not own and best != (address(text).max_prefixlen, 2):
            targets |= set(perhaps)
            if perhaps and best is None and set(perhaps) != {("blackhole", "")}:
                targets.add(("blackhole", ""))
        if len(targets) > 1:
            raise OpaqueError(f"{table['RouteTableId']} has several possible routes to {text}")
        return targets.pop() if targets else None

    def follow(self, place: Place, text: str) -> tuple[str, str]:
        """Where a packet to the address goes next from a place."""
        table = self.table(place)
        target = self.best_route(table, text)
        if target is None:
            raise BlockedError(f"{table['RouteTableId']} has no route to {text}")
        if target[0] == "blackhole":
            raise BlockedError(f"the route of {table['RouteTableId']} to {text} is a black hole")
        return target

    def attached(self, gateway: str, vpc: str, kind: str, key: str) -> None:
        """Drop what goes to an internet gateway that is not attached to the VPC."""
        record = self.find(kind, key, gateway)
        if record is None:
            self.unsure.append(f"{gateway} is not in the data")
            return
        for each in listed(record, "Attachments"):
            if each.get("VpcId") == vpc and each.get("State") in ("available", "attached"):
                return
        raise BlockedError(f"{gateway} is not attached to {vpc}")

    def edge(self, vpc: str, packet: Packet) -> None:
        """The route table of the internet gateway itself, which can lead what comes in to a middlebox (VPC user
        guide, gateway-route-tables).
        """
        if self.network.get("RouteTables") is None:
            self.unsure.append("route tables are not in the data")
        for table in self.all("RouteTables"):
            if table.get("VpcId") != vpc or not any(
                (each.get("GatewayId") or "").startswith("igw-") for each in associations(table)
            ):
                continue
            kind, name = self.best_route(table, packet.destination) or ("local", "")
            if kind == "blackhole":
                raise BlockedError(f"the edge route of {table['RouteTableId']} to {packet.destination} is a black hole")
            if kind != "local":
                self.middlebox(None, (kind, name), packet)

    def middlebox(self, place: Place | None, target: tuple[str, str], packet: Packet) -> None:
        """A hop that is not modelled: a known one still drops what it does not even take; returns where it is the
        destination itself.
        """
        kind, name = target
        interface = self.interface(name) if kind == "eni" else None
        if interface is None:
            raise OpaqueError(f"{name} decides")
        if owns(interface, packet.destination):
            return
        self.alive(interface)
        if interface.get("SourceDestCheck", True):
            raise BlockedError(f"{name} is not the destination and has its source/destination check on")
        if place is None or place.subnet != interface["SubnetId"]:
            self.network_acl(place_of(interface), packet, egress=False)
        self.groups(interface, packet, place.interface if place else None, egress=False)
        raise OpaqueError(f"{name} decides")

    # ---------------------------------------- the way there

    def from_interface(self, interface: Record, packet: Packet) -> None:
        """The packet starts at an interface, from one of its own addresses."""
        if not owns(interface, packet.source):
            raise ValueError(f"{packet.source} is not an address of {interface['NetworkInterfaceId']}")
        self.alive(interface)
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
        if place.nat is not None and place.subnet is None and kind not in ("igw", "eni", "nat"):
            raise OpaqueError(f"{place.name} towards {name or kind}")
        if kind == "local":
            self.arrive_inside(place, owner, packet, "local")
        elif kind == "pcx":
            self.through_peering(place, name, packet)
        elif kind == "nat":
            self.through_nat(place, name, packet)
        elif kind in ("igw", "eigw"):
            self.through_internet(place, kind, name, packet)
        else:
            box = self.interface(name) if kind == "eni" else None
            if box is not None and self.is_nat_instance(box, packet):
                self.through_nat_instance(place, box, packet)
            else:
                self.middlebox(place, (kind, name), packet)
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

    def peer(self, name: str, vpc: str) -> Record:
        """The other side of a peering, seen from a VPC."""
        record = self.find("VpcPeeringConnections", "VpcPeeringConnectionId", name)
        if record is None:
            raise OpaqueError(f"{name} is not in the data")
        code = (record.get("Status") or {}).get("Code")
        if code != "active":
            raise BlockedError(f"{name} is {code}")
        requester, accepter = record["RequesterVpcInfo"], record["AccepterVpcInfo"]
        if vpc not in (requester["VpcId"], accepter["VpcId"]):
            raise BlockedError(f"{name} does not join {vpc}")
        return accepter if requester["VpcId"] == vpc else requester

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
        if reply is None or (there.subnet is not None and there.subnet == place.subnet):
            return
        self.network_acl(there, reply, egress=True)
        kind, target = self.follow(there, reply.destination)
        if kind != "local":
            self.back_by(kind, target, reply, there)
        self.network_acl(place, reply, egress=False)

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
        if kind == "eni" or name.startswith("vpce-"):
            self.middlebox(place, (kind, name), reply)
        if kind != "igw":
            raise BlockedError(f"the reply leaves by {name or kind}, not by the internet gateway")
        self.attached(name, place.vpc, "InternetGateways", "InternetGatewayId")

    def has_gateway(self, vpc: str) -> None:
        """Drop what comes from the internet to a VPC without an internet gateway."""
        for record in self.all("InternetGateways"):
            for each in listed(record, "Attachments"):
                if each.get("VpcId") == vpc and each.get("State") in ("available", "attached"):
                    return
        known = {record["InternetGatewayId"] for record in self.all("InternetGateways")}
        tables = [table for table in self.all("RouteTables") if table.get("VpcId") == vpc]
        named = {name for table in tables for kind, name in map(target_of, listed(table, "Routes")) if kind == "igw"}
        named |= {
            each["GatewayId"]
            for table in tables
            for each in associations(table)
            if (each.get("GatewayId") or "").startswith("igw-")
        }
        if self.network.get("InternetGateways") is not None and named <= known:
            raise BlockedError(f"{vpc} has no internet gateway")
        self.unsure.append(f"the internet gateway of {vpc} is not in the data")

    # ---------------------------------------- arriving, and the reply

    def expect(self, interface: Record) -> None:
        """Drop what comes to another interface than the one that was asked about."""
        if interface["NetworkInterfaceId"] != self.receiver:
            raise BlockedError(f"arrives at {interface['NetworkInterfaceId']}, not at {self.receiver}")

    def admit(self, interface: Record, packet: Packet, sender: Record | None) -> None:
        """The receiver's end: is it the right one, is it up, do its groups take the packet."""
        self.expect(interface)
        if interface.get("InterfaceType") in NAT_INTERFACE_TYPES:
            raise BlockedError("a NAT gateway accepts no connection")
        self.alive(interface)
        self.groups(interface, packet, sender, egress=False)
        if interface.get("InterfaceType") in OPAQUE_INTERFACE_TYPES:
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
        if reply is None or not apart:
            return
        self.network_acl(there, reply, egress=True)
        # A NAT gateway gets its replies over a peering without a return route (VPC user guide, nat-gateway-basics).
        if way == "local" or place.nat is None:
            kind, name = self.follow(there, reply.destination)
            if way == "local" and kind != "local":
                self.back_by(kind, name, reply, there)
            if way != "local" and not (kind == "pcx" and self.peer(name, there.vpc)["VpcId"] == place.vpc):
                self.back_by(kind, name, reply, there)
        self.network_acl(place, reply, egress=False)

    def back_by(self, kind: str, name: str, reply: Packet, place: Place) -> None:
        """A reply that leaves by another hop than the request came by; returns where that leads to its destination
        after all.
        """
        if kind in ("eni", "other"):
            self.middlebox(place, (kind, name), reply)
            return
        raise BlockedError(f"the reply from {reply.source} leaves by {name or kind}")


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


def evaluate(
    network: Record, packet: Packet, sender: str | None, receiver: str | None, nat_port: int = 1024
) -> Outcome:
    """What becomes of one packet.

    `network` holds AWS's own records under AWS's own keys (one Region). `sender` and `receiver` are interface ids,
    None for a host in the internet. The destination is what the sender writes into the packet: from the internet a
    public address, from inside a private, an IPv6 or a public one. `nat_port` is the source port that every NAT
    gateway on the way chooses (1024 to 65535).
    """
    walk = Walk(network, receiver, nat_port)
    try:
        if sender is None:
            walk.from_internet(packet)
        else:
            interface = walk.interface(sender)
            if interface is None:
                raise ValueError(f"{sender} is not in the network")
            walk.from_interface(interface, packet)
    except BlockedError as reason:
        return Outcome("blocked", str(reason))
    except OpaqueError as reason:
        target = walk.interface(receiver) if receiver else None
        refusal = walk.refuses_everyone(target, packet) if target else ""
        refusal = refusal or walk.ends_refuse(walk.interface(sender) if sender else None, target, packet)
        return Outcome("blocked", refusal) if refusal else Outcome("unknown", str(reason))
    if walk.unsure:
        return Outcome("unknown", walk.unsure[0])
    return Outcome("delivered")
