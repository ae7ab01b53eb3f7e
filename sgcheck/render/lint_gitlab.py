"""`lint --format gitlab`: the report of GitLab's code quality (GitLab docs, ci/testing/code_quality)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sgcheck.lint.severity import Severity
from sgcheck.render.escape import encodable, visible
from sgcheck.render.lint_words import resource

if TYPE_CHECKING:
    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report

_GRADES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report) -> str:
    """Return the findings as a list, the worst first, ending with a newline."""
    return msgspec.json.format(msgspec.json.encode([_entry(f) for f in report.findings]), indent=2).decode() + "\n"


def _entry(finding: Finding) -> dict[str, Any]:
    # GitLab drops entries without a path and a line.
    file, line = (finding.location.file, finding.location.line) if finding.location else (finding.resource.id, None)
    return {
        "description": visible(f"{resource(finding)}: {finding.message}"),
        "check_name": f"{finding.rule} {finding.name}",
        "fingerprint": finding.fingerprint,
        "severity": _GRADES[finding.severity],
        "location": {"path": encodable(file), "lines": {"begin": line or 1}},
    }
