"""Redshift clusters (Redshift API, Cluster); other services call what they answer with `Clusters`, too."""

import msgspec

from sgcheck.aws.db_instance import Endpoint, VpcSecurityGroup
from sgcheck.aws.kind import Absence, Call, Kind
from sgcheck.aws.record import Record


class ClusterNode(Record, frozen=True, kw_only=True):
    """A node and its addresses; clients speak with the one whose role is `LEADER` or `SHARED`."""

    node_role: str | None = None
    private_ip_address: str | None = msgspec.field(default=None, name="PrivateIPAddress")


class RedshiftClusterRecord(Record, frozen=True, kw_only=True):
    """A cluster."""

    cluster_identifier: str
    cluster_namespace_arn: str | None = None
    cluster_status: str | None = None
    endpoint: Endpoint | None = None
    vpc_security_groups: list[VpcSecurityGroup] | None = None
    cluster_nodes: list[ClusterNode] | None = None


REDSHIFT_CLUSTER: Kind[RedshiftClusterRecord] = Kind(
    name="Redshift cluster",
    plural="Redshift clusters",
    keys=("Clusters",),
    record=RedshiftClusterRecord,
    absence=Absence.OFF,
    absence_note="what answers for a cluster are interfaces with records of their own; only its name is lost",
    calls=(Call("redshift", "describe_clusters", "redshift:DescribeClusters", "Clusters"),),
    id_of=lambda record: record.cluster_namespace_arn or record.cluster_identifier,
    id_members=("ClusterIdentifier",),
    telltales=frozenset({"ClusterStatus", "ClusterNodes", "NodeType"}),
    telltale="ClusterIdentifier",
)
