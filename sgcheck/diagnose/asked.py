"""What evidence from a host is held against: the asked protocol and port, and the host's own addresses."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import msgspec

from sgcheck.errors import UsageError
from sgcheck.packets import TCP, UDP, format_address, parse_port
from sgcheck.reach.answer import Answer, Query

if TYPE_CHECKING:
    from sgcheck.model.network import Network


class Asked(msgspec.Struct, frozen=True):
    """One port on one host.

    family: 4 or 6; None where both may be meant. addresses: those of its own that the host sees packets come to (behind
    a public IPv4 address the private one); empty where that is not known. host: its name, for people.
    """

    protocol: str
    port: int
    family: int | None = None
    addresses: tuple[str, ...] = ()
    host: str | None = None

    @classmethod
    def of(cls, network: Network, query: Query, answer: Answer) -> Asked:
        """What one answer asks of its target's host. Raises UsageError where the question is not about one port."""
        protocol, port = single_port(query)
        address = answer.target.address
        if address is None or "/" in address:
            return cls(protocol, port, host=answer.target.id)
        family = ip_address(address).version
        interface = network.interfaces.get(answer.target.interface) if answer.target.interface else None
        seen = [a for a in interface.addresses if a.family == family] if interface else []
        own = [format_address(a.family, a.value) for a in seen if address in _names(a.family, a.value, a.public)]
        return cls(protocol, port, family, tuple(own), answer.target.id)


def single_port(query: Query) -> tuple[str, int]:
    """The protocol (`tcp`, `udp`) and the port of a question about one port. Raises UsageError for any other."""
    port = query.port
    services = parse_port(port if "/" in port or not port.isdigit() else f"{port}/{query.protocol}")
    values = services.values({"tcp": TCP, "udp": UDP}.get(query.protocol, 0))
    if query.protocol not in {"tcp", "udp"} or values.size != 1:
        raise UsageError(f"one TCP or UDP port has to be asked for, not {port}", "as in --port 443 or --port 53/udp")
    return query.protocol, values.lowest


def _names(family: int, value: int, public: int | None) -> set[str]:
    return {format_address(family, value), *([format_address(4, public)] if public is not None else [])}
