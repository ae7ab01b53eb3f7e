"""Transit gateways of AWS's records as resources of a state, and the same records with only what Terraform can say."""

from __future__ import annotations

import copy
from typing import Any

KEPT = (
    "TransitGateways", "TransitGatewayAttachments", "TransitGatewayVpcAttachments", "TransitGatewayRouteTables",
    "TransitGatewayStaticRoutes", "TransitGatewayPropagations",
)  # fmt: skip
KINDS = ("vpc", "vpn")
_ROUTES, _PROPAGATIONS = "Routes", "TransitGatewayRouteTablePropagations"


def keep_transit(network: dict[str, Any], found: dict[str, Any]) -> None:
    """Add to `found` what Terraform can say of the transit gateways: what works, of VPCs and VPN connections."""
    vpcs = {vpc["VpcId"] for vpc in found["Vpcs"]}
    subnets = {subnet["SubnetId"] for subnet in found["Subnets"]}
    kept = {key: copy.deepcopy(network[key]) for key in KEPT}
    for gateway in kept["TransitGateways"]:
        gateway["State"] = "available"
    attachments = [
        one
        for one in kept["TransitGatewayAttachments"]
        if one["ResourceType"] in KINDS and (one["ResourceType"] != "vpc" or one["ResourceId"] in vpcs)
    ]
    for one in attachments:
        one["State"] = "available"
        if one.get("Association", {}).get("State") != "associated":
            one.pop("Association", None)
    ids = {one["TransitGatewayAttachmentId"] for one in attachments}
    kept["TransitGatewayAttachments"] = attachments
    # Some tables are only told of by their routes, and none without its routes can be written.
    told = {one["TransitGatewayRouteTableId"] for one in kept["TransitGatewayStaticRoutes"]}
    gateway = kept["TransitGateways"][0]["TransitGatewayId"]
    known = {one["TransitGatewayRouteTableId"]: one["TransitGatewayId"] for one in kept["TransitGatewayRouteTables"]}
    kept["TransitGatewayRouteTables"] = [
        {"TransitGatewayRouteTableId": id_, "TransitGatewayId": known.get(id_, gateway)} for id_ in sorted(told)
    ]
    kept["TransitGatewayPropagations"] += [
        {"TransitGatewayRouteTableId": id_, _PROPAGATIONS: []}
        for id_ in sorted(told - {one["TransitGatewayRouteTableId"] for one in kept["TransitGatewayPropagations"]})
    ]
    kept["TransitGatewayVpcAttachments"] = [
        {**one, "State": "available", "SubnetIds": [s for s in one["SubnetIds"] if s in subnets]}
        for one in kept["TransitGatewayVpcAttachments"]
        if one["TransitGatewayAttachmentId"] in ids
    ]
    for listing in kept["TransitGatewayStaticRoutes"]:
        listing["AdditionalRoutesAvailable"] = False
        listing[_ROUTES] = [r for r in listing[_ROUTES] if r["Type"] == "static" and _aims(r) <= ids]
    for listing in kept["TransitGatewayPropagations"]:
        listing[_PROPAGATIONS] = [
            {**one, "State": "enabled"} for one in listing[_PROPAGATIONS] if one["TransitGatewayAttachmentId"] in ids
        ]
    found.update(kept)


def _aims(route: dict[str, Any]) -> set[str]:
    return {one["TransitGatewayAttachmentId"] for one in route.get("TransitGatewayAttachments", ())}


def add_transit(add: Any, network: dict[str, Any]) -> None:
    """The resources of the transit gateways."""
    for gateway in network.get("TransitGateways", ()):
        add("aws_ec2_transit_gateway", {
            "id": gateway["TransitGatewayId"], "default_route_table_association": "disable",
            "default_route_table_propagation": "disable",
            "security_group_referencing_support": gateway["Options"].get("SecurityGroupReferencingSupport", "disable"),
        })  # fmt: skip
    for table in network.get("TransitGatewayRouteTables", ()):
        id_ = table["TransitGatewayRouteTableId"]
        add("aws_ec2_transit_gateway_route_table", {"id": id_, "transit_gateway_id": table["TransitGatewayId"]})
    options = {one["TransitGatewayAttachmentId"]: one for one in network.get("TransitGatewayVpcAttachments", ())}
    for one in network.get("TransitGatewayAttachments", ()):
        id_ = one["TransitGatewayAttachmentId"]
        if one["ResourceType"] == "vpc":
            told = options[id_]
            add("aws_ec2_transit_gateway_vpc_attachment", {
                "id": id_, "transit_gateway_id": one["TransitGatewayId"], "vpc_id": one["ResourceId"],
                "subnet_ids": told["SubnetIds"], "ipv6_support": told["Options"].get("Ipv6Support", "disable"),
                "appliance_mode_support": told["Options"].get("ApplianceModeSupport", "disable"),
                "security_group_referencing_support": told["Options"].get("SecurityGroupReferencingSupport"),
            })  # fmt: skip
        else:
            add("aws_vpn_connection", {
                "id": one["ResourceId"], "transit_gateway_id": one["TransitGatewayId"], "vpn_gateway_id": "",
                "transit_gateway_attachment_id": id_, "static_routes_only": False,
            })  # fmt: skip
        if "Association" in one:
            add("aws_ec2_transit_gateway_route_table_association", {
                "transit_gateway_attachment_id": id_,
                "transit_gateway_route_table_id": one["Association"]["TransitGatewayRouteTableId"],
            })  # fmt: skip
    for listing in network.get("TransitGatewayStaticRoutes", ()):
        for route in listing[_ROUTES]:
            aims = sorted(_aims(route))
            add("aws_ec2_transit_gateway_route", {
                "transit_gateway_route_table_id": listing["TransitGatewayRouteTableId"], "blackhole": not aims,
                "destination_cidr_block": route["DestinationCidrBlock"],
                "transit_gateway_attachment_id": aims[0] if aims else "",
            })  # fmt: skip
    for listing in network.get("TransitGatewayPropagations", ()):
        for one in listing[_PROPAGATIONS]:
            add("aws_ec2_transit_gateway_route_table_propagation", {
                "transit_gateway_route_table_id": listing["TransitGatewayRouteTableId"],
                "transit_gateway_attachment_id": one["TransitGatewayAttachmentId"],
            })  # fmt: skip
