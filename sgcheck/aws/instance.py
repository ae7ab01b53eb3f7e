"""Instances (EC2 API, Instance), alone or in the reservations that describe-instances answers with."""

from collections.abc import Iterable

import msgspec

from sgcheck.aws.kind import Absence, Kind, Wrapper, ec2
from sgcheck.aws.record import (
    Association,
    GroupId,
    Id,
    Ipv4Prefix,
    Ipv6Address,
    Ipv6Prefix,
    PrivateIpAddress,
    Record,
    Tag,
)


class InstanceState(Record, frozen=True, kw_only=True):
    """The state by name: `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`."""

    name: str | None = None


class Placement(Record, frozen=True, kw_only=True):
    """Where an instance stands."""

    availability_zone: str | None = None


class InstanceInterfaceAttachment(Record, frozen=True, kw_only=True):
    """How an embedded interface hangs on its instance; index 0 is the primary one."""

    device_index: int | None = None
    status: str | None = None


class InstanceInterface(Record, frozen=True, kw_only=True):
    """An interface as its instance describes it (EC2 API, InstanceNetworkInterface)."""

    network_interface_id: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    owner_id: str | None = None
    description: str | None = None
    status: str | None = None
    attachment: InstanceInterfaceAttachment | None = None
    groups: list[GroupId] | None = None
    private_ip_address: str | None = None
    private_ip_addresses: list[PrivateIpAddress] | None = None
    association: Association | None = None
    ipv6_addresses: list[Ipv6Address] | None = None
    ipv4_prefixes: list[Ipv4Prefix] | None = None
    ipv6_prefixes: list[Ipv6Prefix] | None = None
    source_dest_check: bool | None = None


class InterfaceName(Record, frozen=True, kw_only=True):
    """What of an embedded interface tells whether it stands among the network interfaces too."""

    network_interface_id: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None


# As lenient as the reading of files is, which takes numbers that are written as strings.
_INTERFACES = msgspec.json.Decoder(list[InstanceInterface] | None, strict=False)
_NAMES = msgspec.json.Decoder(list[InterfaceName] | None, strict=False)
_GROUPS = msgspec.json.Decoder(list[GroupId] | None, strict=False)
_TAGS = msgspec.json.Decoder(list[Tag] | None, strict=False)


class InstanceRecord(Record, frozen=True, kw_only=True):
    """An instance; `owner_id` is the one member that its reservation has and it has not.

    Most instances are only looked at by their id, so that what is large stays text until somebody reads it: then
    msgspec.ValidationError says what is wrong with it.
    """

    instance_id: Id
    owner_id: str | None = None
    state: InstanceState | None = None
    placement: Placement | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    interfaces_text: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="NetworkInterfaces")
    groups_text: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="SecurityGroups")
    private_ip_address: str | None = None
    public_ip_address: str | None = None
    private_dns_name: str | None = None
    public_dns_name: str | None = None
    tags_text: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="Tags")

    @property
    def network_interfaces(self) -> list[InstanceInterface] | None:
        """The interfaces in full."""
        return _INTERFACES.decode(self.interfaces_text) if memoryview(self.interfaces_text).nbytes else None

    @property
    def interface_names(self) -> list[InterfaceName] | None:
        """The interfaces, by name only."""
        return _NAMES.decode(self.interfaces_text) if memoryview(self.interfaces_text).nbytes else None

    @property
    def security_groups(self) -> list[GroupId] | None:
        """The groups of the primary interface."""
        return _GROUPS.decode(self.groups_text) if memoryview(self.groups_text).nbytes else None

    @property
    def tags(self) -> list[Tag] | None:
        """The tags."""
        return _TAGS.decode(self.tags_text) if memoryview(self.tags_text).nbytes else None


class ReservationRecord(Record, frozen=True, kw_only=True):
    """The instances of one launch."""

    owner_id: str | None = None
    instances: list[InstanceRecord] | None = None


def _unpack(_name: str, reservation: ReservationRecord) -> Iterable[InstanceRecord]:
    for instance in reservation.instances or ():
        if instance.owner_id is None and reservation.owner_id is not None:
            yield msgspec.structs.replace(instance, owner_id=reservation.owner_id)
        else:
            yield instance


INSTANCE: Kind[InstanceRecord] = Kind(
    name="instance",
    plural="instances",
    keys=("Reservations", "Instances"),
    record=InstanceRecord,
    absence=Absence.ASSUMED,
    absence_note="an interface that is in use, its instance not in the input, is taken for one of a running instance",
    calls=(
        ec2(
            "describe_instances",
            "DescribeInstances",
            "Reservations",
            parameters={"IncludeManagedResources": True},
            by={
                "id": "instance-id",
                "dns": "dns-name",
                "private-dns": "private-dns-name",
                "tag": "tag:",
                "tag-key": "tag-key",
            },
        ),
    ),
    id_of=lambda record: record.instance_id,
    id_members=("InstanceId",),
    telltales=frozenset({"ImageId", "NetworkInterfaces", "PrivateIpAddress", "SecurityGroups", "SubnetId"}),
    wrappers=(Wrapper("Reservations", ReservationRecord, _unpack, id_members=("ReservationId",)),),
)
