"""VPCs and subnets, with what AWS makes for a new VPC: a main route table, a default ACL and a default group."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

from sgcheck.model.ref import NOT_YET
from sgcheck.sources.cloudformation.book import Book, known, said
from sgcheck.sources.cloudformation.resource import Resource
from sgcheck.sources.cloudformation.values import Handle, Unknown, wrong
from sgcheck.sources.shapes import Record, without_nothing

TYPES: Final = {
    "AWS::EC2::VPC": "with the main route table, default network ACL and default security group that AWS makes",
    "AWS::EC2::VPCCidrBlock": "",
    "AWS::EC2::Subnet": "",
    "AWS::EC2::SubnetCidrBlock": "",
}
DEFAULT_VPC: Final = f"the default VPC {NOT_YET}"
"""What stands for the VPC of what names none."""
ANYWHERE: Final = ("0.0.0.0/0", "::/0")


def default_group(vpc: str) -> str:
    """What stands for the default group of a VPC."""
    return f"{vpc}.DefaultSecurityGroup"


def add_places(book: Book) -> None:
    """Add VPCs and subnets. One whose range is not known is left out, so that nothing is said of what is in it."""
    for resource in book.of("AWS::EC2::VPC"):
        _vpc(book, resource)
    for resource in book.of("AWS::EC2::Subnet"):
        _subnet(book, resource)


def may_have_six(book: Book, vpc: str) -> bool:
    """Whether a VPC has IPv6 ranges, or is one of which nobody knows."""
    for extra in book.of("AWS::EC2::VPCCidrBlock"):
        found = extra.text("VpcId")
        mine = found.may_be(vpc) if isinstance(found, Unknown) else found == vpc
        if mine and not extra.has("CidrBlock") and not extra.has("Ipv4IpamPoolId"):
            return True
    record = book.record("Vpcs", vpc)
    return record is None or bool(record.get("Ipv6CidrBlockAssociationSet"))


def cidr_of(resource: Resource, name: str) -> str | Unknown | None:
    """A range. Raises WrongError."""
    found = resource.text(name)
    if found is None or isinstance(found, Unknown):
        return found
    try:
        return str(ip_network(found.strip(), strict=False))
    except ValueError:
        raise wrong(resource.where(name), "an address range such as 10.0.0.0/16", found) from None


def _vpc(book: Book, resource: Resource) -> None:
    book.name(resource, resource.id)
    cidr = cidr_of(resource, "CidrBlock")
    if not isinstance(cidr, str):
        why = cidr.why if isinstance(cidr, Unknown) else "an address pool gives it"
        book.note(f"{resource.id}: CidrBlock, {why}: nothing in this VPC can be told")
        return
    fours, sixes = [cidr], []
    for extra in book.of("AWS::EC2::VPCCidrBlock"):
        if extra.text("VpcId") != resource.id:
            continue
        four, six = cidr_of(extra, "CidrBlock"), cidr_of(extra, "Ipv6CidrBlock")
        fours += [four] if isinstance(four, str) else []
        sixes += [six] if isinstance(six, str) else []
        if isinstance(four, Unknown) or extra.has("Ipv4IpamPoolId"):
            book.note(f"{extra.id}: CidrBlock is not known yet: this range of {resource.id} is left out")
        elif not isinstance(six, str) and not isinstance(four, str):
            book.note(f"{extra.id}: the IPv6 range of {resource.id} is not known yet: IPv6 is left out")
    record: Record = {
        "VpcId": resource.id,
        "CidrBlock": cidr,
        "CidrBlockAssociationSet": [{"CidrBlock": one} for one in fours],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": one} for one in sixes],
        "IsDefault": False,
        "Tags": resource.tags(),
    }
    book.add("Vpcs", resource.id, record, resource, named=False)
    _defaults(book, resource)


def _subnet(book: Book, resource: Resource) -> None:
    book.name(resource, resource.id)
    cidr, vpc = cidr_of(resource, "CidrBlock"), resource.text("VpcId")
    sixes = [cidr_of(resource, "Ipv6CidrBlock")]
    extras = (one for one in book.of("AWS::EC2::SubnetCidrBlock") if one.text("SubnetId") == resource.id)
    sixes += [cidr_of(extra, "Ipv6CidrBlock") for extra in extras]
    if vpc is None or not isinstance(cidr, str):
        what = (
            resource.what("CidrBlock", cidr) if isinstance(cidr, Unknown) else f"{resource.id}: no VpcId or CidrBlock"
        )
        book.note(f"{what}: nothing in this subnet can be told")
        return
    if any(isinstance(one, Unknown) for one in sixes):
        book.note(f"{resource.id}: Ipv6CidrBlock is not known yet: IPv6 is left out")
    public = resource.flag("MapPublicIpOnLaunch")
    record: Record = {
        "SubnetId": resource.id,
        "VpcId": said(vpc),
        "CidrBlock": cidr,
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": one} for one in sixes if isinstance(one, str)],
        "AvailabilityZone": _zone(book, resource),
        "AvailabilityZoneId": known(resource.text("AvailabilityZoneId")),
        # Off unless said (EC2 API, ModifySubnetAttribute; AWS::EC2::Subnet, MapPublicIpOnLaunch).
        "MapPublicIpOnLaunch": None if isinstance(public, Unknown) else bool(public),
        "Tags": resource.tags(),
    }
    book.add("Subnets", resource.id, without_nothing(record), resource, named=False)


def _zone(book: Book, resource: Resource) -> str | None:
    """The name of the zone; where some are written and others picked from a Region's, no two can be compared."""
    found: str | None = known(resource.text("AvailabilityZone"))
    if not isinstance(found, Handle):
        return found
    others = (one.text("AvailabilityZone") for one in book.of("AWS::EC2::Subnet"))
    return found if all(isinstance(other, Handle | None) for other in others) else None


def _defaults(book: Book, vpc: Resource) -> None:
    """Add what comes with a new VPC.

    The default group lets its members reach each other and go anywhere, the default ACL allows everything, and the main
    route table has the local route (VPC guide, default-security-group, default-network-acl, subnet-route-tables).
    """
    group = default_group(vpc.id)
    everywhere = {"IpRanges": [{"CidrIp": ANYWHERE[0]}], "Ipv6Ranges": [{"CidrIpv6": ANYWHERE[1]}]}
    default = {
        "GroupId": group,
        "GroupName": "default",
        "VpcId": vpc.id,
        "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}],
        "IpPermissionsEgress": [{"IpProtocol": "-1", **everywhere}],
    }
    book.add("SecurityGroups", group, default, vpc, named=False)
    acl = f"{vpc.id}.DefaultNetworkAcl"
    entries = [
        {"RuleNumber": 100 + six, "RuleAction": "allow", "Egress": egress, "Protocol": "-1", member: cidr}
        for egress in (False, True)
        for six, (member, cidr) in enumerate(zip(("CidrBlock", "Ipv6CidrBlock"), ANYWHERE, strict=True))
    ]
    made = {"NetworkAclId": acl, "VpcId": vpc.id, "IsDefault": True, "Entries": entries, "Associations": []}
    book.add("NetworkAcls", acl, made, vpc, named=False)
    table = f"{vpc.id}.MainRouteTable"
    record = {"RouteTableId": table, "VpcId": vpc.id, "Routes": [], "Associations": [{"Main": True}]}
    book.add("RouteTables", table, record, vpc, named=False)
    book.names |= {id_: id_ for id_ in (group, acl, table)}


def vpc_named(resource: Resource) -> str | None:
    """The VPC that a resource names, or what stands for one that is not known."""
    found = resource.text("VpcId")
    return None if found is None else said(found)
