"""Rules for a part of a subnet."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some
from sgcheck.packets import AddressSet


class SplitSubnet(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """least: ranges of fewer addresses are taken for chosen hosts."""

    least: int = 8


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for ranges that lie inside of a subnet of the group's own VPC without being all of it."""
    network = task.scene.network
    for group in task.scene.groups():
        subnets = [network.subnets[id_] for id_ in network.subnets_of.get(group.vpc or "", ())]
        for way in WAYS:
            for line in group.lines(way) or ():
                if line.reference is not None or line.unresolved is not None or line.peer.size < task.parameters.least:
                    continue
                cut = [s for s in subnets if _cuts(line.peer, s.addresses)]
                if cut:
                    message = f"{line.label} is for a part of {some([s.id for s in cut])} only"
                    related = (*labels([line]), *(s.id for s in cut))
                    yield Hit(group_ref(group), message, f"{way.value} {some(line.peer.cidrs())}", related=related)


def _cuts(peer: AddressSet, subnet: AddressSet) -> bool:
    return any(bool(peer.family(f) & subnet.family(f)) and not subnet.family(f) <= peer.family(f) for f in (4, 6))


CHECK = Check(SplitSubnet, run)
