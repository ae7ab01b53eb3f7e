"""One connection attempt from this machine, told by what came of it, when, and who said so."""

from __future__ import annotations

import errno
import socket
from enum import StrEnum
from ipaddress import ip_address
from time import perf_counter

import msgspec

from sgcheck.diagnose.first_word import First, in_words, opening
from sgcheck.diagnose.rejection import Rejection, can_hear, hear_rejections, heard
from sgcheck.errors import UsageError

AFTERMATH = 0.25
"""Seconds to look whether a connection that nobody speaks on is reset or closed right away."""
_ENOUGH = 512


class Outcome(StrEnum):
    """What came of an attempt. Grows."""

    CONNECTED = "connected"
    ANSWERED = "answered"
    """UDP: something came back."""
    REFUSED = "refused"
    TIMEOUT = "timeout"
    NO_REPLY = "no-reply"
    """UDP: nothing came back, which open ports do, too."""
    NO_ROUTE_TO_HOST = "no-route-to-host"
    NETWORK_UNREACHABLE = "network-unreachable"
    REJECTED = "rejected"
    """ICMP said no in another of its words."""
    PROHIBITED = "prohibited"
    """The system says "Permission denied": ICMPv6 said so, or a firewall or a route of this machine."""
    RESET = "reset"
    """Accepted, then reset."""
    CLOSED = "closed"
    """Accepted, then closed without a word."""
    STALL = "stall"
    """Accepted, then nothing."""
    FAILED = "failed"
    """This machine could not even try."""


class Aim(msgspec.Struct, frozen=True):
    """What is tried: one address, one port of `tcp` or `udp`. name: what people call the host, for TLS and HTTP."""

    address: str
    port: int
    protocol: str = "tcp"
    name: str | None = None

    @classmethod
    def at(cls, address: str, port: int, protocol: str = "tcp", name: str | None = None) -> Aim:
        """An aim that is one host's port. Raises UsageError for anything else."""
        try:
            found = ip_address(address)
        except ValueError:
            raise UsageError(f"{address!r} is not one address: a probe tries one host's port") from None
        if found.is_multicast or found.is_unspecified or address == "255.255.255.255":
            raise UsageError(f"{address} is no host's address: a probe tries one host's port")
        if not 0 < port < 65536 or protocol not in {"tcp", "udp"}:
            raise UsageError(f"a probe tries one TCP or UDP port, not {port}/{protocol}")
        return cls(str(found), port, protocol, name)

    @property
    def family(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.address else 4


class Attempt(msgspec.Struct, frozen=True):
    """One attempt: its outcome, and how many seconds after the start it stood.

    errno: the system's number, None where none was given. rejection: the ICMP error behind it; told: whether this
    system would have told one. source: the address this machine used. first: what was waited for; word: what came
    first, in words; word_after: seconds from the connection to it. limit: seconds that were waited at most.
    """

    outcome: Outcome
    seconds: float
    limit: float
    errno: int | None = None
    rejection: Rejection | None = None
    told: bool = False
    source: str | None = None
    first: First = First.NONE
    word: str | None = None
    word_after: float | None = None


_BY_ERRNO = {
    errno.ECONNREFUSED: Outcome.REFUSED,
    errno.ETIMEDOUT: Outcome.TIMEOUT,
    errno.EHOSTUNREACH: Outcome.NO_ROUTE_TO_HOST,
    errno.ENETUNREACH: Outcome.NETWORK_UNREACHABLE,
    errno.ECONNRESET: Outcome.RESET,
    errno.EACCES: Outcome.PROHIBITED,
    errno.EPERM: Outcome.PROHIBITED,
}


def attempt(aim: Aim, *, timeout: float, first: First = First.NONE) -> Attempt:
    """Try `aim` once.

    timeout: seconds to wait at most for the connection, and once more for the first word. first: what to wait for
    then; on UDP it is what is sent, an empty datagram for NONE.
    """
    kind = socket.SOCK_DGRAM if aim.protocol == "udp" else socket.SOCK_STREAM
    started = perf_counter()
    try:
        with socket.socket(socket.AF_INET6 if aim.family == 6 else socket.AF_INET, kind) as sock:
            sock.settimeout(timeout)
            hear_rejections(sock, on=True)
            tried = _Try(sock, aim, first, timeout, started)
            return tried.udp() if aim.protocol == "udp" else tried.tcp()
    except OSError as error:
        return Attempt(Outcome.FAILED, perf_counter() - started, timeout, error.errno, told=can_hear(), first=first)


class _Try:
    """One socket on its way through one attempt."""

    def __init__(self, sock: socket.socket, aim: Aim, first: First, timeout: float, started: float) -> None:
        self.sock, self.aim, self.first, self.timeout, self.started = sock, aim, first, timeout, started

    def tcp(self) -> Attempt:
        try:
            self.sock.connect((self.aim.address, self.aim.port))
        except OSError as error:
            return self.failed(error, Outcome.TIMEOUT)
        seconds = perf_counter() - self.started
        if self.sock.getsockname()[:2] == (self.aim.address, self.aim.port):
            # On the machine itself a connection can meet its own first packet, where nobody listens (RFC 9293, 3.5).
            return self.ended(Outcome.REFUSED, seconds)
        hear_rejections(self.sock, on=False)
        return self.converse(seconds)

    def converse(self, seconds: float) -> Attempt:
        """Say what the first word is an answer to, and wait for it; `seconds` is when the connection stood."""
        speaks = self.first is not First.NONE
        self.sock.settimeout(self.timeout if speaks else min(AFTERMATH, self.timeout))
        connected = perf_counter()
        try:
            self.sock.sendall(opening(self.first, self.aim.name or self.aim.address))
            data = self.sock.recv(_ENOUGH)
        except TimeoutError:
            return self.ended(Outcome.STALL if speaks else Outcome.CONNECTED, seconds)
        except OSError as error:
            return self.ended(Outcome.RESET, seconds, error.errno)
        if not data:
            return self.ended(Outcome.CLOSED, seconds)
        after = perf_counter() - connected
        return self.ended(Outcome.CONNECTED, seconds, word=in_words(data), word_after=after)

    def udp(self) -> Attempt:
        try:
            self.sock.connect((self.aim.address, self.aim.port))
            self.sock.send(opening(self.first, self.aim.name or self.aim.address))
            data = self.sock.recv(_ENOUGH)
        except OSError as error:
            return self.failed(error, Outcome.NO_REPLY)
        return self.ended(Outcome.ANSWERED, perf_counter() - self.started, word=in_words(data))

    def failed(self, error: OSError, silence: Outcome) -> Attempt:
        """The attempt that ended with `error`; `silence` is what nothing at all is called."""
        seconds = perf_counter() - self.started
        if isinstance(error, TimeoutError):
            return self.ended(silence, seconds, error.errno)
        rejection = heard(self.sock)
        outcome = _BY_ERRNO.get(error.errno or 0, Outcome.REJECTED if rejection else Outcome.FAILED)
        if outcome is Outcome.RESET and self.aim.protocol == "udp":
            outcome = Outcome.REFUSED  # as Windows calls an ICMP "port unreachable" on UDP
        return self.ended(outcome, seconds, error.errno, rejection)

    def ended(
        self,
        outcome: Outcome,
        seconds: float,
        number: int | None = None,
        rejection: Rejection | None = None,
        *,
        word: str | None = None,
        word_after: float | None = None,
    ) -> Attempt:
        return Attempt(
            outcome, seconds, self.timeout, number, rejection, can_hear(), self.source(), self.first, word, word_after
        )

    def source(self) -> str | None:
        """The address of this machine that the system chose, None where it had none to choose."""
        address = str(self.sock.getsockname()[0])
        return None if ip_address(address.partition("%")[0]).is_unspecified else address
