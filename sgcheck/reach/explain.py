"""`explain`: can one end reach the other, what does the client see, what blocks it, how is it fixed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.errors import UsageError
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import Ref
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.answer import ClientSees, Explanation, Gap, Verdict
from sgcheck.reach.branch import Branch
from sgcheck.reach.claims import port_hints, settled, without_interface
from sgcheck.reach.locate import find_end
from sgcheck.reach.pairs import Pairs, UntoldError
from sgcheck.reach.plan import edits_of, key_of, plan
from sgcheck.reach.question import Question
from sgcheck.reach.replies import Replies
from sgcheck.reach.report import Report, Walked
from sgcheck.reach.vantage import Target, Vantage
from sgcheck.reach.walk import Forward
from sgcheck.reach.walker import SplitNeededError
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.edit import Edit
    from sgcheck.model.network import Network

CHECKED_AT_MOST = 200
"""Answers up to which a proposed fix is checked by asking again."""


def explain(network: Network, question: Question, *, verify: bool = True) -> Explanation:
    """Answer `question` on `network`; `verify` checks the proposed fixes by asking again with them applied.

    Raises UsageError, UnknownNameError or AmbiguousNameError where the ends can't be found. What is missing from the
    input never raises: it makes the verdict `unknown` and stands in `gaps`.
    """
    words = Words(network)
    try:
        pairs = _pairs(network, words, question)
    except UntoldError as untold:
        return _untold(network, question, untold)
    walked = _walked(network, words, question, pairs)
    findings = [f for w in walked for f in w.findings]
    planned = plan(network, words, findings)
    report = Report(network, words, question, walked, planned)
    warnings = list(pairs.notes)
    if verify and planned and len(walked) <= CHECKED_AT_MOST and all(key_of(f) for f in findings):
        warnings += _unfixed(network, question, edits_of(planned))
    return report.explanation(warnings, port_hints(walked, question))


def _untold(network: Network, question: Question, untold: UntoldError) -> Explanation:
    """The answer where the interfaces of an end are not in the input: nothing can be decided."""
    missing = untold.missing
    interfaces = missing.kind == "network interface"
    why = f"the network interfaces of {untold.end} are not in the input" if interfaces else missing.why
    said = f"{why}: {missing.why}" if missing.refused and interfaces else why
    if untold.outside:
        said = f"{untold.end} is not reached over the known network: {untold.outside}"
    collect = None if untold.outside else network.vocabulary.collect(missing)
    gap = Gap(missing.kind, untold.end, missing.account, missing.region, said, collect)
    summary = f"Whether {question.source} reaches {question.target} can't be decided: {said}."
    notes = tuple(network.warnings)
    return Explanation(question.query(), Verdict.UNKNOWN, ClientSees.UNKNOWN, summary, (), gaps=(gap,), warnings=notes)


def verdict(network: Network, question: Question) -> Verdict:
    """Only the verdict of `explain`, without plan and words."""
    words = Words(network)
    walked = _walked(network, words, question, _pairs(network, words, question))
    return Report(network, words, question, walked, {}).verdict


def _walked(network: Network, words: Words, question: Question, pairs: Pairs) -> list[Walked]:
    """Every pair walked; pairs whose address family carries nothing of the asked port are not part of the question."""
    walked = [w for vantage, target in pairs.pairs for w in walk(network, words, question, vantage, target)]
    asked = [w for w in walked if w.asked]
    if not asked:
        raise UsageError(
            f"--port {question.port}: no such packets between {question.source} and {question.target}",
            "icmp:… is IPv4 only, icmpv6:… is IPv6 only",
        )
    return settled(asked)


def _pairs(network: Network, words: Words, question: Question) -> Pairs:
    source = find_end(network, question.source, "--from")
    target = find_end(network, question.target, "--to")
    return Pairs(network, words, source, target)


def _unfixed(network: Network, question: Question, edits: tuple[Edit, ...]) -> list[str]:
    """Check the plan by asking again with it applied."""
    after = verdict(network.with_edits(edits), question)
    if after is Verdict.REACHABLE:
        return []
    return [f"asked again with all fixes applied, the answer is still {after.value}: something else holds packets back"]


def walk(network: Network, words: Words, question: Question, vantage: Vantage, target: Target) -> Iterable[Walked]:
    """Walk one pair there and back; a vantage of several hosts that a gateway tells apart is walked host by host."""
    if target.claim is not None and target.interface is None:
        return [without_interface(network, question, vantage, target, target.claim)]
    if vantage.family != target.family:
        return [_without_family(network, words, question, vantage, target)]
    asked = PacketSet.box(vantage.addresses, target.asked, question.services, question.source_ports)
    try:
        forward = Forward(network, words, vantage, target, asked)
    except SplitNeededError:
        return [w for one in _single(network, vantage) for w in walk(network, words, question, one, target)]
    branches: list[Branch] = []
    for branch in forward.branches:
        Replies(network, words, vantage, branch)
        branches.append(branch)
    return [Walked(vantage, target, asked, tuple(branches))]


def _without_family(network: Network, words: Words, question: Question, vantage: Vantage, target: Target) -> Walked:
    """Asked in a family in which the target has no address at all: nothing can be sent to it."""
    nowhere = AddressSet.ALL.only(vantage.family)
    branch = Branch(PacketSet.box(vantage.addresses, nowhere, question.services, question.source_ports))
    interface = target.interface
    instance = network.instances.get(interface.instance) if interface and interface.instance else None
    ref = (
        Ref("instance", instance.id, instance.name)
        if instance
        else Ref("network-interface", interface.id if interface else "")
    )
    facts = {"lacks": f"IPv{vantage.family}", "private": words.addresses(target.asked)}
    branch.block(Finding(Cause.NO_PUBLIC_ADDRESS, ref, False, branch.asked, facts=facts))
    return Walked(vantage, target, branch.asked, (branch,))


def _single(network: Network, vantage: Vantage) -> Iterable[Vantage]:
    for id_ in vantage.interfaces:
        interface = network.interfaces[id_]
        own = vantage.addresses & interface.owned()
        for low, high in own.family(vantage.family).spans:
            for value in range(low, high + 1):
                one = AddressSet.address(vantage.family, value)
                yield replace(vantage, addresses=one, interface=interface, interfaces=(id_,))
