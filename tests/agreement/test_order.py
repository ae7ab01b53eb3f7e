"""The same input in any order gives the same answer, byte for byte."""

from __future__ import annotations

import random

import pytest

from sgcheck.errors import UsageError
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.render import explain_json, explain_text
from tests.agreement.random_cases import load
from tests.plain.networks import random_network, shuffled
from tests.plain.questions import random_questions


@pytest.mark.parametrize("seed", range(12))
def test_order_changes_nothing(seed: int) -> None:
    """Lists in another order, rules split over other permissions: identical JSON and text."""
    rng = random.Random(f"order {seed}")
    record = random_network(rng)
    network, other = load(record), load(shuffled(rng, record))
    compared = 0
    for drawn in random_questions(rng, record, 12):
        try:
            question = Question.parse(drawn.asked_from, drawn.asked_to, drawn.port)
            answer, again = explain(network, question), explain(other, question)
        except UsageError:
            continue
        assert explain_json.render(answer) == explain_json.render(again), drawn
        first, second = (explain_text.render(a, width=80, color=False, ascii_only=False) for a in (answer, again))
        assert first == second
        compared += 1
    assert compared
