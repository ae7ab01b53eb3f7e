"""Edits: the smallest changes of a network, as facts. What a provider's commands for them are, its vocabulary says."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from sgcheck.model.filters import FilterLine, GroupReference, RuleList, Way
from sgcheck.model.routing import Origin, Route, Via, sorted_routes
from sgcheck.packets import AddressSet, Services, parse_cidr

if TYPE_CHECKING:
    from sgcheck.model.network import Network


class AllowInGroup(msgspec.Struct, frozen=True):
    """Add one allow rule to a group: `services` to or from one `cidr`, or members of `group`."""

    group: str
    way: Way
    services: Services
    cidr: str | None
    reference: str | None = None
    reference_account: str | None = None


class AllowInAcl(msgspec.Struct, frozen=True):
    """Insert one allow entry into a network ACL, before whatever denies now.

    number: its place. shifted: entries (old number, new number) that must move up by one each to make room, highest
    first.
    """

    acl: str
    way: Way
    number: int
    services: Services
    cidr: str
    shifted: tuple[tuple[int, int], ...] = ()


class SetRoute(msgspec.Struct, frozen=True):
    """Make the table's route for `cidr` lead to `target`; `replace` where it has one for this destination already."""

    table: str
    cidr: str
    via: Via
    target: str
    replace: bool


class Propagate(msgspec.Struct, frozen=True):
    """Let an attachment of `vpc` install its routes in a table of a transit gateway."""

    table: str
    attachment: str
    gateway: str
    vpc: str


class AssociateAttachment(msgspec.Struct, frozen=True):
    """Let a table of a transit gateway judge what comes in by an attachment."""

    table: str
    attachment: str
    gateway: str


class StartInstance(msgspec.Struct, frozen=True):
    """Bring a host from `state` to running."""

    instance: str
    state: str


class StartService(msgspec.Struct, frozen=True):
    """Bring a managed service from `state` to where it answers."""

    kind: str
    id: str
    state: str


class RemoveFromGroup(msgspec.Struct, frozen=True):
    """Take one rule out of a group."""

    group: str
    way: Way
    line: FilterLine


class RemoveFromAcl(msgspec.Struct, frozen=True):
    """Take one entry out of a network ACL."""

    acl: str
    way: Way
    line: FilterLine


class RemoveRoute(msgspec.Struct, frozen=True):
    """Take one route out of a table."""

    table: str
    route: Route


Closing = RemoveFromGroup | RemoveFromAcl | RemoveRoute
Edit = AllowInGroup | AllowInAcl | SetRoute | StartInstance | StartService | Propagate | AssociateAttachment | Closing


def applied(network: Network, edits: tuple[Edit, ...]) -> Network:
    """A copy of `network` with `edits` made; the indexes over things that do not change stay shared."""
    changed = copy.copy(network)
    for edit in edits:
        match edit:
            case AllowInGroup():
                _allow_in_group(changed, edit)
            case AllowInAcl():
                _allow_in_acl(changed, edit)
            case SetRoute():
                _set_route(changed, edit)
            case Propagate():
                _propagate(changed, edit)
            case AssociateAttachment():
                _associate(changed, edit)
            case StartInstance():
                instance = changed.instances[edit.instance]
                running = msgspec.structs.replace(instance, state="running")
                changed.instances = changed.instances.replaced(edit.instance, running)
            case StartService():
                _start_service(changed, edit)
            case RemoveFromGroup():
                _remove_from_group(changed, edit)
            case RemoveFromAcl():
                _remove_from_acl(changed, edit)
            case RemoveRoute():
                _remove_route(changed, edit)
    return changed


def _remove_from_group(network: Network, edit: RemoveFromGroup) -> None:
    group = network.groups[edit.group]
    lines = tuple(line for line in group.lines(edit.way) or () if line != edit.line)
    network.groups = network.groups.replaced(group.id, msgspec.structs.replace(group, **{edit.way.value: lines}))


def _remove_from_acl(network: Network, edit: RemoveFromAcl) -> None:
    acl = network.acls[edit.acl]
    lines = tuple(line for line in acl.lines(edit.way) or () if line != edit.line)
    network.acls = network.acls.replaced(acl.id, _with_lines(acl, edit.way, lines))


def _remove_route(network: Network, edit: RemoveRoute) -> None:
    table = network.tables[edit.table]
    routes = tuple(route for route in table.routes if route != edit.route)
    network.tables = network.tables.replaced(table.id, msgspec.structs.replace(table, routes=routes))


def _start_service(network: Network, edit: StartService) -> None:
    wanted = (edit.kind, edit.id, edit.state)
    started = (replace(s, state=None) if (s.kind, s.id, s.state) == wanted else s for s in network.services)
    network.services = tuple(started)


def _allow_in_group(network: Network, edit: AllowInGroup) -> None:
    group = network.groups[edit.group]
    peer = AddressSet.parse(edit.cidr) if edit.cidr else AddressSet.EMPTY
    reference = GroupReference(edit.reference, edit.reference_account) if edit.reference else None
    line = FilterLine("new rule", edit.services, peer, reference)
    lines = (*(group.lines(edit.way) or ()), line)
    network.groups = network.groups.replaced(group.id, msgspec.structs.replace(group, **{edit.way.value: lines}))


def _allow_in_acl(network: Network, edit: AllowInAcl) -> None:
    acl = network.acls[edit.acl]
    moves = dict(edit.shifted)
    kept = [msgspec.structs.replace(e, number=moves.get(e.number, e.number)) for e in acl.lines(edit.way) or ()]
    kept.append(FilterLine(f"rule {edit.number}", edit.services, AddressSet.parse(edit.cidr), number=edit.number))
    lines = tuple(sorted(kept, key=lambda e: e.number))
    network.acls = network.acls.replaced(acl.id, _with_lines(acl, edit.way, lines))


def _with_lines(acl: RuleList, way: Way, lines: tuple[FilterLine, ...]) -> RuleList:
    return msgspec.structs.replace(acl, **{way.value: lines})


def _set_route(network: Network, edit: SetRoute) -> None:
    table = network.tables[edit.table]
    wanted = AddressSet.parse(edit.cidr)
    family = wanted.families[0]
    low, high = wanted.family(family).spans[0]
    kept = [r for r in table.routes if (r.family, r.low, r.high) != (family, low, high) or r.list is not None]
    kept.append(Route(family, low, high, edit.via, edit.target, edit.cidr))
    network.tables = network.tables.replaced(table.id, msgspec.structs.replace(table, routes=sorted_routes(kept)))


def _propagate(network: Network, edit: Propagate) -> None:
    table = network.transit.table(edit.table)
    vpc = network.vpcs.get(edit.vpc)
    if table is None or vpc is None:
        return
    routes = list(table.routes)
    own = next((a for a in network.transit.of(edit.gateway) if a.id == edit.attachment), None)
    for cidr in (vpc.addresses if own and own.ipv6 else vpc.addresses.only(4)).cidrs():
        family, low, high = parse_cidr(cidr)
        routes.append(Route(family, low, high, Via.ATTACHMENT, edit.attachment, cidr, Origin.PROPAGATED))
    network.transit = network.transit.replaced(table=msgspec.structs.replace(table, routes=sorted_routes(routes)))


def _associate(network: Network, edit: AssociateAttachment) -> None:
    found = next((a for a in network.transit.of(edit.gateway) if a.id == edit.attachment), None)
    if found is not None:
        network.transit = network.transit.replaced(attachment=msgspec.structs.replace(found, table=edit.table))
