"""Databases: instances, clusters that stand for their members, and proxies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.unique import unique
from sgcheck.aws.db_cluster import DB_CLUSTER, DBClusterRecord
from sgcheck.aws.db_instance import DB_INSTANCE, VpcSecurityGroup
from sgcheck.aws.db_proxy import DB_PROXY
from sgcheck.aws.db_subnet_group import DB_SUBNET_GROUP, DBSubnetGroupRecord
from sgcheck.model.services import Service

if TYPE_CHECKING:
    from sgcheck.aws.conversion.unique import Home
    from sgcheck.aws.snapshot import Snapshot

DOWN = frozenset(
    {
        "creating",
        "deleting",
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-network",
        "incompatible-restore",
        "insufficient-capacity",
        "restore-error",
        "starting",
        "stopped",
        "stopping",
    }
)
"""The states in which no database answers (RDS guide, Overview.DBInstance.Status; Aurora guide, Aurora.Status)."""
PROXY_DOWN = frozenset({"creating", "deleting", "incompatible-network", "insufficient-resource-limits", "suspended"})
PROXY_PORTS = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}
"""Ports by engine family (RDS user guide, rds-proxy: a proxy listens on the default port of its engine)."""


def databases(snapshot: Snapshot) -> Iterator[Service]:
    """Every DB instance, cluster and proxy."""
    yield from _instances(snapshot)
    yield from _clusters(snapshot)
    yield from _proxies(snapshot)


def active(groups: Iterable[VpcSecurityGroup] | None) -> tuple[str, ...] | None:
    """The groups that interfaces have, None where the record does not say."""
    if groups is None:
        return None
    return tuple(sorted({g.vpc_security_group_id or "" for g in groups if g.status in (None, "active")}))


def _instances(snapshot: Snapshot) -> Iterator[Service]:
    """A DB instance has one interface, in a subnet of its Availability Zone that its subnet group has.

    (RDS user guide, USER_VPC.WorkingWithRDSInstanceinaVPC.)
    """
    for record, home in unique(snapshot, DB_INSTANCE).values():
        endpoint = record.endpoint
        yield Service(
            "rds",
            record.db_instance_identifier,
            home.account,
            home.region,
            record.db_instance_arn,
            dns=(endpoint.address.lower(),) if endpoint and endpoint.address else (),
            port=endpoint.port if endpoint else None,
            mark="rds",
            subnets=_subnets(record.db_subnet_group, record.availability_zone),
            groups=active(record.vpc_security_groups),
            single=True,
            state=_down(record.db_instance_status, DOWN),
            startable=record.db_instance_status in ("stopped", "stopping") and not record.db_cluster_identifier,
        )


def _subnets(group: DBSubnetGroupRecord | None, zone: str | None) -> frozenset[str] | None:
    if group is None or group.subnets is None:
        return None
    named = [(s.subnet_identifier, s.subnet_availability_zone) for s in group.subnets if s.subnet_identifier]
    there = frozenset(id_ for id_, place in named if id_ and place and place.name == zone)
    return there or frozenset(id_ for id_, _place in named if id_)


def _down(state: str | None, down: frozenset[str]) -> str | None:
    return state if state in down else None


def _clusters(snapshot: Snapshot) -> Iterator[Service]:
    """The writer's name, and the reader's, which leads to the writer where there is no reader.

    (Aurora user guide, Aurora.Overview.Endpoints.)
    """
    groups = unique(snapshot, DB_SUBNET_GROUP).values()
    subnets = {(home.account, home.region, g.db_subnet_group_name): _subnets(g, None) for g, home in groups}
    known = {(h.account, h.region, r.db_instance_identifier) for r, h in unique(snapshot, DB_INSTANCE).values()}
    for record, home in unique(snapshot, DB_CLUSTER).values():
        members = record.db_cluster_members or ()
        told = all((home.account, home.region, m.db_instance_identifier) in known for m in members)
        where = subnets.get((home.account, home.region, record.db_subnet_group or ""))
        writers = tuple(m.db_instance_identifier or "" for m in members if m.is_cluster_writer)
        readers = tuple(m.db_instance_identifier or "" for m in members if not m.is_cluster_writer)
        names = [record.endpoint] if record.endpoint else []
        yield _cluster(record, home, names, writers if told else (), where)
        if record.reader_endpoint or readers:
            names = [record.reader_endpoint] if record.reader_endpoint else []
            yield _cluster(record, home, names, (readers or writers) if told else (), where)


def _cluster(
    record: DBClusterRecord, home: Home, names: list[str], members: tuple[str, ...], where: frozenset[str] | None
) -> Service:
    return Service(
        "rds",
        record.db_cluster_identifier,
        home.account,
        home.region,
        record.db_cluster_arn,
        dns=tuple(name.lower() for name in names),
        port=record.port,
        mark="rds",
        subnets=where,
        groups=active(record.vpc_security_groups),
        members=members,
        state=_down(record.status, DOWN),
    )


def _proxies(snapshot: Snapshot) -> Iterator[Service]:
    for record, home in unique(snapshot, DB_PROXY).values():
        groups = record.vpc_security_group_ids
        yield Service(
            "rds",
            record.db_proxy_name,
            home.account,
            home.region,
            record.db_proxy_arn,
            dns=(record.endpoint,) if record.endpoint else (),
            port=PROXY_PORTS.get(record.engine_family or ""),
            mark="rds-proxy",
            named=frozenset({record.db_proxy_name}),
            subnets=None if record.vpc_subnet_ids is None else frozenset(record.vpc_subnet_ids),
            groups=None if groups is None else tuple(sorted(set(groups))),
            state=_down(record.status, PROXY_DOWN),
        )
