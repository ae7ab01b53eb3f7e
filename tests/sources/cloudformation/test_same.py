"""One set of rules as a template, as a Terraform plan and as AWS describes it: equal answers, equal findings."""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from rulesets import GROUPS, HOSTS, SUBNETS, RuleSet, live_name, terraform_name
from templates import asked

from sgcheck.aws.build import build
from sgcheck.lint.rule import load_rules
from sgcheck.lint.run import lint
from sgcheck.lint.scene import Scene
from sgcheck.lint.suppress import Suppressions
from sgcheck.sources.files import load_snapshot

RULES = load_rules()
NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
SHORT = (*GROUPS, *HOSTS, *SUBNETS, "V", "N", "T", "I")
BACK = {
    "described": {live_name(name): name for name in SHORT},
    "planned": {terraform_name(name): name for name in SHORT},
    "template": {name: name for name in SHORT},
}
DEFAULTS = {
    "sg-default": "default group", "acl-default": "default ACL", "rtb-main": "main table",
    "aws_vpc.V.default_security_group_id": "default group", "aws_vpc.V.default_network_acl_id": "default ACL",
    "aws_vpc.V.main_route_table_id": "main table", "V.DefaultSecurityGroup": "default group",
    "V.DefaultNetworkAcl": "default ACL", "V.MainRouteTable": "main table",
    "eni-h1": "H1", "pl-p": "P", "aws_ec2_managed_prefix_list.P": "P", "pl-P": "P",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("same")


def all_three(folder, seed):
    """The set as three snapshots, by how it is written."""
    drawn = RuleSet(random.Random(seed))
    made = {"described": drawn.described(), "planned": drawn.plan(), "template": drawn.template()}
    found = {}
    for name, document in made.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        found[name] = load_snapshot([str(path)])
    return found


def called(way, name):
    return {"described": live_name, "planned": terraform_name}.get(way, str)(name) if name in HOSTS else name


def answer(network, way, source, target, port):
    found = asked(network, called(way, source), called(way, target), port)
    allowed = sorted(one for part in found.answers for one in part.allowed)
    codes = sorted((b.code, b.direction) for part in found.answers for b in part.blockers)
    return found.verdict.value, found.client_sees.value, allowed if target != "internet" else None, codes


@settings(max_examples=200 if NIGHTLY else 8)
@given(st.integers(0, 10**9))
def test_answers_are_equal(folder, seed):
    networks = {way: build(snapshot) for way, snapshot in all_three(folder, seed).items()}
    rng = random.Random(seed)
    ends = ["internet", *HOSTS, "203.0.113.9"]
    for _ in range(6):
        source, target = rng.sample(ends, 2)
        if source not in HOSTS and target not in HOSTS:
            continue
        port = rng.choice(("22", "80", "53/udp", "icmp", "all"))
        told = {way: answer(network, way, source, target, port) for way, network in networks.items()}
        assert told["template"] == told["described"], (source, target, port)
        assert told["planned"] == told["described"], (source, target, port)


@settings(max_examples=200 if NIGHTLY else 8)
@given(st.integers(0, 10**9))
def test_findings_are_equal(folder, seed):
    told = {}
    for way, snapshot in all_three(folder, seed).items():
        scene = Scene(build(snapshot), snapshot)
        report = lint(scene, RULES, Suppressions((), {}, "", RULES, []))
        back = BACK[way] | DEFAULTS
        told[way] = sorted((f.name, f.severity.word, back.get(f.resource.id, f.resource.id)) for f in report.findings)
    assert told["template"] == told["described"]
    assert told["planned"] == told["described"]
