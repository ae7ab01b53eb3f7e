"""Cache clusters (ElastiCache API, CacheCluster)."""

import msgspec

from sgcheck.aws.db_instance import Endpoint
from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class CacheSecurityGroup(Record, frozen=True, kw_only=True):
    """A group of the interfaces, with the status `active` (ElastiCache API, SecurityGroupMembership)."""

    security_group_id: str | None = None
    status: str | None = None


class CacheNode(Record, frozen=True, kw_only=True):
    """A node; only there where it was asked for (`--show-cache-node-info`)."""

    endpoint: Endpoint | None = None


class CacheClusterRecord(Record, frozen=True, kw_only=True):
    """A cache cluster, whose subnet group is given by name only."""

    cache_cluster_id: str
    arn: str | None = msgspec.field(default=None, name="ARN")
    cache_cluster_status: str | None = None
    cache_subnet_group_name: str | None = None
    configuration_endpoint: Endpoint | None = None
    cache_nodes: list[CacheNode] | None = None
    security_groups: list[CacheSecurityGroup] | None = None


CACHE_CLUSTER: Kind[CacheClusterRecord] = Kind(
    name="cache cluster",
    plural="cache clusters",
    keys=("CacheClusters",),
    record=CacheClusterRecord,
    absence=Absence.OFF,
    absence_note="a cache is reached by interfaces whose descriptions name its clusters",
    calls=(Call("elasticache", "describe_cache_clusters", "elasticache:DescribeCacheClusters", "CacheClusters"),),
    id_of=lambda record: record.arn or record.cache_cluster_id,
    id_members=("CacheClusterId",),
    telltales=frozenset({"CacheClusterStatus", "CacheNodeType", "CacheSubnetGroupName"}),
)
