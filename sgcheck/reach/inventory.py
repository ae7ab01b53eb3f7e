"""What a network is made of: every thing that decides, in tables by id, so that two networks can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sgcheck.model.network import Network

TABLES = {
    "vpcs": "vpc",
    "subnets": "subnet",
    "interfaces": "network-interface",
    "instances": "instance",
    "groups": "security-group",
    "acls": "network-acl",
    "tables": "route-table",
    "internet_gateways": "internet-gateway",
    "egress_only_gateways": "egress-only-internet-gateway",
    "nats": "nat-gateway",
    "peerings": "vpc-peering-connection",
    "endpoints": "vpc-endpoint",
    "endpoint_services": "endpoint-service",
    "firewalls": "network-firewall",
    "vpn_gateways": "vpn-gateway",
}
"""Tables of a network that hold things by id, and the kind of these things."""
LINKS = {
    "acl_of_subnet": ("subnet", "network ACL"),
    "default_acl": ("vpc", "default network ACL"),
    "table_of_subnet": ("subnet", "route table"),
    "main_table": ("vpc", "main route table"),
    "table_of_gateway": ("internet-gateway", "route table"),
    "firewall_of_endpoint": ("vpc-endpoint", "firewall"),
}
"""Tables that say which thing another one has: the kind of the latter, and what it has, in words."""
TRANSIT = {
    "transit_gateways": "transit-gateway",
    "attachments": "transit-gateway-attachment",
    "transit_tables": "transit-gateway-route-table",
}
BALANCING = {"balancers": "load-balancer", "pools": "target-group"}
SERVICES = "services"
ABSENT = "absent"
"""Kinds of which the input holds nothing, where that decides: by kind, the accounts and Regions."""
DECIDING = ("network interface", "internet gateway", "route table")
KINDS = {**TABLES, **TRANSIT, **BALANCING, **{name: kind for name, (kind, _what) in LINKS.items()}}


def inventory(network: Network) -> dict[str, Mapping[str, Any]]:
    """Every table by its name; things are made when they are looked up."""
    transit, balancers = network.transit, network.balancers
    found: dict[str, Mapping[str, Any]] = {name: getattr(network, name) for name in (*TABLES, *LINKS)}
    found["transit_gateways"] = transit.gateways
    found["attachments"] = {f"{a.gateway}/{a.id}": a for a in transit.attachments}
    found["transit_tables"] = {id_: table for id_ in transit.tables if (table := transit.table(id_)) is not None}
    found["balancers"], found["pools"] = balancers, balancers.pools
    found[SERVICES] = {"/".join(service.same): service for service in network.services}
    return found


def absences(network: Network, homes: set[tuple[str | None, str | None]]) -> dict[str, tuple[str, ...]]:
    """The accounts and Regions (of `homes`) that the input holds nothing for, by kind."""
    return {
        kind: tuple(sorted(f"{a or ''} {r or ''}".strip() for a, r in homes if network.absent(kind, a, r) is not None))
        for kind in DECIDING
    }


def homes_of(network: Network) -> set[tuple[str | None, str | None]]:
    """The accounts and Regions of a network's VPCs."""
    return {(vpc.account, vpc.region) for vpc in network.vpcs.values()}
