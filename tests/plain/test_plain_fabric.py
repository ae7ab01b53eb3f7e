"""What the generator draws beside instances and peerings: transit gateways, load balancers, endpoints."""

from __future__ import annotations

import random
from collections import Counter
from ipaddress import ip_network
from itertools import pairwise

import pytest

from tests.plain.draft import FABRIC
from tests.plain.evaluator import evaluate
from tests.plain.networks import random_network, random_questions, shuffled
from tests.plain.records import BLOCKED, DELIVERED, FLAKY, UNKNOWN, private_addresses

EVERY = frozenset(FABRIC)
REASONS = {
    "transit": (
        "has no subnet in the zone of",
        "is associated with no route table",
        "is a black hole",
        "has no route to",
        "is rejected",
        "what lies beyond",
        "AWS does not say what it picks",
        "carries nothing for addresses of another VPC",
        "the routes that",
        "is deleted",
    ),
    "balancers": (
        "has no listener on port",
        "does not take protocol",
        "has no target for",
        "would get a packet of its own",
        "is stopped",
        "has no healthy target in its zone",
        "are not in the data",
        "AWS does not say what it picks",
    ),
    "endpoints": (
        "answers no ping",
        "does not carry protocol 17",
        "is pending",
        "to eni-",
        "is not in the data",
    ),
}
KINDS = {"transit": "far", "balancers": "node", "endpoints": "endpoint"}


def kind_of(network, question):
    """What a question is about."""
    interfaces = {each["NetworkInterfaceId"]: each for each in network["NetworkInterfaces"]}
    sender, receiver = interfaces.get(question.sender), interfaces.get(question.receiver)
    if receiver is None:
        return "outside"
    if receiver["Description"].startswith("ELB "):
        return "node"
    if receiver["InterfaceType"] == "vpc_endpoint":
        return "endpoint"
    return "far" if sender and sender["VpcId"] != receiver["VpcId"] else "near"


def asked(fabric, seeds, count=10):
    """Outcomes of questions to many networks, with what was asked."""
    for seed in range(seeds):
        rng = random.Random(seed)
        network = random_network(rng, fabric=fabric)
        for question in random_questions(rng, network, count):
            for packet in question.sample_packets(rng, 2):
                yield kind_of(network, question), evaluate(network, packet, question.sender, question.receiver)


@pytest.mark.parametrize("switch", sorted(FABRIC))
def test_every_outcome_and_every_cause_comes_up(switch):
    found = list(asked(frozenset({switch}), 150))
    verdicts = Counter(outcome.verdict for kind, outcome in found if kind == KINDS[switch])
    total = sum(verdicts.values())
    assert total > 300
    assert verdicts[DELIVERED] / total > 0.1, verdicts
    assert verdicts[BLOCKED] / total > 0.3, verdicts
    assert verdicts[UNKNOWN] > 20, verdicts
    assert (verdicts[FLAKY] > 10) == (switch == "balancers"), verdicts
    reasons = " | ".join(outcome.reason for _, outcome in found)
    assert [part for part in REASONS[switch] if part not in reasons] == []


def test_all_of_it_together_is_decided_often_enough():
    found = list(asked(EVERY, 60))
    verdicts = Counter(outcome.verdict for _, outcome in found)
    assert verdicts[DELIVERED] / len(found) > 0.2, verdicts
    assert verdicts[UNKNOWN] / len(found) < 0.25, verdicts


def test_every_kind_of_record_and_every_odd_shape_comes_up():
    seen = Counter()
    for seed in range(150):
        network = random_network(random.Random(seed), fabric=EVERY)
        seen.update(kind for kind, records in network.items() if records)
        for each in network.get("TransitGatewayAttachments") or []:
            seen.update([each["ResourceType"], each["State"], str(each.get("Association", {}).get("State"))])
        for each in network.get("TransitGatewayVpcAttachments") or []:
            seen.update(f"{key} {value}" for key, value in each["Options"].items())
        for each in network.get("TransitGatewayStaticRoutes") or []:
            seen.update(f"{route['Type']} {route['State']}" for route in each["Routes"])
        for each in network.get("LoadBalancers") or []:
            seen.update([each["Type"], each["Scheme"], f"{'SecurityGroups' in each}"])
        for each in network.get("LoadBalancerListeners") or []:
            seen.update(one["Protocol"] for one in each["Listeners"])
            seen.update(one["DefaultActions"][0]["Type"] for one in each["Listeners"])
        for each in network.get("TargetGroups") or []:
            seen.update([each["TargetType"], each["Protocol"]])
        for each in network.get("LoadBalancerTargetHealth") or []:
            found = each["TargetHealthDescriptions"]
            seen.update([f"{len(found)} targets", *[one["TargetHealth"]["State"] for one in found]])
        for each in network.get("VpcEndpoints") or []:
            seen.update([each["VpcEndpointType"], each["State"]])
    wanted = [
        *(kind for kinds in FABRIC.values() for kind in kinds),
        *[
            "vpc",
            "vpn",
            "direct-connect-gateway",
            "peering",
            "available",
            "pendingAcceptance",
            "deleting",
            "associated",
            "None",
        ],
        *("ApplianceModeSupport enable", "Ipv6Support disable", "SecurityGroupReferencingSupport disable"),
        *("static active", "static blackhole", "propagated active"),
        *[
            "network",
            "application",
            "internet-facing",
            "internal",
            "True",
            "False",
            "TCP",
            "TLS",
            "UDP",
            "TCP_UDP",
            "HTTP",
            "HTTPS",
        ],
        *["forward", "redirect", "instance", "ip", "healthy", "unhealthy", "initial", "draining", "unused"],
        *("0 targets", "3 targets", "Gateway", "Interface", "Available", "Rejected"),
    ]
    assert [each for each in wanted if not seen[each]] == []


def test_no_address_belongs_to_two_interfaces_of_a_vpc():
    """Delegated prefixes count as addresses of their interface (EC2 guide, ec2-prefix-eni)."""
    for seed in range(80):
        network = random_network(random.Random(seed), fabric=EVERY if seed % 2 else frozenset())
        owned = {}
        for each in network["NetworkInterfaces"]:
            for cidr in set(private_addresses(each)):
                owned.setdefault(each["VpcId"], []).append(ip_network(cidr))
        for blocks in owned.values():
            blocks.sort(key=lambda block: (block.version, int(block[0]), block.prefixlen))
            for one, other in pairwise(blocks):
                assert one.version != other.version or not one.overlaps(other), (seed, one, other)


def test_an_attachment_has_one_subnet_in_a_zone_and_a_balancer_one_node():
    for seed in range(60):
        network = random_network(random.Random(seed), fabric=EVERY)
        zones = {each["SubnetId"]: each["AvailabilityZone"] for each in network["Subnets"]}
        attachments = network.get("TransitGatewayVpcAttachments") or []
        for subnets in [each["SubnetIds"] for each in attachments]:
            assert len({zones[each] for each in subnets}) == len(subnets) > 0
        vpcs = [each["VpcId"] for each in attachments]
        assert len(vpcs) == len(set(vpcs))
        for each in network.get("LoadBalancers") or []:
            places = [zone["SubnetId"] for zone in each["AvailabilityZones"]]
            name = each["LoadBalancerArn"].partition(":loadbalancer/")[2]
            nodes = [one for one in network["NetworkInterfaces"] if one["Description"] == f"ELB {name}"]
            assert sorted(one["SubnetId"] for one in nodes) == sorted(places)


def test_a_shuffled_network_is_the_same_network():
    for seed in range(25):
        rng = random.Random(seed)
        network = random_network(rng, fabric=EVERY)
        other = shuffled(rng, network)
        for question in random_questions(rng, network, 8):
            for packet in question.sample_packets(rng, 2):
                ends = (packet, question.sender, question.receiver)
                mine, theirs = evaluate(network, *ends), evaluate(other, *ends)
                assert mine.acceptable == theirs.acceptable, (seed, packet, mine, theirs)


def test_the_same_seed_makes_the_same_network():
    assert random_network(random.Random(7), fabric=EVERY) == random_network(random.Random(7), fabric=EVERY)
