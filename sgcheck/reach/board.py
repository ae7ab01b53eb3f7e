"""Everybody against everybody on one port: rows of bits, one bit for each address that somebody sends from.

A way is walked once for all subnets that routes and filters treat alike, and once for all targets that nothing on it
tells apart. What groups let in and out are sets of addresses, and so runs of bits; a row is the conjunction of the two
with the way. The rows say exactly what `explain` says of each pair.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.model.things import Role
from sgcheck.packets import AddressSet, IntervalSet, Services
from sgcheck.reach.arrival import answers
from sgcheck.reach.compiled import Entry, compiled
from sgcheck.reach.crowds import askers, private_targets
from sgcheck.reach.fate import Fate
from sgcheck.reach.gates import Resolver, groups_untold, lacking
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.report import gap_of_missing
from sgcheck.reach.survey import Outlook, Stretch, Survey
from sgcheck.reach.vantage import From, Target, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.branch import Door
    from sgcheck.reach.routed import Routed


IPV4 = 4
FAMILIES = (4, 6)


class Seat(NamedTuple):
    """One address that an interface sends from."""

    interface: Interface
    value: int


class Bench:
    """The seats of one VPC and family, in the order of their addresses: seat n is bit n."""

    def __init__(self, vpc: str, family: int, seats: list[Seat]) -> None:
        """Seat them."""
        self.vpc = vpc
        self.family = family
        self.seats = sorted(seats, key=lambda seat: (seat.value, seat.interface.id))
        self._values = [seat.value for seat in self.seats]
        self.all = (1 << len(self.seats)) - 1
        self._known: dict[IntervalSet, int] = {}

    def bits(self, addresses: AddressSet) -> int:
        """The seats with one of the addresses."""
        values = addresses.family(self.family)
        found = self._known.get(values)
        if found is None:
            found = 0
            for low, high in zip(values.bounds[::2], values.bounds[1::2], strict=True):
                first = bisect_left(self._values, low)
                last = bisect_left(self._values, high, first)
                found |= (1 << last) - (1 << first)
            self._known[values] = found
        return found

    @cached_property
    def _of_interface(self) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for number, seat in enumerate(self.seats):
            found[seat.interface.id] |= 1 << number
        return found

    def own(self, target: Target) -> int:
        """The seats of the target itself, which does not ask itself."""
        return self._of_interface.get(target.interface.id, 0) if target.interface else 0

    def count(self, bits: int) -> int:
        """How many interfaces have any of the seats."""
        if len(self._of_interface) == len(self.seats):
            return bits.bit_count()
        return sum(bool(own & bits) for own in self._of_interface.values())

    def where(self, seats: Iterable[int]) -> int:
        """The bits of seats by their numbers."""
        found = 0
        for seat in seats:
            found |= 1 << seat
        return found


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


class Class:
    """Seats of one bench in subnets that routes and filters treat alike; only these are told apart by nothing else."""

    def __init__(self, board: Board, bench: Bench, subnets: dict[str, list[int]]) -> None:
        """subnets: seat numbers by subnet."""
        self.board = board
        self.bench = bench
        self.subnets = subnets
        self.seats = [n for numbers in subnets.values() for n in numbers]
        self.mask = bench.where(self.seats)
        self.masks = {id_: bench.where(numbers) for id_, numbers in subnets.items()}
        self._outlooks: dict[tuple[int, bool], Outlook] = {}

    def outlook(self, subnet: str, *, alone: bool, but: str = "") -> Outlook | None:
        """What is to be seen from the seats of one subnet (alone), or of all with that subnet standing for them.

        but: the interface that can't stand for them; None where there is no other.
        """
        numbers = self.subnets[subnet]
        first = next((n for n in numbers if self.bench.seats[n].interface.id != but), None)
        if first is None:
            return None
        key = (first, alone)
        if key not in self._outlooks:
            self._outlooks[key] = self.board.outlook(self.bench, first, numbers if alone else self.seats)
        return self._outlooks[key]

    @cached_property
    def led(self) -> frozenset[str] | None:
        """The VPCs that the routes of these seats may lead to, None where it may be any."""
        subnet = self.board.network.subnets.get(next(iter(self.subnets)))
        return self.board.routed.led(subnet) if subnet is not None and self.bench.family == IPV4 else None

    def parts(self, target: Target) -> Iterator[tuple[Outlook, int]]:
        """Who asks `target`, in parts that share a way: those in its own subnet, and the others."""
        home, own = (target.interface.subnet, target.interface.id) if target.interface else ("", "")
        near = self.outlook(home, alone=True, but=own) if home in self.subnets else None
        if near is not None:
            yield near, self.masks[home]
        other = next((id_ for id_ in self.subnets if id_ != home), None)
        far = self.outlook(other, alone=False) if other is not None else None
        if far is not None:
            yield far, self.mask & ~self.masks.get(home, 0)

    def beside(self, target: Target) -> bool:
        """Whether the target stands elsewhere, with an address that is in the range of one of the subnets."""
        if target.interface is None or target.private is None or target.interface.subnet in self.subnets:
            return False
        known = self.board.network.subnets
        return any(known[id_].addresses.contains(*target.private) for id_ in self.subnets)


class Board:
    """All hosts of a network against each other on one port of one protocol."""

    def __init__(self, network: Network, survey: Survey, routed: Routed) -> None:
        """Ask what `survey` asks about, which must be `single`."""
        self.network = network
        self.survey = survey
        self.routed = routed
        self._groups: dict[Hashable, Peers] = {}
        self._compiled: dict[tuple[str, Way], tuple[tuple[Entry, AddressSet], ...]] = {}
        self._exits: dict[Hashable, Exits] = {}
        self._stretches: dict[int, tuple[Stretch, tuple[int, int, int, int]]] = {}
        self._running: dict[str, bool] = {}
        self.benches: dict[tuple[str, int], Bench] = {}
        self._classes: list[Class] = []
        self._others: list[tuple[Bench, int]] = []
        self._sit()

    def _sit(self) -> None:
        seats: dict[tuple[str, int], list[Seat]] = defaultdict(list)
        for interface in askers(self.network):
            for address in own_addresses(interface):
                seats[interface.vpc, address.family].append(Seat(interface, address.value))
        for (vpc, family), found in sorted(seats.items()):
            bench = self.benches[vpc, family] = Bench(vpc, family, found)
            classes: dict[Hashable, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
            for number, seat in enumerate(bench.seats):
                subnet = self.network.subnets.get(seat.interface.subnet)
                if subnet is None or seat.interface.role is not Role.HOST or seat.interface.what is not None:
                    self._others.append((bench, number))
                else:
                    key = (self.survey.likeness.signature(subnet), seat.interface.groups is None)
                    classes[key][subnet.id].append(number)
            self._classes += [Class(self, bench, dict(subnets)) for subnets in classes.values()]

    def outlook(self, bench: Bench, first: int, numbers: Sequence[int]) -> Outlook:
        """What is to be seen from some seats, the `first` of which stands for them."""
        interface = bench.seats[first].interface
        ids = tuple(dict.fromkeys((interface.id, *(bench.seats[n].interface.id for n in numbers))))
        spans = IntervalSet.of(*((bench.seats[n].value, bench.seats[n].value) for n in numbers))
        addresses = AddressSet.in_family(bench.family, spans)
        subnet = self.network.subnets.get(interface.subnet)
        return self.survey.outlook(Vantage(From.HOST, bench.family, addresses, interface, ids, subnet))

    # Rows.

    def rows(self, interfaces: Iterable[str]) -> Iterator[Row]:
        """Every address of the interfaces inside, with everybody who may get there; who has no route is left out."""
        groups: dict[tuple[str, int], dict[Hashable, list[Target]]] = defaultdict(lambda: defaultdict(list))
        for target in private_targets(self.network, interfaces):
            if target.interface is not None:
                key = self.survey.likeness.common(target, far=False)
                groups[target.interface.vpc, target.family][key].append(target)
        for (_vpc, family), keys in groups.items():
            for class_ in self._classes:
                if class_.bench.family == family:
                    yield from self._from_class(class_, keys)
            for bench, number in self._others:
                if bench.family == family:
                    for targets in keys.values():
                        yield from self._one_by_one(bench, self.outlook(bench, number, [number]), 1 << number, targets)

    def _from_class(self, class_: Class, keys: dict[Hashable, list[Target]]) -> Iterator[Row]:
        some = class_.outlook(next(iter(class_.subnets)), alone=False)
        led = class_.led
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
                    yield from self._at_home(class_, near, alike=False)
                elif some is None or not self.routed.apart(some.vantage, found[0]):
                    yield from self._at_home(class_, found, alike=True)

    def _at_home(self, class_: Class, targets: list[Target], *, alike: bool) -> Iterator[Row]:
        """Targets of one subnet; `alike` where nothing on any way tells them apart."""
        ways: dict[int, tuple[Stretch, ...] | None] = {}
        for target in targets:
            slow = not alike or class_.beside(target)
            for outlook, mask in class_.parts(target):
                if slow:
                    yield from self._by_crowds(class_, mask, target)
                    continue
                if id(outlook) not in ways:
                    ways[id(outlook)] = self._ways(outlook, target)
                stretches = ways[id(outlook)]
                if stretches is None:
                    yield from self._by_crowds(class_, mask, target)
                else:
                    yield self._row(class_.bench, mask, outlook, stretches, target)

    @staticmethod
    def _ways(outlook: Outlook, target: Target) -> tuple[Stretch, ...] | None:
        stretches = outlook.way(target)
        return stretches if stretches is not None and all(_plain(s) for s in stretches) else None

    def _by_crowds(self, class_: Class, mask: int, target: Target) -> Iterator[Row]:
        """The slow way, where a way looks at more than the rows know: each subnet's hosts with the same groups."""
        bench = class_.bench
        found: dict[Hashable, list[int]] = defaultdict(list)
        for subnet, numbers in class_.subnets.items():
            for number in numbers:
                if mask >> number & 1:
                    interface = bench.seats[number].interface
                    key = (subnet, interface.groups, interface.filtered, answers(self.network, interface))
                    found[key].append(number)
        for numbers in found.values():
            yield from self._one_by_one(bench, self.outlook(bench, numbers[0], numbers), bench.where(numbers), [target])

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
            held = (stretch.asked - stretch.alive - stretch.maybe) | stretch.flaky
            asked, alive, open_, blocked = (
                bench.bits(packets.sources()) for packets in (stretch.asked, stretch.alive, stretch.maybe, held)
            )
            found = self._stretches[id(stretch)] = (stretch, (asked, alive, open_, blocked))
        return found[1]

    def _answers(self, interface: Interface) -> bool:
        if interface.id not in self._running:
            self._running[interface.id] = answers(self.network, interface)
        return self._running[interface.id]

    # Groups.

    def _exits_of(self, bench: Bench, outlook: Outlook, door: Door) -> Exits:
        key = (id(outlook), door.identity.key if door.identity else None)
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
        key = (owner.groups, way, door.identity.key if door.identity else None)
        if key not in self._groups:
            parts = [self._of_group(id_, way, door) for id_ in sorted(owner.groups)]
            sure = AddressSet.union_all([p.sure for p in parts])
            perhaps = AddressSet.union_all([p.perhaps for p in parts]) - sure
            self._groups[key] = Peers(sure, perhaps, tuple(dict.fromkeys(m for p in parts for m in p.missing)))
        return self._groups[key]

    def _of_group(self, id_: str, way: Way, door: Door) -> Peers:
        key = (id_, way, door.identity.key if door.identity else None)
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
