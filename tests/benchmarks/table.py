"""What was measured as Markdown: the goals, and the seconds and bytes behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.goals import Goal, Measured
from tests.benchmarks.processes import Outcome, Spent, Unfinished


def goals(lines: Sequence[Goal], sizes: Sequence[int]) -> str:
    """Return a table of ratios, those that miss their goal in bold."""
    heads = ["ratio", "goal", *(f"{n:,}" for n in sizes)]
    return _table(heads, ([line.what, _most(line), *_values(line, sizes)] for line in lines))


def _most(line: Goal) -> str:
    return "" if line.most is None else f"≤ {line.most:g}"


def _values(line: Goal, sizes: Sequence[int]) -> Iterator[str]:
    if 0 in line.values:  # of no size
        yield _value(line, 0)
        yield from [""] * (len(sizes) - 1)
        return
    yield from (_value(line, n) if n in line.values else "" for n in sizes)


def _value(line: Goal, size: int) -> str:
    value = line.values[size]
    if isinstance(value, Unfinished):
        return f"**{value.why}**"
    told = f"{value:.2f}"
    return f"**{told}**" if line.most is not None and value > line.most else told


def seconds(small: Mapping[str, Outcome], plan: Mapping[str, Outcome], sizes: Mapping[int, Measured]) -> str:
    """Return a table of seconds of processor and peaks of memory."""
    names = list(dict.fromkeys(name for measured in sizes.values() for name in measured.took))
    heads = ["seconds of processor, peak memory", *(f"{n:,}" for n in sizes)]
    rows = [["size of the file", *(f"{m.size / 1e6:,.0f} MB" for m in sizes.values())]] if sizes else []
    rows += [[name, *(_took(m.took.get(name)) for m in sizes.values())] for name in names]
    rows += [
        [name, _took(outcome), *[""] * (len(sizes) - 1)] for found in (small, plan) for name, outcome in found.items()
    ]
    return _table(heads if sizes else [*heads, ""], rows)


def _took(outcome: Outcome | None) -> str:
    if isinstance(outcome, Spent):
        return f"{outcome.cpu:.2f} s, {outcome.peak / 1e6:,.0f} MB"
    return "" if outcome is None else outcome.why


def _table(heads: Sequence[str], rows: Iterator[list[str]] | list[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
