"""Transit gateways with their attachments and tables, and VPN connections.

An attachment is associated with the default table of its gateway, and propagates into it, unless either of them says
otherwise or a resource of its own does (Transit Gateway guide, tgw-route-tables; documentation of the AWS provider,
aws_ec2_transit_gateway and aws_ec2_transit_gateway_vpc_attachment). Of a gateway that Terraform does not manage it is
not known.
"""

from __future__ import annotations

from typing import Any, Final

from sgcheck.sources.shapes import Record, without_nothing
from sgcheck.sources.terraform.book import Book, said
from sgcheck.sources.terraform.places import SUBNETS, VPCS
from sgcheck.sources.terraform.references import derived
from sgcheck.sources.terraform.resource import Resource, Unknown

GATEWAYS: Final = ("aws_ec2_transit_gateway",)
TABLES: Final = ("aws_ec2_transit_gateway_route_table",)
VPC_ATTACHMENT: Final = "aws_ec2_transit_gateway_vpc_attachment"
PEERING: Final = "aws_ec2_transit_gateway_peering_attachment"
ATTACHMENTS: Final = (
    VPC_ATTACHMENT,
    f"{VPC_ATTACHMENT}_accepter",
    PEERING,
    f"{PEERING}_accepter",
    "aws_vpn_connection",
)
TYPES: Final = {
    "aws_ec2_transit_gateway": "with its default route table",
    VPC_ATTACHMENT: "",
    f"{VPC_ATTACHMENT}_accepter": "",
    PEERING: "what it is associated with is known where a resource says it",
    f"{PEERING}_accepter": "",
    "aws_ec2_transit_gateway_route_table": "",
    "aws_ec2_transit_gateway_route": "",
    "aws_ec2_transit_gateway_route_table_association": "",
    "aws_ec2_transit_gateway_route_table_propagation": "",
    "aws_ec2_transit_gateway_prefix_list_reference": "",
    "aws_customer_gateway": "decides nothing",
    "aws_vpn_connection": "which routes it brings is not known, unless they are static",
    "aws_vpn_connection_route": "",
}
_DEFAULT: Final = "association_default_route_table_id"
_ATTACHMENTS: Final = "TransitGatewayAttachments"
_ROUTES: Final = "TransitGatewayStaticRoutes"
_PROPAGATIONS: Final = "TransitGatewayPropagations"


def add_transit(book: Book) -> None:
    """Add gateways and tables, then the attachments, then what the tables hold."""
    defaults: dict[str, str | None] = {}
    spread: dict[str, str | None] = {}
    for resource in book.of(*GATEWAYS):
        _gateway(book, resource)
        default = derived(resource, _DEFAULT)
        defaults[resource.id] = _where(resource, "default_route_table_association", default)
        spread[resource.id] = _where(resource, "default_route_table_propagation", _spread(resource, default))
        if resource.values.get("default_route_table_association") != "disable":
            _table(book, default, resource.id, resource)
    for resource in book.of(*TABLES):
        gateway = book.references.one(resource, "transit_gateway_id", GATEWAYS)
        _table(book, resource.id, said(gateway or resource.doubt("transit_gateway_id")), resource)
        book.names.setdefault(resource.address, resource.id)
    connections = _connections(book)
    associated = _associated(book)
    for resource in book.of(VPC_ATTACHMENT):
        _vpc(book, resource, associated, defaults, spread)
    for resource, id_, gateway in connections:
        _attached(book, resource, id_, gateway, "vpn", resource.id, associated, defaults, spread)
    for resource in book.of(PEERING):
        _peering(book, resource, associated)
    _routes(book)
    _propagations(book)
    _lists(book)


def _where(resource: Resource, name: str, table: str) -> str | None:
    """The default table, None where there is none or it is not known whether there is."""
    told = resource.get(name)
    return table if told in ("enable", None) else None


def _spread(resource: Resource, default: str) -> str:
    found = resource.values.get("propagation_default_route_table_id")
    return found if isinstance(found, str) and found else default


def _gateway(book: Book, resource: Resource) -> None:
    referencing = resource.known("security_group_referencing_support")
    record: Record = {
        "TransitGatewayId": resource.id,
        "State": "available",
        "OwnerId": resource.home()[0],
        "Options": {"SecurityGroupReferencingSupport": referencing or "disable"},
        "Tags": resource.tags(),
    }
    book.add("TransitGateways", resource.id, without_nothing(record), resource)


def _table(book: Book, id_: str, gateway: str, resource: Resource) -> None:
    """A table with nothing in it yet; one that is deployed has what is in it."""
    record: Record = {"TransitGatewayRouteTableId": id_, "TransitGatewayId": gateway, "State": "available"}
    book.add("TransitGatewayRouteTables", id_, {**record, "Tags": resource.tags()}, resource, named=False)
    for key, member in ((_ROUTES, "Routes"), (_PROPAGATIONS, "TransitGatewayRouteTablePropagations")):
        if book.record(key, id_) is None:
            book.add(key, id_, {"TransitGatewayRouteTableId": id_, member: []}, resource, named=False)


def _associated(book: Book) -> dict[str, str | None]:
    """The table of each attachment that a resource associates with one; None where that is not known yet."""
    found: dict[str, str | None] = {}
    for resource in book.of("aws_ec2_transit_gateway_route_table_association"):
        attachment = _attachment(book, resource)
        table = book.references.one(resource, "transit_gateway_route_table_id", (*TABLES, *GATEWAYS))
        if isinstance(attachment, str):
            found[attachment] = table if isinstance(table, str) else None
            book.say(attachment, "association", resource)
        elif attachment is not None:
            book.notes.append(f"{attachment.what}: which attachment is associated is not known yet: left out")
    return found


def _attachment(book: Book, resource: Resource) -> str | Unknown | None:
    return book.references.one(resource, "transit_gateway_attachment_id", ATTACHMENTS)


def _flag(resource: Resource, name: str) -> bool | None:
    """Whether an attachment takes the default of its gateway; None where that is not known."""
    told = resource.get(name)
    return None if isinstance(told, Unknown) and resource.has(name) else told is not False


def _vpc(
    book: Book,
    resource: Resource,
    associated: dict[str, str | None],
    defaults: dict[str, str | None],
    spread: dict[str, str | None],
) -> None:
    gateway = book.references.one(resource, "transit_gateway_id", GATEWAYS)
    vpc = book.references.one(resource, "vpc_id", VPCS)
    subnets = book.references.many(resource, "subnet_ids", SUBNETS)
    if not isinstance(gateway, str) or not isinstance(vpc, str):
        book.notes.append(f"{resource.address}: its transit gateway or its VPC is not known yet: left out")
        return
    known = [one for one in subnets if isinstance(one, str)] if isinstance(subnets, list) else None
    options = {
        "SecurityGroupReferencingSupport": resource.known("security_group_referencing_support"),
        "Ipv6Support": resource.known("ipv6_support"),
        "ApplianceModeSupport": resource.known("appliance_mode_support"),
    }
    record: Record = {
        "TransitGatewayAttachmentId": resource.id,
        "TransitGatewayId": gateway,
        "VpcId": vpc,
        "VpcOwnerId": resource.known("vpc_owner_id"),
        "State": "available",
        "SubnetIds": known if known is not None and isinstance(subnets, list) and len(known) == len(subnets) else None,
        "Options": without_nothing(options),
        "Tags": resource.tags(),
    }
    book.add("TransitGatewayVpcAttachments", resource.id, without_nothing(record), resource)
    _attached(book, resource, resource.id, gateway, "vpc", vpc, associated, defaults, spread)


def _attached(
    book: Book,
    resource: Resource,
    id_: str,
    gateway: str,
    kind: str,
    target: str,
    associated: dict[str, str | None],
    defaults: dict[str, str | None],
    spread: dict[str, str | None],
) -> None:
    """The attachment with the table that judges what comes from it, where that is known; what it propagates into."""
    deciding = resource
    for accepter in book.of(f"{VPC_ATTACHMENT}_accepter"):
        if _attachment(book, accepter) == id_:
            deciding = accepter
    takes = _flag(deciding, "transit_gateway_default_route_table_association")
    table = associated.get(id_)
    told = id_ in associated and table is not None
    if id_ not in associated and takes is not None and gateway in defaults:
        table, told = (defaults[gateway] if takes else None), True
    if told:
        record: Record = {
            "TransitGatewayAttachmentId": id_,
            "TransitGatewayId": gateway,
            "ResourceType": kind,
            "ResourceId": target,
            "State": "available",
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"} if table else None,
            "Tags": resource.tags(),
        }
        book.add(_ATTACHMENTS, f"{id_}/{gateway}", without_nothing(record), resource, named=False)
    default = spread.get(gateway)
    if default is not None and _flag(deciding, "transit_gateway_default_route_table_propagation") is not False:
        _propagate(book, default, id_, kind, target)


def _propagate(book: Book, table: str, attachment: str, kind: str, target: str) -> None:
    record = book.record(_PROPAGATIONS, table)
    if record is None:
        return
    listed = record.setdefault("TransitGatewayRouteTablePropagations", [])
    if all(one.get("TransitGatewayAttachmentId") != attachment for one in listed):
        told = {"TransitGatewayAttachmentId": attachment, "ResourceType": kind, "ResourceId": target}
        listed.append({**told, "State": "enabled"})
        _spell_out(book, table, attachment, target)


def _spell_out(book: Book, table: str, attachment: str, vpc: str) -> None:
    """In a deployed table that lists what is propagated into it, list what one more VPC will propagate."""
    routes = (book.record(_ROUTES, table) or {}).get("Routes") or []
    if any(route.get("Type") == "propagated" for route in routes):
        blocks = (book.record("Vpcs", vpc) or {}).get("CidrBlockAssociationSet") or ()
        routes += [
            {
                "DestinationCidrBlock": block["CidrBlock"],
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}],
                "Type": "propagated",
                "State": "active",
            }
            for block in blocks
        ]


def _peering(book: Book, resource: Resource, associated: dict[str, str | None]) -> None:
    own = book.references.one(resource, "transit_gateway_id", GATEWAYS)
    other = book.references.one(resource, "peer_transit_gateway_id", GATEWAYS)
    if not isinstance(own, str) or not isinstance(other, str):
        book.notes.append(f"{resource.address}: one of its transit gateways is not known yet: left out")
        return
    accepted = any(_attachment(book, one) == resource.id for one in book.of(f"{PEERING}_accepter"))
    state = resource.known("state") if not resource.created else None
    far = {
        "TransitGatewayId": other,
        "Region": resource.known("peer_region"),
        "OwnerId": resource.known("peer_account_id"),
    }
    record: Record = {
        "TransitGatewayAttachmentId": resource.id,
        "RequesterTgwInfo": without_nothing(
            {"TransitGatewayId": own, "Region": resource.home()[1], "OwnerId": resource.home()[0]}
        ),
        "AccepterTgwInfo": without_nothing(far),
        "State": "available" if accepted else state or "pendingAcceptance",
        "Tags": resource.tags(),
    }
    book.add("TransitGatewayPeeringAttachments", resource.id, record, resource)
    table = associated.get(resource.id)
    if table is not None:
        # Both ends of a peering may have one id: the association is that of the gateway whose table it is.
        routes = book.record("TransitGatewayRouteTables", table) or {}
        side = other if routes.get("TransitGatewayId") == other else own
        attached: Record = {
            "TransitGatewayAttachmentId": resource.id,
            "TransitGatewayId": side,
            "ResourceType": "peering",
            "ResourceId": own if side == other else other,
            "State": record["State"],
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
        }
        book.add(_ATTACHMENTS, f"{resource.id}/{side}", attached, resource, named=False)


def _connections(book: Book) -> list[tuple[Resource, str, str]]:
    """Add VPN connections; those of transit gateways with the attachment and the gateway."""
    found = []
    for resource in book.of("aws_vpn_connection"):
        private = _told(book, resource, "vpn_gateway_id", ("aws_vpn_gateway",))
        gateway = _told(book, resource, "transit_gateway_id", GATEWAYS)
        static = resource.flag("static_routes_only")
        telemetry = resource.blocks("vgw_telemetry")
        listed = [
            one.text("destination_cidr_block")
            for one in book.of("aws_vpn_connection_route")
            if book.references.one(one, "vpn_connection_id", ("aws_vpn_connection",)) == resource.id
        ]
        whole = all(isinstance(cidr, str) for cidr in listed)
        record: Record = {
            "VpnConnectionId": resource.id,
            "VpnGatewayId": private,
            "TransitGatewayId": gateway,
            "State": "available",
            "Options": {"StaticRoutesOnly": static is True and whole},
            "Routes": [
                {"DestinationCidrBlock": cidr, "State": "available"} for cidr in listed if isinstance(cidr, str)
            ],
            "VgwTelemetry": [
                {"Status": status}
                for block in (telemetry if isinstance(telemetry, list) else ())
                if isinstance(status := block.text("status"), str)
            ],
            "Tags": resource.tags(),
        }
        book.add("VpnConnections", resource.id, without_nothing(record), resource)
        if gateway is not None:
            found.append((resource, derived(resource, "transit_gateway_attachment_id"), gateway))
    return found


def _told(book: Book, resource: Resource, name: str, types: tuple[str, ...]) -> str | None:
    if resource.values.get(name) in (None, "") and not (resource.open(name) and resource.has(name)):
        return None
    found = book.references.one(resource, name, types)
    return None if found is None else said(found)


def _routes(book: Book) -> None:
    for resource in book.leaving("aws_ec2_transit_gateway_route"):
        record = book.record(_ROUTES, resource.known("transit_gateway_route_table_id"))
        gone = resource.known("destination_cidr_block")
        if record is not None:
            record["Routes"] = [
                one
                for one in record.get("Routes") or ()
                if one.get("Type") == "propagated" or one.get("DestinationCidrBlock") != gone
            ]
    for resource in book.of("aws_ec2_transit_gateway_route"):
        table = book.references.one(resource, "transit_gateway_route_table_id", (*TABLES, *GATEWAYS))
        cidr = resource.text("destination_cidr_block")
        aim = _attachment(book, resource) if resource.flag("blackhole") is not True else None
        if isinstance(table, Unknown):
            book.notes.append(f"{table.what}: which table has the route is not known yet: left out")
            continue
        record = book.record(_ROUTES, table)
        if record is None or table is None:
            continue
        if not isinstance(cidr, str) or isinstance(aim, Unknown):
            # What is not known of one route may change where anything goes.
            what = (
                cidr.what if isinstance(cidr, Unknown) else aim.what if isinstance(aim, Unknown) else resource.address
            )
            book.notes.append(f"{what}: where its table leads is not known")
            record["AdditionalRoutesAvailable"] = True
            continue
        attachments = [{"TransitGatewayAttachmentId": aim}] if aim is not None else []
        route = {
            "DestinationCidrBlock": cidr,
            "TransitGatewayAttachments": attachments,
            "Type": "static",
            "State": "active" if attachments else "blackhole",
        }
        kept: list[Any] = [
            one
            for one in record.get("Routes") or ()
            if one.get("Type") == "propagated" or one.get("DestinationCidrBlock") != cidr
        ]
        record["Routes"] = [*kept, route]
        book.say(table, f"route {cidr}", resource)


def _propagations(book: Book) -> None:
    for resource in book.leaving("aws_ec2_transit_gateway_route_table_propagation"):
        left, gone = (resource.known(f"transit_gateway_{name}_id") for name in ("route_table", "attachment"))
        _take_away(book.record(_PROPAGATIONS, left), "TransitGatewayRouteTablePropagations", gone)
        _take_away(book.record(_ROUTES, left), "Routes", gone)
    kinds: dict[str, tuple[str, str]] = {
        str(e.record["TransitGatewayAttachmentId"]): (
            str(e.record.get("ResourceType")),
            str(e.record.get("ResourceId")),
        )
        for e in book.entries[_ATTACHMENTS].values()
    }
    for entry in book.entries["TransitGatewayVpcAttachments"].values():
        kinds.setdefault(entry.id, ("vpc", str(entry.record.get("VpcId"))))
    for resource in book.of("aws_ec2_transit_gateway_route_table_propagation"):
        table = book.references.one(resource, "transit_gateway_route_table_id", (*TABLES, *GATEWAYS))
        attachment = _attachment(book, resource)
        if isinstance(table, Unknown) or isinstance(attachment, Unknown):
            what = table.what if isinstance(table, Unknown) else str(getattr(attachment, "what", resource.address))
            book.notes.append(f"{what}: what is propagated into which table is not known yet")
            for entry in book.entries[_ROUTES].values():
                if isinstance(table, Unknown) or entry.id == table:
                    entry.record["AdditionalRoutesAvailable"] = True
            continue
        if table is not None and attachment is not None:
            _propagate(book, table, attachment, *kinds.get(attachment, ("other", attachment)))
            book.say(table, f"propagation {attachment}", resource)


def _take_away(record: Record | None, member: str, attachment: str | None) -> None:
    """Take what an attachment propagates out of a deployed table."""
    if record is None or attachment is None:
        return
    record[member] = [
        one
        for one in record.get(member) or ()
        if one.get("TransitGatewayAttachmentId") != attachment
        and not (
            one.get("Type") == "propagated"
            and any(a.get("TransitGatewayAttachmentId") == attachment for a in one["TransitGatewayAttachments"])
        )
    ]


def _lists(book: Book) -> None:
    for resource in book.of("aws_ec2_transit_gateway_prefix_list_reference"):
        table = book.references.one(resource, "transit_gateway_route_table_id", (*TABLES, *GATEWAYS))
        list_ = book.references.one(resource, "prefix_list_id", ("aws_ec2_managed_prefix_list",))
        aim = _attachment(book, resource) if resource.flag("blackhole") is not True else None
        record = book.record(_ROUTES, table)
        if record is None:
            continue
        if not isinstance(list_, str) or isinstance(aim, Unknown):
            record["AdditionalRoutesAvailable"] = True
            book.notes.append(f"{resource.address}: what it routes is not known yet")
            continue
        told: Record = {
            "TransitGatewayRouteTableId": table,
            "PrefixListId": list_,
            "State": "available",
            "Blackhole": aim is None,
            "TransitGatewayAttachment": {"TransitGatewayAttachmentId": aim} if aim else None,
        }
        key = f"{table}/{list_}"
        book.add("TransitGatewayPrefixListReferences", key, without_nothing(told), resource, named=False)
