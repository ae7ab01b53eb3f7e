from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcheck.render.layout import ASCII_MARKS, PROSE_WIDTH, UNICODE_MARKS, Style, columns, hang, pad, shortened, wrap

WORDS = st.text(st.sampled_from("ab é東❤\u0301 -"), max_size=60)


@pytest.mark.parametrize(
    "text, width", [("abc", 3), ("東京", 4), ("e\u0301", 1), ("❤️", 1), ("✓", 1), ("🚀", 2), ("", 0)]
)
def test_columns_are_those_of_a_terminal(text, width):
    assert columns(text) == width


@given(WORDS, st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_nothing(text, width):
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_words_are_broken_only_where_they_alone_are_longer():
    assert wrap("a security group", 8) == ["a", "security", "group"]
    assert wrap("sg-0123456789", 5) == ["sg-01", "23456", "789"]


def test_text_hangs_beside_its_label():
    assert list(hang(Style(width=20), "Why", "one two three four", indent=2, hold=5)) == [
        "  Why  one two three",
        "       four",
    ]


def test_prose_is_not_drawn_out_over_a_wide_window():
    lines = list(hang(Style(width=400), "", "word " * 100))
    assert max(map(len, lines)) <= PROSE_WIDTH


def test_colour_only_where_it_is_wanted():
    assert Style(color=False).paint("x", "red") == "x"
    assert Style(color=True).paint("x", "bold", "red") == "\x1b[1;31mx\x1b[0m"


def test_pad_counts_columns():
    assert pad("東京", 6) == "東京  "


def test_long_lists_say_how_much_is_left():
    assert shortened("abc", 3, UNICODE_MARKS) == "a, b, c"
    assert shortened(map(str, range(2000)), 2, ASCII_MARKS) == "0, 1 ... and 1,998 more"
