from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packets.packet_strategies import address_sets

from sgcheck.packets.meeting import Meeting


@given(st.lists(address_sets, max_size=6), address_sets)
def test_those_that_meet_are_those_that_have_an_address_in_common(sets, asked):
    assert Meeting(sets).those(asked) == [n for n, one in enumerate(sets) if not one.isdisjoint(asked)]
