"""The network as a networkx graph: what stands where, what refers to what, what grants what.

Nodes are ids (address ranges: CIDRs) with `kind`; edges have `kind`: `in`, `has`, `routes`, `attached`, `peers`,
`forwards`, `refers`, `grants`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from sgcheck.model.balancers import nodes_of
from sgcheck.model.filters import Way

if TYPE_CHECKING:
    from sgcheck.model.filters import RuleSet
    from sgcheck.model.network import Network


def network_graph(network: Network) -> nx.MultiDiGraph[str]:
    """Build the graph; edges point from what depends to what it depends on, grants along the packets."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    _places(graph, network)
    _gateways(graph, network)
    _balancers(graph, network)
    for id_ in network.groups:
        _group(graph, network.groups[id_])
    for _node, data in graph.nodes(data=True):
        data.setdefault("kind", "unknown")
    return graph


def _places(graph: nx.MultiDiGraph[str], network: Network) -> None:
    for vpc in network.vpcs.values():
        graph.add_node(vpc.id, kind="vpc", name=vpc.name)
    for subnet in network.subnets.values():
        graph.add_node(subnet.id, kind="subnet", name=subnet.name)
        graph.add_edge(subnet.id, subnet.vpc, kind="in")
        table = network.table_of_subnet.get(subnet.id) or network.main_table.get(subnet.vpc)
        if table is not None:
            graph.add_edge(subnet.id, table, kind="routes")
        acl = network.acl_of_subnet.get(subnet.id) or network.default_acl.get(subnet.vpc)
        if acl is not None:
            graph.add_edge(subnet.id, acl, kind="has")
    for interface in network.interfaces.values():
        graph.add_node(interface.id, kind="network-interface", name=interface.name)
        graph.add_edge(interface.id, interface.subnet, kind="in")
        for group in interface.groups or ():
            graph.add_edge(interface.id, group, kind="has")
        if interface.instance is not None:
            graph.add_edge(interface.instance, interface.id, kind="has")
    for instance in network.instances.values():
        graph.add_node(instance.id, kind="instance", name=instance.name)


def _gateways(graph: nx.MultiDiGraph[str], network: Network) -> None:
    for id_ in network.acls:
        graph.add_node(id_, kind="network-acl")
    for id_ in network.tables:
        graph.add_node(id_, kind="route-table")
        for route in network.tables[id_].routes:
            if route.target != "local":
                graph.add_edge(id_, route.target, kind="routes", destination=route.label)
    for gateway in (*network.internet_gateways.values(), *network.egress_only_gateways.values()):
        graph.add_node(gateway.id, kind="gateway", name=gateway.name)
        if gateway.vpc is not None:
            graph.add_edge(gateway.id, gateway.vpc, kind="attached")
    for nat in network.nats.values():
        graph.add_node(nat.id, kind="nat-gateway", name=nat.name)
        graph.add_edge(nat.id, nat.subnet or nat.vpc, kind="in")
    for peering in network.peerings.values():
        graph.add_node(peering.id, kind="vpc-peering-connection", name=peering.name)
        graph.add_edge(peering.id, peering.left.vpc, kind="peers")
        graph.add_edge(peering.id, peering.right.vpc, kind="peers")


def _balancers(graph: nx.MultiDiGraph[str], network: Network) -> None:
    """Balancers with their nodes, and the targets that they forward to by port."""
    for balancer in network.balancers.values():
        graph.add_node(balancer.id, kind="load-balancer", name=balancer.name)
        for node in nodes_of(network, balancer):
            graph.add_edge(balancer.id, node, kind="has")
        for listener in balancer.listeners or ():
            for pool in filter(None, map(network.balancers.pools.get, listener.pools)):
                for target in pool.targets or ():
                    graph.add_edge(balancer.id, target.id, kind="forwards", listener=listener.label, port=target.port)


def _group(graph: nx.MultiDiGraph[str], group: RuleSet) -> None:
    """References and grants of one group; an egress grant points the other way."""
    graph.add_node(group.id, kind="security-group", name=group.name)
    for way in Way:
        for line in group.lines(way) or ():
            words = ", ".join(line.services.describe())
            peers = (
                [line.reference.group]
                if line.reference
                else [line.unresolved]
                if line.unresolved
                else line.peer.cidrs()
            )
            kind = "refers" if line.reference else "grants"
            for peer in peers:
                if peer not in graph:
                    graph.add_node(peer, kind="security-group" if line.reference else "range")
                ends = (peer, group.id) if way is Way.INGRESS else (group.id, peer)
                graph.add_edge(*ends, kind=kind, services=words, way=way.value, rule=line.label)
