"""The synthetic organisation has as many of everything as promised, and nothing that AWS would refuse."""

from __future__ import annotations

import ipaddress
import json
from collections import Counter
from itertools import pairwise

import pytest

from tests.benchmarks.organisation import public_host, write
from tests.benchmarks.plan import Plan, Shape, identifier, spread

SHAPE = Shape().scaled(0.06)  # 18 VPCs: a peering, and a VPC with a second ACL
SOURCES = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("organisation") / "organisation.json"
    write(path, SHAPE)
    return path


@pytest.fixture(scope="module")
def organisation(file):
    return json.loads(file.read_text(encoding="utf-8"))


def rules_of(group):
    entries = group["IpPermissions"] + group["IpPermissionsEgress"]
    return sum(len(entry[key]) for entry in entries for key in SOURCES)


def test_there_are_as_many_as_promised(organisation):
    assert Shape(vpcs=18, subnets=119, groups=300, rules=11_760, interfaces=3_000) == SHAPE
    counts = {key: len(records) for key, records in organisation.items()}
    assert counts["Vpcs"] == SHAPE.vpcs
    assert counts["Subnets"] == SHAPE.subnets
    assert counts["SecurityGroups"] == SHAPE.groups
    assert counts["NetworkInterfaces"] == SHAPE.interfaces
    assert counts["Reservations"] == SHAPE.interfaces - SHAPE.vpcs
    assert counts["VpcPeeringConnections"] == 1
    assert counts["NetworkAcls"] == SHAPE.vpcs + 1
    assert sum(map(rules_of, organisation["SecurityGroups"])) == SHAPE.rules


def test_the_whole_one_is_planned_as_the_goals_say():
    plan = Plan(Shape())
    assert sum(plan.subnet_counts) == len(plan.subnets) == 1_985
    assert max(plan.subnet_counts) <= 16
    assert sum(plan.group_counts) == 5_000
    assert sum(plan.more_rules) + 5_000 == 196_000
    assert sum(subnet.hosts for subnet in plan.subnets) + 300 == 50_000
    assert max(subnet.hosts for subnet in plan.subnets) <= 1_000


def test_ids_are_distinct(organisation):
    names = {
        "Vpcs": "VpcId",
        "Subnets": "SubnetId",
        "SecurityGroups": "GroupId",
        "NetworkInterfaces": "NetworkInterfaceId",
        "RouteTables": "RouteTableId",
        "NetworkAcls": "NetworkAclId",
    }
    for key, name in names.items():
        assert max(Counter(record[name] for record in organisation[key]).values()) == 1


def test_no_address_is_used_twice_and_each_is_in_its_subnet(organisation):
    blocks = {subnet["SubnetId"]: ipaddress.ip_network(subnet["CidrBlock"]) for subnet in organisation["Subnets"]}
    nics = organisation["NetworkInterfaces"]
    assert max(Counter((nic["VpcId"], nic["PrivateIpAddress"]) for nic in nics).values()) == 1
    assert all(ipaddress.ip_address(nic["PrivateIpAddress"]) in blocks[nic["SubnetId"]] for nic in nics)
    public = [nic["Association"]["PublicIp"] for nic in nics if "Association" in nic]
    assert max(Counter(public).values()) == 1
    assert all(ipaddress.ip_address(address) in ipaddress.ip_network("198.18.0.0/15") for address in public)


def test_subnets_of_a_vpc_do_not_overlap(organisation):
    blocks = sorted(ipaddress.ip_network(subnet["CidrBlock"]) for subnet in organisation["Subnets"])
    assert not any(one.overlaps(other) for one, other in pairwise(blocks))


def test_every_subnet_has_one_acl_and_one_table(organisation):
    subnets = sorted(subnet["SubnetId"] for subnet in organisation["Subnets"])
    for key in ("NetworkAcls", "RouteTables"):
        links = [link for record in organisation[key] for link in record["Associations"]]
        assert sorted(link["SubnetId"] for link in links if "SubnetId" in link) == subnets


def test_what_is_named_is_there_and_in_the_same_vpc(organisation):
    vpcs = {group["GroupId"]: group["VpcId"] for group in organisation["SecurityGroups"]}
    lists = {record["PrefixListId"] for record in organisation["ManagedPrefixLists"]}
    for nic in organisation["NetworkInterfaces"]:
        assert {vpcs[group["GroupId"]] for group in nic["Groups"]} <= {nic["VpcId"]}
        assert bool(nic["Groups"]) == (nic["InterfaceType"] == "interface")
    for group in organisation["SecurityGroups"]:
        for entry in group["IpPermissions"] + group["IpPermissionsEgress"]:
            assert {vpcs[pair["GroupId"]] for pair in entry["UserIdGroupPairs"]} <= {group["VpcId"]}
            assert {pair["PrefixListId"] for pair in entry["PrefixListIds"]} <= lists
    assert set(organisation["PrefixListEntries"]) == lists


def test_no_rule_is_there_twice(organisation):
    for group in organisation["SecurityGroups"]:
        for entries in (group["IpPermissions"], group["IpPermissionsEgress"]):
            rules = Counter(
                (entry["IpProtocol"], entry.get("FromPort"), entry.get("ToPort"), next(iter(source.values())))
                for entry in entries
                for key in SOURCES
                for source in entry[key]
            )
            assert max(rules.values(), default=1) == 1


def test_instances_have_the_interfaces_that_are_theirs(organisation):
    owners = {
        nic["NetworkInterfaceId"]: nic["Attachment"].get("InstanceId") for nic in organisation["NetworkInterfaces"]
    }
    for reservation in organisation["Reservations"]:
        (instance,) = reservation["Instances"]
        (nic,) = instance["NetworkInterfaces"]
        assert owners[nic["NetworkInterfaceId"]] == instance["InstanceId"]


def test_the_host_that_is_asked_about_is_open_to_the_internet(organisation):
    host = public_host(SHAPE)
    asked = identifier("i", host.number)
    (instance,) = (i for r in organisation["Reservations"] for i in r["Instances"] if i["InstanceId"] == asked)
    assert instance["PublicIpAddress"] == host.public
    groups = {group["GroupId"]: group for group in organisation["SecurityGroups"]}
    entries = [e for group in instance["SecurityGroups"] for e in groups[group["GroupId"]]["IpPermissions"]]
    web = [entry for entry in entries if entry.get("FromPort") == 443]
    assert "0.0.0.0/0" in [source["CidrIp"] for entry in web for source in entry["IpRanges"]]


def test_the_same_numbers_give_the_same_file(file, tmp_path):
    again = tmp_path / "again.json"
    write(again, SHAPE)
    assert again.read_bytes() == file.read_bytes()


def test_shares_add_up():
    assert spread(10, [1, 1, 1]) == [3, 4, 3]
    assert sum(spread(196_000, [0.1 * n for n in range(1, 5_000)])) == 196_000


def test_more_than_the_address_ranges_hold_is_refused():
    with pytest.raises(ValueError, match="1,024 VPCs"):
        Plan(Shape().scaled(4))
