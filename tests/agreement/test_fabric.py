"""The engine against the plain evaluator on networks with transit gateways, load balancers and endpoints."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from tests.agreement.random_cases import Case, cases
from tests.plain.evaluator import Packet, evaluate

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 250 if NIGHTLY else 12
BLOCK = 6
QUESTIONS = 14
PACKETS = 5
NAT_PORTS = (1024, 32768, 65535)
FABRICS = [("transit",), ("balancers",), ("endpoints",), ("transit", "balancers", "endpoints")]


def agrees(case: Case, packet: Packet, engine: str) -> bool:
    """Whether the engine's verdict is one that AWS's own word allows.

    A translator's or balancer's own port, and which of several targets is chosen, is tried by samples: what the engine
    calls flaky need not show in them. Behind a translator the engine knows more than the plain evaluator: whatever
    lies beyond, replies come back to the translator, and what holds them back from there is certain.
    """
    asked = (case.record, packet, case.question.sender, case.question.receiver)
    outcomes = [evaluate(*asked, port) for port in NAT_PORTS]
    if engine == "flaky":
        return True
    translated = any(branch.nat is not None for walked in case.walked for branch in walked.branches)
    if engine == "blocked" and translated and {outcome.verdict for outcome in outcomes} == {"unknown"}:
        return True
    return all(engine in outcome.acceptable for outcome in outcomes)


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
@pytest.mark.parametrize("fabric", FABRICS, ids="+".join)
def test_every_packet_fares_as_the_plain_rules_say(fabric, first):
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        rng = random.Random(f"packets {seed}")
        for case in cases(seed, QUESTIONS, frozenset(fabric)):
            for packet in case.question.sample_packets(rng, PACKETS):
                engine = case.verdict(packet)
                if engine is None:
                    continue
                seen[engine] += 1
                assert agrees(case, packet, engine), (seed, case.question, packet, engine)
    assert seen["delivered"], seen
    assert seen["blocked"], seen


def test_what_only_some_targets_take_is_flaky():
    """Where the plain evaluator finds targets that deliver and targets that do not, the engine says so."""
    found = 0
    for seed in range(60 if NIGHTLY else 24):
        rng = random.Random(f"packets {seed}")
        for case in cases(seed, QUESTIONS, frozenset({"balancers"})):
            for packet in case.question.sample_packets(rng, PACKETS):
                asked = (case.record, packet, case.question.sender, case.question.receiver)
                if case.verdict(packet) is not None and evaluate(*asked, 40000).verdict == "flaky":
                    assert case.verdict(packet) == "flaky", (seed, case.question, packet)
                    found += 1
    assert found
