"""The subnets that caches may stand in (ElastiCache API, CacheSubnetGroup)."""

import msgspec

from sgcheck.aws.db_subnet_group import GroupedSubnet
from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class CacheSubnetGroupRecord(Record, frozen=True, kw_only=True):
    """A subnet group."""

    cache_subnet_group_name: str
    arn: str | None = msgspec.field(default=None, name="ARN")
    subnets: list[GroupedSubnet] | None = None


CACHE_SUBNET_GROUP: Kind[CacheSubnetGroupRecord] = Kind(
    name="cache subnet group",
    plural="cache subnet groups",
    keys=("CacheSubnetGroups",),
    record=CacheSubnetGroupRecord,
    absence=Absence.OFF,
    absence_note="the interfaces of a cache are then told by its name and groups alone",
    calls=(
        Call(
            "elasticache",
            "describe_cache_subnet_groups",
            "elasticache:DescribeCacheSubnetGroups",
            "CacheSubnetGroups",
        ),
    ),
    id_of=lambda record: record.arn or record.cache_subnet_group_name,
    id_members=("CacheSubnetGroupName",),
    telltales=frozenset({"CacheSubnetGroupDescription", "Subnets"}),
)
