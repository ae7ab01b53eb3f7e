"""Rules for private ranges that no route of the VPC leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import PRIVATE_V4
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some, verb
from sgcheck.model.filters import FilterLine
from sgcheck.model.network import Network
from sgcheck.model.routing import Via
from sgcheck.packets import AddressSet

TO_THE_INTERNET = (Via.INTERNET_GATEWAY, Via.NAT_GATEWAY, Via.EGRESS_ONLY_GATEWAY, Via.NOWHERE)
"""Targets behind which there are no private addresses."""


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for private peers that none of the VPC's tables has a way to, there or back."""
    network = task.scene.network
    for group in task.scene.groups():
        tables = network.tables_of_vpc.get(group.vpc or "", ())
        vpc = network.vpcs.get(group.vpc or "")
        if vpc is None or not tables or any(network.tables[id_].open_routes for id_ in tables):
            continue
        routed = _routed(network, tables) | vpc.addresses
        for way in WAYS:
            lost = [line for line in group.lines(way) or () if _is_private(line) and line.peer.isdisjoint(routed)]
            if lost:
                cidrs = AddressSet.union_all([line.peer for line in lost]).cidrs()
                labelled = labels(lost)
                message = f"{some(labelled)} {verb(len(labelled), 'is', 'are')} for where no route of {vpc.id} leads"
                yield Hit(group_ref(group), message, f"{way.value} {' '.join(cidrs)}", related=labelled)


def _is_private(line: FilterLine) -> bool:
    return bool(line.peer) and line.reference is None and line.unresolved is None and line.peer <= PRIVATE_V4


def _routed(network: Network, tables: Sequence[str]) -> AddressSet:
    found = []
    for id_ in tables:
        for route, part in network.tables[id_].lookup(PRIVATE_V4):
            if route is not None and not route.dead and route.via not in TO_THE_INTERNET:
                found.append(part)
    return AddressSet.union_all(found)


CHECK = Check(Parameters, run)
