"""What AWS calls what holds packets back at load balancers: codes, sentences, fixes, and how to collect the rest."""

from __future__ import annotations

from collections.abc import Callable

from sgcheck.model.filters import Way
from sgcheck.model.finding import Cause, Finding

CODES = {
    Cause.LISTENER_MISSING: "LISTENER_MISSING",
    Cause.POOL_EMPTY: "ELBV2_LISTENER_HAS_NO_TG",
    Cause.POOL_NOT_IN_ZONE: "ELBV2_NO_TARGETS_IN_AZ",
    Cause.ZONE_NOT_ENABLED: "ELB_INSTALLED_AZ_RESTRICTION",
    Cause.ZONE_NOT_CROSSED: "ELB_NOT_CROSSZONE",
    Cause.TARGET_UNHEALTHY: "TARGET_UNHEALTHY",
    Cause.TARGET_ASKS_ITSELF: "ELBV2_SOURCE_ADDRESS_PRESERVATION",
    Cause.BALANCER_ACL: "ELB_ACL_RESTRICTION",
    Cause.BALANCER_LOOP: "BAD_STATE",
}
"""Reachability Analyzer's codes where the cause is the same (Reachability Analyzer guide, explanation-codes)."""

COLLECT = {
    "load balancer": "aws elbv2 describe-load-balancers",
    "listener": "aws elbv2 describe-listeners --load-balancer-arn {id}",
    "target group": "aws elbv2 describe-target-groups --target-group-arns {id}",
    "target health": (
        'aws elbv2 describe-target-health --target-group-arn {id} --query "{{LoadBalancerTargetHealth: '
        "[{{TargetGroupArn: '{id}', TargetHealthDescriptions: TargetHealthDescriptions}}]}}\""
    ),
    "Classic Load Balancer attribute": (
        'aws elb describe-load-balancer-attributes --load-balancer-name {id} --query "{{ClassicLoadBalancerAttributes: '
        "[{{LoadBalancerName: '{id}', LoadBalancerAttributes: LoadBalancerAttributes}}]}}\""
    ),
}
"""Commands by kind; `{id}` is what is missing. Answers that do not say whose they are get it by a query."""


def collect(kind: str, id_: str) -> str | None:
    """The command that brings what is missing of load balancers."""
    found = COLLECT.get(kind)
    return found.format(id=id_) if found else None


def _missing_listener(f: Finding) -> str:
    return f"{f.facts['balancer']} has no listener for {f.facts['services']} (it has: {f.facts['listeners']})"


def _empty(f: Finding) -> str:
    return f"{f.facts['balancer']} has nobody to hand it to: no target of {f.facts['pool']} is registered and in use"


def _not_in_zone(f: Finding) -> str:
    where = f.facts["zone"]
    return f"{f.facts['pool']} has no targets in {where}, and {f.facts['balancer']}'s node there keeps to its zone"


def _not_enabled(f: Finding) -> str:
    return (
        f"the targets of {f.facts['pool']} are in {f.facts['zones']}, where {f.facts['balancer']} is not enabled, "
        "so that they get nothing"
    )


def _not_crossed(f: Finding) -> str:
    return (
        f"{f.facts['balancer']}'s node in {f.facts['zone']} keeps to its zone (cross-zone load balancing is off), and "
        f"the targets of {f.facts['pool']} are in {f.facts['zones']}"
    )


def _unhealthy(f: Finding) -> str:
    return (
        f"{f.facts['balancer']}'s node in {f.facts['zone']} only has unhealthy targets of {f.facts['pool']} "
        f"({f.facts['targets']}), which get nothing while another one is healthy"
    )


def _itself(f: Finding) -> str:
    return (
        f"{f.facts['balancer']} keeps the client's address, so that {f.facts['target']} is sent packets from its own "
        "address when it is chosen as its own target, and drops them"
    )


def _acl(f: Finding) -> str:
    by = f" ({f.by})" if f.by else ""
    way = "inbound" if f.way is Way.INGRESS else "outbound"
    return (
        f"network ACL {f.resource.id} denies {way} packets {f.sees}{by}: a Classic Load Balancer applies it even "
        "inside its own subnet"
    )


WHY: dict[Cause, Callable[[Finding], str]] = {
    Cause.LISTENER_MISSING: _missing_listener,
    Cause.POOL_EMPTY: _empty,
    Cause.POOL_NOT_IN_ZONE: _not_in_zone,
    Cause.ZONE_NOT_ENABLED: _not_enabled,
    Cause.ZONE_NOT_CROSSED: _not_crossed,
    Cause.TARGET_UNHEALTHY: _unhealthy,
    Cause.TARGET_ASKS_ITSELF: _itself,
    Cause.BALANCER_ACL: _acl,
    Cause.BALANCER_LOOP: lambda f: f"load balancer {f.resource.name} leads back to itself",
}

FIX: dict[Cause, Callable[[Finding], str]] = {
    Cause.LISTENER_MISSING: lambda f: f"add a listener for it to {f.facts['balancer']}, or ask for one that it has",
    Cause.POOL_EMPTY: lambda f: f"register targets in {f.facts['pool']}",
    Cause.POOL_NOT_IN_ZONE: lambda f: f"register targets of {f.facts['pool']} in {f.facts['zone']}",
    Cause.ZONE_NOT_ENABLED: lambda f: f"enable {f.facts['zones']} for {f.facts['balancer']}, or use targets elsewhere",
    Cause.ZONE_NOT_CROSSED: lambda f: (
        f"turn cross-zone load balancing of {f.facts['balancer']} on, or register targets in {f.facts['zone']}"
    ),
    Cause.TARGET_UNHEALTHY: lambda _f: "make its health checks pass: the evidence tells what they meet",
    Cause.TARGET_ASKS_ITSELF: lambda f: (
        "turn client IP preservation off for the target group, or have the target ask itself without "
        f"{f.facts['balancer']}"
    ),
    Cause.BALANCER_ACL: lambda f: (
        f"add an outbound entry to {f.resource.id} that allows {f.sees}, before the one that denies it"
    ),
    Cause.BALANCER_LOOP: lambda _f: "remove the target that is a node of a load balancer on the way",
}
