"""Peering connections that only one side has a route over."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.network import Network
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Via
from sgcheck.model.things import PeeringSide


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for active connections whose routes are missing on a side that the data has the tables of."""
    network = task.scene.network
    for id_, peering in sorted(network.peerings.items()):
        if not peering.active:
            continue
        sides = (peering.left, peering.right)
        lacking = [side for side in sides if _tables(network, side) and not _routed(network, side, id_)]
        for side in lacking:
            message = f"no route table of {side.vpc} has a route over it, so that nothing gets there or nothing back"
            yield Hit(Ref("vpc-peering-connection", id_, peering.name), message, side.vpc, related=(side.vpc,))


def _tables(network: Network, side: PeeringSide) -> tuple[str, ...]:
    return tuple(network.tables_of_vpc.get(side.vpc, ()))


def _routed(network: Network, side: PeeringSide, peering: str) -> bool:
    tables = [network.tables[id_] for id_ in _tables(network, side)]
    listed = any(r.via is Via.PEERING and r.target == peering for table in tables for r in table.open_routes)
    return listed or any(r.via is Via.PEERING and r.target == peering for table in tables for r in table.routes)


CHECK = Check(Parameters, run)
