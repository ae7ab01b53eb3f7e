"""AWS's own keys that are known and not modelled: their records are skipped, counted, and taken for no other kind."""

from __future__ import annotations

METADATA_KEYS = frozenset(
    {
        "AdditionalRoutesAvailable",
        "ResponseMetadata",
        "RequestId",
        "requestId",
        "NextToken",
        "nextToken",
        "Marker",
        "NextMarker",
        "MaxResults",
        "PaginationToken",
        "IsTruncated",
    }
)
"""What an answer says of itself rather than of resources."""

UNATTRIBUTABLE_KEYS = frozenset(
    {
        "Associations",
        "Attributes",
        "Entries",
        "Routes",
        "Tags",
        "TargetHealthDescriptions",
        "TransitGatewayPrefixListReferences",
        "TransitGatewayRouteTablePropagations",
    }
)
"""Answers that do not say which resource was asked about, so that nothing can be concluded from them.

Other resources have members with these names too: only an object that has nothing else is such an answer.
"""

UNMODELLED_KEYS = frozenset(
    {
        "AutoScalingGroups",
        "AvailabilityZones",
        "CacheClusters",
        "CacheSubnetGroups",
        "CarrierGateways",
        "ClientVpnEndpoints",
        "Clusters",
        "CustomerGateways",
        "DBClusters",
        "DBInstances",
        "DBProxies",
        "DBSubnetGroups",
        "DhcpOptions",
        "DomainStatusList",
        "FirewallPolicies",
        "FlowLogs",
        "Functions",
        "InstanceStatuses",
        "LaunchConfigurations",
        "LaunchTemplates",
        "Listeners",
        "LoadBalancerAttributes",
        "LoadBalancerDescriptions",
        "LoadBalancerListeners",
        "LoadBalancerTargetHealth",
        "LoadBalancers",
        "LocalGateways",
        "MountTargets",
        "NetworkInsightsPaths",
        "Regions",
        "ReplicationGroups",
        "RouteServers",
        "RuleGroups",
        "Rules",
        "SecurityGroupReferenceSet",
        "ServiceDetails",
        "ServiceNames",
        "StaleSecurityGroupSet",
        "TagDescriptions",
        "TargetGroupAttributes",
        "TargetGroups",
        "TransitGatewayAttachments",
        "TransitGatewayConnects",
        "TransitGatewayPeeringAttachments",
        "TransitGatewayPropagations",
        "TransitGatewayRouteTables",
        "TransitGatewayStaticRoutes",
        "TransitGatewayVpcAttachments",
        "TransitGateways",
        "VpcEncryptionControls",
        "VpcEndpointConnections",
        "VpnConnections",
        "VpnGateways",
    }
)
"""Top-level keys of answers about other resources of a network."""

UNMODELLED_ID_MEMBERS = {
    "AutoScalingGroupName": "AutoScalingGroups",
    "CacheClusterId": "CacheClusters",
    "CacheSubnetGroupName": "CacheSubnetGroups",
    "DBClusterIdentifier": "DBClusters",
    "DBInstanceIdentifier": "DBInstances",
    "DBSubnetGroupName": "DBSubnetGroups",
    "FunctionArn": "Functions",
    "LaunchConfigurationName": "LaunchConfigurations",
    "LaunchTemplateId": "LaunchTemplates",
    "ListenerArn": "Listeners",
    "LoadBalancerArn": "LoadBalancers",
    "LoadBalancerName": "LoadBalancerDescriptions",
    "MountTargetId": "MountTargets",
    "TargetGroupArn": "TargetGroups",
    "TransitGatewayAttachmentId": "TransitGatewayAttachments",
    "TransitGatewayRouteTableId": "TransitGatewayRouteTables",
    "TransitGatewayId": "TransitGateways",
    "VpnConnectionId": "VpnConnections",
    "VpnGatewayId": "VpnGateways",
}
"""Members that give a lone resource of another kind away, most telling first, and the key that it is counted under."""
