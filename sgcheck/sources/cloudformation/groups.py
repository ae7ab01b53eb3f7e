"""Security groups with their rules, written in the group or as resources of their own.

A group without egress rules of its own gets one that allows everything over IPv4. Of IPv6 AWS's pages say both: the
template reference that it is allowed too, the VPC guide that it is where the VPC has an IPv6 range (CloudFormation template
reference, AWS::EC2::SecurityGroup; VPC guide, default-security-group): it is left open.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from sgcheck.model.ref import NOT_YET
from sgcheck.sources.cloudformation.book import Book, Record, known, said, without_nothing
from sgcheck.sources.cloudformation.lists import list_id
from sgcheck.sources.cloudformation.places import ANYWHERE, default_group, vpc_named
from sgcheck.sources.cloudformation.resource import Block, Resource
from sgcheck.sources.cloudformation.values import Unknown, wrong

TYPES: Final = {
    "AWS::EC2::SecurityGroup": "without egress rules of its own it lets everything out",
    "AWS::EC2::SecurityGroupIngress": "",
    "AWS::EC2::SecurityGroupEgress": "",
}
_GROUPS = ("SourceSecurityGroupId", "DestinationSecurityGroupId")
_LISTS = ("SourcePrefixListId", "DestinationPrefixListId")
_RULES = (
    ("AWS::EC2::SecurityGroupIngress", "IpPermissions"),
    ("AWS::EC2::SecurityGroupEgress", "IpPermissionsEgress"),
)
_INLINE = (("SecurityGroupIngress", "IpPermissions"), ("SecurityGroupEgress", "IpPermissionsEgress"))


def add_groups(book: Book) -> None:
    """Add the groups with every rule."""
    for resource in book.of("AWS::EC2::SecurityGroup"):
        _group(book, resource)
    for type_, member in _RULES:
        for resource in book.of(type_):
            _rule(book, resource, member)


def _group(book: Book, resource: Resource) -> None:
    record: Record = {
        "GroupId": resource.id,
        "GroupName": known(resource.text("GroupName")),
        "Description": known(resource.text("GroupDescription")) or "",
        "VpcId": vpc_named(book, resource) or f"the default VPC {NOT_YET}",
        "IpPermissions": [],
        "IpPermissionsEgress": [],
        "Tags": resource.tags(),
    }
    for name, member in _INLINE:
        blocks = resource.blocks(name)
        if isinstance(blocks, Unknown):
            record[member] = [_open_rule(resource.what(name, blocks))]
            continue
        for index, block in enumerate(blocks):
            path = f"{name}[{index}]"
            if isinstance(block, Unknown):
                record[member].append(_open_rule(resource.what(path, block)))
            else:
                record[member] += _permissions(book, block, None)
    if not record["IpPermissionsEgress"]:
        what = f"{resource.id}: whether its default egress rules are for IPv6 too {NOT_YET}"
        record["IpPermissionsEgress"] = [
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE[0]}]},
            {"IpProtocol": "-1", "(unknown)": [{"What": what, "Within": [ANYWHERE[1]]}]},
        ]
    book.add("SecurityGroups", resource.id, without_nothing(record), resource)


def _open_rule(what: str, within: list[str] | None = None) -> Record:
    """A rule of which nothing is known but, at most, the range of its peer."""
    return {"IpProtocol": "-1", "(unknown)": [without_nothing({"What": what, "Within": within})]}


def _rule(book: Book, resource: Resource, member: str) -> None:
    """A rule of its own: it joins the group that it names, and leaves every group open that it may name."""
    group = resource.text("GroupId") or _by_name(book, resource, "GroupName")
    permissions = list(_permissions(book, resource, resource.doubted if resource.doubt else None))
    if isinstance(group, str):
        record = book.record("SecurityGroups", group)
        if record is None:
            book.note(f"{resource.id}: a rule of {group}, which no template has: it is not taken into account")
        else:
            record[member] += permissions
        return
    if group is None:
        raise wrong(resource.where("GroupId"), "a security group", None)
    book.note(f"{resource.what('GroupId', group)}: a rule of a group that no template has")
    for id_, entry in book.entries["SecurityGroups"].items():
        if group.may_be(id_):
            entry.record[member].append(_open_rule(resource.what("GroupId", group)))


def _by_name(book: Book, block: Block, name: str) -> str | Unknown | None:
    """The group of the default VPC that has this name, which only those without a VPC are in."""
    found = block.text(name)
    if found is None or isinstance(found, Unknown) or book.record("SecurityGroups", found) is not None:
        return found
    for resource in book.of("AWS::EC2::SecurityGroup"):
        if resource.text("GroupName") == found and not resource.has("VpcId"):
            return resource.id
    return Unknown(f"group {found} of the default VPC")


def _permissions(book: Book, block: Block, doubt: str | None) -> Iterator[Record]:
    """The rule that a block is, as a permission for each peer; one whose ports are not known may allow any of them."""
    protocol, first, last = block.text("IpProtocol"), block.number("FromPort"), block.number("ToPort")
    named = "-1" if protocol is None or isinstance(protocol, Unknown) else protocol.strip().lower()
    named = "-1" if named == "all" else named
    parts = (("IpProtocol", protocol), ("FromPort", first), ("ToPort", last))
    ports = parts[1:] if named != "-1" else ()
    unknown = next((block.what(n, one) for n, one in (parts[0], *ports) if isinstance(one, Unknown)), doubt)
    # What is not a whole rule may be any part of it; of a rule that may not be there the ports are told.
    told = {"IpProtocol": named}
    if named != "-1" and (unknown is None or unknown == doubt):
        told |= {"FromPort": first, "ToPort": last}
    for member, value, what in _peers(book, block):
        within = [value] if member in ("IpRanges", "Ipv6Ranges") else None
        if unknown is not None or not member:
            yield without_nothing({**told, "(unknown)": [without_nothing({"What": unknown or what, "Within": within})]})
        else:
            yield without_nothing({**told, member: [_peer(member, value, block)]})


def _peer(member: str, value: str, block: Block) -> Record:
    if member == "UserIdGroupPairs":
        owner = known(block.text("SourceSecurityGroupOwnerId"))
        return without_nothing({"GroupId": value, "UserId": owner if str(owner).isdigit() else None})
    return {{"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6"}.get(member, "PrefixListId"): value}


def _peers(book: Book, block: Block) -> Iterator[tuple[str, str, str]]:
    """List of a permission, value, and what to call it where it is not known, which the empty list stands for."""
    for name, member in (("CidrIp", "IpRanges"), ("CidrIpv6", "Ipv6Ranges")):
        found = block.text(name)
        if isinstance(found, Unknown):
            yield "", "", block.what(name, found)
        elif found is not None:
            yield member, _range(block, name, found), ""
    for names, member in ((_GROUPS, "UserIdGroupPairs"), (_LISTS, "PrefixListIds")):
        for name in names:
            value: Any = block.text(name)
            if isinstance(value, Unknown) and names is _GROUPS and value.own == () and not book.names_groups:
                yield member, value.id, ""  # a group that exists already, and that nothing here is a member of
            elif isinstance(value, Unknown):
                yield "", "", block.what(name, value)
            elif value is not None:
                yield member, list_id(book, value) if names is _LISTS else value, ""
    named = _by_name(book, block, "SourceSecurityGroupName")
    if isinstance(named, Unknown):
        yield "", "", block.what("SourceSecurityGroupName", named)
    elif named is not None:
        yield "UserIdGroupPairs", said(named), ""


def _range(block: Block, name: str, found: str) -> str:
    try:
        return str(ip_network(found.strip(), strict=False))
    except ValueError:
        raise wrong(block.where(name), "an address range such as 203.0.113.0/24", found) from None


def group_ids(book: Book, block: Block, *names: str) -> list[str] | None:
    """The groups that a block names, None where one of them is not known: it may be any that is referred to."""
    found: list[str] = []
    for name in names:
        listed = block.texts(name)
        for one in [listed] if isinstance(listed, Unknown) else listed:
            if isinstance(one, Unknown):
                book.note(block.what(name, one))
                return None
            found.append(one)
    return list(dict.fromkeys(found))


def groups_or_default(book: Book, block: Block, vpc: str, *names: str) -> list[Record] | None:
    """The groups of an interface; without any it gets its VPC's default group (EC2 API, RunInstances)."""
    found = group_ids(book, block, *names)
    if found is None:
        return None
    if not found:
        default = default_group(vpc)
        return [{"GroupId": default}] if book.record("SecurityGroups", default) is not None else None
    return [{"GroupId": one} for one in found]
