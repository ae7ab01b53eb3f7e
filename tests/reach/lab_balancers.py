"""The small working network with a second zone and load balancers in it, to be broken in one place by each test.

us-east-1b has subnet-pub-b (10.0.3.0/24, public) and subnet-priv-b (10.0.4.0/24). `alb`: web, internet-facing, nodes 10.0.1.50 =
198.51.100.50 and 10.0.3.50 = 198.51.100.51, sg-alb, HTTPS:443 to i-app (10.0.2.40, 1a) on 8080, whose group lets sg-alb in. `nlb`: net,
internet-facing, one node 10.0.1.60 = 198.51.100.60 without groups, TCP:443 to i-app on 8443, whose group lets everybody in. `clb`: old, one
node 10.0.1.70 = 198.51.100.70, sg-clb, TCP:80 to i-app on 8080.
"""

from __future__ import annotations

from typing import Any

from tests.reach.lab import (
    ACCOUNT,
    ANY4,
    Record,
    find,
    group,
    interface,
    lab,
    pair,
    permission,
    subnet,
)

ELB = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}"
ALB = f"{ELB}:loadbalancer/app/web/50dc6c495c0c9188"
NLB = f"{ELB}:loadbalancer/net/net/01b6d1d0dcf697ce"
CLB = "old-1234.us-east-1.elb.amazonaws.com"
APP = f"{ELB}:targetgroup/app/1111"
NET = f"{ELB}:targetgroup/net/2222"
DNS = {"web": "web-123.us-east-1.elb.amazonaws.com", "net": "net-456.elb.us-east-1.amazonaws.com"}


def zones() -> Record:
    """The network with a second zone, and i-app."""
    record = lab()
    record["Subnets"] += [
        subnet("subnet-pub-b", "10.0.3.0/24", AvailabilityZone="us-east-1b"),
        subnet("subnet-priv-b", "10.0.4.0/24", AvailabilityZone="us-east-1b"),
    ]
    for id_, wanted in (("acl-pub", "subnet-pub-b"), ("acl-priv", "subnet-priv-b")):
        find(record, "NetworkAcls", id_)["Associations"].append({"SubnetId": wanted})
    find(record, "RouteTables", "rtb-pub")["Associations"].append({"Main": False, "SubnetId": "subnet-pub-b"})
    record["SecurityGroups"].append(group("sg-app", []))
    host(record, "app", "subnet-priv", "10.0.2.40")
    record |= {key: [] for key in ("LoadBalancers", "TargetGroups", "TargetGroupAttributes", "Rules")}
    record |= {key: [] for key in ("LoadBalancerListeners", "LoadBalancerAttributes", "LoadBalancerTargetHealth")}
    return record


def host(
    record: Record, name: str, where: str, address: str, groups: tuple[str, ...] = ("sg-app",), state: str = "running"
) -> Record:
    """Another instance, `i-NAME`."""
    record["NetworkInterfaces"].append(interface(f"eni-{name}", where, address, list(groups)))
    record["Reservations"][0]["Instances"].append({"InstanceId": f"i-{name}", "State": {"Name": state}})
    return record


def node(
    record: Record,
    id_: str,
    where: str,
    address: str,
    described: str,
    groups: list[str],
    public: str | None = None,
    **more: Any,
) -> Record:
    """An interface of a balancer."""
    kind = "network_load_balancer" if " net/" in described else "interface"
    made = interface(id_, where, address, groups, public, InterfaceType=kind, RequesterManaged=True)
    made |= {"Attachment": {"Status": "attached"}, "Description": described, **more}
    record["NetworkInterfaces"].append(made)
    return record


def forward(*groups: str) -> list[Record]:
    """A forward action."""
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": g} for g in groups]}}]


def listen(record: Record, balancer: str, protocol: str, port: int, actions: list[Record]) -> Record:
    """A listener."""
    arn = f"{balancer.replace(':loadbalancer/', ':listener/')}/{port}"
    made = {
        "ListenerArn": arn,
        "LoadBalancerArn": balancer,
        "Port": port,
        "Protocol": protocol,
        "DefaultActions": actions,
    }
    record["LoadBalancerListeners"].append({"LoadBalancerArn": balancer, "Listeners": [made]})
    rule = {"RuleArn": f"{arn.replace(':listener/', ':listener-rule/')}/9", "IsDefault": True, "Actions": actions}
    if protocol.startswith("HTTP"):
        record["Rules"].append(rule)
    return record


def pool(
    record: Record,
    arn: str,
    protocol: str,
    port: int,
    *targets: Record,
    attributes: dict[str, str] | None = None,
    **more: Any,
) -> Record:
    """A target group with its targets; `attributes` None leaves them out of the input."""
    name = arn.split("/")[1]
    made = {"TargetGroupArn": arn, "TargetGroupName": name, "Protocol": protocol, "Port": port, "VpcId": "vpc-1"}
    made |= {"TargetType": "instance", "HealthCheckEnabled": True, "HealthCheckPort": "traffic-port", **more}
    record["TargetGroups"].append(made)
    record["LoadBalancerTargetHealth"].append({"TargetGroupArn": arn, "TargetHealthDescriptions": list(targets)})
    if attributes is not None:
        listed = [{"Key": key, "Value": value} for key, value in attributes.items()]
        record["TargetGroupAttributes"].append({"TargetGroupArn": arn, "Attributes": listed})
    return record


def target(id_: str, port: int, state: str | None = None, reason: str | None = None, **more: Any) -> Record:
    """A registered target; without a state its health is not told."""
    health = {"TargetHealth": {"State": state, **({"Reason": reason} if reason else {})}} if state else {}
    return {"Target": {"Id": id_, "Port": port, **more}, **health}


def balancer(arn: str, kind: str, where: dict[str, str], scheme: str = "internet-facing", **more: Any) -> Record:
    """A load balancer; `where` are its subnets by zone."""
    name = arn.split("/")[2]
    listed = [{"ZoneName": zone, "SubnetId": id_} for zone, id_ in where.items()]
    made = {"LoadBalancerArn": arn, "LoadBalancerName": name, "Type": kind, "Scheme": scheme, "VpcId": "vpc-1"}
    return {
        **made,
        "DNSName": DNS.get(name, f"{name}.elb"),
        "State": {"Code": "active"},
        "AvailabilityZones": listed,
        **more,
    }


def alb(*targets: Record, actions: list[Record] | None = None) -> Record:
    """The network with the ALB; i-app is its target unless others are given."""
    record = zones()
    where = {"us-east-1a": "subnet-pub", "us-east-1b": "subnet-pub-b"}
    record["LoadBalancers"].append(balancer(ALB, "application", where, SecurityGroups=["sg-alb"]))
    node(record, "eni-alb-a", "subnet-pub", "10.0.1.50", "ELB app/web/50dc6c495c0c9188", ["sg-alb"], "198.51.100.50")
    node(record, "eni-alb-b", "subnet-pub-b", "10.0.3.50", "ELB app/web/50dc6c495c0c9188", ["sg-alb"], "198.51.100.51")
    record["SecurityGroups"].append(group("sg-alb", [permission("tcp", 443, **ANY4)]))
    find(record, "SecurityGroups", "sg-app")["IpPermissions"] = [permission("tcp", 8080, **pair("sg-alb"))]
    pool(record, APP, "HTTP", 8080, *(targets or (target("i-app", 8080, "healthy"),)))
    return listen(record, ALB, "HTTPS", 443, forward(APP) if actions is None else actions)


def nlb(
    *targets: Record, groups: tuple[str, ...] = (), attributes: dict[str, str] | None = None, **more: Any
) -> Record:
    """The network with the NLB; i-app is its target unless others are given, `more` are members of the target group."""
    record = zones()
    own = {"SecurityGroups": list(groups)} if groups else {}
    record["LoadBalancers"].append(balancer(NLB, "network", {"us-east-1a": "subnet-pub"}, **own))
    node(record, "eni-nlb-a", "subnet-pub", "10.0.1.60", "ELB net/net/01b6d1d0dcf697ce", list(groups), "198.51.100.60")
    if groups:
        record["SecurityGroups"].append(group("sg-nlb", [permission("tcp", 443, **ANY4)]))
    find(record, "SecurityGroups", "sg-app")["IpPermissions"] = [permission("tcp", 8443, **ANY4)]
    pool(record, NET, "TCP", 8443, *(targets or (target("i-app", 8443, "healthy"),)), attributes=attributes, **more)
    listen(record, NLB, "TCP", 443, forward(NET))
    return attribute(record, NLB, "load_balancing.cross_zone.enabled", "false")


def second_zone(record: Record) -> Record:
    """The NLB in us-east-1b, too: node 10.0.3.60 = 198.51.100.61."""
    zone = {"ZoneName": "us-east-1b", "SubnetId": "subnet-pub-b"}
    record["LoadBalancers"][-1]["AvailabilityZones"].append(zone)
    return node(record, "eni-nlb-b", "subnet-pub-b", "10.0.3.60", "ELB net/net/01b6d1d0dcf697ce", [], "198.51.100.61")


def attribute(record: Record, arn: str, key: str, value: str) -> Record:
    """Set an attribute of a balancer."""
    kept = [one for one in record["LoadBalancerAttributes"] if one["LoadBalancerArn"] != arn]
    record["LoadBalancerAttributes"] = [*kept, {"LoadBalancerArn": arn, "Attributes": [{"Key": key, "Value": value}]}]
    return record


def clb(*instances: str, **more: Any) -> Record:
    """The network with the Classic Load Balancer."""
    record = zones()
    record["LoadBalancerDescriptions"] = [
        {
            "LoadBalancerName": "old",
            "DNSName": CLB,
            "Scheme": "internet-facing",
            "VPCId": "vpc-1",
            "Subnets": ["subnet-pub"],
            "AvailabilityZones": ["us-east-1a"],
            "SecurityGroups": ["sg-clb"],
            "ListenerDescriptions": [{"Listener": {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 8080}}],
            "Instances": [{"InstanceId": id_} for id_ in instances or ("i-app",)],
            "HealthCheck": {"Target": "HTTP:8080/"},
            **more,
        }
    ]
    node(record, "eni-clb", "subnet-pub", "10.0.1.70", "ELB old", ["sg-clb"], "198.51.100.70")
    record["SecurityGroups"].append(group("sg-clb", [permission("tcp", 80, **ANY4)]))
    find(record, "SecurityGroups", "sg-app")["IpPermissions"] = [permission("tcp", 8080, **pair("sg-clb"))]
    return record


def private(record: Record, name: str) -> Record:
    """Make a balancer internal: no public addresses."""
    for one in record["LoadBalancers"]:
        if one["LoadBalancerName"] == name:
            one["Scheme"] = "internal"
    for one in record["NetworkInterfaces"]:
        if f"/{name}/" in one.get("Description", ""):
            one["PrivateIpAddresses"] = [{"PrivateIpAddress": one["PrivateIpAddress"], "Primary": True}]
    return record
