"""VPCs, their subnets and gateways, and the peerings between them."""

from __future__ import annotations

from ipaddress import ip_network

from .draft import ACCOUNTS, REGION, SECOND_CIDRS, VPC_CIDRS, Draft
from .records import Record


def vpcs(draft: Draft) -> None:
    """VPCs, some of them with the CIDR of another, with a second CIDR, with IPv6, with blocked public access."""
    free, second = list(VPC_CIDRS), list(SECOND_CIDRS)
    draft.rng.shuffle(free)
    for number in range(draft.size):
        cidr = free.pop()
        if number and draft.chance(0.12):
            cidr = draft.rng.choice(draft.data["Vpcs"])["CidrBlock"]
        blocks = [
            {
                "AssociationId": draft.new("vpc-cidr-assoc"),
                "CidrBlock": cidr,
                "CidrBlockState": {"State": "associated"},
            }
        ]
        if draft.chance(0.25) and second:
            state = "associated" if draft.chance(0.8) else "disassociated"
            blocks.append(
                {
                    "AssociationId": draft.new("vpc-cidr-assoc"),
                    "CidrBlock": second.pop(),
                    "CidrBlockState": {"State": state},
                }
            )
        vpc: Record = {
            "VpcId": draft.new("vpc"),
            "CidrBlock": cidr,
            "CidrBlockAssociationSet": blocks,
            "OwnerId": ACCOUNTS[0] if draft.chance(0.75) else ACCOUNTS[1],
            "State": "available",
            "IsDefault": False,
            "InstanceTenancy": "default",
        }
        if draft.chance(0.65):
            block = {
                "Ipv6CidrBlock": f"2600:1f18:{number + 1}00::/56",
                "Ipv6CidrBlockState": {"State": "associated"},
            }
            vpc["Ipv6CidrBlockAssociationSet"] = [{"AssociationId": draft.new("vpc-cidr-assoc"), **block}]
        mode = draft.pick({None: 61, "off": 33, "block-ingress": 3, "block-bidirectional": 3})
        if mode:
            vpc["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
        draft.data["Vpcs"].append(vpc)
        subnets(draft, vpc, mode)
        gateways(draft, vpc)


def subnets(draft: Draft, vpc: Record, mode: str | None) -> None:
    """Two to four subnets of a VPC."""
    for number in range(draft.rng.choice((2, 2, 3, 3, 4))):
        cidrs = draft.v4_of(vpc)
        cidr = str(list(ip_network(cidrs[-1] if number == 1 else cidrs[0]).subnets(new_prefix=24))[number + 1])
        subnet: Record = {
            "SubnetId": draft.new("subnet"),
            "VpcId": vpc["VpcId"],
            "CidrBlock": cidr,
            "OwnerId": vpc["OwnerId"],
            "AvailabilityZone": REGION + "ab"[number % 2],
            "AvailabilityZoneId": f"euw1-az{number % 2 + 1}",
            "State": "available",
            "MapPublicIpOnLaunch": False,
        }
        if draft.v6_of(vpc) and draft.chance(0.85):
            block = str(list(ip_network(draft.v6_of(vpc) or "").subnets(new_prefix=64))[number + 1])
            state = {"State": "associated"}
            subnet["Ipv6CidrBlockAssociationSet"] = [
                {
                    "AssociationId": draft.new("subnet-cidr-assoc"),
                    "Ipv6CidrBlock": block,
                    "Ipv6CidrBlockState": state,
                }
            ]
        if mode:
            excluded = mode != "off" and draft.chance(0.35)
            subnet["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off" if excluded else mode}
        draft.data["Subnets"].append(subnet)


def gateways(draft: Draft, vpc: Record) -> None:
    """Internet gateways, attached or not, and egress-only ones."""
    attached = draft.chance(0.95)
    attachments = [{"VpcId": vpc["VpcId"], "State": "available"}] if attached else []
    if attached or draft.chance(0.3):
        draft.data["InternetGateways"].append(
            {"InternetGatewayId": draft.new("igw"), "Attachments": attachments, "OwnerId": vpc["OwnerId"]}
        )
    if draft.v6_of(vpc) and draft.chance(0.5):
        state = "attached" if draft.chance(0.9) else "detached"
        gateway = {
            "EgressOnlyInternetGatewayId": draft.new("eigw"),
            "Attachments": [{"VpcId": vpc["VpcId"], "State": state}],
        }
        draft.data["EgressOnlyInternetGateways"].append(gateway)


def peerings(draft: Draft) -> None:
    """Peerings between VPCs that do not overlap, and now and then one with a VPC that is not in the data."""
    vpcs = draft.data["Vpcs"]
    for number, one in enumerate(vpcs):
        for other in vpcs[number + 1 :]:
            if can_peer(draft, one, other) and draft.chance(0.75):
                code = draft.pick(
                    {"active": 85, "pending-acceptance": 5, "deleted": 5, "provisioning": 3, "expired": 2}
                )
                peering(draft, one, side(draft, other), code)
        if draft.chance(0.08):
            stranger = {
                "VpcId": draft.new("vpc"),
                "OwnerId": "333333333333",
                "Region": REGION if draft.chance(0.5) else "us-east-1",
            }
            stranger |= {"CidrBlock": "10.200.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.200.0.0/16"}]}
            peering(draft, one, stranger, "active")


def can_peer(draft: Draft, one: Record, other: Record) -> bool:
    """AWS refuses overlaps; a VPC with two peers that overlap each other is left out here (which of them a
    reference means is unclear).
    """
    pairs = [(one, other)]
    for mine, new in ((one, other), (other, one)):
        for peer in draft.data["VpcPeeringConnections"]:
            ids = {peer["RequesterVpcInfo"]["VpcId"], peer["AccepterVpcInfo"]["VpcId"]}
            if mine["VpcId"] in ids:
                pairs += [(vpc, new) for vpc in draft.data["Vpcs"] if vpc["VpcId"] in ids - {mine["VpcId"]}]
    return not any(
        ip_network(first["CidrBlock"]).overlaps(ip_network(second["CidrBlock"]))
        for left, right in pairs
        for first in left["CidrBlockAssociationSet"]
        for second in right["CidrBlockAssociationSet"]
    )


def side(draft: Draft, vpc: Record) -> Record:
    """How a peering describes a VPC."""
    record = {"VpcId": vpc["VpcId"], "OwnerId": vpc["OwnerId"], "Region": REGION, "CidrBlock": vpc["CidrBlock"]}
    record["CidrBlockSet"] = [{"CidrBlock": cidr} for cidr in draft.v4_of(vpc)]
    if draft.v6_of(vpc):
        record["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": draft.v6_of(vpc)}]
    return record


def peering(draft: Draft, one: Record, accepter: Record, code: str) -> None:
    """One peering; its CIDRs are told only while it is active."""
    requester = side(draft, one)
    if code != "active":
        for each in (requester, accepter):
            for key in ("CidrBlock", "CidrBlockSet", "Ipv6CidrBlockSet"):
                each.pop(key, None)
    record = {"VpcPeeringConnectionId": draft.new("pcx"), "Status": {"Code": code, "Message": code}}
    draft.data["VpcPeeringConnections"].append({**record, "RequesterVpcInfo": requester, "AccepterVpcInfo": accepter})
