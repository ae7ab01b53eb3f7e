"""Gateways, peering connections and endpoints: what routes lead to."""

from __future__ import annotations

from typing import Final

from sgcheck.sources.cloudformation.book import Book, Entry, known, said
from sgcheck.sources.cloudformation.groups import groups_or_default
from sgcheck.sources.cloudformation.resource import Resource
from sgcheck.sources.cloudformation.values import Unknown
from sgcheck.sources.shapes import Record, nat_gateway, without_nothing

TYPES: Final = {
    "AWS::EC2::InternetGateway": "",
    "AWS::EC2::VPCGatewayAttachment": "",
    "AWS::EC2::EgressOnlyInternetGateway": "",
    "AWS::EC2::VPNGateway": "",
    "AWS::EC2::NatGateway": "",
    "AWS::EC2::VPCPeeringConnection": "active where both VPCs are of one account, or a role accepts",
    "AWS::EC2::VPCEndpoint": "gateway and interface endpoints",
}


def add_gateways(book: Book) -> None:
    """Add the gateways; one of which it is not known where it is attached is left out, and so unknown."""
    attached = _attached(book)
    for resource in book.of("AWS::EC2::InternetGateway"):
        book.name(resource, resource.id)
        if resource.id not in book.lost:
            record = {"InternetGatewayId": resource.id, "Attachments": _attachments(attached.pop(resource.id, []))}
            book.add("InternetGateways", resource.id, {**record, "Tags": resource.tags()}, resource)
    for resource in book.of("AWS::EC2::VPNGateway"):
        book.name(resource, resource.id)
        if resource.id not in book.lost:
            record = {"VpnGatewayId": resource.id, "State": "available", "Tags": resource.tags()}
            attachments = [{"VpcId": vpc, "State": "attached"} for vpc in attached.pop(resource.id, [])]
            book.add("VpnGateways", resource.id, {**record, "VpcAttachments": attachments}, resource)
    for gateway, vpcs in attached.items():  # those that are not the template's
        if gateway.startswith("igw-"):
            record = {"InternetGatewayId": gateway, "Attachments": _attachments(vpcs)}
            owner = next(book.of("AWS::EC2::VPCGatewayAttachment"))
            book.add("InternetGateways", gateway, record, owner, named=False)
    for resource in book.of("AWS::EC2::EgressOnlyInternetGateway"):
        vpc = resource.text("VpcId")
        book.name(resource, resource.id)
        if vpc is not None:
            record = {"EgressOnlyInternetGatewayId": resource.id, "Attachments": _attachments([said(vpc)])}
            book.add("EgressOnlyInternetGateways", resource.id, record, resource)
    for resource in book.of("AWS::EC2::VPCPeeringConnection"):
        _peering(book, resource)


def _attached(book: Book) -> dict[str, list[str]]:
    """The VPCs of each gateway; those of which an attachment is open are `book.lost`, as are the VPCs."""
    attached: dict[str, list[str]] = {}
    own = [one.id for one in book.of("AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway")]
    for resource in book.of("AWS::EC2::VPCGatewayAttachment"):
        vpc = resource.text("VpcId")
        for name in ("InternetGatewayId", "VpnGatewayId"):
            gateway = resource.text(name)
            if gateway is None or vpc is None:
                continue
            # A VPC that exists already is one, whichever it is; so is a gateway.
            either = any(isinstance(one, Unknown) and one.own != () for one in (vpc, gateway))
            if not either and resource.doubt is None:
                attached.setdefault(said(gateway), []).append(said(vpc))
                continue
            book.note(f"{resource.id}: which gateway is attached where is not known")
            book.lost |= {id_ for id_ in own if _may_be(gateway, id_)}
            book.lost |= {id_ for id_ in book.entries["Vpcs"] if _may_be(vpc, id_)}
    return attached


def _may_be(found: str | Unknown, id_: str) -> bool:
    return found.may_be(id_) if isinstance(found, Unknown) else found == id_


def _attachments(vpcs: list[str]) -> list[Record]:
    return [{"VpcId": vpc, "State": "available"} for vpc in vpcs]


def add_nats(book: Book) -> None:
    """Add the NAT gateways, each with its address in its subnet and its Elastic IP address."""
    for resource in book.of("AWS::EC2::NatGateway"):
        subnet = resource.text("SubnetId")
        inside = said(subnet) if subnet is not None else None
        private_only = known(resource.text("ConnectivityType")) == "private"
        private = known(resource.text("PrivateIpAddress")) or book.private(resource.id, inside)
        public = None if private_only else book.public(resource.id)
        vpc = book.vpc_of(inside) or f"the VPC of {inside or resource.id}"
        record = nat_gateway(resource.id, inside, vpc, private, public, resource.tags())
        book.add("NatGateways", resource.id, record, resource)


def _peering(book: Book, resource: Resource) -> None:
    book.name(resource, resource.id)
    own, other = resource.text("VpcId"), resource.text("PeerVpcId")
    elsewhere = resource.has("PeerRegion") or (resource.has("PeerOwnerId") and not resource.has("PeerRoleArn"))
    if not isinstance(own, str) or not isinstance(other, str) or elsewhere:
        return  # without a record it is unknown to every route that leads to it
    record = {
        "VpcPeeringConnectionId": resource.id,
        "RequesterVpcInfo": _side(book, own),
        "AccepterVpcInfo": _side(book, other),
        "Status": {"Code": "active"},
        "Tags": resource.tags(),
    }
    book.add("VpcPeeringConnections", resource.id, record, resource)


def _side(book: Book, vpc: str) -> Record:
    record = book.record("Vpcs", vpc) or {}
    four = [{"CidrBlock": one["CidrBlock"]} for one in record.get("CidrBlockAssociationSet", ())]
    six = [{"Ipv6CidrBlock": one["Ipv6CidrBlock"]} for one in record.get("Ipv6CidrBlockAssociationSet", ())]
    return {"VpcId": vpc, "CidrBlockSet": four, "Ipv6CidrBlockSet": six}


def add_endpoints(book: Book) -> None:
    """Add VPC endpoints; gateway ones have a route in each table, and interface ones an interface in each subnet."""
    for resource in book.of("AWS::EC2::VPCEndpoint"):
        kind = known(resource.text("VpcEndpointType")) or "Gateway"
        vpc = resource.text("VpcId")
        inside = said(vpc) if vpc is not None else ""
        service = resource.shown("ServiceName")
        groups = groups_or_default(book, resource, inside, "SecurityGroupIds") if kind == "Interface" else []
        interfaces = [_node(book, resource, s, groups, inside) for s in _listed(book, resource, "SubnetIds")]
        record: Record = {
            "VpcEndpointId": resource.id,
            "VpcEndpointType": kind,
            "VpcId": inside,
            "ServiceName": service,
            "State": "available",
            "RouteTableIds": _listed(book, resource, "RouteTableIds"),
            "SubnetIds": _listed(book, resource, "SubnetIds"),
            "Groups": groups,
            "NetworkInterfaceIds": interfaces if kind == "Interface" else None,
            "PrivateDnsEnabled": known(resource.flag("PrivateDnsEnabled")) is True,
            "Tags": resource.tags(),
        }
        book.add("VpcEndpoints", resource.id, without_nothing(record), resource)
        if kind == "Gateway":
            _route(book, resource, service)


def _listed(book: Book, resource: Resource, name: str) -> list[str]:
    found = resource.texts(name)
    if isinstance(found, Unknown):
        book.note(resource.what(name, found))
        return []
    return [said(one) for one in found]


def _route(book: Book, resource: Resource, service: str | None) -> None:
    """The route that an endpoint adds to tables; to which it may, where that is not known."""
    listed = resource.texts("RouteTableIds")
    list_ = f"pl-{resource.id}"
    record: Record = {"PrefixListId": list_, "PrefixListName": service}
    book.add("PrefixLists", list_, without_nothing(record), resource, named=False)
    for table in [listed] if isinstance(listed, Unknown) else listed:
        for id_, entry in book.entries["RouteTables"].items():
            if table.may_be(id_) if isinstance(table, Unknown) else table == id_:
                entry.record.setdefault("Routes", []).append(
                    {"DestinationPrefixListId": list_, "GatewayId": resource.id}
                )


def _node(book: Book, resource: Resource, subnet: str, groups: list[Record] | None, vpc: str) -> str:
    """The interface of an endpoint in a subnet, which no template shows."""
    id_ = f"{resource.id}.NetworkInterface[{subnet}]"
    record: Record = {
        "NetworkInterfaceId": id_,
        "SubnetId": subnet,
        "VpcId": book.vpc_of(subnet) or vpc,
        "InterfaceType": "vpc_endpoint",
        "RequesterManaged": True,
        "Description": f"VPC Endpoint Interface {resource.id}",
        "Status": "in-use",
        "Groups": groups,
        "PrivateIpAddress": book.private(f"{resource.id} in {subnet}", subnet),
    }
    book.add("NetworkInterfaces", id_, without_nothing(record), resource, named=False)
    return id_


def strangers(book: Book) -> dict[str, Entry]:
    """VPCs that are not in the input, each with something that is in it."""
    keys = ("Subnets", "NetworkInterfaces", "RouteTables")
    every = (entry for key in keys for entry in book.entries[key].values() if "VpcId" in entry.record)
    found = {str(entry.record["VpcId"]): entry for entry in every}
    return {vpc: entry for vpc, entry in found.items() if vpc not in book.entries["Vpcs"]}


def add_unknown_gateways(book: Book) -> None:
    """Let a VPC have an internet gateway that is not in the input, where it is not known whether it has one.

    Without it, that no template attaches one would say that it has none.
    """
    attached = {a["VpcId"] for e in book.entries["InternetGateways"].values() for a in e.record["Attachments"]}
    open_ = strangers(book) | {vpc: book.entries["Vpcs"][vpc] for vpc in book.lost if vpc in book.entries["Vpcs"]}
    for vpc, entry in open_.items():
        if vpc in attached:
            continue
        table = f"the route table of the internet gateway of {vpc}"
        record: Record = {"RouteTableId": table, "VpcId": vpc, "Routes": []}
        record["Associations"] = [{"Main": False, "GatewayId": f"igw-{vpc}"}]
        book.add("RouteTables", table, record, entry.resource, named=False)
