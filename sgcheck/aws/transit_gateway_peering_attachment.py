"""Peerings between transit gateways (EC2 API, TransitGatewayPeeringAttachment)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class PeeringTransitGateway(Record, frozen=True, kw_only=True):
    """One end of a peering between transit gateways."""

    transit_gateway_id: str | None = None
    core_network_id: str | None = None
    owner_id: str | None = None
    region: str | None = None


class TransitGatewayPeeringAttachmentRecord(Record, frozen=True, kw_only=True):
    """A peering; the accepter's end has an attachment id of its own where one is told."""

    transit_gateway_attachment_id: Id
    accepter_transit_gateway_attachment_id: str | None = None
    requester_tgw_info: PeeringTransitGateway | None = None
    accepter_tgw_info: PeeringTransitGateway | None = None
    state: str | None = None
    tags: list[Tag] | None = None


TRANSIT_GATEWAY_PEERING_ATTACHMENT: Kind[TransitGatewayPeeringAttachmentRecord] = Kind(
    name="transit gateway peering attachment",
    plural="transit gateway peering attachments",
    keys=("TransitGatewayPeeringAttachments",),
    record=TransitGatewayPeeringAttachmentRecord,
    absence=Absence.OFF,
    absence_note="the attachments of both gateways tell the same",
    calls=(
        ec2(
            "describe_transit_gateway_peering_attachments",
            "DescribeTransitGatewayPeeringAttachments",
            "TransitGatewayPeeringAttachments",
            by={"transit-gateway": "transit-gateway-id"},
        ),
    ),
    id_of=lambda record: record.transit_gateway_attachment_id,
    id_members=("TransitGatewayAttachmentId",),
    telltales=frozenset({"RequesterTgwInfo", "AccepterTgwInfo"}),
)
