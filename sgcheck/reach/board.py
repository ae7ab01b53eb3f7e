"""Everybody against everybody on one port: rows of bits, one bit for each address that somebody sends from.

A way is walked once for all subnets that routes and filters treat alike, and once for all targets that nothing on it
tells apart. What groups let in and out are sets of addresses, and so runs of bits; a row is the conjunction of the two
with the way. The rows say exactly what `explain` says of each pair.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, Services
from sgcheck.reach.arrival import answers
from sgcheck.reach.compiled import Entry, compiled
from sgcheck.reach.crowds import private_targets
from sgcheck.reach.fate import Fate
from sgcheck.reach.gates import Resolver, groups_untold, lacking
from sgcheck.reach.report import gap_of_missing
from sgcheck.reach.seating import Bench, Block, Seating
from sgcheck.reach.survey import Outlook, Stretch, Survey
from sgcheck.reach.vantage import Target

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.branch import Door
    from sgcheck.reach.routed import Routed


FAMILIES = (4, 6)


class Row(NamedTuple):
    """Who of one bench gets packets to one target through: for certain, perhaps, and for whom something is held back.

    asked: who was asked about. A seat is in several where ports of a client fare differently.
    """

    bench: Bench
    target: Target
    asked: int
    passes: int
    maybe: int
    blocked: int
    gaps: tuple[Gap, ...] = ()


class Peers(NamedTuple):
    """Addresses that groups let through, for certain and perhaps, and the ids that would decide the latter."""

    sure: AddressSet
    perhaps: AddressSet
    missing: tuple[str, ...] = ()


ANYBODY = Peers(AddressSet.ALL, AddressSet.EMPTY)


class Board:
    """All hosts of a network against each other on one port of one protocol."""

    def __init__(self, network: Network, survey: Survey, routed: Routed) -> None:
        """Ask what `survey` asks about, which must be `single`."""
        self.network = network
        self.survey = survey
        self.routed = routed
        self.seating = Seating(network, survey, routed)
        self._groups: dict[Hashable, Peers] = {}
        self._compiled: dict[tuple[str, Way], tuple[tuple[Entry, AddressSet], ...]] = {}
        self._exits: dict[Hashable, Exits] = {}
        self._stretches: dict[int, tuple[Stretch, tuple[int, int, int, int]]] = {}
        self._running: dict[str, bool] = {}

    # Rows.

    def rows(self, interfaces: Iterable[str]) -> Iterator[Row]:
        """Every address of the interfaces inside, with everybody who may get there; who has no route is left out."""
        groups: dict[tuple[str, int], dict[Hashable, list[Target]]] = defaultdict(lambda: defaultdict(list))
        for target in private_targets(self.network, interfaces):
            if target.interface is not None:
                key = self.survey.likeness.common(target, far=False)
                groups[target.interface.vpc, target.family][key].append(target)
        for (_vpc, family), keys in groups.items():
            for bench in self.seating.all:
                if bench.family == family:
                    yield from self._from_bench(bench, keys)

    def _from_bench(self, bench: Bench, keys: dict[Hashable, list[Target]]) -> Iterator[Row]:
        for block in self.seating.blocks(bench):
            yield from self._from_block(block, keys)
        for number in self.seating.others(bench):
            for targets in keys.values():
                yield from self._one_by_one(bench, self.seating.outlook(bench, number, [number]), 1 << number, targets)

    def _from_block(self, block: Block, keys: dict[Hashable, list[Target]]) -> Iterator[Row]:
        some = block.outlook(next(iter(block.subnets)), alone=False)
        led = block.led
        for key, targets in keys.items():
            vpc = targets[0].interface.vpc if targets[0].interface else ""
            if key is not None and led is not None and vpc not in led:
                continue
            homes: dict[str, list[Target]] = defaultdict(list)
            for target in targets:
                homes[target.interface.subnet if target.interface else ""].append(target)
            for found in homes.values():
                if key is None:
                    near = [t for t in found if some is None or not self.routed.apart(some.vantage, t)]
                    yield from self._at_home(block, near, alike=False)
                elif some is None or not self.routed.apart(some.vantage, found[0]):
                    yield from self._at_home(block, found, alike=True)

    def _at_home(self, block: Block, targets: list[Target], *, alike: bool) -> Iterator[Row]:
        """Targets of one subnet; `alike` where nothing on any way tells them apart."""
        ways: dict[int, tuple[Stretch, ...] | None] = {}
        for target in targets:
            slow = not alike or block.beside(target)
            for outlook, mask in block.parts(target):
                if slow:
                    yield from self._by_crowds(block, mask, target)
                    continue
                if id(outlook) not in ways:
                    ways[id(outlook)] = self._ways(outlook, target)
                stretches = ways[id(outlook)]
                if stretches is None:
                    yield from self._by_crowds(block, mask, target)
                else:
                    yield self._row(block.bench, mask, outlook, stretches, target)

    @staticmethod
    def _ways(outlook: Outlook, target: Target) -> tuple[Stretch, ...] | None:
        stretches = outlook.way(target)
        return stretches if stretches is not None and all(_plain(s) for s in stretches) else None

    def _by_crowds(self, block: Block, mask: int, target: Target) -> Iterator[Row]:
        """The slow way, where a way looks at more than the rows know: each subnet's hosts with the same groups."""
        bench = block.bench
        found: dict[Hashable, list[int]] = defaultdict(list)
        for subnet, numbers in block.subnets.items():
            for number in numbers:
                if mask >> number & 1:
                    interface = bench.seats[number].interface
                    key = (subnet, interface.groups, interface.filtered, answers(self.network, interface))
                    found[key].append(number)
        for numbers in found.values():
            yield from self._one_by_one(
                bench, self.seating.outlook(bench, numbers[0], numbers), bench.where(numbers), [target]
            )

    def _one_by_one(self, bench: Bench, outlook: Outlook, mask: int, targets: Iterable[Target]) -> Iterator[Row]:
        for target in targets:
            asked = mask & ~bench.own(target)
            if asked:
                yield _of_fate(bench, target, asked, outlook.fate(target))

    def _row(self, bench: Bench, mask: int, outlook: Outlook, stretches: tuple[Stretch, ...], target: Target) -> Row:
        self.survey.pulse.beat()
        asked = mask & ~bench.own(target)
        passes = maybe = blocked = 0
        gaps: dict[Gap, None] = {}
        for stretch in stretches:
            part = self._stretched(bench, outlook, stretch, target, asked)
            passes |= part.passes
            maybe |= part.maybe
            blocked |= part.blocked
            gaps.update(dict.fromkeys(part.gaps))
        return Row(bench, target, asked, passes, maybe, blocked, tuple(gaps))

    def _stretched(self, bench: Bench, outlook: Outlook, stretch: Stretch, target: Target, asked: int) -> Row:
        interface = target.interface
        whole, alive, open_, blocked = (bits & asked for bits in self._bits(bench, stretch))
        asked = whole
        gaps = list(stretch.gaps)
        sure = any_ = asked
        if stretch.leaving is not None and target.private is not None:
            exits = self._exits_of(bench, outlook, stretch.leaving)
            out, perhaps, missing = exits.at(target.private[1])
            sure, any_ = sure & out, any_ & (out | perhaps)
            gaps += missing
        if stretch.arriving is not None and interface is not None:
            peers = self._peers(interface, Way.INGRESS, stretch.arriving)
            into, perhaps = bench.bits(peers.sure), bench.bits(peers.perhaps)
            running = -1 if self._answers(interface) else 0
            sure, any_ = sure & into & running, any_ & (into | perhaps) & running
            if perhaps & asked:
                gaps += self._told(peers.missing, interface, stretch.arriving)
        passes = alive & sure
        maybe = (open_ & any_) | (alive & any_ & ~sure)
        return Row(bench, target, asked, passes, maybe, blocked | (asked & ~any_), tuple(gaps) if maybe else ())

    def _bits(self, bench: Bench, stretch: Stretch) -> tuple[int, int, int, int]:
        """Of a stretch: who is asked about, who passes, who may pass, who is held back."""
        found = self._stretches.get(id(stretch))
        if found is None:
            asked, alive, open_, blocked = (
                bench.bits(packets.sources()) for packets in (stretch.asked, stretch.alive, stretch.maybe, stretch.held)
            )
            found = self._stretches[id(stretch)] = (stretch, (asked, alive, open_, blocked))
        return found[1]

    def _answers(self, interface: Interface) -> bool:
        if interface.id not in self._running:
            self._running[interface.id] = answers(self.network, interface)
        return self._running[interface.id]

    # Groups.

    def _exits_of(self, bench: Bench, outlook: Outlook, door: Door) -> Exits:
        key = (id(outlook), door.who)
        if key not in self._exits:
            members: dict[Hashable, tuple[Interface, int]] = {}
            for number, seat in enumerate(bench.seats):
                one = seat.interface
                if outlook.vantage.addresses.contains(bench.family, seat.value):
                    like = (one.groups, one.filtered, answers(self.network, one))
                    first, bits = members.get(like, (one, 0))
                    members[like] = (first, bits | 1 << number)
            found = [
                (bits, self._peers(one, Way.EGRESS, door), one)
                for one, bits in members.values()
                if answers(self.network, one)
            ]
            self._exits[key] = Exits(
                bench.family, [(bits, peers, tuple(self._told(peers.missing, one, door))) for bits, peers, one in found]
            )
        return self._exits[key]

    def _peers(self, owner: Interface, way: Way, door: Door) -> Peers:
        """Whom the groups of `owner` let through on the asked port."""
        if not owner.filtered:
            return ANYBODY
        if owner.groups is None:
            return Peers(AddressSet.EMPTY, AddressSet.ALL)
        key = (owner.groups, way, door.who)
        if key not in self._groups:
            parts = [self._of_group(id_, way, door) for id_ in sorted(owner.groups)]
            sure = AddressSet.union_all([p.sure for p in parts])
            perhaps = AddressSet.union_all([p.perhaps for p in parts]) - sure
            self._groups[key] = Peers(sure, perhaps, tuple(dict.fromkeys(m for p in parts for m in p.missing)))
        return self._groups[key]

    def _of_group(self, id_: str, way: Way, door: Door) -> Peers:
        key = (id_, way, door.who)
        if key not in self._groups:
            self._groups[key] = self._judged(id_, way, door)
        return self._groups[key]

    def _judged(self, id_: str, way: Way, door: Door) -> Peers:
        group = self.network.groups.get(id_)
        lines = group.lines(way) if group else None
        if lines is None:
            return Peers(AddressSet.EMPTY, AddressSet.ALL, (id_,))
        if (id_, way) not in self._compiled:
            self._compiled[id_, way] = tuple((e, found) for e in compiled(lines) if (found := self._families(e)))
        resolve = Resolver(self.network, door.identity, AddressSet.ALL, hidden=False)
        sure: list[AddressSet] = []
        perhaps: list[AddressSet] = []
        missing: list[str] = []
        for entry, counts in self._compiled[id_, way]:
            sure.append(entry.peers & counts)
            for reference in entry.references:
                certain, maybe = resolve(reference)
                sure.append(certain & counts)
                if maybe & counts:
                    perhaps.append(maybe & counts)
                    missing.append(reference.group)
            for list_, listed in entry.unresolved:
                if listed & counts:
                    perhaps.append(listed & counts)
                    missing.append(list_)
        return Peers(AddressSet.union_all(sure), AddressSet.union_all(perhaps), tuple(missing))

    def _families(self, entry: Entry) -> AddressSet:
        """The addresses of the families in which an entry lets the asked port pass."""
        asked = self.survey.question.services
        return AddressSet.union_all([AddressSet.ALL.only(f) for f in FAMILIES if entry.services & asked.only(f)])

    def _told(self, missing: Iterable[str], owner: Interface, door: Door) -> list[Gap]:
        if owner.groups is None:
            return [gap_of_missing(self.network, groups_untold(self.network, owner))]
        return [gap_of_missing(self.network, m) for m in lacking(self.network, missing, owner, door.identity)]


class Exits:
    """Whom the groups of some seats let packets out to."""

    def __init__(self, family: int, members: list[tuple[int, Peers, tuple[Gap, ...]]]) -> None:
        """members: seats with the same groups, and whom these let packets out to."""
        every = AddressSet.ALL.only(family).family(family)
        self._family = family
        self._always = 0
        self._some: list[tuple[int, Peers, tuple[Gap, ...]]] = []
        for bits, peers, gaps in members:
            if peers.sure.family(family) == every:
                self._always |= bits
            else:
                self._some.append((bits, peers, gaps))
        edges = {e for _b, p, _g in self._some for s in (p.sure, p.perhaps) for e in s.family(family).bounds}
        self._edges = sorted(edges)
        self._known: dict[int, tuple[int, int, tuple[Gap, ...]]] = {}

    def at(self, value: int) -> tuple[int, int, tuple[Gap, ...]]:
        """The seats that get out to an address, for certain and perhaps, and what would decide the latter."""
        place = bisect_right(self._edges, value)
        if place not in self._known:
            sure, perhaps = self._always, 0
            gaps: list[Gap] = []
            for bits, peers, told in self._some:
                if peers.sure.contains(self._family, value):
                    sure |= bits
                elif peers.perhaps.contains(self._family, value):
                    perhaps |= bits
                    gaps += told
            self._known[place] = (sure, perhaps, tuple(dict.fromkeys(gaps)))
        return self._known[place]


def single(services: Services) -> bool:
    """Whether it is one value of one protocol in each family, so that a rule covers all of it or nothing."""
    for family in FAMILIES:
        layer = services.layer(family)
        alone = Services.in_both(layer)
        if layer and sum((last - first + 1) * values.size for first, last, values in alone.segments) > 1:
            return False
    return bool(services)


def _plain(stretch: Stretch) -> bool:
    """Whether packets arrive with their own sources, so that rows of senders are what the groups look at."""
    view = stretch.arriving.view if stretch.arriving else None
    return view is None or (view.source is None and view.ports is None and not view.hidden)


def _of_fate(bench: Bench, target: Target, asked: int, fate: Fate) -> Row:
    bits = [bench.bits(packets.sources()) & asked for packets in (fate.passes, fate.maybe, fate.blocked)]
    passes, maybe, blocked = bits
    return Row(bench, target, asked, passes, maybe, blocked, fate.gaps if maybe else ())
