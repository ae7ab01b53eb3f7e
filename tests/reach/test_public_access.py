"""Documented facts about block public access and its exclusions (VPC user guide, security-vpc-bpa-basics)."""

from __future__ import annotations

import pytest

from tests.reach.lab import ACCOUNT, ask, find, lab, verdict
from tests.reach.lab_firewall import appliance, inspected

EC2 = f"arn:aws:ec2:us-east-1:{ACCOUNT}"
BOTH, INGRESS = "block-bidirectional", "block-ingress"


def blocked(record, mode, *exclusions, state="create-complete"):
    """The account blocks `mode`, but for (resource, mode) pairs."""
    record["VpcBlockPublicAccessOptions"] = {
        "AwsAccountId": ACCOUNT,
        "AwsRegion": "us-east-1",
        "InternetGatewayBlockMode": mode,
    }
    record["VpcBlockPublicAccessExclusions"] = [
        {
            "ExclusionId": f"vpcbpa-exclude-{number}",
            "ResourceArn": f"{EC2}:{resource}",
            "InternetGatewayExclusionMode": allowed,
            "State": state,
        }
        for number, (resource, allowed) in enumerate(exclusions)
    ]
    return record


def blame(answer):
    return sorted({(b.code, b.resource) for a in answer.answers for b in a.blockers})


@pytest.mark.parametrize(
    ("mode", "exclusions", "inward", "natted"),
    [
        ("off", [], "reachable", "reachable"),
        (BOTH, [], "blocked", "blocked"),
        (INGRESS, [], "blocked", "reachable"),
        (BOTH, [("subnet/subnet-pub", "allow-bidirectional")], "reachable", "reachable"),
        (BOTH, [("vpc/vpc-1", "allow-bidirectional")], "reachable", "reachable"),
        (BOTH, [("subnet/subnet-pub", "allow-egress")], "blocked", "reachable"),
        (BOTH, [("vpc/vpc-1", "allow-egress")], "blocked", "reachable"),
        (INGRESS, [("subnet/subnet-pub", "allow-bidirectional")], "reachable", "reachable"),
        (INGRESS, [("subnet/subnet-pub", "allow-egress")], "blocked", "reachable"),
        (BOTH, [("subnet/subnet-priv", "allow-bidirectional")], "blocked", "blocked"),
        (BOTH, [("vpc/vpc-1", "allow-egress"), ("subnet/subnet-pub", "allow-bidirectional")], "reachable", "reachable"),
    ],
)
def test_options_and_exclusions_where_nothing_tells_the_effective_mode(mode, exclusions, inward, natted):
    """Exclusions spare a VPC or a subnet, wholly or outwards; NAT gateways work outwards where only ingress is blocked."""
    record = blocked(lab(), mode, *exclusions)
    assert verdict(record, "0.0.0.0/0", "i-web") == inward
    assert verdict(record, "i-db", "8.8.8.8") == natted


def test_what_a_subnet_says_of_itself_counts_first():
    """EC2 API, Subnet: BlockPublicAccessStates is the effective mode."""
    record = blocked(lab(), BOTH)
    find(record, "Subnets", "subnet-pub")["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "off"}
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"
    record = blocked(lab(), "off")
    find(record, "Vpcs", "vpc-1")["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": BOTH}
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"


@pytest.mark.parametrize("state", ["create-in-progress", "create-failed", "delete-complete", "disable-complete"])
def test_an_exclusion_counts_when_it_is_complete(state):
    """EC2 API, VpcBlockPublicAccessExclusion: State."""
    record = blocked(lab(), BOTH, ("subnet/subnet-pub", "allow-bidirectional"), state=state)
    assert verdict(record, "0.0.0.0/0", "i-web") == "blocked"


@pytest.mark.parametrize(("account", "region"), [("999999999999", "us-east-1"), (ACCOUNT, "eu-west-1")])
def test_options_of_another_account_or_region_do_not_count(account, region):
    """Options are those of an account in a Region."""
    record = blocked(lab(), BOTH)
    record["VpcBlockPublicAccessOptions"] |= {"AwsAccountId": account, "AwsRegion": region}
    assert verdict(record, "0.0.0.0/0", "i-web") == "reachable"


ALL_SPARED = [("vpc/vpc-1", "allow-bidirectional")]


def test_firewalls_are_never_spared():
    """Network Firewall: all traffic is blocked even if the subnets of its endpoints are excluded."""
    record = blocked(inspected(), BOTH, *ALL_SPARED)
    for source, target in (("i-web", "8.8.8.8"), ("0.0.0.0/0", "i-web")):
        answer = ask(record, source, target)
        assert answer.verdict.value == "blocked"
        assert ("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "subnet-fw") in blame(answer)


def test_other_endpoints_in_excluded_subnets_are_documented_both_ways():
    """Gateway Load Balancer: one version of the page says blocked even if excluded, another unless excluded."""
    answer = ask(blocked(appliance(), BOTH, *ALL_SPARED), "i-web", "8.8.8.8")
    assert answer.verdict.value == "unknown"
    assert ("UNSUPPORTED_COMPONENT", "subnet-fw") in blame(answer)
    assert verdict(blocked(appliance(), BOTH), "i-web", "8.8.8.8") == "blocked"


def test_what_stays_inside_is_not_blocked():
    """Private traffic is not affected."""
    assert verdict(blocked(lab(), BOTH), "i-db", "i-peer", "80") == "reachable"
