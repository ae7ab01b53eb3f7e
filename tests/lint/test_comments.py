"""Exceptions in comments of Terraform files and templates."""

from __future__ import annotations

from datetime import date

import pytest

from lint.lab import RULES
from sgcheck.aws.build import build
from sgcheck.lint.comments import commented, in_template, in_terraform
from sgcheck.lint.run import lint
from sgcheck.lint.scene import Scene
from sgcheck.lint.select import chosen
from sgcheck.lint.suppress import Ignore, Suppressions
from sgcheck.sources.files import load_snapshot

TERRAFORM = """\
# sgcheck:ignore SG101 the first
# about something else
resource "aws_security_group" "web" {
  name = "web" # sgcheck:ignore open-rdp until=2030-01-31 the second
  ingress {
    // sgcheck:ignore SG103 the third
  }
}

# sgcheck:ignore SG104 nobody's

variable "x" {}
resource "aws_vpc" "one" { cidr_block = "10.0.0.0/16" } # sgcheck:ignore VPC117 on its line
# sgcheck:ignore SG105 the last
"""
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
# sgcheck:ignore SG106 before everything
Resources:
  # sgcheck:ignore SG101 above
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      # sgcheck:ignore SG102 inside
      GroupDescription: web  # sgcheck:ignore SG103 beside
  Db:
    Type: AWS::EC2::SecurityGroup # sgcheck:ignore SG104 of the other
Outputs:
  # sgcheck:ignore SG105 in no resource
  Web: {Value: x}
"""


def test_a_comment_in_terraform_is_for_its_block():
    assert [(c.line, c.resource, c.value.split()[0]) for c in in_terraform(TERRAFORM)] == [
        (1, "aws_security_group.web", "SG101"),
        (4, "aws_security_group.web", "open-rdp"),
        (6, "aws_security_group.web", "SG103"),
        (10, None, "SG104"),
        (13, "aws_vpc.one", "VPC117"),
        (14, None, "SG105"),
    ]


def test_a_comment_in_a_template_is_for_its_resource():
    assert sorted((c.line, c.resource, c.value.split()[0]) for c in in_template(TEMPLATE)) == [
        (2, None, "SG106"),
        (4, "Web", "SG101"),
        (8, "Web", "SG102"),
        (9, "Web", "SG103"),
        (11, "Db", "SG104"),
        (13, None, "SG105"),
    ]


@pytest.mark.parametrize("read", [in_terraform, in_template])
@pytest.mark.parametrize(
    "text", ["", "\n\n", "sgcheck:ignore SG101 x", "# sgcheck:ignored SG101 x", "{", "Resources:\n\t- x"]
)
def test_what_holds_no_comment_has_none(read, text):
    assert list(read(text)) == []


PLAN = """{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
 {"address": "aws_security_group.web[0]", "mode": "managed", "type": "aws_security_group", "name": "web", "index": 0,
  "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "web", "vpc_id": "vpc-1", "ingress": [
   {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [],
    "prefix_list_ids": [], "security_groups": [], "self": false, "description": ""}]}}]}},
 "resource_changes": [
 {"address": "aws_security_group.web[0]", "mode": "managed", "type": "aws_security_group", "name": "web", "index": 0,
  "provider_name": "registry.terraform.io/hashicorp/aws", "change": {"actions": ["create"], "before": null,
  "after_unknown": {}, "after": {"name": "web", "vpc_id": "vpc-1", "ingress": [
   {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [],
    "prefix_list_ids": [], "security_groups": [], "self": false, "description": ""}]}}}],
 "configuration": {"root_module": {}}}"""


def test_a_comment_beside_a_plan_is_an_exception(tmp_path):
    (tmp_path / "plan.json").write_text(PLAN, encoding="utf-8")
    comment = "# sgcheck:ignore open-ssh until=2099-01-01 the bastion"
    (tmp_path / "main.tf").write_text(
        f'{comment}\nresource "aws_security_group" "web" {{\n  count = 1\n}}\n', encoding="utf-8"
    )
    snapshot = load_snapshot([str(tmp_path / "plan.json")])
    (told,) = commented(snapshot)
    by = f"{tmp_path / 'main.tf'}:1"
    assert told == Ignore("open-ssh", "aws_security_group.web[[]0]", "the bastion", date(2099, 1, 1), by)
    report = lint(
        Scene(build(snapshot), snapshot), chosen(RULES, ["open-ssh"], ()), Suppressions([told], {}, "", RULES)
    )
    assert (report.findings, [one.by for one in report.suppressed]) == ((), [by])


def test_one_that_is_nowhere_or_not_in_the_form_is_told(tmp_path):
    (tmp_path / "plan.json").write_text(PLAN, encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        '# sgcheck:ignore SG101 x\n\nresource "aws_vpc" "a" {\n# sgcheck:ignore SG101\n}\n', encoding="utf-8"
    )
    first, second = commented(load_snapshot([str(tmp_path / "plan.json")]))
    assert first == f"{tmp_path / 'main.tf'}:1: sgcheck:ignore stands in no resource; it counts for nothing"
    assert second == f"{tmp_path / 'main.tf'}:4: expected a reason after SG101; it counts for nothing"


def test_files_beside_what_is_no_plan_are_left_alone(tmp_path):
    (tmp_path / "network.json").write_text(
        '{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}', encoding="utf-8"
    )
    (tmp_path / "main.tf").write_text(TERRAFORM, encoding="utf-8")
    assert list(commented(load_snapshot([str(tmp_path / "network.json")]))) == []
