"""Internet and egress-only gateways, NAT gateways, peering connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.aws.conversion.makers import things
from sgcheck.aws.conversion.unique import Home, cidr_set, made_unique, reading, unique
from sgcheck.aws.egress_only_internet_gateway import EGRESS_ONLY_INTERNET_GATEWAY
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kept import kept
from sgcheck.aws.nat_gateway import NAT_GATEWAY, NatGatewayRecord
from sgcheck.aws.record import name_of
from sgcheck.aws.vpc_peering_connection import VPC_PEERING_CONNECTION, PeerVpc, VpcPeeringConnectionRecord
from sgcheck.aws.vpn_connection import VPN_CONNECTION, all_down
from sgcheck.aws.vpn_gateway import VPN_GATEWAY
from sgcheck.model.things import Gateway, NatGateway, Peering, PeeringSide, VpnGateway
from sgcheck.packets import AddressSet, parse_address

if TYPE_CHECKING:
    from sgcheck.aws.record import GatewayAttachment
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

ATTACHED = ("available", "attached", None)
"""A working attachment of an internet gateway reads `available` (EC2 API, InternetGatewayAttachment)."""


def add_gateways(draft: Draft, snapshot: Snapshot) -> None:
    """Add every gateway."""
    for internet, _home in unique(snapshot, INTERNET_GATEWAY).values():
        id_ = internet.internet_gateway_id
        draft.internet_gateways[id_] = Gateway(id_, _attached(internet.attachments), name_of(internet.tags))
    for outbound, _home in unique(snapshot, EGRESS_ONLY_INTERNET_GATEWAY).values():
        id_ = outbound.egress_only_internet_gateway_id
        draft.egress_only_gateways[id_] = Gateway(id_, _attached(outbound.attachments), name_of(outbound.tags))
    nats = kept(
        snapshot,
        "NAT gateways of a VPC",
        tuple[NatGatewayRecord, Home],
        lambda: {
            id_: found for id_, found in made_unique(snapshot, NAT_GATEWAY).items() if found[0].vpc_id is not None
        },
    )
    draft.nats = things(snapshot, nats, lambda id_: _nat(*nats[id_]))
    for peering, home in unique(snapshot, VPC_PEERING_CONNECTION).values():
        joined = _peering(peering, home)
        if joined is not None:
            draft.peerings[joined.id] = joined
    connections = [r for r, _home in unique(snapshot, VPN_CONNECTION).values()]
    for private, _home in unique(snapshot, VPN_GATEWAY).values():
        id_ = private.vpn_gateway_id
        own = [c for c in connections if c.vpn_gateway_id == id_]
        vpc = _attached(private.vpc_attachments) if private.state in (None, "available") else None
        draft.vpn_gateways[id_] = VpnGateway(id_, vpc, name_of(private.tags), bool(own) and all(map(all_down, own)))


def _attached(attachments: list[GatewayAttachment] | None) -> str | None:
    return next((a.vpc_id for a in attachments or () if a.vpc_id and a.state in ATTACHED), None)


def _nat(record: NatGatewayRecord, home: Home) -> NatGateway:
    addresses = [a for a in record.nat_gateway_addresses or () if a.private_ip or a.public_ip]
    addresses.sort(key=lambda a: (not a.is_primary, a.private_ip or "", a.public_ip or ""))
    first = addresses[0] if addresses else None
    place = f"NatGateways ({record.nat_gateway_id})"

    def value(text: str | None) -> int | None:
        return reading(home, place, lambda: parse_address(text)[1]) if text else None

    regional = record.availability_mode == "regional"
    private_only = record.connectivity_type == "private"
    state = record.state or "available"
    return NatGateway(
        id=record.nat_gateway_id,
        vpc=record.vpc_id or "",
        subnet=None if regional else record.subnet_id,
        table=record.route_table_id if regional else None,
        private=value(first.private_ip) if first else None,
        public=value(first.public_ip) if first and not private_only else None,
        usable=state == "available",
        state=state,
        name=name_of(record.tags),
    )


def _peering(record: VpcPeeringConnectionRecord, home: Home) -> Peering | None:
    one, other = record.requester_vpc_info, record.accepter_vpc_info
    if one is None or other is None or not one.vpc_id or not other.vpc_id:
        return None
    state = (record.status.code if record.status else None) or "active"
    id_ = record.vpc_peering_connection_id
    left, right = (_side(side, home, id_) for side in (one, other))
    return Peering(id_, state == "active", state, left, right, name_of(record.tags))


def _side(info: PeerVpc, home: Home, id_: str) -> PeeringSide:
    cidrs = [c.cidr_block for c in info.cidr_block_set or () if c.cidr_block]
    cidrs += [c.ipv6_cidr_block for c in info.ipv6_cidr_block_set or () if c.ipv6_cidr_block]
    if info.cidr_block:
        cidrs.append(info.cidr_block)
    place = f"VpcPeeringConnections ({id_})"
    addresses = cidr_set(home, place, cidrs) if cidrs else AddressSet.EMPTY
    return PeeringSide(info.vpc_id or "", info.owner_id, info.region, addresses)
