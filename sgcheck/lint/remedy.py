"""What to run to be rid of findings: commands that go together, and what is left to do by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sgcheck.lint.finding import Finding

_WHOLE = ("aws ec2 delete-security-group ", "aws ec2 delete-network-acl ")
"""Commands that take a resource away, after which the others for it mean nothing."""


class Step(NamedTuple):
    """The commands for one finding; why_not: why there are none, where there might be."""

    finding: Finding
    commands: tuple[str, ...]
    why_not: str = ""


LATER = "what it leans on goes with the commands above; lint again afterwards"
GONE = "the whole of it goes with a command below"
DONE = "a command above does it"
BY_HAND = "there is no command for it"


def steps(findings: Sequence[Finding]) -> tuple[Step, ...]:
    """A step for each finding, in the order in which their commands must run.

    A rule that others make needless goes only where those stay; so that the commands together change no more than each
    of them would.
    """
    doomed = {one.resource.id for one in findings if any(c.startswith(_WHOLE) for c in one.fix.commands)}
    taken: set[str] = set()
    held: set[str] = set()
    printed: set[str] = set()
    made: list[Step] = []
    last: list[Step] = []
    for finding in sorted(findings, key=lambda one: bool(one.fix.needs)):
        fix = finding.fix
        if not fix.commands:
            made.append(Step(finding, (), BY_HAND))
        elif any(command.startswith(_WHOLE) for command in fix.commands):
            last.append(Step(finding, fix.commands))
        elif finding.resource.id in doomed:
            made.append(Step(finding, (), GONE))
        elif taken & set(fix.needs) or held & set(fix.takes):
            made.append(Step(finding, (), LATER))
        else:
            new = tuple(command for command in dict.fromkeys(fix.commands) if command not in printed)
            printed.update(new)
            taken.update(fix.takes)
            held.update(fix.needs)
            made.append(Step(finding, new, "" if new else DONE))
    return (*made, *last)
