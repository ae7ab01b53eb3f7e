"""`diagnose --format json`: schema `sgcheck.diagnose/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document
from sgcheck.render.explain_json import gap_object, query_object

if TYPE_CHECKING:
    from sgcheck.diagnose.evidence import Clue
    from sgcheck.diagnose.recognise import Recognised
    from sgcheck.diagnose.result import Contradiction, Diagnosis, RankedCause
    from sgcheck.reach.answer import Explanation

SCHEMA = "sgcheck.diagnose/1"


def render(diagnosis: Diagnosis) -> str:
    """Return the whole diagnosis as JSON, ending with a newline."""
    explanation = diagnosis.explanation
    return document(
        {
            "schema": SCHEMA,
            "query": query_object(explanation.query),
            "observed": _observed(diagnosis.observed),
            "predicted": _predicted(explanation),
            "summary": diagnosis.summary,
            "causes": [_cause(cause) for cause in diagnosis.causes],
            "contradictions": [_contradiction(one) for one in diagnosis.contradictions],
            "evidence": [_clue(clue) for clue in diagnosis.clues],
            "gaps": [gap_object(gap) for gap in explanation.gaps],
            "notes": diagnosis.notes,
        }
    )


def _observed(observed: Recognised | None) -> dict[str, Any] | None:
    if observed is None:
        return None
    return {
        "symptom": observed.symptoms[0] if observed.sure else None,
        "symptoms": observed.symptoms,
        "program": observed.program,
        "line": observed.line,
        "note": observed.told,
    }


def _predicted(explanation: Explanation) -> dict[str, Any]:
    return {
        "verdict": explanation.verdict,
        "client_sees": explanation.client_sees,
        "summary": explanation.summary,
    }


def _cause(cause: RankedCause) -> dict[str, Any]:
    return {
        "code": cause.code,
        "confidence": cause.confidence,
        "what": cause.what,
        "resource": cause.resource,
        "for": cause.for_,
        "against": cause.against,
        "tell_apart": cause.tell_apart,
        "next": cause.next,
    }


def _contradiction(one: Contradiction) -> dict[str, Any]:
    return {"configuration": one.configuration, "seen": one.seen, "explained_by": one.explained_by}


def _clue(clue: Clue) -> dict[str, Any]:
    return {
        "says": clue.says,
        "source": clue.source,
        "text": clue.text,
        "at": clue.at,
        "since": clue.since,
        "until": clue.until,
        "count": clue.count,
        "by": clue.by,
    }
