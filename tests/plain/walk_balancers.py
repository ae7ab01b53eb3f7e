"""Through load balancers: from a node's interface on to one of its targets.

What a balancer accepts (Network Load Balancer guide, load-balancer-listeners and load-balancer-security-groups;
Application Load Balancer guide, load-balancer-update-security-groups), to which targets it passes it on
(target-group-health-checks in both) and under whose address (edit-target-group-attributes).
"""

from __future__ import annotations

from dataclasses import replace

from .records import (
    ICMP,
    TCP,
    UDP,
    BlockedError,
    OpaqueError,
    Packet,
    Record,
    UndocumentedError,
    listed,
    owns,
    place_of,
    primary_address,
)
from .routing import Routing

CARRIES = {
    TCP: ("TCP", "TLS", "TCP_UDP", "TCP_QUIC", "HTTP", "HTTPS"),
    UDP: ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
}
ALWAYS_PRESERVED = ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
ANSWERS = ("redirect", "fixed-response")
NODE_TYPES = ("network_load_balancer", "load_balancer")
ANYBODY = "anybody"


class Balancers(Routing):
    """What becomes of packets at a balancer's node."""

    def is_node(self, interface: Record) -> bool:
        """Whether an interface is a balancer's node; its description says so."""
        described = (interface.get("Description") or "").startswith("ELB ")
        return described or interface.get("InterfaceType") in NODE_TYPES

    def kind_of(self, node: Record) -> str:
        """What kind of balancer a node belongs to; empty where that is not in the data."""
        balancer, name = self.balancer_of(node), node.get("Description") or ""
        if balancer is not None:
            return balancer.get("Type") or ""
        if node.get("InterfaceType") == "network_load_balancer" or name.startswith("ELB net/"):
            return "network"
        return "application" if name.startswith("ELB app/") else ""

    def balancer_of(self, interface: Record) -> Record | None:
        """The balancer whose node an interface is: the interface's description ends like the balancer's ARN."""
        name = (interface.get("Description") or "").removeprefix("ELB ")
        for record in self.all("LoadBalancers"):
            if name and record["LoadBalancerArn"].endswith(":loadbalancer/" + name):
                return record
        return None

    def balance(self, node: Record, packet: Packet) -> None:
        """A packet that a node's groups admitted: to a listener, and from there to a target and back."""
        balancer = self.balancer_of(node)
        refusal = self.node_refuses(node, packet)
        if refusal:
            raise BlockedError(refusal)
        if packet.protocol == ICMP:
            self.answer_icmp(node, packet)
            return
        if balancer is None or packet.version == 6:
            self.unsure.append(f"what {node['NetworkInterfaceId']} takes is not in the data")
            return
        listeners = self.listeners(balancer, packet)
        if listeners is None:
            self.unsure.append(f"the listeners of {balancer['LoadBalancerArn']} are not in the data")
            return
        group = self.group_of(listeners[0])
        if group is not None:
            self.pass_on(balancer, node, group, packet)

    def answer_icmp(self, node: Record, packet: Packet) -> None:
        """An Application Load Balancer answers an echo itself; of anything else nothing is said."""
        if not self.kind_of(node):
            self.unsure.append(f"what {node['NetworkInterfaceId']} takes is not in the data")
        elif packet.icmp_type != 8:
            raise UndocumentedError(f"{node['NetworkInterfaceId']} and ICMP of type {packet.icmp_type}")

    def node_refuses(self, node: Record, packet: Packet) -> str:
        """Why a balancer takes no such packet whoever sends it; empty where it may."""
        name, kind, balancer = node["NetworkInterfaceId"], self.kind_of(node), self.balancer_of(node)
        taken = {"network": (TCP, UDP), "application": (TCP, ICMP)}
        if kind == "network" and packet.protocol == ICMP and packet.icmp_type == 3:
            return ""  # What tells of the path is taken.
        if kind in taken and packet.protocol not in taken[kind]:
            return f"{name} does not take protocol {packet.protocol}"
        if balancer is not None and packet.protocol in CARRIES and self.listeners(balancer, packet) == []:
            return f"{name} has no listener on port {packet.port}"
        return ""

    def listeners(self, balancer: Record, packet: Packet) -> list[Record] | None:
        """The listener for a packet (at most one); None where the listeners are not in the data."""
        entry = self.find("LoadBalancerListeners", "LoadBalancerArn", balancer["LoadBalancerArn"])
        if entry is None:
            return None
        return [
            each
            for each in listed(entry, "Listeners")
            if each["Port"] == packet.port and each["Protocol"] in CARRIES[packet.protocol]
        ]

    def group_of(self, listener: Record) -> Record | None:
        """The target group that a listener forwards to, one of several by weight; None where it answers itself."""
        for action in sorted(listed(listener, "DefaultActions"), key=lambda each: each.get("Order") or 0):
            if action["Type"] in ANSWERS:
                return None
            if action["Type"] != "forward":
                continue
            weighted = listed(action.get("ForwardConfig") or {}, "TargetGroups")
            arns = [each["TargetGroupArn"] for each in weighted if each.get("Weight", 1) != 0]
            arn = self.picks.spread(arns or [action["TargetGroupArn"]])
            group = self.find("TargetGroups", "TargetGroupArn", arn)
            if group is None:
                raise OpaqueError(f"{arn} is not in the data")
            return group
        raise OpaqueError(f"what {listener['ListenerArn']} does is not in the data")

    # ---------------------------------------- which target

    def pass_on(self, balancer: Record, node: Record, group: Record, packet: Packet) -> None:
        """To one of a group's targets, under the node's own address or the client's, and back."""
        if group.get("TargetType") == "lambda":
            return
        if group.get("TargetType") == "alb":
            raise OpaqueError(f"{group['TargetGroupArn']} leads to another balancer")
        options = self.candidates(balancer, node, group)
        if not options:
            raise BlockedError(f"{group['TargetGroupArn']} has no target for {node['NetworkInterfaceId']}")
        target = self.picks.spread(options)["Target"]
        address, receiver = self.target_address(group, target)
        onward = replace(packet, destination=address, port=target.get("Port") or group["Port"])
        name = node["NetworkInterfaceId"]
        if name in self.balanced:
            raise BlockedError(f"{name} is reached twice: a loop")
        asked, self.receiver = self.receiver, receiver
        self.balanced.append(name)
        if balancer.get("Type") == "network" and self.preserves(group):
            self.as_client(node, onward)
        else:
            self.as_node(node, onward)
        self.receiver = asked

    def candidates(self, balancer: Record, node: Record, group: Record) -> list[Record]:
        """The targets that a node may send to: the healthy ones, or all if none is; those of its own zone only, unless
        the balancer crosses zones.
        """
        arn = group["TargetGroupArn"]
        entry = self.find("LoadBalancerTargetHealth", "TargetGroupArn", arn)
        if entry is None:
            raise OpaqueError(f"the targets of {arn} are not in the data")
        used = [
            each
            for each in listed(entry, "TargetHealthDescriptions")
            if (each.get("TargetHealth") or {}).get("State") not in ("unused", "draining")
        ]
        healthy = [each for each in used if (each.get("TargetHealth") or {}).get("State") == "healthy"]
        if self.crosses_zones(balancer, group):
            return healthy or used
        zone = self.zone_name(node["SubnetId"])
        near = [each for each in used if self.is_near(group, each["Target"], zone)]
        near_healthy = [each for each in near if each in healthy]
        if healthy and near and not near_healthy:
            raise UndocumentedError(f"{node['NetworkInterfaceId']} has no healthy target in its zone")
        return near_healthy or near

    def crosses_zones(self, balancer: Record, group: Record) -> bool:
        """Whether nodes send to targets in other zones, too; where that is not in the data both are tried."""
        value = self.attribute("TargetGroupAttributes", "TargetGroupArn", group, "load_balancing.cross_zone.enabled")
        if value in ("true", "false"):
            return value == "true"
        if balancer.get("Type") == "application":
            return True
        arn = balancer["LoadBalancerArn"]
        if self.find("LoadBalancerAttributes", "LoadBalancerArn", arn) is None:
            return self.picks.any(("cross-zone", arn), [False, True])
        value = self.attribute(
            "LoadBalancerAttributes", "LoadBalancerArn", balancer, "load_balancing.cross_zone.enabled"
        )
        return value == "true"

    def attribute(self, kind: str, key: str, record: Record, name: str) -> str | None:
        """An attribute of a balancer or target group; None where nothing is said."""
        entry = self.find(kind, key, record[key])
        for each in listed(entry or {}, "Attributes"):
            if each["Key"] == name:
                return each["Value"]
        return None

    def zone_name(self, subnet: str) -> str:
        """The zone of a subnet, by the name under which balancers speak of it."""
        record = self.find("Subnets", "SubnetId", subnet)
        if record is None or not record.get("AvailabilityZone"):
            raise OpaqueError(f"the zone of {subnet} is not in the data")
        return record["AvailabilityZone"]

    def is_near(self, group: Record, target: Record, zone: str) -> bool:
        """Whether a target is in a zone: as registered, else where its interface is; where neither is in the data both
        are tried.
        """
        if target.get("AvailabilityZone"):
            return target["AvailabilityZone"] in (zone, "all")
        interface = self.target_interface(group, target)
        if interface is None:
            return self.picks.any(("zone", target["Id"]), [True, False])
        return self.zone_name(interface["SubnetId"]) == zone

    def target_interface(self, group: Record, target: Record) -> Record | None:
        """The interface of a target: an instance's primary one, or that which has the address."""
        if group.get("TargetType", "instance") != "instance":
            return self.owner(group["VpcId"], target["Id"])
        for interface in self.all("NetworkInterfaces"):
            attachment = interface.get("Attachment") or {}
            if attachment.get("InstanceId") == target["Id"] and attachment.get("DeviceIndex", 0) == 0:
                return interface
        return None

    def target_address(self, group: Record, target: Record) -> tuple[str, str]:
        """The address that a node sends to, and the interface that must get it."""
        if group.get("TargetType", "instance") != "instance":
            return target["Id"], ANYBODY
        interface = self.target_interface(group, target)
        if interface is None:
            raise OpaqueError(f"{target['Id']} is not in the data")
        return primary_address(interface) or "", interface["NetworkInterfaceId"]

    # ---------------------------------------- the way to the target

    def preserves(self, group: Record) -> bool:
        """Whether targets see the client's address: by default where they are instances, and always for UDP."""
        if group.get("Protocol") in ALWAYS_PRESERVED:
            return True
        value = self.attribute("TargetGroupAttributes", "TargetGroupArn", group, "preserve_client_ip.enabled")
        return value == "true" if value else group.get("TargetType", "instance") == "instance"

    def as_node(self, node: Record, packet: Packet) -> None:
        """From the node's own address and one of its ports: a connection of the balancer's own."""
        own = replace(packet, source=primary_address(node) or "", source_port=self.nat_port)
        self.groups(node, own, None, egress=True)
        self.send(place_of(node), own)

    def as_client(self, node: Record, packet: Packet) -> None:
        """From the client's address. Replies find their way back to the node without a route, since AWS keeps track of
        the flow, but not past the ACLs. A group of the target can refer to the balancer's groups, never to the client's.
        """
        here, owner = place_of(node), self.owner(node["VpcId"], packet.destination)
        if owner is None:
            raise OpaqueError(f"{packet.destination} is not in {here.vpc}")
        there = place_of(owner)
        if owns(owner, packet.source):
            raise BlockedError(f"{there.name} would get a packet of its own (hairpinning)")
        self.groups(node, packet, None, egress=True)
        reply = packet.reply()
        apart = here.subnet != there.subnet
        if apart:
            self.network_acl(here, packet, egress=True)
            if self.follow(here, packet.destination)[0] != "local":
                raise UndocumentedError(f"{here.name} sends to {packet.destination} past a middlebox")
            self.network_acl(there, packet, egress=False)
        self.admit(owner, packet, member_with(node, packet.source))
        if apart and reply is not None:
            self.network_acl(there, reply, egress=True)
            self.network_acl(here, reply, egress=False)


def member_with(node: Record, client: str) -> Record:
    """A node as targets' groups see it where the client's address is kept: a member of its own groups with that
    address.
    """
    return {**node, "PrivateIpAddresses": [{"PrivateIpAddress": client}]}
