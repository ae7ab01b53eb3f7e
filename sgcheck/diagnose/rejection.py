"""What the kernel knows of an ICMP error that ended an attempt: its type and code, and who sent it (Linux only).

The error numbers alone do not tell a host's reset from its firewall's ICMP, nor a router's word from an unanswered
ARP; the error queue of the socket does (ip(7), IP_RECVERR; linux/errqueue.h).
"""

from __future__ import annotations

import socket
import struct
from ipaddress import ip_address

import msgspec

_IP_RECVERR = 11  # linux/in.h
_IPV6_RECVERR = 25  # linux/in6.h
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_ICMP_ORIGINS = {2: 4, 3: 6}  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6: the family
_OFFENDERS = {4: slice(20, 24), 6: slice(24, 40)}  # of sockaddr_in, sockaddr_in6, behind the error of 16 octets

_UNREACHABLE_4 = {
    0: "network unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    3: "port unreachable",
    4: "fragmentation needed",
    5: "source route failed",
    6: "network unknown",
    7: "host unknown",
    8: "source isolated",
    9: "network prohibited",
    10: "host prohibited",
    11: "network unreachable for this service",
    12: "host unreachable for this service",
    13: "administratively prohibited",
    14: "host precedence violation",
    15: "precedence cutoff",
}
_UNREACHABLE_6 = {
    0: "no route",
    1: "administratively prohibited",
    2: "beyond scope",
    3: "address unreachable",
    4: "port unreachable",
    5: "source address failed policy",
    6: "route rejected",
}
_UNREACHABLE_TYPES = {4: (3, _UNREACHABLE_4), 6: (1, _UNREACHABLE_6)}


class Rejection(msgspec.Struct, frozen=True):
    """One ICMP error: address family, type and code (RFC 792, RFC 4443), and the address that sent it."""

    family: int
    type: int
    code: int
    by: str

    @property
    def title(self) -> str:
        """As people look it up: `ICMP 3/10 (host prohibited)`."""
        kind, codes = _UNREACHABLE_TYPES[self.family]
        name = "ICMP" if self.family == 4 else "ICMPv6"
        word = codes.get(self.code) if self.type == kind else None
        return f"{name} {self.type}/{self.code}" + (f" ({word})" if word else "")

    @property
    def of_host(self) -> bool:
        """Whether it says that the host is not there, as the last router does, and a machine of its own subnet."""
        return (self.family, self.type, self.code) in {(4, 3, 1), (6, 1, 3)}

    @property
    def of_port(self) -> bool:
        """Whether it says that the port is closed, which for UDP is all that a closed port can say."""
        return (self.family, self.type, self.code) in {(4, 3, 3), (6, 1, 4)}


def can_hear() -> bool:
    """Whether this system tells who sent an ICMP error."""
    return hasattr(socket, "MSG_ERRQUEUE")


def hear_rejections(sock: socket.socket, on: bool) -> None:
    """Have ICMP errors kept in the error queue of `sock`, or leave it as other programs have it."""
    if not can_hear():
        return
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, int(on))
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, int(on))


def heard(sock: socket.socket) -> Rejection | None:
    """The ICMP error in the error queue of `sock`, None where none came or the system does not tell."""
    if not can_hear():
        return None
    sock.setblocking(False)
    try:
        _data, ancillary, _flags, _address = sock.recvmsg(0, 512, socket.MSG_ERRQUEUE)
    except OSError:
        return None
    return next((found for _level, _kind, data in ancillary if (found := _read(data))), None)


def _read(data: bytes) -> Rejection | None:
    """One `sock_extended_err` with the address of the offender behind it."""
    if len(data) < _EXTENDED_ERROR.size:
        return None
    _errno, origin, type_, code, *_rest = _EXTENDED_ERROR.unpack_from(data)
    family = _ICMP_ORIGINS.get(origin)
    if family is None:
        return None
    offender = data[_OFFENDERS[family]]
    return Rejection(family, type_, code, str(ip_address(offender))) if len(offender) in {4, 16} else None
