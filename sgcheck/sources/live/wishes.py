"""What a question needs to know of an account: wishes, and what a wish for one thing brings with it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.kind import Kind
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.network_acl import NETWORK_ACL
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.route_table import ROUTE_TABLE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.transit_gateway import TRANSIT_GATEWAY
from sgcheck.aws.transit_gateway_attachment import TRANSIT_GATEWAY_ATTACHMENT
from sgcheck.aws.transit_gateway_peering_attachment import TRANSIT_GATEWAY_PEERING_ATTACHMENT
from sgcheck.aws.transit_gateway_prefix_list_reference import TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE
from sgcheck.aws.transit_gateway_propagation import TRANSIT_GATEWAY_PROPAGATION
from sgcheck.aws.transit_gateway_route import TRANSIT_GATEWAY_ROUTE
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpn_connection import VPN_CONNECTION

WHOLE = ""
"""The trait of a wish for every record of a kind."""


class Wish(NamedTuple):
    """Records that have `value` as their `trait` (`Call.by`, or the parameter that a call is made for each of).

    follow: what the records name is wished for, too.
    """

    kind: str
    trait: str
    value: str = ""
    follow: bool = True


def wish(kind: Kind[Any], trait: str, value: str = "", *, follow: bool = True) -> Wish:
    """A wish, by its kind."""
    return Wish(kind.name, trait, value, follow)


_NARROWED: tuple[Kind[Any], ...] = (
    SUBNET,
    NETWORK_INTERFACE,
    INSTANCE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    NETWORK_ACL,
    ROUTE_TABLE,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    TRANSIT_GATEWAY,
    TRANSIT_GATEWAY_ATTACHMENT,
    TRANSIT_GATEWAY_PEERING_ATTACHMENT,
    TRANSIT_GATEWAY_ROUTE_TABLE,
    TRANSIT_GATEWAY_ROUTE,
    TRANSIT_GATEWAY_PROPAGATION,
    TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE,
    VPN_CONNECTION,
)
"""Kinds that may have very many records, or that need a call for each, or that matter only where others do."""

FRAME = (
    *(wish(kind, WHOLE, follow=False) for kind in KINDS if kind not in _NARROWED),
    # What is in a subnet may carry packets past its network ACL.
    wish(NETWORK_INTERFACE, "source-dest-check", "false", follow=False),
    wish(NETWORK_INTERFACE, "type", "transit_gateway", follow=False),
)
"""What every question needs of an account and Region on its way: kinds with few records, and what is not narrowed."""

BRINGS: dict[tuple[str, str], tuple[tuple[Kind[Any], str], ...]] = {
    (VPC.name, "id"): ((SUBNET, "vpc"), (ROUTE_TABLE, "vpc"), (NETWORK_ACL, "vpc")),
    (SECURITY_GROUP.name, "id"): ((SECURITY_GROUP_RULE, "group"),),
    (TRANSIT_GATEWAY.name, "id"): (
        (TRANSIT_GATEWAY_ATTACHMENT, "transit-gateway"),
        (TRANSIT_GATEWAY_PEERING_ATTACHMENT, "transit-gateway"),
        (TRANSIT_GATEWAY_ROUTE_TABLE, "transit-gateway"),
    ),
}
"""A wish for a thing by its id is one for these, too."""


def brought(one: Wish) -> tuple[Wish, ...]:
    """What a wish brings with it; a leaf brings nothing."""
    if not one.follow:
        return ()
    return tuple(wish(kind, trait, one.value) for kind, trait in BRINGS.get((one.kind, one.trait), ()))
