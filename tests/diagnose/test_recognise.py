"""Pasted text becomes a symptom, or says that it may be several."""

from __future__ import annotations

import pytest
from diagnose.pasted import PASTED

from sgcheck.diagnose.messages import MESSAGES
from sgcheck.diagnose.recognise import message_of, recognise
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.errors import UsageError

EVERY = [(program, text, expected) for program, rows in PASTED.items() for text, expected in rows]
# What people have in front of them, and the symptoms that the program can show at all.
PROGRAMS = (
    "ssh",
    "curl",
    "wget",
    "psql",
    "mysql",
    "redis-cli",
    "nc",
    "Chrome",
    "Firefox",
    "Python",
    "Java",
    "Go",
    "Node",
)
COMMON = ("timeout", "refused", "reset", "no-route-to-host", "dns")


@pytest.mark.parametrize("program, text, expected", EVERY, ids=[text.splitlines()[-1][:60] for _p, text, _e in EVERY])
def test_a_pasted_line_says_what_was_observed(program, text, expected):
    found = recognise(text)
    assert set(found.symptoms) == set(expected.split())
    assert found.line in [line.strip() for line in text.splitlines()]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_known_by_its_words(program):
    told = {recognise(text).program for text, _expected in PASTED[program]}
    assert program in told


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_has_a_line_for_every_common_symptom(program):
    seen = {word for _text, expected in PASTED[program] for word in expected.split()}
    assert seen >= set(COMMON)


def test_every_row_of_the_table_is_met_by_a_pasted_line():
    met = {message_of(line.strip()) for _p, text, _e in EVERY for line in text.splitlines() if line.strip()}
    assert [message.pattern for message in MESSAGES if message not in met] == []


@pytest.mark.parametrize("name", [symptom.value for symptom in Symptom])
def test_a_symptom_is_known_by_its_name(name):
    assert recognise(name).symptoms == (Symptom(name),)
    assert recognise(name.replace("-", " ").upper()).symptoms == (Symptom(name),)
    assert recognise(name).line is None


def test_ambiguous_text_says_so():
    found = recognise("curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server")
    assert not found.sure
    assert found.told == "curl says the same of refused, no-route-to-host and network-unreachable"


def test_lines_that_do_not_agree_are_all_told():
    found = recognise(
        "ssh: connect to host a port 22: Connection refused\nssh: connect to host b port 22: Connection timed out"
    )
    assert set(found.symptoms) == {Symptom.REFUSED, Symptom.TIMEOUT}
    assert found.told is not None


def test_a_log_is_read_from_its_end():
    found = recognise("x" * 70_000 + "\nConnection refused\n")
    assert found.symptoms == (Symptom.REFUSED,)


@pytest.mark.parametrize("text", ["", "  \n", "hello world", "it does not work"])
def test_what_says_nothing_is_an_error_that_names_the_symptoms(text):
    with pytest.raises(UsageError) as error:
        recognise(text)
    assert "timeout, refused" in error.value.hint
