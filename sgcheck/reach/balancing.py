"""Balancers on the way: a node takes packets on its listeners, and what it hands on decides what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.balancers import Balancer, Handling, Listener
from sgcheck.model.finding import Cause, Finding, Symptom
from sgcheck.model.ref import Ref
from sgcheck.packets import ICMP, ICMPV6, TCP, UDP, PacketSet, Services, icmp_span
from sgcheck.reach.answer import Decision
from sgcheck.reach.branch import Behind
from sgcheck.reach.choice import choose
from sgcheck.reach.health import remark
from sgcheck.reach.internet import Internet
from sgcheck.reach.onward import NO_TARGETS, Onward, Outcome, united

if TYPE_CHECKING:
    from sgcheck.model.things import Interface
    from sgcheck.reach.branch import Branch

PING = Services.of(ICMP, icmp_span(8, -1), family=4) | Services.of(ICMPV6, icmp_span(128, -1), family=6)
"""Application and Classic Load Balancers answer pings themselves (ALB guide, load-balancer-update-security-groups)."""
UNREACHABLE = Services.of(ICMP, icmp_span(3, -1), family=4)
"""The only ICMP messages that a Network Load Balancer takes (NLB guide, load-balancer-listeners)."""


LISTENED = {Handling.PROXY: Services.of(TCP), Handling.PASS_THROUGH: Services.of(TCP) | Services.of(UDP)}
"""What listeners can take at all (ELB API, Listener: Protocol); QUIC is UDP."""


class Balancing(Internet):
    """Goes on behind balancers."""

    def _balanced(self, branch: Branch, interface: Interface) -> bool:
        balancer = self.network.balancers.of(interface)
        if balancer is None:
            return self._unheard_of(branch, interface)
        if balancer.handling is Handling.OPAQUE:
            return False
        ref = Ref("load-balancer", balancer.id, balancer.name)
        if balancer.id in self.vantage.through:
            branch.station(ref, Decision.DENY)
            branch.block(Finding(Cause.BALANCER_LOOP, ref, branch.replying, branch.asked))
            return True
        if balancer.groups and not interface.groups:
            why = f"the groups of {interface.id}, a node of {balancer.name}, are not in the input"
            self._unknown(branch, "security group", interface.id, why, interface.vpc)
        if balancer.broken is not None:
            facts = {"state": balancer.broken}
            branch.block(Finding(Cause.GATEWAY_IN_BAD_STATE, ref, branch.replying, branch.asked, facts=facts))
        if balancer.listeners is None:
            self._untold(branch, balancer, ref)
            return True
        self._listen(branch, interface, balancer, ref)
        return True

    def _untold(self, branch: Branch, balancer: Balancer, ref: Ref) -> None:
        """Its listeners are not in the input: what none could take is decided all the same."""
        if not self._listenable(branch, balancer.handling, balancer.name, ref):
            return
        branch.station(ref, Decision.UNKNOWN)
        why = f"the listeners of {balancer.name} are not in the input"
        self._unknown(branch, "listener", balancer.id, why, balancer.vpc)

    def _listenable(self, branch: Branch, handling: Handling, name: str, ref: Ref) -> bool:
        """Put aside what no listener can take; whether anything is left."""
        possible = branch.asked.where(services=LISTENED[handling])
        rest = branch.asked - possible
        if not possible:
            self._unheard(branch, handling, name, ref)
        elif rest:
            piece = branch.fork(rest)
            self._unheard(piece, handling, name, ref)
            self.branches.append(piece)
            branch.narrow(possible)
        return bool(possible)

    def _unheard_of(self, branch: Branch, interface: Interface) -> bool:
        """A node whose balancer is named by its description, and not in the data."""
        named = (interface.description or "").removeprefix("ELB ")
        if not named or named == interface.description:
            return False
        ref = Ref("load-balancer", named)
        handling = Handling.PASS_THROUGH if named.startswith("net/") else Handling.PROXY
        if not named.startswith("gwy/") and not self._listenable(branch, handling, named, ref):
            return True
        branch.station(ref, Decision.UNKNOWN)
        why = f"{interface.id} belongs to the load balancer {named}, which is not in the input"
        self._unknown(branch, "load balancer", named, why, interface.vpc)
        return True

    def _listen(self, branch: Branch, node: Interface, balancer: Balancer, ref: Ref) -> None:
        """Hand the packets to the listeners of their ports; what no listener takes is dropped or refused."""
        parts: list[tuple[Listener | None, PacketSet]] = []
        rest = branch.asked
        for listener in balancer.listeners or ():
            part = rest.where(services=listener.services)
            if part:
                parts.append((listener, part))
                rest -= part
        if rest:
            parts.append((None, rest))
        for taker, part in parts[:-1]:
            piece = branch.fork(part)
            self._serve(piece, node, balancer, ref, taker)
            self.branches.append(piece)
        branch.narrow(parts[-1][1])
        self._serve(branch, node, balancer, ref, parts[-1][0])

    def _serve(self, branch: Branch, node: Interface, balancer: Balancer, ref: Ref, listener: Listener | None) -> None:
        if listener is None:
            self._unheard(branch, balancer.handling, balancer.name, ref, balancer.listeners or ())
            return
        if listener.untold:
            branch.note(
                f"the rules of {balancer.name}'s listener {listener.label} are not in the input: "
                "judged by its default action"
            )
        onward = Onward(self, branch, node, balancer, listener, branch.asked)
        outcomes = [outcome for id_ in listener.pools for outcome in self._pool(onward, id_)]
        if listener.answers:
            outcomes.append(Outcome("an answer of its own", passes=branch.asked))
        if not outcomes:
            outcomes.append(self._nobody(onward, "no target group", Cause.POOL_EMPTY, {"pool": listener.label}))
        if balancer.handling is Handling.PROXY:
            branch.connected |= branch.asked
        combine(branch, ref, listener, outcomes)

    def _unheard(
        self, branch: Branch, handling: Handling, name: str, ref: Ref, listeners: tuple[Listener, ...] = ()
    ) -> None:
        """Packets that no listener takes: a proxy's system refuses them, others drop them."""
        proxy = handling is Handling.PROXY
        held = branch.asked - branch.asked.where(services=PING if proxy else UNREACHABLE)
        branch.station(ref, Decision.PASS if not held else Decision.DENY)
        listening = ", ".join(one.label for one in listeners) or "none"
        by_tcp = held.where(services=Services.of(TCP))
        for packets, symptom in ((by_tcp, Symptom.REFUSED if proxy else None), (held - by_tcp, None)):
            facts = {"services": self.words.services(packets), "listeners": listening, "balancer": name}
            finding = Finding(Cause.LISTENER_MISSING, ref, branch.replying, packets, facts=facts, symptom=symptom)
            branch.block(finding)

    def _pool(self, onward: Onward, id_: str) -> list[Outcome]:
        balancer = onward.balancer
        pool = self.network.balancers.pools.get(id_)
        if pool is None or pool.targets is None:
            kind = "target group" if pool is None else "target health"
            name = pool.name if pool else id_.rpartition(":targetgroup/")[2].partition("/")[0] or id_
            why = f"{'' if pool is None else 'the targets of '}{name}, which {balancer.name} forwards to"
            verb = "is" if pool is None else "are"
            return [onward.undecided(name, kind, id_, f"{why}, {verb} not in the input")]
        choice = choose(self.network, balancer, onward.node, pool)
        remark(onward, pool, choice)
        if choice.cause is not None:
            facts = {"pool": pool.name, "zones": ", ".join(choice.zones), "zone": self._zone(onward.node)}
            facts["targets"] = ", ".join(t.label for t in choice.spared)
            return [self._nobody(onward, pool.name, choice.cause, facts)]
        made = [outcome for target in choice.used for outcome in onward.to(pool, target)]
        if choice.perhaps and not made:
            facts = {"pool": pool.name, "zones": ", ".join(choice.zones), "zone": self._zone(onward.node)}
            made = [self._nobody(onward, pool.name, Cause.ZONE_NOT_CROSSED, facts)]
        open_ = [outcome for target in choice.perhaps for outcome in onward.to(pool, target)]
        return made + [onward.perhaps(made, outcome, pool) for outcome in open_]

    def _zone(self, node: Interface) -> str:
        subnet = self.network.subnets.get(node.subnet)
        return (subnet.zone if subnet else None) or ""

    def _nobody(self, onward: Onward, via: str, cause: Cause, facts: dict[str, str]) -> Outcome:
        """Nobody to hand packets to: a proxy says so, what becomes of others is told only where it is known."""
        symptom = Symptom.CONNECTED if onward.proxy else Symptom.UNTOLD if cause is Cause.POOL_EMPTY else None
        facts = {**facts, "balancer": onward.balancer.name} | ({"http": NO_TARGETS} if onward.proxy else {})
        finding = Finding(cause, onward.ref, onward.branch.replying, onward.part, facts=facts, symptom=symptom)
        return Outcome(via, fails=onward.part, findings=[(finding, onward.part)])


def combine(branch: Branch, ref: Ref, listener: Listener, outcomes: list[Outcome]) -> None:
    """Let any of the targets be chosen: what passes at all of them passes, what passes at some sometimes does."""
    passes, fails, undecided = united(outcomes)
    mixed = passes & fails
    lost = fails - passes - undecided
    shown = next((o for o in outcomes if o.fails), next((o for o in outcomes if o.open), outcomes[0]))
    walked = bool(shown.stations)
    branch.station(ref, _decision(passes, fails, undecided, walked=walked), listener.label, f"to {shown.via}")
    branch.stations += shown.stations
    for outcome in outcomes:
        if outcome.end is not None and (outcome.passes or outcome.open):
            reached = (outcome.passes, outcome.open - outcome.passes)
            branch.behind.append(Behind(outcome.end, listener.protocol, outcome.port, ref.id, *reached))
        branch.behind += outcome.behind
        branch.connected |= outcome.connected & branch.asked
        for note in outcome.notes:
            branch.note(note)
        branch.evidence += outcome.evidence
        for finding, held in outcome.findings:
            if finding.undecided:
                parts = ((held & (undecided - mixed), False), (held & mixed, True))
            else:
                parts = ((held & lost, finding.partly), (held - lost, True))
            for packets, partly in parts:
                branch.block(msgspec.structs.replace(finding, packets=packets, partly=partly))


def _decision(passes: PacketSet, fails: PacketSet, undecided: PacketSet, *, walked: bool) -> Decision:
    """What the balancer itself does: where the packets went on, what holds them back is further on the way."""
    if passes & fails:
        return Decision.PARTIAL
    if walked:
        return Decision.PASS
    if undecided:
        return Decision.UNKNOWN
    return Decision.DENY if fails else Decision.PASS
