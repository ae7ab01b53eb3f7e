"""Everybody in a network: hosts in crowds that nothing tells apart as senders, and all addresses that can be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.things import Role
from sgcheck.packets import AddressSet, parse_address
from sgcheck.reach.arrival import answers
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.vantage import From, Target, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface

IPV4 = 4
IPV6 = 6
ASKING = (Role.HOST, Role.OPAQUE)
"""Roles of interfaces that open connections by themselves; NAT gateways only pass on what others open."""


class Crowd(msgspec.Struct, frozen=True):
    """Interfaces of one subnet with the same groups and the same state; `vantages`: one for each address family.

    A vantage has the addresses that its hosts send from by themselves.
    """

    interfaces: tuple[str, ...]
    vantages: tuple[Vantage, ...]


def crowds(network: Network, interfaces: Iterable[Interface]) -> list[Crowd]:
    """The interfaces in as few crowds as there can be, in the order of their first members."""
    found: dict[Hashable, list[Interface]] = defaultdict(list)
    for interface in interfaces:
        found[_likeness(network, interface)].append(interface)
    return [_crowd(network, members) for members in found.values()]


def _likeness(network: Network, interface: Interface) -> Hashable:
    if interface.role is not Role.HOST or interface.what is not None:
        return interface.id
    return (
        interface.subnet,
        interface.groups,
        interface.filtered,
        interface.blocks_internet_ipv6,
        answers(network, interface),
    )


def _crowd(network: Network, members: list[Interface]) -> Crowd:
    by_family: dict[int, list[tuple[Interface, AddressSet]]] = {}
    for interface in members:
        for address in own_addresses(interface):
            one = AddressSet.address(address.family, address.value)
            by_family.setdefault(address.family, []).append((interface, one))
    vantages = []
    for family, found in sorted(by_family.items()):
        addresses = AddressSet.union_all([one for _interface, one in found])
        ids = tuple(dict.fromkeys(interface.id for interface, _one in found))
        first = found[0][0]
        vantages.append(Vantage(From.HOST, family, addresses, first, ids, network.subnets.get(first.subnet)))
    return Crowd(tuple(i.id for i in members), tuple(vantages))


def askers(network: Network) -> Iterator[Interface]:
    """Every interface that opens connections by itself, by id."""
    for id_ in sorted(network.interfaces):
        if network.interfaces[id_].role in ASKING:
            yield network.interfaces[id_]


def private_targets(network: Network, interfaces: Iterable[str]) -> Iterator[Target]:
    """Every private and IPv6 address of the interfaces, as hosts inside ask for them."""
    for id_ in interfaces:
        interface = network.interfaces[id_]
        for address in interface.addresses:
            asked = AddressSet.address(address.family, address.value)
            yield Target(asked, address.family, interface, (address.family, address.value))


def public_targets(network: Network, interfaces: Iterable[str]) -> Iterator[Target]:
    """Every public address of the interfaces, as the internet asks for them."""
    for id_ in interfaces:
        interface = network.interfaces[id_]
        for address in interface.addresses:
            if address.family == IPV4 and address.public is not None:
                asked = AddressSet.address(IPV4, address.public)
                yield Target(asked, IPV4, interface, (IPV4, address.value), public=True)
            elif address.family == IPV6 and network.advertised.contains(IPV6, address.value):
                asked = AddressSet.address(IPV6, address.value)
                yield Target(asked, IPV6, interface, (IPV6, address.value), public=True)


def public_interfaces(network: Network) -> list[str]:
    """Interfaces that have any address the internet can ask for, by id; makes no others."""
    found = {id_ for id_, _private in network.directory.publics.values()}
    for text, ids in network.directory.addresses.items():
        if ":" in text and network.advertised.contains(*parse_address(text)):
            found.update(ids)
    return sorted(found)
