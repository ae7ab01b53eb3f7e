"""Every page's examples, and that book, checks and pages belong together."""

from __future__ import annotations

import re

import pytest

from lint.lab import RULES, linted
from sgcheck.lint.checks import CHECKS
from sgcheck.lint.rule import shipped

FOR_OWN_PAGES = {"reachability"}
"""Checks that say nothing before somebody says what they want."""

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{'bad' if example.bad else 'good'}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples)
]


@pytest.mark.parametrize("rule, example", EXAMPLES)
def test_an_example_is_what_it_says(rule, example):
    report = linted(example.text, rules=(rule,))
    assert report.undecided == ()
    assert bool(report.findings) is example.bad, [f.message for f in report.findings]


def test_every_page_is_in_the_book_and_every_check_has_a_page():
    pages = {page.name for page in shipped().glob("*.md")} - {"README.md"}
    assert {rule.file for rule in RULES} == pages
    assert {rule.check_name for rule in RULES} == set(CHECKS) - FOR_OWN_PAGES
    assert len(RULES) >= 75


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_says_where_it_comes_from(rule):
    assert rule.references
    assert all(address.startswith("https://") for address in rule.references)
    assert len(rule.fix_words) < 300


def test_the_table_of_what_is_looked_for_has_every_rule_and_no_other(checkout):
    text = (checkout / "docs" / "lint.md").read_text(encoding="utf-8")
    rows = [
        line for line in text.split("## What is looked for")[1].split("\n## ")[0].splitlines() if line.startswith("| ")
    ]
    named = {word for row in rows for word in re.findall(r"\b(?:SG|NA|VPC)\d{3}\b", row)}
    assert named == {rule.id for rule in RULES}
    optional = {
        word
        for row in rows
        for part in re.findall(r"((?:[A-Z]+\d{3}(?:, )?)+) \(optional\)", row)
        for word in part.split(", ")
    }
    assert optional == {rule.id for rule in RULES if rule.optional}
    # Every row has a rule or a reason.
    assert all("none: " in row or re.search(r"[A-Z]+\d{3}", row) for row in rows[1:])
