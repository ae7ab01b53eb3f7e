"""Containers: the tasks of ECS services, and the control planes of EKS clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.unique import unique
from sgcheck.aws.ecs_service import ECS_SERVICE
from sgcheck.aws.ecs_task import ECS_TASK, EcsTaskRecord
from sgcheck.aws.eks_cluster import EKS_CLUSTER
from sgcheck.model.services import Service

if TYPE_CHECKING:
    from sgcheck.aws.conversion.unique import Home
    from sgcheck.aws.ecs_service import EcsServiceRecord
    from sgcheck.aws.snapshot import Snapshot

HTTPS = 443
_HOSTED = "its tasks use the network of the instances that they run on: ask for those"
_PUBLIC = "its public endpoint lies outside of every VPC"
_SERVICE = "service:"


def containers(snapshot: Snapshot) -> Iterator[Service]:
    """Every ECS service and EKS cluster."""
    yield from _ecs(snapshot)
    yield from _eks(snapshot)


def _ecs(snapshot: Snapshot) -> Iterator[Service]:
    """By the interfaces of the tasks where the cluster's tasks are in the data, else by subnets and groups.

    (ECS guide, task-networking-awsvpc: every task has an interface of its own.)
    """
    interfaces: dict[tuple[str, str], list[str]] = defaultdict(list)
    homes: dict[tuple[str, str], Home] = {}
    told: set[str] = set()
    for task, home in unique(snapshot, ECS_TASK).values():
        cluster, group = task.cluster_arn or "", task.group or ""
        told.add(cluster)
        if group.startswith(_SERVICE) and task.last_status not in ("STOPPED", "DEPROVISIONING"):
            homes[cluster, group.removeprefix(_SERVICE)] = home
            interfaces[cluster, group.removeprefix(_SERVICE)] += _interfaces(task)
    for record, home in unique(snapshot, ECS_SERVICE).values():
        key = record.cluster_arn or "", record.service_name or _last(record.service_arn)
        homes.pop(key, None)
        yield _service(record, home, key, tuple(interfaces[key]) if key[0] in told else None)
    for key, home in sorted(homes.items()):
        yield Service("ecs", _id(key), home.account, home.region, interfaces=tuple(interfaces[key]))


def _interfaces(task: EcsTaskRecord) -> list[str]:
    attached = [a for a in task.attachments or () if a.type == "ElasticNetworkInterface" and a.status != "DELETED"]
    details = [d for a in attached for d in a.details or ()]
    return [d.value for d in details if d.name == "networkInterfaceId" and d.value]


def _service(record: EcsServiceRecord, home: Home, key: tuple[str, str], interfaces: tuple[str, ...] | None) -> Service:
    network = record.network_configuration
    config = network.awsvpc_configuration if network else None
    groups = config.security_groups if config else None
    return Service(
        "ecs",
        _id(key),
        home.account,
        home.region,
        record.service_arn,
        mark="ecs",
        subnets=frozenset(config.subnets) if config and config.subnets else None,
        groups=None if groups is None else tuple(sorted(set(groups))),
        interfaces=interfaces if config else (),
        state="without a running task" if record.running_count == 0 else None,
        outside=None if config else _HOSTED,
    )


def _id(key: tuple[str, str]) -> str:
    cluster, name = key
    return f"{_last(cluster)}/{name}" if cluster else name


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]


def _eks(snapshot: Snapshot) -> Iterator[Service]:
    """Interfaces in the cluster's subnets, with the cluster's own group and the additional ones.

    Without private access even the cluster's own VPC is led to the public endpoint (EKS API, VpcConfigResponse).
    """
    for record, home in unique(snapshot, EKS_CLUSTER).values():
        config = record.resources_vpc_config
        groups = {*(config.security_group_ids or ()), config.cluster_security_group_id or ""} if config else set()
        private = config is None or config.endpoint_private_access is not False
        public = config is not None and config.endpoint_public_access is True
        yield Service(
            "eks",
            record.name,
            home.account,
            home.region,
            record.arn,
            dns=(record.endpoint.removeprefix("https://").lower(),) if record.endpoint else (),
            port=HTTPS,
            mark="eks",
            named=frozenset({record.name}),
            subnets=frozenset(config.subnet_ids) if config and config.subnet_ids else None,
            groups=tuple(sorted(groups - {""})) or None,
            interfaces=None if private else (),
            state=record.status.lower() if record.status in ("CREATING", "DELETING", "FAILED", "PENDING") else None,
            outside=_PUBLIC if public else None,
        )
