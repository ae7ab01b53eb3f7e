"""The synthetic organisation has as many of everything as promised, and the benchmarks measure what they say."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import json
from collections import Counter
from itertools import pairwise

import pytest

from sgcheck.aws.build import build
from sgcheck.reach.answer import Verdict
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.sources.files import load_snapshot
from tests.benchmarks import terraform
from tests.benchmarks.__main__ import main as benchmark
from tests.benchmarks.goals import Measured, ratios
from tests.benchmarks.organisation import public_host, write
from tests.benchmarks.plan import Plan, Shape, identifier, spread
from tests.benchmarks.processes import Limits, Spent, Unfinished, python, spend
from tests.benchmarks.subjects import (
    EXPLAIN,
    EXPOSURE,
    FLOOR,
    INDEXED,
    LINT,
    LOADED,
    PAIRS,
    PLAN_LINT,
    PLAN_LOADED,
    SMALL_EXPLAIN,
)
from tests.benchmarks.table import goals as goals_table

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


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What the benchmark prints of a network of a hundred interfaces and a plan of a hundred resources."""
    arguments = ["--sizes", "50,100", "--runs", "1", "--resources", "100", "--only", "exposure,plan"]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = benchmark([*arguments, "--cache", str(tmp_path_factory.mktemp("cache"))])
    assert code == 0
    return out.getvalue()


def test_every_ratio_that_is_asked_for_is_printed_for_every_size(printed):
    rows = {cells[0]: cells[1:] for cells in map(cells_of, printed.splitlines()) if cells}
    assert rows["ratio"] == ["goal", "50", "100"]
    for what, goal in (
        ("`exposure` / `json.load`", "≤ 0.6"),
        ("`exposure`: peak memory / size of the file", "≤ 1.7"),
    ):
        assert rows[what][0] == goal
        assert all(float(value.strip("*")) > 0 for value in rows[what][1:])
    assert float(rows["`exposure`: growth, everything doubled"][2].strip("*")) > 0
    assert rows["`exposure`: growth, everything doubled"][1] == ""
    assert float(rows["`lint` of a Terraform plan / `json.load` of it"][1]) > 0
    assert rows["`exposure`"][0].endswith(" MB")
    assert "`lint` / `json.load`" not in rows  # was not asked for


def cells_of(line):
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| ") else []


def test_every_goal_has_its_line():
    spent = Spent(1.0, 1.0, 100)
    small, plan = {FLOOR: spent, SMALL_EXPLAIN: spent}, {PLAN_LOADED: spent, PLAN_LINT: spent}
    took = dict.fromkeys((LOADED, EXPLAIN, INDEXED, EXPOSURE, PAIRS, LINT), spent)
    lines = list(ratios(small, plan, {1_000: Measured(100, took), 2_000: Measured(200, took)}))
    asked = ["`explain` / ", "`exposure` / ", "`reach --by` / ", "`lint` / "]
    assert [any(line.what.startswith(name) for line in lines) for name in asked] == [True] * 4
    assert len(lines) == 2 + 5 + 3 + 4
    assert not any(line.missed() for line in lines if "/ `json.load`" not in line.what)
    assert {line.what for line in lines if line.missed()} == {f"{n}`json.load`" for n in asked[:3]}  # 1.0 is above 0.6


def test_a_process_beyond_its_limits_has_not_finished():
    assert spend(python("while True: pass"), Limits(seconds=1)) == Unfinished("not in 1 s")
    assert spend(python("bytearray(10 ** 9)"), Limits(memory=500_000_000)) == Unfinished("not in 0.5 GB")
    assert spend(python("import sys; sys.exit('what it said')")) == Unfinished("exit 1: what it said")


def test_what_did_not_finish_misses_its_goal_and_says_why():
    took = {LOADED: Spent(2.0, 2.0, 10), EXPLAIN: Unfinished("not in 300 s")}
    (line,) = (g for g in ratios({}, {}, {100: Measured(10, took)}) if g.what == "`explain` / `json.load`")
    assert line.missed()
    assert "| **not in 300 s** |" in goals_table([line], [100])


@pytest.mark.parametrize("arguments", [["--sizes", "many"], ["--sizes", "0"], ["--only", "everything"]])
def test_options_that_make_no_sense_are_refused(arguments):
    with pytest.raises(SystemExit, match="expected"):
        benchmark(arguments)


def test_a_plan_has_as_many_resources_as_are_wanted_and_can_be_asked_about(tmp_path):
    terraform.write(tmp_path / "plan.json", 150)
    made = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    addresses = [change["address"] for change in made["resource_changes"]]
    assert len(set(addresses)) == len(addresses) == 150
    network = build(load_snapshot([str(tmp_path / "plan.json")]))
    question = Question.parse("internet", "module.app0.aws_instance.web0", "443", None)
    assert explain(network, question).verdict is Verdict.REACHABLE
