"""The project's own workflows: they parse, need no secrets, and call what there is."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from fences import fences
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILES = sorted((CHECKOUT / ".github/workflows").glob("*.yml"))
OFFICIAL = re.compile(r"actions/(checkout|setup-python)@v\d+")

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def jobs(file: Path) -> dict:
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as a boolean; GitHub does not.
    assert set(told) - {"concurrency"} == {"name", True, "permissions", "jobs"}
    assert told["permissions"] == {"contents": "read"}
    return told["jobs"]


def steps(job: dict) -> list[dict]:
    assert {"runs-on", "timeout-minutes", "steps"} <= job.keys()
    return job["steps"]


@each_file
def test_a_workflow_uses_official_actions_and_no_secrets(file):
    assert "secrets" not in file.read_text(encoding="utf-8")
    for job in jobs(file).values():
        for step in steps(job):
            assert ("uses" in step) != ("run" in step)
            assert "uses" not in step or OFFICIAL.fullmatch(step["uses"])


@each_file
def test_a_workflow_runs_what_there_is(file):
    lines = [line for job in jobs(file).values() for step in steps(job) for line in step.get("run", "").splitlines()]
    assert lines
    for line in lines:
        program, *words = shlex.split(line)
        assert program in {"python", ".venv/bin/pip", ".venv/bin/mutmut"} or os.access(CHECKOUT / program, os.X_OK)
        extras = [name for word in words for name in re.findall(r"\w+", word) if word.startswith(".[")]
        assert set(extras) <= PROJECT["optional-dependencies"].keys()
        assert all((CHECKOUT / word).exists() for word in words if word.startswith("tests"))


def test_every_change_is_checked_on_the_oldest_python():
    (job,) = jobs(CHECKOUT / ".github/workflows/ci.yml").values()
    versions = job["strategy"]["matrix"]["python"]
    assert PROJECT["requires-python"] == f">={versions[0]}"
    assert all(isinstance(version, str) for version in versions)
    (run,) = [step for step in steps(job) if "run" in step]
    assert run == {"run": ".ci/run", "env": {"PYTHON": "python${{ matrix.python }}"}}
    assert "${PYTHON:+" in (CHECKOUT / ".ci/run").read_text(encoding="utf-8")


def test_the_night_runs_what_the_guide_says():
    nightly = jobs(CHECKOUT / ".github/workflows/nightly.yml")
    (profile,) = [step["env"]["SGCHECK_PROFILE"] for step in steps(nightly["agreement"]) if "env" in step]
    assert settings.get_profile(profile).max_examples > settings.get_profile("ci").max_examples
    # The block stands in a list, and so further in than a block that `fences` sees.
    guide = re.sub(r"(?m)^ +", "", (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    (documented,) = [block.body for block in fences(guide) if "mutmut run" in block.body]
    (run,) = [step["run"] for step in steps(nightly["mutation"]) if "run" in step]
    assert documented.splitlines() == run.splitlines()[1:]
