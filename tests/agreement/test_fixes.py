"""Proposed fixes, carried out by an interpreter of their own commands: complete, and no part too many."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from sgcheck.errors import UsageError
from sgcheck.model.network import Network
from sgcheck.reach.answer import Explanation, Verdict
from sgcheck.reach.explain import explain, verdict
from sgcheck.reach.plan import edits_of, key_of, plan
from sgcheck.reach.question import Question
from sgcheck.reach.words import Words
from tests.agreement.random_cases import Case, cases, load
from tests.plain.commands import apply_command
from tests.plain.evaluator import evaluate

NETWORKS = 1000 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 16
BLOCK = 8
QUESTIONS = 10
FIXABLE = {
    "SG_HAS_NO_RULES",
    "ENI_SG_RULES_MISMATCH",
    "IPV6_ONLY_IPV4_RULE",
    "IPV4_ONLY_IPV6_RULE",
    "SG_REFERENCES_NOT_PRESERVED",
    "SG_REFERENCE_STALE",
    "SG_REFERENCE_NOT_SAME_REGION",
    "SUBNET_ACL_RESTRICTION",
    "RETURN_EPHEMERAL_PORTS_RESTRICTED",
}


def asked(case: Case) -> Question | None:
    """The question as people write it, where an address stands for one interface only."""
    owner = case.network.interfaces.get(case.question.receiver or "")
    family = 6 if ":" in case.question.destination else 4
    if owner is not None and len([i for i in case.network.interfaces.values() if shares(case, i.id)]) > 1:
        return None
    if case.question.sender is not None:
        sender = case.network.interfaces[case.question.sender]
        if not any(a.family == family for a in sender.addresses):
            return None
    return Question.parse(case.question.asked_from, case.question.asked_to, case.question.port)


def shares(case: Case, id_: str) -> bool:
    """Whether an interface has the asked destination as an address of its own."""
    from sgcheck.packets import parse_address

    return case.network.interfaces[id_].owned().contains(*parse_address(case.question.destination))


def blocked(first: int) -> Iterator[tuple[Case, Question, Explanation]]:
    """Questions that something holds back."""
    for seed in range(first, first + BLOCK):
        for case in cases(seed, QUESTIONS):
            question = asked(case)
            if question is None:
                continue
            try:
                answer = explain(case.network, question)
            except UsageError:
                continue
            undecided = any(b.undecided for a in answer.answers for b in a.blockers)
            if answer.verdict in (Verdict.BLOCKED, Verdict.PARTIAL) and not undecided:
                yield case, question, answer


def commands_of(answer: Explanation) -> list[str]:
    """Every command of an answer once, in order."""
    return list(dict.fromkeys(c for a in answer.answers for b in a.blockers for c in b.fix.commands))


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_all_fixes_together_open_the_way(first: int) -> None:
    """The commands are run on the input by another program, and the engine and the plain rules are asked again."""
    fixed = 0
    for case, question, answer in blocked(first):
        blockers = [b for a in answer.answers for b in a.blockers]
        for blocker in blockers:
            assert blocker.fix.why
            built = any(b.code not in FIXABLE for b in blockers)
            assert blocker.fix.commands or blocker.code not in FIXABLE or built, (case.seed, case.question, blocker)
        if not all(b.fix.commands for b in blockers):
            continue
        record = case.record
        for command in commands_of(answer):
            record = apply_command(record, command)
        again = explain(load(record), question)
        assert again.verdict is Verdict.REACHABLE, (case.seed, case.question, commands_of(answer), again.summary)
        rng = random.Random(f"fixed {case.seed}")
        for packet in case.question.sample_packets(rng, 4):
            if case.verdict(packet) is not None:
                outcome = evaluate(record, packet, case.question.sender, case.question.receiver, 40000)
                assert outcome.verdict == "delivered", (case.seed, case.question, packet, outcome, commands_of(answer))
        fixed += 1
    assert fixed


def planned(network: Network, question: Question) -> tuple[object, ...]:
    """The edits behind an answer's commands, if they are all there is to do."""
    from sgcheck.reach.explain import _pairs, walk  # the plan behind the commands

    words = Words(network)
    walked = [w for v, t in _pairs(network, words, question).pairs for w in walk(network, words, question, v, t)]
    findings = [f for w in walked for f in w.findings]
    if not findings or not all(key_of(f) for f in findings):
        return ()
    return edits_of(plan(network, words, findings))


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_no_part_of_a_fix_can_be_left_out(first: int) -> None:
    """With any one edit missing the answer is not `reachable`."""
    tried = 0
    for case, question, _answer in blocked(first):
        edits = planned(case.network, question)
        for left_out in edits:
            rest = [e for e in edits if e is not left_out]
            without = verdict(case.network.with_edits(rest), question)
            assert without is not Verdict.REACHABLE, (case.seed, case.question, left_out)
            tried += 1
    assert tried
