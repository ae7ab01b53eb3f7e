"""What a graph has, for a person: how much of what, VPC by VPC, and what only the graph tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, hang, shortened
from sgcheck.render.words import kind_name, named

if TYPE_CHECKING:
    from sgcheck.reach.census import Census

_HOLD = 11
_PLACES = 20
_SHOWN = 8
_CIRCLES = 3
_PLURALS = {"range": "address ranges", "transit-gateway-route-table": "TGW route tables", "nowhere": "dead ends"}
_SINGULARS = {"range": "address range", "nowhere": "dead end"}


def render(census: Census, *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the census as text, ending with a newline.

    width: columns that no line exceeds. color: whether ANSI colours may be used. ascii_only: whether the marks must be
    ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    return "\n".join(line.rstrip() for line in _lines(census, style)) + "\n"


def _lines(census: Census, style: Style) -> Iterator[str]:
    yield from hang(style, "", _counted(census.counts) or "nothing", "bold")
    for place in census.places[:_PLACES]:
        yield ""
        title = visible(named(place.id, place.name))
        yield from hang(style, "", f"{title}  {place.addresses}".rstrip(), "bold")
        if place.counts:
            yield from _row(style, "has", _counted(place.counts))
        if place.joined:
            yield from _row(style, "joined by", shortened(place.joined, _SHOWN, style.marks))
    left = len(census.places) - _PLACES
    if left > 0:
        yield from hang(style, "", f"{style.marks.more} and {left:,} more VPCs (-f json lists them all)", "dim")
    yield from _rules(census, style)
    if census.missing:
        yield ""
        yield from hang(style, "", "Named, and not in the input", "bold")
        missing = [f"{kind_name(kind)} {named(id_, None)}" for kind, id_ in census.missing]
        yield from hang(style, "", visible(shortened(missing, _SHOWN, style.marks)), indent=2)


def _rules(census: Census, style: Style) -> Iterator[str]:
    """How many rules there are, and what is odd about groups."""
    rules = [f"{count:,} {_RULES[kind][count != 1]}" for kind, count in census.edges if kind in _RULES]
    if not rules:
        return
    yield ""
    yield from hang(style, "", "Rules", "bold")
    yield from _row(style, "there are", ", ".join(rules))
    for circle in census.circles[:_CIRCLES]:
        yield from _row(style, "circle", f"{shortened(circle, _SHOWN, style.marks)} refer to each other")
    if len(census.circles) > _CIRCLES:
        yield from _row(style, "", f"{style.marks.more} and {len(census.circles) - _CIRCLES:,} more circles")
    if census.unused:
        yield from _row(style, "unused", shortened(census.unused, _SHOWN, style.marks))


_RULES = {
    "refers": ("reference to a group", "references to groups"),
    "grants": ("grant to an address range", "grants to address ranges"),
    "denies": ("denial", "denials"),
}


def _row(style: Style, label: str, text: str) -> Iterator[str]:
    return hang(style, label, visible(text), indent=2, hold=_HOLD)


def _counted(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{count:,} {_word(kind, count)}" for kind, count in counts)


def _word(kind: str, count: int) -> str:
    if count == 1:
        return _SINGULARS.get(kind) or kind_name(kind)
    return _PLURALS.get(kind) or f"{kind_name(kind)}s"
