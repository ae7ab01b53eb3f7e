"""Words and levels that several forms of `lint` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.lint.severity import Severity
from sgcheck.render.words import named

if TYPE_CHECKING:
    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report
    from sgcheck.lint.rule import Rule


def resource(finding: Finding) -> str:
    """The resource as the configuration calls it, with its id; without one its id and name."""
    own, written = finding.resource, finding.written
    if written is None or written == own.id:
        return named(own.id, own.name if written is None else None)
    return f"{written} ({own.id})"


def where(finding: Finding) -> str:
    """Account and Region, as far as they are known."""
    return ", ".join(filter(None, (finding.account, finding.region)))


def level(severity: Severity) -> str:
    """How SARIF and CI systems grade it: error, warning or note."""
    if severity >= Severity.HIGH:
        return "error"
    return "warning" if severity is Severity.MEDIUM else "note"


def first_line(markdown: str) -> str:
    """The first paragraph of a part of a page, as one line."""
    return " ".join(markdown.split("\n\n", 1)[0].split())


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def tally(report: Report) -> str:
    """The counts in words: "3 findings (1 critical, 2 high), 1 suppressed; 67 rules"."""
    total = len(report.findings)
    parts = ", ".join(f"{count:,} {word}" for word, count in report.counts.items() if count)
    text = counted(total, "finding", "findings") if total else "no findings"
    text += f" ({parts})" if parts else ""
    if report.suppressed:
        text += f", {len(report.suppressed):,} suppressed"
    if report.undecided:
        text += f", {len(report.undecided):,} undecided"
    return f"{text}; {counted(len(report.rules), 'rule', 'rules')}"


def by_rule(report: Report) -> list[tuple[Rule, Severity, list[Finding]]]:
    """The findings in runs of one severity and one rule, the worst first."""
    rules = {rule.id: rule for rule in report.rules}
    found: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in report.findings:
        found.setdefault((finding.severity, finding.rule), []).append(finding)
    return [(rules[id_], severity, findings) for (severity, id_), findings in found.items()]


def reasons(report: Report) -> list[tuple[str, list[str], list[str]]]:
    """Why something is undecided, with the resources and the rules that it is about, each once."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for one in report.undecided:
        resources, rules = found.setdefault(one.why, ({}, {}))
        resources[named(one.resource.id, one.resource.name) or one.resource.kind] = None
        rules[one.name] = None
    return [(why, list(resources), list(rules)) for why, (resources, rules) in found.items()]
