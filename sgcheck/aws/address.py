"""Elastic IP addresses (EC2 API, Address)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Record, Tag


class AddressRecord(Record, frozen=True, kw_only=True):
    """An Elastic IP address and what it is associated with; one in a Wavelength Zone has a carrier IP instead."""

    public_ip: str | None = None
    allocation_id: str | None = None
    association_id: str | None = None
    domain: str | None = None
    instance_id: str | None = None
    network_interface_id: str | None = None
    network_interface_owner_id: str | None = None
    private_ip_address: str | None = None
    carrier_ip: str | None = None
    tags: list[Tag] | None = None


def _id(record: AddressRecord) -> str:
    return record.allocation_id or record.public_ip or record.carrier_ip or ""


ADDRESS: Kind[AddressRecord] = Kind(
    name="Elastic IP address",
    plural="Elastic IP addresses",
    keys=("Addresses",),
    record=AddressRecord,
    absence=Absence.OFF,
    absence_note="interfaces carry their public addresses themselves",
    calls=(ec2("describe_addresses", "DescribeAddresses", "Addresses"),),
    id_of=_id,
    id_members=("AllocationId", "PublicIp", "CarrierIp"),
    telltales=frozenset({"Domain"}),
)
