"""Several accounts and Regions: shared VPCs, records that several accounts see, and who may see what.

A participant of a shared VPC sees the VPC, the shared subnets, their route tables and network ACLs, and its own
interfaces and groups; the owner sees those of all (VPC user guide, vpc-share-limitations).
"""

from __future__ import annotations

import copy
import io
import json

import pytest

import sgcheck
from sgcheck.aws.build import build
from sgcheck.sources.files import load_snapshot
from tests.reach.lab import ACCOUNT, cidr, find, ingress, interface, lab, load, pair, permission, verdict
from tests.reach.lab_names import database, managed

OWNER = ACCOUNT
GUEST = "222233334444"
REGION = "us-east-1"


def whole():
    """The lab as its owner sees it: every VPC, subnet, table and ACL is the owner's, i-db and sg-db are the guest's."""
    record = lab()
    for key in ("Vpcs", "Subnets", "RouteTables", "NetworkAcls", "InternetGateways", "SecurityGroups"):
        for found in record[key]:
            found["OwnerId"] = OWNER
    find(record, "SecurityGroups", "sg-db")["OwnerId"] = GUEST
    find(record, "NetworkInterfaces", "eni-db")["OwnerId"] = GUEST
    record["Reservations"][0]["OwnerId"] = OWNER
    return record


def owner_s():
    """What the owner is told: no instances of the guest."""
    record = whole()
    record["Reservations"][0]["Instances"] = [
        i for i in record["Reservations"][0]["Instances"] if i["InstanceId"] != "i-db"
    ]
    return record


def guest_s():
    """What the guest is told: the shared VPC without names, and of interfaces, groups and instances only its own."""
    record = whole()
    vpc = find(record, "Vpcs", "vpc-1")
    return {
        "Vpcs": [vpc],
        "Subnets": [{**s, "AvailabilityZone": "us-east-1d"} for s in record["Subnets"] if s["VpcId"] == "vpc-1"],
        "RouteTables": [t for t in record["RouteTables"] if t["VpcId"] == "vpc-1"],
        "NetworkAcls": [a for a in record["NetworkAcls"] if a["VpcId"] == "vpc-1"],
        "InternetGateways": record["InternetGateways"],
        "NetworkInterfaces": [
            {**find(record, "NetworkInterfaces", "eni-db"), "TagSet": [{"Key": "Name", "Value": "database"}]}
        ],
        "SecurityGroups": [find(record, "SecurityGroups", "sg-db")],
        "Reservations": [{"OwnerId": GUEST, "Instances": [find(record, "Instances", "i-db")]}],
        "VpcPeeringConnections": [],
    }


def told(**accounts):
    """A snapshot of what each account is told; keyword names begin with an underscore."""
    return {
        "schema": "sgcheck.snapshot/1",
        "accounts": {name.removeprefix("_"): {REGION: record} for name, record in accounts.items()},
    }


def both():
    return told(**{f"_{OWNER}": owner_s(), f"_{GUEST}": guest_s()})


def test_the_owner_and_the_guest_together_are_the_whole():
    """The guest's instance, the owner's routes and ACLs."""
    assert verdict(both(), "i-web", "i-db", "5432") == "reachable"
    assert verdict(both(), "i-db", "8.8.8.8", "443") == "reachable"
    assert verdict(both(), "i-peer", "i-db", "5432") == "reachable"


@pytest.mark.parametrize(
    "question", [("i-web", "i-db", "5432"), ("i-db", "8.8.8.8", "443"), ("internet", "i-db", "all")]
)
def test_the_order_of_the_accounts_changes_nothing(question):
    backwards = told(**{f"_{GUEST}": guest_s(), f"_{OWNER}": owner_s()})
    ask = [sgcheck.explain(load(record), sgcheck.Question.parse(*question)) for record in (both(), backwards)]
    assert ask[0] == ask[1]


def test_the_owner_s_record_of_a_shared_thing_counts():
    """Names and zones differ by account; those of the owner hold for everybody."""
    network = load(both())
    assert {s.zone for s in network.subnets.values()} == {"us-east-1a"}
    assert network.vpcs["vpc-1"].account == OWNER
    assert {network.subnets[s].account for s in network.subnets_of["vpc-1"]} == {OWNER}


def test_a_guest_s_own_record_of_its_interface_counts():
    """Its tags are the guest's, and the owner is not shown them."""
    network = load(both())
    assert network.interfaces["eni-db"].name == "database"
    assert network.interfaces["eni-db"].account == GUEST
    assert network.instances["i-db"].account == GUEST


def test_a_rule_names_the_group_of_another_account():
    """VPC user guide, vpc-share-limitations: participants reference the groups of others by their account."""
    record = both()
    rule = permission("tcp", 5432, UserIdGroupPairs=[{"GroupId": "sg-web", "UserId": OWNER}])
    for account in (OWNER, GUEST):
        ingress(record["accounts"][account][REGION], "sg-db", rule)
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"
    assert verdict(record, "i-peer", "i-db", "5432") == "blocked"


def test_the_fix_names_the_account_of_a_foreign_group():
    """EC2 API, UserIdGroupPair: UserId is needed for a group of another account."""
    record = ingress(whole(), "sg-web", permission("tcp", 22, **cidr("10.0.0.0/8")))
    answer = sgcheck.explain(load(record), sgcheck.Question.parse("i-db", "i-web", "443"))
    (command,) = answer.answers[0].blockers[0].fix.commands
    assert f"UserIdGroupPairs=[{{GroupId=sg-db,UserId={GUEST}}}]" in command


def test_the_owner_alone_sees_the_guest_s_interfaces_and_not_its_instances():
    """Contracts, section 3: an interface in use, its instance not in the data, is assumed to belong to a running one."""
    answer = sgcheck.explain(load(told(**{f"_{OWNER}": owner_s()})), sgcheck.Question.parse("i-web", "eni-db", "5432"))
    assert answer.verdict.value == "reachable"
    assert any("assumed to be running" in w for w in answer.warnings)


def test_the_guest_alone_reaches_what_it_sees():
    record = told(**{f"_{GUEST}": guest_s()})
    assert verdict(record, "0.0.0.0/0", "i-db", "5432") == "blocked"
    own = record["accounts"][GUEST][REGION]
    second = {**interface("eni-2", "subnet-priv", "10.0.2.21", ["sg-db"]), "OwnerId": GUEST}
    own["NetworkInterfaces"].append(second)
    ingress(own, "sg-db", permission("tcp", 5432, **pair("sg-db")))
    assert verdict(record, "eni-2", "i-db", "5432") == "reachable"


@pytest.mark.parametrize("layout", ["by account", "as AWS answers"])
def test_what_a_guest_is_not_shown_is_unknown_and_not_absent(layout):
    """Who has an address of the owner's, the guest can't know, with or without a layout that says who was asked."""
    record = told(**{f"_{GUEST}": guest_s()}) if layout == "by account" else guest_s()
    for target in ("10.0.1.10", "10.0.2.99"):
        answer = sgcheck.explain(load(record), sgcheck.Question.parse("i-db", target, "443"))
        assert answer.verdict.value == "unknown"
        assert "network interface" in {gap.kind for gap in answer.gaps}
    assert verdict(record, "10.0.1.10", "i-db", "5432") == "unknown"


def test_what_the_owner_does_not_see_is_not_there():
    """The owner is shown the interfaces of all: an address that none of them has is in use by nobody."""
    assert verdict(owner_s(), "i-web", "10.0.2.99", "443") == "blocked"
    assert verdict(told(**{f"_{OWNER}": owner_s()}), "i-web", "10.0.2.99", "443") == "blocked"


def test_a_nat_gateway_of_the_owner_is_missing_for_the_guest():
    """VPC user guide, vpc-share-limitations: participants can't see NAT gateways."""
    answer = sgcheck.explain(load(told(**{f"_{GUEST}": guest_s()})), sgcheck.Question.parse("i-db", "8.8.8.8", "443"))
    assert answer.verdict.value == "unknown"
    assert ("NAT gateway", "nat-1") in {(gap.kind, gap.resource) for gap in answer.gaps}


def test_a_guest_s_database_in_the_owner_s_subnet():
    record = both()
    found = managed("eni-rds", "10.0.2.50", ["sg-db"], "RDSNetworkInterface", OwnerId=GUEST)
    for account in (OWNER, GUEST):
        record["accounts"][account][REGION]["NetworkInterfaces"].append(copy.deepcopy(found))
    record["accounts"][GUEST][REGION]["DBInstances"] = [database("orders")]
    assert verdict(record, "i-web", "rds:orders", "5432") == "reachable"


def test_records_that_stand_twice_count_once():
    """The same answer in two files, or in a layout and beside it."""
    record = whole()
    twice = {key: value * 2 if isinstance(value, list) else value for key, value in record.items()}
    assert verdict(twice, "i-web", "i-db", "5432") == "reachable"
    network = load(twice)
    assert list(network.directory.subnets["subnet-priv"]) == ["eni-db"]
    assert len(network.groups["sg-db"].lines(sgcheck.model.filters.Way.INGRESS)) == 2


def test_the_aws_configs_layout_with_accounts(tmp_path):
    """Contracts, section 8: accounts/ACCOUNT/REGION/*.json."""
    for account, record in ((OWNER, owner_s()), (GUEST, guest_s())):
        folder = tmp_path / "accounts" / account / REGION
        folder.mkdir(parents=True)
        for key, value in record.items():
            (folder / f"{key}.json").write_text(json.dumps({key: value}))
    network = build(load_snapshot([str(tmp_path)]))
    answer = sgcheck.explain(network, sgcheck.Question.parse("i-web", "i-db", "5432"))
    assert answer.verdict.value == "reachable"
    assert network.vpcs["vpc-1"].region == REGION
    assert network.interfaces["eni-db"].account == GUEST


def test_a_refusal_in_the_guest_s_account_leaves_the_owner_s_records_standing():
    record = both()
    guest = record["accounts"][GUEST][REGION]
    del guest["RouteTables"]
    record["gaps"] = [
        {
            "kind": "route table",
            "account": GUEST,
            "region": REGION,
            "call": "ec2:DescribeRouteTables",
            "reason": "Denied",
        }
    ]
    assert verdict(record, "i-web", "i-db", "5432") == "reachable"


def test_two_regions_with_equal_addresses_are_two_networks():
    """Private addresses are unique within a VPC only."""
    there = json.loads(json.dumps(lab()).replace("us-east-1", "eu-west-1"))
    renamed = json.dumps(there)
    for prefix in ("vpc", "subnet", "eni", "i", "sg", "acl", "rtb", "igw", "eigw", "nat", "pcx"):
        renamed = renamed.replace(f'"{prefix}-', f'"{prefix}-eu')
    accounts = {ACCOUNT: {"us-east-1": lab(), "eu-west-1": json.loads(renamed.replace("198.51.100.", "203.0.113."))}}
    data = json.dumps({"schema": "sgcheck.snapshot/1", "accounts": accounts}).encode()
    network = build(load_snapshot(["-"], stdin=io.BytesIO(data)))
    for source, target in (("i-web", "i-db"), ("i-euweb", "i-eudb")):
        answer = sgcheck.explain(network, sgcheck.Question.parse(source, target, "5432"))
        assert answer.verdict.value == "reachable"
    crossed = sgcheck.explain(network, sgcheck.Question.parse("i-web", "i-eudb", "5432"))
    assert crossed.verdict.value == "blocked"
    blocked = sgcheck.explain(network, sgcheck.Question.parse("i-euweb", "i-eudb", "22"))
    assert all("--region eu-west-1" in c for b in blocked.answers[0].blockers for c in b.fix.commands)
