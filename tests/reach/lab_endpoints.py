"""Endpoints for the small network of `lab`: what AWS tells of each, working unless `more` says otherwise."""

from __future__ import annotations

import json
from typing import Any

from tests.reach.lab import ACCOUNT, ANY4, cidr, group, interface, lab, pair, permission, reroute, route

Record = dict[str, Any]
S3 = "com.amazonaws.us-east-1.s3"
SSM = "com.amazonaws.us-east-1.ssm"
S3_BLOCK = "52.216.0.0/15"
S3_HOST = "52.216.8.8"
FULL = json.dumps({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]})
NARROW = json.dumps({"Statement": [{"Action": "s3:GetObject", "Effect": "Allow", "Principal": "*", "Resource": "*"}]})


def endpoint(id_: str, type_: str, service: str, **more: Any) -> Record:
    """An endpoint of vpc-1."""
    return {
        "VpcEndpointId": id_,
        "VpcEndpointType": type_,
        "VpcId": "vpc-1",
        "OwnerId": ACCOUNT,
        "ServiceName": service,
        "State": "available",
        "PolicyDocument": FULL,
        **more,
    }


def endpoint_interface(id_: str, address: str, groups: list[str], of: str, **more: Any) -> Record:
    """An interface of an endpoint in subnet-priv."""
    members = {"InterfaceType": "vpc_endpoint", "RequesterManaged": True, "Attachment": {"Status": "attached"}}
    described = {"Description": f"VPC Endpoint Interface {of}"}
    return interface(id_, "subnet-priv", address, groups, **(members | described | more))


def serviced(**more: Any) -> Record:
    """vpce-ssm at 10.0.2.60 with sg-ssm, which allows 443/tcp from the VPC."""
    record = lab()
    record["SecurityGroups"].append(group("sg-ssm", [permission("tcp", 443, **cidr("10.0.0.0/16"))]))
    record["NetworkInterfaces"].append(endpoint_interface("eni-ssm", "10.0.2.60", ["sg-ssm"], "vpce-ssm"))
    own = {"NetworkInterfaceIds": ["eni-ssm"], "SubnetIds": ["subnet-priv"], "PrivateDnsEnabled": True}
    record["VpcEndpoints"] = [endpoint("vpce-ssm", "Interface", SSM, **(own | more))]
    record["ServiceConfigurations"] = []
    return record


def stored(entries: list[str] | None = None, **more: Any) -> Record:
    """vpce-s3, which the route table of i-db leads the addresses of S3 to."""
    record = reroute(
        lab(), "rtb-main", route("0.0.0.0/0", "nat-1"), route("pl-s3", "vpce-s3"), route("10.9.0.0/16", "pcx-1")
    )
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-s3", "PrefixListName": S3}]
    record["PrefixListEntries"] = {"pl-s3": [{"Cidr": c} for c in ([S3_BLOCK] if entries is None else entries)]}
    record["VpcEndpoints"] = [endpoint("vpce-s3", "Gateway", S3, RouteTableIds=["rtb-main"], **more)]
    return record


def connecting(**more: Any) -> Record:
    """eice-1 at 10.0.2.70 with sg-eice; i-db lets members of it in by SSH."""
    record = lab()
    record["SecurityGroups"].append(group("sg-eice", []))
    own = {"InterfaceType": "ec2_instance_connect_endpoint", "Description": "EC2 Instance Connect Endpoint eice-1"}
    record["NetworkInterfaces"].append(endpoint_interface("eni-eice", "10.0.2.70", ["sg-eice"], "eice-1", **own))
    for found in record["SecurityGroups"]:
        if found["GroupId"] in ("sg-db", "sg-web"):
            found["IpPermissions"].append(permission("tcp", 22, **pair("sg-eice")))
    record["InstanceConnectEndpoints"] = [
        {
            "InstanceConnectEndpointId": "eice-1",
            "InstanceConnectEndpointArn": f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance-connect-endpoint/eice-1",
            "State": "create-complete",
            "VpcId": "vpc-1",
            "SubnetId": "subnet-priv",
            "NetworkInterfaceIds": ["eni-eice"],
            "SecurityGroupIds": ["sg-eice"],
            "PreserveClientIp": False,
            **more,
        }
    ]
    return record


def open_group(id_: str) -> Record:
    """A group that lets everything in."""
    return group(id_, [permission("-1", **ANY4)])
