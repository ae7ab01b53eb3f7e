"""Run a program as a process of its own, within limits, and say what it took of the processor and of memory.

Needs a system that has wait4 and setrlimit (not Windows).
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_KILO = 1 if sys.platform == "darwin" else 1_024  # what ru_maxrss counts in

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take: seconds of processor, bytes of address space."""

    seconds: int = 300
    memory: int = 8_000_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds on the clock, seconds of processor (user and system), bytes at its peak."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Why there is nothing to tell of a process, in a few words."""

    why: str


Outcome = Spent | Unfinished


def spend(command: Command, limits: Limits | None = None) -> Outcome:
    """Run a program to its end and return what it took, or why it did not come to a good end."""
    limits = limits or Limits()
    # Installed programs have their bytecode; one that may not write it would compile itself anew in every run.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 5))
        if sys.platform == "linux":  # others take it for a wish
            resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))

    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=CHECKOUT,
            env=environment,
            preexec_fn=confine,  # noqa: PLW1509 - there is one thread
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            return Unfinished(_why(process.returncode, said.read().decode(errors="replace"), limits))
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _KILO)


def _why(code: int, said: str, limits: Limits) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"not in {limits.seconds} s"
    if "MemoryError" in said or "memory" in said.lower():
        return f"not in {limits.memory / 1e9:g} GB"
    lines = said.strip().splitlines()
    return f"exit {code}: {lines[-1] if lines else 'nothing was said'}"


def best(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the least seconds and the highest peak of several runs, or what went wrong in the first that failed."""
    spent = []
    for outcome in outcomes:
        if isinstance(outcome, Unfinished):
            return outcome
        spent.append(outcome)
    return Spent(min(s.wall for s in spent), min(s.cpu for s in spent), max(s.peak for s in spent))


def python(code: str, *arguments: str | Path) -> Command:
    """Return the command that runs a few lines in this interpreter."""
    return [sys.executable, "-c", code, *arguments]


def sgcheck(*arguments: str | Path) -> Command:
    """Return how sgcheck is run: by the installed script where there is one."""
    script = shutil.which("sgcheck", path=Path(sys.executable).parent)
    return [*([script] if script else [sys.executable, "-m", "sgcheck"]), *arguments]
