"""The lowest floor: exact sets of integers, addresses, services and packet headers, and their algebra."""

from __future__ import annotations

from sgcheck.packets.addresses import (
    INTERNET,
    INTERNET_V4,
    INTERNET_V6,
    PRIVATE,
    PUBLIC,
    STAND_INS,
    AddressSet,
    format_address,
    parse_address,
    parse_cidr,
)
from sgcheck.packets.flow import Flow
from sgcheck.packets.intervals import IntervalSet
from sgcheck.packets.packetset import Box, PacketSet, Run
from sgcheck.packets.ports import parse_port, parse_source_ports
from sgcheck.packets.protocols import (
    ICMP,
    ICMPV6,
    SERVICE_NAMES,
    TCP,
    UDP,
    icmp_span,
    protocol_name,
    protocol_number,
)
from sgcheck.packets.services import EVERY_VALUE, Services

__all__ = [
    "EVERY_VALUE",
    "ICMP",
    "ICMPV6",
    "INTERNET",
    "INTERNET_V4",
    "INTERNET_V6",
    "PRIVATE",
    "PUBLIC",
    "SERVICE_NAMES",
    "STAND_INS",
    "TCP",
    "UDP",
    "AddressSet",
    "Box",
    "Flow",
    "IntervalSet",
    "PacketSet",
    "Run",
    "Services",
    "format_address",
    "icmp_span",
    "parse_address",
    "parse_cidr",
    "parse_port",
    "parse_source_ports",
    "protocol_name",
    "protocol_number",
]
