"""Entries of network ACLs that could go, since what comes after them decides the same."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.acls import repeated
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import delete_entry, places
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import WAYS, said


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for entries that decide, but just as later ones would."""
    for acl in task.scene.acls():
        for way in WAYS:
            for line, later in repeated(acl.lines(way) or ()):
                what = "allows what later entries allow" if line.allow else "denies what would be denied anyway"
                command = delete_entry(task.scene, acl.id, way, line.number)
                label = f"{way.value} {line.label}"
                takes, needs = places(acl.id, way, [line]), places(acl.id, way, later)
                yield Hit(
                    acl_ref(acl),
                    f"{label} {what}",
                    said(line, way),
                    None,
                    (label,),
                    (command,),
                    takes=takes,
                    needs=needs,
                )


CHECK = Check(Parameters, run)
