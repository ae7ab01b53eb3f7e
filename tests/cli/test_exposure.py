"""`sgcheck exposure` from end to end, on the examples and on the lab network."""

from __future__ import annotations

import csv
import io
import json

import pytest
from cli.runs import EXAMPLES, run

from tests.reach import lab

OPEN = EXAMPLES / "web-server-answers/network.json"
SHUT = EXAMPLES / "private-database/network.json"


@pytest.fixture
def lab_file(tmp_path):
    """Write the lab network, changed by `change`, and return its path."""

    def write(change=lambda record: None):
        record = lab.lab()
        change(record)
        path = tmp_path / "lab.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        return str(path)

    return write


def exposed(path, *words):
    """The JSON that a run prints."""
    done = run("exposure", "-i", str(path), "-f", "json", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def rows(answer, *fields):
    """The named fields of every row."""
    return [tuple(row[field] for field in fields) for row in answer["exposed"]]


def test_what_the_internet_reaches_over_both_families(lab_file):
    answer = exposed(lab_file())
    assert rows(answer, "target", "address", "protocol", "ports", "sources") == [
        ("i-web", "2600:1f18:1:1::10", "tcp", "443", ["::/0"]),
        ("i-web", "198.51.100.7", "tcp", "443", ["0.0.0.0/0"]),
        ("i-web", "198.51.100.7", "icmp", "all", ["0.0.0.0/0"]),
    ]
    assert answer["summary"]["reached"] == 1


def test_only_some_ports_and_targets_are_asked_about(lab_file):
    path = lab_file()
    assert rows(exposed(path, "--port", "443", "--from", "0.0.0.0/0"), "ports", "via") == [("443", ["igw-1"])]
    assert rows(exposed(path, "--port", "80"), "ports") == []
    assert rows(exposed(path, "--to", "i-db"), "ports") == []
    inside = exposed(path, "--from", "sg-web", "--to", "sg-db")
    assert rows(inside, "target", "ports", "sources") == [("i-db", "5432", ["10.0.1.10/32"])]


def test_an_account_is_an_end(lab_file):
    path = lab_file()
    reached = {target for (target,) in rows(exposed(path, "--from", f"account:{lab.ACCOUNT}"), "target")}
    assert {"i-db", "i-peer", "internet"} <= reached
    assert rows(exposed(path, "--to", f"account:{lab.ACCOUNT}"), "target")
    done = run("exposure", "-i", path, "--from", "account:999999999999")
    assert done.returncode == 2
    assert "no network interface in the input belongs to this account" in done.stderr
    assert f"account:{lab.ACCOUNT}" in done.stderr


def test_some_ports_of_the_client_are_not_all(lab_file):
    """The subnet's ACL lets replies out to the ports of Linux only (VPC user guide, "Ephemeral ports")."""

    def linux_only(record):
        replies = lab.entry(100, True, **lab.ports(32768, 60999))
        lab.entries(record, "acl-pub", lab.entry(100, False), replies)

    path = lab_file(linux_only)
    assert rows(exposed(path, "--port", "443"), "flaky") == [(True,)]
    assert rows(exposed(path, "--port", "443", "--source-port", "linux"), "flaky") == [(False,)]
    assert rows(exposed(path, "--port", "443", "--source-port", "1024-2000"), "flaky") == []
    assert "only for some of the client's own ports" in run("exposure", "-i", path).stdout


def test_exit_codes(lab_file):
    def without(kind):
        return lambda record: record.pop(kind)

    assert run("exposure", "-i", str(OPEN)).returncode == 0
    done = run("exposure", "-i", str(OPEN), "--fail-on", "any")
    assert (done.returncode, done.stderr) == (1, "internet reaches something: 2 rows\n")
    assert run("exposure", "-i", str(SHUT), "--fail-on", "any").returncode == 0
    assert run("exposure", "-i", lab_file(without("SecurityGroups")), "--fail-on", "any").returncode == 3
    assert run("exposure", "-i", lab_file(without("SecurityGroups"))).returncode == 0


def test_without_interfaces_nothing_is_claimed_to_be_shut(tmp_path):
    record = lab.lab()
    path = tmp_path / "groups.json"
    path.write_text(json.dumps({"SecurityGroups": record["SecurityGroups"]}), encoding="utf-8")
    done = run("exposure", "-i", str(path), "--fail-on", "any")
    assert done.returncode == 3
    assert "can't be decided" in done.stdout
    assert "aws ec2 describe-network-interfaces" in done.stdout


def test_what_is_missing_is_undecided_with_the_command_that_brings_it(lab_file):
    path = lab_file(lambda record: record.pop("SecurityGroups"))
    answer = exposed(path)
    assert answer["exposed"] == []
    assert {row["target"] for row in answer["undecided"]} == {"i-web"}
    assert [gap["collect"] for gap in answer["gaps"]] == ["aws ec2 describe-security-groups"]
    assert "Not decided: these may be reached" in run("exposure", "-i", path).stdout


def test_behind_a_balancer_its_targets_are_reached_too():
    answer = exposed(EXAMPLES / "load-balancer-to-instance/network.json")
    behind = [(row["target"], row["ports"], row["behind"] is not None) for row in answer["exposed"]]
    assert behind[:2] == [("i-0a1", "8080", True), ("i-0b1", "8080", True)]
    assert answer["summary"] == {
        "interfaces": 4,
        "asked": 2,
        "reached": 2,
        "reached_behind_balancers": 2,
        "interfaces_missing": False,
    }


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_every_format_is_written_whole(form, tmp_path):
    out = tmp_path / "out"
    done = run("exposure", "-i", str(OPEN), "-f", form, "-o", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "web-server" in out.read_text(encoding="utf-8")


def test_classes_say_how_many(lab_file):
    def twins(record):
        for n in range(20, 23):
            twin = lab.interface(f"eni-twin-{n}", "subnet-pub", f"10.0.1.{n}", ["sg-web"], f"198.51.100.{n}")
            record["NetworkInterfaces"].append(twin)

    path = lab_file(twins)
    grouped = exposed(path, "--group", "--from", "0.0.0.0/0", "--port", "443")["exposed"]
    assert [row["security_groups"] for row in grouped] == [["sg-web"]] * len(grouped)
    assert sum(row["count"] for row in grouped) == 4
    assert len(exposed(path, "--from", "0.0.0.0/0", "--port", "443")["exposed"]) == 4
    done = run("exposure", "-i", path, "--group", "-f", "csv", "--port", "443")
    assert {row["security_groups"] for row in csv.DictReader(io.StringIO(done.stdout))} == {"sg-web"}


def test_addresses_of_delegated_prefixes_are_not_passed_over_in_silence(lab_file):
    def delegate(record):
        lab.find(record, "NetworkInterfaces", "eni-web")["Ipv6Prefixes"] = [{"Ipv6Prefix": "2600:1f18:1:1:1::/80"}]

    warning = "delegated prefixes are not asked about, only the addresses of their interfaces: eni-web"
    assert exposed(lab_file(delegate))["warnings"] == [warning]
    assert exposed(lab_file(delegate), "--to", "i-db")["warnings"] == []
