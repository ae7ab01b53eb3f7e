"""`snapshot --show` and `--redact` as a person runs them, and the warning that a snapshot is old."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from cli.runs import EXAMPLES, environment, run

from sgcheck.sources.files import load_snapshot

NETWORK = EXAMPLES / "web-server-timeout" / "network.json"
QUESTION = ("--from", "internet", "--to", "i-123", "--port", "80")
ACCOUNT = "123456789012"


def content(**more):
    gaps = [
        {
            "kind": "security group",
            "account": ACCOUNT,
            "region": region,
            "reason": "AccessDenied",
            "call": "ec2:DescribeSecurityGroups",
        }
        for region in ("us-east-1", "eu-west-1")
    ]
    unknown = {"kind": "NAT gateway", "reason": "NotCollected"}
    records = json.loads(NETWORK.read_text(encoding="utf-8")) | {"Vulnerabilities": [1, 2, 3]}
    return {
        "schema": "sgcheck.snapshot/1",
        "collected_at": "2026-01-01T00:00:00Z",
        "caller": {"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Audit/alice"},
        "accounts": {ACCOUNT: {"us-east-1": records}},
        "gaps": [*gaps, unknown],
    } | more


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "snapshot.json.gz"
    path.write_bytes(gzip.compress(json.dumps(content()).encode()))
    return path


def test_show_says_what_is_in_a_file_and_what_is_not(snapshot):
    done = run("snapshot", "--show", str(snapshot))
    assert (done.returncode, done.stderr) == (0, "")
    file, collected, *rest = done.stdout.splitlines()
    assert str(snapshot).startswith(file)
    lines = [line.strip() for line in (collected, *rest)]
    text = " ".join(" ".join(lines).split())
    assert "collected 2026-01-01T00:00:00Z, " in text
    assert "days ago: answers may be out of date" in text
    assert f"by arn:aws:sts::{ACCOUNT}:assumed-role/Audit/alice" in text
    assert f"from {ACCOUNT} (us-east-1) records 1 VPC, " in text
    assert "skipped 3 Vulnerabilities" in text
    assert (
        f"missing security groups: AccessDenied; needs ec2:DescribeSecurityGroups; in {ACCOUNT} (eu-west-1, us-east-1)"
        in text
    )
    assert "missing NAT gateways: NotCollected; needs ec2:DescribeNatGateways" in text
    assert "redacted" not in text


def test_show_in_json(snapshot):
    done = run("snapshot", "--show", "-f", "json", str(snapshot), str(NETWORK))
    shown = json.loads(done.stdout)
    assert shown["schema"] == "sgcheck.snapshot-summary/1"
    first, second = shown["snapshots"]
    assert first["age_hours"] > 24 * 300
    assert (first["file"], first["old"], first["redacted"]) == (str(snapshot), True, False)
    assert first["places"] == [{"account": ACCOUNT, "region": "us-east-1"}]
    assert first["records"]["VPC"] == 1
    assert first["skipped"] == {"Vulnerabilities": 3}
    assert first["files"] == {"read": 1, "skipped": 0}
    assert first["gaps"] == [
        {"kind": "NAT gateways", "reason": "NotCollected", "actions": ["ec2:DescribeNatGateways"], "places": [{"account": None, "region": None}]},
        {
            "kind": "security groups",
            "reason": "AccessDenied",
            "actions": ["ec2:DescribeSecurityGroups"],
            "places": [{"account": ACCOUNT, "region": region} for region in ("eu-west-1", "us-east-1")],
        },
    ]  # fmt: skip
    assert (second["collected_at"], second["age_hours"], second["old"], second["caller"]) == (None, None, False, None)


def test_show_does_not_invent_what_an_answer_of_aws_does_not_say():
    text = run("snapshot", "--show", str(NETWORK)).stdout
    assert "nobody knows when" in text
    assert "1 VPC, " in text


def test_redact_writes_a_file_that_answers_alike(snapshot, tmp_path):
    clean = tmp_path / "clean.json.gz"
    done = run("snapshot", "-i", str(snapshot), "--redact", "-o", str(clean))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = gzip.decompress(clean.read_bytes()).decode()
    assert ACCOUNT not in text
    assert "alice" not in text
    assert "web-server" not in text
    answers = [
        json.loads(run("explain", "-i", str(path), *QUESTION, "-f", "json").stdout) for path in (snapshot, clean)
    ]
    assert len({(answer["verdict"], answer["client_sees"]) for answer in answers}) == 1
    assert load_snapshot([str(clean)]).redacted
    assert "are not the real ones" in " ".join(run("snapshot", "--show", str(clean)).stdout.split())


def test_the_key_decides_and_may_come_from_the_environment(snapshot):
    words = ("snapshot", "-i", str(snapshot), "--redact")
    once, again = (run(*words, "--redact-key", "a key").stdout for _ in range(2))
    from_outside = run(*words, env=environment(SGCHECK_REDACT_KEY="a key")).stdout
    drawn = [run(*words).stdout for _ in range(2)]
    assert once == again == from_outside
    assert len({once, *drawn}) == 3


def test_redact_reads_standard_input_and_writes_standard_output():
    done = run("snapshot", "-i", "-", "--redact", stdin=NETWORK.read_bytes())
    assert done.returncode == 0
    assert load_snapshot(["-"], stdin=io.BytesIO(done.stdout.encode())).counts.read["VPC"] == 1


@pytest.mark.parametrize(
    "words, message",
    [
        ((), "where to? give -o FILE"),
        (("x.json",), "say --show, --redact or --index"),
        (("-i", "x.json", "-o", "y.json"), "say --show, --redact or --index"),
        (("--show", "x.json", "--profile", "audit"), "--profile is for the live account"),
        (("--show", "--redact", "x.json"), "say only one of --show, --redact and --index"),
        (("--show",), "no input"),
        (("--show", "-", "-i", "-"), "standard input can be read only once"),
        (("--show", "nowhere.json"), "nowhere.json: can't be read"),
        (("--redact", "-i", "."), "is an empty folder"),
        (("--redact", "--redact-key", "", "-i", str(NETWORK)), "--redact-key is empty"),
        (("--redact", "-i", str(NETWORK), "-i", str(NETWORK), "-o", "x.json"), "2 files can't become one"),
    ],
)
def test_what_makes_no_sense_is_one_line(words, message, tmp_path):
    done = run("snapshot", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_an_old_snapshot_is_warned_of_and_a_new_one_is_not(snapshot, tmp_path):
    once, again = (run("explain", "-i", str(snapshot), *QUESTION, "-f", "json").stdout for _ in range(2))
    assert once == again
    assert [text for text in json.loads(once)["warnings"] if "2026-01-01T00:00:00Z, more than 24 hours ago" in text]
    assert "more than 24 hours ago" in " ".join(run("explain", "-i", str(snapshot), *QUESTION).stdout.split())
    fresh = tmp_path / "fresh.json"
    recent = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    fresh.write_text(json.dumps(content(collected_at=recent)), encoding="utf-8")
    assert "hours ago" not in run("explain", "-i", str(fresh), *QUESTION, "-f", "json").stdout


def test_an_old_snapshot_is_warned_of_where_an_end_is_not_told(tmp_path):
    bare = tmp_path / "bare.json"
    records = {"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": []}]}
    bare.write_text(json.dumps(content(accounts={ACCOUNT: {"us-east-1": records}})), encoding="utf-8")
    done = run("explain", "-i", str(bare), "--from", "internet", "--to", "sg-1", "--port", "80", "-f", "json")
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "unknown"
    assert [text for text in answer["warnings"] if "more than 24 hours ago" in text]
