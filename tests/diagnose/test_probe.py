"""Probes against real sockets on this machine, and what is made of an explanation."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
from contextlib import contextmanager, suppress

import pytest
from reach.lab import ask, find, lab

from sgcheck.diagnose.aims import aims_of
from sgcheck.diagnose.attempt import Aim, Attempt, Outcome, attempt
from sgcheck.diagnose.evidence import Says
from sgcheck.diagnose.first_word import First, in_words, opening, usual
from sgcheck.diagnose.prediction import beside
from sgcheck.diagnose.probe import MOST_TRIES, Probed, compared, probe, read
from sgcheck.diagnose.rejection import Rejection
from sgcheck.errors import UsageError
from sgcheck.reach.answer import ClientSees

LOOPBACKS = pytest.mark.parametrize("address", ["127.0.0.1", "::1"])


@contextmanager
def serving(address: str, serve=lambda _connection: None):
    """A server on loopback that treats one connection as `serve` does; yields its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        try:
            listener.bind((address, 0))
        except OSError as error:
            pytest.skip(f"no {address} here: {error}")
        listener.listen()
        served: list[socket.socket] = []

        def once():
            with suppress(OSError):
                served.append(listener.accept()[0])
                serve(served[0])

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in served:
            connection.close()


def closed_port(address: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind((address, 0))
        return sock.getsockname()[1]


def tried(address: str, port: int, protocol: str = "tcp", **more) -> tuple[Attempt, Says, str]:
    probed = probe(Aim.at(address, port, protocol), **{"timeout": 0.5, **more})
    clue = read(probed)[0]
    return probed.attempts[0], clue.says, clue.text


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@LOOPBACKS
def test_listening(address):
    with serving(address) as port:
        one, says, text = tried(address, port)
    assert (one.outcome, says, one.source) == (Outcome.CONNECTED, Says.ANSWERED, address)
    assert "accepted the connection after" in text


@LOOPBACKS
def test_closed(address):
    one, says, _text = tried(address, closed_port(address))
    assert (one.outcome, says) == (Outcome.REFUSED, Says.REFUSED)


@LOOPBACKS
def test_accepted_and_silent_is_a_stall_where_a_word_is_waited_for(address):
    with serving(address) as port:
        one, says, text = tried(address, port, first=First.TLS)
    assert (one.outcome, says) == (Outcome.STALL, Says.STALLED)
    assert text.endswith("and then it did not answer the TLS hello within 500.0 ms")


@pytest.mark.parametrize("first", [First.NONE, First.BANNER])
def test_reset_after_accept(first):
    with serving("127.0.0.1", reset) as port:
        one, says, text = tried("127.0.0.1", port, first=first)
    assert (one.outcome, says) == (Outcome.RESET, Says.RESET)
    assert text.endswith("and then reset it")


def test_a_reset_that_is_there_before_the_connection_is_noticed_is_a_reset(monkeypatch):
    monkeypatch.setattr("socket.socket.connect", _raising(errno.ECONNRESET), raising=False)
    assert attempt(Aim.at("127.0.0.1", 80), timeout=0.5).outcome is Outcome.RESET
    assert attempt(Aim.at("127.0.0.1", 80, "udp"), timeout=0.5).outcome is Outcome.REFUSED  # as Windows has it


def _raising(number: int):
    def raises(*_args):
        raise OSError(number, "told")

    return raises


def test_closed_after_accept_is_an_answer():
    with serving("127.0.0.1", socket.socket.close) as port:
        one, says, text = tried("127.0.0.1", port)
    assert (one.outcome, says) == (Outcome.CLOSED, Says.ANSWERED)
    assert text.endswith("closed it without a word")


def test_a_greeting_is_quoted():
    with serving("127.0.0.1", lambda c: c.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")) as port:
        one, says, text = tried("127.0.0.1", port, first=First.BANNER)
    assert (one.outcome, one.word, says) == (Outcome.CONNECTED, '"SSH-2.0-OpenSSH_9.6"', Says.ANSWERED)
    assert '"SSH-2.0-OpenSSH_9.6"' in text


def test_http_asks_for_the_head_of_the_root():
    heard = []

    def serve(connection):
        heard.append(connection.recv(2000))
        connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")

    with serving("127.0.0.1", serve) as port:
        probed = probe(Aim.at("127.0.0.1", port, name="web.example"), timeout=1, first=First.HTTP)
    assert heard[0].startswith(b"HEAD / HTTP/1.1\r\nHost: web.example\r\n")
    assert probed.attempts[0].word == '"HTTP/1.1 503 Service Unavailable"'


def test_a_tls_hello_names_the_host_but_no_address():
    assert b"web.example" in opening(First.TLS, "web.example")
    assert opening(First.TLS, "web.example")[:3] == b"\x16\x03\x01"
    assert b"127.0.0.1" not in opening(First.TLS, "127.0.0.1")
    assert b"Host: [::1]\r\n" in opening(First.HTTP, "::1")


def test_udp_that_answers():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve():
            _data, peer = server.recvfrom(100)
            server.sendto(b"pong", peer)

        threading.Thread(target=serve, daemon=True).start()
        one, says, text = tried("127.0.0.1", server.getsockname()[1], "udp")
    assert (one.outcome, says) == (Outcome.ANSWERED, Says.ANSWERED)
    assert text.endswith('with "pong"')


def test_udp_that_is_silent_may_be_open():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        one, says, text = tried("127.0.0.1", server.getsockname()[1], "udp", timeout=0.2)
    assert (one.outcome, says) == (Outcome.NO_REPLY, Says.NO_ANSWER)
    assert "an open UDP port may do" in text


def test_udp_that_is_closed_refuses():
    one, says, _text = tried("127.0.0.1", closed_port(), "udp")
    assert (one.outcome, says) == (Outcome.REFUSED, Says.REFUSED)


def test_a_connection_that_meets_itself_is_refused(monkeypatch):
    """A client whose own port is the asked one answers itself (RFC 9293, simultaneous open); nobody listens."""
    real = socket.socket

    class Bound(real):
        def connect(self, where):
            self.bind(where)
            super().connect(where)

    monkeypatch.setattr("socket.socket", Bound)
    assert attempt(Aim.at("127.0.0.1", closed_port()), timeout=0.5).outcome is Outcome.REFUSED


def test_a_machine_that_can_not_try_says_so(monkeypatch):
    monkeypatch.setattr("socket.socket", _raising(errno.EAFNOSUPPORT))
    one, says, text = tried("::1", 80)
    assert (one.outcome, says) == (Outcome.FAILED, Says.NOT_SENT)
    assert text == f"[::1]:80/tcp was not tried: {os.strerror(errno.EAFNOSUPPORT)}"


@pytest.mark.parametrize(
    "data, words",
    [
        (b"\x16\x03\x03\0\x50", "a TLS hello"),
        (b"\x15\x03\x01\0\x02", "a TLS alert"),
        (b"\x53\x67\x81\x80" + bytes(8), "a DNS answer"),
        (b"220 mail \x1b[31mESMTP\x07\r\nmore", '"220 mail [31mESMTP"'),
        (b"\0\x01\x02", "3 bytes"),
        (b"x" * 100, '"' + "x" * 60 + '…"'),
    ],
)
def test_what_came_back_is_told_without_what_a_terminal_would_act_on(data, words):
    assert in_words(data) == words


def test_what_is_usually_said_first():
    assert [usual("tcp", 22), usual("tcp", 443), usual("udp", 53), usual("tcp", 5432)] == [
        First.BANNER,
        First.TLS,
        First.DNS,
        First.NONE,
    ]


@pytest.mark.parametrize("address", ["10.0.0.0/8", "224.0.0.1", "0.0.0.0", "255.255.255.255", "ff02::1", "::", "web"])
def test_only_a_host_is_probed(address):
    with pytest.raises(UsageError, match="a probe tries one host's port"):
        Aim.at(address, 80)


@pytest.mark.parametrize("port, protocol", [(0, "tcp"), (65536, "tcp"), (80, "icmp")])
def test_only_a_port_is_probed(port, protocol):
    with pytest.raises(UsageError, match="one TCP or UDP port"):
        Aim.at("127.0.0.1", port, protocol)


@pytest.mark.parametrize("more", [{"tries": 0}, {"tries": MOST_TRIES + 1}, {"timeout": 0}, {"timeout": 131}])
def test_bounds(more):
    with pytest.raises(UsageError):
        probe(Aim.at("127.0.0.1", 80), **more)


# What is probed: the port and the addresses of the answer, and nothing else.


def test_the_addresses_of_the_answer_are_what_is_probed():
    assert aims_of(ask(lab(), "internet", "i-web", "443")) == (
        Aim("198.51.100.7", 443),
        Aim("2600:1f18:1:1::10", 443),
    )
    assert aims_of(ask(lab(), "10.0.2.20", "i-web", "53/udp")) == (Aim("10.0.1.10", 53, "udp"),)
    assert aims_of(ask(lab(), "i-web", "52.0.0.9", "ssh"), "git.example") == (
        Aim("52.0.0.9", 22, "tcp", "git.example"),
    )


@pytest.mark.parametrize(
    "source, target, port, message",
    [
        ("internet", "i-web", "80-81", "one TCP or UDP port"),
        ("internet", "i-web", "all", "one TCP or UDP port"),
        ("internet", "i-web", "icmp", "one TCP or UDP port"),
        ("i-db", "internet", "443", "never a network"),
        ("internet", "i-db", "443", "no address that internet could use"),
    ],
)
def test_what_is_no_single_port_of_a_host_is_not_probed(source, target, port, message):
    with pytest.raises(UsageError, match=message):
        aims_of(ask(lab(), source, target, port))


def test_a_fleet_is_not_probed():
    record = lab()
    web = find(record, "NetworkInterfaces", "eni-web")
    web["PrivateIpAddresses"] += [{"PrivateIpAddress": f"10.0.1.{n}", "Primary": False} for n in range(11, 16)]
    with pytest.raises(UsageError, match="i-web has 6 addresses, a probe tries 4 at most"):
        aims_of(ask(record, "10.0.2.20", "i-web", "443"))


# The prediction beside it.

WEB = Aim("198.51.100.7", 443)


def seen(outcome: Outcome, **more) -> Attempt:
    return Attempt(outcome, 0.01, 5.0, **{"told": True, "source": "192.168.1.5", **more})


@pytest.mark.parametrize(
    "port, outcome, predicted, agrees",
    [
        ("443", Outcome.CONNECTED, ClientSees.CONNECTED_OR_REFUSED, True),
        ("443", Outcome.REFUSED, ClientSees.CONNECTED_OR_REFUSED, True),
        ("443", Outcome.TIMEOUT, ClientSees.CONNECTED_OR_REFUSED, False),
        ("80", Outcome.TIMEOUT, ClientSees.TIMEOUT, True),
        ("80", Outcome.REFUSED, ClientSees.TIMEOUT, False),
        ("80", Outcome.CONNECTED, ClientSees.TIMEOUT, False),
        ("80", Outcome.NETWORK_UNREACHABLE, ClientSees.TIMEOUT, None),
        ("80", Outcome.FAILED, ClientSees.TIMEOUT, None),
        ("53/udp", Outcome.NO_REPLY, ClientSees.NO_REPLY, True),
        ("53/udp", Outcome.REFUSED, ClientSees.NO_REPLY, False),
    ],
)
def test_the_prediction_stands_beside_what_was_seen(port, outcome, predicted, agrees):
    found = beside(WEB, seen(outcome), ask(lab(), "internet", "i-web", port))
    assert (found.predicted, found.agrees, found.elsewhere) == (predicted, agrees, None)


def test_a_host_that_rejects_was_reached_and_a_router_was_not_predicted():
    answer = ask(lab(), "internet", "i-web", "443")
    of_host = seen(Outcome.NO_ROUTE_TO_HOST, rejection=Rejection(4, 3, 10, WEB.address))
    of_router = seen(Outcome.NO_ROUTE_TO_HOST, rejection=Rejection(4, 3, 10, "192.0.2.1"))
    own = seen(Outcome.NO_ROUTE_TO_HOST, rejection=Rejection(4, 3, 1, "192.168.1.5"))
    assert [beside(WEB, a, answer).agrees for a in (of_host, of_router, own)] == [True, False, None]


def test_a_prediction_for_another_machine_is_not_tested_from_here():
    answer = ask(lab(), "i-db", "i-web", "80")
    aim, elsewhere = Aim("10.0.1.10", 80), seen(Outcome.TIMEOUT)
    found = beside(aim, elsewhere, answer)
    assert (found.agrees, found.elsewhere) == (None, "192.168.1.5")
    assert "--source-ip says where it stands" in found.text
    assert beside(aim, elsewhere, answer, source_known=True).agrees is True
    assert beside(aim, seen(Outcome.TIMEOUT, source="10.0.2.20"), answer).agrees is True


def test_an_address_that_the_answer_does_not_have_has_no_prediction():
    found = beside(Aim("203.0.113.1", 443), seen(Outcome.TIMEOUT), ask(lab(), "internet", "i-web"))
    assert (found.predicted, found.agrees) == (ClientSees.UNKNOWN, None)


def test_the_clue_tells_both():
    answer = ask(lab(), "internet", "i-web", "80")
    probed = Probed(WEB, (seen(Outcome.REFUSED),))
    (clue,) = read(probed, answer)
    assert clue.text == (
        "198.51.100.7:443/tcp refused with a reset after 10.0 ms (predicted timeout: they do not agree)"
    )
    assert (probed.symptom, clue.at, clue.source) == ("refused", "198.51.100.7", "probe")
    assert [b.agrees for b in compared(probed, answer)] == [False]


@pytest.mark.parametrize(
    "attempt_, says, text",
    [
        (
            seen(Outcome.NO_ROUTE_TO_HOST, errno=113, told=False),
            Says.NOTHING,
            "ended with 'No route to host' after 10.0 ms; this system does not tell who said so",
        ),
        (
            seen(Outcome.PROHIBITED, errno=1),
            Says.NOT_SENT,
            "was not tried: a firewall or a route of this machine forbids it (Operation not permitted)",
        ),
        (
            seen(Outcome.REFUSED, rejection=Rejection(4, 3, 3, "192.168.1.5")),
            Says.NOT_SENT,
            "was not tried: a firewall of this machine rejected it, ICMP 3/3 (port unreachable)",
        ),
        (seen(Outcome.REFUSED, told=False), Says.REFUSED, "refused it after 10.0 ms"),
    ],
)
def test_what_other_systems_and_own_firewalls_say(attempt_, says, text):
    (clue,) = read(Probed(WEB, (attempt_,)))
    assert (clue.says, clue.text) == (says, f"198.51.100.7:443/tcp {text}")


def test_without_an_error_queue_the_error_number_has_to_do(monkeypatch):
    monkeypatch.delattr("socket.MSG_ERRQUEUE", raising=False)
    one, says, text = tried("127.0.0.1", closed_port())
    assert (one.outcome, one.told, one.rejection, says) == (Outcome.REFUSED, False, None, Says.REFUSED)
    assert " refused it after " in text
