"""`diff --format markdown`: a comment on a pull request, read in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.diff_words import change, party, ports, remarks, summary
from sgcheck.render.markup import markdown, markdown_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sgcheck.reach.difference import Difference, FlowChange, Named

# GitHub refuses comments over 65,536 characters.
_ROWS = 60
_CHANGES = 4
_CONFIG = 40


def render(difference: Difference) -> str:
    """Return the difference as GitHub-flavoured Markdown, ending with a newline."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    sign = "🔴" if difference.from_internet else "🟠" if difference.opened or difference.closed else "🟢"
    if difference.undecided and sign == "🟢":
        sign = "❔"
    yield f"### {sign} sgcheck: {summary(difference)}"
    yield from _table("Opened", difference.opened)
    yield from _table("Closed", difference.closed)
    yield from _table("Undecided", difference.undecided)
    if difference.config:
        count = len(difference.config)
        yield f"\n<details><summary>Changed without effect on any flow ({count:,})</summary>\n"
        yield from (f"- {_change(one)}" for one in difference.config[:_CONFIG])
        if count > _CONFIG:
            yield f"- … and {count - _CONFIG:,} more (`-f json` lists them all)"
        yield "\n</details>"
    whys = dict.fromkeys(gap.why for gap in difference.gaps)
    if whys or difference.warnings:
        yield ""
        yield from (f"- not in the input: {markdown(why)}" for why in whys)
        yield from (f"- {markdown(warning)}" for warning in difference.warnings)


def _table(heading: str, rows: tuple[FlowChange, ...]) -> Iterator[str]:
    if not rows:
        return
    yield f"\n**{heading}**\n"
    yield "| from | to | what | by |"
    yield "|---|---|---|---|"
    for row in rows[:_ROWS]:
        yield _row(row)
    if len(rows) > _ROWS:
        yield f"\n… and {len(rows) - _ROWS:,} more (`-f json` lists them all)"


def _row(row: FlowChange) -> str:
    source = markdown(party(row.source, addresses=False))
    what = "; ".join([markdown_code(ports(row)), *(markdown(word) for word in remarks(row))])
    source = f"**{source}**" if row.source.kind == "internet" else source
    cells = (source, markdown(party(row.target, addresses=True)), what, _by(row.changes, row.along))
    return f"| {' | '.join(cells)} |"


def _by(changes: Iterable[Named], along: Iterable[Named]) -> str:
    every = [*map(_change, changes), *(f"with {_change(one)}" for one in along)]
    shown = every[:_CHANGES] + ([f"… and {len(every) - _CHANGES:,} more"] if len(every) > _CHANGES else [])
    return "<br>".join(shown)


def _change(one: Named) -> str:
    return markdown(change(one))
