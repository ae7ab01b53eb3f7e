"""Security groups: every rule becomes one line (EC2 API, IpPermission and SecurityGroupRule)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.makers import Either, Makers
from sgcheck.aws.conversion.prefixes import PrefixLists
from sgcheck.aws.conversion.unique import Home, made_unique, reading, unique
from sgcheck.aws.kept import kept
from sgcheck.aws.record import name_of
from sgcheck.aws.security_group import SECURITY_GROUP, IpPermission, SecurityGroupRecord, UserIdGroupPair
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE, SecurityGroupRuleRecord
from sgcheck.model.filters import FilterLine, GroupReference, RuleSet
from sgcheck.packets import ICMP, ICMPV6, AddressSet, IntervalSet, Services, icmp_span, protocol_number

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

WITH_PORTS = (6, 17)
LAST_PORT = 65535
WITH_TYPES = (ICMP, ICMPV6)
RuleKey = tuple[bool, str, int, int, str]
Rules = tuple[list[SecurityGroupRuleRecord], Home]


def add_groups(draft: Draft, snapshot: Snapshot, lists: PrefixLists) -> None:
    """Add a maker for every group; groups that only rules tell of are made from those."""
    records = unique(snapshot, SECURITY_GROUP)
    rules = kept(snapshot, "rules of groups", Rules, partial(_rules, snapshot))
    draft.groups = Makers(Either(records, lambda: rules), partial(_made, records, rules, lists))
    draft.group_names = kept(
        snapshot,
        "names of groups",
        str,
        lambda: {id_: r.group_name for id_, (r, _home) in records.items() if r.group_name},
    )


def _rules(snapshot: Snapshot) -> dict[str, Rules]:
    """The rules that are told one by one, by group."""
    found: dict[str, Rules] = {}
    for rule, home in made_unique(snapshot, SECURITY_GROUP_RULE).values():
        found.setdefault(rule.group_id, ([], home))[0].append(rule)
    return found


def _made(
    records: Mapping[str, tuple[SecurityGroupRecord, Home]], rules: Mapping[str, Rules], lists: PrefixLists, id_: str
) -> RuleSet:
    told = rules.get(id_)
    if id_ in records:
        record, home = records[id_]
        place, make = f"SecurityGroups ({id_})", partial(_group, record, home, told[0] if told else None, lists)
    else:
        found, home = rules[id_]
        place, make = f"SecurityGroupRules of {id_}", partial(_from_rules, id_, found, home, lists)
    return reading(home, place, make)


def _group(
    record: SecurityGroupRecord, home: Home, rules: list[SecurityGroupRuleRecord] | None, lists: PrefixLists
) -> RuleSet:
    labels = {_rule_key(rule): rule.security_group_rule_id for rule in rules or ()}
    ingress = _lines(record.ip_permissions, labels, lists, egress=False)
    egress = _lines(record.ip_permissions_egress, labels, lists, egress=True)
    if rules is not None:
        ingress = ingress if ingress is not None else _rule_lines(rules, lists, egress=False)
        egress = egress if egress is not None else _rule_lines(rules, lists, egress=True)
    name = record.group_name or name_of(record.tags)
    return RuleSet(record.group_id, record.vpc_id, home.account, home.region, name, ingress, egress)


def _from_rules(id_: str, rules: list[SecurityGroupRuleRecord], home: Home, lists: PrefixLists) -> RuleSet:
    ingress = _rule_lines(rules, lists, egress=False)
    egress = _rule_lines(rules, lists, egress=True)
    account = next((r.group_owner_id for r in rules if r.group_owner_id), home.account)
    return RuleSet(id_, None, account, home.region, None, ingress, egress)


def _lines(
    permissions: list[IpPermission] | None,
    labels: dict[RuleKey, str],
    lists: PrefixLists,
    *,
    egress: bool,
) -> tuple[FilterLine, ...] | None:
    if permissions is None:
        return None
    made: list[FilterLine] = []
    for permission in permissions:
        protocol = permission.ip_protocol
        services, content = _said(egress, protocol, permission.from_port, permission.to_port)
        for peer, reference in _peers(permission):
            key = _key(egress, protocol, permission.from_port, permission.to_port, peer)
            label = labels.get(key) or content + peer
            made += _told(label, services, peer, reference, lists)
        for unknown in permission.unknown_peers or ():
            far = AddressSet.ALL if unknown.within is None else AddressSet.parse(*unknown.within)
            made.append(FilterLine(f"{content}{unknown.what}", services, far, unresolved=unknown.what))
    return tuple(sorted(made, key=_order))


def _rule_lines(rules: list[SecurityGroupRuleRecord], lists: PrefixLists, *, egress: bool) -> tuple[FilterLine, ...]:
    made: list[FilterLine] = []
    for rule in rules:
        if bool(rule.is_egress) is not egress:
            continue
        services, _content = _said(egress, rule.ip_protocol, rule.from_port, rule.to_port)
        info = rule.referenced_group_info
        reference = None
        if info is not None and info.group_id:
            stale = _stale(info.peering_status)
            reference = GroupReference(info.group_id, info.user_id, info.vpc_id, info.vpc_peering_connection_id, stale)
        peer = _rule_peer(rule)
        made += _told(rule.security_group_rule_id, services, peer, reference, lists)
    return tuple(sorted(made, key=_order))


def _order(line: FilterLine) -> tuple[str, str]:
    return line.label, line.reference.group if line.reference else ""


def _peers(permission: IpPermission) -> list[tuple[str, GroupReference | None]]:
    found: list[tuple[str, GroupReference | None]] = [
        (r.cidr_ip, None) for r in permission.ip_ranges or () if r.cidr_ip
    ]
    found += [(r.cidr_ipv6, None) for r in permission.ipv6_ranges or () if r.cidr_ipv6]
    found += [(r.prefix_list_id, None) for r in permission.prefix_list_ids or () if r.prefix_list_id]
    found += [(p.group_id, _reference(p)) for p in permission.user_id_group_pairs or () if p.group_id]
    return found


def _reference(pair: UserIdGroupPair) -> GroupReference:
    """A group pair; of a deleted group in another VPC the user id is not returned (EC2 API, UserIdGroupPair)."""
    stale = _stale(pair.peering_status)
    if stale is None and pair.vpc_id is not None and pair.user_id is None:
        stale = "the group has been deleted"
    return GroupReference(pair.group_id or "", pair.user_id, pair.vpc_id, pair.vpc_peering_connection_id, stale)


def _stale(peering_status: str | None) -> str | None:
    if peering_status in (None, "active"):
        return None
    return f"the peering connection behind it is {peering_status}"


def _told(
    label: str, services: Services, peer: str, reference: GroupReference | None, lists: PrefixLists
) -> Iterator[FilterLine]:
    """The line of a rule, without addresses of which it is open whether it holds them, and lines for these."""
    line = _line(label, services, peer, reference, lists)
    if reference is not None or line.unresolved is not None:
        yield line
        return
    sure, open_ = lists.doubts.split(line.peer)
    yield line if sure is line.peer else FilterLine(label, services, sure)
    for what, address in open_:
        yield FilterLine(label, services, address, unresolved=what)


def _line(
    label: str,
    services: Services,
    peer: str,
    reference: GroupReference | None,
    lists: PrefixLists,
) -> FilterLine:
    if reference is not None:
        return FilterLine(label, services, AddressSet.EMPTY, reference)
    if peer.startswith("pl-") or peer in lists.known:
        entries = lists.entries.get(peer)
        if entries is None:
            return FilterLine(label, services, lists.anything(peer), unresolved=peer)
        return FilterLine(label, services, entries)
    return FilterLine(label, services, AddressSet.parse(peer))


def rule_services(protocol: str | None, from_port: int | None, to_port: int | None) -> Services:
    """The services of a rule: `-1` is everything, ports count for TCP and UDP, type and code for ICMP, else none do.

    -1 or no port means all of them (EC2 API, IpPermission: IpProtocol, FromPort, ToPort).
    """
    if protocol in (None, "-1"):
        return Services.ALL
    number = protocol_number(str(protocol))
    if number in WITH_TYPES:
        kind = -1 if from_port is None else from_port
        return Services.of(number, icmp_span(kind, -1 if to_port is None or kind < 0 else to_port))
    if number in WITH_PORTS and from_port is not None and from_port >= 0:
        return Services.of(number, port_range(from_port, from_port if to_port is None or to_port < 0 else to_port))
    return Services.of(number)


def port_range(first: int, last: int) -> IntervalSet:
    """Ports from `first` to `last`. Raises ValueError where these are none."""
    if not 0 <= first <= last <= LAST_PORT:
        raise ValueError(f"ports {first} to {last}: expected a range within 0 to {LAST_PORT}")
    return IntervalSet.of((first, last))


def _key(egress: bool, protocol: str | None, from_port: int | None, to_port: int | None, peer: str) -> RuleKey:
    if protocol in (None, "-1"):
        return egress, "-1", -1, -1, peer
    low = -1 if from_port is None else from_port
    return egress, str(protocol), low, -1 if to_port is None else to_port, peer


def _rule_key(rule: SecurityGroupRuleRecord) -> RuleKey:
    return _key(bool(rule.is_egress), rule.ip_protocol, rule.from_port, rule.to_port, _rule_peer(rule))


def _rule_peer(rule: SecurityGroupRuleRecord) -> str:
    group = rule.referenced_group_info.group_id if rule.referenced_group_info else None
    return rule.cidr_ipv4 or rule.cidr_ipv6 or rule.prefix_list_id or group or ""


@lru_cache(maxsize=4096)
def _said(egress: bool, protocol: str | None, from_port: int | None, to_port: int | None) -> tuple[Services, str]:
    """The services of a rule, and what names it without an id, up to its peer. Raises ValueError."""
    services = rule_services(protocol, from_port, to_port)
    way, word = ("egress", "to") if egress else ("ingress", "from")
    return services, f"{way} {', '.join(services.describe())} {word} "
