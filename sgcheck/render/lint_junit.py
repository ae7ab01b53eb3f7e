"""`lint --format junit`: a test case for each rule that holds, and one for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sgcheck.render.escape import visible
from sgcheck.render.lint_words import resource

if TYPE_CHECKING:
    from sgcheck.lint.finding import Finding
    from sgcheck.lint.report import Report


def render(report: Report) -> str:
    """Return the findings as one test suite, ending with a newline; what is undecided is skipped."""
    failed = {finding.rule for finding in report.findings}
    undecided = {one.rule: one for one in report.undecided if one.rule not in failed}
    fine = [rule for rule in report.rules if rule.id not in failed]
    counts = {
        "tests": len(report.findings) + len(fine),
        "failures": len(report.findings),
        "errors": 0,
        "skipped": len(undecided),
    }
    numbers = {key: str(value) for key, value in counts.items()}
    root = ET.Element("testsuites", {"name": "sgcheck", **numbers})
    suite = ET.SubElement(root, "testsuite", {"name": "sgcheck lint", **numbers})
    for finding in report.findings:
        _failure(suite, finding)
    for rule in fine:
        case = ET.SubElement(suite, "testcase", {"name": rule.name, "classname": visible(f"{rule.id} {rule.name}")})
        if rule.id in undecided:
            ET.SubElement(case, "skipped", {"message": visible(undecided[rule.id].why)})
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _failure(suite: ET.Element, finding: Finding) -> None:
    attributes = {"name": visible(resource(finding)), "classname": visible(f"{finding.rule} {finding.name}")}
    if finding.location is not None:
        attributes["file"] = visible(finding.location.file)
        if finding.location.line is not None:
            attributes["line"] = str(finding.location.line)
    case = ET.SubElement(suite, "testcase", attributes)
    told = {"type": finding.severity.word, "message": visible(finding.message)}
    lines = (f"{resource(finding)}: {finding.message}", f"Fix: {finding.fix.words}", *finding.fix.commands)
    ET.SubElement(case, "failure", told).text = "\n".join(map(visible, lines))
