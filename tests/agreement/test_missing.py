"""Kinds left out at random: a verdict becomes unknown, or stays, or the error says what is not there."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from sgcheck.aws.kind import Absence
from sgcheck.aws.kinds import KINDS
from sgcheck.errors import UsageError
from sgcheck.reach.answer import Verdict
from sgcheck.reach.explain import verdict
from sgcheck.reach.question import Question
from tests.agreement.random_cases import load
from tests.plain.networks import random_network
from tests.plain.questions import random_questions

NETWORKS = 400 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 24
BLOCK = 8
QUESTIONS = 10
ALSO = {"instance": {Verdict.REACHABLE, Verdict.PARTIAL}}
"""What an assumption may make of a verdict: a host that is not in the data is taken to be running."""
FABRIC = frozenset({"transit", "balancers", "endpoints"})


def answers(record, questions):
    """The verdict on each question, None where its ends are not understood."""
    network = load(record)
    for question in questions:
        try:
            yield verdict(network, question)
        except UsageError as wrong:
            if "\n" in wrong.message:
                raise
            yield None


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_a_kind_left_out_makes_nothing_wrong(first):
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        rng = random.Random(f"missing {seed}")
        record = random_network(rng, nat_instances=seed % 3 == 2, fabric=FABRIC, told=True)
        drawn = random_questions(rng, record, QUESTIONS)
        questions = [Question.parse(q.asked_from, q.asked_to, q.port) for q in drawn]
        before = list(answers(record, questions))
        present = [kind for kind in KINDS if any(record.get(key) for key in kind.keys)]
        kind = rng.choice(present)
        less = {key: value for key, value in record.items() if key not in kind.keys}
        for question, whole, lacking in zip(questions, before, answers(less, questions), strict=True):
            if whole is None or lacking is None:
                seen["error"] += 1
                continue
            allowed = {whole, Verdict.UNKNOWN}
            if kind.absence is not Absence.UNKNOWN:
                allowed |= ALSO.get(kind.name, set())
            assert lacking in allowed, (seed, kind.name, question, whole, lacking)
            seen["same" if lacking is whole else "unknown"] += 1
    assert seen["same"], seen
    assert seen["unknown"], seen
