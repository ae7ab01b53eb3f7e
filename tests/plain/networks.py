"""Seeded random networks as AWS's describe-* calls would print them, and questions to ask about them.

Only networks that AWS itself could hold: subnets inside their VPC and apart from each other, no peering between
overlapping VPCs, one owner per address and VPC, one ACL per subnet, an internet gateway attached to one VPC at most,
routes to gateways of the table's own VPC. Otherwise as odd as can be, because the oddities are what the comparison
with the plain evaluator is for.
"""

from __future__ import annotations

import copy
import random
from typing import Any

from .draft import FABRIC, Draft
from .draw_acls import network_acls
from .draw_balancers import balancers
from .draw_endpoints import endpoint_routes, endpoints
from .draw_groups import prefix_lists, rules, security_groups
from .draw_hosts import instances, nat_gateways, nested_interfaces
from .draw_routes import route_tables
from .draw_transit import transit, transit_routes
from .draw_vpcs import peerings, vpcs
from .questions import Question, random_questions
from .records import Record, listed

__all__ = ["Question", "random_network", "random_questions", "shuffled"]


def lose(draft: Draft, *, told: bool) -> None:
    """Leave things out of the data: a kind, a group of another account, the entries of a list; of the fabric nothing
    where all of it is to be told.
    """
    if draft.chance(0.12):
        kind = draft.rng.choice(draft.missable)
        if not (told and (kind == "PrefixListEntries" or any(kind in kinds for kinds in FABRIC.values()))):
            del draft.data[kind]
    if draft.chance(0.2) and draft.data.get("SecurityGroups"):
        draft.data["SecurityGroups"].remove(draft.rng.choice(draft.data["SecurityGroups"]))
    served = {
        route.get("DestinationPrefixListId")
        for table in listed(draft.data, "RouteTables")
        for route in listed(table, "Routes")
        if str(route.get("GatewayId")).startswith("vpce-")
    }
    for name in list(draft.data.get("PrefixListEntries", {})):
        if draft.chance(0.12) and not (told and name in served):
            del draft.data["PrefixListEntries"][name]
    if draft.chance(0.1) and draft.data.get("PrefixLists"):
        draft.data["PrefixLists"].remove(draft.rng.choice(draft.data["PrefixLists"]))
    for kind in (
        "NatGateways",
        "VpcPeeringConnections",
        "InternetGateways",
        "EgressOnlyInternetGateways",
        "RouteTables",
        "NetworkAcls",
        *[kind for name in sorted(draft.fabric) for kind in FABRIC[name] if not told],
    ):
        if draft.chance(0.03) and draft.data.get(kind):
            draft.data[kind].remove(draft.rng.choice(draft.data[kind]))


def random_network(
    rng: random.Random,
    size: int = 0,
    *,
    nat_instances: bool = False,
    fabric: frozenset[str] = frozenset(),
    told: bool = False,
) -> Record:
    """A random network: AWS's records under AWS's keys; `size` is the number of VPCs (at most five; unsaid: one to
    three). `fabric` says what there is beside instances, gateways and peerings: "transit", "balancers", "endpoints".
    `told`: every record of these is in the data.
    """
    sizes = (2, 3, 3, 4) if "transit" in fabric else (1, 2, 2, 3)
    draft = Draft(rng, size or rng.choice(sizes), nat_instances=nat_instances, fabric=fabric)
    vpcs(draft)
    security_groups(draft)
    prefix_lists(draft)
    instances(draft)
    nat_gateways(draft)
    peerings(draft)
    if "transit" in fabric:
        transit(draft)
    if "balancers" in fabric:
        balancers(draft)
    if "endpoints" in fabric:
        endpoints(draft)
    rules(draft)
    network_acls(draft)
    route_tables(draft)
    if "transit" in fabric:
        transit_routes(draft)
    if "endpoints" in fabric:
        endpoint_routes(draft)
    nested_interfaces(draft)
    lose(draft, told=told)
    return draft.data


def shuffled(rng: random.Random, network: Record) -> Record:
    """The same network told differently: every list in another order, the sources of a rule in one permission or
    in several.
    """
    other = copy.deepcopy(network)
    for group in listed(other, "SecurityGroups"):
        for key in ("IpPermissions", "IpPermissionsEgress"):
            group[key] = [part for permission in listed(group, key) for part in split(rng, permission)]
    shuffle_lists(rng, other)
    return other


def split(rng: random.Random, permission: Record) -> list[Record]:
    """One permission as several, each with a part of its sources."""
    kinds = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
    if rng.random() < 0.5:
        return [permission]
    traffic = {key: value for key, value in permission.items() if key not in kinds}
    return [
        Draft.permission(dict(traffic), **{kind: [source]}) for kind in kinds for source in listed(permission, kind)
    ] or [permission]


def shuffle_lists(rng: random.Random, value: Any) -> None:
    """Put every list in another order, in place."""
    if isinstance(value, list):
        rng.shuffle(value)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        shuffle_lists(rng, each)
