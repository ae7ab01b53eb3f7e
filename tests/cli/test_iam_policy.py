"""`iam-policy` in its formats: each says the same, and each is what its reader takes."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from cli.runs import run

from sgcheck.cli.iam_policy import FORMATS


class Template(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


Template.add_multi_constructor("!", lambda loader, tag, node: {tag: loader.construct_scalar(node)})


def printed(*words):
    done = run("iam-policy", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def actions(text):
    return re.findall(r"\b[a-z0-9-]+:(?:Describe|Get|List|Search|Select)\w+", text)


def test_json_is_the_policy_document():
    document = json.loads(printed())
    assert document["Version"] == "2012-10-17"
    for statement in document["Statement"]:
        assert statement.keys() == {"Sid", "Effect", "Action", "Resource"}
        assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
        assert statement["Action"] == sorted(statement["Action"])


@pytest.mark.parametrize("only", [(), ("--only", "explain")])
def test_every_format_says_the_same(only):
    document = json.loads(printed(*only))
    expected = [action for statement in document["Statement"] for action in statement["Action"]]
    assert expected
    for form in FORMATS:
        assert actions(printed(*only, "-f", form)) == expected, form


def test_only_explain_is_less():
    assert set(actions(printed("--only", "explain"))) < set(actions(printed()))


def test_cloudformation_holds_the_document():
    template = yaml.load(printed("-f", "cloudformation"), Loader=Template)
    (resource,) = template["Resources"].values()
    assert resource["Type"] == "AWS::IAM::ManagedPolicy"
    assert resource["Properties"]["PolicyDocument"] == json.loads(printed())
    assert [output["Value"] for output in template["Outputs"].values()] == [{"Ref": next(iter(template["Resources"]))}]


def test_terraform_is_laid_out_as_its_formatter_does():
    text = printed("-f", "terraform")
    assert text.count("{") == text.count("}")
    depth = 0
    for line in text.splitlines():
        depth -= line.strip().startswith(("}", "]"))
        assert not line or len(line) - len(line.lstrip()) == 2 * depth, line
        depth += line.endswith(("{", "["))
    assert depth == 0
    assert "policy      = data.aws_iam_policy_document.sgcheck.json\n" in text


def test_a_file_gets_it_whole(tmp_path):
    assert printed("-o", str(tmp_path / "policy.json")) == ""
    assert (tmp_path / "policy.json").read_text(encoding="utf-8") == printed()
