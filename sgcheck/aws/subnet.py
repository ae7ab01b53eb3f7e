"""Subnets (EC2 API, Subnet)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import BlockPublicAccessStates, Id, Ipv6CidrAssociation, Record, Tag


class SubnetRecord(Record, frozen=True, kw_only=True):
    """A subnet, its address ranges and its Availability Zone."""

    subnet_id: Id
    subnet_arn: str | None = None
    vpc_id: str | None = None
    owner_id: str | None = None
    cidr_block: str | None = None
    ipv6_cidr_block_association_set: list[Ipv6CidrAssociation] | None = None
    ipv6_native: bool | None = None
    enable_dns64: bool | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    map_public_ip_on_launch: bool | None = None
    block_public_access_states: BlockPublicAccessStates | None = None
    state: str | None = None
    tags: list[Tag] | None = None


SUBNET: Kind[SubnetRecord] = Kind(
    name="subnet",
    plural="subnets",
    keys=("Subnets",),
    record=SubnetRecord,
    absence=Absence.UNKNOWN,
    absence_note="the subnet decides which route table and which network ACL apply, and whether both ends share it",
    calls=(ec2("describe_subnets", "DescribeSubnets", "Subnets", by={"id": "subnet-id", "vpc": "vpc-id"}),),
    id_of=lambda record: record.subnet_id,
    id_members=("SubnetId",),
    telltales=frozenset({"CidrBlock", "AvailableIpAddressCount", "Ipv6CidrBlockAssociationSet"}),
)
