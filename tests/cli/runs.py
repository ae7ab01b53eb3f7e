"""Running sgcheck as a person does, with its own environment and standard streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.inside import completed, run_inside

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "examples"
PROGRAM = [sys.executable, "-m", "sgcheck"]
TIMEOUT = ("explain", "-i", str(EXAMPLES / "web-server-timeout/network.json"), "--from", "internet", "--to", "i-123")
LISTENING = ("explain", "-i", str(EXAMPLES / "web-server-nothing-listening/network.json"), "--from", "internet")

# What the machine that runs the tests may have set, and every test sets for itself.
_OURS = {"SGCHECK_INPUT", "SGCHECK_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "LC_ALL", "LANG"}
# The checkout first, whatever else this process can import from.
_PATH = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])])


def environment(**more: str) -> dict[str, str]:
    """The environment of a run: this one's, without what decides our output, and with `more`."""
    kept = {key: value for key, value in os.environ.items() if key not in _OURS}
    return {**kept, "PYTHONPATH": _PATH, "PYTHONUTF8": "1", **more}


def run(
    *words: str, stdin: str | bytes = b"", env: dict[str, str] | None = None, **more
) -> subprocess.CompletedProcess[str]:
    """Run `sgcheck WORDS` to its end and return what it printed.

    It is a process of its own where the environment is told or something else that only such a one can have.
    """
    stdin = stdin.encode() if isinstance(stdin, str) else stdin
    if env is None and more.keys() <= {"cwd"}:
        return completed(words, run_inside(words, stdin, environment(), more.get("cwd", CHECKOUT)))
    done = subprocess.run(
        [*PROGRAM, *words],
        input=stdin,
        capture_output=True,
        env=env or environment(),
        cwd=more.pop("cwd", CHECKOUT),
        timeout=60,
        check=False,
        **more,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    )
