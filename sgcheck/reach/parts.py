"""The parts of two networks that nothing joins: no packet gets from a VPC of one part to a VPC of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.model.endpoints import EndpointKind
from sgcheck.model.routing import Via

if TYPE_CHECKING:
    from sgcheck.model.network import Network

ANYWHERE = "*"
"""Stands for whatever lies behind what is not known."""
KNOWN = (
    Via.LOCAL,
    Via.INTERNET_GATEWAY,
    Via.EGRESS_ONLY_GATEWAY,
    Via.NAT_GATEWAY,
    Via.PEERING,
    Via.TRANSIT_GATEWAY,
    Via.VPN_GATEWAY,
    Via.NOWHERE,
)


class Parts:
    """Tells which VPCs belong together, in either of two networks."""

    def __init__(self, *networks: Network) -> None:
        """Join what peerings, transit gateways, endpoints, balancers and unknown things join."""
        self._of: dict[str, str] = {}
        for network in networks:
            for one, other in _joints(network):
                self._join(one, other)

    def of(self, vpc: str) -> str:
        """A name of the part that a VPC belongs to."""
        found = vpc
        while (above := self._of.get(found, found)) != found:
            found = above
        return found

    def _join(self, one: str, other: str) -> None:
        self._of[self.of(one)] = self.of(other)


def _joints(network: Network) -> Iterator[tuple[str, str]]:
    for peering in network.peerings.values():
        yield peering.left.vpc, peering.right.vpc
    for attachment in network.transit.attachments:
        yield attachment.gateway, attachment.resource or ANYWHERE
    for table in network.tables.values():
        led = {(route.target, route.via) for route in table.routes}
        for target, via in led | {(route.target, route.via) for route in table.open_routes}:
            if via is Via.TRANSIT_GATEWAY:
                yield table.vpc or ANYWHERE, target
            elif via not in KNOWN or (via is Via.PEERING and target not in network.peerings):
                yield table.vpc or ANYWHERE, ANYWHERE
    for endpoint in network.endpoints.values():
        if endpoint.kind is not EndpointKind.GATEWAY:
            yield endpoint.vpc, ANYWHERE
    for balancer in network.balancers.values():
        yield balancer.vpc or ANYWHERE, ANYWHERE
