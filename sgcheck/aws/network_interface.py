"""Network interfaces (EC2 API, NetworkInterface)."""

from sgcheck.aws.kind import Absence, Kind, ec2
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


class InterfaceAttachment(Record, frozen=True, kw_only=True):
    """What an interface is attached to; interfaces of AWS services have no `instance_id`."""

    instance_id: str | None = None
    device_index: int | None = None


class NetworkInterfaceRecord(Record, frozen=True, kw_only=True):
    """A network interface: its addresses, groups and attachment; its tags stand under `TagSet`."""

    network_interface_id: Id
    subnet_id: str | None = None
    vpc_id: str | None = None
    owner_id: str | None = None
    availability_zone: str | None = None
    interface_type: str | None = None
    description: str | None = None
    requester_managed: bool | None = None
    status: str | None = None
    attachment: InterfaceAttachment | None = None
    groups: list[GroupId] | None = None
    private_ip_address: str | None = None
    private_ip_addresses: list[PrivateIpAddress] | None = None
    association: Association | None = None
    ipv6_addresses: list[Ipv6Address] | None = None
    ipv4_prefixes: list[Ipv4Prefix] | None = None
    ipv6_prefixes: list[Ipv6Prefix] | None = None
    source_dest_check: bool | None = None
    deny_all_igw_traffic: bool | None = None
    tag_set: list[Tag] | None = None


NETWORK_INTERFACE: Kind[NetworkInterfaceRecord] = Kind(
    name="network interface",
    plural="network interfaces",
    keys=("NetworkInterfaces",),
    record=NetworkInterfaceRecord,
    absence=Absence.UNKNOWN,
    absence_note="addresses and groups belong to interfaces; those of instances are also in the instances' own records",
    calls=(
        ec2(
            "describe_network_interfaces",
            "DescribeNetworkInterfaces",
            "NetworkInterfaces",
            parameters={"IncludeManagedResources": True},
            by={
                "id": "network-interface-id",
                "instance": "attachment.instance-id",
                "group": "group-id",
                "subnet": "subnet-id",
                "vpc": "vpc-id",
                "address": "addresses.private-ip-address",
                "ipv6-address": "ipv6-addresses.ipv6-address",
                "public-address": "association.public-ip",
                "any-public-address": "addresses.association.public-ip",
                "description": "description",
                "source-dest-check": "source-dest-check",
                "type": "interface-type",
                "tag": "tag:",
                "tag-key": "tag-key",
            },
        ),
    ),
    id_of=lambda record: record.network_interface_id,
    id_members=("NetworkInterfaceId",),
    telltales=frozenset({"VpcId", "MacAddress", "InterfaceType", "PrivateIpAddresses"}),
)
