"""Groups whose descriptions say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref


class GroupDescription(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """empty: descriptions that say nothing, in any case of letters."""

    empty: tuple[str, ...] = ("", "managed by terraform")


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the descriptions of groups; one that is not in the data is no fault."""
    for id_, (record, _home) in task.scene.records(SECURITY_GROUP).items():
        description = record.description
        if description is not None and description.strip().lower() in task.parameters.empty:
            what = f"its description is {description.strip()}" if description.strip() else "its description is empty"
            yield Hit(group_ref(task.scene.network.groups[id_]), what)


CHECK = Check(GroupDescription, run)
