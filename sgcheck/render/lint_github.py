"""`lint --format github`: annotations as workflow commands.

Source: GitHub docs, actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.lint_words import level, reasons, resource, tally
from sgcheck.render.markup import workflow_data, workflow_property

if TYPE_CHECKING:
    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report) -> str:
    """Return one annotation per finding, one per reason of what is undecided, and a line of counts."""
    lines = [_annotation(finding) for finding in report.findings]
    for why, resources, _rules in reasons(report):
        told = f"{why}: {', '.join(resources)}"
        lines.append(f"::notice title=undecided::{workflow_data(told)}")
    lines += [f"::notice title=sgcheck::{workflow_data(warning)}" for warning in report.warnings]
    return "\n".join([*lines, f"sgcheck: {tally(report)}"]) + "\n"


def _annotation(finding: Finding) -> str:
    properties = []
    if finding.location is not None:
        properties.append(f"file={workflow_property(finding.location.file)}")
        if finding.location.line is not None:
            properties.append(f"line={finding.location.line}")
    properties.append(f"title={workflow_property(f'{finding.name} ({finding.rule}): {resource(finding)}')}")
    lines = (f"{resource(finding)}: {finding.message}", f"Fix: {finding.fix.words}", *finding.fix.commands)
    message = "%0A".join(workflow_data(line) for line in lines)
    return f"::{_COMMANDS[level(finding.severity)]} {','.join(properties)}::{message}"
