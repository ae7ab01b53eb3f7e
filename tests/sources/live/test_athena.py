"""The client of Athena against a server that speaks its protocol: rows as they are typed, and every way to fail."""

from __future__ import annotations

import json

import pytest

from sgcheck.errors import AwsError, Exit, SgcheckError, UsageError
from sgcheck.sources.live.athena import LONGEST, Column, Name, Table, connect, parse_name
from sgcheck.sources.live.who import who
from tests.diagnose.lab_flowlogs import V2
from tests.diagnose.stub_athena import StubAthena, client_of, documented, name, serving
from tests.sources.live.stub_api import StubApi
from tests.sources.live.stub_api import serving as serving_any

VALUES = "SELECT * FROM (VALUES (CAST(1 AS BIGINT), 'a', NULL, TRUE), (2, '', 'x', FALSE), (NULL, 'n', '-', NULL)) AS v(n, t, u, yes)"
NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result configuration "
    "setting or as an API input."
)
DENIED = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: athena:X on resource: y"
NO_TABLE = (
    "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; "
    "Request ID: r; Proxy: null)"
)


@pytest.fixture
def stub():
    with serving(StubAthena(documented(V2), {"day": "string"}, {"projection.enabled": "true"})) as served:
        yield served


@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_rows_are_typed_and_null_is_none_on_any_page(stub, page):
    stub.page = page
    found = client_of(stub).query(VALUES, name())
    assert found.rows == ((1, "a", None, True), (2, "", "x", False), (None, "n", "-", None))
    assert found.scanned == 12_345_678


def test_a_result_without_rows(stub):
    assert client_of(stub).query(f"{VALUES} WHERE n > 5", name()).rows == ()


def test_a_table_is_what_athena_says_of_it(stub):
    columns = tuple(Column(*one) for one in documented(V2).items())
    expected = Table(name(), columns, (Column("day", "string"),), {"projection.enabled": "true"})
    assert client_of(stub).table(name()) == expected


def test_what_is_asked(stub):
    client_of(stub, workgroup="audit", output="s3://results/x/").query(VALUES, Name("logs", "vpc", "other"))
    assert stub.actions == ["StartQueryExecution", "GetQueryExecution", "GetQueryResults"]
    asked = stub.asked[0][1]
    assert asked.pop("ClientRequestToken")
    assert asked == {
        "QueryString": VALUES,
        "QueryExecutionContext": {"Database": "logs", "Catalog": "other"},
        "WorkGroup": "audit",
        "ResultConfiguration": {"OutputLocation": "s3://results/x/"},
    }


def test_the_pauses_grow_up_to_a_bound(stub):
    pauses = []
    stub.states = [("RUNNING", None)] * 20
    client_of(stub, pause=pauses.append).query(VALUES, name())
    assert len(pauses) == 20
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.2, 5.0)


@pytest.mark.parametrize(
    "action, refused, kind, said",
    [
        ("GetTableMetadata", ("AccessDeniedException", DENIED), AwsError, "AWS refuses athena:GetTableMetadata: User: "),
        ("GetTableMetadata", ("MetadataException", DENIED), AwsError, "AWS refuses athena:GetTableMetadata: "),
        ("GetTableMetadata", ("MetadataException", NO_TABLE), UsageError, "Athena has no table logs.vpc in eu-central-1: "),
        ("GetTableMetadata", ("InternalServerException", "oops"), AwsError, "Athena can't be asked (athena:GetTableMetadata): "),
        ("StartQueryExecution", ("AccessDeniedException", DENIED), AwsError, "AWS refuses athena:StartQueryExecution: "),
        ("StartQueryExecution", ("InvalidRequestException", NO_OUTPUT), UsageError, "Athena: No output location provided."),
        ("StartQueryExecution", ("InvalidRequestException", "WorkGroup x is not found."), UsageError, "Athena has no workgroup primary"),
        ("StartQueryExecution", ("InvalidRequestException", "line 1:8: mismatched"), AwsError, "Athena can't be asked (athena:StartQueryExecution)"),
        ("GetQueryExecution", ("AccessDeniedException", DENIED), AwsError, "AWS refuses athena:GetQueryExecution: "),
        ("GetQueryResults", ("AccessDeniedException", DENIED), AwsError, "AWS refuses athena:GetQueryResults: "),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line(stub, action, refused, kind, said):
    stub.refused[action] = refused
    with pytest.raises(SgcheckError) as raised:
        (client_of(stub).table(name()), client_of(stub).query(VALUES, name()))
    assert type(raised.value) is kind
    assert raised.value.message.startswith(said)
    assert "\n" not in raised.value.message
    stopped = "StopQueryExecution" in stub.actions
    assert stopped == (action == "GetQueryExecution"), "what was started and can't be followed is stopped"


@pytest.mark.parametrize(
    "state, said",
    [
        (
            ("FAILED", "SYNTAX_ERROR: line 1:8: Column 'x' cannot be resolved"),
            "query q-0 failed: SYNTAX_ERROR: line 1:8",
        ),
        (("FAILED", None), "query q-0 failed: no reason is given"),
        (("CANCELLED", "Query cancelled by user"), "query q-0 was cancelled: Query cancelled by user"),
    ],
)
def test_a_query_that_fails_says_why(stub, state, said):
    stub.states = [("RUNNING", None), state]
    with pytest.raises(AwsError) as raised:
        client_of(stub).query(VALUES, name())
    assert said in raised.value.message
    assert raised.value.exit_code == Exit.AWS_FAILED


def test_a_query_that_does_not_end_is_stopped(stub):
    stub.states = [("RUNNING", None)] * 5
    with pytest.raises(AwsError, match="query q-0 was stopped: it did not end in 0 minutes"):
        client_of(stub, patience=0).query(VALUES, name())
    assert stub.asked[-1] == ("StopQueryExecution", {"QueryExecutionId": "q-0"})


def test_an_interrupted_query_is_stopped(stub):
    def interrupted(_seconds):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client_of(stub, pause=interrupted).query(VALUES, name())
    assert stub.asked[-1] == ("StopQueryExecution", {"QueryExecutionId": "q-0"})


def test_a_stop_that_is_refused_does_not_hide_why_it_was_stopped(stub):
    stub.states = [("RUNNING", None)]
    stub.refused["StopQueryExecution"] = ("AccessDeniedException", DENIED)
    with pytest.raises(AwsError, match="did not end"):
        client_of(stub, patience=0).query(VALUES, name())


def test_a_query_that_is_too_long_is_not_asked(stub):
    with pytest.raises(UsageError, match="longer than the 262,144 bytes"):
        client_of(stub).query("SELECT 1" + " " * LONGEST, name())
    assert stub.asked == []


def test_answers_that_make_no_sense(stub, monkeypatch):
    monkeypatch.setattr(StubAthena, "_metadata", lambda *_: {})
    with pytest.raises(AwsError, match="MalformedAnswer: the answer has no table"):
        client_of(stub).table(name())
    monkeypatch.setattr(StubAthena, "_start", lambda *_: {})
    with pytest.raises(AwsError, match="MalformedAnswer: the answer has no query"):
        client_of(stub).query(VALUES, name())
    info = [{"Name": "n", "Type": "bigint"}]
    monkeypatch.undo()
    for row, said in (([{"VarCharValue": "x"}], "a bigint is 'x'"), ([], "a row does not have the columns")):
        result = {"Rows": [{"Data": row}], "ResultSetMetadata": {"ColumnInfo": info}}
        monkeypatch.setattr(StubAthena, "_page", lambda *_, result=result: {"ResultSet": result})
        with pytest.raises(AwsError, match=f"MalformedAnswer: {said}"):
            client_of(stub).query(VALUES, name())


@pytest.mark.parametrize("text", ["vpc", "a.b.c.d", "a.", ".b", "", " . "])
def test_a_name_is_a_database_and_a_table(text):
    with pytest.raises(UsageError, match=r"is no table: expected DATABASE\.TABLE"):
        parse_name(text)


def test_a_name_may_have_a_catalog():
    assert parse_name("other.logs.vpc") == Name("logs", "vpc", "other")
    assert [str(parse_name(text)) for text in ("logs.vpc", "o.logs.vpc")] == ["logs.vpc", "o.logs.vpc"]


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAOFTHEROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_a_role_is_assumed_first_and_one_region_asked(aws):
    table = json.dumps({"TableMetadata": {"Name": "vpc", "Columns": [{"Name": "a", "Type": "STRING"}]}})
    with serving_any(StubApi({"AssumeRole": (200, ASSUMED), "GetTableMetadata": (200, table)})) as api:
        role = "arn:aws:iam::444455556666:role/logs"
        asking = who(regions=["eu-west-1", "eu-west-2"], role_arn=role, endpoint_url=api.url)
        assert connect(asking).table(name()).columns == (Column("a", "string"),)
    assert api.asked == {"AssumeRole": 1, "GetTableMetadata": 1}


@pytest.mark.parametrize("output", ["results", "s3://", "https://x/y", "s3://a b"])
def test_an_output_is_a_place_in_s3(output):
    with pytest.raises(UsageError, match="is no place in S3"):
        connect(who(regions=["eu-central-1"]), output=output)
