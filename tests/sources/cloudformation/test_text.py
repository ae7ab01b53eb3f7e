"""Reading templates: YAML with short forms, JSON, the lines of both, and what is no template after all."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from templates import document, res, web

from sgcheck.errors import InputError
from sgcheck.sources.cloudformation.document import may_be_yaml, read_template
from sgcheck.sources.cloudformation.text import LARGEST, MOST, read_json, read_yaml


def refused(read, data, *words):
    with pytest.raises(InputError) as wrong:
        read(data if isinstance(data, bytes) else data.encode(), "t.x")
    assert "\n" not in wrong.value.message
    assert wrong.value.message.startswith("t.x")
    for word in words:
        assert word in wrong.value.message
    return wrong.value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("!Ref A", {"Ref": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!Join ['-', [!Ref A, b]]", {"Fn::Join": ["-", [{"Ref": "A"}, "b"]]}),
        ("!Condition A", {"Condition": "A"}),
        ("!If [A, !Ref B, !Ref 'AWS::NoValue']", {"Fn::If": ["A", {"Ref": "B"}, {"Ref": "AWS::NoValue"}]}),
        ("!Cidr {a: 1}", {"Fn::Cidr": {"a": "1"}}),
        ("a: 012345678901", {"a": "012345678901"}),
        ("a: 2010-09-09", {"a": "2010-09-09"}),
        ("a: yes", {"a": "yes"}),
        (
            "a: true\nb: False\nc: null\nd: 'true'\ne: ~\nf:",
            {"a": True, "b": False, "c": None, "d": "true", "e": None, "f": None},
        ),
        ("80: b", {"80": "b"}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": "1"}, "c": {"b": "1"}}),
        ("a: &x {b: 1, d: 2}\nc:\n  <<: *x\n  b: 3", {"a": {"b": "1", "d": "2"}, "c": {"b": "3", "d": "2"}}),
        ("", None),
    ],
)
def test_yaml_is_read_as_cloudformation_does(text, expected):
    assert read_yaml(text.encode(), "t.x") == expected


@pytest.mark.parametrize(
    "text, words",
    [
        ("a: [1", ["t.x:", "not valid YAML"]),
        ("a: b: c", [":1:", "not valid YAML"]),
        ("a: 1\na: 2", [":2:", '"a"', "twice"]),
        ("a: *x", ["refers to nothing"]),
        ("a: 1\n---\nb: 2", [":2", "second document"]),
        ("? [a]\n: b", ["a key must be a plain word"]),
        ("a:\n  <<: [7]", ["<< takes a mapping"]),
        ("a: &x [*x]", ["refers to nothing"]),
        ("[" * 200, ["nested too deeply"]),
        ("a: \x07", ["not valid YAML"]),
    ],
)
def test_broken_yaml_is_one_line(text, words):
    refused(read_yaml, text, *words)


def test_aliases_that_multiply_end_in_one_line():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    refused(read_yaml, "\n".join(lines), f"more than {MOST} values")


def test_no_tag_makes_an_object():
    found = read_yaml(b"a: !!python/object/apply:os.system ['true']", "t.x")
    assert found["a"] in (["true"], {"Fn::!python/object/apply:os.system": ["true"]})
    assert read_yaml(b"!Unheard of", "t.x") == {"Fn::Unheard": "of"}


@pytest.mark.parametrize(
    "text, words",
    [
        ('{"a": 1,}', [":1:", "not valid JSON"]),
        ('{"a": 1, "a": 2}', ['"a"', "twice"]),
        ('{"a": ' * 5000, ["nested too deep"]),
        (b'{"a": "\xff"}', ["not valid JSON"]),
    ],
)
def test_broken_json_is_one_line(text, words):
    refused(read_json, text, *words)


def test_a_huge_text_is_refused():
    for read in (read_json, read_yaml):
        refused(read, b" " * (LARGEST + 1), "a template of 10 MB")


@given(st.sampled_from([None, 1, 2, 4, "\t"]), st.booleans())
def test_json_tells_the_lines_of_resources(indent, escaped):
    name = "Caf\u00e9\u2603" if escaped else "Web"
    resources = {"A": res("VPC", Note='a "quoted" } { text\\'), name: res("Instance"), "Z": res("VPC")}
    text = json.dumps(document(resources, Outputs={}), indent=indent)
    template = read_template(text.encode(), "t.x")
    for one in resources:
        lines = text.split("\n")
        quoted = json.dumps(one)
        expected = next(n for n, line in enumerate(lines, 1) if f"{quoted}:" in line.replace(": ", ":"))
        assert template.line("Resources", one) == expected
    assert template.place("Nowhere") == "t.x"


def test_yaml_tells_the_lines_of_resources():
    text = yaml.safe_dump(document(web()), sort_keys=False)
    template = read_template(text.encode(), "t.x")
    lines = text.split("\n")
    for name in web():
        assert template.line("Resources", name) == lines.index(f"  {name}:") + 1


def test_json_and_yaml_of_one_template_are_equal():
    made = json.loads(json.dumps(document(web())))
    as_text = yaml.safe_dump(made)
    one, other = read_template(json.dumps(made).encode(), "t.x"), read_template(as_text.encode(), "t.x")
    assert _texts(one.body) == _texts(other.body)


def _texts(node):
    if isinstance(node, dict):
        return {name: _texts(inner) for name, inner in node.items()}
    if isinstance(node, list):
        return [_texts(one) for one in node]
    return node if isinstance(node, bool) else str(node)


@pytest.mark.parametrize(
    "text, words",
    [
        ("Resources:", ["without Resources"]),
        ("Resources: {}", ["without Resources"]),
        ("AWSTemplateFormatVersion: 2010-09-09", ["without Resources"]),
        ("Resources: [1]", [":1", "Resources: expected a mapping, got a list"]),
        ("Resources:\n  A: 1", [":2: A: expected a resource with a Type"]),
        ("Resources:\n  A: {Type: x}", [":2: A: expected a Type"]),
        ("Resources:\n  A: {Properties: {}}", [":2: A: expected a Type", "nothing"]),
        ("Resources:\n  A: {Type: !Rain::Module m.yaml}", [":2: A: is a module of Rain"]),
        ("- Resources", ["expected a CloudFormation template", "a list"]),
        ("Resources:\n  Fn::ForEach::X: []", [":2: ForEach::X makes resources"]),
        ("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: 'A::B::C'}}", [":1: a SAM template"]),
        ("Transform: [Mine]\nResources: {A: {Type: 'A::B::C'}}", [":1: a template for the transform Mine"]),
        ("Transform: {Name: 'AWS::Include'}\nResources: {A: {Type: 'A::B::C'}}", ["the transform AWS::Include"]),
    ],
)
def test_what_is_no_template_after_all_is_one_line(text, words):
    refused(read_template, text, *words)


def test_a_refused_transform_says_what_to_give_instead():
    wrong = refused(read_template, "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: 'A::B::C'}}")
    assert "get-template --template-stage Processed" in wrong.hint
    harmless = "Transform: [AWS::LanguageExtensions]\nResources: {A: {Type: 'A::B::C'}}"
    assert read_template(harmless.encode(), "t.x").section("Resources")


@pytest.mark.parametrize(
    "text, is_one",
    [
        ("Resources:\n  A:\n    Type: AWS::EC2::VPC\n", True),
        ("# a comment\nAWSTemplateFormatVersion: 2010-09-09\n", True),
        ("expect:\n  - from: internet\n", False),
        ("kind: Deployment\nresources: {}\n", False),
        ("", False),
        ("[1]", False),
    ],
)
def test_templates_in_yaml_are_told_from_other_texts(text, is_one):
    assert may_be_yaml(text.encode()) is is_one
