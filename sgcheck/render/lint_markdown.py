"""`lint --format markdown`: for a pull request or a job summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.lint.severity import Severity
from sgcheck.render.lint_words import by_rule, first_line, reasons, resource, tally
from sgcheck.render.markup import markdown, markdown_block, markdown_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report
    from sgcheck.lint.rule import Rule

# GitHub refuses comments over 65,536 characters.
_RULES = 40
_LISTED = 10
_COMMANDS = 4
_SIGNS = {Severity.CRITICAL: "🛑", Severity.HIGH: "🔴", Severity.MEDIUM: "🟠", Severity.LOW: "🟡", Severity.INFO: "⚪"}


def render(report: Report) -> str:
    """Return the findings as GitHub-flavoured Markdown, ending with a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    sign = _SIGNS[report.findings[0].severity] if report.findings else "✅"
    yield f"### {sign} sgcheck: {tally(report)}"
    runs = by_rule(report)
    for rule, severity, findings in runs[:_RULES]:
        yield from _rule(rule, severity, findings)
    if len(runs) > _RULES:
        yield f"\n… and {len(runs) - _RULES:,} more rules (`-f json` lists everything)"
    for why, resources, _rules in reasons(report)[:_LISTED]:
        shown = ", ".join(map(markdown_code, resources[:_LISTED]))
        yield f"\n❔ {markdown(why)}: {shown}"
    for warning in (*report.warnings, *(gap.why for gap in report.gaps)):
        yield f"\n⚠️ {markdown(warning)}"


def _rule(rule: Rule, severity: Severity, findings: list[Finding]) -> Iterator[str]:
    yield f"\n**{_SIGNS[severity]} {severity.word}: {markdown(rule.name)}** ({markdown_code(rule.id)})\n"
    yield f"{markdown(first_line(rule.why))}\n"
    for finding in findings[:_LISTED]:
        yield f"- {markdown_code(resource(finding))}: {markdown(finding.message)}"
    if len(findings) > _LISTED:
        yield f"- … and {len(findings) - _LISTED:,} more"
    yield f"\nFix: {markdown(findings[0].fix.words)}"
    commands = tuple(command for finding in findings[:_LISTED] for command in finding.fix.commands)
    if commands:
        yield ""
        yield from markdown_block(commands[:_COMMANDS])
