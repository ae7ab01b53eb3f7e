"""Relations of DuckDB over files: the fields that are read, typed, with NULL for `-`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sgcheck.diagnose.flowlogs.fields import NUMBERS, READ, WORDS
from sgcheck.diagnose.flowlogs.layout import Layout
from sgcheck.diagnose.flowlogs.predicates import quoted

REJECTS, SCANS = "rejected_lines", "rejected_scans"
_LONGEST = 4_000_000


def column(name: str) -> str:
    """The column that a field is in, for both engines."""
    return name.replace("-", "_")


def text_relation(layout: Layout, paths: Sequence[str]) -> str:
    """Lines of text; what can't be read is put into the tables REJECTS and SCANS."""
    names = [f"before {n}" for n in range(layout.before)] + list(layout.fields)
    columns = ", ".join(f"{quoted(name)}: {quoted(_type(name))}" for name in names)
    packing = "gzip" if layout.packed else "none"
    return f"""SELECT {_selected(layout.fields)} FROM read_csv({file_list(paths)}, delim=' ', quote='', escape='',
      auto_detect=false, header={str(layout.header).lower()}, columns={{{columns}}}, nullstr='-',
      compression='{packing}',
      max_line_size={_LONGEST}, store_rejects=true, rejects_table='{REJECTS}', rejects_scan='{SCANS}',
      rejects_limit=0)"""


def parquet_relation(fields: Iterable[str], paths: Sequence[str]) -> str:
    """Rows of Parquet files that all have these columns; numbers may be text, and `_` stands for `-`."""
    present = {name.replace("_", "-").lower(): name for name in fields}
    columns = ", ".join(f"{_cast(name, present)} AS {_as(name)}" for name in READ)
    return f"SELECT {columns} FROM ({parquet_whole(paths)})"


def parquet_whole(paths: Sequence[str]) -> str:
    """Rows of Parquet files as they are; what the folders' names say is not needed."""
    return f"SELECT * FROM read_parquet({file_list(paths)}, hive_partitioning=false)"


def parquet_oddities(fields: Iterable[str], path: str) -> str:
    """The rows (from 1) of a Parquet file with values that are not what their fields hold, and the first such value."""
    present = {name.replace("_", "-").lower(): name for name in fields}
    odd = {}
    for name in READ:
        if name in present and (name in NUMBERS or name in WORDS):
            text = f'CAST("{_escaped(present[name])}" AS VARCHAR)'
            wrong = f"TRY_CAST({text} AS {NUMBERS[name]}) IS NULL" if name in NUMBERS else _no_word(text, name)
            odd[name] = f"WHEN {text} <> '-' AND {wrong} THEN concat('{name} is ', {text})"
    cases = f"CASE {' '.join(odd.values())} END" if odd else "NULL"
    return (
        f"SELECT file_row_number + 1 AS row, {cases} AS why "
        f"FROM read_parquet({file_list([path])}, hive_partitioning=false, file_row_number=true) WHERE why IS NOT NULL"
    )


def _no_word(text: str, name: str) -> str:
    return f"{text} NOT IN ({', '.join(map(quoted, WORDS[name]))})"


def _escaped(name: str) -> str:
    return name.replace('"', '""')


def _type(name: str) -> str:
    if name in WORDS:
        return f"ENUM({', '.join(map(quoted, WORDS[name]))})"
    return NUMBERS.get(name, "VARCHAR")


def _selected(fields: Sequence[str]) -> str:
    def of(name: str) -> str:
        source = f'"{name}"' if name in fields else "NULL"
        return f"CAST({source} AS {NUMBERS.get(name, 'VARCHAR')}) AS {_as(name)}"

    return ", ".join(map(of, READ))


def _cast(name: str, present: dict[str, str]) -> str:
    kind = NUMBERS.get(name, "VARCHAR")
    if name not in present:
        return f"CAST(NULL AS {kind})"
    return f"TRY_CAST(nullif(CAST(\"{_escaped(present[name])}\" AS VARCHAR), '-') AS {kind})"


def _as(name: str) -> str:
    return f'"{column(name)}"'


def file_list(paths: Sequence[str]) -> str:
    """A list of paths in which nothing is a pattern."""
    plain = ("".join(f"[{c}]" if c in "*?[" else c for c in path) for path in paths)
    return "[" + ", ".join(map(quoted, plain)) + "]"
