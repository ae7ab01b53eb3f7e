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
        "CarrierGateways",
        "ClientVpnEndpoints",
        "CustomerGateways",
        "DhcpOptions",
        "FirewallPolicies",
        "FlowLogs",
        "LaunchConfigurations",
        "LaunchTemplates",
        "LocalGateways",
        "NetworkInsightsPaths",
        "Regions",
        "RouteServers",
        "RuleGroups",
        "SecurityGroupReferenceSet",
        "ServiceDetails",
        "ServiceNames",
        "StaleSecurityGroupSet",
        "TagDescriptions",
        "TransitGatewayConnects",
        "VpcEncryptionControls",
        "VpcEndpointConnections",
    }
)
"""Top-level keys of answers about other resources of a network."""

UNMODELLED_ID_MEMBERS = {
    "AutoScalingGroupName": "AutoScalingGroups",
    "DestinationCidrBlock": "Routes",
    "LaunchConfigurationName": "LaunchConfigurations",
    "LaunchTemplateId": "LaunchTemplates",
}
"""Members that give a lone resource of another kind away, most telling first, and the key that it is counted under."""

INCOMPLETE_ID_MEMBERS = {
    "ListenerArn": "Listener",
    "LoadBalancerArn": "LoadBalancer",
    "LoadBalancerName": "LoadBalancer",
    "TargetGroupArn": "TargetGroup",
}
"""The same for resources that look like some of a kind and lack what all of that kind have."""
