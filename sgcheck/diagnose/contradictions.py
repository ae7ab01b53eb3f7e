"""Where the configuration says one thing and the eyes another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.named import symptoms_of
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.packets import TCP
from sgcheck.reach.answer import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.diagnose.case import Case

_DELIVERED = "connected, or refused where nothing listens"
_ADMITTED = {
    Says.ARRIVED: "the packets do not get to the target",
    Says.ANSWERED: "the packets do not get to the target, or the replies not back",
    Says.REFUSED: "the packets do not get to the target",
    Says.REFUSED_BY_ICMP: "the packets do not get to the target",
    Says.SILENT: "the packets do not get to the target",
}
_DROPPED = {
    Says.REJECTED_AT_SOURCE: "the source's groups and ACL let the packets out",
    Says.REJECTED_AT_TARGET: "the target's groups and ACL let the packets in",
    Says.REPLY_REJECTED_AT_TARGET: "the ACL of the target's subnet lets the replies out",
    Says.REPLY_REJECTED_AT_SOURCE: "the ACL of the source's subnet lets the replies in",
    Says.BLOCKED_PUBLIC_ACCESS: "block public access does not concern these packets",
    Says.NEVER_ARRIVED: "the packets are delivered",
}


def contradictions(case: Case) -> list[tuple[str, str]]:
    """Return pairs of what the configuration says and what was seen instead."""
    return [*_of_symptom(case), *_of_clues(case)]


def _of_symptom(case: Case) -> Iterator[tuple[str, str]]:
    if not case.symptoms or not case.sent:
        return
    if case.delivers and _tcp_only(case) and case.sees_only({Symptom.TIMEOUT}):
        accepts = "the load balancer itself accepts the connection" if case.proxied else _DELIVERED
        yield f"the network delivers, there and back: {accepts}", case.words()
    if case.delivers and case.proxied and case.sees_only({Symptom.REFUSED}):
        yield "the load balancer itself accepts the connection", case.words()
    if case.blocks and not case.sees(_explained(case)):
        yield f"nothing gets through, and the client sees: {case.context.explanation.client_sees}", case.words()


def _tcp_only(case: Case) -> bool:
    """Over UDP and ICMP a host may be silent as it pleases."""
    return case.tcp and all(first == last == TCP for first, last, _v in case.context.question.services.segments)


def _explained(case: Case) -> frozenset[Symptom]:
    """What a client may see of any of the blockers."""
    every = (symptoms_of(case, answer, blocker) for answer, blocker in case.blockers)
    return frozenset().union(*every)


def _of_clues(case: Case) -> Iterator[tuple[str, str]]:
    expected = _DROPPED if case.delivers else _ADMITTED if _stopped_on_the_way_there(case) else {}
    for says, configuration in expected.items():
        for clue in case.says(says):
            yield configuration, clue.told


def _stopped_on_the_way_there(case: Case) -> bool:
    """Whether every answer is blocked before the target, not only on the way back."""
    forward = Direction.FORWARD
    return (
        case.blocks
        and not case.through
        and all(any(b.direction is forward and not b.undecided for b in answer.blockers) for answer in case.answers)
    )
