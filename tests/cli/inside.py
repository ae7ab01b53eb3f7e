"""Running sgcheck inside this process: as fast as a call, and seen by coverage."""

from __future__ import annotations

from typing import NamedTuple

from click.testing import CliRunner

from sgcheck.cli.main import cli


class Done(NamedTuple):
    """How a run ended, and what it printed."""

    code: int
    out: str
    err: str


def inside(*words: object, stdin: bytes = b"", env: dict[str, str | None] | None = None) -> Done:
    """Run `sgcheck WORDS` and return how it ended."""
    unset = {"SGCHECK_INPUT": None, "FORCE_COLOR": None, "SGCHECK_DEBUG": None}
    found = CliRunner().invoke(
        cli, [str(word) for word in words], input=stdin, env={**unset, **(env or {})}, prog_name="sgcheck"
    )
    return Done(found.exit_code, found.stdout, found.stderr)
