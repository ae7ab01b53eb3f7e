"""The small lab with a transit gateway in place of the peering, and ways to change it.

vpc-a: subnet-public (zone 1), subnet-private (zone 2), attached in hop-a1 and hop-a2 ┐
vpc-b: subnet-data (zone 1), attached in hop-b1                                       ┴ tgw-hub, tgw-rtb-hub
"""

from __future__ import annotations

from .changes import both
from .lab import ANY, acl, add_route, find, group, interface, lab, nat_gateway, nat_interface, route, subnet, table, vpc
from .records import Record

ZONES = {"public": 1, "private": 2, "data": 1, "hop-a1": 1, "hop-a2": 2, "hop-b1": 1}


def transit_lab() -> Record:
    """The network as drawn above."""
    network = lab()
    network["VpcPeeringConnections"] = []
    for number, name in enumerate(("hop-a1", "hop-a2")):
        network["Subnets"].append(subnet(name, "a", f"10.0.{100 + number}.0/24", f"2600:a:0:{10 + number}::/64"))
    network["Subnets"].append(subnet("hop-b1", "b", "10.1.100.0/24", "2600:b:0:10::/64"))
    for name, number in ZONES.items():
        find(network, f"subnet-{name}")["AvailabilityZoneId"] = f"euw1-az{number}"
    network |= {
        "TransitGateways": [{"TransitGatewayId": "tgw-hub", "State": "available", "Options": {}}],
        "TransitGatewayVpcAttachments": [],
        "TransitGatewayAttachments": [],
        "TransitGatewayPeeringAttachments": [],
        "TransitGatewayRouteTables": [],
        "TransitGatewayPropagations": [],
        "TransitGatewayStaticRoutes": [],
        "VpnGateways": [],
        "VpnConnections": [],
    }
    transit_table(network, "hub")
    attach(network, "a", "hop-a1", "hop-a2")
    attach(network, "b", "hop-b1")
    for name, far, far6 in (
        ("public", "10.1.0.0/16", "2600:b::/56"),
        ("main", "10.1.0.0/16", "2600:b::/56"),
        ("data", "10.0.0.0/16", "2600:a::/56"),
    ):
        add_route(network, name, far, "tgw-hub")
        add_route(network, name, far6, "tgw-hub")
    return network


def transit_table(network: Record, name: str) -> None:
    """A route table of the gateway, still empty."""
    key = {"TransitGatewayRouteTableId": f"tgw-rtb-{name}"}
    network["TransitGatewayRouteTables"].append({**key, "TransitGatewayId": "tgw-hub", "State": "available"})
    network["TransitGatewayPropagations"].append({**key, "TransitGatewayRouteTablePropagations": []})
    network["TransitGatewayStaticRoutes"].append({**key, "Routes": []})


def attach(network: Record, vpc: str, *subnets: str, gateway: str = "hub", table: str = "hub") -> None:
    """Attach a VPC, associate it and propagate it."""
    name = f"tgw-attach-{vpc}"
    key = {"TransitGatewayAttachmentId": name, "TransitGatewayId": f"tgw-{gateway}", "State": "available"}
    more = {"VpcId": f"vpc-{vpc}", "SubnetIds": [f"subnet-{each}" for each in subnets]}
    network["TransitGatewayVpcAttachments"].append({**key, **more, "Options": {"Ipv6Support": "enable"}})
    general(network, vpc, "vpc", f"vpc-{vpc}", gateway, table)
    for each in network["TransitGatewayPropagations"]:
        if each["TransitGatewayRouteTableId"] == f"tgw-rtb-{table}":
            each["TransitGatewayRouteTablePropagations"].append(propagation(vpc, "vpc", f"vpc-{vpc}"))


def general(network: Record, name: str, kind: str, resource: str, gateway: str, table: str) -> None:
    """What describe-transit-gateway-attachments says of an attachment."""
    association = {"TransitGatewayRouteTableId": f"tgw-rtb-{table}", "State": "associated"}
    record = {"TransitGatewayAttachmentId": f"tgw-attach-{name}", "TransitGatewayId": f"tgw-{gateway}"}
    record |= {"ResourceType": kind, "ResourceId": resource, "State": "available", "Association": association}
    network["TransitGatewayAttachments"].append(record)


def propagation(name: str, kind: str, resource: str) -> Record:
    """An attachment that propagates."""
    record = {"TransitGatewayAttachmentId": f"tgw-attach-{name}", "ResourceType": kind, "ResourceId": resource}
    return {**record, "State": "enabled"}


# ---------------------------------------- ways to change it


def hub(**options):
    """Options of the gateway."""
    return lambda network: network["TransitGateways"][0]["Options"].update(options)


def gateway_state(value):
    """The state of the gateway."""
    return lambda network: network["TransitGateways"][0].update(State=value)


def attachment(name, **new):
    """Other values for a VPC's attachment (`Options` are added to those that it has)."""

    def change(network):
        for each in network["TransitGatewayVpcAttachments"]:
            if each["TransitGatewayAttachmentId"] == f"tgw-attach-{name}":
                each["Options"].update(new.pop("Options", {}))
                each.update(new)

    return change


def attached_in(name, *subnets):
    """The subnets of a VPC's attachment."""
    return attachment(name, SubnetIds=[f"subnet-{each}" for each in subnets])


def association(name, value):
    """How an attachment is associated; None: not at all."""

    def change(network):
        for each in network["TransitGatewayAttachments"]:
            if each["TransitGatewayAttachmentId"] == f"tgw-attach-{name}":
                each.pop("Association")
                if value:
                    each["Association"] = value

    return change


def associated_with(name, table):
    """Another route table for an attachment."""
    return association(name, {"TransitGatewayRouteTableId": f"tgw-rtb-{table}", "State": "associated"})


def another_table(network):
    """A second table of the gateway, without routes."""
    transit_table(network, "other")


def unpropagated(*names):
    """Propagations taken away."""

    def change(network):
        for each in network["TransitGatewayPropagations"]:
            each["TransitGatewayRouteTablePropagations"] = [
                one
                for one in each["TransitGatewayRouteTablePropagations"]
                if one["TransitGatewayAttachmentId"] not in [f"tgw-attach-{name}" for name in names]
            ]

    return change


def propagating(name, kind, resource):
    """An attachment that propagates into the table."""
    return lambda network: network["TransitGatewayPropagations"][0]["TransitGatewayRouteTablePropagations"].append(
        propagation(name, kind, resource)
    )


def static(cidr, name, kind="vpc", table=0, **rest):
    """A static route of a table of the gateway; without an attachment a black hole."""

    def change(network):
        route = {"DestinationCidrBlock": cidr, "Type": "static", "State": "active" if name else "blackhole"}
        if name:
            leads = {"TransitGatewayAttachmentId": f"tgw-attach-{name}", "ResourceType": kind, "ResourceId": "x"}
            route["TransitGatewayAttachments"] = [leads]
        network["TransitGatewayStaticRoutes"][table]["Routes"].append({**route, **rest})

    return change


def attached_vpn(network):
    """A VPN connection on the gateway."""
    general(network, "vpn", "vpn", "vpn-1", "hub", "hub")


def forgotten(kind, key, value):
    """Leave one record of a kind out of the data."""
    return lambda network: network.update({kind: [each for each in network[kind] if each[key] != value]})


def two_zones_beyond(network):
    """The second VPC attached in two other zones than the senders', the second of which lets nothing out."""
    for name, number in (("hop-b2", 3), ("hop-b3", 4)):
        network["Subnets"].append(subnet(name, "b", f"10.1.{100 + number}.0/24", f"2600:b:0:{10 + number}::/64"))
        find(network, f"subnet-{name}")["AvailabilityZoneId"] = f"euw1-az{number}"
    attached_in("b", "hop-b2", "hop-b3", "hop-b1")(network)


def nat_beyond(network):
    """Everything from the first VPC goes out by a NAT gateway of the second, in the zone of its attachment."""
    gateway = nat_gateway()
    place = {"NetworkInterfaceId": "eni-nat-b", "PrivateIp": "10.1.1.200", "PublicIp": "3.0.0.201"}
    gateway |= {"NatGatewayId": "nat-b", "VpcId": "vpc-b", "SubnetId": "subnet-data", "NatGatewayAddresses": [place]}
    network["NatGateways"].append(gateway)
    network["NetworkInterfaces"].append({**nat_interface(), "NetworkInterfaceId": "eni-nat-b", "VpcId": "vpc-b"})
    network["NetworkInterfaces"][-1] |= {"SubnetId": "subnet-data", "PrivateIpAddress": "10.1.1.200"}
    network["NetworkInterfaces"][-1]["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.1.1.200", "Primary": True}]
    network["RouteTables"].append(table("hop-b", "b", ["hop-b1"], {ANY: "nat-b"}))
    add_route(network, "main", ANY, "tgw-hub")
    static(ANY, "b")(network)


def peered_gateway(same=True, state="available"):
    """Move the second VPC to a gateway of its own that is peered with the first one."""

    def change(network):
        network["TransitGateways"].append({"TransitGatewayId": "tgw-far", "State": "available", "Options": {}})
        transit_table(network, "far")
        for kind in ("TransitGatewayVpcAttachments", "TransitGatewayAttachments"):
            network[kind] = [each for each in network[kind] if each["TransitGatewayAttachmentId"] != "tgw-attach-b"]
        unpropagated("b")(network)
        attach(network, "b", "hop-b1", gateway="far", table="far")
        add_route(network, "data", "10.0.0.0/16", "tgw-far")
        theirs = "peer" if same else "peer-2"
        general(network, "peer", "peering", "tgw-far", "hub", "hub")
        general(network, theirs, "peering", "tgw-hub", "far", "far")
        record = {"TransitGatewayAttachmentId": "tgw-attach-peer", "State": state}
        record["RequesterTgwInfo"] = {"TransitGatewayId": "tgw-hub", "Region": "eu-west-1"}
        record["AccepterTgwInfo"] = {"TransitGatewayId": "tgw-far", "Region": "eu-west-1"}
        if not same:
            record["AccepterTransitGatewayAttachmentId"] = "tgw-attach-peer-2"
        network["TransitGatewayPeeringAttachments"].append(record)
        static("10.1.0.0/16", "peer", "peering")(network)
        static("10.0.0.0/16", theirs, "peering", table=1)(network)

    return change


def third_spoke(cidr="10.2.0.0/16"):
    """A third VPC on the gateway, with one host."""

    def change(network):
        host = str(cidr).replace(".0.0/16", ".1.10")
        block = str(cidr).replace(".0.0/16", ".1.0/24")
        network["Vpcs"].append(vpc("c", cidr, "2600:c::/56"))
        network["Subnets"].append({**subnet("spoke", "c", block, "2600:c:0:1::/64"), "AvailabilityZoneId": "euw1-az1"})
        network["NetworkInterfaces"].append(interface("spoke", "c", "spoke", host, "2600:c:0:1::10"))
        network["SecurityGroups"].append(group("spoke", "c"))
        network["NetworkAcls"].append({**acl("c", ["spoke"]), "VpcId": "vpc-c"})
        network["RouteTables"].append({"RouteTableId": "rtb-c", "VpcId": "vpc-c", "Associations": [{"Main": True}]})
        network["RouteTables"][-1]["Routes"] = [route(cidr, "local")]
        attach(network, "c", "spoke")

    return change


def vpn_gateway(state="attached", vpc="vpc-a"):
    """A virtual private gateway, and a route of the private subnet to what lies behind it."""

    def change(network):
        place = {"VpcId": vpc, "State": state}
        network["VpnGateways"].append({"VpnGatewayId": "vgw-a", "State": "available", "VpcAttachments": [place]})
        add_route(network, "main", "10.99.0.0/16", "vgw-a", Origin="EnableVgwRoutePropagation")

    return change


REFERENCED = both(hub(SecurityGroupReferencingSupport="enable"))
