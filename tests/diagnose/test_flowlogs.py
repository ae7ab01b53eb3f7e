"""What flow log records mean: the rows of the classification, one by one."""

from __future__ import annotations

import pytest

from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.flowlogs import Place
from sgcheck.packets import AddressSet
from tests.diagnose.lab_flowlogs import (
    BEGAN,
    CLIENT,
    FROM_INSIDE,
    OTHERS,
    SECOND,
    SERVER,
    V2,
    V3,
    V5,
    V10,
    asked,
    back,
    clues,
    idle,
    leaving,
    notes,
    returning,
    says,
    there,
)

pytest.importorskip("duckdb")

ICMP = {"protocol": 1, "srcport": 0, "dstport": 0, "flags": 0}
UDP = {"protocol": 17, "flags": 0}
BIG = {"packets": 10, "bytes": 9000}

# What is in the log, and what it says: the table of the VPC user guide's examples and of TCP itself.
TARGET = [
    ("the first packets rejected", [there("REJECT")], [Says.REJECTED_AT_TARGET]),
    ("handshake answered", [there(), back()], [Says.ANSWERED]),
    ("opened and closed within one interval", [there(flags=3), back(flags=19)], [Says.ANSWERED]),
    ("accepted and then reset", [there(flags=6), back(flags=22)], [Says.ANSWERED]),
    ("refused with a reset", [there(), back(flags=4, bytes=40)], [Says.REFUSED]),
    ("refused again and again", [there(packets=3, bytes=180), back(flags=4, packets=3, bytes=120)], [Says.REFUSED]),
    ("reply rejected", [there(), back("REJECT")], [Says.REPLY_REJECTED_AT_TARGET]),
    ("refusal rejected on its way", [there(), back("REJECT", flags=4)], [Says.REPLY_REJECTED_AT_TARGET]),
    ("host silent", [there(packets=4, bytes=240)], [Says.SILENT]),
    ("host rejects by ICMP", [there(), back(**ICMP)], [Says.REFUSED_BY_ICMP]),
    ("ICMP that may be a ping", [there(), back(**ICMP), there(**ICMP)], [Says.SILENT]),
    ("reset of an old connection", [there(flags=0), back(flags=4)], [Says.ARRIVED]),
    ("old connection goes on", [there(flags=0, **BIG), back(flags=0, **BIG)], [Says.ARRIVED]),
    ("only the end of a connection", [there(flags=1)], [Says.ARRIVED]),
    ("data without answer in the log", [there(flags=2, **BIG)], [Says.ARRIVED]),
    ("late packets after the end", [there(flags=3), back(flags=19), there("REJECT", flags=1)], [Says.ANSWERED]),
    ("late replies after the end", [there(flags=3), back(flags=19), back("REJECT", flags=1)], [Says.ANSWERED]),
    ("late packets alone", [there("REJECT", flags=0)], []),
    ("flags over two intervals", [there(), back(), there(flags=1), back(flags=1)], [Says.ANSWERED]),
    (
        "rejected first, then admitted",
        [there("REJECT"), there(srcport=40001), back(dstport=40001)],
        [Says.REJECTED_AT_TARGET, Says.ANSWERED],
    ),
]


@pytest.mark.parametrize("records, expected", [row[1:] for row in TARGET], ids=[row[0] for row in TARGET])
@pytest.mark.parametrize("fields", [V3, V5, V10], ids=["v3", "v5", "v10"])
def test_at_the_target(tmp_path, records, expected, fields):
    found = clues(tmp_path, [*records, *OTHERS], fields=fields)
    assert sorted(says(found)) == sorted(expected)
    assert {clue.at for clue in found if clue.says in expected} <= {"eni-0aa"}


INSIDE = [
    ("rejected when leaving", [leaving("REJECT")], [Says.REJECTED_AT_SOURCE]),
    ("left, nothing came back", [leaving(packets=4, bytes=240)], [Says.LEFT_SOURCE]),
    ("reply rejected when it came back", [leaving(), returning("REJECT")], [Says.REPLY_REJECTED_AT_SOURCE]),
    ("left and answered", [leaving(), returning()], [Says.ANSWERED]),
    ("left and refused", [leaving(), returning(flags=4)], [Says.REFUSED]),
    ("late replies", [leaving(flags=3), returning(flags=19), returning("REJECT", flags=1)], [Says.ANSWERED]),
]


@pytest.mark.parametrize("records, expected", [row[1:] for row in INSIDE], ids=[row[0] for row in INSIDE])
@pytest.mark.parametrize("fields", [V3, V5], ids=["v3", "v5"])
def test_at_the_source(tmp_path, records, expected, fields):
    found = clues(tmp_path, [*records, *OTHERS], asked(**FROM_INSIDE), fields)
    assert [s for s in says(found) if s is not Says.NEVER_ARRIVED] == expected
    assert Says.NEVER_ARRIVED in says(found), "the server's log is complete, and has nothing of it"


def test_left_and_never_arrived(tmp_path):
    found = clues(tmp_path, [leaving(), *OTHERS], asked(**FROM_INSIDE))
    assert [(c.says, c.at) for c in found[:2]] == [(Says.LEFT_SOURCE, "eni-0cc"), (Says.NEVER_ARRIVED, "eni-0aa")]


def test_block_public_access_gives_its_reason(tmp_path):
    found = clues(tmp_path, [there("REJECT", reject_reason="BPA", bytes=None), *OTHERS], fields=V10)
    assert says(found) == [Says.BLOCKED_PUBLIC_ACCESS]


def test_another_reason_is_no_group_and_no_acl(tmp_path):
    found = clues(tmp_path, [there("REJECT", reject_reason="EC"), *OTHERS], fields=V10)
    assert says(found) == []
    assert "reject-reason that is neither group, nor ACL, nor BPA" in notes(found)


def test_late_packets_are_told_and_are_no_block(tmp_path):
    found = clues(tmp_path, [there("REJECT", flags=1), *OTHERS])
    assert says(found) == []
    assert "such come after a connection was closed" in notes(found)


VERSION_2 = [
    ("rejected", [there("REJECT")], [Says.REJECTED_AT_TARGET]),
    ("rejected after it was admitted", [there(), back(), there("REJECT")], [Says.ARRIVED]),
    ("answered or refused", [there(), back(bytes=40)], [Says.ARRIVED]),
    ("answered with data", [there(**BIG), back(**BIG)], [Says.ANSWERED]),
    ("reply rejected", [there(), back("REJECT")], [Says.REPLY_REJECTED_AT_TARGET]),
    ("silent", [there()], [Says.SILENT]),
]


@pytest.mark.parametrize("records, expected", [row[1:] for row in VERSION_2], ids=[row[0] for row in VERSION_2])
def test_without_tcp_flags(tmp_path, records, expected):
    found = clues(tmp_path, [*records, *OTHERS], fields=V2)
    assert says(found) == expected
    if expected in ([Says.ARRIVED], [Says.SILENT]):
        assert "without tcp-flags" in found[0].text + found[1].text


def test_flags_that_are_invalid_are_as_good_as_none(tmp_path):
    assert says(clues(tmp_path, [there(flags=None), back(flags=None, bytes=40), *OTHERS])) == [Says.ARRIVED]


@pytest.mark.parametrize(
    "records, expected",
    [
        ([there(**UDP), back(**UDP)], [Says.ANSWERED]),
        ([there(**UDP)], [Says.SILENT]),
        ([there(**UDP), back(**ICMP)], [Says.REFUSED_BY_ICMP]),
        ([there("REJECT", **UDP)], [Says.REJECTED_AT_TARGET]),
        ([there(**UDP), back("REJECT", **UDP)], [Says.REPLY_REJECTED_AT_TARGET]),
        ([back(**UDP)], [Says.ARRIVED]),
    ],
)
def test_udp(tmp_path, records, expected):
    assert says(clues(tmp_path, [*records, *OTHERS], asked("443/udp"))) == expected


@pytest.mark.parametrize(
    "records, expected",
    [
        ([there(**ICMP), back(**ICMP)], [Says.ANSWERED]),
        ([there(**ICMP), back("REJECT", **ICMP)], [Says.REPLY_REJECTED_AT_TARGET]),
        ([there("REJECT", **ICMP)], [Says.REJECTED_AT_TARGET]),
        ([there(**ICMP)], [Says.SILENT]),
        ([back(**ICMP)], [Says.NEVER_ARRIVED]),
    ],
)
def test_ping(tmp_path, records, expected):
    """VPC user guide, "Security group and network ACL rules"."""
    assert says(clues(tmp_path, [*records, *OTHERS], asked("icmp"))) == expected


def test_counts_and_times(tmp_path):
    attempts = [there(srcport=40000 + n, start=BEGAN + n, end=BEGAN + n + 5, packets=3) for n in range(12)]
    (clue,) = [c for c in clues(tmp_path, [*attempts, *OTHERS]) if c.says is Says.SILENT]
    assert (clue.count, clue.since, clue.until) == (12, "2023-11-14T22:13:20Z", "2023-11-14T22:13:36Z")
    assert "12 TCP connections (12 records, one with 203.0.113.5, from 2023-11-14T22:13:20Z to" in clue.text


def test_only_what_is_asked_counts(tmp_path):
    records = [
        there("REJECT", dstport=80),
        there("REJECT", protocol=17),
        there("REJECT", srcaddr="192.0.2.1"),
        there("REJECT", interface_id="eni-0bb"),
        there("REJECT", start=BEGAN - 7200, end=BEGAN - 7100),
        there(),
        back(),
    ]
    question = asked(sources="203.0.113.0/24", since=BEGAN - 60, until=BEGAN + 600)
    assert says(clues(tmp_path, records, question)) == [Says.ANSWERED]


@pytest.mark.parametrize("sources", ["203.0.113.5", "203.0.112.0/22", "203.0.0.0/8", "0.0.0.0/0"])
def test_sources_as_sets(tmp_path, sources):
    assert says(clues(tmp_path, [there(), back(), *OTHERS], asked(sources=sources))) == [Says.ANSWERED]


@pytest.mark.parametrize("sources", ["203.0.113.6", "203.0.116.0/22", "204.0.0.0/8", "::/0"])
def test_other_sources(tmp_path, sources):
    assert says(clues(tmp_path, [there(), back(), *OTHERS], asked(sources=sources))) == [Says.NEVER_ARRIVED]


@pytest.mark.parametrize("client", ["2001:db8::1", "2001:db8:0:0:1::", "2001:db8:ffff:1:2:3:4:5", "2001:DB8::A"])
@pytest.mark.parametrize("sources", ["2001:db8::/32", "2000::/3", "::/0"])
def test_ipv6(tmp_path, client, sources):
    ends = {"srcaddr": client, "dstaddr": "2600:1f18::10"}
    place = Place("eni-0aa", AddressSet.parse("2600:1f18::10"), SERVER)
    found = clues(tmp_path, [there(**ends), *OTHERS], asked(sources=sources, targets=(place,)))
    assert says(found) == [Says.SILENT]


def test_ipv6_of_another_block(tmp_path):
    ends = {"srcaddr": "2001:db9::1", "dstaddr": "2600:1f18::10"}
    place = Place("eni-0aa", AddressSet.parse("2600:1f18::10"), SERVER)
    assert says(clues(tmp_path, [there(**ends), *OTHERS], asked(sources="2001:db8::/32", targets=(place,)))) == [
        Says.NEVER_ARRIVED
    ]


class TestSecondaryAddresses:
    """VPC user guide, "Flow log limitations": dstaddr is the primary private address, pkt-dstaddr the packet's own."""

    PLACE = Place("eni-0aa", AddressSet.parse(SECOND), SERVER)
    TO_SECOND = (there(pkt_dstaddr=SECOND, pkt_srcaddr=CLIENT), back(pkt_srcaddr=SECOND, pkt_dstaddr=CLIENT))
    TO_FIRST = (there("REJECT", pkt_dstaddr=SERVER, pkt_srcaddr=CLIENT, srcport=41000),)

    def test_are_told_by_the_packet(self, tmp_path):
        found = clues(tmp_path, [*self.TO_SECOND, *self.TO_FIRST], asked(targets=(self.PLACE,)))
        assert says(found) == [Says.ANSWERED]
        assert says(clues(tmp_path, [*self.TO_SECOND, *self.TO_FIRST])) == [Says.REJECTED_AT_TARGET]

    def test_are_not_told_apart_without(self, tmp_path):
        found = clues(tmp_path, [*self.TO_SECOND], asked(targets=(self.PLACE,)), V2)
        assert says(found) == [Says.ARRIVED]
        assert "the logs have no pkt-dstaddr, and write the primary address for eni-0aa" in notes(found)


def test_the_client_behind_a_load_balancer_is_found_by_the_packet(tmp_path):
    """With client IP preservation the packet's source may be the client and srcaddr the balancer."""
    real = there(srcaddr="10.0.1.200", pkt_srcaddr=CLIENT, pkt_dstaddr=SERVER)
    answer = back(dstaddr="10.0.1.200", pkt_srcaddr=SERVER, pkt_dstaddr=CLIENT)
    assert says(clues(tmp_path, [real, answer, *OTHERS], asked(sources=CLIENT))) == [Says.ANSWERED]


class TestNothingSeen:
    def test_never_arrived(self, tmp_path):
        found = clues(tmp_path, list(OTHERS))
        assert says(found) == [Says.NEVER_ARRIVED]
        assert found[0].count == 0
        assert found[0].since == "2023-11-14T22:13:20Z"

    def test_intervals_without_data_count_as_looked_at(self, tmp_path):
        later = idle(start=BEGAN + 600, end=BEGAN + 660)
        (clue,) = [c for c in clues(tmp_path, [*OTHERS, later]) if c.says is Says.NEVER_ARRIVED]
        assert clue.until == "2023-11-14T22:24:20Z"

    @pytest.mark.parametrize(
        "records, why",
        [
            ([*OTHERS, idle("SKIPDATA")], "skipped 1 times (SKIPDATA)"),
            ([OTHERS[0]], "may be of TrafficType ACCEPT"),
            ([OTHERS[1]], "may be of TrafficType REJECT"),
            ([idle()], "may be of TrafficType ACCEPT"),
            ([there(interface_id="eni-0bb")], "no record of eni-0aa at all"),
        ],
    )
    def test_that_proves_nothing(self, tmp_path, records, why):
        found = clues(tmp_path, records)
        assert says(found) == []
        assert why in notes(found)

    @pytest.mark.parametrize("since, until", [(BEGAN - 3600, None), (None, BEGAN + 3600), (BEGAN - 9, BEGAN + 99)])
    def test_outside_of_the_time(self, tmp_path, since, until):
        found = clues(tmp_path, list(OTHERS), asked(since=since, until=until))
        assert says(found) == []
        assert "does not span the whole time that was asked" in notes(found)

    def test_lines_that_cannot_be_read_may_have_been_it(self, tmp_path):
        broken = there() | {"srcport": "x"}
        found = clues(tmp_path, [*OTHERS, broken])
        assert says(found) == []
        assert "1 line can't be read" in notes(found)

    def test_the_format_must_have_what_is_asked(self, tmp_path):
        fields = tuple(name for name in V3 if name != "dstport")
        found = clues(tmp_path, [there(), *OTHERS], fields=fields)
        assert says(found) == []
        assert "the format lacks dstport" in notes(found)

    def test_addresses_that_are_never_logged(self, tmp_path):
        ends = FROM_INSIDE | {"destinations": AddressSet.parse("169.254.169.254")}
        found = clues(tmp_path, [*OTHERS, leaving(), returning("REJECT")], asked(**ends))
        assert "never logged" in notes(found)


def test_what_logs_never_show_is_said(tmp_path):
    assert "flow logs do not show packets that were dropped before they came to an interface" in notes(
        clues(tmp_path, [there()])
    )


def test_an_address_that_is_none_is_counted(tmp_path):
    found = clues(tmp_path, [there(srcaddr="nonsense"), *OTHERS])
    assert "1 record of these interfaces and this port have an address that is none" in notes(found)
    assert says(found) == []


def test_without_any_interface_there_is_nothing_to_look_at(tmp_path):
    (clue,) = clues(tmp_path, [there()], asked(targets=()))
    assert clue.says is Says.NOTHING
    assert "no interface of the question is known" in clue.text


def test_origins_alone_are_looked_at(tmp_path):
    found = clues(tmp_path, [leaving("REJECT")], asked(**FROM_INSIDE, targets=()))
    assert says(found) == [Says.REJECTED_AT_SOURCE]
