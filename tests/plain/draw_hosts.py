"""Instances, interfaces with their addresses, and NAT gateways."""

from __future__ import annotations

import copy
from ipaddress import ip_network

from .draft import REGION, Draft
from .draw_routes import add_route, new_table
from .records import Record


def instances(draft: Draft) -> None:
    """A few instances per VPC, with one or two interfaces each, and unattached interfaces."""
    for vpc in draft.data["Vpcs"]:
        subnets = draft.all("Subnets", VpcId=vpc["VpcId"])
        for _ in range(draft.rng.choice((3, 4, 5))):
            state = draft.pick({"running": 94, "stopped": 3, "pending": 1, "stopping": 1, "shutting-down": 1})
            instance: Record = {
                "InstanceId": draft.new("i"),
                "State": {
                    "Code": {"running": 16, "stopped": 80, "pending": 0, "stopping": 64, "shutting-down": 32}[state],
                    "Name": state,
                },
                "VpcId": vpc["VpcId"],
                "NetworkInterfaces": [],
                "Tags": [{"Key": "Name", "Value": f"host-{draft.count}"}],
            }
            for index in range(2 if draft.chance(0.2) else 1):
                interface = new_interface(draft, draft.rng.choice(subnets))
                interface["Status"] = "in-use"
                interface["Attachment"] = {
                    "AttachmentId": draft.new("eni-attach"),
                    "InstanceId": instance["InstanceId"],
                    "InstanceOwnerId": vpc["OwnerId"],
                    "DeviceIndex": index,
                    "Status": "attached",
                }
                addresses(draft, interface, running=state == "running")
            reservation = {
                "ReservationId": draft.new("r"),
                "OwnerId": vpc["OwnerId"],
                "Groups": [],
                "Instances": [instance],
            }
            if draft.chance(0.93):  # Otherwise the instance of an interface in use is not in the data.
                draft.data["Reservations"].append(reservation)
        if draft.chance(0.2):
            addresses(draft, new_interface(draft, draft.rng.choice(subnets)), running=True)
        if draft.chance(0.1):
            managed_interface(draft, draft.rng.choice(subnets), "network_load_balancer")


def new_interface(draft: Draft, subnet: Record) -> Record:
    """An unattached interface with its groups and addresses."""
    private = draft.new_host(subnet)
    groups = draft.usable_groups(subnet["VpcId"])
    chosen = draft.rng.sample(groups, min(len(groups), draft.pick({1: 65, 2: 28, 3: 7})))
    interface: Record = {
        "NetworkInterfaceId": draft.new("eni"),
        "VpcId": subnet["VpcId"],
        "SubnetId": subnet["SubnetId"],
        "OwnerId": subnet["OwnerId"],
        "AvailabilityZone": subnet["AvailabilityZone"],
        "Status": "available",
        "InterfaceType": "interface",
        "Description": "",
        "RequesterManaged": False,
        "SourceDestCheck": True,
        "PrivateIpAddress": private,
        "PrivateIpAddresses": [{"PrivateIpAddress": private, "Primary": True}],
        "Ipv6Addresses": [],
        "Groups": [
            {"GroupId": group, "GroupName": draft.all("SecurityGroups", GroupId=group)[0]["GroupName"]}
            for group in chosen
        ],
    }
    for _ in range(draft.pick({0: 75, 1: 20, 2: 5})):
        interface["PrivateIpAddresses"].append({"PrivateIpAddress": draft.new_host(subnet), "Primary": False})
    number = draft.interfaces = draft.interfaces + 1
    if draft.chance(0.12):
        key = subnet["SubnetId"] + "/28"
        draft.hosts[key] = draft.hosts.get(key, 3) + 1  # The fifth /28 of the subnet, and so on.
        if draft.hosts[key] < 15:
            interface["Ipv4Prefixes"] = [
                {"Ipv4Prefix": str(list(ip_network(subnet["CidrBlock"]).subnets(new_prefix=28))[draft.hosts[key]])}
            ]
    v6 = draft.v6_of(subnet)
    if v6 and draft.chance(0.85):
        interface["Ipv6Addresses"].append({"Ipv6Address": str(ip_network(v6)[0x1000 + number])})
        if draft.chance(0.15):
            interface["Ipv6Addresses"].append({"Ipv6Address": str(ip_network(v6)[0x2000 + number])})
        if draft.chance(0.08):
            interface["Ipv6Prefixes"] = [{"Ipv6Prefix": f"{ip_network(v6)[(number + 1) << 48]}/80"}]
        if draft.chance(0.04):
            interface["DenyAllIgwTraffic"] = True
    draft.data["NetworkInterfaces"].append(interface)
    return interface


def addresses(draft: Draft, interface: Record, *, running: bool) -> None:
    """Public addresses: elastic ones on any private address, automatic ones on the primary of what runs."""
    if draft.chance(0.12):
        interface["SourceDestCheck"] = False
        if not draft.nat_instances:
            return  # With a public address it could be a NAT instance.
    for entry in interface["PrivateIpAddresses"]:
        if not draft.chance(0.85 if entry["Primary"] else 0.5):
            continue
        elastic = not entry["Primary"] or not running or interface["Status"] == "available" or draft.chance(0.5)
        if not running and draft.chance(0.5):
            continue
        associate(draft, interface, entry, elastic=elastic)


def associate(draft: Draft, interface: Record, entry: Record, *, elastic: bool) -> str:
    """Map a public address to one private address of an interface."""
    public = draft.new_public()
    association = {
        "PublicIp": public,
        "PublicDnsName": "",
        "IpOwnerId": interface["OwnerId"] if elastic else "amazon",
    }
    if elastic:
        association |= {"AllocationId": draft.new("eipalloc"), "AssociationId": draft.new("eipassoc")}
        draft.data["Addresses"].append(
            {
                "PublicIp": public,
                "Domain": "vpc",
                "AllocationId": association["AllocationId"],
                "AssociationId": association["AssociationId"],
                "NetworkInterfaceId": interface["NetworkInterfaceId"],
                "NetworkInterfaceOwnerId": interface["OwnerId"],
                "PrivateIpAddress": entry["PrivateIpAddress"],
            }
        )
    entry["Association"] = association
    if entry["Primary"]:
        interface["Association"] = association
    return public


def managed_interface(draft: Draft, subnet: Record, kind: str) -> Record:
    """An interface that AWS manages, and that has no group."""
    interface = new_interface(draft, subnet)
    for key in ("Ipv4Prefixes", "Ipv6Prefixes", "DenyAllIgwTraffic"):
        interface.pop(key, None)
    interface |= {"Status": "in-use", "InterfaceType": kind, "Groups": [], "RequesterManaged": True}
    interface["PrivateIpAddresses"] = interface["PrivateIpAddresses"][:1]
    interface["Attachment"] = {
        "AttachmentId": draft.new("ela-attach"),
        "DeviceIndex": 1,
        "Status": "attached",
        "InstanceOwnerId": "amazon-aws",
    }
    return interface


def nat_gateways(draft: Draft) -> None:
    """NAT gateways: public and private ones, in any state, and regional ones with a table of their own."""
    for vpc in draft.data["Vpcs"]:
        for _ in range(draft.pick({0: 25, 1: 60, 2: 15})):
            state = draft.pick({"available": 90, "pending": 4, "failed": 3, "deleting": 3})
            nat: Record = {
                "NatGatewayId": draft.new("nat"),
                "VpcId": vpc["VpcId"],
                "State": state,
                "ConnectivityType": "public",
            }
            if draft.chance(0.2):
                regional(draft, nat)
            else:
                zonal(draft, nat, draft.rng.choice(draft.all("Subnets", VpcId=vpc["VpcId"])))
            draft.data["NatGateways"].append(nat)


def zonal(draft: Draft, nat: Record, subnet: Record) -> None:
    """A NAT gateway in a subnet, with an interface that has no group."""
    interface = managed_interface(draft, subnet, "nat_gateway")
    interface |= {"SourceDestCheck": False, "Ipv6Addresses": []}
    place = {
        "NetworkInterfaceId": interface["NetworkInterfaceId"],
        "PrivateIp": interface["PrivateIpAddress"],
        "IsPrimary": True,
    }
    nat |= {"SubnetId": subnet["SubnetId"], "NatGatewayAddresses": [{**place, "Status": "succeeded"}]}
    if draft.chance(0.5):
        nat["AvailabilityMode"] = "zonal"
    if draft.chance(0.15):
        nat["ConnectivityType"] = "private"
    else:
        public = associate(draft, interface, interface["PrivateIpAddresses"][0], elastic=True)
        nat["NatGatewayAddresses"][0] |= {
            "PublicIp": public,
            "AllocationId": interface["Association"]["AllocationId"],
        }
    if draft.chance(0.1):
        draft.data["NetworkInterfaces"].remove(interface)


def regional(draft: Draft, nat: Record) -> None:
    """A regional NAT gateway: no subnet, no interface, a route table of its own."""
    table = new_table(draft, nat["VpcId"])
    gateway = draft.internet_gateway(nat["VpcId"])
    if gateway and draft.chance(0.85):
        add_route(draft, table, "0.0.0.0/0", GatewayId=gateway)
    address_record = {
        "PublicIp": draft.new_public(),
        "AllocationId": draft.new("eipalloc"),
        "AvailabilityZone": REGION + "a",
        "Status": "succeeded",
    }
    nat |= {
        "AvailabilityMode": "regional",
        "RouteTableId": table["RouteTableId"],
        "NatGatewayAddresses": [address_record],
    }


def nested_interfaces(draft: Draft) -> None:
    """Describe the interfaces inside their instances as describe-instances does."""
    for reservation in draft.data["Reservations"]:
        for instance in reservation["Instances"]:
            for interface in draft.data["NetworkInterfaces"]:
                attachment = interface.get("Attachment") or {}
                if attachment.get("InstanceId") != instance["InstanceId"]:
                    continue
                copied = copy.deepcopy(interface)
                for key in ("AvailabilityZone", "RequesterManaged", "DenyAllIgwTraffic"):
                    copied.pop(key, None)
                instance["NetworkInterfaces"].append(copied)
                if attachment["DeviceIndex"] == 0:
                    instance |= {
                        "SubnetId": interface["SubnetId"],
                        "PrivateIpAddress": interface["PrivateIpAddress"],
                    }
                    instance |= {
                        "SecurityGroups": interface["Groups"],
                        "SourceDestCheck": interface["SourceDestCheck"],
                    }
                    if "Association" in interface:
                        instance["PublicIpAddress"] = interface["Association"]["PublicIp"]
