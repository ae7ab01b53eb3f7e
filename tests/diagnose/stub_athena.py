"""A stand-in for Amazon Athena on a real socket: it speaks the JSON 1.1 protocol, and DuckDB runs the queries.

Answers are as the Athena API reference has them: every value is text, NULL has none, the first row of a result repeats
the names of the columns, and long results come in pages (GetQueryResults).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest

from sgcheck.diagnose.flowlogs.engine import _TRINO
from sgcheck.sources.live.athena import Athena, Name
from tests.diagnose.lab_flowlogs import Record

duckdb = pytest.importorskip("duckdb")

DATABASE, TABLE = "logs", "vpc"
NAME = f"{DATABASE}.{TABLE}"
_TYPES = {"INTEGER": "integer", "BIGINT": "bigint", "BOOLEAN": "boolean", "VARCHAR": "varchar"}
_DUCK = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "date": "DATE"}
_NUMBERS = ("version", "srcport", "dstport", "tcp-flags", "traffic-path")
_LARGE = ("protocol", "packets", "bytes", "start", "end")

_METHODS = {
    "GetTableMetadata": "_metadata",
    "StartQueryExecution": "_start",
    "GetQueryExecution": "_execution",
    "GetQueryResults": "_page",
    "StopQueryExecution": "_stop",
}

Failure = tuple[str, str]
# The API model is large, and the same for every client.
_SESSION = boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", region_name="eu-central-1")


def documented(fields: Sequence[str]) -> dict[str, str]:
    """The columns of a table as AWS documents it, with their types (Athena user guide, "Query Amazon VPC flow logs")."""
    kinds = dict.fromkeys(_NUMBERS, "int") | dict.fromkeys(_LARGE, "bigint")
    return {field.replace("-", "_"): kinds.get(field, "string") for field in fields}


class StubAthena:
    """One table, and what goes wrong. page: rows of a page of results, the names of the columns included."""

    def __init__(
        self,
        columns: Mapping[str, str],
        partitions: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        page: int = 3,
    ) -> None:
        """A table without rows."""
        self.columns, self.partitions = dict(columns), dict(partitions or {})
        self.properties = dict(properties or {})
        self.page = page
        self.refused: dict[str, Failure] = {}
        self.states: list[tuple[str, str | None]] = [("QUEUED", None), ("RUNNING", None)]
        self.scanned = 12_345_678
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.url = ""
        self._lock = threading.Lock()
        self._results: dict[str, tuple[list[str], list[str], list[tuple[Any, ...]]]] = {}
        self._base = duckdb.connect()
        for statement in _TRINO:
            self._base.execute(statement)
        self._base.execute(f'CREATE SCHEMA "{DATABASE}"')

    def create(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make the table of rows, by the names of its columns."""
        every = self.columns | self.partitions
        names = ", ".join(f'"{name}" {_DUCK[kind]}' for name, kind in every.items())
        self._base.execute(f'CREATE OR REPLACE TABLE "{DATABASE}"."{TABLE}" ({names})')
        values = [[row.get(name) for name in every] for row in rows]
        if values:
            self._base.executemany(f'INSERT INTO "{DATABASE}"."{TABLE}" VALUES ({", ".join("?" * len(every))})', values)

    def create_over(self, source: str) -> None:
        """Make the table a view over what DuckDB reads itself."""
        self._base.execute(f'CREATE VIEW "{DATABASE}"."{TABLE}" AS SELECT * FROM {source}')

    @property
    def sql(self) -> str:
        """The last query that was asked."""
        return str([body["QueryString"] for action, body in self.asked if action == "StartQueryExecution"][-1])

    @property
    def actions(self) -> list[str]:
        """What was asked, without repetitions in a row."""
        found = [action for action, _body in self.asked]
        return [action for n, action in enumerate(found) if n == 0 or found[n - 1] != action]

    def answer(self, action: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The answer to one request."""
        with self._lock:
            self.asked.append((action, body))
            if action in self.refused:
                code, message = self.refused[action]
                return 400, {"__type": code, "message": message}
            return 200, getattr(self, _METHODS[action])(body)

    def _metadata(self, body: dict[str, Any]) -> dict[str, Any]:
        def listed(columns: dict[str, str]) -> list[dict[str, str]]:
            return [{"Name": name, "Type": kind} for name, kind in columns.items()]

        keys = {"PartitionKeys": listed(self.partitions)} if self.partitions else {}
        told = {"Name": body["TableName"], "Columns": listed(self.columns), "Parameters": self.properties}
        return {"TableMetadata": told | keys}

    def _start(self, body: dict[str, Any]) -> dict[str, Any]:
        query = f"q-{len(self._results)}"
        try:
            done = self._base.execute(body["QueryString"])
        except duckdb.Error as error:
            self._results[query] = ([], [], [])
            self.states = [("FAILED", str(error))]
            return {"QueryExecutionId": query}
        names = [column[0] for column in done.description]
        kinds = [_TYPES[str(column[1])] for column in done.description]
        self._results[query] = (names, kinds, done.fetchall())
        return {"QueryExecutionId": query}

    def _execution(self, body: dict[str, Any]) -> dict[str, Any]:
        state, reason = self.states.pop(0) if self.states else ("SUCCEEDED", None)
        status = {"State": state} | ({"StateChangeReason": reason} if reason else {})
        numbers = {"DataScannedInBytes": self.scanned}
        return {
            "QueryExecution": {"QueryExecutionId": body["QueryExecutionId"], "Status": status, "Statistics": numbers}
        }

    def _page(self, body: dict[str, Any]) -> dict[str, Any]:
        names, kinds, found = self._results[body["QueryExecutionId"]]
        rows = [tuple(names), *found]
        first = int(body.get("NextToken", "0"))
        last = min(first + self.page, len(rows))
        info = [{"Name": name, "Type": kind} for name, kind in zip(names, kinds, strict=True)]
        written = [{"Data": [_datum(value) for value in row]} for row in rows[first:last]]
        more = {"NextToken": str(last)} if last < len(rows) else {}
        return {"ResultSet": {"Rows": written, "ResultSetMetadata": {"ColumnInfo": info}}} | more

    def _stop(self, _body: dict[str, Any]) -> dict[str, Any]:
        return {}


def _datum(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    return {"VarCharValue": str(value).lower() if isinstance(value, bool) else str(value)}


def rows_of(records: Sequence[Record], columns: Mapping[str, str], **more: Any) -> list[dict[str, Any]]:
    """Rows as LazySimpleSerDe reads them: `-` stays where the column is text, and is NULL where it is a number."""
    found = []
    for record in records:
        values = {name: record.get(name.replace("_", "-")) for name in columns}
        texts = {n: "-" if v is None else str(v) for n, v in values.items() if columns[n] == "string"}
        found.append(values | texts | more)
    return found


@contextmanager
def serving(stub: StubAthena) -> Iterator[StubAthena]:
    """Let the stand-in answer on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            service, _dot, action = self.headers["X-Amz-Target"].partition(".")
            assert service == "AmazonAthena"
            status, told = stub.answer(action, body)
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def client_of(stub: StubAthena, **more: Any) -> Athena:
    """The client of a stand-in that is being served, which does not wait between its questions."""
    client = _SESSION.client("athena", endpoint_url=stub.url)
    return Athena(client, "eu-central-1", **({"pause": lambda _seconds: None} | more))


def name() -> Name:
    """The table."""
    return Name(DATABASE, TABLE)
