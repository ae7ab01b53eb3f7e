"""Rules of a group that say exactly the same, in whatever words."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.cover import same
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, said


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for rules of one direction that allow the same packets."""
    for group in task.scene.groups():
        for way in WAYS:
            for lines in same(group.lines(way) or ()):
                message = f"{len(lines)} of its rules say the same: {said(lines[0], way)}"
                yield Hit(group_ref(group), message, said(lines[0], way), related=labels(lines))


CHECK = Check(Parameters, run)
