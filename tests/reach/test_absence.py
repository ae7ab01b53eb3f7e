"""What the absence of each kind means is declared by the kind; here each declaration is held to its word."""

from __future__ import annotations

from collections.abc import Callable

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
    interface,
    lab,
    permission,
    reroute,
    route,
    verdict,
)

Record = dict
Scenario = tuple[Callable[[], Record], str, str, str]


def listed() -> Record:
    record = ingress(lab(), "sg-web", permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-1"}]))
    record["ManagedPrefixLists"] = [{"PrefixListId": "pl-1", "PrefixListName": "office", "AddressFamily": "IPv4"}]
    record["PrefixListEntries"] = {"pl-1": [{"Cidr": "0.0.0.0/0"}]}
    return record


def six_out() -> Record:
    return reroute(lab(), "rtb-pub", route("::/0", "eigw-1"))


# For each kind a question that it takes part in and that is `reachable` with it.
WITH: dict[str, Scenario] = {
    "VPC": (lab, "i-db", "i-peer", "80"),
    "subnet": (lab, "i-web", "i-db", "5432"),
    "network interface": (lab, "i-web", "i-db", "5432"),
    "instance": (lab, "eni-web", "eni-db", "5432"),
    "security group": (lab, "i-web", "i-db", "5432"),
    "security group rule": (lab, "i-web", "i-db", "5432"),
    "security group VPC association": (lab, "i-web", "i-db", "5432"),
    "network ACL": (lab, "i-web", "i-db", "5432"),
    "route table": (lab, "i-web", "i-db", "5432"),
    "internet gateway": (lab, "0.0.0.0/0", "i-web", "443"),
    "egress-only internet gateway": (six_out, "i-web", "2a00:1450::1", "443"),
    "NAT gateway": (lab, "i-db", "8.8.8.8", "443"),
    "Elastic IP address": (lab, "0.0.0.0/0", "i-web", "443"),
    "VPC peering connection": (lab, "i-db", "i-peer", "80"),
    "prefix list": (listed, "0.0.0.0/0", "i-web", "443"),
    "prefix list entry": (listed, "0.0.0.0/0", "i-web", "443"),
}


def drop(record: Record, keys: tuple[str, ...]) -> Record:
    for key in keys:
        record.pop(key, None)
    return record


def test_every_kind_takes_part_in_a_question():
    assert set(WITH) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_absence_means_what_the_kind_declares(kind):
    make, source, target, port = WITH[kind.name]
    whole = ask(make(), source, target, port)
    assert whole.verdict.value == "reachable"
    if kind.name == "network interface":
        pytest.skip("without interfaces the ends are not there to be asked: see the next test")
    missing = ask(drop(make(), kind.keys), source, target, port)
    if kind.absence is Absence.UNKNOWN:
        assert missing.verdict.value == "unknown"
        assert "NOT_COLLECTED" in codes(missing)
        assert kind.name in {gap.kind for gap in missing.gaps}
    else:
        assert missing.verdict.value == "reachable"
    if kind.absence is Absence.ASSUMED:
        assert set(missing.warnings) > set(whole.warnings)
    if kind.absence is Absence.OFF:
        assert missing.answers == whole.answers


def test_a_host_that_forwards_and_is_not_told_of_leaves_it_open():
    """A network interface on the path, named by a route and absent."""
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "eni-fw"))
    answer = ask(record, "i-db", "8.8.8.8", "443")
    assert answer.verdict.value == "unknown"
    assert {gap.kind for gap in answer.gaps} == {"network interface"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_aws_refused_is_said_and_decides_only_where_it_matters(kind):
    make, source, target, port = WITH[kind.name]
    if kind.name == "network interface":
        pytest.skip("the ends are interfaces")
    record = drop(make(), kind.keys)
    gap = {
        "kind": kind.name,
        "account": None,
        "region": None,
        "call": "ec2:Describe",
        "reason": "UnauthorizedOperation",
    }
    wrapped = {"schema": "sgcheck.snapshot/1", "accounts": {"111122223333": {"us-east-1": record}}, "gaps": [gap]}
    answer = ask(wrapped, source, target, port)
    assert "UnauthorizedOperation" in " ".join(g.why for g in answer.gaps)
    if kind.absence is Absence.UNKNOWN:
        assert answer.verdict.value == "unknown"
        assert "ACCESS_DENIED" in codes(answer)
    else:
        assert answer.verdict.value == "reachable"


def test_missing_is_not_empty():
    """No rules at all is a denial, rules that are not told are a gap."""
    assert verdict(ingress(lab(), "sg-db"), "i-web", "i-db", "5432") == "blocked"
    untold = lab()
    del find(untold, "SecurityGroups", "sg-db")["IpPermissions"]
    assert verdict(untold, "i-web", "i-db", "5432") == "unknown"
    emptied = entries(lab(), "acl-priv")
    assert verdict(emptied, "i-web", "i-db", "5432") == "blocked"
    del find(emptied, "NetworkAcls", "acl-priv")["Entries"]
    assert verdict(emptied, "i-web", "i-db", "5432") == "unknown"
    nameless = lab()
    del find(nameless, "NetworkInterfaces", "eni-db")["Groups"]
    assert verdict(nameless, "i-web", "i-db", "5432") == "unknown"


@pytest.mark.parametrize("key", ["RouteTables", "NetworkAcls", "InternetGateways", "NatGateways", "Vpcs"])
def test_what_is_decided_already_stays_blocked(key):
    record = ingress(lab(), "sg-db")
    answer = ask(drop(record, (key,)), "i-web", "i-db", "5432")
    assert answer.verdict.value == "blocked"
    assert "SG_HAS_NO_RULES" in codes(answer)


def test_some_of_it_passes_and_some_is_blocked_although_something_is_missing():
    """Partial beats unknown: the gap is named."""
    record = ingress(
        lab(),
        "sg-web",
        permission("tcp", 443, **cidr("203.0.113.0/24")),
        permission("tcp", 443, PrefixListIds=[{"PrefixListId": "pl-9"}]),
    )
    assert verdict(record, "0.0.0.0/0", "i-web") == "unknown"
    record = ingress(
        lab(),
        "sg-web",
        permission("tcp", 443, **ANY4),
        permission("tcp", 444, PrefixListIds=[{"PrefixListId": "pl-9"}]),
    )
    answer = ask(record, "0.0.0.0/0", "i-web", "442-444")
    assert answer.verdict.value == "partial"
    assert [gap.resource for gap in answer.gaps] == ["pl-9"]


def test_a_peer_that_is_not_in_the_input_is_named():
    record = lab()
    record["Vpcs"] = [v for v in record["Vpcs"] if v["VpcId"] != "vpc-9"]
    record["NetworkInterfaces"].append(interface("eni-x", "subnet-pub", "10.0.1.50", ["sg-web"]))
    answer = ask(record, "i-db", "10.9.1.77", "80")
    assert answer.verdict.value == "unknown"
    assert ("VPC", "vpc-9") in {(gap.kind, gap.resource) for gap in answer.gaps}


def test_a_closing_deny_is_no_gap():
    record = entries(lab(), "acl-priv", entry(100, False), entry(100, True))
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
