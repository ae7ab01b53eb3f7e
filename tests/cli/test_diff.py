"""`sgcheck diff` as people run it: what it prints, its gates and exit codes, and what it says to bad input."""

from __future__ import annotations

import copy
import json
import os
import zipfile

import pytest
from cli.runs import EXAMPLES, run

from sgcheck.reach.difference import Difference, FlowChange, Party
from sgcheck.reach.gate import tripped, undecided

FOLDER = EXAMPLES / "diff-opens-ssh"
BEFORE, AFTER = FOLDER / "before.json", FOLDER / "after.json"


def changed(tmp_path, change, name="changed.json"):
    """The earlier network with a change."""
    content = json.loads(BEFORE.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def asked(*words):
    """What `diff` says as JSON."""
    done = run("diff", *map(str, words), "-f", "json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def group(content, id_):
    return next(g for g in content["SecurityGroups"] if g["GroupId"] == id_)


def flows(rows):
    return [
        (
            row["from"]["kind"],
            [m["id"] for m in row["from"]["members"]],
            [m["id"] for m in row["to"]["members"]],
            f"{row['ports']}/{row['protocol']}",
        )
        for row in rows
    ]


@pytest.mark.parametrize("suffix, format_", [("txt", "text"), ("json", "json"), ("md", "markdown")])
def test_the_example_prints_what_is_expected(suffix, format_):
    done = run("diff", *map(str, (BEFORE, AFTER)), "-f", format_)
    expected = FOLDER / f"printed.{suffix}"
    if os.environ.get("SGCHECK_UPDATE"):
        expected.write_text(done.stdout, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == expected.read_text(encoding="utf-8")


def test_the_example_means_what_its_page_says():
    found = asked(BEFORE, AFTER)
    assert flows(found["opened"]) == [
        ("internet", [], ["i-0a1"], "22/tcp"),
        ("hosts", ["i-0b2", "i-0db"], ["i-0a1"], "22/tcp"),
    ]
    assert flows(found["closed"]) == [("hosts", ["i-0a1"], ["i-0b2", "i-0db"], "5432/tcp")]
    assert [c["resource"] for row in found["opened"] for c in row["changes"]] == ["sg-0a1", "sg-0a1"]
    assert [c["change"] for c in found["closed"][0]["changes"]] == ["inbound rule removed: 5432/tcp from sg-0a1"]
    assert len(found["config"]) == 2
    assert found["undecided"] == []


def test_the_example_trips_its_gate():
    words = (FOLDER / "command.txt").read_text(encoding="utf-8").split()
    assert run(*words[1:]).returncode == 1


def test_nothing_changed():
    done = run("diff", str(BEFORE), str(BEFORE), "--fail-on", "any")
    assert (done.returncode, done.stdout) == (0, "nothing changed\n")


@pytest.mark.parametrize(
    "more, code",
    [
        (["--fail-on", "opened-from-internet"], 1),
        (["--fail-on", "opened"], 1),
        (["--fail-on", "closed"], 1),
        (["--fail-on", "any"], 1),
        (["--fail-on", "opened", "--to", "i-0db"], 0),
        (["--fail-on", "closed", "--to", "i-0db"], 1),
        (["--fail-on", "opened,closed", "--port", "443"], 0),
        (["--fail-on", "opened-from-internet", "--from", "i-0b2"], 0),
        (["--fail-on", "opened", "--from", "i-0b2"], 1),
        (["--fail-on", "opened", "--from", "10.0.2.30"], 1),
        (["--fail-on", "any", "--from", "onprem"], 0),
        (["--fail-on", "any", "--to", "internet"], 0),
        (["--fail-on", "opened-from-internet", "--from", "203.0.113.0/24"], 1),
        (["--fail-on", "opened-from-internet", "--from", "::/0"], 0),
        (["--fail-on", "closed", "--fail-on", "opened", "--port", "22"], 1),
        ([], 0),
    ],
)
def test_gates(more, code):
    assert run("diff", str(BEFORE), str(AFTER), *more).returncode == code


def test_a_part_of_the_internet_is_said_as_it_is():
    found = asked(BEFORE, AFTER, "--from", "203.0.113.0/24")
    assert [row["sources"] for row in found["opened"]] == [["203.0.113.0/24"]]


def test_what_is_missing_leaves_a_gate_undecided(tmp_path):
    path = changed(tmp_path, lambda content: content.pop("SecurityGroups"))
    done = run("diff", str(BEFORE), path, "--fail-on", "opened-from-internet")
    assert done.returncode == 3
    assert "undecided" in done.stderr
    found = asked(BEFORE, path)
    assert {row["may"] for row in found["undecided"]} == {"open", "close"}
    assert found["opened"] == found["closed"] == []
    assert all(row["gaps"] for row in found["undecided"])


def row(kind="internet", may=None):
    return FlowChange(Party(kind), Party("hosts"), "tcp", "22", ("0.0.0.0/0",), 1, (), may=may)


@pytest.mark.parametrize("gate, may, hangs", [("opened", "open", True), ("opened", "close", False), ("closed", "close", True), ("any", "open", True), ("any", "close", True), ("opened-from-internet", "open", True)])  # fmt: skip
def test_what_a_gate_hangs_on(gate, may, hangs):
    difference = Difference((), (), (row(may=may),), (), 1)
    assert undecided(difference, gate) is hangs
    assert not tripped(difference, gate)


def test_a_host_inside_is_not_the_internet():
    difference = Difference((row("hosts"),), (), (row("hosts", "open"),), (), 1)
    assert not tripped(difference, "opened-from-internet")
    assert not undecided(difference, "opened-from-internet")
    assert tripped(difference, "opened")


def test_notation_is_no_difference(tmp_path):
    def otherwise(content):
        web = group(content, "sg-0a1")
        (rule,) = web["IpPermissions"]
        rule["IpProtocol"] = "6"
        rule["IpRanges"] = [{"CidrIp": "128.0.0.0/1"}, {"CidrIp": "0.0.0.0/1"}]
        content["Vpcs"][0]["Tags"] = []
        content["NetworkAcls"][0]["Entries"].reverse()
        content["RouteTables"].reverse()

    found = asked(BEFORE, changed(tmp_path, otherwise))
    assert (found["opened"], found["closed"], found["config"]) == ([], [], [])


def test_a_rule_that_is_replaced_stands_beside_the_new_one(tmp_path):
    def wider(content):
        group(content, "sg-0db")["IpPermissions"] = [
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5433, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        ]

    found = asked(BEFORE, changed(tmp_path, wider))
    assert found["closed"] == []
    assert found["config"] == []
    assert {c["change"] for r in found["opened"] for c in r["along"]} == {"inbound rule removed: 5432/tcp from sg-0a1"}


def test_a_new_instance_opens_everything_that_it_reaches(tmp_path):
    def more(content):
        instance = copy.deepcopy(
            next(i for r in content["Reservations"] for i in r["Instances"] if i["InstanceId"] == "i-0b2")
        )
        interface = copy.deepcopy(next(n for n in content["NetworkInterfaces"] if n["NetworkInterfaceId"] == "eni-0b2"))
        for one in (interface, *instance["NetworkInterfaces"]):
            one |= {"NetworkInterfaceId": "eni-0c3", "PrivateIpAddress": "10.0.2.40", "Groups": [{"GroupId": "sg-0a1"}]}
            one["PrivateIpAddresses"] = [{"Primary": True, "PrivateIpAddress": "10.0.2.40"}]
            one["Attachment"]["InstanceId"] = "i-0c3"
        instance |= {"InstanceId": "i-0c3", "PrivateIpAddress": "10.0.2.40"}
        content["NetworkInterfaces"].append(interface)
        content["Reservations"].append({"ReservationId": "r-0c3", "Instances": [instance]})

    found = asked(BEFORE, changed(tmp_path, more))
    assert found["closed"] == found["config"] == []
    changes = {(c["resource"], c["change"]) for r in found["opened"] for c in r["changes"]}
    assert changes == {("i-0c3", "instance added")}
    assert ("hosts", ["i-0c3"], ["i-0b2", "i-0db"], "5432/tcp") in flows(found["opened"])


def test_a_stopped_instance_closes(tmp_path):
    def stop(content):
        for reservation in content["Reservations"]:
            for instance in reservation["Instances"]:
                if instance["InstanceId"] == "i-0a1":
                    instance["State"] = {"Code": 80, "Name": "stopped"}

    found = asked(BEFORE, changed(tmp_path, stop))
    assert found["opened"] == []
    assert {c["change"] for r in found["closed"] for c in r["changes"]} == {"state: running became stopped"}
    assert found["closed"][0]["from"]["kind"] == "internet"


def test_hostile_names_are_escaped(tmp_path):
    name = "x\x1b[31m | <script>alert(1)</script> @everyone"

    def rename(content):
        for reservation in content["Reservations"]:
            for instance in reservation["Instances"]:
                instance["Tags"] = [{"Key": "Name", "Value": name}]
        group(content, "sg-0a1")["IpPermissions"] = []

    path = changed(tmp_path, rename)
    for format_ in ("text", "markdown"):
        done = run("diff", str(BEFORE), path, "-f", format_)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout
    assert "<script>" not in done.stdout
    assert "@everyone" not in done.stdout


def test_a_zip_a_folder_and_standard_input(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "network.json").write_bytes(AFTER.read_bytes())
    archive = tmp_path / "before.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(BEFORE, "before.json")
    assert asked(archive, folder) == asked(BEFORE, AFTER)
    piped = run("diff", "-", str(AFTER), "-f", "json", stdin=BEFORE.read_bytes())
    assert json.loads(piped.stdout) == asked(BEFORE, AFTER)


@pytest.mark.parametrize(
    "words, said",
    [
        (("-", "-"), "standard input can be read only once"),
        (("/nowhere.json", str(AFTER)), "/nowhere.json"),
        ((str(BEFORE), str(FOLDER / "README.md")), "README.md"),
        ((str(BEFORE), str(AFTER), "--port", "eighty"), "eighty"),
        ((str(BEFORE), str(AFTER), "--from", "i-404"), "--from i-404"),
        ((str(BEFORE), str(AFTER), "--to", "name:nobody-*"), "--to name:nobody-*"),
        ((str(BEFORE), str(AFTER), "--fail-on", "everything"), "everything"),
    ],
)
def test_bad_input_is_one_line(words, said):
    done = run("diff", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_report_goes_to_a_file(tmp_path):
    report = tmp_path / "diff.md"
    done = run("diff", str(BEFORE), str(AFTER), "-f", "markdown", "-o", str(report), "--fail-on", "opened")
    assert (done.returncode, done.stdout) == (1, "")
    assert report.read_text(encoding="utf-8") == (FOLDER / "printed.md").read_text(encoding="utf-8")
