"""Amazon Athena: what a table is made of, and the rows that one query answers with.

Athena API reference: GetTableMetadata, StartQueryExecution, GetQueryExecution, GetQueryResults, StopQueryExecution.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

import msgspec

from sgcheck.errors import AwsError, SgcheckError, UsageError
from sgcheck.sources.live.refusals import MALFORMED, Refusal, plain_detail, refusals
from sgcheck.sources.live.sessions import Clients, assumed, base_session, first_region, unasked
from sgcheck.sources.live.who import Who

CATALOG: Final = "AwsDataCatalog"
WORKGROUP: Final = "primary"
LONGEST: Final = 262_144
"""The longest query that Athena takes, in bytes (Athena user guide, "Service Quotas": query string length)."""
PATIENCE: Final = 35 * 60.0
"""Seconds that a query may take; Athena ends one by itself at the account's DML query timeout, which can be raised to
240 minutes (Athena user guide, "Service Quotas")."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_NUMBERS = frozenset({"tinyint", "smallint", "integer", "int", "bigint"})
_NO_CREDENTIALS = frozenset({"NoCredentialsError", "PartialCredentialsError"})
_DENIED = re.compile(r"(?i)access ?denied|not authorized|insufficient .*permission")
_MISSING = re.compile(r"(?i)entity ?not ?found|not found|does not exist")
_OUTPUT = re.compile(r"(?i)output location")
_WORKGROUP = re.compile(r"(?i)work ?group .*not found")

Value = str | int | bool | None


class Name(msgspec.Struct, frozen=True):
    """A table's name."""

    database: str
    table: str
    catalog: str = CATALOG

    def __str__(self) -> str:
        """Return it as it is written on the command line."""
        parts = (self.database, self.table)
        return ".".join(parts if self.catalog == CATALOG else (self.catalog, *parts))


class Column(msgspec.Struct, frozen=True):
    """A column. type: as Hive has it, in lower case, such as `string` or `varchar(10)`."""

    name: str
    type: str


class Table(msgspec.Struct, frozen=True):
    """A table's columns, those that it is partitioned by, and its properties (partition projection among them)."""

    name: Name
    columns: tuple[Column, ...]
    partitions: tuple[Column, ...] = ()
    properties: dict[str, str] = {}


class Rows(msgspec.Struct, frozen=True):
    """What a query answers with. scanned: bytes that it read. query: Athena's id of it."""

    rows: tuple[tuple[Value, ...], ...]
    scanned: int
    query: str


def parse_name(text: str) -> Name:
    """DATABASE.TABLE, or CATALOG.DATABASE.TABLE; raises UsageError."""
    parts = text.split(".")
    if len(parts) not in (2, 3) or not all(part.strip() for part in parts):
        raise UsageError(f"--athena: {text!r} is no table: expected DATABASE.TABLE")
    return Name(*parts) if len(parts) == 2 else Name(parts[1], parts[2], parts[0])


def connect(who: Who, *, workgroup: str | None = None, output: str | None = None) -> Athena:
    """Athena as `who` is shown it, in the first Region that is named or configured.

    output: where results are put, which a workgroup may say, too. Raises UsageError, and AwsError where the credentials
    can't be used.
    """
    if output is not None and not re.fullmatch(r"s3://[^/\s]+(/\S*)?", output):
        raise UsageError(f"--athena-output: {output!r} is no place in S3: expected s3://BUCKET/PREFIX/")
    session = base_session(who)
    region = first_region(session, who)
    if who.role:
        session = assumed(session, who.role, who, region)
    try:
        with refusals("athena:GetTableMetadata"):
            client = Clients(session, who).client("athena", region)
    except Refusal as refused:
        raise unasked(refused) from None
    return Athena(client, region, workgroup or WORKGROUP, output)


class Athena:
    """One workgroup in one Region."""

    def __init__(
        self,
        client: Any,
        region: str,
        workgroup: str = WORKGROUP,
        output: str | None = None,
        *,
        patience: float = PATIENCE,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask through `client`. patience: seconds that a query may take; pause: waits for some seconds."""
        self._client = client
        self._region = region
        self._workgroup = workgroup
        self._output = output
        self._patience = patience
        self._pause = pause

    def table(self, name: Name) -> Table:
        """What a table is made of (GetTableMetadata).

        Raises UsageError where there is none of that name, AwsError where Athena can't be asked.
        """
        try:
            with refusals("athena:GetTableMetadata"):
                told = self._client.get_table_metadata(
                    CatalogName=name.catalog, DatabaseName=name.database, TableName=name.table, **self._of_workgroup()
                )["TableMetadata"]
        except KeyError:
            raise self._error(Refusal(MALFORMED, "the answer has no table", "athena:GetTableMetadata")) from None
        except Refusal as refused:
            raise self._error(refused, name) from None
        return Table(name, _columns(told, "Columns"), _columns(told, "PartitionKeys"), told.get("Parameters") or {})

    def _of_workgroup(self) -> dict[str, str]:
        """The workgroup, which the catalog is asked with where the installed API model knows of it."""
        known = self._client.meta.service_model.operation_model("GetTableMetadata").input_shape.members
        return {"WorkGroup": self._workgroup} if "WorkGroup" in known else {}

    def query(self, sql: str, name: Name) -> Rows:
        """The rows of a query on a table.

        Raises UsageError where the query can't be asked as it stands, AwsError where Athena fails, is told to cancel
        it, or does not finish in time. Whatever interrupts the waiting stops the query, so that it reads no more.
        """
        if len(sql.encode()) > LONGEST:
            hint = "ask about fewer targets or sources at a time"
            raise UsageError(f"the query for {name} is longer than the {LONGEST:,} bytes that Athena takes", hint)
        try:
            query = self._start(sql, name)
            try:
                scanned = self._finished(query)
            except BaseException:
                self._stop(query)
                raise
            with refusals("athena:GetQueryResults"):
                pages = self._client.get_paginator("get_query_results").paginate(QueryExecutionId=query)
                return Rows(tuple(_rows(pages)), scanned, query)
        except Refusal as refused:
            raise self._error(refused, name) from None

    def _start(self, sql: str, name: Name) -> str:
        result = {"ResultConfiguration": {"OutputLocation": self._output}} if self._output else {}
        with refusals("athena:StartQueryExecution"):
            told = self._client.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": name.database, "Catalog": name.catalog},
                WorkGroup=self._workgroup,
                **result,
            )
        query = told.get("QueryExecutionId")
        if not query:
            raise Refusal(MALFORMED, "the answer has no query", "athena:StartQueryExecution")
        return str(query)

    def _finished(self, query: str) -> int:
        """Wait for the end of a query; how many bytes it read. Raises Refusal, and AwsError where it has no result."""
        until = time.monotonic() + self._patience
        pause = _FIRST_PAUSE
        while True:
            with refusals("athena:GetQueryExecution"):
                told = self._client.get_query_execution(QueryExecutionId=query).get("QueryExecution", {})
            status = told.get("Status", {})
            match status.get("State"):
                case "SUCCEEDED":
                    return int(told.get("Statistics", {}).get("DataScannedInBytes") or 0)
                case "FAILED" | "CANCELLED" as state:
                    reason = plain_detail(str(status.get("StateChangeReason") or "no reason is given"))
                    verb = "failed" if state == "FAILED" else "was cancelled"
                    raise AwsError(f"Athena: query {query} {verb}: {reason}")
            if time.monotonic() >= until:
                raise AwsError(
                    f"Athena: query {query} was stopped: it did not end in {self._patience / 60:.0f} minutes"
                )
            self._pause(pause)
            pause = min(1.5 * pause, _LONGEST_PAUSE)

    def _stop(self, query: str) -> None:
        """Stop a query; one that has ended stays as it is."""
        with suppress(Refusal), refusals("athena:StopQueryExecution"):
            self._client.stop_query_execution(QueryExecutionId=query)

    def _error(self, refused: Refusal, name: Name | None = None) -> SgcheckError:
        """The error to end with."""
        detail = refused.detail
        if refused.reason in _NO_CREDENTIALS:
            return unasked(refused)
        if _DENIED.search(f"{refused.reason} {detail}"):
            return AwsError(f"AWS refuses {refused.action}: {detail}", "docs/flow-logs.md has the permissions")
        if refused.reason == "InvalidRequestException" and _OUTPUT.search(detail):
            hint = "name one: --athena-output s3://BUCKET/PREFIX/"
            return UsageError(f"Athena: {detail} (workgroup {self._workgroup})", hint)
        if refused.reason == "InvalidRequestException" and _WORKGROUP.search(detail):
            return UsageError(f"Athena has no workgroup {self._workgroup} in {self._region}: {detail}")
        if refused.action == "athena:GetTableMetadata" and _MISSING.search(detail):
            return UsageError(f"Athena has no table {name} in {self._region}: {detail}", "--region says where it is")
        return AwsError(f"Athena can't be asked ({refused.action}): {refused.reason}: {detail}")


def _columns(told: dict[str, Any], key: str) -> tuple[Column, ...]:
    return tuple(Column(str(one["Name"]), str(one.get("Type") or "").lower()) for one in told.get(key) or ())


def _rows(pages: Any) -> Iterator[tuple[Value, ...]]:
    """The rows of all pages, typed; the first one of all repeats the names of the columns (GetQueryResults)."""
    first = True
    for page in pages:
        result = page.get("ResultSet", {})
        columns = result.get("ResultSetMetadata", {}).get("ColumnInfo", [])
        for row in result.get("Rows", []):
            values = [datum.get("VarCharValue") for datum in row.get("Data", [])]
            if first and values == [column["Name"] for column in columns]:
                first = False
                continue
            first = False
            if len(values) != len(columns):
                raise Refusal(MALFORMED, "a row does not have the columns of the result", "athena:GetQueryResults")
            yield tuple(_typed(value, column["Type"]) for value, column in zip(values, columns, strict=True))


def _typed(value: str | None, kind: str) -> Value:
    """A value, which is text whatever its type is, and absent where it is NULL."""
    if value is None or kind not in _NUMBERS | {"boolean"}:
        return value
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    try:
        return int(value)
    except ValueError:
        raise Refusal(MALFORMED, f"a {kind} is {value!r}", "athena:GetQueryResults") from None
