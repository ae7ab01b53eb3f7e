"""Sets of many spans take shortcuts past the sweep; they must come out as the sweep has them."""

from __future__ import annotations

import operator
import random

import pytest

from sgcheck.packets import AddressSet, IntervalSet, PacketSet, Services
from sgcheck.packets import addresses as addressing
from sgcheck.packets import merge as merging
from sgcheck.packets.bounds import intersect, subtract, unite

ONE, OTHER = AddressSet.parse("10.0.0.1"), AddressSet.parse("10.0.0.0/30")


def scattered(seed, room, spans=30):
    edges = sorted(random.Random(seed).sample(range(room), 2 * spans))
    return tuple(edges)


def members(bounds):
    return {value for start, end in zip(bounds[::2], bounds[1::2], strict=True) for value in range(start, end)}


@pytest.mark.parametrize("seed", range(20))
def test_long_boundary_tuples(seed):
    one, other = scattered(seed, 70 + 40 * seed), scattered(-seed - 1, 70 + 40 * seed)
    for made, expected in (
        (intersect(one, other), members(one) & members(other)),
        (subtract(one, other), members(one) - members(other)),
        (unite((one, other)), members(one) | members(other)),
    ):
        assert members(made) == expected
        assert list(made) == sorted(set(made))


def packets(bounds, destinations):
    return PacketSet.box(AddressSet.of(v4=IntervalSet.from_bounds(bounds)), destinations, Services.of(6))


@pytest.mark.parametrize("left, right", [(ONE, ONE), (ONE, OTHER), (OTHER, ONE), (ONE, AddressSet.parse("10.9.9.9"))])
@pytest.mark.parametrize("far", [0, 500])
def test_shortcuts_are_the_sweep(monkeypatch, left, right, far):
    for seed in range(5):
        one = packets(scattered(seed, 300), left)
        other = packets(tuple(edge + far for edge in scattered(seed + 50, 300)), right)
        quick = one & other, one | other, one - other, other - one
        with monkeypatch.context() as patched:
            patched.setattr(merging, "_MANY", 1 << 30)
            assert quick == (one & other, one | other, one - other, other - one)


def test_addresses_are_equal_to_addresses_only():
    assert AddressSet.parse("10.0.0.1") == ONE
    assert ONE != "10.0.0.1/32"
    assert len({ONE, AddressSet.parse("10.0.0.1/32"), OTHER}) == 2


@pytest.mark.parametrize("seed", range(20))
def test_a_small_set_within_one_of_many_spans_is_written_as_within_any(seed):
    """Only the nearest addresses that must not be covered are looked at; what is written is the same."""
    rng = random.Random(seed)
    universe = scattered(seed, 4_000, 60)
    start = rng.choice(universe[::2])
    end = next(edge for edge in universe if edge > start)
    wanted = (start, rng.randint(start + 1, end))
    near = addressing._forbidden(wanted, universe)
    assert len(near) < len(subtract(universe, wanted))
    plain = list(addressing._prefixes(32, wanted, subtract(universe, wanted)))
    assert list(addressing._prefixes(32, wanted, near)) == plain
    some, all_ = (AddressSet.of(v4=IntervalSet.from_bounds(bounds)) for bounds in (wanted, universe))
    assert AddressSet.parse(*some.cidrs(within=all_)) & all_ == some


@pytest.mark.parametrize(
    "operation", [operator.or_, operator.and_, operator.sub, operator.le], ids=lambda operation: operation.__name__
)
def test_sets_of_different_things_have_nothing_in_common_but_are_no_equals(operation):
    services, packets_ = Services.of(6), PacketSet.box(ONE, OTHER, Services.of(6))
    with pytest.raises(TypeError):
        operation(services, packets_)
    assert services != packets_
