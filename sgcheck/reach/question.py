"""The question: who wants to reach whom on what."""

from __future__ import annotations

import msgspec

from sgcheck.errors import UsageError
from sgcheck.packets import IntervalSet, Services, parse_port, parse_source_ports, protocol_name
from sgcheck.reach.answer import Query

DEFAULT_SOURCE_PORTS = "1024-65535"
"""The client's own ports unless said otherwise: what any client may use (VPC user guide, custom-network-acl)."""


class Question(msgspec.Struct, frozen=True):
    """source, target: as people wrote them (contracts: what can stand after --from and --to). port: as written."""

    source: str
    target: str
    port: str
    services: Services
    source_ports: IntervalSet

    @classmethod
    def parse(cls, source: str, target: str, port: str, source_port: str | None = None) -> Question:
        """Read a question as it is written on the command line.

        port: `443`, `53/udp`, `8000-8100`, `icmp`, `icmp:3/4`, `proto:47`, `all`, a service name. source_port: the
        client's own ports. Raises UsageError when a port makes no sense.
        """
        try:
            services = parse_port(str(port))
            ports = parse_source_ports(source_port or DEFAULT_SOURCE_PORTS)
        except ValueError as wrong:
            raise UsageError(str(wrong)) from None
        for end, option in ((source, "--from"), (target, "--to")):
            if not end.strip():
                raise UsageError(f"{option} is empty: expected an address, an id or a name")
        return cls(source.strip(), target.strip(), str(port), services, ports)

    @property
    def protocol(self) -> str:
        """The one protocol that is asked ("icmp" for both ICMPs), "all", or "mixed"."""
        if self.services == Services.ALL:
            return "all"
        runs = self.services.segments
        numbers = {n for first, last, _values in runs for n in range(first, last + 1)}
        names = {protocol_name(n).removesuffix("v6") for n in numbers}
        return names.pop() if len(names) == 1 else "mixed"

    def query(self) -> Query:
        """The question as answers repeat it."""
        port = self.port.strip().lower().removesuffix("/tcp").removesuffix("/udp")
        return Query(self.source, self.target, self.protocol, port)
