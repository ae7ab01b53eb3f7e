"""`check --format markdown`: a table for a pull request or a job summary, then what does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.digest import concerns
from sgcheck.render.markup import markdown, markdown_code
from sgcheck.render.words import details, named, tally, title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.reach.answer import Checked, CheckReport

# GitHub refuses comments over 65,536 characters.
_ROWS = 200
_COMPLAINTS = 40
_CAUSES = 5

_SIGNS = {True: "✅", False: "❌", None: "❔"}


def render(report: CheckReport) -> str:
    """Return the results as GitHub-flavoured Markdown, ending with a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: CheckReport) -> Iterator[str]:
    sign = "❌" if report.failed else "❔" if report.undecided else "✅"
    yield f"### {sign} sgcheck: {tally(report)}\n"
    yield "| | expectation | from | to | port | expected | verdict |"
    yield "|---|---|---|---|---|---|---|"
    complaints = [checked for checked in report.results if checked.passed is not True]
    # In a long table what fails must not be cut off by what holds.
    rows = report.results if len(report.results) <= _ROWS else complaints[:_ROWS]
    yield from map(_row, rows)
    if len(rows) < len(report.results):
        yield f"\n… and {len(report.results) - len(rows):,} more (`-f json` lists them all)"
    for checked in complaints[:_COMPLAINTS]:
        yield from _complaint(checked)


def _row(checked: Checked) -> str:
    asked, explanation = checked.expectation, checked.explanation
    cells = (
        _SIGNS[checked.passed],
        markdown(asked.name or ""),
        markdown_code(asked.source),
        markdown_code(asked.target),
        markdown_code(asked.port),
        " or ".join(verdict.value for verdict in asked.verdicts),
        explanation.verdict.value,
    )
    return f"| {' | '.join(cells)} |"


def _complaint(checked: Checked) -> Iterator[str]:
    yield f"\n**{_SIGNS[checked.passed]} {markdown(title(checked))}** ({markdown_code(checked.expectation.place)})\n"
    yield from (f"- {markdown(line)}" for line in details(checked))
    for one in concerns(checked.explanation.answers)[:_CAUSES]:
        yield f"- {markdown_code(one.code)} {markdown_code(named(one.resource, one.name))}: {markdown(one.whys[0])}"
