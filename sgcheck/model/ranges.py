"""What addresses are known: sets over everything that a network has, made when somebody first asks for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from sgcheck.packets import INTERNET, AddressSet, IntervalSet

if TYPE_CHECKING:
    from sgcheck.model.network import Directory
    from sgcheck.model.things import NatGateway, Vpc

Keep: TypeAlias = Callable[[str, Callable[[], AddressSet]], AddressSet]
"""Has a set by its name, or makes it."""


class Ranges:
    """The sets of addresses of a network."""

    def __init__(
        self, vpcs: Mapping[str, Vpc], nats: Mapping[str, NatGateway], directory: Directory, keep: Keep | None = None
    ) -> None:
        """Make them of what is given, where `keep` has none."""
        self._vpcs = vpcs
        self._nats = nats
        self._directory = directory
        self._keep = keep or (lambda _name, make: make())

    @cached_property
    def public(self) -> AddressSet:
        """Every public IPv4 that belongs to something known."""
        return self._keep("public", self._public)

    def _public(self) -> AddressSet:
        nats = [n.public for n in self._nats.values() if n.public is not None]
        return AddressSet.of(v4=IntervalSet.of(*((v, v) for v in (*self._directory.publics, *nats))))

    @cached_property
    def known(self) -> AddressSet:
        """Every address of a known VPC, and every known public one."""
        return self._keep("known", self._known)

    def _known(self) -> AddressSet:
        return AddressSet.union_all([v.addresses for v in self._vpcs.values()]) | self.public

    @cached_property
    def internet(self) -> AddressSet:
        """Public unicast addresses that belong to nothing known."""
        return self._keep("internet", lambda: INTERNET - self.known)

    @cached_property
    def advertised(self) -> AddressSet:
        """Addresses that the internet can reach at all: without private ones, and ranges that a VPC keeps private."""
        return self._keep("advertised", self._advertised)

    def _advertised(self) -> AddressSet:
        return INTERNET - AddressSet.union_all([v.unadvertised for v in self._vpcs.values()])
