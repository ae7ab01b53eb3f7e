"""Groups without tags."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import some


class Untagged(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """keys: the tags that every group must have; any tag will do where none are named."""

    keys: tuple[str, ...] = ()


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at the tags of groups; default ones came with their VPC."""
    wanted = task.parameters.keys
    for id_, (record, _home) in task.scene.records(SECURITY_GROUP).items():
        only_rules = record.group_name is None and record.vpc_id is None  # of a group from elsewhere
        if id_ in task.scene.named_default or only_rules:
            continue
        has = {tag.key for tag in record.tags or ()}
        lacking = [key for key in wanted if key not in has]
        if lacking or not (wanted or has):
            message = f"it has no tag {some(lacking)}" if lacking else "it has no tags"
            yield Hit(group_ref(task.scene.network.groups[id_]), message)


CHECK = Check(Untagged, run)
