"""The subnets that databases may stand in (RDS API, DBSubnetGroup)."""

import msgspec

from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class SubnetZone(Record, frozen=True, kw_only=True):
    """The Availability Zone of a subnet."""

    name: str | None = None


class GroupedSubnet(Record, frozen=True, kw_only=True):
    """One subnet of a subnet group (RDS and ElastiCache APIs, Subnet)."""

    subnet_identifier: str | None = None
    subnet_availability_zone: SubnetZone | None = None


class DBSubnetGroupRecord(Record, frozen=True, kw_only=True):
    """A subnet group, alone or within the database that has it."""

    db_subnet_group_name: str = msgspec.field(name="DBSubnetGroupName")
    db_subnet_group_arn: str | None = msgspec.field(default=None, name="DBSubnetGroupArn")
    vpc_id: str | None = None
    subnets: list[GroupedSubnet] | None = None


DB_SUBNET_GROUP: Kind[DBSubnetGroupRecord] = Kind(
    name="DB subnet group",
    plural="DB subnet groups",
    keys=("DBSubnetGroups",),
    record=DBSubnetGroupRecord,
    absence=Absence.OFF,
    absence_note="a DB instance has its own subnets; the interfaces of a cluster are then told by its groups alone",
    calls=(Call("rds", "describe_db_subnet_groups", "rds:DescribeDBSubnetGroups", "DBSubnetGroups"),),
    id_of=lambda record: record.db_subnet_group_arn or record.db_subnet_group_name,
    id_members=("DBSubnetGroupName",),
    telltales=frozenset({"DBSubnetGroupDescription", "Subnets", "DBSubnetGroupArn"}),
)
