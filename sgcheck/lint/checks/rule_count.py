"""Groups with more rules than anybody reads."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref


class RuleCount(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """most: how many rules of both directions together are no finding."""

    most: int = 50


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Count the rules of every group."""
    most = task.parameters.most
    for group in task.scene.groups():
        count = len(group.ingress or ()) + len(group.egress or ())
        if count > most:
            yield Hit(group_ref(group), f"it has {count:,} rules, which is more than {most:,}")


CHECK = Check(RuleCount, run)
