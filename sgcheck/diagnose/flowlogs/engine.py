"""DuckDB, behind its use: the only place that imports it."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sgcheck.diagnose.flowlogs.classes import classes, flows
from sgcheck.diagnose.flowlogs.grouping import COLUMNS, grouping
from sgcheck.diagnose.flowlogs.result import Coverage, Row, fates
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from sgcheck.diagnose.flowlogs.asked import Asked

MEMORY = "512MB"
"""More than this goes to temporary files: the memory stays the same whatever there is to read."""

_TRINO = (
    "CREATE TEMP MACRO bitwise_and(a, b) AS a & b",
    "CREATE TEMP MACRO bitwise_or_agg(value) AS bit_or(value)",
    "CREATE TEMP MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)",
)
"""Names that the queries have from Athena."""


class EngineError(Exception):
    """DuckDB could not run a query."""


class Engine:
    """One connection, and in it the table of sums, which every scan adds to."""

    def __init__(self, asked: Asked, folder: Path) -> None:
        """Open a database in memory that puts what is too large into `folder`."""
        duckdb = _duckdb()
        self.asked = asked
        self._error = duckdb.Error
        self._added = 0
        self._connection: DuckDBPyConnection = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "temp_directory": str(folder / "duckdb"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        for statement in (*_TRINO, f"CREATE TEMP TABLE sums ({COLUMNS})"):
            self._connection.execute(statement)

    def __enter__(self) -> Self:
        """Return the engine, which is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the database."""
        self._connection.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises EngineError."""
        try:
            return self._connection.execute(query).fetchall()
        except self._error as error:
            raise EngineError(str(error).partition("\n")[0]) from error

    def add(self, records: str) -> None:
        """Sum up a relation of records."""
        self.rows(f"INSERT INTO sums {grouping(self.asked, records)}")
        self._added += 1

    def begin(self) -> None:
        """What is added from here on can be taken back."""
        self._connection.begin()

    def commit(self) -> None:
        """Keep what was added."""
        self._connection.commit()

    def rollback(self) -> None:
        """Take back what was added."""
        self._connection.rollback()

    def fates(self) -> list[Row]:
        """What became of the flows that were asked for."""
        relation = "sums" if self._added == 1 else f"({flows('sums')})"
        return fates(self.rows(classes(relation)))

    def coverage(self) -> list[Coverage]:
        """What records there are of each interface, and from when to when."""
        found = self.rows(
            "SELECT site, kind, coalesce(status, 'OK'), sum(records)::BIGINT, sum(accepted)::BIGINT, "
            "sum(rejected)::BIGINT, min(since), max(until) FROM sums GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        return [Coverage(*row) for row in found]


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise UsageError(
            "reading flow logs needs DuckDB, which is not installed", "pip install 'sgcheck[flowlogs]'"
        ) from None
    return duckdb
