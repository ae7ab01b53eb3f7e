"""`snapshot --show` for a person: from when, by whom, where from, how much, and what is missing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sgcheck.render.escape import visible
from sgcheck.render.layout import ASCII_MARKS, UNICODE_MARKS, Style, hang, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sgcheck.sources.summary import Lack, Place, Records, Summary

_HOLD = 11
_PLACES = 6
_DAY = 24


def render(summaries: Sequence[Summary], *, width: int = 80, color: bool = False, ascii_only: bool = False) -> str:
    """Return the summaries one after the other, an empty line between them, ending with a newline.

    width: columns that no line exceeds. color: whether ANSI colours may be used. ascii_only: whether the marks must be
    ASCII signs.
    """
    style = Style(width, color, ASCII_MARKS if ascii_only else UNICODE_MARKS)
    blocks = ("\n".join(line.rstrip() for line in _lines(summary, style)) for summary in summaries)
    return "\n\n".join(blocks) + "\n"


def _lines(summary: Summary, style: Style) -> Iterator[str]:
    yield from hang(style, "", visible(summary.file), "bold")
    yield from _row(style, "collected", _when(summary), *(["yellow"] if summary.old else []))
    if summary.caller:
        yield from _row(style, "by", summary.caller)
    if summary.redacted:
        yield from _row(style, "redacted", "names, accounts and public addresses are not the real ones")
    yield from _row(style, "from", _where(summary.places, style) or "nobody knows: the input does not say")
    yield from _row(style, "records", _records(summary.records) or "none")
    for label, counts in (
        ("skipped", summary.skipped),
        ("unassigned", summary.unattributable),
        ("refused", summary.refused),
    ):
        if counts:
            yield from _row(style, label, _counted(counts))
    for lack in summary.lacks:
        yield from _row(style, "missing", _lack(lack, style), "yellow")


def _row(style: Style, label: str, text: str, *paint: str) -> Iterator[str]:
    return hang(style, label, visible(text), *paint, indent=2, hold=_HOLD)


def _when(summary: Summary) -> str:
    if summary.collected_at is None:
        return "nobody knows when: the input does not say"
    if summary.age_hours is None:
        return summary.collected_at
    days = summary.age_hours // _DAY
    age = f"{days:,} days" if days > 1 else f"{summary.age_hours} hours" if summary.age_hours != 1 else "1 hour"
    return f"{summary.collected_at}, {age} ago" + (": answers may be out of date" if summary.old else "")


def _records(every: Sequence[Records]) -> str:
    return ", ".join(f"{one.count:,} {one.kind if one.count == 1 else one.plural}" for one in every if one.count)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def _where(places: Sequence[Place], style: Style) -> str:
    """Accounts with their Regions, the first few of them."""
    named = []
    for account, group in groupby(places, key=lambda place: place.account):
        regions = ", ".join(place.region for place in group if place.region)
        named.append(f"{account} ({regions})" if account and regions else account or regions)
    return shortened([one for one in named if one], _PLACES, style.marks)


def _lack(lack: Lack, style: Style) -> str:
    allowed = f"; needs {' or '.join(lack.actions)}" if lack.actions else ""
    where = _where(lack.places, style)
    return f"{lack.kind or 'something'}: {lack.reason}{allowed}" + (f"; in {where}" if where else "")
