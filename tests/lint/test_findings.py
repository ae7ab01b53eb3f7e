"""Every finding to the letter: those of the pages' examples, and of the cases in `cases/`, one file for each check.

A case is a document in YAML; its first line is a comment that says `# NAME: what is special about it`, with the names
of the rules that look at it. findings.txt holds what they find; SGCHECK_UPDATE=1 writes it anew, to be read before it
is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lint.lab import BY_NAME, RULES, linted
from sgcheck.lint.checks import CHECKS

HERE = Path(__file__).parent
GOLDEN = HERE / "findings.txt"


def shown(title, report):
    """What rules found and could not tell, with everything that a finding has but its words on how to fix it."""
    yield f"== {title}"
    for f in report.findings:
        yield f"{f.severity.word} {f.name} {f.resource.kind} {f.resource.id} {f.resource.name}: {f.message}"
        yield f"  print {f.fingerprint[:12]} related {', '.join(f.related)}"
        yield from (f"  $ {command}" for command in f.fix.commands)
        yield from (f"  takes {one}" for one in f.fix.takes)
        yield from (f"  needs {one}" for one in f.fix.needs)
    for one in report.undecided:
        yield f"? {one.name} {one.resource.kind} {one.resource.id} {one.resource.name}: {one.why}"


def examples():
    for rule in RULES:
        for number, example in enumerate(rule.examples, 1):
            yield f"{rule.name} example {number}", example.text, (rule,)


def cases():
    for file in sorted((HERE / "cases").glob("*.yaml")):
        for text in file.read_text(encoding="utf-8").split("---\n"):
            if not text.strip():
                continue
            names, _, what = text.splitlines()[0].removeprefix("# ").partition(": ")
            yield f"{file.stem}: {what}", text, tuple(BY_NAME[name] for name in names.split(", "))


def told():
    """Every example and case with its lines, by title."""
    found = {}
    for title, text, rules in (*examples(), *cases()):
        assert title not in found
        found[title] = list(shown(title, linted(text, rules=rules)))
    return found


def golden():
    parts = GOLDEN.read_text(encoding="utf-8").split("== ")[1:] if GOLDEN.exists() else []
    return {part.splitlines()[0]: ["== " + part.splitlines()[0], *part.splitlines()[1:]] for part in parts}


WANTED = golden()


@pytest.mark.parametrize("title, text, rules", [pytest.param(*case, id=case[0]) for case in (*examples(), *cases())])
def test_every_finding_is_to_the_letter(title, text, rules):
    if not os.environ.get("SGCHECK_UPDATE"):
        assert list(shown(title, linted(text, rules=rules))) == WANTED[title]


def test_the_file_has_what_there_is_and_no_more():
    if os.environ.get("SGCHECK_UPDATE"):
        GOLDEN.write_text("\n".join(line for lines in told().values() for line in lines) + "\n", encoding="utf-8")
    assert set(golden()) == {title for title, *_rest in (*examples(), *cases())}


def test_every_check_has_a_case():
    have = {rule.check_name for _title, _text, rules in cases() for rule in rules}
    assert have == set(CHECKS) - {"reachability"}
