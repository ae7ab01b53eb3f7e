"""What the generator of random networks draws, and that its questions are sensible."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.plain.changes import BLOCKED, DELIVERED, UNKNOWN
from tests.plain.evaluator import Walk, evaluate
from tests.plain.networks import random_network, random_questions, shuffled


@pytest.fixture(scope="module")
def outcomes():
    """Every outcome of ten questions to each of many networks, with what was asked."""
    found = []
    for seed in range(120):
        rng = random.Random(seed)
        network = random_network(rng)
        for question in random_questions(rng, network, 10):
            found += [
                (question, packet, evaluate(network, packet, question.sender, question.receiver))
                for packet in question.sample_packets(rng, 2)
            ]
    return found


def test_every_outcome_comes_up_often_enough(outcomes):
    verdicts = Counter(outcome.verdict for _, _, outcome in outcomes)
    total = sum(verdicts.values())
    assert total > 1000
    assert verdicts[DELIVERED] / total > 0.2
    assert verdicts[BLOCKED] / total > 0.4
    assert verdicts[UNKNOWN] / total > 0.03


def test_every_cause_comes_up(outcomes):
    reasons = " | ".join(outcome.reason for _, _, outcome in outcomes)
    for part in (
        "admits this (ingress)",
        "admits this (egress)",
        "denies ingress",
        "denies egress",
        "has no route to",
        "black hole",
        "has no public address",
        "is stopped",
        "not attached to anything",
        "the reply leaves by",
        "nothing has the address",
        "public access of",
        "a NAT gateway accepts no connection",
        "does not carry protocol",
        "source/destination check on",
        "takes nothing from the internet",
        "not in the data (ingress)",
        "decides",
        "several possible routes",
    ):
        assert part in reasons, part


def test_both_families_and_every_kind_of_question_come_up(outcomes):
    kinds = Counter((q.sender is None, q.receiver is None, q.version) for q, _, _ in outcomes)
    assert {
        (True, False, 4),
        (True, False, 6),
        (False, True, 4),
        (False, True, 6),
        (False, False, 4),
        (False, False, 6),
    } <= set(kinds)
    assert min(kinds.values()) > 40
    ports = {question.port for question, _, _ in outcomes}
    assert {"icmp", "all", "proto:47", "proto:50", "icmp:3/4", "53/udp", "443/tcp"} <= ports


def test_every_kind_of_record_and_every_odd_shape_comes_up():
    seen = Counter()
    for seed in range(120):
        network = random_network(random.Random(seed))
        seen.update(kind for kind, records in network.items() if records)
        for table_record in network.get("RouteTables") or []:
            seen.update("edge" for each in table_record["Associations"] if each.get("GatewayId"))
            seen.update(key for each in table_record["Routes"] for key in each)
            seen.update(each["Origin"] for each in table_record["Routes"])
            seen.update(each.get("State") for each in table_record["Routes"])
        for each in network["NetworkInterfaces"]:
            seen.update(key for key, value in each.items() if value)
            seen.update([each["InterfaceType"], f"{len(each['Groups'])} groups", each["Status"]])
        for each in network.get("NatGateways") or []:
            seen.update([each["ConnectivityType"], each.get("AvailabilityMode"), each["State"]])
        for each in network.get("VpcPeeringConnections") or []:
            seen.update([each["Status"]["Code"]])
        for each in network["Vpcs"]:
            seen.update([each.get("BlockPublicAccessStates", {}).get("InternetGatewayBlockMode")])
            seen.update(["second CIDR"] if len(each["CidrBlockAssociationSet"]) > 1 else [])
        for each in network.get("SecurityGroups") or []:
            for permission in each["IpPermissions"]:
                seen.update(
                    [permission["IpProtocol"]]
                    + [key for key, value in permission.items() if isinstance(value, list) and value]
                )
    wanted = (
        "edge DestinationPrefixListId EnableVgwRoutePropagation CreateRoute blackhole active TransitGatewayId "
        "NatGatewayId EgressOnlyInternetGatewayId VpcPeeringConnectionId NetworkInterfaceId Ipv4Prefixes "
        "Ipv6Prefixes DenyAllIgwTraffic nat_gateway network_load_balancer available in-use private public "
        "regional zonal pending pending-acceptance deleted block-ingress block-bidirectional off tcp udp icmp "
        "icmpv6 -1 47 50 UserIdGroupPairs PrefixListIds Ipv6Ranges SecurityGroupVpcAssociations "
        "EgressOnlyInternetGateways PrefixListEntries Addresses "
    )
    assert [each for each in [*wanted.split(), "second CIDR", "3 groups", "0 groups"] if not seen[each]] == []


def test_the_same_seed_makes_the_same_network():
    assert random_network(random.Random(7)) == random_network(random.Random(7))


def test_a_shuffled_network_is_the_same_network():
    for seed in range(25):
        rng = random.Random(seed)
        network = random_network(rng)
        other = shuffled(rng, network)
        assert other != network
        for question in random_questions(rng, network, 5):
            for packet in question.sample_packets(rng, 2):
                asked = (packet, question.sender, question.receiver)
                assert evaluate(network, *asked).verdict == evaluate(other, *asked).verdict


def test_samples_lie_inside_their_question(outcomes):
    for question, packet, _ in outcomes:
        assert question.holds(packet.source)
        assert packet.destination == question.destination
        assert packet.source_port == 0 or 1024 <= packet.source_port <= 65535


def test_generated_networks_are_such_as_aws_could_hold():
    for seed in range(60):
        network = random_network(random.Random(seed))
        for kind, key in (("Subnets", "CidrBlock"), ("Vpcs", "VpcId")):
            values_of = [(each["VpcId"], each[key]) for each in network[kind]]
            assert len(values_of) == len(set(values_of))
        addresses = [
            (e["VpcId"], p["PrivateIpAddress"]) for e in network["NetworkInterfaces"] for p in e["PrivateIpAddresses"]
        ]
        addresses += [(e["VpcId"], p["Ipv6Address"]) for e in network["NetworkInterfaces"] for p in e["Ipv6Addresses"]]
        assert len(addresses) == len(set(addresses))
        attached = [a["VpcId"] for g in network.get("InternetGateways") or [] for a in g["Attachments"]]
        assert len(attached) == len(set(attached))
        subnets = [a["SubnetId"] for each in network.get("NetworkAcls") or [] for a in each["Associations"]]
        assert len(subnets) == len(set(subnets))
        for each in network.get("NetworkAcls") or []:
            numbers = [(e["RuleNumber"], e["Egress"]) for e in each["Entries"]]
            assert len(numbers) == len(set(numbers))


def test_nat_instances_come_up_where_they_are_asked_for():
    def passed(seed):
        """How many NAT instances carried a packet that was delivered."""
        rng = random.Random(seed)
        network = random_network(rng, nat_instances=True)
        count = 0
        for question in random_questions(rng, network, 10):
            for packet in question.sample_packets(rng, 1):
                walk = NatInstances(network, question.receiver, 1024)
                asked = (packet, question.sender, question.receiver)
                if question.sender and evaluate(network, *asked).verdict == DELIVERED:
                    walk.from_interface(walk.interface(question.sender), packet)
                    count += walk.passed
        return count

    assert any(passed(seed) for seed in range(150))


class NatInstances(Walk):
    """A walk that counts the NAT instances on its way."""

    passed = 0

    def through_nat_instance(self, place, interface, packet):
        self.passed += 1
        super().through_nat_instance(place, interface, packet)
