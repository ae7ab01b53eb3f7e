"""Mount targets of file systems (EFS API, MountTargetDescription)."""

from sgcheck.aws.kind import Absence, Call, Feed, Kind
from sgcheck.aws.record import Id, Record


class MountTargetRecord(Record, frozen=True, kw_only=True):
    """A mount target; its interface is told by id."""

    mount_target_id: Id
    owner_id: str | None = None
    file_system_id: str | None = None
    life_cycle_state: str | None = None
    network_interface_id: str | None = None
    availability_zone_name: str | None = None


_FILE_SYSTEMS = Call("efs", "describe_file_systems", "elasticfilesystem:DescribeFileSystems", "FileSystems")

MOUNT_TARGET: Kind[MountTargetRecord] = Kind(
    name="mount target",
    plural="mount targets",
    keys=("MountTargets",),
    record=MountTargetRecord,
    absence=Absence.OFF,
    absence_note="a file system is reached by interfaces whose descriptions name it",
    calls=(
        Call(
            "efs",
            "describe_mount_targets",
            "elasticfilesystem:DescribeMountTargets",
            "MountTargets",
            each=(Feed("FileSystemId", _FILE_SYSTEMS, ("FileSystemId",)),),
        ),
    ),
    id_of=lambda record: record.mount_target_id,
    id_members=("MountTargetId",),
    telltales=frozenset({"FileSystemId", "LifeCycleState", "IpAddress"}),
)
