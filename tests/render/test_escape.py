from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render.samples import HOSTILE

from sgcheck.render import escape, markup

ANY_TEXT = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(
    "text", ["web-1", "Prüf-Umgebung", "東京 web", "a\u3000b", "❤️ ok", "10.0.0.0/8", "::/0", "2001:db8::1"]
)
def test_what_can_be_read_stays_as_it_is(text):
    assert escape.visible(text) == text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_spelled_out(name):
    shown = escape.visible(HOSTILE[name].text)
    assert not [bad for bad in HOSTILE[name].never if bad in shown]
    assert shown != HOSTILE[name].text


def test_spelling_says_which_character_it_was():
    assert escape.visible("a\x1b[1mb\u202ec\nd") == r"a\x1b[1mb\u202ec\nd"


@given(ANY_TEXT)
def test_visible_text_is_one_printable_line_that_utf_8_carries(text):
    shown = escape.visible(text)
    assert all(char.isprintable() or char == "\u3000" for char in shown)
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode("utf-8") == shown


@given(ANY_TEXT)
def test_making_visible_twice_changes_nothing_more(text):
    assert escape.visible(escape.visible(text)) == escape.visible(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[x](http://evil)", r"\[x\](http:<!-- -->//evil)"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("a|b", r"a\|b"),
        ("*b* _i_ ~s~ `c`", r"\*b\* \_i\_ \~s\~ \`c\`"),
        ("@octocat and #12", "@<!-- -->octocat and #<!-- -->12"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("10.0.0.0/8 passes", "10.0.0.0/8 passes"),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_markdown_prose_renders_as_itself(text, expected):
    assert markup.markdown(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [("web", "`web`"), ("a`b", "`` a`b ``"), ("a``b", "``` a``b ```"), ("a|b", r"`a\|b`"), ("", "`  `")],
)
def test_markdown_code_can_not_be_left(text, expected):
    assert markup.markdown_code(text) == expected


def test_a_fence_is_longer_than_what_it_holds():
    first, *_, last = markup.markdown_block(("echo ````", "ls"))
    assert first == "`````sh"
    assert last == "`````"


def test_workflow_commands_are_escaped_as_github_says():
    assert markup.workflow_data("50% a:b,c") == "50%25 a:b,c"
    assert markup.workflow_property("50% a:b,c") == "50%25 a%3Ab%2Cc"
