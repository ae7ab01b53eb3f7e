"""Attachments of every type to transit gateways, with the table each is associated with (EC2 API)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class AttachmentAssociation(Record, frozen=True, kw_only=True):
    """The one route table that judges what comes in from the attachment; only state `associated` works."""

    transit_gateway_route_table_id: str | None = None
    state: str | None = None


class TransitGatewayAttachmentRecord(Record, frozen=True, kw_only=True):
    """An attachment: `resource_type` is `vpc`, `vpn`, `direct-connect-gateway`, `connect`, `peering` and so on.

    resource_id: the VPC, the VPN connection, the gateway on the other side of a peering.
    """

    transit_gateway_attachment_id: Id
    transit_gateway_id: str | None = None
    resource_owner_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    state: str | None = None
    association: AttachmentAssociation | None = None
    tags: list[Tag] | None = None


TRANSIT_GATEWAY_ATTACHMENT: Kind[TransitGatewayAttachmentRecord] = Kind(
    name="transit gateway attachment",
    plural="transit gateway attachments",
    keys=("TransitGatewayAttachments",),
    record=TransitGatewayAttachmentRecord,
    absence=Absence.UNKNOWN,
    absence_note="which table judges what a VPC sends to a transit gateway stands in its attachment",
    calls=(
        ec2(
            "describe_transit_gateway_attachments",
            "DescribeTransitGatewayAttachments",
            "TransitGatewayAttachments",
            by={"transit-gateway": "transit-gateway-id"},
        ),
    ),
    # Both ends of a peering can have one id.
    id_of=lambda record: f"{record.transit_gateway_attachment_id}/{record.transit_gateway_id}",
    id_members=("TransitGatewayAttachmentId",),
    telltales=frozenset({"ResourceType", "ResourceId"}),
)
