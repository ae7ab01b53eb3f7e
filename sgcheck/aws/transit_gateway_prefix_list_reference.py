"""Prefix lists that tables of transit gateways route (EC2 API, TransitGatewayPrefixListReference)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record
from sgcheck.aws.transit_gateway_route import RouteAttachment
from sgcheck.aws.transit_gateway_route_table import EACH_TABLE


class TransitGatewayPrefixListReferenceRecord(Record, frozen=True, kw_only=True):
    """A list and the attachment that its entries lead to, or a blackhole."""

    transit_gateway_route_table_id: Id
    prefix_list_id: Id
    state: str | None = None
    blackhole: bool | None = None
    transit_gateway_attachment: RouteAttachment | None = None


TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE: Kind[TransitGatewayPrefixListReferenceRecord] = Kind(
    name="transit gateway prefix list reference",
    plural="transit gateway prefix list references",
    keys=("TransitGatewayPrefixListReferences",),
    record=TransitGatewayPrefixListReferenceRecord,
    absence=Absence.OFF,
    absence_note="a search of the table's routes tells the entries of its lists, too",
    calls=(
        ec2(
            "get_transit_gateway_prefix_list_references",
            "GetTransitGatewayPrefixListReferences",
            "TransitGatewayPrefixListReferences",
            each=EACH_TABLE,
        ),
    ),
    id_of=lambda record: f"{record.transit_gateway_route_table_id}/{record.prefix_list_id}",
    id_members=("TransitGatewayRouteTableId",),
    telltales=frozenset({"PrefixListOwnerId"}),
)
