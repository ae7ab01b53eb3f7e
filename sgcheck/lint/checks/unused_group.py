"""Groups that nothing uses, as far as the data can tell."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.attached import mentioned, named, referenced, untold
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import some


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for whatever names a group; without any interface in the data nothing can be said."""
    scene = task.scene
    users, others = named(scene), referenced(scene)
    missing = some(untold(scene), limit=20)
    for group in scene.groups():
        if group.id in users or group.id in others or group.id in scene.named_default:
            continue
        if scene.without_interfaces(group.vpc):
            yield Doubt(group_ref(group), "there are no network interfaces in the data")
            continue
        by = mentioned(scene, group.id)
        if by:
            yield Doubt(group_ref(group), f"{some(by)} may use it, and what such a resource does is not known")
            continue
        message = f"nothing in the data has it, and no other group names it (not in the data: {missing})"
        command = scene.command(f"aws ec2 delete-security-group --group-id {group.id}", group.id)
        yield Hit(group_ref(group), message, commands=(command,))


CHECK = Check(Parameters, run)
