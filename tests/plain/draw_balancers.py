"""Load balancers with their nodes, listeners and targets."""

from __future__ import annotations

from .draft import ACCOUNTS, REGION, TCP_PORTS, Draft
from .draw_hosts import associate, managed_interface
from .records import Record

PREFIX = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNTS[0]}:"
LISTENERS = {
    "network": {("TCP", 80): 40, ("TCP", 443): 25, ("TLS", 443): 10, ("UDP", 53): 15, ("TCP_UDP", 53): 10},
    "application": {("HTTP", 80): 55, ("HTTPS", 443): 35, ("HTTP", 8080): 10},
}
BEHIND = {"TLS": "TCP", "HTTPS": "HTTP"}


def balancers(draft: Draft) -> None:
    """One or two balancers per VPC."""
    for vpc in draft.data["Vpcs"]:
        for _ in range(draft.pick({0: 10, 1: 55, 2: 35})):
            balancer(draft, vpc, draft.pick({"network": 60, "application": 40}))


def balancer(draft: Draft, vpc: Record, kind: str) -> None:
    """One balancer, with a node in one subnet of each of its zones."""
    name = f"{'net' if kind == 'network' else 'app'}/lb-{draft.count}/{draft.new('x')[2:18]}"
    zones: dict[str, list[Record]] = {}
    for subnet in draft.all("Subnets", VpcId=vpc["VpcId"]):
        zones.setdefault(subnet["AvailabilityZone"], []).append(subnet)
    chosen = [zone for zone in sorted(zones) if kind == "application" or draft.chance(0.75)] or sorted(zones)[:1]
    record: Record = {
        "LoadBalancerArn": f"{PREFIX}loadbalancer/{name}",
        "LoadBalancerName": name.split("/")[1],
        "DNSName": f"{name.split('/')[1]}.elb.{REGION}.amazonaws.com",
        "Type": kind,
        "Scheme": draft.rng.choice(("internet-facing", "internal")),
        "State": {"Code": "active"},
        "IpAddressType": "ipv4",
        "VpcId": vpc["VpcId"],
        "AvailabilityZones": [],
    }
    groups = draft.usable_groups(vpc["VpcId"])
    groups = draft.rng.sample(groups, draft.rng.choice((1, 2))) if kind == "application" or draft.chance(0.5) else []
    if groups:
        record["SecurityGroups"] = groups
    for zone in chosen:
        subnet = draft.rng.choice(zones[zone])
        record["AvailabilityZones"].append({"ZoneName": zone, "SubnetId": subnet["SubnetId"]})
        node(draft, record, subnet, name)
    draft.data["LoadBalancers"].append(record)
    crossing = "true" if kind == "application" or draft.chance(0.4) else "false"
    if draft.chance(0.96):
        attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": crossing}]
        draft.data["LoadBalancerAttributes"].append(
            {"LoadBalancerArn": record["LoadBalancerArn"], "Attributes": attributes}
        )
    listeners(draft, record)


def node(draft: Draft, balancer: Record, subnet: Record, name: str) -> None:
    """A node's interface."""
    kind = "network_load_balancer" if balancer["Type"] == "network" else "interface"
    interface = managed_interface(draft, subnet, kind)
    interface |= {
        "Description": f"ELB {name}",
        "SourceDestCheck": False,
        "Ipv6Addresses": [],
        "Groups": [
            {"GroupId": group, "GroupName": draft.all("SecurityGroups", GroupId=group)[0]["GroupName"]}
            for group in balancer.get("SecurityGroups", [])
        ],
    }
    if balancer["Scheme"] == "internet-facing":
        associate(draft, interface, interface["PrivateIpAddresses"][0], elastic=False)


def listeners(draft: Draft, balancer: Record) -> None:
    """One or two listeners of a balancer, mostly with groups that let clients in."""
    found: list[Record] = []
    for _ in range(draft.rng.choice((1, 2))):
        protocol, port = draft.pick(LISTENERS[balancer["Type"]])
        if any(each["Port"] == port for each in found):
            continue
        found.append(
            {
                "ListenerArn": f"{balancer['LoadBalancerArn'].replace(':loadbalancer/', ':listener/')}/{draft.count}",
                "LoadBalancerArn": balancer["LoadBalancerArn"],
                "Protocol": protocol,
                "Port": port,
                "DefaultActions": [action(draft, balancer, protocol)],
            }
        )
        for name in ("udp", "tcp") if "UDP" in protocol else ("tcp",):
            if balancer.get("SecurityGroups") and draft.chance(0.7):
                group = draft.all("SecurityGroups", GroupId=balancer["SecurityGroups"][0])[0]
                allow(draft, group, name, port, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
    draft.data["LoadBalancerListeners"].append({"LoadBalancerArn": balancer["LoadBalancerArn"], "Listeners": found})


def action(draft: Draft, balancer: Record, protocol: str) -> Record:
    """What a listener does: forward to a group, to one of two by weight, or (HTTP) answer by itself."""
    if balancer["Type"] == "application" and draft.chance(0.1):
        answer = {"RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
        return {"Type": "redirect", "Order": 1, **answer}
    arns = [target_group(draft, balancer, protocol) for _ in range(2 if draft.chance(0.12) else 1)]
    if len(arns) == 1:
        return {"Type": "forward", "TargetGroupArn": arns[0]}
    weights = draft.rng.choice(((1, 1), (1, 0), (10, 90)))
    weighted = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(arns, weights, strict=True)]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}


def target_group(draft: Draft, balancer: Record, protocol: str) -> str:
    """A target group with its attributes and its targets."""
    arn = f"{PREFIX}targetgroup/tg-{draft.count}/{draft.new('x')[2:18]}"
    record: Record = {
        "TargetGroupArn": arn,
        "TargetGroupName": arn.split("/")[1],
        "Protocol": BEHIND.get(protocol, protocol),
        "Port": 53 if "UDP" in protocol else draft.rng.choice(TCP_PORTS),
        "VpcId": balancer["VpcId"],
        "TargetType": draft.pick({"instance": 60, "ip": 40}),
        "LoadBalancerArns": [balancer["LoadBalancerArn"]],
        "HealthCheckPort": "traffic-port",
    }
    draft.data["TargetGroups"].append(record)
    attributes = []
    crossing = draft.pick({"use_load_balancer_configuration": 60, "true": 10, "false": 10, None: 20})
    if crossing:
        attributes.append({"Key": "load_balancing.cross_zone.enabled", "Value": crossing})
    if balancer["Type"] == "network" and draft.chance(0.5):
        value = "true" if "UDP" in protocol or draft.chance(0.5) else "false"
        attributes.append({"Key": "preserve_client_ip.enabled", "Value": value})
    if draft.chance(0.9):
        draft.data["TargetGroupAttributes"].append({"TargetGroupArn": arn, "Attributes": attributes})
    targets(draft, balancer, record)
    return arn


def targets(draft: Draft, balancer: Record, group: Record) -> None:
    """The targets of a group, if any, with their health."""
    hosts = [
        each
        for each in draft.all("NetworkInterfaces", VpcId=balancer["VpcId"], RequesterManaged=False)
        if (each.get("Attachment") or {}).get("DeviceIndex") == 0
    ]
    enabled = [each["ZoneName"] for each in balancer["AvailabilityZones"]]
    descriptions = []
    for host in draft.rng.sample(hosts, min(len(hosts), draft.pick({0: 6, 1: 40, 2: 36, 3: 18}))):
        target: Record = {"Id": host["Attachment"]["InstanceId"], "Port": group["Port"]}
        if group["TargetType"] == "ip":
            target["Id"] = draft.rng.choice(host["PrivateIpAddresses"])["PrivateIpAddress"]
            if draft.chance(0.8):
                target["AvailabilityZone"] = host["AvailabilityZone"]
        if draft.chance(0.1):
            target["Port"] = draft.rng.choice(TCP_PORTS)
        descriptions.append({"Target": target, "TargetHealth": health(draft, host, enabled)})
        if draft.chance(0.75):
            let_in(draft, balancer, group, target["Port"], host)
    draft.data["LoadBalancerTargetHealth"].append(
        {"TargetGroupArn": group["TargetGroupArn"], "TargetHealthDescriptions": descriptions}
    )


def health(draft: Draft, host: Record, enabled: list[str]) -> Record:
    """The health of a target: unused in a zone that the balancer is not in, never healthy where nothing runs."""
    if host["AvailabilityZone"] not in enabled:
        return {"State": "unused", "Reason": "Target.NotInUse"}
    instances = [each for reservation in draft.data["Reservations"] for each in reservation["Instances"]]
    for each in instances:
        if each["InstanceId"] == host["Attachment"]["InstanceId"] and each["State"]["Name"] != "running":
            return {"State": "unhealthy", "Reason": "Target.FailedHealthChecks"}
    state = draft.pick({"healthy": 60, "unhealthy": 30, "initial": 5, "draining": 5})
    return {"State": state}


def let_in(draft: Draft, balancer: Record, group: Record, port: int, host: Record) -> None:
    """A rule of the target's group for the balancer: for its groups, for its VPC, or for everybody."""
    owner = draft.all("SecurityGroups", GroupId=host["Groups"][0]["GroupId"])[0]
    names = balancer.get("SecurityGroups", [])
    style = draft.pick({"group": 40 if names else 0, "vpc": 30, "all": 30})
    source: Record = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    if style == "group":
        source = {"UserIdGroupPairs": [{"GroupId": names[0], "UserId": ACCOUNTS[0]}]}
    elif style == "vpc":
        source = {"IpRanges": [{"CidrIp": draft.v4_of(draft.all("Vpcs", VpcId=balancer["VpcId"])[0])[0]}]}
    for name in ("udp", "tcp") if "UDP" in group["Protocol"] else ("tcp",):
        allow(draft, owner, name, port, **source)


def allow(draft: Draft, group: Record, protocol: str, port: int, **source: list[Record]) -> None:
    """One rule."""
    traffic = {"IpProtocol": protocol, "FromPort": port, "ToPort": port}
    group["IpPermissions"].append(draft.permission(traffic, **source))
