"""VPCs (EC2 API, Vpc)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import BlockPublicAccessStates, CidrAssociation, Id, Ipv6CidrAssociation, Record, Tag


class VpcRecord(Record, frozen=True, kw_only=True):
    """A VPC and its address ranges; `cidr_block` is the primary one and stands in the association set too."""

    vpc_id: Id
    owner_id: str | None = None
    cidr_block: str | None = None
    cidr_block_association_set: list[CidrAssociation] | None = None
    ipv6_cidr_block_association_set: list[Ipv6CidrAssociation] | None = None
    block_public_access_states: BlockPublicAccessStates | None = None
    is_default: bool | None = None
    state: str | None = None
    tags: list[Tag] | None = None


VPC: Kind[VpcRecord] = Kind(
    name="VPC",
    plural="VPCs",
    keys=("Vpcs",),
    record=VpcRecord,
    absence=Absence.UNKNOWN,
    absence_note="the address ranges of a VPC decide what its local routes and gateways take",
    calls=(ec2("describe_vpcs", "DescribeVpcs", "Vpcs"),),
    id_of=lambda record: record.vpc_id,
    id_members=("VpcId",),
    telltales=frozenset({"CidrBlock", "CidrBlockAssociationSet", "InstanceTenancy", "DhcpOptionsId"}),
)
