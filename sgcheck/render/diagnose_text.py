"""`diagnose` for a person: the likeliest cause first, what speaks for it, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.result import Confidence
from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang
from sgcheck.render.text_blockers import bullets, gap, heading
from sgcheck.render.words import VERDICT_COLORS, port_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.diagnose.result import Diagnosis, RankedCause
    from sgcheck.reach.answer import Gap

_INDENT = 3
_LABEL = 9
_HEAD = 11
_REASONS = 4
_COMMANDS = 6
_LINES = 12

_COLORS = {"high": "green", "medium": "yellow", "low": "dim"}


def render(diagnosis: Diagnosis, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the diagnosis as text, ending with a newline.

    width: columns that no line exceeds, save commands, which stay whole. color: whether ANSI colours may be used.
    ascii_only: whether the drawing must do with ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(diagnosis, style)) + "\n"


def _lines(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    yield from hang(style, "", visible(diagnosis.summary), "bold")
    yield ""
    yield from _facts(diagnosis, style)
    yield from _causes(diagnosis.causes, style)
    yield from _contradictions(diagnosis, style)
    if diagnosis.clues:
        yield from heading("Evidence", style)
        told = [clue.told for clue in diagnosis.clues]
        yield from bullets(told[:_LINES], "-", "dim", style)
        yield from _more(len(told) - _LINES, "pieces of evidence", style)
    yield from _gaps(diagnosis.explanation.gaps, style)
    if diagnosis.notes:
        yield from heading("Notes", style)
        yield from bullets(diagnosis.notes, "!", "yellow", style)


def _facts(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    query, explanation = diagnosis.explanation.query, diagnosis.explanation
    asked = f"{query.source} {style.marks.arrow} {query.target}, {port_text(query)}"
    yield from hang(style, "Asked", visible(asked), hold=_HEAD)
    yield from hang(style, "Observed", _observed(diagnosis), hold=_HEAD)
    yield from hang(
        style,
        "Predicted",
        f"{explanation.verdict}, the client sees: {explanation.client_sees}",
        VERDICT_COLORS[explanation.verdict],
        hold=_HEAD,
    )


def _observed(diagnosis: Diagnosis) -> str:
    observed = diagnosis.observed
    if observed is None:
        return "not told"
    text = " or ".join(observed.symptoms)
    if observed.line is not None:
        text += f": {visible(observed.line)}"
    return f"{text} ({observed.told})" if observed.told else text


def _causes(causes: Sequence[RankedCause], style: Style) -> Iterator[str]:
    if not causes:
        return
    yield from heading("Causes, the likeliest first", style)
    for number, cause in enumerate(causes, 1):
        if number > 1:
            yield ""
        # In full: the first, and the one that it has to be told apart from unless it stands above doubt.
        whole = number == 1 or (number == 2 and causes[0].confidence is not Confidence.HIGH)
        yield from _cause(number, cause, style, whole=whole)


def _cause(number: int, cause: RankedCause, style: Style, *, whole: bool) -> Iterator[str]:
    yield from _head(number, cause, style)
    yield from hang(style, "", visible(cause.what), indent=_INDENT)
    yield from _list("For", cause.for_ if whole else (), style)
    yield from _list("Against", cause.against, style, "yellow")
    yield from _list("Tell", cause.tell_apart if whole else cause.tell_apart[:1], style)
    commands = cause.next if whole else cause.next[:1]
    if commands:
        yield from hang(style, "Next", "", indent=_INDENT, hold=_LABEL)
    for command in commands[:_COMMANDS]:
        # Never wrapped, so that it can be pasted.
        yield " " * (_INDENT + 2) + style.paint(visible(command), "green")
    yield from _more(len(commands) - _COMMANDS, "commands", style)


def _head(number: int, cause: RankedCause, style: Style) -> Iterator[str]:
    lead = f"{number}  "
    code = visible(cause.code)
    where = f"  {visible(cause.resource)}" if cause.resource else ""
    if columns(lead + code + where) + 2 + columns(cause.confidence) > style.width:
        where = ""
    confidence = style.paint(cause.confidence, _COLORS[cause.confidence])
    yield f"{style.paint(lead, 'bold')}{style.paint(code, 'bold')}{where}  {confidence}"


def _list(label: str, items: Sequence[str], style: Style, *paint: str) -> Iterator[str]:
    for number, item in enumerate(items[:_REASONS]):
        yield from hang(style, "" if number else label, visible(item), *paint, indent=_INDENT, hold=_LABEL)
    yield from _more(len(items) - _REASONS, "reasons", style)


def _contradictions(diagnosis: Diagnosis, style: Style) -> Iterator[str]:
    if not diagnosis.contradictions:
        return
    yield from heading("What does not fit together", style)
    for one in diagnosis.contradictions:
        text = f"the configuration says: {one.configuration}. Seen: {one.seen}."
        if one.explained_by:
            text += f" Explained by {', '.join(one.explained_by)}."
        yield from bullets([text], "!", "yellow", style)


def _gaps(gaps: Sequence[Gap], style: Style) -> Iterator[str]:
    if not gaps:
        return
    yield from heading("What is not known", style)
    for one in gaps[:_LINES]:
        yield from gap(one, style)
    yield from _more(len(gaps) - _LINES, "gaps", style)


def _more(left: int, what: str, style: Style) -> Iterator[str]:
    if left > 0:
        yield from hang(
            style, "", f"{style.marks.more} and {left:,} more {what} (-f json lists them all)", "dim", indent=_INDENT
        )
