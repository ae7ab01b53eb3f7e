"""Which addresses and which port a question asks about, for one real attempt at each."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from sgcheck.diagnose.asked import single_port
from sgcheck.diagnose.attempt import Aim
from sgcheck.errors import UsageError
from sgcheck.reach.answer import Answer, ClientSees

if TYPE_CHECKING:
    from sgcheck.reach.answer import Explanation

AT_MOST = 4
"""Addresses that one probe tries: a host's own, not a fleet's."""


def aims_of(explanation: Explanation, name: str | None = None) -> tuple[Aim, ...]:
    """The one port, at each address that the answer is about, IPv4 first.

    name: the host name that was asked for, if any. Raises UsageError where that is no port of one host: several ports,
    a protocol without ports, a whole network, or no address that the source could use.
    """
    protocol, port = single_port(explanation.query)
    addresses = dict.fromkeys(_addresses(explanation))
    if not addresses:
        raise UsageError(
            f"nothing to probe: {explanation.query.target} has no address that {explanation.query.source} could use",
            "name an address with --to, or say with --source-ip where this machine stands",
        )
    if len(addresses) > AT_MOST:
        raise UsageError(
            f"{explanation.query.target} has {len(addresses)} addresses, a probe tries {AT_MOST} at most",
            f"name one of them with --to, such as {next(iter(addresses))}",
        )
    aims = [Aim.at(address, port, protocol, name) for address in addresses]
    return tuple(sorted(aims, key=lambda aim: aim.family))


def stands_at(answer: Answer, address: str) -> bool:
    """Whether `address` is one of those that the answer's source has."""
    return any(_holds(block, address) for block in answer.source.addresses)


def _addresses(explanation: Explanation) -> Iterator[str]:
    for answer in explanation.answers:
        if answer.target.address and answer.client_sees is not ClientSees.NO_ADDRESS:
            if "/" in answer.target.address:
                raise UsageError(f"{answer.target.address} is no host: a probe tries one host's port, never a network")
            yield answer.target.address


def _holds(block: str, address: str) -> bool:
    """Whether a CIDR or an address holds `address`; the whole internet holds what is not private."""
    found, network = ip_address(address.partition("%")[0]), ip_network(block, strict=False)
    if found.version != network.version:
        return False
    return found.is_global if network.prefixlen == 0 else found in network
