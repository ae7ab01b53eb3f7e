"""Security groups with their rules (EC2 API, SecurityGroup)."""

import msgspec

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class IpRange(Record, frozen=True, kw_only=True):
    """An IPv4 range that a permission names."""

    cidr_ip: str | None = None
    description: str | None = None


class Ipv6Range(Record, frozen=True, kw_only=True):
    """An IPv6 range that a permission names."""

    cidr_ipv6: str | None = None
    description: str | None = None


class PrefixListReference(Record, frozen=True, kw_only=True):
    """A prefix list that a permission names."""

    prefix_list_id: str | None = None
    description: str | None = None


class UserIdGroupPair(Record, frozen=True, kw_only=True):
    """A group that a permission names; a deleted group of another VPC comes without `user_id`."""

    group_id: str | None = None
    group_name: str | None = None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None
    description: str | None = None


class UnknownPeer(Record, frozen=True, kw_only=True):
    """A peer that nobody knows yet; no part of AWS's, but of plans.

    what: where it will stand. within: the ranges that it is one of, None for any.
    """

    what: str
    within: list[str] | None = None


class IpPermission(Record, frozen=True, kw_only=True):
    """A protocol, its ports and everything it is allowed for: one rule per range, list or group that it names.

    ip_protocol: `-1` (all), `tcp`, `udp`, `icmp`, `icmpv6` or a number. from_port, to_port: for ICMP the type and the
    code, -1 meaning any; absent for `-1` (EC2 API, IpPermission).
    """

    ip_protocol: str | None = None
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: list[IpRange] | None = None
    ipv6_ranges: list[Ipv6Range] | None = None
    prefix_list_ids: list[PrefixListReference] | None = None
    user_id_group_pairs: list[UserIdGroupPair] | None = None
    unknown_peers: list[UnknownPeer] | None = msgspec.field(default=None, name="(unknown)")


class SecurityGroupRecord(Record, frozen=True, kw_only=True):
    """A security group; permissions that are None were not told, an empty list allows nothing."""

    group_id: Id
    group_name: str | None = None
    description: str | None = None
    security_group_arn: str | None = None
    vpc_id: str | None = None
    owner_id: str | None = None
    ip_permissions: list[IpPermission] | None = None
    ip_permissions_egress: list[IpPermission] | None = None
    tags: list[Tag] | None = None


SECURITY_GROUP: Kind[SecurityGroupRecord] = Kind(
    name="security group",
    plural="security groups",
    keys=("SecurityGroups",),
    record=SecurityGroupRecord,
    absence=Absence.UNKNOWN,
    absence_note="without its rules a security group may allow anything or nothing",
    calls=(ec2("describe_security_groups", "DescribeSecurityGroups", "SecurityGroups", by={"id": "group-id"}),),
    id_of=lambda record: record.group_id,
    id_members=("GroupId",),
    telltales=frozenset({"IpPermissions", "IpPermissionsEgress"}),
)
