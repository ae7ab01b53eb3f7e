"""What is near a quota of VPCs (VPC user guide, amazon-vpc-limits, security groups)."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS
from sgcheck.model.filters import FilterLine
from sgcheck.model.ref import Ref


class Quota(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """rules: of one direction and address family of a group; groups: of an interface; share: percent that is near."""

    rules: int = 60
    groups: int = 5
    share: int = 90


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Count what AWS counts; a group or list that a rule names counts in both families."""
    asked: Quota = task.parameters
    for group in task.scene.groups():
        for way in WAYS:
            lines = group.lines(way) or ()
            used = max(_counted(lines, 4), _counted(lines, 6))
            if used * 100 >= asked.rules * asked.share:
                message = f"{used} of {asked.rules} {way.value} rules of one address family are used"
                yield Hit(group_ref(group), message, way.value)
    for id_ in sorted(task.scene.network.interfaces):
        interface = task.scene.network.interfaces[id_]
        count = len(interface.groups or ())
        if count > asked.groups:
            message = f"it has {count} groups; the quota is {asked.groups} unless it was raised"
            yield Hit(Ref("network-interface", id_, interface.name), message, related=interface.groups or ())


def _counted(lines: tuple[FilterLine, ...], family: int) -> int:
    return sum(1 for line in lines if line.reference or line.unresolved or line.peer.family(family))


CHECK = Check(Quota, run)
