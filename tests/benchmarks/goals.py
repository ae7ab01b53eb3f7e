"""The goals: which ratios count, and the most that each may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.benchmarks import subjects
from tests.benchmarks.processes import Outcome, Spent, Unfinished

GROWTH = 2.2


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one size: the bytes of its file, and what each subject took."""

    size: int
    took: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table. most: None where nothing is promised. values: by size, a ratio or why there is none."""

    what: str
    most: float | None
    values: Mapping[int, float | Unfinished] = field(default_factory=dict)

    def missed(self) -> bool:
        """Whether any value is above the goal, or could not be measured."""
        bad = [isinstance(value, Unfinished) or value > self.most for value in self.values.values() if self.most]
        return any(bad)


def _divided(one: Outcome | None, other: Outcome | None, by: Callable[[Spent], float]) -> float | Unfinished | None:
    """Return the quotient; None where a side was not asked for."""
    if one is None or other is None:
        return None
    for side in (one, other):
        if isinstance(side, Unfinished):
            return side
    assert isinstance(one, Spent)
    assert isinstance(other, Spent)
    return by(one) / by(other)


def _cpu(spent: Spent) -> float:
    return spent.cpu


def ratios(small: Mapping[str, Outcome], plan: Mapping[str, Outcome], sizes: Mapping[int, Measured]) -> Iterator[Goal]:
    """Yield every goal with what was measured for it, those of nothing that was asked for left out."""
    for goal in (*_alone(small, plan), *_by_size(small, sizes), *_growth(sizes)):
        if goal.values:
            yield goal


def _alone(small: Mapping[str, Outcome], plan: Mapping[str, Outcome]) -> Iterator[Goal]:
    """Yield what does not depend on a size; it stands under 0."""
    s = subjects
    value = _divided(small.get(s.SMALL_EXPLAIN), small.get(s.FLOOR), _cpu)
    yield Goal("`explain`, small example / `import click, json; json.load`", 1.5, {} if value is None else {0: value})
    value = _divided(plan.get(s.PLAN_LINT), plan.get(s.PLAN_LOADED), _cpu)
    yield Goal("`lint` of a Terraform plan / `json.load` of it", None, {} if value is None else {0: value})


def _by_size(small: Mapping[str, Outcome], sizes: Mapping[int, Measured]) -> Iterator[Goal]:
    s = subjects
    for name, most in ((s.EXPLAIN, 0.3), (s.EXPOSURE, 0.6), (s.PAIRS, 0.6), (s.LINT, 1.5)):
        found = {n: _divided(m.took.get(name), m.took.get(s.LOADED), _cpu) for n, m in sizes.items()}
        yield Goal(f"{name} / `json.load`", most, _kept(found))
    found = {n: _divided(m.took.get(s.INDEXED), small.get(s.SMALL_EXPLAIN), _cpu) for n, m in sizes.items()}
    yield Goal(f"{s.INDEXED} / `explain`, small example", 1.5, _kept(found))
    for name in (s.EXPLAIN, s.EXPOSURE, s.PAIRS):
        peaks = {n: _peak(m.took.get(name), m.size) for n, m in sizes.items()}
        yield Goal(f"{name}: peak memory / size of the file", 1.7, _kept(peaks))


def _peak(outcome: Outcome | None, size: int) -> float | Unfinished | None:
    return outcome.peak / size if isinstance(outcome, Spent) else outcome


def _growth(sizes: Mapping[int, Measured]) -> Iterator[Goal]:
    s = subjects
    for name in (s.EXPLAIN, s.EXPOSURE, s.PAIRS, s.LINT):
        found = {
            n: _divided(m.took.get(name), sizes[n // 2].took.get(name), _cpu)
            for n, m in sizes.items()
            if n % 2 == 0 and n // 2 in sizes
        }
        yield Goal(f"{name}: growth, everything doubled", GROWTH, _kept(found))


def _kept(found: Mapping[int, float | Unfinished | None]) -> dict[int, float | Unfinished]:
    return {n: value for n, value in found.items() if value is not None}
