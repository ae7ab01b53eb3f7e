"""`--probe` beside the diagnosis: what really happens from this machine is what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.diagnose.readers import function_of
from sgcheck.diagnose.recognise import Recognised
from sgcheck.diagnose.symptoms import Symptom

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.evidence import Clue

_NAMES = {symptom.value: symptom for symptom in Symptom} | {"answered": Symptom.CONNECTED}


def probed(context: Context, *, tries: int, source_known: bool) -> tuple[Recognised | None, list[Clue]]:
    """Try every asked address `tries` times, and return what was observed, as a symptom and as clues.

    source_known: the question's source is said to be this machine.
    """
    aims = function_of("--probe", "sgcheck.diagnose.aims", "aims_of")(context.explanation, _host_name(context))
    probe = function_of("--probe", "sgcheck.diagnose.probe", "probe")
    read = function_of("--probe", "sgcheck.diagnose.probe", "read")
    tried = [probe(aim, tries=tries) for aim in aims]
    clues = [clue for one in tried for clue in read(one, context.explanation, source_known=source_known)]
    return _observed(attempt.outcome for one in tried for attempt in one.attempts), clues


def _host_name(context: Context) -> str | None:
    target = context.question.target
    return target if "." in target and any(sign.isalpha() for sign in target) else None


def _observed(outcomes: Iterable[Any]) -> Recognised | None:
    """One symptom where all tries agree, the failures where some work."""
    seen = tuple(dict.fromkeys(_NAMES[o.value] for o in outcomes if o.value in _NAMES))
    if not seen:
        return None
    if Symptom.CONNECTED in seen and len(seen) > 1:
        return Recognised((Symptom.INTERMITTENT,), "probe", told=f"tries differ: {', '.join(seen)}")
    told = f"tries differ: {', '.join(seen)}" if len(seen) > 1 else None
    return Recognised(seen, "probe", told=told)
