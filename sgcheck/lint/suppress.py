"""What somebody has accepted: by configuration, by a tag of the resource, or in a baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

import msgspec

from sgcheck.lint.baseline import Known
from sgcheck.lint.finding import Finding, Suppressed
from sgcheck.lint.rule import Rule
from sgcheck.lint.select import matches


class Ignore(msgspec.Struct, frozen=True):
    """One entry: findings of rules that `rule` means, at resources whose id, name or address `resource` matches.

    reason: why that is fine. until: the last day on which it counts, None for ever. by: what says so, for people.
    """

    rule: str
    resource: str
    reason: str
    until: date | None
    by: str

    def over(self, today: date) -> bool:
        """Whether it does not count any more."""
        return self.until is not None and today > self.until

    def at(self, finding: Finding) -> bool:
        """Whether it is about the resource of the finding."""
        names = (finding.resource.id, finding.resource.name or "", finding.written or "")
        return any(fnmatchcase(name, self.resource) for name in names if name)


class Suppressions:
    """All entries and the baseline; remembers which of them were of use."""

    def __init__(
        self,
        ignores: Sequence[Ignore],
        baseline: Mapping[str, Known],
        by: str,
        rules: Sequence[Rule],
        complaints: Sequence[str] = (),
    ) -> None:
        """Take entries, and known findings by fingerprint, which `by` (a file) has; `rules` are all there are.

        complaints: what is wrong with entries that count for nothing.
        """
        self._complaints = tuple(complaints)
        self._ignores = tuple(ignores)
        self._baseline = baseline
        self._by = by
        self._rules = {rule.id: rule for rule in rules}
        self._used: set[Ignore] = set()
        self._known: set[str] = set()
        self._today = date.today()  # noqa: DTZ011  (a day as people have it where they are)

    def apply(self, findings: Sequence[Finding]) -> tuple[list[Finding], list[Suppressed]]:
        """The findings that stay, and those that don't with what says so."""
        kept: list[Finding] = []
        suppressed: list[Suppressed] = []
        for finding in findings:
            entry = self._entry(finding)
            if entry is not None:
                suppressed.append(Suppressed(finding, entry.by, entry.reason))
            elif finding.fingerprint in self._baseline:
                self._known.add(finding.fingerprint)
                suppressed.append(Suppressed(finding, self._by, "known already"))
            else:
                kept.append(finding)
        return kept, suppressed

    def _entry(self, finding: Finding) -> Ignore | None:
        rule = self._rules[finding.rule]
        found = [one for one in self._ignores if matches(rule, one.rule) and one.at(finding)]
        self._used.update(found)
        return next((one for one in found if not one.over(self._today)), None)

    def remarks(self, rules: Sequence[Rule]) -> list[str]:
        """What is to be said of entries after a run of `rules`: those that are over, or match nothing any more."""
        said = list(self._complaints)
        for one in self._ignores:
            what = f"{one.by}: the exception for {one.rule} at {one.resource}"
            if one.over(self._today):
                used = "" if one in self._used else ", and it matches nothing any more"
                said.append(f"{what} ended on {one.until}{used}")
            elif not any(matches(rule, one.rule) for rule in self._rules.values()):
                said.append(f"{what} names no rule that there is")
            elif one not in self._used and any(matches(rule, one.rule) for rule in rules):
                said.append(f"{what} matches nothing")
        gone = sum(fingerprint not in self._known for fingerprint in self._looked(rules))
        if gone:
            said.append(
                f"{self._by}: {gone} known finding{'s are' if gone > 1 else ' is'} gone; --update-baseline forgets them"
            )
        return sorted(said)

    def _looked(self, rules: Sequence[Rule]) -> Iterator[str]:
        """The known findings that `rules` would have found again; a rule that is no more finds nothing."""
        ran = {rule.id for rule in rules}
        for fingerprint, known in self._baseline.items():
            if known.rule in ran or known.rule not in self._rules:
                yield fingerprint
