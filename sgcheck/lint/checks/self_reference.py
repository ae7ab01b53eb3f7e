"""Groups that let their own members do everything with each other."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import labels
from sgcheck.model.filters import Way
from sgcheck.packets import Services


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at what a group allows for itself; default groups have a rule of their own."""
    for group in task.scene.groups():
        if group.id in task.scene.named_default:
            continue
        if task.scene.told(group, Way.INGRESS).keyed.get(group.id) == Services.ALL:
            own = [line for line in group.ingress or () if line.reference and line.reference.group == group.id]
            yield Hit(
                group_ref(group), "its members may use every protocol and port of each other", related=labels(own)
            )


CHECK = Check(Parameters, run)
