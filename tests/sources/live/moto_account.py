"""A network of two accounts and two Regions in moto's server, built with boto3."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import boto3

OWN = "123456789012"
OTHER = "222233334444"
ROLE = f"arn:aws:iam::{OTHER}:role/audit"
NEAR = "us-east-1"
FAR = "eu-west-1"


def credentials() -> dict[str, str]:
    """An environment for boto3 in which nothing of this machine's configuration counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": NEAR,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@dataclass
class Site:
    """A VPC with a public and a private subnet, a web server in the one and a database in the other."""

    vpc: str
    ids: dict[str, str] = field(default_factory=dict)


def client(endpoint: str, region: str, account: str = OWN, service: str = "ec2"):
    """A client of an account: of the other one with the credentials of its role."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    if account != OWN:
        sts = boto3.client("sts", region_name=region, endpoint_url=endpoint, **keys)
        told = sts.assume_role(RoleArn=ROLE, RoleSessionName="build")["Credentials"]
        keys = {
            "aws_access_key_id": told["AccessKeyId"],
            "aws_secret_access_key": told["SecretAccessKey"],
            "aws_session_token": told["SessionToken"],
        }
    return boto3.client(service, region_name=region, endpoint_url=endpoint, **keys)


def build_site(ec2, block: str, name: str) -> Site:
    """The internet reaches the web server on 443, and the web server the database on 5432."""
    vpc = ec2.create_vpc(CidrBlock=f"{block}.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{block}.1.0/24")["Subnet"]["SubnetId"]
    private = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{block}.2.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    web_group = ec2.create_security_group(GroupName=f"{name}-web", Description="-", VpcId=vpc)["GroupId"]
    db_group = ec2.create_security_group(GroupName=f"{name}-db", Description="-", VpcId=vpc)["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=web_group, IpPermissions=[https])
    postgres = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": web_group}]}
    ec2.authorize_security_group_ingress(GroupId=db_group, IpPermissions=[postgres])
    web = _run(ec2, public, web_group, f"{name}-web", f"{block}.1.10")
    database = _run(ec2, private, db_group, f"{name}-db", f"{block}.2.10")
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=web)
    ids = {"web": web, "db": database, "web-group": web_group, "db-group": db_group, "table": table}
    ids |= {"public": public, "private": private, "gateway": gateway, "address": address["PublicIp"]}
    return Site(vpc, ids)


def _run(ec2, subnet: str, group: str, name: str, address: str) -> str:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}, {"Key": "tier", "Value": name[-3:]}]}]
    ran = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[group],
        PrivateIpAddress=address,
        TagSpecifications=tags,
    )
    return ran["Instances"][0]["InstanceId"]


def peer(own, other, one: Site, two: Site, account: str, region: str) -> str:
    """An active peering connection with routes on both sides."""
    made = own.create_vpc_peering_connection(VpcId=one.vpc, PeerVpcId=two.vpc, PeerOwnerId=account, PeerRegion=region)
    id_ = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    other.accept_vpc_peering_connection(VpcPeeringConnectionId=id_)
    return id_


@dataclass
class Moto:
    """What was built: in our account near and far, and in the other account."""

    endpoint: str
    near: Site
    far: Site
    other: Site

    @classmethod
    def build(cls, endpoint: str) -> Moto:
        """Build everything."""
        own, away = client(endpoint, NEAR), client(endpoint, FAR)
        foreign = client(endpoint, NEAR, OTHER)
        near = build_site(own, "10.0", "near")
        far = build_site(away, "10.1", "far")
        other = build_site(foreign, "10.2", "other")
        for ec2, there, site, account, region in ((away, far, far, OWN, FAR), (foreign, other, other, OTHER, NEAR)):
            id_ = peer(own, ec2, near, there, account, region)
            block = {far.vpc: "10.1.0.0/16", other.vpc: "10.2.0.0/16"}[site.vpc]
            own.create_route(RouteTableId=near.ids["table"], DestinationCidrBlock=block, VpcPeeringConnectionId=id_)
            ec2.create_route(
                RouteTableId=site.ids["table"], DestinationCidrBlock="10.0.0.0/16", VpcPeeringConnectionId=id_
            )
        return cls(endpoint, near, far, other)
