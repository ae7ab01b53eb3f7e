"""Route tables, and what stands at the other end of a route."""

from __future__ import annotations

from .filters import Filters
from .records import (
    BlockedError,
    OpaqueError,
    Packet,
    Place,
    Record,
    address,
    associations,
    inside,
    listed,
    network_of,
    owns,
    place_of,
    target_of,
)


class Routing(Filters):
    """The next hop of a packet."""

    def table(self, place: Place) -> Record:
        """The route table that decides for what leaves a place."""
        if place.nat is not None and place.subnet is None:
            table = self.find("RouteTables", "RouteTableId", place.nat.get("RouteTableId") or "")
            if table is None:
                raise OpaqueError(f"the route table of {place.name} is not in the data")
            return table
        for table in self.all("RouteTables"):
            if any(each.get("SubnetId") == place.subnet for each in associations(table)):
                return table
        for table in self.all("RouteTables"):
            if table.get("VpcId") == place.vpc and any(each.get("Main") for each in associations(table)):
                return table
        raise OpaqueError(f"the route table of {place.subnet} is not in the data")

    def best_route(self, table: Record, text: str) -> tuple[str, str] | None:
        """What the longest prefix that holds the address leads to, or None; static beats prefix list beats
        propagated on a tie.
        """
        found: list[tuple[tuple[int, int], tuple[str, str]]] = []
        perhaps: list[tuple[str, str]] = []
        for route in listed(table, "Routes"):
            cidrs, rank = [route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")], 2
            if route.get("Origin") in ("EnableVgwRoutePropagation", "Advertisement"):
                rank = 0
            if route.get("DestinationPrefixListId"):
                prefix_list, rank = route["DestinationPrefixListId"], 1
                if self.list_admits(prefix_list, text) is None:
                    perhaps.append(target_of(route))
                    continue
                cidrs = [entry["Cidr"] for entry in (self.network.get("PrefixListEntries") or {}).get(prefix_list, [])]
            lengths = [network_of(cidr).prefixlen for cidr in cidrs if inside(text, cidr)]
            found += [((length, rank), target_of(route)) for length in lengths]
        best = max((order for order, _ in found), default=None)
        targets = {target for order, target in found if order == best}
        # A list's entries can be any networks, but no longer than one address, and nothing inside the VPC's own
        # CIDRs: there AWS takes only routes for whole subnets (VPC user guide, subnet-route-tables).
        own = ("local", "") in targets or any(inside(text, cidr) for cidr in self.vpc_cidrs(table["VpcId"]))
        if not own and best != (address(text).max_prefixlen, 2):
            targets |= set(perhaps)
            if perhaps and best is None and set(perhaps) != {("blackhole", "")}:
                targets.add(("blackhole", ""))
        if len(targets) > 1:
            raise OpaqueError(f"{table['RouteTableId']} has several possible routes to {text}")
        return targets.pop() if targets else None

    def follow(self, place: Place, text: str) -> tuple[str, str]:
        """Where a packet to the address goes next from a place."""
        table = self.table(place)
        target = self.best_route(table, text)
        if target is None:
            raise BlockedError(f"{table['RouteTableId']} has no route to {text}")
        if target[0] == "blackhole":
            raise BlockedError(f"the route of {table['RouteTableId']} to {text} is a black hole")
        return target

    def attached(self, gateway: str, vpc: str, kind: str, key: str) -> None:
        """Drop what goes to an internet gateway that is not attached to the VPC."""
        record = self.find(kind, key, gateway)
        if record is None:
            self.unsure.append(f"{gateway} is not in the data")
            return
        for each in listed(record, "Attachments"):
            if each.get("VpcId") == vpc and each.get("State") in ("available", "attached"):
                return
        raise BlockedError(f"{gateway} is not attached to {vpc}")

    def edge(self, vpc: str, packet: Packet) -> None:
        """The route table of the internet gateway itself, which can lead what comes in to a middlebox (VPC user
        guide, gateway-route-tables).
        """
        if self.network.get("RouteTables") is None:
            self.unsure.append("route tables are not in the data")
        for table in self.all("RouteTables"):
            if table.get("VpcId") != vpc or not any(
                (each.get("GatewayId") or "").startswith("igw-") for each in associations(table)
            ):
                continue
            kind, name = self.best_route(table, packet.destination) or ("local", "")
            if kind == "blackhole":
                raise BlockedError(f"the edge route of {table['RouteTableId']} to {packet.destination} is a black hole")
            if kind != "local":
                self.middlebox(None, (kind, name), packet)

    def middlebox(self, place: Place | None, target: tuple[str, str], packet: Packet) -> None:
        """A hop that is not modelled: a known one still drops what it does not even take; returns where it is the
        destination itself.
        """
        kind, name = target
        interface = self.interface(name) if kind == "eni" else None
        if interface is None:
            raise OpaqueError(f"{name} decides")
        if owns(interface, packet.destination):
            return
        self.alive(interface)
        if interface.get("SourceDestCheck", True):
            raise BlockedError(f"{name} is not the destination and has its source/destination check on")
        if place is None or place.subnet != interface["SubnetId"]:
            self.network_acl(place_of(interface), packet, egress=False)
        self.groups(interface, packet, place.interface if place else None, egress=False)
        raise OpaqueError(f"{name} decides")

    def peer(self, name: str, vpc: str) -> Record:
        """The other side of a peering, seen from a VPC."""
        record = self.find("VpcPeeringConnections", "VpcPeeringConnectionId", name)
        if record is None:
            raise OpaqueError(f"{name} is not in the data")
        code = (record.get("Status") or {}).get("Code")
        if code != "active":
            raise BlockedError(f"{name} is {code}")
        requester, accepter = record["RequesterVpcInfo"], record["AccepterVpcInfo"]
        if vpc not in (requester["VpcId"], accepter["VpcId"]):
            raise BlockedError(f"{name} does not join {vpc}")
        return accepter if requester["VpcId"] == vpc else requester

    def has_gateway(self, vpc: str) -> None:
        """Drop what comes from the internet to a VPC without an internet gateway."""
        for record in self.all("InternetGateways"):
            for each in listed(record, "Attachments"):
                if each.get("VpcId") == vpc and each.get("State") in ("available", "attached"):
                    return
        known = {record["InternetGatewayId"] for record in self.all("InternetGateways")}
        tables = [table for table in self.all("RouteTables") if table.get("VpcId") == vpc]
        named = {name for table in tables for kind, name in map(target_of, listed(table, "Routes")) if kind == "igw"}
        named |= {
            each["GatewayId"]
            for table in tables
            for each in associations(table)
            if (each.get("GatewayId") or "").startswith("igw-")
        }
        if self.network.get("InternetGateways") is not None and named <= known:
            raise BlockedError(f"{vpc} has no internet gateway")
        self.unsure.append(f"the internet gateway of {vpc} is not in the data")
