"""How old a snapshot is, by the clock of this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

FRESH_HOURS: Final = 24


def now() -> datetime:
    """The time; the only look at a clock, so that a test can set it."""
    from datetime import UTC, datetime  # a plain `explain` does without

    return datetime.now(UTC)


def moment(text: str) -> datetime | None:
    """The time that ISO 8601 writes, in UTC where it names no zone; None where it is none."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def oldest(texts: Iterable[str | None]) -> str | None:
    """The earliest of several times as it is written; the first text where none can be read, None for none at all."""
    known = [text for text in texts if text]
    if len(known) < 2:
        return known[0] if known else None
    told = [(time, text) for text in known if (time := moment(text))]
    return min(told)[1] if told else known[0]


def hours(text: str | None) -> int | None:
    """The whole hours since a time, None where that can't be told; a time to come is none ago."""
    time = moment(text) if text else None
    return max(int((now() - time).total_seconds() // 3600), 0) if time else None


def staleness(collected_at: str | None) -> list[str]:
    """The warning that a snapshot is old; it names the time and no age, so that it stays the same from run to run."""
    age = hours(collected_at)
    if age is None or age < FRESH_HOURS:
        return []
    return [f"the snapshot is of {collected_at}, more than {FRESH_HOURS} hours ago: what changed since is not in it"]
