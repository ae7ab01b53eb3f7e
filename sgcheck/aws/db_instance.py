"""Databases (RDS API, DBInstance); Neptune and DocumentDB answer with the same shape."""

import msgspec

from sgcheck.aws.db_subnet_group import DBSubnetGroupRecord
from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class Endpoint(Record, frozen=True, kw_only=True):
    """The DNS name and port that clients use (RDS, ElastiCache and Redshift APIs, Endpoint)."""

    address: str | None = None
    port: int | None = None


class VpcSecurityGroup(Record, frozen=True, kw_only=True):
    """A group of the interfaces; only with the status `active` they have it (RDS API, VpcSecurityGroupMembership)."""

    vpc_security_group_id: str | None = None
    status: str | None = None


class DBInstanceRecord(Record, frozen=True, kw_only=True):
    """A database: which subnets and groups its interface has, by which name it is asked, and whether it runs."""

    db_instance_identifier: str = msgspec.field(name="DBInstanceIdentifier")
    db_instance_arn: str | None = msgspec.field(default=None, name="DBInstanceArn")
    db_instance_status: str | None = msgspec.field(default=None, name="DBInstanceStatus")
    db_cluster_identifier: str | None = msgspec.field(default=None, name="DBClusterIdentifier")
    db_subnet_group: DBSubnetGroupRecord | None = msgspec.field(default=None, name="DBSubnetGroup")
    endpoint: Endpoint | None = None
    vpc_security_groups: list[VpcSecurityGroup] | None = None
    availability_zone: str | None = None


DB_INSTANCE: Kind[DBInstanceRecord] = Kind(
    name="DB instance",
    plural="DB instances",
    keys=("DBInstances",),
    record=DBInstanceRecord,
    absence=Absence.OFF,
    absence_note="what answers for a database are interfaces with records of their own; only its name is lost",
    calls=(Call("rds", "describe_db_instances", "rds:DescribeDBInstances", "DBInstances"),),
    id_of=lambda record: record.db_instance_arn or record.db_instance_identifier,
    id_members=("DBInstanceIdentifier",),
    telltales=frozenset({"DBInstanceStatus", "DBInstanceClass", "DBInstanceArn"}),
)
