"""`--compare-with` beside the diagnosis: what is different at a target that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.compare import Difference, compare
from sgcheck.diagnose.evidence import Clue, Says

if TYPE_CHECKING:
    from sgcheck.diagnose.context import Context


def compared(context: Context, good: str) -> list[Clue]:
    """Return what follows from the comparison of the asked target with `good`, and what differs between them."""
    comparison = compare(context.network, context.question, good)
    ordered = sorted(comparison.differences, key=lambda one: not one.explains)
    texts = [comparison.conclusion, *map(_told, ordered)]
    source = f"compared with {comparison.there}"
    return [Clue(Says.NOTHING, source, text, at=comparison.here) for text in texts]


def _told(one: Difference) -> str:
    blocks = f"; it blocks: {'; '.join(one.because)}" if one.because else ""
    return f"{one.layer.value}, {one.what}: {one.here or 'nothing'} here, {one.there or 'nothing'} there{blocks}"
