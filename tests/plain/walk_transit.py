"""Over transit gateways, and out by virtual private gateways.

A packet enters a transit gateway through the attachment of the VPC that it comes from, in its own zone. The route
table that is *associated* with that attachment decides where it goes; what is *propagated* into that table are routes.
It comes out in one of the subnets of the other attachment, whose own route table leads on (Transit Gateway guide,
how-transit-gateways-work). Of the zone in which it comes out AWS says only that traffic stays in the zone that it comes
from where it can; else all zones of the attachment are tried.
"""

from __future__ import annotations

from dataclasses import replace

from .records import BlockedError, OpaqueError, Packet, Place, Record, UndocumentedError, inside, listed, network_of
from .routing import Routing

IN_FORCE = ("active", "blackhole")
STATIC, BY_LIST, PROPAGATED = 2, 1, 0
# Routes of the same network that were propagated: the later here, the less it counts.
PROPAGATORS = ("vpc", "direct-connect-gateway", "connect", "vpn")


class Transit(Routing):
    """Hops by a gateway that joins a VPC to what is not its peer."""

    def through_vpn(self, vpc: str, name: str) -> None:
        """By a virtual private gateway: what lies behind it is not known."""
        gateway = self.find("VpnGateways", "VpnGatewayId", name)
        if gateway is None:
            raise OpaqueError(f"{name} is not in the data")
        if gateway.get("State") in ("deleting", "deleted"):
            raise BlockedError(f"{name} is {gateway['State']}")
        if not any(
            each.get("VpcId") == vpc and each.get("State") == "attached" for each in listed(gateway, "VpcAttachments")
        ):
            raise BlockedError(f"{name} is not attached to {vpc}")
        raise OpaqueError(f"what lies beyond {name} is not known")

    def through_transit(self, place: Place, name: str, packet: Packet) -> None:
        """Over a transit gateway, on from the subnet where it delivers, and all the way back."""
        self.send(self.carry(place, name, packet), packet)

    def goes_on(self, kind: str, name: str) -> None:
        """Drop what came over a transit gateway and goes on by a gateway that serves its own VPC only."""
        if kind in ("igw", "eigw", "vgw"):
            raise BlockedError(f"{name} carries nothing for addresses of another VPC")
        if kind in ("pcx", "tgw"):
            raise UndocumentedError(f"out of a transit gateway and on by {name}")

    def come_home(self, there: Place, reply: Packet, home: Place) -> None:
        """A reply by whatever way the route tables at its own end lead, to the place where the request came from."""
        self.network_acl(there, reply, egress=True)
        kind, name = self.follow(there, reply.destination)
        if kind == "tgw":
            self.home_by_transit(there, name, reply, home)
            return
        if not (kind == "pcx" and self.peer(name, there.vpc)["VpcId"] == home.vpc):
            self.back_by(kind, name, reply, there)
        self.network_acl(home, reply, egress=False)

    def home_by_transit(self, there: Place, name: str, reply: Packet, home: Place) -> None:
        """A reply over a transit gateway."""
        outlet = self.carry(there, name, reply)
        if outlet.vpc != home.vpc:
            raise BlockedError(f"the reply to {reply.destination} goes to {outlet.vpc}")
        if outlet.subnet == home.subnet:
            return  # Nothing judges what a transit gateway delivers in its own subnet.
        self.network_acl(outlet, reply, egress=True)
        kind, target = self.follow(outlet, reply.destination)
        if kind != "local":
            self.back_by(kind, target, reply, outlet)
        self.network_acl(home, reply, egress=False)

    # ---------------------------------------- through the gateway

    def carry(self, place: Place, name: str, packet: Packet) -> Place:
        """One way through a transit gateway (and those it is peered with): the place where the packet comes out."""
        self.gateway_up(name)
        entry = self.attachment_of(place.vpc, name)
        subnet = self.enter(place, entry, packet)
        transit, attachment, passed = name, entry["TransitGatewayAttachmentId"], {name}
        while True:
            target, resource = self.transit_route(self.associated(transit, attachment), packet.destination)
            if resource == "vpc":
                return self.outlet(place, entry, subnet, target, direct=transit == name)
            if resource not in ("peering", "tgw-peering"):
                raise OpaqueError(f"what lies beyond {target} is not known")
            transit, attachment = self.other_side(target, transit)
            self.gateway_up(transit)
            if transit in passed:
                raise BlockedError(f"{transit} is reached twice: a routing loop")
            passed.add(transit)

    def gateway_up(self, name: str) -> None:
        """Drop what goes to a transit gateway that is gone."""
        gateway = self.find("TransitGateways", "TransitGatewayId", name)
        if gateway is None:
            self.unsure.append(f"{name} is not in the data")
        elif gateway.get("State", "available") not in ("available", "modifying"):
            raise BlockedError(f"{name} is {gateway['State']}")

    def attachment_of(self, vpc: str, name: str) -> Record:
        """The attachment of a VPC to a transit gateway; one that was deleted may still be told of beside it."""
        ours = [
            each
            for each in self.all("TransitGatewayVpcAttachments")
            if each.get("VpcId") == vpc and each.get("TransitGatewayId") == name
        ]
        if not ours:
            raise OpaqueError(f"the attachment of {vpc} to {name} is not in the data")
        for each in ours:
            if each.get("State") == "available":
                return each
        raise BlockedError(f"{ours[0]['TransitGatewayAttachmentId']} is {ours[0].get('State')}")

    def zone(self, subnet: str | None) -> str:
        """The zone of a subnet, by the id that is the same in every account; a regional NAT gateway has none."""
        if subnet is None:
            raise UndocumentedError("the zone in which a regional NAT gateway enters a transit gateway")
        record = self.find("Subnets", "SubnetId", subnet)
        zone = (record or {}).get("AvailabilityZoneId") or (record or {}).get("AvailabilityZone")
        if not zone:
            raise OpaqueError(f"the zone of {subnet} is not in the data")
        return zone

    def enter(self, place: Place, entry: Record, packet: Packet) -> str:
        """Into a transit gateway by the attachment's subnet in the packet's own zone, past that subnet's ACL going
        in, even where the packet's own subnet is that one (Transit Gateway guide, tgw-nacls).
        """
        subnets = [each for each in listed(entry, "SubnetIds") if self.zone(each) == self.zone(place.subnet)]
        if not subnets:
            name = entry["TransitGatewayAttachmentId"]
            raise BlockedError(f"{name} has no subnet in the zone of {place.subnet}, {self.zone(place.subnet)}")
        self.network_acl(Place(subnets[0], place.vpc, subnets[0]), packet, egress=False)
        return subnets[0]

    def outlet(self, place: Place, entry: Record, subnet: str, target: str, *, direct: bool) -> Place:
        """Where a packet comes out: in its own zone if the other attachment has a subnet there (without appliance
        mode, and not over a peering), else in any.
        """
        attachment = self.find("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", target)
        if attachment is None:
            raise OpaqueError(f"{target} is not in the data")
        if attachment.get("State") != "available":
            raise BlockedError(f"{target} is {attachment.get('State')}")
        if target == entry["TransitGatewayAttachmentId"]:
            raise UndocumentedError(f"out of {target}, where it came in")
        subnets = listed(attachment, "SubnetIds")
        near = [each for each in subnets if self.zone(each) == self.zone(subnet)]
        appliance = (attachment.get("Options") or {}).get("ApplianceModeSupport") == "enable"
        options = near if near and direct and not appliance else subnets
        if not options:
            raise OpaqueError(f"the subnets of {target} are not in the data")
        chosen = self.picks.any(("outlet", target), sorted(options))
        told = direct and place.origin is None and self.tells_groups(entry, attachment)
        return Place(
            target,
            attachment["VpcId"],
            chosen,
            interface=place.interface if told else None,
            path=place.path,
            origin=place.origin or replace(place, path=()),
        )

    def tells_groups(self, entry: Record, attachment: Record) -> bool:
        """Whether groups of one VPC can refer to groups of the other: off on a gateway and on at an attachment where
        nothing is said (Transit Gateway guide, tgw-vpc-attachments).
        """
        for each in (entry, attachment):
            if (each.get("Options") or {}).get("SecurityGroupReferencingSupport", "enable") != "enable":
                return False
        gateway = self.find("TransitGateways", "TransitGatewayId", entry["TransitGatewayId"])
        options = (gateway or {}).get("Options") or {}
        # A gateway that is not in the data leaves everything unknown already.
        return gateway is None or options.get("SecurityGroupReferencingSupport", "disable") == "enable"

    def other_side(self, name: str, transit: str) -> tuple[str, str]:
        """The transit gateway on the other side of a peering attachment, and the attachment's name there."""
        for record in self.all("TransitGatewayPeeringAttachments"):
            names = {
                "RequesterTgwInfo": record["TransitGatewayAttachmentId"],
                "AccepterTgwInfo": record.get("AccepterTransitGatewayAttachmentId")
                or record["TransitGatewayAttachmentId"],
            }
            if name not in names.values():
                continue
            if record.get("State") != "available":
                raise BlockedError(f"{name} is {record.get('State')}")
            for side, attachment in names.items():
                other = (record.get(side) or {}).get("TransitGatewayId")
                if other and other != transit:
                    return other, attachment
        raise OpaqueError(f"{name} is not in the data")

    # ---------------------------------------- its route tables

    def associated(self, transit: str, attachment: str) -> str:
        """The route table that decides for what comes in by an attachment."""
        for record in self.all("TransitGatewayAttachments"):
            if record.get("TransitGatewayAttachmentId") != attachment or record.get("TransitGatewayId") != transit:
                continue
            if record.get("State") != "available":
                raise BlockedError(f"{attachment} is {record.get('State')}")
            association = record.get("Association") or {}
            if association.get("TransitGatewayPolicyTableId"):
                raise OpaqueError(f"a policy table decides for {attachment}")
            if association.get("State") != "associated" or not association.get("TransitGatewayRouteTableId"):
                raise BlockedError(f"{attachment} is associated with no route table")
            return association["TransitGatewayRouteTableId"]
        raise OpaqueError(f"{attachment} is not in the data")

    def transit_route(self, table: str, text: str) -> tuple[str, str]:
        """The attachment that the longest prefix leads to, and what is attached by it; static beats prefix list beats
        propagated on a tie.
        """
        listing = self.find("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId", table)
        propagation = self.find("TransitGatewayPropagations", "TransitGatewayRouteTableId", table)
        if listing is None or propagation is None:
            raise OpaqueError(f"the routes of {table} are not in the data")
        found: list[tuple[tuple[int, int], tuple[str, str]]] = []
        for route in listed(listing, "Routes"):
            cidr = route.get("DestinationCidrBlock") or ""
            if route.get("State", "active") in IN_FORCE and cidr and inside(text, cidr):
                found.append(((network_of(cidr).prefixlen, rank_of(route)), next_of(route)))
        found += self.propagated(listing, propagation, text)
        if not found:
            raise BlockedError(f"{table} has no route to {text}")
        best = max(order for order, _ in found)
        targets = {target for order, target in found if order == best}
        if len(targets) > 1:
            raise UndocumentedError(f"{table} has several routes to {text}")
        target = targets.pop()
        if not target[0]:
            raise BlockedError(f"the route of {table} to {text} is a black hole")
        return target

    def propagated(
        self, listing: Record, propagation: Record, text: str
    ) -> list[tuple[tuple[int, int], tuple[str, str]]]:
        """The propagated routes that hold an address: a VPC's own CIDRs (IPv6 ones only with the attachment's IPv6
        support on), and of other attachments what the search for routes found.
        """
        found = []
        everything = any(route.get("Type") == "propagated" for route in listed(listing, "Routes"))
        for each in listed(propagation, "TransitGatewayRouteTablePropagations"):
            name, resource = each["TransitGatewayAttachmentId"], each.get("ResourceType")
            if each.get("State") != "enabled":
                continue
            if resource != "vpc":
                if not everything:
                    raise OpaqueError(f"the routes that {name} propagates are not in the data")
                continue
            cidrs = self.vpc_cidrs(each["ResourceId"])
            attachment = self.find("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", name)
            if not cidrs or attachment is None:
                raise OpaqueError(f"the CIDRs that {name} propagates are not in the data")
            if (attachment.get("Options") or {}).get("Ipv6Support") != "enable":
                cidrs = [cidr for cidr in cidrs if network_of(cidr).version == 4]
            found += [((network_of(cidr).prefixlen, PROPAGATED), (name, "vpc")) for cidr in cidrs if inside(text, cidr)]
        if len({target for _, target in found}) > 1:
            raise UndocumentedError(f"of overlapping VPCs only the first is propagated: {text}")
        return found


def rank_of(route: Record) -> int:
    """What a route counts for against others to the same network (Transit Gateway guide, how-transit-gateways-work)."""
    if route.get("Type") == "propagated":
        resource = next_of(route)[1]
        return PROPAGATED - (PROPAGATORS.index(resource) if resource in PROPAGATORS else len(PROPAGATORS))
    return BY_LIST if route.get("PrefixListId") else STATIC


def next_of(route: Record) -> tuple[str, str]:
    """The attachment that a route leads to, with the type of what is attached; empty for a black hole, and "several"
    for a route that is spread over some.
    """
    attachments = listed(route, "TransitGatewayAttachments")
    if route.get("State") == "blackhole" or not attachments:
        return "", ""
    if len(attachments) > 1:
        return ", ".join(sorted(each["TransitGatewayAttachmentId"] for each in attachments)), "several"
    return attachments[0]["TransitGatewayAttachmentId"], attachments[0].get("ResourceType") or "vpc"
