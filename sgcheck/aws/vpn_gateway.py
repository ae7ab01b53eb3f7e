"""Virtual private gateways (EC2 API, VpnGateway)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import GatewayAttachment, Id, Record, Tag


class VpnGatewayRecord(Record, frozen=True, kw_only=True):
    """A virtual private gateway; it works for the VPC that it is `attached` to."""

    vpn_gateway_id: Id
    state: str | None = None
    vpc_attachments: list[GatewayAttachment] | None = None
    tags: list[Tag] | None = None


VPN_GATEWAY: Kind[VpnGatewayRecord] = Kind(
    name="virtual private gateway",
    plural="virtual private gateways",
    keys=("VpnGateways",),
    record=VpnGatewayRecord,
    absence=Absence.UNKNOWN,
    absence_note="a virtual private gateway that a route names may be detached",
    calls=(ec2("describe_vpn_gateways", "DescribeVpnGateways", "VpnGateways"),),
    id_of=lambda record: record.vpn_gateway_id,
    id_members=("VpnGatewayId",),
    telltales=frozenset({"VpcAttachments", "AmazonSideAsn"}),
)
