"""What load balancers lead to, and what leads to what is looked at through one: only those concerned are read whole."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from sgcheck.aws.balancer_attribute import CLASSIC_ATTRIBUTE, LOAD_BALANCER_ATTRIBUTE, TARGET_GROUP_ATTRIBUTE
from sgcheck.aws.classic_load_balancer import CLASSIC_LOAD_BALANCER
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.kind import Kind
from sgcheck.aws.listener import LISTENER
from sgcheck.aws.listener_rule import LISTENER_RULE
from sgcheck.aws.load_balancer import LOAD_BALANCER
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.target_group import TARGET_GROUP
from sgcheck.aws.target_health import TARGET_HEALTH
from sgcheck.aws.vpc import VPC
from sgcheck.sources.live.reading import at
from sgcheck.sources.live.shelf import Element, Shelf
from sgcheck.sources.live.wishes import WHOLE, Wish, internet, wish

_LISTED = (LOAD_BALANCER, CLASSIC_LOAD_BALANCER, TARGET_GROUP)
_WITH_RULES = ("HTTP", "HTTPS")
_OWN = ("PrivateIpAddresses.PrivateIpAddress", "Ipv6Addresses.Ipv6Address")

KINDS_OF_BALANCERS: tuple[Kind[Any], ...] = (
    *_LISTED,
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER_ATTRIBUTE,
    CLASSIC_ATTRIBUTE,
    TARGET_GROUP_ATTRIBUTE,
    TARGET_HEALTH,
)
"""The kinds that are wished for here, and nowhere else."""


class Balancers:
    """The load balancers of one account and Region that a question meets."""

    def __init__(self, shelf: Shelf, words: frozenset[str]) -> None:
        """`words` name balancers as ends of questions."""
        self._shelf = shelf
        self._words = words
        followed = shelf.followed[NETWORK_INTERFACE.name]
        looked_at = [i for i in shelf.records(NETWORK_INTERFACE) if i.get("NetworkInterfaceId") in followed]
        self._vpcs = {str(i.get("VpcId")) for i in looked_at}
        self._nodes = {str(i.get("Description")) for i in looked_at}
        self._targets = {text for i in looked_at for text in _names_of(i)}
        self._health = list(shelf.records(TARGET_HEALTH))
        self._groups = list(shelf.records(TARGET_GROUP))

    def wishes(self) -> Iterator[Wish]:
        """What there is to read of them."""
        if not self._targets and not self._words and not any(node.startswith("ELB ") for node in self._nodes):
            return
        for kind in _LISTED:
            yield wish(kind, WHOLE, follow=False)
        entered = {str(r.get("LoadBalancerArn")) for r in self._shelf.records(LOAD_BALANCER) if self._is_entered(r)}
        for record in self._shelf.records(LOAD_BALANCER):
            if record.get("LoadBalancerArn") in entered:
                yield from self._entered(record)
        yield from self._classic()
        yield from self._pools(entered)
        for arn in entered | self._leading():
            yield wish(LISTENER, "LoadBalancerArn", arn)
            yield wish(LOAD_BALANCER_ATTRIBUTE, "LoadBalancerArn", arn)
        for listener in self._shelf.records(LISTENER):
            if listener.get("Protocol") in _WITH_RULES:
                yield wish(LISTENER_RULE, "ListenerArn", str(listener.get("ListenerArn")))

    def found(self) -> set[str]:
        """The words that name a balancer here."""
        records = [*self._shelf.records(LOAD_BALANCER), *self._shelf.records(CLASSIC_LOAD_BALANCER)]
        return {word for word in self._words if any(_is_named(record, word) for record in records)}

    def _is_entered(self, record: Element) -> bool:
        """Whether packets may go through a balancer: an end names it, or one of its nodes is looked at."""
        return _description(record) in self._nodes or any(_is_named(record, word) for word in self._words)

    def _entered(self, record: Element) -> Iterator[Wish]:
        yield from internet()  # whoever is behind it sees addresses of anybody
        yield wish(NETWORK_INTERFACE, "description", _description(record))
        for vpc in at(record, ("VpcId",)):
            yield wish(VPC, "id", vpc)

    def _pools(self, entered: set[str]) -> Iterator[Wish]:
        """Target groups: all of what is looked at may have it as a target; those of an entered balancer lead on."""
        behind = set()
        for group in self._groups:
            arn = str(group.get("TargetGroupArn"))
            is_behind = not entered.isdisjoint(at(group, ("LoadBalancerArns",)))
            if is_behind or group.get("VpcId") in self._vpcs:
                yield wish(TARGET_HEALTH, "TargetGroupArn", arn)
                yield wish(TARGET_GROUP_ATTRIBUTE, "TargetGroupArn", arn)
            if is_behind:
                behind.add(arn)
        for told in self._health:
            if told.get("TargetGroupArn") in behind:
                for target in at(told, ("TargetHealthDescriptions", "Target", "Id")):
                    yield from self._target(target)

    def _target(self, target: str) -> Iterator[Wish]:
        if target.startswith("i-"):
            yield wish(INSTANCE, "id", target)
            yield wish(NETWORK_INTERFACE, "instance", target)
        elif target.startswith("arn:"):
            for record in self._shelf.records(LOAD_BALANCER):
                if record.get("LoadBalancerArn") == target:
                    yield from self._entered(record)
        else:
            yield wish(NETWORK_INTERFACE, "ipv6-address" if ":" in target else "address", target)

    def _leading(self) -> set[str]:
        """Balancers that have what is looked at as a target, or a balancer that has."""
        found: set[str] = set()
        targets = set(self._targets)
        while True:
            groups = {
                told.get("TargetGroupArn")
                for told in self._health
                if not targets.isdisjoint(at(told, ("TargetHealthDescriptions", "Target", "Id")))
            }
            arns = {
                arn for g in self._groups if g.get("TargetGroupArn") in groups for arn in at(g, ("LoadBalancerArns",))
            }
            if arns <= found:
                return found
            found |= arns
            targets |= arns

    def _classic(self) -> Iterator[Wish]:
        for record in self._shelf.records(CLASSIC_LOAD_BALANCER):
            instances = set(at(record, ("Instances", "InstanceId")))
            is_entered = self._is_entered(record)
            if is_entered:
                yield wish(NETWORK_INTERFACE, "description", _description(record))
                yield from (wish(VPC, "id", vpc) for vpc in at(record, ("VPCId",)))
                for instance in instances:
                    yield from self._target(instance)
            if is_entered or instances & self._targets:
                yield wish(CLASSIC_ATTRIBUTE, "LoadBalancerName", str(record.get("LoadBalancerName")))


def _names_of(interface: Element) -> Iterator[str]:
    """What a target group may name an interface by."""
    yield from at(interface, ("Attachment", "InstanceId"))
    for path in _OWN:
        yield from at(interface, path.split("."))


def _description(record: Element) -> str:
    """How the interfaces of a balancer are described (Elastic Load Balancing guide)."""
    _before, found, path = str(record.get("LoadBalancerArn", "")).partition(":loadbalancer/")
    return f"ELB {path if found else record.get('LoadBalancerName')}"


def _is_named(record: Element, word: str) -> bool:
    """Whether an end names a balancer: `lb:NAME` with globs, its ARN or a DNS name of it."""
    lowered = word.lower()
    if lowered.startswith("lb:"):
        return fnmatch.fnmatchcase(str(record.get("LoadBalancerName")), word[3:])
    if lowered.startswith("arn:"):
        path = _description(record).removeprefix("ELB ")
        return word == record.get("LoadBalancerArn") or word.endswith(f":loadbalancer/{path}")
    dns = str(record.get("DNSName", "")).lower()
    return bool(dns) and lowered.rstrip(".").endswith(dns)
