"""Database clusters (RDS API, DBCluster): names that lead to the interfaces of their members."""

import msgspec

from sgcheck.aws.db_instance import VpcSecurityGroup
from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class DBClusterMember(Record, frozen=True, kw_only=True):
    """A DB instance of a cluster."""

    db_instance_identifier: str | None = msgspec.field(default=None, name="DBInstanceIdentifier")
    is_cluster_writer: bool | None = None


class DBClusterRecord(Record, frozen=True, kw_only=True):
    """A cluster; its subnet group is given by name only."""

    db_cluster_identifier: str = msgspec.field(name="DBClusterIdentifier")
    db_cluster_arn: str | None = msgspec.field(default=None, name="DBClusterArn")
    db_subnet_group: str | None = msgspec.field(default=None, name="DBSubnetGroup")
    db_cluster_members: list[DBClusterMember] | None = msgspec.field(default=None, name="DBClusterMembers")
    status: str | None = None
    endpoint: str | None = None
    reader_endpoint: str | None = None
    port: int | None = None
    vpc_security_groups: list[VpcSecurityGroup] | None = None


DB_CLUSTER: Kind[DBClusterRecord] = Kind(
    name="DB cluster",
    plural="DB clusters",
    keys=("DBClusters",),
    record=DBClusterRecord,
    absence=Absence.OFF,
    absence_note="a cluster answers by its DB instances; only its name is lost",
    calls=(Call("rds", "describe_db_clusters", "rds:DescribeDBClusters", "DBClusters"),),
    id_of=lambda record: record.db_cluster_arn or record.db_cluster_identifier,
    id_members=("DBClusterIdentifier",),
    telltales=frozenset({"DBClusterMembers", "DBClusterArn", "ReaderEndpoint"}),
)
