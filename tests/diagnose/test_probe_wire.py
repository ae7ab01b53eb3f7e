"""Probes on a wire of the test's own: what a packet filter, a router or an absent neighbour makes of a real connection.

The error numbers are those of Linux (icmp(7); net/ipv4/icmp.c, icmp_err_convert; net/ipv6/icmp.c).
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time

import pytest
from diagnose import wire
from diagnose.bench import ABSENT, ELSEWHERE, HERE, LONELY, ROUTER, THERE, Bench, opened

from sgcheck.diagnose.attempt import Aim, Attempt, Outcome
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.probe import Probed, probe, read

PATIENCE = 0.4
"""Seconds; everything that answers here does so within a millisecond, and an absent neighbour takes 0.2 s."""
FAMILIES = pytest.mark.parametrize("family", [4, 6])
BOTH = pytest.mark.parametrize("protocol", ["tcp", "udp"])


@pytest.fixture(scope="module")
def bench():
    made = opened()
    yield made
    made.close()


def tried(bench: Bench, address: str, protocol: str = "tcp", answers=lambda _packet: None, **more) -> Probed:
    bench.answers = answers
    bench.seen.clear()
    return bench.run(probe, Aim.at(address, 80, protocol), **{"timeout": PATIENCE, **more})


def one(probed: Probed) -> tuple[Attempt, Says]:
    return probed.attempts[0], read(probed)[0].says


@FAMILIES
def test_a_packet_filter_that_drops_is_a_timeout(bench, family):
    attempt, says = one(tried(bench, THERE[family]))
    assert (attempt.outcome, says, attempt.source) == (Outcome.TIMEOUT, Says.NO_ANSWER, HERE[family])
    assert PATIENCE <= attempt.seconds < PATIENCE + 0.3
    assert len(bench.seen) == 1


@FAMILIES
def test_a_host_where_nobody_listens_refuses_at_once(bench, family):
    attempt, says = one(tried(bench, THERE[family], answers=wire.reset))
    assert (attempt.outcome, attempt.errno, says) == (Outcome.REFUSED, errno.ECONNREFUSED, Says.REFUSED)
    assert attempt.rejection is None
    assert attempt.seconds < PATIENCE


CODES_4 = {
    0: (errno.ENETUNREACH, Outcome.NETWORK_UNREACHABLE),
    1: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    2: (errno.ENOPROTOOPT, Outcome.REJECTED),
    3: (errno.ECONNREFUSED, Outcome.REFUSED),
    5: (errno.EOPNOTSUPP, Outcome.REJECTED),
    6: (errno.ENETUNREACH, Outcome.NETWORK_UNREACHABLE),
    7: (errno.EHOSTDOWN, Outcome.REJECTED),
    8: (errno.ENONET, Outcome.REJECTED) if sys.platform == "linux" else (0, Outcome.REJECTED),
    9: (errno.ENETUNREACH, Outcome.NETWORK_UNREACHABLE),
    10: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    11: (errno.ENETUNREACH, Outcome.NETWORK_UNREACHABLE),
    12: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    13: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    14: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    15: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
}
CODES_6 = {
    0: (errno.ENETUNREACH, Outcome.NETWORK_UNREACHABLE),
    1: (errno.EACCES, Outcome.PROHIBITED),
    2: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    3: (errno.EHOSTUNREACH, Outcome.NO_ROUTE_TO_HOST),
    4: (errno.ECONNREFUSED, Outcome.REFUSED),
    5: (errno.EACCES, Outcome.PROHIBITED),
    6: (errno.EACCES, Outcome.PROHIBITED),
}
CODES = [(4, code, *told) for code, told in CODES_4.items()] + [(6, code, *told) for code, told in CODES_6.items()]


@BOTH
@pytest.mark.parametrize("family, code, number, outcome", CODES)
def test_each_code_of_icmp_from_the_host_itself(bench, protocol, family, code, number, outcome):
    probed = tried(bench, THERE[family], protocol, lambda packet: wire.unreachable(packet, code))
    attempt, says = one(probed)
    rejection = attempt.rejection
    assert (attempt.outcome, attempt.errno) == (outcome, number)
    assert (rejection.family, rejection.type, rejection.code) == (family, 3 if family == 4 else 1, code)
    assert rejection.by == THERE[family]
    closed_udp_port = protocol == "udp" and outcome is Outcome.REFUSED
    assert says is (Says.REFUSED if closed_udp_port else Says.REFUSED_BY_ICMP)
    assert rejection.title in read(probed)[0].text
    assert attempt.seconds < PATIENCE


def test_a_path_that_asks_for_smaller_packets_does_not_end_an_attempt(bench):
    """ICMP 3/4 sets the path's size; only a datagram's sender reads it as an error (EMSGSIZE)."""
    answers = lambda packet: wire.unreachable(packet, 4)  # noqa: E731
    attempt, says = one(tried(bench, THERE[4], answers=answers))
    assert (attempt.outcome, says) == (Outcome.TIMEOUT, Says.NO_ANSWER)
    attempt, says = one(tried(bench, THERE[4], "udp", answers))
    assert (attempt.outcome, attempt.errno) == (Outcome.REJECTED, errno.EMSGSIZE)


@BOTH
@pytest.mark.parametrize("family, code", [(4, 0), (4, 1), (4, 13), (6, 0), (6, 1)])
def test_a_router_that_rejects_is_not_the_host(bench, protocol, family, code):
    probed = tried(bench, THERE[family], protocol, lambda packet: wire.unreachable(packet, code, ROUTER[family]))
    attempt, says = one(probed)
    assert (attempt.rejection.by, says) == (ROUTER[family], Says.REJECTED_ON_THE_WAY)
    assert ROUTER[family] in read(probed)[0].text


@BOTH
@FAMILIES
def test_a_neighbour_that_is_down_is_no_route_to_host(bench, protocol, family):
    """Nobody answers ARP or neighbour discovery: EHOSTUNREACH, told by this machine itself."""
    attempt, says = one(tried(bench, ABSENT[family], protocol, timeout=4.0))
    assert (attempt.outcome, attempt.errno) == (Outcome.NO_ROUTE_TO_HOST, errno.EHOSTUNREACH)
    assert (attempt.rejection.by, says) == (LONELY[family], Says.NEIGHBOUR_ABSENT)


@BOTH
@FAMILIES
def test_a_machine_without_a_route_sends_nothing(bench, protocol, family):
    attempt, says = one(tried(bench, ELSEWHERE[family], protocol))
    assert (attempt.outcome, attempt.errno) == (Outcome.NETWORK_UNREACHABLE, errno.ENETUNREACH)
    assert (attempt.rejection, attempt.source, says) == (None, None, Says.NOT_SENT)
    assert bench.seen == []


@FAMILIES
def test_a_datagram_that_nobody_answers_is_no_reply(bench, family):
    attempt, says = one(tried(bench, THERE[family], "udp"))
    assert (attempt.outcome, says) == (Outcome.NO_REPLY, Says.NO_ANSWER)
    assert len(bench.seen) == 1


def test_tries_that_differ_are_told_apart_and_counted(bench, monkeypatch):
    monkeypatch.setattr("sgcheck.diagnose.probe.PAUSE", 0.0)
    answers = lambda packet: wire.reset(packet) if len(bench.seen) > 1 else None  # noqa: E731
    probed = tried(bench, THERE[4], answers=answers, tries=3)
    assert [(c.says, c.count) for c in read(probed)] == [(Says.NO_ANSWER, 1), (Says.REFUSED, 2)]
    assert read(probed)[1].text.startswith("2 of 3 tries: 198.18.0.2:80/tcp refused with a reset after ")
    assert probed.symptom is None
    assert len(bench.seen) == 3


def test_only_what_was_asked_is_sent(bench):
    tried(bench, THERE[4], answers=wire.reset)
    assert [(wire.ends(p)[1], wire.payload(p)[2:4]) for p in bench.seen] == [(bytes([198, 18, 0, 2]), b"\0\x50")]


def test_an_interrupt_ends_a_probe_at_once(bench):
    """Ctrl-C while nothing answers: no wait for the rest of the timeout, and no packet afterwards."""
    code = (
        "import signal; from sgcheck.diagnose.probe import probe; from sgcheck.diagnose.attempt import Aim\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"probe(Aim.at({THERE[4]!r}, 80), timeout=60, tries=10)"
    )
    sent = threading.Event()

    def noticed(_packet):
        sent.set()

    bench.answers = noticed
    process = bench.run(subprocess.Popen, [sys.executable, "-c", code], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert sent.wait(20)
    time.sleep(0.3)  # the packet is seen before the process has begun to wait
    os.kill(process.pid, 2)
    _out, err = process.communicate(timeout=10)
    assert err.decode().strip().endswith("KeyboardInterrupt")
