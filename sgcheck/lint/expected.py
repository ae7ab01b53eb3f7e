"""Rules that are files of expectations, in the form of `sgcheck check`, beside the pages of somebody's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sgcheck.errors import InputError
from sgcheck.lint.checks.reachability import CHECK, Reachability, Wanted
from sgcheck.lint.rule import Rule
from sgcheck.lint.severity import Severity
from sgcheck.sources.expectations import load_expectations

if TYPE_CHECKING:
    from pathlib import Path

_REST = re.compile(r"[^a-z0-9]+")


def expected(file: Path) -> Rule:
    """The rule that a file of expectations is: all of them hold. Raises InputError naming file and line."""
    wanted = tuple(
        Wanted(one.source, one.target, one.port, one.verdicts, one.allowed, one.name)
        for one in load_expectations(str(file))
    )
    name = _REST.sub("-", file.stem.lower()).strip("-")
    if not name:
        raise InputError(f"{file}: expected a name with letters, such as database.yaml")
    return Rule(
        id=f"expect-{name}",
        name=f"expect-{name}",
        severity=Severity.HIGH,
        check_name="reachability",
        check=CHECK,
        parameters=Reachability(expect=wanted),
        references=(),
        equivalents=(),
        tags=("expectation",),
        what=f"Asks what {file.name} expects to be reachable, or not to be.",
        why="Somebody has written down that it must hold.",
        fix="See what `sgcheck explain` says of it, and mend the network, or the expectation.",
        examples=(),
        file=str(file),
    )
