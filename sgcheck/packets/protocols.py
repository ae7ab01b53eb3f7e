"""IP protocol numbers and names, ICMP types, and the names of well-known services."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sgcheck.packets.intervals import IntervalSet

ICMP: Final = 1
TCP: Final = 6
UDP: Final = 17
ICMPV6: Final = 58

PROTOCOL_NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "hopopt": 0,
        "icmp": ICMP,
        "igmp": 2,
        "ipip": 4,
        "ipv4": 4,
        "tcp": TCP,
        "egp": 8,
        "igp": 9,
        "udp": UDP,
        "dccp": 33,
        "ipv6": 41,
        "rsvp": 46,
        "gre": 47,
        "esp": 50,
        "ah": 51,
        "icmpv6": ICMPV6,
        "icmp6": ICMPV6,
        "ipv6-icmp": ICMPV6,
        "eigrp": 88,
        "ospf": 89,
        "pim": 103,
        "vrrp": 112,
        "l2tp": 115,
        "sctp": 132,
        "udplite": 136,
    }
)
"""Protocol names as people write them -> IANA protocol number."""

PROTOCOL_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {number: name for name, number in [*PROTOCOL_NUMBERS.items()][::-1]}
)
"""IANA protocol number -> the preferred name."""

_REPLY_V4: Final[Mapping[int, int]] = MappingProxyType({
    0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17,
})  # fmt: skip
_REPLY_V6: Final[Mapping[int, int]] = MappingProxyType({128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135})
_NO_TYPES: Final[Mapping[int, int]] = MappingProxyType({})


def protocol_number(protocol: str | int) -> int:
    """Return the number (0 to 255) of a protocol given by name or number. Raises ValueError."""
    text = str(protocol).strip().lower()
    if text in PROTOCOL_NUMBERS:
        return PROTOCOL_NUMBERS[text]
    if text.isascii() and text.isdigit() and int(text) <= 255:
        return int(text)
    raise ValueError(
        f"{protocol!r} is not an IP protocol: a name such as tcp, udp, icmp, gre, or a number from 0 to 255"
    )


def protocol_name(number: int) -> str:
    """Return the usual lower-case name of a protocol, or its number in decimal."""
    return PROTOCOL_NAMES.get(number, str(number))


def icmp_protocol(family: int) -> int:
    """Return the number of the ICMP that belongs to address family 4 or 6."""
    return ICMP if family == 4 else ICMPV6


def icmp_span(icmp_type: int, code: int = -1) -> IntervalSet:
    """Return the ICMP values (type * 256 + code) of a type and a code, -1 meaning every one of them.

    Raises ValueError for a number outside -1 to 255, and for a code without a type.
    """
    if not (-1 <= icmp_type <= 255 and -1 <= code <= 255):
        raise ValueError(f"ICMP type {icmp_type} code {code}: both are numbers from 0 to 255, or -1 for any")
    if icmp_type == -1:
        if code != -1:
            raise ValueError(f"ICMP code {code} needs a type to belong to")
        return IntervalSet.of((0, 65535))
    first = icmp_type * 256
    return IntervalSet.of((first, first + 255) if code == -1 else (first + code, first + code))


def reply_types(family: int, protocol: int) -> Mapping[int, int]:
    """Return the ICMP types that a request and its reply swap; empty for anything but the family's own ICMP.

    Source: the IANA registries "ICMP Type Numbers" and "ICMPv6 type Numbers".
    """
    if protocol != icmp_protocol(family):
        return _NO_TYPES
    return _REPLY_V4 if family == 4 else _REPLY_V6


_TCP = (TCP,)
_UDP = (UDP,)
_BOTH = (TCP, UDP)

SERVICE_NAMES: Final[Mapping[str, tuple[tuple[int, ...], int]]] = MappingProxyType(
    {
        "amqp": (_TCP, 5672),
        "amqps": (_TCP, 5671),
        "cassandra": (_TCP, 9042),
        "dns": (_BOTH, 53),
        "docker": (_TCP, 2375),
        "domain": (_BOTH, 53),
        "elasticsearch": (_TCP, 9200),
        "etcd": (_TCP, 2379),
        "ftp": (_TCP, 21),
        "git": (_TCP, 9418),
        "http": (_TCP, 80),
        "http-alt": (_TCP, 8080),
        "https": (_TCP, 443),
        "imap": (_TCP, 143),
        "imaps": (_TCP, 993),
        "kafka": (_TCP, 9092),
        "kerberos": (_BOTH, 88),
        "kubelet": (_TCP, 10250),
        "kubernetes-api": (_TCP, 6443),
        "ldap": (_TCP, 389),
        "ldaps": (_TCP, 636),
        "memcached": (_TCP, 11211),
        "mongo": (_TCP, 27017),
        "mongodb": (_TCP, 27017),
        "mssql": (_TCP, 1433),
        "mysql": (_TCP, 3306),
        "nfs": (_TCP, 2049),
        "ntp": (_UDP, 123),
        "opensearch": (_TCP, 9200),
        "openvpn": (_UDP, 1194),
        "oracle": (_TCP, 1521),
        "pop3": (_TCP, 110),
        "pop3s": (_TCP, 995),
        "postgres": (_TCP, 5432),
        "postgresql": (_TCP, 5432),
        "prometheus": (_TCP, 9090),
        "rabbitmq": (_TCP, 5672),
        "rdp": (_TCP, 3389),
        "redis": (_TCP, 6379),
        "redshift": (_TCP, 5439),
        "rsync": (_TCP, 873),
        "smb": (_TCP, 445),
        "smtp": (_TCP, 25),
        "smtps": (_TCP, 465),
        "snmp": (_UDP, 161),
        "ssh": (_TCP, 22),
        "submission": (_TCP, 587),
        "syslog": (_UDP, 514),
        "telnet": (_TCP, 23),
        "tftp": (_UDP, 69),
        "vnc": (_TCP, 5900),
        "winrm": (_TCP, 5985),
        "winrms": (_TCP, 5986),
        "wireguard": (_UDP, 51820),
        "zookeeper": (_TCP, 2181),
    }
)
"""Service name -> (the protocols it speaks, its port)."""
