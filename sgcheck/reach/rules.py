"""Rules that can be taken away: entries of groups and network ACLs, and routes, each with the edit that does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.edit import Closing, RemoveFromAcl, RemoveFromGroup, RemoveRoute
from sgcheck.model.filters import Way
from sgcheck.model.routing import Via

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.packets import AddressSet
    from sgcheck.reach.words import Words


class Rule(msgspec.Struct, frozen=True):
    """One rule as people find it.

    kind: `security-group`, `network-acl` or `route-table`; resource, name: of that. way: None for a route. label: the
    rule's id, number or content; allows: what it lets pass, in words. commands: what takes it away.
    """

    kind: str
    resource: str
    name: str | None
    way: str | None
    label: str
    allows: str
    commands: tuple[str, ...]


def told(network: Network, words: Words, edit: Closing) -> Rule:
    """The rule that an edit takes away."""
    commands = network.vocabulary.commands(edit, network)
    match edit:
        case RemoveFromGroup():
            group = network.groups[edit.group]
            allows = words.line(edit.line, edit.way)
            return Rule("security-group", group.id, group.name, edit.way.value, edit.line.label, allows, commands)
        case RemoveFromAcl():
            acl = network.acls[edit.acl]
            allows = words.line(edit.line, edit.way)
            return Rule("network-acl", acl.id, acl.name, edit.way.value, edit.line.label, allows, commands)
        case RemoveRoute():
            table = network.tables[edit.table]
            return Rule("route-table", table.id, table.name, None, edit.route.text, edit.route.text, commands)


def rule_order(edit: Closing) -> tuple[object, ...]:
    """Sorts what lets somebody in before what lets him out, groups before network ACLs, routes last."""
    match edit:
        case RemoveFromGroup():
            line = edit.line
            return (0, edit.way is Way.EGRESS, edit.group, line.label, line.reference.group if line.reference else "")
        case RemoveFromAcl():
            return (1, edit.way is Way.EGRESS, edit.acl, str(edit.line.number).zfill(6), edit.line.label)
        case RemoveRoute():
            route = edit.route
            return (2, False, edit.table, route.text, str(route.origin.value))


def of_groups(network: Network, interfaces: Iterable[Interface], way: Way) -> list[RemoveFromGroup]:
    """Every rule of the interfaces' groups that looks `way`."""
    ids = {g for i in interfaces if i.filtered for g in i.groups or () if g in network.groups}
    return [RemoveFromGroup(g, way, line) for g in sorted(ids) for line in network.groups[g].lines(way) or ()]


def of_acls(network: Network, interfaces: Iterable[Interface]) -> Iterator[RemoveFromAcl]:
    """Every entry that allows anything in the network ACLs of the interfaces' subnets."""
    subnets = {i.subnet for i in interfaces if i.subnet in network.subnets}
    acls = {acl.id: acl for s in subnets if (acl := network.acl_for(network.subnets[s])) is not None}
    for id_ in sorted(acls):
        for way in Way:
            yield from (RemoveFromAcl(id_, way, line) for line in acls[id_].lines(way) or () if line.allow)


def of_tables(network: Network, interfaces: Iterable[Interface], addresses: AddressSet) -> Iterator[RemoveRoute]:
    """Every route that can be deleted from the tables of the interfaces' subnets, and that any of `addresses` takes."""
    subnets = {i.subnet for i in interfaces if i.subnet in network.subnets}
    tables = {t.id: t for s in subnets if (t := network.table_for(network.subnets[s])) is not None}
    for id_ in sorted(tables):
        routes = dict.fromkeys(route for route, _part in tables[id_].lookup(addresses))
        deletable = (r for r in routes if r is not None and r.via is not Via.LOCAL and not r.dead)
        yield from (RemoveRoute(id_, route) for route in deletable)
