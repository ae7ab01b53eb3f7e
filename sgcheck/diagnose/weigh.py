"""How causes are weighed: reasons have points, their sum gives the order, and a plain rule the confidence.

* high: something names the cause (the configuration holds the packets back there, a piece of evidence says just this,
  or the symptom can be nothing else), and nothing speaks against it.
* medium: it is the usual cause of what is seen, or more than the symptom speaks for it, and nothing against it; or
  something names it and something else speaks against it, without outweighing it.
* low: it would explain what is seen, and no more; or more speaks against it than for it.

A cause for which nothing speaks is not listed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sgcheck.diagnose.evidence import Clue
from sgcheck.diagnose.result import Confidence

NAMES = 5
"""The configuration, a clue or the symptom itself names the cause."""
EXPLAINS = 2
"""It explains what is seen, or lies where the configuration is silent."""
USUAL = 1
"""It is the usual cause of that, or something goes with it."""
UNLIKELY = -2
"""What else is known makes it unlikely."""
EXCLUDES = -4
"""What is seen can't come from it, or a clue says otherwise."""

_MEDIUM = EXPLAINS + USUAL


class Reason(msgspec.Struct, frozen=True):
    """One thing that speaks for a cause (points above 0) or against it, as a sentence."""

    points: int
    text: str


def by_clues(clues: Sequence[Clue], points: int) -> list[Reason]:
    """Return clues as one reason: many of a kind weigh no more than one."""
    if not clues:
        return []
    told = list(dict.fromkeys(clue.told for clue in clues))
    more = f" (and {len(told) - 1} more like it)" if len(told) > 1 else ""
    return [Reason(points, f"{told[0]}{more}")]


def points(reasons: Sequence[Reason]) -> int:
    """Return the sum of all reasons."""
    return sum(reason.points for reason in reasons)


def worth_telling(reasons: Sequence[Reason]) -> bool:
    """Return whether something speaks for the cause, and no more against it, unless something names it."""
    return points(reasons) > 0 and any(reason.points > 0 for reason in reasons)


def confidence(reasons: Sequence[Reason]) -> Confidence:
    """Return how far a cause with these reasons is to be believed."""
    named = any(reason.points >= NAMES for reason in reasons)
    doubted = any(reason.points < 0 for reason in reasons)
    total = points(reasons)
    if named and not doubted:
        return Confidence.HIGH
    if total >= _MEDIUM and (named or not doubted):
        return Confidence.MEDIUM
    return Confidence.LOW
