"""The comment on a pull request: what it says first, that it fits, and that no name gets out of its cell."""

from __future__ import annotations

import re

import pytest

from sgcheck.reach.answer import Gap
from sgcheck.reach.difference import Difference, FlowChange, Member, Named, Party
from sgcheck.render.diff_markdown import LONGEST, render

HOSTILE = "<img src=x onerror=alert(1)> | [x](http://evil.example) @team `code` </details>\n\n# heading"


def row(source="internet", name="web", change="inbound rule added", may=None):
    party = Party("internet") if source == "internet" else Party("hosts", (member("i-9", source),))
    named = Named("security-group", "sg-1", name, change)
    return FlowChange(party, Party("hosts", (member("i-1", name),)), "tcp", "22", ("0.0.0.0/0",), 1, (named,), may=may)


def member(id_, name):
    return Member("instance", id_, name, "eni-1", ("198.51.100.7",))


def difference(opened=(), closed=(), undecided=(), **more):
    return Difference(tuple(opened), tuple(closed), tuple(undecided), (), 9, **more)


@pytest.mark.parametrize(
    "found, said",
    [
        (Difference((), (), (), (), 0), "🟢 sgcheck: nothing changed"),
        (difference(), "🟢 sgcheck: opens and closes nothing"),
        (difference([row()]), "🔴 sgcheck: opens 1 flow from the internet"),
        (difference([row(), row("a")]), "🔴 sgcheck: opens 1 flow from the internet and 1 inside"),
        (difference([row("a"), row("a")]), "🟠 sgcheck: opens 2 flows, none from the internet"),
        (difference([], [row()], [row(may="open")]), "🟠 sgcheck: closes 1 flow, leaves 1 flow undecided"),
        (difference([], [], [row(may="open")]), "❔ sgcheck: leaves 1 flow undecided"),
    ],
)
def test_the_first_line_is_the_verdict(found, said):
    assert render(found).splitlines()[0] == f"### {said}"


def test_the_first_rows_are_in_the_open_and_the_rest_is_folded():
    lines = render(difference([row(name=f"web-{n}") for n in range(15)])).splitlines()
    fold = next(n for n, line in enumerate(lines) if line.startswith("<details>"))
    assert lines[fold] == "<details><summary>Opened: 5 more</summary>"
    assert sum(line.startswith("| **internet**") for line in lines[:fold]) == 10
    assert sum(line.startswith("| **internet**") for line in lines[fold:]) == 5


@pytest.mark.parametrize(
    "rows, name", [(500, "web"), (5000, "web"), (40, "n" * 5000), (300, "<" * 300), (300, "\N{FIRE}" * 250)]
)
def test_it_fits_into_a_comment_and_says_what_it_leaves_out(rows, name):
    gaps = tuple(Gap("route table", f"rtb-{n}", None, None, f"{name} {n} is missing") for n in range(rows))
    opened = [row(name=f"{n} {name}", change=name) for n in range(rows)]
    text = render(difference(opened, gaps=gaps, warnings=(name,) * 3))
    assert len(text.encode()) <= LONGEST
    shown = sum(line.startswith("| **internet**") for line in text.splitlines())
    left = re.search(r"^\*\*([\d,]+) flows? (?:is|are) left out\*\*", text, re.MULTILINE)
    assert shown + (int(left.group(1).replace(",", "")) if left else 0) == rows
    assert text.count("<details>") == text.count("</details>")


def test_hostile_names_stay_text():
    gap = Gap("route table", "rtb-1", None, None, HOSTILE)
    config = (Named("security-group", "sg-1", HOSTILE, HOSTILE, HOSTILE),)
    found = Difference((row(HOSTILE, HOSTILE, HOSTILE),), (), (), config, 3, (gap,), (HOSTILE,))
    text = render(found)
    assert "<img" not in text
    assert "](" not in text.replace("\\](", "")
    assert "@team" not in text
    assert not any(line.startswith("# ") for line in text.splitlines())
    assert text.count("</details>") == text.count("<details>")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {5}
