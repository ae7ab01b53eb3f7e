"""`lint --format sarif`: SARIF 2.1.0, as code scanning reads it.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0; GitHub docs, "SARIF support for code
scanning".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck._version import __version__
from sgcheck.lint.severity import Severity
from sgcheck.render.encode import document
from sgcheck.render.escape import visible
from sgcheck.render.lint_words import first_line, level, reasons, resource, where
from sgcheck.render.words import kind_name, named, reason

if TYPE_CHECKING:
    from sgcheck.lint.finding import Finding, Location, Step
    from sgcheck.lint.report import Report
    from sgcheck.lint.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "sgcheck/v1"
# GitHub grades by these numbers: over 9.0 is critical, from 7.0 high, from 4.0 medium, else low.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.5",
}


def render(report: Report) -> str:
    """Return the findings as one SARIF run, ending with a newline; suppressed ones say that they are."""
    index = {rule.id: number for number, rule in enumerate(report.rules)}
    results = [_result(finding, index) for finding in report.findings]
    for one in report.suppressed:
        kept = {"kind": "external", "justification": visible(f"{one.reason} ({one.by})")}
        results.append({**_result(one.finding, index), "suppressions": [kept]})
    driver = {
        "name": "sgcheck",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in report.rules],
    }
    notes = [_note(f"{why}: {', '.join(resources)}") for why, resources, _rules in reasons(report)]
    notes += [_note(warning) for warning in report.warnings] + [_note(gap.why) for gap in report.gaps]
    invocation = {"executionSuccessful": True, "toolExecutionNotifications": notes}
    run = {"tool": {"driver": driver}, "invocations": [invocation], "columnKind": "unicodeCodePoints"}
    return document({"$schema": SCHEMA, "version": "2.1.0", "runs": [{**run, "results": results}]})


def _note(text: str) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": visible(text)}}


def _rule(rule: Rule) -> dict[str, Any]:
    parts = (("What it does", rule.what), ("Why is this bad", rule.why), ("Fix", rule.fix))
    told: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": first_line(rule.what)},
        "fullDescription": {"text": f"{first_line(rule.what)} {first_line(rule.why)}"},
        "defaultConfiguration": {"level": level(rule.severity)},
        "help": {
            "text": "\n\n".join(f"{heading}: {text}" for heading, text in parts),
            "markdown": "\n\n".join(f"## {heading}\n\n{text}" for heading, text in parts),
        },
        "properties": {
            "tags": ["security", *rule.tags],
            "security-severity": _SCORES[rule.severity],
            "precision": "high",
            "equivalents": rule.equivalents,
        },
    }
    if rule.references:
        told["helpUri"] = rule.references[0]
    return told


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    fix = " ".join((finding.fix.words, *finding.fix.commands))
    told: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": level(finding.severity),
        "message": {"text": visible(f"{resource(finding)}: {finding.message}. Fix: {fix}")},
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "severity": finding.severity.word,
            "security-severity": _SCORES[finding.severity],
            "account": finding.account,
            "region": finding.region,
            "related": finding.related,
        },
    }
    if finding.way:
        told["codeFlows"] = [{"threadFlows": [{"locations": [{"location": _station(step)} for step in finding.way]}]}]
    return told


def _station(step: Step) -> dict[str, Any]:
    """One station of the way."""
    hop = step.hop
    what = " ".join(dict.fromkeys((kind_name(hop.kind), named(hop.hop, hop.name))))
    logical = {"name": hop.hop, "kind": "resource"}
    told = {
        "message": {"text": visible(": ".join(filter(None, (what, reason(hop)))))},
        "logicalLocations": [logical],
    }
    return told | _physical(step.location)


def _location(finding: Finding) -> dict[str, Any]:
    called = finding.written or finding.resource.id
    full = ":".join(filter(None, (*where(finding).split(", "), called)))
    logical = {"name": called, "fullyQualifiedName": full, "kind": "resource"}
    return {"logicalLocations": [logical]} | _physical(finding.location)


def _physical(location: Location | None) -> dict[str, Any]:
    if location is None:
        return {}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(location.file)}}
    if location.line is not None:
        physical["region"] = {"startLine": location.line}
    return {"physicalLocation": physical}


def _uri(file: str) -> str:
    from urllib.parse import quote

    path = quote(file.replace("\\", "/").encode("utf-8", "surrogateescape"))
    return f"file://{path}" if path.startswith("/") else path
