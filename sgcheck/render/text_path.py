"""The way of the packets, drawn: one hop a line, the deciding rule beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.reach.answer import Decision, Verdict
from sgcheck.render.escape import visible
from sgcheck.render.layout import columns, hang, pad, shortened, wrap
from sgcheck.render.words import (
    DECISION_COLORS,
    departure,
    drawn,
    kind_name,
    mark,
    named,
    reason,
    source_parts,
    target_parts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.reach.answer import Answer, Hop
    from sgcheck.render.layout import Style

INDENT = 2
_CIDRS = 6
# Below this many columns for the deciding rule, it goes under its hop instead of beside it.
_ROOM_BESIDE = 26
_BEHIND = "what follows is judged as if this were fixed"


def path(answer: Answer, style: Style) -> Iterator[str]:
    """Yield the drawing of one answer: source, hops, target, the way back, and what of it passes."""
    yield from _end(*departure(answer), style)
    hops = drawn(answer)
    if hops:
        yield _line(style)
        yield from _hops(hops, style)
        yield _line(style)
    else:
        yield _line(style, gap=answer.verdict is not Verdict.REACHABLE)
    yield from _end(*target_parts(answer.target), style)
    yield from _reply(answer.return_, style)
    yield from _shares(answer, style)


def ends(answer: Answer, style: Style, room: int) -> str:
    """Return both ends of an answer: where from, where to; a name alone instead of the id where `room` is short."""
    source, addresses = source_parts(answer.source)
    target, at = target_parts(answer.target)

    def told(left: str, right: str) -> str:
        from_where = f"{left} {shortened(addresses, 1, style.marks)}".rstrip()
        return visible(f"{from_where} {style.marks.arrow} {' '.join([right, *at[-1:]])}")

    whole = told(source, target)
    return whole if columns(whole) <= room else told(answer.source.name or source, answer.target.name or target)


def _end(label: str, parts: Sequence[str], style: Style) -> Iterator[str]:
    text = visible(label)
    extra = visible(shortened(parts, 3, style.marks))
    one = f"{text}  {extra}".rstrip()
    if INDENT + columns(one) <= style.width:
        yield " " * INDENT + style.paint(text, "bold") + one[len(text) :]
        return
    yield from hang(style, "", text, "bold", indent=INDENT)
    if extra:
        yield from hang(style, "", extra, indent=INDENT * 2)


def _line(style: Style, *, gap: bool = False) -> str:
    return " " * INDENT + style.paint(style.marks.gap if gap else style.marks.line, "dim")


class _Row(msgspec.Struct, frozen=True):
    """One hop as it will stand: its sign already painted, the colours of its name."""

    sign: str
    kind: str
    name: str
    reason: str
    paint: tuple[str, ...]


def _row(hop: Hop, style: Style, *, behind: bool) -> _Row:
    color = "dim" if behind and hop.decision is Decision.PASS else DECISION_COLORS[hop.decision]
    strong = ("bold", color) if hop.decision is Decision.DENY else ("dim",) if color == "dim" else ()
    sign = style.paint(mark(hop.decision, style.marks), color)
    return _Row(sign, visible(kind_name(hop.kind)), visible(named(hop.hop, hop.name)), visible(reason(hop)), strong)


def _hops(hops: Sequence[Hop], style: Style) -> Iterator[str]:
    denied = [number for number, hop in enumerate(hops) if hop.decision is Decision.DENY]
    first = denied[0] if denied else len(hops)
    rows = [_row(hop, style, behind=number > first) for number, hop in enumerate(hops)]
    kinds = max(columns(row.kind) for row in rows)
    names = max(columns(row.name) for row in rows)
    for number, row in enumerate(rows):
        yield from _placed(row, kinds, names, style)
        if number == first and number + 1 < len(rows):
            yield from hang(style, f"{style.marks.gap} ", _BEHIND, "dim", indent=INDENT)


def _placed(row: _Row, kinds: int, names: int, style: Style) -> Iterator[str]:
    """Yield one hop, its columns `kinds` and `names` wide where the width allows."""
    lead = f"{' ' * INDENT}{row.sign} {pad(row.kind, kinds)}  "
    hold = INDENT * 2 + kinds + 2
    beside = hold + names + 2
    if style.width - beside >= _ROOM_BESIDE:
        first, *rest = wrap(row.reason, style.width - beside)
        yield f"{lead}{style.paint(pad(row.name, names), *row.paint)}  {first}"
        yield from (" " * beside + line for line in rest)
    elif hold + columns(row.name) <= style.width:
        fits = hold + columns(row.name) + 2 + columns(row.reason) <= style.width
        yield f"{lead}{style.paint(row.name, *row.paint)}  {row.reason if fits else ''}"
        if not fits:
            yield from hang(style, "", row.reason, indent=min(hold, style.width // 3))
    else:
        for number, line in enumerate(wrap(f"{row.kind} {row.name}", style.width - INDENT * 2)):
            yield f"{' ' * INDENT}{' ' if number else row.sign} {style.paint(line, *row.paint)}"
        if row.reason:
            yield from hang(style, "", row.reason, indent=INDENT * 2)


def _reply(hops: Sequence[Hop], style: Style) -> Iterator[str]:
    if not hops:
        return
    yield _line(style)
    if all(hop.decision is Decision.PASS for hop in hops):
        names = ", ".join(dict.fromkeys(visible(named(hop.hop, None)) for hop in hops))
        first, *rest = hang(style, f"{style.marks.passes} reply  ", names, indent=INDENT)
        yield first.replace(style.marks.passes, style.paint(style.marks.passes, "green"), 1)
        yield from rest
        return
    yield " " * INDENT + style.paint("reply", "bold")
    yield from _hops(hops, style)


def _shares(answer: Answer, style: Style) -> Iterator[str]:
    """What of the question passes; a whole yes or no says it already."""
    rows: list[tuple[str, Sequence[str]]] = []
    if answer.verdict in {Verdict.PARTIAL, Verdict.UNKNOWN}:
        rows += [("passes", answer.allowed), ("held back", answer.denied), ("undecided", answer.undecided)]
        if answer.ports.allowed and answer.ports.denied:
            rows += [("ports that pass", answer.ports.allowed), ("held back", answer.ports.denied)]
    rows.append(("client's own ports that work", answer.client_ports))
    rows = [row for row in rows if row[1]]
    if not rows:
        return
    hold = min(max(len(label) for label, _ in rows) + 2, style.width // 2)
    yield ""
    for label, items in rows:
        text = visible(shortened(items, _CIDRS, style.marks))
        if len(label) + 2 > hold:
            yield from hang(style, "", f"{label}: {text}", indent=INDENT)
        else:
            yield from hang(style, label, text, indent=INDENT, hold=hold)
