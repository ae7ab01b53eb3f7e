"""Gateways, peering connections, endpoints and prefix lists: what routes lead to, and what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sgcheck.sources.shapes import Record, nat_gateway, without_nothing
from sgcheck.sources.terraform.book import Book, said
from sgcheck.sources.terraform.groups import GROUPS
from sgcheck.sources.terraform.places import SUBNETS, VPCS
from sgcheck.sources.terraform.resource import Resource, Unknown
from sgcheck.sources.terraform.routes import TABLES

TYPES: Final = {
    "aws_internet_gateway": "",
    "aws_internet_gateway_attachment": "",
    "aws_egress_only_internet_gateway": "",
    "aws_nat_gateway": "",
    "aws_vpn_gateway": "",
    "aws_vpn_gateway_attachment": "",
    "aws_vpc_peering_connection": "active where it accepts by itself or an accepter is in the input",
    "aws_vpc_peering_connection_accepter": "",
    "aws_vpc_endpoint": "gateway and interface endpoints",
    "aws_vpc_endpoint_route_table_association": "",
    "aws_ec2_managed_prefix_list": "",
    "aws_ec2_managed_prefix_list_entry": "",
}
INTERFACES: Final = "NetworkInterfaces"


def add_gateways(book: Book) -> None:
    """Add the gateways; one whose VPC is not known is left out, so that every VPC may have it."""
    for data in (True, False):
        for resource in book.of("aws_internet_gateway", data=data):
            _internet(book, resource)
    for resource in book.of("aws_egress_only_internet_gateway"):
        vpc = book.references.one(resource, "vpc_id", VPCS)
        if isinstance(vpc, str):
            record = {"EgressOnlyInternetGatewayId": resource.id, "Attachments": [_attached(vpc)]}
            book.add("EgressOnlyInternetGateways", resource.id, {**record, "Tags": resource.tags()}, resource)
    for resource in book.of("aws_vpn_gateway"):
        vpcs = [book.references.one(resource, "vpc_id", VPCS)] if _told(resource, "vpc_id") else []
        vpcs += [
            book.references.one(one, "vpc_id", VPCS)
            for one in book.of("aws_vpn_gateway_attachment")
            if book.references.one(one, "vpn_gateway_id", ("aws_vpn_gateway",)) == resource.id
        ]
        record = {"VpnGatewayId": resource.id, "State": "available", "Tags": resource.tags()}
        attachments = [{"VpcId": vpc, "State": "attached"} for vpc in vpcs if isinstance(vpc, str)]
        book.add("VpnGateways", resource.id, {**record, "VpcAttachments": attachments}, resource)
    for resource in book.of("aws_vpc_peering_connection"):
        _peering(book, resource)


def _told(resource: Resource, name: str) -> bool:
    """Whether an attribute is set; what is open may be, where there is no configuration to tell."""
    may_be = resource.has(name) or not resource.config
    return resource.values.get(name) not in (None, "") or (resource.open(name) and may_be)


def _attached(vpc: str) -> Record:
    return {"VpcId": vpc, "State": "available"}


def _internet(book: Book, resource: Resource) -> None:
    vpcs = [book.references.one(resource, "vpc_id", VPCS)] if _told(resource, "vpc_id") else []
    if resource.data:
        vpcs = [a.text("vpc_id") for a in _blocks(resource, "attachments")]
    vpcs += [
        book.references.one(one, "vpc_id", VPCS)
        for one in book.of("aws_internet_gateway_attachment")
        if book.references.one(one, "internet_gateway_id", ("aws_internet_gateway",)) == resource.id
    ]
    if any(isinstance(vpc, Unknown) for vpc in vpcs):
        book.absent["internet gateway"] = f"{resource.address}: vpc_id is not known yet"
        book.names.setdefault(resource.address, resource.id)
        return
    attachments = [_attached(vpc) for vpc in vpcs if isinstance(vpc, str)]
    record = {"InternetGatewayId": resource.id, "Attachments": attachments, "Tags": resource.tags()}
    book.add("InternetGateways", resource.id, record, resource)


def _blocks(resource: Resource, name: str) -> list[Any]:
    found = resource.blocks(name)
    return [] if isinstance(found, Unknown) else found


def add_nats(book: Book) -> None:
    """Add the NAT gateways, each with its address in its subnet and its Elastic IP address."""
    for resource in book.of("aws_nat_gateway"):
        subnet = book.references.one(resource, "subnet_id", SUBNETS)
        vpc = book.vpc_of(subnet)
        private_only = resource.values.get("connectivity_type") == "private"
        public = None if private_only else resource.known("public_ip") or _elastic(book, resource)
        private = resource.known("private_ip") or book.private(resource, "private_ip", said(subnet or ""))
        vpc = vpc or f"the VPC of {said(subnet or resource.doubt('subnet_id'))}"
        record = nat_gateway(resource.id, said(subnet) if subnet else None, vpc, private, public, resource.tags())
        book.add("NatGateways", resource.id, record, resource)


def _elastic(book: Book, resource: Resource) -> str:
    found = book.references.one(resource, "allocation_id", ("aws_eip",))
    for address in book.of("aws_eip"):
        if found == address.id and address.known("public_ip"):
            return str(address.known("public_ip"))
    return book.public(resource, "public_ip")


def _peering(book: Book, resource: Resource) -> None:
    own = book.references.one(resource, "vpc_id", VPCS)
    other = book.references.one(resource, "peer_vpc_id", VPCS)
    accepters = [
        one
        for one in book.of("aws_vpc_peering_connection_accepter")
        if book.references.one(one, "vpc_peering_connection_id", ("aws_vpc_peering_connection",)) == resource.id
    ]
    accepted = resource.values.get("auto_accept") is True or any(a.values.get("auto_accept") is True for a in accepters)
    state = resource.known("accept_status") if not resource.created else None
    if not isinstance(own, str) or not isinstance(other, str):
        return  # without a record it is unknown to every route that leads to it
    peer_region = resource.known("peer_region")
    record = {
        "VpcPeeringConnectionId": resource.id,
        "RequesterVpcInfo": _side(book, own, resource.home()[0], resource.home()[1]),
        "AccepterVpcInfo": _side(book, other, resource.known("peer_owner_id"), peer_region or resource.home()[1]),
        "Status": {"Code": "active" if accepted or state == "active" else state or "pending-acceptance"},
        "Tags": resource.tags(),
    }
    book.add("VpcPeeringConnections", resource.id, record, resource)


def _side(book: Book, vpc: str, account: str | None, region: str | None) -> Record:
    record = book.record("Vpcs", vpc) or {}
    blocks = [{"CidrBlock": one["CidrBlock"]} for one in record.get("CidrBlockAssociationSet", ())]
    six = [{"Ipv6CidrBlock": one["Ipv6CidrBlock"]} for one in record.get("Ipv6CidrBlockAssociationSet", ())]
    found = {"VpcId": vpc, "OwnerId": record.get("OwnerId") or account, "Region": region}
    return without_nothing({**found, "CidrBlockSet": blocks, "Ipv6CidrBlockSet": six})


def add_lists(book: Book) -> None:
    """Add managed prefix lists with their entries; one with an entry that is not known has none that are."""
    for data in (True, False):
        for resource in book.of("aws_ec2_managed_prefix_list", "aws_prefix_list", data=data):
            if data and resource.id == resource.address:
                continue
            _list(book, resource)


def _list(book: Book, resource: Resource) -> None:
    own = resource.texts("cidr_blocks") if resource.type == "aws_prefix_list" else None
    blocks = resource.blocks("entries" if resource.data else "entry")
    cidrs: list[Any] | Unknown
    if own is not None:
        cidrs = own
    elif isinstance(blocks, Unknown):
        cidrs = [] if resource.created and not resource.has("entry") else blocks
    else:
        cidrs = [block.text("cidr") for block in blocks]
    if not isinstance(cidrs, Unknown):
        for one in book.of("aws_ec2_managed_prefix_list_entry"):
            if book.references.one(one, "prefix_list_id", (resource.type,)) == resource.id:
                cidrs = [*cidrs, one.text("cidr")]
    family, name = resource.known("address_family"), resource.known("name")
    record: Record = {"PrefixListId": resource.id, "PrefixListName": name, "AddressFamily": family}
    if not isinstance(cidrs, Unknown) and all(isinstance(one, str) for one in cidrs):
        record["Cidrs"] = list(dict.fromkeys(cidrs))
    book.add("PrefixLists", resource.id, without_nothing(record), resource)


def add_endpoints(book: Book) -> None:
    """Add VPC endpoints; gateway ones have a route in each table, which Terraform does not list."""
    for resource in book.of("aws_vpc_endpoint"):
        kind = resource.known("vpc_endpoint_type") or "Gateway"
        vpc = book.references.one(resource, "vpc_id", VPCS)
        tables = (
            _known(book.references.many(resource, "route_table_ids", TABLES))
            if _told(resource, "route_table_ids")
            else []
        )
        for one in book.of("aws_vpc_endpoint_route_table_association"):
            if book.references.one(one, "vpc_endpoint_id", ("aws_vpc_endpoint",)) == resource.id:
                tables += _known([book.references.one(one, "route_table_id", TABLES)])
        subnets = _known(book.references.many(resource, "subnet_ids", SUBNETS)) if _told(resource, "subnet_ids") else []
        groups = book.references.many(resource, "security_group_ids", GROUPS)
        told = [said(one) for one in (groups if isinstance(groups, list) else [groups])]
        interfaces = resource.values.get("network_interface_ids")
        if kind == "Interface":
            interfaces = [_node(book, resource, subnet, told, str(vpc)) for subnet in subnets]
        state = resource.known("state")
        record: Record = {
            "VpcEndpointId": resource.id,
            "VpcEndpointType": kind,
            "VpcId": vpc if isinstance(vpc, str) else None,
            "OwnerId": resource.home()[0],
            "ServiceName": resource.known("service_name"),
            "State": "available" if resource.created or state is None else state,
            "PolicyDocument": resource.known("policy"),
            "RouteTableIds": tables,
            "SubnetIds": subnets,
            "Groups": [{"GroupId": one} for one in told],
            "NetworkInterfaceIds": interfaces if isinstance(interfaces, list) else None,
            "PrivateDnsEnabled": resource.values.get("private_dns_enabled") is True,
            "Tags": resource.tags(),
        }
        book.add("VpcEndpoints", resource.id, without_nothing(record), resource)
        if kind == "Gateway":
            _route(book, resource, tables)


def _known(found: Any) -> list[str]:
    return [one for one in (found if isinstance(found, list) else ()) if isinstance(one, str)]


def _route(book: Book, resource: Resource, tables: list[str]) -> None:
    list_ = resource.known("prefix_list_id") or f"{resource.address}.prefix_list_id"
    record: Record = {"PrefixListId": list_, "PrefixListName": resource.known("service_name")}
    cidrs = resource.values.get("cidr_blocks")
    if isinstance(cidrs, list) and cidrs:
        record["Cidrs"] = cidrs
    book.add("PrefixLists", list_, without_nothing(record), resource, named=False)
    for table in tables:
        found = book.record("RouteTables", table)
        if found is not None:
            found.setdefault("Routes", []).append({"DestinationPrefixListId": list_, "GatewayId": resource.id})


def _node(book: Book, resource: Resource, subnet: str, groups: list[str], vpc: str) -> str:
    """The interface of an endpoint in a subnet, which Terraform does not show."""
    told = resource.values.get("network_interface_ids")
    deployed = book.there(
        subnet, f"VPC Endpoint Interface {resource.id}", [str(one) for one in told] if isinstance(told, list) else ()
    )
    if deployed is not None:
        id_ = str(deployed["NetworkInterfaceId"])
        book.add(INTERFACES, id_, {**deployed, "Groups": [{"GroupId": one} for one in groups]}, resource, named=False)
        return id_
    id_ = f"{resource.address}.interface[{subnet}]"
    record = {
        "NetworkInterfaceId": id_,
        "SubnetId": subnet,
        "VpcId": book.vpc_of(subnet) or vpc,
        "InterfaceType": "vpc_endpoint",
        "RequesterManaged": True,
        "Description": f"VPC Endpoint Interface {resource.id}",
        "Status": "in-use",
        "Groups": [{"GroupId": one} for one in groups],
        "PrivateIpAddress": book.private(resource, "the address of its interface", subnet),
    }
    book.add(INTERFACES, id_, record, resource, named=False)
    return id_


def absences(book: Book) -> Mapping[str, str]:
    """Kinds of which others may have made some: a VPC that was there already may have a gateway from elsewhere."""
    attached = {
        one["VpcId"] for entry in book.entries["InternetGateways"].values() for one in entry.record["Attachments"]
    }
    without = [
        entry.id
        for entry in book.entries["Vpcs"].values()
        if entry.id not in attached and (entry.resource.type != "aws_vpc" or not entry.resource.created)
    ]
    if without and "internet gateway" not in book.absent:
        why = f"Terraform does not manage the internet gateway of {', '.join(sorted(without))}, if there is one"
        book.absent["internet gateway"] = why
    return book.absent
