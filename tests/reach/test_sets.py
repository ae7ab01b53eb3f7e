"""Answers as sets: exactly which sources, ports and targets pass, every blocker at once, and what goes with the answer."""

from __future__ import annotations

import pytest

from sgcheck.packets import INTERNET, AddressSet
from tests.plain.commands import apply_command
from tests.reach.lab import (
    ANY4,
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    ingress,
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
    verdict,
)


def web(*permissions):
    return ingress(lab(), "sg-web", *permissions)


def only(record, source, target, port="443"):
    (answer,) = ask(record, source, target, port).answers
    return answer


# Sources.


def test_a_part_of_the_internet_is_exact_and_shortest():
    record = web(permission("tcp", 443, **cidr("203.0.113.0/24")))
    answer = ask(record, "0.0.0.0/0", "i-web")
    (found,) = answer.answers
    assert answer.verdict.value == "partial"
    assert found.allowed == ("203.0.113.0/24",)
    internet = load(record).internet.only(4)
    denied = AddressSet.parse(*found.denied)
    passing = AddressSet.parse("203.0.113.0/24")
    assert not denied & passing
    assert (denied | passing) & internet == internet
    assert "10.0.0.0/8" not in found.denied
    # Between 0.0.0.0 and the allowed block lie /1, /2, /5 and so on: one CIDR per bit of the prefix, and no more.
    assert len(found.denied) <= 24
    assert found.denied[:3] == ("0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/5")


def test_the_whole_internet_has_a_name():
    found = only(lab(), "0.0.0.0/0", "i-web")
    assert (found.allowed, found.denied) == (("0.0.0.0/0",), ())
    found = only(lab(), "0.0.0.0/0", "i-web", "80")
    assert (found.allowed, found.denied) == ((), ("0.0.0.0/0",))
    both = ask(web(permission("tcp", 443, **ANY4)), "internet", "i-web").answers
    assert [(a.allowed, a.denied) for a in both] == [(("0.0.0.0/0",), ()), ((), ("::/0",))]


def test_two_blocks_of_a_rule_make_the_whole():
    found = only(web(permission("tcp", 443, **cidr("0.0.0.0/1", "128.0.0.0/1"))), "0.0.0.0/0", "i-web")
    assert (found.allowed, found.denied) == (("0.0.0.0/0",), ())


def test_rules_that_overlap_are_counted_once():
    record = web(permission("tcp", 443, **cidr("203.0.112.0/23", "203.0.113.0/24", "203.0.113.128/25")))
    assert only(record, "0.0.0.0/0", "i-web").allowed == ("203.0.112.0/23",)


def test_an_asked_block_is_answered_within_itself():
    record = web(permission("tcp", 443, **cidr("203.0.113.64/26")))
    found = only(record, "203.0.113.0/24", "i-web")
    assert found.allowed == ("203.0.113.64/26",)
    assert found.denied == ("203.0.113.0/26", "203.0.113.128/25")
    assert only(record, "203.0.113.64/27", "i-web").allowed == ("203.0.113.64/27",)
    assert verdict(record, "203.0.113.64/27", "i-web") == "reachable"
    assert verdict(record, "203.0.113.0/26", "i-web") == "blocked"


def test_a_source_behind_an_acl_and_a_group_passes_both():
    record = web(permission("tcp", 443, **cidr("203.0.113.0/24")))
    entries(record, "acl-pub", entry(100, False, block="203.0.113.128/25"), entry(100, True))
    found = only(record, "203.0.113.0/24", "i-web")
    assert (found.allowed, found.denied) == (("203.0.113.128/25",), ("203.0.113.0/25",))
    outside = {b.code: b.denied for b in only(record, "203.0.112.0/23", "i-web").blockers}
    assert outside["SUBNET_ACL_RESTRICTION"] == ("203.0.112.0/24", "203.0.113.0/25")
    assert outside["ENI_SG_RULES_MISMATCH"] == ("203.0.112.0/24",)


def test_replies_to_part_of_the_sources_are_lost():
    record = reroute(lab(), "rtb-pub", route("203.0.113.0/25", "igw-1"))
    found = only(record, "203.0.113.0/24", "i-web")
    assert (found.allowed, found.denied) == (("203.0.113.0/25",), ("203.0.113.128/25",))
    (blocker,) = found.blockers
    assert (blocker.code, blocker.direction.value) == ("NO_ROUTE_TO_DESTINATION", "return")
    assert blocker.denied == ("203.0.113.128/25",)


def test_private_blocks_are_split_over_subnets_hosts_and_nobody():
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **cidr("10.0.1.0/25")))
    answer = ask(record, "10.0.0.0/14", "i-db", "5432")
    sources = {(a.source.kind, a.source.id): a for a in answer.answers}
    assert set(sources) == {("instance", "i-web"), ("subnet", "subnet-pub"), ("subnet", "subnet-priv")}
    assert sources["instance", "i-web"].allowed == ("10.0.1.10/32",)
    nobody = sources["subnet", "subnet-pub"]
    assert AddressSet.parse(*nobody.allowed) == AddressSet.parse("10.0.1.0/25") - AddressSet.parse("10.0.1.10")
    nat = AddressSet.parse("10.0.1.200")
    assert AddressSet.parse(*nobody.denied) == AddressSet.parse("10.0.1.128/25") - nat
    inside = AddressSet.parse("10.0.2.0/24") - AddressSet.parse("10.0.2.20")
    assert AddressSet.parse(*sources["subnet", "subnet-priv"].denied) == inside
    assert any("nowhere in the input: left out" in warning for warning in answer.warnings)


def test_a_block_of_both_worlds_is_asked_from_both():
    record = lab()
    record["Vpcs"][0]["CidrBlockAssociationSet"] = [{"CidrBlock": "198.18.0.0/16"}]
    record["Subnets"].append({"SubnetId": "subnet-odd", "VpcId": "vpc-1", "CidrBlock": "198.18.1.0/24"})
    record["NetworkAcls"][0]["Associations"].append({"SubnetId": "subnet-odd"})
    answer = ask(record, "198.18.0.0/15", "i-web")
    kinds = {a.source.kind: AddressSet.parse(*a.source.addresses) for a in answer.answers}
    assert kinds["internet"] & load(record).internet == AddressSet.parse("198.19.0.0/16")
    assert kinds["subnet"] == AddressSet.parse("198.18.1.0/24")


def both_routed():
    return reroute(lab(), "rtb-pub", route("0.0.0.0/0", "igw-1"), route("10.9.0.0/16", "pcx-1"))


def test_whole_subnets_reach_the_peer():
    assert verdict(both_routed(), "10.0.1.0/24", "i-peer", "80") == "reachable"
    assert verdict(both_routed(), "10.0.2.0/24", "i-peer", "80") == "reachable"
    left_out = ask(web(permission("tcp", 443, **cidr("10.0.0.0/8"))), "10.0.0.0/16", "i-web")
    assert left_out.verdict.value == "reachable"


def test_addresses_of_a_known_vpc_that_no_subnet_has_are_nowhere():
    """They are left out, as they are when the target stands in the same VPC: no host can have them."""
    assert verdict(both_routed(), "10.0.0.0/16", "i-peer", "80") == "reachable"


def test_a_return_route_for_part_of_the_peer_serves_that_part():
    record = reroute(lab(), "rtb-pub", route("10.9.0.0/16", "pcx-1"))
    reroute(record, "rtb-peer", route("10.0.2.0/24", "pcx-1"))
    answer = ask(record, "vpc-1", "i-peer", "80")
    assert {c for a in answer.answers for c in a.allowed} == {"10.0.2.20/32"}
    assert {c for a in answer.answers for c in a.denied} == {"10.0.1.10/32", "10.0.1.200/32"}
    assert answer.verdict.value == "partial"


# Ports.


@pytest.mark.parametrize(
    ("asked", "allowed", "denied"),
    [
        ("8000-8100", ("8000-8050",), ("8051-8100",)),
        ("7990-8000", ("8000",), ("7990-7999",)),
        ("443,8000", ("443", "8000"), ()),
        ("80,443", ("443",), ("80",)),
        ("442-444", ("443",), ("442", "444")),
        ("443/udp", (), ("443",)),
        ("443,443/udp", ("443/tcp",), ("443/udp",)),
        ("icmp", ("icmp:8/0",), ()),
        ("proto:47", (), ("proto:47",)),
    ],
)
def test_ports_that_pass_and_ports_that_do_not(asked, allowed, denied):
    rules = [permission("tcp", 443, **ANY4), permission("tcp", 8000, 8050, **ANY4), permission("icmp", 8, -1, **ANY4)]
    found = only(web(*rules), "0.0.0.0/0", "i-web", asked)
    assert (found.ports.allowed, found.ports.denied) == (allowed, denied)


def test_every_port_is_an_answer_too():
    found = only(web(permission("-1", **ANY4)), "0.0.0.0/0", "i-web", "all")
    assert found.ports.allowed == ("all",)
    found = only(web(permission("tcp", 0, 65535, **ANY4)), "0.0.0.0/0", "i-web", "all")
    assert found.ports.allowed == ("tcp",)
    assert found.verdict.value == "partial"


def test_ports_by_source_are_not_mixed_up():
    record = web(permission("tcp", 443, **cidr("203.0.113.0/24")), permission("tcp", 80, **cidr("198.18.0.0/15")))
    found = only(record, "0.0.0.0/0", "i-web", "80,443")
    assert found.allowed == ("198.18.0.0/15", "203.0.113.0/24")
    assert found.denied == ("0.0.0.0/0",)
    assert found.ports.allowed == found.ports.denied == ("80", "443")
    assert verdict(record, "203.0.113.9", "i-web", "443") == "reachable"
    assert verdict(record, "203.0.113.9", "i-web", "80,443") == "partial"


def test_client_ports_that_work_are_told():
    record = entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(49152, 65535)))
    found = only(record, "203.0.113.9", "i-web")
    assert found.client_ports == ("49152-65535",)
    assert found.allowed == found.denied == ("203.0.113.9/32",)
    assert only(lab(), "203.0.113.9", "i-web").client_ports == ()


# Several ends.


def test_several_sources_and_targets_are_answered_one_by_one():
    answer = ask(lab(), "tag:tier=*", "tag:tier=*", "5432")
    found = {(a.source.id, a.target.id): a.verdict.value for a in answer.answers}
    names = ("i-web", "i-db", "i-peer")
    assert set(found) == {(s, t) for s in names for t in names if s != t}
    assert found["i-web", "i-db"] == found["i-peer", "i-db"] == "reachable"
    assert found["i-db", "i-web"] == found["i-db", "i-peer"] == "blocked"
    assert answer.verdict.value == "partial"
    assert answer.client_sees.value == "mixed"


def test_answers_are_sorted_whatever_the_order_of_the_input():
    one, other = lab(), lab()
    for key in ("NetworkInterfaces", "Subnets", "SecurityGroups", "RouteTables", "NetworkAcls", "Vpcs"):
        other[key] = other[key][::-1]
    other["Reservations"][0]["Instances"].reverse()
    assert ask(one, "vpc-1", "vpc-9", "all") == ask(other, "vpc-1", "vpc-9", "all")
    assert ask(one, "internet", "vpc-1", "all") == ask(other, "internet", "vpc-1", "all")


# Everything at once.


def faults():
    """Five independent faults: the group, the ACL both ways, the route, the instance."""
    record = reroute(entries(ingress(lab(), "sg-web"), "acl-pub"), "rtb-pub")
    find(record, "Instances", "i-web")["State"] = {"Name": "stopped"}
    return record


def test_five_faults_are_five_blockers():
    found = only(faults(), "0.0.0.0/0", "i-web")
    assert [(b.code, b.resource, b.direction.value) for b in found.blockers] == [
        ("SUBNET_ACL_RESTRICTION", "acl-pub", "forward"),
        ("SG_HAS_NO_RULES", "sg-web", "forward"),
        ("INSTANCE_NOT_RUNNING", "i-web", "forward"),
        ("SUBNET_ACL_RESTRICTION", "acl-pub", "return"),
        ("NO_ROUTE_TO_DESTINATION", "rtb-pub", "return"),
    ]
    assert all(b.denied == ("0.0.0.0/0",) for b in found.blockers)


def test_all_five_fixes_are_needed_and_enough():
    fixes = [b.fix.commands for b in only(faults(), "0.0.0.0/0", "i-web").blockers]
    assert all(fixes)
    for left_out in [*range(len(fixes)), None]:
        record = faults()
        for command in (c for i, commands in enumerate(fixes) if i != left_out for c in commands):
            record = apply_command(record, command)
        assert verdict(record, "0.0.0.0/0", "i-web") == ("reachable" if left_out is None else "blocked"), left_out


def test_both_ends_and_everything_between_are_looked_at():
    record = ingress(reroute(reroute(lab(), "rtb-main"), "rtb-peer"), "sg-peer")
    find(record, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = []
    find(record, "Instances", "i-peer")["State"] = {"Name": "stopped"}
    entries(record, "acl-priv", entry(100, True))
    found = {(b.code, b.resource) for b in only(record, "i-db", "i-peer", "80").blockers}
    assert found == {
        ("SG_HAS_NO_RULES", "sg-db"),
        ("NO_ROUTE_TO_DESTINATION", "rtb-main"),
        ("SG_HAS_NO_RULES", "sg-peer"),
        ("INSTANCE_NOT_RUNNING", "i-peer"),
        ("NO_ROUTE_TO_DESTINATION", "rtb-peer"),
        ("SUBNET_ACL_RESTRICTION", "acl-priv"),
    }


def test_behind_a_dead_route_the_walk_goes_on():
    """Over the gateway that joins both networks, so that what blocks there is found as well."""
    record = reroute(lab(), "rtb-main", route("10.9.0.0/16", "pcx-0", State="blackhole"))
    ingress(record, "sg-peer")
    assert codes(ask(record, "i-db", "i-peer", "80")) == ["BAD_STATE_ROUTE", "SG_HAS_NO_RULES"]
    commands = [c for b in only(record, "i-db", "i-peer", "80").blockers for c in b.fix.commands]
    assert commands[0].startswith("aws ec2 replace-route --route-table-id rtb-main")


# What goes with the answer.


@pytest.mark.parametrize(
    ("rule", "source", "port", "text"),
    [
        (permission("tcp", 443, **ANY4), "203.0.113.9", "80", "you asked 80/tcp"),
        (permission("tcp", 80, **cidr("192.0.2.0/24")), "203.0.113.9", "80", "these packets come from 203.0.113.9"),
        (permission("tcp", 80, **cidr("::/0")), "203.0.113.9", "80", "IPv6 only: the rule has no IPv4 twin"),
        (
            permission("tcp", 80, **pair("sg-db")),
            "203.0.113.9",
            "80",
            "a reference matches private addresses of members",
        ),
    ],
)
def test_near_misses_say_what_differs(rule, source, port, text):
    (blocker,) = only(web(rule), source, "i-web", port).blockers
    assert text in blocker.near_misses[0]
    assert blocker.near_misses[0].startswith("sg-web allows ")


def test_a_far_rule_is_no_near_miss():
    record = web(permission("udp", 9999, **cidr("192.0.2.0/24")))
    (blocker,) = only(record, "203.0.113.9", "i-web", "443").blockers
    assert blocker.near_misses == ()


@pytest.mark.parametrize(
    ("port", "name"), [("22", "SSH"), ("3389", "RDP"), ("5432", "PostgreSQL"), ("3306", "MySQL"), ("6379", "Redis")]
)
def test_doors_opened_to_the_whole_internet_are_named(port, name):
    (blocker,) = only(web(), "0.0.0.0/0", "i-web", port).blockers
    assert name in blocker.also[0]
    assert "whole internet" in blocker.also[0]
    (blocker,) = only(web(), "203.0.113.9", "i-web", port).blockers
    assert blocker.also == ()


def test_a_fix_opens_no_more_than_was_asked():
    record = web()
    (blocker,) = only(record, "203.0.113.9", "i-web").blockers
    assert blocker.fix.commands == (
        "aws ec2 authorize-security-group-ingress --group-id sg-web --protocol tcp --port 443 --cidr 203.0.113.9/32",
    )
    for command in blocker.fix.commands:
        record = apply_command(record, command)
    assert verdict(record, "203.0.113.9", "i-web") == "reachable"
    assert verdict(record, "203.0.113.8", "i-web") == "blocked"
    assert verdict(record, "203.0.113.9", "i-web", "80") == "blocked"


def test_a_route_that_is_replaced_moves_others_too():
    record = reroute(lab(), "rtb-pub", route("0.0.0.0/0", "nat-1"))
    (blocker,) = only(record, "0.0.0.0/0", "i-web").blockers
    assert "for all of its subnets" in blocker.also[0]


def test_next_steps_follow_from_the_verdict():
    assert any("ss -ltnp" in step and ":443" in step for step in ask(lab(), "0.0.0.0/0", "i-web").next_steps)
    assert ask(lab(), "0.0.0.0/0", "i-web", "80").next_steps == ()
    assert ask(lab(), "i-db", "8.8.8.8").next_steps == ()
    stopped = lab()
    find(stopped, "Instances", "i-web")["State"] = {"Name": "stopped"}
    assert any("look it up again" in step for step in ask(stopped, "0.0.0.0/0", "i-web").next_steps)


def test_the_internet_is_the_internet_whatever_is_known():
    """Contracts, section 2: documentation ranges are part of it, the network's own addresses are not."""
    internet = load(lab()).internet
    for inside in ("203.0.113.9", "8.8.8.8", "2a00::1", "198.51.100.8"):
        assert AddressSet.parse(inside) <= internet
    for outside in ("198.51.100.7", "198.51.100.9", "2600:1f18:1::1", "10.1.1.1", "100.64.0.1", "127.0.0.1", "fd00::1"):
        assert not AddressSet.parse(outside) & internet
    assert internet <= INTERNET


def test_members_of_a_group_are_its_interfaces():
    record = lab()
    record["NetworkInterfaces"].append(interface("eni-two", "subnet-priv", "10.0.2.30", ["sg-web"]))
    record["Reservations"][0]["Instances"].append({"InstanceId": "i-two", "State": {"Name": "running"}})
    answer = ask(record, "sg-web", "sg-db", "5432")
    assert {a.source.id for a in answer.answers} == {"i-web", "i-two"}
    assert answer.verdict.value == "reachable"
