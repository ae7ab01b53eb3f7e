"""Which finding of checkov is which of ours, and why some are none of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sgcheck.lint.rule import Rule
from tests.benchmarks.checkov.answers import Said, Told
from tests.benchmarks.checkov.reasons import REASONS

REFUSED = "the file is refused, in one line that says why"
CANT_TELL = "undecided: "
Owner = Callable[[Told], str | None]


@dataclass(slots=True)
class Joined:
    """What came of it.

    found: findings of checkov that a rule here with its id has at the same resource. reasons: the others, by id and
    reason. unexplained: those without any. matched: ours that were found, by file, rule and resource.
    """

    found: list[Told] = field(default_factory=list)
    reasons: dict[tuple[str, str], list[Told]] = field(default_factory=lambda: defaultdict(list))
    unexplained: list[Told] = field(default_factory=list)
    matched: set[tuple[str, str, str]] = field(default_factory=set)


def answering(rules: Iterable[Rule]) -> dict[str, tuple[str, ...]]:
    """Return which rules here have an id of checkov among their equivalents, by that id."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for name in rule.equivalents:
            if name.startswith("CKV"):
                found[name].append(rule.id)
    return {name: tuple(ids) for name, ids in found.items()}


def joined(told: Iterable[Told], said: Mapping[str, Said], rules: Iterable[Rule], owner: Owner) -> Joined:
    """Return what becomes of each finding of checkov whose id a rule here answers to."""
    answers, all_ = answering(rules), Joined()
    for each in told:
        ids = answers.get(each.id, ())
        if not ids:
            continue
        here = said[each.file]
        names = {each.name, owner(each) or each.name}
        hits = [one for one in here.findings if one["rule"] in ids and _same(one, names)]
        if hits:
            all_.found.append(each)
            all_.matched.update((each.file, one["rule"], one["resource"]) for one in hits)
            continue
        why = _why(each, here, ids, names)
        if why is None:
            all_.unexplained.append(each)
        else:
            all_.reasons[each.id, why].append(each)
    return all_


def _same(finding: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether a finding is at one of the resources, about a rule of it that is called so, or at what came with it."""
    about = {finding["resource"], finding.get("written"), finding.get("resource_name"), *finding.get("related", ())}
    return any(name in about or str(finding["resource"]).startswith(f"{name}.") for name in names)


def _why(told: Told, said: Said, ids: Iterable[str], names: Iterable[str]) -> str | None:
    if said.refused:
        return REFUSED
    for reason in REASONS:
        if told.id in reason.ids and any(fnmatchcase(f"{told.file}:{told.resource}", each) for each in reason.places):
            return reason.why
    for one in said.undecided:
        if one["rule"] in ids and _same(one, names):
            return f"{CANT_TELL}{one['why']}"
    return None
