"""Registered targets and their health, with the target group, which AWS's answer does not say."""

from sgcheck.aws.kind import Absence, Kind, elbv2
from sgcheck.aws.record import Id, Record
from sgcheck.aws.target_group import EACH_TARGET_GROUP


class TargetDescription(Record, frozen=True, kw_only=True):
    """A target: an instance, an address, a function or a balancer; `availability_zone` is `all` outside the VPC."""

    id: str | None = None
    port: int | None = None
    availability_zone: str | None = None


class TargetHealth(Record, frozen=True, kw_only=True):
    """The health of a target: `healthy`, `unhealthy`, `initial`, `draining`, `unused`, … and the reason's code."""

    state: str | None = None
    reason: str | None = None


class TargetHealthDescription(Record, frozen=True, kw_only=True):
    """A registered target and how it does."""

    target: TargetDescription | None = None
    health_check_port: str | None = None
    target_health: TargetHealth | None = None


class TargetHealthRecord(Record, frozen=True, kw_only=True):
    """All targets of one target group (Elastic Load Balancing v2 API, DescribeTargetHealth)."""

    target_group_arn: Id
    target_health_descriptions: list[TargetHealthDescription] | None = None


TARGET_HEALTH: Kind[TargetHealthRecord] = Kind(
    name="target health",
    plural="target health descriptions",
    keys=("LoadBalancerTargetHealth",),
    record=TargetHealthRecord,
    absence=Absence.UNKNOWN,
    absence_note="who the targets of a group are is only told together with their health",
    calls=(
        elbv2("describe_target_health", "DescribeTargetHealth", "TargetHealthDescriptions", each=EACH_TARGET_GROUP),
    ),
    id_of=lambda record: record.target_group_arn,
    id_members=("TargetGroupArn",),
    telltales=frozenset({"TargetHealthDescriptions"}),
    subject="TargetGroupArn",
)
