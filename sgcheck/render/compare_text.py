"""A comparison for a person: what follows first, then what differs, what explains it in front of what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.compare import Comparison, Difference


def render(comparison: Comparison, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the comparison as text, ending with a newline.

    width: columns that no line exceeds. color: whether ANSI colours may be used. ascii_only: whether the marks must be
    ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in lines(comparison, style)) + "\n"


def lines(comparison: Comparison, style: Style) -> Iterator[str]:
    """Yield the lines, for text that has more around it."""
    here, there = visible(comparison.here), visible(comparison.there)
    yield style.paint(f"{here} compared with {there}", "bold")
    yield from hang(style, "", visible(comparison.conclusion))
    ranked = sorted(comparison.differences, key=lambda one: not one.explains)
    hold = max(columns(here), columns(there)) + 2
    for one in ranked:
        yield ""
        yield from _difference(one, here, there, hold, style)


def _difference(one: Difference, here: str, there: str, hold: int, style: Style) -> Iterator[str]:
    sign = style.marks.denied if one.explains else "-"
    yield from hang(style, f"{sign}  ", f"{one.layer.value}: {one.what}", *(("red",) if one.explains else ()))
    yield from hang(style, here, visible(one.here), indent=3, hold=hold)
    yield from hang(style, there, visible(one.there), indent=3, hold=hold)
    for why in one.because:
        yield from hang(style, f"{style.marks.arrow} ", visible(why), "dim", indent=3)
