"""AWS's records written as a Terraform state or plan, and the same records with only what Terraform can say."""

from __future__ import annotations

import copy
from typing import Any

from plans import Planned, existing, ref, resource
from writer_transit import add_transit, keep_transit

KEPT = (
    "Vpcs", "Subnets", "NetworkInterfaces", "Reservations", "SecurityGroups", "NetworkAcls", "RouteTables",
    "InternetGateways", "EgressOnlyInternetGateways", "NatGateways", "PrefixLists", "PrefixListEntries",
)  # fmt: skip
TARGETS = {
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "TransitGatewayId": "transit_gateway_id",
}


def sayable(network: dict[str, Any]) -> dict[str, Any]:
    """What of a network a state can hold: no dead routes, no interfaces but those of instances, one owner."""
    found = {key: copy.deepcopy(network.get(key, {} if key == "PrefixListEntries" else [])) for key in KEPT}
    vpcs = {vpc["VpcId"] for vpc in found["Vpcs"]}
    found["Subnets"] = [s for s in found["Subnets"] if s["VpcId"] in vpcs and s.get("CidrBlock")]
    for place in (*found["Vpcs"], *found["Subnets"]):
        place.pop("BlockPublicAccessStates", None)
    _hosts(found, {s["SubnetId"] for s in found["Subnets"]})
    found["SecurityGroups"] = [
        g for g in found["SecurityGroups"] if "IpPermissions" in g and "IpPermissionsEgress" in g
    ]
    for group in found["SecurityGroups"]:
        for permission in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
            permission["UserIdGroupPairs"] = [{"GroupId": p["GroupId"]} for p in permission.get("UserIdGroupPairs", ())]
    for acl in found["NetworkAcls"]:
        acl["Entries"] = [e for e in acl.get("Entries", ()) if e["RuleNumber"] < 32767]
    found["NatGateways"] = [
        {**n, "State": "available"}
        for n in found["NatGateways"]
        if n.get("SubnetId") and len(n.get("NatGatewayAddresses", ())) == 1
    ]
    found["PrefixLists"] = [one for one in found["PrefixLists"] if one["PrefixListId"] in found["PrefixListEntries"]]
    if network.get("TransitGateways"):
        keep_transit(network, found)
    _routes(found)
    # A VPC without a gateway may have one that Terraform does not manage: there the two do not say the same.
    found["InternetGateways"] += [
        {"InternetGatewayId": f"igw-of-{vpc}", "Attachments": [{"VpcId": vpc, "State": "available"}]}
        for vpc in sorted(vpcs - {_vpc_of(g) for g in found["InternetGateways"]})
    ]
    for key in (
        "Vpcs",
        "Subnets",
        "SecurityGroups",
        "NetworkAcls",
        "RouteTables",
        "InternetGateways",
        "NetworkInterfaces",
    ):
        found[key] = [{**one, "OwnerId": "111111111111"} for one in found[key]]
    return found


def _hosts(found: dict[str, Any], subnets: set[str]) -> None:
    """Keep instances with a primary interface, and the interfaces of these."""
    instances = [i for r in found["Reservations"] for i in r["Instances"]]
    for instance in instances:
        for name in ("NetworkInterfaces", "PublicIpAddress", "PrivateIpAddress", "SubnetId", "VpcId", "SecurityGroups"):
            instance.pop(name, None)
        instance["OwnerId"] = "111111111111"
    hosts = {i["InstanceId"] for i in instances}
    own = {
        e["NetworkInterfaceId"]: e
        for e in found["NetworkInterfaces"]
        if _is_host(e, hosts) and e["SubnetId"] in subnets
    }
    primary: dict[str, str] = {}
    for id_, eni in sorted(own.items()):
        eni.update(RequesterManaged=False, Status="in-use", Description="", InterfaceType="interface")
        for name in ("Association", "DenyAllIgwTraffic"):
            eni.pop(name, None)
        if not eni["Attachment"].get("DeviceIndex"):
            primary.setdefault(eni["Attachment"]["InstanceId"], id_)
            for name in ("Ipv4Prefixes", "Ipv6Prefixes"):
                eni.pop(name, None)
    found["NetworkInterfaces"] = [
        e for id_, e in own.items()
        if primary.get(e["Attachment"]["InstanceId"]) in ({id_} if not e["Attachment"].get("DeviceIndex") else set(own))
    ]  # fmt: skip
    found["Reservations"] = [{"Instances": [i for i in instances if i["InstanceId"] in primary]}]


def _is_host(eni: dict[str, Any], hosts: set[str]) -> bool:
    return (eni.get("Attachment") or {}).get("InstanceId") in hosts and "Groups" in eni


def _routes(found: dict[str, Any]) -> None:
    """Keep routes that lead to something that is there."""
    kinds = {
        "InternetGateways": "InternetGatewayId",
        "NatGateways": "NatGatewayId",
        "EgressOnlyInternetGateways": "EgressOnlyInternetGatewayId",
        "NetworkInterfaces": "NetworkInterfaceId",
        "TransitGateways": "TransitGatewayId",
    }
    known = {one[name] for key, name in kinds.items() for one in found.get(key, ())}
    for table in found["RouteTables"]:
        table["Routes"] = [
            {k: v for k, v in route.items() if k in TARGETS or k.startswith("Destination")}
            for route in table.get("Routes", ())
            if route.get("State") != "blackhole" and route.get("Origin") != "EnableVgwRoutePropagation"
            and any(route.get(t) in known for t in TARGETS)
        ]  # fmt: skip
        table["Associations"] = [a for a in table.get("Associations", ()) if a.get("SubnetId") or a.get("Main")]
        table["PropagatingVgws"] = []


def as_state(network: dict[str, Any], *, apart: bool = False) -> list[Planned]:
    """The resources of a network; `apart`: rules, routes, entries and associations are resources of their own."""
    made: list[Planned] = []

    def add(type_: str, values: dict[str, Any]) -> None:
        made.append(existing(f"{type_}.r{len(made)}", **values))

    for vpc in network["Vpcs"]:
        _vpc(add, vpc, network)
    for subnet in network["Subnets"]:
        six = [a["Ipv6CidrBlock"] for a in subnet.get("Ipv6CidrBlockAssociationSet", ())]
        add("aws_subnet", {
            "id": subnet["SubnetId"], "vpc_id": subnet["VpcId"], "cidr_block": subnet["CidrBlock"],
            "ipv6_cidr_block": six[0] if six else "", "availability_zone": subnet.get("AvailabilityZone"),
        })  # fmt: skip
    for group in network["SecurityGroups"]:
        _group(add, group, apart=apart)
    for acl in network["NetworkAcls"]:
        _acl(add, acl, apart=apart)
    for table in network["RouteTables"]:
        _table(add, table, apart=apart)
    _gateways(add, network)
    add_transit(add, network)
    for instance in (i for r in network["Reservations"] for i in r["Instances"]):
        _instance(add, instance, network)
    return made


def _gateways(add: Any, network: dict[str, Any]) -> None:
    for gateway in network["InternetGateways"]:
        add("aws_internet_gateway", {"id": gateway["InternetGatewayId"], "vpc_id": _vpc_of(gateway)})
    for gateway in network["EgressOnlyInternetGateways"]:
        add(
            "aws_egress_only_internet_gateway",
            {"id": gateway["EgressOnlyInternetGatewayId"], "vpc_id": _vpc_of(gateway)},
        )
    for nat in network["NatGateways"]:
        address = nat["NatGatewayAddresses"][0]
        add("aws_nat_gateway", {
            "id": nat["NatGatewayId"], "subnet_id": nat["SubnetId"], "private_ip": address.get("PrivateIp"),
            "public_ip": address.get("PublicIp") or "", "connectivity_type": nat.get("ConnectivityType", "public"),
        })  # fmt: skip
    for list_ in network["PrefixLists"]:
        entries = network["PrefixListEntries"].get(list_["PrefixListId"])
        if entries is not None:
            add(
                "aws_ec2_managed_prefix_list",
                {
                    "id": list_["PrefixListId"],
                    "name": list_.get("PrefixListName"),
                    "entry": [{"cidr": e["Cidr"]} for e in entries],
                },
            )


def _vpc_of(gateway: dict[str, Any]) -> str:
    return next(
        (a["VpcId"] for a in gateway.get("Attachments", ()) if a.get("State") in (None, "available", "attached")), ""
    )


def _vpc(add: Any, vpc: dict[str, Any], network: dict[str, Any]) -> None:
    six = [
        a["Ipv6CidrBlock"] for a in vpc.get("Ipv6CidrBlockAssociationSet", ()) if _associated(a, "Ipv6CidrBlockState")
    ]
    main = next(
        (
            t["RouteTableId"]
            for t in network["RouteTables"]
            if t["VpcId"] == vpc["VpcId"] and any(a.get("Main") for a in t["Associations"])
        ),
        "rtb-none",
    )
    acl = next(
        (a["NetworkAclId"] for a in network["NetworkAcls"] if a["VpcId"] == vpc["VpcId"] and a.get("IsDefault")),
        "acl-none",
    )
    add("aws_vpc", {
        "id": vpc["VpcId"], "owner_id": "111111111111", "cidr_block": vpc["CidrBlock"], "ipv6_cidr_block": six[0] if six else "",
        "main_route_table_id": main, "default_network_acl_id": acl,
    })  # fmt: skip
    for extra in six[1:]:
        add("aws_vpc_ipv6_cidr_block_association", {"vpc_id": vpc["VpcId"], "ipv6_cidr_block": extra})
    for association in vpc.get("CidrBlockAssociationSet", ()):
        if association["CidrBlock"] != vpc["CidrBlock"] and _associated(association, "CidrBlockState"):
            add("aws_vpc_ipv4_cidr_block_association", {"vpc_id": vpc["VpcId"], "cidr_block": association["CidrBlock"]})


def _associated(association: dict[str, Any], name: str) -> bool:
    return association.get(name, {}).get("State", "associated") == "associated"


def _block(permission: dict[str, Any]) -> dict[str, Any]:
    return {
        "protocol": permission["IpProtocol"],
        "from_port": permission.get("FromPort"),
        "to_port": permission.get("ToPort"),
        "cidr_blocks": [r["CidrIp"] for r in permission.get("IpRanges", ())],
        "ipv6_cidr_blocks": [r["CidrIpv6"] for r in permission.get("Ipv6Ranges", ())],
        "prefix_list_ids": [r["PrefixListId"] for r in permission.get("PrefixListIds", ())],
        "security_groups": [r["GroupId"] for r in permission.get("UserIdGroupPairs", ())],
        "self": False,
    }


def _group(add: Any, group: dict[str, Any], *, apart: bool) -> None:
    sides = (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress"))
    blocks = {name: [_block(p) for p in group[key]] for name, key in sides}
    values = {"id": group["GroupId"], "name": group.get("GroupName"), "vpc_id": group.get("VpcId")}
    add("aws_security_group", values if apart else {**values, **blocks})
    for number, (name, block) in enumerate((n, b) for n, listed in blocks.items() for b in listed) if apart else ():
        shared = {
            "type": name,
            "security_group_id": group["GroupId"],
            "protocol": block["protocol"],
            "from_port": block["from_port"],
            "to_port": block["to_port"],
        }
        add(
            "aws_security_group_rule",
            {
                "id": f"sgrule-{number}-{group['GroupId']}",
                **shared,
                "cidr_blocks": block["cidr_blocks"],
                "ipv6_cidr_blocks": block["ipv6_cidr_blocks"],
                "prefix_list_ids": block["prefix_list_ids"],
            },
        )
        for peer in block["security_groups"]:
            ports = {"from_port": block["from_port"], "to_port": block["to_port"]} if block["protocol"] != "-1" else {}
            add(f"aws_vpc_security_group_{name}_rule", {
                "id": f"sgr-{number}-{group['GroupId']}-{peer}", "security_group_id": group["GroupId"], "ip_protocol": block["protocol"],
                **ports, "referenced_security_group_id": peer,
            })  # fmt: skip


def _acl(add: Any, acl: dict[str, Any], *, apart: bool) -> None:
    subnets = [a["SubnetId"] for a in acl.get("Associations", ())]
    values = {"id": acl["NetworkAclId"], "vpc_id": acl["VpcId"]}
    blocks: dict[str, list[dict[str, Any]]] = {"ingress": [], "egress": []}
    for entry in acl["Entries"]:
        ports, icmp = entry.get("PortRange") or {}, entry.get("IcmpTypeCode") or {}
        shared = {
            "protocol": entry["Protocol"], "cidr_block": entry.get("CidrBlock", ""), "ipv6_cidr_block": entry.get("Ipv6CidrBlock", ""),
            "from_port": ports.get("From"), "to_port": ports.get("To"), "icmp_type": icmp.get("Type"), "icmp_code": icmp.get("Code"),
        }  # fmt: skip
        if apart:
            add(
                "aws_network_acl_rule",
                {
                    "network_acl_id": acl["NetworkAclId"],
                    "rule_number": entry["RuleNumber"],
                    "egress": entry["Egress"],
                    "rule_action": entry["RuleAction"],
                    **shared,
                },
            )
        else:
            side = "egress" if entry["Egress"] else "ingress"
            blocks[side].append({"rule_no": entry["RuleNumber"], "action": entry["RuleAction"], **shared})
    kind = "aws_default_network_acl" if acl.get("IsDefault") else "aws_network_acl"
    add(kind, values if apart else {**values, **blocks, "subnet_ids": subnets})
    for subnet in subnets if apart else ():
        add("aws_network_acl_association", {"network_acl_id": acl["NetworkAclId"], "subnet_id": subnet})


def _table(add: Any, table: dict[str, Any], *, apart: bool) -> None:
    routes = []
    for route in table["Routes"]:
        shown = {TARGETS[name]: value for name, value in route.items() if name in TARGETS}
        shown["cidr_block"] = route.get("DestinationCidrBlock", "")
        shown["ipv6_cidr_block"] = route.get("DestinationIpv6CidrBlock", "")
        shown["destination_prefix_list_id"] = route.get("DestinationPrefixListId", "")
        routes.append(shown)
    values = {"id": table["RouteTableId"], "vpc_id": table["VpcId"]}
    add("aws_route_table", values if apart else {**values, "route": routes})
    for route in routes if apart else ():
        four, six = route.pop("cidr_block"), route.pop("ipv6_cidr_block")
        add(
            "aws_route",
            {
                "route_table_id": table["RouteTableId"],
                "destination_cidr_block": four,
                "destination_ipv6_cidr_block": six,
                **route,
            },
        )
    for association in table["Associations"]:
        if association.get("SubnetId"):
            add(
                "aws_route_table_association",
                {"route_table_id": table["RouteTableId"], "subnet_id": association["SubnetId"]},
            )


def _instance(add: Any, instance: dict[str, Any], network: dict[str, Any]) -> None:
    id_ = instance["InstanceId"]
    for eni in network["NetworkInterfaces"]:
        if eni["Attachment"]["InstanceId"] != id_:
            continue
        listed = eni.get("PrivateIpAddresses") or [{"PrivateIpAddress": eni["PrivateIpAddress"], "Primary": True}]
        index = eni["Attachment"].get("DeviceIndex") or 0
        shared = {
            "subnet_id": eni["SubnetId"],
            "source_dest_check": eni.get("SourceDestCheck", True),
            "ipv6_addresses": [a["Ipv6Address"] for a in eni.get("Ipv6Addresses", ())],
        }
        groups = [g["GroupId"] for g in eni["Groups"]]
        others = [a["PrivateIpAddress"] for a in listed if a["PrivateIpAddress"] != eni["PrivateIpAddress"]]
        if index == 0:
            add("aws_instance", {
                "id": id_, "primary_network_interface_id": eni["NetworkInterfaceId"], "private_ip": eni["PrivateIpAddress"], "public_ip": "",
                "secondary_private_ips": others, "vpc_security_group_ids": groups, "instance_state": instance.get("State", {}).get("Name", "running"),
                "tags": {t["Key"]: t.get("Value", "") for t in instance.get("Tags", ())}, **shared,
            })  # fmt: skip
        else:
            add("aws_network_interface", {
                "id": eni["NetworkInterfaceId"], "private_ip": eni["PrivateIpAddress"], "private_ips": [eni["PrivateIpAddress"], *others],
                "security_groups": groups, "attachment": [{"instance": id_, "device_index": index}],
                    "ipv4_prefixes": [p["Ipv4Prefix"] for p in eni.get("Ipv4Prefixes", ())],
                    "ipv6_prefixes": [p["Ipv6Prefix"] for p in eni.get("Ipv6Prefixes", ())], **shared,
            })  # fmt: skip
        for address in listed:
            public = (address.get("Association") or {}).get("PublicIp")
            if public:
                add(
                    "aws_eip",
                    {
                        "id": f"eipalloc-{public}",
                        "public_ip": public,
                        "network_interface": eni["NetworkInterfaceId"],
                        "private_ip": address["PrivateIpAddress"],
                    },
                )


REFERRED = ("vpc_id", "subnet_id", "route_table_id", "network_acl_id", "security_group_id")


def as_plan(made: list[Planned]) -> list[Planned]:
    """The same resources with a plan yet to make the groups and tables, whose ids are references then."""
    main = {r.values["main_route_table_id"] for r in made if r.type == "aws_vpc"}
    types = ("aws_security_group", "aws_route_table", "aws_network_acl")
    new = {r.values["id"]: r.address for r in made if r.type in types and r.values["id"] not in main}

    def open_(value: Any) -> Any:
        return ref(f"{new[value]}.id") if isinstance(value, str) and value in new else value

    planned = []
    for r in made:
        values = {name: open_(value) if name in REFERRED else value for name, value in r.values.items()}
        if r.type in ("aws_instance", "aws_network_interface"):
            name = "vpc_security_group_ids" if r.type == "aws_instance" else "security_groups"
            values[name] = [open_(one) for one in values[name]]
        if values.get("referenced_security_group_id") in new:
            values["referenced_security_group_id"] = open_(values["referenced_security_group_id"])
        if r.values.get("id") in new:
            values = {name: value for name, value in values.items() if name != "id"}
            planned.append(resource(r.address, **values))
        elif values == r.values:
            planned.append(r)
        else:
            planned.append(existing(r.address, old=r.values, **values))
    return planned


def yet_to_come(made: list[Planned]) -> tuple[list[Planned], dict[str, str]]:
    """The same resources with simple running hosts yet to be made, without any address; their ids and addresses."""
    elastic = {r.values["network_interface"] for r in made if r.type == "aws_eip"}
    several = {r.values["attachment"][0]["instance"] for r in made if r.type == "aws_network_interface"}
    new: dict[str, str] = {}
    planned: list[Planned] = []
    gone: set[str] = set()
    for r in made:
        v = r.values
        if (
            r.type != "aws_instance" or v["id"] in several or v["secondary_private_ips"] or v["ipv6_addresses"]
            or v["instance_state"] != "running" or v["private_ip"].startswith("100.")
        ):  # fmt: skip
            planned.append(r)
            continue
        new[v["id"]] = r.address
        gone.add(v["primary_network_interface_id"])
        keys = ("subnet_id", "vpc_security_group_ids", "source_dest_check", "tags")
        public = v["primary_network_interface_id"] in elastic
        planned.append(resource(r.address, **{k: v[k] for k in keys}, associate_public_ip_address=public))
    planned = [r for r in planned if not (r.type == "aws_eip" and r.values["network_interface"] in gone)]
    return planned, new
