"""All kinds of AWS resources that are understood, in one order."""

from __future__ import annotations

from typing import Any

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.egress_only_internet_gateway import EGRESS_ONLY_INTERNET_GATEWAY
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kind import Kind
from sgcheck.aws.nat_gateway import NAT_GATEWAY
from sgcheck.aws.network_acl import NETWORK_ACL
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.route_table import ROUTE_TABLE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE
from sgcheck.aws.security_group_vpc_association import SECURITY_GROUP_VPC_ASSOCIATION
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.transit_gateway import TRANSIT_GATEWAY
from sgcheck.aws.transit_gateway_attachment import TRANSIT_GATEWAY_ATTACHMENT
from sgcheck.aws.transit_gateway_peering_attachment import TRANSIT_GATEWAY_PEERING_ATTACHMENT
from sgcheck.aws.transit_gateway_prefix_list_reference import TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE
from sgcheck.aws.transit_gateway_propagation import TRANSIT_GATEWAY_PROPAGATION
from sgcheck.aws.transit_gateway_route import TRANSIT_GATEWAY_ROUTE
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.transit_gateway_vpc_attachment import TRANSIT_GATEWAY_VPC_ATTACHMENT
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpc_peering_connection import VPC_PEERING_CONNECTION
from sgcheck.aws.vpn_connection import VPN_CONNECTION
from sgcheck.aws.vpn_gateway import VPN_GATEWAY

KINDS: tuple[Kind[Any], ...] = (
    VPC,
    SUBNET,
    NETWORK_INTERFACE,
    INSTANCE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SECURITY_GROUP_VPC_ASSOCIATION,
    NETWORK_ACL,
    ROUTE_TABLE,
    INTERNET_GATEWAY,
    EGRESS_ONLY_INTERNET_GATEWAY,
    NAT_GATEWAY,
    ADDRESS,
    VPC_PEERING_CONNECTION,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    TRANSIT_GATEWAY,
    TRANSIT_GATEWAY_ATTACHMENT,
    TRANSIT_GATEWAY_VPC_ATTACHMENT,
    TRANSIT_GATEWAY_PEERING_ATTACHMENT,
    TRANSIT_GATEWAY_ROUTE_TABLE,
    TRANSIT_GATEWAY_ROUTE,
    TRANSIT_GATEWAY_PROPAGATION,
    TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE,
    VPN_GATEWAY,
    VPN_CONNECTION,
)

KIND_BY_KEY: dict[str, Kind[Any]] = {key: kind for kind in KINDS for key in kind.keys}
