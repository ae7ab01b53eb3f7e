"""Route tables: longest prefix first, and what is known of each route's target."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from sgcheck.packets import AddressSet, IntervalSet


class Via(StrEnum):
    """What kind of thing a route leads to."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_GATEWAY = "egress-only-internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    PEERING = "vpc-peering-connection"
    INTERFACE = "network-interface"
    TRANSIT_GATEWAY = "transit-gateway"
    VPN_GATEWAY = "vpn-gateway"
    ENDPOINT = "vpc-endpoint"
    LOCAL_GATEWAY = "local-gateway"
    CARRIER_GATEWAY = "carrier-gateway"
    CORE_NETWORK = "core-network"
    ODB_NETWORK = "odb-network"
    ATTACHMENT = "transit-gateway-attachment"
    NOWHERE = "nowhere"


class Origin(IntEnum):
    """Who made a route; of two with one prefix the lower wins.

    (VPC user guide, route-tables-priority; for what is propagated, Transit Gateway guide, how-transit-gateways-work.)
    """

    STATIC = 0
    PREFIX_LIST = 1
    PROPAGATED = 2
    PROPAGATED_DIRECT = 3
    PROPAGATED_CONNECT = 4
    PROPAGATED_VPN = 5


class Route(msgspec.Struct, frozen=True):
    """One destination prefix and where it leads; `label` is it as written, `list` the prefix list it came from.

    rivals: other targets that prefix lists of equal rank give for the same destination; which one counts is not told.
    service: the list is a service's own, so that its addresses are no clients.
    """

    family: int
    low: int
    high: int
    via: Via
    target: str
    label: str
    origin: Origin = Origin.STATIC
    dead: bool = False
    list: str | None = None
    rivals: tuple[str, ...] = ()
    service: bool = False

    @property
    def width(self) -> int:
        """Addresses in the prefix; fewer is longer."""
        return self.high - self.low

    @property
    def addresses(self) -> AddressSet:
        """The prefix as a set."""
        span = IntervalSet.of((self.low, self.high))
        return AddressSet.of(v4=span) if self.family == 4 else AddressSet.of(v6=span)

    @property
    def text(self) -> str:
        """The route as people write it."""
        return f"{self.label} -> {self.target}"


class OpenRoute(msgspec.Struct, frozen=True):
    """A route whose destination is a prefix list with unknown entries: it may win for any address of its families.

    service: as for a Route. propagated: the list stands for what attachments install by themselves. within: all that
    it may hold, None for any address.
    """

    list: str
    via: Via
    target: str
    dead: bool = False
    families: tuple[int, ...] = (4, 6)
    service: bool = False
    propagated: bool = False
    within: AddressSet | None = None

    @property
    def text(self) -> str:
        """The route as people write it."""
        return f"{self.list} -> {self.target}"

    def may_win(self, route: Route | None, part: AddressSet) -> bool:
        """Whether it could change what becomes of `part`, which takes `route` by all that is known (None: it has none).

        Nothing in a list beats a local route or a static route of one address; two dead ends are the same.
        """
        if not set(self.families) & set(part.families):
            return False
        if self.within is not None and not self.within & part:
            return False
        if route is None:
            return not self.dead
        if route.via is Via.LOCAL or (route.width == 0 and route.list is None):
            return False
        if route.dead and self.dead:
            return False
        return (route.via, route.target, route.dead) != (self.via, self.target, self.dead)


class RouteTable(msgspec.Struct, frozen=True):
    """Routes sorted by (family, longest prefix, origin); `open_routes` have unknown destinations."""

    id: str
    vpc: str | None
    region: str | None
    name: str | None
    routes: tuple[Route, ...]
    open_routes: tuple[OpenRoute, ...] = ()

    def lookup(self, wanted: AddressSet) -> tuple[tuple[Route | None, AddressSet], ...]:
        """Split `wanted` by the route each address takes; None stands for no route."""
        parts: list[tuple[Route | None, AddressSet]] = []
        rest = wanted
        for route in self.routes:
            if not rest:
                break
            matched = rest & route.addresses
            if matched:
                parts.append((route, matched))
                rest -= matched
        if rest:
            parts.append((None, rest))
        return tuple(parts)

    def exact(self, low: int, high: int, family: int) -> Route | None:
        """The table's own route for exactly this prefix, if it has one."""
        return next(
            (r for r in self.routes if (r.family, r.low, r.high) == (family, low, high) and r.list is None), None
        )


def sorted_routes(routes: list[Route]) -> tuple[Route, ...]:
    """Routes in the order in which they win; of two lists any may count (VPC guide, route-tables-priority)."""
    ordered = sorted(routes, key=lambda r: (r.family, r.width, r.low, r.origin, r.target))
    same: dict[tuple[int, int, int], set[tuple[str, bool]]] = {}
    for route in ordered:
        if route.origin is Origin.PREFIX_LIST:
            same.setdefault((route.family, route.low, route.high), set()).add((route.target, route.dead))
    return tuple(_contested(r, same.get((r.family, r.low, r.high), set())) for r in ordered)


def _contested(route: Route, targets: set[tuple[str, bool]]) -> Route:
    if route.origin is not Origin.PREFIX_LIST or len(targets) < 2:
        return route
    others = tuple(sorted(target for target, _dead in targets if target != route.target))
    return msgspec.structs.replace(route, rivals=others or (route.target,))
