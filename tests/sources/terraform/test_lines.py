"""Where resources are written: blocks of files in Terraform's language, and the modules that lead to them."""

from __future__ import annotations

import json
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcheck.sources.terraform.blocks import blocks, plain
from sgcheck.sources.terraform.lines import Lines

TRICKY = textwrap.dedent(
    """\
    # resource "aws_vpc" "commented" {
    /* resource "aws_vpc" "commented" {
    */ resource "aws_vpc" "main" { // }
      cidr_block = "10.0.0.0/16" # }
      tags = { Name = "a } b ${var.x["}"]} $${no} \\" {" }
    }

    resource "aws_instance" "web" {
      user_data = <<-EOT
        resource "aws_vpc" "written" {
        }
        "unbalanced {
      EOT
      policy = <<EOF
    resource "aws_vpc" "written" {
    EOF
      count = var.n > 0 ? 1 : 0
      root_block_device { size = 8 }
    }
    resource aws_subnet "unquoted"
    {
    }
    resource "aws_subnet" "after" {}
    """
)


def told(text):
    return [(one.kind, one.labels, one.line) for one in blocks(text)]


def test_comments_texts_and_heredocs_hold_no_blocks():
    found = told(TRICKY)
    assert ("resource", ("aws_vpc", "main"), 3) in found
    assert ("resource", ("aws_instance", "web"), 8) in found
    assert ("resource", ("aws_subnet", "after"), 23) in found
    assert not [one for one in found if "commented" in one[1] or "written" in one[1]]


def test_what_is_in_a_block_is_known_with_its_line():
    (vpc, web, *_rest) = blocks(TRICKY)
    assert vpc.word("cidr_block") == "10.0.0.0/16"
    assert [(one.kind, one.line) for one in web.inner] == [("root_block_device", 18)]
    assert web.attributes["count"] == "var.n > 0 ? 1 : 0"


def test_elements_of_a_list_stand_for_blocks():
    (group,) = blocks(
        textwrap.dedent(
            """\
            resource "aws_security_group" "web" {
              ingress = [
                { from_port = 22, to_port = 22, cidr_blocks = ["0.0.0.0/0"] },
                {
                  "from_port" : 80
                  cidr_blocks : var.all
                },
              ]
              egress = []
            }
            """
        )
    )
    assert [(one.kind, one.line, one.word("from_port")) for one in group.inner] == [
        ("ingress", 3, "22"),
        ("ingress", 4, "80"),
    ]
    assert [one.words("cidr_blocks") for one in group.inner] == [["0.0.0.0/0"], None]


@pytest.mark.parametrize(
    "written, expected",
    [('"a"', "a"), ("22", "22"), ("-1", "-1"), ('"${var.a}"', None), ('"$${a}"', None), ("var.a", None), ('"a$b"', "a$b"), ("", None), ('"%{if a}b%{endif}"', None)],
)  # fmt: skip
def test_only_plain_values_are_taken(written, expected):
    assert plain(written) == expected


@given(st.text(alphabet='{}[]()"\\$%#/*<EOT\n =abc,:-', max_size=80))
def test_nothing_is_too_broken_to_be_read(text):
    found = blocks(text)
    assert all(1 <= one.line <= text.count("\n") + 1 for one in found)


@given(st.lists(st.sampled_from(["comment", "heredoc", "text", "block", "list"]), max_size=6))
def test_a_resource_is_found_whatever_stands_before_it(parts):
    before = {
        "comment": '# "{\n/* {" \n*/\n// }\n',
        "heredoc": 'locals {\n  a = <<X\n"{ ${\nX\n}\n',
        "text": 'variable "x" {\n  default = "{ \\" ${f("}")}"\n}\n',
        "block": 'module "m" {\n  source = "./m"\n}\n',
        "list": "locals {\n  a = [{}, { b = [1, 2] }]\n}\n",
    }
    text = "".join(before[part] for part in parts)
    found = told(f'{text}resource "aws_vpc" "main" {{\n}}\n')
    assert found[-1] == ("resource", ("aws_vpc", "main"), text.count("\n") + 1)


# Folders and modules.


def made(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Lines(str(folder))


def at(lines, folder, address):
    spot = lines.spot(address)
    return spot and (spot.file.removeprefix(f"{folder}/"), spot.line)


def test_modules_in_folders_are_followed(tmp_path):
    lines = made(
        tmp_path,
        {
            "main.tf": '\nmodule "net" {\n  source = "./modules/net"\n}\nmodule "far" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n',
            "modules/net/vpc.tf": 'resource "aws_vpc" "main" {\n}\nmodule "inner" {\n  source = "../inner"\n  count = 2\n}\n',
            "modules/inner/groups.tofu": '\n\nresource "aws_security_group" "web" {\n}\n',
            "modules/inner/notes.txt": 'resource "aws_security_group" "no" {\n}\n',
            ".terraform/modules/far/main.tf": '# fetched\nresource "aws_vpc" "this" {}\n',
            ".terraform/modules/modules.json": json.dumps(
                {"Modules": [{"Key": "", "Dir": "."}, {"Key": "far", "Dir": ".terraform/modules/far"}, {"Key": 7}]}
            ),
        },
    )
    assert at(lines, tmp_path, "module.net.aws_vpc.main") == ("modules/net/vpc.tf", 1)
    assert at(lines, tmp_path, 'module.net.module.inner[1].aws_security_group.web["a.b"]') == (
        "modules/inner/groups.tofu",
        3,
    )
    assert at(lines, tmp_path, "module.far.aws_vpc.this[0]") == (".terraform/modules/far/main.tf", 2)
    for address in (
        "aws_vpc.main",
        "module.no.aws_vpc.main",
        "module.net.module.inner.aws_security_group.no",
        "sg-1",
        "",
    ):
        assert lines.spot(address) is None


def test_a_module_that_leads_to_itself_ends(tmp_path):
    lines = made(tmp_path, {"main.tf": 'module "a" {\n  source = "./"\n}\nresource "aws_vpc" "v" {}\n'})
    assert at(lines, tmp_path, "module.a.module.a.module.a.aws_vpc.v") == ("main.tf", 4)


def test_what_can_not_be_read_is_no_place(tmp_path):
    lines = made(tmp_path, {"main.tf": "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")})
    (tmp_path / "folder.tf").mkdir()
    (tmp_path / "broken.tf").write_bytes(b'\xff\xfe resource "aws_vpc" "v" {\n')
    (tmp_path / "more.tf").write_text('resource "aws_vpc" "w" {')
    assert at(lines, tmp_path, "aws_vpc.w") == ("more.tf", 1)
    assert Lines(str(tmp_path / "nowhere")).spot("aws_vpc.v") is None
