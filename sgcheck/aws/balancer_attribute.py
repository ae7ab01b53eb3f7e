"""Attributes of load balancers and target groups, each with what it belongs to, which AWS's answers do not say."""

from sgcheck.aws.classic_load_balancer import EACH_CLASSIC
from sgcheck.aws.kind import Absence, Call, Kind, elbv2
from sgcheck.aws.load_balancer import EACH_BALANCER
from sgcheck.aws.record import Id, Record
from sgcheck.aws.target_group import EACH_TARGET_GROUP


class Attribute(Record, frozen=True, kw_only=True):
    """One setting: `preserve_client_ip.enabled` is `true` or `false`."""

    key: str | None = None
    value: str | None = None


class CrossZone(Record, frozen=True, kw_only=True):
    """Whether a Classic Load Balancer's nodes use instances of all zones."""

    enabled: bool | None = None


class ClassicAttributes(Record, frozen=True, kw_only=True):
    """The attributes of a Classic Load Balancer (Elastic Load Balancing API of 2012, LoadBalancerAttributes)."""

    cross_zone_load_balancing: CrossZone | None = None


class ClassicAttributesRecord(Record, frozen=True, kw_only=True):
    """All attributes of one Classic Load Balancer (the same API, DescribeLoadBalancerAttributes)."""

    load_balancer_name: Id
    load_balancer_attributes: ClassicAttributes | None = None


class LoadBalancerAttributesRecord(Record, frozen=True, kw_only=True):
    """All attributes of one load balancer (Elastic Load Balancing v2 API, DescribeLoadBalancerAttributes)."""

    load_balancer_arn: Id
    attributes: list[Attribute] | None = None


class TargetGroupAttributesRecord(Record, frozen=True, kw_only=True):
    """All attributes of one target group (Elastic Load Balancing v2 API, DescribeTargetGroupAttributes)."""

    target_group_arn: Id
    attributes: list[Attribute] | None = None


LOAD_BALANCER_ATTRIBUTE: Kind[LoadBalancerAttributesRecord] = Kind(
    name="load balancer attribute",
    plural="load balancer attributes",
    keys=("LoadBalancerAttributes",),
    record=LoadBalancerAttributesRecord,
    absence=Absence.ASSUMED,
    absence_note="cross-zone load balancing is as AWS's default for the type has it, with a warning where it matters",
    calls=(
        elbv2(
            "describe_load_balancer_attributes",
            "DescribeLoadBalancerAttributes",
            "Attributes",
            each=EACH_BALANCER,
        ),
    ),
    id_of=lambda record: record.load_balancer_arn,
    id_members=("LoadBalancerArn",),
    telltales=frozenset({"Attributes"}),
    subject="LoadBalancerArn",
    telltale="LoadBalancerArn",
)

CLASSIC_ATTRIBUTE: Kind[ClassicAttributesRecord] = Kind(
    name="Classic Load Balancer attribute",
    plural="Classic Load Balancer attributes",
    keys=("ClassicLoadBalancerAttributes",),
    record=ClassicAttributesRecord,
    absence=Absence.UNKNOWN,
    absence_note="whether nodes use instances of all zones depends on what made the balancer: there is no one default",
    calls=(
        Call(
            "elb",
            "describe_load_balancer_attributes",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "LoadBalancerAttributes",
            each=EACH_CLASSIC,
        ),
    ),
    id_of=lambda record: record.load_balancer_name,
    id_members=("LoadBalancerName",),
    telltales=frozenset({"LoadBalancerAttributes"}),
    subject="LoadBalancerName",
)

TARGET_GROUP_ATTRIBUTE: Kind[TargetGroupAttributesRecord] = Kind(
    name="target group attribute",
    plural="target group attributes",
    keys=("TargetGroupAttributes",),
    record=TargetGroupAttributesRecord,
    absence=Absence.ASSUMED,
    absence_note="whether client addresses are kept is as AWS's default for the targets has it, with a warning",
    calls=(
        elbv2(
            "describe_target_group_attributes",
            "DescribeTargetGroupAttributes",
            "Attributes",
            each=EACH_TARGET_GROUP,
        ),
    ),
    id_of=lambda record: record.target_group_arn,
    id_members=("TargetGroupArn",),
    telltales=frozenset({"Attributes"}),
    subject="TargetGroupArn",
)
