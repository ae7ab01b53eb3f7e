"""Entries of network ACLs that never decide, since earlier ones take all of their packets."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.acls import shadowed
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.commands import delete_entry, places
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import WAYS, labels, said, some


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Look for entries that no packet gets to."""
    for acl in task.scene.acls():
        for way in WAYS:
            for line, earlier in shadowed(acl.lines(way) or ()):
                other = [one for one in earlier if one.allow is not line.allow]
                what = "allows" if line.allow else "denies"
                decide = f"{some(labels(earlier))} decide{'s' if len(earlier) == 1 else ''} on all of it before"
                message = f"{way.value} {line.label} {what} nothing: {decide}"
                if other:
                    message += f", and {some(labels(other))} the other way round"
                command = delete_entry(task.scene, acl.id, way, line.number)
                related = (f"{way.value} {line.label}", *(f"{way.value} {label}" for label in labels(earlier)))
                takes, needs = places(acl.id, way, [line]), places(acl.id, way, earlier)
                yield Hit(acl_ref(acl), message, said(line, way), None, related, (command,), takes=takes, needs=needs)


CHECK = Check(Parameters, run)
