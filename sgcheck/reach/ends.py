"""An end as it was named, before it is known who asks whom."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sgcheck.model.ref import Missing
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
    ENDPOINT = "vpc-endpoint"
    ADDRESSES = "cidr"
    ONPREM = "onprem"


class End(msgspec.Struct, frozen=True):
    """A named end: interfaces (by id), or addresses, or the internet in some families; `missing` says why neither."""

    kind: Kind
    text: str
    interfaces: tuple[str, ...] = ()
    addresses: AddressSet = AddressSet.EMPTY
    single: bool = False
    families: tuple[int, ...] = (4, 6)
    missing: Missing | None = None
