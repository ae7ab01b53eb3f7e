"""Transit gateways with their attachments and route tables, and virtual private gateways."""

from __future__ import annotations

from ipaddress import ip_network

from .draft import REGION, Draft
from .draw_hosts import managed_interface
from .draw_routes import add_route
from .records import Record

STATES = {"available": 94, "pendingAcceptance": 2, "deleting": 2, "failed": 1, "rejected": 1}


def transit(draft: Draft) -> None:
    """One gateway for all VPCs, or two that are peered; and what is attached to them."""
    gateways = [new_gateway(draft) for _ in range(2 if draft.size > 1 and draft.chance(0.25) else 1)]
    for number, vpc in enumerate(draft.data["Vpcs"]):
        if draft.chance(0.95):
            attach_vpc(draft, gateways[number % len(gateways)], vpc)
    drop_peerings(draft)
    for gateway in gateways:
        if draft.chance(0.25):
            attach_vpn(draft, gateway)
    if len(gateways) > 1:
        attach_peer(draft, *gateways)
    for gateway in gateways:
        for _ in range(draft.pick({1: 70, 2: 30})):
            new_table(draft, gateway)
        associate(draft, gateway)
    for table in draft.data["TransitGatewayRouteTables"]:
        routes(draft, table)
    for vpc in draft.data["Vpcs"]:
        if draft.chance(0.25):
            vpn_gateway(draft, vpc["VpcId"])


def new_gateway(draft: Draft) -> Record:
    """A transit gateway; now and then one that is gone."""
    gateway = {
        "TransitGatewayId": draft.new("tgw"),
        "OwnerId": "111111111111",
        "State": "available" if draft.chance(0.98) else "deleted",
        "Options": {"DefaultRouteTableAssociation": "enable"},
    }
    support = draft.pick({"enable": 60, "disable": 25, None: 15})
    if support:
        gateway["Options"]["SecurityGroupReferencingSupport"] = support
    draft.data["TransitGateways"].append(gateway)
    return gateway


def new_attachment(draft: Draft, gateway: Record, resource: str, kind: str, state: str, name: str = "") -> Record:
    """How describe-transit-gateway-attachments tells of an attachment."""
    record: Record = {
        "TransitGatewayAttachmentId": name or draft.new("tgw-attach"),
        "TransitGatewayId": gateway["TransitGatewayId"],
        "ResourceType": kind,
        "ResourceId": resource,
        "State": state,
    }
    draft.data["TransitGatewayAttachments"].append(record)
    return record


def attach_vpc(draft: Draft, gateway: Record, vpc: Record) -> None:
    """Attach a VPC, in one subnet of every zone or in less."""
    record = new_attachment(draft, gateway, vpc["VpcId"], "vpc", draft.pick(STATES))
    name = record["TransitGatewayAttachmentId"]
    zones: dict[str, list[Record]] = {}
    for subnet in draft.all("Subnets", VpcId=vpc["VpcId"]):
        zones.setdefault(subnet["AvailabilityZone"], []).append(subnet)
    chosen = [zone for zone in sorted(zones) if draft.chance(0.9)] or [draft.rng.choice(sorted(zones))]
    subnets = [own_subnet(draft, vpc, z) if draft.chance(0.45) else draft.rng.choice(zones[z]) for z in chosen]
    options: Record = {"DnsSupport": "enable", "Ipv6Support": "enable" if draft.chance(0.8) else "disable"}
    if draft.chance(0.6):
        options["SecurityGroupReferencingSupport"] = "enable" if draft.chance(0.8) else "disable"
    if draft.chance(0.1):
        options["ApplianceModeSupport"] = "enable"
    draft.data["TransitGatewayVpcAttachments"].append(
        {
            "TransitGatewayAttachmentId": name,
            "TransitGatewayId": gateway["TransitGatewayId"],
            "VpcId": vpc["VpcId"],
            "VpcOwnerId": vpc["OwnerId"],
            "State": record["State"],
            "SubnetIds": [each["SubnetId"] for each in subnets],
            "Options": options,
        }
    )
    for subnet in subnets:
        interface = managed_interface(draft, subnet, "transit_gateway")
        interface["Description"] = f"Network Interface for Transit Gateway Attachment {name}"


def own_subnet(draft: Draft, vpc: Record, zone: str) -> Record:
    """A subnet for nothing but the attachment, as AWS advises."""
    number = 11 + "ab".index(zone[-1])
    subnet: Record = {
        "SubnetId": draft.new("subnet"),
        "VpcId": vpc["VpcId"],
        "CidrBlock": str(list(ip_network(draft.v4_of(vpc)[0]).subnets(new_prefix=24))[number]),
        "OwnerId": vpc["OwnerId"],
        "AvailabilityZone": zone,
        "AvailabilityZoneId": f"euw1-az{number - 10}",
        "State": "available",
        "MapPublicIpOnLaunch": False,
    }
    if draft.v6_of(vpc):
        block = str(list(ip_network(draft.v6_of(vpc) or "").subnets(new_prefix=64))[number])
        subnet["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"}}
        ]
    draft.data["Subnets"].append(subnet)
    return subnet


def drop_peerings(draft: Draft) -> None:
    """No peering between VPCs that a transit gateway joins: which of the two a reference between groups means then
    is written nowhere.
    """
    attached = {each["VpcId"] for each in draft.data["TransitGatewayVpcAttachments"]}
    draft.data["VpcPeeringConnections"] = [
        each
        for each in draft.data["VpcPeeringConnections"]
        if not {each["RequesterVpcInfo"]["VpcId"], each["AccepterVpcInfo"]["VpcId"]} <= attached
    ]


def attach_vpn(draft: Draft, gateway: Record) -> None:
    """Attach something that leads out of the known network."""
    kind, prefix = draft.rng.choice((("vpn", "vpn"), ("direct-connect-gateway", "dxgw")))
    new_attachment(draft, gateway, draft.new(prefix), kind, "available")


def attach_peer(draft: Draft, one: Record, other: Record) -> None:
    """Peer two gateways, each of which has an attachment of its own."""
    state = draft.pick({"available": 90, "pendingAcceptance": 10})
    mine = new_attachment(draft, one, other["TransitGatewayId"], "peering", state)
    same = draft.chance(0.5)
    theirs = new_attachment(
        draft,
        other,
        one["TransitGatewayId"],
        "peering",
        state,
        mine["TransitGatewayAttachmentId"] if same else "",
    )
    record = {"TransitGatewayAttachmentId": mine["TransitGatewayAttachmentId"], "State": state}
    if not same:
        record["AccepterTransitGatewayAttachmentId"] = theirs["TransitGatewayAttachmentId"]
    for side, gateway in (("RequesterTgwInfo", one), ("AccepterTgwInfo", other)):
        record[side] = {
            "TransitGatewayId": gateway["TransitGatewayId"],
            "OwnerId": gateway["OwnerId"],
            "Region": REGION,
        }
    draft.data["TransitGatewayPeeringAttachments"].append(record)


def new_table(draft: Draft, gateway: Record) -> None:
    """A route table of a gateway, still without routes."""
    name = draft.new("tgw-rtb")
    draft.data["TransitGatewayRouteTables"].append(
        {
            "TransitGatewayRouteTableId": name,
            "TransitGatewayId": gateway["TransitGatewayId"],
            "State": "available",
        }
    )
    draft.data["TransitGatewayStaticRoutes"].append(
        {"TransitGatewayRouteTableId": name, "Routes": [], "AdditionalRoutesAvailable": False}
    )
    draft.data["TransitGatewayPropagations"].append(
        {"TransitGatewayRouteTableId": name, "TransitGatewayRouteTablePropagations": []}
    )


def attachments_of(draft: Draft, gateway: str, *kinds: str) -> list[Record]:
    """What is attached to a gateway and available, of some kinds."""
    found = draft.all("TransitGatewayAttachments", TransitGatewayId=gateway, State="available")
    return [each for each in found if not kinds or each["ResourceType"] in kinds]


def associate(draft: Draft, gateway: Record) -> None:
    """Associate the attachments with route tables; some are forgotten."""
    tables = draft.all("TransitGatewayRouteTables", TransitGatewayId=gateway["TransitGatewayId"])
    for each in attachments_of(draft, gateway["TransitGatewayId"]):
        if draft.chance(0.97):
            table = tables[0] if draft.chance(0.8) else draft.rng.choice(tables)
            each["Association"] = {
                "TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"],
                "State": "associated" if draft.chance(0.98) else "disassociating",
            }


def routes(draft: Draft, table: Record) -> None:
    """The routes of a table: propagated, static, and mistaken ones."""
    name, gateway = table["TransitGatewayRouteTableId"], table["TransitGatewayId"]
    listing = draft.all("TransitGatewayStaticRoutes", TransitGatewayRouteTableId=name)[0]["Routes"]
    attached = attachments_of(draft, gateway, "vpc", "vpn", "direct-connect-gateway")
    everything = draft.chance(0.35 if all(each["ResourceType"] == "vpc" for each in attached) else 0.85)
    for each in attached:
        if draft.chance(0.94):
            propagate(draft, name, each, everything=everything)
    vpcs = attachments_of(draft, gateway, "vpc")
    for peer in attachments_of(draft, gateway, "peering"):
        for far in attachments_of(draft, peer["ResourceId"], "vpc"):
            if draft.chance(0.9):
                vpc = draft.all("Vpcs", VpcId=far["ResourceId"])[0]
                for cidr in [*draft.v4_of(vpc), draft.v6_of(vpc)]:
                    static(listing, cidr, peer)
    if vpcs and draft.chance(0.75):
        exits = exits_of(draft, gateway)
        static(listing, "0.0.0.0/0", exits[0] if exits and draft.chance(0.9) else draft.rng.choice(vpcs))
    for _ in range(draft.pick({0: 60, 1: 28, 2: 12})):
        odd_route(draft, listing, attachments_of(draft, gateway))


def nats_of(draft: Draft, vpc: str) -> list[Record]:
    """The NAT gateways of a VPC that work."""
    return draft.all("NatGateways", VpcId=vpc, State="available")


def exits_of(draft: Draft, gateway: str) -> list[Record]:
    """The attachments of the VPCs with NAT gateways."""
    return [each for each in attachments_of(draft, gateway, "vpc") if nats_of(draft, each["ResourceId"])]


def propagate(draft: Draft, table: str, attachment: Record, *, everything: bool) -> None:
    """Let an attachment propagate into a table, unless it overlaps with what is there: AWS refuses that.
    `everything`: the search for routes found the propagated ones as well.
    """
    propagation = draft.all("TransitGatewayPropagations", TransitGatewayRouteTableId=table)[0]
    listing = draft.all("TransitGatewayStaticRoutes", TransitGatewayRouteTableId=table)[0]["Routes"]
    there = propagation["TransitGatewayRouteTablePropagations"]
    if attachment["ResourceType"] == "vpc":
        vpc = draft.all("Vpcs", VpcId=attachment["ResourceId"])[0]
        for each in there:
            other = draft.all("Vpcs", VpcId=each["ResourceId"])
            if any(
                ip_network(mine).overlaps(ip_network(theirs))
                for record in other
                for mine in draft.v4_of(vpc)
                for theirs in draft.v4_of(record)
            ):
                return
        cidrs = draft.v4_of(vpc)
    else:
        cidrs = [draft.rng.choice(("10.99.0.0/16", "192.168.200.0/24", "10.0.0.0/8"))]
    there.append(
        {
            "TransitGatewayAttachmentId": attachment["TransitGatewayAttachmentId"],
            "ResourceId": attachment["ResourceId"],
            "ResourceType": attachment["ResourceType"],
            "State": "enabled" if draft.chance(0.97) else "disabling",
        }
    )
    if (everything or attachment["ResourceType"] != "vpc") and there[-1]["State"] == "enabled":
        for cidr in cidrs:
            if everything:
                static(listing, cidr, attachment, Type="propagated")


def static(listing: list[Record], cidr: str | None, attachment: Record | None, **rest: str) -> None:
    """One route, if none leads to that network yet; without an attachment a black hole."""
    if cidr is None or any(each["DestinationCidrBlock"] == cidr for each in listing):
        return
    route: Record = {"DestinationCidrBlock": cidr, "Type": "static", "State": "active" if attachment else "blackhole"}
    if attachment:
        told = ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")
        route["TransitGatewayAttachments"] = [{key: attachment[key] for key in told}]
    listing.append({**route, **rest})


def odd_route(draft: Draft, listing: list[Record], attachments: list[Record]) -> None:
    """A static route that is not in the textbook."""
    subnet = draft.rng.choice(draft.data["Subnets"])
    vpc = draft.rng.choice(draft.data["Vpcs"])
    cidr = draft.rng.choice([subnet["CidrBlock"], subnet["CidrBlock"], vpc["CidrBlock"], "10.0.0.0/8", "10.99.0.0/16"])
    right = [each for each in attachments if each["ResourceId"] == subnet["VpcId"]]
    style = draft.pick({"blackhole": 35, "right": 35, "wrong": 30})
    if style == "blackhole":
        static(listing, cidr, None)
    elif style == "right" and right:
        static(listing, subnet["CidrBlock"], right[0])
    elif attachments:
        static(listing, cidr, draft.rng.choice(attachments))


def vpn_gateway(draft: Draft, vpc: str) -> None:
    """A virtual private gateway with a connection, attached or not any more."""
    state = "attached" if draft.chance(0.75) else "detached"
    gateway = {
        "VpnGatewayId": draft.new("vgw"),
        "State": "available",
        "Type": "ipsec.1",
        "VpcAttachments": [{"VpcId": vpc, "State": state}],
    }
    draft.data["VpnGateways"].append(gateway)
    draft.data["VpnConnections"].append(
        {
            "VpnConnectionId": draft.new("vpn"),
            "VpnGatewayId": gateway["VpnGatewayId"],
            "State": "available",
            "Routes": [],
            "VgwTelemetry": [{"Status": "UP", "OutsideIpAddress": "198.18.0.1"}],
        }
    )


def transit_routes(draft: Draft) -> None:
    """Routes to the gateways in every table of a subnet."""
    for table in draft.data["RouteTables"]:
        if not any(each.get("GatewayId") for each in table["Associations"]):
            for attachment in draft.all("TransitGatewayVpcAttachments", VpcId=table["VpcId"]):
                routes_over(draft, table, attachment)
                way_out(draft, table, attachment)
            routes_beyond(draft, table)


def to_exit(draft: Draft, attachment: Record, *, public: bool) -> float:
    """How often a table leads everything to the gateway: mostly where another VPC is the way out of this one."""
    exits = [each["ResourceId"] for each in exits_of(draft, attachment["TransitGatewayId"])]
    if not exits or exits[0] == attachment["VpcId"]:
        return 0.05
    return 0.3 if public else 0.75


def way_out(draft: Draft, table: Record, attachment: Record) -> None:
    """What the other VPCs send to the internet goes on from an attachment's own subnet by a NAT gateway."""
    named = [each.get("SubnetId") for each in table["Associations"]]
    nats = nats_of(draft, table["VpcId"])
    theirs = any(each.get("SubnetId") in named for each in nats)
    if nats and not theirs and any(each in named for each in attachment["SubnetIds"]) and draft.chance(0.7):
        table["Routes"] = [each for each in table["Routes"] if each.get("DestinationCidrBlock") != "0.0.0.0/0"]
        add_route(draft, table, "0.0.0.0/0", NatGatewayId=draft.rng.choice(nats)["NatGatewayId"])


def routes_over(draft: Draft, table: Record, attachment: Record) -> None:
    """Routes to a transit gateway: to everything, to all private networks, to the other VPCs one by one."""
    state = "active" if attachment["State"] == "available" or draft.chance(0.3) else "blackhole"
    target = {"TransitGatewayId": attachment["TransitGatewayId"], "State": state}
    default = [each for each in table["Routes"] if each.get("DestinationCidrBlock") == "0.0.0.0/0"]
    if draft.chance(to_exit(draft, attachment, public=any("GatewayId" in each for each in default))):
        table["Routes"] = [each for each in table["Routes"] if each not in default]
        add_route(draft, table, "0.0.0.0/0", **target)
    style = draft.pick({"private": 40, "exact": 45, "none": 8, "some": 7})
    others = [each for each in draft.data["Vpcs"] if each["VpcId"] != attachment["VpcId"]]
    for other in others if style in ("exact", "private") else others[:1] if style == "some" else []:
        for cidr in draft.v4_of(other) if style != "private" else ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]:
            add_route(draft, table, cidr, **target)
        if draft.v6_of(other) and draft.chance(0.85):
            add_route(draft, table, draft.v6_of(other) or "", **target)


def routes_beyond(draft: Draft, table: Record) -> None:
    """Routes to a virtual private gateway."""
    for gateway in draft.data["VpnGateways"]:
        if table["VpcId"] in [each["VpcId"] for each in gateway["VpcAttachments"]] and draft.chance(0.5):
            cidr = draft.rng.choice(("10.99.0.0/16", "192.0.2.0/28"))
            add_route(draft, table, cidr, GatewayId=gateway["VpnGatewayId"], Origin="EnableVgwRoutePropagation")
