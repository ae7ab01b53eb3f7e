"""Transit gateways (EC2 API, TransitGateway)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class TransitGatewayOptions(Record, frozen=True, kw_only=True):
    """What a transit gateway is set to: `security_group_referencing_support` is `disable` unless said otherwise."""

    security_group_referencing_support: str | None = None


class TransitGatewayRecord(Record, frozen=True, kw_only=True):
    """A transit gateway; only state `available` works, and `modifying` goes on working."""

    transit_gateway_id: Id
    state: str | None = None
    owner_id: str | None = None
    options: TransitGatewayOptions | None = None
    tags: list[Tag] | None = None


TRANSIT_GATEWAY: Kind[TransitGatewayRecord] = Kind(
    name="transit gateway",
    plural="transit gateways",
    keys=("TransitGateways",),
    record=TransitGatewayRecord,
    absence=Absence.UNKNOWN,
    absence_note="a transit gateway that a route names decides by its own tables where packets go",
    calls=(
        ec2("describe_transit_gateways", "DescribeTransitGateways", "TransitGateways", by={"id": "transit-gateway-id"}),
    ),
    id_of=lambda record: record.transit_gateway_id,
    id_members=("TransitGatewayId",),
    telltales=frozenset({"TransitGatewayArn"}),
)
