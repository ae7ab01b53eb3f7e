"""Load balancers and their listeners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sgcheck.aws.balancer_attribute import LOAD_BALANCER_ATTRIBUTE
from sgcheck.aws.conversion.classic import classic_balancers
from sgcheck.aws.conversion.pools import PROTOCOLS, pools_of
from sgcheck.aws.conversion.unique import Home, reading, unique
from sgcheck.aws.listener import LISTENER
from sgcheck.aws.listener_rule import LISTENER_RULE
from sgcheck.aws.load_balancer import LOAD_BALANCER
from sgcheck.model.balancers import Balancer, Balancers, BalancerZone, Handling, Listener
from sgcheck.packets import AddressSet, parse_address

if TYPE_CHECKING:
    from sgcheck.aws.listener import Action, ListenerRecord
    from sgcheck.aws.load_balancer import LoadBalancerRecord
    from sgcheck.aws.snapshot import Snapshot

TYPES = {
    "application": ("application load balancer", Handling.PROXY),
    "network": ("network load balancer", Handling.PASS_THROUGH),
    "gateway": ("gateway load balancer", Handling.OPAQUE),
}
WORKING = ("active", "active_impaired", None)
"""States in which a balancer takes traffic (Elastic Load Balancing v2 API, LoadBalancerState)."""
CROSS_ZONE = "load_balancing.cross_zone.enabled"
ANSWERED = ("redirect", "fixed-response")
"""Actions that need no target (Application Load Balancer guide, rule-action-types)."""


def read_balancers(snapshot: Snapshot) -> Balancers:
    """Every load balancer of `snapshot`, with listeners and pools."""
    classic, pools = classic_balancers(snapshot)
    listeners = _listeners(snapshot)
    cross_zone = _cross_zone(snapshot)
    made = [
        _balancer(record, home, listeners.get(record.load_balancer_arn), cross_zone.get(record.load_balancer_arn))
        for record, home in unique(snapshot, LOAD_BALANCER).values()
    ]
    return Balancers((*made, *classic), (*pools_of(snapshot), *pools))


def _balancer(
    record: LoadBalancerRecord, home: Home, listeners: tuple[Listener, ...] | None, cross_zone: bool | None
) -> Balancer:
    arn = record.load_balancer_arn
    path = arn.partition(":loadbalancer/")[2] or arn
    kind, handling = TYPES.get(record.type or "", (f"{record.type or 'load'} balancer", Handling.OPAQUE))
    proxy = handling is Handling.PROXY
    return Balancer(
        id=arn,
        name=record.load_balancer_name or path,
        kind=kind,
        handling=handling,
        vpc=record.vpc_id,
        account=home.account,
        region=home.region,
        public=record.scheme == "internet-facing",
        described=f"ELB {path}",
        ids=(arn,),
        dns=record.dns_name.lower() if record.dns_name else None,
        zones=tuple(BalancerZone(z.zone_name, z.subnet_id) for z in record.availability_zones or ()),
        addresses=_addresses(record, home),
        groups=tuple(sorted(record.security_groups)) if record.security_groups else None,
        cross_zone=True if proxy else bool(cross_zone),
        cross_zone_assumed=not proxy and cross_zone is None,
        listeners=listeners,
        broken=None if _state(record) in WORKING else _state(record),
    )


def _state(record: LoadBalancerRecord) -> str | None:
    return record.state.code if record.state else None


def _addresses(record: LoadBalancerRecord, home: Home) -> AddressSet:
    fixed = [a for z in record.availability_zones or () for a in z.load_balancer_addresses or ()]
    texts = [t for a in fixed for t in (a.ip_address, a.private_ipv4_address, a.ipv6_address) if t]
    place = f"LoadBalancers ({record.load_balancer_arn})"
    return reading(home, place, lambda: AddressSet.union_all([AddressSet.address(*parse_address(t)) for t in texts]))


def _cross_zone(snapshot: Snapshot) -> dict[str, bool]:
    """Whether cross-zone load balancing is on, by balancer, where the input tells it."""
    found: dict[str, bool] = {}
    for record, _home in unique(snapshot, LOAD_BALANCER_ATTRIBUTE).values():
        for attribute in record.attributes or ():
            if attribute.key == CROSS_ZONE:
                found[record.load_balancer_arn] = attribute.value == "true"
    return found


def _listeners(snapshot: Snapshot) -> dict[str, tuple[Listener, ...]]:
    """Listeners by balancer; an empty tuple where the input says that there are none.

    A balancer with a listener of a protocol that nobody knew of is left out: what it takes is not known.
    """
    rules = _rules(snapshot)
    found: dict[str, list[Listener]] = defaultdict(list)
    strange: set[str | None] = set()
    for record, _home in unique(snapshot, LISTENER).values():
        if record.port is not None and record.protocol not in PROTOCOLS:
            strange.add(record.load_balancer_arn)
        if record.load_balancer_arn is not None:
            found[record.load_balancer_arn] += _listener(record, rules.get(record.listener_arn or ""))
    return {
        arn: tuple(sorted(listed, key=lambda one: (one.port, one.protocol)))
        for arn, listed in found.items()
        if arn not in strange
    }


def _listener(record: ListenerRecord, rules: list[Action] | None) -> Iterator[Listener]:
    if record.port is None:
        return
    actions = [*(record.default_actions or ()), *(rules or ())]
    for protocol in PROTOCOLS.get(record.protocol or "", ()):
        yield Listener(
            id=record.listener_arn or "",
            protocol=protocol,
            port=record.port,
            label=f"{record.protocol}:{record.port}",
            pools=tuple(dict.fromkeys(_forwarded(actions))),
            answers=any(action.type in ANSWERED for action in actions),
            untold=rules is None and not record.with_rules and record.protocol in ("HTTP", "HTTPS"),
        )


def _forwarded(actions: Iterable[Action]) -> Iterator[str]:
    """The target groups of forward actions, without those of weight 0."""
    for action in actions:
        weighted = action.forward_config.target_groups if action.forward_config else None
        if weighted:
            yield from (g.target_group_arn for g in weighted if g.target_group_arn and g.weight != 0)
        elif action.target_group_arn:
            yield action.target_group_arn


def _rules(snapshot: Snapshot) -> dict[str, list[Action]]:
    """The actions of all rules by listener, whose ARN a rule's own ARN holds."""
    found: dict[str, list[Action]] = defaultdict(list)
    for record, _home in unique(snapshot, LISTENER_RULE).values():
        head, marker, path = (record.rule_arn or "").partition(":listener-rule/")
        if marker:
            listener = f"{head}:listener/{path.rpartition('/')[0]}"
            found[listener] += record.actions or ()
    return found
