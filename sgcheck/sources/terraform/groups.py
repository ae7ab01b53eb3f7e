"""Security groups and their rules, of every generation: blocks in the group, and resources of their own.

A group whose configuration has no `egress` block ends with no egress rule: the provider removes the one that AWS makes
(documentation of the AWS provider, aws_security_group: "we will remove this default rule"). Where a group does not list
its rules, Terraform shows those that it found, which are also those of the rule resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from sgcheck.model.ref import OPEN, rest_of
from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book
from sgcheck.sources.terraform.places import vpc_or_doubt
from sgcheck.sources.terraform.references import References
from sgcheck.sources.terraform.resource import Block, Resource, Unknown

GROUPS: Final = ("aws_security_group", "aws_default_security_group")
LISTS: Final = ("aws_ec2_managed_prefix_list", "aws_vpc_endpoint", "aws_prefix_list")
RULES: Final = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
TYPES: Final = {
    "aws_security_group": "without an `egress` block it ends with no egress rule",
    "aws_default_security_group": "",
    "aws_security_group_rule": "",
    "aws_vpc_security_group_ingress_rule": "",
    "aws_vpc_security_group_egress_rule": "",
}
_TRAFFIC: Final = ("IpProtocol", "FromPort", "ToPort")
_FOUR, _SIX = "0.0.0.0/0", "::/0"


class Peer(msgspec.Struct, frozen=True):
    """Whom a rule allows. member: the list of a permission that holds it, empty where it is not known.

    within: of one that is not known, or whose ports are not, the range that it is of.
    """

    member: str
    value: str
    account: str | None = None
    within: str | None = None


class Rule(msgspec.Struct, frozen=True):
    """One rule with one peer."""

    egress: bool
    protocol: str
    from_port: int | None
    to_port: int | None
    peer: Peer

    def permission(self, description: str | None = None) -> Record:
        """It as a permission of AWS's."""
        record = self._permission()
        if description:
            for told in record.values():
                if isinstance(told, list) and self.peer.member:
                    told[0]["Description"] = description
        return record

    def _permission(self) -> Record:
        peer = self.peer
        record: Record = {"IpProtocol": self.protocol, "FromPort": self.from_port, "ToPort": self.to_port}
        match peer.member:
            case "":
                record["(unknown)"] = [{"What": peer.value, "Within": [peer.within] if peer.within else None}]
            case "IpRanges":
                record["IpRanges"] = [{"CidrIp": peer.value}]
            case "Ipv6Ranges":
                record["Ipv6Ranges"] = [{"CidrIpv6": peer.value}]
            case "PrefixListIds":
                record["PrefixListIds"] = [{"PrefixListId": peer.value}]
            case _:
                record["UserIdGroupPairs"] = [without_nothing({"GroupId": peer.value, "UserId": peer.account})]
        return without_nothing(record)

    def told(self, id_: str, group: str, description: str | None = None) -> Record:
        """It as a rule of AWS's with an id."""
        peer = self.peer
        members = {"IpRanges": "CidrIpv4", "Ipv6Ranges": "CidrIpv6", "PrefixListIds": "PrefixListId"}
        record: Record = {
            "SecurityGroupRuleId": id_,
            "GroupId": group,
            "Description": description,
            "IsEgress": self.egress,
            "IpProtocol": self.protocol,
            "FromPort": self.from_port,
            "ToPort": self.to_port,
        }
        if peer.member in members:
            record[members[peer.member]] = peer.value
        else:
            record["ReferencedGroupInfo"] = {"GroupId": peer.value}
        return without_nothing(record)


def add_groups(book: Book) -> None:
    """Add the groups with their rules, and the rules that have resources of their own under the address of these."""
    for resource in book.of(*GROUPS):
        record = {
            "GroupId": resource.id,
            "GroupName": "default" if resource.type == "aws_default_security_group" else resource.known("name"),
            "Description": resource.known("description"),
            "OwnerId": resource.home()[0],
            "VpcId": vpc_or_doubt(book, resource),
            "Tags": resource.tags(),
        }
        book.add("SecurityGroups", resource.id, without_nothing(record), resource)
    alone, homeless = _standalone(book, book.of(*RULES))
    before = [r for r in book.document.before or () if r.type in RULES]
    removed = {id_: set(found) for id_, found in _standalone(book, before)[0].items()}
    for resource in book.of(*GROUPS):
        own = alone.get(resource.id, {})
        gone = removed.get(resource.id, set()) - set(own)
        described = {rule: one.known("description") for rule, (one, _several) in own.items()}
        rules = {**dict(_inline(book, resource, gone)), **dict.fromkeys(homeless), **described}
        record = book.entries["SecurityGroups"][resource.id].record
        record["IpPermissions"] = [rule.permission(words) for rule, words in rules.items() if not rule.egress]
        record["IpPermissionsEgress"] = [rule.permission(words) for rule, words in rules.items() if rule.egress]
        for rule, (one, several) in own.items():
            if rule.peer.member:
                id_ = one.known("security_group_rule_id") or one.address
                id_ = f"{id_} ({rule.peer.value})" if several else id_
                book.add("SecurityGroupRules", id_, rule.told(id_, resource.id, described[rule]), one, named=False)
                book.say(resource.id, id_, one)
    for id_ in sorted(alone.keys() - book.entries["SecurityGroups"].keys()):
        _stranger(book, id_, alone[id_])
    _add_to_others(book, alone, removed)


def _stranger(book: Book, group: str, own: dict[Rule, tuple[Resource, bool]]) -> None:
    """Add a group from elsewhere that rules join: what other rules it has, and who has it, is not known."""
    rest = Peer("", rest_of(group))
    record: Record = {"GroupId": group}
    for egress in (False, True):
        unknown = Rule(egress, "-1", None, None, rest)
        record[_list_of(unknown)] = [unknown.permission()]
    for rule, (one, _several) in own.items():
        record[_list_of(rule)].append(rule.permission(one.known("description")))
        book.add("SecurityGroups", group, record, one, named=False)
        which = f"{one.address}: a rule of {group}, of which nothing else is in the input"
        book.notes.append(f"{group}: it may be a rule of any group" if group.endswith(OPEN) else which)
    book.strangers.add(group)


def _add_to_others(
    book: Book, alone: dict[str, dict[Rule, tuple[Resource, bool]]], removed: dict[str, set[Rule]]
) -> None:
    """Add rules to groups, and take them from groups, that are deployed and have no resource in the document."""
    for id_, entry in book.entries["SecurityGroups"].items():
        if entry.found is None:
            continue
        for rule in removed.get(id_, set()) - set(alone.get(id_, {})):
            for permission in entry.record.get(_list_of(rule), ()):
                _take_away(permission, rule.permission())
        for rule, (one, several) in alone.get(id_, {}).items():
            permissions = entry.record.setdefault(_list_of(rule), [])
            if not any(_allows(permission, rule.permission()) for permission in permissions):
                permissions.append(rule.permission(one.known("description")))
            if rule.peer.member:
                label = one.known("security_group_rule_id") or one.address
                label = f"{label} ({rule.peer.value})" if several else label
                book.add("SecurityGroupRules", label, rule.told(label, id_, one.known("description")), one, named=False)
                book.say(id_, label, one)


def _list_of(rule: Rule) -> str:
    return "IpPermissionsEgress" if rule.egress else "IpPermissions"


def _allows(permission: Record, wanted: Record) -> bool:
    """Whether a permission that is there already has the peer of another one, for the same traffic."""
    if any(permission.get(name) != wanted.get(name) for name in _TRAFFIC):
        return False
    for name, peers in wanted.items():
        if name not in _TRAFFIC:
            own = {next(iter(peer.values())) for peer in peers}
            return any(not own.isdisjoint(one.values()) for one in permission.get(name) or () if isinstance(one, dict))
    return False


def _take_away(permission: Record, wanted: Record) -> None:
    if any(permission.get(name) != wanted.get(name) for name in _TRAFFIC):
        return
    for name, peers in wanted.items():
        if name not in _TRAFFIC:
            own = {next(iter(peer.values())) for peer in peers}
            kept = [one for one in permission.get(name, ()) if own.isdisjoint(one.values())]
            permission[name] = kept


def _standalone(
    book: Book, resources: Iterable[Resource]
) -> tuple[dict[str, dict[Rule, tuple[Resource, bool]]], list[Rule]]:
    """The rules by group, each with its resource and whether that has several; and those that may be of any group.

    A group that is not known is called by what is not known of the rule.
    """
    found: dict[str, dict[Rule, tuple[Resource, bool]]] = {}
    homeless: list[Rule] = []
    for resource in resources:
        group = book.references.one(resource, "security_group_id", GROUPS)
        rules = list(_of_rule(book.references, resource, group if isinstance(group, str) else ""))
        if group is not None:
            name = group if isinstance(group, str) else group.what
            found.setdefault(name, {}).update({rule: (resource, len(rules) > 1) for rule in rules})
        if isinstance(group, Unknown):
            peer = Peer("", group.what)
            homeless += [msgspec.structs.replace(rule, peer=peer) for rule in rules]
    return found, homeless


def _inline(book: Book, resource: Resource, gone: set[Rule]) -> Iterator[tuple[Rule, str | None]]:
    """The rules of the group's own blocks with what they are for, without those of rule resources that will be gone."""
    for name, egress in (("ingress", False), ("egress", True)):
        blocks = resource.blocks(name)
        listed = resource.has(name)
        if isinstance(blocks, Unknown):
            if listed or not resource.created:
                yield Rule(egress, "-1", None, None, Peer("", blocks.what)), None
            continue
        for block in blocks:
            told = block.text("description")
            for rule in _of_block(book.references, resource, block, name, egress=egress):
                if listed or rule not in gone:
                    yield rule, told if isinstance(told, str) else None


def _of_block(references: References, resource: Resource, block: Block, name: str, *, egress: bool) -> Iterator[Rule]:
    groups = block.texts("security_groups")
    if isinstance(groups, Unknown) or any(isinstance(one, Unknown) for one in groups):
        known = [] if isinstance(groups, Unknown) else [one for one in groups if isinstance(one, str)]
        only = references.named(resource, name, GROUPS)
        unknown = groups if isinstance(groups, Unknown) else next(one for one in groups if isinstance(one, Unknown))
        groups = [*known, only or unknown]
    if block.get("self") is True:
        groups = [*groups, resource.id]
    peers = [
        *_peers("IpRanges", block.texts("cidr_blocks"), _FOUR),
        *_peers("Ipv6Ranges", block.texts("ipv6_cidr_blocks"), _SIX),
        *_peers("PrefixListIds", block.texts("prefix_list_ids"), None),
        *_peers("UserIdGroupPairs", groups, None),
    ]
    yield from _rules(block.text("protocol"), block.number("from_port"), block.number("to_port"), peers, egress=egress)


def _of_rule(references: References, resource: Resource, group: str) -> Iterator[Rule]:
    if resource.type == "aws_security_group_rule":
        egress = resource.known("type") == "egress"
        protocol = resource.text("protocol")
        source = references.one(resource, "source_security_group_id", GROUPS)
        if isinstance(source, Unknown) and not resource.has("source_security_group_id"):
            source = None
        groups = [source] if source is not None else []
        if resource.get("self") is True:
            groups = [group]
        peers = [
            *_peers("IpRanges", resource.texts("cidr_blocks"), _FOUR),
            *_peers("Ipv6Ranges", resource.texts("ipv6_cidr_blocks"), _SIX),
            *_peers("PrefixListIds", references.many(resource, "prefix_list_ids", LISTS), None),
            *_peers("UserIdGroupPairs", groups, None),
        ]
    else:
        egress = resource.type == "aws_vpc_security_group_egress_rule"
        protocol = resource.text("ip_protocol")
        peers = [
            *_peers("IpRanges", _some(resource.text("cidr_ipv4")), _FOUR),
            *_peers("Ipv6Ranges", _some(resource.text("cidr_ipv6")), _SIX),
            *_peers("PrefixListIds", _some(references.one(resource, "prefix_list_id", LISTS)), None),
            *_peers("UserIdGroupPairs", _some(references.one(resource, "referenced_security_group_id", GROUPS)), None),
        ]
    yield from _rules(protocol, resource.number("from_port"), resource.number("to_port"), peers, egress=egress)


def _some(value: str | Unknown | None) -> list[str | Unknown]:
    return [] if value is None else [value]


def _peers(member: str, values: list[Any] | Unknown, within: str | None) -> Iterator[Peer]:
    for value in [values] if isinstance(values, Unknown) else values:
        if isinstance(value, Unknown):
            yield Peer("", value.what, within=within)
            continue
        account, slash, id_ = value.partition("/")
        if member == "UserIdGroupPairs" and slash and account.isdigit():
            yield Peer(member, id_, account)
        else:
            yield Peer(member, value)


def _rules(
    protocol: str | Unknown | None,
    first: int | Unknown | None,
    last: int | Unknown | None,
    peers: list[Peer],
    *,
    egress: bool,
) -> Iterator[Rule]:
    """A rule for each peer; one whose ports are not known may allow any of them."""
    unknown = next((one for one in (protocol, first, last) if isinstance(one, Unknown)), None)
    wide = isinstance(protocol, Unknown) or protocol in (None, "-1", "all")
    named = "-1" if wide else str(protocol).lower()
    ports = (None, None) if wide or unknown is not None else (first, last)
    for peer in peers:
        if unknown is not None and peer.member:
            ranged = peer.member in ("IpRanges", "Ipv6Ranges")
            allowed = Peer("", unknown.what, within=peer.value if ranged else None)
        else:
            allowed = peer
        low, high = (one if isinstance(one, int) else None for one in ports)
        yield Rule(egress, named, low, high, allowed)
