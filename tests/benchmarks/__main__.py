"""Measure whole processes against their goals, for networks of several sizes, and print the tables as Markdown.

    python -m tests.benchmarks
    python -m tests.benchmarks --sizes 12500,25000 --runs 3 --only explain,exposure

What counts are ratios of processor seconds (user and system, the least of several runs, the sides in turn), since the
clock of a shared machine says little. Networks are written to the cache folder once and kept. A process that takes more
than the limits allow is stopped and told as not finished; it is not tried at larger sizes then.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks import goals, subjects, table
from tests.benchmarks.goals import Measured
from tests.benchmarks.plan import Shape
from tests.benchmarks.processes import Limits, Outcome, Unfinished, best, spend
from tests.benchmarks.subjects import Subject

SIZES = (12_500, 25_000, 50_000, 100_000)
NAMES = {
    "small": (subjects.FLOOR, subjects.SMALL_EXPLAIN),
    "explain": (subjects.LOADED, subjects.EXPLAIN),
    "indexed": (subjects.FLOOR, subjects.SMALL_EXPLAIN, subjects.INDEXED),
    "exposure": (subjects.LOADED, subjects.EXPOSURE),
    "pairs": (subjects.LOADED, subjects.PAIRS),
    "lint": (subjects.LOADED, subjects.LINT),
    "plan": (subjects.PLAN_LOADED, subjects.PLAN_LINT),
}


class Bench:
    """Runs what is wanted, and remembers what did not finish."""

    def __init__(self, wanted: Iterable[str], runs: int, limits: Limits) -> None:
        """Run the subjects that are `wanted`, `runs` times each."""
        self._wanted = frozenset(wanted)
        self._runs, self._limits = runs, limits
        self._given_up: dict[str, int] = {}

    def wants(self, name: str) -> bool:
        """Whether a subject is to be run."""
        return name in self._wanted

    def of(self, network: subjects.Organisation) -> Measured:
        """Measure everything that is wanted of one organisation."""
        took: dict[str, Outcome] = {}
        if self.wants(subjects.INDEXED):
            took[subjects.BUILD] = subjects.index(network, self._limits)
        took |= self.all(subjects.of(network), network.interfaces)
        return Measured(network.size, took)

    def all(self, asked: Iterable[Subject], size: int, times: int = 1) -> dict[str, Outcome]:
        """Run the sides in turn, so that a busy machine slows all of them, and return the best of each."""
        found: dict[str, list[Outcome]] = {}
        listed = [subject for subject in asked if self.wants(subject.name)]
        for _ in range(self._runs * times):
            for subject in listed:
                outcomes = found.setdefault(subject.name, [])
                if not any(isinstance(each, Unfinished) for each in outcomes):
                    outcomes.append(self._one(subject, size))
        return {name: best(outcomes) for name, outcomes in found.items()}

    def _one(self, subject: Subject, size: int) -> Outcome:
        if subject.name in self._given_up:
            return Unfinished(f"not tried: {self._given_up[subject.name]:,} did not finish")
        outcome = spend(subject.command, self._limits)
        if isinstance(outcome, Unfinished):
            self._given_up[subject.name] = size
            told = outcome.why
        else:
            told = f"{outcome.cpu:8.2f} s of processor, {outcome.peak / 1e6:6.0f} MB"
        print(f"  {size:>8,} {subject.name:<32} {told}", file=sys.stderr, flush=True)
        return outcome


def _wanted(only: str | None) -> list[str]:
    names = only.split(",") if only else list(NAMES)
    for name in names:
        if name not in NAMES:
            raise SystemExit(f"--only {name}: expected some of {', '.join(NAMES)}")
    return [subject for name in names for subject in NAMES[name]]


def _sizes(told: str) -> list[int]:
    most = 130_000  # as many as the addresses of the synthetic organisation are for
    found = sorted({int(word) for word in told.split(",") if word.strip().isdigit()})
    if not found or not all(0 < n <= most for n in found):
        raise SystemExit(f"--sizes {told}: expected numbers of interfaces up to {most:,}, with commas between them")
    return found


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = argparse.ArgumentParser(
        "python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = ",".join(map(str, SIZES))
    options.add_argument("--sizes", default=sizes, help=f"numbers of interfaces (default {sizes})")
    options.add_argument("--runs", type=int, default=3, help="runs of which the best counts (default 3)")
    options.add_argument("--only", help=f"some of {','.join(NAMES)} (default all)")
    options.add_argument("--resources", type=int, default=5_000, help="resources of the Terraform plan (default 5000)")
    options.add_argument("--seconds", type=int, default=300, help="of processor that a process may take (default 300)")
    options.add_argument("--memory", type=float, default=8, help="GB that a process may take (default 8)")
    options.add_argument("--cache", type=Path, default=subjects.CACHE, help=f"default {subjects.CACHE}")
    options.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    return options.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the options ask for, print it, and with --check return 1 when a goal is missed."""
    asked = _options(arguments)
    sizes = _sizes(asked.sizes)
    bench = Bench(_wanted(asked.only), asked.runs, Limits(asked.seconds, round(asked.memory * 1e9)))
    small = bench.all(subjects.small(), 1, times=4)  # short runs scatter more
    plan: Mapping[str, Outcome] = {}
    if bench.wants(subjects.PLAN_LINT):
        plan = bench.all(subjects.of_plan(subjects.planned(asked.cache, asked.resources)), asked.resources)
    large = {}
    if any(bench.wants(name) for name in (subjects.LOADED, subjects.INDEXED)):
        large = {n: bench.of(subjects.made(asked.cache, n)) for n in sizes}
    lines = list(goals.ratios(small, plan, large))
    print(
        f"Networks of {', '.join(f'{n:,}' for n in sizes)} interfaces; the goals are stated for {Shape().interfaces:,}."
    )
    print(table.goals(lines, sizes), table.seconds(small, plan, large), sep="\n\n")
    return int(asked.check and any(line.missed() for line in lines))


if __name__ == "__main__":
    sys.exit(main())
