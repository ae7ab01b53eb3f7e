from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packets.packet_strategies import address_sets

from sgcheck.packets import AddressSet
from sgcheck.packets.meeting import Meeting


@given(st.lists(address_sets, max_size=6), address_sets)
def test_those_that_meet_are_those_that_have_an_address_in_common(sets, asked):
    assert Meeting(sets).those(asked) == [n for n, one in enumerate(sets) if not one.isdisjoint(asked)]


@given(st.lists(address_sets, max_size=5))
def test_addresses_that_are_shared_are_in_two_of_the_sets(sets):
    pairs = [one & other for number, one in enumerate(sets) for other in sets[:number]]
    assert AddressSet.shared(sets) == AddressSet.union_all(pairs)
