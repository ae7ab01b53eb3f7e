"""The same input in any order gives the same answer, byte for byte."""

from __future__ import annotations

import random

import pytest

from sgcheck.errors import UsageError
from sgcheck.reach.classes import classes
from sgcheck.reach.explain import explain
from sgcheck.reach.exposure import exposure
from sgcheck.reach.question import Question
from sgcheck.render import (
    explain_json,
    explain_text,
    exposure_csv,
    exposure_json,
    exposure_markdown,
    exposure_text,
)
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


@pytest.mark.parametrize("fabric", [(), ("transit", "balancers", "endpoints")], ids=["plain", "all"])
@pytest.mark.parametrize("seed", range(3))
def test_order_changes_no_exposure(seed: int, fabric: tuple[str, ...]) -> None:
    """The same rows, classes and gaps in the same order, in every format."""
    rng = random.Random(f"order of exposure {seed}")
    record = random_network(rng, fabric=frozenset(fabric))
    networks = [load(record), load(shuffled(rng, record))]
    for source in ("internet", rng.choice(sorted(networks[0].with_group))):
        found = [exposure(network, source) for network in networks]
        grouped = [classes(network, one.exposed) for network, one in zip(networks, found, strict=True)]
        for form in (exposure_text, exposure_json, exposure_csv, exposure_markdown):
            first, second = (form.render(one) for one in found)
            assert first == second, (seed, source, form)
            first, second = (form.render(one, many) for one, many in zip(found, grouped, strict=True))
            assert first == second, (seed, source, form)
