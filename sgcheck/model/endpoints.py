"""Endpoints: doors in a VPC to services, to inspection, and to hosts, and the services behind them."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class EndpointKind(StrEnum):
    """What an endpoint does with packets.

    SERVICE: takes connections on interfaces of its own. GATEWAY: carries packets to the addresses of a service.
    INSPECTION: a next hop that has packets inspected and gives them back. CONNECT: opens connections to hosts for
    people elsewhere. OPAQUE: something that is not modelled.
    """

    SERVICE = "interface"
    GATEWAY = "gateway"
    INSPECTION = "inspection"
    CONNECT = "connect"
    OPAQUE = "opaque"


class Endpoint(msgspec.Struct, frozen=True):
    """One endpoint.

    what: its kind in the provider's words, for people. usable: whether its state lets it work, None where that can't be
    told. restricted: its policy is not the one that allows everything. private_dns: whether the service's own name
    leads here. managed: the firewall that it belongs to by what it says of itself. preserves: hosts see the client's
    address instead of the endpoint's.
    """

    id: str
    kind: EndpointKind
    what: str
    vpc: str
    state: str
    usable: bool | None
    subnets: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    service: str | None = None
    restricted: bool = False
    private_dns: bool | None = None
    managed: str | None = None
    preserves: bool = False
    name: str | None = None


class EndpointService(msgspec.Struct, frozen=True):
    """A service behind endpoints; `balancers` take what comes through them."""

    id: str
    name: str
    state: str
    usable: bool
    balancers: tuple[str, ...] = ()
