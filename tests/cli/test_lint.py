"""`sgcheck lint` and `sgcheck rules` from end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.runs import EXAMPLES, environment, run

from sgcheck.cli import lint
from sgcheck.lint.rule import load_rules
from sgcheck.lint.severity import WORDS

BOOK = sum(not rule.optional for rule in load_rules())
NETWORK = EXAMPLES / "web-server-timeout/network.json"
OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def written(tmp_path):
    """Write a group with these rules, and return its file."""

    def write(*rules, name="network.json", **more):
        group = {
            "GroupId": "sg-1",
            "GroupName": "web",
            "VpcId": "vpc-1",
            "IpPermissions": rules,
            "IpPermissionsEgress": [],
        }
        path = tmp_path / name
        path.write_text(json.dumps({"SecurityGroups": [{**group, **more}]}), encoding="utf-8")
        return str(path)

    return write


def told(*words, **more):
    done = run("lint", *words, "-f", "json", **more)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_levels_are_those_of_the_rules():
    assert lint.LEVELS == WORDS


def test_exit_codes(written, tmp_path):
    opened, shut = written(OPEN), written(name="shut.json")
    assert run("lint", opened, cwd=tmp_path).returncode == 1
    assert run("lint", shut, cwd=tmp_path).returncode == 0
    assert run("lint", opened, "--fail-on", "critical", cwd=tmp_path).returncode == 0
    assert run("lint", opened, "--fail-on", "never", cwd=tmp_path).returncode == 0
    assert run("lint", shut, "--fail-on", "info", "--select", "open-ssh", cwd=tmp_path).returncode == 0
    assert run("lint", opened, "--ignore", "open-ssh", cwd=tmp_path).returncode == 0


def test_what_can_not_be_judged_is_3_and_found_beats_it(written, tmp_path):
    listed = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": "pl-1"}]}
    undecided = written(listed)
    asked = ("--select", "open-ssh", "--fail-on-undecided")
    assert run("lint", undecided, *asked, cwd=tmp_path).returncode == 3
    assert run("lint", undecided, *asked, "--fail-on", "critical", cwd=tmp_path).returncode == 0
    found = written(listed, {**OPEN, "FromPort": 3389, "ToPort": 3389})
    assert run("lint", found, "--fail-on-undecided", cwd=tmp_path).returncode == 1


def test_refused_groups_are_no_clean_bill(tmp_path):
    gap = {
        "kind": "security group",
        "account": "123456789012",
        "region": "eu-west-1",
        "reason": "UnauthorizedOperation",
    }
    accounts = {"123456789012": {"eu-west-1": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}}}
    snapshot = {"schema": "sgcheck.snapshot/1", "gaps": [gap], "accounts": accounts}
    path = tmp_path / "snap.json"
    path.write_text(json.dumps(snapshot), encoding="utf-8")
    done = run("lint", str(path), "--select", "open-ssh", "-f", "json", "--fail-on-undecided", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    (gap,) = told["gaps"]
    (undecided,) = told["undecided"]
    assert gap["why"] == undecided["why"] == "AWS refused to show the security groups: UnauthorizedOperation"
    assert run("lint", str(path), "--select", "dead-route", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "text, place",
    [
        ("{", "network.json"),
        ("[]", "network.json"),
        ('{"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 90, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}]}', "sg-1): ports 90 to 80"),
        ('{"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0/8"}]}]}]}', "sg-1): '10.0.0/8' is not an address or CIDR"),
        ('{"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "tpc", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}]}', "'tpc' is not an IP protocol"),
    ],
)  # fmt: skip
def test_broken_input_is_2_and_one_line(tmp_path, text, place):
    (tmp_path / "network.json").write_text(text, encoding="utf-8")
    done = run("lint", "network.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert place in done.stderr
    assert done.stderr.count("\n") == 1


def test_paths_inputs_and_standard_input_are_the_same(written, tmp_path):
    path = written(OPEN)
    by_path = told(path, cwd=tmp_path)
    assert told("-i", path, cwd=tmp_path) == by_path
    assert told(cwd=tmp_path, env=environment(SGCHECK_INPUT=path)) == by_path
    piped = told("-", stdin=Path(path).read_text(encoding="utf-8"), cwd=tmp_path)
    assert {finding["location"] is None for finding in piped["findings"]} == {True}
    assert [f["fingerprint"] for f in piped["findings"]] == [f["fingerprint"] for f in by_path["findings"]]


def test_selection_and_least_severity(written, tmp_path):
    path = written(OPEN)
    assert {f["rule"] for f in told(path, "--select", "CIS", cwd=tmp_path)["findings"]} == {"SG101"}
    assert {f["severity"] for f in told(path, "--severity", "high", cwd=tmp_path)["findings"]} == {"high"}
    assert "SG101" not in {f["rule"] for f in told(path, "--ignore", "admin", cwd=tmp_path)["findings"]}


def test_a_word_that_means_nothing_is_2(written, tmp_path):
    done = run("lint", written(OPEN), "--select", "open-shh", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == "Error: --select open-shh: no rule is called so"


def test_a_baseline_is_written_and_kept_to(written, tmp_path):
    path = written(OPEN)
    first = run("lint", path, "--baseline", "known.json", cwd=tmp_path)
    assert (first.returncode, first.stderr.splitlines()) == (
        2,
        ["Error: known.json: there is no such baseline", "--update-baseline writes it."],
    )
    update = run("lint", path, "--baseline", "known.json", "--update-baseline", cwd=tmp_path)
    assert (update.returncode, update.stdout) == (0, "")
    report = told(path, "--baseline", "known.json", cwd=tmp_path)
    assert report["findings"] == []
    assert {one["suppressed_by"] for one in report["suppressed"]} == {"known.json"}
    rdp = {**OPEN, "FromPort": 3389, "ToPort": 3389}
    after = run("lint", written(OPEN, rdp), "--baseline", "known.json", "-f", "json", cwd=tmp_path)
    assert after.returncode == 1
    assert {finding["rule"] for finding in json.loads(after.stdout)["findings"]} >= {"SG102"}
    assert "SG101" not in {finding["rule"] for finding in json.loads(after.stdout)["findings"]}


def test_update_without_a_file_is_wrong_usage(written, tmp_path):
    done = run("lint", written(OPEN), "--update-baseline", cwd=tmp_path)
    assert done.returncode == 2
    assert "--baseline FILE" in done.stderr


def test_the_configuration_beside_counts_and_config_names_another(written, tmp_path):
    path = written(OPEN)
    entry = '[[ignore]]\nrule = "open-ssh"\nresource = "web"\nreason = "bastion"\n'
    (tmp_path / "sgcheck.toml").write_text(f'severity = "high"\n{entry}', encoding="utf-8")
    done = run("lint", path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"no findings, 1 suppressed; {BOOK} rules\n")
    (tmp_path / "other.toml").write_text('severity = "high"\nfail-on = "never"\n', encoding="utf-8")
    other = run("lint", path, "--config", "other.toml", cwd=tmp_path)
    assert other.returncode == 0
    assert "open-ssh" in other.stdout
    missing = run("lint", path, "--config", "none.toml", cwd=tmp_path)
    assert missing.returncode == 2
    (tmp_path / "sgcheck.toml").write_text('fail-on = "sometimes"\n', encoding="utf-8")
    wrong = run("lint", path, cwd=tmp_path)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_a_tag_of_the_resource_is_an_exception(written, tmp_path):
    path = written(OPEN, Tags=[{"Key": "sgcheck:ignore", "Value": "open-ssh the bastion host"}])
    report = told(path, "--select", "open-ssh", cwd=tmp_path)
    assert report["findings"] == []
    assert report["suppressed"][0]["reason"] == "the bastion host"


def test_own_rules_are_looked_by(written, tmp_path):
    page = run("rules", "open-ssh").stdout
    assert "open-ssh" in page
    own = (EXAMPLES.parent / "rules" / "SG101-open-ssh.md").read_text(encoding="utf-8")
    (tmp_path / "mine").mkdir()
    text = own.replace("SG101", "MY901").replace("name: open-ssh", "name: my-ssh")
    (tmp_path / "mine" / "MY901-my-ssh.md").write_text(text, encoding="utf-8")
    report = told(written(OPEN), "--rules", "mine", "--select", "MY*", cwd=tmp_path)
    assert [finding["rule"] for finding in report["findings"]] == ["MY901"]
    (tmp_path / "mine" / "MY901-my-ssh.md").write_text(
        text.replace("check: open_to", "check: nothing"), encoding="utf-8"
    )
    broken = run("lint", written(OPEN), "--rules", "mine", cwd=tmp_path)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "MY901-my-ssh.md: check: no check is called 'nothing'" in broken.stderr


@pytest.mark.parametrize("form", lint.FORMATS)
def test_every_form_is_the_same_in_every_run(form, tmp_path):
    runs = [run("lint", str(NETWORK), "-f", form, cwd=tmp_path, env=environment(PYTHONHASHSEED=seed)) for seed in "12"]
    assert runs[0].stdout == runs[1].stdout != ""
    assert {done.returncode for done in runs} == {1}


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*/network.json")), ids=lambda path: path.parent.name)
def test_every_example_is_judged(example, tmp_path):
    done = run("lint", str(example), "-f", "json", cwd=tmp_path)
    assert done.returncode in {0, 1}, done.stderr
    assert json.loads(done.stdout)["summary"]["rules"] == BOOK


def test_rules_lists_and_shows():
    assert "SG101   high      open-ssh" in run("rules").stdout
    assert json.loads(run("rules", "-f", "json").stdout)["schema"] == "sgcheck.rules/1"
    assert [rule["id"] for rule in json.loads(run("rules", "SG101", "-f", "json").stdout)["rules"]] == ["SG101"]
    assert run("rules", "sg101").stdout == run("rules", "open-ssh").stdout
    assert run("rules", "open-ssh", "-f", "markdown").stdout.startswith("# open-ssh (SG101)")
    unknown = run("rules", "open-shh")
    assert unknown.returncode == 2
    assert "Did you mean open-ssh" in unknown.stderr


def test_live_options_beside_files_are_refused(written, tmp_path):
    done = run("lint", written(OPEN), "--region", "eu-west-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "--region is for the live account" in done.stderr
