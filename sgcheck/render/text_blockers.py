"""What holds the packets back, each cause once: why, what almost allowed it, how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.reach.answer import Direction
from sgcheck.render.escape import visible
from sgcheck.render.layout import columns, hang, shortened
from sgcheck.render.words import gap_subject, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Gap
    from sgcheck.render.digest import Concern, Remedy
    from sgcheck.render.layout import Style

_INDENT = 3
_LABEL = 9
_SENTENCES = 3
_CIDRS = 6
_FIXES = 3
_COMMANDS = 12
_NUMBERED = 3

_WAY = {Direction.FORWARD: "on the way there", Direction.RETURN: "on the way back"}


def heading(text: str, style: Style) -> Iterator[str]:
    """Yield an empty line and the head of a section."""
    yield ""
    yield style.paint(text, "bold")


def concern(one: Concern, total: int, style: Style) -> Iterator[str]:
    """Yield one blocker or missing piece of knowledge; `total` is the number of answers it could concern."""
    color = "cyan" if one.undecided else "red"
    yield from _head(one, color, style)
    for why in _few(one.whys, style):
        yield from hang(style, "", why, indent=_INDENT)
    yield from _labelled("Where", _where(one, total), style)
    if one.denied and not one.undecided:
        yield from _labelled("Blocks", shortened(one.denied, _CIDRS, style.marks), style)
    yield from _list("Almost", one.near_misses, style)
    yield from _fixes(one.fixes, style)
    yield from _list("Careful", one.also, style, "yellow")


def gap(one: Gap, style: Style) -> Iterator[str]:
    """Yield something that is not in the input, why it matters, and how to collect it."""
    sign = style.paint(style.marks.unknown, "cyan")
    for number, line in enumerate(hang(style, "", visible(f"{gap_subject(one)}: {one.why}"), indent=_INDENT)):
        yield f"{sign}{line[1:]}" if not number else line
    if one.collect:
        yield " " * (_INDENT + 2) + visible(one.collect)


def bullets(items: Sequence[str], sign: str, color: str, style: Style) -> Iterator[str]:
    """Yield sentences, each behind `sign` in `color`."""
    for item in items:
        for number, line in enumerate(hang(style, "", visible(item), indent=_INDENT)):
            yield f"{style.paint(sign, color)}{line[1:]}" if not number else line


def _head(one: Concern, color: str, style: Style) -> Iterator[str]:
    lead = f"{one.number}  "
    resource = visible(named(one.resource, one.name))
    code = visible(one.code)
    if columns(lead) + columns(resource) + 2 + columns(code) <= style.width:
        yield f"{style.paint(lead, 'bold')}{style.paint(resource, 'bold', color)}  {style.paint(code, 'dim')}"
        return
    yield from hang(style, lead, resource, "bold", color)
    yield from hang(style, "", code, "dim", indent=_INDENT)


def _where(one: Concern, total: int) -> str:
    parts = [_WAY[one.direction]]
    if one.by:
        parts.append(f"by {one.by}")
    if len(one.answers) > _NUMBERED:
        parts.append(f"in {len(one.answers):,} of {total:,} answers")
    elif total > 1:
        parts.append(f"in answer{'s' * (len(one.answers) > 1)} {', '.join(map(str, one.answers))}")
    return ", ".join(parts)


def _few(items: Sequence[str], style: Style) -> list[str]:
    shown = [visible(item) for item in items[:_SENTENCES]]
    left = len(items) - len(shown)
    return [*shown, f"{style.marks.more} and {left:,} more like these"] if left else shown


def _labelled(label: str, text: str, style: Style, *paint: str) -> Iterator[str]:
    yield from hang(style, label, visible(text), *paint, indent=_INDENT, hold=_LABEL)


def _list(label: str, items: Sequence[str], style: Style, *paint: str) -> Iterator[str]:
    for number, item in enumerate(_few(items, style)):
        yield from _labelled("" if number else label, item, style, *paint)


def _fixes(fixes: Sequence[Remedy], style: Style) -> Iterator[str]:
    for fix in fixes[:_FIXES]:
        yield from _list("Fix", fix.whys or ("",) * bool(fix.commands), style)
        for command in fix.commands[:_COMMANDS]:
            # Never wrapped, so that it can be pasted.
            yield " " * (_INDENT + 2) + style.paint(visible(command), "green")
        if len(fix.commands) > _COMMANDS:
            yield from _left(len(fix.commands) - _COMMANDS, "commands", style)
    if len(fixes) > _FIXES:
        yield from _left(len(fixes) - _FIXES, "fixes of this kind", style)


def _left(count: int, what: str, style: Style) -> Iterator[str]:
    text = f"{style.marks.more} and {count:,} more {what} (-f json lists them all)"
    yield from hang(style, "", text, "dim", indent=_INDENT + 2)
