"""One packet header."""

from __future__ import annotations

from typing import NamedTuple

from sgcheck.packets.protocols import reply_types


class Flow(NamedTuple):
    """One packet header: family 4 or 6, addresses as integers, `service` the destination port or ICMP type*256+code."""

    family: int
    source: int
    destination: int
    protocol: int
    source_port: int
    service: int

    def reversed(self) -> Flow:
        """Return the header of the answer: both ends swapped, and ICMP types swapped with those of their replies."""
        types = reply_types(self.family, self.protocol)
        source_port, service = self.service, self.source_port
        if types:
            icmp_type, code = divmod(self.service, 256)
            source_port, service = self.source_port, types.get(icmp_type, icmp_type) * 256 + code
        return Flow(self.family, self.destination, self.source, self.protocol, source_port, service)
