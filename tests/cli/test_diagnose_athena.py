"""`sgcheck diagnose --athena` from end to end: the same answer as from files, and what goes wrong in one line."""

from __future__ import annotations

import json

import pytest

from tests.cli.runs import EXAMPLES, environment, run
from tests.diagnose.lab_flowlogs import V3, there
from tests.diagnose.stub_athena import NAME, StubAthena, documented, rows_of, serving
from tests.sources.live.moto_account import credentials

DENIED = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: athena:X on resource: y"
NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result configuration "
    "setting or as an API input."
)
NO_TABLE = (
    "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; "
    "Request ID: r; Proxy: null)"
)
NETWORK = str(EXAMPLES / "web-server-timeout/network.json")
ASK = ("diagnose", "-i", NETWORK, "--to", "i-123", "--observed", "timeout")
LIVE = ("--athena", NAME, "--region", "eu-central-1")
ENDS = {"interface_id": "eni-0a1", "srcaddr": "203.0.113.9", "dstaddr": "10.0.0.10"}
AT = 1_418_530_010


def told(stub, *words):
    done = run(*ASK, *LIVE, "--endpoint-url", stub.url, *words, env={**environment(), **credentials()})
    assert "Traceback" not in done.stderr
    return done


def records():
    each = {**ENDS, "start": AT, "end": AT + 60, "packets": 3, "bytes": 180}
    return [there("REJECT", srcport=50000, dstport=80, **each), there(srcport=50001, dstport=22, **each)]


def test_a_table_tells_a_silent_host_from_a_group_that_drops():
    columns = documented(V3)
    with serving(StubAthena(columns)) as stub:
        stub.create(rows_of(records(), columns))
        words = ("--since", "2014-12-14T03:00:00Z", "--until", "2014-12-14T05:00:00Z", "-f", "json")
        silent, dropped = (told(stub, "--port", port, *words) for port in ("22", "80"))
    assert (silent.returncode, silent.stderr, dropped.returncode) == (0, "", 0)
    assert json.loads(silent.stdout)["causes"][0]["code"] == "HOST_FIREWALL_DROPS"
    found = json.loads(dropped.stdout)
    assert found["causes"][0]["code"] == "ENI_SG_RULES_MISMATCH"
    assert {clue["says"] for clue in found["evidence"]} == {"rejected-at-target", "nothing"}
    assert any("Athena read 12.3 MB" in clue["text"] for clue in found["evidence"])


def test_files_of_that_time_say_so_too(tmp_path):
    path = tmp_path / "flow.log"
    head = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"
    path.write_text(
        f"{head}\n2 1 eni-0a1 203.0.113.9 10.0.0.10 50000 80 6 3 180 {AT} {AT + 60} REJECT OK 2\n", encoding="utf-8"
    )
    inside, outside = (
        json.loads(run(*ASK, "--port", "80", "--flow-logs", str(path), "--since", since, "-f", "json").stdout)[
            "evidence"
        ]
        for since in ("2014-12-14", "2015-01-01")
    )
    assert "rejected-at-target" in {clue["says"] for clue in inside}
    assert {clue["says"] for clue in outside} == {"nothing"}


@pytest.mark.parametrize(
    "refused, code, said",
    [
        ({"GetTableMetadata": ("MetadataException", NO_TABLE)}, 2, "has no table logs.vpc"),
        ({"StartQueryExecution": ("InvalidRequestException", NO_OUTPUT)}, 2, "--athena-output s3://BUCKET/PREFIX/"),
        ({"StartQueryExecution": ("AccessDeniedException", DENIED)}, 4, "AWS refuses athena:StartQueryExecution"),
    ],
)
def test_failures_end_with_their_code(refused, code, said):
    with serving(StubAthena(documented(V3))) as stub:
        stub.create([])
        stub.refused = refused
        done = told(stub, "--port", "80")
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_a_query_that_fails_is_4():
    with serving(StubAthena(documented(V3))) as stub:
        stub.create([])
        stub.states = [("FAILED", "HIVE_BAD_DATA: no")]
        done = told(stub, "--port", "80")
    assert (done.returncode, done.stderr) == (4, "Error: Athena: query q-0 failed: HIVE_BAD_DATA: no\n")


def test_a_table_of_something_else_is_2():
    with serving(StubAthena({"a": "string"})) as stub:
        stub.create([])
        done = told(stub, "--port", "80")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: logs.vpc is no table of flow logs: it has no interface-id, srcaddr")
    assert stub.actions == ["GetTableMetadata"]


@pytest.mark.parametrize(
    "words, said",
    [
        (["--athena", "vpc"], "'vpc' is no table: expected DATABASE.TABLE"),
        (["--athena", NAME, "--flow-logs", "x"], "--flow-logs and --athena both say where the flow logs are"),
        (["--athena", NAME, "--log-format", "default"], "--log-format is for files"),
        (["--athena", NAME, "--evidence-free"], "--evidence-free judges without evidence"),
        (["--athena", NAME, "--org", "audit"], "--org is for the live account, not for files"),
        (["--athena", NAME, "--since", "soon"], "--since: 'soon' is no time"),
        (["--athena-output", "s3://x/"], "--athena-output is for --athena"),
        (["--athena-workgroup", "x"], "--athena-workgroup is for --athena"),
        (["--since", "3h"], "--since is for --flow-logs and --athena"),
        (["--athena", NAME, "--region", "x", "--athena-output", "results"], "'results' is no place in S3"),
        (["--athena", NAME], "which Region? give --region"),
    ],
)
def test_wrong_usage_is_2_and_one_line(words, said):
    without = {key: value for key, value in environment().items() if not key.startswith("AWS_")}
    done = run(*ASK, "--port", "80", *words, env=without | {"AWS_CONFIG_FILE": "/nonexistent"})
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_credentials_it_is_4():
    without = {key: value for key, value in environment().items() if not key.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": "/x", "AWS_SHARED_CREDENTIALS_FILE": "/x", "AWS_EC2_METADATA_DISABLED": "true"}
    done = run(*ASK, "--port", "80", *LIVE, env=without | nowhere)
    assert done.returncode == 4
    assert "AWS can't be asked: NoCredentialsError" in done.stderr
