"""ECS tasks (ECS API, Task): which interfaces a service has right now."""

from sgcheck.aws.ecs_service import EACH_CLUSTER
from sgcheck.aws.kind import Absence, Call, Feed, Kind
from sgcheck.aws.record import Record


class AttachmentDetail(Record, frozen=True, kw_only=True, rename="camel"):
    """One property of an attachment: `networkInterfaceId`, `privateIPv4Address`."""

    name: str | None = None
    value: str | None = None


class TaskAttachment(Record, frozen=True, kw_only=True, rename="camel"):
    """What hangs on a task; its interface is of the type `ElasticNetworkInterface`."""

    type: str | None = None
    status: str | None = None
    details: list[AttachmentDetail] | None = None


class EcsTaskRecord(Record, frozen=True, kw_only=True, rename="camel"):
    """A task; `group` is `service:NAME` where a service started it."""

    task_arn: str
    cluster_arn: str | None = None
    group: str | None = None
    last_status: str | None = None
    attachments: list[TaskAttachment] | None = None


ECS_TASK: Kind[EcsTaskRecord] = Kind(
    name="ECS task",
    plural="ECS tasks",
    keys=("tasks",),
    record=EcsTaskRecord,
    absence=Absence.OFF,
    absence_note="the interfaces of a service are then told by its subnets and groups",
    calls=(
        Call(
            "ecs",
            "describe_tasks",
            "ecs:DescribeTasks",
            "tasks",
            each=(EACH_CLUSTER, Feed("tasks", Call("ecs", "list_tasks", "ecs:ListTasks", "taskArns"), batch=100)),
        ),
    ),
    id_of=lambda record: record.task_arn,
    id_members=("taskArn",),
    telltales=frozenset({"taskDefinitionArn", "clusterArn", "lastStatus"}),
    telltale="taskArn",
    # What a task was started with may hold passwords.
    secrets=frozenset({"overrides"}),
)
