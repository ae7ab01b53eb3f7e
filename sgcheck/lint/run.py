"""Running rules over a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sgcheck.lint.check import Task
from sgcheck.lint.finding import Doubt, Finding, Fix, Hit, Undecided, fingerprint
from sgcheck.lint.report import Report
from sgcheck.lint.rule import Rule
from sgcheck.lint.scene import Scene
from sgcheck.lint.severity import Severity
from sgcheck.lint.suppress import Suppressions


def lint(scene: Scene, rules: Sequence[Rule], suppressions: Suppressions, least: Severity = Severity.INFO) -> Report:
    """Look at everything with every rule, and leave out what is suppressed or milder than `least`.

    The findings come the worst first, and in one order whatever that of the input is.
    """
    found: list[Finding] = []
    undecided: list[Undecided] = []
    for rule in rules:
        hits, doubts = _judged(scene, rule)
        found += hits
        undecided += doubts
    kept, suppressed = suppressions.apply(sorted(found, key=_order))
    return Report(
        tuple(finding for finding in kept if finding.severity >= least),
        tuple(suppressed),
        tuple(one for one in undecided if one.severity >= least),
        scene.network.refused,
        (*suppressions.remarks(rules), *scene.network.warnings),
        tuple(rules),
    )


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
        key = (hit.resource.kind, hit.resource.id, hit.key)
        yield Finding(
            rule.id,
            rule.name,
            rule.severity if hit.severity is None else hit.severity,
            hit.message,
            hit.resource,
            where.account,
            where.region,
            where.location,
            hit.related,
            Fix(rule.fix_words, hit.commands),
            fingerprint(rule.id, hit.resource, hit.key, where.account, same[key]),
        )
        same[key] += 1


def _order(finding: Finding) -> tuple[object, ...]:
    where = (finding.resource.kind, finding.resource.id)
    return (-finding.severity, finding.rule, *where, finding.message, finding.fingerprint)
