"""AWS CLI commands carried out on AWS-shaped JSON: what the real CLI and API would change, and what they would refuse.

The options of a command and the types of their values come from the service model that the real CLI is generated from
(botocore), plus the few that the CLI adds by hand (`--cidr`, `--port`, `--protocol`, `--source-group`, `--ingress`).
"""

from __future__ import annotations

import copy
import json
import re
import shlex
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

from .records import Record, listed

GLOBAL_OPTIONS = ("region", "profile", "output")
PROTOCOL_NAMES = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
ACL_PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}
SOURCES = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
ROUTE_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
ROUTE_TARGETS = {
    "GatewayId": ("igw-", "vgw-"),
    "VpcEndpointId": ("vpce-",),
    "NatGatewayId": ("nat-",),
    "EgressOnlyInternetGatewayId": ("eigw-",),
    "TransitGatewayId": ("tgw-",),
    "VpcPeeringConnectionId": ("pcx-",),
    "NetworkInterfaceId": ("eni-",),
    "InstanceId": ("i-",),
    "LocalGatewayId": ("lgw-",),
    "CarrierGatewayId": ("cagw-",),
    "CoreNetworkArn": ("arn:",),
    "OdbNetworkArn": ("arn:",),
}


def apply_command(network: Record, command: str) -> Record:
    """The network after an `aws ec2 …` command, as a changed copy; ValueError for whatever the CLI or the API
    would refuse.
    """
    words = shlex.split(command)
    changed = copy.deepcopy(network)
    if words[:2] != ["aws", "ec2"]:
        raise ValueError(f"not an aws ec2 command: {command}")
    if words[2:3] == ["wait"]:
        name, rest = " ".join(words[2:4]), words[4:]
    else:
        name, rest = " ".join(words[2:3]), words[3:]
    if name not in COMMANDS:
        raise ValueError(f"unknown command: {name}")
    operation, action = COMMANDS[name]
    action(changed, parameters(operation, name, rest))
    return changed


# ---------------------------------------- options and their values


@lru_cache(maxsize=1)
def service_model() -> Any:
    """EC2's service model."""
    import botocore.session

    return botocore.session.get_session().get_service_model("ec2")


@lru_cache(maxsize=32)
def options_of(operation: str) -> dict[str, tuple[str, Any]]:
    """The options that the CLI generates for an operation, each with the parameter it sets and its shape."""
    from botocore import xform_name

    members = service_model().operation_model(operation).input_shape.members
    return {xform_name(name, "-"): (name, shape) for name, shape in members.items()}


def parameters(operation: str, command: str, words: list[str]) -> Record:
    """The parameters of a call from the words after the command's name."""
    given: Record = {}
    simple: Record = {}
    for option, values in grouped(words):
        if option in GLOBAL_OPTIONS:
            one(option, values)
        elif option in simple_options(command):
            if option in simple:
                raise ValueError(f"--{option} is given twice")
            simple[option] = one(option, values)
        else:
            name, value = parameter(operation, command, option, values)
            if name in given:
                raise ValueError(f"--{option} is given twice")
            given[name] = value
    if simple:
        if "IpPermissions" in given:
            raise ValueError("--ip-permissions does not go with the simple options")
        given["IpPermissions"] = [simple_permission(simple)]
    for name in service_model().operation_model(operation).input_shape.required_members:
        if name not in given:
            raise ValueError(f"{command} needs {name}")
    return given


def grouped(words: list[str]) -> list[tuple[str, list[str]]]:
    """The words as options, each with the values that follow it."""
    options: list[tuple[str, list[str]]] = []
    for word in words:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            options.append((name, [value] if equals else []))
        elif options:
            options[-1][1].append(word)
        else:
            raise ValueError(f"unknown option: {word}")
    return options


def simple_options(command: str) -> tuple[str, ...]:
    """The options that the CLI adds to a command by hand, to spell one permission."""
    return (
        ("protocol", "port", "cidr", "source-group", "group-owner")
        if command.startswith("authorize-security-group")
        else ()
    )


def parameter(operation: str, command: str, option: str, values: list[str]) -> tuple[str, Any]:
    """The name and value of the parameter that an option sets."""
    if option == "ingress" and "network-acl-entry" in command and not values:
        return "Egress", False
    options = options_of(operation)
    hidden = simple_api_options(command)
    if option not in options or option in hidden:
        raise ValueError(f"unknown option: --{option}")
    name, shape = options[option]
    if shape.type_name == "boolean":
        if values:
            raise ValueError(f"unknown options: {' '.join(values)}")
        return name, True
    if shape.type_name == "list":
        if not values:
            raise ValueError(f"--{option}: expected at least one argument")
        if len(values) == 1 and values[0].lstrip().startswith("["):
            return name, typed(shape, from_json(values[0]), option)
        parsed = [shorthand(value) if shape.member.type_name == "structure" else value for value in values]
        return name, typed(shape, parsed, option)
    value = one(option, values)
    if shape.type_name == "structure":
        return name, typed(shape, shorthand(value), option)
    return name, typed(shape, value, option)


def simple_api_options(command: str) -> tuple[str, ...]:
    """Parameters of the API that the CLI does not offer, or replaces by its own options of other meaning."""
    if command.startswith("authorize-security-group"):
        return (
            "cidr-ip",
            "ip-protocol",
            "from-port",
            "to-port",
            "source-security-group-name",
            "source-security-group-owner-id",
        )
    return ()


def one(option: str, values: list[str]) -> str:
    """The one value of an option."""
    if len(values) != 1:
        raise ValueError(f"--{option}: expected one argument, not {len(values)}")
    return values[0]


def simple_permission(simple: Record) -> Record:
    """The permission that --protocol, --port, --cidr, --source-group and --group-owner spell, as the CLI builds it."""
    permission: Record = {}
    if "protocol" in simple:
        text = simple["protocol"]
        if not re.fullmatch(r"tcp|udp|icmp|all|-1|\d+", text) or (text.isdigit() and int(text) > 255):
            raise ValueError(f"--protocol: tcp, udp, icmp, all or a number, not {text}")
        permission["IpProtocol"] = "-1" if text == "all" else text
    if "port" in simple:
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", simple["port"])
        if simple["port"] in ("-1", "all"):
            permission |= {"FromPort": -1, "ToPort": -1}
        elif match:
            permission |= {"FromPort": int(match[1]), "ToPort": int(match[2] or match[1])}
        else:
            raise ValueError(f"--port: <from[-to]>, not {simple['port']}")
    if "cidr" in simple:
        permission["IpRanges"] = [{"CidrIp": simple["cidr"]}]
    if "source-group" in simple:
        permission["UserIdGroupPairs"] = [{"GroupId": simple["source-group"]}]
    if "group-owner" in simple:
        permission.setdefault("UserIdGroupPairs", [{}])[0]["UserId"] = simple["group-owner"]
    return permission


def from_json(text: str) -> Any:
    """A JSON value."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"invalid JSON: {text}: {error}") from error


def shorthand(text: str) -> Any:
    """A structure in the CLI's shorthand, or in JSON."""
    if text.lstrip().startswith("{"):
        return from_json(text)
    value, rest = shorthand_structure(text, "")
    if rest:
        raise ValueError(f"shorthand: unexpected {rest!r} in {text!r}")
    return value


def shorthand_structure(text: str, end: str) -> tuple[Record, str]:
    """`Key=value,Key=value` up to `end`, and what follows it."""
    found: Record = {}
    while True:
        match = re.match(r"\s*([A-Za-z0-9_.#/:-]+)\s*=\s*", text)
        if not match:
            raise ValueError(f"shorthand: expected Key=value at {text!r}")
        if match[1] in found:
            raise ValueError(f"shorthand: second value for {match[1]}")
        found[match[1]], text = shorthand_value(text[match.end() :])
        if text.startswith(","):
            text = text[1:]
        elif end and text.startswith(end):
            return found, text[1:]
        elif not text and not end:
            return found, ""
        else:
            raise ValueError(f"shorthand: expected {end or 'the end'} or a comma at {text!r}")


def shorthand_value(text: str) -> tuple[Any, str]:
    """One value of the shorthand, and what follows it."""
    if text.startswith("{"):
        return shorthand_structure(text[1:], "}")
    if text.startswith("["):
        values, text = [], text[1:]
        while not text.startswith("]"):
            value, text = shorthand_value(text)
            values.append(value)
            if text.startswith(","):
                text = text[1:]
            elif not text.startswith("]"):
                raise ValueError(f"shorthand: expected ] or a comma at {text!r}")
        return values, text[1:]
    quoted = re.match(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", text)
    if quoted:
        return quoted[1] if quoted[1] is not None else quoted[2], text[quoted.end() :]
    match = re.match(r"[^,\]}=]*", text)
    value = match[0] if match else ""
    return value.strip(), text[len(value) :]


def typed(shape: Any, value: Any, place: str) -> Any:
    """A value with the type that the service model wants; ValueError where it cannot have it."""
    if shape.type_name == "structure":
        if not isinstance(value, dict) or not set(value) <= set(shape.members):
            raise ValueError(f"{place}: expected a structure with {', '.join(shape.members)}, not {value!r}")
        return {key: typed(shape.members[key], each, f"{place}.{key}") for key, each in value.items()}
    if shape.type_name == "list":
        if not isinstance(value, list):
            raise ValueError(f"{place}: expected a list, not {value!r}")
        return [typed(shape.member, each, place) for each in value]
    return typed_scalar(shape, value, place)


def typed_scalar(shape: Any, value: Any, place: str) -> Any:
    """The same for numbers, flags and texts."""
    if shape.type_name == "integer" and not isinstance(value, bool) and re.fullmatch(r"-?\d+", str(value)):
        return int(value)
    if shape.type_name == "boolean" and value in (True, False, "true", "false"):
        return value in (True, "true")
    if shape.type_name == "string" and isinstance(value, str) and value:
        if getattr(shape, "enum", None) and value not in shape.enum:
            raise ValueError(f"{place}: one of {', '.join(shape.enum)}, not {value}")
        return value
    raise ValueError(f"{place}: expected a value of type {shape.type_name}, not {value!r}")


# ---------------------------------------- looking things up


def get(network: Record, kind: str, key: str, value: str) -> Record:
    """The record with this id; ValueError where there is none."""
    for record in listed(network, kind):
        if record.get(key) == value:
            return record
    raise ValueError(f"{value} does not exist")


def instances_of(network: Record) -> list[Record]:
    """Every instance."""
    return [
        instance for reservation in listed(network, "Reservations") for instance in listed(reservation, "Instances")
    ]


def canonical(text: str, version: int, *, strict: bool = False) -> str:
    """A CIDR as AWS stores it; host bits are dropped, unless `strict` refuses them."""
    if "/" not in text:
        raise ValueError(f"CIDR block {text} is malformed")
    network = ip_network(text, strict=strict)
    if network.version != version:
        raise ValueError(f"CIDR block {text} is not IPv{version}")
    return str(network)


def refuse_dry_run(given: Record) -> None:
    """A dry run changes nothing, and ends in an error."""
    if given.get("DryRun"):
        raise ValueError("the request would have succeeded, but this is a dry run")


# ---------------------------------------- security groups


def authorize(network: Record, given: Record, key: str) -> None:
    """Add permissions to a security group; `key` is its list of them."""
    refuse_dry_run(given)
    if "GroupId" not in given:
        raise ValueError("--group-id is needed outside of a default VPC")
    group = get(network, "SecurityGroups", "GroupId", given["GroupId"])
    if not given.get("IpPermissions"):
        raise ValueError("no permission is given")
    group[key] = list(listed(group, key))
    for permission in given["IpPermissions"]:
        added = checked_permission(network, group, permission)
        there = {rule for each in group[key] for rule in rules_of(each)}
        new = rules_of(added)
        if len(set(new)) < len(new) or there & set(new):
            raise ValueError(f"a rule of {group['GroupId']} already exists: {permission}")
        group[key].append(added)


def rules_of(permission: Record) -> list[tuple[Any, ...]]:
    """The single rules of a permission, in a form that compares."""
    protocol = str(permission["IpProtocol"])
    ports: tuple[Any, Any] = (permission.get("FromPort"), permission.get("ToPort"))
    if protocol not in ("tcp", "udp", "icmp", "icmpv6"):
        ports = (None, None)
    if protocol == "icmpv6":
        ports = tuple(-1 if port is None else port for port in ports)
    return [(protocol, *ports, name, each[key]) for name, key in SOURCES.items() for each in listed(permission, name)]


def checked_permission(network: Record, group: Record, permission: Record) -> Record:
    """A permission as the API would store it."""
    if "IpProtocol" not in permission:
        raise ValueError("a permission needs a protocol")
    protocol = PROTOCOL_NAMES.get(permission["IpProtocol"], permission["IpProtocol"])
    if not re.fullmatch(r"tcp|udp|icmp|icmpv6|-1|\d+", protocol) or (protocol.isdigit() and int(protocol) > 255):
        raise ValueError(f"invalid protocol {protocol}")
    stored: Record = {"IpProtocol": protocol}
    if protocol in ("tcp", "udp", "icmp", "icmpv6"):
        stored |= checked_ports(protocol, permission)
    stored["IpRanges"] = [{**each, "CidrIp": canonical(each["CidrIp"], 4)} for each in sources(permission, "IpRanges")]
    stored["Ipv6Ranges"] = [
        {**each, "CidrIpv6": canonical(each["CidrIpv6"], 6)} for each in sources(permission, "Ipv6Ranges")
    ]
    stored["PrefixListIds"] = [checked_list(network, each) for each in sources(permission, "PrefixListIds")]
    stored["UserIdGroupPairs"] = [
        checked_reference(network, group, each) for each in sources(permission, "UserIdGroupPairs")
    ]
    if not rules_of(stored):
        raise ValueError("a permission needs a source or destination")
    return stored


def sources(permission: Record, name: str) -> list[Record]:
    """The sources of one kind, each with the key that it needs."""
    for each in listed(permission, name):
        if SOURCES[name] not in each:
            raise ValueError(f"{name}: {SOURCES[name]} is missing in {each}")
    return listed(permission, name)


def checked_ports(protocol: str, permission: Record) -> Record:
    """Ports, or type and code, that the API takes for a protocol."""
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if protocol == "icmpv6" and first is None and last is None:
        return {"FromPort": -1, "ToPort": -1}
    if first is None or last is None:
        raise ValueError(f"{protocol} needs both FromPort and ToPort")
    if protocol in ("tcp", "udp") and not 0 <= first <= last <= 65535:
        raise ValueError(f"invalid port range {first}-{last}")
    if protocol.startswith("icmp") and (
        not -1 <= first <= 255 or not -1 <= last <= 255 or (first == -1 and last != -1)
    ):
        raise ValueError(f"invalid ICMP type and code {first}, {last}")
    return {"FromPort": first, "ToPort": last}


def checked_list(network: Record, source: Record) -> Record:
    """A prefix list that exists."""
    name = source["PrefixListId"]
    known = [each["PrefixListId"] for each in listed(network, "PrefixLists")] + list(
        network.get("PrefixListEntries") or {}
    )
    if name not in known:
        raise ValueError(f"{name} does not exist")
    return source


def checked_reference(network: Record, group: Record, pair: Record) -> Record:
    """A reference to a group that this one can refer to: of one VPC with it, or of a peered one."""
    accounts = {each.get("OwnerId") for each in listed(network, "SecurityGroups")}
    name = pair["GroupId"]
    if pair.get("UserId", group.get("OwnerId")) not in accounts and re.fullmatch(r"sg-[0-9a-f]+", name):
        return pair  # Another account's, which the data does not show.
    other = get(network, "SecurityGroups", "GroupId", name)
    if pair.get("UserId", other["OwnerId"]) != other["OwnerId"]:
        raise ValueError(f"{name} does not belong to {pair['UserId']}")
    stored = {**pair, "UserId": other["OwnerId"]}
    if homes(network, group) & homes(network, other):
        return stored
    for peering in listed(network, "VpcPeeringConnections"):
        sides = [peering["RequesterVpcInfo"], peering["AccepterVpcInfo"]]
        if {side["VpcId"] for side in sides} != {group["VpcId"], other["VpcId"]} or sides[0].get("Region") != sides[
            1
        ].get("Region"):
            continue
        if peering["Status"]["Code"] == "active":
            name = peering["VpcPeeringConnectionId"]
            return {**stored, "VpcId": other["VpcId"], "VpcPeeringConnectionId": name, "PeeringStatus": "active"}
    raise ValueError(f"{group['GroupId']} and {name} belong to different networks")


def homes(network: Record, group: Record) -> set[str]:
    """The VPCs that a group can be used in."""
    associations = [each for each in listed(network, "SecurityGroupVpcAssociations") if each["State"] == "associated"]
    return {group["VpcId"]} | {each["VpcId"] for each in associations if each["GroupId"] == group["GroupId"]}


def authorize_ingress(network: Record, given: Record) -> None:
    """aws ec2 authorize-security-group-ingress."""
    authorize(network, given, "IpPermissions")


def authorize_egress(network: Record, given: Record) -> None:
    """aws ec2 authorize-security-group-egress."""
    authorize(network, given, "IpPermissionsEgress")


# ---------------------------------------- network ACLs


def checked_entry(given: Record) -> Record:
    """An ACL entry as the API would store it."""
    refuse_dry_run(given)
    if not 1 <= given["RuleNumber"] <= 32766:
        raise ValueError(f"rule number {given['RuleNumber']} is not from 1 to 32766")
    protocol = ACL_PROTOCOLS.get(given["Protocol"], given["Protocol"])
    if not re.fullmatch(r"-1|\d+", protocol) or int(protocol) > 255:
        raise ValueError(f"invalid protocol {given['Protocol']}")
    if ("CidrBlock" in given) == ("Ipv6CidrBlock" in given):
        raise ValueError("an entry needs either an IPv4 or an IPv6 CIDR block")
    entry = {
        "RuleNumber": given["RuleNumber"],
        "Egress": given["Egress"],
        "Protocol": protocol,
        "RuleAction": given["RuleAction"],
    }
    if "CidrBlock" in given:
        entry["CidrBlock"] = canonical(given["CidrBlock"], 4)
    else:
        entry["Ipv6CidrBlock"] = canonical(given["Ipv6CidrBlock"], 6)
    if protocol in ("6", "17"):
        ports = given.get("PortRange") or {}
        if not {"From", "To"} <= set(ports) or not 0 <= ports["From"] <= ports["To"] <= 65535:
            raise ValueError(f"protocol {protocol} needs a port range, not {ports}")
        entry["PortRange"] = ports
    if protocol == "1" or (protocol == "58" and "Ipv6CidrBlock" in given):
        icmp = given.get("IcmpTypeCode") or {}
        if not {"Type", "Code"} <= set(icmp) or not -1 <= icmp["Type"] <= 255 or not -1 <= icmp["Code"] <= 255:
            raise ValueError(f"protocol {protocol} needs an ICMP type and code, not {icmp}")
        entry["IcmpTypeCode"] = icmp
    return entry


def find_entry(acl: Record, number: int, egress: bool) -> Record | None:
    """The entry of an ACL with this number in this direction."""
    for entry in listed(acl, "Entries"):
        if entry["RuleNumber"] == number and bool(entry["Egress"]) == egress:
            return entry
    return None


def create_entry(network: Record, given: Record) -> None:
    """aws ec2 create-network-acl-entry."""
    entry = checked_entry(given)
    acl = get(network, "NetworkAcls", "NetworkAclId", given["NetworkAclId"])
    if find_entry(acl, entry["RuleNumber"], entry["Egress"]):
        raise ValueError(f"{acl['NetworkAclId']} already has an entry {entry['RuleNumber']}")
    acl["Entries"] = [*listed(acl, "Entries"), entry]


def replace_entry(network: Record, given: Record) -> None:
    """aws ec2 replace-network-acl-entry."""
    entry = checked_entry(given)
    acl = get(network, "NetworkAcls", "NetworkAclId", given["NetworkAclId"])
    old = find_entry(acl, entry["RuleNumber"], entry["Egress"])
    if old is None:
        raise ValueError(f"{acl['NetworkAclId']} has no entry {entry['RuleNumber']}")
    acl["Entries"] = [entry if each is old else each for each in acl["Entries"]]


def delete_entry(network: Record, given: Record) -> None:
    """aws ec2 delete-network-acl-entry."""
    refuse_dry_run(given)
    acl = get(network, "NetworkAcls", "NetworkAclId", given["NetworkAclId"])
    old = find_entry(acl, given["RuleNumber"], given["Egress"])
    if old is None or given["RuleNumber"] > 32766:
        raise ValueError(f"{acl['NetworkAclId']} has no entry {given['RuleNumber']} that can be deleted")
    acl["Entries"] = [each for each in acl["Entries"] if each is not old]


# ---------------------------------------- routes


def destination(given: Record) -> tuple[str, str]:
    """The one destination of a route command: its key and value."""
    named = [key for key in ROUTE_DESTINATIONS if key in given]
    if len(named) != 1:
        raise ValueError("a route needs exactly one destination")
    key = named[0]
    if key == "DestinationPrefixListId":
        return key, given[key]
    return key, canonical(given[key], 6 if "Ipv6" in key else 4, strict=True)


def find_route(table: Record, key: str, value: str) -> Record | None:
    """The route of a table with this destination that is not propagated."""
    for route in listed(table, "Routes"):
        if route.get(key) == value and route.get("Origin") not in ("EnableVgwRoutePropagation", "Advertisement"):
            return route
    return None


def target(network: Record, table: Record, given: Record) -> Record:
    """The one target of a route command, as a route stores it."""
    named = [key for key in ROUTE_TARGETS if key in given]
    if len(named) != 1:
        raise ValueError("a route needs exactly one target")
    key, name = named[0], given[named[0]]
    if not name.startswith(ROUTE_TARGETS[key]):
        raise ValueError(f"{name} is no {key}")
    if key == "InstanceId":
        attached = [(each.get("Attachment") or {}).get("InstanceId") for each in listed(network, "NetworkInterfaces")]
        if attached.count(name) != 1:
            raise ValueError(f"{name} has {attached.count(name)} interfaces, not one")
        key = "NetworkInterfaceId"
        name = listed(network, "NetworkInterfaces")[attached.index(name)][key]
    homes, state = target_homes(network, key, name)
    if homes is not None:
        check_vpc(name, table["VpcId"], homes)
    return {"GatewayId" if key == "VpcEndpointId" else key: name, "State": state}


def target_homes(network: Record, key: str, name: str) -> tuple[list[str] | None, str]:
    """The VPCs whose tables can lead to a target (None: not told here), and the state that the route has then."""
    if name.startswith("igw-"):
        gateway = get(network, "InternetGateways", "InternetGatewayId", name)
        return [each["VpcId"] for each in listed(gateway, "Attachments")], "active"
    if key == "EgressOnlyInternetGatewayId":
        gateway = get(network, "EgressOnlyInternetGateways", key, name)
        return [each["VpcId"] for each in listed(gateway, "Attachments")], "active"
    if key == "NatGatewayId":
        nat = get(network, "NatGateways", key, name)
        if nat["State"] not in ("available", "pending"):
            raise ValueError(f"{name} is {nat['State']}")
        return [nat["VpcId"]], "active"
    if key == "VpcPeeringConnectionId":
        peering = get(network, "VpcPeeringConnections", key, name)
        code = peering["Status"]["Code"]
        if code not in ("active", "pending-acceptance", "provisioning"):
            raise ValueError(f"{name} is {code}")
        homes = [peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]]
        return homes, "active" if code == "active" else "blackhole"
    if key == "NetworkInterfaceId":
        return [get(network, "NetworkInterfaces", key, name)["VpcId"]], "active"
    return None, "active"


def check_vpc(name: str, vpc: str, homes: list[str]) -> None:
    """Refuse what does not belong to the route table's VPC."""
    if vpc not in homes:
        raise ValueError(f"{name} and the route table belong to different networks")


def check_fit(network: Record, table: Record, key: str, value: str, aim: Record) -> None:
    """Refuse a target that cannot carry the destination."""
    if "EgressOnlyInternetGatewayId" in aim and key == "DestinationCidrBlock":
        raise ValueError("an egress-only internet gateway carries no IPv4")
    if (
        "NatGatewayId" in aim
        and key == "DestinationIpv6CidrBlock"
        and not ip_network(value).subnet_of(ip_network("64:ff9b::/96"))
    ):
        raise ValueError("a NAT gateway carries no IPv6 but 64:ff9b::/96")
    if key == "DestinationPrefixListId":
        if value not in [each["PrefixListId"] for each in listed(network, "PrefixLists")] + list(
            network.get("PrefixListEntries") or {}
        ):
            raise ValueError(f"{value} does not exist")
        return
    block = ip_network(value)
    locals_ = [
        route.get(key)
        for route in listed(table, "Routes")
        if route.get("Origin") == "CreateRouteTable" and route.get(key)
    ]
    if value in locals_ or not any(block.subnet_of(ip_network(each)) for each in locals_):
        return
    subnets = [each for each in listed(network, "Subnets") if each["VpcId"] == table["VpcId"]]
    cidrs = [each["CidrBlock"] for each in subnets]
    cidrs += [block["Ipv6CidrBlock"] for each in subnets for block in listed(each, "Ipv6CidrBlockAssociationSet")]
    if value not in cidrs:
        raise ValueError(f"{value} is inside the VPC's CIDR and not the CIDR of a whole subnet")
    check_inside_target(aim)


def check_inside_target(aim: Record) -> None:
    """Inside the VPC's own CIDRs a route leads to an interface, a NAT gateway or an endpoint, and to nothing else."""
    if (
        "NetworkInterfaceId" not in aim
        and "NatGatewayId" not in aim
        and not aim.get("GatewayId", "").startswith("vpce-")
    ):
        raise ValueError(f"a route inside the VPC's CIDR cannot lead to {aim}")


def create_route(network: Record, given: Record) -> None:
    """aws ec2 create-route."""
    refuse_dry_run(given)
    table = get(network, "RouteTables", "RouteTableId", given["RouteTableId"])
    key, value = destination(given)
    aim = target(network, table, given)
    if find_route(table, key, value):
        raise ValueError(f"{table['RouteTableId']} already has a route to {value}")
    check_fit(network, table, key, value, aim)
    table["Routes"] = [*listed(table, "Routes"), {key: value, "Origin": "CreateRoute", **aim}]


def replace_route(network: Record, given: Record) -> None:
    """aws ec2 replace-route."""
    refuse_dry_run(given)
    table = get(network, "RouteTables", "RouteTableId", given["RouteTableId"])
    key, value = destination(given)
    old = find_route(table, key, value)
    if old is None:
        raise ValueError(f"{table['RouteTableId']} has no route to {value}")
    local = old.get("Origin") == "CreateRouteTable"
    if given.get("LocalTarget"):
        if not local or any(name in given for name in ROUTE_TARGETS):
            raise ValueError("--local-target is for the local route, and alone")
        aim: Record = {"GatewayId": "local", "State": "active"}
    else:
        aim = target(network, table, given)
        check_fit(network, table, key, value, aim)
        if local:
            check_inside_target(aim)
    new = {key: value, "Origin": old["Origin"], **aim}
    table["Routes"] = [new if each is old else each for each in table["Routes"]]


def delete_route(network: Record, given: Record) -> None:
    """aws ec2 delete-route."""
    refuse_dry_run(given)
    table = get(network, "RouteTables", "RouteTableId", given["RouteTableId"])
    key, value = destination(given)
    old = find_route(table, key, value)
    if old is None:
        raise ValueError(f"{table['RouteTableId']} has no route to {value}")
    if old.get("Origin") == "CreateRouteTable":
        raise ValueError(f"the local route of {table['RouteTableId']} cannot be deleted")
    table["Routes"] = [each for each in table["Routes"] if each is not old]


# ---------------------------------------- instances


def start_instances(network: Record, given: Record) -> None:
    """aws ec2 start-instances."""
    refuse_dry_run(given)
    for name in given["InstanceIds"]:
        instance = get({"Instances": instances_of(network)}, "Instances", "InstanceId", name)
        state = instance["State"]["Name"]
        if state not in ("stopped", "pending", "running"):
            raise ValueError(f"{name} is {state} and cannot be started")
        if state == "stopped":
            instance["State"] = {"Code": 0, "Name": "pending"}


def wait(network: Record, given: Record, wanted: dict[str, Any], on_the_way: str) -> None:
    """Wait until instances are in a state; ValueError where that does not come by itself."""
    for name in given.get("InstanceIds") or []:
        instance = get({"Instances": instances_of(network)}, "Instances", "InstanceId", name)
        state = instance["State"]["Name"]
        if state not in (on_the_way, wanted["Name"]):
            raise ValueError(f"{name} is {state}: waiting for {wanted['Name']} fails")
        instance["State"] = dict(wanted)


def wait_running(network: Record, given: Record) -> None:
    """aws ec2 wait instance-running."""
    wait(network, given, {"Code": 16, "Name": "running"}, "pending")


def wait_stopped(network: Record, given: Record) -> None:
    """aws ec2 wait instance-stopped."""
    wait(network, given, {"Code": 80, "Name": "stopped"}, "stopping")


# ---------------------------------------- transit gateways


def attachment_of(network: Record, given: Record) -> Record:
    """The attachment that a command names, on the gateway of the table that it names."""
    table = get(network, "TransitGatewayRouteTables", "TransitGatewayRouteTableId", given["TransitGatewayRouteTableId"])
    name = given["TransitGatewayAttachmentId"]
    of_gateway = [a for a in network["TransitGatewayAttachments"] if a["TransitGatewayId"] == table["TransitGatewayId"]]
    return get(
        {"TransitGatewayAttachments": of_gateway}, "TransitGatewayAttachments", "TransitGatewayAttachmentId", name
    )


def propagate(network: Record, given: Record) -> None:
    """aws ec2 enable-transit-gateway-route-table-propagation."""
    attachment = attachment_of(network, given)
    name = given["TransitGatewayRouteTableId"]
    key = "TransitGatewayRouteTablePropagations"
    tables = network.setdefault("TransitGatewayPropagations", [])
    found = next((t for t in tables if t["TransitGatewayRouteTableId"] == name), None)
    if found is None:
        found = {"TransitGatewayRouteTableId": name, key: []}
        tables.append(found)
    if any(p["TransitGatewayAttachmentId"] == attachment["TransitGatewayAttachmentId"] for p in found[key]):
        raise ValueError(f"{given['TransitGatewayAttachmentId']} propagates into {name} already")
    kept = {member: attachment[member] for member in ("TransitGatewayAttachmentId", "ResourceType", "ResourceId")}
    found[key].append({**kept, "State": "enabled"})


def associate_table(network: Record, given: Record) -> None:
    """aws ec2 associate-transit-gateway-route-table."""
    attachment = attachment_of(network, given)
    if attachment.get("Association", {}).get("State") in ("associated", "associating"):
        raise ValueError(f"{attachment['TransitGatewayAttachmentId']} is associated already")
    name = given["TransitGatewayRouteTableId"]
    attachment["Association"] = {"TransitGatewayRouteTableId": name, "State": "associated"}


COMMANDS = {
    "authorize-security-group-ingress": ("AuthorizeSecurityGroupIngress", authorize_ingress),
    "authorize-security-group-egress": ("AuthorizeSecurityGroupEgress", authorize_egress),
    "create-network-acl-entry": ("CreateNetworkAclEntry", create_entry),
    "replace-network-acl-entry": ("ReplaceNetworkAclEntry", replace_entry),
    "delete-network-acl-entry": ("DeleteNetworkAclEntry", delete_entry),
    "create-route": ("CreateRoute", create_route),
    "replace-route": ("ReplaceRoute", replace_route),
    "delete-route": ("DeleteRoute", delete_route),
    "enable-transit-gateway-route-table-propagation": ("EnableTransitGatewayRouteTablePropagation", propagate),
    "associate-transit-gateway-route-table": ("AssociateTransitGatewayRouteTable", associate_table),
    "start-instances": ("StartInstances", start_instances),
    "wait instance-running": ("DescribeInstances", wait_running),
    "wait instance-stopped": ("DescribeInstances", wait_stopped),
}
