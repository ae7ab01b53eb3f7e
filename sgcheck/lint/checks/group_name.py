"""Groups whose names tell that nobody chose them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref


class GroupName(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """patterns: names that are a fault, with * and ?."""

    patterns: tuple[str, ...]


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the names of groups."""
    for group in task.scene.groups():
        name = task.scene.network.group_names.get(group.id)
        if name is not None and any(fnmatchcase(name, pattern) for pattern in task.parameters.patterns):
            yield Hit(group_ref(group), f"its name is {name}")


CHECK = Check(GroupName, run)
