"""Which of many sets of addresses have any in common with another one: looked up by bisection, not one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from sgcheck.packets.addresses import FAMILIES, AddressSet
from sgcheck.packets.bounds import Bounds


class Meeting:
    """An index of sets, which are told by their numbers."""

    def __init__(self, sets: Sequence[AddressSet]) -> None:
        """Index `sets`."""
        self._families = {family: _Cuts([one.family(family).bounds for one in sets]) for family in FAMILIES}

    def those(self, addresses: AddressSet) -> list[int]:
        """The numbers of the sets that have any of `addresses`, ascending."""
        return sorted(set().union(*(self._families[f].those(addresses.family(f).bounds) for f in FAMILIES)))


class _Cuts:
    """The sets of one family: nothing begins or ends between two edges, so that the same sets are there."""

    def __init__(self, many: Sequence[Bounds]) -> None:
        self._edges = sorted({edge for bounds in many for edge in bounds})
        self._there: list[list[int]] = [[] for _edge in self._edges]
        for number, bounds in enumerate(many):
            for start, end in zip(bounds[::2], bounds[1::2], strict=True):
                for place in range(bisect_left(self._edges, start), bisect_left(self._edges, end)):
                    self._there[place].append(number)

    def those(self, bounds: Bounds) -> set[int]:
        found: set[int] = set()
        for start, end in zip(bounds[::2], bounds[1::2], strict=True):
            first = max(bisect_right(self._edges, start) - 1, 0)
            for place in range(first, bisect_left(self._edges, end)):
                found.update(self._there[place])
        return found
