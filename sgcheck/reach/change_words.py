"""One line of words for each change of a network."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from sgcheck.packets import AddressSet
from sgcheck.reach.inventory import LINKS

SHOWN = 4
Say = Callable[[int, int], str]
"""Writes an address, given its family and value."""
WAYS = {"ingress": ("inbound", "from"), "egress": ("outbound", "to")}
FIELDS = {
    "groups": "security groups",
    "in_use": "in use",
    "forwards": "forwards for others (source/destination check off)",
    "filtered": "has security groups",
    "public_access": "public access",
    "blocks_internet_ipv6": "blocks IPv6 from the internet",
    "prefixes": "delegated prefixes",
    "zone_id": "zone id",
    "cross_zone": "cross-zone balancing",
    "policy": "firewall policy",
    "told": "association told",
    "ipv6": "IPv6 support",
    "references": "security group references",
    "appliance": "appliance mode",
    "keeps_client": "keeps the client's address",
    "vpc": "VPC",
}


def thing_words(kind: str, thing: Any, *, added: bool) -> str:
    """A whole thing that is new or gone."""
    del thing
    return f"{_spoken(kind)} {'added' if added else 'removed'}"


SERVICES = {
    "rds": "database",
    "lambda": "function",
    "ecs": "ECS service",
    "eks": "EKS cluster",
    "elasticache": "cache",
    "redshift": "Redshift cluster",
    "opensearch": "OpenSearch domain",
    "efs": "file system",
}
"""What the kinds of managed services are, for people."""


def _spoken(kind: str) -> str:
    if kind in SERVICES:
        return SERVICES[kind]
    capitals = {"vpc": "VPC", "acl": "ACL", "nat": "NAT", "vpn": "VPN"}
    return " ".join(capitals.get(word, word) for word in kind.split("-"))


def link_words(table: str, one: str | None, other: str | None) -> str:
    """What a thing has of something else."""
    what = LINKS[table][1]
    if one is None:
        return f"{what} {other} associated"
    return f"{what} {one} no longer associated" if other is None else f"{what}: {one} became {other}"


def field_words(field: str, one: Any, other: Any) -> str:
    """Another value."""
    name = FIELDS.get(field, field.replace("_", " "))
    if field in ("ingress", "egress"):
        name = f"{WAYS[field][0]} rules"
    old, new = value_words(one), value_words(other)
    if field == "vpc" and None in (one, other):
        return f"attached to {new}" if one is None else f"no longer attached to {old}"
    if old is None or new is None or old == new:
        return f"{name} changed"
    return f"{name}: {old} became {new}"


def value_words(value: Any) -> str | None:
    """A value for people, None where it takes too many words."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, AddressSet):
        return addresses(value)
    if isinstance(value, tuple | frozenset) and all(isinstance(each, str) for each in value):
        return some(sorted(value)) or "none"
    return None


def addresses(value: AddressSet) -> str:
    """Addresses as CIDRs."""
    return some([cidr.removesuffix("/32").removesuffix("/128") for cidr in value.cidrs()]) or "none"


def some(words: list[str] | tuple[str, ...]) -> str:
    """A list, cut when it is long."""
    if len(words) <= SHOWN:
        return ", ".join(words)
    return ", ".join(words[:SHOWN]) + f" and {len(words) - SHOWN} more"


def element_words(table: str, field: str, one: tuple[Any, ...], other: tuple[Any, ...], say: tuple[Say, Say]) -> str:
    """An element that is new, gone or another; `say` writes addresses as they were, and as they are."""
    kind, told = _TOLD[table, field]
    kind = f"{WAYS[field][0]} {kind}" if field in WAYS else kind
    if table == "interfaces" and field == "addresses" and one and other:
        return _address_change(one[0], other[0], say)
    pairs = zip((one, other), say, strict=True)
    old, new = (some([told(field, each, write) for each in those]) for those, write in pairs)
    if not one:
        return f"{kind} added: {new}"
    if not other:
        return f"{kind} removed: {old}"
    return f"{kind} changed: {old} became {new}"


def line_words(field: str, line: Any, say: Say | None = None) -> str:
    """What a rule allows: "22/tcp from 0.0.0.0/0"."""
    del say
    named = line.reference.group if line.reference is not None else line.unresolved
    peer = named or addresses(line.peer)
    return f"{some(line.services.describe())} {WAYS[field][1]} {peer}"


def _entry_words(field: str, line: Any, say: Say) -> str:
    del say
    return f"{line.number} {'allows' if line.allow else 'denies'} {line_words(field, line)}"


def _route_words(field: str, route: Any, say: Say) -> str:
    del field, say
    return f"{route.text} (blackhole)" if route.dead else str(route.text)


def _address_words(field: str, address: Any, say: Say) -> str:
    del field
    own = say(address.family, address.value)
    return own if address.public is None else f"{own}, public {say(4, address.public)}"


def _address_change(one: Any, other: Any, say: tuple[Say, Say]) -> str:
    own = say[1](one.family, one.value)
    was, now = (None if a.public is None else write(4, a.public) for a, write in zip((one, other), say, strict=True))
    if one.public == other.public:
        return f"address {own} is {'now' if other.primary else 'no longer'} the primary one"
    if one.public is None:
        return f"public address added: {now} for {own}"
    if other.public is None:
        return f"public address removed: {was} for {own}"
    return f"public address of {own}: {was} became {now}"


def _group_words(field: str, group: str, say: Say) -> str:
    del field, say
    return group


def _listener_words(field: str, listener: Any, say: Say) -> str:
    del field, say
    return f"{some(listener.services.describe())} to {some(listener.pools) or 'nothing'}"


def _target_words(field: str, target: Any, say: Say) -> str:
    del field, say
    return f"{target.label} ({target.standing.value})"


_TOLD = {
    ("groups", "ingress"): ("rule", line_words),
    ("groups", "egress"): ("rule", line_words),
    ("acls", "ingress"): ("entry", _entry_words),
    ("acls", "egress"): ("entry", _entry_words),
    ("tables", "routes"): ("route", _route_words),
    ("tables", "open_routes"): ("route", _route_words),
    ("transit_tables", "routes"): ("route", _route_words),
    ("transit_tables", "open_routes"): ("route", _route_words),
    ("interfaces", "groups"): ("security group", _group_words),
    ("interfaces", "addresses"): ("address", _address_words),
    ("balancers", "listeners"): ("listener", _listener_words),
    ("pools", "targets"): ("target", _target_words),
}
