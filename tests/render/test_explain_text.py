from __future__ import annotations

import re

import pytest
from render.samples import (
    BLOCKED,
    BLOCKED_ANSWER,
    COMMANDS,
    EXPLANATIONS,
    FORWARD,
    GAP,
    GROUP,
    HOSTILE,
    MANY,
    PARTIAL,
    REACHABLE,
    SEVERAL,
    UNKNOWN,
    change,
    poisoned,
)

from sgcheck.reach.answer import Decision, Hop, SourceEnd
from sgcheck.render import explain_text
from sgcheck.render.layout import columns
from sgcheck.render.words import reason

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def flat(explanation, **how):
    """The text with its line breaks taken out."""
    return " ".join(explain_text.render(explanation, **how).split())


def lines(explanation, **how):
    return explain_text.render(explanation, **how).splitlines()


def test_the_verdict_and_the_symptom_come_first():
    first, empty, summary, *_ = lines(BLOCKED)
    assert first == "BLOCKED  the client sees: timeout"
    assert empty == ""
    assert summary.startswith("The internet can't reach web-1")


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", EXPLANATIONS)
def test_no_line_is_wider_than_the_window_save_commands(name, width):
    too_wide = [line for line in lines(EXPLANATIONS[name], width=width) if columns(line) > width]
    assert [line for line in too_wide if line.strip() not in COMMANDS] == []


@pytest.mark.parametrize("width", [40, 80, 200])
def test_wide_characters_are_counted_as_wide(width):
    hops = tuple(change(hop, name="東京の検証環境" * 3) for hop in FORWARD)
    odd = change(BLOCKED, summary="東京 " * 60, answers=(change(BLOCKED_ANSWER, forward=hops),))
    too_wide = [line for line in lines(odd, width=width) if columns(line) > width]
    assert [line for line in too_wide if line.strip() not in COMMANDS] == []


@pytest.mark.parametrize("width", [40, 80, 200])
def test_commands_stay_on_one_line_to_be_pasted(width):
    shown = [line.strip() for line in lines(UNKNOWN, width=width)] + [
        line.strip() for line in lines(BLOCKED, width=width)
    ]
    assert set(COMMANDS) <= set(shown)


def test_the_path_is_drawn_hop_by_hop_with_the_break_marked():
    text = explain_text.render(BLOCKED, width=100)
    signs = [line.strip()[0] for line in text.splitlines() if re.match(r"  [✓✗] ", line)]
    assert "".join(signs) == "✓✓✗✓✓✗✓"
    assert re.search(r"✗ security group +sg-0a1b2c3d4e5f60718 \(web\) +no inbound rule allows it", text)
    assert re.search(r"✓ network ACL +acl-0d4e5f60718a1b2c3 \(web-acl\) +rule 100", text)


def test_a_way_back_that_passes_takes_one_line():
    replies = [line for line in lines(REACHABLE, width=100) if "reply" in line]
    assert replies == ["  ✓ reply  sg-0a1b2c3d4e5f60718, acl-0d4e5f60718a1b2c3, rtb-01"]


def test_a_partial_answer_says_what_passes_and_what_does_not():
    text = explain_text.render(PARTIAL)
    assert re.search(r"passes +10\.0\.0\.0/24, 10\.0\.2\.0/24", text)
    assert re.search(r"held back +10\.0\.1\.0/24", text)
    assert re.search(r"ports that pass +443", text)
    assert re.search(r"client's own ports that work +1024-32767", text)
    assert flat(PARTIAL).count("… and 14 more") == 2


def test_every_blocker_has_its_why_its_near_miss_and_its_fix():
    text = explain_text.render(BLOCKED, width=200)
    for part in (GROUP.code, GROUP.why, *GROUP.near_misses, GROUP.fix.why, *GROUP.fix.commands, *GROUP.also):
        assert part in text
    assert "on the way back, by rule 90" in text


def test_what_is_not_known_stands_apart_from_what_blocks():
    text = flat(UNKNOWN)
    assert "What blocks it" not in text
    same = change(GAP, why=UNKNOWN.answers[0].blockers[0].why, collect=None)
    assert "123456789012" not in flat(change(UNKNOWN, gaps=(same,)))
    assert text.index("What is not known") < text.index("NOT_COLLECTED") < text.index("Its routes are not here.")


def test_the_same_blocker_of_several_answers_is_told_once():
    text = explain_text.render(change(PARTIAL, answers=(BLOCKED_ANSWER, PARTIAL.answers[0])))
    assert text.count(GROUP.fix.commands[0]) == 1
    assert "in answers 1, 2" in text
    assert "in answer 1\n" in text


def test_commands_that_several_answers_share_are_shown_once():
    other = change(GROUP, denied=("10.9.0.0/16",), fix=change(GROUP.fix, why="Add it for 10.9.0.0/16, too."))
    text = explain_text.render(change(PARTIAL, answers=(BLOCKED_ANSWER, change(PARTIAL.answers[0], blockers=(other,)))))
    assert text.count(GROUP.fix.commands[0]) == 1
    assert re.search(r"Fix +Add an inbound rule for 80/tcp\.\n +Add it for 10\.9\.0\.0/16, too\.", text)


def test_a_long_list_of_commands_says_what_is_left():
    fix = change(GROUP.fix, commands=tuple(f"aws ec2 {number}" for number in range(40)))
    answer = change(BLOCKED_ANSWER, blockers=(change(GROUP, fix=fix),))
    assert "… and 28 more commands (-f json lists them all)" in flat(change(BLOCKED, answers=(answer,)))


def test_many_answers_are_counted_and_not_listed():
    shown = lines(MANY)
    assert "42 answers" in shown
    assert any(line.startswith("  blocked    14 of 42, the client sees: timeout, because of 1, 2") for line in shown)
    assert any(line.startswith("  reachable  14 of 42") for line in shown)
    assert any("in 28 of 42 answers" in line for line in shown)
    assert sum("ENI_SG_RULES_MISMATCH" in line for line in shown) == 1


def test_thousands_of_answers_stay_a_page():
    answers = tuple(
        change(
            BLOCKED_ANSWER,
            blockers=tuple(change(GROUP, why=f"why {number}", denied=(f"10.0.{number}.0/24",)) for _ in "ab"),
        )
        for number in range(3000)
    )
    assert len(lines(change(BLOCKED, answers=answers, warnings=tuple(map(str, range(900)))))) < 120


def test_several_answers_are_numbered():
    heads = [line for line in lines(SEVERAL) if line.startswith("Answer ")]
    assert heads == [
        "Answer 1: reachable, the client sees: connected-or-refused",
        "Answer 2: partial, the client sees: mixed",
        "Answer 3: unknown, the client sees: unknown",
    ]


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_colour_changes_nothing_but_colour(name):
    plain = explain_text.render(EXPLANATIONS[name], width=100)
    colored = explain_text.render(EXPLANATIONS[name], width=100, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1" in colored
    assert [line.rstrip() for line in ESCAPES.sub("", colored).splitlines()] == plain.splitlines()


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_the_drawing_can_do_with_ascii(name):
    text = explain_text.render(EXPLANATIONS[name], ascii_only=True)
    assert text.isascii()


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_harmless(name, width):
    text = explain_text.render(poisoned(HOSTILE[name].text), width=width)
    assert [bad for bad in HOSTILE[name].never if bad in text] == []
    assert [char for char in text if not char.isprintable() and char != "\n"] == []


def test_a_name_can_not_forge_a_line():
    text = explain_text.render(poisoned("x\nREACHABLE  the client sees: connected"), width=200)
    assert not re.search(r"^REACHABLE", text, re.MULTILINE)


def test_hops_that_only_repeat_the_ends_are_not_drawn():
    source = Hop("internet", "internet", Decision.PASS)
    target = Hop("i-0a1b2c3d4e5f60718", "instance", Decision.PASS, name="web-1", detail="eni-0a1b2c3d4e5f60718")
    whole = change(BLOCKED_ANSWER, forward=(source, *FORWARD, target))
    assert lines(change(BLOCKED, answers=(whole,))) == lines(BLOCKED)
    instance = change(source, hop="i-01", kind="instance", detail="eni-01")
    inside = change(whole, source=SourceEnd("instance", "i-01", ("10.0.0.9",)), forward=(instance, *FORWARD))
    assert "  i-01  eni-01, 10.0.0.9" in lines(change(BLOCKED, answers=(inside,)))
    stopped = change(whole, forward=(*FORWARD, change(target, decision=Decision.DENY, detail="stopped")))
    assert "stopped" in explain_text.render(change(BLOCKED, answers=(stopped,)))


@pytest.mark.parametrize(
    "by, detail, expected",
    [
        (None, None, ""),
        ("rule 100", None, "rule 100"),
        (None, "80/tcp", "80/tcp"),
        ("rule 100", "80/tcp", "rule 100; 80/tcp"),
        ("ingress 80/tcp", "80/tcp", "ingress 80/tcp"),
        ("80/tcp", "80/tcp from anywhere", "80/tcp from anywhere"),
    ],
)
def test_a_rule_and_its_detail_do_not_say_the_same_twice(by, detail, expected):
    assert reason(Hop("sg-1", "security-group", Decision.PASS, by, None, detail)) == expected
