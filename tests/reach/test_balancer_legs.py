"""A balancer's answer against its two legs, each asked by itself, on networks that are broken in every place."""

from __future__ import annotations

import pytest

from tests.reach.lab import ANY4, ask, cidr, entries, entry, find, ingress, permission, ports, reroute, route, verdict
from tests.reach.lab_balancers import alb, nlb

INTERNET = "0.0.0.0/0"
KEPT = {"preserve_client_ip.enabled": "true"}
REPLACED = {"preserve_client_ip.enabled": "false"}


def shut(group):
    return lambda record: ingress(record, group)


def opened(group):
    return lambda record: ingress(record, group, permission("-1", **ANY4))


def no_egress(record):
    for one in record["SecurityGroups"]:
        one["IpPermissionsEgress"] = []
    return record


def stopped(record):
    find(record, "Instances", "i-app")["State"] = {"Name": "stopped"}
    return record


CHANGES = {
    "nothing": lambda record: record,
    "the balancer's group is shut": shut("sg-alb"),
    "the balancer's group is open": opened("sg-alb"),
    "the target's group is shut": shut("sg-app"),
    "the target's group is open": opened("sg-app"),
    "no egress": no_egress,
    "a stopped target": stopped,
    "the public ACL denies the target": lambda record: entries(
        record, "acl-pub", entry(90, True, "deny", "10.0.2.0/24"), entry(100, True), entry(100, False)
    ),
    "the public ACL denies clients": lambda record: entries(
        record,
        "acl-pub",
        entry(90, False, "deny", "0.0.0.0/1"),
        entry(91, False, "deny", "128.0.0.0/1"),
        entry(100, True),
    ),
    "the private ACL denies one zone": lambda record: entries(
        record, "acl-priv", entry(90, False, "deny", "10.0.1.0/24"), entry(100, True), entry(100, False)
    ),
    "the private ACL lets no replies out": lambda record: entries(record, "acl-priv", entry(100, False)),
    "the private ACL lets some replies out": lambda record: entries(
        record, "acl-priv", entry(100, False), entry(100, True, **ports(32768, 65535))
    ),
    "no way to the internet": lambda record: reroute(record, "rtb-pub"),
    "a dead way to the internet": lambda record: reroute(
        record, "rtb-pub", route("0.0.0.0/0", "igw-1", State="blackhole")
    ),
    "no route tables": lambda record: {key: value for key, value in record.items() if key != "RouteTables"},
    "no ACLs": lambda record: {key: value for key, value in record.items() if key != "NetworkAcls"},
}


def together(first, second):
    """What two connections one after the other amount to, each asked of the same nodes."""
    if "blocked" in (first, second):
        return "blocked"
    if "unknown" in (first, second):
        return "unknown"
    return "partial" if "partial" in (first, second) else "reachable"


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("node", ["a", "b"])
def test_a_proxy_is_its_two_legs(change, node):
    """The first leg alone is a listener that answers by itself, the second a question from the node to the target."""
    address = {"a": "198.51.100.50", "b": "198.51.100.51"}[node]
    first = verdict(CHANGES[change](alb(actions=[{"Type": "fixed-response"}])), INTERNET, address)
    second = verdict(CHANGES[change](alb()), f"eni-alb-{node}", "i-app", "8080", "nat")
    assert verdict(CHANGES[change](alb()), INTERNET, address) == together(first, second)


@pytest.mark.parametrize("change", [change for change in CHANGES if "balancer's group" not in change])
def test_a_pass_through_that_replaces_addresses_is_its_two_legs(change):
    """Here the first leg alone is a target that works whatever is changed: a function."""
    alone = nlb(attributes=REPLACED)
    alone["TargetGroups"][0]["TargetType"] = "lambda"
    first = verdict(CHANGES[change](alone), INTERNET, "198.51.100.60")
    second = verdict(CHANGES[change](nlb(attributes=REPLACED)), "eni-nlb-a", "i-app", "8443", "nat")
    assert verdict(CHANGES[change](nlb(attributes=REPLACED)), INTERNET, "198.51.100.60") == together(first, second)


@pytest.mark.parametrize("source", ["203.0.113.9", "203.0.113.0/24", INTERNET, "i-web"])
@pytest.mark.parametrize("allowed", ["203.0.113.9/32", "203.0.113.0/25", "0.0.0.0/0", "10.0.0.0/16", "198.51.100.7/32"])
def test_kept_addresses_pass_where_the_targets_group_names_them(source, allowed):
    """The sources that pass are those of the rule, as far as they were asked: i-web shows its public address."""
    record = ingress(nlb(attributes=KEPT), "sg-app", permission("tcp", 8443, **cidr(allowed)))
    answer = ask(record, source, "lb:net")
    shown = "198.51.100.7" if source == "i-web" else source
    expected = {
        ("203.0.113.9", "203.0.113.9/32"): "reachable",
        ("203.0.113.9", "203.0.113.0/25"): "reachable",
        ("203.0.113.0/24", "203.0.113.9/32"): "partial",
        ("203.0.113.0/24", "203.0.113.0/25"): "partial",
        (INTERNET, "203.0.113.9/32"): "partial",
        (INTERNET, "203.0.113.0/25"): "partial",
        ("198.51.100.7", "198.51.100.7/32"): "reachable",
    }
    wanted = "reachable" if allowed == "0.0.0.0/0" else expected.get((shown, allowed), "blocked")
    assert answer.verdict.value == wanted
