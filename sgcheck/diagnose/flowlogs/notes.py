"""What has to be known of a reading besides its clues: what was refused, left out, and can't be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.flowlogs.grouping import ODD, places_of
from sgcheck.diagnose.flowlogs.words import SOURCE, counted

if TYPE_CHECKING:
    from sgcheck.diagnose.flowlogs.asked import Asked
    from sgcheck.diagnose.flowlogs.result import Refused, Result

_SHOWN = 20


def notes(result: Result, asked: Asked) -> Iterator[Clue]:
    """All of them, as clues that decide nothing."""
    for text, count in _texts(result, asked):
        yield Clue(Says.NOTHING, SOURCE, text, count=count)


def _texts(result: Result, asked: Asked) -> Iterator[tuple[str, int | None]]:
    for refused in result.refused[:_SHOWN]:
        yield _refused(refused), refused.total
    rest = result.refused[_SHOWN:]
    if rest:
        total = sum(refused.total for refused in rest)
        yield f"{counted(total, 'line')} of {counted(len(rest), 'more file')} can't be read", total
    odd = sum(part.records for part in result.coverage if part.kind == ODD)
    if odd:
        yield f"{counted(odd, 'record')} of these interfaces and this port have an address that is none", odd
    for skipped in result.skipped[:_SHOWN]:
        yield f"{skipped.file}: left out: {skipped.why}", None
    if len(result.skipped) > _SHOWN:
        yield f"{counted(len(result.skipped) - _SHOWN, 'more file')} left out", len(result.skipped) - _SHOWN
    if result.lacking:
        yield f"records without {', '.join(result.lacking)} were read, and tell nothing of single flows", None
    if result.unknown:
        names = ", ".join(result.unknown)
        yield (
            f"{counted(len(result.unknown), 'field')} that sgcheck does not know, ignored: {names}",
            len(result.unknown),
        )
    others = [p.interface for p in places_of(asked) if p.primary and not p.addresses.contains(*_value(p.primary))]
    if result.without_real and others:
        what = "what was sent to other addresses of the interface counts as well"
        yield f"the logs have no pkt-dstaddr, and write the primary address for {', '.join(others)}: {what}", None


def _value(address: str) -> tuple[int, int]:
    from sgcheck.packets import parse_address

    return parse_address(address)


def _refused(refused: Refused) -> str:
    if refused.why:
        return f"{refused.file}: {counted(refused.total, refused.unit)} can't be read: {refused.why}"
    lines = ", ".join(f"{refused.unit} {number} ({why})" for number, why in refused.first)
    more = ", …" if refused.total > len(refused.first) else ""
    return f"{refused.file}: {counted(refused.total, refused.unit)} can't be read: {lines}{more}"
