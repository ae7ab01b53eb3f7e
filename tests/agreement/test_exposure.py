"""Rows of `exposure` against `explain` asked of every target, and against the plain evaluator packet by packet."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable

import pytest

from sgcheck.errors import SgcheckError
from sgcheck.model.network import Network
from sgcheck.packets import TCP, UDP, AddressSet, IntervalSet, Services, parse_address
from sgcheck.reach.answer import Answer
from sgcheck.reach.explain import explain
from sgcheck.reach.exposure import Exposed, Exposure, exposure
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.question import Question
from sgcheck.reach.words import Words
from tests.agreement.random_cases import is_own
from tests.agreement.survey_cases import FABRICS, surveyed
from tests.plain.evaluator import Packet, evaluate
from tests.plain.questions import Question as Drawn
from tests.plain.questions import random_questions

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 200 if NIGHTLY else 2
BLOCK = 2
HOSTS = 12 if NIGHTLY else 2
PORTS = 5 if NIGHTLY else 3
QUESTIONS = 14
PACKETS = 6
NAT_PORTS = (1024, 32768, 65535)
PORTED = (TCP, UDP)
each_block = pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
each_fabric = pytest.mark.parametrize(
    "fabric", range(len(FABRICS)), ids=lambda n: "+".join(sorted(FABRICS[n])) or "plain"
)


def direct(rows: Iterable[Exposed], address: str) -> list[Exposed]:
    """The rows of an address that was asked for itself."""
    return [row for row in rows if row.target.address == address and row.behind is None]


def classes(rows: Iterable[Exposed], rng: random.Random) -> list[tuple[int, int]]:
    """One protocol and port inside of every class that the rows tell apart, and those at its edges."""
    found = {(TCP, 1), (TCP, 443), (UDP, 53)}
    for row in rows:
        for first, _last, values in row.opening.services.segments:
            if first in PORTED:
                for low, high in values.spans:
                    found |= {(first, p) for p in (low - 1, low, high, high + 1) if 0 <= p <= 65535}
    return rng.sample(sorted(found), min(PORTS, len(found)))


def sources_of(rows: Iterable[Exposed], protocol: int, port: int) -> AddressSet:
    """Who may send to a port as the rows say."""
    wanted = Services.of(protocol, IntervalSet.single(port))
    return AddressSet.union_all([row.opening.addresses for row in rows if wanted & row.opening.services])


def addresses_of(words: Words, answers: Iterable[Answer], *, undecided: bool = False) -> AddressSet:
    """The CIDRs of answers as a set; the whole internet, and the parts of it, mean addresses of the internet."""
    found = AddressSet.EMPTY
    for answer in answers:
        for cidr in answer.undecided if undecided else answer.allowed:
            one = AddressSet.parse(cidr)
            found |= one & words.internet if answer.source.kind == "internet" else one
    return found


@each_block
@each_fabric
def test_a_row_is_there_if_and_only_if_explain_says_so(fabric: int, first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        case = surveyed(seed, fabric, told=seed % 2 == 0)
        ids = sorted(case.network.interfaces)
        rng = random.Random(f"exposure {seed}")
        for source in ("internet", rng.choice(ids), rng.choice(sorted(case.network.with_group) or ids)):
            found = exposed(case.network, source)
            if found is None:
                continue
            for target in rng.sample(ids, min(HOSTS, len(ids))):
                for protocol, port in classes((*found.exposed, *found.undecided), rng):
                    compare(case.network, found, source, target, protocol, port, seen)
    assert seen["open"], seen
    assert seen["shut"], seen


def exposed(network: Network, source: str) -> Exposure | None:
    """What a source reaches; None where it is without interfaces."""
    try:
        return exposure(network, source)
    except SgcheckError:
        return None


def compare(
    network: Network, found: Exposure, source: str, target: str, protocol: int, port: int, seen: Counter[str]
) -> None:
    """Ask explain about one target and port, and hold each of its answers against the rows of its address."""
    if source == target:
        return
    word = f"{port}/{'tcp' if protocol == TCP else 'udp'}"
    try:
        answer = explain(network, Question.parse(source, target, word), verify=False)
    except SgcheckError:
        return
    words = Words(network)
    own = network.interfaces[target].owned()  # A group of one host: explain asks it about itself, exposure does not.
    for address in sorted({a.target.address for a in answer.answers if a.target.address}):
        answers = [a for a in answer.answers if a.target.address == address]
        where = (source, target, address, word)
        allowed = addresses_of(words, answers) - own
        rows = [r for r in direct(found.exposed, address) if r.target.interface == target]
        assert sources_of(rows, protocol, port) - own == allowed, where
        open_ = [r for r in direct(found.undecided, address) if r.target.interface == target]
        wanted = addresses_of(words, answers, undecided=True) - own
        assert sources_of(open_, protocol, port) - own == wanted, where
        seen["open" if allowed else "undecided" if open_ else "shut"] += 1


@each_block
@each_fabric
def test_every_packet_fares_as_the_plain_rules_say(fabric: int, first: int) -> None:
    """A packet that the plain evaluator delivers is in a row, one that it blocks is in none."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        case = surveyed(seed, fabric, told=True)
        rng = random.Random(f"packets {seed}")
        exposures: dict[str, Exposure | None] = {}
        for question in random_questions(rng, case.record, QUESTIONS):
            source = question.sender or "internet"
            if source not in exposures:
                exposures[source] = exposed(case.network, source)
            found = exposures[source]
            if found is None or question.receiver is None or question.receiver == question.sender:
                continue
            for packet in question.sample_packets(rng, PACKETS):
                said = verdict(found, packet, question.receiver)
                if said is None or not is_asked(case.network, question, packet):
                    continue
                asked = (case.record, packet, question.sender, question.receiver)
                outcomes = [evaluate(*asked, port) for port in NAT_PORTS]
                seen[said] += 1
                if fabric == 0:
                    assert {o.verdict for o in outcomes} == {said}, (seed, question, packet, outcomes)
                else:
                    # Behind a translator the engine knows more: what holds replies back from it is certain.
                    certain = said == "blocked" and {o.verdict for o in outcomes} == {"unknown"}
                    assert certain or all(said in o.acceptable for o in outcomes), (seed, question, packet, outcomes)
    assert seen["blocked"], seen


def is_asked(network: Network, question: Drawn, packet: Packet) -> bool:
    """Whether an exposure asks it: hosts by the address that they send from, to others' own; the internet to public."""
    family, value = parse_address(packet.source)
    receiver = network.interfaces.get(question.receiver or "")
    to = parse_address(packet.destination)
    if receiver is None or receiver.prefixes.contains(*to):
        return False  # Of delegated prefixes there is a warning, not a row for each of their addresses.
    if question.sender is None:
        return network.internet.contains(family, value)
    sending = own_addresses(network.interfaces[question.sender])
    return any((a.family, a.value) == (family, value) for a in sending) and is_own(network, question)


def verdict(found: Exposure, packet: Packet, receiver: str) -> str | None:
    """What the rows say of a packet; None where they do not say it for every port of the client, or it was not asked."""
    family, value = parse_address(packet.source)
    if packet.protocol in PORTED and packet.source_port < NAT_PORTS[0]:
        return None
    wanted = Services.of(packet.protocol, IntervalSet.single(packet.port))
    for rows, word in ((found.exposed, "delivered"), (found.undecided, "unknown")):
        for row in direct(rows, packet.destination):
            hit = wanted & row.opening.services and row.opening.addresses.contains(family, value)
            if hit and row.target.interface == receiver:
                return None if row.flaky else word
    return "blocked"
