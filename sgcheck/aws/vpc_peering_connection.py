"""VPC peering connections (EC2 API, VpcPeeringConnection)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class PeerCidr(Record, frozen=True, kw_only=True):
    """An IPv4 range of a peer."""

    cidr_block: str | None = None


class PeerIpv6Cidr(Record, frozen=True, kw_only=True):
    """An IPv6 range of a peer."""

    ipv6_cidr_block: str | None = None


class PeerVpc(Record, frozen=True, kw_only=True):
    """One end of a peering connection; its ranges are told only while the connection is active."""

    vpc_id: str | None = None
    owner_id: str | None = None
    region: str | None = None
    cidr_block: str | None = None
    cidr_block_set: list[PeerCidr] | None = None
    ipv6_cidr_block_set: list[PeerIpv6Cidr] | None = None


class PeeringStatus(Record, frozen=True, kw_only=True):
    """How far the connection is: only code `active` carries traffic."""

    code: str | None = None


class VpcPeeringConnectionRecord(Record, frozen=True, kw_only=True):
    """A peering connection between two VPCs, which may belong to other accounts and Regions."""

    vpc_peering_connection_id: Id
    requester_vpc_info: PeerVpc | None = None
    accepter_vpc_info: PeerVpc | None = None
    status: PeeringStatus | None = None
    tags: list[Tag] | None = None


VPC_PEERING_CONNECTION: Kind[VpcPeeringConnectionRecord] = Kind(
    name="VPC peering connection",
    plural="VPC peering connections",
    keys=("VpcPeeringConnections",),
    record=VpcPeeringConnectionRecord,
    absence=Absence.UNKNOWN,
    absence_note="a connection that a route names may be inactive, and only its record says which VPC is behind it",
    calls=(ec2("describe_vpc_peering_connections", "DescribeVpcPeeringConnections", "VpcPeeringConnections"),),
    id_of=lambda record: record.vpc_peering_connection_id,
    id_members=("VpcPeeringConnectionId",),
    telltales=frozenset({"AccepterVpcInfo", "RequesterVpcInfo"}),
)
