"""Target groups (Elastic Load Balancing v2 API, TargetGroup)."""

from sgcheck.aws.kind import Absence, Feed, Kind, elbv2
from sgcheck.aws.record import Id, Record


class TargetGroupRecord(Record, frozen=True, kw_only=True):
    """A target group; `target_type` is `instance`, `ip`, `lambda` or `alb`.

    health_check_port: a port, or `traffic-port` for the one that each target is registered with.
    """

    target_group_arn: Id
    target_group_name: str | None = None
    protocol: str | None = None
    port: int | None = None
    vpc_id: str | None = None
    health_check_protocol: str | None = None
    health_check_port: str | None = None
    health_check_enabled: bool | None = None
    target_type: str | None = None
    ip_address_type: str | None = None


_DESCRIBE = elbv2("describe_target_groups", "DescribeTargetGroups", "TargetGroups")
EACH_TARGET_GROUP = (Feed("TargetGroupArn", _DESCRIBE, ("TargetGroupArn",)),)
"""What has to be asked target group by target group."""

TARGET_GROUP: Kind[TargetGroupRecord] = Kind(
    name="target group",
    plural="target groups",
    keys=("TargetGroups",),
    record=TargetGroupRecord,
    absence=Absence.UNKNOWN,
    absence_note="a listener that forwards names its target groups, which say what the targets are",
    calls=(_DESCRIBE,),
    id_of=lambda record: record.target_group_arn,
    id_members=("TargetGroupArn",),
    telltales=frozenset({"TargetGroupName", "TargetType", "VpcId"}),
)
