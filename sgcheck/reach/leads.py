"""Where routes lead, without a look at filters: which VPC an address is asked in, and what leaves the known network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.model.routing import Via
from sgcheck.model.transit import OUTWARD, Attached
from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.routing import Route, RouteTable
    from sgcheck.reach.vantage import Vantage

PRIVATE_USE = AddressSet.parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""What networks outside are numbered with (RFC 1918, RFC 6598, RFC 4193)."""
BEYOND = (Via.VPN_GATEWAY, Via.LOCAL_GATEWAY, Via.CORE_NETWORK, Via.ODB_NETWORK)
"""What leads out of the known network by itself."""


def led_to(network: Network, vantage: Vantage, asked: AddressSet) -> str | None:
    """The VPC that the source's routes lead `asked` to, over one NAT gateway at most; None where they lead to none."""
    table = network.table_for(vantage.subnet) if vantage.subnet else None
    vpc = vantage.vpc
    route = table.lookup(asked)[0][0] if table else None
    nat = network.nats.get(route.target) if route and route.via is Via.NAT_GATEWAY else None
    if nat is not None:
        behind = network.subnets.get(nat.subnet or "")
        table = network.table_for(behind) if behind else network.tables.get(nat.table or "")
        route = table.lookup(asked)[0][0] if table else None
        vpc = nat.vpc
    if route is None or vpc is None:
        return None
    if route.via is Via.PEERING:
        peering = network.peerings.get(route.target)
        side = peering.other(vpc) if peering else None
        return side.vpc if side else None
    if route.via is Via.TRANSIT_GATEWAY:
        entry = network.transit.of_vpc(route.target, vpc)
        ends = network.transit.onward(entry, asked) if entry else ()
        return next((o.end.resource for o in ends if o.lost is None and o.end.kind is Attached.VPC), None)
    return None


def outward(network: Network, vantage: Vantage, addresses: AddressSet) -> AddressSet:
    """Of `addresses`, those that the source's routes lead out of the known network, or towards what may do so."""
    table = network.table_for(vantage.subnet) if vantage.subnet else None
    if table is None or vantage.vpc is None:
        return AddressSet.EMPTY
    return AddressSet.union_all(list(_outward(network, table, vantage.vpc, addresses)))


def _outward(network: Network, table: RouteTable, vpc: str, addresses: AddressSet) -> list[AddressSet]:
    found: list[AddressSet] = []
    for route, part in table.lookup(addresses):
        if route is None or route.dead:
            continue
        if route.via in BEYOND:
            found.append(part)
        elif route.via is Via.TRANSIT_GATEWAY:
            entry = network.transit.of_vpc(route.target, vpc)
            if entry is None:
                found.append(part)
            else:
                ends = network.transit.onward(entry, part)
                found += [o.part for o in ends if o.end.kind in OUTWARD or o.lost is not None]
    return found


def beyond_of(network: Network, vpc: str, route: Route, addresses: AddressSet) -> Iterator[tuple[str, AddressSet]]:
    """What `addresses` lie behind, as far as it is told: a connection at a transit gateway, else the route's target."""
    entry = network.transit.of_vpc(route.target, vpc) if route.via is Via.TRANSIT_GATEWAY else None
    if entry is None:
        yield route.target, addresses
        return
    for onward in network.transit.onward(entry, addresses):
        known = onward.lost is None and onward.end.kind in OUTWARD
        yield (onward.end.resource or onward.end.id) if known else route.target, onward.part


def owners_apart(
    network: Network, parts: Iterable[tuple[Route | None, AddressSet]]
) -> Iterator[tuple[Route | None, AddressSet]]:
    """What a table leads where, with the addresses of the very interface that a route leads to by themselves."""
    for route, part in parts:
        led = route.target if route is not None and route.via is Via.INTERFACE and not route.dead else None
        interface = network.interfaces.get(led) if led is not None else None
        own = part & interface.owned() if interface is not None else AddressSet.EMPTY
        if own and own != part:
            yield from ((route, own), (route, part - own))
        else:
            yield route, part
