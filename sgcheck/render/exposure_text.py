"""`exposure` for a person: the count, then what is open, the worst first, then what could not be decided and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.exposure_digest import blocks
from sgcheck.render.exposure_words import plural, port_title, senders, sentence, target_title, way_title
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, columns, hang
from sgcheck.render.text_blockers import bullets, gap, heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import TargetEnd
    from sgcheck.reach.classes import ExposedClass
    from sgcheck.reach.exposure import Exposure
    from sgcheck.reach.openings import Opening
    from sgcheck.render.exposure_digest import Block, Line

_BLOCKS = 25
_LINES = 10
_PORTS = 8
_MEMBERS = 4
_SECTION = 12
_INDENT = 4
_ADDRESS = 15
_COLORS = ("red", "red", "red", "yellow", "yellow")
"""By how bad it is that strangers may send; what is meant for everybody, the web and ping, has none."""


def render(
    exposure: Exposure,
    grouped: Sequence[ExposedClass] | None = None,
    *,
    width: int = 80,
    color: bool = False,
    ascii_only: bool = False,
) -> str:
    """Return what is exposed as text, ending with a newline.

    grouped: its rows in classes, to be shown instead of them. width: columns that no line exceeds, save commands.
    color: whether ANSI colours may be used. ascii_only: whether the drawing must do with ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(exposure, grouped, style)) + "\n"


def _lines(exposure: Exposure, grouped: Sequence[ExposedClass] | None, style: Style) -> Iterator[str]:
    yield from hang(style, "", visible(sentence(exposure)), "bold")
    yield from _blocks(blocks(exposure.exposed, grouped), style)
    if exposure.undecided:
        yield from heading("Not decided: these may be reached", style)
        yield from _blocks(blocks(exposure.undecided), style, undecided=True)
    if exposure.gaps:
        yield from heading("What is not known", style)
        for one in exposure.gaps[:_SECTION]:
            yield from gap(one, style)
        yield from _more(len(exposure.gaps) - _SECTION, "gaps", style)
    if exposure.warnings:
        yield from heading("Warnings", style)
        yield from bullets(exposure.warnings[:_SECTION], "!", "yellow", style)
        yield from _more(len(exposure.warnings) - _SECTION, "warnings", style)


def _blocks(found: list[Block], style: Style, *, undecided: bool = False) -> Iterator[str]:
    for number, block in enumerate(found[:_BLOCKS]):
        if number or not undecided:
            yield ""
        yield from _block(block, style, undecided=undecided)
    left = found[_BLOCKS:]
    if left:
        targets = sum(block.count for block in left)
        yield ""
        yield from _more(len(left), f"kinds of openings, at {plural(targets, 'target')}", style, indent=0)


def _block(block: Block, style: Style, *, undecided: bool) -> Iterator[str]:
    titles = [port_title(opening) for opening in block.openings[:_PORTS]]
    left = len(block.openings) - _PORTS
    title = visible(", ".join(titles) + (f" {style.marks.more} and {left:,} more" if left > 0 else ""))
    ways = _by_way(block)
    sole = next(iter(ways)) if len(ways) == 1 else ""
    text = visible(f"from {senders(block.worst, style.marks)} {sole}".rstrip())
    paints = ("bold", *_paint(block.worst, undecided=undecided))
    if columns(title) + 2 + columns(text) <= style.width:
        yield f"{style.paint(title, *paints)}  {text}"
    else:
        yield from hang(style, "", title, *paints)
        yield from hang(style, "", text, indent=2)
    shown = 0
    for way, lines in ways.items():
        if shown >= _LINES:
            break
        if way != sole:
            yield from hang(style, "", visible(way or "directly"), indent=2)
        yield from _targets(lines[: _LINES - shown], style)
        shown += len(lines[: _LINES - shown])
    every = [line for lines in ways.values() for line in lines]
    yield from _more(sum(len(line.targets) for line in every[shown:]), "targets", style, indent=_INDENT)


def _paint(opening: Opening, *, undecided: bool) -> tuple[str, ...]:
    if undecided:
        return ("cyan",)
    return (_COLORS[opening.tier],) if opening.wide and opening.tier < len(_COLORS) else ()


def _by_way(block: Block) -> dict[str, list[Line]]:
    """The lines by how packets come to their targets, in words."""
    found: dict[str, list[Line]] = {}
    for line in block.lines:
        found.setdefault(way_title(line.way, line.targets), []).append(line)
    return found


def _targets(lines: Sequence[Line], style: Style) -> Iterator[str]:
    labels = [visible(_label(line)) for line in lines]
    details = [visible(_detail(line, style)) for line in lines]
    longest = max(columns(detail) for detail in details)
    hold = min(max(columns(label) for label in labels) + 2, style.width - _INDENT - min(longest, _ADDRESS))
    for label, detail in zip(labels, details, strict=True):
        if columns(label) + 2 <= hold:
            yield from hang(style, label, detail, indent=_INDENT, hold=hold)
        else:
            yield from hang(style, "", label, indent=_INDENT)
            if detail:
                yield from hang(style, "", detail, indent=_INDENT + 2)


def _label(line: Line) -> str:
    if len(line.targets) == 1:
        return target_title(line.targets[0])
    return f"{plural(len(line.targets), 'target')} in {', '.join(line.groups) or 'no security group'}"


def _detail(line: Line, style: Style) -> str:
    return line.targets[0].address or "" if len(line.targets) == 1 else _members(line.targets, style)


def _members(targets: tuple[TargetEnd, ...], style: Style) -> str:
    names = [target_title(target) for target in targets[:_MEMBERS]]
    left = len(targets) - _MEMBERS
    return ", ".join(names) + (f" {style.marks.more} and {left:,} more" if left > 0 else "")


def _more(left: int, what: str, style: Style, indent: int = 3) -> Iterator[str]:
    """Yield, where something was left out, how much of it."""
    if left > 0:
        text = f"{style.marks.more} and {left:,} more {what} (-f csv and -f json list them all)"
        yield from hang(style, "", text, "dim", indent=indent)
