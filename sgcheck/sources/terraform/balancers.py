"""Load balancers, listeners, target groups and their targets.

The interfaces of a balancer are not Terraform's: one is made for each subnet, as AWS does.
"""

from __future__ import annotations

from typing import Any, Final

from sgcheck.sources.shapes import Record, balancer_node, without_nothing
from sgcheck.sources.terraform.book import Book, said
from sgcheck.sources.terraform.groups import GROUPS
from sgcheck.sources.terraform.places import SUBNETS, VPCS
from sgcheck.sources.terraform.resource import Block, Resource, Unknown

BALANCERS: Final = ("aws_lb", "aws_alb")
LISTENERS: Final = ("aws_lb_listener", "aws_alb_listener")
TARGETS: Final = ("aws_lb_target_group", "aws_alb_target_group")
TYPES: Final = {
    "aws_lb": "",
    "aws_alb": "",
    "aws_lb_listener": "",
    "aws_alb_listener": "",
    "aws_lb_listener_rule": "",
    "aws_alb_listener_rule": "",
    "aws_lb_target_group": "",
    "aws_alb_target_group": "",
    "aws_lb_target_group_attachment": "what is registered elsewhere (auto scaling, ECS) is not known",
    "aws_alb_target_group_attachment": "",
    "aws_elb": "",
    "aws_elb_attachment": "",
}


def add_balancers(book: Book) -> None:
    """Add balancers with everything that belongs to them."""
    for resource in book.of(*TARGETS):
        _pool(book, resource)
    for resource in book.of(*BALANCERS):
        _balancer(book, resource)
    for resource in book.of(*LISTENERS):
        _listener(book, resource)
    for resource in book.of("aws_lb_listener_rule", "aws_alb_listener_rule"):
        record = book.record("Listeners", book.references.one(resource, "listener_arn", LISTENERS))
        if record is not None:
            record["DefaultActions"] += _actions(book, resource, "action")
    _targets(book)
    for resource in book.of("aws_elb"):
        _classic(book, resource)


def _balancer(book: Book, resource: Resource) -> None:
    kind = resource.known("load_balancer_type") or "application"
    internal = resource.flag("internal")
    path = resource.arn.partition(":loadbalancer/")[2] or resource.arn
    zones = _zones(book, resource)
    groups = book.references.many(resource, "security_groups", GROUPS)
    unset = isinstance(groups, Unknown) and not resource.has("security_groups")
    listed = [] if unset else [said(one) for one in (groups if isinstance(groups, list) else [groups])]
    vpc = next((v for v in (book.vpc_of(subnet) for subnet in zones) if v), None)
    vpc = vpc or resource.known("vpc_id") or f"the VPC of {resource.address}"
    if not listed and kind == "application":
        listed = [f"{vpc}.default_security_group_id" if resource.created else said(resource.doubt("security_groups"))]
    record: Record = {
        "LoadBalancerArn": resource.arn,
        "LoadBalancerName": resource.known("name") or resource.address,
        "DNSName": resource.known("dns_name"),
        "Scheme": "internal" if internal is True else "internet-facing",
        "VpcId": vpc,
        "State": {"Code": "active"},
        "Type": kind,
        "AvailabilityZones": [
            without_nothing({"SubnetId": s, "ZoneName": (book.record("Subnets", s) or {}).get("AvailabilityZone")})
            for s in zones
        ],
        "SecurityGroups": listed,
    }
    book.add("LoadBalancers", resource.arn, without_nothing(record), resource)
    cross = resource.flag("enable_cross_zone_load_balancing")
    if isinstance(cross, bool):
        attribute = {"Key": "load_balancing.cross_zone.enabled", "Value": str(cross).lower()}
        record = {"LoadBalancerArn": resource.arn, "Attributes": [attribute]}
        book.add("LoadBalancerAttributes", resource.arn, record, resource, named=False)
    for subnet in zones:
        _node(book, resource, subnet, vpc, f"ELB {path}", listed, kind, public=internal is not True)


def _zones(book: Book, resource: Resource) -> list[str]:
    """The subnets of a balancer."""
    found = book.references.many(resource, "subnets", SUBNETS)
    listed = [said(one) for one in found] if isinstance(found, list) else []
    blocks = resource.blocks("subnet_mapping")
    if not listed and isinstance(blocks, list):
        for block in blocks:
            subnet = block.text("subnet_id")
            if isinstance(subnet, Unknown):
                subnet = book.references.named(resource, "subnet_mapping", SUBNETS) or subnet
            listed += [said(subnet)] if subnet else []
    return list(dict.fromkeys(listed)) or [said(resource.doubt("subnets"))]


def _node(
    book: Book,
    resource: Resource,
    subnet: str,
    vpc: str,
    description: str,
    groups: list[str],
    kind: str,
    *,
    public: bool,
) -> None:
    deployed = book.there(subnet, description)
    if deployed is not None:
        record = {**deployed, "Groups": [{"GroupId": one} for one in groups]}
        book.add("NetworkInterfaces", str(deployed["NetworkInterfaceId"]), record, resource, named=False)
        return
    id_ = f"{resource.address}.node[{subnet}]"
    private = book.private(resource, f"the address of its node in {subnet}", subnet)
    outside = book.public(resource, f"the public address of its node in {subnet}") if public else None
    record = balancer_node(id_, subnet, book.vpc_of(subnet) or vpc, description, groups, kind, private, outside)
    book.add("NetworkInterfaces", id_, record, resource, named=False)


def _actions(book: Book, resource: Resource, name: str) -> list[Record]:
    blocks = resource.blocks(name)
    if isinstance(blocks, Unknown):
        return [{"Type": "forward", "TargetGroupArn": blocks.what}]
    made = []
    for block in blocks:
        arns = [block.text("target_group_arn")]
        for forward in _inner(block, "forward"):
            arns += [group.text("arn") for group in _inner(forward, "target_group") if group.get("weight") != 0]
        told = [one for one in arns if one is not None]
        found = [
            book.references.named(resource, name, TARGETS) or one if isinstance(one, Unknown) else one for one in told
        ]
        weighted = [{"TargetGroupArn": said(one), "Weight": 1} for one in found]
        kind = block.text("type")
        made.append({"Type": kind if isinstance(kind, str) else None, "ForwardConfig": {"TargetGroups": weighted}})
    return made


def _inner(block: Block, name: str) -> list[Block]:
    """The blocks in a block."""
    found = block.values.get(name)
    unknown = block.unknown.get(name) if isinstance(block.unknown, dict) else None
    listed: list[Any] = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
    flags = unknown if isinstance(unknown, list) else []
    return [
        Block(block.address, f"{block.path}.{name}[{index}]", one, flags[index] if index < len(flags) else {})
        for index, one in enumerate(listed)
        if isinstance(one, dict)
    ]


def _listener(book: Book, resource: Resource) -> None:
    port, protocol = resource.number("port"), resource.text("protocol")
    balancer = book.references.one(resource, "load_balancer_arn", BALANCERS)
    if not isinstance(port, int) or not isinstance(balancer, str):
        book.notes.append(f"{resource.address}: its port or its load balancer is not known yet: left out")
        return
    record: Record = {
        "ListenerArn": resource.arn,
        "LoadBalancerArn": balancer,
        "Port": port,
        "Protocol": (protocol if isinstance(protocol, str) else "HTTP").upper(),
        "DefaultActions": _actions(book, resource, "default_action"),
    }
    book.add("Listeners", resource.arn, record, resource)


def _pool(book: Book, resource: Resource) -> None:
    vpc = book.references.one(resource, "vpc_id", VPCS)
    checks = resource.blocks("health_check")
    check = checks[0] if isinstance(checks, list) and checks else None
    record = {
        "TargetGroupArn": resource.arn,
        "TargetGroupName": resource.known("name") or resource.address,
        "Protocol": resource.known("protocol"),
        "Port": resource.values.get("port"),
        "VpcId": vpc if isinstance(vpc, str) else None,
        "HealthCheckPort": check.text("port") if check and isinstance(check.get("port"), str) else None,
        "HealthCheckEnabled": check.get("enabled") is not False if check else None,
        "TargetType": resource.known("target_type") or "instance",
        "IpAddressType": resource.known("ip_address_type"),
    }
    book.add("TargetGroups", resource.arn, without_nothing(record), resource)


def _targets(book: Book) -> None:
    """The targets that Terraform registers; a group without any may have some that others register."""
    for resource in book.of("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
        pool = book.references.one(resource, "target_group_arn", TARGETS)
        target = book.references.one(resource, "target_id", ("aws_instance", "aws_lambda_function", *BALANCERS))
        if not isinstance(pool, str) or target is None:
            book.notes.append(f"{resource.address}: its target group is not known yet: left out")
            continue
        record: Record = {"TargetGroupArn": pool, "TargetHealthDescriptions": []}
        record = book.add("LoadBalancerTargetHealth", pool, record, resource, named=False)
        port = resource.number("port")
        described = without_nothing({"Id": said(target), "Port": port if isinstance(port, int) else None})
        if isinstance(target, Unknown):
            book.notes.append(f"{target.what}: left out of the targets")
            continue
        record["TargetHealthDescriptions"].append({"Target": described})
        book.say(pool, f"target {target}", resource)


def _classic(book: Book, resource: Resource) -> None:
    name = resource.known("name") or resource.address
    zones = _zones(book, resource)
    groups = book.references.many(resource, "security_groups", GROUPS)
    listed = [said(one) for one in (groups if isinstance(groups, list) else [groups])]
    found = book.references.many(resource, "instances", ("aws_instance",))
    instances = [said(one) for one in found] if isinstance(found, list) else []
    instances += [
        said(book.references.one(one, "instance", ("aws_instance",)) or one.doubt("instance"))
        for one in book.of("aws_elb_attachment")
        if book.references.one(one, "elb", ("aws_elb",)) in (resource.id, name)
    ]
    blocks = resource.blocks("listener")
    listeners = [
        {
            "Listener": {
                "Protocol": str(block.get("lb_protocol") or "tcp").upper(),
                "LoadBalancerPort": block.number("lb_port"),
                "InstancePort": block.number("instance_port"),
            }
        }
        for block in ([] if isinstance(blocks, Unknown) else blocks)
        if isinstance(block.number("lb_port"), int) and isinstance(block.number("instance_port"), int)
    ]
    internal = resource.flag("internal") is True
    vpc = next((v for v in (book.vpc_of(subnet) for subnet in zones) if v), f"the VPC of {resource.address}")
    record: Record = {
        "LoadBalancerName": name,
        "DNSName": resource.known("dns_name"),
        "Scheme": "internal" if internal else "internet-facing",
        "VPCId": vpc,
        "Subnets": zones,
        "SecurityGroups": listed,
        "ListenerDescriptions": listeners,
        "Instances": [{"InstanceId": one} for one in instances],
    }
    id_ = str(record["DNSName"] or name)
    book.add("LoadBalancerDescriptions", id_, without_nothing(record), resource)
    for subnet in zones:
        _node(book, resource, subnet, vpc, f"ELB {name}", listed, "classic", public=not internal)
