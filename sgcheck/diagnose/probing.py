"""`--probe` beside the diagnosis: what really happens from this machine is what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.aims import aims_of
from sgcheck.diagnose.probe import probe, read
from sgcheck.diagnose.recognise import Recognised
from sgcheck.diagnose.symptoms import Symptom

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.diagnose.attempt import Outcome
    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.evidence import Clue

_NAMES = {symptom.value: symptom for symptom in Symptom} | {"answered": Symptom.CONNECTED}


def probed(context: Context, *, tries: int, source_known: bool) -> tuple[Recognised | None, list[Clue]]:
    """Try every asked address `tries` times, and return what was observed, as a symptom and as clues.

    source_known: the question's source is said to be this machine.
    """
    aims = aims_of(context.explanation, _host_name(context))
    tried = [probe(aim, tries=tries) for aim in aims]
    clues = [clue for one in tried for clue in read(one, context.explanation, source_known=source_known)]
    return observed_of(attempt.outcome for one in tried for attempt in one.attempts), clues


def _host_name(context: Context) -> str | None:
    target = context.question.target
    return target if "." in target and any(sign.isalpha() for sign in target) else None


def observed_of(outcomes: Iterable[Outcome]) -> Recognised | None:
    """Return one symptom where all tries agree, the failures where some work, None where nothing could be tried."""
    seen = tuple(dict.fromkeys(_NAMES[outcome.value] for outcome in outcomes if outcome.value in _NAMES))
    if not seen:
        return None
    told = f"tries differ: {', '.join(seen)}" if len(seen) > 1 else None
    if Symptom.CONNECTED in seen and len(seen) > 1:
        return Recognised((Symptom.INTERMITTENT,), "probe", told=told)
    return Recognised(seen, "probe", told=told)
