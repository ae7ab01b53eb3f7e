"""Routes over peering connections that are wider than they need to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.words import some
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Route, RouteTable, Via
from sgcheck.model.things import PeeringSide
from sgcheck.packets import AddressSet


class PeeringWidth(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """than: whether a route must not go beyond the other VPC, or not have all of it."""

    than: Literal["peer", "part"] = "peer"


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare routes with the ranges of the VPC at the other end; a connection leads no further."""
    network = task.scene.network
    for id_ in sorted(network.tables):
        table = network.tables[id_]
        for route in table.routes:
            peering = network.peerings.get(route.target) if route.via is Via.PEERING and not route.dead else None
            side = peering.other(table.vpc or "") if peering else None
            if side is None:
                continue
            said = _beyond(table, route, side) if task.parameters.than == "peer" else _whole(route, side)
            if said:
                ref = Ref("route-table", id_, table.name)
                related = (route.target, side.vpc)
                yield Hit(
                    ref,
                    f"its route for {route.label} over {route.target} {said}",
                    f"{route.label} {route.target}",
                    related=related,
                )


def _beyond(table: RouteTable, route: Route, side: PeeringSide) -> str:
    """What is wrong with a route that other addresses take, too; without the peer's ranges only everything is."""
    if not side.addresses:
        return (
            f"takes everything, whatever {side.vpc} has" if route.low == 0 and route.width + 1 == _every(route) else ""
        )
    taken = AddressSet.union_all([part for one, part in table.lookup(route.addresses) if one == route])
    beyond = taken - side.addresses
    return f"takes {some(beyond.cidrs())}, which {side.vpc} does not have" if beyond else ""


def _whole(route: Route, side: PeeringSide) -> str:
    has = side.addresses.only(route.family)
    return f"takes all of {side.vpc}" if has and has <= route.addresses else ""


def _every(route: Route) -> int:
    return AddressSet.ALL.family(route.family).size


CHECK = Check(PeeringWidth, run)
