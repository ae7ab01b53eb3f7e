"""What is a plan or state, what is refused and how, and that nothing of it is dropped in silence."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from sgcheck.aws.build import build
from sgcheck.errors import InputError
from sgcheck.reach.diff import diff
from sgcheck.render import diff_json
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.terraform.plan import load_plan
from sgcheck.sources.terraform.translate import TYPES

sys.path.insert(0, str(Path(__file__).parent))

from plans import asked, existing, network_of, plan, resource, state, web, written

RUN = "terraform show -json plan.tfplan > plan.json"


def refused(path) -> str:
    with pytest.raises(InputError) as wrong:
        load_snapshot([str(path)])
    assert "\n" not in wrong.value.message
    assert str(path) in wrong.value.message
    return wrong.value.message


def test_the_configuration_itself_is_refused_with_what_to_run(tmp_path):
    path = tmp_path / "main.tf"
    path.write_text('# the network\nresource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n')
    assert RUN in refused(path)


def test_a_binary_plan_is_refused_with_what_to_run(tmp_path):
    path = tmp_path / "plan.tfplan"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("tfplan", "tfstate", "tfconfig/modules.json"):
            archive.writestr(name, b"\x08\x03")
    path.write_bytes(packed.getvalue())
    assert RUN in refused(path)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"format_version": "2.0"}, ["format_version", "2.0", RUN]),
        ({"format_version": 3}, ["format_version", RUN]),
        ({"planned_values": []}, ["planned_values", RUN]),
        ({"planned_values": {"root_module": []}}, ["root_module", "an object"]),
        ({"planned_values": {"root_module": {"resources": [1]}}}, ["resources", "objects"]),
        ({"planned_values": {"root_module": {"resources": [{"address": "x"}]}}}, ["x", "type and name"]),
        ({"resource_changes": [1]}, ["resource_changes"]),
    ],
)
def test_what_is_no_plan_after_all_is_refused_by_place(tmp_path, change, words):
    message = refused(written(tmp_path, {**plan(*web()), **change}))
    for word in words:
        assert word in message


def test_a_plan_without_planned_values_and_a_state_of_another_version_are_refused(tmp_path):
    document = plan(*web())
    del document["planned_values"]
    assert "planned_values is missing" in refused(written(tmp_path, document))
    assert "version 4" in refused(written(tmp_path, {**state(raw=True), "version": 3}))


def test_a_plan_that_ends_too_early_is_refused_by_line(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan(*web()))[:-40])
    assert "line 1" in refused(path)


@pytest.mark.parametrize(
    "address, values, words",
    [
        ("aws_security_group.web", {"ingress": [1]}, ["ingress[0]", "a block"]),
        ("aws_security_group.web", {"ingress": [{"cidr_blocks": "10.0.0.0/8"}]}, ["ingress[0].cidr_blocks", "a list"]),
        (
            "aws_security_group_rule.r",
            {"security_group_id": "sg-1", "from_port": "eighty"},
            ["from_port", "whole number"],
        ),
        ("aws_subnet.s", {"vpc_id": "vpc-1", "cidr_block": {"a": 1}}, ["cidr_block", "a text"]),
        ("aws_instance.i", {"vpc_security_group_ids": 7}, ["vpc_security_group_ids", "a list"]),
        (
            "aws_instance.i",
            {"public_ip": "", "associate_public_ip_address": "yes", "source_dest_check": 3},
            ["source_dest_check"],
        ),
    ],
)
def test_a_broken_value_names_the_address_of_its_resource(tmp_path, address, values, words):
    message = refused(written(tmp_path, state(existing(address, id="x-1", **values))))
    for word in (address, *words):
        assert word in message


def test_an_empty_state_and_an_empty_plan_are_read(tmp_path):
    for document in (
        {"format_version": "1.0"},
        {"format_version": "1.0", "terraform_version": "1.9.0"},
        state(),
        plan(),
    ):
        snapshot = load_snapshot([written(tmp_path, document)])
        assert snapshot.counts.files == 1
        assert not list(build(snapshot).vpcs)


def test_types_that_are_not_understood_are_counted(tmp_path):
    document = plan(*web(resource("aws_iam_role.a"), resource("aws_iam_role.b"), resource("random_id.x")))
    assert load_snapshot([written(tmp_path, document)]).counts.skipped == {"aws_iam_role": 2, "random_id": 1}


def test_a_raw_state_is_read_like_a_shown_one(tmp_path):
    made = (
        existing("aws_vpc.main", id="vpc-1", cidr_block="10.0.0.0/16"),
        existing("aws_subnet.s[0]", id="subnet-1", vpc_id="vpc-1", cidr_block="10.0.0.0/24"),
        existing('module.m["a"].aws_subnet.s', id="subnet-2", vpc_id="vpc-1", cidr_block="10.0.1.0/24"),
    )
    shown, raw = (network_of(tmp_path, state(*made, raw=raw)) for raw in (False, True))
    assert dict(shown.names) == dict(raw.names) == {
        "aws_vpc.main": "vpc-1", "aws_subnet.s[0]": "subnet-1", 'module.m["a"].aws_subnet.s': "subnet-2",
    }  # fmt: skip
    assert list(shown.subnets) == list(raw.subnets)


def test_utf_16_as_a_shell_of_windows_writes_it_is_read(tmp_path):
    path = tmp_path / "plan.json"
    path.write_bytes(json.dumps(plan(*web())).encode("utf-16"))
    assert asked(build(load_snapshot([str(path)])), "internet", "aws_instance.web").verdict.value == "reachable"


def test_the_provider_tells_the_region(tmp_path):
    assert network_of(tmp_path, plan(*web())).vpcs["aws_vpc.main"].region == "eu-west-1"


def refusal(path) -> str | None:
    """What is said of a file that is not read, None of one that is, everything in it included."""
    try:
        network = build(load_snapshot([str(path)]))
        for table in (network.interfaces, network.instances, network.groups, network.acls, network.tables):
            list(table.values())
        _ = network.balancers
    except InputError as error:
        return error.message
    return None


def test_every_plan_and_state_of_the_corpus_is_read_or_refused_in_one_line(corpus):
    told = [refusal(path) for path in sorted((corpus / "tfplan").rglob("*")) if path.is_file()]
    refused = [message for message in told if message is not None]
    assert len(told) == 90
    assert len(refused) == 2  # a wrapper that is no JSON, and ports 443 to 22
    assert not any("\n" in message for message in refused)
    assert any("ports 443 to 22" in message and "aws_security_group.example_group_22" in message for message in refused)


def test_every_plan_of_the_corpus_is_compared_with_itself(corpus):
    compared = 0
    for path in sorted((corpus / "tfplan").rglob("*")):
        try:
            sides = load_plan(str(path)) if path.is_file() else None
            found = diff(*map(build, sides)) if sides else None
        except InputError:
            continue  # what is refused, and how, another test tells
        if found is not None:
            compared += 1
            shown = diff_json.render(found)
            assert "240.0.0." not in shown
            assert "241.0.0." not in shown
            assert all(change.written for row in (*found.opened, *found.closed) for change in row.changes)
    assert compared == 85


def test_the_page_lists_every_type_that_is_understood(checkout):
    """SGCHECK_UPDATE=1 writes the table."""
    import os

    page = checkout / "docs" / "terraform.md"
    text = page.read_text()
    begin, end = "<!-- types -->\n", "<!-- end of types -->"
    rows = "".join(f"| `{name}` | {note} |\n" for name, note in sorted(TYPES.items()))
    table = f"{begin}\n| resource | remarks |\n|---|---|\n{rows}\n{end}"
    fresh = text[: text.index(begin)] + table + text[text.index(end) + len(end) :]
    if os.environ.get("SGCHECK_UPDATE"):
        page.write_text(fresh)
    assert page.read_text() == fresh
