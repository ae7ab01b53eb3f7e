"""What a question needs to know of an account: wishes, and what a wish for one thing brings with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.block_public_access_exclusion import BLOCK_PUBLIC_ACCESS_EXCLUSION
from sgcheck.aws.block_public_access_options import BLOCK_PUBLIC_ACCESS_OPTIONS
from sgcheck.aws.egress_only_internet_gateway import EGRESS_ONLY_INTERNET_GATEWAY
from sgcheck.aws.endpoint_service import ENDPOINT_SERVICE
from sgcheck.aws.firewall_policy import FIREWALL_POLICY
from sgcheck.aws.firewall_rule_group import FIREWALL_RULE_GROUP
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kind import Kind
from sgcheck.aws.nat_gateway import NAT_GATEWAY
from sgcheck.aws.network_acl import NETWORK_ACL
from sgcheck.aws.network_firewall import NETWORK_FIREWALL
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.route_table import ROUTE_TABLE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE
from sgcheck.aws.security_group_vpc_association import SECURITY_GROUP_VPC_ASSOCIATION
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.transit_gateway import TRANSIT_GATEWAY
from sgcheck.aws.transit_gateway_attachment import TRANSIT_GATEWAY_ATTACHMENT
from sgcheck.aws.transit_gateway_peering_attachment import TRANSIT_GATEWAY_PEERING_ATTACHMENT
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.transit_gateway_vpc_attachment import TRANSIT_GATEWAY_VPC_ATTACHMENT
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpc_endpoint import VPC_ENDPOINT
from sgcheck.aws.vpc_peering_connection import VPC_PEERING_CONNECTION
from sgcheck.aws.vpn_gateway import VPN_GATEWAY

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


_FRAME: tuple[Kind[Any], ...] = (
    VPC,
    SECURITY_GROUP_VPC_ASSOCIATION,
    INTERNET_GATEWAY,
    EGRESS_ONLY_INTERNET_GATEWAY,
    NAT_GATEWAY,
    ADDRESS,
    VPC_PEERING_CONNECTION,
    VPC_ENDPOINT,
    BLOCK_PUBLIC_ACCESS_OPTIONS,
    BLOCK_PUBLIC_ACCESS_EXCLUSION,
    TRANSIT_GATEWAY_VPC_ATTACHMENT,
    VPN_GATEWAY,
)
FRAME = (
    *(wish(kind, WHOLE, follow=False) for kind in _FRAME),
    # What is in a subnet may carry packets past its network ACL.
    wish(NETWORK_INTERFACE, "source-dest-check", "false", follow=False),
    wish(NETWORK_INTERFACE, "type", "transit_gateway", follow=False),
)
"""What every question needs of an account and Region on its way: kinds of which there are few for each VPC."""

# The first looks at the primary address only, the second by its description at Elastic ones only (EC2 API,
# DescribeNetworkInterfaces).
PUBLIC = ("public-address", "any-public-address")
"""The traits of an interface with a public address."""

FIREWALLS = (NETWORK_FIREWALL, FIREWALL_POLICY, FIREWALL_RULE_GROUP, ENDPOINT_SERVICE)
"""What stands behind an endpoint that a route leads to."""

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


def internet() -> Iterator[Wish]:
    """The internet is what belongs to nobody known, so that every known public address matters."""
    for trait in PUBLIC:
        yield wish(NETWORK_INTERFACE, trait, "*", follow=False)
