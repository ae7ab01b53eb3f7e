"""Stores of other kinds: Redshift clusters, OpenSearch domains, file systems."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.databases import active
from sgcheck.aws.conversion.unique import reading, region_of_zone, unique
from sgcheck.aws.mount_target import MOUNT_TARGET
from sgcheck.aws.redshift_cluster import REDSHIFT_CLUSTER, RedshiftClusterRecord
from sgcheck.aws.search_domain import SEARCH_DOMAIN
from sgcheck.model.services import Service
from sgcheck.packets import parse_address

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

HTTPS = 443
NFS = 2049
_PUBLIC = "its endpoint lies outside of every VPC"
REDSHIFT_DOWN = frozenset(
    {"creating", "deleting", "hardware-failure", "incompatible-network", "incompatible-restore", "paused"}
)
"""The states in which no cluster answers (Redshift API, Cluster: ClusterStatus)."""


def stores(snapshot: Snapshot) -> Iterator[Service]:
    """Every Redshift cluster, OpenSearch domain and file system."""
    yield from _redshift(snapshot)
    yield from _search(snapshot)
    yield from _files(snapshot)


def _redshift(snapshot: Snapshot) -> Iterator[Service]:
    """Clients speak with the leader node, whose address the record has (Redshift API, ClusterNode)."""
    for record, home in unique(snapshot, REDSHIFT_CLUSTER).values():
        endpoint = record.endpoint
        yield Service(
            "redshift",
            record.cluster_identifier,
            home.account,
            home.region,
            dns=(endpoint.address.lower(),) if endpoint and endpoint.address else (),
            port=endpoint.port if endpoint else None,
            mark="redshift",
            groups=active(record.vpc_security_groups),
            addresses=reading(home, f"Clusters ({record.cluster_identifier})", partial(_leaders, record)),
            state=record.cluster_status if record.cluster_status in REDSHIFT_DOWN else None,
        )


def _leaders(record: RedshiftClusterRecord) -> frozenset[tuple[int, int]]:
    leading = (n for n in record.cluster_nodes or () if n.node_role in ("LEADER", "SHARED"))
    return frozenset(parse_address(n.private_ip_address) for n in leading if n.private_ip_address)


def _search(snapshot: Snapshot) -> Iterator[Service]:
    """In a VPC or public, never both (OpenSearch guide, vpc)."""
    for record, home in unique(snapshot, SEARCH_DOMAIN).values():
        options = record.vpc_options
        inside = options is not None and bool(options.subnet_ids)
        names = [record.endpoint, *(record.endpoints or {}).values()]
        yield Service(
            "opensearch",
            record.domain_name,
            home.account,
            home.region,
            record.arn,
            dns=tuple(sorted({name.lower() for name in names if name})),
            port=HTTPS,
            mark="opensearch",
            named=frozenset({record.domain_name}),
            subnets=frozenset(options.subnet_ids or ()) if options and inside else None,
            groups=tuple(sorted(set(options.security_group_ids))) if options and options.security_group_ids else None,
            interfaces=None if inside else (),
            state="deleted" if record.deleted else None,
            outside=None if inside else _PUBLIC,
        )


def _files(snapshot: Snapshot) -> Iterator[Service]:
    """A file system by each of its mount targets: its name leads to the one in the client's own zone.

    (EFS guide, mounting-fs-mount-cmd-dns-name.)
    """
    for record, home in unique(snapshot, MOUNT_TARGET).values():
        system, zone = record.file_system_id or "", record.availability_zone_name
        region = home.region or region_of_zone(zone)
        names = (f"{system}.efs.{region}.amazonaws.com",) if region else ()
        yield Service(
            "efs",
            system,
            home.account,
            region,
            dns=tuple(f"{zone}.{name}" for name in names if zone),
            zonal=names,
            port=NFS,
            interfaces=(record.network_interface_id,) if record.network_interface_id else None,
            mark="efs",
            named=frozenset({system}),
            state=None if record.life_cycle_state in (None, "available", "updating") else record.life_cycle_state,
        )
