"""Managed services by name (contracts, section 2): whose interfaces they are, and what follows where it can't be told."""

from __future__ import annotations

import pytest

import sgcheck
from sgcheck.errors import AmbiguousNameError, UnknownNameError
from sgcheck.reach.answer import Expectation, Verdict
from sgcheck.reach.check import check
from sgcheck.reach.claimer import Claimer
from tests.plain.commands import apply_command
from tests.reach.lab import ask, codes, find, group, ingress, load, permission, verdict
from tests.reach.lab_names import (
    DNS,
    UUID,
    billing,
    cluster,
    database,
    disagreeing,
    function,
    managed,
    orders,
    proxy,
    sender,
    subnet_group,
)

ARN = "arn:aws:rds:us-east-1:111122223333"


def ends(answer):
    return [(a.target.kind, a.target.id, a.target.interface, a.target.address) for a in answer.answers]


# Databases.


@pytest.mark.parametrize(
    "word",
    ["rds:orders", "RDS:orders", "rds:ord*", "rds:*", f"{ARN}:db:orders", f"orders.{DNS}", f"ORDERS.{DNS}."],
)
def test_a_database_is_reached_by_any_of_its_names(word):
    """Contracts, section 2: rds:ID, globs, its ARN, its endpoint's name."""
    answer = ask(orders(), "i-web", word, "5432")
    assert answer.verdict.value == "reachable"
    assert ends(answer) == [("rds", "orders", "eni-rds", "10.0.2.50")]


def test_a_database_is_filtered_by_its_groups():
    """RDS user guide, USER_VPC.WorkingWithRDSInstanceinaVPC: VPC security groups control who connects."""
    answer = ask(orders(), "i-peer", "rds:orders", "5432")
    assert answer.verdict.value == "reachable"
    answer = ask(ingress(orders(), "sg-db"), "i-web", "rds:orders", "5432")
    assert (answer.verdict.value, answer.client_sees.value, codes(answer)) == (
        "blocked",
        "timeout",
        ["SG_HAS_NO_RULES"],
    )
    assert answer.answers[0].blockers[0].resource == "sg-db"


def test_the_port_of_a_database_is_offered():
    """RDS API, Endpoint: the port that the database listens on."""
    record = orders(Endpoint={"Address": f"orders.{DNS}", "Port": 5433})
    assert "rds:orders listens on 5433: ask for --port 5433" in ask(record, "i-web", "rds:orders", "5432").next_steps
    assert ask(record, "i-web", "rds:orders", "5433").next_steps == ()


def test_a_public_database_is_reached_by_its_public_address_from_outside_only():
    """RDS user guide, USER_VPC.WorkingWithRDSInstanceinaVPC (PubliclyAccessible): private inside, public outside."""
    record = orders(PubliclyAccessible=True)
    found = find(record, "NetworkInterfaces", "eni-rds")
    found["SubnetId"] = "subnet-pub"
    found["PrivateIpAddress"] = "10.0.1.50"
    found["PrivateIpAddresses"] = [
        {"PrivateIpAddress": "10.0.1.50", "Primary": True, "Association": {"PublicIp": "198.51.100.50"}}
    ]
    record["DBInstances"][0]["DBSubnetGroup"] = subnet_group("subnet-pub")
    ingress(record, "sg-db", permission("tcp", 5432, IpRanges=[{"CidrIp": "0.0.0.0/0"}]))
    assert ends(ask(record, "0.0.0.0/0", "rds:orders", "5432")) == [("rds", "orders", "eni-rds", "198.51.100.50")]
    assert ends(ask(record, "i-db", "rds:orders", "5432")) == [("rds", "orders", "eni-rds", "10.0.1.50")]


def test_a_private_database_has_no_address_in_the_internet():
    """Contracts, section 6: {from: internet, to: "rds:*", port: all, verdict: blocked, allowed: []}."""
    answer = ask(orders(), "internet", "rds:*", "all")
    assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "no-address")
    assert answer.answers[0].allowed == ()


@pytest.mark.parametrize("state", ["stopped", "stopping", "starting", "creating", "failed"])
def test_a_database_that_does_not_run_answers_nobody(state):
    """RDS user guide, Overview.DBInstance.Status."""
    answer = ask(orders(DBInstanceStatus=state), "i-web", "rds:orders", "5432")
    assert (answer.verdict.value, answer.client_sees.value) == ("blocked", "timeout")
    (blocker,) = answer.answers[0].blockers
    assert (blocker.code, blocker.resource, state in blocker.why) == ("INSTANCE_NOT_RUNNING", "orders", True)
    assert bool(blocker.fix.commands) is state.startswith("stop")
    assert not [step for step in answer.next_steps if "public IPv4" in step]
    assert not [w for w in answer.warnings if w.startswith("asked again")]


@pytest.mark.parametrize("state", ["available", "backing-up", "modifying", "storage-full", "maintenance"])
def test_a_database_that_is_busy_answers_all_the_same(state):
    """RDS user guide, Overview.DBInstance.Status."""
    assert verdict(orders(DBInstanceStatus=state), "i-web", "rds:orders", "5432") == "reachable"


def test_starting_a_stopped_database_comes_with_the_commands():
    """AWS CLI command reference, rds start-db-instance."""
    answer = ask(orders(DBInstanceStatus="stopping"), "i-web", "rds:orders", "5432")
    assert answer.answers[0].blockers[0].fix.commands == (
        "aws rds wait db-instance-stopped --db-instance-identifier orders",
        "aws rds start-db-instance --db-instance-identifier orders",
        "aws rds wait db-instance-available --db-instance-identifier orders",
    )


def test_all_blockers_of_a_stopped_database_are_found():
    answer = ask(ingress(orders(DBInstanceStatus="stopped"), "sg-db"), "i-web", "rds:orders", "5432")
    assert codes(answer) == ["INSTANCE_NOT_RUNNING", "SG_HAS_NO_RULES"]


def test_the_fix_of_a_database_s_group_works():
    record = ingress(orders(), "sg-db", permission("tcp", 22, IpRanges=[{"CidrIp": "10.0.0.0/8"}]))
    for command in ask(record, "i-web", "rds:orders", "5432").answers[0].blockers[0].fix.commands:
        record = apply_command(record, command)
    assert verdict(record, "i-web", "rds:orders", "5432") == "reachable"


# Whose interface it is.


def test_groups_tell_databases_apart():
    """AWS describes every one as RDSNetworkInterface: it is the groups that differ."""
    record = billing(("sg-billing",))
    record["SecurityGroups"].append(group("sg-billing", []))
    assert ends(ask(record, "i-web", "rds:orders", "5432")) == [("rds", "orders", "eni-rds", "10.0.2.50")]
    assert verdict(record, "i-web", "rds:orders", "5432") == "reachable"
    assert verdict(record, "i-web", "rds:billing", "5432") == "blocked"
    assert verdict(record, "i-web", "rds:*", "5432") == "partial"


def test_a_group_that_is_being_removed_is_none_of_its_groups():
    """RDS API, VpcSecurityGroupMembership: Status."""
    record = orders()
    record["DBInstances"][0]["VpcSecurityGroups"].append({"VpcSecurityGroupId": "sg-web", "Status": "removing"})
    assert verdict(record, "i-web", "rds:orders", "5432") == "reachable"


def test_candidates_that_agree_settle_it():
    """Contracts, section 2: both databases have the same groups in the same subnet."""
    answer = ask(billing(), "i-web", "rds:orders", "5432")
    assert answer.verdict.value == "reachable"
    assert {a.target.interface for a in answer.answers} == {"eni-rds", "eni-rds2"}
    assert verdict(billing(), "i-web", "rds:orders", "22") == "blocked"


def test_candidates_that_disagree_leave_it_unknown():
    """Contracts, section 2."""
    answer = ask(disagreeing(), "i-web", "rds:orders", "5432")
    assert (answer.verdict.value, answer.client_sees.value) == ("unknown", "unknown")
    doubts = [b for a in answer.answers for b in a.blockers if b.code == "UNKNOWN_RESOURCE"]
    assert {b.resource for b in doubts} == {"orders"}
    assert "eni-rds and eni-rds2" in doubts[0].why
    assert "rds:billing" in doubts[0].why
    assert ("rds", "orders") in {(gap.kind, gap.resource) for gap in answer.gaps}


def test_what_no_candidate_lets_pass_stays_blocked():
    assert verdict(disagreeing(), "i-web", "rds:orders", "22") == "blocked"


def test_candidates_that_agree_in_part_are_partial_where_all_of_them_block():
    """Contracts, section 3: some passes for certain, some is blocked for certain."""
    record = ingress(billing(), "sg-db", permission("tcp", 5432, UserIdGroupPairs=[{"GroupId": "sg-web"}]))
    assert verdict(record, "i-web", "rds:orders", "5432-5433") == "partial"


def test_the_availability_zone_tells_candidates_apart():
    """RDS user guide, USER_VPC.WorkingWithRDSInstanceinaVPC: a subnet of the instance's own zone."""
    record = disagreeing()
    there = {"SubnetIdentifier": "subnet-b", "SubnetAvailabilityZone": {"Name": "us-east-1b"}}
    for found in record["DBInstances"]:
        found["DBSubnetGroup"]["Subnets"][1] = there
    record["DBInstances"][1]["AvailabilityZone"] = "us-east-1b"
    assert ends(ask(record, "i-web", "rds:orders", "5432")) == [("rds", "orders", "eni-rds", "10.0.2.50")]
    assert verdict(record, "i-web", "rds:orders", "5432") == "reachable"
    assert verdict(record, "i-web", "rds:billing", "5432") == "blocked"


def test_a_database_as_a_source_is_as_uncertain():
    record = disagreeing()
    ingress(record, "sg-web", permission("tcp", 443, UserIdGroupPairs=[{"GroupId": "sg-db"}]))
    assert verdict(record, "rds:orders", "i-web", "443") == "unknown"
    assert verdict(orders(), "rds:orders", "i-web", "443") == "reachable"


def test_a_database_without_its_interface_is_unknown():
    """Nothing that a record names and that is not in the input may decide."""
    record = orders()
    record["NetworkInterfaces"] = [i for i in record["NetworkInterfaces"] if i["NetworkInterfaceId"] != "eni-rds"]
    for source, target in (("i-web", "rds:orders"), ("rds:orders", "i-web"), ("10.88.0.1", "rds:orders")):
        answer = ask(record, source, target, "5432")
        assert answer.verdict.value == "unknown"
        (gap,) = [g for g in answer.gaps if g.kind == "network interface"]
        assert gap.collect == "aws ec2 describe-network-interfaces"


def test_one_of_several_without_its_interface_leaves_the_others_answered():
    record = orders()
    record["DBInstances"].append(database("lost", ("sg-web",)))
    answer = ask(record, "i-web", "rds:*", "5432")
    assert answer.verdict.value == "unknown"
    assert {a.target.id: a.verdict.value for a in answer.answers} == {"orders": "reachable", "lost": "unknown"}


def test_a_stopped_database_without_its_interface_is_blocked():
    record = orders()
    record["DBInstances"] = [database("lost", ("sg-web",), DBInstanceStatus="creating")]
    assert verdict(record, "i-web", "rds:lost", "5432") == "blocked"


# Clusters and proxies.


def clustered():
    record = billing(DBClusterIdentifier="shop")
    record["DBInstances"][0]["DBClusterIdentifier"] = "shop"
    record["DBClusters"] = [cluster("shop", "orders", "billing")]
    record["SecurityGroups"].append(group("sg-billing", []))
    find(record, "NetworkInterfaces", "eni-rds2")["Groups"] = [{"GroupId": "sg-billing"}]
    record["DBInstances"][1]["VpcSecurityGroups"] = [{"VpcSecurityGroupId": "sg-billing", "Status": "active"}]
    return record


@pytest.mark.parametrize(
    ("word", "found"),
    [
        (f"shop.cluster-{DNS}", {"eni-rds"}),
        (f"shop.cluster-ro-{DNS}", {"eni-rds2"}),
        ("rds:shop", {"eni-rds", "eni-rds2"}),
        (f"{ARN}:cluster:shop", {"eni-rds", "eni-rds2"}),
    ],
)
def test_a_cluster_stands_for_its_members(word, found):
    """Aurora user guide, Aurora.Overview.Endpoints: the writer's name and the readers'."""
    answer = ask(clustered(), "i-web", word, "5432")
    assert {a.target.interface for a in answer.answers} == found
    assert {a.target.id for a in answer.answers} == {"shop"}


def test_the_reader_s_name_leads_to_the_writer_where_there_is_no_reader():
    """Aurora user guide, Aurora.Overview.Endpoints."""
    record = orders()
    record["DBClusters"] = [cluster("shop", "orders")]
    assert verdict(record, "i-web", f"shop.cluster-ro-{DNS}", "5432") == "reachable"


def test_a_cluster_without_its_members_goes_by_its_subnets_and_groups():
    record = orders()
    record["DBInstances"] = []
    record["DBClusters"] = [cluster("shop", "shop-1")]
    assert verdict(record, "i-web", "rds:shop", "5432") == "reachable"
    record["DBSubnetGroups"] = [subnet_group("subnet-pub")]
    assert verdict(record, "i-web", "rds:shop", "5432") == "unknown"
    record["DBSubnetGroups"] = [subnet_group("subnet-priv")]
    assert verdict(record, "i-web", "rds:shop", "5432") == "reachable"


def test_a_proxy_is_named_by_its_interfaces():
    record = orders()
    record["NetworkInterfaces"].append(managed("eni-p", "10.0.2.70", ["sg-db"], "Network interface for DBProxy pool"))
    record["NetworkInterfaces"].append(managed("eni-q", "10.0.2.71", ["sg-db"], "Network interface for DBProxy other"))
    record["DBProxies"] = [proxy("pool")]
    for word in ("rds:pool", f"pool.proxy-{DNS}", f"{ARN}:db-proxy:prx-pool"):
        assert ends(ask(record, "i-web", word, "5432")) == [("rds", "pool", "eni-p", "10.0.2.70")]
    assert ask(record, "i-web", "rds:pool", "3306").next_steps == ("rds:pool listens on 5432: ask for --port 5432",)


# Functions.


@pytest.mark.parametrize(
    "word",
    [
        "lambda:report",
        "lambda:rep*",
        "arn:aws:lambda:us-east-1:111122223333:function:report",
        "arn:aws:lambda:us-east-1:111122223333:function:report:live",
    ],
)
def test_a_function_sends(word):
    """Lambda guide, configuration-vpc."""
    answer = ask(sender(), word, "rds:orders", "5432")
    assert answer.verdict.value == "reachable"
    assert [(a.source.kind, a.source.id, a.source.addresses) for a in answer.answers] == [
        ("lambda", "report", ("10.0.2.60",))
    ]


def test_a_function_never_has_a_public_address():
    """Lambda guide, configuration-vpc-internet: a public subnet gives a function no way to the internet."""
    assert verdict(sender(), "lambda:report", "8.8.8.8", "443") == "reachable"
    record = sender()
    moved = find(record, "NetworkInterfaces", "eni-fn")
    moved["SubnetId"], moved["PrivateIpAddress"] = "subnet-pub", "10.0.1.60"
    moved["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.1.60", "Primary": True}]
    record["Functions"][0]["VpcConfig"]["SubnetIds"] = ["subnet-pub"]
    answer = ask(record, "lambda:report", "8.8.8.8", "443")
    assert (answer.verdict.value, codes(answer)) == ("blocked", ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"])


def test_nothing_connects_to_a_function():
    """Lambda guide, configuration-vpc: its interfaces are for what it sends."""
    answer = ask(sender(), "i-web", "lambda:report", "443")
    assert answer.verdict.value == "blocked"
    assert "NO_POSSIBLE_DESTINATION" in codes(answer)


def test_functions_share_interfaces():
    """Lambda guide, configuration-vpc: one interface for each combination of subnet and groups, whatever its name."""
    record = sender()
    record["Functions"].append(function("audit", "sg-web"))
    assert verdict(record, "lambda:audit", "rds:orders", "5432") == "reachable"
    assert verdict(record, "lambda:*", "rds:orders", "5432") == "reachable"


def test_a_function_outside_of_every_vpc_is_not_in_the_network():
    record = sender()
    record["Functions"].append(function("free"))
    answer = ask(record, "lambda:free", "rds:orders", "5432")
    assert answer.verdict.value == "unknown"
    assert "outside of every VPC" in answer.summary
    assert "outside of every VPC" in ask(record, "i-web", "lambda:free", "443").summary


def test_functions_without_records_go_by_their_interfaces_names():
    record = sender()
    del record["Functions"]
    assert verdict(record, "lambda:report", "rds:orders", "5432") == "reachable"
    with pytest.raises(UnknownNameError) as error:
        ask(record, "lambda:raport", "rds:orders", "5432")
    assert error.value.hint == "did you mean lambda:report?"


def test_an_old_function_s_interface_takes_no_connections_either():
    """Before 2019 they were plain interfaces; recorded answers have them as `AWS Lambda VPC ENI: UUID`."""
    record = sender()
    old = find(record, "NetworkInterfaces", "eni-fn")
    old["InterfaceType"], old["Description"] = "interface", f"AWS Lambda VPC ENI: {UUID}"
    assert verdict(record, "i-web", "eni-fn", "443") == "blocked"
    assert verdict(record, "lambda:report", "rds:orders", "5432") == "reachable"


# Names that are not there.


def test_unknown_names_offer_the_nearest():
    for word in ("rds:oders", f"{ARN}:db:oders"):
        with pytest.raises(UnknownNameError) as error:
            ask(orders(), "i-web", word, "5432")
        assert "orders" in error.value.hint


def test_dns_names_offer_the_nearest():
    with pytest.raises(UnknownNameError) as error:
        ask(orders(), "i-web", f"oders.{DNS}", "5432")
    assert f"orders.{DNS}" in error.value.hint


def test_an_address_is_no_name():
    """What a service is called is only looked up for what is neither an address nor an id."""
    network = load(orders())
    ask_ = sgcheck.Question.parse("i-web", "10.0.2.50", "5432")
    assert sgcheck.explain(network, ask_).verdict.value == "reachable"
    assert "services" not in vars(network)


def test_many_databases_are_told_apart_in_one_pass():
    """Each of 300 has a group of its own; nobody is asked about every other one."""
    record = orders()
    for n in range(300):
        record["NetworkInterfaces"].append(
            managed(f"eni-{n}", f"10.0.2.{n % 200 + 51}", [f"sg-{n}"], "RDSNetworkInterface")
        )
        record["DBInstances"].append(database(f"db-{n}", (f"sg-{n}",)))
    network = load(record)
    claimer = Claimer(network)
    claims = [claimer.claim(service) for service in network.services]
    assert [claim.interfaces for claim in claims if claim.service.id == "db-7"] == [("eni-7",)]
    assert not any(claim.several or claim.rivals for claim in claims)


def test_databases_without_records_can_t_be_told():
    """AWS describes every one as RDSNetworkInterface."""
    record = orders()
    del record["DBInstances"]
    for word in ("rds:orders", "rds:*", f"{ARN}:db:orders"):
        with pytest.raises(UnknownNameError) as error:
            ask(record, "i-web", word, "5432")
        assert error.value.hint == "collect it: aws rds describe-db-instances"


def test_one_name_in_two_regions_is_ambiguous():
    """Contracts, section 2: an ambiguous one lists its candidates."""
    record = orders()
    twin = "arn:aws:rds:eu-west-1:111122223333:db:orders"
    record["DBInstances"].append(database("orders", DBInstanceArn=twin))
    with pytest.raises(AmbiguousNameError) as error:
        ask(record, "i-web", "rds:orders", "5432")
    assert f"{ARN}:db:orders" in error.value.hint
    assert twin in error.value.hint
    assert verdict(record, "i-web", f"{ARN}:db:orders", "5432") == "reachable"


def test_check_understands_the_contract_s_example():
    """Contracts, section 6."""

    def wanted(source, target, port, verdict_, allowed=None):
        return Expectation(None, source, target, port, (Verdict(verdict_),), allowed, "expectations.yaml:1")

    report = check(
        load(orders()),
        [wanted("i-web", "rds:orders", "5432", "reachable"), wanted("internet", "rds:*", "all", "blocked", ())],
    )
    assert (report.passed, report.failed, report.undecided) == (2, 0, 0)
