"""Which rules of a group are covered by which others: set algebra, one direction at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sgcheck.lint.effective import far, key_of, of_families
from sgcheck.lint.pairs import families, meet, within, without
from sgcheck.packets import AddressSet, PacketSet

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine
    from sgcheck.packets import Services


def live(lines: Sequence[FilterLine]) -> list[FilterLine]:
    """The lines that can match anything: not those that name groups which are gone."""
    return [line for line in lines if line.reference is None or line.reference.stale is None]


def meaning(line: FilterLine) -> Hashable:
    """What is equal for two lines that allow the same, whoever the members of a group are."""
    key = key_of(line)
    return (line.services, key) if key is not None else (line.services, line.peer)


def same(lines: Sequence[FilterLine]) -> list[list[FilterLine]]:
    """Lines that allow exactly the same, two or more of each."""
    alike: dict[Hashable, list[FilterLine]] = defaultdict(list)
    for line in live(lines):
        alike[meaning(line)].append(line)
    return [found for found in alike.values() if len(found) > 1]


def covering(lines: Sequence[FilterLine]) -> Iterator[tuple[FilterLine, list[FilterLine]]]:
    """Lines that others allow already, each with the fewest of those that it takes; equal ones don't count.

    Whoever the members of a group are, and whatever the entries of a list, the same packets pass without the line.
    """
    known = live(lines)
    glance = _Glance(known)
    for line in known:
        if not glance.perhaps(line):
            continue
        others = [one for one in known if _may_help(one, line) and meaning(one) != meaning(line)]
        if others and _covered(line, others):
            yield line, _fewest(line, others)


class _Glance:
    """What addresses alone tell of lines, for all of a group's together: that most are covered by nothing."""

    def __init__(self, lines: list[FilterLine]) -> None:
        self._plain: dict[Services, set[AddressSet]] = defaultdict(set)
        self._keyed: dict[str, set[Services]] = defaultdict(set)
        for line in lines:
            key = key_of(line)
            if key is None:
                self._plain[line.services].add(line.peer)
            else:
                self._keyed[key].add(line.services)
        self._known: dict[tuple[Services, bool], AddressSet] = {}

    def perhaps(self, line: FilterLine) -> bool:
        """Whether others may allow all of it; never False where they do."""
        key = key_of(line)
        if key is None:
            # One of those that have the address is the line itself, or one that equals it.
            return _asked(line.peer, line.services) <= self._peers(line.services, twice=True)
        rest = _rest(line.services, self._keyed[key] - {line.services})
        return _asked(_meant(line), rest) <= self._peers(rest, twice=False)

    def _peers(self, services: Services, *, twice: bool) -> AddressSet:
        """The addresses for which any line, or two different ones, allow some of `services`."""
        found = self._known.get((services, twice))
        if found is None:
            peers = [peer for one, those in self._plain.items() if meet(one, services) for peer in those]
            found = AddressSet.shared(peers) if twice else AddressSet.union_all(peers)
            self._known[services, twice] = found
        return found


def _rest(services: Services, others: Iterable[Services]) -> Services:
    """The services that none of the others has."""
    for one in others:
        if meet(one, services):
            services = without(services, one)
    return services


def _may_help(one: FilterLine, line: FilterLine) -> bool:
    if one is line or not meet(one.services, line.services):
        return False
    key = key_of(one)
    if key is not None:
        return key == key_of(line)
    return key_of(line) is not None or not one.peer.isdisjoint(line.peer)


def _covered(line: FilterLine, others: list[FilterLine]) -> bool:
    """Whether the others allow all that the line does.

    What names a group or list may be any addresses: what the same name has in other lines is there already, and the
    rest must be allowed for everybody it may stand for.
    """
    plain = [one for one in others if key_of(one) is None]
    if key_of(line) is None:
        return _hold(plain, line.peer, line.services)
    rest = _rest(line.services, [one.services for one in others if key_of(one) is not None])
    return _hold(plain, _meant(line), rest)


def _hold(plain: list[FilterLine], peers: AddressSet, services: Services) -> bool:
    """Whether lines for addresses allow all of `services` to all of `peers`."""
    whole = [one for one in plain if within(services, one.services)]
    if _asked(peers, services) <= AddressSet.union_all([one.peer for one in whole]):
        return True
    if len(whole) == len(plain):
        return False
    return PacketSet.box(peers, AddressSet.ALL, services) <= PacketSet.union_all([far(one) for one in plain])


def _meant(line: FilterLine) -> AddressSet:
    """Whom a line with a name may be about."""
    return line.peer if line.unresolved is not None else AddressSet.ALL


def _asked(peers: AddressSet, services: Services) -> AddressSet:
    """The peers of the families that have any of the services."""
    return of_families(peers, families(services))


def _fewest(line: FilterLine, others: list[FilterLine]) -> list[FilterLine]:
    """A part of `others` that does without none of its own."""
    kept = sorted(others, key=lambda one: (_size(one), one.label), reverse=True)
    for one in reversed(list(kept)):
        rest = [each for each in kept if each is not one]
        if rest and _covered(line, rest):
            kept = rest
    return kept


def _size(line: FilterLine) -> int:
    return line.peer.size * sum(values.size * (last - first + 1) for first, last, values in line.services.segments)
