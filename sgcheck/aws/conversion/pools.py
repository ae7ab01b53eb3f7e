"""Target groups with their targets, and what they do with the client's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws.balancer_attribute import TARGET_GROUP_ATTRIBUTE
from sgcheck.aws.conversion.unique import Home, reading, unique
from sgcheck.aws.target_group import TARGET_GROUP
from sgcheck.aws.target_health import TARGET_HEALTH
from sgcheck.model.balancers import Pool, PoolTarget, Standing, TargetKind
from sgcheck.packets import TCP, UDP, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.aws.target_group import TargetGroupRecord
    from sgcheck.aws.target_health import TargetHealthDescription

PROTOCOLS: dict[str, tuple[int, ...]] = {
    "HTTP": (TCP,),
    "HTTPS": (TCP,),
    "TCP": (TCP,),
    "TLS": (TCP,),
    "UDP": (UDP,),
    "TCP_UDP": (TCP, UDP),
    "QUIC": (UDP,),
    "TCP_QUIC": (TCP, UDP),
}
"""Protocol numbers of a listener or target group (Elastic Load Balancing v2 API, ProtocolEnum)."""
KINDS = {
    "instance": TargetKind.INSTANCE,
    "ip": TargetKind.ADDRESS,
    "lambda": TargetKind.FUNCTION,
    "alb": TargetKind.BALANCER,
}
STANDINGS = {
    "healthy": Standing.HEALTHY,
    "unhealthy": Standing.UNHEALTHY,
    "initial": Standing.UNHEALTHY,
    "draining": Standing.LEAVING,
    "unhealthy.draining": Standing.LEAVING,
    "unused": Standing.UNUSED,
}
"""Target health states (Elastic Load Balancing v2 API, TargetHealthStateEnum); `unavailable` ones are not checked."""
REASONS = {
    "Target.Timeout": "no connection or no answer in time: look for a silent drop (group, ACL, route) or a slow target",
    "Target.ResponseCodeMismatch": "the network is fine, the answer's status code is not the expected one",
    "Target.InvalidState": "the instance is stopped or terminated",
    "Target.NotInUse": "no listener uses the target group, or the target's zone is not enabled",
    "Target.IpUnusable": "the address can't be a target",
    "Target.NotRegistered": "it is not registered",
    "Target.DeregistrationInProgress": "it is being deregistered",
    "Elb.RegistrationInProgress": "it is being registered",
    "Elb.InitialHealthChecking": "its first health checks are under way",
    "Elb.InternalError": "the load balancer has an internal error",
}
"""What the reasons mean (Application and Network Load Balancer guides, target-group-health-checks)."""
REFUSED = "the target refused the connection (look for what listens there) or answered wrongly"
FAILED = "the checks failed in whatever way, a silent drop or a refusal"
PRESERVED = "preserve_client_ip.enabled"
CROSS_ZONE = "load_balancing.cross_zone.enabled"


def pools_of(snapshot: Snapshot) -> Iterator[Pool]:
    """Every target group as a pool."""
    attributes = {
        record.target_group_arn: {a.key or "": a.value or "" for a in record.attributes or ()}
        for record, _home in unique(snapshot, TARGET_GROUP_ATTRIBUTE).values()
    }
    health = {
        record.target_group_arn: (record.target_health_descriptions or [], home)
        for record, home in unique(snapshot, TARGET_HEALTH).values()
    }
    for record, _home in unique(snapshot, TARGET_GROUP).values():
        yield _pool(record, attributes.get(record.target_group_arn, {}), health.get(record.target_group_arn))


def _pool(
    record: TargetGroupRecord,
    attributes: dict[str, str],
    health: tuple[list[TargetHealthDescription], Home] | None,
) -> Pool:
    listed, home = health or ([], Home(None, None, ""))
    keeps, assumed = _keeps_client(record, attributes.get(PRESERVED))
    told = [_target(record, one, home) for one in listed if one.target and one.target.id]
    return Pool(
        id=record.target_group_arn,
        name=record.target_group_name or record.target_group_arn,
        vpc=record.vpc_id,
        targets=tuple(sorted(told, key=lambda t: (t.id, t.port))) if health is not None else None,
        keeps_client=keeps,
        assumed=assumed,
        check=None if record.health_check_enabled is False or record.target_type == "lambda" else TCP,
        cross_zone={"true": True, "false": False}.get(attributes.get(CROSS_ZONE, "")),
        family=6 if record.ip_address_type == "ipv6" else 4,
    )


def _keeps_client(record: TargetGroupRecord, told: str | None) -> tuple[bool, bool]:
    """Whether targets see the client's address, and whether that is only assumed.

    It can be turned off for TCP and TLS; the default is on for instances, off for addresses; other protocols and
    balancers as targets always keep it (Network Load Balancer guide, edit-target-group-attributes).
    """
    if record.protocol in ("HTTP", "HTTPS") and record.target_type != "alb":
        return False, False
    if record.target_type == "alb" or record.protocol not in ("TCP", "TLS"):
        return True, False
    if told is not None:
        return told == "true", False
    return record.target_type != "ip", True


def _target(record: TargetGroupRecord, one: TargetHealthDescription, home: Home) -> PoolTarget:
    target = one.target
    id_ = (target.id if target else None) or ""
    kind = KINDS.get(record.target_type or "instance", TargetKind.INSTANCE)
    port = (target.port if target else None) or record.port or 0
    place = f"LoadBalancerTargetHealth ({record.target_group_arn})"
    value = reading(home, place, lambda: parse_address(id_)) if kind is TargetKind.ADDRESS else None
    check = one.health_check_port or record.health_check_port or ""
    return PoolTarget(
        id=id_,
        kind=kind,
        port=port,
        check_port=int(check) if check.isdecimal() else port,
        value=value,
        zone=target.availability_zone if target else None,
        standing=_standing(one),
        remark=_remark(record, one),
        name=_name(id_),
    )


def _name(id_: str) -> str | None:
    """The name in the ARN of a balancer or function."""
    if ":loadbalancer/" in id_:
        return id_.split("/")[-2]
    return id_.rpartition(":function:")[2] if ":function:" in id_ else None


def _standing(one: TargetHealthDescription) -> Standing:
    health = one.target_health
    if health is None or health.state is None:
        return Standing.UNTOLD
    if health.reason == "Target.InvalidState":
        return Standing.DOWN
    return STANDINGS.get(health.state, Standing.UNTOLD)


def _remark(record: TargetGroupRecord, one: TargetHealthDescription) -> str | None:
    health = one.target_health
    if health is None or health.state in (None, "healthy"):
        return None
    reason = health.reason
    if reason is None:
        return health.state
    web = record.protocol in ("HTTP", "HTTPS")
    meaning = (REFUSED if web else FAILED) if reason == "Target.FailedHealthChecks" else REASONS.get(reason)
    return f"{health.state} ({reason}: {meaning})" if meaning else f"{health.state} ({reason})"
