"""Measure `explain` against json.load of the same file, and say whether the goals are met.

    python -m tests.benchmarks.explain [--runs 5] [--scale 1] [--double] [--cache DIR] [--check]

Whole processes are timed, the two sides in turn so that a busy machine slows both, and ratios of medians count. The
organisation is written to the cache folder once and kept. Peak memory needs a system that has wait4 (not Windows).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import organisation
from tests.benchmarks.plan import Shape, identifier

CHECKOUT = Path(__file__).resolve().parents[2]
SMALL = CHECKOUT / "examples" / "web-server-timeout" / "network.json"
LOAD = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
SETTLED = 3  # seconds after which a file that was just written is taken by its metadata
_KILO = 1 if sys.platform == "darwin" else 1_024  # what ru_maxrss counts in


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: seconds on the clock, seconds of processor, bytes at its peak."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the result: what was measured against what, and the most that it may be."""

    what: str
    value: float
    goal: float

    def __str__(self) -> str:
        met = "met" if self.value <= self.goal else "MISSED"
        return f"{self.what:<58} {self.value:6.2f}  goal {self.goal:4.2f}  {met}"


def spend(command: Sequence[str | Path]) -> Spent:
    """Run a program that must succeed, and return what it took."""
    begun = time.perf_counter()
    # Installed programs have their bytecode; one that may not write it would compile itself anew in every run.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    words = [str(word) for word in command]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=CHECKOUT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit {process.returncode}: {' '.join(map(str, command))}")
    return Spent(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _KILO)


def alternate(runs: int, *commands: Sequence[str | Path]) -> list[list[Spent]]:
    """Run the commands in turn, `runs` times after one round that only warms the caches; return what each took."""
    for command in commands:
        spend(command)
    rounds = [[spend(command) for command in commands] for _ in range(runs)]
    return [list(took) for took in zip(*rounds, strict=True)]


def median(spent: Sequence[Spent]) -> float:
    """Return the median of the seconds on the clock."""
    return statistics.median(each.wall for each in spent)


def program() -> list[str]:
    """Return how sgcheck is run: by the installed script where there is one."""
    script = shutil.which("sgcheck", path=Path(sys.executable).parent)
    return [script] if script else [sys.executable, "-m", "sgcheck"]


def explain(path: Path, target: str, port: int, source: str = "0.0.0.0/0") -> list[str | Path]:
    """Return the command that asks one question."""
    return [*program(), "explain", "-i", path, "--from", source, "--to", target, "--port", str(port), "-f", "json"]


def told(label: str, spent: Sequence[Spent]) -> float:
    """Print what a side took and return its median seconds."""
    cpu, peak = statistics.median(each.cpu for each in spent), max(each.peak for each in spent)
    fastest = min(each.wall for each in spent)
    clock = f"median {median(spent):7.3f} s  least {fastest:7.3f} s"
    print(f"  {label:<34} {clock}  cpu {cpu:7.3f} s  peak {peak / 1e6:6.0f} MB")
    return median(spent)


def made(cache: Path, scale: float) -> tuple[Path, str]:
    """Return the organisation of this scale, written if need be, and a host in it that the internet reaches."""
    shape = Shape().scaled(scale)
    path = cache / f"organisation-{scale:g}.json"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        print(f"writing {path}", flush=True)
        organisation.write(path, shape)
    return path, identifier("i", organisation.public_host(shape).number)


def measure_small(runs: int) -> list[Ratio]:
    """Compare the small example with an empty program that reads the same file."""
    print(f"small example, {SMALL.stat().st_size / 1e3:.0f} kB")
    floor = [sys.executable, "-c", f"import click; {LOAD}", SMALL]
    plain, ours = alternate(runs, floor, explain(SMALL, "i-123", 80))
    least, took = told("import click, json; json.load", plain), told("sgcheck explain", ours)
    return [Ratio("explain, small example / import click and json.load", took / least, 1.5)]


def measure_index(runs: int, cache: Path, scale: float) -> list[Ratio]:
    """Compare the organisation with an index beside it with the small example; print what the index takes."""
    path, target = made(cache, scale)
    beside = cache / "indexed" / path.name
    beside.parent.mkdir(exist_ok=True)
    if not beside.exists():
        beside.hardlink_to(path)  # an index beside the file itself would change what is measured of that
    built = spend([*program(), "snapshot", "--index", beside])
    index = Path(f"{beside}.sgindex")
    print(f"organisation, scale {scale:g}, with an index of {index.stat().st_size / 1e6:.0f} MB")
    print(f"  {'sgcheck snapshot --index':<34} took   {built.wall:7.3f} s  peak {built.peak / 1e6:6.0f} MB")
    time.sleep(SETTLED)
    plain, ours = alternate(runs, explain(SMALL, "i-123", 80), explain(beside, target, 443))
    small, took = told("sgcheck explain, small example", plain), told("sgcheck explain, indexed", ours)
    return [Ratio(f"explain, organisation x {scale:g} with index / small example", took / small, 1.5)]


def measure_organisation(runs: int, cache: Path, scale: float) -> tuple[list[Ratio], float]:
    """Compare the organisation with json.load of it; return the ratios and explain's median seconds."""
    path, target = made(cache, scale)
    size = path.stat().st_size
    print(f"organisation, scale {scale:g}, {size / 1e6:.0f} MB")
    plain, ours = alternate(runs, [sys.executable, "-c", LOAD, path], explain(path, target, 443))
    load, took = told("json.load", plain), told("sgcheck explain", ours)
    peak = max(each.peak for each in ours)
    ratios = [
        Ratio(f"explain, organisation x {scale:g} / json.load", took / load, 0.3),
        Ratio(f"explain, organisation x {scale:g}: peak memory / file size", peak / size, 1.7),
    ]
    return ratios, took


def main() -> int:
    """Measure what the options ask for, print it, and with --check return 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5, help="rounds that count (default 5)")
    options.add_argument("--scale", type=float, default=1.0, help="size of the organisation (default 1, 230 MB)")
    options.add_argument("--double", action="store_true", help="also measure it doubled, for the growth (460 MB)")
    options.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sgcheck-benchmarks")
    options.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    asked = options.parse_args()
    ratios = measure_small(asked.runs * 4)  # short runs scatter more
    large, once = measure_organisation(asked.runs, asked.cache, asked.scale)
    ratios += large
    ratios += measure_index(asked.runs * 2, asked.cache, asked.scale)
    if asked.double:
        larger, twice = measure_organisation(asked.runs, asked.cache, 2 * asked.scale)
        ratios += [*larger, Ratio("explain, everything doubled / as it was", twice / once, 2.2)]
    print(*ratios, sep="\n")
    return int(asked.check and any(ratio.value > ratio.goal for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
