"""A question asked of what was read for it alone has the answer that everything together gives."""

from __future__ import annotations

import json
import os
import random

import pytest

from sgcheck.aws.build import build
from sgcheck.diagnose.comparing import compared
from sgcheck.diagnose.context import Context
from sgcheck.diagnose.diagnose import diagnose
from sgcheck.diagnose.recognise import recognise
from sgcheck.errors import SgcheckError
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.render import diagnose_json, explain_json
from sgcheck.sources.live.ends import EVERYTHING, ends
from sgcheck.sources.live.loading import take
from sgcheck.sources.live.narrowing import Narrowing, Scope
from sgcheck.sources.live.reading import Reader, at
from sgcheck.sources.live.refusals import Refusal
from sgcheck.sources.live.shelf import Shelf
from sgcheck.sources.tally import Tally
from tests.plain.networks import random_network
from tests.sources.live.described import Described

ACCOUNT = "111122223333"
REGION = "us-east-1"
FABRICS = [
    frozenset(),
    frozenset({"transit"}),
    frozenset({"balancers"}),
    frozenset({"transit", "balancers", "endpoints"}),
]
PORTS = ("443", "all", "22", "icmp", "53/udp", "1000-9000")
SEEDS = 400 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 24


def read(network, wanted):
    """What is read of an account made of `network`, and the account."""
    account = Described(network)
    scope = Scope(Reader(account, ACCOUNT, REGION), Shelf(ACCOUNT, REGION))
    Narrowing([scope], wanted, threads=2).run()
    tally = Tally()
    take([scope.shelf], tally)
    return build(tally.snapshot()), account


def answer(network, question):
    """The answer as JSON, or the error in its place."""
    try:
        return explain_json.render(explain(network, question, verify=False))
    except SgcheckError as error:
        # Offering addresses near a range would mean to list every interface for it; ids and names are offered.
        offered = "" if "no known interface" in error.message else error.hint
        return f"{type(error).__name__}: {error.message} ({offered})"


def words(network):
    """Everything that can stand for an end: words, ids, addresses, ranges, tags."""
    members = ("NetworkInterfaceId", "SubnetId", "VpcId", "GroupId", "NatGatewayId", "InternetGatewayId", "InstanceId")
    found = {"internet", "0.0.0.0/0", "::/0", "onprem", "10.0.0.0/8", "192.0.2.0/24", "name:no-such-name", "i-nowhere"}
    for key in network:
        records = network[key] if isinstance(network[key], list) else []
        for record in records:
            found |= {record[member] for member in members if isinstance(record.get(member), str)}
            found |= set(at(record, ("PrivateIpAddresses", "PrivateIpAddress")))
            found |= set(at(record, ("PrivateIpAddresses", "Association", "PublicIp")))
            found |= set(at(record, ("Ipv6Addresses", "Ipv6Address")))
            found |= {record["CidrBlock"]} if isinstance(record.get("CidrBlock"), str) else set()
            found |= {f"lb:{record['LoadBalancerName']}", record["DNSName"]} if key == "LoadBalancers" else set()
            found |= {record["VpcEndpointId"]} if key == "VpcEndpoints" else set()
            tags = [*(record.get("Tags") or ()), *(record.get("TagSet") or ())]
            found |= {f"tag:{tag['Key']}={tag['Value']}" for tag in tags}
            found |= {f"name:{tag['Value'][:3]}*" for tag in tags if tag["Key"] == "Name"}
    return sorted(found)


def cases(fabric):
    for seed in range(SEEDS):
        rng = random.Random(f"narrow {sorted(fabric)} {seed}")
        network = random_network(rng, nat_instances=seed % 3 == 0, fabric=fabric)
        network.setdefault("NetworkInterfaces", [])
        ends_there = words(network)
        for _ in range(5):
            yield seed, network, Question.parse(rng.choice(ends_there), rng.choice(ends_there), rng.choice(PORTS))


@pytest.mark.parametrize("fabric", FABRICS, ids=lambda fabric: "-".join(sorted(fabric)) or "plain")
def test_the_answer_is_that_of_everything(fabric):
    different = []
    answered = 0
    before = None
    for seed, network, question in cases(fabric):
        if seed != before:
            whole, _ = read(network, EVERYTHING)
            before = seed
        narrow, _ = read(network, ends([question.source, question.target]))
        expected = answer(whole, question)
        answered += expected.startswith("{")
        if answer(narrow, question) != expected:
            different.append((seed, question.source, question.target, question.port))
    assert answered > SEEDS * 2
    assert different == []


def diagnosis(network, question, good):
    """The diagnosis of a timeout, compared with `good`, as JSON, or the error in its place."""
    try:
        context = Context(network, question, explain(network, question, verify=False))
        return diagnose_json.render(diagnose(context, recognise("timeout"), compared(context, good)))
    except SgcheckError as error:
        return f"{type(error).__name__}: {error.message}"


def checked(network):
    """The network with the status checks of its instances: those of every other one fail."""
    ids = sorted(set(at(network.get("Reservations", []), ("Instances", "InstanceId"))))
    told = {False: {"Status": "ok"}, True: {"Status": "impaired"}}
    checks = [{"InstanceId": id_, "InstanceStatus": told[n % 2 == 0]} for n, id_ in enumerate(ids)]
    return {**network, "InstanceStatuses": checks}


@pytest.mark.parametrize("fabric", FABRICS, ids=lambda fabric: "-".join(sorted(fabric)) or "plain")
def test_the_diagnosis_is_that_of_everything(fabric):
    different = []
    impaired = 0
    for seed in range(SEEDS):
        rng = random.Random(f"diagnose {sorted(fabric)} {seed}")
        network = checked(random_network(rng, fabric=fabric))
        network.setdefault("NetworkInterfaces", [])
        hosts = [record["InstanceId"] for record in network["InstanceStatuses"]] or ["i-nowhere"]
        whole, _ = read(network, EVERYTHING)
        for _ in range(3):
            source, target, good = rng.choice(["internet", *hosts]), rng.choice(hosts), rng.choice(hosts)
            question = Question.parse(source, target, "443")
            narrow, _ = read(network, ends([source, target, good], checks=True))
            expected = diagnosis(whole, question, good)
            impaired += "status checks" in expected
            if diagnosis(narrow, question, good) != expected:
                different.append((seed, source, target, good))
    assert impaired > SEEDS // 4
    assert different == []


def crowded():
    """A network with 300 instances more than are asked for, and one of the others."""
    network = random_network(random.Random(5), size=3)
    instance = next(at(network, ("Reservations", "Instances", "InstanceId")))
    interface = next(i for i in network["NetworkInterfaces"] if [instance] == list(at(i, ("Attachment", "InstanceId"))))
    for number in range(300):
        address = f"10.99.{number // 250}.{number % 250}"
        copy = dict(interface, NetworkInterfaceId=f"eni-{number:017x}", PrivateIpAddress=address)
        copy |= {"PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}], "Groups": []}
        copy |= {"Attachment": {"InstanceId": f"i-{number:017x}"}, "Ipv6Addresses": [], "SourceDestCheck": True}
        network["NetworkInterfaces"].append(copy)
        network["Reservations"].append({"Instances": [{"InstanceId": f"i-{number:017x}"}]})
    return network, instance


def test_a_question_about_one_instance_does_not_list_the_world():
    """Of 300 instances in 3 VPCs two are asked for, with their groups, and what their VPCs have."""
    network, instance = crowded()
    _, account = read(network, ends([instance, "internet"]))
    assert account.answered["describe_instances"] == 1
    assert account.answered["describe_network_interfaces"] < 40
    # Three VPCs that are joined by peering: one call for most kinds, a few more for interfaces.
    assert sum(account.asked.values()) == 42
    assert max(account.asked.values()) == account.asked["describe_network_interfaces"] == 5


def test_a_diagnosis_asks_one_call_more():
    """That is for the status checks of the one instance; nothing is asked that the question does not lead to."""
    network, instance = crowded()
    _, plain = read(network, ends([instance, "internet"]))
    _, account = read(checked(network), ends([instance, "internet"], checks=True))
    assert account.asked - plain.asked == {"describe_instance_status": 1}
    assert account.answered["describe_instance_status"] == 1
    services = {"describe_db_instances", "describe_cache_clusters", "list_functions", "describe_clusters"}
    firewalls = {"describe_firewall", "describe_firewall_policy", "describe_rule_group"}
    assert not (services | firewalls) & set(account.asked)
    _, everything = read(checked(network), EVERYTHING)
    assert (services | firewalls) & set(everything.asked)
    assert everything.answered["describe_instance_status"] > 300


class Refusing(Described):
    """An account whose status checks may not be read."""

    def ask(self, call, parameters):
        """The answer in one page, or a refusal."""
        if call.operation == "describe_instance_status":
            self.asked[call.operation] += 1
            raise Refusal("UnauthorizedOperation", "you are not authorized", call.action)
        return super().ask(call, parameters)


def test_refused_status_checks_are_a_gap_and_no_failure():
    network, instance = crowded()
    question = Question.parse("internet", instance, "443")
    account = Refusing(network)
    scope = Scope(Reader(account, ACCOUNT, REGION), Shelf(ACCOUNT, REGION))
    Narrowing([scope], ends([instance, "internet"], checks=True), threads=2).run()
    tally = Tally()
    take([scope.shelf], tally)
    assert [(gap.kind_name, gap.call) for gap in scope.shelf.gaps] == [
        ("instance status", "ec2:DescribeInstanceStatus")
    ]
    assert account.asked["describe_instance_status"] == 2  # by id, and then all, in case only the ids were unknown
    for gap in scope.shelf.gaps:
        tally.gap(gap)
    plain, _ = read(network, ends([instance, "internet"]))
    told, expected = (json.loads(answer(one, question)) for one in (build(tally.snapshot()), plain))
    told["gaps"], refused = [], [gap for gap in told["gaps"] if gap not in expected["gaps"]]
    expected["gaps"] = []
    assert told == expected
    assert [gap["kind"] for gap in refused] == ["instance status"]
