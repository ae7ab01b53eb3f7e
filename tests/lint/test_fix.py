"""What `--fix` prints: carried out, the findings are gone, and needless rules change no packet's fate."""

from __future__ import annotations

import json
import shlex

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from render.samples import HOSTILE

from lint.lab import RULES, acl, entry, group, groups, linted, permission, scene
from lint.mending import carried_out
from lint.test_laws import FEW, NIGHTLY, acl_lines, acl_of, entries, mixed, one, rules
from lint.test_output import poisoned
from sgcheck.cli.main import cli
from sgcheck.lint.acls import admitted
from sgcheck.lint.effective import told
from sgcheck.lint.remedy import BY_HAND, DONE, GONE, LATER, steps
from sgcheck.packets import AddressSet, PacketSet, Services
from sgcheck.render import lint_fix

FEWER = settings() if NIGHTLY else settings(max_examples=12)
ANY = "0.0.0.0/0"
MENDED = [
    pytest.param(rule, example.text, id=rule.name)
    for rule in RULES
    for example in rule.examples
    if example.bad and linted(example.text, rules=(rule,)).findings[0].fix.commands
]


def mended(document, **more):
    """The document after the commands of one `--fix`, and the fingerprints that they are for."""
    done = set()
    for step in steps(linted(document, **more).findings):
        for command in step.commands:
            document = carried_out(document, command)
        done |= {step.finding.fingerprint} if step.commands else set()
    return document, done


def prints(document, **more):
    return {finding.fingerprint for finding in linted(document, **more).findings}


@pytest.mark.parametrize("rule, text", MENDED)
def test_fixing_and_linting_again_is_clean(rule, text):
    document, done = mended(yaml.safe_load(text), rules=(rule,))
    assert done
    assert prints(document, rules=(rule,)) == set()


def test_most_that_can_be_mended_by_a_command_is():
    assert len({param.values[0].name for param in MENDED}) >= 30


@FEWER
@given(rules, rules)
def test_whatever_the_rules_what_was_mended_is_gone(ingress, egress):
    document = groups(group(ingress=distinct(ingress), egress=distinct(egress)))
    for _round in range(4):
        document, done = mended(document)
        assert not done & prints(document)
        if not done:
            return
    # Rules that lean on each other take a round each; no more than there are rules.
    assert len(ingress) + len(egress) > 4


def distinct(made):
    """Permissions without a rule that stands twice, which AWS has not."""
    found = {(protocol, (0, 65535) if protocol == "-1" else ports, peer): None for protocol, ports, peer in made}
    return [one(*each) for each in found]


@FEW
@given(mixed)
def test_needless_rules_go_without_any_packets_notice(made):
    before = groups(group("sg-9", ingress=distinct(made)))
    after, _done = mended(before, select=["redundant-rule"])
    # What names a group or a list is compared by name: whoever is behind it.
    was, now = (told(scene(each).network.groups["sg-9"].ingress) for each in (before, after))
    assert was.packets == now.packets
    for key, every in was.keyed.items():
        spare = open_to_all(was, every)
        assert every - spare == now.keyed.get(key, Services.EMPTY) - spare


def open_to_all(sums, every):
    """Of these services, those that everybody may use anyway, so that naming somebody adds nothing."""
    return every - (PacketSet.box(AddressSet.ALL, AddressSet.ALL, every) - sums.packets).services()


@FEW
@given(entries)
def test_needless_entries_go_without_any_packets_notice(made):
    document = acl_of(made)
    before = admitted(acl_lines(made))
    for _round in range(len(made) + 1):
        document, done = mended(document, select=["shadowed-acl-entry", "repeated-acl-entry"])
        assert admitted(scene(document).network.acls["acl-1"].ingress) == before
        if not done:
            break
    assert not linted(document, select=["shadowed-acl-entry", "repeated-acl-entry"]).findings


def test_two_entries_that_make_each_other_needless_do_not_both_go():
    twice = acl(entry(10, protocol="6", ports=(80, 80)), entry(20, protocol="6", ports=(80, 80)))
    report = linted(twice, select=["shadowed-acl-entry", "repeated-acl-entry"])
    assert len(report.findings) == 2
    made = steps(report.findings)
    assert [len(step.commands) for step in made] == [1, 0]
    assert made[1].why_not == LATER


def test_a_rule_stays_where_what_covers_it_goes():
    wide, narrow = permission("tcp", 22, v4=[ANY]), permission("tcp", 22, v4=["10.0.0.0/8"])
    made = steps(linted(groups(group(ingress=[wide, narrow])), select=["open-ssh", "redundant-rule"]).findings)
    assert [(step.finding.name, len(step.commands), step.why_not) for step in made] == [
        ("open-ssh", 1, ""),
        ("redundant-rule", 0, LATER),
    ]


def test_one_command_for_several_findings_stands_once_and_deletion_comes_last():
    both = permission("tcp", 20, 25, v4=[ANY])
    made = steps(linted(groups(group(ingress=[both])), select=["open-ssh", "open-cleartext"]).findings)
    assert [(len(step.commands), step.why_not) for step in made] == [(1, ""), (0, DONE)]
    elsewhere = {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-9", "VpcId": "vpc-1", "Groups": []}]}
    unused = steps(linted(groups(group(ingress=[both])), elsewhere, select=["open-ssh", "unused-group"]).findings)
    assert [(step.finding.name, step.why_not) for step in unused] == [("open-ssh", GONE), ("unused-group", "")]
    assert unused[-1].commands == ("aws ec2 delete-security-group --group-id sg-1",)


def test_what_is_only_planned_gets_words_and_no_commands():
    planned = groups(group("aws_security_group.web", ingress=[permission("tcp", 22, v4=[ANY])]))
    (finding,) = linted(planned, select=["open-ssh"]).findings
    assert finding.fix.commands == ()
    assert steps([finding])[0].why_not == BY_HAND
    assert finding.fix.words


@pytest.mark.parametrize("name", HOSTILE)
def test_a_script_holds_nothing_but_comments_and_commands(name):
    shown = lint_fix.render(poisoned(HOSTILE[name].text))
    lines = [line for line in shown.splitlines() if not line.startswith("#") and line]
    # The report is poisoned in its commands, too; nothing but those stands outside of a comment.
    assert len(lines) <= 1
    assert [bad for bad in HOSTILE[name].never if bad in shown] == []


def test_ids_that_are_no_ids_never_become_commands():
    evil = "sg-1; touch owned"
    report = linted(groups(group(evil, ingress=[permission("tcp", 22, v4=[ANY])])), select=["open-ssh"])
    assert [finding.fix.commands for finding in report.findings] == [()]
    named = linted(groups(group("sg-2", ingress=[permission("tcp", 22, v4=[ANY], groups=[evil])])))
    commands = [command for finding in named.findings for command in finding.fix.commands]
    assert commands
    assert all(";" not in shlex.split(command) for command in commands)


def test_the_command_prints_a_script_and_changes_nothing(tmp_path):
    file = tmp_path / "network.json"
    document = groups(group(ingress=[permission("tcp", 22, v4=[ANY])]))
    text = json.dumps(document)
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["lint", str(file), "--select", "open-ssh", "--fix"])
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    commands = [line for line in lines if not line.startswith("#") and line]
    assert lines[0] == "# commands: 1, findings: 1; nothing has been changed yet"
    assert file.read_text(encoding="utf-8") == text
    file.write_text(json.dumps(carried_out(document, *commands)), encoding="utf-8")
    again = CliRunner().invoke(cli, ["lint", str(file), "--select", "open-ssh", "--fix"])
    assert (again.exit_code, again.stdout) == (0, "# commands: 0, findings: 0; nothing has been changed yet\n")
    wrong = CliRunner().invoke(cli, ["lint", str(file), "--fix", "-f", "json"])
    assert wrong.exit_code == 2
