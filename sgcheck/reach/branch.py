"""The state of one packet set on its way: what is asked, what passes, what is undecided, and everything that was found.

The walk goes on behind each denial as if it were fixed: `asked` keeps all packets, `alive` only those that really pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from sgcheck.model.filters import Judgement, Way
from sgcheck.model.finding import Finding
from sgcheck.model.ref import Ref
from sgcheck.model.things import Interface, NatGateway, Subnet
from sgcheck.packets import PacketSet
from sgcheck.reach.answer import Decision
from sgcheck.reach.view import AS_SENT, View

if TYPE_CHECKING:
    from sgcheck.reach.vantage import Target


class Place:
    """Where packets are routed from: a subnet, or (regional NAT) only a VPC and a route table.

    origin: where they were routed from before, if this place only passes them on (out of the gateway `entered`).
    behind: the endpoint that has had them inspected and gave them back here.
    """

    __slots__ = ("behind", "entered", "origin", "subnet", "table", "vpc")

    def __init__(
        self,
        vpc: str,
        subnet: Subnet | None = None,
        table: str | None = None,
        *,
        origin: Place | None = None,
        entered: str | None = None,
        behind: str | None = None,
    ) -> None:
        """Stand in `subnet` of `vpc`; `table` overrides the subnet's own route table."""
        self.vpc = vpc
        self.subnet = subnet
        self.table = table
        self.origin = origin
        self.entered = entered
        self.behind = behind

    @property
    def start(self) -> Place:
        """Where the stretch began that leads here: what passes packets on keeps no state."""
        return self.origin or self


class Leg:
    """One stretch of the way between two stateful ends, to be walked back by the replies.

    kind: `local`, `peering`, `transit` (over gateways), `out` (to the internet), `in` (from it), `leap` (over something
    unknown or missing). a, b: the places at its ends, None where it is outside. view: how packets look on it. nat:
    whether a NAT gateway stands at `a`.
    """

    __slots__ = ("a", "b", "gateway", "kind", "nat", "view")

    def __init__(
        self, kind: str, a: Place | None, b: Place | None, view: View, *, gateway: str | None = None, nat: bool = False
    ) -> None:
        """Keep the stretch's ends and how packets look on it."""
        self.kind = kind
        self.a = a
        self.b = b
        self.view = view
        self.gateway = gateway
        self.nat = nat


class Station:
    """A hop as the walk passed it."""

    __slots__ = ("by", "decision", "detail", "ref", "reply")

    def __init__(
        self, ref: Ref, decision: Decision, by: str | None = None, detail: str | None = None, *, reply: bool = False
    ) -> None:
        """Keep who decided what, and by which rule or route."""
        self.ref = ref
        self.decision = decision
        self.by = by
        self.detail = detail
        self.reply = reply


class Behind(NamedTuple):
    """Who gets packets from a balancer: which of those that were sent to it are handed on to `port` of `end`.

    maybe: of which it is undecided whether `end` takes them.
    """

    end: Target
    protocol: int
    port: int
    balancer: str
    packets: PacketSet
    maybe: PacketSet = PacketSet.EMPTY

    def within(self, packets: PacketSet) -> Behind:
        """The same of some packets only."""
        return self._replace(packets=self.packets & packets, maybe=self.maybe & packets)


class Door:
    """What an end's own groups would look at: how packets look to them, and who stands on the other side."""

    __slots__ = ("identity", "view", "who")

    def __init__(self, view: View, identity: Identity | None) -> None:
        """Keep how packets look, and who sends (or, for egress rules, gets) them."""
        self.view = view
        self.identity = identity
        self.who = identity.key if identity is not None else None
        """Equal for those on the other side whom references treat alike."""


class Branch:
    """One packet set on one way. Mutable, private to a walk; `fork` copies it where routes part."""

    def __init__(self, asked: PacketSet) -> None:
        """Start with everything alive."""
        self.asked = asked
        self.alive = asked
        self.maybe = PacketSet.EMPTY
        self.flaky = PacketSet.EMPTY
        self.view: View = AS_SENT
        self.stations: list[Station] = []
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.evidence: list[str] = []
        self.connected = PacketSet.EMPTY
        self.legs: list[Leg] = []
        self.visited: frozenset[str] = frozenset()
        self.identity: Identity | None = None
        self.sender: Interface | None = None
        self.receiver: Interface | None = None
        self.nat: NatGateway | None = None
        self.replying = False
        self.tracked: dict[str, PacketSet] = {}
        self.doors: dict[Way, Door] = {}
        self.behind: list[Behind] = []
        self.doubted = False

    def fork(self, asked: PacketSet) -> Branch:
        """The same way so far, for a part of the packets."""
        other = Branch(asked)
        other.alive = self.alive & asked
        other.maybe = self.maybe & asked
        other.flaky = self.flaky & asked
        other.view = self.view
        other.stations = list(self.stations)
        other.findings = list(self.findings)
        other.notes = list(self.notes)
        other.evidence = list(self.evidence)
        other.connected = self.connected & asked
        other.legs = list(self.legs)
        other.visited = self.visited
        other.identity = self.identity
        other.sender = self.sender
        other.receiver = self.receiver
        other.nat = self.nat
        other.replying = self.replying
        other.tracked = dict(self.tracked)
        other.doors = dict(self.doors)
        other.behind = list(self.behind)
        other.doubted = self.doubted
        return other

    def narrow(self, asked: PacketSet) -> None:
        """Go on with a part of the packets; another branch has the rest."""
        self.asked &= asked
        self.alive &= asked
        self.maybe &= asked
        self.flaky &= asked

    def station(self, ref: Ref, decision: Decision, by: str | None = None, detail: str | None = None) -> None:
        """Add a hop."""
        self.stations.append(Station(ref, decision, by, detail, reply=self.replying))

    def note(self, text: str) -> None:
        """Add a warning, once."""
        if text not in self.notes:
            self.notes.append(text)

    def seen(self) -> PacketSet:
        """How the asked packets look here."""
        return self.view.seen(self.asked)

    def block(self, finding: Finding) -> None:
        """Take what a finding holds back (or leaves undecided) from what passes."""
        if not finding.packets:
            return
        self.findings.append(finding)
        if finding.partly:
            self.flaky |= finding.packets & self.asked
            return
        if finding.undecided:
            self.maybe |= self.alive & finding.packets
        else:
            self.maybe -= finding.packets
        self.alive -= finding.packets

    def doubt(self, finding: Finding) -> None:
        """Leave undecided what a finding says, also where something was found to hold it back."""
        self.doubted = True
        packets = finding.packets & self.asked
        kept = [f if f.undecided else replace(f, packets=f.packets - packets) for f in self.findings]
        self.findings = [*(f for f in kept if f.packets), finding]
        self.alive -= packets
        self.maybe |= packets

    def decision(self, judged: Judgement, packets: PacketSet) -> Decision:
        """What a judgement of `packets` amounts to."""
        if packets <= judged.permit:
            return Decision.PASS
        if not judged.permit:
            return Decision.UNKNOWN if judged.maybe else Decision.DENY
        return Decision.UNKNOWN if packets <= judged.permit | judged.maybe else Decision.PARTIAL


class Identity:
    """Who the sender is to group references: its VPC, and how it got here."""

    __slots__ = ("crosses_regions", "discarded", "doubtful", "groups", "groups_known", "over", "support_off", "vpc")

    def __init__(
        self,
        vpc: str,
        *,
        crosses_regions: bool = False,
        groups_known: bool = True,
        support_off: str | None = None,
        doubtful: bool = False,
        over: str | None = None,
        discarded: str | None = None,
        groups: tuple[str, ...] | None = None,
    ) -> None:
        """Be an interface of `vpc`; `groups_known` is False where its groups are not in the data.

        over: the transit gateway it came over. support_off: what on the way has references switched off; doubtful:
        whether something has is not in the data. groups: those of a balancer that keeps client addresses; they count,
        whatever address the packets show. discarded: what on the way forgets who the sender is.
        """
        self.groups = groups
        self.vpc = vpc
        self.crosses_regions = crosses_regions
        self.groups_known = groups_known
        self.support_off = support_off
        self.doubtful = doubtful
        self.over = over
        self.discarded = discarded

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for those whom references treat alike."""
        return tuple(getattr(self, slot) for slot in self.__slots__)

    @property
    def lost(self) -> bool:
        """Whether no reference matches any more."""
        return self.crosses_regions or self.support_off is not None or self.discarded is not None
