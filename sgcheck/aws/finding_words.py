"""Words that sentences about findings share."""

from __future__ import annotations

from collections.abc import Callable

from sgcheck.model.finding import Finding

Sentence = Callable[[Finding], str]


def title(f: Finding) -> str:
    """The thing that holds packets back: its id, and its name if it has one."""
    return f"{f.resource.id} ({f.resource.name})" if f.resource.name else f.resource.id


def replies(f: Finding) -> str:
    """What is held back."""
    return "replies" if f.reply else "packets"
