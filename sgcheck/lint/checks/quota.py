"""What is near a quota of VPCs (VPC user guide, amazon-vpc-limits, security groups)."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import Scene, group_ref
from sgcheck.lint.words import WAYS
from sgcheck.lint.written import Written, written_rules
from sgcheck.model.ref import Ref


class Quota(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """rules: of one direction and address family of a group; groups: of an interface; share: percent that is near."""

    rules: int = 60
    groups: int = 5
    share: int = 90


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Count what AWS counts; a group or list that a rule names counts in both families."""
    asked: Quota = task.parameters
    written, lists = written_rules(task.scene), _weights(task.scene)
    for group in task.scene.groups():
        for way in WAYS:
            rules = [rule for rule in written.get(group.id, ()) if rule.way is way]
            used = max(sum(_weight(rule, family, lists) for rule in rules) for family in (4, 6))
            if used * 100 >= asked.rules * asked.share:
                message = f"{used} of {asked.rules} {way.value} rules of one address family are used"
                yield Hit(group_ref(group), message, way.value)
    for id_ in sorted(task.scene.network.interfaces):
        interface = task.scene.network.interfaces[id_]
        count = len(interface.groups or ())
        if count > asked.groups:
            message = f"it has {count} groups; the quota is {asked.groups} unless it was raised"
            yield Hit(Ref("network-interface", id_, interface.name), message, related=interface.groups or ())


def _weights(scene: Scene) -> dict[str, int]:
    """What a prefix list counts for: as many rules as it may have entries (VPC user guide, managed-prefix-lists)."""
    records = scene.records(PREFIX_LIST)
    return {id_: record.max_entries for id_, (record, _home) in records.items() if record.max_entries}


def _weight(rule: Written, family: int, lists: dict[str, int]) -> int:
    if "/" in rule.peer:
        return int((":" in rule.peer) is (family == 6))
    return lists.get(rule.peer, 1)


CHECK = Check(Quota, run)
