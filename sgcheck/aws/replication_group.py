"""Replication groups (ElastiCache API, ReplicationGroup): names that lead to the interfaces of their clusters."""

import msgspec

from sgcheck.aws.db_instance import Endpoint
from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class NodeGroupMember(Record, frozen=True, kw_only=True):
    """A cluster of a shard; its role is only told where the cluster mode is off."""

    cache_cluster_id: str | None = None
    current_role: str | None = None
    read_endpoint: Endpoint | None = None


class NodeGroup(Record, frozen=True, kw_only=True):
    """A shard."""

    primary_endpoint: Endpoint | None = None
    reader_endpoint: Endpoint | None = None
    node_group_members: list[NodeGroupMember] | None = None


class ReplicationGroupRecord(Record, frozen=True, kw_only=True):
    """A replication group."""

    replication_group_id: str
    arn: str | None = msgspec.field(default=None, name="ARN")
    status: str | None = None
    member_clusters: list[str] | None = None
    node_groups: list[NodeGroup] | None = None
    configuration_endpoint: Endpoint | None = None


REPLICATION_GROUP: Kind[ReplicationGroupRecord] = Kind(
    name="replication group",
    plural="replication groups",
    keys=("ReplicationGroups",),
    record=ReplicationGroupRecord,
    absence=Absence.OFF,
    absence_note="a replication group answers by its cache clusters; only its name is lost",
    calls=(
        Call(
            "elasticache",
            "describe_replication_groups",
            "elasticache:DescribeReplicationGroups",
            "ReplicationGroups",
        ),
    ),
    id_of=lambda record: record.arn or record.replication_group_id,
    id_members=("ReplicationGroupId",),
    telltales=frozenset({"MemberClusters", "NodeGroups", "AutomaticFailover"}),
)
