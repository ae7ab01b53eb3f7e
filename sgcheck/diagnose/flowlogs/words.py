"""Counts and times in sentences."""

from __future__ import annotations

from datetime import UTC, datetime

SOURCE = "flow logs"


def counted(number: int, what: str) -> str:
    """`1 record`, `2,000 records`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def iso(seconds: int | None) -> str | None:
    """Unix seconds as ISO 8601."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


def spoken(since: int | None, until: int | None) -> str:
    """From when to when, behind a comma; nothing where it is not told."""
    begun, ended = iso(since), iso(until)
    if begun and ended and begun != ended:
        return f", from {begun} to {ended}"
    return f", at {begun or ended}" if begun or ended else ""
