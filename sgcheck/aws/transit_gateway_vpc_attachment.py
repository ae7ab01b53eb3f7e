"""Attachments of VPCs to transit gateways: their subnets and options (EC2 API, TransitGatewayVpcAttachment)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class VpcAttachmentOptions(Record, frozen=True, kw_only=True):
    """Options of an attachment: `enable` or `disable`.

    security_group_referencing_support: `enable` unless said otherwise.
    """

    security_group_referencing_support: str | None = None
    ipv6_support: str | None = None
    appliance_mode_support: str | None = None


class TransitGatewayVpcAttachmentRecord(Record, frozen=True, kw_only=True):
    """A VPC's attachment, with one subnet for each Availability Zone that it serves."""

    transit_gateway_attachment_id: Id
    transit_gateway_id: str | None = None
    vpc_id: str | None = None
    vpc_owner_id: str | None = None
    state: str | None = None
    subnet_ids: list[str] | None = None
    options: VpcAttachmentOptions | None = None
    tags: list[Tag] | None = None


TRANSIT_GATEWAY_VPC_ATTACHMENT: Kind[TransitGatewayVpcAttachmentRecord] = Kind(
    name="transit gateway VPC attachment",
    plural="transit gateway VPC attachments",
    keys=("TransitGatewayVpcAttachments",),
    record=TransitGatewayVpcAttachmentRecord,
    absence=Absence.UNKNOWN,
    absence_note="which zones an attachment serves, and through which subnets, stands only here",
    calls=(
        ec2(
            "describe_transit_gateway_vpc_attachments",
            "DescribeTransitGatewayVpcAttachments",
            "TransitGatewayVpcAttachments",
        ),
    ),
    id_of=lambda record: record.transit_gateway_attachment_id,
    id_members=("TransitGatewayAttachmentId",),
    telltales=frozenset({"SubnetIds"}),
)
