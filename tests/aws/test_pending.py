from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sgcheck.aws.pending import Doubts, Pending
from sgcheck.packets import AddressSet

WITHIN = (("0.0.0.0/0",), ("0.0.0.0/5", "11.0.0.0/8"), ("10.0.0.0/24",), ("10.0.0.0/23",), ("10.0.1.0/24", "fd00::/64"))
STAND_INS = ("240.0.0.1", "240.0.0.2", "10.0.0.254", "10.0.1.254", "fd00::1")
ASKED = ("0.0.0.0/0", "::/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.254/32", "11.2.3.4/32", "240.0.0.0/4", "fd00::/64")


@st.composite
def pending(draw):
    number = draw(st.integers(0, 9))
    return Pending(draw(st.sampled_from(STAND_INS)), draw(st.sampled_from(WITHIN)), f"host {number}: ip", "new")


def one_by_one(doubts, addresses):
    """What a set leaves open, each stand-in judged by itself."""
    sure, open_ = addresses, []
    for one in doubts:
        stand_in, within = AddressSet.parse(one.address), AddressSet.parse(*one.within)
        if within <= addresses:
            sure |= stand_in
            continue
        sure -= stand_in
        if within & addresses:
            open_.append((one.what, stand_in))
    return sure, tuple(open_)


@given(st.lists(pending(), max_size=8), st.lists(st.sampled_from(ASKED), max_size=3))
def test_what_is_open_is_what_each_address_leaves_open(doubts, asked):
    addresses = AddressSet.parse(*asked)
    expected = one_by_one(doubts, addresses) if addresses else (addresses, ())
    split = Doubts(tuple(doubts)).split(addresses)
    assert split == expected
    assert (split[0] is addresses) is (split[0] == addresses)
