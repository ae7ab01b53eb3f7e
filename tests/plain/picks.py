"""What AWS picks where it has a choice, tried one after the other.

Two kinds of choice are kept apart. Over some alternatives AWS *spreads* its packets (the targets of a load balancer):
each is taken now and then, so if only some of them deliver the way is "flaky". Between others AWS picks *freely* and
does not say how (the zone in which a transit gateway delivers where the source's zone has no subnet): whatever one of
them leads to may be what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from .records import BLOCKED, DELIVERED, FLAKY, UNKNOWN, Outcome

Option = TypeVar("Option")


class Picks:
    """The choices of one walk: those that were fixed beforehand, and the first alternative in all others."""

    def __init__(self, spread: tuple[int, ...] = (), free: dict[Hashable, int] | None = None) -> None:
        self.fixed = spread
        self.free = free or {}
        self.taken: list[tuple[int, int]] = []
        self.open: tuple[Hashable, int] | None = None

    def spread(self, options: list[Option]) -> Option:
        """One of the alternatives over which AWS spreads its packets."""
        number = self.fixed[len(self.taken)] if len(self.taken) < len(self.fixed) else 0
        self.taken.append((number, len(options)))
        return options[number]

    def any(self, key: Hashable, options: list[Option]) -> Option:
        """One of the alternatives between which AWS picks as it likes; the same one whenever the key is the same."""
        if len(options) > 1 and key not in self.free and self.open is None:
            self.open = (key, len(options))
        return options[self.free.get(key, 0)]

    def siblings(self) -> Iterator[tuple[int, ...]]:
        """What else the packets could be spread over, beside what this walk took."""
        numbers = tuple(number for number, _ in self.taken)
        for place in range(len(self.fixed), len(numbers)):
            for other in range(1, self.taken[place][1]):
                yield (*numbers[:place], other)


def spread_outcome(walk: Callable[[Picks], Outcome], free: dict[Hashable, int]) -> tuple[Outcome, Picks | None]:
    """What becomes of the packets with these free picks; or the walk that had to make another one."""
    waiting: list[tuple[int, ...]] = [()]
    outcomes: list[Outcome] = []
    while waiting:
        picks = Picks(waiting.pop(), free)
        outcomes.append(walk(picks))
        if picks.open is not None:
            return outcomes[-1], picks
        waiting += picks.siblings()
    return spread_over(outcomes), None


def spread_over(outcomes: list[Outcome]) -> Outcome:
    """The outcome of packets that are spread over these."""
    verdicts = {outcome.verdict for outcome in outcomes}
    for verdict in (UNKNOWN, BLOCKED, DELIVERED):
        if verdict in verdicts and not {DELIVERED, BLOCKED} <= verdicts:
            return next(outcome for outcome in outcomes if outcome.verdict == verdict)
    return Outcome(FLAKY, next(outcome.reason for outcome in outcomes if outcome.verdict == BLOCKED))


def outcome_of(walk: Callable[[Picks], Outcome]) -> Outcome:
    """The outcome over everything that AWS may pick; "unknown" where that decides, with all that is possible."""
    waiting: list[dict[Hashable, int]] = [{}]
    outcomes: list[Outcome] = []
    while waiting:
        free = waiting.pop()
        outcome, picks = spread_outcome(walk, free)
        if picks is None or picks.open is None:
            outcomes.append(outcome)
            continue
        key, count = picks.open
        waiting += [{**free, key: number} for number in range(count)]
    verdicts = frozenset(verdict for outcome in outcomes for verdict in outcome.acceptable)
    if len(verdicts) == 1 or len(outcomes) == 1:
        return outcomes[0]
    return Outcome(UNKNOWN, "AWS does not say what it picks", verdicts | {UNKNOWN, FLAKY})
