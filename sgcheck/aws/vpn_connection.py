"""VPN connections with the state of their tunnels; their keys are never read (EC2 API, VpnConnection)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record, Tag


class Tunnel(Record, frozen=True, kw_only=True):
    """One tunnel: `UP` or `DOWN` (EC2 API, VgwTelemetry)."""

    status: str | None = None


class VpnRoute(Record, frozen=True, kw_only=True):
    """A range that is told to lie behind the connection (EC2 API, VpnStaticRoute)."""

    destination_cidr_block: str | None = None
    state: str | None = None


class VpnOptions(Record, frozen=True, kw_only=True):
    """static_routes_only: no routes are learnt from the other side."""

    static_routes_only: bool | None = None


class VpnConnectionRecord(Record, frozen=True, kw_only=True):
    """A connection of a virtual private gateway or a transit gateway."""

    vpn_connection_id: Id
    vpn_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    state: str | None = None
    options: VpnOptions | None = None
    routes: list[VpnRoute] | None = None
    vgw_telemetry: list[Tunnel] | None = None
    tags: list[Tag] | None = None


VPN_CONNECTION: Kind[VpnConnectionRecord] = Kind(
    name="VPN connection",
    plural="VPN connections",
    keys=("VpnConnections",),
    record=VpnConnectionRecord,
    absence=Absence.OFF,
    absence_note="what lies behind a gateway is not in the input either way; this only tells tunnels that are down",
    calls=(ec2("describe_vpn_connections", "DescribeVpnConnections", "VpnConnections"),),
    id_of=lambda record: record.vpn_connection_id,
    id_members=("VpnConnectionId",),
    telltales=frozenset({"CustomerGatewayId", "VgwTelemetry"}),
)


def all_down(record: VpnConnectionRecord) -> bool:
    """Whether the connection is gone, or has tunnels of which none is up."""
    tunnels = [tunnel.status for tunnel in record.vgw_telemetry or ()]
    gone = record.state in ("deleted", "deleting")
    return gone or (bool(tunnels) and all(status == "DOWN" for status in tunnels))
