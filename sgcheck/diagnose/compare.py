"""A path that works against one that fails: what differs in the configuration, and whether that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from sgcheck.diagnose.fact import Layer, Side
from sgcheck.diagnose.profile import Profile
from sgcheck.errors import UsageError
from sgcheck.reach.answer import Verdict
from sgcheck.reach.explain import explain
from sgcheck.reach.locate import find_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sgcheck.diagnose.fact import Fact
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Answer, Blocker, Explanation
    from sgcheck.reach.question import Question


_DOUBT = "the input is older than the network, or the client is another one"


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not the same.

    here: at the end that fails; there: at the one that works; each without what both have. explains: whether something
    that blocks the failing path, and not the other, stands at it; because: what that is, in the engine's words.
    """

    layer: Layer
    what: str
    here: str
    there: str
    explains: bool
    because: tuple[str, ...] = ()


class Comparison(msgspec.Struct, frozen=True):
    """The whole comparison.

    here, there: the two ends by id. side: which end of the question they are. verdicts: what the configuration says of
    each. unexplained: what blocks the failing path and stands at nothing that differs. conclusion: what follows.
    """

    here: str
    there: str
    side: Side
    here_verdict: Verdict
    there_verdict: Verdict
    differences: tuple[Difference, ...]
    unexplained: tuple[str, ...]
    conclusion: str


def compare(network: Network, question: Question, good: str, side: Side = Side.TARGET) -> Comparison:
    """Compare the failing `question` with the one that has `good` in place of its target (or source, as `side` says).

    Raises UsageError where one of the two is no interface of the network, or `good` the other end, and whatever
    `explain` raises.
    """
    other = replace(question, **{side.value: good.strip()})
    find_end(network, good, "--compare-with")  # what is wrong with it is told of this option
    bad, well = explain(network, question, verify=False), explain(network, other, verify=False)
    option = "--to" if side is Side.TARGET else "--from"
    here = _interface(network, bad, question, side, option)
    there = _interface(network, well, other, side, "--compare-with")
    far = _far(network, question, side)
    if there in far:
        raise UsageError(f"--compare-with {good}: that is the other end, and who asks itself passes no filter")
    facts = [
        list(
            Profile(
                network,
                one,
                question.services,
                side,
                far=far,
                families=_families(bad) | _families(well),
                same_vpc=here.vpc == there.vpc,
            ).facts()
        )
        for one in (here, there)
    ]
    blockers = _only_here(bad, well)
    differences = tuple(_differences(facts[0], facts[1], blockers))
    told = {why for one in differences for why in one.because}
    left = tuple(dict.fromkeys(b.why for b in _blockers(bad) if b.why not in told))
    names = _label(network, here), _label(network, there)
    conclusion = _conclusion(names, (bad.verdict, well.verdict), differences, left)
    return Comparison(*names, side, bad.verdict, well.verdict, differences, left, conclusion)


def _interface(network: Network, answered: Explanation, question: Question, side: Side, option: str) -> Interface:
    """The interface that an answer is about: of several one that is held back, and of the good end one that is not."""
    text = question.target if side is Side.TARGET else question.source
    works = option == "--compare-with"
    answers = sorted(answered.answers, key=lambda answer: (answer.verdict is Verdict.REACHABLE) is not works)
    named = (_end_of(network, answer, side) for answer in answers)
    found = next((id_ for id_ in named if id_ is not None), None)
    ids = find_end(network, text, option).interfaces
    chosen = found or next(iter(ids), None)
    if chosen is None:
        raise UsageError(
            f"{option} {text}: nothing of the network that could be compared",
            "compare instances, interfaces, load balancers or managed services that the input has",
        )
    return network.interfaces[chosen]


def _end_of(network: Network, answer: Answer, side: Side) -> str | None:
    if side is Side.TARGET:
        return answer.target.interface
    id_ = answer.source.id or ""
    return id_ if id_ in network.interfaces else next(iter(network.attached_to(id_)), None)


def _far(network: Network, question: Question, side: Side) -> list[Interface]:
    """The interfaces at the end that both questions have."""
    text, option = (question.source, "--from") if side is Side.TARGET else (question.target, "--to")
    return [network.interfaces[id_] for id_ in find_end(network, text, option).interfaces]


def _families(answered: Explanation) -> frozenset[int]:
    """The address families that are asked."""
    told = (text for a in answered.answers for text in (a.target.address or "", *a.source.addresses) if text)
    return frozenset(6 if ":" in text else 4 for text in told) or frozenset({4, 6})


def _label(network: Network, interface: Interface) -> str:
    """Whose interface it is, as a question would name it."""
    balancer = network.balancers.of(interface)
    endpoint = network.endpoint_of(interface.id)
    named = f"lb:{balancer.name}" if balancer else endpoint.id if endpoint else None
    return interface.instance or named or interface.id


def _blockers(answered: Explanation) -> list[Blocker]:
    return [b for answer in answered.answers for b in answer.blockers if not b.undecided]


def _only_here(bad: Explanation, well: Explanation) -> list[Blocker]:
    """What blocks the failing path alone; what the very same resource does to both does not tell them apart."""
    both = {(b.code, b.resource, b.direction) for b in _blockers(well)}
    return [b for b in _blockers(bad) if (b.code, b.resource, b.direction) not in both]


def _differences(here: Sequence[Fact], there: Sequence[Fact], blockers: Sequence[Blocker]) -> Iterator[Difference]:
    for one, other in zip(here, there, strict=True):
        if one.compared == other.compared:
            continue
        because = tuple(dict.fromkeys(b.why for b in blockers if _stands_at(b, one, other)))
        yield Difference(one.layer, one.what, _alone(one, other), _alone(other, one), bool(because), because)


def _stands_at(blocker: Blocker, here: Fact, there: Fact) -> bool:
    """Whether a blocker is about a fact: about what is here, or about a gateway that only the other end has."""
    return here.answers_for(blocker) or (here.layer is Layer.GATEWAYS and there.answers_for(blocker))


def _alone(one: Fact, other: Fact) -> str:
    """What only the first has; all of it where they differ in the order alone."""
    same = set(one.parts) == set(other.parts)
    own = one.parts if same else [part for part in one.parts if part not in other.parts]
    return "; ".join(own) or "nothing of its own"


def _conclusion(
    names: tuple[str, str], verdicts: tuple[Verdict, Verdict], differences: Sequence[Difference], left: Sequence[str]
) -> str:
    here, there = names
    explaining = [one for one in differences if one.explains]
    if explaining:
        listed = ", ".join(dict.fromkeys(f"{one.layer.value} ({one.what})" for one in explaining))
        more = f"; besides, for both alike or elsewhere: {'; '.join(left)}" if left else ""
        return f"{here} fails where {there} works because of what differs in {listed}{more}."
    nothing = "nothing differs" if not differences else "nothing of what differs holds packets back"
    if verdicts == (Verdict.REACHABLE, Verdict.BLOCKED):
        return f"The configuration delivers to {here} and holds back {there}, which works: {_DOUBT}."
    if verdicts[0] is Verdict.REACHABLE:
        return f"For {here} and {there} {nothing}: look at the host, what listens there and its own firewall."
    if verdicts[0] is Verdict.UNKNOWN:
        return f"For {here} and {there} {nothing} as far as the input tells, and what is missing there decides."
    if verdicts[1] is not Verdict.REACHABLE:
        return f"By the configuration both are held back: {'; '.join(left)}. If {there} works all the same, {_DOUBT}."
    return f"For {here} and {there} {nothing}; on the way to {here} alone: {'; '.join(left)}."
