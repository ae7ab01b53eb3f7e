"""From what walks found to what people read: verdicts, hops, blockers with their fixes, gaps and next steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from sgcheck.model.edit import AllowInGroup, Edit
from sgcheck.model.finding import Cause, Finding
from sgcheck.model.ref import OPEN
from sgcheck.packets import TCP, PacketSet, Services
from sgcheck.reach.answer import (
    Answer,
    Blocker,
    ClientSees,
    Direction,
    Explanation,
    Fix,
    Gap,
    Hop,
    Ports,
    Verdict,
)
from sgcheck.reach.branch import Branch, Station
from sgcheck.reach.hints import ways_through_balancers
from sgcheck.reach.plan import Key, key_of
from sgcheck.reach.refusals import symptom
from sgcheck.reach.summary import next_steps, summary
from sgcheck.reach.symptoms import accepted, blocked_sees, http_errors
from sgcheck.reach.titles import source_end, target_end
from sgcheck.reach.vantage import Target, Vantage
from sgcheck.reach.words import port_words, spans

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.ref import Missing
    from sgcheck.reach.question import Question
    from sgcheck.reach.words import Words


class Walked:
    """One pair with the ways its packets took, there and back."""

    def __init__(self, vantage: Vantage, target: Target, asked: PacketSet, branches: tuple[Branch, ...]) -> None:
        """Sum up the branches: what passes, what is undecided, what is held back."""
        self.vantage = vantage
        self.target = target
        self.branches = branches
        self.asked = PacketSet.union_all([b.asked for b in branches]) if branches else asked
        self.alive = PacketSet.union_all([b.alive for b in branches])
        self.maybe = PacketSet.union_all([b.maybe for b in branches]) - self.alive
        flaky = PacketSet.union_all([b.flaky for b in branches]) & (self.alive | self.maybe)
        self.flaky = flaky
        self.blocked = (self.asked - self.alive - self.maybe) | flaky

    @property
    def findings(self) -> list[Finding]:
        """Everything found, in the order of the way."""
        return [finding for branch in self.branches for finding in branch.findings]

    @property
    def verdict(self) -> Verdict:
        """Some pass and some do not: partial. Else anything undecided: unknown."""
        return judged(bool(self.alive), bool(self.blocked), bool(self.maybe))


def judged(passes: bool, blocked: bool, undecided: bool) -> Verdict:
    """The verdict on a flow set (contracts: verdicts)."""
    if passes and blocked:
        return Verdict.PARTIAL
    if undecided:
        return Verdict.UNKNOWN
    return Verdict.REACHABLE if passes else Verdict.BLOCKED


class Report:
    """Writes the explanation of one question."""

    def __init__(
        self,
        network: Network,
        words: Words,
        question: Question,
        walked: list[Walked],
        planned: dict[Key, tuple[Edit, ...]],
    ) -> None:
        """Report on `walked`, with the fixes of `planned`."""
        self.network = network
        self.words = words
        self.question = question
        self.walked = walked
        self.planned = planned
        self.vocabulary = network.vocabulary

    @property
    def verdict(self) -> Verdict:
        """The verdict on all pairs together: the question is one flow set."""
        return judged(
            any(w.alive for w in self.walked), any(w.blocked for w in self.walked), any(w.maybe for w in self.walked)
        )

    @cached_property
    def _bare(self) -> int | None:
        """The only protocol of the question, if it is one with ports."""
        runs = self.question.services.segments
        return runs[0][0] if len(runs) == 1 and runs[0][0] == runs[0][1] else None

    def explanation(self, warnings: Iterable[str], steps: Iterable[str] = ()) -> Explanation:
        """The whole answer; `steps` are more of what to do next."""
        answers = tuple(sorted((self._answer(w) for w in self.walked), key=_order))
        found = self.verdict
        sees = self._overall_sees(answers, found)
        notes = (
            {note for w in self.walked for b in w.branches for note in b.notes}
            | set(warnings)
            | set(self.network.warnings)
        )
        return Explanation(
            query=self.question.query(),
            verdict=found,
            client_sees=sees,
            summary=summary(self.question, found, sees, answers, http_errors(self.walked)),
            answers=answers,
            evidence=tuple(sorted({text for w in self.walked for b in w.branches for text in b.evidence})),
            next_steps=(
                *next_steps(self.question, found, answers),
                *ways_through_balancers(self.network, self.walked),
                *steps,
            ),
            gaps=self._gaps(),
            warnings=tuple(sorted(notes | set(self._asymmetry()))),
        )

    def _overall_sees(self, answers: Sequence[Answer], found: Verdict) -> ClientSees:
        if found is Verdict.PARTIAL:
            return ClientSees.MIXED
        if found is Verdict.UNKNOWN:
            return ClientSees.UNKNOWN
        every = {a.client_sees for a in answers}
        return every.pop() if len(every) == 1 else ClientSees.MIXED

    # One answer.

    def _answer(self, walked: Walked) -> Answer:
        services = walked.alive.services() & self.question.services
        held = walked.blocked.services() & self.question.services
        main = _main(walked.branches)
        stations = main.stations if main else []
        return Answer(
            source=source_end(self.network, self.words, walked.vantage),
            target=target_end(self.network, self.words, walked.target),
            verdict=walked.verdict,
            client_sees=self._sees(walked),
            allowed=self.words.cidrs(walked.alive.sources()),
            denied=self.words.cidrs(walked.blocked.sources()),
            ports=Ports(self._ports(services), self._ports(held)),
            forward=tuple(hop_of(s) for s in stations if not s.reply),
            return_=tuple(hop_of(s) for s in stations if s.reply),
            blockers=self._blockers(walked),
            undecided=self.words.cidrs(walked.maybe.sources()),
            client_ports=self._client_ports(walked),
        )

    def _ports(self, services: Services) -> tuple[str, ...]:
        return port_words(services, bare=self._bare)

    def _client_ports(self, walked: Walked) -> tuple[str, ...]:
        """The client's ports that work for everything, where only some of them do."""
        if walked.verdict is not Verdict.PARTIAL or walked.flaky:
            return ()
        passing = walked.alive.source_ports()
        held = walked.blocked.source_ports()
        return spans(passing) if passing != held and (passing - held) else ()

    def _sees(self, walked: Walked) -> ClientSees:
        match walked.verdict:
            case Verdict.UNKNOWN:
                return ClientSees.UNKNOWN
            case Verdict.PARTIAL:
                return ClientSees.MIXED
            case Verdict.REACHABLE:
                return ClientSees.CONNECTED if self._bare == TCP and accepted(walked) else self._delivered()
            case Verdict.BLOCKED:
                if any(f.cause is Cause.NO_PUBLIC_ADDRESS for f in walked.findings):
                    return ClientSees.NO_ADDRESS
                return symptom(walked.branches) or blocked_sees(
                    walked, ClientSees.TIMEOUT if self.question.services.values(TCP) else ClientSees.NO_REPLY
                )

    def _delivered(self) -> ClientSees:
        if self._bare == TCP:
            return ClientSees.CONNECTED_OR_REFUSED
        return ClientSees.MIXED if self.question.services.values(TCP) else ClientSees.DELIVERED

    # Blockers.

    def _blockers(self, walked: Walked) -> tuple[Blocker, ...]:
        same: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
        for finding in walked.findings:
            same[finding.cause, finding.resource.id, finding.reply, finding.way, finding.by].append(finding)
        made = [self._blocker(found) for found in same.values()]
        return tuple(made)

    def _blocker(self, findings: list[Finding]) -> Blocker:
        first = findings[0]
        packets = PacketSet.union_all([f.packets for f in findings])
        key = key_of(first)
        edits = self.planned.get(key, ()) if key else ()
        commands = tuple(c for edit in edits for c in self.vocabulary.commands(edit, self.network))
        also = tuple(dict.fromkeys(a for edit in edits for a in self.vocabulary.also(edit)))
        return Blocker(
            code=self.vocabulary.code(first),
            resource=first.resource.id,
            direction=Direction.RETURN if first.reply else Direction.FORWARD,
            by=first.by,
            denied=self.words.cidrs(packets.sources()),
            why=self.vocabulary.why(first),
            fix=Fix(self.vocabulary.fix(first) + _by_reference(edits), commands),
            near_misses=first.near,
            also=also,
            undecided=first.undecided,
            name=first.resource.name,
        )

    # What is not known, and what else.

    def _gaps(self) -> tuple[Gap, ...]:
        made = {
            gap_of(self.network, f) for w in self.walked for f in w.findings if f.undecided or f.missing is not None
        }
        made |= {Gap(m.kind, m.id or None, m.account, m.region, m.why) for m in self.network.refused}
        return tuple(sorted(made, key=lambda g: (g.kind, g.resource or "", g.account or "", g.region or "", g.why)))

    def _asymmetry(self) -> Iterable[str]:
        """Hosts with several interfaces may answer by another one than was asked (EC2 user guide, using-eni)."""
        for walked in self.walked:
            interface = walked.target.interface
            if interface is None or interface.primary or interface.instance is None or not walked.alive:
                continue
            yield (
                f"{interface.id} is not the primary interface of {interface.instance}: its system may answer by "
                "another interface unless it routes by source address"
            )


def gap_of(network: Network, finding: Finding) -> Gap:
    """What is not in the input, as a finding says it."""
    missing = finding.missing
    if missing is None:
        return Gap(finding.resource.kind, finding.resource.id, None, None, finding.facts.get("why", ""))
    return gap_of_missing(network, missing)


def gap_of_missing(network: Network, missing: Missing) -> Gap:
    """What is not in the input, with the command that brings it; none brings what only a plan or a template has."""
    unborn = missing.id in network.names or missing.id.endswith(OPEN)
    collect = None if unborn else network.vocabulary.collect(missing)
    return Gap(missing.kind, missing.id or None, missing.account, missing.region, missing.why, collect)


def _order(answer: Answer) -> tuple[str, ...]:
    return (
        answer.target.kind,
        answer.target.id or "",
        answer.target.interface or "",
        answer.target.address or "",
        answer.source.kind,
        answer.source.id or "",
        *answer.source.addresses,
    )


def _main(branches: tuple[Branch, ...]) -> Branch | None:
    """The way to draw: the first that has something to say, else the first."""
    return next((b for b in branches if b.findings), branches[0] if branches else None)


def hop_of(station: Station) -> Hop:
    """A station of a way as an answer tells it."""
    return Hop(station.ref.id, station.ref.kind, station.decision, station.by, station.ref.name, station.detail)


def _by_reference(edits: tuple[Edit, ...]) -> str:
    named = sorted({e.reference for e in edits if isinstance(e, AllowInGroup) and e.reference})
    return f" (by reference to {', '.join(named)})" if named else ""
