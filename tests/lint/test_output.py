"""Every form of the report: valid by its schema, whole, and harmless whatever AWS names hold."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from cli.runs import run
from msgspec.structs import replace
from render.samples import HOSTILE

from lint.lab import BY_NAME, RULES, group, groups, linted, permission
from sgcheck.lint.finding import Finding, Fix, Location, Step, Suppressed, Undecided
from sgcheck.lint.report import Report
from sgcheck.lint.severity import Severity
from sgcheck.lint.suppress import Ignore
from sgcheck.model.ref import Missing, Ref
from sgcheck.reach.answer import Decision, Hop
from sgcheck.render import (
    lint_github,
    lint_gitlab,
    lint_json,
    lint_junit,
    lint_markdown,
    lint_sarif,
    lint_text,
    rules_json,
    rules_markdown,
    rules_text,
)

SARIF = jsonschema.Draft4Validator(
    json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
)
LINES = (lint_text, lint_github, lint_markdown, lint_junit)
MACHINE = (lint_json, lint_sarif, lint_gitlab)


def opened(**more):
    ssh = permission("tcp", 22, v4=["0.0.0.0/0"])
    return linted(groups(group("sg-1", ingress=[ssh]), group("sg-2", ingress=[ssh])), **more)


EXCEPTION = Ignore("open-ssh", "sg-2", "the bastion host", date(9999, 1, 1), "sgcheck.toml")
REPORT = opened(ignores=[EXCEPTION])


def poisoned(text):
    """A report in which every place that AWS or a person fills holds `text`."""
    finding = Finding(
        "SG101",
        "open-ssh",
        Severity.HIGH,
        text,
        Ref("security-group", text, text),
        text,
        text,
        Location(text, 3),
        (text,),
        Fix(text, (text,)),
        "0" * 32,
        way=(Step(Hop(text, text, Decision.PASS, text, text, text), Location(text, 3)),),
    )
    return Report(
        (finding, replace(finding, location=None)),
        (Suppressed(finding, text, text),),
        (Undecided("SG102", "open-rdp", Severity.HIGH, Ref("security-group", text, text), text),),
        (Missing("security group", text, text, text, text),),
        (text,),
        (BY_NAME["open-ssh"], BY_NAME["open-rdp"]),
    )


@pytest.mark.parametrize("form", LINES, ids=lambda form: form.__name__.rpartition(".")[2])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_spelled_out(form, name):
    shown = form.render(poisoned(HOSTILE[name].text))
    assert shown.encode("utf-8")
    # GitHub's own commands begin lines; one for each finding, doubt and warning, and no other.
    commands = [line for line in shown.splitlines() if line.startswith("::")]
    assert len(commands) == (4 if form is lint_github else 0)
    text = shown.replace("\n::error file", "").replace("\n::error title", "")
    assert [bad for bad in HOSTILE[name].never if bad in text] == []


@pytest.mark.parametrize("form", MACHINE, ids=lambda form: form.__name__.rpartition(".")[2])
@pytest.mark.parametrize("name", HOSTILE)
def test_machine_forms_stay_whole(form, name):
    told = json.loads(form.render(poisoned(HOSTILE[name].text)))
    if form is lint_sarif:
        assert list(SARIF.iter_errors(told)) == []


def test_markup_in_names_stays_text():
    shown = lint_markdown.render(poisoned("[x](http://evil) <img src=x> |"))
    prose = re.sub(r"`[^`]*`", "", shown)
    assert "<img" not in prose
    assert "](http" not in prose.replace(r"\]", "")


@pytest.mark.parametrize(
    "report", [REPORT, opened(select=["SG101"]), linted(groups(group()))], ids=["some", "one", "few"]
)
def test_sarif_is_valid_and_whole(report):
    told = json.loads(lint_sarif.render(report))
    assert [error.message for error in SARIF.iter_errors(told)] == []
    (run,) = told["runs"]
    assert len(run["results"]) == len(report.findings) + len(report.suppressed)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in report.rules]
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert len(result["partialFingerprints"]["sgcheck/v1"]) == 32


def test_sarif_says_what_is_suppressed_and_where_things_are():
    (run,) = json.loads(lint_sarif.render(REPORT))["runs"]
    (accepted,) = [result for result in run["results"] if "suppressions" in result]
    assert accepted["suppressions"] == [{"kind": "external", "justification": "the bastion host (sgcheck.toml)"}]
    located = lint_sarif._location(
        replace(REPORT.findings[0], location=Location("plans/a b.tf", 7), region="eu-west-1")
    )
    assert located["physicalLocation"] == {"artifactLocation": {"uri": "plans/a%20b.tf"}, "region": {"startLine": 7}}
    assert located["logicalLocations"][0]["fullyQualifiedName"].startswith("eu-west-1:")


def stations(result):
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    return [step["location"] for step in thread["locations"]]


@pytest.mark.parametrize(
    ("name", "end"), [("exposed-instance", "instance i-0a1: eni-0a1"), ("exposed-service", "network interface eni-0a1")]
)
def test_sarif_tells_the_way_to_what_is_reached(name, end):
    (bad,) = [one for one in BY_NAME[name].examples if one.bad]
    told = json.loads(lint_sarif.render(linted(bad.text, select=[name], ways=True)))
    assert [error.message for error in SARIF.iter_errors(told)] == []
    (result,) = told["runs"][0]["results"]
    way = [step["message"]["text"] for step in stations(result)]
    assert way[0] == "internet"
    assert way[1] == "internet gateway igw-0a1: 198.51.100.7 becomes 10.0.1.10"
    assert way[2].startswith("network ACL acl-0a1: rule 100; ")
    assert way[3].startswith("security group sg-0a1 (web): ingress ")
    assert way[4:] == [end]
    assert [step["logicalLocations"][0]["name"] for step in stations(result)][1:4] == ["igw-0a1", "acl-0a1", "sg-0a1"]


def test_the_way_leads_through_the_files_of_a_plan():
    plan = Path(__file__).parents[2] / "examples/plan-opens-ssh/plan.json"
    done = run("lint", plan, "--select", "SG119", "-f", "sarif", "--fail-on", "never")
    (result,) = json.loads(done.stdout)["runs"][0]["results"]
    places = [step["physicalLocation"] for step in stations(result)]
    assert {place["artifactLocation"]["uri"].rpartition("/")[2] for place in places} == {"main.tf"}
    source = plan.with_name("main.tf").read_text(encoding="utf-8").splitlines()
    lines = [source[place["region"]["startLine"] - 1] for place in places]
    blocks = ["aws_instance", "aws_internet_gateway", "aws_default_network_acl", "aws_security_group", "aws_instance"]
    assert [block in line for block, line in zip(blocks, lines, strict=True)] == [True] * 5, lines


def test_ways_are_told_only_where_they_are_asked_for():
    (bad,) = [one for one in BY_NAME["exposed-instance"].examples if one.bad]
    quiet, told = (linted(bad.text, select=["SG119", "SG101"], ways=ways).findings for ways in (False, True))
    assert [finding.way for finding in quiet] == [(), ()]
    assert {finding.rule: bool(finding.way) for finding in told} == {"SG119": True, "SG101": False}
    assert [(finding.message, finding.fingerprint) for finding in told] == [(f.message, f.fingerprint) for f in quiet]


def test_json_has_what_the_contract_says():
    told = json.loads(lint_json.render(REPORT))
    assert list(told)[:1] == ["schema"]
    assert told["schema"] == "sgcheck.lint/1"
    assert {"findings", "suppressed", "errors", "gaps", "summary"} <= set(told)
    wanted = {"rule", "name", "severity", "message", "resource", "account", "region", "location", "related", "fix"}
    for finding in told["findings"]:
        assert wanted | {"fingerprint"} <= set(finding)
    assert told["summary"]["findings"] == len(told["findings"])
    assert told["suppressed"][0]["reason"] == "the bastion host"


def test_junit_counts_what_it_has():
    suite = ET.fromstring(lint_junit.render(REPORT)).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == len(REPORT.findings)
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped")) > 0


def test_gitlab_has_what_it_asks_for():
    for entry in json.loads(lint_gitlab.render(REPORT)):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["location"]["path"]
        assert entry["location"]["lines"]["begin"] == 1


def test_github_has_a_line_for_each():
    lines = lint_github.render(poisoned("a%b,c:d")).splitlines()
    assert lines[0].startswith("::error file=a%25b%2Cc%3Ad,line=3,title=open-ssh (SG101)%3A a%25b%2Cc%3Ad::")
    assert "%0AFix: a%25b,c:d" in lines[0]
    assert lines[-1].startswith("sgcheck: 2 findings")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_fits_and_says_the_worst_first(width):
    text = lint_text.render(REPORT, width=width, ascii_only=True)
    assert text.isascii()
    prose = [line for line in text.splitlines() if not line.startswith("      aws ")]
    assert max(map(len, prose)) <= width
    words = [line.split()[0] for line in text.splitlines() if line[:1].isupper() and line.split()[0].isupper()]
    order = [level.name for level in sorted(Severity, reverse=True)]
    assert words == sorted(words, key=order.index)


def test_no_findings_are_said():
    report = linted(groups(group()), select=["open-ssh"])
    assert lint_text.render(report) == "no findings; 1 rule\n"
    assert lint_markdown.render(report).startswith("### ✅ sgcheck: no findings")


def test_the_book_has_every_rule():
    listed = rules_text.render_list(RULES, width=100)
    assert [rule.id for rule in RULES if rule.id not in listed] == []
    told = json.loads(rules_json.render(RULES))
    assert [one["id"] for one in told["rules"]] == [rule.id for rule in RULES]
    assert rules_markdown.render_index(RULES).count("\n| ") == len(RULES) + 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_of_a_rule_is_whole(rule):
    for shown in (rules_text.render(rule, width=100), rules_markdown.render(rule)):
        words = " ".join(shown.split())
        for part in (rule.id, rule.name, *rule.fix.split("\n\n")[0].split()[:3], *rule.equivalents):
            assert part in words
