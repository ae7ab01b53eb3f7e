"""One record that is missing, not its whole kind: it decides and is named, or it does not and nothing changes."""

from __future__ import annotations

import pytest

from sgcheck.aws.kind import Absence
from sgcheck.aws.kinds import KINDS
from tests.reach.lab import (
    ANY4,
    ask,
    cidr,
    codes,
    entries,
    entry,
    find,
    ingress,
    lab,
    pair,
    permission,
    reroute,
    route,
    verdict,
)
from tests.reach.test_absence import WITH, drop

KIND = {kind.name: kind for kind in KINDS}


def without(key, id_):
    record = lab()
    record[key].remove(find(record, key, id_))
    return record


def stopped(record, id_):
    find(record, "Instances", id_)["State"] = {"Name": "stopped"}
    return record


@pytest.mark.parametrize(
    ("key", "id_", "source", "target", "port", "named"),
    [
        ("RouteTables", "rtb-main", "i-db", "8.8.8.8", "443", ("route table", "subnet-priv")),
        ("RouteTables", "rtb-peer", "i-db", "i-peer", "80", ("route table", "subnet-peer")),
        ("NetworkAcls", "acl-priv", "i-web", "i-db", "5432", ("network ACL", "subnet-priv")),
        ("NetworkAcls", "acl-pub", "i-web", "i-db", "5432", ("network ACL", "subnet-pub")),
        ("SecurityGroups", "sg-db", "i-web", "i-db", "5432", ("security group", "sg-db")),
        ("SecurityGroups", "sg-web", "i-web", "i-db", "5432", ("security group", "sg-web")),
        ("NatGateways", "nat-1", "i-db", "8.8.8.8", "443", ("NAT gateway", "nat-1")),
        ("InternetGateways", "igw-1", "i-web", "8.8.8.8", "443", ("internet gateway", "igw-1")),
        ("InternetGateways", "igw-1", "0.0.0.0/0", "i-web", "443", ("internet gateway", "vpc-1")),
        ("VpcPeeringConnections", "pcx-1", "i-db", "i-peer", "80", ("VPC peering connection", "pcx-1")),
        ("Vpcs", "vpc-9", "i-db", "i-peer", "80", ("VPC", "vpc-9")),
        ("Subnets", "subnet-pub", "i-web", "i-db", "5432", ("subnet", "subnet-pub")),
    ],
)
def test_a_record_on_the_path_is_named(key, id_, source, target, port, named):
    """Contracts, section 3: also a gateway, table or peer that a record on the path names."""
    assert verdict(lab(), source, target, port) == "reachable"
    answer = ask(without(key, id_), source, target, port)
    assert answer.verdict.value == "unknown"
    assert named in {(gap.kind, gap.resource) for gap in answer.gaps}
    assert "NOT_COLLECTED" in codes(answer)
    assert all(
        gap.collect is None or gap.collect.startswith(("aws ec2 ", "aws elbv2 ", "aws elb ")) for gap in answer.gaps
    )


@pytest.mark.parametrize(
    ("key", "id_", "source", "target", "port"),
    [
        ("RouteTables", "rtb-peer", "i-web", "i-db", "5432"),
        ("NetworkAcls", "acl-peer", "i-web", "i-db", "5432"),
        ("SecurityGroups", "sg-db", "0.0.0.0/0", "i-web", "443"),
        ("NatGateways", "nat-1", "0.0.0.0/0", "i-web", "443"),
        ("InternetGateways", "igw-1", "i-web", "i-db", "5432"),
        ("VpcPeeringConnections", "pcx-1", "i-web", "i-db", "5432"),
        ("Vpcs", "vpc-9", "i-web", "i-db", "5432"),
        ("Subnets", "subnet-peer", "i-web", "i-db", "5432"),
    ],
)
def test_a_record_elsewhere_changes_nothing(key, id_, source, target, port):
    answer = ask(without(key, id_), source, target, port)
    assert answer.verdict.value == "reachable"
    assert answer.gaps == ()


@pytest.mark.parametrize(
    "name", [name for name in WITH if KIND[name].absence is Absence.UNKNOWN and "interface" not in name]
)
def test_gaps_say_where_and_how(name):
    make, source, target, port = WITH[name]
    answer = ask(drop(make(), KIND[name].keys), source, target, port)
    gap = next(gap for gap in answer.gaps if gap.kind == name)
    assert gap.resource
    assert "input" in gap.why
    assert gap.collect is not None
    assert gap.collect.startswith(("aws ec2 ", "aws elbv2 ", "aws elb "))


@pytest.mark.parametrize("name", [name for name in WITH if KIND[name].absence is Absence.OFF])
def test_a_refused_feature_is_a_gap_without_consequences(name):
    """Contracts, section 3: a gap in the answer that does not change the verdict."""
    make, source, target, port = WITH[name]
    whole = ask(make(), source, target, port)
    refusal = {"kind": name, "account": None, "region": None, "call": "ec2:X", "reason": "AccessDenied"}
    accounts = {"111122223333": {"us-east-1": drop(make(), KIND[name].keys)}}
    answer = ask({"schema": "sgcheck.snapshot/1", "accounts": accounts, "gaps": [refusal]}, source, target, port)
    assert [gap.kind for gap in answer.gaps] == [name]
    assert "AccessDenied" in answer.gaps[0].why
    assert answer.verdict == whole.verdict
    assert "ACCESS_DENIED" not in codes(answer)


def test_a_refusal_elsewhere_does_not_count_here():
    """A refusal names its Region: what is collected in another one stays known."""
    refusal = {"kind": "route table", "account": "111122223333", "region": "eu-west-1", "call": "x", "reason": "Denied"}
    snapshot = {
        "schema": "sgcheck.snapshot/1",
        "accounts": {"111122223333": {"us-east-1": lab()}},
        "gaps": [refusal],
    }
    answer = ask(snapshot, "i-web", "i-db", "5432")
    assert (answer.verdict.value, answer.gaps) == ("reachable", ())


# What is decided stays decided.


DECIDED = {
    "no rules": (lambda: ingress(lab(), "sg-db"), "SG_HAS_NO_RULES"),
    "an ACL denies": (lambda: entries(lab(), "acl-priv", entry(100, True)), "SUBNET_ACL_RESTRICTION"),
    "stopped": (lambda: stopped(lab(), "i-db"), "INSTANCE_NOT_RUNNING"),
    "wrong port": (lambda: ingress(lab(), "sg-db", permission("tcp", 1, **ANY4)), "ENI_SG_RULES_MISMATCH"),
}
ON_THE_PATH = ("RouteTables", "NetworkAcls", "SecurityGroups", "Vpcs")
ITSELF = {"no rules": "SecurityGroups", "wrong port": "SecurityGroups", "an ACL denies": "NetworkAcls"}


@pytest.mark.parametrize("key", ON_THE_PATH)
@pytest.mark.parametrize("why", DECIDED)
def test_a_denial_outlives_what_is_missing_around_it(why, key):
    make, code = DECIDED[why]
    answer = ask(drop(make(), (key,)), "i-web", "i-db", "5432")
    if ITSELF.get(why) == key:
        assert answer.verdict.value == "unknown"
        assert code not in codes(answer)
    else:
        assert answer.verdict.value == "blocked"
        assert answer.client_sees.value == "timeout"
        assert code in codes(answer)


def test_no_public_address_is_decided_without_a_gateway():
    record = lab()
    del record["InternetGateways"]
    answer = ask(record, "0.0.0.0/0", "i-db", "5432")
    assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "no-address")


def test_blocked_behind_a_transit_gateway_is_blocked():
    record = reroute(ingress(lab(), "sg-peer"), "rtb-main", route("10.9.0.0/16", "tgw-1"))
    answer = ask(record, "i-db", "i-peer", "80")
    assert answer.verdict.value == "blocked"
    assert codes(answer) == ["NOT_COLLECTED", "SG_HAS_NO_RULES"]


# Missing is not empty, kind by kind.


def test_no_tables_at_all_is_not_a_table_without_routes():
    empty = reroute(lab(), "rtb-main")
    assert codes(ask(empty, "i-db", "8.8.8.8")) == ["NO_ROUTE_TO_DESTINATION"]
    del empty["RouteTables"]
    assert codes(ask(empty, "i-db", "8.8.8.8")) == ["NOT_COLLECTED"]


def test_a_list_without_entries_is_not_a_list_that_is_not_told():
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    record["PrefixListEntries"] = {"pl-1": []}
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"
    record["PrefixListEntries"] = {"pl-2": []}
    assert verdict(record, "0.0.0.0/0", "i-web") == "unknown"
    assert "pl-1" in {gap.resource for gap in ask(record, "0.0.0.0/0", "i-web").gaps}


def test_an_unknown_list_does_not_open_what_the_others_leave_shut():
    listed = permission("tcp", 444, PrefixListIds=[{"PrefixListId": "pl-1"}])
    record = ingress(lab(), "sg-web", listed, permission("tcp", 443, **cidr("203.0.113.0/24")))
    assert verdict(record, "203.0.113.9", "i-web", "443") == "reachable"
    assert verdict(record, "203.0.113.9", "i-web", "444") == "unknown"
    assert verdict(record, "203.0.113.9", "i-web", "445") == "blocked"
    assert verdict(record, "203.0.113.9", "i-web", "443-445") == "partial"
    assert verdict(record, "203.0.113.9", "i-web", "443-444") == "unknown"


def test_a_second_group_that_is_not_told_may_open_but_not_shut():
    record = lab()
    find(record, "NetworkInterfaces", "eni-web")["Groups"].append({"GroupId": "sg-x"})
    assert verdict(record, "0.0.0.0/0", "i-web", "443") == "reachable"
    assert verdict(record, "0.0.0.0/0", "i-web", "80") == "unknown"


def test_a_sender_whose_groups_are_not_told_may_be_a_member():
    record = lab()
    del find(record, "NetworkInterfaces", "eni-peer")["Groups"]
    ingress(record, "sg-db", permission("tcp", 5432, **pair("sg-peer")))
    answer = ask(record, "i-peer", "i-db", "5432")
    assert answer.verdict.value == "unknown"
    assert "sg-peer" in {gap.resource for gap in answer.gaps}


def test_undecided_sources_stand_apart():
    listed = permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}])
    record = ingress(lab(), "sg-web", permission("tcp", 443, **cidr("203.0.113.0/24")), listed)
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "AddressFamily": "IPv4"}]
    (answer,) = ask(record, "203.0.112.0/23", "i-web").answers
    assert (answer.allowed, answer.denied) == (("203.0.113.0/24",), ())
    assert answer.undecided == ("203.0.112.0/24",)
