"""Load balancers: what takes connections on behalf of others, and the pools of targets that they hand them to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import AddressSet, IntervalSet, Services

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface


class Handling(StrEnum):
    """What a balancer does with a connection."""

    PROXY = "proxy"
    """It answers itself, and makes a connection of its own to a target."""
    PASS_THROUGH = "pass-through"  # noqa: S105  (a way of handling, not a password)
    """It hands the packets on: whatever the target does with them, the client sees."""
    OPAQUE = "opaque"
    """It is not modelled."""


class Standing(StrEnum):
    """Whether a target gets new connections, as its balancer sees it."""

    HEALTHY = "healthy"
    UNTOLD = "untold"
    """The data does not have its health, or it is not checked: it gets its share."""
    UNHEALTHY = "unhealthy"
    """Nothing, unless no target of its pool is healthy."""
    LEAVING = "leaving"
    """Nothing new."""
    DOWN = "down"
    """Its host is off: nothing, unless there is no other target at all."""
    UNUSED = "unused"
    """Nothing: its zone or its pool is not in use."""


class TargetKind(StrEnum):
    """What the targets of a pool are."""

    INSTANCE = "instance"
    ADDRESS = "address"
    BALANCER = "balancer"
    FUNCTION = "function"
    """Invoked without the network."""


class PoolTarget(msgspec.Struct, frozen=True):
    """One registered target.

    id: an instance's, a balancer's, or the address as it is registered; value: that (family, value). name: for people,
    where it is not the id. zone: as
    registered, None where its subnet tells. check_port: where its health is checked. remark: its health in words, None
    where there is nothing to say.
    """

    id: str
    kind: TargetKind
    port: int
    check_port: int
    value: tuple[int, int] | None = None
    zone: str | None = None
    standing: Standing = Standing.UNTOLD
    remark: str | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        """The target as people write it."""
        return f"{self.name or self.id}:{self.port}"


class Pool(msgspec.Struct, frozen=True):
    """Targets that share what is done with them.

    targets: None where the data lacks them. keeps_client: whether packets reach targets with the client's own address;
    assumed: this is a default, which the data does not tell. check: the protocol number of health checks, None where
    there are none. cross_zone: None where the balancer's own setting counts. family: of the targets' addresses.
    """

    id: str
    name: str
    vpc: str | None
    targets: tuple[PoolTarget, ...] | None
    keeps_client: bool = False
    assumed: bool = False
    check: int | None = None
    cross_zone: bool | None = None
    family: int = 4

    @property
    def used_up(self) -> bool:
        """Whether none of its targets is in use, or it has none."""
        off = (Standing.UNUSED, Standing.DOWN)
        return self.targets is not None and all(t.standing in off for t in self.targets)

    @property
    def healthy(self) -> bool:
        """Whether some target is known to be healthy, so that others which are not get nothing."""
        return any(t.standing is Standing.HEALTHY for t in self.targets or ())


class Listener(msgspec.Struct, frozen=True):
    """A port that a balancer takes connections on, by protocol number, and the pools that it may hand them to.

    answers: some are answered by the balancer itself (redirects, fixed responses). untold: rules of it may exist that
    the data lacks. label: as people write it.
    """

    id: str
    protocol: int
    port: int
    label: str
    pools: tuple[str, ...] = ()
    answers: bool = False
    untold: bool = False

    @property
    def services(self) -> Services:
        """What it takes."""
        return Services.of(self.protocol, IntervalSet.single(self.port))


class BalancerZone(msgspec.Struct, frozen=True):
    """A zone that a balancer is enabled in, and the subnet of its node there."""

    zone: str | None
    subnet: str | None


class Balancer(msgspec.Struct, frozen=True):
    """A load balancer.

    kind: for people. ids: every spelling of its id. public: its name resolves to public addresses. described: how its
    interfaces are described. addresses: fixed ones of its nodes. groups: None where it has none, and filters nothing.
    cross_zone: whether a node uses targets of all zones; None where the data lacks it and there is no one default.
    cross_zone_assumed: it is a default. listeners: None where the data lacks them. broken: the state of one that does
    not work. own_acl: its subnet's ACL judges what it sends even inside the subnet.
    """

    id: str
    name: str
    kind: str
    handling: Handling
    vpc: str | None
    account: str | None
    region: str | None
    public: bool
    described: str
    ids: tuple[str, ...] = ()
    dns: str | None = None
    zones: tuple[BalancerZone, ...] = ()
    addresses: AddressSet = AddressSet.EMPTY
    groups: tuple[str, ...] | None = None
    cross_zone: bool | None = None
    cross_zone_assumed: bool = False
    listeners: tuple[Listener, ...] | None = None
    broken: str | None = None
    own_acl: bool = False

    @property
    def enabled(self) -> frozenset[str]:
        """The names of its zones."""
        return frozenset(z.zone for z in self.zones if z.zone)


Way = tuple[Balancer, Listener, Pool, PoolTarget]
"""A balancer, one of its listeners, a pool of that, and a target in it."""


class Balancers(Mapping[str, Balancer]):
    """Balancers by id, the pools, and who belongs to whom."""

    def __init__(self, balancers: Iterable[Balancer] = (), pools: Iterable[Pool] = ()) -> None:
        """Keep both."""
        self._balancers = {b.id: b for b in balancers}
        self.pools: Mapping[str, Pool] = {p.id: p for p in pools}

    def __getitem__(self, key: str) -> Balancer:
        """The balancer with this id; KeyError where there is none."""
        return self._balancers[key]

    def __iter__(self) -> Iterator[str]:
        """Every id."""
        return iter(self._balancers)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._balancers)

    @cached_property
    def _described(self) -> dict[str, list[Balancer]]:
        found: dict[str, list[Balancer]] = defaultdict(list)
        for balancer in self._balancers.values():
            found[balancer.described].append(balancer)
        return found

    def of(self, interface: Interface) -> Balancer | None:
        """The balancer that an interface is a node of, by what describes it, else by its addresses."""
        named = self._described.get(interface.description or "", [])
        for balancer in named:
            if balancer.vpc in (None, interface.vpc):
                return balancer
        own = interface.owned() | interface.public()
        fixed = (b for b in self._balancers.values() if b.addresses and b.vpc in (None, interface.vpc))
        return next((b for b in fixed if b.addresses & own), None)

    @cached_property
    def _ways(self) -> dict[str | tuple[int, int], list[Way]]:
        """Ways by instance id or by address."""
        found: dict[str | tuple[int, int], list[Way]] = defaultdict(list)
        for balancer in sorted(self._balancers.values(), key=lambda b: (b.name, b.id)):
            for listener in balancer.listeners or ():
                for pool in filter(None, map(self.pools.get, listener.pools)):
                    for target in pool.targets or ():
                        found[target.value or target.id].append((balancer, listener, pool, target))
        return found

    def leading_to(self, interface: Interface) -> Iterator[Way]:
        """Every way through a known balancer to an interface that is a target, by instance or by address."""
        if interface.instance is not None:
            yield from self._ways.get(interface.instance, ())
        for address in interface.addresses:
            for way in self._ways.get((address.family, address.value), ()):
                if way[2].vpc in (None, interface.vpc):
                    yield way


def nodes_of(network: Network, balancer: Balancer) -> tuple[str, ...]:
    """The ids of a balancer's interfaces, sorted."""
    found = set(network.directory.described.get(balancer.described, ()))
    for family in balancer.addresses.families:
        for low, high in balancer.addresses.family(family).spans:
            for value in range(low, high + 1):
                found |= set(network.owners(family, value))
                public = network.public_owner(value) if family == 4 else None
                found |= {public[0].id} if public else set()
    inside = (id_ for id_ in found if balancer.vpc in (None, network.interfaces[id_].vpc))
    return tuple(sorted(inside))
