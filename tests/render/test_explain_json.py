"""The shapes are those of the documented schema `sgcheck.explain/1`; the keys beyond it are optional additions."""

from __future__ import annotations

import json

import pytest
from render.samples import BLOCKED, EXPLANATIONS, GAP, HOSTILE, SEVERAL, UNKNOWN, poisoned

from sgcheck.render import explain_json

TOP = ["schema", "query", "verdict", "client_sees", "summary", "answers", "evidence", "next_steps", "gaps", "warnings"]
ANSWER = {"source", "target", "verdict", "client_sees", "allowed", "denied", "ports", "forward", "return", "blockers"}


def rendered(explanation):
    return json.loads(explain_json.render(explanation))


def test_top_level_keys_in_their_order():
    assert list(rendered(BLOCKED)) == TOP
    assert rendered(BLOCKED)["schema"] == "sgcheck.explain/1"


def test_query():
    assert rendered(BLOCKED)["query"] == {
        "from": "internet",
        "to": "i-0a1b2c3d4e5f60718",
        "protocol": "tcp",
        "port": "80",
    }


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_every_answer_has_the_same_keys(name):
    answers = rendered(EXPLANATIONS[name])["answers"]
    assert len(answers) == len(EXPLANATIONS[name].answers)
    assert {frozenset(answer) for answer in answers} <= {frozenset(ANSWER | {"undecided", "client_ports"})}


def test_ends_of_an_answer():
    (answer,) = rendered(BLOCKED)["answers"]
    assert answer["source"] == {"kind": "internet", "id": None, "name": None, "addresses": ["0.0.0.0/0"]}
    assert answer["target"] == {
        "kind": "instance",
        "id": "i-0a1b2c3d4e5f60718",
        "name": "web-1",
        "interface": "eni-0a1b2c3d4e5f60718",
        "address": "198.51.100.7",
    }
    assert answer["ports"] == {"allowed": [], "denied": ["80"]}


def test_hops():
    (answer,) = rendered(BLOCKED)["answers"]
    assert answer["forward"][1] == {
        "hop": "acl-0d4e5f60718a1b2c3",
        "kind": "network-acl",
        "name": "web-acl",
        "decision": "pass",
        "by": "rule 100",
        "detail": None,
    }
    assert [hop["decision"] for hop in answer["return"]] == ["pass", "deny", "pass"]


def test_blockers():
    first, second = rendered(BLOCKED)["answers"][0]["blockers"]
    assert {"code", "resource", "direction", "by", "denied", "why", "fix"} <= set(first)
    assert (first["code"], first["resource"], first["direction"], first["by"]) == (
        "ENI_SG_RULES_MISMATCH",
        "sg-0a1b2c3d4e5f60718",
        "forward",
        None,
    )
    assert list(first["fix"]) == ["why", "commands"]
    assert (second["direction"], second["by"], second["undecided"]) == ("return", "rule 90", False)


def test_gaps():
    assert rendered(UNKNOWN)["gaps"] == [
        {
            "kind": "route-table",
            "resource": "rtb-0123456789abcdef0",
            "account": "123456789012",
            "region": "us-east-1",
            "why": GAP.why,
            "collect": GAP.collect,
        }
    ]


def test_the_bytes_are_stable_indented_and_end_with_a_newline():
    text = explain_json.render(SEVERAL)
    assert text == explain_json.render(SEVERAL)
    assert text.endswith("\n}\n")
    assert text.startswith('{\n  "schema": "sgcheck.explain/1",\n  "query": {\n')


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_through_as_data(name):
    text = explain_json.render(poisoned(HOSTILE[name].text))
    text.encode("utf-8")
    expected = HOSTILE[name].text.replace("\udcff", r"\udcff")
    assert json.loads(text)["answers"][0]["blockers"][0]["name"] == expected
