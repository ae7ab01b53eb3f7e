"""Names to offer where somebody asked for one that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def offer(wanted: str, known: Iterable[str]) -> str | None:
    """A hint with the names nearest to `wanted`, or a few of those that exist."""
    names = sorted(known)
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    if near:
        return f"did you mean {', '.join(near)}?"
    if names:
        return f"known: {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return None
