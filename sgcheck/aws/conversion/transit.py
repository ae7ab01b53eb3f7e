"""Transit gateways: attachments from whichever answers tell of them, tables from routes, lists and propagations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.aws.conversion.unique import Home, reading, unique
from sgcheck.aws.record import name_of
from sgcheck.aws.transit_gateway import TRANSIT_GATEWAY
from sgcheck.aws.transit_gateway_attachment import TRANSIT_GATEWAY_ATTACHMENT, TransitGatewayAttachmentRecord
from sgcheck.aws.transit_gateway_peering_attachment import (
    TRANSIT_GATEWAY_PEERING_ATTACHMENT,
    TransitGatewayPeeringAttachmentRecord,
)
from sgcheck.aws.transit_gateway_prefix_list_reference import TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE
from sgcheck.aws.transit_gateway_propagation import TRANSIT_GATEWAY_PROPAGATION, Propagation
from sgcheck.aws.transit_gateway_route import TRANSIT_GATEWAY_ROUTE, TransitGatewayRoute, TransitGatewayRoutesRecord
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.transit_gateway_vpc_attachment import TRANSIT_GATEWAY_VPC_ATTACHMENT, TransitGatewayVpcAttachmentRecord
from sgcheck.aws.vpn_connection import VPN_CONNECTION, all_down
from sgcheck.model.routing import OpenRoute, Origin, Route, RouteTable, Via, sorted_routes
from sgcheck.model.transit import OUTWARD, Attached, Attachment, Transit, TransitGateway
from sgcheck.packets import parse_cidr

if TYPE_CHECKING:
    from sgcheck.aws.conversion.directory import Records
    from sgcheck.aws.conversion.prefixes import PrefixLists
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft

WORKING = (None, "available", "modifying")
ENABLED = (None, "enabled")
PROPAGATED = "what is propagated"
LEFT_OUT = "what the search left out"
ORIGINS = {
    Attached.VPC: Origin.PROPAGATED,
    Attached.DIRECT_CONNECT: Origin.PROPAGATED_DIRECT,
    Attached.CONNECT: Origin.PROPAGATED_CONNECT,
    Attached.VPN: Origin.PROPAGATED_VPN,
}
_OF_ATTACHMENT = re.compile(r"^Network Interface for Transit Gateway Attachment (tgw-attach-\w+)$", re.IGNORECASE)


def add_transit(draft: Draft, snapshot: Snapshot, records: Records, lists: PrefixLists) -> None:
    """Add gateways, attachments and tables."""
    gateways: dict[str, TransitGateway] = {}
    for record, home in unique(snapshot, TRANSIT_GATEWAY).values():
        options = record.options
        gateways[record.transit_gateway_id] = TransitGateway(
            record.transit_gateway_id,
            home.account,
            home.region,
            name_of(record.tags),
            record.state in WORKING,
            record.state or "available",
            bool(options and options.security_group_referencing_support == "enable"),
        )
    attachments = _Attachments(snapshot, records).all()
    tables = _Tables(draft, snapshot, lists, attachments)
    names = {
        record.transit_gateway_route_table_id: name
        for record, _home in unique(snapshot, TRANSIT_GATEWAY_ROUTE_TABLE).values()
        if (name := name_of(record.tags))
    }
    draft.transit = Transit(gateways, attachments, {id_: partial(tables.make, id_) for id_ in tables.routes}, names)


class _Attachments:
    """Attachments by (gateway, id), put together from what each kind of answer tells."""

    def __init__(self, snapshot: Snapshot, records: Records) -> None:
        self._snapshot = snapshot
        self._records = records
        self._vpns = {r.vpn_connection_id: r for r, _home in unique(snapshot, VPN_CONNECTION).values()}
        self._of_vpc = {
            (r.transit_gateway_id, r.transit_gateway_attachment_id): r
            for r, _home in unique(snapshot, TRANSIT_GATEWAY_VPC_ATTACHMENT).values()
        }
        self._peerings = {
            id_: r
            for r, _home in unique(snapshot, TRANSIT_GATEWAY_PEERING_ATTACHMENT).values()
            for id_ in (r.transit_gateway_attachment_id, r.accepter_transit_gateway_attachment_id)
            if id_
        }

    def all(self) -> list[Attachment]:
        """Every attachment, sorted."""
        found: dict[tuple[str, str], Attachment] = {}
        for record, home in unique(self._snapshot, TRANSIT_GATEWAY_ATTACHMENT).values():
            if record.transit_gateway_id:
                made = self._told(record, home)
                found[made.gateway, made.id] = made
        for (gateway, id_), own in self._of_vpc.items():
            if gateway and (gateway, id_) not in found:
                found[gateway, id_] = self._vpc_only(gateway, own)
        for record_ in self._peerings.values():
            for made in _ends(record_):
                found.setdefault((made.gateway, made.id), made)
        return [found[key] for key in sorted(found)]

    def _told(self, record: TransitGatewayAttachmentRecord, home: Home) -> Attachment:
        id_, gateway = record.transit_gateway_attachment_id, record.transit_gateway_id or ""
        own = self._of_vpc.get((gateway, id_))
        options = own.options if own else None
        association = record.association
        joined = association is not None and association.state in (None, "associated")
        peering = self._peerings.get(id_)
        vpn = self._vpns.get(record.resource_id or "")
        kind = _kind(record.resource_type)
        return Attachment(
            id=id_,
            gateway=gateway,
            kind=kind,
            resource=record.resource_id or (own.vpc_id if own else None),
            usable=record.state in WORKING,
            state=record.state or "available",
            table=association.transit_gateway_route_table_id if association and joined else None,
            told=True,
            subnets=self._subnets(own, id_),
            references=not options or options.security_group_referencing_support != "disable",
            appliance=bool(options and options.appliance_mode_support == "enable"),
            ipv6=bool(options and options.ipv6_support == "enable"),
            name=name_of(record.tags) or (name_of(own.tags) if own else None),
            account=record.resource_owner_id or home.account,
            far=_far(peering, id_),
            down=kind is Attached.VPN and vpn is not None and all_down(vpn),
        )

    def _vpc_only(self, gateway: str, own: TransitGatewayVpcAttachmentRecord) -> Attachment:
        options = own.options
        return Attachment(
            id=own.transit_gateway_attachment_id,
            gateway=gateway,
            kind=Attached.VPC,
            resource=own.vpc_id,
            usable=own.state in WORKING,
            state=own.state or "available",
            table=None,
            told=False,
            subnets=self._subnets(own, own.transit_gateway_attachment_id),
            references=not options or options.security_group_referencing_support != "disable",
            appliance=bool(options and options.appliance_mode_support == "enable"),
            ipv6=bool(options and options.ipv6_support == "enable"),
            name=name_of(own.tags),
            account=own.vpc_owner_id,
        )

    def _subnets(self, own: TransitGatewayVpcAttachmentRecord | None, id_: str) -> tuple[str, ...] | None:
        """The attachment's subnets; where its record is not there, those in which it has interfaces."""
        if own is not None and own.subnet_ids is not None:
            return tuple(sorted(own.subnet_ids))
        seen = {
            record.subnet_id
            for record, _home in self._records.own.values()
            if record.subnet_id and (match := _OF_ATTACHMENT.match(record.description or "")) and match.group(1) == id_
        }
        return tuple(sorted(seen)) or None


def _kind(resource_type: str | None) -> Attached:
    word = "peering" if resource_type == "tgw-peering" else resource_type or ""
    return Attached(word) if word in set(Attached) else Attached.OTHER


def _far(peering: TransitGatewayPeeringAttachmentRecord | None, id_: str) -> str | None:
    if peering is None:
        return None
    ends = {peering.transit_gateway_attachment_id, peering.accepter_transit_gateway_attachment_id} - {id_, None}
    return ends.pop() if ends else None


def _ends(record: TransitGatewayPeeringAttachmentRecord) -> Iterator[Attachment]:
    """Both ends of a peering, as far as it tells of them itself."""
    sides = (record.requester_tgw_info, record.accepter_tgw_info)
    ids = (
        record.transit_gateway_attachment_id,
        record.accepter_transit_gateway_attachment_id or record.transit_gateway_attachment_id,
    )
    for (own, other), id_ in zip((sides, sides[::-1]), ids, strict=True):
        if own is None or not own.transit_gateway_id:
            continue
        yield Attachment(
            id=id_,
            gateway=own.transit_gateway_id,
            kind=Attached.PEERING,
            resource=other.transit_gateway_id if other else None,
            usable=record.state in WORKING,
            state=record.state or "available",
            table=None,
            told=False,
            subnets=None,
            name=name_of(record.tags),
            account=own.owner_id,
            far=_far(record, id_),
        )


class _Listed(NamedTuple):
    """What a search found in one table, and where it stands."""

    record: TransitGatewayRoutesRecord
    home: Home


class _Tables:
    """Makes the tables whose routes are in the input."""

    def __init__(self, draft: Draft, snapshot: Snapshot, lists: PrefixLists, attachments: list[Attachment]) -> None:
        self._draft = draft
        self._lists = lists
        self._attachments = {a.id: a for a in attachments}
        self._of_resource = {a.resource: a for a in attachments if a.resource}
        self._vpns = {r.vpn_connection_id: r for r, _home in unique(snapshot, VPN_CONNECTION).values()}
        self.routes: dict[str, _Listed] = {
            id_: _Listed(*found) for id_, found in unique(snapshot, TRANSIT_GATEWAY_ROUTE).items()
        }
        self._propagations = {
            id_: record.transit_gateway_route_table_propagations or []
            for id_, (record, _home) in unique(snapshot, TRANSIT_GATEWAY_PROPAGATION).items()
        }
        self._references: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
        for record, _home in unique(snapshot, TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE).values():
            aim = record.transit_gateway_attachment
            target = aim.transit_gateway_attachment_id if aim else None
            dead = bool(record.blackhole) or not target
            self._references[record.transit_gateway_route_table_id].append((record.prefix_list_id, target or "", dead))

    def make(self, id_: str) -> RouteTable:
        """One table: its listed routes, those of its lists, and what is propagated into it."""
        listed, home = self.routes[id_]
        place = f"TransitGatewayStaticRoutes ({id_})"
        routes: list[Route] = []
        open_routes: list[OpenRoute] = []
        for route in listed.routes or ():
            if route.state in ("active", "blackhole", None):
                routes += reading(home, place, partial(self._listed, route))
        for list_, target, dead in self._references.get(id_, ()):
            if list_ in self._lists.cidrs:
                routes += [
                    _route(c, target, Origin.PREFIX_LIST, dead=dead, list_=list_) for c in self._lists.cidrs[list_]
                ]
            elif not any(r.list == list_ for r in routes):
                families = self._lists.families.get(list_, (4, 6))
                open_routes.append(OpenRoute(list_, Via.ATTACHMENT, target, dead, families))
        complete = any(r.origin >= Origin.PROPAGATED for r in routes)
        if not complete:
            known, unknown = self._propagated(id_)
            routes += known
            open_routes += unknown
        if listed.additional_routes_available:
            open_routes.append(OpenRoute(LEFT_OUT, Via.ATTACHMENT, "?"))
        unique_routes = list({(r.family, r.low, r.high, r.origin, r.target, r.dead): r for r in routes}.values())
        return RouteTable(id_, None, home.region, None, sorted_routes(unique_routes), tuple(open_routes))

    def _listed(self, route: TransitGatewayRoute) -> list[Route]:
        aims = [a.transit_gateway_attachment_id for a in route.transit_gateway_attachments or ()]
        targets = sorted(a for a in aims if a)
        dead = route.state == "blackhole" or not targets
        origin = Origin.PREFIX_LIST if route.prefix_list_id else Origin.STATIC
        if route.type == "propagated":
            first = self._attachments.get(targets[0]) if targets else None
            origin = ORIGINS.get(first.kind, Origin.PROPAGATED) if first else Origin.PROPAGATED
        if not route.destination_cidr_block:
            cidrs = self._lists.cidrs.get(route.prefix_list_id or "", ())
        else:
            cidrs = (route.destination_cidr_block,)
        target = targets[0] if targets else "nothing"
        rivals = () if self._alike(targets) else tuple(targets[1:])
        return [_route(c, target, origin, dead=dead, list_=route.prefix_list_id, rivals=rivals) for c in cidrs]

    def _alike(self, targets: list[str]) -> bool:
        """Whether it makes no difference which of several attachments carries a packet: all leave the known network."""
        kinds = {self._attachments[t].kind for t in targets if t in self._attachments}
        return len(targets) < 2 or kinds <= set(OUTWARD)

    def _propagated(self, id_: str) -> tuple[list[Route], list[OpenRoute]]:
        """What is propagated into a table whose own list has only the static routes."""
        if id_ not in self._propagations:
            return [], [OpenRoute(PROPAGATED, Via.ATTACHMENT, "?", propagated=True)]
        known: list[Route] = []
        unknown: list[OpenRoute] = []
        for propagation in self._propagations[id_]:
            if propagation.state in ENABLED and propagation.transit_gateway_attachment_id:
                found = self._cidrs(propagation)
                target = propagation.transit_gateway_attachment_id
                if found is None:
                    unknown.append(OpenRoute(f"what {target} propagates", Via.ATTACHMENT, target))
                else:
                    origin = ORIGINS.get(_kind(propagation.resource_type), Origin.PROPAGATED)
                    known += [_route(cidr, target, origin) for cidr in found]
        return _overlapping(known), unknown

    def _cidrs(self, propagation: Propagation) -> tuple[str, ...] | None:
        """The ranges that an attachment propagates, None where the input does not tell."""
        resource = propagation.resource_id or ""
        match _kind(propagation.resource_type):
            case Attached.VPC:
                return self._of_vpc(propagation.transit_gateway_attachment_id or "", resource)
            case Attached.VPN:
                vpn = self._vpns.get(resource)
                if vpn is None or not (vpn.options and vpn.options.static_routes_only):
                    return None
                return tuple(r.destination_cidr_block for r in vpn.routes or () if r.destination_cidr_block)
            case _:
                return None

    def _of_vpc(self, attachment: str, id_: str) -> tuple[str, ...] | None:
        """A VPC's own ranges; IPv6 ones only where its attachment supports them (EC2 API, Ipv6Support)."""
        vpc = self._draft.vpcs.get(id_)
        found = self._attachments.get(attachment)
        if vpc is None or found is None:
            return None
        return (vpc.addresses if found.ipv6 else vpc.addresses.only(4)).cidrs()


def _route(
    cidr: str,
    target: str,
    origin: Origin,
    *,
    dead: bool = False,
    list_: str | None = None,
    rivals: tuple[str, ...] = (),
) -> Route:
    family, low, high = parse_cidr(cidr)
    label = f"{cidr} ({list_})" if list_ else cidr
    return Route(family, low, high, Via.ATTACHMENT, target, label, origin, dead, list_, rivals)


def _overlapping(routes: list[Route]) -> list[Route]:
    """Of VPCs with one range only the first that was attached is propagated, which is not told: they are rivals."""
    same: dict[tuple[int, int, int, Origin], set[str]] = defaultdict(set)
    for route in routes:
        same[route.family, route.low, route.high, route.origin].add(route.target)
    made = []
    for route in routes:
        others = same[route.family, route.low, route.high, route.origin] - {route.target}
        made.append(_route(route.label, route.target, route.origin, rivals=tuple(sorted(others))))
    return made
