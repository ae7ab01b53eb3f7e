"""NAT gateways (EC2 API, NatGateway)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class NatGatewayAddress(Record, frozen=True, kw_only=True):
    """An address that a NAT gateway translates to; in a regional one each belongs to an Availability Zone."""

    network_interface_id: str | None = None
    private_ip: str | None = None
    public_ip: str | None = None
    allocation_id: str | None = None
    is_primary: bool | None = None
    status: str | None = None
    availability_zone: str | None = None


class NatGatewayRecord(Record, frozen=True, kw_only=True):
    """A NAT gateway; only state `available` works, and a regional one has a route table instead of a subnet.

    connectivity_type: `public` or `private`. availability_mode: `zonal` or `regional`.
    """

    nat_gateway_id: Id
    vpc_id: str | None = None
    subnet_id: str | None = None
    route_table_id: str | None = None
    state: str | None = None
    connectivity_type: str | None = None
    availability_mode: str | None = None
    nat_gateway_addresses: list[NatGatewayAddress] | None = None
    tags: list[Tag] | None = None


NAT_GATEWAY: Kind[NatGatewayRecord] = Kind(
    name="NAT gateway",
    plural="NAT gateways",
    keys=("NatGateways",),
    record=NatGatewayRecord,
    absence=Absence.UNKNOWN,
    absence_note="a NAT gateway that a route names may be deleted, private, or in a subnet without a way out",
    calls=(
        ec2(
            "describe_nat_gateways",
            "DescribeNatGateways",
            "NatGateways",
            by={"id": "nat-gateway-id"},
            filters="Filter",
        ),
    ),
    id_of=lambda record: record.nat_gateway_id,
    id_members=("NatGatewayId",),
    telltales=frozenset({"NatGatewayAddresses", "SubnetId", "ConnectivityType"}),
)
