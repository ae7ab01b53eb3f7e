"""A small network written by hand, and short ways to change it: what the tests of the plain evaluator ask about.

internet ── igw-a ── vpc-a 10.0.0.0/16, 2600:a::/56          vpc-b 10.1.0.0/16, 2600:b::/56 ── igw-b
                     │ subnet-public 10.0.1.0/24: eni-web, nat-a    │ subnet-data 10.1.1.0/24: eni-data
                     │ subnet-private 10.0.2.0/24: eni-app, eni-two ┘ (pcx-ab)
"""

from __future__ import annotations

from typing import Any

from .evaluator import Outcome, Packet, Record, evaluate

ANY = "0.0.0.0/0"
ANY6 = "::/0"
HOST, HOST6 = "203.0.113.5", "2001:db8::5"
ICMP_ECHO, ICMP_TOO_BIG, ICMPV6_ECHO = 8 * 256, 3 * 256 + 4, 128 * 256

IDS = {
    "Vpcs": "VpcId",
    "Subnets": "SubnetId",
    "InternetGateways": "InternetGatewayId",
    "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId",
    "NetworkInterfaces": "NetworkInterfaceId",
    "NatGateways": "NatGatewayId",
    "SecurityGroups": "GroupId",
    "NetworkAcls": "NetworkAclId",
    "RouteTables": "RouteTableId",
    "VpcPeeringConnections": "VpcPeeringConnectionId",
}


def lab() -> Record:
    """The network as drawn above; everything in it that is asked for sensibly works."""
    network: Record = {
        "Vpcs": [vpc("a", "10.0.0.0/16", "2600:a::/56"), vpc("b", "10.1.0.0/16", "2600:b::/56")],
        "Subnets": [
            subnet("public", "a", "10.0.1.0/24", "2600:a:0:1::/64"),
            subnet("private", "a", "10.0.2.0/24", "2600:a:0:2::/64"),
            subnet("data", "b", "10.1.1.0/24", "2600:b:0:1::/64"),
        ],
        "InternetGateways": [gateway("a"), gateway("b")],
        "EgressOnlyInternetGateways": [
            {"EgressOnlyInternetGatewayId": "eigw-a", "Attachments": [{"VpcId": "vpc-a", "State": "attached"}]},
        ],
        "NetworkInterfaces": [
            interface("web", "a", "public", "10.0.1.10", "2600:a:0:1::10", public="3.0.0.10"),
            interface("app", "a", "private", "10.0.2.10", "2600:a:0:2::10"),
            interface("two", "a", "private", "10.0.2.20", "2600:a:0:2::20"),
            interface("data", "b", "data", "10.1.1.10", "2600:b:0:1::10", public="3.0.0.30"),
            nat_interface(),
        ],
        "Reservations": [
            {"Instances": [{"InstanceId": f"i-{name}", "State": {"Name": "running"}}]}
            for name in ("web", "app", "two", "data")
        ],
        "NatGateways": [nat_gateway()],
        "SecurityGroups": [group(name, vpc) for name, vpc in (("web", "a"), ("app", "a"), ("two", "a"), ("data", "b"))],
        "NetworkAcls": [acl("a", ["public", "private"]), acl("b", ["data"])],
        "RouteTables": [
            table(
                "public",
                "a",
                ["public"],
                {ANY: "igw-a", ANY6: "igw-a", "10.1.0.0/16": "pcx-ab", "2600:b::/56": "pcx-ab"},
            ),
            table("main", "a", None, {ANY: "nat-a", ANY6: "eigw-a", "10.1.0.0/16": "pcx-ab", "2600:b::/56": "pcx-ab"}),
            table("data", "b", None, {ANY: "igw-b", ANY6: "igw-b", "10.0.0.0/16": "pcx-ab", "2600:a::/56": "pcx-ab"}),
        ],
        "Addresses": [],
        "VpcPeeringConnections": [peering()],
        "PrefixLists": [],
        "PrefixListEntries": {},
        "SecurityGroupVpcAssociations": [],
    }
    allow(network, "web", "tcp", 443, 443, ANY, ANY6)
    allow(network, "app", "tcp", 8080, 8080, "sg-web")
    allow(network, "app", "icmp", 8, -1, "10.0.0.0/8")
    allow(network, "data", "tcp", 5432, 5432, "10.0.0.0/16", "2600:a::/56")
    return network


def vpc(name: str, cidr: str, v6: str) -> Record:
    """A VPC."""
    return {
        "VpcId": f"vpc-{name}",
        "CidrBlock": cidr,
        "CidrBlockAssociationSet": [{"CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": {"State": "associated"}}],
        "OwnerId": "111111111111",
    }


def subnet(name: str, vpc: str, cidr: str, v6: str) -> Record:
    """A subnet."""
    blocks = [{"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": {"State": "associated"}}]
    record = {"SubnetId": f"subnet-{name}", "VpcId": f"vpc-{vpc}", "CidrBlock": cidr}
    return {**record, "Ipv6CidrBlockAssociationSet": blocks}


def gateway(name: str) -> Record:
    """An internet gateway, attached to the VPC of its name."""
    return {"InternetGatewayId": f"igw-{name}", "Attachments": [{"VpcId": f"vpc-{name}", "State": "available"}]}


def interface(name: str, vpc: str, subnet: str, v4: str, v6: str, public: str = "") -> Record:
    """The interface of a running instance, with a group of its own name."""
    entry: Record = {"PrivateIpAddress": v4, "Primary": True}
    if public:
        entry["Association"] = {"PublicIp": public}
    return {
        "NetworkInterfaceId": f"eni-{name}",
        "VpcId": f"vpc-{vpc}",
        "SubnetId": f"subnet-{subnet}",
        "Status": "in-use",
        "InterfaceType": "interface",
        "SourceDestCheck": True,
        "PrivateIpAddress": v4,
        "PrivateIpAddresses": [entry],
        "Ipv6Addresses": [{"Ipv6Address": v6}],
        "Groups": [{"GroupId": f"sg-{name}"}],
        "Attachment": {"InstanceId": f"i-{name}", "Status": "attached"},
    }


def nat_interface() -> Record:
    """The interface of the NAT gateway: managed, and without a group."""
    record = interface("nat", "a", "public", "10.0.1.200", "2600:a:0:1::200", public="3.0.0.200")
    return {
        **record,
        "InterfaceType": "nat_gateway",
        "Groups": [],
        "Ipv6Addresses": [],
        "Attachment": {"Status": "attached"},
    }


def nat_gateway() -> Record:
    """A public NAT gateway in the public subnet."""
    place = {"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.1.200", "PublicIp": "3.0.0.200"}
    record = {"NatGatewayId": "nat-a", "VpcId": "vpc-a", "SubnetId": "subnet-public", "State": "available"}
    return {**record, "ConnectivityType": "public", "NatGatewayAddresses": [place]}


def group(name: str, vpc: str) -> Record:
    """A group without ingress rules that lets everything out."""
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANY}], "Ipv6Ranges": [{"CidrIpv6": ANY6}]}
    record = {"GroupId": f"sg-{name}", "VpcId": f"vpc-{vpc}", "OwnerId": "111111111111", "GroupName": name}
    return {**record, "IpPermissions": [], "IpPermissionsEgress": [everything]}


def acl(name: str, subnets: list[str]) -> Record:
    """A VPC's default ACL, which lets everything through."""
    entries = []
    for egress in (False, True):
        entries.append(entry(100, egress, "-1", "allow", ANY))
        entries.append(entry(101, egress, "-1", "allow", ANY6))
        entries.append(entry(32767, egress, "-1", "deny", ANY))
        entries.append(entry(32768, egress, "-1", "deny", ANY6))
    associations = [{"SubnetId": f"subnet-{each}", "NetworkAclId": f"acl-{name}"} for each in subnets]
    record = {"NetworkAclId": f"acl-{name}", "VpcId": f"vpc-{name}", "IsDefault": True}
    return {**record, "Associations": associations, "Entries": entries}


def entry(
    number: int, egress: bool, protocol: str, action: str, cidr: str, first: int = 0, last: int = 65535
) -> Record:
    """An ACL entry; for ICMP the ports are type and code."""
    record: Record = {"RuleNumber": number, "Egress": egress, "Protocol": protocol, "RuleAction": action}
    record["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
    if protocol in ("6", "17"):
        record["PortRange"] = {"From": first, "To": last}
    if protocol in ("1", "58"):
        record["IcmpTypeCode"] = {"Type": first, "Code": last}
    return record


def table(name: str, vpc: str, subnets: list[str] | None, routes: dict[str, str]) -> Record:
    """A route table with its local routes; without subnets the VPC's main one."""
    record: Record = {
        "RouteTableId": f"rtb-{name}",
        "VpcId": f"vpc-{vpc}",
        "Associations": [{"Main": True}],
        "Routes": [],
    }
    if subnets is not None:
        record["Associations"] = [{"Main": False, "SubnetId": f"subnet-{each}"} for each in subnets]
    local = {"a": ("10.0.0.0/16", "2600:a::/56"), "b": ("10.1.0.0/16", "2600:b::/56")}[vpc]
    for destination in local:
        record["Routes"].append({**route(destination, "local"), "Origin": "CreateRouteTable"})
    record["Routes"] += [route(destination, target) for destination, target in routes.items()]
    return record


def route(destination: str, target: str, **rest: Any) -> Record:
    """A route; the target's id says what it is."""
    keys = {"nat": "NatGatewayId", "eigw": "EgressOnlyInternetGatewayId", "pcx": "VpcPeeringConnectionId"}
    keys |= {"tgw": "TransitGatewayId", "eni": "NetworkInterfaceId"}
    key = "DestinationPrefixListId" if destination.startswith("pl-") else "DestinationCidrBlock"
    key = "DestinationIpv6CidrBlock" if ":" in destination else key
    record = {key: destination, keys.get(target.split("-", 1)[0], "GatewayId"): target}
    return {**record, "Origin": "CreateRoute", "State": "active", **rest}


def peering() -> Record:
    """The active peering between the two VPCs."""
    sides = [
        {"VpcId": f"vpc-{name}", "Region": "eu-west-1", "CidrBlockSet": [{"CidrBlock": cidr}]}
        for name, cidr in (("a", "10.0.0.0/16"), ("b", "10.1.0.0/16"))
    ]
    record = {"VpcPeeringConnectionId": "pcx-ab", "Status": {"Code": "active"}}
    return {**record, "RequesterVpcInfo": sides[0], "AccepterVpcInfo": sides[1]}


# ---------------------------------------- ways to change it


def find(network: Record, name: str) -> Record:
    """The record that has this id."""
    for kind, key in IDS.items():
        for record in network.get(kind, []):
            if record[key] == name:
                return record
    raise KeyError(name)


def allow(
    network: Record, name: str, protocol: str, first: int | None, last: int | None, *sources: str, egress: bool = False
) -> None:
    """Give a group a rule; sources are CIDRs, groups and prefix lists."""
    permission: Record = {"IpProtocol": protocol}
    if first is not None:
        permission |= {"FromPort": first, "ToPort": last}
    for source in sources:
        if source.startswith("sg-"):
            permission.setdefault("UserIdGroupPairs", []).append({"GroupId": source, "UserId": "111111111111"})
        elif source.startswith("pl-"):
            permission.setdefault("PrefixListIds", []).append({"PrefixListId": source})
        elif ":" in source:
            permission.setdefault("Ipv6Ranges", []).append({"CidrIpv6": source})
        else:
            permission.setdefault("IpRanges", []).append({"CidrIp": source})
    find(network, f"sg-{name}")["IpPermissionsEgress" if egress else "IpPermissions"].append(permission)


def only(
    network: Record, name: str, protocol: str, first: int | None, last: int | None, *sources: str, egress: bool = False
) -> None:
    """Give a group this rule and no other in the direction."""
    find(network, f"sg-{name}")["IpPermissionsEgress" if egress else "IpPermissions"] = []
    allow(network, name, protocol, first, last, *sources, egress=egress)


def own_acl(network: Record, subnet: str, *entries: Record) -> None:
    """Give a subnet an ACL of its own."""
    for each in network["NetworkAcls"]:
        each["Associations"] = [one for one in each["Associations"] if one["SubnetId"] != f"subnet-{subnet}"]
    record = {"NetworkAclId": f"acl-{subnet}", "VpcId": find(network, f"subnet-{subnet}")["VpcId"], "IsDefault": False}
    network["NetworkAcls"].append(
        {**record, "Associations": [{"SubnetId": f"subnet-{subnet}"}], "Entries": list(entries)}
    )


def add_route(network: Record, table: str, destination: str, target: str, **rest: Any) -> None:
    """Give a table a route in place of the one that it has to the same destination."""
    remove_route(network, table, destination)
    find(network, f"rtb-{table}")["Routes"].append(route(destination, target, **rest))


def remove_route(network: Record, table: str, destination: str) -> None:
    """Take a route away."""
    record = find(network, f"rtb-{table}")
    record["Routes"] = [each for each in record["Routes"] if destination not in each.values()]


def ask(
    network: Record,
    sender: str | None,
    destination: str,
    port: int,
    *,
    protocol: int = 6,
    source: str = "",
    receiver: str | None = "",
    client: int = 40000,
    nat_port: int = 2000,
) -> Outcome:
    """Ask the evaluator; who has the destination, and which address the sender uses, is looked up where it is not
    said.
    """
    v6 = ":" in destination
    if not source and sender:
        record = find(network, f"eni-{sender}")
        source = record["Ipv6Addresses"][0]["Ipv6Address"] if v6 else record["PrivateIpAddress"]
    source = source or (HOST6 if v6 else HOST)
    if receiver == "":
        receiver = who_has(network, destination)
    client = client if protocol in (6, 17) else 0
    sender_id = f"eni-{sender}" if sender else None
    return evaluate(network, Packet(source, destination, protocol, client, port), sender_id, receiver, nat_port)


def who_has(network: Record, destination: str) -> str | None:
    """The interface with a private, IPv6 or public address."""
    for record in network["NetworkInterfaces"]:
        own = {each["Ipv6Address"] for each in record["Ipv6Addresses"]}
        for each in record["PrivateIpAddresses"]:
            own |= {each["PrivateIpAddress"], each.get("Association", {}).get("PublicIp")}
        if destination in own:
            return record["NetworkInterfaceId"]
    return None
