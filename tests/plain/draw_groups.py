"""Security groups with their rules, and prefix lists."""

from __future__ import annotations

from .draft import ACCOUNTS, INTERNET_V4, INTERNET_V6, TCP_PORTS, Draft
from .records import Record


def security_groups(draft: Draft) -> None:
    """Empty groups for every VPC, some of them associated with another VPC as well; the rules come when all there
    is is known.
    """
    for vpc in draft.data["Vpcs"]:
        for number in range(draft.rng.choice((3, 4, 5))):
            group = {
                "GroupId": draft.new("sg"),
                "GroupName": "default" if number == 0 else f"group-{number}",
                "Description": "made up",
                "VpcId": vpc["VpcId"],
                "OwnerId": vpc["OwnerId"],
                "IpPermissions": [],
                "IpPermissionsEgress": [],
            }
            draft.data["SecurityGroups"].append(group)
    for group in draft.data["SecurityGroups"]:
        others = [
            vpc for vpc in draft.data["Vpcs"] if vpc["VpcId"] != group["VpcId"] and vpc["OwnerId"] == group["OwnerId"]
        ]
        if others and group["GroupName"] != "default" and draft.chance(0.12):
            vpc = draft.rng.choice(others)
            draft.data["SecurityGroupVpcAssociations"].append(
                {
                    "GroupId": group["GroupId"],
                    "VpcId": vpc["VpcId"],
                    "VpcOwnerId": vpc["OwnerId"],
                    "GroupOwnerId": group["OwnerId"],
                    "State": "associated" if draft.chance(0.85) else "disassociated",
                }
            )


def prefix_lists(draft: Draft) -> None:
    """Managed prefix lists of internet networks, and of the CIDRs behind each peering."""
    for _ in range(draft.rng.choice((1, 2))):
        prefix_list(draft, "IPv4", draft.rng.sample(INTERNET_V4, draft.rng.choice((1, 2, 3))))
    prefix_list(draft, "IPv6", draft.rng.sample(INTERNET_V6, 2))
    for subnet in draft.rng.sample(draft.data["Subnets"], 1):
        prefix_list(draft, "IPv4", [subnet["CidrBlock"], "198.51.100.0/25"])


def prefix_list(draft: Draft, family: str, cidrs: list[str]) -> str:
    """One prefix list; now and then an empty one."""
    name = draft.new("pl")
    draft.data["PrefixLists"].append(
        {
            "PrefixListId": name,
            "PrefixListName": f"list-{draft.count}",
            "AddressFamily": family,
            "State": "create-complete",
            "MaxEntries": 10,
            "Version": 1,
            "OwnerId": ACCOUNTS[0],
        }
    )
    draft.data["PrefixListEntries"][name] = (
        [] if draft.chance(0.05) else [{"Cidr": cidr, "Description": "made up"} for cidr in cidrs]
    )
    return name


def rules(draft: Draft) -> None:
    """The rules of every group."""
    for group in draft.data["SecurityGroups"]:
        if group["GroupName"] == "default" and draft.chance(0.6):
            pair = {"GroupId": group["GroupId"], "UserId": group["OwnerId"]}
            group["IpPermissions"].append(draft.permission({"IpProtocol": "-1"}, UserIdGroupPairs=[pair]))
        if group["GroupName"] == "group-1" and draft.chance(0.35):
            everyone = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
            group["IpPermissions"].append(draft.permission({"IpProtocol": "-1"}, **everyone))
        if draft.fabric and draft.chance(0.5):  # What takes many hops is to be delivered often enough.
            wide = [{"CidrIp": cidr} for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
            group["IpPermissions"].append(draft.permission({"IpProtocol": "-1"}, IpRanges=wide))
        for _ in range(draft.pick({0: 3, 1: 22, 2: 35, 3: 28, 5: 12})):
            group["IpPermissions"].append(rule(draft, group))
        if draft.chance(0.93 if draft.fabric else 0.85):
            group["IpPermissionsEgress"].append(
                draft.permission({"IpProtocol": "-1"}, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
            )
            if draft.chance(0.75):
                group["IpPermissionsEgress"].append(
                    draft.permission({"IpProtocol": "-1"}, Ipv6Ranges=[{"CidrIpv6": "::/0"}])
                )
        else:
            for _ in range(draft.pick({0: 10, 1: 20, 2: 40, 4: 30})):
                group["IpPermissionsEgress"].append(rule(draft, group))


def traffic(draft: Draft) -> Record:
    """Protocol and ports of a rule, in every shape."""
    port = draft.rng.choice(TCP_PORTS)
    shapes: dict[int, tuple[Record, float]] = {
        0: ({"IpProtocol": "-1"}, 30),
        1: ({"IpProtocol": "tcp", "FromPort": port, "ToPort": port}, 36),
        2: ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535}, 12),
        3: ({"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8100}, 5),
        4: ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 0}, 1),
        5: ({"IpProtocol": "udp", "FromPort": 53, "ToPort": 53}, 7),
        6: ({"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535}, 2),
        7: ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, 6),
        8: ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}, 4),
        9: ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": 0}, 2),
        10: ({"IpProtocol": "icmp", "FromPort": 3, "ToPort": 4}, 3),
        11: ({"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1}, 3),
        12: ({"IpProtocol": "icmpv6"}, 1),
        13: ({"IpProtocol": "icmpv6", "FromPort": 128, "ToPort": 0}, 1),
        14: ({"IpProtocol": "47"}, 3),
        15: ({"IpProtocol": "50", "FromPort": 0, "ToPort": 0}, 2),
        16: ({"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1}, 0.5),
        17: ({"IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535}, 3),
        18: ({"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}, 1),
    }
    return dict(shapes[draft.pick({key: weight for key, (_, weight) in shapes.items()})][0])


def rule(draft: Draft, group: Record) -> Record:
    """One permission of a group, with one to three kinds of sources."""
    permission = draft.permission(traffic(draft))
    v6_only = permission["IpProtocol"] == "icmpv6"
    v4_only = permission["IpProtocol"] == "icmp"
    for _ in range(draft.pick({1: 60, 2: 30, 3: 10})):
        kind = draft.pick({"v4": 0 if v6_only else 60, "v6": 0 if v4_only else 25, "group": 35, "list": 12})
        if kind == "v4":
            cidr = v4_source(draft, group["VpcId"])
            source(permission, "IpRanges", {"CidrIp": cidr})
            if cidr == "0.0.0.0/0" and not v4_only and draft.chance(0.6):
                source(permission, "Ipv6Ranges", {"CidrIpv6": "::/0"})
        elif kind == "v6":
            source(permission, "Ipv6Ranges", {"CidrIpv6": v6_source(draft)})
        elif kind == "group":
            source(permission, "UserIdGroupPairs", reference(draft, group))
        else:
            family = "IPv6" if v6_only else "IPv4" if v4_only else draft.rng.choice(("IPv4", "IPv4", "IPv6"))
            source(permission, "PrefixListIds", {"PrefixListId": draft.rng.choice(draft.lists_of(family))})
    return permission


def source(permission: Record, kind: str, entry: Record) -> None:
    """Add a source that is not there yet."""
    if entry not in permission[kind]:
        permission[kind].append(entry)


def v4_source(draft: Draft, vpc: str) -> str:
    """An IPv4 network that a rule could name."""
    interface = draft.rng.choice(draft.data["NetworkInterfaces"])
    named = {
        "any": ["0.0.0.0/0"],
        "vpc": draft.v4_of(draft.all("Vpcs", VpcId=vpc)[0]),
        "subnet": [each["CidrBlock"] for each in draft.data["Subnets"]],
        "host": [each["PrivateIpAddress"] + "/32" for each in interface["PrivateIpAddresses"]],
        "internet": INTERNET_V4,
        "peer": [cidr for each in draft.data["Vpcs"] for cidr in draft.v4_of(each)],
        "public": [each["PublicIp"] + "/32" for each in draft.data["Addresses"]],
        "wide": ["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12"],
        "half": ["0.0.0.0/1", "128.0.0.0/1"],
    }
    weights = {"any": 75, "vpc": 15, "subnet": 12, "host": 8, "internet": 15, "peer": 12, "public": 8, "wide": 6}
    return draft.rng.choice(named[draft.pick({**weights, "half": 4})] or named["any"])


def v6_source(draft: Draft) -> str:
    """An IPv6 network that a rule could name."""
    interface = draft.rng.choice(draft.data["NetworkInterfaces"])
    named = {
        "any": ["::/0"],
        "own": [draft.v6_of(each) for each in draft.data["Vpcs"] + draft.data["Subnets"] if draft.v6_of(each)],
        "host": [each["Ipv6Address"] + "/128" for each in interface["Ipv6Addresses"]],
        "internet": INTERNET_V6,
    }
    return draft.rng.choice(named[draft.pick({"any": 65, "own": 25, "host": 10, "internet": 15})] or named["any"])


def reference(draft: Draft, group: Record) -> Record:
    """A reference to a group of the same VPC, of an associated or a peered one, or to one that is gone."""
    vpc = group["VpcId"]
    near = [each for name in draft.usable_groups(vpc) for each in draft.all("SecurityGroups", GroupId=name)]
    for association in draft.all("SecurityGroupVpcAssociations", GroupId=group["GroupId"], State="associated"):
        near += draft.all("SecurityGroups", VpcId=association["VpcId"])
    across = [each for name in draft.neighbours(vpc) for each in draft.all("SecurityGroups", VpcId=name)]
    if across and draft.chance(0.35):
        chosen = draft.rng.choice(across)
        return {"GroupId": chosen["GroupId"], "UserId": chosen["OwnerId"], "VpcId": chosen["VpcId"]}
    far = [(peering, other) for peering, other in draft.peers(vpc) if draft.all("SecurityGroups", VpcId=other)]
    if draft.chance(0.08):
        gone = {"GroupId": draft.new("sg"), "UserId": group["OwnerId"]}
        return stale(draft, draft.rng.choice(far)) if far else gone
    if far and draft.chance(0.35):
        peering, other = draft.rng.choice(far)
        member = draft.rng.choice(draft.all("SecurityGroups", VpcId=other))
        pair = {"GroupId": member["GroupId"], "UserId": member["OwnerId"], "VpcId": other}
        return {
            **pair,
            "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
            "PeeringStatus": peering["Status"]["Code"],
        }
    chosen = draft.rng.choice(near)
    return {"GroupId": chosen["GroupId"], "UserId": chosen["OwnerId"]}


def stale(draft: Draft, far: tuple[Record, str]) -> Record:
    """A reference to a group that was deleted in a peered VPC: no account is told, and the status need not say so."""
    peering, other = far
    return {
        "GroupId": draft.new("sg"),
        "VpcId": other,
        "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
        "PeeringStatus": draft.rng.choice(("active", "deleted")),
    }
