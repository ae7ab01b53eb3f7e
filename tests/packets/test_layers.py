from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sgcheck.packets.layers import EMPTY, Layer, build, child_at, grouped, segments, trim

CHILDREN = (EMPTY, (0, 1), (0, 2))
UNIVERSE = range(30)

layers = st.lists(st.sampled_from(CHILDREN), max_size=28).map(
    lambda children: build((at, at + 1, child) for at, child in enumerate(children, start=1))
)


def model(node):
    return {key: child_at(node, key) for key in UNIVERSE if child_at(node, key)}


@given(st.lists(st.sampled_from(CHILDREN), max_size=28))
def test_build_keeps_every_child_and_joins_equal_neighbours(children):
    node = build((at, at + 1, child) for at, child in enumerate(children, start=1))
    assert model(node) == {at: child for at, child in enumerate(children, start=1) if child}
    parts = list(segments(node))
    assert all(start < end and child for start, end, child in parts)
    assert not any(one[1] == other[0] and one[2] == other[2] for one, other in itertools.pairwise(parts))


@given(layers.filter(bool), st.integers(0, 29), st.integers(1, 29))
def test_trim_is_the_plain_cut_and_canonical(layer, low, length):
    plain = build(
        (max(start, low), min(end, low + length), child)
        for start, end, child in segments(layer)
        if max(start, low) < min(end, low + length)
    )
    assert trim(layer, low, low + length) == plain


@given(layers)
def test_grouped_gathers_the_spans_of_a_child(layer):
    groups = grouped(layer)
    assert len({child for _spans, child in groups}) == len(groups)
    gathered = [
        (start, child)
        for spans, child in groups
        for start, _end, _child in segments(Layer(spans, (child,) * (len(spans) // 2)))
    ]
    assert sorted(start for start, _child in gathered) == [start for start, _end, _child in segments(layer)]
    assert all(child_at(layer, start) == child for start, child in gathered)
