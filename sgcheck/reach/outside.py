"""Many addresses outside by few that stand for them: ways treat all alike between two edges of what they look at."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.packets import AddressSet, IntervalSet, Services
from sgcheck.reach.doorways import Doorway, Opened, Uniform
from sgcheck.reach.lanes import Lane, Slice, by_peers, passing

if TYPE_CHECKING:
    from sgcheck.model.filters import Way
    from sgcheck.reach.likeness import Likeness
    from sgcheck.reach.survey import Stretch

BITS = {4: 32, 6: 128}


class Region(NamedTuple):
    """Addresses outside that a stretch treats alike, and what is left of it for them."""

    addresses: IntervalSet
    part: Slice


class Leg(NamedTuple):
    """One stretch between all hosts that are alike and those outside."""

    stretch: Stretch
    regions: list[Region]


class Outside:
    """Addresses that nothing known has."""

    def __init__(self, likeness: Likeness, addresses: AddressSet) -> None:
        """Divide `addresses` by what ways may look at."""
        self.addresses = addresses
        self._samples = {family: dict(_samples(likeness, addresses, family)) for family in BITS}
        self._spans: dict[tuple[int, frozenset[int]], IntervalSet] = {}
        self._opened: dict[tuple[Doorway | Uniform, IntervalSet], tuple[Opened, ...]] = {}

    def samples(self, family: int) -> AddressSet:
        """Addresses of which every way treats one as all that it stands for."""
        return AddressSet.in_family(family, IntervalSet.of(*((v, v) for v in self._samples[family])))

    def leg(self, stretch: Stretch, family: int, way: Way) -> Leg:
        """A stretch from (ingress) or to (egress) the samples of a family, divided by them."""
        found: dict[Slice, set[int]] = defaultdict(set)
        sets = (stretch.asked, stretch.alive, stretch.maybe, stretch.held)
        parts = [by_peers(packets, way) for packets in sets]
        for value in self._samples[family]:
            whose = (Services.union_all([s for spans, s in part if value in spans]) for part in parts)
            part = Slice(*whose)
            if part.asked:
                found[part].add(value)
        return Leg(stretch, [Region(self._around(family, frozenset(values)), part) for part, values in found.items()])

    def lanes(self, leg: Leg, doorway: Doorway | Uniform | None) -> Iterator[Lane]:
        """What passes on a leg whose host has this doorway, in parts; None where none stands there."""
        for region in leg.regions:
            if doorway is None:
                yield passing(leg.stretch, region.part, [])
                continue
            for opened in self._openings(doorway, region.addresses):
                yield passing(leg.stretch, region.part, [opened])

    def _around(self, family: int, samples: frozenset[int]) -> IntervalSet:
        """All that some samples stand for."""
        key = (family, samples)
        if key not in self._spans:
            runs = IntervalSet.of(*(self._samples[family][value] for value in samples))
            self._spans[key] = self.addresses.family(family) & runs
        return self._spans[key]

    def _openings(self, doorway: Doorway | Uniform, addresses: IntervalSet) -> tuple[Opened, ...]:
        """Everything that a doorway opens to one of the addresses or another, each once."""
        key = (doorway, addresses)
        if key not in self._opened:
            firsts = _firsts(addresses.bounds, doorway.edges)
            self._opened[key] = tuple(dict.fromkeys(doorway.at(value) for value in firsts))
        return self._opened[key]


def _samples(likeness: Likeness, addresses: AddressSet, family: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Samples, each with the run of addresses that it stands for: from one edge to the next."""
    bounds = addresses.family(family).bounds
    for low, high in pairwise(sorted({0, *likeness.edges(family), 1 << BITS[family]})):
        place = bisect_right(bounds, low)
        first = low if place % 2 else (bounds[place] if place < len(bounds) else high)
        if first < high:
            yield first, (low, high - 1)


def _firsts(bounds: tuple[int, ...], edges: list[int]) -> Iterator[int]:
    """The first address of a set, and the first at or after each edge."""
    yield bounds[0]
    for edge in edges:
        place = bisect_right(bounds, edge)
        if place % 2:
            yield edge
        elif place < len(bounds):
            yield bounds[place]
