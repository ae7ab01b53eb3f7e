"""Security groups with their rules, written in the group or as resources of their own.

A group without egress rules gets rules that allow everything out (CloudFormation template reference,
AWS::EC2::SecurityGroup); the one for IPv6 counts only where the VPC may have an IPv6 range. An
AWS::EC2::SecurityGroupEgress takes them away. It has been seen to take away a written rule for all IPv4 traffic, too,
of which no page of AWS's speaks: such a rule is then left open.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from sgcheck.model.ref import NOT_YET, rest_of
from sgcheck.packets import protocol_number
from sgcheck.sources.cloudformation.book import Book, known, said
from sgcheck.sources.cloudformation.lists import list_id
from sgcheck.sources.cloudformation.places import ANYWHERE, DEFAULT_VPC, may_have_six, vpc_named
from sgcheck.sources.cloudformation.resource import Block, Resource
from sgcheck.sources.cloudformation.values import Handle, Unknown, wrong
from sgcheck.sources.shapes import Record, without_nothing

TYPES: Final = {
    "AWS::EC2::SecurityGroup": "without egress rules of its own it lets everything out",
    "AWS::EC2::SecurityGroupIngress": "",
    "AWS::EC2::SecurityGroupEgress": "",
    "Custom::VpcRestrictDefaultSG": "of the CDK: takes the rules of a default group away",
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
    by_default: set[str] = set()
    for resource in book.of("AWS::EC2::SecurityGroup"):
        if _group(book, resource):
            by_default.add(resource.id)
    for resource in book.of("Custom::VpcRestrictDefaultSG"):
        record = book.record("SecurityGroups", resource.text("DefaultSecurityGroupId")) or {}
        for _rules, member in _RULES:
            record[member] = [_open_rule(resource.doubted)] if resource.doubt else []
    for resource in book.of("AWS::EC2::SecurityGroupEgress"):
        _take_default(book, resource, by_default)
    for type_, member in _RULES:
        for resource in book.of(type_):
            _rule(book, resource, member)


def _group(book: Book, resource: Resource) -> bool:
    """Add a group with the rules that are written in it; whether it has the egress rules that AWS makes."""
    vpc = vpc_named(resource) or DEFAULT_VPC
    record: Record = {
        "GroupId": resource.id,
        "GroupName": known(resource.text("GroupName")),
        "Description": resource.shown("GroupDescription") or "",
        "VpcId": vpc,
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
    by_default = not record["IpPermissionsEgress"]
    if by_default:
        record["IpPermissionsEgress"] = [_everything("IpRanges", "CidrIp", ANYWHERE[0])]
        if may_have_six(book, vpc):
            record["IpPermissionsEgress"].append(_everything("Ipv6Ranges", "CidrIpv6", ANYWHERE[1]))
    book.add("SecurityGroups", resource.id, without_nothing(record), resource)
    return by_default


def _everything(member: str, name: str, cidr: str) -> Record:
    return {"IpProtocol": "-1", member: [{name: cidr}]}


def _allows_all(permission: Record, member: str, name: str, cidr: str) -> bool:
    """Whether a permission is for all traffic of one family, and for nothing else."""
    lists = [key for key, value in permission.items() if isinstance(value, list) and value]
    peers = permission.get(member) or ()
    return permission.get("IpProtocol") == "-1" and lists == [member] and [one.get(name) for one in peers] == [cidr]


def _take_default(book: Book, resource: Resource, by_default: set[str]) -> None:
    """Take away, or leave open, the rules for all traffic of the group that an egress rule of its own joins."""
    group = resource.text("GroupId")
    sure = isinstance(group, str) and resource.doubt is None
    for id_, entry in book.entries["SecurityGroups"].items():
        if not (group.may_be(id_) if isinstance(group, Unknown) else group == id_):
            continue
        kept: list[Record] = []
        for permission in entry.record.get("IpPermissionsEgress", ()):
            six = _allows_all(permission, "Ipv6Ranges", "CidrIpv6", ANYWHERE[1])
            four = _allows_all(permission, "IpRanges", "CidrIp", ANYWHERE[0])
            if not four and not (six and id_ in by_default):
                kept.append(permission)
            elif id_ not in by_default or not sure:
                what = f"{id_}: whether {resource.id} takes away its egress rule for all traffic {NOT_YET}"
                kept.append(_open_rule(what, [ANYWHERE[six]]))
        entry.record["IpPermissionsEgress"] = kept


def _open_rule(what: str, within: list[str] | None = None) -> Record:
    """A rule of which nothing is known but, at most, the range of its peer."""
    return {"IpProtocol": "-1", "(unknown)": [without_nothing({"What": what, "Within": within})]}


def _rule(book: Book, resource: Resource, member: str) -> None:
    """A rule of its own: it joins the group that it names, and leaves every group open that it may name."""
    group = resource.text("GroupId") or _named(book, resource, "GroupName")
    permissions = list(_permissions(book, resource, resource.doubted if resource.doubt else None))
    if isinstance(group, str):
        record = book.record("SecurityGroups", group)
        if record is None:
            book.note(f"{resource.id}: a rule of {group}, of which nothing else is in the input")
            record = _stranger(book, group, resource)
        record.setdefault(member, []).extend(permissions)
        return
    if group is None:
        raise wrong(resource.where("GroupId"), "a security group", None)
    book.note(f"{resource.what('GroupId', group)}: a rule of a group that no template has")
    for id_, entry in book.entries["SecurityGroups"].items():
        if group.may_be(id_):
            entry.record.setdefault(member, []).append(_open_rule(resource.what("GroupId", group)))
    # Whatever group it is: what the rule opens is open.
    record = book.record("SecurityGroups", said(group)) or _stranger(book, said(group), resource)
    record[member].extend(permissions)


def _stranger(book: Book, group: str, resource: Resource) -> Record:
    """A group from elsewhere that a rule joins: what other rules it has, and who has it, is not known."""
    book.strangers.add(group)
    rest = {member: [_open_rule(rest_of(group))] for _rules, member in _RULES}
    return book.add("SecurityGroups", group, {"GroupId": group, **rest}, resource, named=False)


def _named(book: Book, block: Block, name: str) -> str | Unknown | None:
    """The group that a member calls by its name."""
    found = block.text(name)
    return found if found is None or isinstance(found, Unknown) else _by_name(book, found)


def _by_name(book: Book, name: str) -> str | Unknown:
    """The group of the default VPC that has this name, which only those without a VPC are in."""
    if isinstance(name, Handle) or book.record("SecurityGroups", name) is not None:
        return name
    for resource in book.of("AWS::EC2::SecurityGroup"):
        if resource.text("GroupName") == name and not resource.has("VpcId"):
            return resource.id
    return Unknown(f"group {name} of the default VPC")


def _permissions(book: Book, block: Block, doubt: str | None) -> Iterator[Record]:
    """The rule that a block is, as a permission for each peer; one whose ports are not known may allow any of them."""
    protocol, first, last = block.text("IpProtocol"), block.number("FromPort"), block.number("ToPort")
    named = "-1" if protocol is None or isinstance(protocol, Unknown) else protocol_of(block, "IpProtocol", protocol)
    parts = (("IpProtocol", protocol), ("FromPort", first), ("ToPort", last))
    ports = parts[1:] if named != "-1" else ()
    unknown = next((block.what(n, one) for n, one in (parts[0], *ports) if isinstance(one, Unknown)), doubt)
    # What is not a whole rule may be any part of it; of a rule that may not be there the ports are told.
    told: Record = {"IpProtocol": named}
    if named != "-1" and (unknown is None or unknown == doubt):
        told |= {"FromPort": first, "ToPort": last}
    for member, value, what in _peers(book, block):
        within = [value] if member in ("IpRanges", "Ipv6Ranges") else None
        if unknown is not None or not member:
            yield without_nothing({**told, "(unknown)": [without_nothing({"What": unknown or what, "Within": within})]})
        else:
            yield without_nothing({**told, member: [_peer(member, value, block)]})


def protocol_of(block: Block, name: str, found: str) -> str:
    """A protocol by name or number, -1 for all of them. Raises WrongError."""
    told = found.strip().lower()
    if told in ("-1", "all"):
        return "-1"
    try:
        protocol_number(told)
    except ValueError:
        raise wrong(block.where(name), "a protocol such as tcp, or its number", found) from None
    return told


def _peer(member: str, value: str, block: Block) -> Record:
    described = {"Description": block.shown("Description")}
    if member == "UserIdGroupPairs":
        owner = known(block.text("SourceSecurityGroupOwnerId"))
        record: Record = {"GroupId": value, "UserId": owner if str(owner).isdigit() else None, **described}
        return without_nothing(record)
    name = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6"}.get(member, "PrefixListId")
    return without_nothing({name: value, **described})


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
    named = _named(book, block, "SourceSecurityGroupName")
    if isinstance(named, Unknown):
        yield "", "", block.what("SourceSecurityGroupName", named)
    elif named is not None:
        yield "UserIdGroupPairs", said(named), ""


def _range(block: Block, name: str, found: str) -> str:
    try:
        return str(ip_network(found.strip(), strict=False))
    except ValueError:
        raise wrong(block.where(name), "an address range such as 203.0.113.0/24", found) from None


def default_of(book: Book, vpc: str) -> str | None:
    """The default group of a VPC, where the input has it."""
    for id_, entry in book.entries["SecurityGroups"].items():
        if entry.record.get("VpcId") == vpc and entry.record.get("GroupName") == "default":
            return id_
    return None


def vpc_of_groups(book: Book, block: Block, *names: str) -> str | None:
    """The VPC of the groups that a block names, as far as that is known."""
    for name in names:
        listed = block.texts(name)
        for one in [] if isinstance(listed, Unknown) else listed:
            record = book.record("SecurityGroups", one)
            if record is not None and "VpcId" in record:
                return str(record["VpcId"])
    return None


def groups_of_managed(block: Block, name: str) -> list[str]:
    """The groups of what AWS makes interfaces for, with what stands for one that is not known."""
    found = block.texts(name)
    return list(dict.fromkeys(said(one) for one in ([found] if isinstance(found, Unknown) else found)))


def group_ids(book: Book, block: Block, *names: str) -> list[str] | None:
    """The groups that a block names, None where one of them is not known: it may be any that is referred to."""
    found: list[str] = []
    for name in names:
        listed = block.texts(name)
        for one in [listed] if isinstance(listed, Unknown) else listed:
            if isinstance(one, Unknown):
                return None
            named = one if one.startswith("sg-") else _by_name(book, one)
            if isinstance(named, Unknown):
                return None
            found.append(named)
    return list(dict.fromkeys(found))


def groups_or_default(book: Book, block: Block, vpc: str, *names: str) -> list[Record] | None:
    """The groups of an interface; without any it gets its VPC's default group (EC2 API, RunInstances)."""
    found = group_ids(book, block, *names)
    if found is None:
        return None
    if not found:
        return [{"GroupId": default}] if (default := default_of(book, vpc)) is not None else None
    return [{"GroupId": one} for one in found]
