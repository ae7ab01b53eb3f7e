"""Load balancers as AWS tells of them, and what they become."""

from __future__ import annotations

import pytest

from sgcheck.errors import InputError
from sgcheck.model.balancers import Handling, Standing, TargetKind, nodes_of
from sgcheck.packets import AddressSet
from tests.reach.lab import load
from tests.reach.lab_balancers import (
    ALB,
    APP,
    CLB,
    ELB,
    NET,
    NLB,
    alb,
    clb,
    forward,
    listen,
    nlb,
    node,
    pool,
    target,
    zones,
)


def converted(record):
    return load(record).balancers


def only_pool(*targets, **more):
    """The pool of one target group."""
    return converted(pool(zones(), NET, "TCP", 443, *targets, **more)).pools[NET]


def test_an_application_load_balancer():
    made = converted(alb())[ALB]
    assert (made.name, made.kind, made.handling) == ("web", "application load balancer", Handling.PROXY)
    assert (made.vpc, made.region, made.public, made.groups) == ("vpc-1", None, True, ("sg-alb",))
    assert made.enabled == {"us-east-1a", "us-east-1b"}
    assert (made.cross_zone, made.cross_zone_assumed, made.own_acl, made.broken) == (True, False, False, None)
    assert [(one.label, one.protocol, one.port, one.pools) for one in made.listeners] == [("HTTPS:443", 6, 443, (APP,))]


@pytest.mark.parametrize("told, expected", [("true", (True, False)), ("false", (False, False)), (None, (False, True))])
def test_cross_zone_of_a_network_load_balancer(told, expected):
    """NLB guide: off unless it is turned on; what is not told is assumed."""
    record = nlb()
    record["LoadBalancerAttributes"][0]["Attributes"] = (
        [{"Key": "load_balancing.cross_zone.enabled", "Value": told}] if told else []
    )
    made = converted(record)[NLB]
    assert (made.cross_zone, made.cross_zone_assumed) == expected


@pytest.mark.parametrize(
    "protocol, numbers",
    [
        ("TCP", [6]),
        ("TLS", [6]),
        ("UDP", [17]),
        ("TCP_UDP", [6, 17]),
        ("QUIC", [17]),
        ("TCP_QUIC", [6, 17]),
    ],
)
def test_protocols_of_listeners(protocol, numbers):
    """Elastic Load Balancing v2 API, ProtocolEnum."""
    record = nlb()
    record["LoadBalancerListeners"][0]["Listeners"][0]["Protocol"] = protocol
    assert [one.protocol for one in converted(record)[NLB].listeners] == numbers


def test_a_protocol_that_nobody_knew_of_leaves_it_open():
    record = nlb()
    record["LoadBalancerListeners"][0]["Listeners"][0]["Protocol"] = "BRAND_NEW"
    assert converted(record)[NLB].listeners is None


def test_fixed_addresses_of_nodes():
    record = nlb()
    fixed = {"IpAddress": "198.51.100.60", "PrivateIPv4Address": "10.0.1.60", "IPv6Address": "2600:1f18:1:1::60"}
    record["LoadBalancers"][0]["AvailabilityZones"][0]["LoadBalancerAddresses"] = [fixed]
    assert converted(record)[NLB].addresses == AddressSet.parse("198.51.100.60", "10.0.1.60", "2600:1f18:1:1::60")


def test_a_broken_address_is_named():
    record = nlb()
    record["LoadBalancers"][0]["AvailabilityZones"][0]["LoadBalancerAddresses"] = [{"IpAddress": "198.51.100.999"}]
    with pytest.raises(InputError, match=r"LoadBalancers \(arn:.*198\.51\.100\.999"):
        converted(record)


def test_nodes_are_found_by_description_and_vpc():
    record = node(alb(), "eni-other", "subnet-peer", "10.9.1.50", "ELB app/web/50dc6c495c0c9188", [])
    network = load(record)
    assert nodes_of(network, network.balancers[ALB]) == ("eni-alb-a", "eni-alb-b")
    assert network.balancers.of(network.interfaces["eni-other"]) is None
    assert network.balancers.of(network.interfaces["eni-alb-a"]).id == ALB
    assert network.balancers.of(network.interfaces["eni-web"]) is None


def test_rules_add_their_target_groups():
    record = alb()
    arn = record["Rules"][0]["RuleArn"].rpartition("/")[0]
    record["Rules"] += [
        {"RuleArn": f"{arn}/8", "Actions": forward("tg-2")},
        {"RuleArn": f"{arn}/7", "Actions": [{"Type": "redirect"}]},
    ]
    (made,) = converted(record)[ALB].listeners
    assert (made.pools, made.answers, made.untold) == ((APP, "tg-2"), True, False)


def test_rules_and_listeners_of_other_services_are_left_alone():
    """EventBridge and Global Accelerator answer with the same keys."""
    record = alb()
    record["Rules"].append({"Name": "nightly", "Arn": "arn:aws:events:us-east-1:1:rule/nightly"})
    record["Listeners"] = [{"ListenerArn": "arn:aws:globalaccelerator::1:accelerator/a/listener/l", "Protocol": "TCP"}]
    assert [one.pools for one in converted(record)[ALB].listeners] == [(APP,)]


def test_a_target_group_named_without_weights():
    """Elastic Load Balancing v2 API, Action: TargetGroupArn, where there is only one."""
    record = listen(zones(), ALB, "HTTP", 80, [{"Type": "forward", "TargetGroupArn": APP}])
    record["LoadBalancers"] = alb()["LoadBalancers"]
    assert [one.pools for one in converted(record)[ALB].listeners] == [(APP,)]


@pytest.mark.parametrize(
    "protocol, kind, told, expected",
    [
        ("TCP", "instance", None, (True, True)),
        ("TLS", "instance", None, (True, True)),
        ("TCP", "instance", "false", (False, False)),
        ("TCP", "ip", None, (False, True)),
        ("TLS", "ip", "true", (True, False)),
        ("UDP", "ip", "false", (True, False)),
        ("TCP_UDP", "ip", None, (True, False)),
        ("TCP", "alb", None, (True, False)),
        ("HTTP", "instance", None, (False, False)),
        ("HTTPS", "ip", None, (False, False)),
    ],
)
def test_whose_address_targets_see(protocol, kind, told, expected):
    """NLB guide, edit-target-group-attributes; an ALB's targets always see the node."""
    attributes = None if told is None else {"preserve_client_ip.enabled": told}
    made = only_pool(attributes=attributes, Protocol=protocol, TargetType=kind)
    assert (made.keeps_client, made.assumed) == expected


@pytest.mark.parametrize(
    "state, reason, standing",
    [
        ("healthy", None, Standing.HEALTHY),
        ("unhealthy", "Target.Timeout", Standing.UNHEALTHY),
        ("initial", "Elb.InitialHealthChecking", Standing.UNHEALTHY),
        ("draining", "Target.DeregistrationInProgress", Standing.LEAVING),
        ("unhealthy.draining", None, Standing.LEAVING),
        ("unused", "Target.NotInUse", Standing.UNUSED),
        ("unused", "Target.InvalidState", Standing.DOWN),
        ("unavailable", "Target.HealthCheckDisabled", Standing.UNTOLD),
        (None, None, Standing.UNTOLD),
        ("brand-new-state", None, Standing.UNTOLD),
    ],
)
def test_what_the_health_of_a_target_means(state, reason, standing):
    """Elastic Load Balancing v2 API, TargetHealthStateEnum."""
    (made,) = only_pool(target("i-app", 443, state, reason)).targets
    assert made.standing is standing


@pytest.mark.parametrize("told, expected", [("traffic-port", 8443), ("9000", 9000), (None, 8443)])
def test_the_port_of_health_checks(told, expected):
    """Elastic Load Balancing v2 API, TargetGroup: HealthCheckPort."""
    (made,) = only_pool(target("i-app", 8443), HealthCheckPort=told).targets
    assert (made.port, made.check_port) == (8443, expected)


def test_the_health_checks_port_of_a_target_beats_that_of_its_group():
    one = {**target("i-app", 8443), "HealthCheckPort": "9001"}
    assert only_pool(one, HealthCheckPort="9000").targets[0].check_port == 9001


def test_kinds_of_targets():
    (address,) = only_pool(target("10.0.2.40", 443, AvailabilityZone="all"), TargetType="ip").targets
    assert (address.kind, address.value, address.zone) == (TargetKind.ADDRESS, (4, 0x0A000228), "all")
    (function,) = only_pool(target("arn:aws:lambda:us-east-1:1:function:f", 0), TargetType="lambda").targets
    assert (function.kind, function.name) == (TargetKind.FUNCTION, "f")
    (other,) = only_pool(target(ALB, 443), TargetType="alb").targets
    assert (other.kind, other.name, other.label) == (TargetKind.BALANCER, "web", "web:443")


def test_a_broken_target_is_named():
    with pytest.raises(InputError, match=r"LoadBalancerTargetHealth \(.*10\.0\.2\.400"):
        only_pool(target("10.0.2.400", 443), TargetType="ip")


def test_targets_that_are_not_told_are_not_none():
    record = nlb()
    record["LoadBalancerTargetHealth"] = []
    assert converted(record).pools[NET].targets is None
    assert only_pool().targets == ()


def test_a_classic_load_balancer():
    record = clb("i-app", "i-web")
    balancers = converted(record)
    made = balancers[CLB]
    assert (made.name, made.handling, made.own_acl, made.cross_zone) == ("old", Handling.PROXY, True, None)
    (listener,) = made.listeners
    assert (listener.label, listener.port, listener.pools) == ("TCP:80", 80, (f"{CLB}:8080",))
    told = balancers.pools[f"{CLB}:8080"]
    assert [(one.id, one.port, one.check_port) for one in told.targets] == [
        ("i-app", 8080, 8080),
        ("i-web", 8080, 8080),
    ]
    assert (told.check, told.keeps_client) == (6, False)


def test_classic_load_balancers_of_one_name_in_two_regions():
    """Elastic Load Balancing API of 2012: names are unique per Region and account."""
    record = clb()
    there = {
        **record["LoadBalancerDescriptions"][0],
        "DNSName": "old-5678.eu-west-1.elb.amazonaws.com",
        "VPCId": "vpc-9",
    }
    record["LoadBalancerDescriptions"].append(there)
    assert {one.vpc for one in converted(record).values()} == {"vpc-1", "vpc-9"}


def test_outside_a_vpc_there_is_nothing_to_judge():
    """EC2-Classic is gone; its balancers have no VPC."""
    assert not converted(clb(VPCId=None))


def test_ways_to_an_instance_and_to_an_address():
    network = load(alb())
    (way,) = network.balancers.leading_to(network.interfaces["eni-app"])
    assert (way[0].name, way[1].port, way[3].label) == ("web", 443, "i-app:8080")
    assert list(network.balancers.leading_to(network.interfaces["eni-db"])) == []
    network = load(nlb(target("10.0.2.40", 8443), TargetType="ip"))
    assert [way[3].label for way in network.balancers.leading_to(network.interfaces["eni-app"])] == ["10.0.2.40:8443"]


def test_unknown_types_are_not_guessed_at():
    record = alb()
    record["LoadBalancers"][0]["Type"] = "brand-new"
    assert converted(record)[ALB].handling is Handling.OPAQUE
    assert f"{ELB}:loadbalancer/app" in ALB
