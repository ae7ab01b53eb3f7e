"""Route tables of transit gateways (EC2 API, TransitGatewayRouteTable)."""

from sgcheck.aws.kind import Absence, Feed, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class TransitGatewayRouteTableRecord(Record, frozen=True, kw_only=True):
    """A table; its routes come from a search, its propagations from another call."""

    transit_gateway_route_table_id: Id
    transit_gateway_id: str | None = None
    state: str | None = None
    tags: list[Tag] | None = None


_DESCRIBE = ec2(
    "describe_transit_gateway_route_tables",
    "DescribeTransitGatewayRouteTables",
    "TransitGatewayRouteTables",
    by={"transit-gateway": "transit-gateway-id"},
)
EACH_TABLE = (Feed("TransitGatewayRouteTableId", _DESCRIBE, ("TransitGatewayRouteTableId",)),)
"""What has to be asked table by table."""

TRANSIT_GATEWAY_ROUTE_TABLE: Kind[TransitGatewayRouteTableRecord] = Kind(
    name="transit gateway route table",
    plural="transit gateway route tables",
    keys=("TransitGatewayRouteTables",),
    record=TransitGatewayRouteTableRecord,
    absence=Absence.OFF,
    absence_note="attachments name their tables; this only adds names",
    calls=(_DESCRIBE,),
    id_of=lambda record: record.transit_gateway_route_table_id,
    id_members=("TransitGatewayRouteTableId",),
    telltales=frozenset({"TransitGatewayId", "DefaultAssociationRouteTable"}),
)
