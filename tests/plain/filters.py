"""What lets packets through or not: instances, security groups, network ACLs."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from .lookup import Lookup
from .records import (
    NAT_INTERFACE_TYPES,
    TCP,
    UDP,
    BlockedError,
    Packet,
    Place,
    Record,
    address,
    entry_matches,
    inside,
    is_stale,
    listed,
    network_of,
    owns,
    place_of,
    port_matches,
)


class Filters(Lookup):
    """The filters at an interface and around a subnet."""

    def alive(self, interface: Record) -> None:
        """Drop what is sent from or to an interface that nothing running holds."""
        name = interface["NetworkInterfaceId"]
        attachment = interface.get("Attachment") or {}
        if interface.get("Status") == "available" or attachment.get("Status") == "detached":
            raise BlockedError(f"{name} is not attached to anything")
        for reservation in self.all("Reservations"):
            for instance in listed(reservation, "Instances"):
                state = (instance.get("State") or {}).get("Name", "running")
                if instance.get("InstanceId") == attachment.get("InstanceId") and state != "running":
                    raise BlockedError(f"{instance['InstanceId']} is {state}")

    def list_admits(self, prefix_list: str, remote: str) -> bool | None:
        """Whether a prefix list holds the address; None where its entries are not in the data."""
        family = (self.find("PrefixLists", "PrefixListId", prefix_list) or {}).get("AddressFamily")
        if family in ("IPv4", "IPv6") and family != f"IPv{address(remote).version}":
            return False
        entries = (self.network.get("PrefixListEntries") or {}).get(prefix_list)
        if entries is None:
            return None
        return any(inside(remote, entry["Cidr"]) for entry in entries)

    def sent_by_member(self, group: str, packet: Packet, sender: Record | None) -> bool | None:
        """Whether the packet comes from a private address of a member of the group; `sender` is None where the way
        hid who sent it.
        """
        if sender is None or not owns(sender, packet.source):
            return False
        if sender.get("Groups") is None:
            return None
        return any(each["GroupId"] == group for each in sender["Groups"])

    def sent_to_member(self, group: str, packet: Packet, vpc: str) -> bool | None:
        """Whether the packet goes to a private address of a member of the group, in this VPC or in one it is
        peered with.
        """
        answer: bool | None = False
        for interface in self.all("NetworkInterfaces"):
            home = interface.get("VpcId")
            if not owns(interface, packet.destination) or (home != vpc and not self.peering_between(home, vpc)):
                continue
            if interface.get("Groups") is None:
                answer = None
            elif any(each["GroupId"] == group for each in interface["Groups"]):
                return True
        return answer

    def rule_admits(
        self, permission: Record, packet: Packet, interface: Record, sender: Record | None, egress: bool
    ) -> bool | None:
        """Whether one rule of a group of `interface` admits the packet; None where that depends on what is not in
        the data.
        """
        if not port_matches(permission, packet):
            return False
        remote = packet.destination if egress else packet.source
        answers: list[bool | None] = [inside(remote, each["CidrIp"]) for each in listed(permission, "IpRanges")]
        answers += [inside(remote, each["CidrIpv6"]) for each in listed(permission, "Ipv6Ranges")]
        answers += [self.list_admits(each["PrefixListId"], remote) for each in listed(permission, "PrefixListIds")]
        for each in listed(permission, "UserIdGroupPairs"):
            if egress:
                answers.append(self.sent_to_member(each["GroupId"], packet, interface["VpcId"]))
            else:
                answers.append(self.sent_by_member(each["GroupId"], packet, sender))
        if True in answers:
            return True
        return None if None in answers else False

    def groups(self, interface: Record, packet: Packet, sender: Record | None, *, egress: bool) -> None:
        """The security groups of an interface, which together are one list of what is allowed."""
        name, way = interface["NetworkInterfaceId"], "egress" if egress else "ingress"
        attached = interface.get("Groups")
        if not attached:
            if attached is None or interface.get("InterfaceType", "interface") == "interface":
                self.unsure.append(f"the groups of {name} are not in the data")
            return  # An interface that AWS manages can have no group at all: no filter.
        answers: list[bool | None] = []
        for each in attached:
            group = self.find("SecurityGroups", "GroupId", each["GroupId"])
            if group is None:
                answers.append(None)
                continue
            rules = listed(group, "IpPermissionsEgress" if egress else "IpPermissions")
            answers += [self.rule_admits(each, packet, interface, sender, egress) for each in rules]
        if True in answers:
            return
        if None in answers:
            self.unsure.append(f"a group or prefix list of {name} is not in the data ({way})")
            return
        raise BlockedError(f"no rule of the groups of {name} admits this ({way})")

    def refuses_everyone(self, interface: Record, packet: Packet) -> str:
        """Why the interface takes no such packet whoever sends it; empty where somebody might get through."""
        try:
            self.alive(interface)
        except BlockedError as reason:
            return str(reason)
        if interface.get("InterfaceType") in NAT_INTERFACE_TYPES:
            return "a NAT gateway accepts no connection"
        if interface.get("InterfaceType") == "vpc_endpoint" and self.endpoint_refuses(interface, packet):
            return self.endpoint_refuses(interface, packet)
        if self.is_node(interface) and self.node_refuses(interface, packet):
            return self.node_refuses(interface, packet)
        if not interface.get("Groups"):
            return ""
        for each in interface["Groups"]:
            group = self.find("SecurityGroups", "GroupId", each["GroupId"])
            if group is None:
                return ""
            for permission in listed(group, "IpPermissions"):
                if port_matches(permission, packet) and self.admits_anyone(permission, packet.version):
                    return ""
        return f"no rule of the groups of {interface['NetworkInterfaceId']} is about this protocol and port"

    def ends_refuse(self, sender: Record | None, receiver: Record | None, packet: Packet) -> str:
        """Why the ACLs at the ends stop the packet or its reply whatever lies between; empty where they may not.

        What lies between may have changed the source and its port, so at the receiver only what holds for all of them
        counts; at the sender the reply comes from the address that was asked.
        """
        places = [(receiver, packet, False)]
        reply = packet.reply()
        if reply is not None:
            places.append((receiver, reply, True))
        for interface, each, egress in places:
            if interface is None or self.passed_over(interface):
                continue
            if self.acl_refuses_all(place_of(interface), each, egress=egress):
                return f"the network ACL at {interface['NetworkInterfaceId']} stops it from or to anybody"
        if sender is not None and reply is not None and not self.passed_over(sender):
            try:
                self.network_acl(place_of(sender), reply, egress=False)
            except BlockedError as reason:
                return str(reason)
        return ""

    def passed_over(self, interface: Record) -> bool:
        """Whether something in the interface's own subnet may bring packets to it, past the subnet's network ACL: a
        transit gateway attachment (Transit Gateway guide, tgw-nacls), or a host that forwards.
        """
        attached = [subnet for each in self.all("TransitGatewayVpcAttachments") for subnet in listed(each, "SubnetIds")]
        return interface["SubnetId"] in attached or any(
            each.get("InterfaceType") == "transit_gateway" or not each.get("SourceDestCheck", True)
            for each in self.all("NetworkInterfaces")
            if each.get("SubnetId") == interface["SubnetId"]
        )

    def acl_refuses_all(self, place: Place, packet: Packet, *, egress: bool) -> bool:
        """Whether no other side and (of a reply) no client port would get the packet past the ACL."""
        ports = [packet.port]
        if egress and packet.protocol in (TCP, UDP):
            edges = {1024, 65535} | {
                edge
                for acl in self.all("NetworkAcls")
                for entry in listed(acl, "Entries")
                if entry.get("PortRange")
                for bound in (entry["PortRange"]["From"], entry["PortRange"]["To"])
                for edge in (bound - 1, bound, bound + 1)
            }
            ports = [edge for edge in edges if 1024 <= edge <= 65535]
        cidrs = {
            entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
            for acl in self.all("NetworkAcls")
            for entry in listed(acl, "Entries")
        }
        blocks = [network_of(cidr) for cidr in cidrs if network_of(cidr).version == packet.version]
        edges = {
            edge for block in blocks for edge in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1)
        }
        top = 2 ** (32 if packet.version == 4 else 128)
        for edge in edges:
            if not 0 <= edge < top:
                continue
            other = str((IPv4Address if packet.version == 4 else IPv6Address)(edge))
            for port in ports:
                tried = replace(packet, port=port, **{"destination" if egress else "source": other})
                try:
                    self.network_acl(place, tried, egress=egress)
                except BlockedError:
                    continue
                return False
        return True

    def admits_anyone(self, permission: Record, version: int) -> bool:
        """Whether a rule admits some address of the family."""
        if listed(permission, "IpRanges" if version == 4 else "Ipv6Ranges"):
            return True
        if any(not is_stale(pair) for pair in listed(permission, "UserIdGroupPairs")):
            return True
        for each in listed(permission, "PrefixListIds"):
            family = (self.find("PrefixLists", "PrefixListId", each["PrefixListId"]) or {}).get("AddressFamily")
            entries = (self.network.get("PrefixListEntries") or {}).get(each["PrefixListId"])
            if entries is None and family in (None, f"IPv{version}"):
                return True
            if any(network_of(entry["Cidr"]).version == version for entry in entries or []):
                return True
        return False

    def network_acl(self, place: Place, packet: Packet, *, egress: bool) -> None:
        """The network ACL of a place's subnet: the first entry by number that is about the packet decides, and
        none means no.
        """
        if place.subnet is None:
            return
        acl, way = None, "egress" if egress else "ingress"
        for each in self.all("NetworkAcls"):
            if any(association.get("SubnetId") == place.subnet for association in listed(each, "Associations")):
                acl = each
        if acl is None:
            for each in self.all("NetworkAcls"):
                if each.get("IsDefault") and each.get("VpcId") == place.vpc:
                    acl = each
        if acl is None:
            self.unsure.append(f"the network ACL of {place.subnet} is not in the data")
            return
        remote = packet.destination if egress else packet.source
        entries = [entry for entry in listed(acl, "Entries") if bool(entry.get("Egress")) == egress]
        for entry in sorted(entries, key=lambda each: each["RuleNumber"]):
            if entry_matches(entry, packet, remote):
                if entry["RuleAction"] == "allow":
                    return
                raise BlockedError(f"{acl['NetworkAclId']} denies {way} by rule {entry['RuleNumber']}: {packet}")
        raise BlockedError(f"{acl['NetworkAclId']} has no {way} rule for {packet}")
