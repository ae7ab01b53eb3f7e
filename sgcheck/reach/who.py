"""Who asks: the internet, what lies elsewhere, or a crowd of hosts, as rows of an answer name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.reach.titles import owner
from sgcheck.reach.vantage import From, Vantage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.model.network import Network
    from sgcheck.packets import AddressSet

HOSTS = "hosts"


class Who(msgspec.Struct, frozen=True, order=True):
    """Somebody who asks.

    kind: `internet`, `onprem`, `subnet` (addresses that nobody is known to have), that of a host, or `hosts` for
    several, whose id is the subnet that they are in.
    interfaces: theirs, sorted. hosts: ids of what they belong to, instances where there are any, sorted.
    """

    kind: str
    id: str | None
    name: str | None
    interfaces: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def who(network: Network, vantage: Vantage, addresses: AddressSet) -> Who:
    """Who of a vantage sends from `addresses`."""
    if vantage.start is From.INTERNET:
        return Who("internet", None, None)
    if vantage.start is From.ELSEWHERE:
        return Who("onprem", vantage.beyond, None)
    subnet = vantage.subnet
    if vantage.start is From.SUBNET:
        return Who("subnet", subnet.id if subnet else None, subnet.name if subnet else None)
    if len(vantage.interfaces) == 1:
        return people(network, vantage.interfaces)
    return people(network, (id_ for id_ in vantage.interfaces if network.interfaces[id_].owned() & addresses))


def people(network: Network, interfaces: Iterable[str]) -> Who:
    """The hosts that some interfaces belong to; there is one at least."""
    ids = tuple(sorted(interfaces))
    owners = sorted({owner(network, network.interfaces[id_]) for id_ in ids}, key=lambda o: (o[1] or "", o[0]))
    hosts = tuple(id_ for _kind, id_, _name in owners if id_)
    if len(owners) == 1:
        kind, id_, name = owners[0]
        return Who(kind, id_, name, ids, hosts)
    subnets = {network.interfaces[id_].subnet for id_ in ids}
    only = subnets.pop() if len(subnets) == 1 else None
    subnet = network.subnets.get(only) if only else None
    return Who(HOSTS, only, subnet.name if subnet else None, ids, hosts)
