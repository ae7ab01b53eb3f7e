"""Default groups of VPCs that have rules, or that something uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import places, revoke
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, some


class DefaultGroup(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """what: whether rules of a default group are the fault, or that something has it."""

    what: Literal["rules", "use"]


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the group that every VPC came with."""
    for group in task.scene.groups():
        if group.id not in task.scene.named_default:
            continue
        if task.parameters.what == "rules":
            lines = [line for way in WAYS for line in group.lines(way) or ()]
            if lines:
                commands = [c for way in WAYS for c in revoke(task.scene, group.id, way, group.lines(way) or ())]
                message = f"the default group of its VPC has {len(lines)} rule{'s' if len(lines) > 1 else ''}"
                takes = tuple(p for way in WAYS for p in places(group.id, way, group.lines(way) or ()))
                yield Hit(group_ref(group), message, related=labels(lines), commands=tuple(commands), takes=takes)
            continue
        users = task.scene.network.with_group.get(group.id, ())
        if users:
            hosts = tuple(sorted({task.scene.exposed.host(id_) for id_ in users}))
            yield Hit(group_ref(group), f"the default group of its VPC is used by {some(hosts)}", related=hosts)


CHECK = Check(DefaultGroup, run)
