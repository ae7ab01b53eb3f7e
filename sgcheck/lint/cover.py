"""Which rules of a group are covered by which others: set algebra, one direction at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from sgcheck.lint.effective import far, key_of
from sgcheck.packets import AddressSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine


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
    overlap = _overlaps(known)
    for line in known:
        others = [one for one in known if _may_help(one, line, overlap) and meaning(one) != meaning(line)]
        if others and _covered(line, others):
            yield line, _fewest(line, others)


def _overlaps(lines: list[FilterLine]) -> set[tuple[Services, Services]]:
    """Pairs of services that have any in common; groups have many rules and few services."""
    several = {line.services for line in lines}
    return {(one, other) for one in several for other in several if one is other or one & other}


def _may_help(one: FilterLine, line: FilterLine, overlap: set[tuple[Services, Services]]) -> bool:
    if one is line or (one.services, line.services) not in overlap:
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
    plain = PacketSet.union_all([far(one) for one in others if key_of(one) is None])
    if key_of(line) is None:
        return far(line) <= plain
    rest = line.services - Services.union_all([one.services for one in others if key_of(one) is not None])
    peers = line.peer if line.unresolved is not None else AddressSet.ALL
    return PacketSet.box(peers, AddressSet.ALL, rest) <= plain


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
