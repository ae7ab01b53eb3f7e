"""`check` for a person: what does not hold first in the eye, then the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.digest import concerns
from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang, shortened
from sgcheck.render.words import details, named, tally, title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.reach.answer import Checked, CheckReport

# A longer file only counts what holds.
_LISTED = 50
_CAUSES = 5
_CIDRS = 6
_INDENT = 2


def render(report: CheckReport, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the results as text in the order of the file, the counts last, ending with a newline.

    width: columns that no line exceeds, save commands. color: whether ANSI colours may be used.
    ascii_only: whether the marks must be ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(report, style)) + "\n"


def _lines(report: CheckReport, style: Style) -> Iterator[str]:
    silent = len(report.results) > _LISTED
    for checked in report.results:
        if checked.passed is not True:
            yield from _complaint(checked, style)
        elif not silent:
            yield from _marked(style.marks.passes, visible(title(checked)), "green", (), style)
    if report.results and not (silent and report.passed == len(report.results)):
        yield ""
    color = "red" if report.failed else "cyan" if report.undecided else "green"
    yield from hang(style, "", tally(report), "bold", color)


def _marked(sign: str, text: str, color: str, paint: tuple[str, ...], style: Style) -> Iterator[str]:
    first, *rest = hang(style, f"{sign} ", text, *paint)
    yield style.paint(sign, color) + first[columns(sign) :]
    yield from rest


def _complaint(checked: Checked, style: Style) -> Iterator[str]:
    color = "cyan" if checked.passed is None else "red"
    sign = style.marks.unknown if checked.passed is None else style.marks.denied
    yield from _marked(sign, visible(title(checked)), color, ("bold",), style)
    for line in details(checked):
        yield from hang(style, "", visible(line), indent=_INDENT)
    wanted = checked.expectation.allowed
    if wanted is not None and wanted != checked.allowed:
        for label, cidrs in (("should pass", wanted), ("passes", checked.allowed)):
            text = shortened(cidrs, _CIDRS, style.marks) or "nothing"
            yield from hang(style, label, visible(text), indent=_INDENT, hold=13)
    yield from _causes(checked, style)
    yield from hang(style, "", visible(checked.expectation.place), "dim", indent=_INDENT)


def _causes(checked: Checked, style: Style) -> Iterator[str]:
    known = concerns(checked.explanation.answers)
    for one in known[:_CAUSES]:
        text = f"{named(one.resource, one.name)}  {one.code}"
        yield from hang(style, "- ", visible(text), indent=_INDENT)
    if len(known) > _CAUSES:
        yield from hang(style, "", f"{style.marks.more} and {len(known) - _CAUSES:,} more causes", indent=_INDENT * 2)
