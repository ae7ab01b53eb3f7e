"""Running rules over a network."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sgcheck.aws.commands import runnable
from sgcheck.aws.kinds import kind_named
from sgcheck.lint.check import Task
from sgcheck.lint.finding import Doubt, Finding, Fix, Hit, Step, Undecided, fingerprint
from sgcheck.lint.location import located
from sgcheck.lint.report import Report
from sgcheck.lint.rule import Rule
from sgcheck.lint.scene import Scene
from sgcheck.lint.scope import Scope
from sgcheck.lint.severity import Severity
from sgcheck.lint.suppress import Suppressions
from sgcheck.model.ref import Missing, Ref

if TYPE_CHECKING:
    from sgcheck.lint.finding import Location
    from sgcheck.reach.answer import Hop

EVERYTHING = Scope()


def lint(scene: Scene, rules: Sequence[Rule], suppressions: Suppressions, scope: Scope = EVERYTHING) -> Report:
    """Look at everything with every rule, and leave out what is suppressed or not in `scope`.

    The findings come the worst first, and in one order whatever that of the input is. Raises UnknownNameError where
    `scope` names what is not there.
    """
    found: list[Finding] = []
    undecided: list[Undecided] = []
    for rule in rules:
        hits, doubts = _judged(scene, rule)
        found += hits
        undecided += doubts
    undecided += _refused(scene, rules)
    seen = scope.seen(scene, [*(one.resource for one in found), *(one.resource for one in undecided)])
    kept, suppressed = suppressions.apply(sorted(found, key=_order))
    shown = [seen(one.severity, one.resource, one.account) for one in kept]
    return Report(
        tuple(one for one, is_shown in zip(kept, shown, strict=True) if is_shown),
        tuple(one for one in suppressed if seen(Severity.CRITICAL, one.finding.resource, one.finding.account)),
        tuple(one for one in undecided if seen(one.severity, one.resource, _owner(scene, one))),
        _gaps(scene),
        (*suppressions.remarks(rules), *_absent(scene, rules), *scene.network.warnings),
        tuple(rules),
        tuple(one for one, is_shown in zip(kept, shown, strict=True) if not is_shown),
    )


def _owner(scene: Scene, one: Undecided) -> str | None:
    return scene.whereabouts(one.resource.id).account


JUDGED = {"security-group": "security group", "network-acl": "network ACL", "route": "route table", "subnet": "subnet"}
"""Tags of rules that judge a kind of resource, and that kind."""


def _gaps(scene: Scene) -> tuple[Missing, ...]:
    """Everything that AWS refused to show, or that was not asked."""
    found: dict[tuple[str, str | None, str | None], Missing] = {}
    for gap in scene.snapshot.gaps:
        kind = kind_named(gap.kind_name) if gap.kind_name else None
        what = f"the {kind.plural}" if kind else f"something ({gap.call or 'it is not told what'})"
        why = f"AWS refused to show {what}: {gap.reason}"
        if gap.reason == "NotCollected":
            why = f"{what} were not collected"
        name = kind.name if kind else ""
        found.setdefault((name, gap.account, gap.region), Missing(name, "", why, gap.account, gap.region, gap.reason))
    for missing in scene.network.refused:
        found.setdefault((missing.kind, missing.account, missing.region), missing)
    return tuple(sorted(found.values(), key=lambda m: (m.kind, m.account or "", m.region or "", m.why)))


def _refused(scene: Scene, rules: Sequence[Rule]) -> Iterable[Undecided]:
    """What rules can't say of resources that AWS refused to show."""
    for gap in _gaps(scene):
        for tag, kind in JUDGED.items():
            if gap.kind == kind:
                where = " ".join(filter(None, (gap.account, gap.region))) or "everywhere"
                for rule in rules:
                    if tag in rule.tags:
                        yield Undecided(rule.id, rule.name, rule.severity, Ref(tag, where), gap.why)


def _absent(scene: Scene, rules: Sequence[Rule]) -> Iterable[str]:
    """That the input holds no groups at all, which most rules are about."""
    refused = any(gap.kind == "security group" for gap in _gaps(scene))
    if any("security-group" in rule.tags for rule in rules) and not len(scene.network.groups) and not refused:
        yield "there are no security groups in the input: no rule that judges them can find anything"


def _judged(scene: Scene, rule: Rule) -> tuple[list[Finding], list[Undecided]]:
    hits: list[Hit] = []
    doubts: set[Doubt] = set()
    for one in rule.check.run(Task(scene, rule.parameters, rule.severity)):
        if isinstance(one, Hit):
            hits.append(one)
        else:
            doubts.add(one)
    hits.sort(key=lambda hit: (hit.resource.kind, hit.resource.id, hit.key, hit.message))
    undecided = [
        Undecided(rule.id, rule.name, rule.severity, one.resource, one.why) for one in sorted(doubts, key=_doubt)
    ]
    return list(_findings(scene, rule, hits)), undecided


def _doubt(doubt: Doubt) -> tuple[str, str, str]:
    return doubt.resource.kind, doubt.resource.id, doubt.why


def _findings(scene: Scene, rule: Rule, hits: Iterable[Hit]) -> Iterable[Finding]:
    same: Counter[tuple[str, str, str]] = Counter()
    for hit in hits:
        where = scene.whereabouts(hit.resource.id)
        written = scene.snapshot.written.get((hit.resource.id, ""))
        known = hit.resource if written is None else Ref(hit.resource.kind, written.name)
        key = (hit.resource.kind, hit.resource.id, hit.key)
        # What a configuration describes is mended there: a command would be undone by it.
        there = written is None and _exists(hit.resource.id)
        location = located(scene, hit, where.location)
        yield Finding(
            rule.id,
            rule.name,
            rule.severity if hit.severity is None else hit.severity,
            hit.message,
            hit.resource,
            where.account,
            where.region,
            location,
            hit.related,
            Fix(rule.fix_words, runnable(hit.commands, scene.network) if there else (), hit.takes, hit.needs),
            fingerprint(rule.id, known, hit.key, where.account, same[key]),
            None if written is None else written.name,
            tuple(Step(hop, _located(scene, hop) or location) for hop in hit.way),
        )
        same[key] += 1


def _located(scene: Scene, hop: Hop) -> Location | None:
    """Where a station of a way is written."""
    return located(scene, Hit(Ref(hop.kind, hop.hop, hop.name), ""), scene.whereabouts(hop.hop).location)


_ID = re.compile(r"[a-z]+(?:-[0-9A-Za-z]+)+")


def _exists(id_: str) -> bool:
    """Whether it is AWS's own id, and not the address of something in a plan or template, which no command knows."""
    return _ID.fullmatch(id_) is not None


def _order(finding: Finding) -> tuple[object, ...]:
    where = (finding.resource.kind, finding.resource.id)
    return (-finding.severity, finding.rule, *where, finding.message, finding.fingerprint)
