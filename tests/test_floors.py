"""The floors of the house, and that a plain `explain` pays for nothing that it does not use."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
HEAVY = frozenset(
    {"boto3", "botocore", "duckdb", "importlib.metadata", "netaddr", "networkx", "numpy", "rich", "yaml"},
)

# Runs one command and then says on standard error what it had to import for it.
RUNNER = """
import sys
from sgcheck.cli.main import main
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
import json
sys.stdout.flush()
sys.stderr.write(json.dumps(sorted(sys.modules)))
sys.exit(code)
"""


def test_a_module_imports_only_from_its_floor_and_below():
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("form", ["text", "json"])
def test_explain_imports_nothing_heavy(form):
    command = (CHECKOUT / "examples" / "web-server-timeout" / "command.txt").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *shlex.split(command)[1:], "-f", form],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ENI_SG_RULES_MISMATCH" in done.stdout
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    assert "sgcheck.cli.main" in imported
    assert imported & HEAVY == set()
    assert {name for name in imported if name.startswith(("sgcheck.diagnose", "sgcheck.lint"))} == set()


def imported_by(*words):
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_exposure_imports_nothing_heavy(form):
    printed, imported = imported_by("exposure", "-i", "examples/web-server-timeout/network.json", "-f", form)
    assert "ssh" in printed
    assert imported & HEAVY == set()
    assert {name for name in imported if name.startswith(("sgcheck.diagnose", "sgcheck.sources.live"))} == set()


def test_lint_imports_nothing_heavy_but_what_reads_its_pages():
    network = CHECKOUT / "examples" / "web-server-timeout" / "network.json"
    _printed, imported = imported_by("lint", str(network), "--fail-on", "never")
    assert imported & HEAVY == {"yaml"}
