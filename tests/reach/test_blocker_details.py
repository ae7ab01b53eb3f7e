"""What stands in a blocker besides its code: what decided, whom it holds back, what it says and what would change it."""

from __future__ import annotations

import pytest

from sgcheck.aws.sentences import FIX, WHY
from sgcheck.aws.vocabulary import CODES
from sgcheck.model.finding import UNDECIDED, Cause
from tests.plain.commands import COMMANDS
from tests.reach import codes_transit
from tests.reach.lab import ask, cidr, find, group, ingress, lab, pair, permission, reroute, route
from tests.reach.test_blocker_codes import FIXED, OPEN, SCENARIOS

# code: (by, denied, words of the sentence, words of the fix)
DETAILS: dict[str, tuple[str | None, tuple[str, ...], str, str]] = {
    "SG_HAS_NO_RULES": (None, ("0.0.0.0/0",), "sg-web (web) has no inbound rules at all", "443/tcp"),
    "ENI_SG_RULES_MISMATCH": (None, ("0.0.0.0/0",), "allows 80/tcp from 0.0.0.0/0", "add an inbound rule"),
    "IPV6_ONLY_IPV4_RULE": ("ingress 443/tcp from 0.0.0.0/0", ("::/0",), "443/tcp from ::/0", "twin"),
    "IPV4_ONLY_IPV6_RULE": ("ingress 443/tcp from ::/0", ("0.0.0.0/0",), "443/tcp from 0.0.0.0/0", "twin"),
    "SG_REFERENCES_NOT_PRESERVED": (
        "ingress 443/tcp from sg-db",
        ("10.0.2.20/32",),
        "443/tcp from 198.51.100.9",
        "a reference can't match here",
    ),
    "SG_REFERENCE_STALE": ("ingress 5432/tcp from sg-gone", ("10.0.1.10/32",), "5432/tcp", "remove the stale one"),
    "SG_REFERENCE_NOT_SAME_REGION": (
        "ingress 5432/tcp from sg-peer",
        ("10.9.1.5/32",),
        "5432/tcp from 10.9.1.5",
        "a reference can't match here",
    ),
    "SUBNET_ACL_RESTRICTION": (
        "rule 90",
        ("0.0.0.0/0",),
        "acl-pub denies inbound packets",
        "before the one that denies",
    ),
    "RETURN_EPHEMERAL_PORTS_RESTRICTED": (
        "rule * (32767)",
        ("0.0.0.0/0",),
        "outbound replies 1024-32767/tcp",
        "1024-32767/tcp",
    ),
    "NO_ROUTE_TO_DESTINATION": (None, ("0.0.0.0/0",), "no route for replies to 0.0.0.0/0", "igw-1"),
    "BAD_STATE_ROUTE": ("0.0.0.0/0 -> nat-2", ("10.0.2.20/32",), "blackhole", "nat-1"),
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS": (
        "0.0.0.0/0 -> igw-1",
        ("10.0.2.20/32",),
        "private destinations are dropped",
        "pcx-1",
    ),
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS": (
        "0.0.0.0/0 -> igw-1",
        ("10.0.1.10/32",),
        "private destinations are dropped",
        "build what joins both sides",
    ),
    "DISCONNECTED_VPCS": (None, ("10.0.2.20/32",), "joins vpc-1 and vpc-9", "peering connection"),
    "BAD_STATE": (None, ("10.0.2.20/32",), "failed", "replace it"),
    "BAD_STATE_ATTACHMENT": (None, ("10.0.1.10/32",), "igw-1 is not attached to vpc-1", "attach"),
    "PROTOCOL_RESTRICTION": (None, ("10.0.2.20/32",), "not proto:47", "another way"),
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR": (None, ("10.0.2.20/32",), "does not hold 8.8.8.8", "peer with the VPC"),
    "INSTANCE_HAS_NO_PUBLIC_IP": (None, ("0.0.0.0/0",), "no public address maps to 10.0.2.20", "Elastic IP"),
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": (None, ("10.0.2.20/32",), "has no public address", "public address"),
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": (None, ("0.0.0.0/0",), "block-bidirectional", "exclude subnet-pub"),
    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS": (None, ("::/0",), "DenyAllIgwTraffic", "inside the VPC"),
    "RETURN_PATH_ASYMMETRIC": ("0.0.0.0/0 -> nat-1", ("0.0.0.0/0",), "came in through igw-1", "to igw-1 in rtb-pub"),
    "INSTANCE_NOT_RUNNING": (None, ("10.0.1.10/32",), "i-db (db) is stopping", "start it"),
    "ENI_NOT_ATTACHED": (None, ("10.0.1.10/32",), "attached to nothing", "attach it"),
    "ADDRESS_NOT_IN_USE": (None, ("10.0.1.10/32",), "10.0.2.77", "look up"),
    "NO_POSSIBLE_DESTINATION": (None, ("10.0.1.10/32",), "10.0.77.7", "look up"),
    "NGW_DEST_ADDRESS_PRESERVATION": (None, ("10.0.1.10/32",), "takes no connections", "load balancer"),
    "ENI_SOURCE_DEST_CHECK_RESTRICTION": (None, ("10.0.2.20/32",), "source/destination check", "check off"),
    "NOT_COLLECTED": (None, ("10.0.1.10/32",), "the route table of subnet-pub is not in the input", "collect"),
    "ACCESS_DENIED": (None, ("10.0.1.10/32",), "AccessDenied", "allow the caller"),
    "UNSUPPORTED_COMPONENT": (None, ("10.0.1.10/32",), "network load balancer", "look there yourself"),
    "VPCE_INTRA_VPC_TRAFFIC": (None, ("10.0.2.60/32",), "opens no connections into the VPC", "the other way round"),
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION": (None, ("10.0.2.20/32",), "not 443/udp", "over TCP"),
    "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC": (None, ("10.9.1.5/32",), "serves vpc-1 only", "interface endpoint"),
    "FIREWALL_RULES_RESTRICTION": ("one sid:9", ("10.0.1.10/32",), "drops these packets", "policy own"),
    "APPLIANCE_OPAQUE": (None, ("10.0.2.20/32",), "forwards", "look there yourself"),
    "UNKNOWN_RESOURCE": (None, ("10.0.1.10/32",), "which of eni-rds and eni-rds2 belongs to rds:orders", "look up"),
    **codes_transit.DETAILS,
    "LISTENER_MISSING": (
        None,
        ("0.0.0.0/0",),
        "net has no listener for 80/tcp (it has: TCP:443)",
        "add a listener",
    ),
    "ELBV2_LISTENER_HAS_NO_TG": (None, ("0.0.0.0/0",), "no target of app is registered", "register targets in app"),
    "ELBV2_NO_TARGETS_IN_AZ": (None, ("0.0.0.0/0",), "net has no targets in us-east-1a", "in us-east-1a"),
    "ELB_NOT_CROSSZONE": (
        None,
        ("0.0.0.0/0",),
        "net's node in us-east-1a keeps to its zone (cross-zone load balancing is off)",
        "turn cross-zone load balancing of net on",
    ),
    "ELB_INSTALLED_AZ_RESTRICTION": (
        None,
        ("0.0.0.0/0",),
        "are in us-east-1b, where net is not enabled",
        "enable us-east-1b",
    ),
    "TARGET_UNHEALTHY": (None, ("0.0.0.0/0",), "only has unhealthy targets of net (i-app:8443)", "health checks"),
    "ELBV2_SOURCE_ADDRESS_PRESERVATION": (
        None,
        ("10.0.2.40/32",),
        "net keeps the client's address",
        "turn client IP preservation off",
    ),
    "ELB_ACL_RESTRICTION": ("rule 90", ("0.0.0.0/0",), "even inside its own subnet", "before the one that denies"),
}


def blockers(code):
    make, source, target, port, *_rest = SCENARIOS[code]
    answer = ask(make(), source, target, port)
    return answer, [b for a in answer.answers for b in a.blockers if b.code == code]


def test_every_code_has_its_details():
    assert set(DETAILS) == set(SCENARIOS)


@pytest.mark.parametrize("code", DETAILS)
def test_what_decided_whom_it_holds_back_and_what_is_said(code):
    by, denied, why, fix = DETAILS[code]
    found = blockers(code)[1][0]
    assert (found.by, found.denied) == (by, denied)
    assert why in found.why
    assert fix in found.fix.why


@pytest.mark.parametrize("code", [c for c in SCENARIOS if SCENARIOS[c][6] == FIXED])
def test_commands_are_commands_of_the_cli_and_name_what_they_change(code):
    answer, found = blockers(code)
    for command in found[0].fix.commands:
        words = command.split()
        assert words[:2] == ["aws", "ec2"]
        assert words[2] in COMMANDS or " ".join(words[2:4]) in COMMANDS
        assert found[0].resource in words
    assert not [w for w in answer.warnings if "asked again" in w]


@pytest.mark.parametrize("code", [c for c in SCENARIOS if SCENARIOS[c][6] == OPEN])
def test_what_is_not_known_is_a_gap_that_says_how_to_get_it(code):
    answer, found = blockers(code)
    gaps = {gap.resource: gap for gap in answer.gaps}
    gap = gaps[found[0].resource]
    assert gap.why == found[0].why
    if code == "NOT_COLLECTED":
        assert gap.collect == "aws ec2 describe-route-tables"
    assert answer.client_sees.value == "unknown"


def test_every_cause_has_a_sentence_a_fix_and_a_code():
    assert set(WHY) == set(FIX) == set(Cause)
    assert set(CODES) == set(Cause) - {Cause.GROUP_ONLY_OTHER_FAMILY}
    assert {CODES[cause] for cause in UNDECIDED} == {code for code in SCENARIOS if SCENARIOS[code][6] == OPEN}


def test_rules_are_named_by_their_id_where_the_input_has_it():
    """Contracts, section 4: by rule id, or by content, never by position."""
    record = ingress(lab(), "sg-web", permission("tcp", 443, **pair("sg-db")))
    referenced = {"GroupId": "sg-db", "UserId": "111122223333"}
    rule = {"SecurityGroupRuleId": "sgr-7", "GroupId": "sg-web", "IsEgress": False, "IpProtocol": "tcp"}
    record["SecurityGroupRules"] = [{**rule, "FromPort": 443, "ToPort": 443, "ReferencedGroupInfo": referenced}]
    (blocker,) = ask(record, "i-db", "198.51.100.7").answers[0].blockers
    assert blocker.by == "sgr-7"
    del record["SecurityGroupRules"]
    (blocker,) = ask(record, "i-db", "198.51.100.7").answers[0].blockers
    assert blocker.by == "ingress 443/tcp from sg-db"


def test_all_groups_of_an_interface_are_in_the_sentence():
    record = lab()
    record["SecurityGroups"].append(group("sg-more", [permission("tcp", 22, **cidr("10.0.0.0/8"))]))
    find(record, "NetworkInterfaces", "eni-web")["Groups"].append({"GroupId": "sg-more"})
    (blocker,) = ask(record, "0.0.0.0/0", "i-web", "80").answers[0].blockers
    assert "sg-more (more) and sg-web (web)" in blocker.why
    assert len(blocker.fix.commands) == 1


def test_the_hop_that_holds_packets_back_is_the_one_that_denies():
    for code, (make, source, target, port, resource, _direction, kind) in SCENARIOS.items():
        if kind == OPEN or code in ("INSTANCE_HAS_NO_PUBLIC_IP", "ENI_NOT_ATTACHED"):
            continue
        answer = next(a for a in ask(make(), source, target, port).answers if any(b.code == code for b in a.blockers))
        decisions = {h.decision.value for h in answer.forward + answer.return_ if h.hop == resource}
        assert decisions <= {"deny", "partial", "pass"}
        if resource.startswith(("sg-", "acl-", "rtb-", "pcx-", "i-db")):
            assert decisions & {"deny", "partial"}, (code, decisions)


def test_a_fix_by_reference_names_the_group_of_the_other_side():
    record = ingress(lab(), "sg-db")
    (blocker,) = ask(record, "i-web", "i-db", "5432").answers[0].blockers
    assert blocker.fix.why.endswith("(by reference to sg-web)")
    assert blocker.fix.commands[0].endswith("--source-group sg-web")


def test_an_empty_route_is_fixed_over_what_is_there_only():
    """Contracts: a fix routes to gateways that exist; where there is none, something must be built."""
    record = reroute(lab(), "rtb-main", route("10.9.0.0/16", "pcx-1"))
    assert ask(record, "i-db", "8.8.8.8").answers[0].blockers[0].fix.commands[0].endswith("--nat-gateway-id nat-1")
    record["NatGateways"] = []
    (blocker,) = ask(record, "i-db", "8.8.8.8").answers[0].blockers
    assert blocker.code == "NO_ROUTE_TO_DESTINATION"
    assert blocker.fix.commands == ()
    assert "build what joins" in blocker.fix.why
