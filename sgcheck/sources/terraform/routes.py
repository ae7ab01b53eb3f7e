"""Route tables, their routes, and who uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book, said
from sgcheck.sources.terraform.places import SUBNETS, VPCS, owner_of, vpc_or_doubt
from sgcheck.sources.terraform.references import derived
from sgcheck.sources.terraform.resource import Block, Resource, Unknown

TABLES: Final = ("aws_route_table", "aws_default_route_table")
INTERNET: Final = ("aws_internet_gateway", "aws_vpn_gateway")
TYPES: Final = {
    "aws_route_table": "",
    "aws_default_route_table": "",
    "aws_route": "",
    "aws_route_table_association": "of subnets and of gateways",
    "aws_main_route_table_association": "",
    "aws_vpn_gateway_route_propagation": "which routes it brings is not known",
}
_TARGETS: Final = {
    "gateway_id": ("GatewayId", INTERNET),
    "egress_only_gateway_id": ("EgressOnlyInternetGatewayId", ("aws_egress_only_internet_gateway",)),
    "nat_gateway_id": ("NatGatewayId", ("aws_nat_gateway",)),
    "transit_gateway_id": ("TransitGatewayId", ("aws_ec2_transit_gateway",)),
    "vpc_peering_connection_id": ("VpcPeeringConnectionId", ("aws_vpc_peering_connection",)),
    "network_interface_id": ("NetworkInterfaceId", ("aws_network_interface", "aws_instance")),
    "instance_id": ("InstanceId", ("aws_instance",)),
    "vpc_endpoint_id": ("GatewayId", ("aws_vpc_endpoint",)),
    "carrier_gateway_id": ("CarrierGatewayId", ("aws_ec2_carrier_gateway",)),
    "local_gateway_id": ("LocalGatewayId", ()),
    "core_network_arn": ("CoreNetworkArn", ()),
}
_DESTINATIONS: Final = (
    ("DestinationCidrBlock", ("destination_cidr_block", "cidr_block")),
    ("DestinationIpv6CidrBlock", ("destination_ipv6_cidr_block", "ipv6_cidr_block")),
    ("DestinationPrefixListId", ("destination_prefix_list_id",)),
)
_LISTS: Final = ("aws_ec2_managed_prefix_list", "aws_vpc_endpoint", "aws_prefix_list")


def add_tables(book: Book) -> None:
    """Add the tables with their routes and associations."""
    for resource in book.of(*TABLES):
        taken = resource.type == "aws_default_route_table"
        record: Record = {
            "RouteTableId": resource.id,
            "VpcId": owner_of(book, resource, "main_route_table_id") if taken else vpc_or_doubt(book, resource),
            "OwnerId": resource.home()[0],
            "Routes": [],
            "Associations": [],
            "Tags": resource.tags(),
        }
        record = book.add("RouteTables", resource.id, without_nothing(record), resource)
        record["Routes"] = list(_inline(book, resource))
        for gateway in _propagating(book, resource):
            _propagated(record, gateway)
    _add_routes(book)
    _add_propagations(book)
    _associate(book)


def _inline(book: Book, resource: Resource) -> Iterator[Record]:
    blocks = resource.blocks("route")
    listed = resource.has("route")
    if isinstance(blocks, Unknown):
        if listed or not resource.created:
            yield {"DestinationPrefixListId": blocks.what, "GatewayId": blocks.what}
        return
    gone = _removed(book, resource.id) if not listed else set()
    for block in blocks:
        route = _route(book, resource, block, "route")
        if route is not None and _key(route) not in gone:
            yield route


def _removed(book: Book, table: str) -> set[tuple[str, str]]:
    """Destinations of route resources of a table that were there before and will be gone."""
    made = set()
    for resource in book.document.before or ():
        if resource.type == "aws_route" and resource.known("route_table_id") == table:
            route = _route(book, resource, _whole(resource), "")
            made |= {_key(route)} if route else set()
    return made


def _whole(resource: Resource) -> Block:
    return Block(resource.address, "route", resource.values, resource.unknown)


def _key(route: Record) -> tuple[str, str]:
    return next((member, str(route[member])) for member, _names in _DESTINATIONS if member in route)


def _route(book: Book, resource: Resource, block: Block, path: str) -> Record | None:
    """One route; what is not known of it has a stand-in that nothing in the input is called."""
    route: Record = {}
    for member, names in _DESTINATIONS:
        for name in names:
            value = block.text(name) if name in block.values or isinstance(block.get(name), Unknown) else None
            if isinstance(value, Unknown):
                if not path and not resource.has(name):
                    continue  # computed, and of no meaning
                found = book.references.named(resource, path or name, _LISTS) if "prefix" in name else None
                route["DestinationPrefixListId"] = found or value.what
            elif value is not None and not route:
                route[member] = value
    return _with_target(book, resource, block, path, route) if route else None


def _with_target(book: Book, resource: Resource, block: Block, path: str, route: Record) -> Record:
    """A route that leads somewhere."""
    computed = []
    for name, (member, types) in _TARGETS.items():
        value = block.text(name)
        if isinstance(value, Unknown) and not path and not resource.has(name):
            computed.append(value)
            continue
        if value is None:
            continue
        if isinstance(value, Unknown):
            value = book.references.named(resource, path or name, types) or value
        if member == "InstanceId" and "NetworkInterfaceId" in route:
            continue
        route[member] = said(value)
    if computed and not any(member in route for member, _types in _TARGETS.values()):
        route["GatewayId"] = computed[0].what  # it has one, and no configuration tells which
    return route


def _add_routes(book: Book) -> None:
    for resource in book.leaving("aws_route"):
        record = book.record("RouteTables", resource.known("route_table_id"))
        gone = _route(book, resource, _whole(resource), "")
        if record is not None and gone is not None:
            record["Routes"] = [one for one in record.get("Routes") or () if _key(one) != _key(gone)]
    for resource in book.of("aws_route"):
        table = book.references.one(resource, "route_table_id", TABLES)
        route = _route(book, resource, _whole(resource), "")
        if route is None:
            continue
        if isinstance(table, Unknown):
            book.notes.append(f"{table.what}: it may be a route of any table")
            route = {**{k: v for k, v in route.items() if not k.startswith("Destination")}}
            route["DestinationPrefixListId"] = table.what
        for entry in book.entries["RouteTables"].values():
            if isinstance(table, Unknown) or entry.id == table:
                routes = entry.record.get("Routes", [])
                entry.record["Routes"] = [r for r in routes if _key(r) != _key(route)] + [route]
                book.say(entry.id, f"route {_key(route)[1]}", resource)


def _propagating(book: Book, resource: Resource) -> list[str]:
    found = book.references.many(resource, "propagating_vgws", ("aws_vpn_gateway",))
    if isinstance(found, Unknown):
        return [found.what] if resource.has("propagating_vgws") else []
    return [said(one) for one in found]


def _propagated(record: Record, gateway: str) -> None:
    """Routes that a gateway brings, which nobody lists."""
    record.setdefault("Routes", []).append(
        {"DestinationPrefixListId": f"what {gateway} propagates", "GatewayId": gateway}
    )


def _add_propagations(book: Book) -> None:
    for resource in book.of("aws_vpn_gateway_route_propagation"):
        table = book.references.one(resource, "route_table_id", TABLES)
        gateway = book.references.one(resource, "vpn_gateway_id", ("aws_vpn_gateway",))
        for entry in book.entries["RouteTables"].values():
            if isinstance(table, Unknown) or entry.id == table:
                _propagated(entry.record, said(gateway or resource.doubt("vpn_gateway_id")))


def _associate(book: Book) -> None:
    """Who uses which table; where that is open for one subnet, no subnet is said to use a main table."""
    lost: list[str] = []
    main = {derived(vpc, "main_route_table_id"): vpc.id for vpc in book.of(*VPCS)}
    for resource in book.of("aws_main_route_table_association"):
        table = book.references.one(resource, "route_table_id", TABLES)
        vpc = book.references.one(resource, "vpc_id", VPCS)
        if isinstance(table, str) and isinstance(vpc, str):
            main = {t: v for t, v in main.items() if v != vpc} | {table: vpc}
            book.say(vpc, "main route table", resource)
        else:
            lost.append(resource.address)
    for resource in book.of("aws_route_table_association"):
        table = book.references.one(resource, "route_table_id", TABLES)
        subnet = book.references.one(resource, "subnet_id", SUBNETS) if _set(resource, "subnet_id") else None
        gateway = book.references.one(resource, "gateway_id", INTERNET) if _set(resource, "gateway_id") else None
        record = book.record("RouteTables", table)
        if record is None and isinstance(table, str) and isinstance(subnet or gateway, str):
            record = _stranger(book, table, resource)
        if record is None or not isinstance(subnet or gateway, str):
            lost.append(resource.address)
            continue
        used: Mapping[str, str] = {"SubnetId": str(subnet)} if subnet else {"GatewayId": str(gateway)}
        record.setdefault("Associations", []).append({"Main": False, **used})
        book.say(str(subnet or gateway), "route table", resource)
    for table in main:
        record = book.record("RouteTables", table)
        if record is not None and not lost:
            record.setdefault("Associations", []).append({"Main": True})
    book.notes += [
        f"{address}: what it joins is not known yet, nor which subnets use a main route table" for address in lost
    ]


def _stranger(book: Book, table: str, resource: Resource) -> Record:
    """A table that is not in the input: its routes are not known, and it says so."""
    record = {
        "RouteTableId": table,
        "Routes": [{"DestinationPrefixListId": f"the routes of {table}", "GatewayId": f"the routes of {table}"}],
        "Associations": [],
    }
    return book.add("RouteTables", table, record, resource, named=False)


def _set(resource: Resource, name: str) -> bool:
    return resource.values.get(name) not in (None, "") or (resource.open(name) and resource.has(name))
