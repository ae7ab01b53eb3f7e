"""Route tables, their routes, and who uses them."""

from __future__ import annotations

from typing import Final

from sgcheck.model.ref import NOT_YET
from sgcheck.sources.cloudformation.book import Book, said
from sgcheck.sources.cloudformation.lists import list_id
from sgcheck.sources.cloudformation.places import cidr_of, vpc_named
from sgcheck.sources.cloudformation.resource import Resource
from sgcheck.sources.cloudformation.values import Unknown
from sgcheck.sources.shapes import Record, without_nothing

TYPES: Final = {
    "AWS::EC2::RouteTable": "",
    "AWS::EC2::Route": "",
    "AWS::EC2::SubnetRouteTableAssociation": "",
    "AWS::EC2::GatewayRouteTableAssociation": "",
    "AWS::EC2::VPNGatewayRoutePropagation": "which routes it brings is not known",
}
_TABLES = "RouteTables"
_TARGETS: Final = {
    "GatewayId": "GatewayId",
    "EgressOnlyInternetGatewayId": "EgressOnlyInternetGatewayId",
    "NatGatewayId": "NatGatewayId",
    "TransitGatewayId": "TransitGatewayId",
    "VpcPeeringConnectionId": "VpcPeeringConnectionId",
    "NetworkInterfaceId": "NetworkInterfaceId",
    "InstanceId": "InstanceId",
    "VpcEndpointId": "GatewayId",
    "CarrierGatewayId": "CarrierGatewayId",
    "LocalGatewayId": "LocalGatewayId",
    "CoreNetworkArn": "CoreNetworkArn",
}
_DESTINATIONS: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")


def add_tables(book: Book) -> None:
    """Add the tables with their routes and associations."""
    for resource in book.of("AWS::EC2::RouteTable"):
        vpc = vpc_named(resource)
        routes: list[Record] = []
        if book.record("Vpcs", vpc) is None:
            # The local routes of a VPC whose ranges are not in the input.
            routes.append({"DestinationPrefixListId": f"the ranges of {vpc}", "GatewayId": "local"})
        record: Record = {"RouteTableId": resource.id, "VpcId": vpc, "Routes": routes, "Associations": []}
        book.add(_TABLES, resource.id, without_nothing({**record, "Tags": resource.tags()}), resource)
    for resource in book.of("AWS::EC2::Route"):
        _route(book, resource)
    for resource in book.of("AWS::EC2::VPNGatewayRoutePropagation"):
        _propagated(book, resource)
    for resource in book.of("AWS::EC2::SubnetRouteTableAssociation"):
        _of_subnet(book, resource)
    for resource in book.of("AWS::EC2::GatewayRouteTableAssociation"):
        _of_gateway(book, resource)


def _route(book: Book, resource: Resource) -> None:
    table = resource.text("RouteTableId")
    route: Record = _destination(book, resource)
    for name, member in _TARGETS.items():
        target = resource.text(name)
        if target is not None:
            route[member] = said(target)
    what = resource.doubted if resource.doubt is not None else None
    if isinstance(table, Unknown):
        what = what or resource.what("RouteTableId", table)
        book.note(f"{resource.what('RouteTableId', table)}: a route of a table that is not in the input")
    elif book.record(_TABLES, table) is None:
        book.note(f"{resource.id}: a route of {table or 'no table'}, which is not in the input: left out")
    if what is not None:
        route = {k: v for k, v in route.items() if not k.startswith("Destination")} | {"DestinationPrefixListId": what}
    for id_, entry in book.entries[_TABLES].items():
        if table.may_be(id_) if isinstance(table, Unknown) else table == id_:
            entry.record.setdefault("Routes", []).append(route)
            destination = next((to for key, to in route.items() if key.startswith("Destination")), None)
            book.say(id_, f"route {destination}", resource)


def _destination(book: Book, resource: Resource) -> Record:
    """Where a route is for; of one that is not known nobody knows whether it is for an address."""
    for name in _DESTINATIONS:
        found = cidr_of(resource, name)
        if isinstance(found, Unknown):
            return {"DestinationPrefixListId": resource.what(name, found)}
        if found is not None:
            return {name: found}
    listed = resource.text("DestinationPrefixListId")
    if listed is None:
        return {}
    return {"DestinationPrefixListId": said(listed) if isinstance(listed, Unknown) else list_id(book, listed)}


def _propagated(book: Book, resource: Resource) -> None:
    tables = resource.texts("RouteTableIds")
    gateway = resource.text("VpnGatewayId")
    told = said(gateway) if gateway is not None else resource.id
    route = {"DestinationPrefixListId": f"what {told} propagates", "GatewayId": told}
    for table in [tables] if isinstance(tables, Unknown) else tables:
        for id_, entry in book.entries[_TABLES].items():
            if table.may_be(id_) if isinstance(table, Unknown) else table == id_:
                entry.record.setdefault("Routes", []).append(route)


def _of_subnet(book: Book, resource: Resource) -> None:
    table, subnet = resource.text("RouteTableId"), resource.text("SubnetId")
    if isinstance(subnet, Unknown):
        book.note(f"{resource.what('SubnetId', subnet)}: which subnet it is for is not known")
        subnets = [id_ for id_ in book.entries["Subnets"] if subnet.may_be(id_)]
    else:
        subnets = [said(subnet or "")]
    record = book.record(_TABLES, table)
    if record is None or resource.doubt is not None or isinstance(subnet, Unknown):
        told = (
            resource.what("RouteTableId", table) if isinstance(table, Unknown) else f"{resource.id}: {table} {NOT_YET}"
        )
        record = _stranger(book, told, resource)
    for id_ in subnets:
        for entry in book.entries[_TABLES].values():
            entry.record["Associations"] = [a for a in entry.record.get("Associations", ()) if a.get("SubnetId") != id_]
        record.setdefault("Associations", []).append({"Main": False, "SubnetId": id_})


def _stranger(book: Book, table: str, resource: Resource) -> Record:
    """A table that is not in the input: its routes are not known, and it says so."""
    told = f"the routes of {table}"
    record = {
        "RouteTableId": table,
        "Routes": [{"DestinationPrefixListId": told, "GatewayId": told}],
        "Associations": [],
    }
    return book.add(_TABLES, table, record, resource, named=False)


def _of_gateway(book: Book, resource: Resource) -> None:
    gateway, table = resource.text("GatewayId"), resource.text("RouteTableId")
    record = book.record(_TABLES, table)
    if not isinstance(gateway, str):
        book.note(f"{resource.id}: which gateway it is for is not known: it is not taken into account")
        return
    if record is None or resource.doubt is not None:
        record = _stranger(book, f"{resource.id}: {said(table or '')} {NOT_YET}", resource)
    record.setdefault("Associations", []).append({"Main": False, "GatewayId": gateway})
