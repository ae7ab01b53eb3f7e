"""The columns of an Athena table as the fields of records, in words that DuckDB and Athena (Trino) have in common.

Athena user guide, "Query Amazon VPC flow logs": tables have the fields' names with `_` for `-`, or those of the guide's
first edition (`sourceaddress`, `starttime`). Where text has `-` for a number, LazySimpleSerDe reads NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sgcheck.diagnose.flowlogs.fields import KNOWN, NEEDED, NUMBERS, READ, WORDS
from sgcheck.diagnose.flowlogs.predicates import all_of, any_of, quoted
from sgcheck.diagnose.flowlogs.sqltext import column
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sgcheck.sources.live.athena import Column, Table

UNREADABLE: Final = "UNREADABLE"
"""The status that is given to rows with a value that their column can't have."""
_OLD: Final = {
    "account": "account-id",
    "sourceaddress": "srcaddr",
    "destinationaddress": "dstaddr",
    "sourceport": "srcport",
    "destinationport": "dstport",
    "numpackets": "packets",
    "numbytes": "bytes",
    "starttime": "start",
    "endtime": "end",
}
_TEXT, _WHOLE = frozenset({"string", "varchar", "char"}), frozenset({"tinyint", "smallint", "int", "integer", "bigint"})


def plain(name: str) -> str:
    """A name without what its spellings differ in."""
    return name.lower().replace("_", "").replace("-", "")


_FIELDS: Final = {plain(name): name for name in KNOWN} | _OLD


def identifier(name: str) -> str:
    """A name in SQL, which may be a reserved word (`end`, `date`)."""
    return '"' + name.replace('"', '""') + '"'


def is_text(column: Column) -> bool:
    """Whether a column holds text."""
    return column.type.partition("(")[0] in _TEXT


def is_whole(column: Column) -> bool:
    """Whether a column holds whole numbers."""
    return column.type in _WHOLE


def held(table: Table) -> dict[str, Column]:
    """Which column holds which field.

    Raises UsageError where a needed field has none, where two columns are as near to one field, and where a column is
    of a type that the field can't have.
    """
    found: dict[str, Column] = {}
    for one in (*table.columns, *table.partitions):
        field = _FIELDS.get(plain(one.name))
        if field not in READ:
            continue
        exact = one.name.lower() == column(field)
        other = found.get(field)
        if other is not None and not exact and other.name.lower() != column(field):
            raise UsageError(f"{table.name}: both {other.name} and {one.name} may be {field}, expected one column")
        if other is None or exact:
            found[field] = one
    lacking = [name for name in NEEDED if name not in found]
    if lacking:
        names = ", ".join(one.name for one in table.columns)
        raise UsageError(f"{table.name} is no table of flow logs: it has no {', '.join(lacking)} (it has {names})")
    for field, one in found.items():
        if not is_text(one) and not (field in NUMBERS and is_whole(one)):
            kinds = "a whole number or a string" if field in NUMBERS else "a string"
            raise UsageError(f"{table.name}: column {one.name} is a {one.type}, expected {kinds}")
    return found


def unknown(table: Table) -> tuple[str, ...]:
    """The columns that hold no field of a flow log."""
    return tuple(sorted(one.name for one in table.columns if plain(one.name) not in _FIELDS))


def records(table: Table, columns: Mapping[str, Column], interfaces: Iterable[str], where: Sequence[str]) -> str:
    """A relation of the records of some interfaces: the fields that are read, typed, with NULL for `-`.

    A row with a value that its column can't have keeps its interface and times; its status is UNREADABLE. where: what
    else has to hold, on the table's own columns.
    """
    odd = _odd(columns)
    fields = ", ".join(f'{_value(name, columns.get(name), odd)} AS "{column(name)}"' for name in READ)
    ids = ", ".join(map(quoted, interfaces))
    these = f"{identifier(columns['interface-id'].name)} IN ({ids})"
    place = f"{identifier(table.name.database)}.{identifier(table.name.table)}"
    return f"SELECT {fields} FROM {place} WHERE {all_of(*where, these)}"


def in_time(columns: Mapping[str, Column], since: int | None, until: int | None) -> list[str]:
    """That the records are of the asked time, on plain columns, by which Parquet leaves out whole groups of rows."""
    found = []
    for name, limit, sign in (("end", since, ">="), ("start", until, "<=")):
        one = columns.get(name)
        if one is not None and limit is not None and is_whole(one):
            found.append(f"({identifier(one.name)} {sign} {limit} OR {identifier(one.name)} IS NULL)")
    return found


def _odd(columns: Mapping[str, Column]) -> str:
    """Whether a row has a word or a number that its field can't have; nothing where no column could hold such."""
    found = []
    for name, one in columns.items():
        source = identifier(one.name)
        if name in WORDS:
            found.append(f"{source} NOT IN ({', '.join(map(quoted, (*WORDS[name], '-')))})")
        elif name in NUMBERS and is_text(one):
            found.append(f"({source} <> '-' AND TRY_CAST({source} AS {NUMBERS[name]}) IS NULL)")
    return any_of(found) if found else ""


def _value(name: str, one: Column | None, odd: str) -> str:
    kind = NUMBERS.get(name, "VARCHAR")
    if one is None:
        value = f"CAST(NULL AS {kind})"
    elif name in NUMBERS:
        source = identifier(one.name)
        value = f"TRY_CAST({source} AS {kind})"
    else:
        value = f"nullif({identifier(one.name)}, '-')"
    if odd and name in ("action", "log-status"):
        instead = quoted(UNREADABLE) if name == "log-status" else "NULL"
        return f"CASE WHEN {odd} THEN {instead} ELSE {value} END"
    return value
