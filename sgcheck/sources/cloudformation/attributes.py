"""What `Fn::GetAtt` returns, as far as a template tells (CloudFormation template reference, Return values)."""

from __future__ import annotations

from typing import Final

ITSELF: Final = {
    "AWS::EC2::VPC": ("VpcId",),
    "AWS::EC2::Subnet": ("SubnetId",),
    "AWS::EC2::SecurityGroup": ("GroupId", "Id"),
    "AWS::EC2::InternetGateway": ("InternetGatewayId",),
    "AWS::EC2::EgressOnlyInternetGateway": ("Id",),
    "AWS::EC2::RouteTable": ("RouteTableId",),
    "AWS::EC2::NetworkAcl": ("Id", "NetworkAclId"),
    "AWS::EC2::Instance": ("InstanceId",),
    "AWS::EC2::NetworkInterface": ("Id",),
    "AWS::EC2::EIP": ("AllocationId",),
    "AWS::EC2::NatGateway": ("NatGatewayId",),
    "AWS::EC2::VPCPeeringConnection": ("Id",),
    "AWS::EC2::VPCEndpoint": ("Id",),
    "AWS::EC2::PrefixList": ("PrefixListId",),
    "AWS::EC2::TransitGateway": ("Id",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("LoadBalancerArn",),
    "AWS::ElasticLoadBalancingV2::Listener": ("ListenerArn",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("TargetGroupArn",),
}
"""Attributes that name the resource itself, as `Ref` does."""
WRITTEN: Final = {
    "AWS::EC2::VPC": ("CidrBlock",),
    "AWS::EC2::Subnet": ("VpcId", "AvailabilityZone", "CidrBlock"),
    "AWS::EC2::SecurityGroup": ("VpcId",),
    "AWS::EC2::Instance": ("AvailabilityZone",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",),
}
"""Attributes that are what a property of the same name says, where it is written."""
RENAMED: Final = {
    ("AWS::EC2::Instance", "PrivateIp"): "PrivateIpAddress",
    ("AWS::EC2::NetworkInterface", "PrimaryPrivateIpAddress"): "PrivateIpAddress",
}
"""The same under another name."""
MADE_BY_VPC: Final = ("DefaultSecurityGroup", "DefaultNetworkAcl")
"""What AWS makes for a new VPC."""
