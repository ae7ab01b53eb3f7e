"""The script that judges coverage fails when it should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "coverage_floor.py"


def judge(tmp_path, lines, branches, package="packets"):
    summary = {
        "covered_lines": lines[0],
        "num_statements": lines[1],
        "covered_branches": branches[0],
        "num_branches": branches[1],
    }
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": {"sgcheck/packets/flow.py": {"summary": summary}}}), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(report), "95", package]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "lines, branches, code",
    [
        ((95, 100), (19, 20), 0),
        ((94, 100), (20, 20), 1),
        ((1000, 1000), (18, 20), 1),  # together 99.8 %, and still a tenth of the branches is never taken
        ((10, 10), (0, 0), 0),
    ],
)
def test_lines_and_branches_are_judged_apart(tmp_path, lines, branches, code):
    done = judge(tmp_path, lines, branches)
    assert done.returncode == code, done.stderr
    assert ("BELOW" in done.stdout) == bool(code)


def test_a_package_that_was_not_measured_is_a_failure(tmp_path):
    done = judge(tmp_path, (10, 10), (2, 2), package="pakets")
    assert done.returncode == 1
    assert "nothing was measured" in done.stderr
