from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packets.packet_strategies import interval_sets, small_spans

from sgcheck.packets import IntervalSet, Services

UNIVERSE = range(-1, 51)


def members(found):
    return {value for value in UNIVERSE if value in found}


@given(st.lists(small_spans, max_size=8))
def test_of_is_the_union_of_its_spans(spans):
    found = IntervalSet.of(*spans)
    assert members(found) == {value for first, last in spans for value in range(first, last + 1)}
    assert list(found.bounds) == sorted(set(found.bounds))
    assert IntervalSet.of(*reversed(found.spans)) == found == IntervalSet.from_bounds(found.bounds)


@given(interval_sets, interval_sets)
def test_operations_are_those_of_python_sets(one, other):
    assert members(one & other) == members(one) & members(other)
    assert members(one | other) == members(one) | members(other)
    assert members(one - other) == members(one) - members(other)
    assert (one <= other) is (members(one) <= members(other))
    assert one.isdisjoint(other) is members(one).isdisjoint(members(other))
    assert (one == other) is (members(one) == members(other))


@given(interval_sets, interval_sets, interval_sets)
def test_results_are_canonical(one, other, third):
    for found in (one & other, one | other, one - other, IntervalSet.union_all([one, other, third])):
        assert list(found.bounds) == sorted(set(found.bounds))
    assert IntervalSet.union_all([one, other, third]) == one | other | third
    assert hash(one | other) == hash(other | one)


@given(interval_sets, st.integers(0, 50), st.integers(0, 10))
def test_reading(found, first, length):
    inside = members(found)
    last = first + length
    assert found.size == len(inside)
    assert bool(found) is bool(inside)
    assert found.contains_span(first, last) is all(value in found for value in range(first, last + 1))
    assert members(found.complement(first, last)) == set(range(first, last + 1)) & set(UNIVERSE) - inside
    if inside:
        assert found.lowest == min(inside)


def test_negative_and_huge_values():
    whole = IntervalSet.of((0, (1 << 128) - 1))
    assert (whole - IntervalSet.single(5)).spans == ((0, 4), (6, (1 << 128) - 1))
    assert (IntervalSet.of((-5, 5)) - IntervalSet.of((-1, 1))).spans == ((-5, -2), (2, 5))


def test_the_empty_set():
    assert IntervalSet.of() == IntervalSet.EMPTY == IntervalSet.union_all([])
    assert not IntervalSet.EMPTY
    assert IntervalSet.EMPTY.spans == ()
    with pytest.raises(ValueError, match="no lowest"):
        _ = IntervalSet.EMPTY.lowest


def test_a_reversed_span_is_an_error():
    with pytest.raises(ValueError, match="9-1 ends before it starts"):
        IntervalSet.of((1, 2), (9, 1))


def test_sets_of_different_kinds_do_not_mix():
    ports = IntervalSet.single(22)
    assert ports != (22, 23)
    assert ports.__eq__(Services.ALL) is NotImplemented
    for operation in ("__and__", "__or__", "__sub__", "__le__"):
        assert getattr(ports, operation)(Services.ALL) is NotImplemented


def test_repr():
    assert repr(IntervalSet.of((22, 22), (8000, 8100))) == "IntervalSet(22, 8000-8100)"
