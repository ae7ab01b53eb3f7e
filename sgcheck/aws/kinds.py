"""All kinds of AWS resources that are understood, in one order: a line for each.

A kind's module is imported when its key is met, or its name asked for: an input has few of them, and start-up is part
of every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sgcheck.aws.kind import Kind

    KINDS: tuple[Kind[Any], ...]


class Line(NamedTuple):
    """One kind: its module in this package, its constant there, and its own name and top-level keys."""

    module: str
    constant: str
    name: str
    keys: tuple[str, ...]

    def kind(self) -> Kind[Any]:
        """The kind itself."""
        found: Kind[Any] = getattr(import_module(f"sgcheck.aws.{self.module}"), self.constant)
        return found


LINES = (
    Line("vpc", "VPC", "VPC", ("Vpcs",)),
    Line("subnet", "SUBNET", "subnet", ("Subnets",)),
    Line("network_interface", "NETWORK_INTERFACE", "network interface", ("NetworkInterfaces",)),
    Line("instance", "INSTANCE", "instance", ("Reservations", "Instances")),
    Line("instance_status", "INSTANCE_STATUS", "instance status", ("InstanceStatuses",)),
    Line("security_group", "SECURITY_GROUP", "security group", ("SecurityGroups",)),
    Line("security_group_rule", "SECURITY_GROUP_RULE", "security group rule", ("SecurityGroupRules",)),
    Line(
        "security_group_vpc_association",
        "SECURITY_GROUP_VPC_ASSOCIATION",
        "security group VPC association",
        ("SecurityGroupVpcAssociations",),
    ),
    Line("network_acl", "NETWORK_ACL", "network ACL", ("NetworkAcls",)),
    Line("route_table", "ROUTE_TABLE", "route table", ("RouteTables",)),
    Line("internet_gateway", "INTERNET_GATEWAY", "internet gateway", ("InternetGateways",)),
    Line(
        "egress_only_internet_gateway",
        "EGRESS_ONLY_INTERNET_GATEWAY",
        "egress-only internet gateway",
        ("EgressOnlyInternetGateways",),
    ),
    Line("nat_gateway", "NAT_GATEWAY", "NAT gateway", ("NatGateways",)),
    Line("address", "ADDRESS", "Elastic IP address", ("Addresses",)),
    Line("vpc_peering_connection", "VPC_PEERING_CONNECTION", "VPC peering connection", ("VpcPeeringConnections",)),
    Line("prefix_list", "PREFIX_LIST", "prefix list", ("PrefixLists", "ManagedPrefixLists")),
    Line("prefix_list_entry", "PREFIX_LIST_ENTRY", "prefix list entry", ("PrefixListEntries",)),
    Line("vpc_endpoint", "VPC_ENDPOINT", "VPC endpoint", ("VpcEndpoints",)),
    Line("endpoint_service", "ENDPOINT_SERVICE", "endpoint service", ("ServiceConfigurations",)),
    Line(
        "instance_connect_endpoint",
        "INSTANCE_CONNECT_ENDPOINT",
        "EC2 Instance Connect endpoint",
        ("InstanceConnectEndpoints",),
    ),
    Line("network_firewall", "NETWORK_FIREWALL", "network firewall", ("Firewalls", "NetworkFirewalls")),
    Line("firewall_policy", "FIREWALL_POLICY", "firewall policy", ("NetworkFirewallPolicies",)),
    Line("firewall_rule_group", "FIREWALL_RULE_GROUP", "firewall rule group", ("NetworkFirewallRuleGroups",)),
    Line(
        "block_public_access_options",
        "BLOCK_PUBLIC_ACCESS_OPTIONS",
        "VPC block public access options",
        ("VpcBlockPublicAccessOptions",),
    ),
    Line(
        "block_public_access_exclusion",
        "BLOCK_PUBLIC_ACCESS_EXCLUSION",
        "VPC block public access exclusion",
        ("VpcBlockPublicAccessExclusions",),
    ),
    Line("transit_gateway", "TRANSIT_GATEWAY", "transit gateway", ("TransitGateways",)),
    Line(
        "transit_gateway_attachment",
        "TRANSIT_GATEWAY_ATTACHMENT",
        "transit gateway attachment",
        ("TransitGatewayAttachments",),
    ),
    Line(
        "transit_gateway_vpc_attachment",
        "TRANSIT_GATEWAY_VPC_ATTACHMENT",
        "transit gateway VPC attachment",
        ("TransitGatewayVpcAttachments",),
    ),
    Line(
        "transit_gateway_peering_attachment",
        "TRANSIT_GATEWAY_PEERING_ATTACHMENT",
        "transit gateway peering attachment",
        ("TransitGatewayPeeringAttachments",),
    ),
    Line(
        "transit_gateway_route_table",
        "TRANSIT_GATEWAY_ROUTE_TABLE",
        "transit gateway route table",
        ("TransitGatewayRouteTables",),
    ),
    Line("transit_gateway_route", "TRANSIT_GATEWAY_ROUTE", "transit gateway route", ("TransitGatewayStaticRoutes",)),
    Line(
        "transit_gateway_propagation",
        "TRANSIT_GATEWAY_PROPAGATION",
        "transit gateway propagation",
        ("TransitGatewayPropagations",),
    ),
    Line(
        "transit_gateway_prefix_list_reference",
        "TRANSIT_GATEWAY_PREFIX_LIST_REFERENCE",
        "transit gateway prefix list reference",
        ("TransitGatewayPrefixListReferences",),
    ),
    Line("vpn_gateway", "VPN_GATEWAY", "virtual private gateway", ("VpnGateways",)),
    Line("vpn_connection", "VPN_CONNECTION", "VPN connection", ("VpnConnections",)),
    Line("db_subnet_group", "DB_SUBNET_GROUP", "DB subnet group", ("DBSubnetGroups",)),
    Line("db_instance", "DB_INSTANCE", "DB instance", ("DBInstances",)),
    Line("db_cluster", "DB_CLUSTER", "DB cluster", ("DBClusters",)),
    Line("db_proxy", "DB_PROXY", "DB proxy", ("DBProxies",)),
    Line("function", "FUNCTION", "Lambda function", ("Functions",)),
    Line("ecs_service", "ECS_SERVICE", "ECS service", ("services",)),
    Line("ecs_task", "ECS_TASK", "ECS task", ("tasks",)),
    Line("eks_cluster", "EKS_CLUSTER", "EKS cluster", ("cluster",)),
    Line("cache_subnet_group", "CACHE_SUBNET_GROUP", "cache subnet group", ("CacheSubnetGroups",)),
    Line("cache_cluster", "CACHE_CLUSTER", "cache cluster", ("CacheClusters",)),
    Line("replication_group", "REPLICATION_GROUP", "replication group", ("ReplicationGroups",)),
    Line("redshift_cluster", "REDSHIFT_CLUSTER", "Redshift cluster", ("Clusters",)),
    Line("search_domain", "SEARCH_DOMAIN", "OpenSearch domain", ("DomainStatusList",)),
    Line("mount_target", "MOUNT_TARGET", "mount target", ("MountTargets",)),
    Line("balancer_attribute", "LOAD_BALANCER_ATTRIBUTE", "load balancer attribute", ("LoadBalancerAttributes",)),
    Line("target_group", "TARGET_GROUP", "target group", ("TargetGroups",)),
    Line("balancer_attribute", "TARGET_GROUP_ATTRIBUTE", "target group attribute", ("TargetGroupAttributes",)),
    Line("target_health", "TARGET_HEALTH", "target health", ("LoadBalancerTargetHealth",)),
    Line("listener", "LISTENER", "listener", ("LoadBalancerListeners", "Listeners")),
    Line("listener_rule", "LISTENER_RULE", "listener rule", ("Rules",)),
    Line("load_balancer", "LOAD_BALANCER", "load balancer", ("LoadBalancers",)),
    Line("classic_load_balancer", "CLASSIC_LOAD_BALANCER", "Classic Load Balancer", ("LoadBalancerDescriptions",)),
    Line(
        "balancer_attribute", "CLASSIC_ATTRIBUTE", "Classic Load Balancer attribute", ("ClassicLoadBalancerAttributes",)
    ),
)
_BY_KEY = {key: line for line in LINES for key in line.keys}
_BY_NAME = {line.name: line for line in LINES}


class _ByKey(Mapping[str, "Kind[Any]"]):
    """Kinds by top-level key."""

    def __getitem__(self, key: str) -> Kind[Any]:
        return _BY_KEY[key].kind()

    def __iter__(self) -> Iterator[str]:
        return iter(_BY_KEY)

    def __len__(self) -> int:
        return len(_BY_KEY)

    def __contains__(self, key: object) -> bool:
        return key in _BY_KEY


KIND_BY_KEY: Mapping[str, Kind[Any]] = _ByKey()


def kind_named(name: str) -> Kind[Any] | None:
    """The kind of this name, None where there is none."""
    line = _BY_NAME.get(name)
    return line.kind() if line else None


def __getattr__(name: str) -> tuple[Kind[Any], ...]:
    """Hand out KINDS, every kind in order, when it is first asked for."""
    if name == "KINDS":
        found = globals()["KINDS"] = tuple(line.kind() for line in LINES)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
