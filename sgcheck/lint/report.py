"""The whole of a run."""

from __future__ import annotations

import msgspec

from sgcheck.lint.finding import Finding, Suppressed, Undecided
from sgcheck.lint.rule import Rule
from sgcheck.lint.severity import Severity
from sgcheck.model.ref import Missing


class Report(msgspec.Struct, frozen=True):
    """findings: the worst first. rules: those that were looked at. gaps: what AWS refused to show.

    warnings: suppressions that are over or match nothing, and what makes the data less than the network. hidden: what
    was found, and is not asked for.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    undecided: tuple[Undecided, ...]
    gaps: tuple[Missing, ...]
    warnings: tuple[str, ...]
    rules: tuple[Rule, ...]
    hidden: tuple[Finding, ...] = ()

    def at_least(self, level: Severity) -> tuple[Finding, ...]:
        """The findings that are so bad, or worse."""
        return tuple(finding for finding in self.findings if finding.severity >= level)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity, the worst first, all of them named."""
        return {
            level.word: sum(finding.severity is level for finding in self.findings)
            for level in sorted(Severity, reverse=True)
        }
