"""The pages of docs/ show what the commands print. SGCHECK_UPDATE=1 writes what they print into the pages.

Two forms are kept true: an `sh` block that another block follows, and what stands between `<!-- output of: COMMAND -->`
and `<!-- end of output -->`.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from cli.runs import run

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = sorted((CHECKOUT / "docs").glob("*.md"))
FENCED = re.compile(
    r"(?P<head>^```sh\n(?P<commands>(?:(?!```).*\n)+?)```\n\n```\w+\n)(?P<shown>(?:(?!```).*\n)*?)(?=^```$)",
    re.MULTILINE,
)
MARKED = re.compile(
    r"(?P<head>^<!-- output of: (?P<commands>.+) -->\n)(?P<shown>(?:.*\n)*?)(?=^<!-- end of output -->$)", re.MULTILINE
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def printed(commands: str) -> str:
    """What the commands print, one after the other; each is `sgcheck …`, run from the top of the checkout."""
    out = ""
    for line in commands.replace("\\\n", " ").splitlines():
        program, *words = shlex.split(line)
        assert program == "sgcheck", line
        done = run(*words)
        assert done.returncode == 0, done.stderr
        out += done.stdout
    return out


def told_anew(text: str) -> str:
    """The page with everything that it shows run again."""
    for form in (FENCED, MARKED):
        text = form.sub(lambda match: match["head"] + printed(match["commands"]), text)
    return text


@each_page
def test_a_page_shows_what_the_commands_print(page):
    text = page.read_text(encoding="utf-8")
    now = told_anew(text)
    if os.environ.get("SGCHECK_UPDATE"):
        page.write_text(now, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == now


@each_page
def test_a_page_links_to_what_is_there(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_both_forms_are_found():
    page = "```sh\nsgcheck --version\n```\n\n```text\nold\n```\n<!-- output of: sgcheck --version -->\n<!-- end of output -->\n"
    version = printed("sgcheck --version")
    assert told_anew(page) == page.replace("old\n", version).replace("-->\n<", f"-->\n{version}<")
