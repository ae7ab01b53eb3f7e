"""The guide for a terminal: one ladder, or the list of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sgcheck.diagnose.guide.ladder import Kind, Way
from sgcheck.render.layout import ASCII_MARKS, PROSE_WIDTH, UNICODE_MARKS, Style, columns, hang

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.diagnose.guide.ladder import Ladder, Myth, Rung

_HEADINGS = {Kind.SYMPTOM: "What the client sees", Kind.TOPIC: "What you work with"}
_NOTES = (
    "`sgcheck guide NAME` shows one; what a program printed finds it too.",
    "In the commands i-0web, 198.51.100.7 (its address) and 203.0.113.7 (yours) stand for your own ids and addresses.",
)
_HOLD = 13
_COMMAND = re.compile(r"`([^`]+)`")
_JOINT = "\N{NO-BREAK SPACE}"


def render(ladder: Ladder, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return one ladder as text, ending with a newline.

    width: columns that no line exceeds, save commands and addresses, which stay whole. color: whether ANSI colours may
    be used. ascii_only: whether the marks must be ASCII signs.
    """
    return _text(_ladder(ladder, _style(width, color, ascii_only)))


def render_list(ladders: Sequence[Ladder], *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return what there are ladders for; the arguments are as for `render`."""
    return _text(_list(ladders, _style(width, color, ascii_only)))


def _style(width: int, color: bool, ascii_only: bool) -> Style:
    return Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)


def _text(lines: Iterator[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _list(ladders: Sequence[Ladder], style: Style) -> Iterator[str]:
    hold = max(columns(one.id) for one in ladders) + 2
    for kind, heading in _HEADINGS.items():
        yield style.paint(heading, "bold")
        for one in ladders:
            if one.kind is kind:
                yield from hang(style, one.id, one.title, indent=2, hold=hold)
        yield ""
    for note in _NOTES:
        yield from hang(style, "", note, "dim")


def _ladder(ladder: Ladder, style: Style) -> Iterator[str]:
    yield style.paint(ladder.title, "bold")
    yield ""
    yield from _paragraphs(ladder.intro, style, 0)
    for number, rung in enumerate(ladder.rungs, 1):
        yield ""
        yield from _rung(rung, f"{number}  ", style)
    if ladder.myths:
        yield ""
        yield style.paint("Not so", "bold")
    for myth in ladder.myths:
        yield from _myth(myth, style)
    if ladder.see:
        yield ""
        names = ", ".join(f"`sgcheck guide {id_}`" for id_ in ladder.see)
        yield from _prose("See also", names, style, 0, "dim", hold=10)


def _rung(rung: Rung, lead: str, style: Style) -> Iterator[str]:
    indent = columns(lead)
    yield from hang(style, lead, rung.title, "bold")
    yield from _paragraphs(rung.why, style, indent)
    for step in rung.steps:
        paint = ("green",) if step.way is Way.FIX else ()
        yield from _row(step.way, step.text, style, indent, *paint)
    yield from _sources(rung.sources, style, indent)


def _myth(myth: Myth, style: Style) -> Iterator[str]:
    yield from hang(style, f"{style.marks.denied}  ", f'"{myth.said}"', "yellow")
    yield from _paragraphs(myth.truth, style, 3)
    yield from _sources(myth.sources, style, 3)


def _paragraphs(paragraphs: Sequence[str], style: Style, indent: int) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ""
        yield from _prose("", paragraph, style, indent)


def _row(lead: str, text: str, style: Style, indent: int, *paint: str) -> Iterator[str]:
    """One step; a command alone stands without its backticks."""
    command = _COMMAND.fullmatch(text)
    if command is not None and indent + _HOLD + columns(command[1]) <= style.width:
        yield " " * indent + f"{lead:<{_HOLD}}" + style.paint(command[1], "cyan")
    else:
        yield from _prose(lead, text, style, indent, *paint, hold=_HOLD)


def _prose(lead: str, text: str, style: Style, indent: int, *paint: str, hold: int = 0) -> Iterator[str]:
    """Wrapped text in which commands stay in one piece, to be copied: one that is too long has a line of its own."""
    room = min(style.width, PROSE_WIDTH + indent + hold) - indent - hold
    for number, (run, command) in enumerate(_runs(text, room)):
        shown = lead if number == 0 else ""
        if run:
            for line in hang(style, shown, run, *paint, indent=indent, hold=hold):
                yield line.replace(_JOINT, " ")
        elif shown:
            yield " " * indent + shown
        if command:
            yield " " * (indent + 2) + style.paint(command, "cyan")


def _runs(text: str, room: int) -> Iterator[tuple[str, str]]:
    """The text up to each command that is longer than a line, and that command; the spaces of the others are tied."""
    run = ""
    for number, part in enumerate(_COMMAND.split(text)):
        if number % 2 == 0:
            run += part
        elif columns(part) + 2 <= room:
            run += f"`{part.replace(' ', _JOINT)}`"
        else:
            yield run.strip(" .,"), part
            run = ""
    if run.strip(" .,"):
        yield run.lstrip(" .,"), ""


def _sources(sources: Sequence[str], style: Style, indent: int) -> Iterator[str]:
    for source in sources:
        yield " " * indent + style.paint(source, "dim")
