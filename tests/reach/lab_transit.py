"""The small network with a transit gateway instead of the peering, a VPN behind it, and a virtual private gateway.

tgw-1 joins vpc-1 (att-1, subnet-att1 10.0.50.0/28), vpc-9 (att-9, subnet-att9 10.9.50.0/28) and a VPN connection (att-vpn) that leads to
192.168.0.0/16. Everybody is associated with rtb-t, and both VPCs propagate into it.
"""

from __future__ import annotations

from typing import Any

from tests.reach.lab import ACCOUNT, Record, acl, find, lab, reroute, route, subnet, table

GATEWAYS = "TransitGateways"
ATTACHMENTS = "TransitGatewayAttachments"
OF_VPCS = "TransitGatewayVpcAttachments"
PEERINGS = "TransitGatewayPeeringAttachments"
ROUTES = "TransitGatewayStaticRoutes"
PROPAGATIONS = "TransitGatewayPropagations"
LISTS = "TransitGatewayPrefixListReferences"


def gateway(id_: str = "tgw-1", references: str = "enable", **more: Any) -> Record:
    """A transit gateway."""
    options = {"SecurityGroupReferencingSupport": references}
    return {"TransitGatewayId": id_, "OwnerId": ACCOUNT, "State": "available", "Options": options, **more}


def attachment(
    id_: str, kind: str, resource: str, table_: str | None = "rtb-t", gateway_: str = "tgw-1", **more: Any
) -> Record:
    """An attachment of any type."""
    joined = {"Association": {"TransitGatewayRouteTableId": table_, "State": "associated"}} if table_ else {}
    ids = {"TransitGatewayAttachmentId": id_, "TransitGatewayId": gateway_, "ResourceOwnerId": ACCOUNT}
    return {**ids, "ResourceType": kind, "ResourceId": resource, "State": "available", **joined, **more}


def of_vpc(id_: str, vpc: str, *subnets: str, gateway_: str = "tgw-1", **options: str) -> Record:
    """The VPC's own side of an attachment."""
    ids = {"TransitGatewayAttachmentId": id_, "TransitGatewayId": gateway_, "VpcId": vpc, "VpcOwnerId": ACCOUNT}
    return {**ids, "State": "available", "SubnetIds": list(subnets), "Options": options}


def led(
    destination: str,
    attachment_: str | None,
    kind: str = "vpc",
    type_: str = "static",
    state: str = "active",
    **more: Any,
) -> Record:
    """A route of a gateway's table."""
    aims = [{"TransitGatewayAttachmentId": attachment_, "ResourceType": kind}] if attachment_ else []
    return {
        "DestinationCidrBlock": destination,
        "TransitGatewayAttachments": aims,
        "Type": type_,
        "State": state,
        **more,
    }


def routes(table_: str, *wanted: Record, more: bool = False) -> Record:
    """What a search in a table found."""
    return {"TransitGatewayRouteTableId": table_, "Routes": list(wanted), "AdditionalRoutesAvailable": more}


def propagations(table_: str, *wanted: tuple[str, str, str]) -> Record:
    """What is propagated into a table: (attachment, type, resource)."""
    listed = [
        {"TransitGatewayAttachmentId": id_, "ResourceType": kind, "ResourceId": resource, "State": "enabled"}
        for id_, kind, resource in wanted
    ]
    return {"TransitGatewayRouteTableId": table_, "TransitGatewayRouteTablePropagations": listed}


BOTH = (("att-1", "vpc", "vpc-1"), ("att-9", "vpc", "vpc-9"))


def transit() -> Record:
    """The whole network, everything working."""
    record = lab()
    record["VpcPeeringConnections"] = []
    record["Subnets"] += [subnet("subnet-att1", "10.0.50.0/28"), subnet("subnet-att9", "10.9.50.0/28", vpc="vpc-9")]
    record["NetworkAcls"] += [acl("acl-att1", "subnet-att1"), acl("acl-att9", "subnet-att9", vpc="vpc-9")]
    record["RouteTables"].append(table("rtb-main9", vpc="vpc-9", main=True))
    reroute(record, "rtb-pub", route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1"), route("10.9.0.0/16", "tgw-1"))
    reroute(
        record,
        "rtb-main",
        route("0.0.0.0/0", "nat-1"),
        route("10.9.0.0/16", "tgw-1"),
        route("192.168.0.0/16", "tgw-1"),
        route("172.16.0.0/12", "vgw-1", Origin="EnableVgwRoutePropagation"),
    )
    reroute(record, "rtb-peer", route("10.0.0.0/16", "tgw-1"), route("192.168.0.0/16", "tgw-1"))
    record[GATEWAYS] = [gateway()]
    record[ATTACHMENTS] = [
        attachment("att-1", "vpc", "vpc-1"),
        attachment("att-9", "vpc", "vpc-9"),
        attachment("att-vpn", "vpn", "vpn-1"),
    ]
    record[OF_VPCS] = [of_vpc("att-1", "vpc-1", "subnet-att1"), of_vpc("att-9", "vpc-9", "subnet-att9")]
    record[PEERINGS] = []
    record["TransitGatewayRouteTables"] = [{"TransitGatewayRouteTableId": "rtb-t", "TransitGatewayId": "tgw-1"}]
    record[ROUTES] = [routes("rtb-t", led("192.168.0.0/16", "att-vpn", "vpn"))]
    record[PROPAGATIONS] = [propagations("rtb-t", *BOTH)]
    record[LISTS] = []
    record["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}
    ]
    record["VpnConnections"] = [vpn("vpn-1", TransitGatewayId="tgw-1"), vpn("vpn-2", VpnGatewayId="vgw-1")]
    return record


def vpn(id_: str, *tunnels: str, **more: Any) -> Record:
    """A VPN connection, its tunnels UP unless told otherwise."""
    telemetry = [{"Status": status} for status in tunnels or ("UP", "DOWN")]
    return {"VpnConnectionId": id_, "State": "available", "VgwTelemetry": telemetry, "Options": {}, **more}


def change(record: Record, key: str, id_: str, **members: Any) -> Record:
    """Change members of one record."""
    ids = {
        ATTACHMENTS: "TransitGatewayAttachmentId",
        OF_VPCS: "TransitGatewayAttachmentId",
        GATEWAYS: "TransitGatewayId",
    }
    ids |= {"VpnGateways": "VpnGatewayId", "VpnConnections": "VpnConnectionId"}
    if key in ids:
        next(r for r in record[key] if r[ids[key]] == id_).update(members)
    else:
        find(record, key, id_).update(members)
    return record


def listing(record: Record, *wanted: Record) -> Record:
    """Give rtb-t these routes and no others, with both VPCs propagated."""
    record[ROUTES] = [routes("rtb-t", *wanted)]
    return record


def second_zone(record: Record) -> Record:
    """vpc-1 and vpc-9 get an attachment subnet in zone b: subnet-att1b 10.0.51.0/28, subnet-att9b 10.9.51.0/28."""
    zone = {"AvailabilityZone": "us-east-1b"}
    record["Subnets"] += [
        subnet("subnet-att1b", "10.0.51.0/28", **zone),
        subnet("subnet-att9b", "10.9.51.0/28", vpc="vpc-9", **zone),
    ]
    record["NetworkAcls"] += [acl("acl-att1b", "subnet-att1b"), acl("acl-att9b", "subnet-att9b", vpc="vpc-9")]
    change(record, OF_VPCS, "att-1", SubnetIds=["subnet-att1", "subnet-att1b"])
    return change(record, OF_VPCS, "att-9", SubnetIds=["subnet-att9", "subnet-att9b"])


def two_gateways() -> Record:
    """vpc-9 hangs on a second gateway in another Region, which is peered with the first."""
    record = transit()
    record[GATEWAYS].append(gateway("tgw-2"))
    record[ATTACHMENTS] = [
        attachment("att-1", "vpc", "vpc-1"),
        attachment("att-9", "vpc", "vpc-9", "rtb-t2", "tgw-2"),
        attachment("att-p", "peering", "tgw-2"),
        attachment("att-p", "peering", "tgw-1", "rtb-t2", "tgw-2"),
    ]
    record[OF_VPCS][1]["TransitGatewayId"] = "tgw-2"
    record[ROUTES] = [
        routes("rtb-t", led("10.9.0.0/16", "att-p", "peering")),
        routes("rtb-t2", led("10.0.0.0/16", "att-p", "peering")),
    ]
    record[PROPAGATIONS] = [propagations("rtb-t", BOTH[0]), propagations("rtb-t2", BOTH[1])]
    reroute(record, "rtb-peer", route("10.0.0.0/16", "tgw-2"))
    return record
