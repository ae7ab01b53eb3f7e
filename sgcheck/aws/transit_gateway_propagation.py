"""Which attachments install their routes in which table (EC2 API, GetTransitGatewayRouteTablePropagations), by table.

AWS's answer does not name the table, so a snapshot wraps it: `{"TransitGatewayPropagations":
[{"TransitGatewayRouteTableId": "tgw-rtb-…", "TransitGatewayRouteTablePropagations": […]}]}`.
"""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record
from sgcheck.aws.transit_gateway_route_table import EACH_TABLE


class Propagation(Record, frozen=True, kw_only=True):
    """One attachment that propagates into the table; only state `enabled` works."""

    transit_gateway_attachment_id: str | None = None
    resource_id: str | None = None
    resource_type: str | None = None
    state: str | None = None


class TransitGatewayPropagationsRecord(Record, frozen=True, kw_only=True):
    """All propagations into one table."""

    transit_gateway_route_table_id: Id
    transit_gateway_route_table_propagations: list[Propagation] | None = None


TRANSIT_GATEWAY_PROPAGATION: Kind[TransitGatewayPropagationsRecord] = Kind(
    name="transit gateway propagation",
    plural="transit gateway propagations",
    keys=("TransitGatewayPropagations",),
    record=TransitGatewayPropagationsRecord,
    absence=Absence.UNKNOWN,
    absence_note="without it a search that was for static routes only can't be told from a whole one",
    calls=(
        ec2(
            "get_transit_gateway_route_table_propagations",
            "GetTransitGatewayRouteTablePropagations",
            "TransitGatewayRouteTablePropagations",
            each=EACH_TABLE,
        ),
    ),
    id_of=lambda record: record.transit_gateway_route_table_id,
    id_members=("TransitGatewayRouteTableId",),
    telltales=frozenset({"TransitGatewayRouteTablePropagations"}),
    subject="TransitGatewayRouteTableId",
)
