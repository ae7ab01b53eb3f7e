"""The guide: its pages are sound, what they tell people to type works, and docs/troubleshooting.md is the same text.

SGCHECK_UPDATE=1 writes docs/troubleshooting.md anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from diagnose.pasted import PASTED
from diagnose.shell_words import asked, codes, commands, refused

from sgcheck.cli.main import cli
from sgcheck.diagnose.guide.find import find
from sgcheck.diagnose.guide.ladder import Kind, Way
from sgcheck.diagnose.guide.pages import ORDER, PAGES, ladder, ladders, parse
from sgcheck.diagnose.symptoms import Symptom
from sgcheck.errors import UnknownNameError
from sgcheck.render import guide_markdown, guide_text
from sgcheck.render.layout import columns

PAGE = Path(__file__).resolve().parents[2] / "docs" / "troubleshooting.md"
# The symptoms of `diagnose`, and what the guide must have a ladder for besides.
SYMPTOMS = {
    *("timeout", "refused", "reset", "stall", "no-route-to-host", "network-unreachable", "no-reply", "dns"),
    *("permission-denied", "unprotected-key", "http-502", "http-503", "http-504"),
}
TOPICS = {
    *("ssh", "instance-connect", "session-manager", "https", "stop-start", "metadata", "load-balancers"),
    *("databases", "private-subnets", "vpc-dns", "ipv6", "mtu"),
}
RUNGS = [(one.id, rung) for one in ladders() for rung in one.rungs]
SGCHECK = [command for one in ladders() for command in commands(one, "sgcheck")]
AWS = [command for one in ladders() for command in commands(one, "aws")]

each_ladder = pytest.mark.parametrize("one", ladders(), ids=ORDER)
each_rung = pytest.mark.parametrize(
    "rung", [rung for _, rung in RUNGS], ids=[f"{id_}: {rung.title}" for id_, rung in RUNGS]
)


def guide(*words):
    return CliRunner().invoke(cli, ["guide", *words])


def test_every_page_is_in_the_list_and_every_subject_has_a_page():
    assert {path.stem for path in PAGES.glob("*.md")} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))
    assert {one.id for one in ladders() if one.kind is Kind.SYMPTOM} == SYMPTOMS
    assert {one.id for one in ladders() if one.kind is Kind.TOPIC} == TOPICS


@each_ladder
def test_a_ladder_has_rungs_and_leads_only_to_ladders(one):
    assert one.intro
    assert len(one.rungs) >= 2
    assert set(one.see) <= set(ORDER) - {one.id}
    assert all(name == name.lower() for name in one.also)


@each_rung
def test_a_rung_says_how_to_look_and_how_to_mend(rung):
    ways = {step.way for step in rung.steps}
    assert Way.FIX in ways
    assert ways & {Way.SGCHECK, Way.CLI, Way.HOST, Way.HERE}
    # What AWS knows can be seen in both of its ways.
    assert (Way.CONSOLE in ways) == (Way.CLI in ways)
    assert rung.sources


@each_ladder
def test_a_myth_has_its_page_too(one):
    assert [myth.said for myth in one.myths if not myth.sources] == []


def test_facts_of_aws_are_read_from_pages_of_aws():
    sources = {source for _, rung in RUNGS for source in rung.sources}
    elsewhere = {source.split("/")[2] for source in sources} - {"docs.aws.amazon.com"}
    assert elsewhere == {"man7.org", "www.rfc-editor.org", "www.postgresql.org"}
    assert [source for source in sources if "docs.aws" in source and not source.endswith(".html")] == []


def test_the_myths_that_everybody_meets_are_put_right():
    said = " ".join(myth.said for one in ladders() for myth in one.myths)
    for words in ("share a security group", "refuses what it does not allow", "0.0.0.0/0", "ping", "public subnet"):
        assert words in said


@pytest.mark.parametrize("command", dict.fromkeys(SGCHECK))
def test_sgcheck_takes_every_command_of_the_guide(command):
    if "NAME" not in command:
        assert asked(command).command.name == command.split()[1]


@pytest.mark.parametrize("command", dict.fromkeys(AWS))
def test_the_aws_cli_takes_every_command_of_the_guide(command):
    assert refused(command) == []


@pytest.mark.parametrize(
    "command, complaint",
    [
        ("aws ec2 describe-everything", ["ec2 has no describe-everything"]),
        ("aws ec2 describe-vpcs --vpc vpc-0web", ["describe-vpcs has no --vpc"]),
        ("aws ec2 start-instances", ["start-instances needs --instance-ids"]),
        ("aws ec2 describe-vpc-attribute --vpc-id vpc-0web", ["describe-vpc-attribute needs --attribute"]),
    ],
)
def test_the_sweep_would_notice(command, complaint):
    assert refused(command) == complaint


def test_a_question_is_asked_in_most_rungs():
    with_sgcheck = sum(any(step.way is Way.SGCHECK for step in rung.steps) for _, rung in RUNGS)
    assert with_sgcheck * 2 > len(RUNGS)
    assert len(AWS) > len(RUNGS) // 2


def test_the_page_is_the_guide():
    """SGCHECK_UPDATE=1 writes it anew."""
    text = guide_markdown.render_all(ladders())
    if os.environ.get("SGCHECK_UPDATE"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text
    assert guide("-f", "markdown").output == text


def test_the_pages_links_lead_to_its_anchors():
    text = guide_markdown.render_all(ladders())
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize(
    "words, id_",
    [
        ("timeout", "timeout"),
        ("connection refused", "refused"),
        ("Connection Refused", "refused"),
        ("curl: (7) Failed to connect to 198.51.100.7 port 80: Connection refused", "refused"),
        ("ssh: connect to host 198.51.100.7 port 22: Connection timed out", "timeout"),
        ("ssh: Could not resolve hostname web: Name or service not known", "dns"),
        ("ec2-user@198.51.100.7: Permission denied (publickey).", "permission-denied"),
        ("WARNING: UNPROTECTED PRIVATE KEY FILE!", "unprotected-key"),
        ("connect: No route to host", "no-route-to-host"),
        ("connect: Network is unreachable", "network-unreachable"),
        ("recv failure: Connection reset by peer", "reset"),
        ("502 Bad Gateway", "http-502"),
        ("HTTP 503", "http-503"),
        ("504", "http-504"),
        ("security group", "timeout"),
        ("ping", "no-reply"),
        ("nat gateway", "private-subnets"),
        ("instance connect", "instance-connect"),
        ("ssm", "session-manager"),
        ("IMDSv2", "metadata"),
        ("elastic ip", "stop-start"),
        ("rds", "databases"),
        ("target group", "load-balancers"),
        ("jumbo", "mtu"),
        ("ERR_CONNECTION_TIMED_OUT", "timeout"),
    ],
)
def test_plain_words_find_their_ladder(words, id_):
    assert find(words).id == id_


@pytest.mark.parametrize("symptom", [one for one in Symptom if one is not Symptom.CONNECTED])
def test_every_symptom_of_diagnose_has_a_ladder(symptom):
    assert find(symptom.value)


@each_ladder
def test_every_name_finds_its_ladder(one):
    assert find(one.id) is one
    assert find(one.title) is one
    assert [name for name in one.also if find(name) is not one] == []


@pytest.mark.parametrize("words, offer", [("timout", "timeout"), ("refusd", "refused"), ("databse", "databases")])
def test_unknown_words_are_answered_with_the_nearest(words, offer):
    with pytest.raises(UnknownNameError) as raised:
        find(words)
    assert f"did you mean {offer}" in raised.value.hint


def test_words_that_are_near_to_nothing_lead_to_the_list():
    done = guide("zzzzzz")
    assert done.exit_code == 2
    assert "no ladder for 'zzzzzz'" in done.stderr
    assert "`sgcheck guide` lists them all" in done.stderr
    assert "did you mean" not in done.stderr


def test_alone_it_lists_every_ladder():
    done = guide()
    assert done.exit_code == 0
    assert [word for word in ORDER if not re.search(rf"^  {word} ", done.output, re.MULTILINE)] == []


@each_ladder
@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_keep_the_width_save_what_is_copied(one, width):
    wide = [line.strip() for line in guide_text.render(one, width=width).splitlines() if columns(line) > width]
    assert [line for line in wide if not line.startswith("https://") and line not in codes(one)] == []


@each_ladder
@pytest.mark.parametrize("width", [40, 80])
def test_commands_stay_in_one_piece(one, width):
    text = guide_text.render(one, width=width)
    assert [code for code in codes(one) if code not in text] == []


def test_colour_comes_only_where_it_is_wanted():
    one = ladder("refused")
    assert "\x1b" not in guide_text.render(one)
    coloured = guide_text.render(one, color=True)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == guide_text.render(one)
    assert "\x1b" not in guide("refused").output
    assert "\x1b" in guide("refused", "--color").output
    assert "\x1b" not in CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["guide", "refused"]).output


@each_ladder
def test_with_ascii_only_everything_is_ascii(one):
    assert guide_text.render(one, ascii_only=True).isascii()


def test_a_ladder_as_markdown_is_a_page_of_its_own():
    text = guide("refused", "-f", "markdown").output
    assert text.startswith("# Connection refused\n")
    assert "\n## 1. Did you reach the host that you mean?\n" in text
    assert "* **Fix:** " in text
    assert "\n## Not so\n" in text
    assert "See also: `sgcheck guide timeout`" in text


@pytest.mark.parametrize(
    "body, complaint",
    [
        ("- Fix: x\n", "a step before the first heading"),
        ("Text.\n\n## Title\n\n- Fix: x\n", "a rung says why"),
        ("Text.\n\n## Title\n\nWhy.\n", "a rung says why"),
        ("Text.\n\n## Myth: x\n\nNo.\n\n- Fix: x\n", "a myth has its truth"),
    ],
)
def test_a_page_that_is_no_ladder_is_refused(body, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse("page", f"---\nkind: topic\ntitle: T\n---\n\n{body}")


def test_names_of_ladders_are_completed():
    from click.shell_completion import ShellComplete

    completer = ShellComplete(cli, {}, "sgcheck", "_SGCHECK_COMPLETE")
    assert [item.value for item in completer.get_completions(["guide"], "http")] == [
        "http-502",
        "http-503",
        "http-504",
        "https",
    ]


PRINTED = [(text, expected) for rows in PASTED.values() for text, expected in rows if expected in SYMPTOMS]


@pytest.mark.parametrize("text, expected", PRINTED, ids=[text.splitlines()[-1][:60] for text, _expected in PRINTED])
def test_what_a_program_printed_finds_the_ladder_of_what_it_means(text, expected):
    assert find(text).id == expected


def test_what_a_program_says_of_several_symptoms_finds_one_of_them():
    every = [(text, expected.split()) for rows in PASTED.values() for text, expected in rows]
    several = [(text, expected) for text, expected in every if len(expected) > 1]
    found = {text: find(text).id for text, _expected in several}
    assert set(found.values()) <= SYMPTOMS | TOPICS


@pytest.mark.parametrize(
    "printed, id_",
    [
        ("curl: (52) Empty reply from server", "reset"),
        ("curl: (60) SSL certificate problem: self-signed certificate", "https"),
        ("ERROR 1040 (HY000): Too many connections", "databases"),
    ],
)
def test_a_symptom_without_a_ladder_of_its_own_has_one_that_helps(printed, id_):
    assert find(printed).id == id_
