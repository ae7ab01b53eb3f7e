"""All kinds of AWS resources that are understood, in one order."""

from __future__ import annotations

from typing import Any

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.block_public_access_exclusion import BLOCK_PUBLIC_ACCESS_EXCLUSION
from sgcheck.aws.block_public_access_options import BLOCK_PUBLIC_ACCESS_OPTIONS
from sgcheck.aws.egress_only_internet_gateway import EGRESS_ONLY_INTERNET_GATEWAY
from sgcheck.aws.endpoint_service import ENDPOINT_SERVICE
from sgcheck.aws.firewall_policy import FIREWALL_POLICY
from sgcheck.aws.firewall_rule_group import FIREWALL_RULE_GROUP
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.instance_connect_endpoint import INSTANCE_CONNECT_ENDPOINT
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kind import Kind
from sgcheck.aws.nat_gateway import NAT_GATEWAY
from sgcheck.aws.network_acl import NETWORK_ACL
from sgcheck.aws.network_firewall import NETWORK_FIREWALL
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.route_table import ROUTE_TABLE
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE
from sgcheck.aws.security_group_vpc_association import SECURITY_GROUP_VPC_ASSOCIATION
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpc_endpoint import VPC_ENDPOINT
from sgcheck.aws.vpc_peering_connection import VPC_PEERING_CONNECTION

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
    VPC_ENDPOINT,
    ENDPOINT_SERVICE,
    INSTANCE_CONNECT_ENDPOINT,
    NETWORK_FIREWALL,
    FIREWALL_POLICY,
    FIREWALL_RULE_GROUP,
    BLOCK_PUBLIC_ACCESS_OPTIONS,
    BLOCK_PUBLIC_ACCESS_EXCLUSION,
)

KIND_BY_KEY: dict[str, Kind[Any]] = {key: kind for kind in KINDS for key in kind.keys}
