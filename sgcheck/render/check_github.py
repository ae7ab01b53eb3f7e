"""`check --format github`: annotations on the lines of the expectations file, as workflow commands.

Source: GitHub docs, actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.markup import workflow_data, workflow_property
from sgcheck.render.words import details, place, tally, title

if TYPE_CHECKING:
    from sgcheck.reach.answer import Checked, CheckReport


def render(report: CheckReport) -> str:
    """Return one `::error` per failed and one `::warning` per undecided expectation, and a line of counts."""
    lines = [_annotation(checked) for checked in report.results if checked.passed is not True]
    return "\n".join([*lines, f"sgcheck: {tally(report)}"]) + "\n"


def _annotation(checked: Checked) -> str:
    command = "warning" if checked.passed is None else "error"
    file, line = place(checked)
    properties = [f"file={workflow_property(file)}"] if file else []
    if file and line is not None:
        properties.append(f"line={line}")
    properties.append(f"title={workflow_property(title(checked))}")
    message = "%0A".join(workflow_data(text) for text in details(checked))
    return f"::{command} {','.join(properties)}::{message}"
