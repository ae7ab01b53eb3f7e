"""Rules of a group that its other rules say already, one of them or several together."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import places, revoke
from sgcheck.lint.cover import covering
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, said, some


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for rules without which the same packets pass; rules that say exactly the same are another check's."""
    for group in task.scene.groups():
        for way in WAYS:
            lines = group.lines(way) or ()
            for line, others in covering(lines):
                message = (
                    f"{line.label} allows nothing that {some(labels(others))} {_do(len(others))} not allow already"
                )
                commands = revoke(task.scene, group.id, way, [line])
                related = (line.label, *labels(others))
                takes, needs = places(group.id, way, [line]), places(group.id, way, others)
                yield Hit(group_ref(group), message, said(line, way), None, related, commands, takes=takes, needs=needs)


def _do(count: int) -> str:
    return "does" if count == 1 else "together do"


CHECK = Check(Parameters, run)
