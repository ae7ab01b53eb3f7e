"""The sentence of a probe's clue."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from sgcheck.diagnose.attempt import Aim, Attempt, Outcome
from sgcheck.diagnose.first_word import First
from sgcheck.diagnose.prediction import by_host, neighbour_absent, own_word

_AWAITED = {
    First.BANNER: "it did not greet",
    First.TLS: "it did not answer the TLS hello",
    First.HTTP: "it did not answer the HTTP request",
    First.DNS: "it did not answer the DNS question",
}


def told(aim: Aim, alike: Sequence[Attempt]) -> str:
    """What happened at `aim`, in the attempts that ended in the same way."""
    one = alike[0]
    where = f"[{aim.address}]:{aim.port}" if aim.family == 6 else f"{aim.address}:{aim.port}"
    after = _span([a.seconds for a in alike])
    return f"{where}/{aim.protocol} {_happened(aim, one, after)}"


def _happened(aim: Aim, one: Attempt, after: str) -> str:
    if one.rejection is not None:
        return _rejected(aim, one, after)
    simple = {
        Outcome.CONNECTED: f"accepted the connection after {after}{_spoken(one)}",
        Outcome.ANSWERED: f"answered after {after} with {one.word}",
        Outcome.REFUSED: f"refused {'with a reset' if one.told else 'it'} after {after}",
        Outcome.TIMEOUT: f"did not answer within {after}",
        Outcome.NO_REPLY: f"did not answer within {after}, which an open UDP port may do, too",
        Outcome.RESET: f"accepted the connection after {after} and then reset it",
        Outcome.CLOSED: f"accepted the connection after {after} and then closed it without a word",
        Outcome.STALL: (
            f"accepted the connection after {after}, and then {_AWAITED.get(one.first, 'nothing came')}"
            f" within {_seconds(one.limit)}"
        ),
    }
    return simple.get(one.outcome) or _unsent(one, after)


def _spoken(one: Attempt) -> str:
    if one.word is None:
        return ""
    return f" and said {one.word}" + (f" {_seconds(one.word_after)} later" if one.word_after is not None else "")


def _rejected(aim: Aim, one: Attempt, after: str) -> str:
    rejection = one.rejection
    if rejection is None:
        return ""
    if neighbour_absent(aim, one):
        return f"was not found in this machine's own subnet: nobody answered for the address within {after}"
    if own_word(aim, one):
        return f"was not tried: a firewall of this machine rejected it, {rejection.title}"
    if not by_host(aim, one):
        return f"was not reached: {rejection.by} rejected it on the way after {after}, {rejection.title}"
    if aim.protocol == "udp" and rejection.of_port:
        return f"refused after {after}: {rejection.title}, nothing listens there or its own firewall says so"
    return f"rejected it after {after}, {rejection.title}: a firewall on the host itself"


def _unsent(one: Attempt, after: str) -> str:
    reason = os.strerror(one.errno) if one.errno else "unknown error"
    if not one.told and one.outcome is not Outcome.FAILED:
        return f"ended with {reason!r} after {after}; this system does not tell who said so"
    if one.outcome is Outcome.NETWORK_UNREACHABLE or one.errno == errno.EHOSTUNREACH:
        return f"was not tried: this machine has no route to it ({reason})"
    if one.outcome is Outcome.PROHIBITED:
        return f"was not tried: a firewall or a route of this machine forbids it ({reason})"
    return f"was not tried: {reason}"


def _span(seconds: Sequence[float]) -> str:
    low, high = _seconds(min(seconds)), _seconds(max(seconds))
    return low if low == high else f"{low} to {high}"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"
