"""One random set of rules in a small network, written as a template, as a Terraform plan, and as AWS describes it.

Every thing has a short name; `NAMES` are what it is called in each.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "terraform")]

import plans  # noqa: E402  (of the tests of Terraform plans)
from templates import document, res  # noqa: E402  (beside this file)
from templates import ref as named  # noqa: E402  (the same)

GROUPS = ("G1", "G2", "G3")
HOSTS = {"H1": ("A", "10.0.0.10"), "H2": ("A", "10.0.0.20"), "H3": ("B", "10.0.1.10")}
SUBNETS = {"A": "10.0.0.0/24", "B": "10.0.1.0/24"}
LISTED = ["198.51.100.0/24", "10.0.1.0/28"]
CIDRS = ("0.0.0.0/0", "10.0.0.0/16", "10.0.0.0/24", "10.0.0.10/32", "203.0.113.0/24", "8.8.8.0/24")
PORTS = {
    "tcp": ((22, 22), (80, 80), (0, 65535), (5432, 5433)),
    "udp": ((53, 53),),
    "icmp": ((-1, -1), (8, -1)),
    "-1": ((None, None),),
}
PUBLIC = "203.0.113.77"
TYPES = {"G": "aws_security_group", "H": "aws_instance", "V": "aws_vpc", "N": "aws_network_acl", "T": "aws_route_table"}
LIVE = {"G": "sg-", "H": "i-", "V": "vpc-", "N": "acl-", "T": "rtb-", "A": "subnet-", "B": "subnet-", "I": "igw-"}


def terraform_name(name: str) -> str:
    kinds = {"A": "aws_subnet", "B": "aws_subnet", "I": "aws_internet_gateway"}
    return f"{(TYPES | kinds)[name[0]]}.{name}"


def live_name(name: str) -> str:
    return f"{LIVE[name[0]]}{name.lower()}"


class RuleSet:
    """What was drawn. rules: (group, egress, protocol, ports, peer). entries: (number, egress, action, protocol, ports, CIDR)."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rules = [self._rule() for _ in range(rng.randint(0, 9))]
        self.groups = {host: rng.sample(GROUPS, rng.randint(1, 2)) for host in HOSTS}
        numbers = rng.sample(range(1, 200), rng.randint(0, 6))
        self.entries = [self._entry(number) for number in numbers]
        self.guarded = rng.sample(list(SUBNETS), rng.randint(0, 2))
        self.apart = rng.random() < 0.5

    def _traffic(self) -> tuple[str, tuple[Any, Any]]:
        protocol = self.rng.choice(("tcp", "tcp", "tcp", "udp", "icmp", "-1"))
        return protocol, self.rng.choice(PORTS[protocol])

    def _rule(self) -> tuple[str, bool, str, tuple[Any, Any], str]:
        peer = self.rng.choice((*CIDRS, *GROUPS, "P"))
        return (self.rng.choice(GROUPS), self.rng.random() < 0.4, *self._traffic(), peer)

    def _entry(self, number: int) -> tuple[Any, ...]:
        action = self.rng.choice(("allow", "allow", "deny"))
        return (number, self.rng.random() < 0.5, action, *self._traffic(), self.rng.choice(CIDRS[:5]))

    def of(self, group: str, *, egress: bool) -> list[tuple[str, tuple[Any, Any], str]]:
        """The rules of a group in one direction; those that make no difference once."""
        found = [(p, ports, peer) for g, e, p, ports, peer in self.rules if (g, e) == (group, egress)]
        return list(dict.fromkeys(found))

    # As a template.

    def template(self) -> dict[str, Any]:
        made = {
            "V": res("VPC", CidrBlock="10.0.0.0/16"),
            "I": res("InternetGateway"),
            "IV": res("VPCGatewayAttachment", VpcId=named("V"), InternetGatewayId=named("I")),
            "T": res("RouteTable", VpcId=named("V")),
            "TI": res("Route", RouteTableId=named("T"), DestinationCidrBlock="0.0.0.0/0", GatewayId=named("I")),
            "TA": res("SubnetRouteTableAssociation", SubnetId=named("A"), RouteTableId=named("T")),
            "N": res("NetworkAcl", VpcId=named("V")),
            "P": res("PrefixList", AddressFamily="IPv4", Entries=[{"Cidr": cidr} for cidr in LISTED]),
            "E": res("EIP", InstanceId=named("H1")),
        }
        for name, cidr in SUBNETS.items():
            made[name] = res("Subnet", VpcId=named("V"), CidrBlock=cidr, AvailabilityZone="eu-west-1a")
        for name in self.guarded:
            made[f"{name}N"] = res("SubnetNetworkAclAssociation", SubnetId=named(name), NetworkAclId=named("N"))
        for number, egress, action, protocol, ports, cidr in self.entries:
            made[f"N{number}"] = res(
                "NetworkAclEntry", NetworkAclId=named("N"), RuleNumber=number, Egress=egress, RuleAction=action,
                Protocol={"tcp": 6, "udp": 17, "icmp": 1, "-1": -1}[protocol], CidrBlock=cidr, **_entry_ports(protocol, ports),
            )  # fmt: skip
        for group in GROUPS:
            sides = {"SecurityGroupIngress": False, "SecurityGroupEgress": True}
            written = {
                name: [_cfn_rule(*rule, egress=e) for rule in self.of(group, egress=e)] for name, e in sides.items()
            }
            # Beside a rule apart it is open what becomes of a written one for everything.
            if self.apart:
                for name, rules in written.items():
                    for number, rule in enumerate(rules):
                        made[f"{group}{name}{number}"] = res(name, GroupId=named(group), **rule)
                written = {}
            made[group] = res("SecurityGroup", VpcId=named("V"), GroupDescription=group, GroupName=group, **written)
        for host, (subnet, address) in HOSTS.items():
            made[host] = res(
                "Instance", SubnetId=named(subnet), PrivateIpAddress=address,
                SecurityGroupIds=[named(group) for group in self.groups[host]],
            )  # fmt: skip
        return document(made)

    # As a plan.

    def plan(self) -> dict[str, Any]:
        def to(name: str, what: str = "id") -> plans.Ref:
            return plans.ref(f"{terraform_name(name)}.{what}")

        r = plans.resource
        made = [
            r("aws_vpc.V", cidr_block="10.0.0.0/16"),
            r("aws_internet_gateway.I", vpc_id=to("V")),
            r("aws_route_table.T", vpc_id=to("V"), route=[]),
            r("aws_route.TI", route_table_id=to("T"), destination_cidr_block="0.0.0.0/0", gateway_id=to("I")),
            r("aws_route_table_association.TA", subnet_id=to("A"), route_table_id=to("T")),
            r("aws_network_acl.N", vpc_id=to("V"), ingress=[], egress=[], subnet_ids=[]),
            r("aws_ec2_managed_prefix_list.P", name="P", address_family="IPv4", entry=[{"cidr": one} for one in LISTED]),
            r("aws_eip.E", instance=to("H1")),
        ]  # fmt: skip
        for name, cidr in SUBNETS.items():
            made.append(r(terraform_name(name), vpc_id=to("V"), cidr_block=cidr, availability_zone="eu-west-1a",
                          map_public_ip_on_launch=False))  # fmt: skip
        made += [
            r(f"aws_network_acl_association.{name}N", subnet_id=to(name), network_acl_id=to("N"))
            for name in self.guarded
        ]
        for number, egress, action, protocol, ports, cidr in self.entries:
            icmp = {"icmp_type": ports[0], "icmp_code": ports[1]} if protocol == "icmp" else {}
            plain = {} if protocol in ("icmp", "-1") else {"from_port": ports[0], "to_port": ports[1]}
            made.append(r(f"aws_network_acl_rule.N{number}", network_acl_id=to("N"), rule_number=number, egress=egress,
                          rule_action=action, protocol=protocol, cidr_block=cidr, **icmp, **plain))  # fmt: skip
        for group in GROUPS:
            made.append(r(terraform_name(group), vpc_id=to("V"), name=group, description=group, ingress=[], egress=[]))
            for egress in (False, True):
                rules = self.of(group, egress=egress) or ([("-1", (None, None), CIDRS[0])] if egress else [])
                for number, (protocol, ports, peer) in enumerate(rules):
                    made.append(r(
                        f"aws_vpc_security_group_{'egress' if egress else 'ingress'}_rule.{group}{egress}{number}",
                        security_group_id=to(group), ip_protocol=protocol, from_port=ports[0], to_port=ports[1],
                        **({"referenced_security_group_id": to(peer)} if peer in GROUPS
                           else {"prefix_list_id": plans.ref("aws_ec2_managed_prefix_list.P.id")} if peer == "P"
                           else {"cidr_ipv4": peer}),
                    ))  # fmt: skip
        for host, (subnet, address) in HOSTS.items():
            made.append(r(
                terraform_name(host), subnet_id=to(subnet), private_ip=address, associate_public_ip_address=False,
                vpc_security_group_ids=[to(group) for group in self.groups[host]],
            ))  # fmt: skip
        return plans.plan(*made)

    # As AWS describes it.

    def described(self) -> dict[str, Any]:
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        six = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
        default = {"GroupId": "sg-default", "GroupName": "default", "VpcId": "vpc-v", "IpPermissions": [
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-default"}]}], "IpPermissionsEgress": [everything, six]}  # fmt: skip
        groups = [default]
        for group in GROUPS:
            inward, outward = ([_permission(*rule) for rule in self.of(group, egress=e)] for e in (False, True))
            groups.append({"GroupId": live_name(group), "GroupName": group, "VpcId": "vpc-v", "Description": group,
                           "IpPermissions": inward, "IpPermissionsEgress": outward or [everything]})  # fmt: skip
        open_ = [
            {"RuleNumber": 100 + number, "RuleAction": "allow", "Egress": egress, "Protocol": "-1", member: cidr}
            for egress in (False, True)
            for number, (member, cidr) in enumerate((("CidrBlock", "0.0.0.0/0"), ("Ipv6CidrBlock", "::/0")))
        ]
        guards = [{"SubnetId": live_name(one), "NetworkAclId": "acl-n"} for one in self.guarded]
        rest = [
            {"SubnetId": live_name(one), "NetworkAclId": "acl-default"} for one in SUBNETS if one not in self.guarded
        ]
        local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
        out = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-i", "State": "active"}
        return {
            "Vpcs": [{"VpcId": "vpc-v", "CidrBlock": "10.0.0.0/16", "IsDefault": False}],
            "Subnets": [{"SubnetId": live_name(name), "VpcId": "vpc-v", "CidrBlock": cidr, "AvailabilityZone": "eu-west-1a",
                         "MapPublicIpOnLaunch": False} for name, cidr in SUBNETS.items()],
            "InternetGateways": [{"InternetGatewayId": "igw-i", "Attachments": [{"VpcId": "vpc-v", "State": "available"}]}],
            "EgressOnlyInternetGateways": [], "NatGateways": [], "VpcPeeringConnections": [],
            "RouteTables": [
                {"RouteTableId": "rtb-main", "VpcId": "vpc-v", "Routes": [local], "Associations": [{"Main": True}]},
                {"RouteTableId": "rtb-t", "VpcId": "vpc-v", "Routes": [local, out],
                 "Associations": [{"Main": False, "SubnetId": "subnet-a"}]},
            ],
            "NetworkAcls": [
                {"NetworkAclId": "acl-default", "VpcId": "vpc-v", "IsDefault": True, "Entries": open_, "Associations": rest},
                {"NetworkAclId": "acl-n", "VpcId": "vpc-v", "IsDefault": False, "Associations": guards,
                 "Entries": [_entry(*one) for one in self.entries]},
            ],
            "SecurityGroups": groups,
            "PrefixLists": [{"PrefixListId": "pl-p", "PrefixListName": "P", "AddressFamily": "IPv4"}],
            "PrefixListEntries": {"pl-p": [{"Cidr": one} for one in LISTED]},
            "NetworkInterfaces": [_interface(host, *HOSTS[host], self.groups[host]) for host in HOSTS],
            "Reservations": [{"Instances": [
                {"InstanceId": live_name(host), "State": {"Name": "running"}, "VpcId": "vpc-v"} for host in HOSTS]}],
        }  # fmt: skip


def _entry_ports(protocol: str, ports: tuple[Any, Any]) -> dict[str, Any]:
    if protocol == "icmp":
        return {"Icmp": {"Type": ports[0], "Code": ports[1]}}
    return {} if protocol == "-1" else {"PortRange": {"From": ports[0], "To": ports[1]}}


def _cfn_rule(protocol: str, ports: tuple[Any, Any], peer: str, *, egress: bool) -> dict[str, Any]:
    end = "Destination" if egress else "Source"
    told: dict[str, Any] = {"IpProtocol": protocol}
    if ports[0] is not None:
        told |= {"FromPort": ports[0], "ToPort": ports[1]}
    if peer in GROUPS:
        return told | {f"{end}SecurityGroupId": {"Fn::GetAtt": [peer, "GroupId"]}}
    return told | ({f"{end}PrefixListId": named("P")} if peer == "P" else {"CidrIp": peer})


def _permission(protocol: str, ports: tuple[Any, Any], peer: str) -> dict[str, Any]:
    told: dict[str, Any] = {"IpProtocol": protocol}
    if ports[0] is not None:
        told |= {"FromPort": ports[0], "ToPort": ports[1]}
    if peer in GROUPS:
        return told | {"UserIdGroupPairs": [{"GroupId": live_name(peer)}]}
    return told | ({"PrefixListIds": [{"PrefixListId": "pl-p"}]} if peer == "P" else {"IpRanges": [{"CidrIp": peer}]})


def _entry(number: int, egress: bool, action: str, protocol: str, ports: tuple[Any, Any], cidr: str) -> dict[str, Any]:
    told = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "CidrBlock": cidr}
    told["Protocol"] = {"tcp": "6", "udp": "17", "icmp": "1", "-1": "-1"}[protocol]
    if protocol == "icmp":
        return told | {"IcmpTypeCode": {"Type": ports[0], "Code": ports[1]}}
    return told | ({} if protocol == "-1" else {"PortRange": {"From": ports[0], "To": ports[1]}})


def _interface(host: str, subnet: str, address: str, groups: list[str]) -> dict[str, Any]:
    own: dict[str, Any] = {"PrivateIpAddress": address, "Primary": True}
    if host == "H1":
        own["Association"] = {"PublicIp": PUBLIC}
    return {
        "NetworkInterfaceId": f"eni-{host.lower()}", "SubnetId": live_name(subnet), "VpcId": "vpc-v", "Status": "in-use",
        "InterfaceType": "interface", "Attachment": {"InstanceId": live_name(host), "DeviceIndex": 0},
        "Groups": [{"GroupId": live_name(group)} for group in groups], "PrivateIpAddress": address,
        "PrivateIpAddresses": [own],
    }  # fmt: skip
