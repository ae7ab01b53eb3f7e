"""The case that causes are judged on: the question and its answer, what was observed, and the clues."""

from __future__ import annotations

from functools import cached_property
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from sgcheck.diagnose.symptoms import NOT_OF_ICMP, NOT_OF_TCP, NOT_OF_UDP, NOTHING_SENT, SILENCE, Symptom
from sgcheck.model.balancers import Handling
from sgcheck.packets import ICMP, TCP, UDP
from sgcheck.reach.answer import ClientSees, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sgcheck.diagnose.context import Context
    from sgcheck.diagnose.evidence import Clue, Says
    from sgcheck.diagnose.recognise import Recognised
    from sgcheck.model.things import Address
    from sgcheck.reach.answer import Answer, Blocker

MANAGED = frozenset({"rds", "elasticache", "redshift", "opensearch", "efs", "eks"})
"""Kinds of targets whose hosts are AWS's."""
ELSEWHERE = frozenset({"internet", "onprem", "cidr", "address"})
"""Kinds of ends that are no part of the known network."""


class Case:
    """Everything that is known, and the plain facts that causes ask for."""

    def __init__(self, context: Context, observed: Recognised | None, clues: Sequence[Clue]) -> None:
        """Keep what is known; observed is None where nobody said what the client sees."""
        self.context = context
        self.observed = observed
        self.clues = tuple(clues)
        self.symptoms: tuple[Symptom, ...] = observed.symptoms if observed else ()

    # What the configuration says.

    @property
    def verdict(self) -> Verdict:
        """The configuration's."""
        return self.context.explanation.verdict

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The configuration's."""
        return self.context.explanation.answers

    @cached_property
    def blockers(self) -> tuple[tuple[Answer, Blocker], ...]:
        """What holds packets back, each once, with the first answer that says so, in the order of the way."""
        found: dict[tuple[object, ...], tuple[Answer, Blocker]] = {}
        for answer in self.answers:
            for blocker in answer.blockers:
                found.setdefault((blocker.code, blocker.resource, blocker.direction, blocker.by), (answer, blocker))
        return tuple(found.values())

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all blockers that deny."""
        return frozenset(blocker.code for _answer, blocker in self.blockers if not blocker.undecided)

    @property
    def delivers(self) -> bool:
        """Whether the configuration lets everything that was asked through."""
        return self.verdict is Verdict.REACHABLE

    @property
    def blocks(self) -> bool:
        """Whether the configuration lets nothing through."""
        return self.verdict is Verdict.BLOCKED

    @property
    def through(self) -> bool:
        """Whether a client connects, although nothing gets to the target: to a balancer, or past a firewall for now."""
        return self.context.explanation.client_sees in {ClientSees.CONNECTED, ClientSees.STALL}

    # What was asked.

    @property
    def tcp(self) -> bool:
        """Whether TCP is asked."""
        return bool(self.context.question.services.values(TCP))

    @property
    def udp(self) -> bool:
        """Whether UDP is asked."""
        return bool(self.context.question.services.values(UDP))

    @property
    def ping(self) -> bool:
        """Whether ICMP is asked."""
        return bool(self.context.question.services.values(ICMP))

    @property
    def port(self) -> int | None:
        """The one TCP port that is asked."""
        return self.context.port

    def kinds(self) -> frozenset[str]:
        """The kinds of the hops on every way, and of the targets."""
        hops = {hop.kind for answer in self.answers for hop in (*answer.forward, *answer.return_)}
        return frozenset(hops | {answer.target.kind for answer in self.answers})

    @cached_property
    def outside(self) -> bool:
        """Whether the packets come from where nothing is known of the network."""
        return any(a.source.kind in ELSEWHERE for a in self.answers)

    @cached_property
    def public(self) -> bool:
        """Whether a public IPv4 address of the target is asked, which can change."""
        own = [address for interface in self.context.targets for address in interface.addresses]
        return not {answer.target.address for answer in self.answers}.isdisjoint(map(_public, own))

    @cached_property
    def managed(self) -> str | None:
        """The kind of the managed service that is asked, whose host nobody logs in to; ECS tasks are one's own."""
        kinds = {answer.target.kind for answer in self.answers}
        return next(iter(kinds), None) if len(kinds) == 1 and kinds <= MANAGED else None

    @cached_property
    def elsewhere(self) -> bool:
        """Whether nothing of the known network is asked: the host is on the internet or in a network of others."""
        return bool(self.answers) and all(answer.target.kind in ELSEWHERE for answer in self.answers)

    @cached_property
    def proxied(self) -> bool:
        """Whether a balancer is asked that answers clients itself, and not what stands behind it."""
        balancers = self.context.network.balancers
        asked = (balancers.get(answer.target.id or "") for answer in self.answers)
        return any(balancer is not None and balancer.handling is Handling.PROXY for balancer in asked)

    # What was seen.

    def sees(self, symptoms: Iterable[Symptom]) -> bool:
        """Whether what was observed may be one of these."""
        return not frozenset(symptoms).isdisjoint(self.symptoms)

    def sees_only(self, symptoms: Iterable[Symptom]) -> bool:
        """Whether something was observed, and can only be one of these."""
        return bool(self.symptoms) and frozenset(symptoms).issuperset(self.symptoms)

    def words(self, among: Iterable[Symptom] = Symptom) -> str:
        """What was observed, as far as it is one of these, for a sentence."""
        wanted = frozenset(among)
        return " or ".join(symptom for symptom in self.symptoms if symptom in wanted)

    def line_has(self, *words: str) -> bool:
        """Whether the line that was pasted has one of these words (lower case)."""
        line = (self.observed.line or "").lower() if self.observed else ""
        return any(word in line for word in words)

    def says(self, *what: Says) -> tuple[Clue, ...]:
        """The clues that say one of these, save those that only repeat what the client sees."""
        return tuple(clue for clue in self.clues if clue.says in what and not _repeats(clue))

    @cached_property
    def foreign(self) -> bool:
        """Whether what was observed can be of nothing that was asked: a ping tried for a port, a port for a ping."""
        asked = ((self.tcp, NOT_OF_TCP), (self.udp, NOT_OF_UDP), (self.ping, NOT_OF_ICMP))
        unseen = [symptoms for is_asked, symptoms in asked if is_asked]
        return bool(unseen) and self.sees_only(frozenset.intersection(*unseen))

    @property
    def sent(self) -> bool:
        """Whether packets for the target left the client, as far as the symptom tells."""
        return not self.sees_only(NOTHING_SENT)

    @property
    def silent(self) -> bool:
        """Whether nothing at all came back."""
        return self.sees_only(SILENCE)


# What a probe meets is the client's view: who refused it, or was silent, is what has to be found out.
_VIEWS = frozenset({"answered", "refused", "reset", "stalled", "no-answer"})


def _repeats(clue: Clue) -> bool:
    return clue.source == "probe" and clue.says in _VIEWS


def _public(address: Address) -> str | None:
    return None if address.public is None else str(IPv4Address(address.public))
