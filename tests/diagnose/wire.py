"""Packets as they go over the wire, just enough to answer a SYN or a datagram."""

from __future__ import annotations

import struct
from ipaddress import ip_address

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
RST_ACK = 0x14
QUOTED = 48
"""Octets of a rejected packet that an ICMP error repeats here: its IP header and the ports, for both families."""


def family(packet: bytes) -> int:
    """4 or 6."""
    return packet[0] >> 4


def ends(packet: bytes) -> tuple[bytes, bytes]:
    """Source and destination address, packed."""
    return (packet[8:24], packet[24:40]) if family(packet) == 6 else (packet[12:16], packet[16:20])


def protocol(packet: bytes) -> int:
    """TCP, UDP, or something else."""
    return packet[6] if family(packet) == 6 else packet[9]


def payload(packet: bytes) -> bytes:
    """What is behind the IP header (which has no options here)."""
    return packet[40:] if family(packet) == 6 else packet[(packet[0] & 15) * 4 :]


def reset(packet: bytes) -> bytes:
    """The RST,ACK of a host where nobody listens (RFC 9293, 3.5.2)."""
    source, target, sequence = struct.unpack("!HHI", payload(packet)[:8])
    header = struct.pack("!HHIIBBHHH", target, source, 0, (sequence + 1) & 0xFFFFFFFF, 5 << 4, RST_ACK, 0, 0, 0)
    here, there = ends(packet)
    return _ip(there, here, TCP, _checked(header, 16, there, here, TCP))


def unreachable(packet: bytes, code: int, by: str | None = None) -> bytes:
    """The ICMP "destination unreachable" of `by`, of the target itself when unsaid (RFC 792, RFC 4443)."""
    here, there = ends(packet)
    sender = ip_address(by).packed if by else there
    if family(packet) == 6:
        body = struct.pack("!BBHI", 1, code, 0, 0) + packet[:QUOTED]
        return _ip(sender, here, ICMPV6, _checked(body, 2, sender, here, ICMPV6))
    mtu = 1400 if code == 4 else 0
    body = struct.pack("!BBHI", 3, code, 0, mtu) + packet[:QUOTED]
    return _ip(sender, here, ICMP, body[:2] + struct.pack("!H", _sum(body)) + body[4:])


def _checked(body: bytes, at: int, source: bytes, target: bytes, number: int) -> bytes:
    """`body` with the checksum over it and its addresses at offset `at`."""
    pseudo = source + target + struct.pack("!II" if len(source) == 16 else "!HH", *_order(source, len(body), number))
    return body[:at] + struct.pack("!H", _sum(pseudo + body)) + body[at + 2 :]


def _order(source: bytes, length: int, number: int) -> tuple[int, int]:
    return (length, number) if len(source) == 16 else (number, length)


def _ip(source: bytes, target: bytes, number: int, body: bytes) -> bytes:
    if len(source) == 16:
        return struct.pack("!IHBB", 6 << 28, len(body), number, 64) + source + target + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, number, 0) + source + target
    return head[:10] + struct.pack("!H", _sum(head)) + head[12:] + body


def _sum(data: bytes) -> int:
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
