"""A network while it is being drawn: what all the parts of the generator use."""

from __future__ import annotations

import random
from ipaddress import ip_network
from typing import Any

from .records import Record, is_internet, listed

REGION = "eu-west-1"
ACCOUNTS = ("111111111111", "222222222222")
VPC_CIDRS = ("10.0.0.0/16", "10.1.0.0/16", "172.31.0.0/16", "192.168.0.0/20", "10.2.0.0/20")
SECOND_CIDRS = ("100.64.0.0/20", "10.100.0.0/20", "172.20.0.0/20")
INTERNET_V4 = ("203.0.113.0/24", "203.0.113.128/25", "198.51.100.0/24", "198.51.100.7/32", "8.8.8.8/32", "192.0.2.0/28")
INTERNET_V6 = ("2001:db8::/32", "2001:db8:77::/48", "2a00:1450::1/128", "2400:cb00::/32")
TCP_PORTS = (22, 80, 443, 3306, 5432, 8080)
LISTED_KINDS = (
    "Vpcs",
    "Subnets",
    "NetworkInterfaces",
    "Reservations",
    "SecurityGroups",
    "NetworkAcls",
    "RouteTables",
    "InternetGateways",
    "EgressOnlyInternetGateways",
    "NatGateways",
    "Addresses",
    "VpcPeeringConnections",
    "PrefixLists",
    "SecurityGroupVpcAssociations",
)
MISSABLE = (*LISTED_KINDS[3:], "PrefixListEntries")
# What else a switch adds to a network, and what of it may be missing from the data.
FABRIC = {
    "transit": (
        "TransitGateways",
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachments",
        "TransitGatewayPeeringAttachments",
        "TransitGatewayRouteTables",
        "TransitGatewayPropagations",
        "TransitGatewayStaticRoutes",
        "VpnGateways",
        "VpnConnections",
    ),
    "balancers": (
        "LoadBalancers",
        "LoadBalancerListeners",
        "TargetGroups",
        "LoadBalancerTargetHealth",
        "LoadBalancerAttributes",
        "TargetGroupAttributes",
    ),
    "endpoints": ("VpcEndpoints",),
}


class Draft:
    """A random network in the making: `data` is what has been drawn so far."""

    def __init__(
        self, rng: random.Random, size: int, *, nat_instances: bool = False, fabric: frozenset[str] = frozenset()
    ) -> None:
        self.nat_instances = nat_instances
        self.fabric = fabric
        self.missable = MISSABLE + tuple(kind for name in sorted(fabric) for kind in FABRIC[name])
        self.rng = rng
        self.size = size
        self.count = 0
        self.public_count = 0
        self.interfaces = 0
        self.data: Record = {kind: [] for kind in (*LISTED_KINDS[:3], *self.missable)}
        self.data["PrefixListEntries"] = {}
        self.hosts: dict[str, int] = {}

    def new(self, prefix: str) -> str:
        """A fresh id that looks like AWS's own."""
        self.count += 1
        return f"{prefix}-{self.count * 0x9E3779B97F4A7C15 % (1 << 68):017x}"

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def pick(self, weighted: dict[Any, float]) -> Any:
        """One key, by its weight."""
        return self.rng.choices(list(weighted), list(weighted.values()))[0]

    def all(self, kind: str, **where: Any) -> list[Record]:
        """The records of a kind with these values."""
        return [record for record in self.data[kind] if all(record.get(key) == value for key, value in where.items())]

    def new_public(self) -> str:
        """A public IPv4 address of AWS's."""
        self.public_count += 1
        return f"3.120.{self.public_count // 200}.{10 + self.public_count % 200}"

    def new_host(self, subnet: Record) -> str:
        """The next free address of a subnet (its first ten stay free, and everything from 64 on is for prefixes)."""
        number = self.hosts.get(subnet["SubnetId"], 10)
        if number >= 64:
            raise ValueError(f"{subnet['SubnetId']} is full")
        self.hosts[subnet["SubnetId"]] = number + 1
        return str(ip_network(subnet["CidrBlock"])[number])

    @staticmethod
    def v6_of(record: Record) -> str | None:
        """The IPv6 CIDR of a VPC or subnet."""
        blocks = [
            each
            for each in listed(record, "Ipv6CidrBlockAssociationSet")
            if each["Ipv6CidrBlockState"]["State"] == "associated"
        ]
        return blocks[0]["Ipv6CidrBlock"] if blocks else None

    @staticmethod
    def v4_of(vpc: Record) -> list[str]:
        """The IPv4 CIDRs of a VPC."""
        return [
            each["CidrBlock"]
            for each in vpc["CidrBlockAssociationSet"]
            if each["CidrBlockState"]["State"] == "associated"
        ]

    def internet_gateway(self, vpc: str) -> str | None:
        """The internet gateway that is attached to a VPC."""
        for record in self.data["InternetGateways"]:
            if any(each["VpcId"] == vpc for each in record["Attachments"]):
                return record["InternetGatewayId"]
        return None

    def usable_groups(self, vpc: str) -> list[str]:
        """The groups that an interface in a VPC can have."""
        groups = [group["GroupId"] for group in self.all("SecurityGroups", VpcId=vpc)]
        return groups + [
            each["GroupId"] for each in self.all("SecurityGroupVpcAssociations", VpcId=vpc, State="associated")
        ]

    def lists_of(self, family: str, *, internet: bool = False) -> list[str]:
        """The prefix lists of a family; `internet`: only those without an address of the VPCs."""
        names = [record["PrefixListId"] for record in self.data["PrefixLists"] if record["AddressFamily"] == family]
        if not internet:
            return names
        return [
            name
            for name in names
            if all(is_internet(each["Cidr"].split("/")[0]) for each in self.data["PrefixListEntries"][name])
        ]

    def peers(self, vpc: str) -> list[tuple[Record, str]]:
        """The peerings of a VPC with the VPC on their other side."""
        found = []
        for record in self.data["VpcPeeringConnections"]:
            ids = [record["RequesterVpcInfo"]["VpcId"], record["AccepterVpcInfo"]["VpcId"]]
            if vpc in ids:
                found.append((record, ids[1] if ids[0] == vpc else ids[0]))
        return found

    def neighbours(self, vpc: str) -> list[str]:
        """The other VPCs on a VPC's transit gateway."""
        attachments = self.data.get("TransitGatewayVpcAttachments", [])
        ours = {each["TransitGatewayId"] for each in attachments if each["VpcId"] == vpc}
        return [each["VpcId"] for each in attachments if each["TransitGatewayId"] in ours and each["VpcId"] != vpc]

    def has_public(self, eni: str) -> bool:
        """Whether an interface has a public IPv4 address."""
        record = self.all("NetworkInterfaces", NetworkInterfaceId=eni)[0]
        return any("Association" in each for each in record["PrivateIpAddresses"])

    @staticmethod
    def permission(traffic: Record, **sources: list[Record]) -> Record:
        """A permission with all the lists that AWS prints, empty ones too."""
        empty: Record = {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        return {**traffic, **empty, **sources}
