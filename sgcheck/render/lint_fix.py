"""`lint --fix`: the commands that remove findings, as a shell script to read and run; nothing is run here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.lint.remedy import steps
from sgcheck.render.escape import visible
from sgcheck.render.lint_words import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.lint.report import Report


def render(report: Report) -> str:
    """Return the script, ending with a newline; what no command mends is a comment that says how to mend it."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    made = steps(report.findings)
    yield f"# commands: {sum(len(step.commands) for step in made)}, findings: {len(made)}; nothing has been changed yet"
    for step in made:
        finding = step.finding
        yield ""
        yield visible(f"# {finding.name} ({finding.rule}): {resource(finding)}: {finding.message}")
        if step.why_not:
            yield visible(f"#   {step.why_not}: {finding.fix.words}")
        for command in step.commands:
            yield visible(command)
