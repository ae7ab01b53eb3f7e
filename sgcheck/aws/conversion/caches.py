"""Caches: clusters, and replication groups that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.aws.cache_cluster import CACHE_CLUSTER
from sgcheck.aws.cache_subnet_group import CACHE_SUBNET_GROUP
from sgcheck.aws.conversion.unique import unique
from sgcheck.aws.replication_group import REPLICATION_GROUP, NodeGroup, ReplicationGroupRecord
from sgcheck.model.services import Service

if TYPE_CHECKING:
    from sgcheck.aws.cache_cluster import CacheClusterRecord
    from sgcheck.aws.conversion.unique import Home
    from sgcheck.aws.db_instance import Endpoint
    from sgcheck.aws.snapshot import Snapshot

DOWN = frozenset({"create-failed", "creating", "deleted", "deleting", "incompatible-network", "restore-failed"})
"""The states in which no cache answers (ElastiCache API, CacheCluster and ReplicationGroup)."""


def caches(snapshot: Snapshot) -> Iterator[Service]:
    """Every cache cluster and replication group."""
    groups = unique(snapshot, CACHE_SUBNET_GROUP).values()
    subnets = {
        (home.account, home.region, group.cache_subnet_group_name): frozenset(
            s.subnet_identifier for s in group.subnets if s.subnet_identifier
        )
        for group, home in groups
        if group.subnets is not None
    }
    for record, home in unique(snapshot, CACHE_CLUSTER).values():
        yield from _cluster(
            record, home, subnets.get((home.account, home.region, record.cache_subnet_group_name or ""))
        )
    for whole, home in unique(snapshot, REPLICATION_GROUP).values():
        yield from _replication_group(whole, home)


def _cluster(record: CacheClusterRecord, home: Home, subnets: frozenset[str] | None) -> Iterator[Service]:
    """The cluster as a whole, and each of its nodes by the node's own name."""
    nodes = [node.endpoint for node in record.cache_nodes or () if node.endpoint]
    listed = record.security_groups
    active = None if listed is None else {g.security_group_id or "" for g in listed if g.status in (None, "active")}
    for endpoint in (record.configuration_endpoint, *nodes):
        yield Service(
            "elasticache",
            record.cache_cluster_id,
            home.account,
            home.region,
            record.arn,
            dns=_names(endpoint),
            port=_port([endpoint, *nodes]),
            mark="elasticache",
            named=frozenset({record.cache_cluster_id}),
            subnets=subnets,
            groups=None if active is None else tuple(sorted(active)),
            single=endpoint is not record.configuration_endpoint,
            state=record.cache_cluster_status if record.cache_cluster_status in DOWN else None,
        )


def _replication_group(record: ReplicationGroupRecord, home: Home) -> Iterator[Service]:
    """The names of all clusters, of the primary and of the replicas (ElastiCache guide, Endpoints)."""
    every = frozenset(record.member_clusters or ())
    shards = record.node_groups or []
    port = _port([record.configuration_endpoint, *(shard.primary_endpoint for shard in shards)])
    ways: list[tuple[Endpoint | None, frozenset[str]]] = [(record.configuration_endpoint, every)]
    for shard in shards:
        ways.append((shard.primary_endpoint, _members(shard, "primary") or every))
        ways.append((shard.reader_endpoint, _members(shard, "replica") or every))
        ways += [
            (member.read_endpoint, frozenset({member.cache_cluster_id}))
            for member in shard.node_group_members or ()
            if member.cache_cluster_id
        ]
    for endpoint, named in ways:
        yield Service(
            "elasticache",
            record.replication_group_id,
            home.account,
            home.region,
            record.arn,
            dns=_names(endpoint),
            port=port,
            mark="elasticache",
            named=named,
            state=record.status if record.status in DOWN else None,
        )


def _members(shard: NodeGroup, role: str) -> frozenset[str]:
    members = shard.node_group_members or ()
    return frozenset(m.cache_cluster_id for m in members if m.cache_cluster_id and m.current_role == role)


def _names(endpoint: Endpoint | None) -> tuple[str, ...]:
    return (endpoint.address.lower(),) if endpoint is not None and endpoint.address else ()


def _port(endpoints: Iterable[Endpoint | None]) -> int | None:
    return next((e.port for e in endpoints if e is not None and e.port), None)
