"""Many answers made short: what blocks them named once each, and answers with the same outcome put together.

Only the arrangement happens here. Nothing is judged: every word comes from the answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from sgcheck.reach.answer import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sgcheck.reach.answer import Answer, Blocker, ClientSees, Direction, Fix

_ORDER = (Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.REACHABLE)

T = TypeVar("T")
Key = tuple[str, str, str, str | None, bool]


class Remedy(msgspec.Struct, frozen=True):
    """The same commands, with every sentence that goes with them."""

    whys: tuple[str, ...]
    commands: tuple[str, ...]


class Concern(msgspec.Struct, frozen=True):
    """One blocker, wherever it occurs.

    number: how it is called in this output, from 1. answers: the numbers (from 1) of the answers that it concerns.
    The other lists hold what the single occurrences say, each thing once.
    """

    number: int
    code: str
    resource: str
    name: str | None
    direction: Direction
    by: str | None
    undecided: bool
    whys: tuple[str, ...]
    denied: tuple[str, ...]
    near_misses: tuple[str, ...]
    fixes: tuple[Remedy, ...]
    also: tuple[str, ...]
    answers: tuple[int, ...]


class Outcome(msgspec.Struct, frozen=True):
    """Answers that end in the same way: their numbers, and the numbers of the blockers that they share."""

    verdict: Verdict
    client_sees: ClientSees
    concerns: tuple[int, ...]
    answers: tuple[int, ...]


def _key(blocker: Blocker) -> Key:
    return (blocker.code, blocker.resource, blocker.direction.value, blocker.by, blocker.undecided)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def concerns(answers: Sequence[Answer]) -> tuple[Concern, ...]:
    """Return the distinct blockers of `answers`: denials first, then missing knowledge, each in order of appearance."""
    found: dict[Key, list[tuple[int, Blocker]]] = {}
    for number, answer in enumerate(answers, 1):
        for blocker in answer.blockers:
            found.setdefault(_key(blocker), []).append((number, blocker))
    entries = sorted(found.values(), key=lambda entry: entry[0][1].undecided)
    return tuple(_concern(number, entry) for number, entry in enumerate(entries, 1))


def _concern(number: int, found: Sequence[tuple[int, Blocker]]) -> Concern:
    every = [blocker for _, blocker in found]
    first = every[0]
    return Concern(
        number=number,
        code=first.code,
        resource=first.resource,
        name=first.name,
        direction=first.direction,
        by=first.by,
        undecided=first.undecided,
        whys=_once(blocker.why for blocker in every),
        denied=_once(cidr for blocker in every for cidr in blocker.denied),
        near_misses=_once(miss for blocker in every for miss in blocker.near_misses),
        fixes=_remedies(blocker.fix for blocker in every),
        also=_once(note for blocker in every for note in blocker.also),
        answers=_once(answer for answer, _ in found),
    )


def _remedies(fixes: Iterable[Fix]) -> tuple[Remedy, ...]:
    whys: dict[tuple[str, ...], list[str]] = {}
    for fix in fixes:
        whys.setdefault(fix.commands, []).append(fix.why)
    return tuple(Remedy(_once(filter(None, said)), commands) for commands, said in whys.items())


def outcomes(answers: Sequence[Answer], known: Sequence[Concern]) -> tuple[Outcome, ...]:
    """Return `answers` in groups of the same verdict, symptom and blockers; the blocked first, then the largest.

    known: what `concerns` returned for the same answers.
    """
    of_answer: dict[int, list[int]] = {}
    for concern in known:
        for number in concern.answers:
            of_answer.setdefault(number, []).append(concern.number)
    groups: dict[tuple[Verdict, ClientSees, tuple[int, ...]], list[int]] = {}
    for number, answer in enumerate(answers, 1):
        alike = (answer.verdict, answer.client_sees, tuple(of_answer.get(number, ())))
        groups.setdefault(alike, []).append(number)
    made = (Outcome(*alike, tuple(numbers)) for alike, numbers in groups.items())
    return tuple(sorted(made, key=lambda group: (_ORDER.index(group.verdict), -len(group.answers))))
