"""Rules that a template or a plan adds to a group that it does not have are judged; the rest of the group is unknown."""

from __future__ import annotations

import pytest

from lint.lab import found, linted, scene
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question


def _template(*, port=22, group="sg-0abc", **more):
    peer = {"CidrIp": "0.0.0.0/0", "Description": "everybody"}
    rule = {"GroupId": group, "IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}
    return {"Resources": {"Open": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule}, **more}}


def _plan(*, port=22, group="sg-0abc"):
    address = "aws_security_group_rule.open"
    told = {"address": address, "mode": "managed", "type": "aws_security_group_rule", "name": "open"}
    values = {"type": "ingress", "protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["0.0.0.0/0"]}
    values |= {"security_group_id": group, "description": "everybody"}
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {"id": True}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [{**told, "values": values}]}},
        "resource_changes": [{**told, "change": change}],
        "configuration": {"root_module": {"resources": [{**told, "expressions": {}}]}},
    }


@pytest.mark.parametrize("document", [_template(), _plan()], ids=["template", "plan"])
def test_what_a_rule_opens_is_found_and_the_rest_is_undecided(document):
    report = linted(document)
    assert [(f.name, f.resource.id, f.severity.word) for f in report.findings] == [("open-ssh", "sg-0abc", "high")]
    assert "what has the group is not in the data" in report.findings[0].message
    undecided = {one.name: one.why for one in report.undecided}
    assert {"open-all-ports", "open-rdp", "unrestricted-egress"} <= undecided.keys()
    assert undecided["open-rdp"] == "the other rules of sg-0abc (not known yet) decides"


@pytest.mark.parametrize("document", [_template(), _plan()], ids=["template", "plan"])
def test_nothing_is_said_of_what_such_a_group_has_besides(document):
    names = {name for name, _id, _severity in found(document, select=("*",))}
    assert not names & {"unused-group", "untagged-group", "undescribed-group", "all-protocols-in", "wide-port-range"}


@pytest.mark.parametrize("document", [_template(), _plan()], ids=["template", "plan"])
def test_a_warning_names_the_rule(document):
    (note,) = scene(document).snapshot.notes
    assert note.endswith("a rule of sg-0abc, of which nothing else is in the input")


def _of_a_parameter():
    return {"Parameters": {"Group": {"Type": "String"}}, **_template(group={"Ref": "Group"})}


def _of_a_local_value():
    document = _plan()
    (made,), (change,) = document["planned_values"]["root_module"]["resources"], document["resource_changes"]
    del made["values"]["security_group_id"]  # the values of the change, too
    change["change"]["after_unknown"]["security_group_id"] = True
    (written,) = document["configuration"]["root_module"]["resources"]
    written["expressions"]["security_group_id"] = {"references": ["local.group"]}
    return document


@pytest.mark.parametrize(
    "document, named, note",
    [
        (_of_a_parameter(), "parameter Group (not known yet)", "a rule of a group that no template has"),
        (
            _of_a_local_value(),
            "aws_security_group_rule.open: security_group_id (known after apply)",
            "it may be a rule of any group",
        ),
    ],
    ids=["template", "plan"],
)
def test_what_a_rule_of_an_unknown_group_opens_is_found_too(document, named, note):
    report = linted(document)
    assert [(f.name, f.resource.id, f.severity.word) for f in report.findings] == [("open-ssh", named, "high")]
    assert any(note in one for one in scene(document).snapshot.notes)
    assert f"the other rules of {named} decides" in {one.why for one in report.undecided}


def test_a_deployed_group_keeps_its_own_rules():
    deployed = {"SecurityGroups": [{"GroupId": "sg-0abc", "GroupName": "web", "VpcId": "vpc-1", "IpPermissions": []}]}
    made = scene(_template(), deployed)
    assert [line.unresolved for line in made.network.groups["sg-0abc"].ingress] == [None]


@pytest.mark.parametrize("port, verdict", [("22", "reachable"), ("23", "unknown")])
def test_a_host_with_such_a_group_is_reached_by_its_rule_and_otherwise_unknown(port, verdict):
    vpc, gateway = {"Ref": "Vpc"}, {"Ref": "Gateway"}
    made = {
        "Vpc": ("VPC", {"CidrBlock": "10.0.0.0/16"}),
        "Gateway": ("InternetGateway", {}),
        "Attached": ("VPCGatewayAttachment", {"VpcId": vpc, "InternetGatewayId": gateway}),
        "Table": ("RouteTable", {"VpcId": vpc}),
        "Out": ("Route", {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}),
        "Subnet": ("Subnet", {"VpcId": vpc, "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True}),
        "Uses": ("SubnetRouteTableAssociation", {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}}),
        "Web": ("Instance", {"SubnetId": {"Ref": "Subnet"}, "SecurityGroupIds": ["sg-0abc"]}),
    }
    more = {name: {"Type": f"AWS::EC2::{type_}", "Properties": values} for name, (type_, values) in made.items()}
    answer = explain(scene(_template(**more)).network, Question.parse("internet", "Web", port, None))
    assert answer.verdict.value == verdict
