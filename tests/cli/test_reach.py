"""`sgcheck reach`, run as a person runs it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from cli.runs import EXAMPLES, run

THREE = ("reach", "-i", str(EXAMPLES / "three-tier-stepping-stones/network.json"))


def test_who_reaches_the_database_as_json():
    answer = json.loads(run(*THREE, "--to", "i-0db", "-f", "json").stdout)
    assert (answer["schema"], answer["from"], answer["to"]) == ("sgcheck.reach/1", None, "i-0db")
    assert {(row["source"]["id"], row["ports"]) for row in answer["exposed"]} == {
        ("i-0web", "22"),
        ("subnet-0app", "22"),
        ("subnet-0app", "5432"),
    }
    assert "hops" not in answer


def test_hops_are_lists_of_steps():
    answer = json.loads(run(*THREE, "--from", "internet", "--to", "i-0db", "--hops", "2", "-f", "json").stdout)
    assert [[step["to"]["id"] for step in path] for path in answer["hops"]] == [["i-0web", "i-0db"]]


def test_one_hop_is_what_is_reached_directly():
    assert run(*THREE, "--from", "i-0web", "--hops", "1").stdout == run(*THREE, "--from", "i-0web").stdout


def test_the_table_as_csv():
    rows = list(csv.reader(io.StringIO(run(*THREE, "--by", "tag:tier", "--port", "ssh", "-f", "csv").stdout)))
    assert rows[0] == ["", "(internet)", "app", "db", "web"]
    assert [row[0] for row in rows[1:]] == ["(internet)", "app", "db", "web"]
    assert rows[4] == ["web", "reachable: 22/tcp", "reachable: 22/tcp", "reachable: 22/tcp", ""]


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
@pytest.mark.parametrize(
    "question",
    [
        ("--from", "internet"),
        ("--to", "i-0db"),
        ("--from", "internet", "--hops", "3"),
        ("--from", "internet", "--to", "i-0db", "--cut"),
        ("--by", "sg"),
    ],
)
def test_every_question_has_an_answer_in_every_format(question, format_):
    done = run(*THREE, *question, "-f", format_)
    assert (done.returncode, done.stderr) == (0, "")
    assert "i-0web" in done.stdout or "sg-0web" in done.stdout


@pytest.mark.parametrize(
    "words, said",
    [
        ((), "give --from END, --to END or both"),
        (("--from", "i-0web", "--cut"), "--cut needs both ends"),
        (("--by", "sg", "--from", "i-0web"), "--by asks everybody"),
        (("--by", "color"), "expected tag:KEY, sg, subnet, vpc or account"),
        (("--from", "i-0web", "-f", "csv"), "-f csv is for the table"),
        (("--from", " "), "--from is empty"),
        (("--from", "i-0wob"), "did you mean i-0web"),
        (("--to", "i-0db", "--hops", "0"), "--hops"),
        (("--to", "i-0db", "--port", "99999"), "99999"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(words, said):
    done = run(*THREE, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_undecided_is_exit_3(tmp_path):
    record = json.loads((EXAMPLES / "three-tier-stepping-stones/network.json").read_text())
    record["SecurityGroups"] = [g for g in record["SecurityGroups"] if g["GroupId"] != "sg-0db"]
    record["SecurityGroupRules"] = [r for r in record["SecurityGroupRules"] if r["GroupId"] != "sg-0db"]
    (tmp_path / "network.json").write_text(json.dumps(record))
    done = run("reach", "-i", str(tmp_path / "network.json"), "--from", "i-0web", "--to", "i-0db", "--cut")
    assert done.returncode == 3
    assert "sg-0db" in done.stdout
    assert "may still lead there" in done.stdout


def test_nothing_heavy_is_loaded_where_nothing_needs_it():
    from subprocess import run as execute
    from sys import executable

    code = (
        "import sys; from sgcheck.cli.main import cli; "
        f"cli.main({[*THREE, '--to', 'i-0db']!r}, standalone_mode=False); "
        "sys.exit(any(m in sys.modules for m in ('networkx', 'boto3', 'yaml', 'rich', 'duckdb')))"
    )
    assert execute([executable, "-c", code], capture_output=True, check=False, timeout=60).returncode == 0
