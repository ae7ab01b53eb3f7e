"""Security group rules one by one (EC2 API, SecurityGroupRule): the only place that has rule ids and rule tags."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class ReferencedGroup(Record, frozen=True, kw_only=True):
    """The group that a rule names (EC2 API, ReferencedSecurityGroup)."""

    group_id: str | None = None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None


class SecurityGroupRuleRecord(Record, frozen=True, kw_only=True):
    """One rule with its id; here the ports of an all-protocols rule are -1 rather than absent."""

    security_group_rule_id: Id
    group_id: Id
    group_owner_id: str | None = None
    is_egress: bool | None = None
    ip_protocol: str | None = None
    from_port: int | None = None
    to_port: int | None = None
    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    referenced_group_info: ReferencedGroup | None = None
    description: str | None = None
    tags: list[Tag] | None = None


SECURITY_GROUP_RULE: Kind[SecurityGroupRuleRecord] = Kind(
    name="security group rule",
    plural="security group rules",
    keys=("SecurityGroupRules",),
    record=SecurityGroupRuleRecord,
    absence=Absence.OFF,
    absence_note="the groups carry their rules themselves; without rule ids a rule is named by its content",
    calls=(
        ec2(
            "describe_security_group_rules",
            "DescribeSecurityGroupRules",
            "SecurityGroupRules",
            by={"group": "group-id"},
        ),
    ),
    id_of=lambda record: record.security_group_rule_id,
    id_members=("SecurityGroupRuleId",),
    telltales=frozenset({"GroupId"}),
)
