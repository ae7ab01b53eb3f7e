"""Classify five million flow log records in one pass, and compare it with DuckDB's own `count(*)` of the same file.

    python -m tests.benchmarks.flowlogs
    python -m tests.benchmarks.flowlogs --records 500000 --runs 3

Two files of the default format with TCP flags: one of a hundred interfaces of which one is asked about, and one in which
every record belongs to the question. Each side is a process of its own, with the same two threads and memory limit.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.explain import Spent, alternate, told

FIELDS = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"
WRITE = """
COPY (
  SELECT 3, 123456789012, printf('eni-%017x', n % {interfaces}),
    CASE WHEN answer THEN '10.0.0.5' ELSE client END, CASE WHEN answer THEN client ELSE '10.0.0.5' END,
    CASE WHEN answer THEN 443 ELSE port END, CASE WHEN answer THEN port ELSE 443 END, 6, 7, 4200,
    1700000000 + n // 1000, 1700000060 + n // 1000, CASE WHEN n % 11 = 0 THEN 'REJECT' ELSE 'ACCEPT' END, 'OK',
    CASE WHEN answer THEN 19 ELSE 3 END
  FROM (
    SELECT i // 2 AS n, i % 2 = 1 AS answer, 1024 + (i // 2 * 7919) % 60000 AS port,
      printf('203.%d.%d.%d', i // 2 % 251, i // 2 % 241, i // 2 % 199) AS client
    FROM range({records}) AS r(i)
  )
) TO '{path}' (FORMAT csv, DELIMITER ' ', HEADER false)
"""
SETTINGS = "SET memory_limit = '512MB'; SET preserve_insertion_order = false"
COUNT = f"import duckdb, sys; duckdb.execute({SETTINGS!r}); print(duckdb.execute({{query!r}}).fetchall())"
CLASSIFY = """
import sys
from sgcheck.diagnose.flowlogs import Asked, Place, read
from sgcheck.packets import AddressSet, parse_port
place = Place('eni-00000000000000000', AddressSet.parse('10.0.0.5'), '10.0.0.5')
clues = read([sys.argv[1]], Asked(AddressSet.parse('203.0.0.0/8'), parse_port('443'), (place,)))
assert any(clue.says == 'answered' for clue in clues)
"""


def written(folder: Path, records: int, interfaces: int) -> Path:
    """Return a log of so many records, written if need be."""
    import duckdb

    path = folder / f"flowlogs-{records}-{interfaces}.log"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        rows = folder / "rows.part"
        duckdb.execute(WRITE.format(records=records, interfaces=interfaces, path=rows))
        with path.open("w", encoding="ascii") as file, rows.open(encoding="ascii") as lines:
            file.write(FIELDS + "\n")
            file.writelines(lines)
        rows.unlink()
    return path


def measure(path: Path, runs: int) -> None:
    """Print what both sides took, and the ratio of their medians."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in FIELDS.split())
    query = f"SELECT count(*) FROM read_csv('{path}', delim=' ', quote='', header=true, columns={{{columns}}}, auto_detect=false)"
    plain = [sys.executable, "-c", COUNT.format(query=query)]
    count, classified = alternate(runs, plain, [sys.executable, "-c", CLASSIFY, path])
    least, took = told("count(*) by DuckDB", count), told("classified", classified)
    print(f"  classified / count(*): {took / least:.2f}, peak memory {peak(classified) / peak(count):.2f}")


def peak(spent: list[Spent]) -> float:
    """Return the median of the peaks."""
    return statistics.median(each.peak for each in spent)


def main() -> None:
    """Measure what the options ask for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=5_000_000)
    options.add_argument("--runs", type=int, default=3, help="rounds that count (default 3)")
    options.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sgcheck-benchmarks")
    asked = options.parse_args()
    for interfaces in (100, 1):
        path = written(asked.cache, asked.records, interfaces)
        size = f"{path.stat().st_size / 1e6:,.0f} MB"
        print(f"{asked.records:,} records of {interfaces} interface{'s' if interfaces > 1 else ''}, {size}", flush=True)
        measure(path, asked.runs)


if __name__ == "__main__":
    main()
