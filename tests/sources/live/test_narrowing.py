"""A question asked of what was read for it alone has the answer that everything together gives."""

from __future__ import annotations

import os
import random

import pytest

from sgcheck.aws.build import build
from sgcheck.errors import SgcheckError
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.render import explain_json
from sgcheck.sources.live.ends import EVERYTHING, ends
from sgcheck.sources.live.loading import take
from sgcheck.sources.live.narrowing import Narrowing, Scope
from sgcheck.sources.live.reading import Reader, at
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


def test_a_question_about_one_instance_does_not_list_the_world():
    """Of 300 instances in 3 VPCs two are asked for, with their groups, and what their VPCs have."""
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
    _, account = read(network, ends([instance, "internet"]))
    assert account.answered["describe_instances"] == 1
    assert account.answered["describe_network_interfaces"] < 40
    # Three VPCs that are joined by peering: one call for most kinds, a few more for interfaces.
    assert sum(account.asked.values()) == 42
    assert max(account.asked.values()) == account.asked["describe_network_interfaces"] == 5
