"""The two ends of a question, as a walk needs them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.model.things import Interface, Subnet
from sgcheck.packets import AddressSet
from sgcheck.reach.ends import Claim


class From(StrEnum):
    """Where packets start."""

    HOST = "host"
    SUBNET = "subnet"
    INTERNET = "internet"
    ELSEWHERE = "elsewhere"


class Vantage(msgspec.Struct, frozen=True):
    """Where packets start: addresses of one family that share everything that decides.

    HOST: `interface` stands for all the interfaces in `interfaces`, which have the same subnet, groups and state.
    SUBNET: addresses of a subnet that no known interface owns. ELSEWHERE: outside of what the input holds, as `beyond`
    says. claim: the named service that it stands for. through: the balancers that the packets have come through,
    of the last of which `interface` is a node; keeps: it passes them on with the client's address, which is in
    `addresses` then, and gets the replies without a route.
    """

    start: From
    family: int
    addresses: AddressSet
    interface: Interface | None = None
    interfaces: tuple[str, ...] = ()
    subnet: Subnet | None = None
    beyond: str | None = None
    claim: Claim | None = None
    through: tuple[str, ...] = ()
    keeps: bool = False

    @property
    def vpc(self) -> str | None:
        """The VPC it lies in, if it lies in a known one."""
        if self.interface is not None:
            return self.interface.vpc
        return self.subnet.vpc if self.subnet else None


class Target(msgspec.Struct, frozen=True):
    """Where packets go: `asked` are the destination addresses as the client uses them.

    interface and private: the wanted end, when it is known (private is its (family, value) on the interface). public:
    whether the client uses a public address for it. subnet: the home of an address that nobody owns. onprem: whatever
    lies behind the gateways that lead out of the known network. claim: the named service that it stands for.
    """

    asked: AddressSet
    family: int
    interface: Interface | None = None
    private: tuple[int, int] | None = None
    public: bool = False
    subnet: Subnet | None = None
    internet: bool = False
    onprem: bool = False
    claim: Claim | None = None
