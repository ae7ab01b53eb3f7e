"""Against moto's server over real HTTP: live, snapshot and library give the same answers."""

from __future__ import annotations

import json
import re

import pytest

import sgcheck
from sgcheck.aws.instance import INSTANCE
from sgcheck.render import explain_json
from sgcheck.sources.live.loading import load
from sgcheck.sources.live.who import Role, Who
from tests.cli.runs import environment, run
from tests.sources.live.moto_account import FAR, NEAR, OTHER, ROLE, credentials

WHERE = ("--region", NEAR, "--region", FAR)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    """A file that lists our account and the other one."""
    file = tmp_path_factory.mktemp("accounts") / "accounts.txt"
    file.write_text(f"self\n{ROLE}  # the other one\n", encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def snapshot(moto, accounts, tmp_path_factory):
    """A snapshot of both accounts and both Regions."""
    file = tmp_path_factory.mktemp("snapshot") / "snap.json.gz"
    done = sgcheck_run(moto, "snapshot", "-o", str(file), *WHERE, "--accounts", accounts)
    assert done.returncode == 0, done.stderr
    return file


def test_a_collected_snapshot_can_have_its_index_at_once(moto, tmp_path):
    file = tmp_path / "snap.json.gz"
    done = sgcheck_run(moto, "snapshot", "--index", "-o", str(file), "--region", NEAR)
    assert done.returncode == 0
    assert done.stderr.endswith(f"wrote {file}.sgindex\n")
    question = (
        "explain",
        "--from",
        "internet",
        "--to",
        moto.near.ids["web"],
        "--port",
        "443",
        "-f",
        "json",
        "-i",
        str(file),
    )
    with_index = sgcheck_run(moto, *question)
    (tmp_path / "snap.json.gz.sgindex").unlink()
    without = sgcheck_run(moto, *question)
    assert (with_index.returncode, with_index.stdout, with_index.stderr) == (0, without.stdout, without.stderr)


def sgcheck_run(moto, *words):
    more = [] if "-i" in words else ["--endpoint-url", moto.endpoint]
    return run(*words, *more, env={**environment(), **credentials()})


def questions(moto):
    near, far, other = moto.near.ids, moto.far.ids, moto.other.ids
    return {
        "internet to web": ("internet", near["web"], "443"),
        "internet to database": ("internet", near["db"], "5432"),
        "web to database": (near["web"], near["db"], "5432"),
        "by name": ("name:near-w*", near["db"], "5432"),
        "by group": (near["web-group"], near["db-group"], "5432"),
        "by address": ("10.0.1.10", "10.0.2.10", "5432"),
        "by public address": ("internet", near["address"], "443"),
        "a range": ("10.0.1.0/24", near["db"], "5432"),
        "over peering to another Region": (near["web"], far["web"], "443"),
        "over peering to another account": (near["web"], other["web"], "443"),
        "by tag, in every place": ("internet", "tag:tier=web", "443"),
    }


def said(text):
    """An answer without the gaps of opt-in kinds, which moto does not know: live only where they were asked for."""
    answer = json.loads(text)
    answer["gaps"] = [gap for gap in answer["gaps"] if not gap["why"].startswith("AWS refused to show the ")]
    return answer


NAMES = (
    "internet to web",
    "internet to database",
    "web to database",
    "by name",
    "by group",
    "by address",
    "by public address",
    "a range",
    "over peering to another Region",
    "over peering to another account",
    "by tag, in every place",
)


@pytest.mark.parametrize("name", NAMES)
def test_library_and_snapshot_agree(moto, aws, snapshot, name):
    source, target, port = questions(moto)[name]
    question = sgcheck.Question.parse(source, target, port)
    network = sgcheck.load_live([question], regions=[NEAR, FAR], accounts=["self", ROLE], endpoint_url=moto.endpoint)
    kept = sgcheck.explain(sgcheck.load([str(snapshot)]), question)
    assert said(explain_json.render(sgcheck.explain(network, question))) == said(explain_json.render(kept))


def test_everything_and_snapshot_agree(moto, aws, snapshot):
    network = sgcheck.load_live(regions=[NEAR, FAR], accounts=["self", ROLE], endpoint_url=moto.endpoint)
    kept = sgcheck.load([str(snapshot)])
    for words in questions(moto).values():
        question = sgcheck.Question.parse(*words)
        answers = [explain_json.render(sgcheck.explain(one, question)) for one in (network, kept)]
        assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["internet to web", "over peering to another account"])
def test_the_command_says_the_same_live(moto, accounts, snapshot, name):
    source, target, port = questions(moto)[name]
    end = ("explain", "--from", source, "--to", target, "--port", port, "-f", "json")
    live = sgcheck_run(moto, *end, *WHERE, "--accounts", accounts)
    kept = sgcheck_run(moto, *end, "-i", str(snapshot))
    assert live.returncode == 0, live.stderr
    assert live.stderr == ""
    assert said(live.stdout) == said(kept.stdout)


@pytest.mark.parametrize("more", [(), ("--evidence-free",), ("--compare-with", "name:far-db")], ids=" ".join)
def test_a_diagnosis_is_the_same_live(moto, snapshot, more):
    end = ("diagnose", "--from", moto.near.ids["web"], "--to", moto.near.ids["db"], "--port", "5432")
    said_of_it = (*end, "--observed", "timeout", *more, "-f", "json")
    live = sgcheck_run(moto, *said_of_it, *WHERE)
    kept = sgcheck_run(moto, *said_of_it, "-i", str(snapshot))
    assert (live.stderr, live.returncode) == ("", 0)
    assert said(live.stdout) == said(kept.stdout)
    assert json.loads(live.stdout)["causes"][0]["code"] == "HOST_FIREWALL_DROPS"


def test_a_diagnosis_does_not_list_the_account(moto, tmp_path):
    end = ("--from", moto.near.ids["web"], "--to", moto.near.ids["db"], "--port", "5432", "-v", "-f", "json")
    calls = []
    for words in (("explain", *end), ("diagnose", *end), ("snapshot", "-v", "-o", str(tmp_path / "all.json"))):
        done = sgcheck_run(moto, *words, "--region", NEAR)
        calls.append(int(re.search(r"(\d+) calls", done.stderr).group(1)))
    asked, diagnosed, whole = calls
    assert diagnosed == asked + 1
    assert whole > diagnosed + 20  # moto has few resources: most kinds take one call, whatever there is


def test_check_asks_live(moto, tmp_path):
    file = tmp_path / "expectations.yaml"
    file.write_text(
        f"version: 1\nexpect:\n  - {{from: internet, to: {moto.near.ids['web']}, port: 443, verdict: reachable}}\n"
        f"  - {{from: internet, to: {moto.near.ids['db']}, port: 5432, verdict: blocked}}\n",
        encoding="utf-8",
    )
    done = sgcheck_run(moto, "check", str(file), "-v", "-f", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["passed"] == 2
    assert re.fullmatch(r"asked AWS: \d+ calls in [\d.]+ s\n", done.stderr)


def test_the_answers_are_right(moto, snapshot):
    network = sgcheck.load([str(snapshot)])
    asked = {name: sgcheck.Question.parse(*words) for name, words in questions(moto).items()}
    verdicts = {name: sgcheck.explain(network, question).verdict.value for name, question in asked.items()}
    assert {name for name, verdict in verdicts.items() if verdict == "blocked"} == {"internet to database"}
    assert verdicts["a range"] == "partial"
    assert {verdicts[name] for name in NAMES if name not in {"internet to database", "a range"}} == {"reachable"}


def test_a_role_is_assumed(moto, aws):
    who = Who(role=Role(ROLE, "secret-handshake"), endpoint_url=moto.endpoint)
    loaded = load(who, ["internet", moto.other.ids["web"]])
    assert loaded.snapshot.caller.endswith(":assumed-role/audit/sgcheck")
    assert moto.other.ids["web"] in {record.instance_id for record, _batch in loaded.snapshot.records(INSTANCE)}
    assert {batch.account for batch in loaded.snapshot.batches} == {OTHER}


def test_a_question_does_not_list_the_account(moto, aws):
    """moto does not know all filters of interfaces, which are then listed; AWS knows them (test_narrowing)."""
    narrow = load(Who(endpoint_url=moto.endpoint), [moto.near.ids["web"], moto.near.ids["db"]])
    whole = load(Who(endpoint_url=moto.endpoint))
    assert narrow.calls == 26
    assert whole.calls > 2 * narrow.calls  # one more with every kind
