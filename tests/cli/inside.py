"""Running sgcheck in this process, as a process of its own would run: its streams, environment and exit code.

A process of its own takes a quarter of a second to begin, and coverage does not see what it does.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sgcheck.cli.main import cli


def run_inside(
    words: Sequence[str], stdin: bytes, environment: dict[str, str], cwd: str | Path
) -> tuple[int, str, str]:
    """Run `sgcheck WORDS` and return its exit code and what it printed. environment: all of it, in UTF-8 mode."""
    out, err = _Stream("surrogateescape"), _Stream("backslashreplace")
    with _standing(environment, cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        theirs, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="surrogateescape")
        try:
            cli.main(args=list(words), prog_name="sgcheck")
        except SystemExit as ended:
            code = ended.code
        finally:
            sys.stdin = theirs
    assert isinstance(code, int)
    return int(code), out.told(), err.told()


def completed(words: Sequence[str], told: tuple[int, str, str]) -> subprocess.CompletedProcess[str]:
    """What a run came to, as a process of its own tells it."""
    return subprocess.CompletedProcess(["sgcheck", *words], *told)


class _Stream(io.TextIOWrapper):
    """A standard stream that is a pipe and keeps what is written to it."""

    def __init__(self, errors: str) -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding="utf-8", errors=errors, newline="\n")

    def told(self) -> str:
        self.flush()
        return self.kept.getvalue().decode("utf-8", "replace")


@contextlib.contextmanager
def _standing(environment: dict[str, str], cwd: str | Path) -> Iterator[None]:
    """This process with another environment and in another folder."""
    before, place = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    try:
        yield
    finally:
        os.chdir(place)
        os.environ.clear()
        os.environ.update(before)
