"""Everybody on the way to the internet: each kind of sender walked once, and each set of groups judged once.

A way treats all addresses alike between two edges of what it looks at, so that it is walked to some of each only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.arrival import answers
from sgcheck.reach.between import between
from sgcheck.reach.doorways import Doorway, Doorways, Opened, Uniform
from sgcheck.reach.fate import gaps_of, via_of
from sgcheck.reach.lanes import CLOSED, Lane, Slice, passing, united
from sgcheck.reach.likeness import alike
from sgcheck.reach.survey import Stretch, Survey
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.walker import SplitNeededError

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Address, Interface
    from sgcheck.reach.branch import Branch

BITS = {4: 32, 6: 128}


class Region(NamedTuple):
    """Destinations that a stretch treats alike, and what is left of it for them."""

    destinations: IntervalSet
    part: Slice


class Leg(NamedTuple):
    """One stretch from all senders that are alike, by destinations."""

    stretch: Stretch
    regions: tuple[Region, ...]


class Departures:
    """What hosts get out to some addresses that nothing known has."""

    def __init__(self, network: Network, survey: Survey, outside: AddressSet) -> None:
        """Ask what `survey` asks about, of `outside`."""
        self._network = network
        self._survey = survey
        self._outside = outside
        self._doorways = Doorways(network, survey)
        self._legs: dict[Hashable, tuple[Leg, ...] | None] = {}
        self._lanes: dict[Hashable, Lane] = {}
        self._spans: dict[tuple[int, frozenset[int]], IntervalSet] = {}
        self._opened: dict[tuple[int, IntervalSet], tuple[Opened, ...]] = {}

    def lane(self, interface: Interface, address: Address) -> Lane:
        """What becomes of packets that an interface sends from one of its own addresses, to any of those outside."""
        self._survey.pulse.beat()
        alone = Vantage(
            From.HOST,
            address.family,
            AddressSet.address(address.family, address.value),
            interface,
            (interface.id,),
            self._network.subnets.get(interface.subnet),
        )
        key = self._survey.likeness.sender(interface, address)
        if key is None:
            return self._walked(alone)
        if key not in self._legs:
            self._legs[key] = self._walk(alone)
        legs = self._legs[key]
        if legs is None:
            return self._walked(alone)
        whole = (key, interface.groups if interface.filtered else False, answers(self._network, interface))
        if whole not in self._lanes:
            made = [lane for leg in legs for lane in self._through(leg, interface, address.family)]
            self._lanes[whole] = united(made)
        return self._lanes[whole]

    def _walked(self, vantage: Vantage) -> Lane:
        family = vantage.family
        fate = self._survey.outlook(vantage).fate(Target(self._outside.only(family), family, internet=True))
        return Lane(fate.passes.services(), fate.maybe.services(), bool(fate.blocked), fate.via, fate.gaps)

    # Ways.

    def _walk(self, vantage: Vantage) -> tuple[Leg, ...] | None:
        """The way from one sender and all that are like it; None where each has to be walked."""
        family, sole = vantage.family, vantage.addresses.sole
        samples = IntervalSet.of(*((value, value) for value in self._samples[family]))
        target = Target(AddressSet.in_family(family, samples), family, internet=True)
        question = self._survey.question
        asked = PacketSet.box(vantage.addresses, target.asked, question.services, question.source_ports)
        try:
            branches = between(self._network, self._survey.words, vantage, target, asked)
        except SplitNeededError:
            return None
        if sole is None or not alike(branches):
            return None
        return tuple(self._leg(branch, family) for branch in branches)

    def _leg(self, branch: Branch, family: int) -> Leg:
        held = (branch.asked - branch.alive - branch.maybe) | branch.flaky
        found: dict[Slice, set[int]] = defaultdict(set)
        parts = [_by_destinations(packets) for packets in (branch.asked, branch.alive, branch.maybe, held)]
        for value in self._samples[family]:
            whose = (Services.union_all([s for spans, s in part if value in spans]) for part in parts)
            part = Slice(*whose)
            if part.asked:
                found[part].add(value)
        gaps = gaps_of(self._network, branch.findings)
        leaving = branch.doors.get(Way.EGRESS)
        stretch = Stretch(
            branch.asked, branch.alive, branch.maybe, branch.flaky, gaps, via_of(branch), leaving, arriving=None
        )
        return Leg(stretch, tuple(Region(self._around(family, frozenset(v)), part) for part, v in found.items()))

    @cached_property
    def _samples(self) -> dict[int, dict[int, tuple[int, int]]]:
        """Addresses outside, by family, and the run of addresses that each stands for: from one edge to the next."""
        found: dict[int, dict[int, tuple[int, int]]] = {}
        for family, bits in BITS.items():
            bounds = self._outside.family(family).bounds
            made = found.setdefault(family, {})
            for low, high in pairwise(sorted({0, *self._survey.likeness.edges(family), 1 << bits})):
                place = bisect_right(bounds, low)
                first = low if place % 2 else (bounds[place] if place < len(bounds) else high)
                if first < high:
                    made[first] = (low, high - 1)
        return found

    def _around(self, family: int, samples: frozenset[int]) -> IntervalSet:
        """All addresses outside that some samples stand for."""
        key = (family, samples)
        if key not in self._spans:
            runs = IntervalSet.of(*(self._samples[family][value] for value in samples))
            self._spans[key] = self._outside.family(family) & runs
        return self._spans[key]

    # Groups.

    def _through(self, leg: Leg, interface: Interface, family: int) -> Iterator[Lane]:
        door = leg.stretch.leaving
        for region in leg.regions:
            if door is None:
                yield passing(leg.stretch, region.part, [])
                continue
            doorway: Doorway | Uniform = CLOSED
            if answers(self._network, interface):
                doorway = self._doorways.of(interface, Way.EGRESS, door.identity, family)
            for opened in self._openings(doorway, region.destinations):
                yield passing(leg.stretch, region.part, [opened])

    def _openings(self, doorway: Doorway | Uniform, destinations: IntervalSet) -> tuple[Opened, ...]:
        """Everything that a doorway opens to one of the destinations or another, each once."""
        key = (id(doorway), destinations)
        if key not in self._opened:
            bounds = destinations.bounds
            firsts = [bounds[0], *(e for e in doorway.edges if _within(bounds, e)), *_next(bounds, doorway.edges)]
            self._opened[key] = tuple(dict.fromkeys(doorway.at(value) for value in firsts))
        return self._opened[key]


def _within(bounds: tuple[int, ...], value: int) -> bool:
    return bisect_right(bounds, value) % 2 == 1


def _next(bounds: tuple[int, ...], edges: list[int]) -> Iterator[int]:
    """The first address of a set after each edge that is not in it."""
    for edge in edges:
        place = bisect_left(bounds, edge)
        if place % 2 == 0 and place < len(bounds):
            yield bounds[place]


def _by_destinations(packets: PacketSet) -> list[tuple[IntervalSet, Services]]:
    """Which services some packets are for, by where they go."""
    found: dict[IntervalSet, list[Services]] = defaultdict(list)
    for box in packets.boxes():
        found[box.destinations].append(Services.protocols(IntervalSet.of(box.protocols), box.services))
    return [(spans, Services.union_all(services)) for spans, services in found.items()]
