"""Finding records in a network."""

from __future__ import annotations

from .picks import Picks
from .records import Place, Record, address, associated_blocks, listed, owns, primary_address, private_addresses


class Lookup:
    """A network that is asked for its records."""

    def __init__(self, network: Record, receiver: str | None, nat_port: int, picks: Picks | None = None) -> None:
        self.network = network
        self.receiver = receiver
        self.nat_port = nat_port
        self.picks = picks or Picks()
        self.unsure: list[str] = []
        self.balanced: list[str] = []  # The balancers' nodes on the way.

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
