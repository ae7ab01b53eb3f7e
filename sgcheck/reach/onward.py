"""What a balancer's node sends on to one target, walked as a path of its own and counted in packets as sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.balancers import Balancer, Handling, Listener, Pool, PoolTarget, TargetKind
from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding, Symptom
from sgcheck.model.ref import Ref
from sgcheck.packets import AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.branch import Behind, Branch, Station
from sgcheck.reach.gates import missing_finding, pass_acl
from sgcheck.reach.registered import ends_of
from sgcheck.reach.replies import Replies
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.view import NAT_PORTS
from sgcheck.reach.walker import SplitNeededError

if TYPE_CHECKING:
    from sgcheck.model.ref import Missing
    from sgcheck.model.things import Interface
    from sgcheck.reach.walker import Walker

NO_TARGETS = "503"
"""What a proxy answers without any target in use (ALB guide, load-balancer-troubleshooting)."""
DROPPED = "504"
"""What it answers when the connection to its target times out (the same page)."""


class Outcome(msgspec.Struct):
    """What becomes of the asked packets at one target: which pass, which fail, which are undecided (sets may overlap).

    findings: each with the asked packets it concerns. via: the pool and target in words. end, port: where the packets
    are handed on to; behind: to whom it hands them on again, where it is a balancer.
    """

    via: str
    passes: PacketSet = PacketSet.EMPTY
    fails: PacketSet = PacketSet.EMPTY
    open: PacketSet = PacketSet.EMPTY
    connected: PacketSet = PacketSet.EMPTY
    findings: list[tuple[Finding, PacketSet]] = []
    stations: list[Station] = []
    notes: list[str] = []
    evidence: list[str] = []
    end: Target | None = None
    port: int = 0
    behind: list[Behind] = []


def united(outcomes: list[Outcome]) -> tuple[PacketSet, PacketSet, PacketSet]:
    """What passes, fails and is undecided at some of the targets."""
    passes = PacketSet.union_all([o.passes for o in outcomes])
    fails = PacketSet.union_all([o.fails for o in outcomes])
    return passes, fails, PacketSet.union_all([o.open for o in outcomes])


class Onward:
    """One listener at one node, asked for `part` of a branch's packets."""

    def __init__(
        self, walker: Walker, branch: Branch, node: Interface, balancer: Balancer, listener: Listener, part: PacketSet
    ) -> None:
        """Stand at `node` of `balancer`."""
        self.walker = walker
        self.network = walker.network
        self.branch = branch
        self.node = node
        self.balancer = balancer
        self.listener = listener
        self.part = part
        self.proxy = balancer.handling is Handling.PROXY
        self._walks: dict[tuple[bool, PacketSet], list[Branch]] = {}

    def to(self, pool: Pool, target: PoolTarget) -> list[Outcome]:
        """What becomes of the packets at `target`; a balancer as a target counts once for each node it has."""
        via = f"{pool.name} ({target.label})"
        if target.kind is TargetKind.FUNCTION:
            return [Outcome(via, passes=self.part, connected=self.part)]
        ends = ends_of(self.network, pool, target)
        if not ends:
            return [self._unknown(via, pool, target)]
        return [self._walked(via, pool, target, end) for end in ends]

    def check(self, pool: Pool, target: PoolTarget) -> list[Finding]:
        """What holds back health checks, which come from the node's own address."""
        found: list[Finding] = []
        if pool.check is None:
            return found
        for end in ends_of(self.network, pool, target):
            services = Services.of(pool.check, IntervalSet.single(target.check_port))
            vantage = self._vantage(end, keeps=False)
            if vantage is not None:
                asked = PacketSet.box(vantage.addresses, end.asked, services, NAT_PORTS)
                found += [f for b in self._sent(vantage, end, asked) for f in b.findings if not f.undecided]
        return found

    # Where it goes.

    def _unknown(self, via: str, pool: Pool, target: PoolTarget) -> Outcome:
        kind = "load balancer" if target.kind is TargetKind.BALANCER else "network interface"
        why = f"the network interfaces of {target.id}, a target of {pool.name}, are not in the input"
        return self._open(via, missing_finding(self.branch, self._missing(kind, target.id, why), self.part))

    def _missing(self, kind: str, id_: str, why: str) -> Missing:
        return self.network.missing(kind, id_, why, vpc=self.balancer.vpc)

    def undecided(self, via: str, kind: str, id_: str, why: str) -> Outcome:
        """What becomes of the packets hangs on something that is not in the data."""
        return self._open(via, missing_finding(self.branch, self._missing(kind, id_, why), self.part))

    def perhaps(self, base: list[Outcome], outcome: Outcome, pool: Pool) -> Outcome:
        """The same for a target that may get nothing: undecided where it would change what `base` says."""
        passes, fails, undecided = united(base)
        steady = (passes - fails - undecided) & (outcome.passes - outcome.fails - outcome.open)
        lost = (fails - passes - undecided) & (outcome.fails - outcome.passes - outcome.open)
        why = f"whether cross-zone load balancing of {self.balancer.name} is on, which decides about {pool.name}"
        hangs = self.undecided(
            outcome.via, "Classic Load Balancer attribute", self.balancer.name, f"{why}, is not in the input"
        )
        rest = self.part - steady - lost
        made = msgspec.structs.replace(outcome, passes=steady, fails=lost, open=rest)
        made.findings = [(f, held & lost) for f, held in outcome.findings] + [(hangs.findings[0][0], rest)]
        return made

    def _open(self, via: str, finding: Finding) -> Outcome:
        return Outcome(via, open=self.part, findings=[(finding, self.part)])

    # How it gets there.

    def _walked(self, via: str, pool: Pool, target: PoolTarget, end: Target) -> Outcome:
        keeps = pool.keeps_client and not self.proxy and end.family in self.part.families
        vantage = self._vantage(end, keeps=keeps)
        if vantage is None:
            why = f"{self.node.id} has no IPv{end.family} address in the input to reach {target.id} from"
            return self._open(
                via, missing_finding(self.branch, self._missing("network interface", self.node.id, why), self.part)
            )
        if end.interface is not None and end.interface.id == self.node.id:
            return Outcome(via, fails=self.part, findings=[(self._loop(), self.part)])
        asked = self._asked(vantage, end, target)
        itself = asked.where(sources=end.interface.owned()) if keeps and end.interface else PacketSet.EMPTY
        branches = self._sent(vantage, end, asked - itself)
        source = "stays the client's" if keeps else f"becomes {self.walker.words.addresses(vantage.addresses)}"
        made = Outcome(f"{via}; the source {source}", end=end, port=target.port)
        self._sum_up(made, vantage, branches, asked - itself)
        status = NO_TARGETS if pool.used_up else DROPPED
        made.findings = [(self._told(finding, status), held) for finding, held in made.findings]
        if itself:
            held = self._lift(vantage, itself)
            facts = {"target": target.id, "balancer": self.balancer.name}
            finding = Finding(Cause.TARGET_ASKS_ITSELF, self.ref, self.branch.replying, held, facts=facts)
            made.findings.append((finding, held))
            made.fails |= held
        return made

    def _loop(self) -> Finding:
        return Finding(Cause.BALANCER_LOOP, self.ref, self.branch.replying, self.part)

    @property
    def ref(self) -> Ref:
        """The balancer as what decides."""
        return Ref("load-balancer", self.balancer.id, self.balancer.name)

    def _vantage(self, end: Target, *, keeps: bool) -> Vantage | None:
        own = [a for a in self.node.addresses if a.family == end.family]
        chosen = next((a for a in own if a.primary), own[0] if own else None)
        if chosen is None:
            return None
        sources = self.branch.view.seen(self.part).sources().only(end.family)
        return Vantage(
            From.HOST,
            end.family,
            sources if keeps else AddressSet.address(chosen.family, chosen.value),
            self.node,
            (self.node.id,),
            self.network.subnets.get(self.node.subnet),
            through=(*self.walker.vantage.through, self.balancer.id),
            keeps=keeps,
        )

    def _asked(self, vantage: Vantage, end: Target, target: PoolTarget) -> PacketSet:
        """The packets as they go out to the target: a proxy's own, or the client's with the target as destination."""
        services = Services.of(self.listener.protocol, IntervalSet.single(target.port))
        if not vantage.keeps:
            return PacketSet.box(vantage.addresses, end.asked, services, NAT_PORTS)
        boxes = self.branch.view.seen(self.part).boxes()
        made = [
            PacketSet.box(AddressSet.in_family(b.family, b.sources), end.asked, services, b.source_ports) for b in boxes
        ]
        return PacketSet.union_all(made)

    def _lift(self, vantage: Vantage, sent_on: PacketSet) -> PacketSet:
        """The asked packets that become some of `sent_on`: all or none behind a proxy."""
        if not vantage.keeps:
            return self.part if sent_on else PacketSet.EMPTY
        here = self.branch.view.seen(self.part).destinations()
        services = self.listener.services
        made = [
            PacketSet.box(AddressSet.in_family(b.family, b.sources), here, services, b.source_ports)
            for b in sent_on.boxes()
        ]
        return self.branch.view.sent(PacketSet.union_all(made)).some & self.part

    def _sent(self, vantage: Vantage, end: Target, asked: PacketSet) -> list[Branch]:
        """Walk there and back, once: a proxy's health checks are often the same packets."""
        if not asked:
            return []
        key = (vantage.keeps, asked)
        if key not in self._walks:
            self._walks[key] = self._there_and_back(vantage, end, asked)
        return self._walks[key]

    def _there_and_back(self, vantage: Vantage, end: Target, asked: PacketSet) -> list[Branch]:
        try:
            branches = self.walker.onward(vantage, end, asked)
        except SplitNeededError:  # kept client addresses on a route to the internet, which no gateway translates
            branches = [Branch(asked)]
            facts = {"source": "a client's address", "gateway": "the internet gateway"}
            ref = Ref("network-interface", self.node.id, self.node.name)
            branches[0].block(Finding(Cause.NO_PUBLIC_SOURCE, ref, False, asked, facts=facts))
        for branch in branches:
            Replies(self.network, self.walker.words, vantage, branch)
            self._own_acl(branch, end)
        return branches

    def _own_acl(self, branch: Branch, end: Target) -> None:
        """A classic balancer's subnet ACL also judges what stays inside (RA guide, explanation-codes)."""
        subnet = self.network.subnets.get(self.node.subnet)
        same = end.interface is not None and end.interface.subnet == self.node.subnet
        if not self.balancer.own_acl or subnet is None or not same:
            return
        probe = Branch(branch.asked)
        pass_acl(self.network, self.walker.words, probe, subnet, Way.EGRESS)
        branch.stations[1:1] = probe.stations
        for finding in probe.findings:
            cause = finding.cause if finding.undecided else Cause.BALANCER_ACL
            branch.block(msgspec.structs.replace(finding, cause=cause))

    def _sum_up(self, made: Outcome, vantage: Vantage, branches: list[Branch], asked: PacketSet) -> None:
        alive = PacketSet.union_all([b.alive for b in branches])
        maybe = PacketSet.union_all([b.maybe for b in branches]) - alive
        flaky = PacketSet.union_all([b.flaky for b in branches]) & (alive | maybe)
        made.passes = self._lift(vantage, alive)
        made.open = self._lift(vantage, maybe)
        made.fails = self._lift(vantage, (asked - alive - maybe) | flaky)
        connected = PacketSet.union_all([b.connected for b in branches])
        made.connected = self._lift(vantage, connected)
        made.findings = [(f, self._lift(vantage, f.packets)) for b in branches for f in b.findings]
        made.behind = [self._further(vantage, behind, branch) for branch in branches for behind in branch.behind]
        main = next((b for b in branches if b.findings), branches[0] if branches else None)
        made.stations = main.stations[1:] if main else []  # without the node, which is there already
        made.notes = [note for b in branches for note in b.notes]
        made.evidence = [text for b in branches for text in b.evidence]

    def _further(self, vantage: Vantage, behind: Behind, branch: Branch) -> Behind:
        """What another balancer hands on, in packets as they were sent to this one."""
        passes = behind.packets & branch.alive
        maybe = (behind.packets | behind.maybe) & branch.maybe
        return behind._replace(packets=self._lift(vantage, passes), maybe=self._lift(vantage, maybe))

    def _told(self, finding: Finding, status: str) -> Finding:
        """Behind a proxy nobody sees silence: the client is connected, and reads an error."""
        if not self.proxy or finding.undecided:
            return finding
        facts = {**finding.facts, "http": status, "balancer": self.balancer.name}
        return msgspec.structs.replace(finding, symptom=Symptom.CONNECTED, facts=facts)
