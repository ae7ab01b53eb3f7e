"""The time that logs are looked into, as people write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from sgcheck.errors import UsageError

_SPAN = re.compile(r"(\d{1,9})([smhdw])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
RECENT: Final = 3 * 3_600
"""Seconds before its end that a time begins where nothing is said, and what is read has to be paid for."""


class Window(msgspec.Struct, frozen=True):
    """Unix seconds, None where the time has no such end."""

    since: int | None = None
    until: int | None = None


def window(since: str | None, until: str | None, now: int) -> Window:
    """Read the values of `--since` and `--until`: a time (ISO 8601, UTC unless it says otherwise), or how long ago.

    now: Unix seconds. Raises UsageError.
    """
    found = Window(_moment("--since", since, now), _moment("--until", until, now))
    if found.since is not None and found.since > now:
        raise UsageError(f"--since {since} is in the future")
    if found.since is not None and found.until is not None and found.since > found.until:
        raise UsageError(f"--since {since} is later than --until {until}")
    return found


def _moment(option: str, text: str | None, now: int) -> int | None:
    if text is None:
        return None
    span = _SPAN.fullmatch(text.strip().lower())
    if span:
        return now - int(span[1]) * _SECONDS[span[2]]
    try:
        moment = datetime.fromisoformat(text.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        hint = "as in 3h, 2d, 2026-05-31 or 2026-05-31T14:00:00Z"
        raise UsageError(f"{option}: {text!r} is no time: expected a time or how long ago it was", hint) from None
