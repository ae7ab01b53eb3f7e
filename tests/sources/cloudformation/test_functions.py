"""Every function, with what it makes of its arguments, of what is not known, and of what makes no sense."""

from __future__ import annotations

import sys
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from templates import att, ref, res, stack_of

from sgcheck.sources.cloudformation.functions import FUNCTIONS
from sgcheck.sources.cloudformation.values import NOTHING, Handle, Unknown, WrongError

SECTIONS = {
    "Parameters": {
        "Cidr": {"Type": "String", "Default": "10.0.0.0/16"},
        "Env": {"Type": "String"},
        "Ports": {"Type": "CommaDelimitedList", "Default": "80, 443"},
        "Count": {"Type": "Number", "Default": 3},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/aws/image"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>", "Default": "subnet-1,subnet-2"},
    },
    "Mappings": {"Ranges": {"eu": {"Vpc": "10.1.0.0/16", "Zones": ["a", "b"]}}},
    "Conditions": {
        "Yes": {"Fn::Equals": ["a", "a"]},
        "No": {"Fn::Equals": ["a", ref("Cidr")]},
        "Prod": {"Fn::Equals": [ref("Env"), "prod"]},
        "Always": {"Fn::Equals": [ref("Env"), ref("Env")]},
        "Alias": {"Condition": "Yes"},
    },
    "Outputs": {"Shown": {"Value": ref("Cidr"), "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-cidr"}}}},
}
RESOURCES = {
    "Vpc": res("VPC", CidrBlock=ref("Cidr")),
    "Group": res("SecurityGroup", VpcId=ref("Vpc")),
    "Absent": res("VPC", CidrBlock="10.9.0.0/16", condition="No"),
    "Host": res("Instance", PrivateIpAddress="10.0.0.9"),
    "Bucket": res("AWS::S3::Bucket"),
}


@pytest.fixture(scope="module")
def stack():
    return stack_of(RESOURCES, {"AWS::Region": "eu-west-1", "AWS::StackName": "net"}, **SECTIONS)


KNOWN = [
    (ref("Cidr"), "10.0.0.0/16"),
    (ref("Count"), "3"),
    (ref("Ports"), ["80", "443"]),
    (ref("Subnets"), ["subnet-1", "subnet-2"]),
    (ref("Vpc"), "Vpc"),
    (ref("AWS::Region"), "eu-west-1"),
    (ref("AWS::Partition"), "aws"),
    (ref("AWS::URLSuffix"), "amazonaws.com"),
    (ref("AWS::StackName"), "net"),
    (ref("AWS::NoValue"), NOTHING),
    ({"a": ref("AWS::NoValue"), "b": 1}, {"b": 1}),
    ([ref("AWS::NoValue"), 1], [1]),
    (att("Vpc", "CidrBlock"), "10.0.0.0/16"),
    ({"Fn::GetAtt": "Vpc.CidrBlock"}, "10.0.0.0/16"),
    (att("Group", "GroupId"), "Group"),
    (att("Group", "VpcId"), "Vpc"),
    (att("Vpc", "DefaultSecurityGroup"), "Vpc.DefaultSecurityGroup"),
    (att("Host", "PrivateIp"), "10.0.0.9"),
    ({"Fn::Sub": "${Cidr}"}, "10.0.0.0/16"),
    ({"Fn::Sub": "a ${Count} ${!Not} ${AWS::Region}"}, "a 3 ${Not} eu-west-1"),
    ({"Fn::Sub": ["${x}-${Count}", {"x": {"Fn::Select": [1, ref("Ports")]}}]}, "443-3"),
    ({"Fn::Sub": "${Host.PrivateIp}/32"}, "10.0.0.9/32"),
    ({"Fn::Sub": ""}, ""),
    ({"Fn::Join": ["-", ["a", ref("Count"), True, 1.0]]}, "a-3-true-1"),
    ({"Fn::Join": [",", ref("Ports")]}, "80,443"),
    ({"Fn::Join": ["", [ref("Vpc")]]}, "Vpc"),
    ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
    ({"Fn::Split": [".", "a.b"]}, ["a", "b"]),
    ({"Fn::Split": [",", ref("Vpc")]}, ["Vpc"]),
    ({"Fn::FindInMap": ["Ranges", "eu", "Vpc"]}, "10.1.0.0/16"),
    ({"Fn::FindInMap": ["Ranges", "us", "Vpc", {"DefaultValue": "x"}]}, "x"),
    ({"Fn::Base64": "a"}, "YQ=="),
    ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
    ({"Fn::Cidr": ["fd00::/56", "2", "64"]}, ["fd00::/64", "fd00:0:0:1::/64"]),
    ({"Fn::If": ["Yes", 1, 2]}, 1),
    ({"Fn::If": ["No", 1, ref("AWS::NoValue")]}, NOTHING),
    ({"Fn::If": ["Prod", "same", "same"]}, "same"),
    ({"Fn::Equals": [ref("Count"), 3]}, True),
    ({"Fn::Equals": [ref("Ports"), ["80", "443"]]}, True),
    ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "Alias"}]}, True),
    ({"Fn::And": [{"Condition": "No"}, {"Condition": "Prod"}]}, False),
    ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "Prod"}]}, True),
    ({"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]}, False),
    ({"Fn::Not": [{"Condition": "No"}]}, True),
    ({"Condition": "Always"}, True),
    ({"Fn::Length": ref("Ports")}, 2),
    ({"Fn::ImportValue": "net-cidr"}, "10.0.0.0/16"),
    ({"Condition": {"StringEquals": {}}}, {"Condition": {"StringEquals": {}}}),  # of a policy
]


@pytest.mark.parametrize("expression, expected", KNOWN)
def test_what_is_known_is_worked_out(stack, expression, expected):
    assert stack.value(expression, "here") == expected


UNKNOWN = [
    (ref("Env"), "parameter Env"),
    (ref("Image"), "Systems Manager"),
    (ref("AWS::AccountId"), "AWS::AccountId"),
    (ref("Absent"), "Absent is not created"),
    (att("Host", "PublicIp"), "Host.PublicIp"),
    (att("Bucket", "Arn"), "Bucket.Arn"),
    ({"Fn::Sub": "${Env}-x"}, "parameter Env"),
    ({"Fn::Sub": "${Vpc}-x"}, "the id of Vpc"),
    ({"Fn::Join": ["-", ["a", ref("Env")]]}, "parameter Env"),
    ({"Fn::Join": [ref("Env"), ["a", "b"]]}, "parameter Env"),
    ({"Fn::Select": [ref("Count"), ref("Env")]}, "parameter Env"),
    ({"Fn::Select": [ref("Env"), ["a"]]}, "parameter Env"),
    ({"Fn::Split": ["-", ref("Vpc")]}, "the id of Vpc"),
    ({"Fn::FindInMap": ["Ranges", ref("Env"), "Vpc"]}, "parameter Env"),
    ({"Fn::Base64": ref("Env")}, "parameter Env"),
    ({"Fn::Cidr": [ref("Env"), 1, 8]}, "parameter Env"),
    ({"Fn::Cidr": ["10.0.0.0/16", 1]}, "without cidrBits"),
    ({"Fn::GetAZs": "us-east-1"}, "the zones of a Region"),
    ({"Fn::ImportValue": "other"}, "the export other"),
    ({"Fn::ImportValue": {"Fn::Sub": "${Env}-x"}}, "parameter Env"),
    ({"Fn::If": ["Prod", 1, 2]}, "condition Prod: parameter Env"),
    ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "Prod"}]}, "parameter Env"),
    ({"Fn::Or": [{"Condition": "No"}, {"Condition": "Prod"}]}, "parameter Env"),
    ({"Fn::Not": [{"Condition": "Prod"}]}, "parameter Env"),
    ({"Fn::Length": ref("Env")}, "parameter Env"),
    ({"Fn::Transform": {"Name": "x"}}, "Fn::Transform is worked out by CloudFormation only"),
    ("{{resolve:ssm:/x}}", "a dynamic reference"),
]


@pytest.mark.parametrize("expression, why", UNKNOWN)
def test_what_is_not_known_says_why(stack, expression, why):
    found = stack.value(expression, "here")
    assert isinstance(found, Unknown)
    assert why in found.why


WRONG = [
    (ref("Nobody"), "no parameter and no resource Nobody"),
    (ref(["x"]), "a name"),
    (att("Nobody", "Arn"), "no resource Nobody"),
    ({"Fn::GetAtt": "Vpc"}, "a resource and one of its attributes"),
    ({"Fn::Sub": ["${x}"]}, "a list of 2"),
    ({"Fn::Sub": ["${x}", []]}, "a mapping of variables"),
    ({"Fn::Sub": 7}, "a text"),
    ({"Fn::Sub": "${Nobody}"}, "Nobody"),
    ({"Fn::Join": ["-", "a"]}, "a list"),
    ({"Fn::Join": ["-", [["a"], "b"]]}, "a text"),
    ({"Fn::Select": [2, ["a", "b"]]}, "no element 2 in a list of 2"),
    ({"Fn::Select": ["x", ["a"]]}, "no element x"),
    ({"Fn::Split": ["", "a"]}, "what to split at"),
    ({"Fn::FindInMap": ["Ranges", "us", "Vpc"]}, "Ranges.us.Vpc"),
    ({"Fn::FindInMap": ["Ranges"]}, "a list of 3 or 4"),
    ({"Fn::Cidr": ["x", 1, 8]}, "an address range"),
    ({"Fn::Cidr": ["10.0.0.0/16", 0, 8]}, "a count of 1 to 256"),
    ({"Fn::Cidr": ["10.0.0.0/24", 3, 7]}, "no 3 ranges of /25"),
    ({"Fn::Cidr": ["10.0.0.0/24", 1, 9]}, "bits of ranges within"),
    ({"Fn::If": ["Nobody", 1, 2]}, "no condition Nobody"),
    ({"Fn::If": [{}, 1, 2]}, "the name of a condition"),
    ({"Fn::If": ["Yes", 1]}, "a list of 3"),
    ({"Fn::Not": ["x"]}, "a condition"),
    ({"Fn::Length": "x"}, "a list"),
]


@pytest.mark.parametrize("expression, words", WRONG)
def test_what_makes_no_sense_is_said(stack, expression, words):
    with pytest.raises(WrongError) as wrong:
        stack.value(expression, "Here: There")
    assert wrong.value.message.startswith("Here: There")
    assert words in wrong.value.message
    assert "\n" not in wrong.value.message


def test_every_function_is_among_these():
    listed = [expression for expression, _ in [*KNOWN, *UNKNOWN] if isinstance(expression, dict)]
    named = {name for expression in listed for name in expression}
    named.add("Fn::GetAZs")
    assert set(FUNCTIONS) <= named


def test_zones_of_the_own_region_stand_for_themselves(stack):
    for argument in ("", "eu-west-1", ref("AWS::Region")):
        zones = stack.value({"Fn::GetAZs": argument}, "here")
        assert all(isinstance(zone, Handle) for zone in zones)
        assert len(set(zones)) == len(zones) > 2


@pytest.mark.parametrize(
    "conditions, outputs, words",
    [
        ({"A": {"Condition": "B"}, "B": {"Condition": "A"}}, {}, "depends on itself"),
        ({"A": {"Fn::If": ["A", True, False]}}, {}, "depends on itself"),
        ({"A": "yes"}, {}, "a condition"),
    ],
)
def test_conditions_that_make_no_sense_are_said(conditions, outputs, words):
    with pytest.raises(WrongError, match=words):
        stack_of(None, Conditions=conditions, Outputs=outputs).condition("A", "R")


def test_an_output_and_a_property_that_depend_on_themselves_are_said():
    looped = {"A": {"Value": {"Fn::ImportValue": "a"}, "Export": {"Name": "a"}}}
    with pytest.raises(WrongError, match="depends on itself"):
        stack_of(None, Outputs=looped).output("A", "here")
    resources = {"Vpc": res("VPC", CidrBlock=att("Vpc", "CidrBlock"))}
    with pytest.raises(WrongError, match="depends on itself"):
        stack_of(resources).value(att("Vpc", "CidrBlock"), "here")


def test_a_text_for_people_names_what_is_not_known(stack):
    told = {"Fn::Sub": "${Env} of ${Vpc} in ${AWS::AccountId}"}
    assert stack.shown(told, "here") == "${Env} of Vpc in ${AWS::AccountId}"
    assert stack.shown({"Fn::Join": ["-", [ref("Env"), "x"]]}, "here") == "${Env}-x"
    assert stack.shown(ref("Env"), "here") is None


def test_texts_that_double_and_double_end_in_one_line():
    doubling = {f"P{n}": {"Value": {"Fn::Sub": f"${{x}}{'${x}' * 9}"}} for n in range(3)}
    stack = stack_of(None, Outputs=doubling)
    with pytest.raises(WrongError, match="a text of more than"):
        stack.value({"Fn::Join": ["", ["x" * 600_000, "y" * 600_000]]}, "here")


@given(st.integers(8, 24), st.integers(1, 8), st.data())
def test_ranges_of_cidr_lie_beside_each_other_in_the_block(prefix, bits, data):
    block = ip_network((data.draw(st.integers(0, 2**32 - 1)), prefix), strict=False)
    count = data.draw(st.integers(1, min(256, 1 << max(0, 32 - bits - prefix))))
    if 32 - bits < prefix:
        return
    made = [ip_network(one) for one in stack_of().value({"Fn::Cidr": [str(block), count, bits]}, "here")]
    assert len(made) == count
    assert all(one.subnet_of(block) and one.prefixlen == 32 - bits for one in made)
    for one, other in pairwise(made):
        assert int(other.network_address) == int(one.broadcast_address) + 1
