"""Fates of flows in words: a clue for each, with counts, times, and the rules that the configuration has for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.diagnose.flowlogs.classes import Fate
from sgcheck.diagnose.flowlogs.grouping import places_of
from sgcheck.diagnose.flowlogs.rules import Said, at_source, at_target
from sgcheck.diagnose.flowlogs.words import SOURCE, counted, iso, spoken
from sgcheck.packets import TCP, UDP, protocol_name

if TYPE_CHECKING:
    from sgcheck.diagnose.flowlogs.asked import Asked
    from sgcheck.diagnose.flowlogs.result import Result, Row
    from sgcheck.reach.answer import Explanation

_AT_TARGET = {
    Fate.PUBLIC_ACCESS: (Says.BLOCKED_PUBLIC_ACCESS, "was rejected by VPC block public access (reject-reason BPA)"),
    Fate.OTHER_REASON: (Says.NOTHING, "was rejected, for a reject-reason that is neither group, nor ACL, nor BPA"),
    Fate.REJECTED: (Says.REJECTED_AT_TARGET, "was rejected: the security group or the network ACL there dropped it"),
    Fate.LATE: (
        Says.NOTHING,
        "has rejected packets that begin no connection: such come after a connection was closed, and are no block",
    ),
    Fate.REPLY_REJECTED: (
        Says.REPLY_REJECTED_AT_TARGET,
        "was admitted, and the reply rejected: a network ACL, as groups let replies pass",
    ),
    Fate.ANSWERED: (Says.ANSWERED, "was admitted and answered"),
    Fate.REFUSED: (
        Says.REFUSED,
        "was admitted, and the host refused it with a reset: nothing listens there, or its firewall rejects it so",
    ),
    Fate.UNTOLD: (
        Says.ARRIVED,
        "was admitted, and something came back; without tcp-flags it can't be told an acceptance from a refusal",
    ),
    Fate.OPEN: (Says.ARRIVED, "was admitted, in an exchange whose beginning is not in the logs"),
    Fate.UNREACHABLE: (
        Says.REFUSED_BY_ICMP,
        "was admitted, and the host sent ICMP and no answer: most likely its own firewall's unreachable (type 3)",
    ),
    Fate.PERHAPS_UNREACHABLE: (
        Says.SILENT,
        "was admitted and not answered; ICMP went both ways, which pings do and a rejecting host firewall too",
    ),
    Fate.SILENT: (
        Says.SILENT,
        "was admitted, and no answer left: the host's firewall drops it, it hangs, or answers by another interface",
    ),
    Fate.ONE_SIDED: (
        Says.ARRIVED,
        "was admitted with data, so that it was answered before; the answer is not in the logs",
    ),
}

_AT_SOURCE = {
    Fate.REJECTED: (Says.REJECTED_AT_SOURCE, "was rejected: the security group or the network ACL there dropped it"),
    Fate.REPLY_REJECTED: (
        Says.REPLY_REJECTED_AT_SOURCE,
        "left, and the reply was rejected when it came back: a network ACL, as groups let replies pass",
    ),
    Fate.ANSWERED: (Says.ANSWERED, "left, and was answered"),
    Fate.REFUSED: (Says.REFUSED, "left, and was refused with a reset, by the host or by a device on the way"),
    Fate.UNTOLD: (
        Says.LEFT_SOURCE,
        "left, and something came back; without tcp-flags it can't be told an acceptance from a refusal",
    ),
    Fate.OPEN: (Says.LEFT_SOURCE, "left, in an exchange whose beginning is not in the logs"),
    Fate.UNREACHABLE: (Says.LEFT_SOURCE, "left, and ICMP came back instead of an answer"),
    Fate.PERHAPS_UNREACHABLE: (Says.LEFT_SOURCE, "left, and no answer came back to this interface"),
    Fate.SILENT: (Says.LEFT_SOURCE, "left, and no answer came back to this interface"),
    Fate.ONE_SIDED: (Says.LEFT_SOURCE, "left with data, so that it was answered before; the answer is not in the logs"),
}

_CONFIGURED = (Fate.REJECTED, Fate.REPLY_REJECTED)


def told(result: Result, asked: Asked, explanation: Explanation | None) -> Iterator[Clue]:
    """A clue for each fate at each interface."""
    places = places_of(asked)
    for row in result.fates:
        at_the_target = row.site < len(asked.targets)
        interface = places[row.site].interface
        words = _AT_TARGET[row.fate] if at_the_target else _AT_SOURCE.get(row.fate, _AT_TARGET[row.fate])
        said = _said(explanation, row, interface if at_the_target else None)
        sentence = f"{_subject(row)} at {interface} {_what(row, words[1])}{_configured(row, said)}"
        yield Clue(
            words[0],
            SOURCE,
            sentence,
            at=interface,
            since=iso(row.since),
            until=iso(row.until),
            count=row.flows,
            by=", ".join(said.by) or None if row.fate not in _CONFIGURED else None,
        )


def _said(explanation: Explanation | None, row: Row, target: str | None) -> Said:
    reply = row.fate is Fate.REPLY_REJECTED
    if explanation is None or row.fate in (Fate.LATE, Fate.PUBLIC_ACCESS, Fate.OTHER_REASON):
        return Said()
    if target is None:
        return at_source(explanation, row.family, reply=reply)
    return at_target(explanation, target, row.family, reply=reply)


def _subject(row: Row) -> str:
    what = {TCP: "TCP connection", UDP: "UDP flow"}.get(row.protocol, f"{protocol_name(row.protocol)} flow")
    each = "each of " if row.flows > 1 else ""
    peer = f"with {row.peer}" if row.flows == 1 else f"one with {row.peer}"
    return f"{each}{counted(row.flows, what)} ({counted(row.records, 'record')}, {peer}{spoken(row.since, row.until)})"


def _what(row: Row, words: str) -> str:
    if row.fate is Fate.SILENT and row.protocol == UDP:
        return f"{words}; not every use of UDP is answered"
    if row.blind and row.fate in (Fate.REJECTED, Fate.SILENT):
        return f"{words}; without tcp-flags, packets that begin a connection can't be told from others"
    return words


def _configured(row: Row, said: Said) -> str:
    """By what, as far as the configuration tells."""
    if row.fate not in _CONFIGURED:
        return f"; admitted by {', '.join(said.by)}" if said.by else ""
    if said.why:
        return f"; by the configuration: {'; '.join(said.why)}"
    if said.by:
        return f"; the configuration as given lets it pass, by {', '.join(said.by)}: it may be newer than the log"
    return ""
