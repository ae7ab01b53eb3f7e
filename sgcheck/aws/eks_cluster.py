"""EKS clusters (EKS API, Cluster): the interfaces of their control planes; the answer has one cluster, not a list."""

from sgcheck.aws.kind import Absence, Call, Feed, Kind
from sgcheck.aws.record import Record


class ResourcesVpcConfig(Record, frozen=True, kw_only=True, rename="camel"):
    """Where the control plane's interfaces stand, and who is led to them (EKS API, VpcConfigResponse)."""

    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    cluster_security_group_id: str | None = None
    endpoint_public_access: bool | None = None
    endpoint_private_access: bool | None = None


class EksClusterRecord(Record, frozen=True, kw_only=True, rename="camel"):
    """A cluster; `endpoint` is a URL."""

    name: str
    arn: str | None = None
    endpoint: str | None = None
    status: str | None = None
    resources_vpc_config: ResourcesVpcConfig | None = None


EKS_CLUSTER: Kind[EksClusterRecord] = Kind(
    name="EKS cluster",
    plural="EKS clusters",
    keys=("cluster",),
    record=EksClusterRecord,
    absence=Absence.OFF,
    absence_note="a control plane is reached by interfaces whose descriptions name its cluster",
    calls=(
        Call(
            "eks",
            "describe_cluster",
            "eks:DescribeCluster",
            "cluster",
            each=(Feed("name", Call("eks", "list_clusters", "eks:ListClusters", "clusters")),),
        ),
    ),
    id_of=lambda record: record.arn or record.name,
    id_members=("name",),
    telltales=frozenset({"resourcesVpcConfig"}),
    telltale="resourcesVpcConfig",
)
