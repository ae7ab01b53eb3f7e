"""`sgcheck check` from end to end, on the examples."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from cli.runs import EXAMPLES, environment, run
from render.samples import HOLDS as HOLDING
from render.samples import OPEN as UNDECIDED
from render.samples import REPORT

from sgcheck.cli import check
from sgcheck.reach.answer import CheckReport

NETWORK = EXAMPLES / "web-server-timeout/network.json"
HOLDS = "{name: shut, from: internet, to: i-123, port: 80, verdict: blocked, allowed: []}"
FAILS = "{name: open, from: internet, to: i-123, port: 80, verdict: [reachable, partial]}"
OPEN = "{name: no idea, from: internet, to: i-123, port: 80, verdict: blocked}"


@pytest.fixture
def ask(tmp_path):
    """Write the entries into a file and check them against the example, or another network."""

    def run_check(entries, *words, network=NETWORK, **how):
        path = tmp_path / "expectations.yaml"
        path.write_text("version: 1\nexpect:\n" + "".join(f"  - {entry}\n" for entry in entries), encoding="utf-8")
        return run("check", str(path), "-i", str(network), *words, **how)

    return run_check


@pytest.fixture
def unknown(tmp_path):
    """The example with its security groups taken away, so that nothing can be decided."""
    content = json.loads(NETWORK.read_text(encoding="utf-8"))
    path = tmp_path / "partial.json"
    path.write_text(
        json.dumps({key: value for key, value in content.items() if key != "SecurityGroups"}), encoding="utf-8"
    )
    return path


def test_exit_codes(ask, unknown):
    assert ask([HOLDS]).returncode == 0
    assert ask([HOLDS, FAILS]).returncode == 1
    assert ask([OPEN], network=unknown).returncode == 3
    assert ask([OPEN, OPEN.replace("blocked", "unknown")], network=unknown).returncode == 3
    assert ask([OPEN.replace("blocked", "unknown")], network=unknown).returncode == 0


def test_failed_beats_undecided():
    assert [checked.passed for checked in REPORT.results] == [True, False, None]
    assert check._exit_code(REPORT) == 1
    assert check._exit_code(CheckReport((HOLDING, UNDECIDED))) == 3
    assert check._exit_code(CheckReport((HOLDING,))) == 0


def test_results_keep_the_order_of_the_file(ask):
    done = ask([HOLDS, FAILS, HOLDS], "-f", "json")
    assert [result["passed"] for result in json.loads(done.stdout)["results"]] == [True, False, True]


@pytest.mark.parametrize("format_", check.FORMATS)
def test_every_format_says_the_same(ask, format_):
    done = ask([HOLDS, FAILS], "-f", format_)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\x1b" not in done.stdout
    match format_:
        case "json":
            content = json.loads(done.stdout)
            assert (content["schema"], content["passed"], content["failed"]) == ("sgcheck.check/1", 1, 1)
            assert [result["name"] for result in content["results"]] == ["shut", "open"]
            assert content["results"][1]["blockers"] == ["ENI_SG_RULES_MISMATCH"]
        case "junit":
            (suite,) = ET.fromstring(done.stdout)
            assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
        case "github":
            assert done.stdout.startswith("::error file=")
            assert ",line=4,title=open::expected reachable or partial, is blocked" in done.stdout
        case _:
            assert "1 passed, 1 failed" in done.stdout


def test_allowed_must_be_exact(ask):
    right = "{from: internet, to: i-123, port: 443, verdict: [reachable, partial, blocked]}"
    content = json.loads(ask([right], "-f", "json").stdout)
    passes = content["results"][0]["allowed"]
    assert ask([right[:-1] + f", allowed: {json.dumps(passes)}}}"]).returncode == 0
    assert ask([right[:-1] + ", allowed: [192.0.2.0/24]}"]).returncode == 1


def test_expectations_from_standard_input():
    done = run("check", "-", "-i", str(NETWORK), "-f", "json", stdin=f"version: 1\nexpect:\n  - {HOLDS}\n")
    assert done.returncode == 0
    assert json.loads(done.stdout)["results"][0]["location"] == {"file": None, "line": 3}


def test_one_bad_entry_stops_all_before_anything_runs(ask):
    done = ask([HOLDS, FAILS.replace("80", "eighty")], network="/nowhere/at/all.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "expectations.yaml:4: " in done.stderr
    assert "eighty" in done.stderr


def test_a_name_that_is_not_there_is_an_error_with_its_line(ask):
    done = ask([HOLDS, HOLDS.replace("i-123", "i-404")])
    assert (done.returncode, done.stdout) == (2, "")
    assert "expectations.yaml:4: " in done.stderr


def test_the_report_goes_to_a_file(ask, tmp_path):
    report = tmp_path / "report.xml"
    done = ask([HOLDS, FAILS], "-f", "junit", "-o", str(report))
    assert (done.returncode, done.stdout) == (1, "")
    assert ET.parse(report).getroot().tag == "testsuites"


def test_input_from_the_environment(tmp_path):
    path = tmp_path / "e.json"
    path.write_text(
        json.dumps({"version": 1, "expect": [{"from": "internet", "to": "i-123", "port": 80, "verdict": "blocked"}]})
    )
    assert run("check", str(path), env=environment(SGCHECK_INPUT=str(NETWORK))).returncode == 0


def test_hundreds_of_expectations_keep_their_order(ask):
    entries = [HOLDS.replace("80", str(port)).replace("shut", f"n{port}") for port in range(20000, 20400)]
    done = ask(entries, "-f", "json")
    assert done.returncode == 0
    assert [result["name"] for result in json.loads(done.stdout)["results"]] == [
        f"n{port}" for port in range(20000, 20400)
    ]
