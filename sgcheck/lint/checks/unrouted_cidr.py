"""Rules for private ranges that no route of the VPC leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import PRIVATE_V4
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, acl_ref, group_ref
from sgcheck.lint.words import WAYS, labels, some, verb
from sgcheck.model.filters import FilterLine, RuleList, RuleSet
from sgcheck.model.network import Network
from sgcheck.model.ref import Ref
from sgcheck.model.routing import Via
from sgcheck.packets import AddressSet

TO_THE_INTERNET = (Via.INTERNET_GATEWAY, Via.NAT_GATEWAY, Via.EGRESS_ONLY_GATEWAY, Via.NOWHERE)
"""Targets behind which there are no private addresses."""


class UnroutedCidr(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """of: whether the rules of groups, or what network ACLs allow, are looked at."""

    of: Literal["group", "acl"] = "group"


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for private peers that none of the VPC's tables has a way to, there or back."""
    if task.parameters.of == "group":
        for group in task.scene.groups():
            yield from _looked(task.scene, group, group_ref(group))
    else:
        for acl in task.scene.acls():
            yield from _looked(task.scene, acl, acl_ref(acl))


def _looked(scene: Scene, of: RuleSet | RuleList, ref: Ref) -> Iterator[Hit]:
    network = scene.network
    tables = network.tables_of_vpc.get(of.vpc or "", ())
    vpc = network.vpcs.get(of.vpc or "")
    if vpc is None or not tables or any(network.tables[id_].open_routes for id_ in tables):
        return
    routed = scene.once(f"routed {vpc.id}", lambda: _routed(network, tables) | vpc.addresses)
    for way in WAYS:
        lost = [line for line in of.lines(way) or () if _is_private(line) and line.peer.isdisjoint(routed)]
        if lost:
            cidrs = AddressSet.union_all([line.peer for line in lost]).cidrs()
            own = labels(lost) if isinstance(of, RuleSet) else tuple(f"{way.value} {each}" for each in labels(lost))
            message = f"{some(own)} {verb(len(own), 'is', 'are')} for where no route of {vpc.id} leads"
            yield Hit(ref, message, f"{way.value} {' '.join(cidrs)}", related=own)


def _is_private(line: FilterLine) -> bool:
    return (
        line.allow
        and bool(line.peer)
        and line.reference is None
        and line.unresolved is None
        and line.peer <= PRIVATE_V4
    )


def _routed(network: Network, tables: Sequence[str]) -> AddressSet:
    found = []
    for id_ in tables:
        for route, part in network.tables[id_].lookup(PRIVATE_V4):
            if route is not None and not route.dead and route.via not in TO_THE_INTERNET:
                found.append(part)
    return AddressSet.union_all(found)


CHECK = Check(UnroutedCidr, run)
