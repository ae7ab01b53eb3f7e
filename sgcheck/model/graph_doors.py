"""The part of the graph that says where packets go on: route tables, gateways, peerings, endpoints, balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.balancers import TargetKind, nodes_of
from sgcheck.model.routing import Origin, RouteTable, Via

if TYPE_CHECKING:
    from sgcheck.model.balancers import Balancer, PoolTarget
    from sgcheck.model.network import Network
    from sgcheck.model.sketch import Sketch

_TARGETS = {
    TargetKind.INSTANCE: "instance",
    TargetKind.ADDRESS: "address",
    TargetKind.BALANCER: "load-balancer",
    TargetKind.FUNCTION: "function",
}


def draw(sketch: Sketch, network: Network) -> None:
    """Draw them."""
    for id_ in network.tables:
        table = network.tables[id_]
        sketch.node(id_, "route-table", name=table.name, region=table.region, vpc=table.vpc)
        routes(sketch, table, "route-table")
    _gateways(sketch, network)
    _nats(sketch, network)
    for peering in network.peerings.values():
        state = None if peering.active else peering.state
        sketch.node(peering.id, "vpc-peering-connection", name=peering.name, state=state)
        for side in (peering.left, peering.right):
            sketch.edge(peering.id, side.vpc, "peers", ("vpc-peering-connection", "vpc"))
    _endpoints(sketch, network)
    for balancer in network.balancers.values():
        _balancer(sketch, network, balancer)


def kind_of(via: Via) -> str:
    """The kind of node that a route leads to."""
    return "virtual-private-gateway" if via is Via.VPN_GATEWAY else via.value


def routes(sketch: Sketch, table: RouteTable, kind: str) -> None:
    """Draw where a table leads; local routes lead nowhere else."""
    for route in table.routes:
        if route.via is Via.LOCAL or not route.target:
            continue
        if route.via is Via.NOWHERE:
            sketch.node(route.target, Via.NOWHERE.value)
        for target in dict.fromkeys((route.target, *route.rivals)):
            sketch.edge(
                table.id,
                target,
                "routes",
                (kind, kind_of(route.via)),
                destination=route.label,
                list=route.list,
                dead=route.dead,
                propagated=route.origin >= Origin.PROPAGATED,
            )
    for untold in table.open_routes:
        if untold.target:
            between = (kind, kind_of(untold.via))
            sketch.edge(table.id, untold.target, "routes", between, destination=untold.list, dead=untold.dead)


def _gateways(sketch: Sketch, network: Network) -> None:
    every = (
        ("internet-gateway", network.internet_gateways.values()),
        ("egress-only-internet-gateway", network.egress_only_gateways.values()),
        ("virtual-private-gateway", network.vpn_gateways.values()),
    )
    for kind, gateways in every:
        for gateway in gateways:
            sketch.node(gateway.id, kind, name=gateway.name, vpc=gateway.vpc, down=getattr(gateway, "down", False))
            if gateway.vpc is not None:
                sketch.edge(gateway.id, gateway.vpc, "attached", (kind, "vpc"))
    for gateway_id, table in network.table_of_gateway.items():
        sketch.edge(gateway_id, table, "routes", ("", "route-table"))


def _nats(sketch: Sketch, network: Network) -> None:
    for nat in network.nats.values():
        sketch.node(
            nat.id,
            "nat-gateway",
            name=nat.name,
            vpc=nat.vpc,
            subnet=nat.subnet,
            state=None if nat.usable else nat.state,
            addresses=None if nat.private is None else network.address_text(4, nat.private),
            public=None if nat.public is None else network.address_text(4, nat.public),
        )
        sketch.edge(nat.id, nat.subnet or nat.vpc, "in", ("nat-gateway", "subnet" if nat.subnet else "vpc"))
        if nat.table is not None:
            sketch.edge(nat.id, nat.table, "routes", ("nat-gateway", "route-table"))
        own = network.owner_in(nat.vpc, 4, nat.private) if nat.private is not None else None
        if own is not None:
            sketch.edge(nat.id, own.id, "has", ("nat-gateway", "network-interface"))


def _endpoints(sketch: Sketch, network: Network) -> None:
    named = {}
    for service in network.endpoint_services.values():
        named[service.name] = service.id
        sketch.node(service.id, "endpoint-service", name=service.name)
        for balancer in service.balancers:
            sketch.edge(service.id, balancer, "forwards", ("endpoint-service", "load-balancer"))
    for endpoint in network.endpoints.values():
        sketch.node(
            endpoint.id,
            "vpc-endpoint",
            name=endpoint.name,
            vpc=endpoint.vpc,
            subnet=endpoint.subnets[0] if len(endpoint.subnets) == 1 else None,
            what=endpoint.what,
            state=endpoint.state if endpoint.usable is False else None,
            service=endpoint.service,
        )
        sketch.edge(endpoint.id, endpoint.vpc, "in", ("vpc-endpoint", "vpc"))
        for subnet in endpoint.subnets:
            sketch.edge(endpoint.id, subnet, "in", ("vpc-endpoint", "subnet"))
        for interface in endpoint.interfaces:
            sketch.edge(endpoint.id, interface, "has", ("vpc-endpoint", "network-interface"))
        if endpoint.service:
            behind = named.get(endpoint.service, endpoint.service)
            if behind == endpoint.service:
                sketch.node(behind, "aws-service")
            sketch.edge(endpoint.id, behind, "leads", ("vpc-endpoint", "aws-service"))
    for id_ in network.firewalls:
        firewall = network.firewalls[id_]
        sketch.node(id_, "network-firewall", name=firewall.name, vpc=firewall.vpc, policy=firewall.policy_id)
        sketch.edge(id_, firewall.vpc, "in", ("network-firewall", "vpc"))
        for attachment in firewall.attachments:
            sketch.edge(id_, attachment.endpoint, "has", ("network-firewall", "vpc-endpoint"))


def _balancer(sketch: Sketch, network: Network, balancer: Balancer) -> None:
    """A balancer with its nodes and groups, and the targets that it forwards to by port."""
    sketch.node(
        balancer.id,
        "load-balancer",
        name=balancer.name,
        account=balancer.account,
        region=balancer.region,
        vpc=balancer.vpc,
        what=balancer.kind,
        state=balancer.broken,
        internal=not balancer.public,
    )
    for node in nodes_of(network, balancer):
        sketch.edge(balancer.id, node, "has", ("load-balancer", "network-interface"))
    for group in balancer.groups or ():
        sketch.edge(balancer.id, group, "has", ("load-balancer", "security-group"))
    for listener in balancer.listeners or ():
        for pool in filter(None, map(network.balancers.pools.get, listener.pools)):
            for target in pool.targets or ():
                found = _owner(network, pool.vpc, target)
                between = ("load-balancer", _TARGETS[target.kind])
                told = {"listener": listener.label, "pool": pool.name}
                sketch.edge(balancer.id, found, "forwards", between, port=target.port, **told)


def _owner(network: Network, vpc: str | None, target: PoolTarget) -> str:
    """The interface that a target registered by address is, where exactly one has it; else the target's own id."""
    if target.value is None:
        return target.id
    owners = [o for o in network.owners(*target.value) if vpc is None or network.interfaces[o].vpc == vpc]
    return owners[0] if len(owners) == 1 else target.id
