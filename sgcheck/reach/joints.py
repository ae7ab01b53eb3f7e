"""What already joins two places, and the route that would lead over it: the base of every route fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.edit import SetRoute
from sgcheck.model.routing import Origin, Route, Via
from sgcheck.packets import PUBLIC, AddressSet, parse_cidr

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import RouteTable
    from sgcheck.reach.branch import Place
    from sgcheck.reach.vantage import Target, Vantage
    from sgcheck.reach.words import Words

IPV4 = 4
EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


class Joint(msgspec.Struct, frozen=True):
    """A gateway that exists and joins two places; `blocks` are the far side's CIDRs, empty for the internet."""

    via: Via
    target: str
    blocks: tuple[str, ...] = ()


def joining(network: Network, place: Place, vantage: Vantage, target: Target, destinations: AddressSet) -> Joint | None:
    """The gateway that would carry packets from `place` to `destinations`, if there is one."""
    wanted = target.interface
    if wanted is not None and not target.public:
        return between(network, place.vpc, wanted.vpc, destinations)
    if not destinations & PUBLIC:
        return None
    return _to_internet(network, place, vantage, target.family)


def between(network: Network, here: str, there: str, addresses: AddressSet) -> Joint | None:
    """What joins two VPCs: a peering, else a transit gateway that both are attached to."""
    return peering_to(network, here, there, addresses) or transit_to(network, here, there, addresses)


def transit_to(network: Network, here: str, there: str, addresses: AddressSet) -> Joint | None:
    """A transit gateway with usable attachments of both VPCs, where `there` holds `addresses`."""
    far = network.vpcs.get(there)
    joined = next(network.transit.joining(here, there), None)
    if far is None or joined is None or here == there or not addresses <= far.addresses:
        return None
    return Joint(Via.TRANSIT_GATEWAY, joined[0].gateway, far.addresses.cidrs())


def peering_to(network: Network, here: str, there: str, addresses: AddressSet) -> Joint | None:
    """An active peering from `here` to `there` that covers `addresses`."""
    for peering in network.peerings_between(here, there):
        side = peering.other(here)
        if peering.active and side is not None:
            far = network.vpcs.get(there)
            reach = side.addresses | (far.addresses if far else AddressSet.EMPTY)
            if addresses <= reach:
                return Joint(Via.PEERING, peering.id, reach.cidrs())
    return None


def _to_internet(network: Network, place: Place, vantage: Vantage, family: int) -> Joint | None:
    gateway = network.gateway_of_vpc.get(place.vpc)
    if family != IPV4:
        if gateway is not None:
            return Joint(Via.INTERNET_GATEWAY, gateway.id)
        outbound = sorted(g.id for g in network.egress_only_gateways.values() if g.vpc == place.vpc)
        return Joint(Via.EGRESS_ONLY_GATEWAY, outbound[0]) if outbound else None
    interface = vantage.interface
    public = {a.value for a in interface.addresses if a.public is not None} if interface else set()
    sole = vantage.addresses.sole
    own = sole is not None and sole[1] in public and interface is not None and interface.vpc == place.vpc
    at_nat = any(
        n.usable and n.public is not None and _stands_at(n.subnet, n.table, place) for n in network.nats.values()
    )
    if gateway is not None and (
        own or (at_nat and (place.subnet is None or interface is None or place.subnet.id != interface.subnet))
    ):
        return Joint(Via.INTERNET_GATEWAY, gateway.id)
    for nat in network.nats_in(place.vpc):
        if nat.public is not None and not _stands_at(nat.subnet, nat.table, place):
            return Joint(Via.NAT_GATEWAY, nat.id)
    return None


def _stands_at(subnet: str | None, table: str | None, place: Place) -> bool:
    if place.subnet is None:
        return table is not None and table == place.table
    return subnet == place.subnet.id


def route_for(
    network: Network, words: Words, table: str, destinations: AddressSet, route: Route | None, joint: Joint
) -> tuple[SetRoute, ...]:
    """The routes of `table` that would lead `destinations` over `joint` instead of `route` (None: they have none now).

    None where a prefix list with unknown entries may lead them elsewhere again.
    """
    own = network.tables[table]
    family = destinations.families[0]
    if any(not o.service and family in o.families for o in own.open_routes):
        return ()
    if joint.blocks:
        holding = [b for b in joint.blocks if AddressSet.parse(b).only(family) & destinations]
        wanted = tuple(dict.fromkeys(holding))
    else:
        wanted = _internet_cidrs(words, own, destinations, route, family)
    return tuple(dict.fromkeys(_set(own, cidr, route, joint) for cidr in wanted))


def _internet_cidrs(
    words: Words, table: RouteTable, destinations: AddressSet, route: Route | None, family: int
) -> tuple[str, ...]:
    """The prefixes to route: all that takes `route` now where the question is about all of it, else what is asked."""
    everything = words.internet.only(family)
    for other, part in table.lookup(everything):
        if other == route and part <= destinations:
            return (_cidr(route),) if route is not None else (EVERYWHERE[family],)
    return words.for_rules(destinations) or (EVERYWHERE[family],)


def _set(table: RouteTable, cidr: str, route: Route | None, joint: Joint) -> SetRoute:
    _family, low, high = parse_cidr(cidr)
    if route is not None and route.width <= high - low:
        cidr = _cidr(route)
        _family, low, high = parse_cidr(cidr)
    exact = table.exact(low, high, _family)
    replace = exact is not None and exact.origin is Origin.STATIC
    return SetRoute(table.id, cidr, joint.via, joint.target, replace)


def _cidr(route: Route) -> str:
    return route.addresses.cidrs()[0]
