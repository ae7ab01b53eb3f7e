"""Routes of transit gateway route tables, as a search tells them, by table (EC2 API, SearchTransitGatewayRoutes).

AWS's answer does not name the table, so a snapshot wraps it:
`{"TransitGatewayStaticRoutes": [{"TransitGatewayRouteTableId": "tgw-rtb-…", "Routes": […]}]}`.
"""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record
from sgcheck.aws.transit_gateway_route_table import EACH_TABLE


class RouteAttachment(Record, frozen=True, kw_only=True):
    """Where a route leads."""

    transit_gateway_attachment_id: str | None = None
    resource_id: str | None = None
    resource_type: str | None = None


class TransitGatewayRoute(Record, frozen=True, kw_only=True):
    """One route: `type` is `static` or `propagated`, `state` `active` or `blackhole`."""

    destination_cidr_block: str | None = None
    prefix_list_id: str | None = None
    transit_gateway_attachments: list[RouteAttachment] | None = None
    type: str | None = None
    state: str | None = None


class TransitGatewayRoutesRecord(Record, frozen=True, kw_only=True):
    """What a search in one table found; with `additional_routes_available` it is not all."""

    transit_gateway_route_table_id: Id
    routes: list[TransitGatewayRoute] | None = None
    additional_routes_available: bool | None = None


TRANSIT_GATEWAY_ROUTE: Kind[TransitGatewayRoutesRecord] = Kind(
    name="transit gateway route",
    plural="transit gateway routes",
    keys=("TransitGatewayStaticRoutes",),
    record=TransitGatewayRoutesRecord,
    absence=Absence.UNKNOWN,
    absence_note="a table without its routes says nothing about where packets go",
    calls=(
        ec2(
            "search_transit_gateway_routes",
            "SearchTransitGatewayRoutes",
            "Routes",
            # A search must have a filter; these are all the states that a route in a table has.
            parameters={"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]},
            each=EACH_TABLE,
        ),
    ),
    id_of=lambda record: record.transit_gateway_route_table_id,
    id_members=("TransitGatewayRouteTableId",),
    telltales=frozenset({"AdditionalRoutesAvailable"}),
    subject="TransitGatewayRouteTableId",
)
