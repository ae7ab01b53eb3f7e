"""`check --format junit`: the XML that test reports of CI systems read.

An undecided expectation is an `error` (the test could not tell) and not `skipped`, which viewers show as harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sgcheck.render.escape import visible
from sgcheck.render.words import details, outcome, place, title

if TYPE_CHECKING:
    from sgcheck.reach.answer import Checked, CheckReport


def render(report: CheckReport) -> str:
    """Return the results as one test suite, one test case per expectation, ending with a newline."""
    counts = {"tests": len(report.results), "failures": report.failed, "errors": report.undecided, "skipped": 0}
    numbers = {key: str(value) for key, value in counts.items()}
    root = ET.Element("testsuites", {"name": "sgcheck", **numbers})
    suite = ET.SubElement(root, "testsuite", {"name": "sgcheck check", **numbers})
    for checked in report.results:
        _case(suite, checked)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, checked: Checked) -> None:
    file, line = place(checked)
    # Viewers merge test cases of the same class and name; the place keeps two expectations of one name apart.
    attributes = {"name": visible(title(checked)), "classname": visible(checked.expectation.place)}
    if file:
        attributes["file"] = visible(file)
    if line is not None:
        attributes["line"] = str(line)
    case = ET.SubElement(suite, "testcase", attributes)
    if checked.passed is True:
        return
    kind = "error" if checked.passed is None else "failure"
    told = {"type": checked.explanation.verdict.value, "message": visible(outcome(checked))}
    ET.SubElement(case, kind, told).text = "\n".join(_body(checked))


def _body(checked: Checked) -> list[str]:
    blockers = [blocker for answer in checked.explanation.answers for blocker in answer.blockers]
    causes = dict.fromkeys(f"{blocker.code} {blocker.resource}: {blocker.why}" for blocker in blockers)
    return [visible(line) for line in (*details(checked), *causes)]
