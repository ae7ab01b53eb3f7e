"""Rules that name groups which are gone."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import places, revoke
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for references of which AWS says that they match nothing any more."""
    for group in task.scene.groups():
        for way in WAYS:
            for line in group.lines(way) or ():
                if line.reference is not None and line.reference.stale is not None:
                    message = f"{line.label} matches nothing any more: {line.reference.stale}"
                    commands = revoke(task.scene, group.id, way, [line])
                    key = f"{way.value} {line.reference.group}"
                    related = (*labels([line]), line.reference.group)
                    yield Hit(
                        group_ref(group),
                        message,
                        key,
                        related=related,
                        commands=commands,
                        takes=places(group.id, way, [line]),
                    )


CHECK = Check(Parameters, run)
