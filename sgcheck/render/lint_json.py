"""`lint --format json`: schema `sgcheck.lint/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document

if TYPE_CHECKING:
    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report

SCHEMA = "sgcheck.lint/1"


def render(report: Report) -> str:
    """Return everything as JSON, the worst finding first, ending with a newline."""
    return document(
        {
            "schema": SCHEMA,
            "findings": [_finding(finding) for finding in report.findings],
            "suppressed": [
                {**_finding(one.finding), "suppressed_by": one.by, "reason": one.reason} for one in report.suppressed
            ],
            "undecided": [
                {
                    "rule": one.rule,
                    "name": one.name,
                    "severity": one.severity.word,
                    "resource": one.resource.id,
                    "kind": one.resource.kind,
                    "why": one.why,
                }
                for one in report.undecided
            ],
            "errors": [],
            "gaps": [
                {"kind": g.kind, "resource": g.id or None, "account": g.account, "region": g.region, "why": g.why}
                for g in report.gaps
            ],
            "warnings": report.warnings,
            "summary": {
                "findings": len(report.findings),
                "suppressed": len(report.suppressed),
                "undecided": len(report.undecided),
                "rules": len(report.rules),
                "by_severity": report.counts,
            },
        }
    )


def _finding(finding: Finding) -> dict[str, Any]:
    location = finding.location
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.word,
        "message": finding.message,
        "resource": finding.resource.id,
        "kind": finding.resource.kind,
        "resource_name": finding.resource.name,
        "written": finding.written,
        "account": finding.account,
        "region": finding.region,
        "location": {"file": location.file, "line": location.line} if location else None,
        "related": finding.related,
        "fix": {"why": finding.fix.words, "commands": finding.fix.commands},
        "fingerprint": finding.fingerprint,
    }
