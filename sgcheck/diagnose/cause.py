"""What a cause is that lies beyond the configuration: data, and how it is weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from sgcheck.diagnose.symptoms import PAST_THE_NETWORK
from sgcheck.diagnose.weigh import EXCLUDES, EXPLAINS, NAMES, UNLIKELY, USUAL, Reason, by_clues

if TYPE_CHECKING:
    from sgcheck.diagnose.case import Case
    from sgcheck.diagnose.evidence import Says
    from sgcheck.diagnose.symptoms import Symptom


class Where(StrEnum):
    """How a cause stands to what the configuration says."""

    BEYOND = "beyond"
    """At or behind the target: packets have to be delivered for it."""
    ANYWHERE = "anywhere"
    """At the client, before the network."""
    ASIDE = "aside"
    """What was observed says nothing of what was asked."""
    DOUBT = "doubt"
    """It explains why what is seen contradicts the configuration, and is no cause otherwise."""


def always(case: Case) -> bool:
    """Whether a cause is possible: it is."""
    del case
    return True


def nothing_more(case: Case) -> Iterable[Reason]:
    """What else speaks for or against: nothing."""
    del case
    return ()


class Cause(msgspec.Struct, frozen=True):
    """One cause.

    what: what is the case. explains: what a client may see of it; usual: of which it is the usual cause; certain: that
    can be nothing else. names, goes_with, excludes: clues that say just this, that suit it, and that rule it out. only:
    whether it is possible at all. more: what else speaks for or against it. sign: what is to be seen if it is this.
    next: commands, with {port}, {address}, {instance} and {port_or} to be filled in.
    """

    code: str
    where: Where
    what: str
    explains: tuple[Symptom, ...]
    sign: str
    next: tuple[str, ...]
    usual: tuple[Symptom, ...] = ()
    certain: tuple[Symptom, ...] = ()
    names: tuple[Says, ...] = ()
    goes_with: tuple[Says, ...] = ()
    excludes: tuple[Says, ...] = ()
    only: Callable[[Case], bool] = always
    more: Callable[[Case], Iterable[Reason]] = nothing_more


def reasons(cause: Cause, case: Case, *, contradicted: bool) -> list[Reason]:
    """Return what speaks for and against a cause; contradicted: whether configuration and sight contradict each other.

    Empty where it is not possible, or where neither symptom nor clue speaks for it.
    """
    if not cause.only(case) or (cause.where is Where.DOUBT and not contradicted):
        return []
    if case.foreign and cause.where is not Where.ASIDE:
        return [*_by_clues(cause, case), *_by_configuration(cause, case)] if case.says(*cause.names) else []
    seen = [*_by_symptom(cause, case), *_by_clues(cause, case)]
    if not any(reason.points > 0 for reason in seen):
        return []
    return [*seen, *_by_configuration(cause, case), *cause.more(case)]


def _by_symptom(cause: Cause, case: Case) -> Iterator[Reason]:
    if cause.where is Where.ASIDE:
        yield Reason(NAMES, f"nobody sees {case.words()} of {case.context.explanation.query.protocol}")
    elif case.sees_only(cause.certain):
        yield Reason(NAMES, f"{case.words()}: the client says so itself")
    elif case.sees(cause.explains):
        yield Reason(EXPLAINS, f"{case.words(cause.explains)} is what a client sees of it")
        if case.sees(cause.usual):
            yield Reason(USUAL, f"it is the usual cause of {case.words(cause.usual)}")
    elif case.symptoms:
        yield Reason(EXCLUDES, f"a client would see {' or '.join(cause.explains)} of it, not {case.words()}")


def _by_clues(cause: Cause, case: Case) -> Iterator[Reason]:
    for says, points in ((cause.names, NAMES), (cause.goes_with, USUAL), (cause.excludes, EXCLUDES)):
        yield from by_clues(case.says(*says), points)


def _by_configuration(cause: Cause, case: Case) -> Iterator[Reason]:
    if cause.where is not Where.BEYOND:
        return
    if case.delivers:
        yield Reason(0, "the configuration delivers the packets, there and back")
    elif case.sees_only(PAST_THE_NETWORK):
        yield Reason(0, "a server answered with words of its own, so that packets went there and back")
    elif case.blocks and not case.through:
        yield Reason(UNLIKELY, "by the configuration the packets do not get that far")
