"""Seeded random networks as AWS's describe-* calls would print them, and questions to ask about them.

Only networks that AWS itself could hold: subnets inside their VPC and apart from each other, no peering between overlapping VPCs, one owner
per address and VPC, one ACL per subnet, an internet gateway attached to one VPC at most, routes to gateways of the table's own VPC.
Otherwise as odd as can be, because the oddities are what the comparison with the plain evaluator is for.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from .evaluator import ICMP, ICMPV6, TCP, UDP, Packet, Record, address, inside, is_internet, listed, network_of

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


class Builder:
    """Builds one random network kind by kind; every method adds to `data`."""

    def __init__(self, rng: random.Random, size: int) -> None:
        self.rng = rng
        self.size = size
        self.count = 0
        self.public_count = 0
        self.data: Record = {kind: [] for kind in LISTED_KINDS}
        self.data["PrefixListEntries"] = {}
        self.hosts: dict[str, int] = {}

    # -------------------------------------------------------------------------------------------------------------------- small helpers

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
        """The next free address of a subnet (its first ten stay free, and everything past 64 is for prefixes)."""
        number = self.hosts.get(subnet["SubnetId"], 10)
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

    # --------------------------------------------------------------------------------------------------------------------- the networks

    def vpcs(self) -> None:
        """VPCs, some of them with the CIDR of another, with a second CIDR, with IPv6, with blocked public access."""
        free, second = list(VPC_CIDRS), list(SECOND_CIDRS)
        self.rng.shuffle(free)
        for number in range(self.size):
            cidr = free.pop()
            if number and self.chance(0.12):
                cidr = self.rng.choice(self.data["Vpcs"])["CidrBlock"]
            blocks = [
                {
                    "AssociationId": self.new("vpc-cidr-assoc"),
                    "CidrBlock": cidr,
                    "CidrBlockState": {"State": "associated"},
                }
            ]
            if self.chance(0.25) and second:
                state = "associated" if self.chance(0.8) else "disassociated"
                blocks.append(
                    {
                        "AssociationId": self.new("vpc-cidr-assoc"),
                        "CidrBlock": second.pop(),
                        "CidrBlockState": {"State": state},
                    }
                )
            vpc: Record = {
                "VpcId": self.new("vpc"),
                "CidrBlock": cidr,
                "CidrBlockAssociationSet": blocks,
                "OwnerId": ACCOUNTS[0] if self.chance(0.75) else ACCOUNTS[1],
                "State": "available",
                "IsDefault": False,
                "InstanceTenancy": "default",
            }
            if self.chance(0.65):
                block = {
                    "Ipv6CidrBlock": f"2600:1f18:{number + 1}00::/56",
                    "Ipv6CidrBlockState": {"State": "associated"},
                }
                vpc["Ipv6CidrBlockAssociationSet"] = [{"AssociationId": self.new("vpc-cidr-assoc"), **block}]
            mode = self.pick({None: 61, "off": 33, "block-ingress": 3, "block-bidirectional": 3})
            if mode:
                vpc["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
            self.data["Vpcs"].append(vpc)
            self.subnets(vpc, mode)
            self.gateways(vpc)

    def subnets(self, vpc: Record, mode: str | None) -> None:
        """Two to four subnets of a VPC."""
        for number in range(self.rng.choice((2, 2, 3, 3, 4))):
            cidrs = self.v4_of(vpc)
            cidr = str(list(ip_network(cidrs[-1] if number == 1 else cidrs[0]).subnets(new_prefix=24))[number + 1])
            subnet: Record = {
                "SubnetId": self.new("subnet"),
                "VpcId": vpc["VpcId"],
                "CidrBlock": cidr,
                "OwnerId": vpc["OwnerId"],
                "AvailabilityZone": REGION + "ab"[number % 2],
                "AvailabilityZoneId": f"euw1-az{number % 2 + 1}",
                "State": "available",
                "MapPublicIpOnLaunch": False,
            }
            if self.v6_of(vpc) and self.chance(0.85):
                block = str(list(ip_network(self.v6_of(vpc) or "").subnets(new_prefix=64))[number + 1])
                state = {"State": "associated"}
                subnet["Ipv6CidrBlockAssociationSet"] = [
                    {
                        "AssociationId": self.new("subnet-cidr-assoc"),
                        "Ipv6CidrBlock": block,
                        "Ipv6CidrBlockState": state,
                    }
                ]
            if mode:
                excluded = mode != "off" and self.chance(0.35)
                subnet["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off" if excluded else mode}
            self.data["Subnets"].append(subnet)

    def gateways(self, vpc: Record) -> None:
        """Internet gateways, attached or not, and egress-only ones."""
        attached = self.chance(0.95)
        attachments = [{"VpcId": vpc["VpcId"], "State": "available"}] if attached else []
        if attached or self.chance(0.3):
            self.data["InternetGateways"].append(
                {"InternetGatewayId": self.new("igw"), "Attachments": attachments, "OwnerId": vpc["OwnerId"]}
            )
        if self.v6_of(vpc) and self.chance(0.5):
            state = "attached" if self.chance(0.9) else "detached"
            gateway = {
                "EgressOnlyInternetGatewayId": self.new("eigw"),
                "Attachments": [{"VpcId": vpc["VpcId"], "State": state}],
            }
            self.data["EgressOnlyInternetGateways"].append(gateway)

    def internet_gateway(self, vpc: str) -> str | None:
        """The internet gateway that is attached to a VPC."""
        for record in self.data["InternetGateways"]:
            if any(each["VpcId"] == vpc for each in record["Attachments"]):
                return record["InternetGatewayId"]
        return None

    # ----------------------------------------------------------------------------------------------------------- groups and prefix lists

    def security_groups(self) -> None:
        """Empty groups for every VPC, some of them associated with another VPC as well; the rules come when all there is is known."""
        for vpc in self.data["Vpcs"]:
            for number in range(self.rng.choice((3, 4, 5))):
                group = {
                    "GroupId": self.new("sg"),
                    "GroupName": "default" if number == 0 else f"group-{number}",
                    "Description": "made up",
                    "VpcId": vpc["VpcId"],
                    "OwnerId": vpc["OwnerId"],
                    "IpPermissions": [],
                    "IpPermissionsEgress": [],
                }
                self.data["SecurityGroups"].append(group)
        for group in self.data["SecurityGroups"]:
            others = [
                vpc
                for vpc in self.data["Vpcs"]
                if vpc["VpcId"] != group["VpcId"] and vpc["OwnerId"] == group["OwnerId"]
            ]
            if others and group["GroupName"] != "default" and self.chance(0.12):
                vpc = self.rng.choice(others)
                self.data["SecurityGroupVpcAssociations"].append(
                    {
                        "GroupId": group["GroupId"],
                        "VpcId": vpc["VpcId"],
                        "VpcOwnerId": vpc["OwnerId"],
                        "GroupOwnerId": group["OwnerId"],
                        "State": "associated" if self.chance(0.85) else "disassociated",
                    }
                )

    def usable_groups(self, vpc: str) -> list[str]:
        """The groups that an interface in a VPC can have."""
        groups = [group["GroupId"] for group in self.all("SecurityGroups", VpcId=vpc)]
        return groups + [
            each["GroupId"] for each in self.all("SecurityGroupVpcAssociations", VpcId=vpc, State="associated")
        ]

    def prefix_lists(self) -> None:
        """Managed prefix lists of internet networks, and of the CIDRs behind each peering."""
        for _ in range(self.rng.choice((1, 2))):
            self.prefix_list("IPv4", self.rng.sample(INTERNET_V4, self.rng.choice((1, 2, 3))))
        self.prefix_list("IPv6", self.rng.sample(INTERNET_V6, 2))
        for subnet in self.rng.sample(self.data["Subnets"], 1):
            self.prefix_list("IPv4", [subnet["CidrBlock"], "198.51.100.0/25"])

    def prefix_list(self, family: str, cidrs: list[str]) -> str:
        """One prefix list; now and then an empty one."""
        name = self.new("pl")
        self.data["PrefixLists"].append(
            {
                "PrefixListId": name,
                "PrefixListName": f"list-{self.count}",
                "AddressFamily": family,
                "State": "create-complete",
                "MaxEntries": 10,
                "Version": 1,
                "OwnerId": ACCOUNTS[0],
            }
        )
        self.data["PrefixListEntries"][name] = (
            [] if self.chance(0.05) else [{"Cidr": cidr, "Description": "made up"} for cidr in cidrs]
        )
        return name

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

    # ---------------------------------------------------------------------------------------------------------- instances and interfaces

    def instances(self) -> None:
        """A few instances per VPC, with one or two interfaces each, and unattached interfaces."""
        for vpc in self.data["Vpcs"]:
            subnets = self.all("Subnets", VpcId=vpc["VpcId"])
            for _ in range(self.rng.choice((3, 4, 5))):
                state = self.pick({"running": 94, "stopped": 3, "pending": 1, "stopping": 1, "shutting-down": 1})
                instance: Record = {
                    "InstanceId": self.new("i"),
                    "State": {
                        "Code": {"running": 16, "stopped": 80, "pending": 0, "stopping": 64, "shutting-down": 32}[
                            state
                        ],
                        "Name": state,
                    },
                    "VpcId": vpc["VpcId"],
                    "NetworkInterfaces": [],
                    "Tags": [{"Key": "Name", "Value": f"host-{self.count}"}],
                }
                for index in range(2 if self.chance(0.2) else 1):
                    interface = self.new_interface(self.rng.choice(subnets))
                    interface["Status"] = "in-use"
                    interface["Attachment"] = {
                        "AttachmentId": self.new("eni-attach"),
                        "InstanceId": instance["InstanceId"],
                        "InstanceOwnerId": vpc["OwnerId"],
                        "DeviceIndex": index,
                        "Status": "attached",
                    }
                    self.addresses(interface, running=state == "running")
                reservation = {
                    "ReservationId": self.new("r"),
                    "OwnerId": vpc["OwnerId"],
                    "Groups": [],
                    "Instances": [instance],
                }
                if self.chance(0.93):  # Otherwise the instance of an interface in use is not in the data.
                    self.data["Reservations"].append(reservation)
            if self.chance(0.2):
                self.addresses(self.new_interface(self.rng.choice(subnets)), running=True)
            if self.chance(0.1):
                self.balancer_interface(self.rng.choice(subnets))

    def new_interface(self, subnet: Record) -> Record:
        """An unattached interface with its groups and addresses."""
        private = self.new_host(subnet)
        groups = self.usable_groups(subnet["VpcId"])
        chosen = self.rng.sample(groups, min(len(groups), self.pick({1: 65, 2: 28, 3: 7})))
        interface: Record = {
            "NetworkInterfaceId": self.new("eni"),
            "VpcId": subnet["VpcId"],
            "SubnetId": subnet["SubnetId"],
            "OwnerId": subnet["OwnerId"],
            "AvailabilityZone": subnet["AvailabilityZone"],
            "Status": "available",
            "InterfaceType": "interface",
            "Description": "",
            "RequesterManaged": False,
            "SourceDestCheck": True,
            "PrivateIpAddress": private,
            "PrivateIpAddresses": [{"PrivateIpAddress": private, "Primary": True}],
            "Ipv6Addresses": [],
            "Groups": [
                {"GroupId": group, "GroupName": self.all("SecurityGroups", GroupId=group)[0]["GroupName"]}
                for group in chosen
            ],
        }
        for _ in range(self.pick({0: 75, 1: 20, 2: 5})):
            interface["PrivateIpAddresses"].append({"PrivateIpAddress": self.new_host(subnet), "Primary": False})
        number = len(self.data["NetworkInterfaces"])
        if self.chance(0.12):
            key = subnet["SubnetId"] + "/28"
            self.hosts[key] = self.hosts.get(key, 3) + 1  # The fifth /28 of the subnet, and so on.
            if self.hosts[key] < 15:
                interface["Ipv4Prefixes"] = [
                    {"Ipv4Prefix": str(list(ip_network(subnet["CidrBlock"]).subnets(new_prefix=28))[self.hosts[key]])}
                ]
        v6 = self.v6_of(subnet)
        if v6 and self.chance(0.85):
            interface["Ipv6Addresses"].append({"Ipv6Address": str(ip_network(v6)[0x1000 + number])})
            if self.chance(0.15):
                interface["Ipv6Addresses"].append({"Ipv6Address": str(ip_network(v6)[0x2000 + number])})
            if self.chance(0.08):
                interface["Ipv6Prefixes"] = [{"Ipv6Prefix": f"{ip_network(v6)[(number + 1) << 48]}/80"}]
            if self.chance(0.04):
                interface["DenyAllIgwTraffic"] = True
        self.data["NetworkInterfaces"].append(interface)
        return interface

    def addresses(self, interface: Record, *, running: bool) -> None:
        """Public addresses: elastic ones on any private address, automatic ones on the primary of what runs."""
        if self.chance(0.12):
            interface["SourceDestCheck"] = False  # Without a public address: with one it could be a NAT instance.
            return
        for entry in interface["PrivateIpAddresses"]:
            if not self.chance(0.85 if entry["Primary"] else 0.5):
                continue
            elastic = not entry["Primary"] or not running or interface["Status"] == "available" or self.chance(0.5)
            if not running and self.chance(0.5):
                continue
            self.associate(interface, entry, elastic=elastic)

    def associate(self, interface: Record, entry: Record, *, elastic: bool) -> str:
        """Map a public address to one private address of an interface."""
        public = self.new_public()
        association = {
            "PublicIp": public,
            "PublicDnsName": "",
            "IpOwnerId": interface["OwnerId"] if elastic else "amazon",
        }
        if elastic:
            association |= {"AllocationId": self.new("eipalloc"), "AssociationId": self.new("eipassoc")}
            self.data["Addresses"].append(
                {
                    "PublicIp": public,
                    "Domain": "vpc",
                    "AllocationId": association["AllocationId"],
                    "AssociationId": association["AssociationId"],
                    "NetworkInterfaceId": interface["NetworkInterfaceId"],
                    "NetworkInterfaceOwnerId": interface["OwnerId"],
                    "PrivateIpAddress": entry["PrivateIpAddress"],
                }
            )
        entry["Association"] = association
        if entry["Primary"]:
            interface["Association"] = association
        return public

    def balancer_interface(self, subnet: Record) -> None:
        """An interface that AWS manages, and that has no group."""
        interface = self.new_interface(subnet)
        interface |= {
            "Status": "in-use",
            "InterfaceType": "network_load_balancer",
            "Groups": [],
            "RequesterManaged": True,
        }
        interface["Attachment"] = {
            "AttachmentId": self.new("ela-attach"),
            "DeviceIndex": 1,
            "Status": "attached",
            "InstanceOwnerId": "amazon-aws",
        }

    def nat_gateways(self) -> None:
        """NAT gateways: public and private ones, in any state, and regional ones with a table of their own."""
        for vpc in self.data["Vpcs"]:
            for _ in range(self.pick({0: 25, 1: 60, 2: 15})):
                state = self.pick({"available": 90, "pending": 4, "failed": 3, "deleting": 3})
                nat: Record = {
                    "NatGatewayId": self.new("nat"),
                    "VpcId": vpc["VpcId"],
                    "State": state,
                    "ConnectivityType": "public",
                }
                if self.chance(0.2):
                    self.regional(nat)
                else:
                    self.zonal(nat, self.rng.choice(self.all("Subnets", VpcId=vpc["VpcId"])))
                self.data["NatGateways"].append(nat)

    def zonal(self, nat: Record, subnet: Record) -> None:
        """A NAT gateway in a subnet, with an interface that has no group."""
        interface = self.new_interface(subnet)
        for key in ("Ipv4Prefixes", "Ipv6Prefixes", "DenyAllIgwTraffic"):
            interface.pop(key, None)
        interface |= {
            "Status": "in-use",
            "InterfaceType": "nat_gateway",
            "Groups": [],
            "RequesterManaged": True,
            "SourceDestCheck": False,
        }
        interface |= {"Ipv6Addresses": [], "PrivateIpAddresses": interface["PrivateIpAddresses"][:1]}
        interface["Attachment"] = {
            "AttachmentId": self.new("ela-attach"),
            "DeviceIndex": 1,
            "Status": "attached",
            "InstanceOwnerId": "amazon-aws",
        }
        place = {
            "NetworkInterfaceId": interface["NetworkInterfaceId"],
            "PrivateIp": interface["PrivateIpAddress"],
            "IsPrimary": True,
        }
        nat |= {"SubnetId": subnet["SubnetId"], "NatGatewayAddresses": [{**place, "Status": "succeeded"}]}
        if self.chance(0.5):
            nat["AvailabilityMode"] = "zonal"
        if self.chance(0.15):
            nat["ConnectivityType"] = "private"
        else:
            public = self.associate(interface, interface["PrivateIpAddresses"][0], elastic=True)
            nat["NatGatewayAddresses"][0] |= {
                "PublicIp": public,
                "AllocationId": interface["Association"]["AllocationId"],
            }
        if self.chance(0.1):
            self.data["NetworkInterfaces"].remove(interface)

    def regional(self, nat: Record) -> None:
        """A regional NAT gateway: no subnet, no interface, a route table of its own."""
        table = self.new_table(nat["VpcId"])
        gateway = self.internet_gateway(nat["VpcId"])
        if gateway and self.chance(0.85):
            self.add_route(table, "0.0.0.0/0", GatewayId=gateway)
        address_record = {
            "PublicIp": self.new_public(),
            "AllocationId": self.new("eipalloc"),
            "AvailabilityZone": REGION + "a",
            "Status": "succeeded",
        }
        nat |= {
            "AvailabilityMode": "regional",
            "RouteTableId": table["RouteTableId"],
            "NatGatewayAddresses": [address_record],
        }

    # ------------------------------------------------------------------------------------------------------------------------- peering

    def peerings(self) -> None:
        """Peerings between VPCs that do not overlap, and now and then one with a VPC that is not in the data."""
        vpcs = self.data["Vpcs"]
        for number, one in enumerate(vpcs):
            for other in vpcs[number + 1 :]:
                if self.can_peer(one, other) and self.chance(0.75):
                    code = self.pick(
                        {"active": 85, "pending-acceptance": 5, "deleted": 5, "provisioning": 3, "expired": 2}
                    )
                    self.peering(one, self.side(other), code)
            if self.chance(0.08):
                stranger = {
                    "VpcId": self.new("vpc"),
                    "OwnerId": "333333333333",
                    "Region": REGION if self.chance(0.5) else "us-east-1",
                }
                stranger |= {"CidrBlock": "10.200.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.200.0.0/16"}]}
                self.peering(one, stranger, "active")

    def can_peer(self, one: Record, other: Record) -> bool:
        """AWS refuses overlaps; a VPC with two peers that overlap each other is left out here (which of them a reference means is unclear)."""
        pairs = [(one, other)]
        for mine, new in ((one, other), (other, one)):
            for peer in self.data["VpcPeeringConnections"]:
                ids = {peer["RequesterVpcInfo"]["VpcId"], peer["AccepterVpcInfo"]["VpcId"]}
                if mine["VpcId"] in ids:
                    pairs += [(vpc, new) for vpc in self.data["Vpcs"] if vpc["VpcId"] in ids - {mine["VpcId"]}]
        return not any(
            ip_network(first["CidrBlock"]).overlaps(ip_network(second["CidrBlock"]))
            for left, right in pairs
            for first in left["CidrBlockAssociationSet"]
            for second in right["CidrBlockAssociationSet"]
        )

    def side(self, vpc: Record) -> Record:
        """How a peering describes a VPC."""
        record = {"VpcId": vpc["VpcId"], "OwnerId": vpc["OwnerId"], "Region": REGION, "CidrBlock": vpc["CidrBlock"]}
        record["CidrBlockSet"] = [{"CidrBlock": cidr} for cidr in self.v4_of(vpc)]
        if self.v6_of(vpc):
            record["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": self.v6_of(vpc)}]
        return record

    def peering(self, one: Record, accepter: Record, code: str) -> None:
        """One peering; its CIDRs are told only while it is active."""
        requester = self.side(one)
        if code != "active":
            for side in (requester, accepter):
                for key in ("CidrBlock", "CidrBlockSet", "Ipv6CidrBlockSet"):
                    side.pop(key, None)
        record = {"VpcPeeringConnectionId": self.new("pcx"), "Status": {"Code": code, "Message": code}}
        self.data["VpcPeeringConnections"].append(
            {**record, "RequesterVpcInfo": requester, "AccepterVpcInfo": accepter}
        )

    def peers(self, vpc: str) -> list[tuple[Record, str]]:
        """The peerings of a VPC with the VPC on their other side."""
        found = []
        for record in self.data["VpcPeeringConnections"]:
            ids = [record["RequesterVpcInfo"]["VpcId"], record["AccepterVpcInfo"]["VpcId"]]
            if vpc in ids:
                found.append((record, ids[1] if ids[0] == vpc else ids[0]))
        return found

    # ---------------------------------------------------------------------------------------------------------------- rules of groups

    def rules(self) -> None:
        """The rules of every group."""
        for group in self.data["SecurityGroups"]:
            if group["GroupName"] == "default" and self.chance(0.6):
                pair = {"GroupId": group["GroupId"], "UserId": group["OwnerId"]}
                group["IpPermissions"].append(self.permission({"IpProtocol": "-1"}, UserIdGroupPairs=[pair]))
            if group["GroupName"] == "group-1" and self.chance(0.35):
                everyone = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
                group["IpPermissions"].append(self.permission({"IpProtocol": "-1"}, **everyone))
            for _ in range(self.pick({0: 3, 1: 22, 2: 35, 3: 28, 5: 12})):
                group["IpPermissions"].append(self.rule(group))
            if self.chance(0.85):
                group["IpPermissionsEgress"].append(
                    self.permission({"IpProtocol": "-1"}, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
                )
                if self.chance(0.75):
                    group["IpPermissionsEgress"].append(
                        self.permission({"IpProtocol": "-1"}, Ipv6Ranges=[{"CidrIpv6": "::/0"}])
                    )
            else:
                for _ in range(self.pick({0: 10, 1: 20, 2: 40, 4: 30})):
                    group["IpPermissionsEgress"].append(self.rule(group))

    @staticmethod
    def permission(traffic: Record, **sources: list[Record]) -> Record:
        """A permission with all the lists that AWS prints, empty ones too."""
        empty: Record = {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        return {**traffic, **empty, **sources}

    def traffic(self) -> Record:
        """Protocol and ports of a rule, in every shape."""
        port = self.rng.choice(TCP_PORTS)
        shapes: dict[int, tuple[Record, float]] = {
            0: ({"IpProtocol": "-1"}, 30),
            1: ({"IpProtocol": "tcp", "FromPort": port, "ToPort": port}, 36),
            2: ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535}, 12),
            3: ({"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8100}, 5),
            4: ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 0}, 1),
            5: ({"IpProtocol": "udp", "FromPort": 53, "ToPort": 53}, 7),
            6: ({"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535}, 2),
            7: ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, 6),
            8: ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}, 4),
            9: ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": 0}, 2),
            10: ({"IpProtocol": "icmp", "FromPort": 3, "ToPort": 4}, 3),
            11: ({"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1}, 3),
            12: ({"IpProtocol": "icmpv6"}, 1),
            13: ({"IpProtocol": "icmpv6", "FromPort": 128, "ToPort": 0}, 1),
            14: ({"IpProtocol": "47"}, 3),
            15: ({"IpProtocol": "50", "FromPort": 0, "ToPort": 0}, 2),
            16: ({"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1}, 0.5),
            17: ({"IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535}, 3),
            18: ({"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}, 1),
        }
        return dict(shapes[self.pick({key: weight for key, (_, weight) in shapes.items()})][0])

    def rule(self, group: Record) -> Record:
        """One permission of a group, with one to three kinds of sources."""
        traffic = self.traffic()
        permission = self.permission(traffic)
        v6_only = traffic["IpProtocol"] == "icmpv6"
        v4_only = traffic["IpProtocol"] == "icmp"
        for _ in range(self.pick({1: 60, 2: 30, 3: 10})):
            kind = self.pick({"v4": 0 if v6_only else 60, "v6": 0 if v4_only else 25, "group": 35, "list": 12})
            if kind == "v4":
                cidr = self.v4_source(group["VpcId"])
                self.source(permission, "IpRanges", {"CidrIp": cidr})
                if cidr == "0.0.0.0/0" and not v4_only and self.chance(0.6):
                    self.source(permission, "Ipv6Ranges", {"CidrIpv6": "::/0"})
            elif kind == "v6":
                self.source(permission, "Ipv6Ranges", {"CidrIpv6": self.v6_source(group["VpcId"])})
            elif kind == "group":
                self.source(permission, "UserIdGroupPairs", self.reference(group))
            else:
                lists = self.lists_of(
                    "IPv6" if v6_only else "IPv4" if v4_only else self.rng.choice(("IPv4", "IPv4", "IPv6"))
                )
                self.source(permission, "PrefixListIds", {"PrefixListId": self.rng.choice(lists)})
        return permission

    @staticmethod
    def source(permission: Record, kind: str, entry: Record) -> None:
        """Add a source that is not there yet."""
        if entry not in permission[kind]:
            permission[kind].append(entry)

    def v4_source(self, vpc: str) -> str:
        """An IPv4 network that a rule could name."""
        own = self.all("Vpcs", VpcId=vpc)[0]
        publics = [each["PublicIp"] for each in self.data["Addresses"]]
        kind = self.pick(
            {
                "any": 75,
                "vpc": 15,
                "subnet": 12,
                "host": 8,
                "internet": 15,
                "peer": 12,
                "public": 8,
                "wide": 6,
                "half": 4,
            }
        )
        if kind == "vpc":
            return self.rng.choice(self.v4_of(own))
        if kind == "subnet":
            return self.rng.choice(self.data["Subnets"])["CidrBlock"]
        if kind == "host":
            return (
                self.rng.choice(self.rng.choice(self.data["NetworkInterfaces"])["PrivateIpAddresses"])[
                    "PrivateIpAddress"
                ]
                + "/32"
            )
        if kind == "internet":
            return self.rng.choice(INTERNET_V4)
        if kind == "peer":
            return self.rng.choice(self.v4_of(self.rng.choice(self.data["Vpcs"])))
        if kind == "public" and publics:
            return self.rng.choice(publics) + "/32"
        if kind == "wide":
            return self.rng.choice(("10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12"))
        if kind == "half":
            return self.rng.choice(("0.0.0.0/1", "128.0.0.0/1"))
        return "0.0.0.0/0"

    def v6_source(self, vpc: str) -> str:
        """An IPv6 network that a rule could name."""
        known = [self.v6_of(record) for record in self.data["Vpcs"] + self.data["Subnets"] if self.v6_of(record)]
        hosts = [
            each["Ipv6Address"] + "/128"
            for interface in self.data["NetworkInterfaces"]
            for each in interface["Ipv6Addresses"]
        ]
        kind = self.pick({"any": 65, "own": 25, "host": 10, "internet": 15})
        if kind == "own" and known:
            return self.rng.choice(known) or ""
        if kind == "host" and hosts:
            return self.rng.choice(hosts)
        return self.rng.choice(INTERNET_V6) if kind == "internet" else "::/0"

    def reference(self, group: Record) -> Record:
        """A reference to a group of the same VPC, of an associated or a peered one, or to one that is gone."""
        vpc = group["VpcId"]
        near = [each for name in self.usable_groups(vpc) for each in self.all("SecurityGroups", GroupId=name)]
        for association in self.all("SecurityGroupVpcAssociations", GroupId=group["GroupId"], State="associated"):
            near += self.all("SecurityGroups", VpcId=association["VpcId"])
        far = [(peering, other) for peering, other in self.peers(vpc) if self.all("SecurityGroups", VpcId=other)]
        if self.chance(0.08):
            return (
                {"GroupId": self.new("sg"), "UserId": group["OwnerId"]} if not far else self.stale(self.rng.choice(far))
            )
        if far and self.chance(0.35):
            peering, other = self.rng.choice(far)
            member = self.rng.choice(self.all("SecurityGroups", VpcId=other))
            pair = {"GroupId": member["GroupId"], "UserId": member["OwnerId"], "VpcId": other}
            return {
                **pair,
                "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
                "PeeringStatus": peering["Status"]["Code"],
            }
        chosen = self.rng.choice(near)
        return {"GroupId": chosen["GroupId"], "UserId": chosen["OwnerId"]}

    def stale(self, far: tuple[Record, str]) -> Record:
        """A reference to a group that was deleted in a peered VPC: no account is told, and the status need not say so."""
        peering, other = far
        return {
            "GroupId": self.new("sg"),
            "VpcId": other,
            "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
            "PeeringStatus": self.rng.choice(("active", "deleted")),
        }

    # -------------------------------------------------------------------------------------------------------------------- network ACLs

    def network_acls(self) -> None:
        """A default ACL per VPC, own ones for some subnets."""
        for vpc in self.data["Vpcs"]:
            default = self.new_acl(vpc, default=True)
            self.allow_all(default)
            if self.chance(0.1):
                self.spoil(default)
            for subnet in self.all("Subnets", VpcId=vpc["VpcId"]):
                acl = default
                if self.chance(0.33):
                    acl = self.new_acl(vpc, default=False)
                    self.own_entries(acl, vpc)
                if acl is default and self.chance(0.05):
                    continue  # The association of the default ACL goes without saying.
                association = {
                    "NetworkAclAssociationId": self.new("aclassoc"),
                    "NetworkAclId": acl["NetworkAclId"],
                    "SubnetId": subnet["SubnetId"],
                }
                acl["Associations"].append(association)

    def new_acl(self, vpc: Record, *, default: bool) -> Record:
        """An ACL with nothing but the entries that AWS puts last."""
        acl: Record = {
            "NetworkAclId": self.new("acl"),
            "VpcId": vpc["VpcId"],
            "OwnerId": vpc["OwnerId"],
            "IsDefault": default,
        }
        acl |= {"Associations": [], "Entries": []}
        for egress in (False, True):
            self.entry(acl, 32767, egress, "-1", "deny", "0.0.0.0/0")
            if self.v6_of(vpc):
                self.entry(acl, 32768, egress, "-1", "deny", "::/0")
        self.data["NetworkAcls"].append(acl)
        return acl

    def entry(
        self,
        acl: Record,
        number: int,
        egress: bool,
        protocol: str,
        action: str,
        cidr: str,
        ports: tuple[int, int] | None = None,
    ) -> None:
        """One entry, unless its number is taken; for ICMP the ports are type and code."""
        if any(each["RuleNumber"] == number and each["Egress"] == egress for each in acl["Entries"]):
            return
        entry: Record = {"RuleNumber": number, "Egress": egress, "Protocol": protocol, "RuleAction": action}
        entry["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
        if protocol in ("6", "17"):
            entry["PortRange"] = {"From": (ports or (0, 65535))[0], "To": (ports or (0, 65535))[1]}
        if protocol == "1" or (protocol == "58" and ":" in cidr):
            entry["IcmpTypeCode"] = {"Type": (ports or (-1, -1))[0], "Code": (ports or (-1, -1))[1]}
        acl["Entries"].append(entry)

    def allow_all(self, acl: Record, number: int = 100) -> None:
        """Everything in and out, mostly in both families."""
        v6 = self.chance(0.9)
        for egress in (False, True):
            self.entry(acl, number, egress, "-1", "allow", "0.0.0.0/0")
            if v6 and any(each["RuleNumber"] == 32768 for each in acl["Entries"]):
                self.entry(acl, number + 1, egress, "-1", "allow", "::/0")

    def own_entries(self, acl: Record, vpc: Record) -> None:
        """The entries of somebody's own ACL."""
        style = self.pick({"denies": 40, "web": 33, "crowded": 17, "empty": 2, "odd": 8})
        if style == "denies":
            for _ in range(self.rng.choice((1, 2, 3))):
                self.some_entry(acl, self.rng.randrange(1, 99), "deny" if self.chance(0.8) else "allow")
            self.allow_all(acl)
        elif style == "web":
            self.web(acl, vpc)
        elif style == "crowded":
            first = self.rng.choice((1, 32760, 99))
            for number in range(first, first + 4):
                self.some_entry(acl, number, self.rng.choice(("deny", "allow")))
            self.allow_all(acl, first + 4)
        elif style == "odd":
            for number in range(10, 60, 5):
                self.some_entry(acl, number, "allow" if self.chance(0.8) else "deny")
        if self.chance(0.2):
            self.spoil(acl)

    def web(self, acl: Record, vpc: Record) -> None:
        """What the documentation proposes for a web tier: the services in, the client ports back; not always all of them."""
        client = self.pick(
            {(1024, 65535): 60, (32768, 65535): 15, (32768, 60999): 10, (49152, 65535): 10, (1024, 32767): 5}
        )
        services = [
            ("6", (80, 80)),
            ("6", (443, 443)),
            ("6", (22, 22)),
            ("17", (53, 53)),
            ("1", (8, -1)),
            ("6", (5432, 5432)),
            ("47", None),
        ]
        for egress in (False, True):
            for number, (protocol, ports) in enumerate(services):
                if self.chance(0.8):
                    self.entry(acl, 100 + 10 * number, egress, protocol, "allow", "0.0.0.0/0", ports)
                    if protocol != "1":
                        self.entry(acl, 101 + 10 * number, egress, protocol, "allow", "::/0", ports)
            self.entry(acl, 200, egress, "6", "allow", "0.0.0.0/0", client)
            self.entry(acl, 202, egress, "17", "allow", "0.0.0.0/0", client)
            self.entry(acl, 210, egress, "1", "allow", "0.0.0.0/0", (0, -1))
            if self.chance(0.7):
                self.entry(acl, 201, egress, "6", "allow", "::/0", client)
                self.entry(acl, 211, egress, "58", "allow", "::/0", (129, 0) if self.chance(0.5) else (-1, -1))
                self.entry(acl, 212, egress, "58", "allow", "::/0", (128, 0))
            if self.chance(0.5):
                self.entry(acl, 220, egress, "-1", "allow", vpc["CidrBlock"])

    def some_entry(self, acl: Record, number: int, action: str) -> None:
        """A random entry, in, out or both."""
        port = self.rng.choice(TCP_PORTS)
        protocol, ports = self.rng.choice(
            [
                ("6", (port, port)),
                ("6", (0, 65535)),
                ("6", (1024, 65535)),
                ("6", (40000, 50000)),
                ("17", (0, 65535)),
                ("17", (53, 53)),
                ("-1", None),
            ]
            + [
                ("1", (8, 0)),
                ("1", (-1, -1)),
                ("1", (0, 0)),
                ("58", (128, -1)),
                ("47", None),
                ("50", None),
                ("58", (-1, -1)),
                ("17", (1024, 65535)),
            ]
        )
        cidr = self.v6_source(acl["VpcId"]) if self.chance(0.25) else self.v4_source(acl["VpcId"])
        if protocol == "1" and ":" in cidr:
            cidr = "0.0.0.0/0"
        for egress in self.rng.choice(((False,), (True,), (False, True))):
            self.entry(acl, number, egress, protocol, action, cidr, ports)

    def spoil(self, acl: Record) -> None:
        """Take one entry away."""
        own = [entry for entry in acl["Entries"] if entry["RuleNumber"] < 32767]
        if own:
            acl["Entries"].remove(self.rng.choice(own))

    # -------------------------------------------------------------------------------------------------------------------- route tables

    def new_table(self, vpc: str) -> Record:
        """A route table with the local routes."""
        record = self.all("Vpcs", VpcId=vpc)[0]
        table: Record = {
            "RouteTableId": self.new("rtb"),
            "VpcId": vpc,
            "OwnerId": record["OwnerId"],
            "Associations": [],
            "Routes": [],
        }
        for cidr in [*self.v4_of(record), self.v6_of(record)]:
            if cidr:
                self.add_route(table, cidr, GatewayId="local")
                table["Routes"][-1]["Origin"] = "CreateRouteTable"
        table["PropagatingVgws"] = []
        self.data["RouteTables"].append(table)
        return table

    def add_route(self, table: Record, destination: str, **rest: str) -> None:
        """One route; destinations are CIDRs or prefix lists."""
        key = (
            "DestinationPrefixListId"
            if destination.startswith("pl-")
            else "DestinationIpv6CidrBlock"
            if ":" in destination
            else "DestinationCidrBlock"
        )
        origin = rest.get("Origin", "CreateRoute")
        if any(each.get(key) == destination and each["Origin"] == origin for each in table["Routes"]):
            return
        table["Routes"].append({key: destination, "Origin": origin, "State": "active", **rest})

    def route_tables(self) -> None:
        """A main table per VPC, own tables for many subnets, and now and then one for the internet gateway."""
        for vpc in self.data["Vpcs"]:
            name = vpc["VpcId"]
            subnets = self.all("Subnets", VpcId=name)
            public = {
                nat["SubnetId"]
                for nat in self.all("NatGateways", VpcId=name)
                if "SubnetId" in nat and nat["ConnectivityType"] == "public"
            }
            main = self.new_table(name)
            main["Associations"].append(
                {"RouteTableAssociationId": self.new("rtbassoc"), "RouteTableId": main["RouteTableId"], "Main": True}
            )
            self.fill(main, vpc, self.pick({"public": 65, "private": 25, "isolated": 10}))
            for subnet in subnets:
                nat_there = subnet["SubnetId"] in public
                if not nat_there and self.chance(0.3):
                    continue
                table = self.new_table(name)
                association = {
                    "RouteTableAssociationId": self.new("rtbassoc"),
                    "RouteTableId": table["RouteTableId"],
                    "Main": False,
                }
                association |= {"SubnetId": subnet["SubnetId"], "AssociationState": {"State": "associated"}}
                table["Associations"].append(association)
                weights = (
                    {"public": 95, "private": 3, "isolated": 2}
                    if nat_there
                    else {"public": 58, "private": 37, "isolated": 5}
                )
                self.fill(table, vpc, self.pick(weights))
            if self.internet_gateway(name) and self.chance(0.12):
                self.edge_table(vpc, subnets)

    def fill(self, table: Record, vpc: Record, role: str) -> None:
        """The routes of a table with a role, and its mistakes."""
        gateway = self.internet_gateway(vpc["VpcId"])
        if role == "public":
            if gateway:
                self.add_route(table, "0.0.0.0/0", GatewayId=gateway)
                if self.v6_of(vpc) and self.chance(0.85):
                    self.add_route(table, "::/0", GatewayId=gateway)
            elif self.chance(0.5):
                self.add_route(table, "0.0.0.0/0", GatewayId=self.new("igw"), State="blackhole")
        if role == "private":
            nats = self.all("NatGateways", VpcId=vpc["VpcId"])
            if nats:
                nat = self.rng.choice(nats)
                state = "blackhole" if nat["State"] in ("deleting", "failed") and self.chance(0.5) else "active"
                self.add_route(table, "0.0.0.0/0", NatGatewayId=nat["NatGatewayId"], State=state)
            for each in self.data["EgressOnlyInternetGateways"]:
                if each["Attachments"][0]["VpcId"] == vpc["VpcId"] and self.chance(0.9):
                    self.add_route(table, "::/0", EgressOnlyInternetGatewayId=each["EgressOnlyInternetGatewayId"])
        self.peering_routes(table, vpc)
        for _ in range(self.pick({0: 60, 1: 28, 2: 12})):
            self.odd_route(table, vpc)

    def peering_routes(self, table: Record, vpc: Record) -> None:
        """Routes over the peerings: whole VPCs, parts of them, by prefix list; some are missing."""
        for peering, other in self.peers(vpc["VpcId"]):
            name, code = peering["VpcPeeringConnectionId"], peering["Status"]["Code"]
            state = "active" if code == "active" or self.chance(0.15) else "blackhole"
            peer = (self.all("Vpcs", VpcId=other) or [None])[0]
            if peer is None:
                self.add_route(table, "10.200.0.0/16", VpcPeeringConnectionId=name, State=state)
                continue
            style = self.pick({"all": 70, "subnet": 8, "list": 10, "none": 12})
            if style == "all":
                for cidr in self.v4_of(peer):
                    self.add_route(table, cidr, VpcPeeringConnectionId=name, State=state)
            elif style == "subnet":
                subnet = self.rng.choice(self.all("Subnets", VpcId=other))
                self.add_route(table, subnet["CidrBlock"], VpcPeeringConnectionId=name, State=state)
            elif style == "list":
                self.add_route(
                    table, self.prefix_list("IPv4", self.v4_of(peer)), VpcPeeringConnectionId=name, State=state
                )
            if self.v6_of(peer) and self.chance(0.75):
                self.add_route(table, self.v6_of(peer) or "", VpcPeeringConnectionId=name, State=state)

    def odd_route(self, table: Record, vpc: Record) -> None:
        """One route that is not in the textbook."""
        gateway = self.internet_gateway(vpc["VpcId"])
        nats = [nat["NatGatewayId"] for nat in self.all("NatGateways", VpcId=vpc["VpcId"])]
        enis = [
            each["NetworkInterfaceId"]
            for each in self.all("NetworkInterfaces", VpcId=vpc["VpcId"], InterfaceType="interface")
        ]
        unpublic = [each for each in enis if not self.has_public(each)]
        internet = self.rng.choice(INTERNET_V4)
        subnet = self.rng.choice(self.all("Subnets", VpcId=vpc["VpcId"]))["CidrBlock"]
        kind = self.rng.choice(
            (
                "blackhole",
                "tgw",
                "vgw",
                "list",
                "eni",
                "inside",
                "igw",
                "nat",
                "v6",
                "retarget",
                "endpoint",
                "corp",
                "v6-list",
            )
        )
        if kind == "blackhole":
            self.add_route(table, internet, TransitGatewayId=self.new("tgw"), State="blackhole")
        elif kind == "tgw":
            self.add_route(
                table,
                self.rng.choice(("10.0.0.0/8", "0.0.0.0/0", internet, "::/0", "172.16.0.0/12")),
                TransitGatewayId=self.new("tgw"),
            )
        elif kind == "vgw":
            destination = self.rng.choice(("0.0.0.0/0", "10.99.0.0/16", internet))
            self.add_route(table, destination, GatewayId=self.new("vgw"), Origin="EnableVgwRoutePropagation")
        elif kind in ("list", "v6-list"):
            lists = self.lists_of("IPv6" if kind == "v6-list" else "IPv4", internet=True)
            target = self.rng.choice(
                [{"TransitGatewayId": self.new("tgw")}] + ([{"GatewayId": gateway}] if gateway else [])
            )
            if lists:
                state = "blackhole" if self.chance(0.2) else "active"
                self.add_route(table, self.rng.choice(lists), **target, State=state)
        elif kind == "eni" and unpublic:
            self.add_route(
                table, self.rng.choice((internet, "0.0.0.0/0")), NetworkInterfaceId=self.rng.choice(unpublic)
            )
        elif kind == "inside" and (nats or unpublic):
            target = (
                {"NetworkInterfaceId": self.rng.choice(unpublic)}
                if unpublic and (not nats or self.chance(0.6))
                else {"NatGatewayId": nats[0]}
            )
            self.add_route(table, subnet, **target)
        elif kind == "igw" and gateway:
            self.add_route(table, internet, GatewayId=gateway)
        elif kind == "nat" and nats:
            self.add_route(table, internet, NatGatewayId=self.rng.choice(nats))
        elif kind == "v6":
            self.add_route(
                table,
                self.rng.choice(INTERNET_V6[:2]),
                TransitGatewayId=self.new("tgw"),
                State=self.rng.choice(("active", "blackhole")),
            )
        elif kind == "retarget" and unpublic and self.chance(0.3):
            local = next(each for each in table["Routes"] if each.get("GatewayId") == "local")
            del local["GatewayId"]
            local["NetworkInterfaceId"] = self.rng.choice(unpublic)
        elif kind == "endpoint":
            self.add_route(
                table, self.prefix_list("IPv4", ["52.218.0.0/17", "3.5.64.0/21"]), GatewayId=self.new("vpce")
            )
        elif kind == "corp":
            self.add_route(table, self.rng.choice(("10.99.0.0/16", "172.16.0.0/12")), GatewayId=self.new("vgw"))

    def has_public(self, eni: str) -> bool:
        """Whether an interface has a public IPv4 address."""
        record = self.all("NetworkInterfaces", NetworkInterfaceId=eni)[0]
        return any("Association" in each for each in record["PrivateIpAddresses"])

    def edge_table(self, vpc: Record, subnets: list[Record]) -> None:
        """A route table for the internet gateway itself."""
        table = self.new_table(vpc["VpcId"])
        association = {
            "RouteTableAssociationId": self.new("rtbassoc"),
            "RouteTableId": table["RouteTableId"],
            "Main": False,
        }
        association |= {"GatewayId": self.internet_gateway(vpc["VpcId"]), "AssociationState": {"State": "associated"}}
        table["Associations"].append(association)
        if self.chance(0.6):
            subnet = self.rng.choice(subnets)
            enis = [
                each["NetworkInterfaceId"]
                for each in self.all("NetworkInterfaces", VpcId=vpc["VpcId"], InterfaceType="interface")
            ]
            target = (
                {"NetworkInterfaceId": self.rng.choice(enis)}
                if enis and self.chance(0.5)
                else {"GatewayId": self.new("vpce")}
            )
            self.add_route(table, subnet["CidrBlock"], **target, State="blackhole" if self.chance(0.15) else "active")

    # ---------------------------------------------------------------------------------------------------------------------- the last touch

    def nested_interfaces(self) -> None:
        """Describe the interfaces inside their instances as describe-instances does."""
        for reservation in self.data["Reservations"]:
            for instance in reservation["Instances"]:
                for interface in self.data["NetworkInterfaces"]:
                    attachment = interface.get("Attachment") or {}
                    if attachment.get("InstanceId") != instance["InstanceId"]:
                        continue
                    copied = copy.deepcopy(interface)
                    for key in ("AvailabilityZone", "RequesterManaged", "DenyAllIgwTraffic"):
                        copied.pop(key, None)
                    instance["NetworkInterfaces"].append(copied)
                    if attachment["DeviceIndex"] == 0:
                        instance |= {
                            "SubnetId": interface["SubnetId"],
                            "PrivateIpAddress": interface["PrivateIpAddress"],
                        }
                        instance |= {
                            "SecurityGroups": interface["Groups"],
                            "SourceDestCheck": interface["SourceDestCheck"],
                        }
                        if "Association" in interface:
                            instance["PublicIpAddress"] = interface["Association"]["PublicIp"]

    def lose(self) -> None:
        """Leave things out of the data: a kind, a group of another account, the entries of a list."""
        if self.chance(0.12):
            del self.data[self.rng.choice(MISSABLE)]
        if self.chance(0.2) and self.data.get("SecurityGroups"):
            self.data["SecurityGroups"].remove(self.rng.choice(self.data["SecurityGroups"]))
        for name in list(self.data.get("PrefixListEntries", {})):
            if self.chance(0.12):
                del self.data["PrefixListEntries"][name]
        if self.chance(0.1) and self.data.get("PrefixLists"):
            self.data["PrefixLists"].remove(self.rng.choice(self.data["PrefixLists"]))
        for kind in (
            "NatGateways",
            "VpcPeeringConnections",
            "InternetGateways",
            "EgressOnlyInternetGateways",
            "RouteTables",
            "NetworkAcls",
        ):
            if self.chance(0.03) and self.data.get(kind):
                self.data[kind].remove(self.rng.choice(self.data[kind]))


def random_network(rng: random.Random, size: int = 0) -> Record:
    """A random network: AWS's records under AWS's keys; `size` is the number of VPCs (at most five; unsaid: one to three)."""
    builder = Builder(rng, size or rng.choice((1, 2, 2, 3)))
    builder.vpcs()
    builder.security_groups()
    builder.prefix_lists()
    builder.instances()
    builder.nat_gateways()
    builder.peerings()
    builder.rules()
    builder.network_acls()
    builder.route_tables()
    builder.nested_interfaces()
    builder.lose()
    return builder.data


def shuffled(rng: random.Random, network: Record) -> Record:
    """The same network told differently: every list in another order, the sources of a rule in one permission or in several."""
    other = copy.deepcopy(network)
    for group in listed(other, "SecurityGroups"):
        for key in ("IpPermissions", "IpPermissionsEgress"):
            group[key] = [part for permission in listed(group, key) for part in split(rng, permission)]
    shuffle_lists(rng, other)
    return other


def split(rng: random.Random, permission: Record) -> list[Record]:
    """One permission as several, each with a part of its sources."""
    kinds = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
    if rng.random() < 0.5:
        return [permission]
    traffic = {key: value for key, value in permission.items() if key not in kinds}
    return [
        Builder.permission(dict(traffic), **{kind: [source]}) for kind in kinds for source in listed(permission, kind)
    ] or [permission]


def shuffle_lists(rng: random.Random, value: Any) -> None:
    """Put every list in another order, in place."""
    if isinstance(value, list):
        rng.shuffle(value)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        shuffle_lists(rng, each)


# ---------------------------------------------------------------------------------------------------------------------------------- questions


@dataclass(frozen=True)
class Question:
    """Whether a sender reaches a receiver: a set of packets, as `sgcheck explain` would be asked.

    `sender` and `receiver` are interface ids, None for the internet. `source` is a CIDR or an address of the internet (`0.0.0.0/0`: all of
    it), empty for an interface, which is asked with all its addresses of the destination's family. `destination` is one address. `port`
    is the text after --port.
    """

    sender: str | None
    source: str
    receiver: str | None
    destination: str
    port: str
    network: Record = field(repr=False, compare=False)

    @property
    def asked_from(self) -> str:
        """What stands after --from."""
        return self.sender or self.source

    @property
    def asked_to(self) -> str:
        """What stands after --to: the address itself."""
        return self.destination

    @property
    def version(self) -> int:
        """4 or 6."""
        return address(self.destination).version

    def source_cidrs(self) -> list[str]:
        """The networks that the packets come from."""
        if self.sender is None:
            return [self.source]
        interface = next(
            each for each in self.network["NetworkInterfaces"] if each["NetworkInterfaceId"] == self.sender
        )
        return [cidr for cidr in own_cidrs(interface) if network_of(cidr).version == self.version]

    def holds(self, source: str) -> bool:
        """Whether a source address is part of the question: of the internet only what is nobody's that we know."""
        if not any(inside(source, cidr) for cidr in self.source_cidrs()):
            return False
        return self.sender is not None or (is_internet(source) and not is_known(self.network, source))

    def sample_packets(self, rng: random.Random, count: int) -> list[Packet]:
        """Some of the packets of the question: at the boundaries of the network's own rules, and anywhere."""
        sources = self.some_sources(rng)
        if not sources:
            return []
        ports = rule_ports(self.network)
        packets = []
        for _ in range(count):
            protocol, port = self.some_traffic(rng, ports)
            client = 0
            if protocol in (TCP, UDP):
                near = [each for each in ports if 1024 <= each <= 65535]
                client = rng.choice((rng.randint(1024, 65535), rng.choice([*near, 1024, 65535])))
            packets.append(Packet(rng.choice(sources), self.destination, protocol, client, port))
        return packets

    def some_sources(self, rng: random.Random) -> list[str]:
        """Source addresses of the question: the first, the last, any, and those on both sides of the edges of the network's CIDRs."""
        candidates = set()
        for cidr in self.source_cidrs():
            block = network_of(cidr)
            candidates |= {str(block[0]), str(block[-1])} | {
                str(block[rng.randrange(block.num_addresses)]) for _ in range(6)
            }
        if self.sender is None:
            for cidr in rng.sample(cidrs := rule_cidrs(self.network, self.version), min(len(cidrs), 12)):
                block = network_of(cidr)
                numbers = {int(block[0]), int(block[-1]), int(block[0]) - 1, int(block[-1]) + 1}
                candidates |= {
                    str(ip_address(number))
                    for number in numbers
                    if 0 <= number < 1 << block.max_prefixlen and (number >> 32 or self.version == 4)
                }
        return sorted(each for each in candidates if self.holds(each))

    def some_traffic(self, rng: random.Random, ports: list[int]) -> tuple[int, int]:
        """A protocol and a port (or type and code) of the question."""
        icmp, echo = (ICMP, 8) if self.version == 4 else (ICMPV6, 128)
        if self.port == "icmp":
            return icmp, echo * 256
        if self.port.startswith("icmp:"):
            kind, code = self.port[5:].split("/")
            return icmp, int(kind) * 256 + int(code)
        if self.port.startswith("proto:"):
            return int(self.port[6:]), 0
        if self.port == "all":
            protocol = rng.choice((TCP, TCP, UDP, icmp, 47, 50, 132))
            if protocol == icmp:
                return icmp, rng.choice((echo * 256, 3 * 256 + 4, rng.randrange(65536)))
            return protocol, rng.choice((rng.choice(ports), rng.randrange(65536))) if protocol in (TCP, UDP) else 0
        text, _, name = self.port.partition("/")
        first, _, last = text.partition("-")
        low, high = int(first), int(last or first)
        port = rng.choice([low, high, rng.randint(low, high), *[each for each in ports if low <= each <= high][:6]])
        return UDP if name == "udp" else TCP, port


def own_cidrs(interface: Record) -> list[str]:
    """The addresses and delegated prefixes of an interface."""
    cidrs = [each["PrivateIpAddress"] + "/32" for each in interface["PrivateIpAddresses"]]
    cidrs += [each["Ipv6Address"] + "/128" for each in interface["Ipv6Addresses"]]
    cidrs += [each["Ipv4Prefix"] for each in listed(interface, "Ipv4Prefixes")]
    return cidrs + [each["Ipv6Prefix"] for each in listed(interface, "Ipv6Prefixes")]


def public_addresses(network: Record) -> set[str]:
    """Every public IPv4 address of the known network."""
    found = {each["PublicIp"] for each in listed(network, "Addresses")}
    for interface in listed(network, "NetworkInterfaces"):
        found |= {each["Association"]["PublicIp"] for each in interface["PrivateIpAddresses"] if "Association" in each}
    for nat in listed(network, "NatGateways"):
        found |= {each["PublicIp"] for each in nat["NatGatewayAddresses"] if "PublicIp" in each}
    return found


def is_known(network: Record, text: str) -> bool:
    """Whether an address is one of the known network's own: in a VPC, or a public address of it."""
    blocks = [
        block
        for vpc in network["Vpcs"]
        for block in vpc["CidrBlockAssociationSet"] + listed(vpc, "Ipv6CidrBlockAssociationSet")
    ]
    cidrs = [block.get("CidrBlock") or block["Ipv6CidrBlock"] for block in blocks]
    return any(inside(text, cidr) for cidr in cidrs) or text in public_addresses(network)


def rule_cidrs(network: Record, version: int) -> list[str]:
    """Every CIDR that a rule, an ACL entry, a route or a prefix list of the network names."""
    found = {entry["Cidr"] for entries in (network.get("PrefixListEntries") or {}).values() for entry in entries}
    for acl in listed(network, "NetworkAcls"):
        found |= {entry.get("CidrBlock") or entry["Ipv6CidrBlock"] for entry in acl["Entries"]}
    for table in listed(network, "RouteTables"):
        found |= {
            route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") or "0.0.0.0/0"
            for route in table["Routes"]
        }
    for group in listed(network, "SecurityGroups"):
        for permission in group["IpPermissions"] + group["IpPermissionsEgress"]:
            found |= {each["CidrIp"] for each in permission["IpRanges"]} | {
                each["CidrIpv6"] for each in permission["Ipv6Ranges"]
            }
    return sorted(cidr for cidr in found if network_of(cidr).version == version)


def rule_ports(network: Record) -> list[int]:
    """Every port at an edge of a rule or ACL entry of the network, and its neighbours."""
    edges = {0, 1023, 1024, 65535}
    for acl in listed(network, "NetworkAcls"):
        for entry in acl["Entries"]:
            edges |= set((entry.get("PortRange") or {}).values())
    for group in listed(network, "SecurityGroups"):
        for permission in group["IpPermissions"] + group["IpPermissionsEgress"]:
            if permission["IpProtocol"] in ("tcp", "udp"):
                edges |= {permission["FromPort"], permission["ToPort"]}
    return sorted({each + step for each in edges for step in (-1, 0, 1) if 0 <= each + step <= 65535})


class Asker:
    """Makes up questions about one network."""

    def __init__(self, rng: random.Random, network: Record) -> None:
        self.rng = rng
        self.network = network
        self.hosts = [each for each in network["NetworkInterfaces"] if each["InterfaceType"] == "interface"]
        # What cannot answer anyway is asked about less often.
        self.weights = [1 if self.dead(each) else 4 for each in self.hosts]
        self.nats = [each for each in network["NetworkInterfaces"] if each["InterfaceType"] == "nat_gateway"]

    def dead(self, interface: Record) -> bool:
        """Whether an interface is unattached, or its instance does not run."""
        name = (interface.get("Attachment") or {}).get("InstanceId")
        instances = [each for reservation in listed(self.network, "Reservations") for each in reservation["Instances"]]
        stopped = any(each["InstanceId"] == name and each["State"]["Name"] != "running" for each in instances)
        return stopped or interface["Status"] == "available"

    def addresses(self, interface: Record, version: int) -> list[str]:
        """The addresses of an interface in a family, with some of each delegated prefix."""
        blocks = [network_of(cidr) for cidr in own_cidrs(interface)]
        return [str(block[self.rng.randrange(block.num_addresses)]) for block in blocks if block.version == version]

    def publics(self, interface: Record) -> list[str]:
        """The public IPv4 addresses of an interface."""
        return [each["Association"]["PublicIp"] for each in interface["PrivateIpAddresses"] if "Association" in each]

    def port(self, receiver: Record | None, version: int) -> str:
        """What is asked for: mostly something that a rule of the receiver is about."""
        if receiver is not None and self.rng.random() < 0.7:
            names = {each["GroupId"] for each in receiver["Groups"]}
            rules = [
                rule
                for group in listed(self.network, "SecurityGroups")
                if group["GroupId"] in names
                for rule in group["IpPermissions"]
            ]
            rules = [
                rule
                for rule in rules
                if (rule["IpProtocol"] != "icmpv6" or version == 6) and (rule["IpProtocol"] != "icmp" or version == 4)
            ]
            if rules:
                return self.port_of(self.rng.choice(rules), version)
        choices = {
            "443/tcp": 5,
            "443": 5,
            "22/tcp": 4,
            "80/tcp": 4,
            "5432/tcp": 2,
            "53/udp": 4,
            "8000-8100/tcp": 2,
            "0-65535/tcp": 2,
        }
        choices |= {"icmp": 4, "icmp:3/4": 1, "proto:47": 1, "proto:50": 1, "all": 3}
        return self.rng.choices(list(choices), list(choices.values()))[0]

    def port_of(self, rule: Record, version: int) -> str:
        """A question about what a rule is about."""
        protocol, first, last = rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")
        if protocol in ("tcp", "udp"):
            low, high = (first, last) if first != -1 else (0, 65535)
            style = self.rng.random()
            if style < 0.6:
                return f"{self.rng.choice((low, high, self.rng.randint(low, high)))}/{protocol}"
            if style < 0.8:
                return f"{low}-{high}/{protocol}" if low != high else f"{low}/{protocol}"
            return f"{max(low - 3, 0)}-{min(high + 3, 65535)}/{protocol}"
        if protocol in ("icmp", "icmpv6"):
            if first in (None, -1, 8, 128):
                return "icmp"
            return f"icmp:{first}/{max(last, 0)}"
        if protocol == "-1":
            return self.rng.choice(("443/tcp", "22", "53/udp", "icmp", "all", "proto:47"))
        return f"proto:{protocol}"

    def internet(self, version: int) -> str:
        """A part of the internet to come from."""
        if self.rng.random() < 0.45:
            return "0.0.0.0/0" if version == 4 else "::/0"
        return self.rng.choice(INTERNET_V4 if version == 4 else INTERNET_V6).replace(
            "/32" if version == 4 else "/128", ""
        )

    def internet_host(self, version: int) -> str:
        """A host out there."""
        block = network_of(self.rng.choice(INTERNET_V4 if version == 4 else INTERNET_V6))
        return str(block[self.rng.randrange(block.num_addresses)])

    def question(self) -> Question | None:
        """One question, or None where the network has nothing of the kind that was drawn."""
        kinds = {
            "in": 26,
            "in6": 9,
            "out": 16,
            "out6": 7,
            "near": 26,
            "far": 22,
            "hairpin": 7,
            "self": 1,
            "nat": 2,
            "nobody": 2,
        }
        kind = self.rng.choices(list(kinds), list(kinds.values()))[0]
        version = 6 if kind.endswith("6") or (kind in ("near", "far", "self") and self.rng.random() < 0.3) else 4
        sender, receiver = self.rng.choices(self.hosts, self.weights, k=2)
        if kind in ("in", "in6"):
            targets = self.publics(receiver) if version == 4 else self.addresses(receiver, 6)
            return self.ask(None, self.internet(version), receiver, targets)
        if kind in ("out", "out6"):
            return self.ask(sender, "", None, [self.internet_host(version)])
        if kind == "near":
            return self.ask(
                sender, "", receiver, self.addresses(receiver, version) if sender["VpcId"] == receiver["VpcId"] else []
            )
        if kind == "far":
            return self.ask(
                sender, "", receiver, self.addresses(receiver, version) if sender["VpcId"] != receiver["VpcId"] else []
            )
        if kind == "hairpin":
            return self.ask(sender, "", receiver, self.publics(receiver))
        if kind == "self":
            return self.ask(sender, "", sender, self.addresses(sender, version))
        if kind == "nat" and self.nats:
            nat = self.rng.choice(self.nats)
            if self.rng.random() < 0.5:
                return self.ask(None, "0.0.0.0/0", nat, self.publics(nat))
            return self.ask(sender, "", nat, self.addresses(nat, 4) if nat["VpcId"] == sender["VpcId"] else [])
        if kind == "nobody":
            subnet = self.rng.choice(self.network["Subnets"])
            return self.ask(
                sender,
                "",
                None,
                [str(ip_network(subnet["CidrBlock"])[7])] if subnet["VpcId"] == sender["VpcId"] else [],
            )
        return None

    def ask(self, sender: Record | None, source: str, receiver: Record | None, targets: list[str]) -> Question | None:
        """A question about one of the target addresses, unless there is none, or none to send from."""
        if not targets:
            return None
        target = self.rng.choice(targets)
        version = address(target).version
        name = receiver["NetworkInterfaceId"] if receiver else None
        question = Question(
            sender["NetworkInterfaceId"] if sender else None,
            source,
            name,
            target,
            self.port(receiver, version),
            self.network,
        )
        return question if any(network_of(cidr).version == version for cidr in question.source_cidrs()) else None


def random_questions(rng: random.Random, network: Record, count: int) -> list[Question]:
    """Questions about a network; each can be asked with at least one source address."""
    asker = Asker(rng, network)
    questions: list[Question] = []
    for _ in range(50 * count):
        question = asker.question()
        if question is not None and len(questions) < count:
            questions.append(question)
    return questions
