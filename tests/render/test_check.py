"""The reports of `check` in their five formats."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from render.samples import FAILS, HOLDS, HOSTILE, OPEN, REPORT, change, expectation, poisoned_report

from sgcheck.reach.answer import Checked, CheckReport, Verdict
from sgcheck.render import check_github, check_json, check_junit, check_markdown, check_text
from sgcheck.render.layout import columns

ALL_HOLD = CheckReport((HOLDS, HOLDS))
LONG = CheckReport((*(HOLDS,) * 300, FAILS, OPEN))
RESULT = {
    "name",
    "from",
    "to",
    "protocol",
    "port",
    "expected",
    "verdict",
    "client_sees",
    "passed",
    "allowed",
    "blockers",
}


def test_text_shows_what_fails_and_counts_the_rest():
    text = check_text.render(REPORT)
    assert "✓ the internet reaches web\n" in text
    assert "✗ internet to tag:tier=web, 80\n" in text
    assert "  expected reachable, is blocked (the client sees: timeout)\n" in text
    assert "  0.0.0.0/0 must pass and does not\n" in text
    assert "? open question\n  expected blocked or partial, is unknown\n" in text
    assert "net/expectations.yaml:8" in text
    assert text.endswith("\n\n1 passed, 1 failed, 1 undecided\n")


def test_text_of_a_long_report_only_counts_what_holds():
    text = check_text.render(LONG)
    assert "✓" not in text
    assert "✗ internet" in text
    assert text.endswith("300 passed, 1 failed, 1 undecided\n")


def test_text_says_which_sources_should_pass():
    text = check_text.render(CheckReport((FAILS,)))
    assert re.search(r"should pass +0\.0\.0\.0/0\n +passes +nothing", text)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_text_keeps_to_the_width(width):
    assert max(columns(line) for line in check_text.render(REPORT, width=width).splitlines()) <= width


def test_text_in_colour_and_in_ascii():
    assert "\x1b[31m✗\x1b[0m" in check_text.render(REPORT, color=True)
    assert check_text.render(REPORT, ascii_only=True).isascii()


def test_json_has_the_keys_of_its_schema():
    content = json.loads(check_json.render(REPORT))
    assert list(content) == ["schema", "passed", "failed", "undecided", "results"]
    assert (content["schema"], content["passed"], content["failed"], content["undecided"]) == (
        "sgcheck.check/1",
        1,
        1,
        1,
    )
    assert all(set(result) >= RESULT for result in content["results"])
    assert [result["passed"] for result in content["results"]] == [True, False, None]


def test_json_of_one_result():
    result = json.loads(check_json.render(REPORT))["results"][1]
    assert {key: result[key] for key in RESULT} == {
        "name": None,
        "from": "internet",
        "to": "tag:tier=web",
        "protocol": "tcp",
        "port": "80",
        "expected": "reachable",
        "verdict": "blocked",
        "client_sees": "timeout",
        "passed": False,
        "allowed": [],
        "blockers": ["ENI_SG_RULES_MISMATCH", "SUBNET_ACL_RESTRICTION"],
    }
    assert result["location"] == {"file": "net/expectations.yaml", "line": 8}


def test_json_keeps_a_list_of_verdicts_a_list():
    assert json.loads(check_json.render(REPORT))["results"][2]["expected"] == ["blocked", "partial"]


def test_junit_is_read_back_by_a_parser():
    root = ET.fromstring(check_junit.render(REPORT))
    assert root.tag == "testsuites"
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    holds, fails, undecided = suite
    assert (holds.tag, holds.get("name"), len(holds)) == ("testcase", "the internet reaches web", 0)
    assert (fails.get("file"), fails.get("line"), fails[0].tag) == ("net/expectations.yaml", "8", "failure")
    assert fails[0].get("message") == "expected reachable, is blocked (the client sees: timeout)"
    assert "ENI_SG_RULES_MISMATCH sg-0a1b2c3d4e5f60718: No inbound rule" in (fails[0].text or "")
    assert undecided[0].tag == "error"


def test_junit_keeps_two_expectations_of_one_name_apart():
    twice = CheckReport(
        tuple(Checked(expectation("same", Verdict.BLOCKED, n), HOLDS.explanation, True, ()) for n in (1, 2))
    )
    cases = ET.fromstring(check_junit.render(twice)).iter("testcase")
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == 2


def test_github_annotates_the_line_of_the_file():
    failed, undecided, summary = check_github.render(REPORT).splitlines()
    assert failed.startswith(
        "::error file=net/expectations.yaml,line=8,title=internet to tag%3Atier=web%2C 80::expected"
    )
    assert "%0A0.0.0.0/0 must pass and does not%0A" in failed
    assert undecided.startswith("::warning file=net/expectations.yaml,line=12,title=open question::")
    assert summary == "sgcheck: 1 passed, 1 failed, 1 undecided"


def test_github_names_no_file_for_standard_input():
    piped = change(FAILS, expectation=change(FAILS.expectation, place="<stdin>:4"))
    assert check_github.render(CheckReport((piped,))).startswith("::error title=")


def test_markdown_is_a_table_and_the_reasons():
    text = check_markdown.render(REPORT)
    assert text.startswith("### ❌ sgcheck: 1 passed, 1 failed, 1 undecided\n")
    assert "| ✅ | the internet reaches web | `internet` | `tag:tier=web` | `80` | reachable | reachable |" in text
    assert "- 0.0.0.0/0 must pass and does not" in text


def test_markdown_of_a_long_report_keeps_what_fails():
    text = check_markdown.render(LONG)
    assert text.count("✅") == 0
    assert "… and 300 more" in text
    assert len(text) < 65_536


@pytest.mark.parametrize("render", [check_text.render, check_markdown.render, check_github.render, check_junit.render])
def test_a_clean_report_says_so(render):
    text = render(ALL_HOLD)
    assert "2 passed" in text or 'tests="2" failures="0" errors="0"' in text
    assert "✗" not in text
    assert "::error" not in text


@pytest.mark.parametrize("render", [check_text.render, check_markdown.render, check_github.render])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_harmless(render, name):
    text = render(poisoned_report(HOSTILE[name].text))
    assert [bad for bad in HOSTILE[name].never if bad in text] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_github_prints_nothing_but_its_own_commands(name):
    shown = check_github.render(poisoned_report(HOSTILE[name].text)).splitlines()
    assert [line.split(" ")[0] for line in shown] == ["::error", "::warning", "sgcheck:"]


@pytest.mark.parametrize("name", HOSTILE)
def test_junit_and_json_stay_well_formed(name):
    report = poisoned_report(HOSTILE[name].text)
    assert len(list(ET.fromstring(check_junit.render(report)).iter("testcase"))) == 2
    assert len(json.loads(check_json.render(report))["results"]) == 2
