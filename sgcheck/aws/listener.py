"""Listeners of load balancers: plainly, or by balancer (Elastic Load Balancing v2 API, Listener)."""

from collections.abc import Iterable

import msgspec

from sgcheck.aws.kind import Absence, Feed, Kind, Wrapper, elbv2
from sgcheck.aws.load_balancer import EACH_BALANCER
from sgcheck.aws.record import Id, Record


class TargetGroupWeight(Record, frozen=True, kw_only=True):
    """A target group that an action forwards to; with weight 0 it gets nothing."""

    target_group_arn: str | None = None
    weight: int | None = None


class ForwardConfig(Record, frozen=True, kw_only=True):
    """The target groups of a forward action."""

    target_groups: list[TargetGroupWeight] | None = None


class Action(Record, frozen=True, kw_only=True):
    """What becomes of a request: `type` is `forward`, `redirect`, `fixed-response`, or an authentication before it."""

    type: str | None = None
    target_group_arn: str | None = None
    forward_config: ForwardConfig | None = None


class ListenerRecord(Record, frozen=True, kw_only=True):
    """A listener; without a port it only says that its balancer has none.

    listener_arn, load_balancer_arn: listeners of other services, which have the same key, lack the latter. with_rules:
    whether the actions are those of its rules, too, as sources tell them that are no answers of AWS.
    """

    listener_arn: str | None = None
    load_balancer_arn: str | None = None
    port: int | None = None
    protocol: str | None = None
    default_actions: list[Action] | None = None
    with_rules: bool = msgspec.field(default=False, name="(with rules)")


class ListenersOfBalancer(Record, frozen=True, kw_only=True):
    """All listeners of one balancer."""

    load_balancer_arn: Id
    listeners: list[ListenerRecord] | None = None


def _unpack(_name: str, element: ListenersOfBalancer) -> Iterable[ListenerRecord]:
    if element.listeners:
        yield from element.listeners
    else:
        yield ListenerRecord(load_balancer_arn=element.load_balancer_arn)


_DESCRIBE = elbv2("describe_listeners", "DescribeListeners", "Listeners", each=EACH_BALANCER)
# Only Application Load Balancers have rules (Elastic Load Balancing v2 API, Rule).
EACH_LISTENER = (Feed("ListenerArn", _DESCRIBE, ("ListenerArn",), where={"Protocol": ("HTTP", "HTTPS")}),)
"""What has to be asked listener by listener."""

LISTENER: Kind[ListenerRecord] = Kind(
    name="listener",
    plural="listeners",
    keys=("LoadBalancerListeners", "Listeners"),
    record=ListenerRecord,
    absence=Absence.UNKNOWN,
    absence_note="what a load balancer takes, and whom it hands it to, is in its listeners",
    calls=(_DESCRIBE,),
    id_of=lambda record: record.listener_arn or record.load_balancer_arn or "",
    id_members=("ListenerArn",),
    telltales=frozenset({"LoadBalancerArn"}),
    telltale="LoadBalancerArn",
    wrappers=(Wrapper("LoadBalancerListeners", ListenersOfBalancer, _unpack, id_members=("LoadBalancerArn",)),),
)
