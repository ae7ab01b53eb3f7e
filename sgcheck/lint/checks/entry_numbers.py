"""Entries of a network ACL that share a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import acl_ref
from sgcheck.lint.words import WAYS


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Count the numbers of each direction; which entry of a number counts is not told."""
    for acl in task.scene.acls():
        for way in WAYS:
            numbers = Counter(line.number for line in acl.lines(way) or ())
            for number, count in sorted(numbers.items()):
                if count > 1:
                    message = f"{count} {way.value} entries have the number {number}"
                    yield Hit(acl_ref(acl), message, f"{way.value} {number}", related=(f"{way.value} rule {number}",))


CHECK = Check(Parameters, run)
