"""The three forms of a diagnosis: the shape of its JSON, a text that fits a terminal, Markdown that stays text."""

from __future__ import annotations

import json
import re

import pytest
from msgspec.structs import replace

from sgcheck.diagnose.evidence import Clue, Says
from sgcheck.render import diagnose_json, diagnose_markdown, diagnose_text
from sgcheck.render.layout import columns
from tests.diagnose.lab_causes import judge
from tests.reach.lab import lab

WEB = ("internet", "i-web", "443")
HTTP = ("internet", "i-web", "80")
BLOCKED = judge(lab(), HTTP, "timeout")
DOUBTED = judge(lab(), HTTP, "refused", "arrived")
DELIVERED = judge(lab(), WEB, "refused", "listens-on-loopback")
UNTOLD = judge(lab(), WEB)
UNSURE = judge(
    lab(), WEB, "curl: (7) Failed to connect to 198.51.100.7 port 443 after 0 ms: Couldn't connect to server"
)
EVERY = (BLOCKED, DOUBTED, DELIVERED, UNTOLD, UNSURE)
TOP = ["schema", "query", "observed", "predicted", "summary", "causes", "contradictions", "evidence", "gaps", "notes"]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def shown(diagnosis):
    return json.loads(diagnose_json.render(diagnosis))


def longest(text):
    return max(
        columns(line) for line in text.splitlines() if not re.match(r" {5}(aws|sudo|#|ssh|curl|env|nc|dig|ip) ", line)
    )


@pytest.mark.parametrize("diagnosis", EVERY)
def test_the_shape_is_that_of_the_contract(diagnosis):
    found = shown(diagnosis)
    assert list(found) == TOP
    assert found["schema"] == "sgcheck.diagnose/1"
    assert list(found["query"]) == ["from", "to", "protocol", "port"]
    assert list(found["predicted"]) == ["verdict", "client_sees", "summary"]
    for cause in found["causes"]:
        assert list(cause) == ["code", "confidence", "what", "resource", "for", "against", "tell_apart", "next"]
        assert cause["confidence"] in {"high", "medium", "low"}
        assert all(isinstance(text, str) for key in ("for", "against", "tell_apart", "next") for text in cause[key])
    for one in found["contradictions"]:
        assert list(one) == ["configuration", "seen", "explained_by"]
    for clue in found["evidence"]:
        assert list(clue) == ["says", "source", "text", "at", "since", "until", "count", "by"]


def test_what_was_observed_is_repeated_as_it_was_understood():
    assert shown(UNTOLD)["observed"] is None
    assert shown(BLOCKED)["observed"] == {
        "symptom": "timeout",
        "symptoms": ["timeout"],
        "program": None,
        "line": None,
        "note": None,
    }
    unsure = shown(UNSURE)["observed"]
    assert unsure["symptom"] is None
    assert unsure["symptoms"] == ["refused", "no-route-to-host", "network-unreachable"]
    assert unsure["program"] == "curl"
    assert unsure["note"].startswith("curl says the same of")


def test_two_runs_are_the_same_to_the_byte():
    again = judge(lab(), HTTP, "refused", "arrived")
    for renderer in (diagnose_json, diagnose_text, diagnose_markdown):
        assert renderer.render(again) == renderer.render(DOUBTED)


def test_the_text_begins_with_the_likeliest_cause_and_ends_with_what_to_know():
    lines = diagnose_text.render(BLOCKED).splitlines()
    assert lines[0] == "The cause: sg-web (web) has no inbound rule that allows 80/tcp from 0.0.0.0/0."
    assert "Observed   timeout" in lines
    assert "1  ENI_SG_RULES_MISMATCH  sg-web  high" in lines
    assert any(line.startswith("     aws ec2 authorize-security-group-ingress") for line in lines)


def test_the_text_says_what_does_not_fit_together():
    text = " ".join(diagnose_text.render(DOUBTED).split())
    assert "What does not fit together ! the configuration says: nothing gets through" in text
    assert "Explained by SNAPSHOT_OLDER_THAN_CHANGE" in text


def test_without_a_symptom_the_text_asks_for_one():
    text = " ".join(diagnose_text.render(UNTOLD).split())
    assert "Observed not told" in text
    assert "Say what the client sees (--observed), or try it (--probe)." in text
    assert "Causes" not in text


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("diagnosis", EVERY)
def test_no_line_is_wider_than_the_terminal_save_commands(diagnosis, width):
    assert longest(diagnose_text.render(diagnosis, width=width)) <= width


@pytest.mark.parametrize("diagnosis", EVERY)
def test_colour_only_paints(diagnosis):
    plain, painted = diagnose_text.render(diagnosis), diagnose_text.render(diagnosis, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[" in painted
    assert ESCAPES.sub("", painted) == plain


def test_ascii_only():
    assert diagnose_text.render(DOUBTED, ascii_only=True).isascii()


def test_long_lists_are_cut_and_counted():
    clues = tuple(Clue(Says.ARRIVED, "flow logs", f"packet {number}") for number in range(40))
    many = replace(BLOCKED, clues=clues, causes=(replace(BLOCKED.causes[0], next=("true",) * 20, for_=("x",) * 9),))
    text = diagnose_text.render(many)
    assert "… and 28 more pieces of evidence (-f json lists them all)" in text
    assert "… and 14 more commands (-f json lists them all)" in text
    assert "… and 5 more reasons (-f json lists them all)" in text
    assert "… and 20 more (`-f json` lists them all)" in diagnose_markdown.render(many)


def test_markdown_is_whole_and_harmless():
    text = diagnose_markdown.render(BLOCKED)
    assert text.startswith("### The cause: sg-web")
    assert "- observed: **timeout**" in text
    assert "#### 1. `ENI_SG_RULES_MISMATCH` `sg-web`: high" in text
    assert "```sh\naws ec2 authorize-security-group-ingress" in text
    clue = Clue(Says.NOTHING, "console", "<script>alert(1)</script> @everyone")
    hostile = replace(BLOCKED, clues=(clue,))
    assert "<script>" not in diagnose_markdown.render(hostile)
    assert "@everyone" not in diagnose_markdown.render(hostile)


def test_names_can_do_nothing_to_a_terminal():
    hostile = replace(
        BLOCKED, causes=(replace(BLOCKED.causes[0], what="a\x1b[31m", next=("b\x1b[31m",), resource="c\x1b[31m"),)
    )
    assert "\x1b" not in diagnose_text.render(hostile)
