"""docs/comparison-with-checkov.md, as far as it can be held against the rule book without checkov."""

from __future__ import annotations

import pytest

from lint.lab import RULES
from sgcheck.lint.rule import Rule
from tests.benchmarks.checkov import page
from tests.benchmarks.checkov.answers import Said, Told, ours, theirs
from tests.benchmarks.checkov.ids import NONE, SUBJECTS
from tests.benchmarks.checkov.join import REFUSED, answering, joined
from tests.benchmarks.checkov.owners import owner


@pytest.fixture(scope="module")
def text(checkout):
    return (checkout / "docs" / "comparison-with-checkov.md").read_text(encoding="utf-8")


def test_the_tables_of_equivalents_are_what_the_rule_pages_say(text):
    for name, table in (("equivalents", page.equivalents(RULES)), ("no equivalents", page.without())):
        assert page.put(text, name, table) == text, "python -m tests.benchmarks.checkov writes them"


def test_an_id_has_a_rule_here_or_a_reason_why_not():
    assert set(answering(RULES)) == set(SUBJECTS)
    assert not SUBJECTS.keys() & NONE.keys()


def test_a_table_goes_between_its_marks_and_nowhere_else():
    text = f"a\n{page.begin('x')}old{page.end('x')}\nb\n"
    assert page.put(text, "x", "new") == f"a\n{page.begin('x')}new\n{page.end('x')}\nb\n"
    with pytest.raises(ValueError, match="no place for y"):
        page.put(text, "y", "new")


def _finding(rule: str, resource: str, *related: str) -> dict[str, object]:
    return {"rule": rule, "resource": resource, "written": None, "resource_name": None, "related": related}


def _joined(told: Told, said: Said, owner: str | None = None, rules: tuple[Rule, ...] = RULES):
    return joined([told], {told.file: said}, rules, lambda _: owner)


SSH = Told("web.yaml", "CKV_AWS_24", "AWS::EC2::SecurityGroup.Web")


@pytest.mark.parametrize(
    "finding, owner",
    [
        (_finding("SG101", "Web"), None),
        (_finding("SG101", "sg-0a1", "Web"), None),
        (_finding("SG101", "Group"), "Group"),
        (_finding("SG101", "Web.default_security_group_id"), None),
    ],
)
def test_a_finding_is_the_same_at_the_resource_its_rules_its_group_and_what_came_with_it(finding, owner):
    found = _joined(SSH, Said((finding,)), owner)
    assert found.found == [SSH]
    assert found.matched == {("web.yaml", "SG101", finding["resource"])}


@pytest.mark.parametrize("finding", [_finding("SG102", "Web"), _finding("SG101", "Web2")])
def test_another_rule_or_resource_is_not_the_same(finding):
    found = _joined(SSH, Said((finding,)))
    assert (found.found, found.unexplained) == ([], [SSH])


def test_what_is_refused_or_undecided_is_told_as_such():
    assert _joined(SSH, Said(refused="no")).reasons == {("CKV_AWS_24", REFUSED): [SSH]}
    doubt = {"rule": "SG101", "resource": "Web", "why": "nobody knows"}
    assert _joined(SSH, Said((), (doubt,))).reasons == {("CKV_AWS_24", "undecided: nobody knows"): [SSH]}


def test_the_lines_that_both_tools_leave_behind_are_read():
    check = '{"check_id": "CKV_AWS_24", "resource": "aws_security_group.a", "resource_address": "module.m.a[0]"}'
    lines = [
        f'{{"file": "a.json", "code": 0, "data": {{"results": {{"failed_checks": [{check}, {check}]}}}}}}',
        '{"file": "b.json", "code": 2, "data": null}',
    ]
    assert theirs(lines) == ([Told("a.json", "CKV_AWS_24", "module.m.a[0]")], ["b.json"])
    lines = [
        '{"file": "a.json", "data": {"findings": [{"rule": "SG101"}], "undecided": []}}',
        '{"file": "b.json", "data": null, "wrong": "Error: no\\nand more"}',
    ]
    assert ours(lines) == {"a.json": Said(({"rule": "SG101"},)), "b.json": Said(refused="Error: no")}


def test_a_rule_of_a_template_knows_its_group(tmp_path):
    file = tmp_path / "a.yaml"
    kind = "AWS::EC2::SecurityGroupIngress"
    groups = {"A": "!GetAtt Web.GroupId", "B": "{Ref: Db}", "C": "sg-0a1"}
    told = "".join(f"  {name}: {{Type: {kind}, Properties: {{GroupId: {id_}}}}}\n" for name, id_ in groups.items())
    file.write_text(f"Resources:\n{told}", encoding="utf-8")
    assert [owner(file, f"{kind}.{name}") for name in groups] == ["Web", "Db", "sg-0a1"]
    assert owner(file, "AWS::EC2::SecurityGroup.A") is None
