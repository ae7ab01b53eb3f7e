"""Egress-only internet gateways, for IPv6 (EC2 API, EgressOnlyInternetGateway)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import GatewayAttachment, Id, Record, Tag


class EgressOnlyInternetGatewayRecord(Record, frozen=True, kw_only=True):
    """An egress-only internet gateway and the VPC it is attached to."""

    egress_only_internet_gateway_id: Id
    attachments: list[GatewayAttachment] | None = None
    tags: list[Tag] | None = None


EGRESS_ONLY_INTERNET_GATEWAY: Kind[EgressOnlyInternetGatewayRecord] = Kind(
    name="egress-only internet gateway",
    plural="egress-only internet gateways",
    keys=("EgressOnlyInternetGateways",),
    record=EgressOnlyInternetGatewayRecord,
    absence=Absence.UNKNOWN,
    absence_note="a gateway that a route names may be detached or gone",
    calls=(
        ec2(
            "describe_egress_only_internet_gateways",
            "DescribeEgressOnlyInternetGateways",
            "EgressOnlyInternetGateways",
        ),
    ),
    id_of=lambda record: record.egress_only_internet_gateway_id,
    id_members=("EgressOnlyInternetGatewayId",),
    telltales=frozenset({"Attachments"}),
)
