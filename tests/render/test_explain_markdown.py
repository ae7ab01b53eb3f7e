from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from render.samples import (
    ADD_RULE,
    BLOCKED,
    BLOCKED_ANSWER,
    EXPLANATIONS,
    GROUP,
    HOSTILE,
    MANY,
    UNKNOWN,
    change,
    poisoned,
    poisoned_report,
)

from sgcheck.render import check_markdown, explain_markdown


def test_the_verdict_is_the_head():
    first = explain_markdown.render(BLOCKED).splitlines()[0]
    assert first == "### ❌ blocked: `internet` → `i-0a1b2c3d4e5f60718`, `80/tcp`"


def test_hops_are_a_table_and_commands_are_code():
    text = explain_markdown.render(BLOCKED)
    assert "| ✓ | `acl-0d4e5f60718a1b2c3 (web-acl)` | network ACL | rule 100 |" in text
    assert "| **✗** | `sg-0a1b2c3d4e5f60718 (web)` | security group | no inbound rule allows it |" in text
    assert f"\n  ```sh\n  {ADD_RULE}\n  ```\n" in text


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_tables_are_whole(name):
    rows = [line for line in explain_markdown.render(EXPLANATIONS[name]).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {5}


def test_gaps_say_how_to_collect():
    text = explain_markdown.render(UNKNOWN)
    assert "#### Not in the input" in text
    assert "aws ec2 describe-route-tables" in text


def test_it_fits_a_comment_of_github():
    answers = tuple(
        change(BLOCKED_ANSWER, blockers=(change(GROUP, resource=f"sg-{n:017x}", why=f"{n} {GROUP.why}"),))
        for n in range(3000)
    )
    assert len(explain_markdown.render(change(BLOCKED, answers=answers))) < 65_536


def test_answers_that_end_alike_are_shown_once():
    text = explain_markdown.render(MANY)
    assert len(re.findall(r"^[✅⚠❌].*, and 13 more that end alike$", text, re.MULTILINE)) == 3


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_harmless(name):
    text = explain_markdown.render(poisoned(HOSTILE[name].text))
    assert [bad for bad in HOSTILE[name].never if bad in text] == []


MARKUP = [
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<script>x</script>",
    "<b>x",
    "a | b |",
    "`` ` `x` ```",
    "``` \n# head",
    "*b* **c** _d_ ~~e~~",
    "# head",
    "- item",
    "1. item",
    "> quote",
    "---",
    "===",
    "    code",
    "\\",
    "&amp; &#42;x&#42;",
    "[x]: https://evil.example",
    "<https://evil.example>",
]


def structure(text):
    """The kinds of what a CommonMark parser makes of `text`, its plain text and our own parting comments left out."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inline = [child for token in parser.parse(text) for child in (token.children or [])]
    kinds = [token.type for token in (*parser.parse(text), *inline)]
    shown = [token.content for token in inline if token.type == "html_inline"]
    assert set(shown) <= {"<!-- -->"}
    return [kind for kind in kinds if kind not in {"text", "text_special", "html_inline"}]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_name_is_not_markup(text):
    assert structure(explain_markdown.render(poisoned(text))) == structure(explain_markdown.render(poisoned("plain")))


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_file_of_expectations_is_not_markup(text):
    assert structure(check_markdown.render(poisoned_report(text))) == structure(
        check_markdown.render(poisoned_report("plain"))
    )


def test_prose_is_escaped():
    text = explain_markdown.render(change(BLOCKED, summary="*bold* [x](http://e) @all"))
    assert r"\*bold\* \[x\](http:<!-- -->//e) @<!-- -->all" in text
    assert GROUP.code in text
