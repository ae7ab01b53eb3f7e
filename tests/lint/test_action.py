"""The GitHub action and the pre-commit hook: what they run is what `sgcheck lint` takes."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from cli.runs import EXAMPLES, environment, run

from sgcheck.cli import lint

NETWORK = str(EXAMPLES / "web-server-timeout/network.json")


@pytest.fixture
def step(checkout, tmp_path):
    """Run the step that lints, in an environment that an action's runner would give it."""
    told = yaml.safe_load((checkout / "action.yml").read_text(encoding="utf-8"))
    program = tmp_path / "sgcheck" / "bin" / "sgcheck"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sgcheck "$@"\n', encoding="utf-8")
    program.chmod(0o755)

    def run(summary=None, **given):
        inputs = {name: one.get("default", "") for name, one in told["inputs"].items()} | given
        names = {"PATHS": "path", "FORMAT": "format", "OUTPUT": "output", "SELECT": "select", "FAIL_ON": "fail-on"}
        assert set(told["runs"]["steps"][1]["env"]) == set(names)
        env = environment(RUNNER_TEMP=str(tmp_path), **{name: inputs[key] for name, key in names.items()})
        # These tests may run in such a runner themselves, and must not write on its page.
        env |= {"GITHUB_STEP_SUMMARY": "" if summary is None else str(summary)}
        script = told["runs"]["steps"][1]["run"]
        return subprocess.run(
            ["bash", "-e", "-c", script], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def test_the_action_annotates_and_fails_where_it_should(step):
    done = step(path=f"{NETWORK}\n")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=")
    assert step(path=NETWORK, **{"fail-on": "never"}).returncode == 0
    assert step(path="").returncode != 0


def test_the_action_writes_a_file_and_takes_inputs_as_they_are(step, tmp_path):
    done = step(path=NETWORK, format="sarif", output="out $(touch owned).sarif", select="CIS")
    assert done.returncode == 1, done.stderr
    assert (tmp_path / "out $(touch owned).sarif").exists()
    assert not (tmp_path / "owned").exists()


def test_the_action_writes_on_the_page_of_the_run(step, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("# of an earlier step\n", encoding="utf-8")
    done = step(summary=summary, path=NETWORK, select="SG101")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=")
    told = run("lint", NETWORK, "--select", "SG101", "-f", "markdown", "--fail-on", "never").stdout
    assert "SG101" in told
    assert summary.read_text(encoding="utf-8") == "# of an earlier step\n" + told


def test_the_page_of_the_run_does_not_decide_how_the_step_ends(step, tmp_path):
    summary = tmp_path / "summary.md"
    done = step(summary=tmp_path, path=NETWORK, select="SG101")
    assert done.returncode == 1, done.stderr
    assert "::warning::no step summary was written" in done.stdout
    done = step(summary=summary, path="no-such-file.json")
    assert done.returncode == 2, done.stderr
    assert not summary.exists()
    assert done.stderr.count("no-such-file.json") == 1


def test_the_forms_are_those_of_the_command(checkout):
    told = yaml.safe_load((checkout / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert all(form in told["format"]["description"] for form in lint.FORMATS)
    assert told["fail-on"]["default"] in lint.LEVELS


def test_the_hook_runs_a_command_that_there_is(checkout):
    (hook,) = yaml.safe_load((checkout / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"].split() == ["sgcheck", "lint"]
