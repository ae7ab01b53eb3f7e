"""The things a network is made of, without any of a provider's spelling."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.packets import AddressSet


class PublicAccess(StrEnum):
    """How far traffic with the internet is blocked above all rules."""

    OPEN = "off"
    BLOCK_BOTH = "block-bidirectional"
    BLOCK_INGRESS = "block-ingress"


class Vpc(msgspec.Struct, frozen=True):
    """A routing context: its own address space, in which private addresses are unique.

    unadvertised: public-looking ranges that are not announced to the internet.
    """

    id: str
    account: str | None
    region: str | None
    name: str | None
    addresses: AddressSet
    public_access: PublicAccess = PublicAccess.OPEN
    tags: dict[str, str] = {}
    unadvertised: AddressSet = AddressSet.EMPTY


class Subnet(msgspec.Struct, frozen=True):
    """A piece of a VPC whose hosts reach each other without filters or routes in between.

    spared: it is excluded from something that its account blocks.
    zone: the name of its Availability Zone, which another account may call otherwise; zone_id: its name for all.
    """

    id: str
    vpc: str
    account: str | None
    region: str | None
    zone: str | None
    name: str | None
    addresses: AddressSet
    public_access: PublicAccess = PublicAccess.OPEN
    tags: dict[str, str] = {}
    spared: bool = False
    zone_id: str | None = None


class Address(msgspec.Struct, frozen=True):
    """One address of an interface; `public` is the public IPv4 that maps to it (for IPv6 the address is its own)."""

    family: int
    value: int
    public: int | None = None
    primary: bool = False


class Role(StrEnum):
    """What an interface is there for, as far as it changes what happens to packets."""

    HOST = "host"
    NAT = "nat-gateway"
    OPAQUE = "opaque"
    SILENT = "silent"
    ENDPOINT = "endpoint"


class Interface(msgspec.Struct, frozen=True):
    """A network interface.

    groups: None where the data lacks them. filtered: False for managed interfaces that have no groups at all. in_use:
    False when it is attached to nothing that could answer. forwards: accepts packets that are not for its own addresses
    (source/dest check off).
    role: OPAQUE ones (balancers, endpoints) decide more than rules say; SILENT ones never answer; ENDPOINT ones lead to
    a service. what: the kind of one that is no host, for people.
    """

    id: str
    vpc: str
    subnet: str
    account: str | None
    region: str | None
    name: str | None
    groups: tuple[str, ...] | None
    addresses: tuple[Address, ...]
    prefixes: AddressSet
    in_use: bool
    instance: str | None
    forwards: bool
    filtered: bool
    role: Role = Role.HOST
    what: str | None = None
    blocks_internet_ipv6: bool = False
    primary: bool = True
    tags: dict[str, str] = {}
    description: str | None = None

    def public(self) -> AddressSet:
        """Every public IPv4 address that maps to one of its own."""
        return AddressSet.union_all([AddressSet.address(4, a.public) for a in self.addresses if a.public is not None])

    def owned(self) -> AddressSet:
        """Every private or IPv6 address that is this interface's own, delegated prefixes included."""
        return AddressSet.union_all([AddressSet.address(a.family, a.value) for a in self.addresses]) | self.prefixes


class Instance(msgspec.Struct, frozen=True):
    """A host; `state` is the provider's word, of which only `running` answers.

    impaired: its checks that fail. starting: those that have found nothing yet, since it has just started.
    """

    id: str
    state: str
    account: str | None
    region: str | None
    name: str | None
    interfaces: tuple[str, ...]
    tags: dict[str, str] = {}
    dns: tuple[str, ...] = ()
    impaired: tuple[str, ...] = ()
    starting: tuple[str, ...] = ()


class Gateway(msgspec.Struct, frozen=True):
    """An internet gateway or an egress-only one. vpc: None when it is attached to none."""

    id: str
    vpc: str | None
    name: str | None = None


class VpnGateway(msgspec.Struct, frozen=True):
    """A virtual private gateway. down: it has VPN connections, and none of their tunnels is up."""

    id: str
    vpc: str | None
    name: str | None = None
    down: bool = False


class NatGateway(msgspec.Struct, frozen=True):
    """A NAT gateway.

    subnet: None for a regional one, which has its own route `table`. private: its address there; public: what the
    internet sees (None: a private NAT gateway). usable: in the state `available`.
    """

    id: str
    vpc: str
    subnet: str | None
    table: str | None
    private: int | None
    public: int | None
    usable: bool
    state: str
    zones: tuple[str, ...] = ()
    name: str | None = None
    addresses: tuple[int, ...] = ()


class PeeringSide(msgspec.Struct, frozen=True):
    """One end of a peering."""

    vpc: str
    account: str | None
    region: str | None
    addresses: AddressSet


class Peering(msgspec.Struct, frozen=True):
    """A connection of two VPCs, never transitive."""

    id: str
    active: bool
    state: str
    left: PeeringSide
    right: PeeringSide
    name: str | None = None

    def other(self, vpc: str) -> PeeringSide | None:
        """The far side as seen from `vpc`, or None when `vpc` is no side of it."""
        if self.left.vpc == vpc:
            return self.right
        return self.left if self.right.vpc == vpc else None

    @property
    def crosses_regions(self) -> bool:
        """Whether the two sides are known to lie in different Regions."""
        return self.left.region is not None and self.right.region is not None and self.left.region != self.right.region


def shares_zone(one: Subnet, other: Subnet) -> bool | None:
    """Whether two subnets lie in one Availability Zone, None where their names can't tell."""
    if one.zone_id and other.zone_id:
        return one.zone_id == other.zone_id
    if not one.zone or not other.zone or (one.account and other.account and one.account != other.account):
        return None
    return one.zone == other.zone
