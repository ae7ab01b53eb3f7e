"""Status checks of instances (EC2 API, InstanceStatus; user guide, monitoring-system-instance-status-check)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record

IMPAIRED = "impaired"
"""Of SummaryStatus (`ok`, `impaired`, `insufficient-data`, `not-applicable`, `initializing`) the finding."""
INITIALIZING = "initializing"
"""Of SummaryStatus what it is for the first minutes of an instance."""


class StatusSummary(Record, frozen=True, kw_only=True):
    """How one of the checks does."""

    status: str | None = None


class InstanceStatusRecord(Record, frozen=True, kw_only=True):
    """The checks of one instance: `system_status` is of what it runs on, `instance_status` of its own system."""

    instance_id: Id
    system_status: StatusSummary | None = None
    instance_status: StatusSummary | None = None
    attached_ebs_status: StatusSummary | None = None

    @property
    def impaired(self) -> tuple[str, ...]:
        """The checks that fail, in words."""
        return self._that_are(IMPAIRED)

    @property
    def starting(self) -> tuple[str, ...]:
        """The checks that have found nothing yet, since the instance has just started."""
        return self._that_are(INITIALIZING)

    def _that_are(self, status: str) -> tuple[str, ...]:
        checks = {
            "system": self.system_status,
            "instance": self.instance_status,
            "attached volume": self.attached_ebs_status,
        }
        return tuple(name for name, check in checks.items() if check is not None and check.status == status)


INSTANCE_STATUS: Kind[InstanceStatusRecord] = Kind(
    name="instance status",
    plural="instance statuses",
    keys=("InstanceStatuses",),
    record=InstanceStatusRecord,
    absence=Absence.OFF,
    absence_note="status checks are evidence for a diagnosis, and no verdict depends on them",
    # Of running instances only: the checks of others are all `not-applicable`.
    calls=(
        ec2(
            "describe_instance_status",
            "DescribeInstanceStatus",
            "InstanceStatuses",
            parameters={"IncludeManagedResources": True},
            ids="InstanceIds",
        ),
    ),
    id_of=lambda record: record.instance_id,
    id_members=("InstanceId",),
    telltales=frozenset({"SystemStatus", "InstanceStatus"}),
)
