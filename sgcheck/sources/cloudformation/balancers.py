"""Load balancers, listeners, target groups and their targets.

The interfaces of a balancer are in no template: one is made for each subnet, as AWS does.
"""

from __future__ import annotations

from typing import Final

from sgcheck.sources.cloudformation.book import Book, known, said
from sgcheck.sources.cloudformation.groups import default_of, groups_of_managed, vpc_of_groups
from sgcheck.sources.cloudformation.places import DEFAULT_VPC
from sgcheck.sources.cloudformation.resource import Block, Resource
from sgcheck.sources.cloudformation.values import Unknown
from sgcheck.sources.shapes import Record, balancer_node, without_nothing

_V2 = "AWS::ElasticLoadBalancingV2::"
TYPES: Final = {
    "AWS::ElasticLoadBalancing::LoadBalancer": "",
    f"{_V2}LoadBalancer": "",
    f"{_V2}Listener": "",
    f"{_V2}ListenerRule": "",
    f"{_V2}TargetGroup": "what is registered elsewhere (auto scaling, ECS) is not known",
}
_PRESERVED = ("preserve_client_ip.enabled", "load_balancing.cross_zone.enabled")
_CROSS_ZONE = ("load_balancing.cross_zone.enabled",)


def add_balancers(book: Book) -> None:
    """Add balancers with everything that belongs to them."""
    for resource in book.of(f"{_V2}TargetGroup"):
        _pool(book, resource)
    for resource in book.of(f"{_V2}LoadBalancer"):
        _balancer(book, resource)
    for resource in book.of(f"{_V2}Listener"):
        _listener(book, resource)
    for resource in book.of(f"{_V2}ListenerRule"):
        listener = resource.text("ListenerArn")
        record = book.record("Listeners", listener)
        if record is not None:
            record["DefaultActions"] += _actions(resource, "Actions")
        elif isinstance(listener, Unknown):
            book.note(f"{resource.what('ListenerArn', listener)}: left out")
    for resource in book.of("AWS::ElasticLoadBalancing::LoadBalancer"):
        _classic(book, resource)


def _balancer(book: Book, resource: Resource) -> None:
    kind = known(resource.text("Type")) or "application"
    internal = known(resource.text("Scheme")) == "internal"
    zones, fixed = _zones(book, resource)
    groups = groups_of_managed(resource, "SecurityGroups")
    vpc = next((v for v in map(book.vpc_of, zones) if v), None) or vpc_of_groups(book, resource, "SecurityGroups")
    vpc = vpc or f"the VPC of {resource.id}"
    if not groups and kind == "application":
        groups = [default_of(book, vpc) or f"the default group of {vpc}"]
    record: Record = {
        "LoadBalancerArn": resource.id,
        "LoadBalancerName": known(resource.text("Name")) or resource.id,
        "Scheme": "internal" if internal else "internet-facing",
        "VpcId": vpc,
        "State": {"Code": "active"},
        "Type": kind,
        "AvailabilityZones": [
            without_nothing({"SubnetId": s, "ZoneName": (book.record("Subnets", s) or {}).get("AvailabilityZone")})
            for s in zones
        ],
        "SecurityGroups": groups,
    }
    book.add("LoadBalancers", resource.id, without_nothing(record), resource)
    _attributes(book, resource, "LoadBalancerAttributes", "LoadBalancerArn", _CROSS_ZONE)
    for subnet in zones:
        _node(
            book, resource, subnet, vpc, f"ELB {resource.id}", groups, kind, public=not internal, own=fixed.get(subnet)
        )


def _attributes(book: Book, resource: Resource, key: str, owner: str, wanted: tuple[str, ...]) -> None:
    blocks = resource.blocks(key)
    found: list[Record] = []
    for block in [] if isinstance(blocks, Unknown) else blocks:
        name = known(block.text("Key")) if isinstance(block, Block) else None
        value = known(block.text("Value")) if isinstance(block, Block) else None
        if name in wanted and value is not None:
            found.append({"Key": name, "Value": value.lower()})
    if found:
        book.add(key, resource.id, {owner: resource.id, "Attributes": found}, resource, named=False)


def _zones(book: Book, resource: Resource) -> tuple[list[str], dict[str, str]]:
    """The subnets of a balancer, and the private addresses that it has in some of them."""
    found = resource.texts("Subnets")
    listed = [said(one) for one in ([found] if isinstance(found, Unknown) else found)]
    fixed: dict[str, str] = {}
    blocks = resource.blocks("SubnetMappings")
    for block in [blocks] if isinstance(blocks, Unknown) else blocks:
        subnet = block.text("SubnetId") if isinstance(block, Block) else block
        if subnet is None:
            continue
        listed.append(said(subnet))
        own = block.text("PrivateIPv4Address") if isinstance(block, Block) else None
        if isinstance(own, str):
            fixed[said(subnet)] = own
    book.take(fixed.values())
    return list(dict.fromkeys(listed)) or [f"the subnets of {resource.id}"], fixed


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
    own: str | None = None,
) -> None:
    id_ = f"{resource.id}.NetworkInterface[{subnet}]"
    title = f"{resource.id} in {subnet}"
    private = own or book.private(title, subnet)
    outside = book.public(title) if public else None
    record = balancer_node(id_, subnet, book.vpc_of(subnet) or vpc, description, groups, kind, private, outside)
    book.add("NetworkInterfaces", id_, record, resource, named=False)
    book.names[id_] = id_


def _actions(resource: Resource, name: str) -> list[Record]:
    blocks = resource.blocks(name)
    if isinstance(blocks, Unknown):
        return [{"Type": "forward", "TargetGroupArn": resource.what(name, blocks)}]
    made: list[Record] = []
    for block in blocks:
        if isinstance(block, Unknown):
            made.append({"Type": "forward", "TargetGroupArn": resource.what(name, block)})
            continue
        arns = [block.text("TargetGroupArn")]
        forwards = block.blocks("ForwardConfig")
        for forward in [] if isinstance(forwards, Unknown) else forwards:
            weighted = forward.blocks("TargetGroups") if isinstance(forward, Block) else []
            groups = [] if isinstance(weighted, Unknown) else weighted
            known_groups = [one for one in groups if isinstance(one, Block) and one.number("Weight") != 0]
            arns += [one.text("TargetGroupArn") for one in known_groups]
        told = [{"TargetGroupArn": said(one), "Weight": 1} for one in arns if one is not None]
        made.append(without_nothing({"Type": known(block.text("Type")), "ForwardConfig": {"TargetGroups": told}}))
    return made


def _listener(book: Book, resource: Resource) -> None:
    port, balancer = resource.number("Port"), resource.text("LoadBalancerArn")
    protocol = known(resource.text("Protocol"))
    whose = book.record("LoadBalancers", balancer)
    if not isinstance(port, int):
        if whose is None or whose.get("Type") != "gateway":  # which listens on every port
            book.note(f"{resource.id}: Port is not known: left out")
        book.name(resource, resource.id)
        return
    if whose is None:
        told = balancer.why if isinstance(balancer, Unknown) else balancer or "LoadBalancerArn is missing"
        book.note(f"{resource.id}: a listener of a load balancer that no template has ({told})")
    default = "HTTP" if whose is None or whose.get("Type") == "application" else "TCP"
    record: Record = {
        "ListenerArn": resource.id,
        "LoadBalancerArn": said(balancer) if balancer is not None else None,
        "Port": port,
        "Protocol": (protocol or default).upper(),
        "DefaultActions": _actions(resource, "DefaultActions"),
        "(with rules)": True,
    }
    book.add("Listeners", resource.id, without_nothing(record), resource)


def _pool(book: Book, resource: Resource) -> None:
    vpc = resource.text("VpcId")
    port, protocol = resource.number("Port"), known(resource.text("Protocol"))
    check = resource.text("HealthCheckPort")
    record: Record = {
        "TargetGroupArn": resource.id,
        "TargetGroupName": known(resource.text("Name")) or resource.id,
        "Protocol": protocol.upper() if protocol else None,
        "Port": port if isinstance(port, int) else None,
        "VpcId": said(vpc) if vpc is not None else None,
        "HealthCheckPort": check if isinstance(check, str) else None,
        "HealthCheckEnabled": known(resource.flag("HealthCheckEnabled")),
        "TargetType": known(resource.text("TargetType")) or "instance",
        "IpAddressType": known(resource.text("IpAddressType")),
    }
    book.add("TargetGroups", resource.id, without_nothing(record), resource)
    _attributes(book, resource, "TargetGroupAttributes", "TargetGroupArn", _PRESERVED)
    _targets(book, resource)


def _targets(book: Book, resource: Resource) -> None:
    """The targets that a template registers; a group without any may have some that others register."""
    blocks = resource.blocks("Targets")
    if isinstance(blocks, Unknown):
        book.note(f"{resource.what('Targets', blocks)}: which targets there are is not known")
        return
    told: list[Record] = []
    for block in blocks:
        target = block.text("Id") if isinstance(block, Block) else block
        if not isinstance(block, Block) or not isinstance(target, str):
            why = target.why if isinstance(target, Unknown) else "no Id"
            book.note(f"{resource.id}: Targets, {why}: a target that is not known is left out")
            continue
        port = block.number("Port")
        told.append({"Target": without_nothing({"Id": target, "Port": port if isinstance(port, int) else None})})
    if told:
        record = {"TargetGroupArn": resource.id, "TargetHealthDescriptions": told}
        book.add("LoadBalancerTargetHealth", resource.id, record, resource, named=False)


def _classic(book: Book, resource: Resource) -> None:
    name = known(resource.text("LoadBalancerName")) or resource.id
    zones, _fixed = _zones(book, resource)
    groups = groups_of_managed(resource, "SecurityGroups")
    found = resource.texts("Instances")
    if isinstance(found, Unknown):
        book.note(f"{resource.what('Instances', found)}: which targets there are is not known")
    listeners: list[Record] = []
    blocks = resource.blocks("Listeners")
    for block in [] if isinstance(blocks, Unknown) else blocks:
        if not isinstance(block, Block):
            continue
        port, inside = block.number("LoadBalancerPort"), block.number("InstancePort")
        if isinstance(port, int) and isinstance(inside, int):
            protocol = known(block.text("Protocol")) or "tcp"
            told = {"Protocol": protocol.upper(), "LoadBalancerPort": port, "InstancePort": inside}
            listeners.append({"Listener": told})
        else:
            book.note(f"{resource.id}: a listener whose ports are not known is left out")
    internal = known(resource.text("Scheme")) == "internal"
    vpc = next((v for v in map(book.vpc_of, zones) if v), None) or vpc_of_groups(book, resource, "SecurityGroups")
    vpc = vpc or (f"the VPC of {resource.id}" if resource.has("Subnets") else DEFAULT_VPC)
    checks = resource.blocks("HealthCheck")
    check = checks[0].text("Target") if isinstance(checks, list) and checks and isinstance(checks[0], Block) else None
    record: Record = {
        "LoadBalancerName": name,
        "Scheme": "internal" if internal else "internet-facing",
        "VPCId": vpc,
        "Subnets": zones,
        "SecurityGroups": groups or [default_of(book, vpc) or f"the default group of {vpc}"],
        "ListenerDescriptions": listeners,
        "Instances": [{"InstanceId": said(one)} for one in ([] if isinstance(found, Unknown) else found)],
        "HealthCheck": {"Target": check} if isinstance(check, str) else None,
    }
    book.add("LoadBalancerDescriptions", name, without_nothing(record), resource)
    for subnet in zones:
        nodes = record["SecurityGroups"]
        _node(book, resource, subnet, vpc, f"ELB {name}", nodes, "classic", public=not internal)
