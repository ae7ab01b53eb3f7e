"""Random edits of a network: what somebody may change between two snapshots of it."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from tests.plain.records import Record, listed

PORTS = (22, 80, 443, 3306, 5432, 8000)
CIDRS = ("0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/8", "10.1.0.0/16", "8.8.8.0/24", "172.16.0.0/12")


def permission(rng: random.Random, network: Record) -> Record:
    """One rule of a group: a protocol and ports for a CIDR or a group."""
    protocol = rng.choice(("tcp", "tcp", "udp", "-1", "icmp"))
    made: Record = {
        "IpProtocol": protocol,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    if protocol in ("tcp", "udp"):
        first = rng.choice(PORTS)
        made |= {"FromPort": first, "ToPort": first + rng.choice((0, 0, 10))}
    if protocol == "icmp":
        made |= {"FromPort": rng.choice((-1, 8, 3)), "ToPort": -1}
    kind = rng.random()
    groups = listed(network, "SecurityGroups")
    if kind < 0.3 and groups:
        pair = rng.choice(groups)
        made["UserIdGroupPairs"] = [{"GroupId": pair["GroupId"], "UserId": pair["OwnerId"]}]
    elif kind < 0.45:
        made["Ipv6Ranges"] = [{"CidrIpv6": "::/0"}]
    else:
        made["IpRanges"] = [{"CidrIp": rng.choice(CIDRS)}]
    return made


def some(rng: random.Random, network: Record, kind: str) -> Any:
    """A record of a kind, None where there is none."""
    records = listed(network, kind)
    return rng.choice(records) if records else None


def rule_added(rng: random.Random, network: Record) -> None:
    group = some(rng, network, "SecurityGroups")
    if group is not None:
        group[rng.choice(("IpPermissions", "IpPermissions", "IpPermissionsEgress"))].append(permission(rng, network))


def rule_removed(rng: random.Random, network: Record) -> None:
    group = some(rng, network, "SecurityGroups")
    rules = group[rng.choice(("IpPermissions", "IpPermissions", "IpPermissionsEgress"))] if group else []
    if rules:
        rules.remove(rng.choice(rules))


def rule_replaced(rng: random.Random, network: Record) -> None:
    group = some(rng, network, "SecurityGroups")
    rules = group["IpPermissions"] if group else []
    if rules:
        rules[rng.randrange(len(rules))] = permission(rng, network)


def entry_added(rng: random.Random, network: Record) -> None:
    acl = some(rng, network, "NetworkAcls")
    if acl is not None:
        taken = {(e["RuleNumber"], e["Egress"]) for e in acl["Entries"]}
        number, egress = rng.choice((1, 50, 99, 101)), rng.random() < 0.5
        made: Record = {"RuleNumber": number, "Egress": egress, "CidrBlock": rng.choice(CIDRS), "Protocol": "6"}
        made["RuleAction"] = rng.choice(("allow", "deny"))
        first = rng.choice((22, 80, 1024, 40000))
        made["PortRange"] = {"From": first, "To": rng.choice((first, 65535))}
        if (number, egress) not in taken:
            acl["Entries"].append(made)


def entry_removed(rng: random.Random, network: Record) -> None:
    acl = some(rng, network, "NetworkAcls")
    own = [e for e in acl["Entries"] if e["RuleNumber"] < 32767] if acl else []
    if own:
        acl["Entries"].remove(rng.choice(own))


def entry_flipped(rng: random.Random, network: Record) -> None:
    acl = some(rng, network, "NetworkAcls")
    own = [e for e in acl["Entries"] if e["RuleNumber"] < 32767] if acl else []
    if own:
        entry = rng.choice(own)
        entry["RuleAction"] = "deny" if entry["RuleAction"] == "allow" else "allow"


def route_removed(rng: random.Random, network: Record) -> None:
    table = some(rng, network, "RouteTables")
    routes = [r for r in table["Routes"] if r.get("GatewayId") != "local"] if table else []
    if routes:
        table["Routes"].remove(rng.choice(routes))


def route_dead(rng: random.Random, network: Record) -> None:
    table = some(rng, network, "RouteTables")
    routes = [r for r in table["Routes"] if r.get("GatewayId") != "local"] if table else []
    if routes:
        route = rng.choice(routes)
        route["State"] = "active" if route.get("State") == "blackhole" else "blackhole"


def route_moved(rng: random.Random, network: Record) -> None:
    """Give one table's route another table's target, in the same VPC."""
    table, other = some(rng, network, "RouteTables"), some(rng, network, "RouteTables")
    if table is None or table["VpcId"] != other["VpcId"]:
        return
    own = {r.get("DestinationCidrBlock") for r in table["Routes"]}
    fresh = [r for r in other["Routes"] if r.get("DestinationCidrBlock") and r["DestinationCidrBlock"] not in own]
    if fresh:
        table["Routes"].append(copy.deepcopy(rng.choice(fresh)))


def state_changed(rng: random.Random, network: Record) -> None:
    reservation = some(rng, network, "Reservations")
    if reservation and reservation["Instances"]:
        state = rng.choice(reservation["Instances"])["State"]
        state["Name"] = "stopped" if state["Name"] == "running" else "running"


def own_interfaces(network: Record) -> list[Record]:
    return [n for n in listed(network, "NetworkInterfaces") if n["InterfaceType"] == "interface"]


def groups_changed(rng: random.Random, network: Record) -> None:
    found, group = own_interfaces(network), some(rng, network, "SecurityGroups")
    if not found or group is None:
        return
    interface = rng.choice(found)
    ids = [g["GroupId"] for g in interface["Groups"]]
    if group["GroupId"] in ids and len(ids) > 1:
        interface["Groups"] = [g for g in interface["Groups"] if g["GroupId"] != group["GroupId"]]
    elif group["GroupId"] not in ids and group.get("VpcId") == interface["VpcId"]:
        interface["Groups"].append({"GroupId": group["GroupId"]})


def public_removed(rng: random.Random, network: Record) -> None:
    found = [a for n in own_interfaces(network) for a in n["PrivateIpAddresses"] if "Association" in a]
    if found:
        rng.choice(found).pop("Association")


def interface_removed(rng: random.Random, network: Record) -> None:
    found = own_interfaces(network)
    if not found:
        return
    gone = rng.choice(found)["NetworkInterfaceId"]
    network["NetworkInterfaces"] = [n for n in network["NetworkInterfaces"] if n["NetworkInterfaceId"] != gone]
    for reservation in listed(network, "Reservations"):
        for instance in reservation["Instances"]:
            nested = instance.get("NetworkInterfaces")
            if nested:
                instance["NetworkInterfaces"] = [n for n in nested if n["NetworkInterfaceId"] != gone]


def peering_changed(rng: random.Random, network: Record) -> None:
    peering = some(rng, network, "VpcPeeringConnections")
    if peering is not None:
        peering["Status"] = {"Code": "deleted" if peering["Status"]["Code"] == "active" else "active"}


def gateway_detached(rng: random.Random, network: Record) -> None:
    gateway = some(rng, network, "InternetGateways")
    if gateway is not None:
        gateway["Attachments"] = []


def acl_swapped(rng: random.Random, network: Record) -> None:
    acl, other = some(rng, network, "NetworkAcls"), some(rng, network, "NetworkAcls")
    if acl is not None and acl is not other and acl["VpcId"] == other["VpcId"] and acl["Associations"]:
        other["Associations"].append(acl["Associations"].pop())


def kind_lost(rng: random.Random, network: Record) -> None:
    if rng.random() < 0.4:
        network.pop(rng.choice(("NetworkAcls", "SecurityGroups", "RouteTables", "PrefixListEntries")), None)


EDITS: tuple[Callable[[random.Random, Record], None], ...] = (
    *(rule_added, rule_added, rule_removed, rule_replaced, entry_added, entry_removed, entry_flipped, route_removed),
    *(route_dead, route_moved, state_changed, groups_changed, public_removed, interface_removed, peering_changed),
    *(gateway_detached, acl_swapped, kind_lost),
)


def mutated(rng: random.Random, network: Record, count: int = 0) -> Record:
    """The network after `count` random edits (unsaid: one to four)."""
    other = copy.deepcopy(network)
    for _ in range(count or rng.randint(1, 4)):
        rng.choice(EDITS)(rng, other)
    return other
