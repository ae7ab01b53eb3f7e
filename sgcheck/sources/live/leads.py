"""What the records that were read lead to: the things they name and whose records a question may need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.instance_status import INSTANCE_STATUS
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kind import Kind
from sgcheck.aws.nat_gateway import NAT_GATEWAY
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.route_table import ROUTE_TABLE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.transit_gateway import TRANSIT_GATEWAY
from sgcheck.aws.transit_gateway_attachment import TRANSIT_GATEWAY_ATTACHMENT
from sgcheck.aws.transit_gateway_peering_attachment import TRANSIT_GATEWAY_PEERING_ATTACHMENT
from sgcheck.aws.transit_gateway_prefix_list_reference import TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE
from sgcheck.aws.transit_gateway_propagation import TRANSIT_GATEWAY_PROPAGATION
from sgcheck.aws.transit_gateway_route import TRANSIT_GATEWAY_ROUTE
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.transit_gateway_vpc_attachment import TRANSIT_GATEWAY_VPC_ATTACHMENT
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpc_endpoint import VPC_ENDPOINT
from sgcheck.aws.vpc_peering_connection import VPC_PEERING_CONNECTION
from sgcheck.aws.vpn_connection import VPN_CONNECTION
from sgcheck.aws.vpn_gateway import VPN_GATEWAY
from sgcheck.sources.live.reading import at
from sgcheck.sources.live.shelf import Element, Shelf
from sgcheck.sources.live.wishes import FIREWALLS, WHOLE, Wish, wish

_PER_TABLE = (TRANSIT_GATEWAY_ROUTE, TRANSIT_GATEWAY_PROPAGATION, TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE)
_ENDPOINTS = frozenset({"vpc_endpoint", "gateway_load_balancer_endpoint"})
_PAIRS = ("IpPermissions.UserIdGroupPairs.GroupId", "IpPermissionsEgress.UserIdGroupPairs.GroupId")
_LISTS = ("IpPermissions.PrefixListIds.PrefixListId", "IpPermissionsEgress.PrefixListIds.PrefixListId")


def leads(shelf: Shelf, wishes: set[Wish]) -> Iterator[Wish]:
    """What the records on `shelf` lead to, given what is wished for already."""
    vpcs = _wished(wishes, VPC)
    gateways = _wished(wishes, TRANSIT_GATEWAY)
    for kind, follow in _FOLLOWED:
        followed = shelf.followed[kind.name]
        for record in shelf.records(kind) if followed else ():
            if record.get(kind.id_members[0]) in followed:
                yield from follow(record)
    for table in shelf.records(ROUTE_TABLE):
        yield from _table(shelf, table)
    for record in shelf.records(PREFIX_LIST):
        yield from _named(PREFIX_LIST_ENTRY, "PrefixListId", record, "PrefixListId")
    yield from _inspected(shelf)
    yield from _gateways(shelf, vpcs)
    yield from _transit(shelf, vpcs, gateways)


def checks(shelf: Shelf) -> Iterator[Wish]:
    """The status checks of the instances that are looked at, once AWS has told of them: it refuses ids it has not."""
    for id_ in shelf.followed[INSTANCE.name]:
        if shelf.has(INSTANCE.name, id_):
            yield wish(INSTANCE_STATUS, "id", id_, follow=False)


def is_endpoint(shelf: Shelf) -> Iterator[bool]:
    """Whether what is looked at are interfaces of endpoints, behind which anything may stand."""
    followed = shelf.followed[NETWORK_INTERFACE.name]
    for record in shelf.records(NETWORK_INTERFACE):
        if record.get("NetworkInterfaceId") in followed:
            yield record.get("InterfaceType") in _ENDPOINTS


def _wished(wishes: set[Wish], kind: Any) -> set[str]:
    return {one.value for one in wishes if one.kind == kind.name and one.trait == "id"}


def _named(kind: Any, trait: str, record: Element, *paths: str, follow: bool = True) -> Iterator[Wish]:
    for path in paths:
        for value in at(record, path.split(".")):
            yield wish(kind, trait, value, follow=follow)


def _interface(record: Element) -> Iterator[Wish]:
    yield from _named(VPC, "id", record, "VpcId")
    yield from _named(SECURITY_GROUP, "id", record, "Groups.GroupId")
    yield from _named(INSTANCE, "id", record, "Attachment.InstanceId")


def _instance(record: Element) -> Iterator[Wish]:
    yield from _named(NETWORK_INTERFACE, "instance", record, "InstanceId")


def _home(record: Element) -> Iterator[Wish]:
    yield from _named(VPC, "id", record, "VpcId", "Attachments.VpcId")


def _nat(record: Element) -> Iterator[Wish]:
    yield from _home(record)
    yield from _named(NETWORK_INTERFACE, "address", record, "NatGatewayAddresses.PrivateIp")


def _group(record: Element) -> Iterator[Wish]:
    """Members of the groups that its rules name, and the names of these; not the rules of those in turn."""
    yield from _named(NETWORK_INTERFACE, "group", record, *_PAIRS, follow=False)
    yield from _named(SECURITY_GROUP, "id", record, *_PAIRS, follow=False)
    for path in _LISTS:
        yield from _list(record, path)


_FOLLOWED: tuple[tuple[Kind[Any], Callable[[Element], Iterator[Wish]]], ...] = (
    (NETWORK_INTERFACE, _interface),
    (INSTANCE, _instance),
    (SECURITY_GROUP, _group),
    (SUBNET, _home),
    (NAT_GATEWAY, _nat),
    (INTERNET_GATEWAY, _home),
)


def _list(record: Element, path: str) -> Iterator[Wish]:
    yield from _named(PREFIX_LIST, "id", record, path)


def _table(shelf: Shelf, table: Element) -> Iterator[Wish]:
    yield from _named(NETWORK_INTERFACE, "id", table, "Routes.NetworkInterfaceId")
    yield from _named(NETWORK_INTERFACE, "instance", table, "Routes.InstanceId")
    yield from _named(TRANSIT_GATEWAY, "id", table, "Routes.TransitGatewayId")
    yield from _list(table, "Routes.DestinationPrefixListId")
    routed = set(at(table, ("Routes", "VpcPeeringConnectionId")))
    for record in shelf.records(VPC_PEERING_CONNECTION) if routed else ():
        if record.get("VpcPeeringConnectionId") in routed:
            yield from _named(VPC, "id", record, "RequesterVpcInfo.VpcId", "AccepterVpcInfo.VpcId")


def _inspected(shelf: Shelf) -> Iterator[Wish]:
    """Firewalls and services behind the endpoints that routes lead to; those of gateway endpoints are AWS's own."""
    own = {e.get("VpcEndpointId") for e in shelf.records(VPC_ENDPOINT) if e.get("VpcEndpointType") == "Gateway"}
    members = (("Routes", "GatewayId"), ("Routes", "VpcEndpointId"))
    named = {id_ for table in shelf.records(ROUTE_TABLE) for path in members for id_ in at(table, path)}
    if any(id_.startswith("vpce-") for id_ in named - own):
        yield from (wish(kind, WHOLE, follow=False) for kind in FIREWALLS)


def _gateways(shelf: Shelf, vpcs: set[str]) -> Iterator[Wish]:
    """NAT gateways by their interfaces; VPN connections where a VPC has a gateway for them."""
    for record in shelf.records(NAT_GATEWAY):
        if record.get("VpcId") in vpcs:
            yield from _named(NETWORK_INTERFACE, "id", record, "NatGatewayAddresses.NetworkInterfaceId")
    for record in shelf.records(VPN_GATEWAY):
        if not vpcs.isdisjoint(at(record, ("VpcAttachments", "VpcId"))):
            yield wish(VPN_CONNECTION, WHOLE, follow=False)


def _transit(shelf: Shelf, vpcs: set[str], gateways: set[str]) -> Iterator[Wish]:
    for record in shelf.records(TRANSIT_GATEWAY_VPC_ATTACHMENT):
        if record.get("VpcId") in vpcs:
            yield from _named(TRANSIT_GATEWAY, "id", record, "TransitGatewayId")
        if record.get("TransitGatewayId") in gateways:
            yield from _named(VPC, "id", record, "VpcId")
    for record in shelf.records(TRANSIT_GATEWAY_ATTACHMENT):
        if record.get("ResourceType") == "vpc":
            yield from _named(VPC, "id", record, "ResourceId")
        elif record.get("ResourceType") == "vpn":
            yield wish(VPN_CONNECTION, WHOLE, follow=False)
    peers = ("RequesterTgwInfo.TransitGatewayId", "AccepterTgwInfo.TransitGatewayId")
    for record in shelf.records(TRANSIT_GATEWAY_PEERING_ATTACHMENT):
        yield from _named(TRANSIT_GATEWAY, "id", record, *peers)
    for record in shelf.records(TRANSIT_GATEWAY_ROUTE_TABLE):
        for kind in _PER_TABLE:
            yield from _named(kind, "TransitGatewayRouteTableId", record, "TransitGatewayRouteTableId")
    for record in shelf.records(TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE):
        yield from _list(record, "PrefixListId")
