"""The part of the graph that transit gateways make: attachments, their tables, and what they join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.graph_doors import routes
from sgcheck.model.transit import Attached, Attachment

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.sketch import Sketch
    from sgcheck.model.transit import Transit

_RESOURCES = {
    Attached.VPC: "vpc",
    Attached.PEERING: "transit-gateway",
    Attached.VPN: "vpn-connection",
    Attached.DIRECT_CONNECT: "direct-connect-gateway",
    Attached.CONNECT: "transit-gateway-attachment",
    Attached.OTHER: "",
}
_ATTACHMENT, _TABLE = "transit-gateway-attachment", "transit-gateway-route-table"


def draw(sketch: Sketch, network: Network) -> None:
    """Draw them."""
    transit = network.transit
    for gateway in transit.gateways.values():
        sketch.node(
            gateway.id,
            "transit-gateway",
            name=gateway.name,
            account=gateway.account,
            region=gateway.region,
            state=None if gateway.usable else gateway.state,
        )
    for attachment in transit.attachments:
        _attachment(sketch, transit, attachment)
    for id_ in transit.tables:
        table = transit.table(id_)
        assert table is not None
        sketch.node(id_, _TABLE, name=transit.names.get(id_))
        routes(sketch, table, _TABLE)


def _attachment(sketch: Sketch, transit: Transit, attachment: Attachment) -> None:
    sketch.node(
        attachment.id,
        _ATTACHMENT,
        name=attachment.name,
        account=attachment.account,
        what=attachment.kind.value,
        state=None if attachment.usable else attachment.state,
        down=attachment.down,
    )
    sketch.edge(attachment.id, attachment.gateway, "attached", (_ATTACHMENT, "transit-gateway"))
    if attachment.resource and attachment.resource != attachment.id:
        kind = "peers" if attachment.kind is Attached.PEERING else "attached"
        sketch.edge(attachment.id, attachment.resource, kind, (_ATTACHMENT, _RESOURCES[attachment.kind]))
    for subnet in attachment.subnets or ():
        sketch.edge(attachment.id, subnet, "has", (_ATTACHMENT, "subnet"))
    if attachment.table is not None:
        sketch.edge(attachment.id, attachment.table, "routes", (_ATTACHMENT, _TABLE))
    other = transit.other_end(attachment) if attachment.kind is Attached.PEERING else None
    if other is not None and other.id != attachment.id:
        sketch.edge(attachment.id, other.id, "peers", (_ATTACHMENT, _ATTACHMENT))
