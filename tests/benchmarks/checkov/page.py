"""The tables of docs/comparison-with-checkov.md, each between two marks in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sgcheck.lint.rule import Rule
from tests.benchmarks.checkov.answers import Said, Told
from tests.benchmarks.checkov.ids import NONE, SUBJECTS
from tests.benchmarks.checkov.join import Joined, answering

_LONGEST = 150


def begin(name: str) -> str:
    """Return the mark in front of the table `name`."""
    return f"<!-- {name} -->\n\n"


def end(name: str) -> str:
    """Return the mark behind the table `name`."""
    return f"<!-- end of {name} -->"


def put(text: str, name: str, table: str) -> str:
    """Return the page with another table between the marks of `name`. Raises ValueError where it has no such marks."""
    before, mark, rest = text.partition(begin(name))
    _, mark_too, after = rest.partition(end(name))
    if not (mark and mark_too):
        raise ValueError(f"the page has no place for {name}")
    return f"{before}{mark}{table}\n{mark_too}{after}"


def equivalents(rules: Sequence[Rule]) -> str:
    """Return which id of checkov is which rule here."""
    by_id, answers = {rule.id: rule for rule in rules}, answering(rules)
    rows = [(name, what, _named([by_id[id_] for id_ in answers[name]])) for name, what in SUBJECTS.items()]
    return _table(("checkov", "what it looks for", "here"), rows)


def _named(rules: Iterable[Rule]) -> str:
    opinion = {True: " (optional)", False: ""}
    return ", ".join(f"[{rule.id}](rules/{rule.file}) {rule.name}{opinion[rule.optional]}" for rule in rules)


def without() -> str:
    """Return the ids that no rule here answers to, and why."""
    rows = [(name, what, why) for name, (what, why) in NONE.items()]
    return _table(("checkov", "what it looks for", "why no rule here does"), rows)


def by_id(told: Sequence[Told], joined: Joined) -> str:
    """Return, for every id that was found, how many of its findings are ours too."""
    all_, same = Counter(each.id for each in told), Counter(each.id for each in joined.found)
    rows = [(name, all_[name], same[name], all_[name] - same[name]) for name in SUBJECTS if all_[name]]
    sums = ("all", *(sum(row[at] for row in rows) for at in (1, 2, 3)))  # type: ignore[misc]
    return _table(("checkov", "findings", "here too", "not here"), [*rows, sums])


def reasons(joined: Joined) -> str:
    """Return why the others are no findings here, with one of each."""
    order = list(SUBJECTS)
    rows = [
        (name, len(those), why, f"`{those[0].name}` in `{_short(those[0].file)}`")
        for (name, why), those in sorted(joined.reasons.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
    ]
    return _table(("checkov", "findings", "why it is none here", "for instance"), rows)


def only_here(said: Mapping[str, Said], joined: Joined, rules: Sequence[Rule]) -> str:
    """Return, by rule, what is found here and not by checkov, with one of each."""
    answered = {id_ for ids in answering(rules).values() for id_ in ids}
    rows = []
    found = _by_rule(said)
    for rule in rules:
        alone = [one for one in found[rule.id] if (one[0], rule.id, one[1]["resource"]) not in joined.matched]
        if alone:
            file, finding = min(alone, key=lambda one: (one[1]["severity"] == "info", len(one[1]["message"]), one[0]))
            example = f"`{finding['written'] or finding['resource']}` in `{_short(file)}`: {_cut(finding['message'])}"
            id_ = "yes" if rule.id in answered else ""
            rows.append((f"{rule.id} {rule.name}", len(found[rule.id]), len(alone), id_, example))
    return _table(("rule", "findings", "only here", "has an id of checkov", "for instance"), rows)


def _by_rule(said: Mapping[str, Said]) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for file in sorted(said):
        for finding in said[file].findings:
            found[finding["rule"]].append((file, finding))
    return found


def _short(file: str) -> str:
    return "/".join(file.split("/")[-2:])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)
