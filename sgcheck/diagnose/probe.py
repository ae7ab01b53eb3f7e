"""`--probe`: a real connection attempt from this machine, once or a few times, and what it says.

Only the asked address and port are tried; this is no scanner.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from sgcheck.diagnose.attempt import Aim, Attempt, Outcome, attempt
from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.first_word import First, usual
from sgcheck.diagnose.prediction import Beside, beside, by_host, left_machine, neighbour_absent
from sgcheck.diagnose.probe_words import told
from sgcheck.errors import UsageError

if TYPE_CHECKING:
    from sgcheck.reach.answer import Explanation

MOST_TRIES = 10
LONGEST_WAIT = 130.0
"""Seconds: what a patient Linux kernel waits for the answer to a SYN (ip-sysctl: tcp_syn_retries)."""
PAUSE = 0.5
"""Seconds between two tries."""
_SYMPTOMS = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.REFUSED,
        Outcome.RESET,
        Outcome.STALL,
        Outcome.NO_ROUTE_TO_HOST,
        Outcome.NETWORK_UNREACHABLE,
        Outcome.NO_REPLY,
    }
)


class Probed(msgspec.Struct, frozen=True):
    """Everything that was tried at one address and port."""

    aim: Aim
    attempts: tuple[Attempt, ...]

    @property
    def symptom(self) -> str | None:
        """The word of `--observed` for it; None where it works, where tries differ, or where it has no such word."""
        seen = {a.outcome for a in self.attempts}
        return seen.pop().value if len(seen) == 1 and seen <= _SYMPTOMS else None


def probe(aim: Aim, *, timeout: float = 5.0, tries: int = 1, first: First | None = None) -> Probed:
    """Try `aim` `tries` times, one after the other.

    timeout: seconds for each step of a try. first: what to wait for once connected; unsaid, TCP waits for nothing, and
    UDP sends what is usual on the port. Raises UsageError for numbers out of bounds. An interrupt (Ctrl-C) ends it at
    once, with its socket closed.
    """
    if not 1 <= tries <= MOST_TRIES:
        raise UsageError(f"--tries {tries}: from 1 to {MOST_TRIES}")
    if not 0 < timeout <= LONGEST_WAIT:
        raise UsageError(f"a probe waits for up to {LONGEST_WAIT:g} seconds, not {timeout:g}")
    wanted = first or (usual(aim.protocol, aim.port) if aim.protocol == "udp" else First.NONE)
    attempts = [attempt(aim, timeout=timeout, first=wanted)]
    for _again in range(tries - 1):
        time.sleep(PAUSE)
        attempts.append(attempt(aim, timeout=timeout, first=wanted))
    return Probed(aim, tuple(attempts))


def compared(probed: Probed, explanation: Explanation, *, source_known: bool = False) -> tuple[Beside, ...]:
    """What the model predicted, beside each try."""
    return tuple(beside(probed.aim, a, explanation, source_known=source_known) for a in probed.attempts)


def read(probed: Probed, explanation: Explanation | None = None, *, source_known: bool = False) -> list[Clue]:
    """What the tries say: a clue for each different outcome, with the prediction beside it where there is one.

    source_known: `--source-ip` said where this machine stands, and the explanation is for that address.
    """
    clues = []
    for alike in _alike(probed):
        of = f"{len(alike)} of {len(probed.attempts)} tries: " if len(probed.attempts) > 1 else ""
        text = of + told(probed.aim, alike)
        if explanation is not None:
            text += f" ({beside(probed.aim, alike[0], explanation, source_known=source_known).text})"
        clues.append(Clue(says(probed.aim, alike[0]), "probe", text, at=probed.aim.address, count=len(alike)))
    return clues


def says(aim: Aim, tried: Attempt) -> Says:
    """What one attempt says, in the vocabulary of evidence."""
    if neighbour_absent(aim, tried):
        return Says.NEIGHBOUR_ABSENT
    if not left_machine(aim, tried):
        return Says.NOT_SENT
    if tried.rejection is not None:
        return _rejected(aim, tried)
    return _SAYS.get(tried.outcome, Says.NOTHING)


_SAYS = {
    Outcome.CONNECTED: Says.ANSWERED,
    Outcome.ANSWERED: Says.ANSWERED,
    Outcome.CLOSED: Says.ANSWERED,
    Outcome.REFUSED: Says.REFUSED,
    Outcome.TIMEOUT: Says.NO_ANSWER,
    Outcome.NO_REPLY: Says.NO_ANSWER,
    Outcome.RESET: Says.RESET,
    Outcome.STALL: Says.STALLED,
}


def _rejected(aim: Aim, tried: Attempt) -> Says:
    """An ICMP error: the host's own, which for UDP is how a closed port answers, or somebody's before it."""
    if not by_host(aim, tried):
        return Says.REJECTED_ON_THE_WAY
    closed = aim.protocol == "udp" and tried.rejection is not None and tried.rejection.of_port
    return Says.REFUSED if closed else Says.REFUSED_BY_ICMP


def _alike(probed: Probed) -> Iterator[list[Attempt]]:
    """The tries that ended in the same way, in the order in which the ways were first seen."""
    ways: dict[tuple[object, ...], list[Attempt]] = {}
    for tried in probed.attempts:
        ways.setdefault((tried.outcome, tried.errno, tried.rejection), []).append(tried)
    yield from ways.values()
