"""`diff --format markdown`: a comment on a pull request, read in ten seconds: a verdict, short tables, the rest folded.

GitHub refuses comments of more than 65,536 characters (GitHub's API answers "body is too long (maximum is 65536
characters)"). What does not fit is left out, and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sgcheck.render.diff_words import change, party, ports, remarks, verdict
from sgcheck.render.markup import markdown, markdown_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sgcheck.reach.difference import Difference, FlowChange, Named

LONGEST = 65_536
"""Of a comment; bytes are counted, which are never fewer than characters."""
_CHANGES = 3
_LONG = "…"


class _Limits(NamedTuple):
    """How much is shown: rows before anything is folded, rows in all, lines of each list, characters of each cell."""

    short: int
    rows: int
    lines: int
    cell: int


_ATTEMPTS = (
    _Limits(10, 200, 100, 600),
    _Limits(10, 60, 40, 400),
    _Limits(10, 20, 20, 300),
    _Limits(6, 6, 10, 200),
    _Limits(3, 3, 3, 100),
    _Limits(1, 1, 1, 60),
)


def render(difference: Difference) -> str:
    """Return the difference as GitHub-flavoured Markdown that fits into a comment, ending with a newline."""
    text = ""
    for limits in _ATTEMPTS:
        text = "\n".join(_lines(difference, limits)) + "\n"
        if len(text.encode("utf-8", "surrogatepass")) <= LONGEST:
            break
    return text


def _lines(difference: Difference, limits: _Limits) -> Iterator[str]:
    sign = "🔴" if difference.from_internet else "🟠" if difference.opened or difference.closed else "🟢"
    if difference.undecided and sign == "🟢":
        sign = "❔"
    yield f"### {sign} sgcheck: {verdict(difference)}"
    lists = (("Opened", difference.opened), ("Closed", difference.closed), ("Undecided", difference.undecided))
    for heading, rows in lists:
        yield from _table(heading, rows, limits)
    yield from _missing(difference, limits)
    if difference.config:
        lines = [_change(one, limits) for one in difference.config]
        yield from _folded("Changed without effect on any flow", lines, limits)
    if difference.warnings:
        yield from _folded("Warnings", [markdown(_cut(one, limits)) for one in difference.warnings], limits)
    left = sum(max(0, len(rows) - limits.rows) for _heading, rows in lists)
    if left:
        flows = "flow is" if left == 1 else "flows are"
        yield f"\n**{left:,} {flows} left out** to keep this within a comment: `-f json` lists them all."


def _table(heading: str, rows: tuple[FlowChange, ...], limits: _Limits) -> Iterator[str]:
    if not rows:
        return
    yield f"\n**{heading}**\n"
    yield from _rows(rows[: limits.short], limits)
    more = rows[limits.short : limits.rows]
    if more:
        yield f"\n<details><summary>{heading}: {len(rows) - limits.short:,} more</summary>\n"
        yield from _rows(more, limits)
        yield "\n</details>"


def _rows(rows: tuple[FlowChange, ...], limits: _Limits) -> Iterator[str]:
    yield "| from | to | what | by |"
    yield "|---|---|---|---|"
    for row in rows:
        yield _row(row, limits)


def _row(row: FlowChange, limits: _Limits) -> str:
    source = markdown(_cut(party(row.source, addresses=False), limits))
    words = [markdown(_cut(word, limits)) for word in remarks(row)]
    what = "; ".join([markdown_code(_cut(ports(row), limits)), *words])
    source = f"**{source}**" if row.source.kind == "internet" else source
    target = markdown(_cut(party(row.target, addresses=True), limits))
    return f"| {' | '.join((source, target, what, _by(row.changes, row.along, limits)))} |"


def _by(changes: Iterable[Named], along: Iterable[Named], limits: _Limits) -> str:
    every = [*(_change(one, limits) for one in changes), *(f"with {_change(one, limits)}" for one in along)]
    shown = every[:_CHANGES] + ([f"… and {len(every) - _CHANGES:,} more"] if len(every) > _CHANGES else [])
    return "<br>".join(shown)


def _missing(difference: Difference, limits: _Limits) -> Iterator[str]:
    """What would have to be known, in the open where something is undecided for the lack of it."""
    whys = [markdown(_cut(why, limits)) for why in dict.fromkeys(gap.why for gap in difference.gaps)]
    if whys:
        heading = "What is missing to decide" if difference.undecided else "Not in the input"
        yield from _folded(heading, whys, limits)


def _folded(heading: str, lines: list[str], limits: _Limits) -> Iterator[str]:
    yield f"\n<details><summary>{heading} ({len(lines):,})</summary>\n"
    yield from (f"- {line}" for line in lines[: limits.lines])
    if len(lines) > limits.lines:
        yield f"- … and {len(lines) - limits.lines:,} more (`-f json` lists them all)"
    yield "\n</details>"


def _change(one: Named, limits: _Limits) -> str:
    return markdown(_cut(change(one), limits))


def _cut(text: str, limits: _Limits) -> str:
    return text if len(text) <= limits.cell else text[: limits.cell - 1] + _LONG
