"""Route tables."""

from __future__ import annotations

from .draft import INTERNET_V4, INTERNET_V6, Draft
from .draw_groups import prefix_list
from .records import Record

GATEWAYS = (("GatewayId", "vgw"), ("GatewayId", "vpce"))


def new_table(draft: Draft, vpc: str) -> Record:
    """A route table with the local routes."""
    record = draft.all("Vpcs", VpcId=vpc)[0]
    table: Record = {
        "RouteTableId": draft.new("rtb"),
        "VpcId": vpc,
        "OwnerId": record["OwnerId"],
        "Associations": [],
        "Routes": [],
    }
    for cidr in [*draft.v4_of(record), draft.v6_of(record)]:
        if cidr:
            add_route(draft, table, cidr, GatewayId="local")
            table["Routes"][-1]["Origin"] = "CreateRouteTable"
    table["PropagatingVgws"] = []
    draft.data["RouteTables"].append(table)
    return table


def add_route(draft: Draft, table: Record, destination: str, **rest: str) -> None:
    """One route; destinations are CIDRs or prefix lists."""
    key = (
        "DestinationPrefixListId"
        if destination.startswith("pl-")
        else "DestinationIpv6CidrBlock"
        if ":" in destination
        else "DestinationCidrBlock"
    )
    origin = rest.get("Origin", "CreateRoute")
    if any(each.get(key) == destination and each["Origin"] == origin for each in table["Routes"]):
        return
    table["Routes"].append({key: destination, "Origin": origin, "State": "active", **rest})


def route_tables(draft: Draft) -> None:
    """A main table per VPC, own tables for many subnets, and now and then one for the internet gateway."""
    for vpc in draft.data["Vpcs"]:
        name = vpc["VpcId"]
        subnets = draft.all("Subnets", VpcId=name)
        public = {
            nat["SubnetId"]
            for nat in draft.all("NatGateways", VpcId=name)
            if "SubnetId" in nat and nat["ConnectivityType"] == "public"
        }
        if draft.nat_instances:
            boxes = [each for each in draft.all("NetworkInterfaces", VpcId=name) if forwards(draft, each)]
            public |= {each["SubnetId"] for each in boxes}
        main = new_table(draft, name)
        main["Associations"].append(
            {"RouteTableAssociationId": draft.new("rtbassoc"), "RouteTableId": main["RouteTableId"], "Main": True}
        )
        fill(draft, main, vpc, draft.pick({"public": 65, "private": 25, "isolated": 10}))
        for subnet in subnets:
            nat_there = subnet["SubnetId"] in public
            if not nat_there and draft.chance(0.3):
                continue
            table = new_table(draft, name)
            association = {
                "RouteTableAssociationId": draft.new("rtbassoc"),
                "RouteTableId": table["RouteTableId"],
                "Main": False,
            }
            association |= {"SubnetId": subnet["SubnetId"], "AssociationState": {"State": "associated"}}
            table["Associations"].append(association)
            weights = (
                {"public": 95, "private": 3, "isolated": 2}
                if nat_there
                else {"public": 58, "private": 37, "isolated": 5}
            )
            fill(draft, table, vpc, draft.pick(weights))
        if draft.internet_gateway(name) and draft.chance(0.12):
            edge_table(draft, vpc, subnets)


def fill(draft: Draft, table: Record, vpc: Record, role: str) -> None:
    """The routes of a table with a role, and its mistakes."""
    gateway = draft.internet_gateway(vpc["VpcId"])
    if role == "public":
        if gateway:
            add_route(draft, table, "0.0.0.0/0", GatewayId=gateway)
            if draft.v6_of(vpc) and draft.chance(0.85):
                add_route(draft, table, "::/0", GatewayId=gateway)
        elif draft.chance(0.5):
            add_route(draft, table, "0.0.0.0/0", GatewayId=draft.new("igw"), State="blackhole")
    if role == "private" and draft.nat_instances and draft.chance(0.6):
        boxes = [each for each in draft.all("NetworkInterfaces", VpcId=vpc["VpcId"]) if forwards(draft, each)]
        if boxes:
            add_route(draft, table, "0.0.0.0/0", NetworkInterfaceId=draft.rng.choice(boxes)["NetworkInterfaceId"])
    if role == "private":
        nats = draft.all("NatGateways", VpcId=vpc["VpcId"])
        if nats:
            nat = draft.rng.choice(nats)
            state = "blackhole" if nat["State"] in ("deleting", "failed") and draft.chance(0.5) else "active"
            add_route(draft, table, "0.0.0.0/0", NatGatewayId=nat["NatGatewayId"], State=state)
        for each in draft.data["EgressOnlyInternetGateways"]:
            if each["Attachments"][0]["VpcId"] == vpc["VpcId"] and draft.chance(0.9):
                add_route(draft, table, "::/0", EgressOnlyInternetGatewayId=each["EgressOnlyInternetGatewayId"])
    peering_routes(draft, table, vpc)
    for _ in range(draft.pick({0: 60, 1: 28, 2: 12})):
        odd_route(draft, table, vpc)


def peering_routes(draft: Draft, table: Record, vpc: Record) -> None:
    """Routes over the peerings: whole VPCs, parts of them, by prefix list; some are missing."""
    for peering, other in draft.peers(vpc["VpcId"]):
        name, code = peering["VpcPeeringConnectionId"], peering["Status"]["Code"]
        state = "active" if code == "active" or draft.chance(0.15) else "blackhole"
        peer = (draft.all("Vpcs", VpcId=other) or [None])[0]
        if peer is None:
            add_route(draft, table, "10.200.0.0/16", VpcPeeringConnectionId=name, State=state)
            continue
        style = draft.pick({"all": 70, "subnet": 8, "list": 10, "none": 12})
        if style == "all":
            for cidr in draft.v4_of(peer):
                add_route(draft, table, cidr, VpcPeeringConnectionId=name, State=state)
        elif style == "subnet":
            subnet = draft.rng.choice(draft.all("Subnets", VpcId=other))
            add_route(draft, table, subnet["CidrBlock"], VpcPeeringConnectionId=name, State=state)
        elif style == "list":
            add_route(
                draft, table, prefix_list(draft, "IPv4", draft.v4_of(peer)), VpcPeeringConnectionId=name, State=state
            )
        if draft.v6_of(peer) and draft.chance(0.75):
            add_route(draft, table, draft.v6_of(peer) or "", VpcPeeringConnectionId=name, State=state)


def odd_route(draft: Draft, table: Record, vpc: Record) -> None:
    """One route that is not in the textbook, if the VPC has what it leads to."""
    gateway = [{"GatewayId": each} for each in [draft.internet_gateway(vpc["VpcId"])] if each]
    nats = [{"NatGatewayId": each["NatGatewayId"]} for each in draft.all("NatGateways", VpcId=vpc["VpcId"])]
    enis = [{"NetworkInterfaceId": each} for each in middleboxes(draft, vpc["VpcId"])]
    tgw, vgw, vpce = ({key: draft.new(name)} for key, name in (("TransitGatewayId", "tgw"), *GATEWAYS))
    internet, state = draft.rng.choice(INTERNET_V4), "blackhole" if draft.chance(0.25) else "active"
    subnets = [each["CidrBlock"] for each in draft.all("Subnets", VpcId=vpc["VpcId"])]
    lists, lists_v6 = draft.lists_of("IPv4", internet=True), draft.lists_of("IPv6", internet=True)
    # What is routed, what it can be routed to, and how often that is drawn.
    choices: list[tuple[list[str], list[Record], float]] = [
        ([internet], [{**tgw, "State": "blackhole"}], 1),
        (["10.0.0.0/8", "0.0.0.0/0", internet, "::/0", "172.16.0.0/12"], [tgw], 1),
        (["0.0.0.0/0", "10.99.0.0/16", internet], [{**vgw, "Origin": "EnableVgwRoutePropagation"}], 1),
        (lists, [{**each, "State": state} for each in [tgw, *gateway]], 1),
        (lists_v6, [{**each, "State": state} for each in [tgw, *gateway]], 1),
        ([internet, "0.0.0.0/0"], enis, 1),
        (subnets, [*enis, *nats], 1),
        ([internet], gateway, 1),
        ([internet], nats, 1),
        (list(INTERNET_V6[:2]), [{**tgw, "State": state}], 1),
        (["10.99.0.0/16", "172.16.0.0/12"], [vgw], 1),
        (lists, [vpce], 1),
        (["local"], enis, 0.3),
    ]
    number = draft.pick({number: weight for number, (*_, weight) in enumerate(choices)})
    destinations, targets, _ = choices[number]
    if destinations == ["local"] and targets:
        retarget(table, draft.rng.choice(targets))
    elif destinations and targets:
        add_route(draft, table, draft.rng.choice(destinations), **draft.rng.choice(targets))


def middleboxes(draft: Draft, vpc: str) -> list[str]:
    """The interfaces that a route can lead to without making a NAT instance of theirs: those without a public
    address.
    """
    found = draft.all("NetworkInterfaces", VpcId=vpc, InterfaceType="interface", RequesterManaged=False)
    enis = [each["NetworkInterfaceId"] for each in found]
    return [each for each in enis if draft.nat_instances or not draft.has_public(each)]


def forwards(draft: Draft, interface: Record) -> bool:
    """Whether an interface can be a NAT instance's: attached, a public address, and no source/destination check."""
    ours = not interface["RequesterManaged"] and interface["Status"] == "in-use"
    return ours and not interface["SourceDestCheck"] and draft.has_public(interface["NetworkInterfaceId"])


def retarget(table: Record, target: Record) -> None:
    """Lead a local route to an interface."""
    for route in table["Routes"]:
        if route.get("GatewayId") == "local" and "DestinationCidrBlock" in route:
            del route["GatewayId"]
            route.update(target)
            return


def edge_table(draft: Draft, vpc: Record, subnets: list[Record]) -> None:
    """A route table for the internet gateway itself."""
    table = new_table(draft, vpc["VpcId"])
    association = {
        "RouteTableAssociationId": draft.new("rtbassoc"),
        "RouteTableId": table["RouteTableId"],
        "Main": False,
    }
    association |= {"GatewayId": draft.internet_gateway(vpc["VpcId"]), "AssociationState": {"State": "associated"}}
    table["Associations"].append(association)
    if draft.chance(0.6):
        subnet = draft.rng.choice(subnets)
        enis = [
            each["NetworkInterfaceId"]
            for each in draft.all(
                "NetworkInterfaces", VpcId=vpc["VpcId"], InterfaceType="interface", RequesterManaged=False
            )
        ]
        target = (
            {"NetworkInterfaceId": draft.rng.choice(enis)}
            if enis and draft.chance(0.5)
            else {"GatewayId": draft.new("vpce")}
        )
        add_route(draft, table, subnet["CidrBlock"], **target, State="blackhole" if draft.chance(0.15) else "active")
