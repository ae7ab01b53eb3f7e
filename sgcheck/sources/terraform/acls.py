"""Network ACLs, their entries, and the subnets that they guard."""

from __future__ import annotations

from typing import Any, Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book
from sgcheck.sources.terraform.places import SUBNETS, owner_of, vpc_or_doubt
from sgcheck.sources.terraform.resource import Block, Resource, Unknown

ACLS: Final = ("aws_network_acl", "aws_default_network_acl")
TYPES: Final = {
    "aws_network_acl": "",
    "aws_default_network_acl": "",
    "aws_network_acl_rule": "",
    "aws_network_acl_association": "",
}


def add_acls(book: Book) -> None:
    """Add the ACLs. Where it is open which subnet or ACL is meant, what depends on it is left out, and so unknown."""
    guarded: dict[str, str] = {}
    lost: list[str] = []
    for resource in book.of(*ACLS):
        entries, taken = _inline(resource), resource.type == "aws_default_network_acl"
        record = {
            "NetworkAclId": resource.id,
            "VpcId": owner_of(book, resource, "default_network_acl_id") if taken else vpc_or_doubt(book, resource),
            "OwnerId": resource.home()[0],
            "IsDefault": taken or _is_default(book, resource),
            "Entries": entries,
            "Associations": [],
            "Tags": resource.tags(),
        }
        book.add("NetworkAcls", resource.id, {k: v for k, v in record.items() if v is not None}, resource)
        subnets = book.references.many(resource, "subnet_ids", SUBNETS)
        if isinstance(subnets, Unknown):
            if resource.has("subnet_ids"):
                lost.append(subnets.what)
            continue
        lost += [one.what for one in subnets if isinstance(one, Unknown)]
        guarded.update({one: resource.id for one in subnets if isinstance(one, str)})
        for one in subnets:
            book.say(str(one), "network ACL", resource)
    _add_rules(book)
    for resource in book.of("aws_network_acl_association"):
        acl = book.references.one(resource, "network_acl_id", ACLS)
        subnet = book.references.one(resource, "subnet_id", SUBNETS)
        if isinstance(acl, str) and isinstance(subnet, str):
            guarded[subnet] = acl
            book.say(subnet, "network ACL", resource)
        else:
            lost += [one.what for one in (acl, subnet) if isinstance(one, Unknown)]
    for subnet, acl in guarded.items():
        own = book.record("NetworkAcls", acl)
        if own is not None:
            own.setdefault("Associations", []).append({"SubnetId": subnet, "NetworkAclId": acl})
    _guard_the_rest(book, guarded, lost)


def _guard_the_rest(book: Book, guarded: dict[str, str], lost: list[str]) -> None:
    """No default for anybody where a subnet may have another ACL that is not known."""
    unknown = any(acl not in book.entries["NetworkAcls"] for acl in guarded.values())
    if lost or unknown:
        book.notes += [f"{what}: which network ACL guards the other subnets is open" for what in lost]
        for entry in book.entries["NetworkAcls"].values():
            entry.record["IsDefault"] = False


def _is_default(book: Book, resource: Resource) -> bool:
    return any(vpc.values.get("default_network_acl_id") == resource.id for vpc in book.of("aws_vpc", "aws_default_vpc"))


def _inline(resource: Resource) -> list[Record] | None:
    entries = []
    for name, egress in (("ingress", False), ("egress", True)):
        blocks = resource.blocks(name)
        if isinstance(blocks, Unknown):
            if resource.has(name) or not resource.created:
                return None
            continue
        for block in blocks:
            entry = _entry(block, block.number("rule_no"), block.get("action"), egress=egress)
            if entry is None:
                return None
            entries.append(entry)
    return entries


def _add_rules(book: Book) -> None:
    for resource in book.leaving("aws_network_acl_rule"):
        record = book.record("NetworkAcls", resource.known("network_acl_id"))
        gone = resource.number("rule_number"), resource.values.get("egress") is True
        if record is not None and record.get("Entries") is not None:
            record["Entries"] = [e for e in record["Entries"] if (e["RuleNumber"], e["Egress"]) != gone]
    for resource in book.of("aws_network_acl_rule"):
        acl = book.references.one(resource, "network_acl_id", ACLS)
        whole = Block(resource.address, "rule", resource.values, resource.unknown)
        entry = _entry(
            whole,
            resource.number("rule_number"),
            resource.get("rule_action"),
            egress=resource.values.get("egress") is True,
        )
        if isinstance(acl, Unknown):
            book.notes.append(f"{acl.what}: it may be a rule of any network ACL")
        for entry_ in book.entries["NetworkAcls"].values():
            own = entry_.record.get("Entries")
            if isinstance(acl, Unknown) or (acl == entry_.id and entry is None):
                entry_.record.pop("Entries", None)
            elif acl == entry_.id and own is not None and entry is not None:
                key = entry["RuleNumber"], entry["Egress"]
                entry_.record["Entries"] = [e for e in own if (e["RuleNumber"], e["Egress"]) != key] + [entry]
                way = "egress" if entry["Egress"] else "ingress"
                book.say(entry_.id, f"{way} {entry['RuleNumber']}", resource)


def _entry(block: Block, number: int | Unknown | None, action: Any, *, egress: bool) -> Record | None:
    """An entry, None where its number or action is not known, so that nothing can be told of the whole list."""
    protocol = block.text("protocol")
    if not isinstance(number, int) or not isinstance(action, str) or protocol is None:
        return None
    four, six = block.text("cidr_block"), block.text("ipv6_cidr_block")
    first, last = block.number("from_port"), block.number("to_port")
    kind, code = block.number("icmp_type"), block.number("icmp_code")
    parts = (protocol, four, six, first, last, kind, code)
    unknown = next((one for one in parts if isinstance(one, Unknown)), None)
    plain = {
        "From": first if isinstance(first, int) else None,
        "To": last if isinstance(last, int) else None,
    }
    named = "-1" if isinstance(protocol, Unknown) or protocol == "all" else protocol.lower()
    open_ports = isinstance(first, Unknown) or isinstance(last, Unknown)
    return without_nothing(
        {
            "RuleNumber": number,
            "RuleAction": action.lower(),
            "Egress": egress,
            "Protocol": named,
            "CidrBlock": four if isinstance(four, str) else None,
            "Ipv6CidrBlock": six if isinstance(six, str) and not isinstance(four, str) else None,
            "PortRange": None if named == "-1" or open_ports else plain,
            "IcmpTypeCode": {"Type": kind, "Code": code} if isinstance(kind, int) and isinstance(code, int) else None,
            "(unknown)": unknown.what if unknown else None,
        }
    )
