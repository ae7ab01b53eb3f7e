"""Rules for a part of a subnet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sgcheck.lint.acls import OWN
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, acl_ref, group_ref
from sgcheck.lint.words import WAYS, labels, some
from sgcheck.model.filters import FilterLine, RuleList, RuleSet
from sgcheck.model.ref import Ref
from sgcheck.model.things import Subnet
from sgcheck.packets import AddressSet
from sgcheck.packets.meeting import Meeting


class SplitSubnet(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """least: ranges of fewer addresses are taken for chosen hosts. of: whether groups or network ACLs are looked at."""

    least: int = 8
    of: Literal["group", "acl"] = "group"


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for ranges that lie inside of a subnet of the same VPC without being all of it."""
    if task.parameters.of == "group":
        for group in task.scene.groups():
            yield from _looked(task.scene, group, group_ref(group), task.parameters.least)
    else:
        for acl in task.scene.acls():
            yield from _looked(task.scene, acl, acl_ref(acl), task.parameters.least)


def _looked(scene: Scene, of: RuleSet | RuleList, ref: Ref, least: int) -> Iterator[Hit]:
    subnets, index = scene.once(f"subnets {of.vpc}", lambda: _subnets(scene, of.vpc or ""))
    for way in WAYS:
        for line in of.lines(way) or ():
            if not _counts(line) or line.peer.size < least:
                continue
            near = [subnets[number] for number in index.those(line.peer)]
            cut = [s for s in near if _cuts(line.peer, s.addresses)]
            if cut:
                own = labels([line]) if isinstance(of, RuleSet) else (f"{way.value} {line.label}",)
                message = f"{own[0]} is for a part of {some([s.id for s in cut])} only"
                related = (*own, *(s.id for s in cut))
                yield Hit(ref, message, f"{way.value} {some(line.peer.cidrs())}", related=related)


def _subnets(scene: Scene, vpc: str) -> tuple[list[Subnet], Meeting]:
    """The subnets of a VPC, and which of them have any of some addresses."""
    found = [scene.network.subnets[id_] for id_ in scene.network.subnets_of.get(vpc, ())]
    return found, Meeting([one.addresses for one in found])


def _counts(line: FilterLine) -> bool:
    return line.reference is None and line.unresolved is None and line.number <= OWN


def _cuts(peer: AddressSet, subnet: AddressSet) -> bool:
    return any(bool(peer.family(f) & subnet.family(f)) and not subnet.family(f) <= peer.family(f) for f in (4, 6))


CHECK = Check(SplitSubnet, run)
