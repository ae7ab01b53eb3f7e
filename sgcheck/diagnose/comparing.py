"""`--compare-with` beside the diagnosis: what is different at a target that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.readers import function_of

if TYPE_CHECKING:
    from sgcheck.diagnose.context import Context


def compared(context: Context, good: str) -> list[Clue]:
    """Return what differs between the asked target and `good`, and what follows from it."""
    compare = function_of("--compare-with", "sgcheck.diagnose.compare", "compare")
    comparison = compare(context.network, context.question, good)
    source = f"compared with {comparison.there}"
    clues = [Clue(Says.NOTHING, source, _told(one), at=comparison.here) for one in comparison.differences]
    return [*clues, Clue(Says.NOTHING, source, comparison.conclusion, at=comparison.here)]


def _told(difference: object) -> str:
    what, here, there = (getattr(difference, name) for name in ("what", "here", "there"))
    because = getattr(difference, "because", ())
    blocks = f"; it blocks: {'; '.join(because)}" if because else ""
    return f"{what}: {here or 'nothing'} here, {there or 'nothing'} there{blocks}"
