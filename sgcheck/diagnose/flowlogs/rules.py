"""Which rules an explanation names at the ends of a path, for what a log does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sgcheck.reach.answer import Answer, Decision, Direction, Explanation, Hop

_FILTERS = ("security-group", "network-acl")
_ENDS = ("instance", "network-interface", "internet")


class Said(msgspec.Struct, frozen=True):
    """What the configuration says at one end. by: the rules that let packets pass; why: what would hold them back."""

    by: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def at_target(explanation: Explanation, interface: str, family: int, *, reply: bool = False) -> Said:
    """What is said of packets that come to a target's interface, or of the replies that leave it."""
    answers = [answer for answer in _answers(explanation, family) if answer.target.interface == interface]
    return _said((a, _filters(a.return_ if reply else reversed(a.forward))) for a in answers)


def at_source(explanation: Explanation, family: int, *, reply: bool = False) -> Said:
    """What is said of packets that leave the source's interface, or of the replies that come back to it."""
    return _said((a, _filters(reversed(a.return_) if reply else a.forward)) for a in _answers(explanation, family))


def _answers(explanation: Explanation, family: int) -> Iterator[Answer]:
    """The answers for addresses of the family."""
    for answer in explanation.answers:
        if any((":" in address) == (family == 6) for address in answer.source.addresses):
            yield answer


def _filters(hops: Iterable[Hop]) -> Iterator[Hop]:
    """The group and the ACL at the end that the hops begin with: behind a second of a kind begins the other end."""
    seen: set[str] = set()
    for hop in hops:
        if hop.kind in _FILTERS and hop.kind not in seen:
            seen.add(hop.kind)
            yield hop
        elif hop.kind not in _ENDS:
            return


def _said(ends: Iterable[tuple[Answer, Iterable[Hop]]]) -> Said:
    by: dict[str, None] = {}
    why: dict[str, None] = {}
    for answer, hops in ends:
        for hop in hops:
            if hop.decision is not Decision.DENY and hop.by:
                by[f"{hop.hop} ({hop.by})"] = None
            if hop.decision in (Decision.DENY, Decision.PARTIAL):
                why.update(dict.fromkeys(_reasons(answer, hop)))
    return Said(tuple(by), tuple(why))


def _reasons(answer: Answer, hop: Hop) -> Iterator[str]:
    direction = Direction.RETURN if any(hop is other for other in answer.return_) else Direction.FORWARD
    for blocker in answer.blockers:
        if blocker.resource == hop.hop and blocker.direction is direction:
            yield blocker.why
