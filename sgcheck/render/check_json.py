"""`check --format json`: schema `sgcheck.check/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document
from sgcheck.render.words import place

if TYPE_CHECKING:
    from sgcheck.reach.answer import Checked, CheckReport, Expectation

SCHEMA = "sgcheck.check/1"


def render(report: CheckReport) -> str:
    """Return all results as JSON, in the order of the file, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "passed": report.passed,
            "failed": report.failed,
            "undecided": report.undecided,
            "results": [_result(checked) for checked in report.results],
        }
    )


def _result(checked: Checked) -> dict[str, Any]:
    expectation, explanation = checked.expectation, checked.explanation
    file, line = place(checked)
    return {
        "name": expectation.name,
        "from": expectation.source,
        "to": expectation.target,
        "protocol": explanation.query.protocol,
        "port": explanation.query.port,
        "expected": _expected(expectation),
        "expected_allowed": expectation.allowed,
        "verdict": explanation.verdict,
        "client_sees": explanation.client_sees,
        "passed": checked.passed,
        "allowed": checked.allowed,
        "blockers": sorted({blocker.code for answer in explanation.answers for blocker in answer.blockers}),
        "summary": explanation.summary,
        "reason": checked.reason,
        "location": {"file": file or None, "line": line},
    }


def _expected(expectation: Expectation) -> str | list[str]:
    """The verdict as the file has it: one word, or a list where any of several is right."""
    verdicts = [verdict.value for verdict in expectation.verdicts]
    return verdicts[0] if len(verdicts) == 1 else verdicts
