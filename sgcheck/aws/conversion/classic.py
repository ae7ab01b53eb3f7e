"""Classic Load Balancers: each listener has a pool of its own, the same instances on another port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws.balancer_attribute import CLASSIC_ATTRIBUTE
from sgcheck.aws.classic_load_balancer import CLASSIC_LOAD_BALANCER
from sgcheck.aws.conversion.unique import Home, unique
from sgcheck.model.balancers import Balancer, BalancerZone, Handling, Listener, Pool, PoolTarget, TargetKind
from sgcheck.packets import TCP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.aws.classic_load_balancer import ClassicLoadBalancerRecord
    from sgcheck.aws.snapshot import Snapshot


def classic_balancers(snapshot: Snapshot) -> tuple[list[Balancer], list[Pool]]:
    """Every Classic Load Balancer in a VPC, and the pools of their listeners."""
    crossing = {
        (record.load_balancer_name, batch.region): record.load_balancer_attributes.cross_zone_load_balancing.enabled
        for record, batch in snapshot.records(CLASSIC_ATTRIBUTE)
        if record.load_balancer_attributes and record.load_balancer_attributes.cross_zone_load_balancing
    }
    balancers: list[Balancer] = []
    pools: list[Pool] = []
    for id_, (record, home) in unique(snapshot, CLASSIC_LOAD_BALANCER).items():
        if record.vpc_id:
            made = list(_listeners(id_, record))
            listeners = tuple(listener for listener, _pool in made)
            cross_zone = crossing.get((record.load_balancer_name, home.region))
            balancers.append(_balancer(id_, record, home, listeners, cross_zone))
            pools += {pool.id: pool for _listener, pool in made}.values()
    return balancers, pools


def _balancer(
    id_: str,
    record: ClassicLoadBalancerRecord,
    home: Home,
    listeners: tuple[Listener, ...],
    cross_zone: bool | None,
) -> Balancer:
    """cross_zone: on or off depending on what made the balancer, and only told by its attributes."""
    name = record.load_balancer_name
    return Balancer(
        id=id_,
        name=name,
        kind="classic load balancer",
        handling=Handling.PROXY,
        vpc=record.vpc_id,
        account=home.account,
        region=home.region,
        public=record.scheme != "internal",
        described=f"ELB {name}",
        ids=(id_, f"arn:aws:elasticloadbalancing:{home.region or ''}:{home.account or ''}:loadbalancer/{name}"),
        dns=record.dns_name.lower() if record.dns_name else None,
        zones=(
            *(BalancerZone(zone, None) for zone in record.availability_zones or ()),
            *(BalancerZone(None, subnet) for subnet in record.subnets or ()),
        ),
        groups=tuple(sorted(record.security_groups)) if record.security_groups else None,
        cross_zone=cross_zone,
        listeners=listeners,
        own_acl=True,
    )


def _listeners(id_: str, record: ClassicLoadBalancerRecord) -> Iterator[tuple[Listener, Pool]]:
    check = _check_port(record)
    for described in record.listener_descriptions or ():
        listener = described.listener
        if listener is None or listener.load_balancer_port is None or listener.instance_port is None:
            continue
        port = listener.instance_port
        targets = [
            PoolTarget(instance.instance_id, TargetKind.INSTANCE, port, check or port)
            for instance in record.instances or ()
            if instance.instance_id
        ]
        pool = f"{id_}:{port}"
        label = f"{listener.protocol or 'TCP'}:{listener.load_balancer_port}"
        yield (
            Listener(f"{id_}:{listener.load_balancer_port}", TCP, listener.load_balancer_port, label, (pool,)),
            Pool(
                id=pool,
                name=f"{record.load_balancer_name}'s instances",
                vpc=record.vpc_id,
                targets=tuple(sorted(targets, key=lambda t: t.id)),
                check=TCP if check else None,
            ),
        )


def _check_port(record: ClassicLoadBalancerRecord) -> int | None:
    """The port of a health check as in `HTTP:8080/path`."""
    text = (record.health_check.target if record.health_check else None) or ""
    port = text.partition(":")[2].partition("/")[0]
    return int(port) if port.isdecimal() else None
