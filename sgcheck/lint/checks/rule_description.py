"""Rules of groups without a description."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import some
from sgcheck.lint.written import Written, written_rules
from sgcheck.model.filters import Way

_ANYWHERE = ("0.0.0.0/0", "::/0")


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look at every rule but those of default groups and the one that lets everything out, which AWS made."""
    for id_, rules in written_rules(task.scene).items():
        group = task.scene.network.groups[id_]
        bare = [rule.label for rule in rules if not rule.description and not _lets_everything_out(rule)]
        if bare and id_ not in task.scene.named_default:
            message = (
                f"{len(bare)} of its {len(rules)} rules say{'s' if len(bare) == 1 else ''} not what for: {some(bare)}"
            )
            yield Hit(group_ref(group), message, related=tuple(bare))


def _lets_everything_out(rule: Written) -> bool:
    return rule.way is Way.EGRESS and rule.protocol == "-1" and rule.peer in _ANYWHERE


CHECK = Check(Parameters, run)
