"""Random networks and questions, asked of the engine and of the plain evaluator."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from sgcheck.aws.build import build
from sgcheck.model.network import Network
from sgcheck.packets import Flow, parse_address
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.explain import walk
from sgcheck.reach.locate import find_end
from sgcheck.reach.pairs import Pairs
from sgcheck.reach.question import Question as Asked
from sgcheck.reach.report import Walked
from sgcheck.reach.words import Words
from sgcheck.sources.files import load_snapshot
from tests.plain.evaluator import Packet, Record
from tests.plain.networks import random_network
from tests.plain.questions import Question, random_questions

PORTLESS = 1024


def load(network: Record) -> Network:
    """Read a network as standard input would bring it."""
    return build(load_snapshot(["-"], stdin=io.BytesIO(json.dumps(network).encode())))


@dataclass(frozen=True)
class Case:
    """One random question on one random network, walked by the engine."""

    seed: int
    record: Record
    network: Network
    question: Question
    walked: list[Walked]

    def verdict(self, packet: Packet) -> str | None:
        """The engine's verdict on one packet: `flaky` where a translator's port decides, None where it is not asked."""
        family, source = parse_address(packet.source)
        _family, destination = parse_address(packet.destination)
        port = packet.source_port if packet.protocol in (6, 17) else PORTLESS
        flow = Flow(family, source, destination, packet.protocol, port, packet.port)
        for walked in self.walked:
            if not walked.asked.contains(flow):
                continue
            if walked.alive.contains(flow):
                return "flaky" if walked.flaky.contains(flow) else "delivered"
            return "unknown" if walked.maybe.contains(flow) else "blocked"
        return None


def ends(network: Network, question: Question) -> tuple[End, End]:
    """The two ends; interfaces by id, since private addresses may stand in several VPCs."""
    sender = question.sender
    if sender is None:
        source = find_end(network, question.source, "--from")
    else:
        source = End(Kind.INTERFACE, sender, interfaces=(sender,))
    if question.receiver is not None and is_own(network, question):
        return source, End(Kind.INTERFACE, question.receiver, interfaces=(question.receiver,))
    return source, find_end(network, question.destination, "--to")


def is_own(network: Network, question: Question) -> bool:
    """Whether the destination is an address of the receiver's interface itself, not the public one that maps to it."""
    interface = network.interfaces.get(question.receiver or "")
    own = {(a.family, a.value) for a in interface.addresses} if interface else set()
    return parse_address(question.destination) in own


def walked(network: Network, question: Question) -> list[Walked]:
    """The engine's walks for one question."""
    words = Words(network)
    source, target = ends(network, question)
    wanted = parse_address(question.destination)
    asked = Asked.parse("a", "b", question.port)
    found: list[Walked] = []
    for vantage, to in Pairs(network, words, source, target).pairs:
        meant = to.interface is None or to.interface.id == question.receiver  # The address may be somebody else's here.
        if meant and (to.private is None or to.asked.sole == wanted):
            found += walk(network, words, asked, vantage, to)
    return found


def cases(seed: int, count: int, fabric: frozenset[str] = frozenset()) -> Iterator[Case]:
    """`count` questions on the network of `seed`; `fabric` is what it has beside hosts, gateways and peerings."""
    rng = random.Random(seed)
    record = random_network(rng, nat_instances=seed % 3 == 2, fabric=fabric, told=True)
    network = load(record)
    for question in random_questions(rng, record, count):
        yield Case(seed, record, network, question, walked(network, question))
