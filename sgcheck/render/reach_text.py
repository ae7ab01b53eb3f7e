"""`reach` for a person: one sentence, then the rows or the paths, the worst first, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render import reach_words as words
from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang
from sgcheck.render.text_blockers import bullets, gap, heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Gap
    from sgcheck.reach.answers import Reached
    from sgcheck.reach.chokes import Cut
    from sgcheck.reach.lateral import Lateral, Path
    from sgcheck.reach.matrix import Cell, Matrix
    from sgcheck.reach.rows import Row

_LISTED = 40
_GROUPS = 10
_GAPS = 12
_WORST = 2


def render(reached: Reached, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the answer as text, ending with a newline.

    width: columns that no line exceeds, save commands. color: whether ANSI colours may be used. ascii_only: whether the
    drawing must do with ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(reached, style)) + "\n"


def render_matrix(matrix: Matrix, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the table as a list of who reaches whom, row by row, ending with a newline."""
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _matrix(matrix, style)) + "\n"


def _lines(reached: Reached, style: Style) -> Iterator[str]:
    reach, lateral, cut = reached.reach, reached.lateral, reached.cut
    if cut is not None:
        yield from hang(style, "", visible(words.cut_headline(cut, reach)), "bold")
        yield from _cut(cut, style)
    elif lateral is not None:
        yield from hang(style, "", visible(words.lateral_headline(lateral, reach)), "bold")
        yield from _lateral(lateral, style)
    else:
        yield from hang(style, "", visible(words.headline(reach)), "bold")
        yield from _rows("", reach.rows, style)
    if lateral is None and cut is None:
        yield from _rows("Undecided", reach.undecided, style)
    gaps = {*reach.gaps, *(lateral.gaps if lateral else ()), *(cut.gaps if cut else ())} if cut is None else {*cut.gaps}
    yield from _ending(sorted(gaps, key=lambda g: (g.kind, g.resource or "", g.why)), reach.warnings, style)


def _rows(title: str, rows: Sequence[Row], style: Style) -> Iterator[str]:
    if not rows:
        return
    yield from heading(title, style) if title else [""]
    hold = min(max(columns(words.port(row.opening)) for row in rows[:_LISTED]), 22) + 2
    for row in rows[:_LISTED]:
        paint = ("red",) if row.opening.tier < _WORST else ()
        source = f"{words.who(row.source)} {style.marks.arrow} " if row.source else ""
        text = visible(f"{source}{words.target(row)}")
        yield from hang(style, words.port(row.opening), text, *paint, indent=2, hold=hold)
        yield from hang(style, "", visible(words.row_details(row)), "dim", indent=2 + hold)
    yield from _more(len(rows) - _LISTED, "rows", style)


def _lateral(lateral: Lateral, style: Style) -> Iterator[str]:
    by_length: dict[int, list[Path]] = {}
    for path in lateral.paths:
        by_length.setdefault(len(path.steps), []).append(path)
    for length, paths in sorted(by_length.items()):
        yield from heading("1 step" if length == 1 else f"{length} steps", style)
        yield from _paths(paths, style)
    likelier = [p for p in lateral.plausible if p not in lateral.paths]
    if likelier:
        yield from heading("More plausible ways, by easier ports", style)
        yield from _paths(likelier, style)
    if lateral.undecided:
        yield from heading("Undecided (open where marked ?)", style)
        yield from _paths(lateral.undecided, style)
    if lateral.groups:
        yield from heading("Hosts that all reach each other", style)
        for one in lateral.groups[:_GROUPS]:
            yield from hang(style, "- ", visible(words.who(one)), indent=2)
        yield from _more(len(lateral.groups) - _GROUPS, "groups", style)


def _paths(paths: Sequence[Path], style: Style) -> Iterator[str]:
    for path in paths[:_LISTED]:
        parts = [visible(words.who(path.steps[0].source))]
        for step in path.steps:
            unsure = "" if step.sure else "? "
            via = f" via {words.some(step.via)}" if step.via else ""
            told = visible(f"{words.who(step.target)} ({words.ports(step.openings)}{via})")
            parts.append(f"{style.marks.arrow} {unsure}{told}")
        yield from hang(style, "- ", " ".join(parts), indent=2)
    yield from _more(len(paths) - _LISTED, "ways", style)


def _cut(cut: Cut, style: Style) -> Iterator[str]:
    for title, rules, commands in (("Close", cut.rules, True), ("Each of these would do alone", cut.alone, False)):
        if not rules or (title != "Close" and cut.rules == rules):
            continue
        yield from heading(title, style)
        for one in rules[:_LISTED]:
            yield from hang(style, "- ", visible(words.rule(one)), indent=2)
            for command in one.commands if commands else ():
                yield f"      {style.paint(visible(command), 'cyan')}"
        yield from _more(len(rules) - _LISTED, "rules", style)
    if cut.hosts:
        yield from heading("Every way goes over", style)
        for host in cut.hosts:
            yield from hang(style, "- ", visible(words.who(host)), indent=2)
    if cut.steps:
        yield from heading("Every way takes one of these steps", style)
        for step in cut.steps[:_LISTED]:
            text = (
                f"{words.who(step.source)} {style.marks.arrow} {words.who(step.target)} ({words.ports(step.openings)})"
            )
            yield from hang(style, "- ", visible(text), indent=2)
        yield from _more(len(cut.steps) - _LISTED, "steps", style)
    if cut.undecided:
        yield ""
        text = "something that is not in the input may still lead there: see what is not known"
        yield from hang(style, f"{style.marks.unknown} ", text, "cyan")


def _matrix(matrix: Matrix, style: Style) -> Iterator[str]:
    by_row: dict[str, list[Cell]] = {row: [] for row in matrix.rows}
    for cell in matrix.cells:
        by_row[cell.source].append(cell)
    yield from hang(style, "", visible(f"who reaches whom, by {matrix.by}"), "bold")
    for row, cells in by_row.items():
        open_ = [c for c in cells if c.openings or c.undecided]
        yield from heading(visible(row), style)
        hold = min(max((columns(visible(c.target)) for c in open_), default=0), 30) + 2
        for cell in open_:
            paint = ("red",) if any(s.tier < _WORST for s in cell.openings) else ()
            count = f"  ({cell.reached:,} of {cell.pairs:,} pairs)" if cell.pairs else ""
            yield from hang(style, visible(cell.target), f"{words.cell(cell)}{count}", *paint, indent=2, hold=hold)
        if not open_:
            yield from hang(style, "", "reaches nobody", "dim", indent=2)
    yield from _ending(matrix.gaps, matrix.warnings, style)


def _ending(gaps: Sequence[Gap], warnings: Sequence[str], style: Style) -> Iterator[str]:
    if gaps:
        yield from heading("What is not known", style)
        for one in gaps[:_GAPS]:
            yield from gap(one, style)
        yield from _more(len(gaps) - _GAPS, "gaps", style)
    if warnings:
        yield from heading("Warnings", style)
        yield from bullets(tuple(warnings[:_GAPS]), "!", "yellow", style)
        yield from _more(len(warnings) - _GAPS, "warnings", style)


def _more(left: int, what: str, style: Style) -> Iterator[str]:
    if left > 0:
        text = f"{style.marks.more} and {left:,} more {what} (-f json lists them all)"
        yield from hang(style, "", text, "dim", indent=3)
