"""Route tables that send the whole internet to an internet gateway."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import FAMILIES, is_internet
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.words import some
from sgcheck.model.network import Network
from sgcheck.model.ref import Ref
from sgcheck.model.routing import RouteTable, Via
from sgcheck.packets import INTERNET, AddressSet


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at where the addresses of the internet go, route by route together."""
    network = task.scene.network
    for id_ in sorted(network.tables):
        table = network.tables[id_]
        ways = [(route, part) for route, part in table.lookup(INTERNET) if route is not None and not route.dead]
        out = [(route, part) for route, part in ways if route.via is Via.INTERNET_GATEWAY]
        sent = AddressSet.union_all([part for _route, part in out])
        if any(is_internet(family, sent.family(family)) for family in FAMILIES):
            users = _users(network, table)
            whose = f"{some(users)} send" + ("s" if len(users) == 1 else "") if users else "it sends"
            targets = sorted({route.target for route, _part in out})
            message = f"{whose} the internet straight to {some(targets)}, and can be reached the same way"
            yield Hit(Ref("route-table", id_, table.name), message, related=(*targets, *users))


def _users(network: Network, table: RouteTable) -> list[str]:
    return [id_ for id_, subnet in sorted(network.subnets.items()) if network.table_for(subnet) is table]


CHECK = Check(Parameters, run)
