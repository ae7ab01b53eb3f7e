"""What has to be reachable, and what must not be, as somebody's own page says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from sgcheck.errors import UsageError
from sgcheck.lint.check import Check, Parameters, Task
from sgcheck.lint.finding import Doubt, Hit
from sgcheck.model.ref import Ref
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.reach.check import check
from sgcheck.reach.question import Question

_OPTION = re.compile(r"^: (?:--(?:from|to) )?")
"""How a complaint begins that names no file, and the option that `check` has not and `explain` has."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    """One expectation, as `sgcheck check` takes it; verdict: one, or several of which any will do."""

    source: str
    target: str
    port: str | int
    verdict: Verdict | tuple[Verdict, ...]
    allowed: tuple[str, ...] | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Be a question that can be asked. Raises ValueError."""
        try:
            Question.parse(self.source, self.target, str(self.port))
        except UsageError as wrong:
            raise ValueError(wrong.message) from None

    def expectation(self) -> Expectation:
        """What is asked."""
        told = self.verdict
        verdicts: Sequence[Verdict] = (told,) if isinstance(told, Verdict) else told
        return Expectation(self.name, self.source, self.target, str(self.port), tuple(verdicts), self.allowed, "")


class Reachability(Parameters, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """expect: what has to hold, in any order."""

    expect: tuple[Wanted, ...]


def run(task: Task) -> Iterator[Hit | Doubt]:
    """Ask every expectation; ends that the data does not have leave it undecided."""
    for wanted in task.parameters.expect:
        yield from _asked(task, wanted.expectation())


def _asked(task: Task, wanted: Expectation) -> Iterator[Hit | Doubt]:
    ref = Ref("expectation", f"{wanted.source} to {wanted.target} on {wanted.port}", wanted.name)
    try:
        (checked,) = check(task.scene.network, (wanted,)).results
    except UsageError as wrong:
        yield Doubt(ref, _OPTION.sub("", wrong.message))
        return
    if checked.passed is None:
        yield Doubt(ref, checked.explanation.summary)
    elif not checked.passed:
        expected = " or ".join(verdict.value for verdict in wanted.verdicts)
        summary = checked.reason or checked.explanation.summary
        message = f"expected {expected}, and it is {checked.explanation.verdict.value}: {summary}"
        yield Hit(ref, message, related=_related(checked.explanation.answers))


def _related(answers: Sequence[Any]) -> tuple[str, ...]:
    return tuple(sorted({blocker.resource for answer in answers for blocker in answer.blockers if blocker.resource}))


CHECK = Check(Reachability, run)
