"""`lint` for a person: the worst first, by rule: why it is bad, where it is, how to fix it; the counts last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.lint.severity import Severity
from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, hang, shortened
from sgcheck.render.lint_words import by_rule, first_line, reasons, resource, tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report
    from sgcheck.lint.rule import Rule

_COLORS = {
    Severity.CRITICAL: ("bold", "red"),
    Severity.HIGH: ("red",),
    Severity.MEDIUM: ("yellow",),
    Severity.LOW: ("cyan",),
    Severity.INFO: ("dim",),
}
_LISTED = 50
_COMMANDS = 6
_NAMES = 5


def render(report: Report, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the findings as text, ending with a newline.

    width: columns that no line exceeds, save commands. color: whether ANSI colours may be used.
    ascii_only: whether the marks must be ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(report, style)) + "\n"


def _lines(report: Report, style: Style) -> Iterator[str]:
    for rule, severity, findings in by_rule(report):
        yield from _rule(rule, severity, findings, style)
        yield ""
    yield from _undecided(report, style)
    for warning in report.warnings:
        yield from hang(style, "! ", visible(warning))
    for gap in report.gaps:
        yield from hang(style, "! ", visible(gap.why))
    if report.warnings or report.gaps:
        yield ""
    worst = report.findings[0].severity if report.findings else None
    yield from hang(style, "", tally(report), *(_COLORS[worst] if worst is not None else ("green",)))


def _rule(rule: Rule, severity: Severity, findings: list[Finding], style: Style) -> Iterator[str]:
    head = f"{severity.word.upper()}  "
    yield style.paint(head, *_COLORS[severity]) + style.paint(visible(f"{rule.name}  {rule.id}"), "bold")
    yield from hang(style, "", visible(first_line(rule.why)), "dim", indent=2)
    for finding in findings[:_LISTED]:
        yield from hang(style, "- ", visible(f"{resource(finding)}: {finding.message}"), indent=2)
        commands = finding.fix.commands
        for command in commands[:_COMMANDS]:
            yield f"      {visible(command)}"
        if len(commands) > _COMMANDS:
            yield f"      {style.marks.more} and {len(commands) - _COMMANDS:,} more (-f json has them)"
    if len(findings) > _LISTED:
        yield f"  {style.marks.more} and {len(findings) - _LISTED:,} more (-f json lists them all)"
    yield from hang(style, "Fix  ", visible(findings[0].fix.words), indent=2)


def _undecided(report: Report, style: Style) -> Iterator[str]:
    if not report.undecided:
        return
    yield style.paint("Undecided", "bold")
    for why, resources, rules in reasons(report):
        names = shortened(map(visible, resources), _NAMES, style.marks)
        whose = shortened(map(visible, rules), _NAMES, style.marks)
        yield from hang(style, "? ", f"{visible(why)}: {names} ({whose})", indent=2)
    yield ""
