"""The engine against the plain evaluator, packet by packet, on random networks of every kind."""

from __future__ import annotations

import copy
import os
import random
from collections import Counter

import pytest

from tests.agreement.random_cases import Case, cases, load, walked
from tests.plain.evaluator import Record, evaluate

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 1000 if NIGHTLY else 48
BLOCK = 6
QUESTIONS = 16
PACKETS = 6
NAT_PORTS = (1024, 32768, 65535)


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_every_packet_fares_as_the_plain_rules_say(first: int) -> None:
    """No shared code stands behind the two verdicts, so a misreading on one side shows."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        rng = random.Random(f"packets {seed}")
        for case in cases(seed, QUESTIONS):
            for packet in case.question.sample_packets(rng, PACKETS):
                engine = case.verdict(packet)
                if engine is None:
                    continue
                asked = (case.record, packet, case.question.sender, case.question.receiver)
                outcomes = [evaluate(*asked, p) for p in NAT_PORTS]
                seen[engine] += 1
                if engine != "flaky":
                    assert {o.verdict for o in outcomes} == {engine}, (seed, case.question, packet, outcomes)
    assert seen["delivered"], seen
    assert seen["blocked"], seen


def through_nat(record: Record, first: int) -> Record:
    """The network with a rule before all others that keeps replies from the upper ports of every NAT gateway."""
    changed = copy.deepcopy(record)
    subnets = {nat.get("SubnetId") for nat in changed.get("NatGateways", [])}
    for acl in changed.get("NetworkAcls", []):
        if any(a["SubnetId"] in subnets for a in acl["Associations"]):
            acl["Entries"] = [e for e in acl["Entries"] if e["Egress"] or e["RuleNumber"] > 1]
            rule = {"RuleNumber": 1, "RuleAction": "deny", "Egress": False, "Protocol": "6", "CidrBlock": "0.0.0.0/0"}
            acl["Entries"].append({**rule, "PortRange": {"From": first, "To": 65535}})
    return changed


def test_ports_that_a_translator_may_pick_decide_only_where_the_engine_says_so() -> None:
    """A packet that passes for some of the NAT gateway's ports only is neither delivered nor blocked."""
    found = 0
    for seed in range(200 if NIGHTLY else 30):
        rng = random.Random(f"ports {seed}")
        for case in cases(seed, QUESTIONS):
            if case.question.receiver is not None or case.question.sender is None:
                continue
            record = through_nat(case.record, 40001)
            changed = Case(seed, record, network := load(record), case.question, walked(network, case.question))
            for packet in case.question.sample_packets(rng, 4):
                asked = (record, packet, case.question.sender, None)
                verdicts = {p: evaluate(*asked, p).verdict for p in (1024, 40000, 40001, 65535)}
                engine = changed.verdict(packet)
                if engine is None:
                    continue
                if {"delivered", "blocked"} <= set(verdicts.values()):
                    assert engine == "flaky", (seed, case.question, packet, verdicts)
                    found += 1
                elif len(set(verdicts.values())) == 1:
                    assert engine == verdicts[1024], (seed, case.question, packet, verdicts)
                else:
                    assert engine in ("unknown", "flaky"), (seed, case.question, packet, verdicts)
    assert found
