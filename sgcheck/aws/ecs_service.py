"""ECS services (ECS API, Service); all of ECS begins its names with a small letter."""

from sgcheck.aws.kind import Absence, Call, Feed, Kind
from sgcheck.aws.record import Record


class AwsvpcConfiguration(Record, frozen=True, kw_only=True, rename="camel"):
    """The subnets and groups of the tasks' own interfaces (ECS API, AwsVpcConfiguration)."""

    subnets: list[str] | None = None
    security_groups: list[str] | None = None


class NetworkConfiguration(Record, frozen=True, kw_only=True, rename="camel"):
    """Only in the network mode awsvpc, in which tasks have interfaces of their own."""

    awsvpc_configuration: AwsvpcConfiguration | None = None


class EcsServiceRecord(Record, frozen=True, kw_only=True, rename="camel"):
    """A service of a cluster."""

    service_arn: str
    service_name: str | None = None
    cluster_arn: str | None = None
    running_count: int | None = None
    network_configuration: NetworkConfiguration | None = None


EACH_CLUSTER = Feed("cluster", Call("ecs", "list_clusters", "ecs:ListClusters", "clusterArns"))
_LIST = Call("ecs", "list_services", "ecs:ListServices", "serviceArns")

ECS_SERVICE: Kind[EcsServiceRecord] = Kind(
    name="ECS service",
    plural="ECS services",
    keys=("services",),
    record=EcsServiceRecord,
    absence=Absence.OFF,
    absence_note="what answers for a service are interfaces with records of their own; tasks tell its name too",
    calls=(
        Call(
            "ecs",
            "describe_services",
            "ecs:DescribeServices",
            "services",
            each=(EACH_CLUSTER, Feed("services", _LIST, batch=10)),
        ),
    ),
    id_of=lambda record: record.service_arn,
    id_members=("serviceArn",),
    telltales=frozenset({"serviceName", "clusterArn", "taskDefinition"}),
    telltale="serviceArn",
)
