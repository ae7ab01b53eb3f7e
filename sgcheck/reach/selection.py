"""What of two networks is compared: all, or only what some ends have to do with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.errors import SgcheckError, UnknownNameError
from sgcheck.packets import AddressSet, PacketSet, Services
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.flows import Aim, Source
from sgcheck.reach.locate import find_end

if TYPE_CHECKING:
    from sgcheck.model.network import Network


class Only(msgspec.Struct, frozen=True):
    """Ends that are compared: `kinds` of sources without interfaces, `interfaces`, and `addresses` (None: any)."""

    kinds: frozenset[str]
    interfaces: frozenset[str]
    addresses: AddressSet | None = None


class Selection(msgspec.Struct, frozen=True):
    """What is compared; None: everything."""

    services: Services = Services.ALL
    source: Only | None = None
    target: Only | None = None

    def asks(self, source: Source) -> Source | None:
        """The part of a source that is compared."""
        if self.source is None or source.kind in self.source.kinds:
            return source
        kept = tuple(id_ for id_ in source.interfaces if id_ in self.source.interfaces)
        return source._replace(interfaces=kept) if kept else None

    def asked(self, aim: Aim) -> bool:
        """Whether a target is compared."""
        if self.target is None:
            return True
        if not aim.interface:
            return "internet" in self.target.kinds
        addresses = self.target.addresses
        named = aim.interface in self.target.interfaces
        return named and (addresses is None or addresses.contains(aim.family, aim.value))

    def kept(self, packets: PacketSet) -> PacketSet:
        """The packets that are compared."""
        addresses = self.source.addresses if self.source is not None else None
        return packets if addresses is None else packets.where(sources=addresses)


def select(
    before: Network, after: Network, services: Services, source: str | None = None, target: str | None = None
) -> Selection:
    """What the options name. Raises UsageError where neither network knows an end."""
    made = [None if end is None else _only(before, after, end, option) for end, option in _both(source, target)]
    return Selection(services, made[0], made[1])


def _both(source: str | None, target: str | None) -> tuple[tuple[str | None, str], tuple[str | None, str]]:
    return (source, "--from"), (target, "--to")


def _only(before: Network, after: Network, text: str, option: str) -> Only:
    found: list[tuple[Network, End]] = []
    failed: list[SgcheckError] = []
    for network in (after, before):
        try:
            found.append((network, find_end(network, text, option)))
        except UnknownNameError as error:
            failed.append(error)
    if not found:
        raise failed[0]
    ends = [end for _network, end in found]
    if ends[0].kind is Kind.INTERNET:
        families = AddressSet.union_all([AddressSet.ALL.only(family) for family in ends[0].families])
        return Only(frozenset({"internet"}), frozenset(), families)
    if ends[0].kind is Kind.ONPREM:
        return Only(frozenset({"outside"}), frozenset())
    if ends[0].kind is not Kind.ADDRESSES:
        return Only(frozenset(), frozenset(id_ for end in ends for id_ in end.interfaces))
    addresses = AddressSet.union_all([end.addresses for end in ends])
    owned = {
        interface.id
        for network, end in found
        for interface in network.interfaces.values()
        if (interface.owned() | interface.public()) & end.addresses
    }
    return Only(frozenset({"internet", "outside"}), frozenset(owned), addresses)
