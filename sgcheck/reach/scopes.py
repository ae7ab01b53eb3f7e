"""Whom a change can concern: some interfaces as an end of a way, or everybody in a part of the networks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.model.routing import Via
from sgcheck.model.things import Role
from sgcheck.reach.inventory import ABSENT, SERVICES
from sgcheck.reach.narrowing import Narrowing
from sgcheck.reach.parts import ANYWHERE, Parts

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.packets import AddressSet
    from sgcheck.reach.changes import Change


class Scope(NamedTuple):
    """starts, ends: interfaces from which, and to which, packets may fare otherwise. parts: where those of all may."""

    starts: frozenset[str]
    ends: frozenset[str]
    parts: frozenset[str] = frozenset()


NOBODY = Scope(frozenset(), frozenset())


class Scopes:
    """Tells whom changes between two networks can concern; never too few."""

    def __init__(self, before: Network, after: Network) -> None:
        """Look at both."""
        self._both = (before, after)
        self.parts = Parts(before, after)
        self._narrowing = Narrowing(before, after)
        self._found: dict[Change, Scope] = {}

    def far(self, change: Change) -> AddressSet | None:
        """The addresses one of which the ends of a way must have, so that a change can concern it; None: any."""
        return self._narrowing.far(change)

    def of(self, change: Change) -> Scope:
        """Whom a change can concern."""
        found = self._found.get(change)
        if found is None:
            own = [self._of(each) for each in (change, *change.also)]
            starts = frozenset(id_ for scope in own for id_ in scope.starts)
            ends = frozenset(id_ for scope in own for id_ in scope.ends)
            found = Scope(starts, ends, frozenset(part for scope in own for part in scope.parts))
            self._found[change] = found
        return found

    @cached_property
    def every_part(self) -> frozenset[str]:
        """All parts."""
        vpcs = {id_ for network in self._both for id_ in network.vpcs}
        vpcs |= {vpc for network in self._both for vpc in network.subnets_of}
        vpcs |= {i.vpc for network in self._both for i in network.interfaces.values()}
        return frozenset(self.parts.of(vpc) for vpc in vpcs)

    def part_of(self, interface: str) -> frozenset[str]:
        """The part (or parts, where it moved) that an interface is in."""
        return frozenset(self.parts.of(i.vpc) for i in self._interfaces([interface]))

    def _interfaces(self, ids: Iterable[str]) -> list[Interface]:
        return [n.interfaces[id_] for id_ in ids for n in self._both if id_ in n.interfaces]

    def _of(self, change: Change) -> Scope:
        match change.table:
            case "groups":
                found = self._ends(self._with_groups([change.id]))
                # Replies are no matter of groups: the rules of a way only look at connections that go it.
                starts = frozenset() if change.field == "ingress" else found.starts
                ends = frozenset() if change.field == "egress" else found.ends
                return Scope(starts, ends, found.parts)
            case "acls":
                return self._subnets([s for n in self._both for s in self._subnets_with(n, change.id)])
            case "tables":
                return self._table(change)
            case "acl_of_subnet" | "table_of_subnet":
                return self._subnets([change.id])
            case "interfaces":
                return self._interface(change.id)
            case "instances":
                return self._ends({i for n in self._both for i in n.attached_to(change.id)})
            case "services":
                return NOBODY
            case _:
                return self._whole(self._vpcs(change))

    def _vpcs(self, change: Change) -> set[str]:
        """The VPCs that anything else stands in; that of what is nowhere is not told."""
        if change.table in (ABSENT, SERVICES, "pools", "transit_gateways", "attachments", "transit_tables"):
            return {ANYWHERE}
        if change.table in ("vpcs", "default_acl", "main_table"):
            return {change.id}
        found: set[str] = set()
        for network in self._both:
            thing: Any = getattr(network, change.table).get(change.id) if hasattr(network, change.table) else None
            if change.table == "peerings" and thing is not None:
                found |= {thing.left.vpc, thing.right.vpc}
            elif isinstance(getattr(thing, "vpc", None), str):
                found.add(thing.vpc)
        return found or {ANYWHERE}

    def _whole(self, vpcs: Iterable[str]) -> Scope:
        """Everybody in the parts of these VPCs."""
        those = set(vpcs)
        if ANYWHERE in those:
            return Scope(frozenset(), frozenset(), self.every_part)
        return Scope(frozenset(), frozenset(), frozenset(self.parts.of(vpc) for vpc in those))

    # What interfaces have.

    def _ends(self, ids: Iterable[str]) -> Scope:
        """Some interfaces; everybody, where one of them stands on the way of others."""
        ends = frozenset(ids)
        on_the_way = {i.vpc for i in self._interfaces(ends) if i.forwards or i.role is not Role.HOST}
        on_the_way |= {i.vpc for i in self._interfaces(ends & self._routed)}
        return Scope(ends, ends, self._whole(on_the_way).parts)

    @cached_property
    def _routed(self) -> frozenset[str]:
        """Interfaces that a route leads to."""
        tables = [table for network in self._both for table in network.tables.values()]
        found = {r.target for t in tables for r in t.routes if r.via is Via.INTERFACE}
        return frozenset(found | {r.target for t in tables for r in t.open_routes if r.via is Via.INTERFACE})

    def _with_groups(self, groups: Iterable[str]) -> set[str]:
        return {id_ for group in groups for n in self._both for id_ in n.directory.groups.get(group, ())}

    def _interface(self, id_: str) -> Scope:
        groups = {group for i in self._interfaces([id_]) for group in i.groups or ()}
        naming = {name for group in groups for name in self._naming.get(group, ())}
        own = self._ends({id_, *self._with_groups(naming)})
        shared = {o for n in self._both for i in self._interfaces([id_]) for a in i.addresses for o in _owners(n, a)}
        return Scope(own.starts | shared, own.ends | shared, own.parts)

    @cached_property
    def _naming(self) -> dict[str, set[str]]:
        """The groups that have a rule that names a group."""
        found: dict[str, set[str]] = defaultdict(set)
        for network in self._both:
            for group in network.groups.values():
                for way in Way:
                    for line in group.lines(way) or ():
                        if line.reference is not None:
                            found[line.reference.group].add(group.id)
        return found

    # What subnets have.

    def _subnets_with(self, network: Network, acl: str) -> list[str]:
        return [s.id for s in network.subnets.values() if (a := network.acl_for(s)) is not None and a.id == acl] + [
            s.id for s in network.subnets.values() if network.acl_of_subnet.get(s.id) == acl
        ]

    def _table(self, change: Change) -> Scope:
        id_, subnets, whole = change.id, set(), set()
        for network in self._both:
            table = network.tables.get(id_)
            subnets |= {s.id for s in network.subnets.values() if self._table_id(network, s) == id_}
            ours = id_ in network.table_of_gateway.values() or any(n.table == id_ for n in network.nats.values())
            untold = table is not None and network.unknown_gateway(table.vpc or "") is not None
            if table is not None and (ours or untold or change.field is None):
                whole.add(table.vpc or ANYWHERE)
        found = self._subnets(subnets)
        return Scope(found.starts, found.ends, found.parts | self._whole(whole).parts)

    @staticmethod
    def _table_id(network: Network, subnet: Any) -> str | None:
        return network.table_of_subnet.get(subnet.id) or network.main_table.get(subnet.vpc)

    def _subnets(self, ids: Iterable[str]) -> Scope:
        """Everybody in some subnets; where gateways and the like stand, everybody whose way may lead through them."""
        those = set(ids)
        ends = {i for n in self._both for s in those for i in n.directory.subnets.get(s, ())}
        found = self._ends(ends)
        vpcs = {n.subnets[s].vpc for n in self._both for s in those & self._peopled if s in n.subnets}
        return Scope(found.starts, found.ends, found.parts | self._whole(vpcs).parts)

    @cached_property
    def _peopled(self) -> frozenset[str]:
        """Subnets that a way may lead through."""
        found: set[str] = set()
        for network in self._both:
            found |= {n.subnet for n in network.nats.values() if n.subnet}
            attachments = network.transit.attachments
            found |= {s for a in attachments for s in a.subnets or ()}
            found |= {s for a in attachments if a.subnets is None for s in network.subnets_of.get(a.resource or "", ())}
            found |= {s for e in network.endpoints.values() for s in e.subnets}
            found |= {a.subnet for id_ in network.firewalls for a in network.firewalls[id_].attachments}
        return frozenset(found)


def _owners(network: Network, address: Any) -> tuple[str, ...]:
    return network.owners(address.family, address.value)
