"""The IAM policy against the API model that boto3 itself works with, and against the declarations of the kinds."""

from __future__ import annotations

import functools
import json
import re

import botocore.session
import msgspec
import pytest

from sgcheck.aws.instance import INSTANCE
from sgcheck.aws.kind import Absence, Call
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.permissions import REGIONS, policy
from sgcheck.aws.security_group import SECURITY_GROUP
from sgcheck.aws.transit_gateway_propagation import TRANSIT_GATEWAY_PROPAGATION
from sgcheck.aws.transit_gateway_route_table import TRANSIT_GATEWAY_ROUTE_TABLE
from sgcheck.aws.vpn_connection import VPN_CONNECTION
from sgcheck.render.policy_json import render

READS = re.compile(r"(Describe|Get|List|Search|Select)[A-Z]\w+")
# IAM quotas: characters of a managed policy, white space not counted, and the least that is allowed in one inline.
MANAGED = 6144
CALLS = [*(call for kind in KINDS for call in (*kind.calls, *kind.feeding)), REGIONS]


@functools.cache
def service(name):
    return botocore.session.get_session().get_service_model(name)


def actions(made):
    return [permission.action for permission in made.permissions]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)
def test_an_action_is_an_operation_that_the_api_model_has(call):
    prefix, _, operation = call.action.partition(":")
    model = service(call.service)
    assert operation in model.operation_names
    # IAM knows a service by the name that its requests are signed with.
    assert prefix == model.signing_name


def test_every_action_only_reads():
    assert [action for action in actions(policy()) if not READS.fullmatch(action.partition(":")[2])] == []


def test_the_policy_has_what_the_calls_need_and_nothing_else():
    assert actions(policy()) == sorted({call.action for call in CALLS})


def test_statements_are_one_per_service_and_sorted():
    elb = Call("elbv2", "describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers")
    classic = Call("elb", "describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers")
    firewall = Call("network-firewall", "list_firewalls", "network-firewall:ListFirewalls", "Firewalls")
    kinds = [
        msgspec.structs.replace(kind, calls=calls)
        for kind, calls in ((INSTANCE, (firewall, elb)), (VPN_CONNECTION, (classic,)))
    ]
    made = policy(kinds)
    assert [(one.sid, one.actions) for one in made.statements] == [
        ("SgcheckEc2", ("ec2:DescribeRegions",)),
        ("SgcheckElasticloadbalancing", ("elasticloadbalancing:DescribeLoadBalancers",)),
        ("SgcheckNetworkFirewall", ("network-firewall:ListFirewalls",)),
    ]
    (shared,) = [one for one in made.permissions if one.action.startswith("elastic")]
    assert shared.serves == ("instances", "VPN connections")
    assert shared.decides


@pytest.mark.parametrize("only_deciding", [False, True])
def test_the_policy_is_within_the_limit_of_iam(only_deciding):
    document = json.loads(render(policy(only_deciding=only_deciding)))
    assert len(json.dumps(document, separators=(",", ":"))) <= MANAGED
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


def test_only_what_verdicts_depend_on():
    deciding = set(actions(policy(only_deciding=True)))
    for kind in KINDS:
        needed = {call.action for call in kind.calls}
        if kind.absence is not Absence.OFF:
            assert needed <= deciding, kind.name
    every = {permission.action: permission for permission in policy().permissions}
    left_out = every.keys() - deciding
    assert {"ec2:DescribeVpnConnections", "ec2:DescribeRegions"} <= left_out
    assert {every[action].without for action in left_out} <= {
        "a gap in the answer; counts as not in use unless the path names it",
        "each Region has to be named",
    }


def test_what_other_calls_need_the_ids_of_is_not_left_out():
    kinds = (SECURITY_GROUP, TRANSIT_GATEWAY_PROPAGATION, TRANSIT_GATEWAY_ROUTE_TABLE, VPN_CONNECTION)
    assert TRANSIT_GATEWAY_ROUTE_TABLE.absence is Absence.OFF
    assert actions(policy(kinds, only_deciding=True)) == [
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeTransitGatewayRouteTables",
        "ec2:GetTransitGatewayRouteTablePropagations",
    ]
