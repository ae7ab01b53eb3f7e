"""What a diagnosis is: the values that renderers print. Sentences are written, lists are in the order to be read."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.diagnose.evidence import Clue
from sgcheck.diagnose.recognise import Recognised
from sgcheck.reach.answer import Explanation


class Confidence(StrEnum):
    """How far a cause is to be believed; `weigh.py` says how it comes about."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class RankedCause(msgspec.Struct, frozen=True):
    """One cause.

    what: a sentence. resource: what is to be changed, where the configuration tells. for_, against: what speaks for and
    against it. tell_apart: what would be seen if it is this, and if it is the next likely one. next: what to type.
    """

    code: str
    confidence: Confidence
    what: str
    for_: tuple[str, ...]
    against: tuple[str, ...] = ()
    tell_apart: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    resource: str | None = None


class Contradiction(msgspec.Struct, frozen=True):
    """The configuration says one thing, what was seen another; explained_by: codes of causes that reconcile them."""

    configuration: str
    seen: str
    explained_by: tuple[str, ...]


class Diagnosis(msgspec.Struct, frozen=True):
    """The whole answer: the likeliest cause first.

    summary: one sentence a person can act on. notes: what a person should know of how the question was taken.
    """

    explanation: Explanation
    observed: Recognised | None
    summary: str
    causes: tuple[RankedCause, ...]
    contradictions: tuple[Contradiction, ...] = ()
    clues: tuple[Clue, ...] = ()
    notes: tuple[str, ...] = ()
