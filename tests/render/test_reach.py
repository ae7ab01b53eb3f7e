"""How answers of `reach` are written: widths, hostile names, spreadsheets, and that nothing is cut in silence."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sgcheck.packets import AddressSet, parse_port
from sgcheck.reach.answer import Gap, TargetEnd, Verdict
from sgcheck.reach.answers import Reached
from sgcheck.reach.attack import Reach
from sgcheck.reach.chokes import Cut
from sgcheck.reach.lateral import Lateral, Path, Step
from sgcheck.reach.matrix import Cell, Matrix, Span
from sgcheck.reach.openings import Opening
from sgcheck.reach.rows import Row
from sgcheck.reach.rules import Rule
from sgcheck.reach.who import Who
from sgcheck.render import reach_csv, reach_json, reach_markdown, reach_text

HOSTILE = "\x1b[31m|=cmd()\n::error::x"
WEB = Who("instance", "i-web", HOSTILE, ("eni-web",), ("i-web",))
DB = Who("instance", "i-db", None, ("eni-db",), ("i-db",))
SSH = Span("tcp", "22", 1)
GAP = Gap(
    "security group", "sg-1", None, None, "the rules of sg-1 are not in the input", "aws ec2 describe-security-groups"
)


def row(port="22", source=WEB):
    services = parse_port(port if port[:1].isdigit() else "22")
    rank = (True, 1, -1, "tcp", 22, port)
    opening = Opening("tcp", port, ("10.0.1.10/32",), 1, AddressSet.parse("10.0.1.10"), services, rank)
    return Row(source, TargetEnd("instance", "i-db", "eni-db", "10.0.2.20", HOSTILE), opening, ("pcx-1",), flaky=True)


def reach(*rows, undecided=(), source=None, target="i-db"):
    return Reach(source, target, tuple(rows), tuple(undecided), (GAP,), (HOSTILE,), 7, len(rows))


def ways(sure):
    step = Step(WEB, DB, (SSH,), ("pcx-1",), sure, 1)
    path = Path((step,), 1)
    return Lateral(2, (path,) if sure else (), (path,) if sure else (), () if sure else (path,), (WEB,), (GAP,), 1)


RULE = Rule("security-group", "sg-db", HOSTILE, "ingress", "sgr-1", "22/tcp from 0.0.0.0/0", ("aws ec2 revoke …",))
CUT = Cut(None, True, (RULE,), True, (RULE, RULE), (WEB,), (Step(WEB, DB, (SSH,), (), True, 1),), True, (GAP,))
TABLE = Matrix(
    "tag:tier",
    ("(internet)", HOSTILE),
    ("=1+1", HOSTILE),
    (
        Cell("(internet)", "=1+1", Verdict.BLOCKED, (), (), 1, 0),
        Cell(HOSTILE, "=1+1", Verdict.PARTIAL, (SSH,), (Span("tcp", "80", 5),), 2, 1),
    ),
    (GAP,),
    (),
)
ANSWERS = [
    Reached(reach(row(), undecided=[row("80")])),
    Reached(reach(source="i-web", target=None)),
    Reached(reach(row(source=None), source="i-web")),
    Reached(reach(row()), ways(sure=True)),
    Reached(reach(row()), ways(sure=False)),
    Reached(reach(row(), source="i-web"), cut=CUT),
]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_text_keeps_to_the_width_and_is_harmless(answer, width):
    text = reach_text.render(answer, width=width)
    assert all(len(line) <= width for line in text.splitlines() if "aws " not in line)
    assert "\x1b" not in text
    assert "\n::error" not in text
    assert "sg-1" in text
    assert all(line.isascii() for line in reach_text.render(answer, ascii_only=True).splitlines() if "aws" not in line)


@pytest.mark.parametrize("answer", ANSWERS)
def test_markdown_is_harmless(answer):
    text = reach_markdown.render(answer)
    assert "\x1b" not in text
    assert "sg-1" in text
    assert all(
        line.count(" | ") == text.splitlines()[2].count(" | ") for line in text.splitlines() if line.startswith("| ")
    )


@pytest.mark.parametrize("answer", ANSWERS)
def test_json_has_every_part(answer):
    content = json.loads(reach_json.render(answer))
    assert content["schema"] == "sgcheck.reach/1"
    assert len(content["exposed"]) == len(answer.reach.rows)
    assert len(content["undecided"]) == len(answer.reach.undecided)
    assert ("hops" in content) == (answer.lateral is not None)
    assert ("cut" in content) == (answer.cut is not None)


def test_undecided_steps_are_marked():
    assert "? i-db" in reach_text.render(ANSWERS[4])
    assert "? i-db" in reach_markdown.render(ANSWERS[4])
    assert json.loads(reach_json.render(ANSWERS[4]))["undecided_hops"][0][0]["decided"] is False


def test_what_is_left_out_is_counted():
    text = reach_text.render(Reached(reach(*(row(str(port)) for port in range(1, 101)))))
    assert "and 60 more rows (-f json lists them all)" in text
    text = reach_markdown.render(Reached(reach(*(row(str(port)) for port in range(1, 121)))))
    assert "and 20 more rows" in text


def test_the_table_is_safe_in_a_spreadsheet():
    rows = list(csv.reader(io.StringIO(reach_csv.render_matrix(TABLE))))
    assert rows[0][1] == "'=1+1"
    assert rows[1][1:] == ["blocked", ""]
    assert rows[2][1:] == ["partial: 22/tcp ? 80/tcp", ""]
    assert len(rows) == 3


def test_the_table_in_other_formats():
    assert "22/tcp ? 80/tcp" in reach_text.render_matrix(TABLE)
    assert "(internet)" in reach_text.render_matrix(TABLE, ascii_only=True)
    assert "22/tcp ? 80/tcp" in reach_markdown.render_matrix(TABLE)
    cells = json.loads(reach_json.render_matrix(TABLE))["cells"]
    assert cells[1]["undecided"] == [{"protocol": "tcp", "ports": "80"}]
