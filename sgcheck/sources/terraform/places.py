"""VPCs and subnets, with what AWS makes for a new VPC: a main route table, a default ACL and a default group."""

from __future__ import annotations

from typing import Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book, said
from sgcheck.sources.terraform.references import derived
from sgcheck.sources.terraform.resource import Resource, Unknown

VPCS: Final = ("aws_vpc", "aws_default_vpc")
SUBNETS: Final = ("aws_subnet", "aws_default_subnet")
TYPES: Final = {
    "aws_vpc": "with the main route table, default network ACL and default security group that AWS makes for a new one",
    "aws_default_vpc": "its range is known once it is in the state",
    "aws_vpc_ipv4_cidr_block_association": "",
    "aws_vpc_ipv6_cidr_block_association": "where the range is known",
    "aws_subnet": "",
    "aws_default_subnet": "",
}
_DEFAULTS = (
    ("aws_default_security_group", "vpc_id", "default_security_group_id"),
    ("aws_default_route_table", "default_route_table_id", "default_route_table_id"),
    ("aws_default_network_acl", "default_network_acl_id", "default_network_acl_id"),
)
_EVERYTHING = ("0.0.0.0/0", "::/0")


def adopt_defaults(book: Book) -> None:
    """Give the resources that take over what comes with a VPC the id that it has, or that stands for it."""
    for type_, name, attribute in _DEFAULTS:
        for resource in book.of(type_):
            if resource.id != resource.address:
                continue
            found = book.references.one(resource, name, VPCS)
            if isinstance(found, str):
                owner = next((vpc for vpc in book.of(*VPCS) if found == vpc.id), None)
                resource.values["id"] = derived(owner, attribute) if owner else found


def add_places(book: Book) -> None:
    """Add VPCs and subnets. One whose range is not known is left out, so that nothing is said of what is in it."""
    for data in (True, False):
        for resource in book.of(*VPCS, data=data):
            _vpc(book, resource)
    for data in (True, False):
        for resource in book.of(*SUBNETS, data=data):
            _subnet(book, resource)


def _vpc(book: Book, resource: Resource) -> None:
    cidr = resource.text("cidr_block")
    if not isinstance(cidr, str):
        book.notes.append(f"{resource.address}: cidr_block is not known yet, so that nothing in it can be told")
        book.names.setdefault(resource.address, resource.id)
        return
    blocks: list[str | Unknown | None] = [cidr]
    six = [resource.text("ipv6_cidr_block")]
    for own, found in (("aws_vpc_ipv4_cidr_block_association", blocks), ("aws_vpc_ipv6_cidr_block_association", six)):
        for extra in book.of(own):
            if book.references.one(extra, "vpc_id", VPCS) == resource.id:
                found.append(extra.text("cidr_block" if found is blocks else "ipv6_cidr_block"))
    if any(isinstance(one, Unknown) for one in blocks):
        book.notes.append(f"{resource.address}: a range of it is not known yet: left out")
    if any(isinstance(one, Unknown) for one in six) and _wants_six(resource, six):
        book.notes.append(f"{resource.address}: its IPv6 range is not known yet: IPv6 is left out")
    record: Record = {
        "VpcId": resource.id,
        "OwnerId": resource.home()[0],
        "CidrBlock": cidr,
        "CidrBlockAssociationSet": [{"CidrBlock": one} for one in blocks if isinstance(one, str)],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": one} for one in six if isinstance(one, str)],
        "IsDefault": resource.type == "aws_default_vpc",
        "Tags": resource.tags(),
    }
    book.add("Vpcs", resource.id, without_nothing(record), resource)


def _wants_six(resource: Resource, six: list[str | Unknown | None]) -> bool:
    return len(six) > 1 or resource.values.get("assign_generated_ipv6_cidr_block") is True


def _subnet(book: Book, resource: Resource) -> None:
    cidr, six = resource.text("cidr_block"), resource.text("ipv6_cidr_block")
    vpc = book.references.one(resource, "vpc_id", VPCS)
    if isinstance(vpc, Unknown) or isinstance(cidr, Unknown) or (cidr is None and not isinstance(six, str)):
        what = vpc.what if isinstance(vpc, Unknown) else f"{resource.address}: cidr_block"
        book.notes.append(f"{what}: nothing in this subnet can be told")
        book.names.setdefault(resource.address, resource.id)
        return
    if isinstance(six, Unknown) and resource.has("ipv6_cidr_block"):
        book.notes.append(f"{six.what}: IPv6 is left out")
    zone = resource.known("availability_zone")
    public = resource.flag("map_public_ip_on_launch")
    record: Record = {
        "SubnetId": resource.id,
        "VpcId": vpc,
        "OwnerId": resource.home()[0],
        "CidrBlock": cidr,
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": six}] if isinstance(six, str) else [],
        "AvailabilityZone": zone,
        "AvailabilityZoneId": resource.known("availability_zone_id"),
        "MapPublicIpOnLaunch": public if isinstance(public, bool) else None,
        "Tags": resource.tags(),
    }
    book.add("Subnets", resource.id, without_nothing(record), resource)


def add_defaults(book: Book) -> None:
    """Add what comes with each new VPC, where no resource has taken it over.

    The default group lets its members reach each other and go anywhere, the default ACL allows everything, and the main
    route table has the local route (VPC guide, default-security-group, default-network-acl, subnet-route-tables).
    """
    for vpc in book.of("aws_vpc"):
        if not vpc.created or vpc.id not in book.entries["Vpcs"]:
            continue
        group = derived(vpc, "default_security_group_id")
        pairs = [{"GroupId": group}]
        anywhere = {"IpRanges": [{"CidrIp": _EVERYTHING[0]}], "Ipv6Ranges": [{"CidrIpv6": _EVERYTHING[1]}]}
        default = {
            "GroupId": group,
            "GroupName": "default",
            "VpcId": vpc.id,
            "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": pairs}],
            "IpPermissionsEgress": [{"IpProtocol": "-1", **anywhere}],
        }
        book.comes_along("SecurityGroups", group, default, vpc)
        acl = derived(vpc, "default_network_acl_id")
        entries = [
            {"RuleNumber": 100 + six, "RuleAction": "allow", "Egress": egress, "Protocol": "-1", member: cidr}
            for egress in (False, True)
            for six, (member, cidr) in enumerate(zip(("CidrBlock", "Ipv6CidrBlock"), _EVERYTHING, strict=True))
        ]
        made = {"NetworkAclId": acl, "VpcId": vpc.id, "IsDefault": True, "Entries": entries, "Associations": []}
        book.comes_along("NetworkAcls", acl, made, vpc)
        table = derived(vpc, "main_route_table_id")
        record = {"RouteTableId": table, "VpcId": vpc.id, "Routes": [], "Associations": []}
        book.comes_along("RouteTables", table, record, vpc)


def owner_of(book: Book, resource: Resource, attribute: str) -> str | None:
    """The VPC of what a resource took over from it: its own word, or that of the VPC that it came with."""
    told = resource.known("vpc_id")
    return told or next((vpc.id for vpc in book.of(*VPCS) if derived(vpc, attribute) == resource.id), None)


def vpc_or_doubt(book: Book, resource: Resource) -> str | None:
    """The VPC that a resource names, or what stands for one that is not known."""
    found = book.references.one(resource, "vpc_id", VPCS)
    return said(found) if found is not None else None
