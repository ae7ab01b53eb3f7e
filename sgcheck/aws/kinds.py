"""All kinds of AWS resources that are understood, in one order."""

from __future__ import annotations

from typing import Any

from sgcheck.aws.address import ADDRESS
from sgcheck.aws.balancer_attribute import CLASSIC_ATTRIBUTE, LOAD_BALANCER_ATTRIBUTE, TARGET_GROUP_ATTRIBUTE
from sgcheck.aws.block_public_access_exclusion import BLOCK_PUBLIC_ACCESS_EXCLUSION
from sgcheck.aws.block_public_access_options import BLOCK_PUBLIC_ACCESS_OPTIONS
from sgcheck.aws.cache_cluster import CACHE_CLUSTER
from sgcheck.aws.cache_subnet_group import CACHE_SUBNET_GROUP
from sgcheck.aws.classic_load_balancer import CLASSIC_LOAD_BALANCER
from sgcheck.aws.db_cluster import DB_CLUSTER
from sgcheck.aws.db_instance import DB_INSTANCE
from sgcheck.aws.db_proxy import DB_PROXY
from sgcheck.aws.db_subnet_group import DB_SUBNET_GROUP
from sgcheck.aws.ecs_service import ECS_SERVICE
from sgcheck.aws.ecs_task import ECS_TASK
from sgcheck.aws.egress_only_internet_gateway import EGRESS_ONLY_INTERNET_GATEWAY
from sgcheck.aws.eks_cluster import EKS_CLUSTER
from sgcheck.aws.endpoint_service import ENDPOINT_SERVICE
from sgcheck.aws.firewall_policy import FIREWALL_POLICY
from sgcheck.aws.firewall_rule_group import FIREWALL_RULE_GROUP
from sgcheck.aws.function import FUNCTION
from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.instance_connect_endpoint import INSTANCE_CONNECT_ENDPOINT
from sgcheck.aws.internet_gateway import INTERNET_GATEWAY
from sgcheck.aws.kind import Kind
from sgcheck.aws.listener import LISTENER
from sgcheck.aws.listener_rule import LISTENER_RULE
from sgcheck.aws.load_balancer import LOAD_BALANCER
from sgcheck.aws.mount_target import MOUNT_TARGET
from sgcheck.aws.nat_gateway import NAT_GATEWAY
from sgcheck.aws.network_acl import NETWORK_ACL
from sgcheck.aws.network_firewall import NETWORK_FIREWALL
from sgcheck.aws.network_interface import NETWORK_INTERFACE
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.redshift_cluster import REDSHIFT_CLUSTER
from sgcheck.aws.replication_group import REPLICATION_GROUP
from sgcheck.aws.route_table import ROUTE_TABLE
from sgcheck.aws.search_domain import SEARCH_DOMAIN
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.security_group_rule import SECURITY_GROUP_RULE
from sgcheck.aws.security_group_vpc_association import SECURITY_GROUP_VPC_ASSOCIATION
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.target_group import TARGET_GROUP
from sgcheck.aws.target_health import TARGET_HEALTH
from sgcheck.aws.transit_gateway import TRANSIT_GATEWAY
from sgcheck.aws.transit_gateway_attachment import TRANSIT_GATEWAY_ATTACHMENT
from sgcheck.aws.transit_gateway_peering_attachment import TRANSIT_GATEWAY_PEERING_ATTACHMENT
from sgcheck.aws.transit_gateway_prefix_list_reference import TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE
from sgcheck.aws.transit_gateway_propagation import TRANSIT_GATEWAY_PROPAGATION
from sgcheck.aws.transit_gateway_route import TRANSIT_GATEWAY_ROUTE
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.transit_gateway_vpc_attachment import TRANSIT_GATEWAY_VPC_ATTACHMENT
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpc_endpoint import VPC_ENDPOINT
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
    VPC_ENDPOINT,
    ENDPOINT_SERVICE,
    INSTANCE_CONNECT_ENDPOINT,
    NETWORK_FIREWALL,
    FIREWALL_POLICY,
    FIREWALL_RULE_GROUP,
    BLOCK_PUBLIC_ACCESS_OPTIONS,
    BLOCK_PUBLIC_ACCESS_EXCLUSION,
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
    DB_SUBNET_GROUP,
    DB_INSTANCE,
    DB_CLUSTER,
    DB_PROXY,
    FUNCTION,
    ECS_SERVICE,
    ECS_TASK,
    EKS_CLUSTER,
    CACHE_SUBNET_GROUP,
    CACHE_CLUSTER,
    REPLICATION_GROUP,
    REDSHIFT_CLUSTER,
    SEARCH_DOMAIN,
    MOUNT_TARGET,
    LOAD_BALANCER_ATTRIBUTE,
    TARGET_GROUP,
    TARGET_GROUP_ATTRIBUTE,
    TARGET_HEALTH,
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER,
    CLASSIC_LOAD_BALANCER,
    CLASSIC_ATTRIBUTE,
)

KIND_BY_KEY: dict[str, Kind[Any]] = {key: kind for kind in KINDS for key in kind.keys}
