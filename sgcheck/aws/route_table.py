"""Route tables with their routes and associations (EC2 API, RouteTable)."""

import msgspec

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import CodedState, Id, Record, Tag


class Route(Record, frozen=True, kw_only=True):
    """One route: a destination (range or prefix list), a target, and whether it is `active` or a `blackhole`.

    gateway_id: `local`, an internet or virtual private gateway, or an endpoint (`vpce-…`). gateway_kind:
    which of them, told by sources whose ids have no prefix (`internet gateway`, `VPC endpoint`, `carrier gateway`).
    """

    destination_cidr_block: str | None = None
    destination_ipv6_cidr_block: str | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    gateway_kind: str | None = msgspec.field(default=None, name="(kind)")
    nat_gateway_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    vpc_peering_connection_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    instance_owner_id: str | None = None
    local_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    core_network_arn: str | None = None
    odb_network_arn: str | None = None
    ip_address: str | None = None
    origin: str | None = None
    state: str | None = None


class RouteTableAssociation(Record, frozen=True, kw_only=True):
    """What uses the table: a subnet, a gateway, or (main) every subnet of the VPC without an association of its own.

    association_state: `associated` where it says anything at all.
    """

    route_table_association_id: str | None = None
    main: bool | None = None
    subnet_id: str | None = None
    gateway_id: str | None = None
    association_state: CodedState | None = None


class PropagatingGateway(Record, frozen=True, kw_only=True):
    """A virtual private gateway whose routes are propagated into the table."""

    gateway_id: str | None = None


class RouteTableRecord(Record, frozen=True, kw_only=True):
    """A route table; implicit associations with the main table are not listed by AWS."""

    route_table_id: Id
    vpc_id: str | None = None
    owner_id: str | None = None
    routes: list[Route] | None = None
    associations: list[RouteTableAssociation] | None = None
    propagating_vgws: list[PropagatingGateway] | None = None
    tags: list[Tag] | None = None


ROUTE_TABLE: Kind[RouteTableRecord] = Kind(
    name="route table",
    plural="route tables",
    keys=("RouteTables",),
    record=RouteTableRecord,
    absence=Absence.UNKNOWN,
    absence_note="without the route table nothing says where a packet goes",
    calls=(ec2("describe_route_tables", "DescribeRouteTables", "RouteTables", by={"vpc": "vpc-id"}),),
    id_of=lambda record: record.route_table_id,
    id_members=("RouteTableId",),
    telltales=frozenset({"Routes", "Associations", "PropagatingVgws"}),
)
