"""An end as it was named, before it is known who asks whom."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.model.ref import Missing
from sgcheck.model.services import Service
from sgcheck.model.things import Interface
from sgcheck.packets import AddressSet


class Kind(StrEnum):
    """What sort of thing a name stands for; the words are those of answers."""

    INTERNET = "internet"
    INSTANCE = "instance"
    INTERFACE = "network-interface"
    GROUP = "security-group"
    SUBNET = "subnet"
    VPC = "vpc"
    NAT = "nat-gateway"
    TAG = "tag"
    NAME = "name"
    ACCOUNT = "account"
    ENDPOINT = "vpc-endpoint"
    SERVICE = "service"
    ADDRESSES = "cidr"
    ONPREM = "onprem"
    BALANCER = "load-balancer"


class Claim(msgspec.Struct, frozen=True):
    """The interfaces that are a service's, or may be.

    several: whether only some of them are, and it can't be told which. rivals: the other services that may have them.
    lost: those that its record names and that are not in the data.
    """

    service: Service
    interfaces: tuple[str, ...]
    several: bool = False
    rivals: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all of its interfaces are in the data, as far as that can be told."""
        return bool(self.interfaces) and not self.lost


class End(msgspec.Struct, frozen=True):
    """A named end: interfaces (by id), or addresses, or the internet in some families; claims: whose they are.

    zonal: asked by a name that leads to what stands in the client's own zone. public: interfaces that clients
    inside, too, ask by their public addresses. notes: warnings about what was left out. missing: why it is neither.
    """

    kind: Kind
    text: str
    interfaces: tuple[str, ...] = ()
    addresses: AddressSet = AddressSet.EMPTY
    single: bool = False
    families: tuple[int, ...] = (4, 6)
    claims: tuple[Claim, ...] = ()
    zonal: bool = False
    missing: Missing | None = None
    public: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def claims_on(self, interface: Interface | None) -> tuple[Claim | None, ...]:
        """The claims on an interface; (None,) where nobody claims it by name."""
        found = tuple(c for c in self.claims if interface is not None and interface.id in c.interfaces)
        return found or (None,)
