"""Whom a balancer's node hands connections to: targets by zone and health, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.balancers import Balancer, Pool, PoolTarget, Standing
from sgcheck.model.finding import Cause
from sgcheck.reach.registered import zone_of

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface

IDLE = (Standing.UNUSED, Standing.LEAVING)


class Choice(msgspec.Struct, frozen=True):
    """The targets of one pool for one node.

    used: they get connections. perhaps: they do if cross-zone load balancing is on, which is not told. cause: why
    nobody does. spared: targets of this node that get nothing while another one is healthy. zones: where the targets
    are. assumed: that targets of other zones are left alone rests on a default.
    """

    used: tuple[PoolTarget, ...] = ()
    perhaps: tuple[PoolTarget, ...] = ()
    cause: Cause | None = None
    spared: tuple[PoolTarget, ...] = ()
    zones: tuple[str, ...] = ()
    assumed: bool = False


def choose(network: Network, balancer: Balancer, node: Interface, pool: Pool) -> Choice:
    """The targets that `node` uses (Elastic Load Balancing guide, how-elastic-load-balancing-works).

    Zones that are not enabled get nothing; without cross-zone load balancing a node keeps to its own zone; targets that
    are not healthy get nothing while one of the pool is, else all do (target-group-health-checks: fail-open).
    """
    zones = {t: zone_of(network, pool, t) for t in pool.targets or ()}
    told = tuple(sorted({z for z in zones.values() if z}))
    enabled = enabled_in(network, balancer)
    inside = [t for t, zone in zones.items() if zone is None or not enabled or zone in enabled]
    if zones and not inside:
        return Choice(cause=Cause.ZONE_NOT_ENABLED, zones=told)
    subnet = network.subnets.get(node.subnet)
    here = subnet.zone if subnet else None
    crossing = balancer.cross_zone if pool.cross_zone is None else pool.cross_zone
    near = [t for t in inside if crossing or here is None or zones[t] in (None, here)]
    active, close = ([t for t in some if t.standing not in IDLE] for some in (inside, near))
    assumed = not crossing and pool.cross_zone is None and balancer.cross_zone_assumed and len(near) < len(inside)
    if not active:
        away = bool(inside) and not near
        return Choice(cause=Cause.POOL_NOT_IN_ZONE if away else Cause.POOL_EMPTY, zones=told, assumed=assumed)
    rest = [t for t in active if t not in close] if crossing is None else []
    if not close and not rest:
        return Choice(cause=Cause.POOL_EMPTY if near else Cause.ZONE_NOT_CROSSED, zones=told, assumed=assumed)
    used, perhaps = _serving(pool, close), _serving(pool, rest)
    spared = tuple(t for t in close if t not in used)
    cause = None if used or perhaps else Cause.TARGET_UNHEALTHY
    return Choice(used, perhaps, cause, spared, told, assumed)


def _serving(pool: Pool, targets: list[PoolTarget]) -> tuple[PoolTarget, ...]:
    if pool.healthy:
        return tuple(t for t in targets if t.standing in (Standing.HEALTHY, Standing.UNTOLD))
    up = tuple(t for t in targets if t.standing is not Standing.DOWN)
    return up or tuple(targets)


def enabled_in(network: Network, balancer: Balancer) -> frozenset[str]:
    """The zones of a balancer, as its subnets call them: another account may call the same zone otherwise."""
    named = set()
    for one in balancer.zones:
        subnet = network.subnets.get(one.subnet) if one.subnet else None
        named.add((subnet.zone if subnet else None) or one.zone)
    return frozenset(zone for zone in named if zone)
