"""Sets of integers as flat tuples of half-open boundaries `(start, end, start, end, ...)`, and the operations on them.

Strictly increasing boundaries are the canonical form: equal tuples are equal sets. Everything above (addresses, ports,
packet headers) is built from these tuples, so this is where time goes; the loops lean on `bisect`, `sort` and slices.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TypeAlias

Bounds: TypeAlias = tuple[int, ...]

# Below and above every integer that is ever a member; they make the complement of a set a plain boundary tuple.
_BELOW = -(1 << 256)
_ABOVE = 1 << 256
_LONG = 16


def unite(many: Iterable[Bounds]) -> Bounds:
    """Every integer of any of the sets; the tuples may also touch or repeat, as segment boundaries do."""
    sets = [bounds for bounds in many if bounds]
    if len(sets) == 1 and _is_canonical(sets[0]):
        return sets[0]
    starts = sorted([start for bounds in sets for start in bounds[::2]])
    ends = sorted([end for bounds in sets for end in bounds[1::2]])
    if not starts:
        return ()
    # With both sorted, the n-th end closes a span exactly when the next start lies beyond it.
    inner = [edge for end, start in zip(ends, starts[1:], strict=False) if end < start for edge in (end, start)]
    return (starts[0], *inner, ends[-1])


def shared(many: Iterable[Bounds]) -> Bounds:
    """Every integer that two or more of the sets have."""
    sets = list(many)
    starts = sorted([start for bounds in sets for start in bounds[::2]])
    ends = sorted([end for bounds in sets for end in bounds[1::2]])
    # Where at least two spans are open, the next end that closes one comes after the start of the one behind it.
    return unite([(start, end) for start, end in zip(starts[1:], ends, strict=False) if start < end])


def intersect(one: Bounds, other: Bounds) -> Bounds:
    """The integers of both: each span of the shorter tuple cuts a slice out of the longer one, unless both are long."""
    if len(one) > len(other):
        one, other = other, one
    if one == other:
        return one
    if len(one) > _LONG and len(one) * _LONG > len(other):
        return _overlaps(one, other)
    found: list[int] = []
    position = 0
    for index in range(0, len(one), 2):
        low, high = one[index], one[index + 1]
        first = bisect_right(other, low, position)
        position = bisect_left(other, high, first)
        if first & 1:
            found.append(low)
        found += other[first:position]
        if position & 1:
            found.append(high)
    return tuple(found)


def _overlaps(one: Bounds, other: Bounds) -> Bounds:
    """The integers of both, by sorting: what two sorted runs are merged by in one go."""
    starts = sorted(one[::2] + other[::2])
    ends = sorted(one[1::2] + other[1::2])
    # At most two spans overlap anywhere, so the n-th end closes an overlap exactly when the next start lies before it.
    return tuple([edge for start, end in zip(starts[1:], ends, strict=False) if start < end for edge in (start, end)])


def subtract(one: Bounds, other: Bounds) -> Bounds:
    """The integers of `one` that are not in `other`."""
    if one == other:
        return ()
    return intersect(one, (_BELOW, *other, _ABOVE)) if one and other else one


def _is_canonical(bounds: Bounds) -> bool:
    """Whether boundaries strictly increase, at the speed of sorting what is sorted."""
    return len(set(bounds)) == len(bounds) and sorted(bounds) == list(bounds)
