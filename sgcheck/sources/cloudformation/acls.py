"""Network ACLs, their entries, and the subnets that they guard."""

from __future__ import annotations

from typing import Final

from sgcheck.model.ref import NOT_YET
from sgcheck.sources.cloudformation.book import Book
from sgcheck.sources.cloudformation.groups import protocol_of
from sgcheck.sources.cloudformation.places import cidr_of, vpc_named
from sgcheck.sources.cloudformation.resource import Resource
from sgcheck.sources.cloudformation.values import Unknown, wrong
from sgcheck.sources.shapes import Record, without_nothing

TYPES: Final = {
    "AWS::EC2::NetworkAcl": "",
    "AWS::EC2::NetworkAclEntry": "",
    "AWS::EC2::SubnetNetworkAclAssociation": "",
}
_ACLS = "NetworkAcls"


def add_acls(book: Book) -> None:
    """Add the ACLs. One of which an entry's place in the order is not known says nothing about what it does."""
    for resource in book.of("AWS::EC2::NetworkAcl"):
        record: Record = {
            "NetworkAclId": resource.id,
            "VpcId": vpc_named(resource),
            "IsDefault": False,
            "Entries": [],
            "Associations": [],
            "Tags": resource.tags(),
        }
        book.add(_ACLS, resource.id, without_nothing(record), resource)
    for resource in book.of("AWS::EC2::NetworkAclEntry"):
        _entry(book, resource)
    for resource in book.of("AWS::EC2::SubnetNetworkAclAssociation"):
        _associate(book, resource)


def _entry(book: Book, resource: Resource) -> None:
    acl = resource.text("NetworkAclId")
    entry = _record(resource)
    if isinstance(acl, Unknown):
        book.note(f"{resource.what('NetworkAclId', acl)}: an entry of a network ACL that no template has")
    elif book.record(_ACLS, acl) is None:
        book.note(f"{resource.id}: an entry of {acl}, which is not in the input: left out")
    for id_, own in book.entries[_ACLS].items():
        may_be = acl.may_be(id_) if isinstance(acl, Unknown) else acl == id_
        if may_be and (entry is None or isinstance(acl, Unknown)):
            own.record.pop("Entries", None)
        elif may_be and entry is not None and "Entries" in own.record:
            own.record["Entries"].append(entry)
            book.say(id_, f"{'egress' if entry['Egress'] else 'ingress'} {entry['RuleNumber']}", resource)


def _record(resource: Resource) -> Record | None:
    """An entry, None where its number, direction or action is not known, so that nothing can be told of the list."""
    number, action, egress = resource.number("RuleNumber"), resource.text("RuleAction"), resource.flag("Egress")
    if not isinstance(number, int) or not isinstance(action, str) or isinstance(egress, Unknown):
        return None
    protocol, four, six = resource.text("Protocol"), cidr_of(resource, "CidrBlock"), cidr_of(resource, "Ipv6CidrBlock")
    if four is None and six is None:
        raise wrong(resource.where("CidrBlock"), "an address range, or one as Ipv6CidrBlock", None)
    ports, first, last = _pair(resource, "PortRange", "From", "To")
    icmp, kind, code = _pair(resource, "Icmp", "Type", "Code")
    found = [("Protocol", protocol), ("CidrBlock", four), ("Ipv6CidrBlock", six), ("PortRange", ports), ("Icmp", icmp)]
    unknown = next((resource.what(name, one) for name, one in found if isinstance(one, Unknown)), None)
    if unknown is None and resource.doubt is not None:
        unknown = resource.doubted
    whole = all(isinstance(one, int) for one in (first, last))
    told = protocol_of(resource, "Protocol", protocol) if isinstance(protocol, str) else "-1"
    return without_nothing(
        {
            "RuleNumber": number,
            "RuleAction": action.lower(),
            "Egress": bool(egress),
            "Protocol": told,
            "CidrBlock": four if isinstance(four, str) else None,
            "Ipv6CidrBlock": six if isinstance(six, str) and not isinstance(four, str) else None,
            "PortRange": {"From": first, "To": last} if whole else None,
            "IcmpTypeCode": {"Type": kind, "Code": code} if isinstance(kind, int) and isinstance(code, int) else None,
            "(unknown)": unknown,
        }
    )


def _pair(resource: Resource, name: str, first: str, second: str) -> tuple[Unknown | None, int | None, int | None]:
    """What is not known of a block of two numbers, and the numbers."""
    blocks = resource.blocks(name)
    block = blocks if isinstance(blocks, Unknown) else blocks[0] if blocks else None
    if isinstance(block, Unknown | None):
        return block, None, None
    one, other = block.number(first), block.number(second)
    unknown = next((part for part in (one, other) if isinstance(part, Unknown)), None)
    return unknown, one if isinstance(one, int) else None, other if isinstance(other, int) else None


def _associate(book: Book, resource: Resource) -> None:
    acl, subnet = resource.text("NetworkAclId"), resource.text("SubnetId")
    if isinstance(subnet, Unknown):
        book.note(f"{resource.what('SubnetId', subnet)}: which subnet it guards is not known")
    untold = isinstance(acl, Unknown) or resource.doubt is not None or book.record(_ACLS, acl) is None
    for id_ in book.entries["Subnets"]:
        if not (subnet.may_be(id_) if isinstance(subnet, Unknown) else subnet == id_):
            continue
        if untold or isinstance(subnet, Unknown):
            told = resource.what("NetworkAclId", acl) if isinstance(acl, Unknown) else f"{resource.id}: {acl} {NOT_YET}"
            _unguard(book, id_)
            record = {"NetworkAclId": told, "IsDefault": False, "Associations": []}
            found = book.add(_ACLS, told, record, resource, named=False)
        else:
            _unguard(book, id_)
            found = book.record(_ACLS, acl) or {}
        found.setdefault("Associations", []).append({"SubnetId": id_, "NetworkAclId": found["NetworkAclId"]})


def _unguard(book: Book, subnet: str) -> None:
    for entry in book.entries[_ACLS].values():
        entry.record["Associations"] = [a for a in entry.record.get("Associations", ()) if a["SubnetId"] != subnet]
