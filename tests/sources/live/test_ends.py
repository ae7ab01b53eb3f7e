"""What is looked for to find an end, by the way that it is written."""

from __future__ import annotations

import pytest

from sgcheck.aws.kinds import KINDS
from sgcheck.sources.live.ends import EVERYTHING, ends


def wished(word):
    return {(one.kind, one.trait, one.value) for one in ends([word]).wishes}


@pytest.mark.parametrize(
    "word, found",
    [
        ("i-1", {("instance", "id", "i-1"), ("network interface", "instance", "i-1")}),
        ("arn:aws:ec2:eu-west-1:111122223333:instance/i-1", {("instance", "id", "i-1"), ("network interface", "instance", "i-1")}),
        ("eni-1", {("network interface", "id", "eni-1")}),
        ("sg-1", {("security group", "id", "sg-1"), ("network interface", "group", "sg-1")}),
        ("subnet-1", {("subnet", "id", "subnet-1"), ("network interface", "subnet", "subnet-1")}),
        ("vpc-1", {("VPC", "id", "vpc-1"), ("network interface", "vpc", "vpc-1")}),
        ("nat-1", {("NAT gateway", "id", "nat-1")}),
        ("name:web-*", {("instance", "tag:Name", "web-*"), ("network interface", "tag:Name", "web-*")}),
        ("tag:a:b=c", {("instance", "tag:a:b", "c"), ("network interface", "tag:a:b", "c")}),
        ("tag:tier=[wd]eb", {("instance", "tag-key", "tier"), ("network interface", "tag-key", "tier")}),
        ("ip-10-0-0-1.ec2.internal", {("instance", "dns", "ip-10-0-0-1.ec2.internal"), ("instance", "private-dns", "ip-10-0-0-1.ec2.internal")}),
        ("onprem", {("subnet", "", "")}),
        ("lb:web", {("load balancer", "", ""), ("Classic Load Balancer", "", "")}),
    ],
)  # fmt: skip
def test_an_end_is_looked_for_by_what_it_says(word, found):
    assert wished(word) == found


@pytest.mark.parametrize("word", ["internet", "0.0.0.0/0", "::/0"])
def test_the_internet_is_nobody_known(word):
    traits = {"public-address", "any-public-address"}
    assert wished(word) == {("network interface", trait, "*") for trait in traits}


def test_an_address_is_looked_for_by_every_way_to_have_it():
    traits = ("address", "public-address", "any-public-address")
    addresses = {("network interface", trait, "10.0.0.1") for trait in traits}
    assert wished("10.0.0.1") == addresses | {("subnet", "", ""), ("Elastic IP address", "", "")}
    assert ("network interface", "ipv6-address", "2600::1") in wished("2600::1")
    assert ("network interface", "public-address", "*") in wished("203.0.113.0/24")


@pytest.mark.parametrize(
    "word",
    [
        "rds:orders",
        "vpce-1",
        "db.example.com",
        "vpc-search-abc.eu-west-1.es.amazonaws.com",
        "arn:aws:rds:eu-west-1:1:db:x",
    ],
)
def test_what_can_not_be_narrowed_is_everything(word):
    assert ends([word]) == EVERYTHING
    assert {kind for kind, _trait, _value in wished(word)} == {kind.name for kind in KINDS}
