"""A small working network in AWS's own words, to be broken in one place by each test.

VPC 10.0.0.0/16 (IPv6 2600:1f18:1::/56) with a public subnet (10.0.1.0/24, i-web 10.0.1.10 = 198.51.100.7, a NAT gateway at 10.0.1.200 =
198.51.100.9) and a private one (10.0.2.0/24, i-db 10.0.2.20), and a peer VPC 10.9.0.0/16 with i-peer 10.9.1.5.
"""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import sgcheck
from sgcheck.aws.build import build
from sgcheck.model.network import Network
from sgcheck.reach.answer import Explanation
from sgcheck.sources.files import load_snapshot

Record = dict[str, Any]
ANY4 = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ANY6 = {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
ACCOUNT = "111122223333"


def permission(protocol: str, first: int | None = None, last: int | None = None, **peers: Any) -> Record:
    """One IpPermission; peers as AWS spells them."""
    ports = {} if first is None else {"FromPort": first, "ToPort": first if last is None else last}
    return {"IpProtocol": protocol, **ports, **peers}


def cidr(*blocks: str) -> Record:
    """Peers of a permission by CIDR."""
    return {
        "IpRanges": [{"CidrIp": b} for b in blocks if ":" not in b],
        "Ipv6Ranges": [{"CidrIpv6": b} for b in blocks if ":" in b],
    }


def pair(group: str, **more: Any) -> Record:
    """Peers of a permission by group."""
    return {"UserIdGroupPairs": [{"GroupId": group, "UserId": ACCOUNT, **more}]}


def group(id_: str, ingress: list[Record], vpc: str = "vpc-1", egress: list[Record] | None = None) -> Record:
    """A security group; egress allows everything unless said otherwise."""
    every = [permission("-1", **ANY4, **ANY6)]
    name = id_.removeprefix("sg-")
    return {
        "GroupId": id_,
        "GroupName": name,
        "VpcId": vpc,
        "OwnerId": ACCOUNT,
        "IpPermissions": ingress,
        "IpPermissionsEgress": every if egress is None else egress,
    }


def entry(number: int, egress: bool, action: str = "allow", block: str = "0.0.0.0/0", **more: Any) -> Record:
    """A network ACL entry for everything unless `more` says otherwise."""
    family = "Ipv6CidrBlock" if ":" in block else "CidrBlock"
    return {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": "-1", family: block, **more}


def ports(first: int, last: int | None = None, protocol: str = "6") -> Record:
    """The ports of an entry."""
    return {"Protocol": protocol, "PortRange": {"From": first, "To": first if last is None else last}}


def acl(id_: str, *subnets: str, vpc: str = "vpc-1", entries: list[Record] | None = None) -> Record:
    """A network ACL that allows everything unless `entries` says otherwise."""
    opened = [entry(100, way, block=block) for way in (False, True) for block in ("0.0.0.0/0",)]
    opened += [entry(101, way, block="::/0") for way in (False, True)]
    closing = [entry(32767, way, "deny") for way in (False, True)]
    return {
        "NetworkAclId": id_,
        "VpcId": vpc,
        "IsDefault": False,
        "Associations": [{"SubnetId": s} for s in subnets],
        "Entries": (opened if entries is None else entries) + closing,
    }


def route(destination: str, target: str, **more: Any) -> Record:
    """A route; the member that holds the target follows from its prefix."""
    members = {
        "nat": "NatGatewayId",
        "pcx": "VpcPeeringConnectionId",
        "tgw": "TransitGatewayId",
        "eni": "NetworkInterfaceId",
    }
    members |= {"eigw": "EgressOnlyInternetGatewayId"}
    member = members.get(target.partition("-")[0], "GatewayId")
    kind = "DestinationCidrBlock"
    if destination.startswith("pl-"):
        kind = "DestinationPrefixListId"
    elif ":" in destination:
        kind = "DestinationIpv6CidrBlock"
    return {kind: destination, member: target, "State": "active", "Origin": "CreateRoute", **more}


def table(
    id_: str, *subnets: str, vpc: str = "vpc-1", main: bool = False, routes: list[Record] | None = None
) -> Record:
    """A route table with its VPC's local routes."""
    local = {"vpc-1": ["10.0.0.0/16", "2600:1f18:1::/56"], "vpc-9": ["10.9.0.0/16"]}.get(vpc, [])
    own = [route(block, "local", Origin="CreateRouteTable") for block in local]
    associations: list[Record] = [{"Main": False, "SubnetId": s} for s in subnets]
    if main:
        associations.append({"Main": True})
    return {"RouteTableId": id_, "VpcId": vpc, "Associations": associations, "Routes": own + (routes or [])}


def interface(id_: str, subnet: str, address: str, groups: list[str], public: str | None = None, **more: Any) -> Record:
    """A network interface of the instance with the same name."""
    private: Record = {"PrivateIpAddress": address, "Primary": True}
    if public:
        private["Association"] = {"PublicIp": public}
    return {
        "NetworkInterfaceId": id_,
        "SubnetId": subnet,
        "VpcId": "vpc-9" if subnet == "subnet-peer" else "vpc-1",
        "OwnerId": ACCOUNT,
        "Status": "in-use",
        "InterfaceType": "interface",
        "SourceDestCheck": True,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [private],
        "Ipv6Addresses": [],
        "Groups": [{"GroupId": g} for g in groups],
        "Attachment": {"InstanceId": id_.replace("eni-", "i-"), "DeviceIndex": 0, "Status": "attached"},
        **more,
    }


def instance(id_: str, name: str, state: str = "running") -> Record:
    """An instance that its interface tells the rest of."""
    tags = [{"Key": "Name", "Value": name}, {"Key": "tier", "Value": name}]
    return {"InstanceId": id_, "State": {"Name": state}, "Tags": tags, "PrivateDnsName": f"{name}.internal"}


def subnet(id_: str, block: str, vpc: str = "vpc-1", six: str | None = None, **more: Any) -> Record:
    """A subnet."""
    family = [{"Ipv6CidrBlock": six, "Ipv6CidrBlockState": {"State": "associated"}}] if six else []
    zone = {"AvailabilityZone": "us-east-1a"}
    return {"SubnetId": id_, "VpcId": vpc, "CidrBlock": block, "Ipv6CidrBlockAssociationSet": family, **zone, **more}


def lab() -> Record:
    """The whole network, everything working."""
    return copy.deepcopy(
        {
            "Vpcs": [
                {
                    "VpcId": "vpc-1",
                    "OwnerId": ACCOUNT,
                    "CidrBlock": "10.0.0.0/16",
                    "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600:1f18:1::/56"}],
                },
                {"VpcId": "vpc-9", "OwnerId": ACCOUNT, "CidrBlock": "10.9.0.0/16"},
            ],
            "Subnets": [
                subnet("subnet-pub", "10.0.1.0/24", six="2600:1f18:1:1::/64"),
                subnet("subnet-priv", "10.0.2.0/24"),
                subnet("subnet-peer", "10.9.1.0/24", vpc="vpc-9"),
            ],
            "NetworkInterfaces": [
                interface(
                    "eni-web",
                    "subnet-pub",
                    "10.0.1.10",
                    ["sg-web"],
                    "198.51.100.7",
                    Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1:1::10"}],
                ),
                interface("eni-db", "subnet-priv", "10.0.2.20", ["sg-db"]),
                interface("eni-peer", "subnet-peer", "10.9.1.5", ["sg-peer"]),
                interface(
                    "eni-nat",
                    "subnet-pub",
                    "10.0.1.200",
                    [],
                    "198.51.100.9",
                    InterfaceType="nat_gateway",
                    Attachment={},
                ),
            ],
            "Reservations": [
                {"Instances": [instance("i-web", "web"), instance("i-db", "db"), instance("i-peer", "peer")]}
            ],
            "SecurityGroups": [
                group("sg-web", [permission("tcp", 443, **ANY4, **ANY6), permission("icmp", -1, -1, **ANY4)]),
                group(
                    "sg-db", [permission("tcp", 5432, **pair("sg-web")), permission("tcp", 5432, **cidr("10.9.0.0/16"))]
                ),
                group("sg-peer", [permission("tcp", 80, **cidr("10.0.0.0/16"))], vpc="vpc-9"),
            ],
            "NetworkAcls": [
                acl("acl-pub", "subnet-pub"),
                acl("acl-priv", "subnet-priv"),
                acl("acl-peer", "subnet-peer", vpc="vpc-9"),
            ],
            "RouteTables": [
                table("rtb-pub", "subnet-pub", routes=[route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1")]),
                table("rtb-main", main=True, routes=[route("0.0.0.0/0", "nat-1"), route("10.9.0.0/16", "pcx-1")]),
                table("rtb-peer", "subnet-peer", vpc="vpc-9", routes=[route("10.0.0.0/16", "pcx-1")]),
            ],
            "InternetGateways": [
                {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}
            ],
            "EgressOnlyInternetGateways": [
                {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1", "State": "attached"}]}
            ],
            "NatGateways": [
                {
                    "NatGatewayId": "nat-1",
                    "VpcId": "vpc-1",
                    "SubnetId": "subnet-pub",
                    "State": "available",
                    "ConnectivityType": "public",
                    "NatGatewayAddresses": [
                        {"PrivateIp": "10.0.1.200", "PublicIp": "198.51.100.9", "NetworkInterfaceId": "eni-nat"}
                    ],
                }
            ],
            "VpcPeeringConnections": [
                {
                    "VpcPeeringConnectionId": "pcx-1",
                    "Status": {"Code": "active"},
                    "RequesterVpcInfo": side("vpc-1", "10.0.0.0/16"),
                    "AccepterVpcInfo": side("vpc-9", "10.9.0.0/16"),
                }
            ],
            "Addresses": [],
            "SecurityGroupRules": [],
            "SecurityGroupVpcAssociations": [],
            "ManagedPrefixLists": [],
            "PrefixListEntries": {},
        }
    )


def side(vpc: str, block: str, region: str = "us-east-1") -> Record:
    """One end of a peering connection."""
    return {
        "VpcId": vpc,
        "OwnerId": ACCOUNT,
        "Region": region,
        "CidrBlock": block,
        "CidrBlockSet": [{"CidrBlock": block}],
    }


def find(record: Record, key: str, id_: str) -> Record:
    """The record with an id, in any of the lists."""
    if key == "Instances":
        return next(i for r in record["Reservations"] for i in r["Instances"] if i["InstanceId"] == id_)
    members = {
        "Vpcs": "VpcId",
        "Subnets": "SubnetId",
        "NetworkInterfaces": "NetworkInterfaceId",
        "SecurityGroups": "GroupId",
        "NetworkAcls": "NetworkAclId",
        "RouteTables": "RouteTableId",
        "InternetGateways": "InternetGatewayId",
        "NatGateways": "NatGatewayId",
        "VpcPeeringConnections": "VpcPeeringConnectionId",
    }
    return next(r for r in record[key] if r[members[key]] == id_)


def ingress(record: Record, id_: str, *permissions: Record) -> Record:
    """Give a group these ingress rules and no others."""
    find(record, "SecurityGroups", id_)["IpPermissions"] = list(permissions)
    return record


def entries(record: Record, id_: str, *wanted: Record) -> Record:
    """Give an ACL these entries before the closing denials."""
    acl_ = find(record, "NetworkAcls", id_)
    acl_["Entries"] = [*wanted, *[e for e in acl_["Entries"] if e["RuleNumber"] > 32766]]
    return record


def reroute(record: Record, id_: str, *wanted: Record) -> Record:
    """Give a table its local routes and these."""
    found = find(record, "RouteTables", id_)
    found["Routes"] = [r for r in found["Routes"] if r.get("GatewayId") == "local"] + list(wanted)
    return record


def load(record: Record) -> Network:
    """The network as standard input would bring it."""
    return build(load_snapshot(["-"], stdin=io.BytesIO(json.dumps(record).encode())))


def ask(record: Record, source: str, target: str, port: str = "443", client: str | None = None) -> Explanation:
    """Ask one question."""
    return sgcheck.explain(load(record), sgcheck.Question.parse(source, target, port, client))


def verdict(record: Record, source: str, target: str, port: str = "443", client: str | None = None) -> str:
    """Ask one question, for the verdict."""
    return ask(record, source, target, port, client).verdict.value


def codes(answer: Explanation) -> list[str]:
    """The blocker codes of all answers, sorted."""
    return sorted({b.code for a in answer.answers for b in a.blockers})
