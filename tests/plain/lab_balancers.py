"""The small lab with load balancers, and ways to change it.

subnet-public (zone a): eni-node of the network balancer lb (3.0.0.50), eni-gate of the application balancer gate
subnet-private (zone a): i-app, i-two         subnet-other (zone b): i-far
lb listens on TCP 80 and sends to i-app:8080; gate listens on HTTP 80 and does the same
"""

from __future__ import annotations

from .lab import ANY, add_route, find, group, interface, lab, only, subnet
from .records import Record

NODE, GATE, NODE_PUBLIC = "10.0.1.50", "10.0.1.60", "3.0.0.50"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:"
NAMES = {"lb": "net/lb/1", "gate": "app/gate/2"}
ZONES = {"public": "eu-west-1a", "private": "eu-west-1a", "other": "eu-west-1b", "data": "eu-west-1a"}


def balancer_lab() -> Record:
    """The network as drawn above."""
    network = lab()
    network["Subnets"].append(subnet("other", "a", "10.0.3.0/24", "2600:a:0:3::/64"))
    for name, zone in ZONES.items():
        find(network, f"subnet-{name}")["AvailabilityZone"] = zone
    network["NetworkInterfaces"] += [
        interface("far", "a", "other", "10.0.3.10", "2600:a:0:3::10"),
        node_interface("node", "lb", NODE, "network_load_balancer", NODE_PUBLIC),
        node_interface("gate", "gate", GATE, "interface", ""),
    ]
    network["Reservations"].append({"Instances": [{"InstanceId": "i-far", "State": {"Name": "running"}}]})
    network["SecurityGroups"] += [group("far", "a"), group("gate", "a"), group("node", "a")]
    for name, kind in (("lb", "network"), ("gate", "application")):
        add_balancer(network, name, kind)
    find_interface(network, "node")["Groups"] = []
    for name in ("app", "two", "far"):
        only(network, name, "tcp", 8080, 8080, ANY)
    only(network, "gate", "tcp", 80, 80, ANY)
    return network


def node_interface(name: str, balancer: str, address: str, kind: str, public: str) -> Record:
    """The interface of a balancer's node in the public subnet."""
    record = interface(name, "a", "public", address, "2600:a:0:1::50", public=public)
    description = f"ELB {NAMES[balancer]}"
    attachment = {"Status": "attached", "InstanceOwnerId": "amazon-elb"}
    more = {"InterfaceType": kind, "Description": description, "SourceDestCheck": False, "Ipv6Addresses": []}
    return {**record, **more, "Attachment": attachment}


def add_balancer(network: Record, name: str, kind: str) -> None:
    """A balancer with one listener that sends to i-app."""
    arn, target_group = f"{ARN}loadbalancer/{NAMES[name]}", f"{ARN}targetgroup/{name}"
    place = [{"ZoneName": "eu-west-1a", "SubnetId": "subnet-public"}]
    record = {"LoadBalancerArn": arn, "LoadBalancerName": name, "Type": kind, "VpcId": "vpc-a"}
    network.setdefault("LoadBalancers", []).append({**record, "AvailabilityZones": place, "State": {"Code": "active"}})
    listener = {"LoadBalancerArn": arn, "ListenerArn": f"{ARN}listener/{name}", "Port": 80}
    listener |= {"Protocol": "TCP" if kind == "network" else "HTTP"}
    listener["DefaultActions"] = [{"Type": "forward", "TargetGroupArn": target_group}]
    network.setdefault("LoadBalancerListeners", []).append({"LoadBalancerArn": arn, "Listeners": [listener]})
    crossing = [{"Key": "load_balancing.cross_zone.enabled", "Value": "false" if kind == "network" else "true"}]
    network.setdefault("LoadBalancerAttributes", []).append({"LoadBalancerArn": arn, "Attributes": crossing})
    add_group(network, name, "i-app", protocol=listener["Protocol"])


def add_group(network: Record, name: str, *targets: str, protocol: str = "TCP") -> None:
    """A target group of instances, all healthy."""
    key = {"TargetGroupArn": f"{ARN}targetgroup/{name}"}
    record = {**key, "Protocol": protocol, "Port": 8080, "VpcId": "vpc-a", "TargetType": "instance"}
    network.setdefault("TargetGroups", []).append(record)
    network.setdefault("TargetGroupAttributes", []).append({**key, "Attributes": []})
    found = [described(each) for each in targets]
    network.setdefault("LoadBalancerTargetHealth", []).append({**key, "TargetHealthDescriptions": found})


def described(name: str, state: str = "healthy", **more: object) -> Record:
    """A target with its health."""
    return {"Target": {"Id": name, "Port": 8080, **more}, "TargetHealth": {"State": state}}


def find_interface(network: Record, name: str) -> Record:
    """The interface of a name."""
    return find(network, f"eni-{name}")


def of(network: Record, kind: str, name: str) -> Record:
    """The record (or wrapper) of a kind about a balancer or its target group."""
    for each in network[kind]:
        arn = each.get("TargetGroupArn") or each["LoadBalancerArn"]
        if arn.endswith((f"targetgroup/{name}", f"loadbalancer/{NAMES.get(name, name)}")):
            return each
    raise KeyError(name)


# ---------------------------------------- ways to change it


def targets(*found, balancer="lb"):
    """The targets of a balancer's group: names of instances, or records of `described`."""

    def change(network):
        records = [described(each) if isinstance(each, str) else each for each in found]
        of(network, "LoadBalancerTargetHealth", balancer)["TargetHealthDescriptions"] = records

    return change


def group_values(balancer="lb", **new):
    """Other values for a balancer's target group."""
    return lambda network: of(network, "TargetGroups", balancer).update(new)


def by_address(*addresses, balancer="lb", **more):
    """Targets by address instead of by instance."""

    def change(network):
        group_values(balancer, TargetType="ip")(network)
        targets(*[described(each, **more) for each in addresses], balancer=balancer)(network)

    return change


def group_attribute(key, value, balancer="lb"):
    """An attribute of a balancer's target group."""
    return lambda network: of(network, "TargetGroupAttributes", balancer)["Attributes"].append(
        {"Key": key, "Value": value}
    )


def crossing(value, balancer="lb"):
    """Whether a balancer crosses zones."""
    return lambda network: of(network, "LoadBalancerAttributes", balancer).update(
        Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": value}]
    )


def listener(balancer="lb", **new):
    """Other values for a balancer's listener."""
    return lambda network: of(network, "LoadBalancerListeners", balancer)["Listeners"][0].update(new)


def action(*actions, balancer="lb"):
    """What a balancer's listener does."""
    return listener(balancer, DefaultActions=list(actions))


def weighted(*pairs):
    """Forward to two groups by weight."""
    found = [{"TargetGroupArn": f"{ARN}targetgroup/{name}", "Weight": weight} for name, weight in pairs]
    return action({"Type": "forward", "ForwardConfig": {"TargetGroups": found}})


def second_group(*found):
    """Another target group."""
    return lambda network: add_group(network, "second", *found)


def with_group(network):
    """Give the network balancer a group of its own that lets clients in."""
    find_interface(network, "node")["Groups"] = [{"GroupId": "sg-node"}]
    of(network, "LoadBalancers", "lb")["SecurityGroups"] = ["sg-node"]
    only(network, "node", "tcp", 80, 80, ANY)


def isolated(network):
    """The targets' subnet has no way out of the VPC."""
    add_route(network, "main", ANY, "nat-a", State="blackhole")
