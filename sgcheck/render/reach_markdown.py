"""`reach --format markdown`: for a ticket or a pull request; lists are cut where they are long, and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render import reach_words as words
from sgcheck.render.markup import markdown, markdown_block, markdown_code
from sgcheck.render.words import gap_subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Gap
    from sgcheck.reach.answers import Reached
    from sgcheck.reach.chokes import Cut
    from sgcheck.reach.lateral import Lateral, Path
    from sgcheck.reach.matrix import Matrix
    from sgcheck.reach.rows import Row

_LISTED = 100


def render(reached: Reached) -> str:
    """Return the answer as Markdown, ending with a newline."""
    return "\n".join(_lines(reached)) + "\n"


def render_matrix(matrix: Matrix) -> str:
    """Return the table as a Markdown table, ending with a newline."""
    return "\n".join(_matrix(matrix)) + "\n"


def _lines(reached: Reached) -> Iterator[str]:
    reach, lateral, cut = reached.reach, reached.lateral, reached.cut
    if cut is not None:
        yield f"**{markdown(words.cut_headline(cut, reach))}**"
        yield from _cut(cut)
        yield from _ending(cut.gaps, reach.warnings)
        return
    if lateral is not None:
        yield f"**{markdown(words.lateral_headline(lateral, reach))}**"
        yield from _lateral(lateral)
        yield from _ending(
            sorted({*reach.gaps, *lateral.gaps}, key=lambda g: (g.kind, g.resource or "", g.why)), reach.warnings
        )
        return
    yield f"**{markdown(words.headline(reach))}**"
    yield from _rows("", reach.rows)
    yield from _rows("Undecided", reach.undecided)
    yield from _ending(reach.gaps, reach.warnings)


def _rows(title: str, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    if title:
        yield from ("", f"### {title}")
    sourced = rows[0].source is not None
    heads = ["Port", *(["Who"] if sourced else []), "Reaches", "How"]
    yield from ("", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}")
    for row in rows[:_LISTED]:
        who = [markdown(words.who(row.source))] if row.source else []
        shown = [
            markdown_code(words.port(row.opening)),
            *who,
            markdown(words.target(row)),
            markdown(words.row_details(row)),
        ]
        yield f"| {' | '.join(shown)} |"
    yield from _more(len(rows) - _LISTED, "rows")


def _lateral(lateral: Lateral) -> Iterator[str]:
    yield from _paths("Shortest ways", lateral.paths)
    yield from _paths("More plausible ways", [p for p in lateral.plausible if p not in lateral.paths])
    yield from _paths("Undecided (open where marked ?)", lateral.undecided)
    if lateral.groups:
        yield from ("", "### Hosts that all reach each other", "")
        yield from (f"* {markdown(words.who(one))}" for one in lateral.groups[:_LISTED])
        yield from _more(len(lateral.groups) - _LISTED, "groups")


def _paths(title: str, paths: Sequence[Path]) -> Iterator[str]:
    if not paths:
        return
    yield from ("", f"### {title}", "")
    for path in paths[:_LISTED]:
        parts = [markdown(words.who(path.steps[0].source))]
        for step in path.steps:
            unsure = "" if step.sure else "? "
            parts.append(f"{unsure}{markdown(words.who(step.target))} ({markdown_code(words.ports(step.openings))})")
        yield f"1. {' → '.join(parts)}"
    yield from _more(len(paths) - _LISTED, "ways")


def _cut(cut: Cut) -> Iterator[str]:
    for title, rules in (("Close", cut.rules), ("Each of these would do alone", cut.alone)):
        if rules:
            yield from ("", f"### {title}", "")
            yield from (f"* {markdown(words.rule(one))}" for one in rules[:_LISTED])
            yield from _more(len(rules) - _LISTED, "rules")
    commands = tuple(c for one in cut.rules for c in one.commands)
    if commands:
        yield from ("", *markdown_block(commands))
    if cut.hosts:
        yield from ("", "### Every way goes over", "")
        yield from (f"* {markdown(words.who(one))}" for one in cut.hosts)
    if cut.undecided:
        yield from ("", "Something that is not in the input may still lead there.")


def _matrix(matrix: Matrix) -> Iterator[str]:
    cells = {(cell.source, cell.target): cell for cell in matrix.cells}
    yield f"| {markdown(matrix.by)} | {' | '.join(map(markdown, matrix.columns))} |"
    yield f"|{'---|' * (len(matrix.columns) + 1)}"
    for row in matrix.rows:
        shown = [markdown(words.cell(c)) if (c := cells.get((row, column))) else "" for column in matrix.columns]
        yield f"| **{markdown(row)}** | {' | '.join(shown)} |"
    yield from _ending(matrix.gaps, matrix.warnings)


def _ending(gaps: Sequence[Gap], warnings: Sequence[str]) -> Iterator[str]:
    if gaps:
        yield from ("", "### What is not known", "")
        yield from (f"* {markdown(gap_subject(one))}: {markdown(one.why)}" for one in gaps[:_LISTED])
        yield from _more(len(gaps) - _LISTED, "gaps")
    if warnings:
        yield from ("", "### Warnings", "")
        yield from (f"* {markdown(one)}" for one in warnings)


def _more(left: int, what: str) -> Iterator[str]:
    if left > 0:
        yield from ("", f"… and {left:,} more {what} (`-f json` lists them all)")
