"""Many targets asked at once: the fate of all packets from one vantage to each, every kind of way walked once.

A way is walked with open ends, once for all targets that nothing on it tells apart; what the ends' own groups and hosts
decide is judged once for each distinct set of groups. Together they are what `explain` says of a pair: filters hold
packets back independently of each other, so that it does not matter in which order they are asked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.arrival import answers
from sgcheck.reach.between import between
from sgcheck.reach.compiled import Entry, Verdicts, compiled, judged
from sgcheck.reach.explain import walk
from sgcheck.reach.fate import Fate, fate_of, gaps_of, united, via_of
from sgcheck.reach.gates import Resolver, groups_untold, lacking
from sgcheck.reach.likeness import Likeness, alike
from sgcheck.reach.pulse import Pulse
from sgcheck.reach.question import DEFAULT_SOURCE_PORTS, Question
from sgcheck.reach.report import gap_of_missing
from sgcheck.reach.vantage import From
from sgcheck.reach.view import AS_SENT
from sgcheck.reach.walker import SplitNeededError

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.branch import Branch, Door
    from sgcheck.reach.seating import Seating
    from sgcheck.reach.vantage import Target, Vantage
    from sgcheck.reach.words import Words

NOTHING = PacketSet.EMPTY


class Allowed(NamedTuple):
    """What the groups of one end let through: for certain, and perhaps; and what would decide the latter.

    seen: the packets that were judged, of which both are parts.
    """

    sure: PacketSet
    perhaps: PacketSet = NOTHING
    gaps: tuple[Gap, ...] = ()
    seen: PacketSet | None = None


class Stretch(NamedTuple):
    """One branch of a way with open ends; packets as they are sent, to whatever address.

    whole: what is asked by all who share the way, where that is more than `asked`.
    """

    asked: PacketSet
    alive: PacketSet
    maybe: PacketSet
    flaky: PacketSet
    gaps: tuple[Gap, ...]
    via: tuple[str, ...]
    leaving: Door | None
    arriving: Door | None
    whole: PacketSet | None = None

    @property
    def held(self) -> PacketSet:
        """What is held back, at least for some ports of a translator."""
        return (self.asked - self.alive - self.maybe) | self.flaky


def _sliced(stretch: Stretch, sources: AddressSet) -> Stretch:
    """What some of the senders have of a stretch."""
    asked, alive, maybe, flaky = (
        packets.where(sources=sources) if packets else packets
        for packets in (stretch.asked, stretch.alive, stretch.maybe, stretch.flaky)
    )
    alive = asked if alive == asked else alive
    return stretch._replace(asked=asked, alive=alive, maybe=maybe, flaky=flaky, whole=stretch.asked)


Ways = dict[Hashable, "tuple[Stretch, ...] | None"]
"""The stretches to targets of each kind; None where each of these has to be walked."""

SHUT = Allowed(NOTHING)
"""An end where nobody answers."""


def through(stretch: Stretch, ends: Iterable[Allowed]) -> Fate:
    """The fate of what is sent along a stretch between `ends`."""
    alive, maybe, gaps = stretch.alive, stretch.maybe, list(stretch.gaps)
    for allowed in ends:
        undecided = NOTHING
        if allowed.perhaps:
            open_ = allowed.perhaps - allowed.sure
            undecided = open_ & alive
            gaps += allowed.gaps if undecided or open_ & maybe else ()
        maybe = (maybe | undecided) & (allowed.sure | allowed.perhaps) if maybe or undecided else NOTHING
        if allowed.seen is not None and alive is allowed.seen:
            alive = allowed.sure
        elif alive is not allowed.sure:
            alive &= allowed.sure
    flaky = stretch.flaky & (alive | maybe) if stretch.flaky else NOTHING
    told = tuple(dict.fromkeys(gaps)) if maybe else ()
    return Fate(stretch.asked, alive, maybe, flaky, told, stretch.via)


class Survey:
    """One question on all packets of `services`, for as many vantages and targets as are asked about."""

    def __init__(
        self, network: Network, words: Words, services: Services = Services.ALL, source_ports: IntervalSet | None = None
    ) -> None:
        """Ask about `services`, sent from the client's own ports `source_ports` (None: those of `explain`)."""
        self.network = network
        self.words = words
        question = Question.parse("a", "b", "all", DEFAULT_SOURCE_PORTS)
        self.question = replace(question, services=services, source_ports=source_ports or question.source_ports)
        self.likeness = Likeness(network)
        self.pulse = Pulse()
        self._judged: dict[Hashable, Allowed] = {}
        self._groups: dict[Hashable, Verdicts | None] = {}
        self._compiled: dict[tuple[str, Way], tuple[Entry, ...] | None] = {}
        self._ways: dict[Hashable, Ways] | None = None
        self.seating: Seating | None = None
        """Who sits beside whom: where many vantages are asked, ways are walked for all that share them."""

    def onto(self, network: Network) -> Survey:
        """The same question on a network that differs in rules of groups only: its ways need not be walked again."""
        made = Survey(network, self.words, self.question.services, self.question.source_ports)
        made.likeness = self.likeness
        if self._ways is None:
            self._ways = {}
        made._ways = self._ways
        return made

    def ways(self, vantage: Vantage) -> Ways:
        """The ways from a vantage that have been walked, by kind; kept where several networks have them in common."""
        if self._ways is None:
            return {}
        key = (vantage.start, vantage.family, vantage.addresses, vantage.interfaces, vantage.through, vantage.beyond)
        return self._ways.setdefault(key, {})

    def outlook(self, vantage: Vantage) -> Outlook:
        """What is to be seen from `vantage`."""
        return Outlook(self, vantage)

    def judged(self, owner: Interface, way: Way, seen: PacketSet, door: Door) -> Allowed:
        """What the groups of `owner` let through of `seen`, as they see it; by any address of their own."""
        if not owner.filtered:
            return Allowed(seen)
        if owner.groups is None:
            return Allowed(NOTHING, seen, (gap_of_missing(self.network, groups_untold(self.network, owner)),))
        key = (owner.groups, owner.vpc, way, seen, door.view.hidden, door.who)
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = self._united(owner, way, seen, door)
        return found

    def _united(self, owner: Interface, way: Way, seen: PacketSet, door: Door) -> Allowed:
        """What any of the groups lets through; a group whose rules are not in the data may let everything through."""
        parts = [self._by_group(id_, way, seen, door) for id_ in sorted(owner.groups or ())]
        told = [part for part in parts if part is not None]
        sure = told[0].sure if len(told) == 1 else PacketSet.union_all([part.sure for part in told])
        perhaps = PacketSet.union_all([part.perhaps for part in told if part.perhaps])
        missing = [id_ for part in told for id_ in part.missing]
        if len(told) < len(parts):
            perhaps = seen
            missing += [id_ for id_, part in zip(sorted(owner.groups or ()), parts, strict=True) if part is None]
        perhaps = perhaps - sure if perhaps else perhaps
        gaps = lacking(self.network, missing, owner, door.identity) if perhaps else ()
        return Allowed(sure, perhaps, tuple(gap_of_missing(self.network, m) for m in gaps))

    def _by_group(self, id_: str, way: Way, seen: PacketSet, door: Door) -> Verdicts | None:
        """What one group lets through, None where its rules are not in the data."""
        key = (id_, way, seen, door.view.hidden, door.who)
        if key not in self._groups:
            entries = self.entries(id_, way)
            if entries is None:
                self._groups[key] = None
            else:
                peers = seen.sources() if way is Way.INGRESS else seen.destinations()
                hidden = door.view.hidden and way is Way.INGRESS
                members = Resolver(self.network, door.identity, peers, hidden=hidden)
                self._groups[key] = judged(entries, way, seen, members)
        return self._groups[key]

    def entries(self, id_: str, way: Way) -> tuple[Entry, ...] | None:
        """The rules of one group compiled, None where they are not in the data."""
        if (id_, way) not in self._compiled:
            group = self.network.groups.get(id_)
            lines = group.lines(way) if group else None
            self._compiled[id_, way] = None if lines is None else compiled(lines)
        return self._compiled[id_, way]


class Outlook:
    """Everything that can be asked from one vantage. Sets are of packets as sent, whatever their destination."""

    def __init__(self, survey: Survey, vantage: Vantage) -> None:
        """Stand at `vantage`."""
        self.survey = survey
        self.network = survey.network
        self.vantage = vantage
        self._ways = survey.ways(vantage)
        self._fates: dict[Hashable, Fate] = {}

    def fate(self, target: Target) -> Fate:
        """What becomes of the packets to `target`; the sets hold for any destination where it has one address only.

        It is the very same that a walk finds. Of several hosts nobody asks himself.
        """
        self.survey.pulse.beat()
        interface = target.interface
        if interface is not None and len(self.vantage.interfaces) > 1 and interface.id in self.vantage.interfaces:
            return self._among(target, interface)
        return self.apart(target)

    def _among(self, target: Target, interface: Interface) -> Fate:
        """What the others of the vantage reach at one of them."""
        outlook = self
        if self.vantage.interface is not None and self.vantage.interface.id == interface.id:
            outlook = self._beside
        return outlook.apart(target).without(interface.owned())

    @cached_property
    def _beside(self) -> Outlook:
        """The same hosts, with another one to stand for them."""
        other = self.network.interfaces[self.vantage.interfaces[1]]
        return Outlook(self.survey, replace(self.vantage, interface=other))

    def apart(self, target: Target) -> Fate:
        """The fate of packets to somebody who is not one of the vantage's own hosts, or not the one asked for them."""
        key = self.survey.likeness.key(self.vantage, target) if self.vantage.family == target.family else None
        stretches = self._way(key, target) if key is not None else None
        if stretches is None or target.interface is None or target.asked.sole is None:
            return self._walked(target)
        interface = target.interface
        groups = interface.groups if interface.filtered else False
        whole = (key, groups, answers(self.network, interface), self._exit(stretches, target.asked.sole))
        found = self._fates.get(whole)
        if found is None:
            found = self._fates[whole] = self._combined(stretches, interface, target.asked.sole)
        return found

    # Ways.

    def way(self, target: Target) -> tuple[Stretch, ...] | None:
        """The way to a target and all that are like it; None where it has to be walked to each."""
        key = self.survey.likeness.key(self.vantage, target)
        return None if key is None else self._way(key, target)

    def _way(self, key: Hashable, target: Target) -> tuple[Stretch, ...] | None:
        """The way to all targets with this key; None where its targets have to be walked to each."""
        if key not in self._ways:
            self._ways[key] = self._walk(target)
        return self._ways[key]

    def _asked(self, target: Target) -> PacketSet:
        question = self.survey.question
        return PacketSet.box(self.vantage.addresses, target.asked, question.services, question.source_ports)

    def _walk(self, target: Target) -> tuple[Stretch, ...] | None:
        seating = self.survey.seating
        wide = seating.beside(self.vantage, target) if seating is not None else None
        if wide is not None and (stretches := wide.way(target)) is not None:
            return tuple(_sliced(stretch, self.vantage.addresses) for stretch in stretches)
        asked = self._asked(target)
        try:
            branches = between(self.network, self.survey.words, self.vantage, target, asked)
        except SplitNeededError:
            return None
        if not alike(branches) or target.asked.sole is None:
            return None
        return tuple(self._stretch(branch, target.asked.sole) for branch in branches)

    def _stretch(self, branch: Branch, address: tuple[int, int]) -> Stretch:
        asked, alive, maybe, flaky = (
            s.before_destination(*address) for s in (branch.asked, branch.alive, branch.maybe, branch.flaky)
        )
        alive = asked if alive == asked else alive
        gaps = gaps_of(self.network, branch.findings)
        doors = branch.doors
        return Stretch(asked, alive, maybe, flaky, gaps, via_of(branch), doors.get(Way.EGRESS), doors.get(Way.INGRESS))

    def _walked(self, target: Target) -> Fate:
        """Walk to one target alone."""
        survey = self.survey
        walked = walk(self.network, survey.words, survey.question, self.vantage, target)
        fate = fate_of(self.network, self._asked(target), (b for w in walked for b in w.branches))
        return fate if target.asked.sole is None else fate.towards(*target.asked.sole)

    # Ends.

    def _exit(self, stretches: tuple[Stretch, ...], address: tuple[int, int]) -> Hashable:
        """Which part of what the vantage's own groups tell apart an address is in."""
        source = self.vantage.interface
        doors = [s.leaving for s in stretches if s.leaving is not None]
        if source is None or not doors:
            return None
        edges = self._edges(source, doors[0])
        return (doors[0].who, bisect_right(edges, address[1]))

    def _leaving(self, source: Interface, door: Door) -> Allowed:
        """What the vantage's groups let out, to all addresses of its family."""
        question, vantage = self.survey.question, self.vantage
        everywhere = AddressSet.ALL.only(vantage.family)
        seen = PacketSet.box(vantage.addresses, everywhere, question.services, question.source_ports)
        return self.survey.judged(source, Way.EGRESS, seen, door)

    def _edges(self, source: Interface, door: Door) -> list[int]:
        key = door.who
        if key not in self._known_edges:
            allowed = self._leaving(source, door)
            found = allowed.sure.destination_edges() | allowed.perhaps.destination_edges()
            self._known_edges[key] = sorted(found)
        return self._known_edges[key]

    @cached_property
    def _known_edges(self) -> dict[Hashable, list[int]]:
        return {}

    def _combined(self, stretches: tuple[Stretch, ...], interface: Interface, address: tuple[int, int]) -> Fate:
        source = self.vantage.interface if self.vantage.start is From.HOST else None
        made = [self._judged(stretch, source, interface, address) for stretch in stretches]
        return united(made)

    def _judged(
        self, stretch: Stretch, source: Interface | None, interface: Interface, address: tuple[int, int]
    ) -> Fate:
        ends: list[Allowed] = []
        if stretch.leaving is not None and source is not None:
            out = self._leaving(source, stretch.leaving)
            slices = (out.sure.before_destination(*address), out.perhaps.before_destination(*address))
            ends.append(Allowed(*slices, out.gaps) if answers(self.network, source) else SHUT)
        if stretch.arriving is not None:
            into = self._arriving(stretch, interface, stretch.arriving)
            ends.append(into if answers(self.network, interface) else SHUT)
        return through(stretch, ends)

    def _arriving(self, stretch: Stretch, interface: Interface, door: Door) -> Allowed:
        """What the target's groups let in, in packets as they were sent."""
        view = replace(door.view, destination=None)
        asked = stretch.asked if stretch.whole is None else stretch.whole
        seen = asked if view == AS_SENT else view.seen(asked)
        allowed = self.survey.judged(interface, Way.INGRESS, seen, door)
        if view == AS_SENT:
            return allowed._replace(seen=asked)
        return Allowed(view.sent(allowed.sure).some, view.sent(allowed.perhaps).some, allowed.gaps)
