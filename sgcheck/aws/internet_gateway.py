"""Internet gateways (EC2 API, InternetGateway)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import GatewayAttachment, Id, Record, Tag


class InternetGatewayRecord(Record, frozen=True, kw_only=True):
    """An internet gateway and the VPC it is attached to."""

    internet_gateway_id: Id
    owner_id: str | None = None
    attachments: list[GatewayAttachment] | None = None
    tags: list[Tag] | None = None


INTERNET_GATEWAY: Kind[InternetGatewayRecord] = Kind(
    name="internet gateway",
    plural="internet gateways",
    keys=("InternetGateways",),
    record=InternetGatewayRecord,
    absence=Absence.UNKNOWN,
    absence_note="a gateway that a route names may be detached or gone",
    calls=(
        ec2(
            "describe_internet_gateways",
            "DescribeInternetGateways",
            "InternetGateways",
            by={"id": "internet-gateway-id"},
        ),
    ),
    id_of=lambda record: record.internet_gateway_id,
    id_members=("InternetGatewayId",),
    telltales=frozenset({"Attachments"}),
)
