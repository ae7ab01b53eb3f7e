"""A question, what was observed, and evidence become ranked causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.diagnose.case import Case
from sgcheck.diagnose.cause import Cause, Where, reasons
from sgcheck.diagnose.causes import CAUSES
from sgcheck.diagnose.commands import commands_of
from sgcheck.diagnose.contradictions import contradictions
from sgcheck.diagnose.named import missing_reasons
from sgcheck.diagnose.named import reasons as named_reasons
from sgcheck.diagnose.own import clues_of_network
from sgcheck.diagnose.place import Place, place_of
from sgcheck.diagnose.result import Confidence, Contradiction, Diagnosis, RankedCause
from sgcheck.diagnose.weigh import Reason, confidence, points, worth_telling
from sgcheck.reach.answer import Direction, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.evidence import Clue
    from sgcheck.diagnose.recognise import Recognised
    from sgcheck.reach.answer import Answer, Blocker

MOST = 8
"""Causes that are told; what ranks below rests on next to nothing."""

NOT_COLLECTED = "NOT_COLLECTED"
"""The code of what is not in the input; that of undecided blockers (aws/codes.py)."""

_DOUBTS = {cause.code for cause in CAUSES if cause.where is Where.DOUBT}


class _Candidate(msgspec.Struct, frozen=True):
    """A cause with its reasons, before it is ranked. order: between those of the same weight."""

    ranked: RankedCause
    sign: str
    weight: int
    order: int


def diagnose(
    context: Context, observed: Recognised | None, clues: Iterable[Clue] = (), *, own: bool = True
) -> Diagnosis:
    """Rank what may be the cause.

    context: the question and the configuration's answer to it. observed: what the client sees, None where nobody says.
    clues: what evidence says; `own` adds what the network itself tells of hosts and targets.
    """
    case = Case(context, observed, (*clues, *(clues_of_network(context) if own else ())))
    against = contradictions(case)
    found = sorted(_candidates(case, contradicted=bool(against)), key=lambda one: (-one.weight, one.order))[:MOST]
    causes = tuple(_told_apart(found))
    doubts = tuple(cause.code for cause in causes if cause.code in _DOUBTS or _explains_silence(case, cause))
    return Diagnosis(
        explanation=context.explanation,
        observed=observed,
        summary=_summary(case, causes),
        causes=causes,
        contradictions=tuple(Contradiction(says, seen, doubts) for says, seen in against),
        clues=case.clues,
        notes=tuple(_notes(case)),
    )


def _notes(case: Case) -> Iterator[str]:
    if case.context.source_assumed:
        yield "asked from the internet, since no --from says where the client is"
        if "INSTANCE_HAS_NO_PUBLIC_IP" in case.codes:
            yield (
                "from the internet the target has no address: if the client is inside, say where, as in --from i-…, "
                "--from sg-… or --from with its private address"
            )


def _explains_silence(case: Case, cause: RankedCause) -> bool:
    """Whether a cause of its own makes silence out of what is delivered."""
    return case.delivers and case.silent and cause.confidence is not Confidence.LOW


def _candidates(case: Case, *, contradicted: bool) -> Iterator[_Candidate]:
    order = 0
    for answer, blocker in case.blockers:
        order += 1
        found = named_reasons(case, answer, blocker)
        if worth_telling(found):
            yield _candidate(_of_blocker(blocker, case), _sign(case, answer, blocker), found, order)
    if case.verdict is Verdict.UNKNOWN and not any(blocker.undecided for _answer, blocker in case.blockers):
        missing = missing_reasons(case)
        if worth_telling(missing):
            yield _candidate(_of_gaps(case), _LOGS[Place.BETWEEN, Direction.FORWARD], missing, order)
    for cause in CAUSES:
        order += 1
        found = reasons(cause, case, contradicted=contradicted)
        if worth_telling(found):
            yield _candidate(_of_cause(cause, case), cause.sign, found, order)


def _candidate(ranked: RankedCause, sign: str, found: Sequence[Reason], order: int) -> _Candidate:
    ranked = msgspec.structs.replace(
        ranked,
        confidence=confidence(found),
        for_=tuple(dict.fromkeys(reason.text for reason in found if reason.points >= 0)),
        against=tuple(dict.fromkeys(reason.text for reason in found if reason.points < 0)),
    )
    return _Candidate(ranked, sign, points(found), order)


def _of_blocker(blocker: Blocker, case: Case) -> RankedCause:
    collect = tuple(gap.collect for gap in case.context.explanation.gaps if gap.collect and blocker.undecided)
    return RankedCause(
        code=blocker.code,
        confidence=Confidence.LOW,
        what=_sentence(blocker.why),
        for_=(),
        next=tuple(dict.fromkeys((*blocker.fix.commands, *collect))) or (f"# {blocker.fix.why}",),
        resource=blocker.resource,
    )


def _of_gaps(case: Case) -> RankedCause:
    """What is not in the input, where it leaves not even a blocker to be named."""
    explanation = case.context.explanation
    collect = tuple(dict.fromkeys(gap.collect for gap in explanation.gaps if gap.collect))
    return RankedCause(
        code=NOT_COLLECTED,
        confidence=Confidence.LOW,
        what=explanation.summary,
        for_=(),
        next=collect or ("# collect what is missing, and ask again",),
    )


def _of_cause(cause: Cause, case: Case) -> RankedCause:
    commands = commands_of(cause, case)
    return RankedCause(code=cause.code, confidence=Confidence.LOW, what=cause.what, for_=(), next=commands)


def _sentence(text: str) -> str:
    return f"{text}."


_LOGS = {
    (Place.TARGET, Direction.FORWARD): "the flow log of the target's interface has REJECT for the packets",
    (Place.SOURCE, Direction.FORWARD): "the flow log of the source's interface has REJECT for the packets",
    (Place.BETWEEN, Direction.FORWARD): "the packets leave the source, and the target's flow log has nothing of them",
    (Place.TARGET, Direction.RETURN): "the target's flow log has ACCEPT for the packets and REJECT for the replies",
    (Place.SOURCE, Direction.RETURN): "the source's flow log has REJECT for the replies",
    (Place.BETWEEN, Direction.RETURN): "the target's flow log has ACCEPT there and back, and no reply arrives",
}


def _sign(case: Case, answer: Answer, blocker: Blocker) -> str:
    del answer
    return _LOGS[place_of(case.context, blocker), blocker.direction]


def _told_apart(found: Sequence[_Candidate]) -> Iterator[RankedCause]:
    """Add to each cause what is seen if it is the one, and if it is its nearest rival."""
    for index, one in enumerate(found):
        rival = next((o for o in (*found[index + 1 :], *found[:index][::-1]) if o.sign != one.sign), None)
        signs = [f"if it is this: {one.sign}"]
        if rival is not None:
            signs.append(f"if it is {rival.ranked.code}: {rival.sign}")
        yield msgspec.structs.replace(one.ranked, tell_apart=tuple(signs))


def _summary(case: Case, causes: Sequence[RankedCause]) -> str:
    if causes and causes[0].what == case.context.explanation.summary:
        return causes[0].what
    if causes:
        return f"{_LIKELY[causes[0].confidence]}: {causes[0].what[:1].lower()}{causes[0].what[1:]}"
    if not case.symptoms:
        return f"{case.context.explanation.summary} Say what the client sees (--observed), or try it (--probe)."
    if case.symptoms == ("connected",):
        return "It works, and by the configuration it should."
    return f"No known cause explains {case.words()} here."


_LIKELY = {
    Confidence.HIGH: "The cause",
    Confidence.MEDIUM: "The likeliest cause",
    Confidence.LOW: "One possible cause",
}
