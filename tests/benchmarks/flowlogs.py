"""Classify five million flow log records in one pass, and compare it with DuckDB's own `count(*)` of the same file.

    python -m tests.benchmarks.flowlogs
    python -m tests.benchmarks.flowlogs --records 500000 --runs 3

Two files of the default format with TCP flags: one of a hundred interfaces of which one is asked about, and one in which
every record belongs to the question. Each side is a process of its own, with the same two threads and memory limit.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.processes import Command, Limits, Spent, Unfinished, python, spend
from tests.benchmarks.subjects import CACHE

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


def alternate(runs: int, *commands: Command) -> list[list[Spent]]:
    """Run the commands in turn, `runs` times after one round that only warms the caches; return what each took."""
    for command in commands:
        succeed(command)
    rounds = [[succeed(command) for command in commands] for _ in range(runs)]
    return [list(took) for took in zip(*rounds, strict=True)]


def succeed(command: Command) -> Spent:
    """Run a program that must come to a good end. DuckDB has a limit of its own for memory, and reserves far more."""
    outcome = spend(command, Limits(seconds=3_600, memory=1 << 40))
    if isinstance(outcome, Unfinished):
        raise SystemExit(f"{outcome.why}: {' '.join(map(str, command))}")
    return outcome


def told(label: str, spent: Sequence[Spent]) -> float:
    """Print what a side took and return its median seconds on the clock: two threads count as they are felt."""
    wall, cpu = (statistics.median(times) for times in ([s.wall for s in spent], [s.cpu for s in spent]))
    print(f"  {label:<20} median {wall:7.3f} s  cpu {cpu:7.3f} s  peak {max(s.peak for s in spent) / 1e6:6.0f} MB")
    return wall


def measure(path: Path, runs: int) -> None:
    """Print what both sides took, and the ratio of their medians."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in FIELDS.split())
    query = f"SELECT count(*) FROM read_csv('{path}', delim=' ', quote='', header=true, columns={{{columns}}}, auto_detect=false)"
    count, classified = alternate(runs, python(COUNT.format(query=query)), python(CLASSIFY, path))
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
    options.add_argument("--cache", type=Path, default=CACHE)
    asked = options.parse_args()
    for interfaces in (100, 1):
        path = written(asked.cache, asked.records, interfaces)
        size = f"{path.stat().st_size / 1e6:,.0f} MB"
        print(f"{asked.records:,} records of {interfaces} interface{'s' if interfaces > 1 else ''}, {size}", flush=True)
        measure(path, asked.runs)


if __name__ == "__main__":
    main()
