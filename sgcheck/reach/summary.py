"""The sentence a person can act on, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.packets import TCP
from sgcheck.reach.answer import Answer, Blocker, ClientSees, Verdict

if TYPE_CHECKING:
    from sgcheck.reach.question import Question

SHOWN = 3


def summary(
    question: Question,
    verdict: Verdict,
    sees: ClientSees,
    answers: Sequence[Answer],
    errors: Sequence[tuple[str, str]] = (),
) -> str:
    """One sentence on the whole question; `errors` are the (balancer, HTTP status) pairs that clients read."""
    what = f"{_target(question, answers)} on {_port(question)}"
    blockers = _distinct([b for a in answers for b in a.blockers if not b.undecided])
    open_ = _distinct([b for a in answers for b in a.blockers if b.undecided])
    match verdict:
        case Verdict.REACHABLE:
            return _reachable(question, what, sees)
        case Verdict.BLOCKED:
            return f"{question.source} does not reach {what}: {_causes(blockers)}{_read(errors)}."
        case Verdict.PARTIAL:
            return f"{question.source} reaches {what} in part: {_causes(blockers)}."
        case Verdict.UNKNOWN:
            tail = f"; whatever it is, {_causes(blockers)}" if blockers else ""
            return f"Whether {question.source} reaches {what} can't be decided: {_causes(open_)}{tail}."


def _reachable(question: Question, what: str, sees: ClientSees) -> str:
    if sees is ClientSees.CONNECTED_OR_REFUSED:
        tail = "connected if something listens there, refused if nothing does"
        return f"{question.source} reaches {what}: the network delivers; {tail}."
    if sees is ClientSees.CONNECTED:
        return f"{question.source} reaches {what}: the load balancer answers, and the way behind it is open."
    return f"{question.source} reaches {what}: the network delivers."


def _read(errors: Sequence[tuple[str, str]]) -> str:
    """What clients read instead, where a balancer answers them."""
    if not errors:
        return ""
    who = " and ".join(sorted({balancer for balancer, _status in errors}))
    return f"; {who} accepts the connection and answers HTTP {' or '.join(sorted({s for _b, s in errors}))}"


def _causes(blockers: list[Blocker]) -> str:
    if not blockers:
        return "see the answers"
    rest = len(blockers) - 1
    more = f" (and {rest} more {'cause' if rest == 1 else 'causes'})" if rest else ""
    return blockers[0].why + more


def _distinct(blockers: list[Blocker]) -> list[Blocker]:
    return list({(b.code, b.resource, b.direction): b for b in reversed(blockers)}.values())[::-1]


def _target(question: Question, answers: Sequence[Answer]) -> str:
    names = {a.target.name for a in answers if a.target.id == question.target}
    name = names.pop() if len(names) == 1 else None
    return f"{question.target} ({name})" if name else question.target


def _port(question: Question) -> str:
    words = question.services.describe()
    text = question.port.strip().lower()
    if text in ("icmp", "all") or len(words) > SHOWN:
        return {"icmp": "ping (icmp)", "all": "any port"}.get(text, text)
    return ", ".join(words)


def next_steps(question: Question, verdict: Verdict, answers: Sequence[Answer]) -> tuple[str, ...]:
    """What to look at once the network is as it is."""
    steps: list[str] = []
    ports = question.services.values(TCP)
    if verdict is Verdict.REACHABLE and ports and any(a.target.kind == "instance" for a in answers):
        port = ports.lowest if ports.size == 1 else None
        listing = f"sudo ss -ltnp 'sport = :{port}'" if port is not None else "sudo ss -ltnp"
        steps.append(f"refused? On the host, see what listens: {listing} (127.0.0.1 alone is not enough)")
        steps.append("nothing listens? See whether user data ran: sudo tail /var/log/cloud-init-output.log")
    stopped = (b.resource for a in answers for b in a.blockers if b.code == "INSTANCE_NOT_RUNNING")
    if verdict is not Verdict.REACHABLE and any(id_.startswith("i-") for id_ in stopped):
        steps.append(
            "an instance gets a new public IPv4 address at every start unless it has an Elastic IP address: "
            "look it up again"
        )
    return tuple(steps)
