"""Rules of a group that share some of what they allow, and each allow more."""

from __future__ import annotations

from collections.abc import Iterator

from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.effective import far, key_of
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.lint.scene import group_ref
from sgcheck.lint.words import WAYS, labels, said
from sgcheck.model.filters import FilterLine


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Compare the rules for addresses of each direction; one that another covers is another check's."""
    for group in task.scene.groups():
        for way in WAYS:
            lines = [line for line in group.lines(way) or () if key_of(line) is None]
            for number, line in enumerate(lines):
                for other in lines[number + 1 :]:
                    if _overlap(line, other):
                        one, two = sorted((said(line, way), said(other, way)))
                        message = f"{one} and {two} share a part of what they allow"
                        yield Hit(group_ref(group), message, f"{one} {two}", related=labels([line, other]))


def _overlap(line: FilterLine, other: FilterLine) -> bool:
    if line.peer.isdisjoint(other.peer) or not line.services & other.services:
        return False
    one, two = far(line), far(other)
    return bool(one & two) and not one <= two and not two <= one


CHECK = Check(Parameters, run)
