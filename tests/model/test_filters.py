"""Filters and routes of which something is not known: they are undecided just where it may change what happens."""

from __future__ import annotations

import pytest

from sgcheck.model.filters import FilterLine, Way, judge_list, judge_set
from sgcheck.model.routing import OpenRoute, Route, Via
from sgcheck.packets import TCP, AddressSet, IntervalSet, PacketSet, Services

HTTPS = Services.of(TCP, IntervalSet.single(443))
SSH = Services.of(TCP, IntervalSet.single(22))
NEAR, FAR = AddressSet.parse("10.0.0.0/24"), AddressSet.parse("203.0.113.0/24")
OFFICE = AddressSet.parse("203.0.113.0/26")
ASKED = PacketSet.box(FAR, NEAR, HTTPS)


def line(label, services=HTTPS, peer=FAR, **more):
    return FilterLine(label, services, peer, **more)


def listed(*lines):
    return judge_list(lines, Way.INGRESS, ASKED)


def test_the_first_line_that_matches_decides():
    found = listed(line("90", peer=OFFICE, allow=False), line("100"), line("110", allow=False))
    assert found.permit == ASKED.where(sources=FAR - OFFICE)
    assert (found.by, found.denied_by, found.missing) == (("100",), ("90",), ())


def test_what_no_line_matches_is_denied_and_lines_of_other_ports_do_not_count():
    found = listed(line("90", services=SSH), line("100", peer=OFFICE))
    assert found.permit == ASKED.where(sources=OFFICE)
    assert found.denied_by == ("no rule matches",)


def test_a_line_that_may_deny_leaves_open_what_is_allowed_behind_it():
    found = listed(line("90", peer=OFFICE, allow=False, unresolved="pl-1"), line("100"))
    assert found.permit == ASKED.where(sources=FAR - OFFICE)
    assert found.maybe == ASKED.where(sources=OFFICE)
    assert found.missing == ("pl-1",)


def test_a_line_that_may_allow_changes_nothing_where_it_is_allowed_anyhow():
    found = listed(line("90", peer=OFFICE, unresolved="pl-1"), line("100"))
    assert (found.permit, found.maybe, found.missing) == (ASKED, PacketSet.EMPTY, ())


def test_a_line_that_may_allow_leaves_open_what_is_denied_behind_it():
    found = listed(line("90", peer=OFFICE, unresolved="pl-1"), line("100", allow=False))
    assert found.permit == PacketSet.EMPTY
    assert found.maybe == ASKED.where(sources=OFFICE)


def test_in_a_group_an_unresolved_line_leaves_open_what_no_other_allows():
    lines = (line("r1", peer=OFFICE), line("r2", unresolved="pl-1"), line("r3", services=SSH))
    found = judge_set(lines, Way.INGRESS, ASKED, lambda reference: pytest.fail(f"asked for {reference}"))
    assert found.permit == ASKED.where(sources=OFFICE)
    assert found.maybe == ASKED.where(sources=FAR - OFFICE)
    assert (found.by, found.missing) == (("r1",), ("pl-1",))


STATIC = Route(4, *AddressSet.parse("203.0.113.0/24").v4.spans[0], Via.NAT_GATEWAY, "nat-1", "203.0.113.0/24")


@pytest.mark.parametrize(
    "untold, route, wins",
    [
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2"), STATIC, True),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-1"), STATIC, False),  # it leads to the same place
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2", families=(6,)), STATIC, False),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2", within=NEAR), STATIC, False),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2", within=OFFICE), STATIC, True),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2"), None, True),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2", dead=True), None, False),  # nowhere is where it goes anyhow
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-1", dead=True), STATIC, True),
        (
            OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2", dead=True),
            Route(4, 0, 9, Via.PEERING, "p", "d", dead=True),
            False,
        ),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2"), Route(4, 0, 9, Via.LOCAL, "local", "10.0.0.0/16"), False),
        (OpenRoute("pl-1", Via.NAT_GATEWAY, "nat-2"), Route(4, 9, 9, Via.PEERING, "pcx-1", "0.0.0.9/32"), False),
    ],
)
def test_a_list_of_unknown_entries_wins_where_it_may_change_the_way(untold, route, wins):
    assert untold.may_win(route, FAR) is wins
