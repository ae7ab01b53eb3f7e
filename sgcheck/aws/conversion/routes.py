"""Route tables (EC2 API, RouteTable; VPC user guide, route-tables-priority and subnet-route-tables)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sgcheck.aws.conversion.makers import Makers
from sgcheck.aws.conversion.prefixes import PrefixLists
from sgcheck.aws.conversion.unique import Home, reading, unique
from sgcheck.aws.kept import kept
from sgcheck.aws.record import name_of
from sgcheck.aws.route_table import ROUTE_TABLE, RouteTableAssociation, RouteTableRecord
from sgcheck.aws.route_table import Route as RouteRecord
from sgcheck.model.ref import OPEN
from sgcheck.model.routing import OpenRoute, Origin, Route, RouteTable, Via, sorted_routes
from sgcheck.packets import AddressSet, parse_cidr

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.draft import Draft
    from sgcheck.model.network import Directory

_TYPED = re.compile(r"(?:^|\.)(aws_[a-z0-9_]+)\.[^.]+$")
_BY_TYPE = {
    "aws_internet_gateway": Via.INTERNET_GATEWAY,
    "aws_default_internet_gateway": Via.INTERNET_GATEWAY,
    "aws_egress_only_internet_gateway": Via.EGRESS_ONLY_GATEWAY,
    "aws_vpc_endpoint": Via.ENDPOINT,
    "aws_ec2_carrier_gateway": Via.CARRIER_GATEWAY,
    "aws_nat_gateway": Via.NAT_GATEWAY,
}
_BY_KIND = {
    "internet gateway": Via.INTERNET_GATEWAY,
    "VPC endpoint": Via.ENDPOINT,
    "carrier gateway": Via.CARRIER_GATEWAY,
}
_BY_PREFIX = {
    "igw-": Via.INTERNET_GATEWAY,
    "eigw-": Via.EGRESS_ONLY_GATEWAY,
    "vgw-": Via.VPN_GATEWAY,
    "vpce-": Via.ENDPOINT,
    "lgw-": Via.LOCAL_GATEWAY,
    "cagw-": Via.CARRIER_GATEWAY,
    "nat-": Via.NAT_GATEWAY,
    "tgw-": Via.TRANSIT_GATEWAY,
    "pcx-": Via.PEERING,
    "eni-": Via.INTERFACE,
}


def add_tables(draft: Draft, snapshot: Snapshot, lists: PrefixLists) -> None:
    """Add a maker for every route table, and which one each subnet, VPC and gateway uses."""
    found = unique(snapshot, ROUTE_TABLE)
    draft.tables = Makers(found, lambda id_: _table(draft, *found[id_], lists))
    draft.tables_of_vpc = kept(snapshot, "tables of VPCs", list[str], lambda: _of_vpcs(found))
    draft.table_of_subnet = kept(
        snapshot,
        "tables of subnets",
        str,
        lambda: {a.subnet_id: id_ for id_, _vpc, a in _associations(found) if a.subnet_id},
    )
    draft.table_of_gateway = kept(
        snapshot,
        "tables of gateways",
        str,
        lambda: {a.gateway_id: id_ for id_, _vpc, a in _associations(found) if a.gateway_id and not a.subnet_id},
    )
    draft.main_table = kept(
        snapshot,
        "main tables",
        str,
        lambda: {
            vpc: id_ for id_, vpc, a in _associations(found) if a.main and vpc and not a.subnet_id and not a.gateway_id
        },
    )


def _of_vpcs(found: Mapping[str, tuple[RouteTableRecord, Home]]) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = defaultdict(list)
    for id_, (record, _home) in found.items():
        if record.vpc_id:
            tables[record.vpc_id].append(id_)
    return tables


def _associations(
    found: Mapping[str, tuple[RouteTableRecord, Home]],
) -> Iterator[tuple[str, str | None, RouteTableAssociation]]:
    """Table, VPC and association of everything that is associated now."""
    for id_, (record, _home) in found.items():
        for association in record.associations or ():
            state = association.association_state.state if association.association_state else None
            if state in (None, "associated"):
                yield id_, record.vpc_id, association


def _table(draft: Draft, record: RouteTableRecord, home: Home, lists: PrefixLists) -> RouteTable:
    place = f"RouteTables ({record.route_table_id})"
    routes: list[Route] = []
    unknown: list[OpenRoute] = []
    for route in record.routes or ():
        via, target = target_of(route, draft.directory)
        dead = route.state == "blackhole" or via is Via.NOWHERE
        list_ = route.destination_prefix_list_id
        if list_ is None and target.endswith(OPEN):
            made = reading(home, place, partial(_route, route, via, target, dead=dead))
            unknown.append(OpenRoute(target, via, target, dead, (made.family,), within=made.addresses))
        elif list_ is None:
            routes.append(reading(home, place, partial(_route, route, via, target, dead=dead)))
        elif list_ in lists.cidrs:
            routes += [
                _listed(cidr, list_, via, target, dead=dead, service=list_ in lists.services)
                for cidr in lists.cidrs[list_]
            ]
        else:
            families = lists.families.get(list_, (4, 6))
            unknown.append(OpenRoute(list_, via, target, dead, families, list_ in lists.services))
    routes += _implied_local(draft, record, routes)
    unknown += [
        OpenRoute(what, route.via, route.target, route.dead, address.families, within=address)
        for route in routes
        for what, address in lists.doubts.touching(route.addresses)
    ]
    ordered = tuple(sorted(unknown, key=lambda o: (o.list, o.target)))
    vpc = draft.vpcs.get(record.vpc_id or "")
    region = home.region or (vpc.region if vpc else None)
    return RouteTable(
        record.route_table_id, record.vpc_id, region, name_of(record.tags), sorted_routes(routes), ordered
    )


def _route(record: RouteRecord, via: Via, target: str, *, dead: bool) -> Route:
    label = record.destination_cidr_block or record.destination_ipv6_cidr_block
    if not label:
        raise ValueError("a route without a destination")
    family, low, high = parse_cidr(label)
    propagated = record.origin in ("EnableVgwRoutePropagation", "Advertisement")
    return Route(family, low, high, via, target, label, Origin.PROPAGATED if propagated else Origin.STATIC, dead)


def _listed(cidr: str, list_: str, via: Via, target: str, *, dead: bool, service: bool) -> Route:
    family, low, high = parse_cidr(cidr)
    return Route(family, low, high, via, target, f"{cidr} ({list_})", Origin.PREFIX_LIST, dead, list_, service=service)


def _implied_local(draft: Draft, record: RouteTableRecord, routes: list[Route]) -> list[Route]:
    """Local routes that every table has for its VPC's ranges, where a hand-written input leaves them out."""
    vpc = draft.vpcs.get(record.vpc_id or "")
    if vpc is None or record.routes is None:
        return []
    known = {(r.family, r.low, r.high) for r in routes}
    made = []
    for cidr in vpc.addresses.cidrs():
        family, low, high = parse_cidr(cidr)
        covered = AddressSet.union_all([r.addresses for r in routes if r.via is Via.LOCAL])
        if (family, low, high) not in known and not AddressSet.parse(cidr) <= covered:
            made.append(Route(family, low, high, Via.LOCAL, "local", cidr))
    return made


def target_of(route: RouteRecord, directory: Directory) -> tuple[Via, str]:
    """Where a route leads (EC2 API, Route): the member that is set, or what the id's prefix says."""
    members = (
        (Via.NAT_GATEWAY, route.nat_gateway_id),
        (Via.EGRESS_ONLY_GATEWAY, route.egress_only_internet_gateway_id),
        (Via.TRANSIT_GATEWAY, route.transit_gateway_id),
        (Via.PEERING, route.vpc_peering_connection_id),
        (Via.INTERFACE, route.network_interface_id),
        (Via.LOCAL_GATEWAY, route.local_gateway_id),
        (Via.CARRIER_GATEWAY, route.carrier_gateway_id),
        (Via.CORE_NETWORK, route.core_network_arn),
        (Via.ODB_NETWORK, route.odb_network_arn),
    )
    for via, id_ in members:
        if id_:
            return via, id_
    gateway = route.gateway_id
    if gateway == "local":
        return Via.LOCAL, "local"
    if gateway:
        by_prefix = (via for prefix, via in _BY_PREFIX.items() if gateway.startswith(prefix))
        told = _BY_KIND.get(route.gateway_kind or "") or next(by_prefix, None)
        return told or _by_type(gateway) or Via.VPN_GATEWAY, gateway
    if route.instance_id:
        own = sorted(directory.instances.get(route.instance_id, ()))
        return Via.INTERFACE, own[0][1] if own else route.instance_id
    return Via.NOWHERE, "nothing"


def _by_type(address: str) -> Via | None:
    """What a gateway is that has no id yet, by the Terraform address that stands for it."""
    match = _TYPED.search(address) if "aws_" in address else None
    return _BY_TYPE.get(match.group(1)) if match else None
