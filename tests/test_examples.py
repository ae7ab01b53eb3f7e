"""Every example answers as it says: what is printed, and what must be true of the answer whatever is printed.

SGCHECK_UPDATE=1 writes the expected files anew. The table below is written by nothing but a hand, after what AWS does.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli.runs import run

CHECKOUT = Path(__file__).resolve().parents[1]
EXAMPLES = CHECKOUT / "examples"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/network.json"))
EVERY = sorted([*NAMES, *(path.parent.name for path in EXAMPLES.glob("*/template.yaml"))])

# Per command of the example: the verdict, what the client sees, and every blocker as (code, resource, direction); of an
# exposure every row as (target, interface, port, from whom). Of `reach`: what is reached on which ports, the rules to
# close, or how many steps it takes to each host.
MEANT: dict[str, list[Any]] = {
    "acl-forgets-ephemeral-ports": [("blocked", "timeout", {("SUBNET_ACL_RESTRICTION", "acl-0a1", "return")})],
    "cloudformation-before-deploying": [
        ("blocked", "timeout", {("ENI_SG_RULES_MISMATCH", "DatabaseGroup", "forward")}),
        ("reachable", "connected-or-refused", set()),
    ],
    "interface-endpoint-forgets-clients": [
        ("blocked", "timeout", {("ENI_SG_RULES_MISMATCH", "sg-0e1", "forward")}),
        (
            "blocked",
            "no-reply",
            {("ENI_SG_RULES_MISMATCH", "sg-0e1", "forward"), ("PROTOCOL_RESTRICTION", "vpce-0e1", "forward")},
        ),
    ],
    "ipv6-twin-missing": [
        ("partial", "mixed", {("IPV6_ONLY_IPV4_RULE", "sg-0a1", "forward")}),
        ("blocked", "timeout", {("IPV6_ONLY_IPV4_RULE", "sg-0a1", "forward")}),
    ],
    "load-balancer-to-instance": [
        ("reachable", "connected", set()),
        (
            "blocked",
            "no-address",
            {
                ("INSTANCE_HAS_NO_PUBLIC_IP", "i-0a1", "forward"),
                ("ENI_SG_RULES_MISMATCH", "sg-0web", "forward"),
                ("NO_ROUTE_TO_DESTINATION", "rtb-0d0", "return"),
            },
        ),
    ],
    "nlb-client-addresses": [("blocked", "timeout", {("ENI_SG_RULES_MISMATCH", "sg-0mail", "forward")})],
    "open-by-mistake": [
        {
            ("i-0db", "eni-0db", "5432", "0.0.0.0/0"),
            ("i-0a1", "eni-0a1", "8080", "0.0.0.0/0"),
            ("i-0b1", "eni-0b1", "8080", "0.0.0.0/0"),
            (f"{BALANCER}/app/web/0a1b2c3d4e5f6a7b", "eni-0c1", "80", "0.0.0.0/0"),
            (f"{BALANCER}/app/web/0a1b2c3d4e5f6a7b", "eni-0c2", "80", "0.0.0.0/0"),
            ("i-0ops", "eni-0ops", "22", "203.0.113.0/24"),
        },
        {
            (target, interface, port, "10.0.10.10/32 10.0.11.10/32")
            for target, interface, port in (
                ("i-0db", "eni-0db", "5432"),
                ("i-0dc", "eni-0dc", "5432"),
                ("i-0a1", "eni-0a1", "8080"),
                ("i-0b1", "eni-0b1", "8080"),
                (f"{BALANCER}/app/web/0a1b2c3d4e5f6a7b", "eni-0c1", "80"),
                (f"{BALANCER}/app/web/0a1b2c3d4e5f6a7b", "eni-0c2", "80"),
            )
        },
        set(),
    ],
    "private-database": [
        ("reachable", "connected-or-refused", set()),
        ("blocked", "timeout", {("ENI_SG_RULES_MISMATCH", "sg-0db", "forward")}),
    ],
    "public-address-but-nat-route": [("blocked", "timeout", {("RETURN_PATH_ASYMMETRIC", "rtb-0b1", "return")})],
    "ssm-private-subnet": [
        ("reachable", "connected-or-refused", set()),
        ("reachable", "connected-or-refused", set()),
        ("blocked", "timeout", {("NO_ROUTE_TO_DESTINATION", "rtb-0d0", "forward")}),
    ],
    "stopped-instance": [
        (
            "blocked",
            "no-address",
            {("INSTANCE_HAS_NO_PUBLIC_IP", "i-123", "forward"), ("INSTANCE_NOT_RUNNING", "i-123", "forward")},
        )
    ],
    "three-tier-stepping-stones": [
        (
            {
                ("i-0app1", "22"),
                ("i-0app1", "8080"),
                ("i-0app2", "22"),
                ("i-0app2", "8080"),
                ("i-0db", "22"),
                (None, "all"),
            }
        ),
        ({"sgr-0dbssh"}),
        ({"i-0web": 1, "i-0app1": 2, "i-0app2": 2, "i-0db": 2}),
    ],
    "transit-gateway-propagation-missing": [
        ("blocked", "timeout", {("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "tgw-rtb-0b1", "return")})
    ],
    "web-server-answers": [("reachable", "connected-or-refused", set())],
    "web-server-nothing-listening": [("reachable", "connected-or-refused", set())],
    "web-server-timeout": [("blocked", "timeout", {("ENI_SG_RULES_MISMATCH", "sg-0a1", "forward")})],
}


@dataclass(frozen=True, slots=True)
class Case:
    """One command of an example: its words, and where its expected answer stands (`expected` or `expected-2`)."""

    name: str
    number: int
    words: tuple[str, ...]
    stem: str

    def expected(self, suffix: str) -> Path:
        return EXAMPLES / self.name / f"{self.stem}{suffix}"

    def run(self, *more: str) -> str:
        """Run the command as a person would, from the top of the checkout, and return what it prints."""
        done = run(*self.words[1:], *more)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _cases() -> list[Case]:
    cases = []
    for name in EVERY:
        lines = (EXAMPLES / name / "command.txt").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            stem = "expected" if len(lines) == 1 else f"expected-{number + 1}"
            cases.append(Case(name, number, tuple(shlex.split(line)), stem))
    return cases


CASES = _cases()
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.number + 1}")
each_name = pytest.mark.parametrize("name", NAMES)


def test_what_is_meant_is_said_of_every_command():
    assert {name: len(meant) for name, meant in MEANT.items()} == {
        name: sum(case.name == name for case in CASES) for name in EVERY
    }


@each_case
@pytest.mark.parametrize("suffix, options", [(".txt", ()), (".json", ("-f", "json"))], ids=["text", "json"])
def test_prints_what_is_expected(case, suffix, options):
    assert case.words[0] == "sgcheck"
    printed = case.run(*options)
    expected = case.expected(suffix)
    if os.environ.get("SGCHECK_UPDATE"):
        expected.write_text(printed, encoding="utf-8")
    assert printed == expected.read_text(encoding="utf-8")


@each_case
def test_answers_what_is_meant(case):
    answer = json.loads(case.run("-f", "json"))
    if case.words[1] == "reach":
        assert _reached(answer) == MEANT[case.name][case.number]
        return
    if "exposed" in answer:
        rows = [(r["target"], r["interface"], r["ports"], " ".join(r["sources"])) for r in answer["exposed"]]
        assert set(rows) == MEANT[case.name][case.number]
        assert len(rows) == len(set(rows))
        return
    blockers = {
        (blocker["code"], blocker["resource"], blocker["direction"])
        for part in answer["answers"]
        for blocker in part["blockers"]
    }
    assert (answer["verdict"], answer["client_sees"], blockers) == MEANT[case.name][case.number]


def _reached(answer: dict[str, Any]) -> object:
    """What is meant of an answer of `reach`."""
    if "cut" in answer:
        return {rule["rule"] for rule in answer["cut"]["rules"]}
    if "hops" in answer:
        return {host: len(path) for path in answer["hops"] for host in path[-1]["to"]["hosts"]}
    return {(row["target"], row["ports"]) for row in answer["exposed"]}


def test_no_expected_file_is_left_over():
    wanted = {case.expected(suffix) for case in CASES for suffix in (".txt", ".json")}
    assert set(EXAMPLES.glob("*/expected*")) == wanted


def test_the_index_lists_every_example():
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in EVERY if f"]({name}/README.md)" not in index] == []


def _network(name: str) -> dict[str, Any]:
    network: dict[str, Any] = json.loads((EXAMPLES / name / "network.json").read_text(encoding="utf-8"))
    return network


@each_name
def test_every_subnet_has_its_vpc_acl_and_table(name):
    network = _network(name)
    with_acl = [link["SubnetId"] for acl in network["NetworkAcls"] for link in acl["Associations"]]
    links = [link for table in network["RouteTables"] for link in table["Associations"]]
    assert sorted(with_acl) == sorted(subnet["SubnetId"] for subnet in network["Subnets"])
    assert sum(link["Main"] for link in links) == len(network["Vpcs"])
    assert {link["SubnetId"] for link in links if not link["Main"]} <= set(with_acl)
    blocks = {vpc["VpcId"]: ipaddress.ip_network(vpc["CidrBlock"]) for vpc in network["Vpcs"]}
    for subnet in network["Subnets"]:
        assert ipaddress.ip_network(subnet["CidrBlock"]).subnet_of(blocks[subnet["VpcId"]])


@each_name
def test_instances_and_interfaces_tell_the_same(name):
    network = _network(name)
    groups = {group["GroupId"] for group in network["SecurityGroups"]}
    blocks = {subnet["SubnetId"]: ipaddress.ip_network(subnet["CidrBlock"]) for subnet in network["Subnets"]}
    interfaces = {nic["NetworkInterfaceId"]: nic for nic in network["NetworkInterfaces"]}
    instances = [instance for r in network["Reservations"] for instance in r["Instances"]]
    assert instances
    for instance in instances:
        for nic in instance["NetworkInterfaces"]:
            own = interfaces[nic["NetworkInterfaceId"]]
            assert own["Attachment"]["InstanceId"] == instance["InstanceId"]
            shared = ("SubnetId", "VpcId", "PrivateIpAddress", "Groups", "Ipv6Addresses", "MacAddress", "Status")
            assert [own[key] for key in shared] == [nic[key] for key in shared]
            assert own.get("Association", {}).get("PublicIp") == instance.get("PublicIpAddress")
            assert {group["GroupId"] for group in nic["Groups"]} <= groups
            assert ipaddress.ip_address(nic["PrivateIpAddress"]) in blocks[nic["SubnetId"]]


@each_name
def test_public_addresses_are_documentation_addresses(name):
    network = _network(name)
    ranges = [ipaddress.ip_network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    public = [nic["Association"]["PublicIp"] for nic in network["NetworkInterfaces"] if "Association" in nic]
    assert [ip for ip in public if not any(ipaddress.ip_address(ip) in block for block in ranges)] == []
