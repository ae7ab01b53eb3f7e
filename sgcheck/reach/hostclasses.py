"""Hosts in classes whose members nothing tells apart, neither when they ask nor when they are asked.

Two hosts are alike where their interfaces are: the same subnet, groups and state, and addresses that no rule, route,
network ACL or extent of anything in the network tells apart. What could be named by itself is a class of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.filters import Way
from sgcheck.model.routing import Via
from sgcheck.model.things import Role
from sgcheck.packets import INTERNET, AddressSet
from sgcheck.reach.arrival import answers

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Address, Interface

FAMILIES = (4, 6)


class HostClass(msgspec.Struct, frozen=True):
    """Hosts that are alike.

    members: the interfaces of each host, by id. stone: whether they open connections that somebody who holds them
    chooses, so that one can go on from there.
    """

    members: tuple[tuple[str, ...], ...]
    stone: bool

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The interfaces of all members."""
        return tuple(id_ for member in self.members for id_ in member)


class Classes:
    """The hosts of a network in classes, in an order that depends on nothing but their ids."""

    def __init__(self, network: Network, marks: Iterable[frozenset[str]] = ()) -> None:
        """Compare the hosts of `network`; `marks` are sets of interfaces that are told apart from all others."""
        self._network = network
        self._marks = tuple(marks)
        found: dict[Hashable, list[tuple[str, ...]]] = defaultdict(list)
        for member in self._hosts():
            found[self._host(member)].append(member)
        made = [HostClass(tuple(sorted(m)), self._is_stone(m[0])) for m in found.values()]
        self.all = tuple(sorted(made, key=lambda c: c.members))

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Where the class of an interface stands in `all`."""
        return {id_: index for index, one in enumerate(self.all) for id_ in one.interfaces}

    def _hosts(self) -> Iterator[tuple[str, ...]]:
        by_owner: dict[str, list[str]] = defaultdict(list)
        for id_ in sorted(self._network.interfaces):
            interface = self._network.interfaces[id_]
            alone = interface.instance is None or interface.role is not Role.HOST
            by_owner[id_ if alone else f"of {interface.instance}"].append(id_)
        yield from map(tuple, by_owner.values())

    def _is_stone(self, member: tuple[str, ...]) -> bool:
        return all(self._network.interfaces[id_].role is Role.HOST for id_ in member)

    def _host(self, member: tuple[str, ...]) -> Hashable:
        keys = [self._key(self._network.interfaces[id_]) for id_ in member]
        return frozenset(Counter(keys).items())

    def _key(self, interface: Interface) -> Hashable:
        if self._is_single(interface):
            return interface.id
        return (
            interface.vpc,
            interface.subnet,
            interface.groups,
            interface.filtered,
            interface.blocks_internet_ipv6,
            answers(self._network, interface),
            tuple(sorted(map(self._address, interface.addresses))),
            self._pools(interface),
            tuple(interface.id in mark for mark in self._marks),
        )

    def _is_single(self, interface: Interface) -> bool:
        """Whether something in the network may treat it like no other."""
        if interface.role is not Role.HOST or interface.what is not None or interface.forwards or interface.prefixes:
            return True
        if interface.id in self._routed_to or self._network.firewall_of_endpoint:
            return True
        owners = (self._network.owners(a.family, a.value) for a in interface.addresses)
        rivals = (other for ids in owners for other in ids if other != interface.id)
        return any(self._network.interfaces[other].vpc == interface.vpc for other in rivals)

    @cached_property
    def _routed_to(self) -> frozenset[str]:
        tables = self._network.tables.values()
        return frozenset(r.target for t in tables for r in t.routes if r.via is Via.INTERFACE)

    def _pools(self, interface: Interface) -> Hashable:
        """How balancers hand connections to it."""
        return frozenset(
            (b.id, listener.id, pool.id, t.kind, t.port, t.check_port, t.zone, t.standing)
            for b, listener, pool, t in self._network.balancers.leading_to(interface)
        )

    def _address(self, address: Address) -> tuple[int, int, bool, bool]:
        atom = bisect_right(self._bounds[address.family], address.value)
        return (address.family, atom, address.public is not None, address.primary)

    @cached_property
    def _bounds(self) -> dict[int, list[int]]:
        """Where anything that the network tells addresses by begins or ends, by family."""
        found: dict[int, set[int]] = {family: set() for family in FAMILIES}
        for addresses in set(self._told_apart()):
            for family in FAMILIES:
                found[family].update(addresses.family(family).bounds)
        for route in self._routes():
            found[route[0]].update(route[1:])
        return {family: sorted(values) for family, values in found.items()}

    def _told_apart(self) -> Iterator[AddressSet]:
        network = self._network
        for filters in (network.groups, network.acls):
            for one in filters.values():
                for way in Way:
                    yield from (line.peer for line in one.lines(way) or ())
        for vpc in network.vpcs.values():
            yield from (vpc.addresses, vpc.unadvertised)
        for peering in network.peerings.values():
            yield from (peering.left.addresses, peering.right.addresses)
        yield from (s.addresses for s in network.subnets.values())
        yield INTERNET

    def _routes(self) -> Iterator[tuple[int, int, int]]:
        transit = self._network.transit
        behind = (transit.table(id_) for id_ in {a.table for a in transit.attachments if a.table})
        for table in (*self._network.tables.values(), *filter(None, behind)):
            yield from ((r.family, r.low, r.high + 1) for r in table.routes)
