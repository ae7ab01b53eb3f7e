"""Every blocker code made to appear, with the resource, the direction, and a fix that works where there can be one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from sgcheck.aws.vocabulary import EMITTED, AwsVocabulary
from sgcheck.model.finding import Cause
from tests.plain.commands import apply_command
from tests.reach import codes_transit
from tests.reach.lab import (
    ANY4,
    ask,
    cidr,
    entries,
    entry,
    find,
    group,
    ingress,
    interface,
    lab,
    load,
    pair,
    permission,
    ports,
    reroute,
    route,
    side,
    subnet,
    table,
)
from tests.reach.lab_balancers import ALB, NLB, alb, clb, host, nlb, private, second_zone
from tests.reach.lab_balancers import target as member
from tests.reach.lab_endpoints import S3_HOST, serviced, stored
from tests.reach.lab_firewall import inspected, suricata
from tests.reach.lab_names import disagreeing

Record = dict
FIXED = "commands"
BUILT = "no commands"
OPEN = "undecided"


def change(record: Record, key: str, id_: str, **members: object) -> Record:
    find(record, key, id_).update(members)
    return record


def without(record: Record, key: str) -> Record:
    del record[key]
    return record


def stopped(state: str) -> Record:
    return change(lab(), "Instances", "i-db", State={"Name": state})


def stale() -> Record:
    return ingress(lab(), "sg-db", permission("tcp", 5432, **pair("sg-gone", VpcId="vpc-8", PeeringStatus="deleted")))


def two_regions() -> Record:
    record = ingress(lab(), "sg-db", permission("tcp", 5432, **pair("sg-peer")))
    change(record, "VpcPeeringConnections", "pcx-1", AccepterVpcInfo=side("vpc-9", "10.9.0.0/16", "eu-west-1"))
    return record


def hairpin() -> Record:
    return ingress(lab(), "sg-web", permission("tcp", 443, **pair("sg-db")))


def forwarder(**members: object) -> Record:
    record = reroute(lab(), "rtb-main", route("0.0.0.0/0", "eni-fw"))
    record["NetworkInterfaces"].append(interface("eni-fw", "subnet-pub", "10.0.1.99", ["sg-web"], **members))
    return record


def nobody_joined() -> Record:
    record = reroute(lab(), "rtb-main")
    record["VpcPeeringConnections"] = []
    return record


def loop() -> Record:
    return reroute(lab(), "rtb-pub", route("0.0.0.0/0", "nat-1"))


def no_ipv6_twin() -> Record:
    return ingress(lab(), "sg-web", permission("tcp", 443, **ANY4))


def refused() -> Record:
    record = lab()
    tables = record.pop("RouteTables")
    assert tables
    gap = {
        "kind": "route table",
        "account": None,
        "region": None,
        "call": "ec2:DescribeRouteTables",
        "reason": "AccessDenied",
    }
    wrapped = {"schema": "sgcheck.snapshot/1", "collected_at": "2026-01-01T00:00:00Z", "gaps": [gap]}
    return {**wrapped, "accounts": {"111122223333": {"us-east-1": record}}}


def balancer() -> Record:
    return change(lab(), "NetworkInterfaces", "eni-db", InterfaceType="network_load_balancer")


def overlap() -> Record:
    """i-web is asked by an address that the way there gives to somebody else: a second VPC with the same CIDR, peered."""
    record = lab()
    record["Vpcs"].append({"VpcId": "vpc-8", "CidrBlock": "10.9.0.0/16"})
    record["Subnets"].append(subnet("subnet-8", "10.9.1.0/24", vpc="vpc-8"))
    other = interface("eni-8", "subnet-8", "10.9.1.5", ["sg-8"], VpcId="vpc-8")
    other["Attachment"] = {}
    record["NetworkInterfaces"].append(other)
    record["SecurityGroups"].append(group("sg-8", [permission("tcp", 80, **ANY4)], vpc="vpc-8"))
    record["NetworkAcls"].append({**find(record, "NetworkAcls", "acl-peer"), "NetworkAclId": "acl-8", "VpcId": "vpc-8"})
    record["NetworkAcls"][-1]["Associations"] = [{"SubnetId": "subnet-8"}]
    record["RouteTables"].append(table("rtb-8", "subnet-8", vpc="vpc-8", routes=[route("10.0.0.0/16", "pcx-8")]))
    return record


def drained(record: Record) -> Record:
    record["LoadBalancerTargetHealth"][0]["TargetHealthDescriptions"] = []
    return record


def two_zones(*targets: Record) -> Record:
    """The NLB with nodes in two zones, and i-far in the second one."""
    return host(second_zone(nlb(*targets)), "far", "subnet-priv-b", "10.0.4.41")


def classic_acl() -> Record:
    """The Classic Load Balancer and its only instance in one subnet, whose ACL forbids what stays inside."""
    record = host(clb("i-near"), "near", "subnet-pub", "10.0.1.41")
    return entries(record, "acl-pub", entry(100, False), entry(90, True, "deny", "10.0.1.0/24"), entry(100, True))


def balanced_loop() -> Record:
    return nlb(member("10.0.1.60", 443), TargetType="ip")


SCENARIOS: dict[str, tuple[Callable[[], Record], str, str, str, str, str, str]] = {
    # code: (network, from, to, port, resource, direction, what the fix is)
    "SG_HAS_NO_RULES": (lambda: ingress(lab(), "sg-web"), "internet", "i-web", "443", "sg-web", "forward", FIXED),
    "ENI_SG_RULES_MISMATCH": (lab, "0.0.0.0/0", "i-web", "80", "sg-web", "forward", FIXED),
    "IPV6_ONLY_IPV4_RULE": (no_ipv6_twin, "::/0", "i-web", "443", "sg-web", "forward", FIXED),
    "IPV4_ONLY_IPV6_RULE": (
        lambda: ingress(lab(), "sg-web", permission("tcp", 443, Ipv6Ranges=[{"CidrIpv6": "::/0"}])),
        "0.0.0.0/0",
        "i-web",
        "443",
        "sg-web",
        "forward",
        FIXED,
    ),
    "SG_REFERENCES_NOT_PRESERVED": (hairpin, "i-db", "198.51.100.7", "443", "sg-web", "forward", FIXED),
    "SG_REFERENCE_STALE": (stale, "i-web", "i-db", "5432", "sg-db", "forward", FIXED),
    "SG_REFERENCE_NOT_SAME_REGION": (two_regions, "i-peer", "i-db", "5432", "sg-db", "forward", FIXED),
    "SUBNET_ACL_RESTRICTION": (
        lambda: entries(lab(), "acl-pub", entry(100, True), entry(90, False, "deny", **ports(443)), entry(100, False)),
        "0.0.0.0/0",
        "i-web",
        "443",
        "acl-pub",
        "forward",
        FIXED,
    ),
    "RETURN_EPHEMERAL_PORTS_RESTRICTED": (
        lambda: entries(lab(), "acl-pub", entry(100, False), entry(100, True, **ports(32768, 65535))),
        "0.0.0.0/0",
        "i-web",
        "443",
        "acl-pub",
        "return",
        FIXED,
    ),
    "NO_ROUTE_TO_DESTINATION": (
        lambda: reroute(lab(), "rtb-pub"),
        "0.0.0.0/0",
        "i-web",
        "443",
        "rtb-pub",
        "return",
        FIXED,
    ),
    "BAD_STATE_ROUTE": (
        lambda: reroute(lab(), "rtb-main", route("0.0.0.0/0", "nat-2", State="blackhole")),
        "i-db",
        "8.8.8.8",
        "443",
        "rtb-main",
        "forward",
        FIXED,
    ),
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS": (
        lambda: reroute(lab(), "rtb-main", route("0.0.0.0/0", "igw-1")),
        "i-db",
        "i-peer",
        "80",
        "rtb-main",
        "forward",
        FIXED,
    ),
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS": (lab, "i-web", "100.64.0.5", "443", "rtb-pub", "forward", BUILT),
    "DISCONNECTED_VPCS": (nobody_joined, "i-db", "i-peer", "80", "rtb-main", "forward", BUILT),
    "BAD_STATE": (
        lambda: change(lab(), "NatGateways", "nat-1", State="failed"),
        "i-db",
        "8.8.8.8",
        "443",
        "nat-1",
        "forward",
        BUILT,
    ),
    "BAD_STATE_ATTACHMENT": (
        lambda: change(lab(), "InternetGateways", "igw-1", Attachments=[]),
        "i-web",
        "8.8.8.8",
        "443",
        "igw-1",
        "forward",
        BUILT,
    ),
    "PROTOCOL_RESTRICTION": (lab, "i-db", "8.8.8.8", "proto:47", "nat-1", "forward", BUILT),
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR": (
        lambda: reroute(lab(), "rtb-main", route("0.0.0.0/0", "pcx-1")),
        "i-db",
        "8.8.8.8",
        "443",
        "pcx-1",
        "forward",
        BUILT,
    ),
    "INSTANCE_HAS_NO_PUBLIC_IP": (lab, "internet", "i-db", "5432", "i-db", "forward", BUILT),
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": (
        lambda: reroute(lab(), "rtb-main", route("0.0.0.0/0", "igw-1")),
        "i-db",
        "8.8.8.8",
        "443",
        "eni-db",
        "forward",
        BUILT,
    ),
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": (
        lambda: change(
            lab(), "Subnets", "subnet-pub", BlockPublicAccessStates={"InternetGatewayBlockMode": "block-bidirectional"}
        ),
        "0.0.0.0/0",
        "i-web",
        "443",
        "subnet-pub",
        "forward",
        BUILT,
    ),
    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS": (
        lambda: change(lab(), "NetworkInterfaces", "eni-web", DenyAllIgwTraffic=True),
        "::/0",
        "i-web",
        "443",
        "i-web",
        "forward",
        BUILT,
    ),
    "RETURN_PATH_ASYMMETRIC": (
        lambda: reroute(lab(), "rtb-pub", route("0.0.0.0/0", "nat-1")),
        "0.0.0.0/0",
        "i-web",
        "443",
        "rtb-pub",
        "return",
        FIXED,
    ),
    "INSTANCE_NOT_RUNNING": (lambda: stopped("stopping"), "i-web", "i-db", "5432", "i-db", "forward", FIXED),
    "ENI_NOT_ATTACHED": (
        lambda: change(lab(), "NetworkInterfaces", "eni-db", Status="available", Attachment={}),
        "i-web",
        "eni-db",
        "5432",
        "eni-db",
        "forward",
        BUILT,
    ),
    "ADDRESS_NOT_IN_USE": (lab, "i-web", "10.0.2.77", "443", "subnet-priv", "forward", BUILT),
    "NO_POSSIBLE_DESTINATION": (lab, "i-web", "10.0.77.7", "443", "vpc-1", "forward", BUILT),
    "NGW_DEST_ADDRESS_PRESERVATION": (lab, "i-web", "nat-1", "443", "eni-nat", "forward", BUILT),
    "ENI_SOURCE_DEST_CHECK_RESTRICTION": (forwarder, "i-db", "8.8.8.8", "443", "eni-fw", "forward", BUILT),
    "NOT_COLLECTED": (lambda: without(lab(), "RouteTables"), "i-web", "i-db", "5432", "subnet-pub", "forward", OPEN),
    "ACCESS_DENIED": (refused, "i-web", "i-db", "5432", "subnet-pub", "forward", OPEN),
    "UNSUPPORTED_COMPONENT": (balancer, "i-web", "i-db", "5432", "eni-db", "forward", OPEN),
    "VPCE_INTRA_VPC_TRAFFIC": (serviced, "vpce-ssm", "i-db", "5432", "vpce-ssm", "forward", BUILT),
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION": (stored, "i-db", S3_HOST, "443/udp", "vpce-s3", "forward", BUILT),
    "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC": (
        lambda: reroute(stored(), "rtb-peer", route("pl-s3", "vpce-s3")),
        "i-peer",
        S3_HOST,
        "443",
        "vpce-s3",
        "forward",
        BUILT,
    ),
    "FIREWALL_RULES_RESTRICTION": (
        lambda: inspected(suricata("one", "drop ip any any -> any any (sid:9;)")),
        "i-web",
        "8.8.8.8",
        "443",
        "fw",
        "forward",
        BUILT,
    ),
    "LISTENER_MISSING": (nlb, "0.0.0.0/0", "lb:net", "80", NLB, "forward", BUILT),
    "ELBV2_LISTENER_HAS_NO_TG": (lambda: drained(alb()), "0.0.0.0/0", "lb:web", "443", ALB, "forward", BUILT),
    "ELBV2_NO_TARGETS_IN_AZ": (
        lambda: two_zones(member("i-far", 8443, "draining")),
        "0.0.0.0/0",
        "198.51.100.60",
        "443",
        NLB,
        "forward",
        BUILT,
    ),
    "ELB_NOT_CROSSZONE": (
        lambda: two_zones(member("i-far", 8443)),
        "0.0.0.0/0",
        "198.51.100.60",
        "443",
        NLB,
        "forward",
        BUILT,
    ),
    "ELB_INSTALLED_AZ_RESTRICTION": (
        lambda: host(nlb(member("i-far", 8443)), "far", "subnet-priv-b", "10.0.4.41"),
        "0.0.0.0/0",
        "lb:net",
        "443",
        NLB,
        "forward",
        BUILT,
    ),
    "TARGET_UNHEALTHY": (
        lambda: two_zones(member("i-app", 8443, "unhealthy"), member("i-far", 8443, "healthy")),
        "0.0.0.0/0",
        "198.51.100.60",
        "443",
        NLB,
        "forward",
        BUILT,
    ),
    "ELBV2_SOURCE_ADDRESS_PRESERVATION": (
        lambda: private(nlb(), "net"),
        "i-app",
        "lb:net",
        "443",
        NLB,
        "forward",
        BUILT,
    ),
    "ELB_ACL_RESTRICTION": (classic_acl, "0.0.0.0/0", "lb:old", "80", "acl-pub", "forward", FIXED),
    "APPLIANCE_OPAQUE": (lambda: forwarder(SourceDestCheck=False), "i-db", "8.8.8.8", "443", "eni-fw", "forward", OPEN),
    "UNKNOWN_RESOURCE": (disagreeing, "i-web", "rds:orders", "5432", "orders", "forward", OPEN),
}


SCENARIOS |= codes_transit.SCENARIOS

EXTRA: list[tuple[Callable[[], Record], str, str, str]] = [
    *codes_transit.EXTRA,
    # The other causes of codes that have several.
    (loop, "i-db", "8.8.8.8", "443"),
    (balanced_loop, "0.0.0.0/0", "lb:net", "443"),
    (overlap, "i-db", "eni-8", "80"),
    (lambda: change(lab(), "NetworkInterfaces", "eni-db", InterfaceType="lambda"), "i-web", "eni-db", "5432"),
    (serviced, "i-db", "vpce-ssm", "proto:47"),
    (lambda: inspected(suricata("one", "reject ip any any -> any any (sid:9;)")), "i-web", "8.8.8.8", "443"),
    (lambda: inspected(default=["aws:drop_established"]), "i-web", "8.8.8.8", "443"),
    (
        lambda: inspected(suricata("one", "reject tcp any any -> any any (flow:established; sid:9;)")),
        "i-web",
        "8.8.8.8",
        "443",
    ),
]
FIXABLE = {code for code, scenario in SCENARIOS.items() if scenario[6] == FIXED}
ROUTES = {
    "NO_ROUTE_TO_DESTINATION",
    "BAD_STATE_ROUTE",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    "RETURN_PATH_ASYMMETRIC",
}


def asked_of_all():
    """Every scenario's answer."""
    for make, source, target, port, *_rest in SCENARIOS.values():
        yield ask(make(), source, target, port)
    for make, source, target, port in EXTRA:
        yield ask(make(), source, target, port)


def test_every_cause_has_a_scenario(monkeypatch):
    """Several causes share a code: each of them is seen."""
    seen = set()
    told = AwsVocabulary.why

    def why(self, finding):
        seen.add(finding.cause)
        return told(self, finding)

    monkeypatch.setattr(AwsVocabulary, "why", why)
    assert sum(len(answer.answers) for answer in asked_of_all())
    assert seen == set(Cause)


def test_commands_stand_where_there_is_something_to_edit_and_nowhere_else():
    """Rules, entries and states always; routes where a gateway or a connection exists; nothing that must be built."""
    verbs = {
        "security-group": r"aws ec2 authorize-security-group-(in|e)gress --group-id sg-",
        "network-acl": r"aws ec2 (create|replace)-network-acl-entry --network-acl-id acl-",
        "route-table": r"aws ec2 (create|replace)-route --route-table-id rtb-",
        "transit-gateway-attachment": r"aws ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id ",
        "transit-gateway-route-table": r"aws ec2 enable-transit-gateway-route-table-propagation --transit-gateway-route-",
        "instance": r"aws ec2 (start-instances|wait instance-(running|stopped)) --instance-ids i-",
    }
    for answer in asked_of_all():
        for blocker in (b for a in answer.answers for b in a.blockers):
            if blocker.code not in FIXABLE:
                assert blocker.fix.commands == ()
            elif blocker.code not in ROUTES:
                hidden = any(b.undecided for a in answer.answers for b in a.blockers)
                assert blocker.fix.commands or hidden, blocker
            assert all(any(re.match(verb, c) for verb in verbs.values()) for c in blocker.fix.commands)


def test_every_blocker_is_a_sentence_about_its_resource():
    for answer in asked_of_all():
        for blocker in (b for a in answer.answers for b in a.blockers):
            assert blocker.why
            assert blocker.fix.why
            assert "\n" not in blocker.why + blocker.fix.why
            assert not blocker.why.endswith(".")
            assert blocker.denied
            assert "None" not in blocker.why + blocker.fix.why


def test_asking_again_never_contradicts_a_complete_fix():
    """What `explain` checks by itself: no warning that its own fixes are not enough."""
    for answer in asked_of_all():
        assert not [w for w in answer.warnings if w.startswith("asked again")]


def test_every_code_has_a_scenario():
    """A new code gets its line in SCENARIOS above, and one in DETAILS of test_blocker_details.py."""
    assert set(SCENARIOS) == EMITTED


@pytest.mark.parametrize("code", SCENARIOS)
def test_the_code_appears_and_its_fix_is_what_it_can_be(code):
    make, source, target, port, resource, direction, fix = SCENARIOS[code]
    answer = ask(make(), source, target, port)
    found = [b for a in answer.answers for b in a.blockers if b.code == code]
    assert found, [(b.code, b.resource) for a in answer.answers for b in a.blockers]
    blocker = found[0]
    assert (blocker.resource, blocker.direction.value) == (resource, direction)
    assert blocker.why
    assert blocker.fix.why
    assert blocker.denied
    assert bool(blocker.fix.commands) is (fix == FIXED)
    assert blocker.undecided is (fix == OPEN)
    assert answer.verdict.value == ("unknown" if fix == OPEN else answer.verdict.value)
    assert answer.verdict.value != "reachable"
    assert (not answer.gaps) is (fix != OPEN)


@pytest.mark.parametrize("code", [code for code, scenario in SCENARIOS.items() if scenario[6] == FIXED])
def test_the_commands_of_all_fixes_open_the_way(code):
    make, source, target, port, *_rest = SCENARIOS[code]
    record = make()
    answer = ask(record, source, target, port)
    blockers = [b for a in answer.answers for b in a.blockers]
    assert all(b.fix.commands for b in blockers), blockers
    for command in dict.fromkeys(c for b in blockers for c in b.fix.commands):
        record = apply_command(record, command)
    assert ask(record, source, target, port).verdict.value == "reachable"


def test_a_nat_gateway_that_is_routed_to_itself_is_named():
    answer = ask(loop(), "i-db", "8.8.8.8", "443")
    assert "BAD_STATE" in {b.code for a in answer.answers for b in a.blockers}


def test_an_address_that_leads_to_somebody_else_is_no_destination():
    """The peering leads to vpc-9; the same address in vpc-8 is never reached over it."""
    answer = ask(overlap(), "i-db", "eni-8", "80")
    assert answer.verdict.value == "blocked"
    assert {b.code for a in answer.answers for b in a.blockers} == {"NO_POSSIBLE_DESTINATION"}


def test_lambda_interfaces_take_no_connections():
    record = change(lab(), "NetworkInterfaces", "eni-db", InterfaceType="lambda")
    answer = ask(record, "i-web", "eni-db", "5432")
    assert {b.code for a in answer.answers for b in a.blockers} == {"NO_POSSIBLE_DESTINATION"}


@pytest.mark.parametrize(
    ("state", "commands"),
    [
        ("stopped", ["start-instances", "wait instance-running"]),
        ("stopping", ["wait instance-stopped", "start-instances", "wait instance-running"]),
        ("pending", ["wait instance-running"]),
        ("terminated", []),
        ("shutting-down", []),
    ],
)
def test_what_brings_an_instance_back_depends_on_its_state(state, commands):
    answer = ask(stopped(state), "i-web", "i-db", "5432")
    (blocker,) = answer.answers[0].blockers
    assert [c.removeprefix("aws ec2 ").removesuffix(" --instance-ids i-db") for c in blocker.fix.commands] == commands


def test_the_peering_that_a_rule_would_need_is_not_invented():
    record = ingress(lab(), "sg-peer", permission("tcp", 80, **cidr("192.0.2.0/24")))
    answer = ask(record, "i-db", "i-peer", "80")
    (command,) = answer.answers[0].blockers[0].fix.commands
    assert "sg-db" in command
    assert load(record).peerings_between("vpc-1", "vpc-9")[0].id == "pcx-1"
