"""Where packets start: a named source becomes vantages, each of which stands for addresses that share everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.model.things import Role
from sgcheck.packets import AddressSet
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.locate import single_owner
from sgcheck.reach.vantage import From, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Address, Interface, Subnet
    from sgcheck.reach.words import Words

IPV4 = 4


def public_inside(network: Network, addresses: AddressSet) -> Iterator[tuple[int, Interface, int]]:
    """The known public IPv4 addresses among `addresses`, each with its interface and its private address there."""
    for low, high in (addresses & network.public_addresses).v4.spans:
        for value in range(low, high + 1):
            owned = network.public_owner(value)
            if owned is not None:
                yield value, *owned


def own_addresses(interface: Interface) -> tuple[Address, ...]:
    """The addresses that a host sends from by itself: its primary IPv4, and its IPv6 addresses."""
    fours = [a for a in interface.addresses if a.family == IPV4]
    chosen = [next((a for a in fours if a.primary), fours[0])] if fours else []
    return (*chosen, *(a for a in interface.addresses if a.family != IPV4))


class Origins:
    """The vantages of one source; `notes` are warnings about what was left out."""

    def __init__(self, network: Network, words: Words, end: End) -> None:
        """Look for where `end` stands."""
        self.network = network
        self.words = words
        self.end = end
        self.notes: list[str] = []

    def vantages(self) -> Iterator[Vantage]:
        """Every place that the packets may start from; those outside of the known network are not among them."""
        end = self.end
        if end.kind is Kind.INTERNET:
            for family in end.families:
                yield Vantage(From.INTERNET, family, self.words.internet.only(family))
        elif end.kind is Kind.ADDRESSES:
            yield from self._address_vantages(end)
        elif end.kind is not Kind.ONPREM:
            for interface in self.asking(end):
                yield from self._interface_vantages(interface)

    def asking(self, end: End) -> list[Interface]:
        """The interfaces of a source; of several those that open connections, which interfaces of endpoints do not."""
        named = [self.network.interfaces[id_] for id_ in end.interfaces]
        return [i for i in named if i.role is not Role.ENDPOINT] or named

    def _interface_vantages(self, interface: Interface) -> Iterator[Vantage]:
        for address in own_addresses(interface):
            yield self._host(interface, AddressSet.address(address.family, address.value), address.family)

    def _host(self, interface: Interface, addresses: AddressSet, family: int, others: tuple[str, ...] = ()) -> Vantage:
        subnet = self.network.subnets.get(interface.subnet)
        return Vantage(From.HOST, family, addresses, interface, others or (interface.id,), subnet)

    def _address_vantages(self, end: End) -> Iterator[Vantage]:
        outside = end.addresses & self.words.internet
        for family in outside.families:
            yield Vantage(From.INTERNET, family, outside.only(family))
        rest = end.addresses - outside
        if end.single and rest:
            yield from self._single_vantage(rest)
            return
        for value, interface, private in public_inside(self.network, rest):
            public = AddressSet.address(IPV4, value)
            if interface.role is Role.NAT:
                yield Vantage(From.INTERNET, IPV4, public)
            else:
                yield self._host(interface, AddressSet.address(IPV4, private), IPV4)
            rest -= public
        for subnet in sorted(self.network.subnets.values(), key=lambda s: s.id):
            yield from self._subnet_vantages(subnet, rest & subnet.addresses)

    def _single_vantage(self, address: AddressSet) -> Iterator[Vantage]:
        family, value = address.sole or (0, 0)
        owned = self.network.public_owner(value) if family == IPV4 else None
        is_nat = owned is not None and owned[0].role is Role.NAT
        if is_nat or (owned is None and address <= self.network.public_addresses):
            yield Vantage(From.INTERNET, family, address)
            return
        if owned is not None:
            yield self._host(owned[0], AddressSet.address(IPV4, owned[1]), IPV4)
            return
        owner = single_owner(self.network, family, value, "--from")
        if owner is not None:
            yield self._host(owner, address, family)
            return
        for subnet in sorted(self.network.subnets.values(), key=lambda s: s.id):
            if subnet.addresses.contains(family, value):
                self.notes.append(
                    f"no known interface has {self.words.addresses(address)}: judged as a new host in {subnet.id}"
                )
                yield Vantage(From.SUBNET, family, address, subnet=subnet)

    def _subnet_vantages(self, subnet: Subnet, addresses: AddressSet) -> Iterator[Vantage]:
        """The hosts of a subnet in classes that can't be told apart, and the addresses that no known interface has."""
        if not addresses:
            return
        classes: dict[tuple[object, ...], list[tuple[Interface, AddressSet]]] = defaultdict(list)
        left = addresses
        for id_ in self.network.in_subnet.get(subnet.id, ()):
            interface = self.network.interfaces[id_]
            own = interface.owned() & addresses
            if own and interface.role in (Role.NAT, Role.ENDPOINT):
                left -= own
            elif own:
                instance = self.network.instances.get(interface.instance) if interface.instance else None
                key = (
                    interface.groups,
                    instance.state if instance else None,
                    interface.in_use,
                    interface.filtered,
                    interface.blocks_internet_ipv6,
                    interface.role,
                )
                classes[key].append((interface, own))
                left -= own
        for members in classes.values():
            together = AddressSet.union_all([own for _i, own in members])
            for family in together.families:
                ids = tuple(i.id for i, own in members if own.only(family))
                first = next(i for i, own in members if own.only(family))
                yield self._host(first, together.only(family), family, ids)
        for family in left.families:
            yield Vantage(From.SUBNET, family, left.only(family), subnet=subnet)
