"""Findings on a plan point at the resource, and at the line that says it where the sources lie beside the plan."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.cli.runs import run

sys.path.insert(0, str(Path(__file__).parents[1] / "sources" / "terraform"))

from plans import block, configured, plan, ref, resource, web, written

SARIF = jsonschema.Draft4Validator(
    json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
)
MAIN = """\
# resource "aws_security_group" "web" {
resource "aws_security_group" "web" {
  ingress {
    protocol    = "tcp"
    from_port   = 80
    to_port     = 80
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group_rule" "rdp" {
  type = "ingress"
}
"""


def findings(folder, document, *more):
    """(rule name) -> the finding, as JSON."""
    done = run("lint", written(folder, document), "-f", "json", "--fail-on", "never", *more)
    assert done.returncode == 0, done.stderr
    return {one["name"]: one for one in json.loads(done.stdout)["findings"]}


def where(finding, folder):
    location = finding["location"]
    return location["file"].removeprefix(f"{folder}/"), location["line"]


def opened(*blocks, **more):
    """The web server with a group of these blocks."""
    made = [one for one in web() if one.address != "aws_security_group.web"]
    group = resource("aws_security_group.web", name="web", vpc_id=ref("aws_vpc.main.id"), ingress=list(blocks), **more)
    rdp = resource(
        "aws_security_group_rule.rdp", type="ingress", protocol="tcp", from_port=3389, to_port=3389,
        cidr_blocks=["0.0.0.0/0"], security_group_id=ref("aws_security_group.web.id"),
    )  # fmt: skip
    return plan(*made, group, rdp)


def test_the_line_of_the_rule_that_says_it(tmp_path):
    (tmp_path / "main.tf").write_text(MAIN)
    found = findings(tmp_path, opened(block(80, "0.0.0.0/0"), block(22, "0.0.0.0/0")))
    assert where(found["open-rdp"], tmp_path) == ("main.tf", 18)
    assert where(found["open-ssh"], tmp_path) == ("main.tf", 10)
    assert where(found["open-http"], tmp_path) == ("main.tf", 3)
    assert found["open-ssh"]["written"] == found["open-ssh"]["resource"] == "aws_security_group.web"


@pytest.mark.parametrize(
    "text",
    [
        MAIN.replace("from_port   = 80", "from_port   = var.a").replace("to_port     = 80", "to_port     = var.a"),
        MAIN.replace("from_port   = 22", "from_port   = 80").replace("to_port     = 22", "to_port     = 80"),
        '\nresource "aws_security_group" "web" {\n}\n',
    ],
    ids=["two may", "none may", "none"],
)
def test_where_no_block_can_be_told_the_resource_is_named(tmp_path, text):
    (tmp_path / "main.tf").write_text(text)
    found = findings(tmp_path, opened(block(80, "0.0.0.0/0"), block(22, "0.0.0.0/0")))
    assert where(found["open-ssh"], tmp_path) == ("main.tf", 2)


def test_a_dynamic_block_is_one_that_may_say_it(tmp_path):
    (tmp_path / "main.tf").write_text(
        'resource "aws_security_group" "web" {\n  dynamic "ingress" {\n    for_each = var.ports\n    content {\n'
        "      from_port = ingress.value\n      cidr_blocks = [var.office]\n    }\n  }\n}\n"
    )
    found = findings(tmp_path, opened(block(22, "0.0.0.0/0")))
    assert where(found["open-ssh"], tmp_path) == ("main.tf", 2)


def test_without_sources_a_finding_points_at_the_plan(tmp_path):
    found = findings(tmp_path, opened(block(22, "0.0.0.0/0")))
    assert where(found["open-ssh"], tmp_path) == ("plan.json", None)


def test_modules_are_followed(tmp_path):
    inner = resource(
        "module.sg.aws_security_group.own", name="own", vpc_id=ref("var.vpc"), ingress=[block(22, "0.0.0.0/0")]
    )
    config = {
        "module_calls": {
            "sg": {
                "source": "./modules/sg",
                "expressions": {"vpc": {"references": ["aws_vpc.main.id", "aws_vpc.main"]}},
                "module": {"resources": [configured(inner)]},
            }
        }
    }
    (tmp_path / "main.tf").write_text('module "sg" {\n  source = "./modules/sg"\n}\n')
    (tmp_path / "modules" / "sg").mkdir(parents=True)
    (tmp_path / "modules" / "sg" / "main.tf").write_text('\n\nresource "aws_security_group" "own" {\n}\n')
    found = findings(tmp_path, plan(*web(), inner, config=config))
    assert where(found["open-ssh"], tmp_path) == ("modules/sg/main.tf", 3)


def test_entries_and_routes_are_found_too(tmp_path):
    (tmp_path / "net.tf").write_text(
        'resource "aws_network_acl" "all" {\n  ingress {\n    rule_no = 100\n  }\n\n  egress {\n    rule_no = 200\n  }\n}\n'
        'resource "aws_route_table" "public" {\n  route {\n    cidr_block = "0.0.0.0/0"\n  }\n}\n'
    )
    entry = {"action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}
    acl = resource(
        "aws_network_acl.all", vpc_id=ref("aws_vpc.main.id"), subnet_ids=[ref("aws_subnet.a.id")],
        ingress=[{**entry, "rule_no": 100}], egress=[{**entry, "rule_no": 200}],
    )  # fmt: skip
    done = run(
        "lint", written(tmp_path, plan(*web(acl))), "-f", "json", "--select", "acl-admin-open", "--fail-on", "never"
    )
    (found,) = [one for one in json.loads(done.stdout)["findings"] if one["resource"] == "aws_network_acl.all"]
    assert where(found, tmp_path) == ("net.tf", 2)


def test_sarif_has_regions_and_github_has_lines(tmp_path):
    (tmp_path / "main.tf").write_text(MAIN)
    written(tmp_path, opened(block(80, "0.0.0.0/0"), block(22, "0.0.0.0/0")))
    told = json.loads(run("lint", "plan.json", "-f", "sarif", cwd=tmp_path).stdout)
    assert list(SARIF.iter_errors(told)) == []
    (ssh,) = [
        one
        for one in told["runs"][0]["results"]
        if one["message"]["text"].startswith("aws_security_group.web: 22/tcp is open")
    ]
    (location,) = ssh["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "main.tf"}, "region": {"startLine": 10}}
    assert location["logicalLocations"][0]["name"] == "aws_security_group.web"
    assert (
        "::error file=main.tf,line=10,title=open-ssh" in run("lint", "plan.json", "-f", "github", cwd=tmp_path).stdout
    )


def test_an_exception_names_the_address_and_a_finding_stays_the_same_when_the_id_is_known(tmp_path):
    planned = findings(tmp_path, opened(block(22, "0.0.0.0/0")))["open-ssh"]
    there = opened(block(22, "0.0.0.0/0"), id="sg-1")
    known = findings(tmp_path, there)["open-ssh"]
    assert (known["resource"], known["written"]) == ("sg-1", "aws_security_group.web")
    assert known["fingerprint"] == planned["fingerprint"]
    assert known["fix"]["commands"] == []
    config = tmp_path / "sgcheck.toml"
    config.write_text('[[ignore]]\nrule = "open-ssh"\nresource = "aws_security_group.web"\nreason = "the bastion"\n')
    assert "open-ssh" not in findings(tmp_path, there, "--config", config)


def test_descriptions_of_rules_are_read_in_every_form(tmp_path):
    named = {**block(22, "0.0.0.0/0"), "description": "SSH"}
    found = findings(tmp_path, opened(named, block(443, "0.0.0.0/0")))
    assert found["undescribed-rule"]["message"].startswith("2 of its 3 rules say not what for")


def test_what_is_there_already_is_called_by_its_address_too(tmp_path):
    comment = "# sgcheck:ignore open-ssh only for a day"
    (tmp_path / "main.tf").write_text(f'{comment}\nresource "aws_security_group" "web" {{\n}}\n')
    path = written(tmp_path, opened(block(22, "0.0.0.0/0"), id="sg-1"))
    done = run("lint", path, "--resource", "aws_security_group.web", "--select", "open-ssh", "-f", "json")
    told = json.loads(done.stdout)
    assert (told["findings"], done.returncode) == ([], 0)
    (one,) = told["suppressed"]
    assert one["suppressed_by"] == f"{tmp_path / 'main.tf'}:1"
