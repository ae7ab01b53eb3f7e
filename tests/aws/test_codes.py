"""The page about blocker codes: complete, true to what is emitted, and as the code has it."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from sgcheck.aws.codes import ENTRIES, NOT_EMITTED
from sgcheck.aws.vocabulary import EMITTED, AwsVocabulary
from sgcheck.reach.answer import ClientSees
from tests.aws.analyzer_codes import CAVEATS, NO_PATH, NOT_REACHABLE, RESERVED
from tests.aws.blockers_page import PAGE, render
from tests.reach.lab import ask
from tests.reach.test_blocker_codes import SCENARIOS, asked_of_all

ENTRY = {entry.code: entry for entry in ENTRIES}


def test_the_page_is_as_the_code_has_it():
    """SGCHECK_UPDATE=1 writes it anew; read the difference before you commit it."""
    made = render()
    if os.environ.get("SGCHECK_UPDATE"):
        PAGE.write_text(made, encoding="utf-8")
    assert made == PAGE.read_text(encoding="utf-8")


def test_every_code_that_can_be_emitted_has_an_entry():
    """A new code: an entry in sgcheck/aws/codes.py, and its line there in NOT_EMITTED goes."""
    assert sorted(EMITTED - ENTRY.keys()) == []


def test_every_entry_is_emitted():
    assert sorted(ENTRY.keys() - EMITTED) == []
    assert [code for code, times in Counter(entry.code for entry in ENTRIES).items() if times > 1] == []


def test_every_other_code_says_why_it_is_not_emitted():
    every = NOT_REACHABLE | NO_PATH | CAVEATS | RESERVED
    assert sorted(every - EMITTED - NOT_EMITTED.keys()) == []
    assert sorted(NOT_EMITTED.keys() - every) == []


def test_what_is_emitted_is_not_said_to_be_missing():
    assert sorted(EMITTED & NOT_EMITTED.keys()) == []


def test_the_lists_of_aws_are_whole():
    """Reachability Analyzer guide, explanation-codes: 71 and 5, and 11 details."""
    assert (len(NOT_REACHABLE), len(NO_PATH), len(CAVEATS)) == (71, 5, 11)


def test_nothing_else_is_ever_emitted(monkeypatch):
    """Whatever the scenarios ask, a code that comes out is one of those."""
    seen = set()
    told = AwsVocabulary.code

    def code(self, finding):
        seen.add(told(self, finding))
        return told(self, finding)

    monkeypatch.setattr(AwsVocabulary, "code", code)
    assert sum(len(answer.answers) for answer in asked_of_all())
    assert seen == EMITTED


@pytest.mark.parametrize("code", sorted(SCENARIOS))
def test_the_client_sees_what_the_page_says(code):
    make, source, target, port, *_rest = SCENARIOS[code]
    answer = ask(make(), source, target, port)
    seen = {a.client_sees.value for a in answer.answers if code in {b.code for b in a.blockers}}
    assert seen
    assert seen <= set(ENTRY[code].sees)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_an_entry_is_written_out(entry):
    assert entry.cause.endswith(".")
    assert entry.fix.endswith(".")
    assert set(entry.sees) <= {word.value for word in ClientSees}
    assert not entry.source.startswith(("/", "http"))
    assert entry.source.endswith(".html") or not entry.source
