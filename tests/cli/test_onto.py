"""`--onto` on everything that looks at a configuration: the plan is laid over what is deployed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.runs import run

sys.path.insert(0, str(Path(__file__).parents[1] / "sources" / "terraform"))

from plans import existing, plan, resource, state, written
from test_plan import WEB, deployed

HOST = resource("aws_instance.new", subnet_id="subnet-1", vpc_security_group_ids=["sg-1"])
"""A host in a subnet and with a group that are not the plan's."""


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """A plan, and what is deployed."""
    folder = tmp_path_factory.mktemp("onto")
    group = existing("aws_security_group.web", **WEB)
    return written(folder, plan(HOST)), written(folder, state(*deployed(), group), "deployed.json")


@pytest.mark.parametrize(
    "words, there",
    [
        (("exposure", "-f", "json"), '"target": "aws_instance.new"'),
        (("reach", "--from", "i-1", "-f", "json"), '"asked": 1,'),
        (("reach", "--to", "aws_instance.new", "-f", "json"), "0.0.0.0/0"),
        (("diagnose", "--to", "aws_instance.new", "--port", "80", "-f", "json"), '"verdict": "reachable"'),
        (("diagnose", "--to", "i-1", "--port", "22", "-f", "json"), '"verdict": "blocked"'),
        (("graph", "-f", "json"), '"id": "igw-1"'),
        (("graph", "--from", "internet", "--to", "aws_instance.new", "--port", "80", "-f", "mermaid"), "igw-1"),
        (("explain", "--from", "internet", "--to", "aws_instance.new", "--port", "80", "-f", "json"), "igw-1"),
        (("lint", "-f", "json", "--fail-on", "never"), '"resource": "subnet-1"'),
    ],
)
def test_a_command_sees_what_is_deployed(paths, words, there):
    plan_, rest = paths
    laid = run(*words, "-i", plan_, "--onto", rest)
    assert laid.returncode == 0, laid.stderr
    assert there in laid.stdout
    assert "240.0.0" not in laid.stdout


@pytest.mark.parametrize(
    "words, said",
    [
        (("-i", "REST", "--onto", "REST"), "or a template of CloudFormation, to be laid over what is deployed"),
        (("--onto", "REST"), "name it with -i"),
        (("-i", "-", "--onto", "-"), "standard input can be read only once"),
        (("-i", "PLAN", "--onto", "nowhere.json"), "nowhere.json: can't be read"),
    ],
)
def test_what_can_not_be_laid_over_anything_is_refused(paths, tmp_path, words, said):
    snapshot = written(tmp_path, {"Vpcs": []}, "snapshot.json")
    done = run("lint", *({"REST": snapshot, "PLAN": paths[0]}.get(word, word) for word in words))
    assert done.returncode == 2
    assert said in done.stderr
