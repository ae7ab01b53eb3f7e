"""Network ACLs (EC2 API, NetworkAclEntry)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.aws.conversion.groups import port_range
from sgcheck.aws.conversion.makers import Makers
from sgcheck.aws.conversion.unique import Home, reading, unique
from sgcheck.aws.kept import kept
from sgcheck.aws.network_acl import NETWORK_ACL, NetworkAclEntry, NetworkAclRecord
from sgcheck.aws.record import name_of
from sgcheck.model.filters import FilterLine, RuleList
from sgcheck.packets import ICMP, ICMPV6, AddressSet, Services, icmp_span, protocol_number

if TYPE_CHECKING:
    from sgcheck.aws.pending import Doubts
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

LAST_OWN_RULE = 32766
"""Higher numbers are the closing denials (VPC user guide, custom-network-acl)."""


def add_acls(draft: Draft, snapshot: Snapshot, doubts: Doubts) -> None:
    """Add a maker for every ACL, and which one each subnet has."""
    found = unique(snapshot, NETWORK_ACL)
    draft.acls = Makers(found, lambda id_: _acl(*found[id_], doubts))
    draft.acl_of_subnet = kept(snapshot, "ACLs of subnets", str, lambda: _of_subnets(found))
    draft.default_acl = kept(
        snapshot,
        "default ACLs",
        str,
        lambda: {r.vpc_id: id_ for id_, (r, _home) in found.items() if r.is_default and r.vpc_id},
    )


def _of_subnets(found: Mapping[str, tuple[NetworkAclRecord, Home]]) -> dict[str, str]:
    return {
        association.subnet_id: id_
        for id_, (record, _home) in found.items()
        for association in record.associations or ()
        if association.subnet_id
    }


def _acl(record: NetworkAclRecord, home: Home, doubts: Doubts) -> RuleList:
    return RuleList(
        record.network_acl_id,
        record.vpc_id,
        home.region,
        name_of(record.tags),
        _lines(record, home, doubts, egress=False),
        _lines(record, home, doubts, egress=True),
    )


def _lines(record: NetworkAclRecord, home: Home, doubts: Doubts, *, egress: bool) -> tuple[FilterLine, ...] | None:
    if record.entries is None:
        return None
    place = f"NetworkAcls ({record.network_acl_id})"
    entries = [e for e in record.entries if e.egress is egress]
    made = [reading(home, f"{place} rule {e.rule_number}", partial(_line, e)) for e in entries]
    made = [part for line in made for part in _told_apart(line, doubts)]
    return tuple(sorted(made, key=lambda line: (line.number, line.label)))


def _told_apart(line: FilterLine, doubts: Doubts) -> list[FilterLine]:
    """A line without the addresses of which it is open whether it holds them, and lines for these."""
    if line.unresolved is not None:
        return [line]
    sure, open_ = doubts.split(line.peer)
    return [replace(line, peer=sure), *(replace(line, peer=peer, unresolved=what) for what, peer in open_)]


def _line(entry: NetworkAclEntry) -> FilterLine:
    cidr = entry.cidr_block or entry.ipv6_cidr_block
    if entry.unknown is not None:
        return FilterLine(
            f"rule {entry.rule_number}",
            entry_services(entry),
            AddressSet.parse(cidr) if cidr else AddressSet.ALL,
            unresolved=entry.unknown,
            allow=entry.rule_action.lower() == "allow",
            number=entry.rule_number,
        )
    if not cidr:
        raise ValueError("expected CidrBlock or Ipv6CidrBlock")
    label = f"rule {entry.rule_number}" if entry.rule_number <= LAST_OWN_RULE else f"rule * ({entry.rule_number})"
    allow = entry.rule_action.lower() == "allow"
    return FilterLine(label, entry_services(entry), AddressSet.parse(cidr), allow=allow, number=entry.rule_number)


def entry_services(entry: NetworkAclEntry) -> Services:
    """The services of an entry: ports count for 6 and 17, type and code for 1, and for 58 with an IPv6 range; else all.

    (EC2 API, CreateNetworkAclEntry: Protocol.)
    """
    if entry.protocol == "-1":
        return Services.ALL
    number = protocol_number(entry.protocol)
    if number == ICMP or (number == ICMPV6 and entry.ipv6_cidr_block):
        wanted = entry.icmp_type_code
        kind = -1 if wanted is None or wanted.type is None else wanted.type
        code = -1 if wanted is None or wanted.code is None or kind < 0 else wanted.code
        return Services.of(number, icmp_span(kind, code))
    ports = entry.port_range
    if number in (6, 17) and ports is not None and ports.from_port is not None and ports.from_port >= 0:
        last = ports.from_port if ports.to_port is None else ports.to_port
        return Services.of(number, port_range(ports.from_port, last))
    return Services.of(number)
