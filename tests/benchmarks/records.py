"""AWS's records of the synthetic organisation.

They have the fields that AWS prints and nobody here reads too, since size has to be honest.
"""

from __future__ import annotations

from typing import Any

from tests.benchmarks.plan import ACCOUNT, REGION, Host, Plan, Subnet, identifier, nat_address, vpc_block

Record = dict[str, Any]
_TIME = "2026-02-03T09:15:42+00:00"
_ROLES = ("web", "api", "worker", "cache", "queue", "search", "batch", "proxy")
_TYPES = ("t3.medium", "m6i.large", "m6i.xlarge", "c6i.2xlarge", "r6i.large")


def tags(name: str, number: int) -> list[Record]:
    """Return the tags that such an organisation puts on everything."""
    pairs = (
        ("Name", name),
        ("Environment", ("prod", "staging", "dev")[number % 3]),
        ("CostCentre", f"cc-{number % 97:04d}"),
    )
    return [{"Key": key, "Value": value} for key, value in pairs]


def vpc(number: int) -> Record:
    """Return a record of describe-vpcs."""
    block = str(vpc_block(number))
    association = {"AssociationId": identifier("vpc-cidr-assoc", number), "CidrBlock": block}
    return {
        "OwnerId": ACCOUNT,
        "InstanceTenancy": "default",
        "CidrBlockAssociationSet": [association | {"CidrBlockState": {"State": "associated"}}],
        "IsDefault": False,
        "Tags": tags(f"vpc-{number}", number),
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "VpcId": identifier("vpc", number),
        "State": "available",
        "CidrBlock": block,
        "DhcpOptionsId": identifier("dopt", 0),
    }


def subnet(place: Subnet) -> Record:
    """Return a record of describe-subnets."""
    this = identifier("subnet", place.number)
    return {
        "AvailabilityZoneId": f"use1-az{place.index % 3 + 1}",
        "MapCustomerOwnedIpOnLaunch": False,
        "OwnerId": ACCOUNT,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Tags": tags(f"subnet-{place.vpc}-{place.index}", place.number),
        "SubnetArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{this}",
        "EnableDns64": False,
        "Ipv6Native": False,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": False,
            "EnableResourceNameDnsAAAARecord": False,
        },
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "SubnetId": this,
        "State": "available",
        "VpcId": identifier("vpc", place.vpc),
        "CidrBlock": str(place.block),
        "AvailableIpAddressCount": 1_019 - place.hosts,
        "AvailabilityZone": place.zone,
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": place.public,
    }


def group(plan: Plan, place: int, number: int, inbound: list[Record], outbound: list[Record]) -> Record:
    """Return a record of describe-security-groups."""
    this = identifier("sg", number)
    return {
        "GroupId": this,
        "IpPermissionsEgress": outbound,
        "Tags": tags(group_name(plan, place, number), number),
        "VpcId": identifier("vpc", place),
        "SecurityGroupArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{this}",
        "OwnerId": ACCOUNT,
        "GroupName": group_name(plan, place, number),
        "Description": "managed by terraform",
        "IpPermissions": inbound,
    }


def group_name(plan: Plan, place: int, number: int) -> str:
    """Return the group's name, distinct within its VPC."""
    nth = number - plan.first_groups[place]
    return "default" if nth == 0 else f"{_ROLES[nth % len(_ROLES)]}-{nth}"


def _dns(address: str) -> str:
    return f"ip-{address.replace('.', '-')}.ec2.internal"


def _association(host: Host) -> Record:
    if host.public is None:
        return {}
    name = f"ec2-{host.public.replace('.', '-')}.compute-1.amazonaws.com"
    return {"Association": {"IpOwnerId": "amazon", "PublicDnsName": name, "PublicIp": host.public}}


def _interface(plan: Plan, host: Host, attachment: Record) -> Record:
    names = [{"GroupId": identifier("sg", n), "GroupName": group_name(plan, host.subnet.vpc, n)} for n in host.groups]
    low = host.number & 0xFFFFFF
    address = {"Primary": True, "PrivateDnsName": _dns(host.address), "PrivateIpAddress": host.address}
    return {
        **_association(host),
        "Attachment": {
            "AttachTime": _TIME,
            "AttachmentId": identifier("eni-attach", host.number),
            "DeleteOnTermination": True,
            "DeviceIndex": 0,
            "NetworkCardIndex": 0,
            "Status": "attached",
            **attachment,
        },
        "Description": "",
        "Groups": names,
        "InterfaceType": "interface",
        "Ipv6Addresses": [],
        "MacAddress": f"0e:5a:11:{low >> 16:02x}:{low >> 8 & 255:02x}:{low & 255:02x}",
        "NetworkInterfaceId": identifier("eni", host.number),
        "OwnerId": ACCOUNT,
        "PrivateDnsName": _dns(host.address),
        "PrivateIpAddress": host.address,
        "PrivateIpAddresses": [{**_association(host), **address}],
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": identifier("subnet", host.subnet.number),
        "VpcId": identifier("vpc", host.subnet.vpc),
    }


def interface(plan: Plan, host: Host) -> Record:
    """Return a record of describe-network-interfaces."""
    return {
        **_interface(plan, host, {"InstanceId": identifier("i", host.number), "InstanceOwnerId": ACCOUNT}),
        "AvailabilityZone": host.subnet.zone,
        "RequesterManaged": False,
        "TagSet": [],
        "Operator": {"Managed": False},
    }


def host_name(host: Host) -> str:
    """Return the instance's Name tag."""
    return f"{_ROLES[host.number % len(_ROLES)]}-{host.subnet.vpc}-{host.number}"


def reservation(plan: Plan, host: Host) -> Record:
    """Return a record of describe-instances, of one instance."""
    nic = _interface(plan, host, {})
    public = {"PublicIpAddress": host.public} if host.public else {}
    volume = {"AttachTime": _TIME, "DeleteOnTermination": True, "Status": "attached"}
    instance = {
        "Architecture": "x86_64",
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {**volume, "VolumeId": identifier("vol", host.number)}},
        ],
        "ClientToken": f"{host.number:08x}-5f2c-4a8e-9d11-0242ac120002",
        "EbsOptimized": False,
        "EnaSupport": True,
        "Hypervisor": "xen",
        "IamInstanceProfile": {
            "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{_ROLES[host.number % len(_ROLES)]}",
            "Id": f"AIPA{host.subnet.vpc:016X}",
        },
        "NetworkInterfaces": [nic],
        "RootDeviceName": "/dev/xvda",
        "RootDeviceType": "ebs",
        "SecurityGroups": nic["Groups"],
        "SourceDestCheck": True,
        "Tags": tags(host_name(host), host.number),
        "VirtualizationType": "hvm",
        "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2},
        "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
        "HibernationOptions": {"Configured": False},
        "MetadataOptions": {
            "State": "applied",
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 2,
            "HttpEndpoint": "enabled",
            "HttpProtocolIpv6": "disabled",
            "InstanceMetadataTags": "disabled",
        },
        "EnclaveOptions": {"Enabled": False},
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "UsageOperationUpdateTime": _TIME,
        "MaintenanceOptions": {"AutoRecovery": "default", "RebootMigration": "default"},
        "CurrentInstanceBootMode": "legacy-bios",
        "Operator": {"Managed": False},
        "InstanceId": identifier("i", host.number),
        "ImageId": identifier("ami", host.number % 40),
        "State": {"Code": 16, "Name": "running"},
        "PrivateDnsName": _dns(host.address),
        "PublicDnsName": _association(host).get("Association", {}).get("PublicDnsName", ""),
        "StateTransitionReason": "",
        "KeyName": "operations",
        "AmiLaunchIndex": 0,
        "ProductCodes": [],
        "InstanceType": _TYPES[host.number % len(_TYPES)],
        "LaunchTime": _TIME,
        "Placement": {"GroupName": "", "Tenancy": "default", "AvailabilityZone": host.subnet.zone},
        "Monitoring": {"State": "disabled"},
        "SubnetId": identifier("subnet", host.subnet.number),
        "VpcId": identifier("vpc", host.subnet.vpc),
        "PrivateIpAddress": host.address,
        **public,
    }
    return {
        "ReservationId": identifier("r", host.number),
        "OwnerId": ACCOUNT,
        "Groups": [],
        "Instances": [instance],
    }


def nat_interface(place: Subnet) -> Record:
    """Return the record of describe-network-interfaces of the NAT gateway in a VPC's first subnet."""
    inside = str(place.block[5])
    public = nat_address(place.vpc)
    association = {
        "AllocationId": identifier("eipalloc", place.vpc),
        "AssociationId": identifier("eipassoc", place.vpc),
        "IpOwnerId": ACCOUNT,
        "PublicDnsName": f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com",
        "PublicIp": public,
    }
    address = {"Primary": True, "PrivateDnsName": _dns(inside), "PrivateIpAddress": inside, "Association": association}
    return {
        "Association": association,
        "Attachment": {
            "AttachmentId": identifier("ela-attach", place.vpc),
            "DeleteOnTermination": False,
            "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-aws",
            "Status": "attached",
        },
        "AvailabilityZone": place.zone,
        "Description": f"Interface for NAT Gateway {identifier('nat', place.vpc)}",
        "Groups": [],
        "InterfaceType": "nat_gateway",
        "Ipv6Addresses": [],
        "MacAddress": f"0e:5a:12:00:{place.vpc >> 8:02x}:{place.vpc & 255:02x}",
        "NetworkInterfaceId": nat_interface_id(place.vpc),
        "OwnerId": ACCOUNT,
        "PrivateDnsName": _dns(inside),
        "PrivateIpAddress": inside,
        "PrivateIpAddresses": [address],
        "RequesterId": ACCOUNT,
        "RequesterManaged": True,
        "SourceDestCheck": False,
        "Status": "in-use",
        "SubnetId": identifier("subnet", place.number),
        "TagSet": [],
        "VpcId": identifier("vpc", place.vpc),
    }


def nat_interface_id(place: int) -> str:
    """Return the id of a NAT gateway's interface; hosts count up from zero, so these begin far above."""
    return identifier("eni", (1 << 32) + place)


def nat_gateway(place: Subnet) -> Record:
    """Return a record of describe-nat-gateways."""
    address = {
        "AllocationId": identifier("eipalloc", place.vpc),
        "NetworkInterfaceId": nat_interface_id(place.vpc),
        "PrivateIp": str(place.block[5]),
        "PublicIp": nat_address(place.vpc),
        "AssociationId": identifier("eipassoc", place.vpc),
        "IsPrimary": True,
        "Status": "succeeded",
    }
    return {
        "CreateTime": _TIME,
        "NatGatewayAddresses": [address],
        "NatGatewayId": identifier("nat", place.vpc),
        "State": "available",
        "SubnetId": identifier("subnet", place.number),
        "VpcId": identifier("vpc", place.vpc),
        "Tags": tags(f"nat-{place.vpc}", place.vpc),
        "ConnectivityType": "public",
    }
