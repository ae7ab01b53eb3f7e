"""Which findings are told: by resource, account and severity; and what becomes of the rest."""

from __future__ import annotations

import json

import msgspec
import pytest
from click.testing import CliRunner

from lint.lab import group, groups, linted, permission
from sgcheck.cli.main import cli
from sgcheck.errors import UnknownNameError
from sgcheck.lint.baseline import Known, baseline_of, read_baseline
from sgcheck.lint.scope import Scope
from sgcheck.lint.severity import Severity

SSH = permission("tcp", 22, v4=["0.0.0.0/0"])
LISTED = permission("tcp", 3389, lists=["pl-1"])
TWO = groups(
    group("sg-1", ingress=[SSH], OwnerId="111111111111", Tags=[{"Key": "Name", "Value": "web"}]),
    group("sg-2", ingress=[SSH, LISTED], OwnerId="222222222222"),
)


def told(**scope):
    report = linted(TWO, select=["open-ssh", "open-rdp", "untagged-group"], scope=Scope(**scope))
    return sorted((f.name, f.resource.id) for f in report.findings)


@pytest.mark.parametrize(
    "scope",
    [{"resources": ("sg-1",)}, {"resources": ("web",)}, {"resources": ("w*", "nam? of sg-1")}, {"accounts": ("111111111111",)},
     {"accounts": ("1*",)}, {"resources": ("sg-*",), "accounts": ("111111111111",)}],
)  # fmt: skip
def test_findings_are_chosen_by_resource_and_account(scope):
    assert told(**scope) == [("open-ssh", "sg-1")]


def test_severity_chooses_too():
    assert told(least=Severity.HIGH) == [("open-ssh", "sg-1"), ("open-ssh", "sg-2")]
    assert ("untagged-group", "sg-2") in told()


def test_what_is_undecided_is_chosen_in_the_same_way():
    for scope, ids in ((Scope(resources=("sg-1",)), []), (Scope(accounts=("2*",)), ["sg-2"]), (Scope(), ["sg-2"])):
        report = linted(TWO, select=["open-rdp"], scope=scope)
        assert [one.resource.id for one in report.undecided] == ids
    assert linted(TWO, select=["open-rdp"], scope=Scope(least=Severity.CRITICAL)).undecided == ()


@pytest.mark.parametrize(
    "scope", [Scope(resources=("sg-9",)), Scope(accounts=("333333333333",)), Scope(resources=("sg-1", "x*"))]
)
def test_a_word_that_means_nothing_is_an_error(scope):
    with pytest.raises(UnknownNameError, match="nothing in the input is called so"):
        linted(TWO, scope=scope)


def test_an_error_offers_the_nearest():
    with pytest.raises(UnknownNameError) as raised:
        linted(TWO, scope=Scope(resources=("wbe",)))
    assert raised.value.hint == "Did you mean web?"


def test_exceptions_and_the_baseline_do_not_go_stale_by_looking_at_less():
    known = {finding.fingerprint: Known(finding.fingerprint, finding.rule) for finding in linted(TWO).findings}
    report = linted(TWO, baseline=known, scope=Scope(resources=("sg-1",)))
    assert (report.findings, report.warnings) == ((), ())
    assert {one.finding.resource.id for one in report.suppressed} == {"sg-1"}
    assert linted(TWO, baseline=known, select=["open-rdp"]).warnings == ()


def test_known_findings_of_a_rule_that_ran_or_is_no_more_are_told_when_they_are_gone():
    known = {"a": Known("a", "SG101"), "b": Known("b", "SG102"), "c": Known("c", "SG999"), "d": Known("d")}
    (warning,) = linted(groups(group()), baseline=known, select=["open-ssh"]).warnings
    assert warning == "baseline.json: 3 known findings are gone; --update-baseline forgets them"


# The command.


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "network.json").write_text(json.dumps(TWO), encoding="utf-8")
    return lambda *words: CliRunner().invoke(cli, ["lint", "network.json", "--select", "open-ssh,open-rdp", *words])


def test_the_options_are_these(run):
    assert "sg-2" not in run("--resource", "sg-1").stdout
    assert "sg-1" not in run("--account", "222222222222").stdout
    wrong = run("--resource", "sg-9")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "--resource sg-9" in wrong.stderr


def test_3_is_for_who_asks(run, tmp_path):
    only = ("--resource", "sg-2", "--ignore", "open-ssh")
    assert run(*only).exit_code == 0
    assert "Undecided" in run(*only).stdout
    assert run(*only, "--fail-on-undecided").exit_code == 3
    assert run(*only, "--fail-on-undecided", "--fail-on", "critical").exit_code == 0
    assert run(*only, "--fail-on-undecided", "--fail-on", "never").exit_code == 0
    assert run("--fail-on-undecided").exit_code == 1
    (tmp_path / "sgcheck.toml").write_text("fail-on-undecided = true\n", encoding="utf-8")
    assert run(*only).exit_code == 3


def test_a_baseline_keeps_what_was_not_asked_for(run, tmp_path):
    assert run("--baseline", "known.json", "--update-baseline").exit_code == 0
    every = read_baseline("known.json")
    assert {known.resource for known in every.values()} == {"sg-1", "sg-2"}
    assert run("--baseline", "known.json", "--update-baseline", "--resource", "sg-1").exit_code == 0
    assert read_baseline("known.json") == every
    assert run("--baseline", "known.json", "--update-baseline", "--ignore", "open-ssh").exit_code == 0
    assert read_baseline("known.json") == every
    (tmp_path / "network.json").write_text(json.dumps(groups(TWO["SecurityGroups"][0])), encoding="utf-8")
    assert "1 known finding is gone" in run("--baseline", "known.json").stdout
    assert run("--baseline", "known.json", "--update-baseline").exit_code == 0
    assert {known.resource for known in read_baseline("known.json").values()} == {"sg-1"}


def test_a_baseline_is_in_one_order():
    findings = linted(TWO).findings
    assert msgspec.json.encode(baseline_of(findings)) == msgspec.json.encode(baseline_of(findings[::-1]))
