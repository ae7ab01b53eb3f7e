"""The same network as AWS describes it, as a state and as a plan gives the same answers."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from plain.networks import random_network, random_questions  # noqa: E402  (beside this folder)
from plans import asked, plan, state  # noqa: E402  (beside this file)
from writer import as_plan, as_state, sayable, yet_to_come  # noqa: E402  (beside this file)

from sgcheck.aws.build import build  # noqa: E402  (after what is beside it)
from sgcheck.errors import SgcheckError  # noqa: E402  (after what is beside it)
from sgcheck.sources.files import load_snapshot  # noqa: E402  (after what is beside it)

QUESTIONS = 6


def network_from(folder, name, document):
    import json

    path = folder / f"{name}.json"
    path.write_text(json.dumps(document))
    return build(load_snapshot([str(path)]))


def answer(network, question, names=None):
    """What decides of an answer: verdict, what the client sees and what may pass; an error as its kind."""
    try:
        found = asked(network, question.asked_from, question.asked_to, question.port)
    except SgcheckError as error:
        return type(error).__name__
    return found.verdict.value, found.client_sees.value, sorted(c for one in found.answers for c in one.allowed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("same")


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_a_state_answers_as_what_aws_describes(folder, seed):
    rng = random.Random(seed)
    described = sayable(random_network(rng))
    assume(described["NetworkInterfaces"])
    ways = {
        "inline": network_from(folder, "inline", state(*as_state(described))),
        "apart": network_from(folder, "apart", state(*as_state(described, apart=True))),
        "raw": network_from(folder, "raw", state(*as_state(described), raw=True)),
    }
    plain = network_from(folder, "plain", described)
    for question in random_questions(rng, described, QUESTIONS):
        expected = answer(plain, question)
        for name, network in ways.items():
            assert answer(network, question) == expected, (name, question)


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_a_plan_that_makes_groups_and_tables_answers_as_if_they_were_there(folder, seed):
    rng = random.Random(seed)
    described = sayable(random_network(rng))
    assume(described["NetworkInterfaces"])
    made = as_state(described, apart=True)  # several groups in the blocks of one are not told apart by a plan
    plain = network_from(folder, "plain", described)
    planned = network_from(folder, "planned", plan(*as_plan(made)))
    for question in random_questions(rng, described, QUESTIONS):
        assert answer(planned, question) == answer(plain, question), question


@settings(max_examples=10)
@given(st.integers(0, 10**9))
def test_transit_gateways_of_a_state_answer_as_what_aws_describes(folder, seed):
    rng = random.Random(seed)
    described = sayable(random_network(rng, fabric=frozenset({"transit"}), told=True))
    assume(described["NetworkInterfaces"] and described.get("TransitGateways"))
    plain = network_from(folder, "plain", described)
    written = network_from(folder, "written", state(*as_state(described, apart=rng.random() < 0.5)))
    for question in random_questions(rng, described, QUESTIONS):
        found = answer(written, question)
        # A list without its entries, and a VPC without any table, are less in a state than in what AWS describes.
        assert found == answer(plain, question) or found[0] == "unknown", question


def verdict_of(network, source, target, port):
    try:
        return asked(network, source, target, port).verdict.value
    except SgcheckError as error:
        return type(error).__name__


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_what_a_plan_says_of_hosts_without_addresses_is_so_whatever_they_get(folder, seed):
    """A plan may say `unknown` where addresses decide; what it says beyond that is true of those that they got."""
    rng = random.Random(seed)
    described = sayable(random_network(rng))
    assume(described["NetworkInterfaces"])
    planned, new = yet_to_come(as_state(described))
    routed = any("NetworkInterfaceId" in route for table in described["RouteTables"] for route in table["Routes"])
    assume(new and not routed)
    plain = network_from(folder, "plain", described)
    coming = network_from(folder, "coming", plan(*planned))
    ends = ["internet", *sorted(new)]
    for _ in range(10):
        source, target = rng.choice(ends), rng.choice(sorted(new))
        port = rng.choice(["22", "80", "443", "5432", "53/udp", "icmp", "all"])
        if source == target:
            continue
        found = verdict_of(coming, new.get(source, source), new[target], port)
        if found != "unknown":
            assert found == verdict_of(plain, source, target, port), (source, target, port)
