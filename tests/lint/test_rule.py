"""Reading pages of rules, choosing among them, and one line for whatever is wrong with one."""

from __future__ import annotations

import pytest

from lint.lab import RULES, linted
from sgcheck.errors import InputError, UnknownNameError
from sgcheck.lint.rule import load_rules, read_rule, shipped
from sgcheck.lint.select import chosen, find_rule
from sgcheck.lint.severity import Severity

PAGE = """---
id: SG901
name: no-gopher
severity: high
check: open_to
parameters: {services: [70]}
references: [https://example.com]
---

## What it does

Looks for gopher.

## Why is this bad

It is old.

## Fix

Close it.

```yaml bad
SecurityGroups: [{GroupId: sg-1, IpPermissions: [{IpProtocol: tcp, FromPort: 70, ToPort: 70, IpRanges: [{CidrIp: 0.0.0.0/0}]}]}]
```

```yaml good
SecurityGroups: [{GroupId: sg-1, IpPermissions: []}]
```
"""


def read(text, name="SG901-no-gopher"):
    return read_rule(f"{name}.md", text, name)


def test_a_page_is_a_rule():
    rule = read(PAGE)
    assert (rule.id, rule.name, rule.severity, rule.parameters.services) == (
        "SG901",
        "no-gopher",
        Severity.HIGH,
        ("70",),
    )
    assert rule.fix_words == "Close it."
    assert [example.bad for example in rule.examples] == [True, False]


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("---\nid", "id", "SG901-no-gopher.md: expected front matter between two lines of ---"),
        ("id: SG901", "id: gopher", "id: expected capital letters and three digits, such as SG901, not 'gopher'"),
        ("name: no-gopher", "name: No Gopher", "name: expected lower case with hyphens"),
        ("id: SG901", "id: SG902", "is called SG902-no-gopher.md"),
        ("severity: high", "severity: bad", "severity: 'bad' is not a severity: critical, high, medium, low, info"),
        ("severity: high\n", "", "front matter: Object missing required field `severity`"),
        ("severity: high", "severity: high\nauthor: me", "front matter: Object contains unknown field `author`"),
        ("check: open_to", "check: opento", "check: no check is called 'opento'"),
        ("{services: [70]}", "{}", "parameters: Object missing required field `services`"),
        ("{services: [70]}", "{services: [70], port: 7}", "parameters: Object contains unknown field `port`"),
        ("{services: [70]}", "{services: [goopher]}", "parameters: 'goopher': no service is called 'goopher'"),
        ("{services: [70]}", "{services: [70", "front matter"),
        ("## Fix", "## How", "expected the headings ## What it does, ## Why is this bad, ## Fix, in this order"),
        ("Close it.\n", "", "something must stand under each of its headings"),
        ("yaml good", "yaml fine", "expected an example of each"),
    ],
)
def test_a_broken_page_is_one_line_that_names_it(old, new, complaint):
    assert old in PAGE
    with pytest.raises(InputError) as raised:
        read(PAGE.replace(old, new))
    assert complaint in raised.value.message
    assert raised.value.message.startswith("SG901-no-gopher.md:")
    assert "\n" not in raised.value.message


def test_a_folder_of_own_pages_adds_to_the_book(tmp_path):
    (tmp_path / "SG901-no-gopher.md").write_text(PAGE, encoding="utf-8")
    assert len(load_rules([str(tmp_path)])) == len(RULES) + 1


def test_an_id_is_taken_once(tmp_path):
    taken = PAGE.replace("SG901", "SG101")
    (tmp_path / "SG101-no-gopher.md").write_text(taken, encoding="utf-8")
    with pytest.raises(InputError, match="has the id SG101 and the name open-ssh already"):
        load_rules([str(tmp_path)])


def test_a_folder_without_pages_is_an_error(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match="expected"):
            load_rules([str(folder)])


def picked(select=(), ignore=()):
    return {rule.name for rule in chosen(RULES, select, ignore)}


def test_rules_are_chosen_by_whatever_they_are_called():
    assert picked(["SG101"]) == picked(["open-ssh"]) == picked(["CKV_AWS_24"]) == picked(["ckv_aws_24"]) == {"open-ssh"}
    assert picked(["EC2.13"]) == picked(["FSBP EC2.13"]) == {"open-ssh"}
    assert {"open-ssh", "default-group-rules", "acl-admin-open"} <= picked(["CIS"])
    assert picked(["open-*"]) > {"open-ssh", "open-rdp"}
    assert picked(["critical"]) == {rule.name for rule in RULES if rule.severity is Severity.CRITICAL}
    assert picked(["network-acl"]) == {rule.name for rule in RULES if rule.id.startswith("NA")}
    assert picked(["SG101,SG102"]) == picked(["SG101", " SG102 "]) == {"open-ssh", "open-rdp"}


def test_an_optional_rule_is_looked_at_where_some_word_means_it():
    off = {rule.name for rule in RULES if rule.optional}
    assert off
    assert picked() == {rule.name for rule in RULES} - off
    assert picked(["optional"]) == off
    assert picked(["untagged-group"]) == picked(["SG325"]) == {"untagged-group"}
    assert picked(["optional"], ["SG325"]) == off - {"untagged-group"}
    assert read(PAGE.replace("severity: high", "severity: high\noptional: true")).optional


def test_ignoring_wins():
    assert picked(["CIS"], ["open-ssh"]) == picked(["CIS"]) - {"open-ssh"}
    assert picked((), ["internet"]) == {r.name for r in RULES if "internet" not in r.tags and not r.optional}


def test_what_means_no_rule_is_an_error_that_offers_some():
    with pytest.raises(UnknownNameError) as raised:
        picked(["open-shh"])
    assert raised.value.message == "--select open-shh: no rule is called so"
    assert raised.value.hint.startswith("Did you mean open-ssh")
    with pytest.raises(UnknownNameError, match="--ignore nonsense"):
        picked((), ["nonsense"])
    with pytest.raises(UnknownNameError):
        find_rule(RULES, "open")
    assert find_rule(RULES, "sg101").name == "open-ssh"


def test_the_page_that_the_readme_of_the_rules_shows_is_one():
    shown = (shipped() / "README.md").read_text(encoding="utf-8").split("````markdown\n")[1].split("````")[0]
    rule = read(shown)
    for example in rule.examples:
        assert bool(linted(example.text, rules=(rule,)).findings) is example.bad
