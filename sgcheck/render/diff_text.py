"""`diff` for a person: what opens first, then what closes, then what changed without any effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.diff_words import change, party, ports, remarks, summary
from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, hang

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sgcheck.reach.difference import Difference, FlowChange, Named

_ROWS = 40
_CHANGES = 6
_CONFIG = 20
_INDENT = 2


def render(difference: Difference, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the difference as text, ending with a newline.

    width: columns that no line exceeds. color: whether ANSI colours may be used. ascii_only: whether the marks must be
    ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(difference, style)) + "\n"


def _lines(difference: Difference, style: Style) -> Iterator[str]:
    yield from _section("Opened", "+ ", difference.opened, ("red",), style)
    yield from _section("Closed", "- ", difference.closed, ("yellow",), style)
    yield from _section("Undecided", "? ", difference.undecided, ("cyan",), style)
    if difference.config:
        yield style.paint("Changed without effect on any flow", "bold")
        for one in difference.config[:_CONFIG]:
            yield from hang(style, "", visible(change(one)), indent=_INDENT)
        yield from _more(len(difference.config) - _CONFIG, style)
        yield ""
    for gap in dict.fromkeys(gap.why for gap in difference.gaps):
        yield from hang(style, "not in the input: ", visible(gap), "dim")
    for warning in difference.warnings:
        yield from hang(style, "warning: ", visible(warning), "dim")
    yield from hang(style, "", summary(difference), "bold")


def _section(
    heading: str, sign: str, rows: tuple[FlowChange, ...], paint: tuple[str, ...], style: Style
) -> Iterator[str]:
    if not rows:
        return
    yield style.paint(heading, "bold")
    for row in rows[:_ROWS]:
        yield from _row(sign, row, paint, style)
    yield from _more(len(rows) - _ROWS, style)
    yield ""


def _row(sign: str, row: FlowChange, paint: tuple[str, ...], style: Style) -> Iterator[str]:
    ends = f"{party(row.source, addresses=False)} {style.marks.arrow} {party(row.target, addresses=True)}"
    said = "; ".join([ports(row), *remarks(row)])
    yield from hang(style, sign, visible(f"{ends}  {said}"), *paint)
    yield from _by("by", row.changes, style)
    yield from _by("with", row.along, style)
    for why in dict.fromkeys(gap.why for gap in row.gaps):
        yield from hang(style, "lacks ", visible(why), "dim", indent=_INDENT * 2)


def _by(word: str, changes: Iterable[Named], style: Style) -> Iterator[str]:
    every = list(changes)
    for one in every[:_CHANGES]:
        yield from hang(style, f"{word} ", visible(change(one)), "dim", indent=_INDENT * 2)
    yield from _more(len(every) - _CHANGES, style)


def _more(count: int, style: Style) -> Iterator[str]:
    if count > 0:
        yield from hang(
            style, "", f"{style.marks.more} and {count:,} more (-f json lists them all)", indent=_INDENT * 2
        )
