"""`sgcheck diff` of Terraform plans: a plan's own two sides, plans beside states and snapshots, and what is deployed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.runs import EXAMPLES, run

sys.path.insert(0, str(Path(__file__).parents[1] / "sources" / "terraform"))

from plans import block, existing, plan, ref, resource, state, web, written
from test_plan import OPEN, WEB, deployed

FOLDER = EXAMPLES / "plan-opens-ssh"
GROUP = existing("aws_security_group.web", **WEB)
SSH = resource(
    "aws_security_group_rule.ssh", type="ingress", protocol="tcp", from_port=22, to_port=22, cidr_blocks=["0.0.0.0/0"],
    security_group_id="sg-1",
)  # fmt: skip


def diffed(*words):
    """What `diff` says as JSON."""
    done = run("diff", *words, "-f", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def flows(rows):
    """From whom to whom on which ports, and what did it."""
    return [
        (
            row["from"]["kind"] if not row["from"]["members"] else row["from"]["members"][0]["written"],
            row["to"]["members"][0]["written"] if row["to"]["members"] else row["to"]["kind"],
            row["ports"],
            [f"{c['written']}: {c['change']}" for c in row["changes"]],
        )
        for row in rows
    ]


def summary(found):
    return {name: found["summary"][name] for name in ("opened", "closed", "undecided")}


NOTHING = {"opened": 0, "closed": 0, "undecided": 0}


def instance(**more):
    """The web server with other values; (old, new)."""
    old = deployed()[-1].values
    return old, {**old, **more}


def replaced(made, **more):
    """A plan that replaces the web server: nothing that AWS gives out is known any more."""
    given = ("id", "primary_network_interface_id", "private_ip", "public_ip", "instance_state")
    old, new = instance(**more)
    server = existing("aws_instance.web", old=old, **{k: v for k, v in new.items() if k not in given})
    server.replaced = True
    return plan(*[r for r in deployed() if r.type != "aws_instance"], *made, server)


# One plan.


def test_a_rule_that_a_plan_adds_opens_and_is_named_by_its_address(tmp_path):
    found = diffed(written(tmp_path, plan(*deployed(), GROUP, SSH)))
    expected = "aws_security_group_rule.ssh: inbound rule added: 22/tcp from 0.0.0.0/0"
    assert flows(found["opened"]) == [("internet", "aws_instance.web", "22", [expected])]
    assert found["closed"] == found["undecided"] == found["config"] == []


def test_a_rule_in_a_block_is_named_by_its_group(tmp_path):
    group = existing("aws_security_group.web", old=OPEN, **WEB)
    found = diffed(written(tmp_path, plan(*deployed(), group)))
    expected = "aws_security_group.web: inbound rule removed: 22/tcp from 0.0.0.0/0"
    assert flows(found["closed"]) == [("internet", "aws_instance.web", "22", [expected])]


@pytest.mark.parametrize(
    "gates, code",
    [
        (["--fail-on", "opened-from-internet"], 1),
        (["--fail-on", "opened-from-internet", "--port", "80"], 0),
        (["--fail-on", "opened", "--to", "aws_instance.web"], 1),
        (["--fail-on", "closed"], 0),
        ([], 0),
    ],
)
def test_gates_hold_for_a_plan(tmp_path, gates, code):
    done = run("diff", written(tmp_path, plan(*deployed(), GROUP, SSH)), *gates)
    assert done.returncode == code
    assert "aws_security_group_rule.ssh: inbound rule added" in done.stdout or "--port" in gates


def test_a_plan_that_changes_nothing_changes_nothing(tmp_path):
    done = run("diff", written(tmp_path, plan(*deployed(), GROUP)), "--fail-on", "any")
    assert (done.returncode, done.stdout) == (0, "nothing changed\n")


def test_a_replaced_host_is_the_same_host(tmp_path):
    assert diffed(written(tmp_path, replaced([GROUP])))["summary"]["changes"] == 0


def test_a_replaced_group_is_the_same_group(tmp_path):
    group = existing("aws_security_group.web", old=WEB, **{k: v for k, v in OPEN.items() if k != "id"})
    group.replaced = True
    old, new = instance(vpc_security_group_ids=[ref("aws_security_group.web.id")])
    document = plan(*deployed()[:-1], group, existing("aws_instance.web", old=old, **new))
    found = diffed(written(tmp_path, document))
    assert [(row[:3]) for row in flows(found["opened"])] == [("internet", "aws_instance.web", "22")]
    assert found["closed"] == []


def test_a_rule_for_the_address_of_a_replaced_host_may_no_longer_hold(tmp_path):
    opening = {**WEB, "ingress": [block(5432, "10.0.1.5/32"), block(9000, "10.0.1.0/25")], "egress": [block(None, "0.0.0.0/0")]}  # fmt: skip
    database = existing(
        "aws_instance.db",
        **{**deployed()[-1].values, "id": "i-2", "primary_network_interface_id": "eni-2", "private_ip": "10.0.1.200", "public_ip": ""},
    )  # fmt: skip
    found = diffed(written(tmp_path, replaced([existing("aws_security_group.web", **opening), database])))
    assert found["opened"] == found["closed"] == []
    whys = [
        f"aws_security_group.web: inbound rule {port}/tcp from {peer} may no longer hold: "
        "aws_instance.web: private_ip (known after apply)"
        for port, peer in (("5432", "10.0.1.5"), ("9000", "10.0.1.0/25"))
    ]
    rows = flows(found["undecided"])
    assert [row[:3] for row in rows] == [("aws_instance.web", "aws_instance.db", port) for port in ("5432", "9000")]
    assert [row[3] for row in rows] == [[why] for why in whys]
    assert {row["may"] for row in found["undecided"]} == {"close"}


def test_what_is_known_after_apply_invents_no_flow(tmp_path):
    old, new = instance(vpc_security_group_ids=[ref("local.groups")])
    path = written(tmp_path, plan(*deployed()[:-1], GROUP, existing("aws_instance.web", old=old, **new)))
    found = diffed(path)
    assert found["opened"] == found["closed"] == []
    assert {row["may"] for row in found["undecided"]} == {"open", "close"}
    assert "vpc_security_group_ids (known after apply)" in found["undecided"][0]["gaps"][0]["why"]
    assert run("diff", path, "--fail-on", "opened-from-internet").returncode == 3


def test_everything_new_opens_and_no_stand_in_is_shown(tmp_path):
    found = diffed(written(tmp_path, plan(*web())))
    assert [row[:3] for row in flows(found["opened"])] == [("internet", "aws_instance.web", "80")]
    assert found["opened"][0]["to"]["members"][0]["addresses"] == ["(known after apply)"]
    assert "240.0.0" not in json.dumps(found)
    assert not any(one["kind"] == "input" for one in found["config"])


def test_new_hosts_do_not_move_the_stand_ins_of_others(tmp_path):
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/front/1"
    front = existing(
        "aws_lb.front", id=arn, arn=arn, name="front", subnets=["subnet-1"], security_groups=["sg-1"], vpc_id="vpc-1",
        internal=False,
    )  # fmt: skip
    listener = existing(
        "aws_lb_listener.http", id="l-1", arn="l-1", load_balancer_arn=arn, port=80, protocol="HTTP",
        default_action=[{"type": "fixed-response"}],
    )  # fmt: skip
    new = resource("aws_instance.a_new_one", subnet_id="subnet-1", vpc_security_group_ids=["sg-1"])
    found = diffed(written(tmp_path, plan(*deployed(), GROUP, new, front, listener)))
    assert [row[:3] for row in flows(found["opened"])] == [("internet", "aws_instance.a_new_one", "80")]
    assert found["closed"] == found["undecided"] == []


def test_routes_entries_associations_and_addresses_are_named_by_what_says_them(tmp_path):
    made = [
        r for r in deployed() if r.address not in ("aws_route_table.public", "aws_network_acl.all", "aws_instance.web")
    ]
    table = existing("aws_route_table.public", id="rtb-1", vpc_id="vpc-1", route=[])
    acl = existing("aws_network_acl.all", id="acl-1", vpc_id="vpc-1", subnet_ids=["subnet-1"], ingress=[], egress=[])
    server = existing("aws_instance.web", **instance(public_ip="")[1])
    whole = {"protocol": "-1", "rule_action": "allow", "cidr_block": "0.0.0.0/0", "network_acl_id": "acl-1"}
    adding = [
        resource("aws_route.out", route_table_id="rtb-1", destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),
        resource("aws_network_acl_rule.in", rule_number=10, egress=False, **whole),
        resource("aws_network_acl_rule.out", rule_number=10, egress=True, **whole),
        resource("aws_eip.web", instance="i-1"),
    ]
    document = plan(*made, table, acl, server, GROUP, *adding)
    for own in document["configuration"]["root_module"]["resources"]:
        for name in ("route", "ingress", "egress"):
            if own["type"] != "aws_security_group":
                own["expressions"].pop(name, None)
    found = diffed(written(tmp_path, document))
    said = {c["written"] for row in found["opened"] for c in (*row["changes"], *row["along"])}
    said |= {c["written"] for c in found["config"]}
    assert said == {"aws_route.out", "aws_network_acl_rule.in", "aws_network_acl_rule.out", "aws_eip.web"}


# What is deployed.


def test_both_sides_are_completed_with_what_is_deployed(tmp_path):
    rest = written(tmp_path, state(*deployed(), GROUP), "deployed.json")
    path = written(tmp_path, plan(SSH))
    alone, laid = diffed(path), diffed(path, "--onto", rest)
    assert alone["opened"] == []
    assert flows(laid["opened"]) == [
        (
            "internet",
            "aws_instance.web",
            "22",
            ["aws_security_group_rule.ssh: inbound rule added: 22/tcp from 0.0.0.0/0"],
        )
    ]
    assert laid["closed"] == laid["undecided"] == []
    assert run("diff", path, "--onto", rest, "--fail-on", "opened-from-internet").returncode == 1


def described():
    """The web server behind a balancer, as AWS describes it."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/front/1"
    node = {
        "NetworkInterfaceId": "eni-lb", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Description": "ELB app/front/1",
        "RequesterManaged": True, "Status": "in-use", "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.0.1.9",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.9", "Primary": True, "Association": {"PublicIp": "203.0.113.9"}}],
    }  # fmt: skip
    host = {
        "NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Status": "in-use",
        "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0}, "Groups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.0.1.5",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Primary": True, "Association": {"PublicIp": "203.0.113.5"}}],
    }  # fmt: skip
    allow = [
        {"RuleNumber": 100, "RuleAction": "allow", "Egress": e, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
        for e in (False, True)
    ]
    return arn, {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "RouteTables": [{
            "RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": False, "SubnetId": "subnet-1"}],
            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}],
        }],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": allow, "Associations": [{"SubnetId": "subnet-1"}]}],
        "SecurityGroups": [{
            "GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "IpPermissionsEgress": [],
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        }],
        "NetworkInterfaces": [host, node],
        "Instances": [{"InstanceId": "i-1", "ImageId": "", "State": {"Name": "running"}, "VpcId": "vpc-1"}],
        "LoadBalancers": [{
            "LoadBalancerArn": arn, "LoadBalancerName": "front", "Type": "application", "Scheme": "internet-facing",
            "VpcId": "vpc-1", "SecurityGroups": ["sg-1"], "AvailabilityZones": [{"SubnetId": "subnet-1"}], "State": {"Code": "active"},
        }],
        "Listeners": [{"ListenerArn": "l-1", "LoadBalancerArn": arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": []}],
    }  # fmt: skip


def test_a_plan_after_a_snapshot_is_laid_over_it(tmp_path):
    arn, records = described()
    front = existing(
        "aws_lb.front", id=arn, arn=arn, name="front", subnets=["subnet-1"], security_groups=["sg-1"], internal=False
    )
    snapshot = written(tmp_path, records, "snapshot.json")
    same = diffed(snapshot, written(tmp_path, plan(front, GROUP), "same.json"))
    assert same["summary"]["changes"] == 0, same["config"]
    found = diffed(snapshot, written(tmp_path, plan(front, GROUP, SSH), "more.json"))
    assert [row[:3] for row in flows(found["opened"])] == [("internet", None, "22")]
    assert found["closed"] == found["undecided"] == []


# Two documents.


def test_two_plans_and_a_plan_beside_what_became_of_it(tmp_path):
    first = written(tmp_path, plan(*web()), "1.json")
    assert diffed(first, first)["summary"]["changes"] == 0
    more = resource(
        "aws_security_group_rule.ssh", **{**SSH.values, "security_group_id": ref("aws_security_group.web.id")}
    )
    second = written(tmp_path, plan(*web(more)), "2.json")
    found = diffed(first, second)
    assert [row[:3] for row in flows(found["opened"])] == [("internet", "aws_instance.web", "22")]
    assert [row[:3] for row in flows(diffed(second, first)["closed"])] == [("internet", "aws_instance.web", "22")]


def test_a_state_after_its_plan_is_what_was_planned(tmp_path):
    made = written(tmp_path, plan(*web()), "plan.json")
    group = existing("aws_security_group.web", **WEB)
    became = [r for r in deployed() if r.address != "aws_network_acl.all"]
    vpc = existing(
        "aws_vpc.main", id="vpc-1", cidr_block="10.0.0.0/16", default_network_acl_id="acl-d", main_route_table_id="rtb-d",
        default_security_group_id="sg-d",
    )  # fmt: skip
    after = written(tmp_path, state(vpc, *became[1:], group), "state.json")
    found = diffed(made, after)
    assert found["opened"] == found["closed"] == []
    assert [
        c["change"]
        for c in found["config"]
        if c["kind"] in ("instance", "subnet") or c["written"] == "aws_security_group.web"
    ] == []


def test_a_plan_may_come_through_standard_input(tmp_path):
    path = Path(written(tmp_path, plan(*deployed(), GROUP, SSH)))
    done = run("diff", "-", stdin=path.read_bytes())
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Opened")


# What is refused.


@pytest.mark.parametrize(
    "content, words, said",
    [
        (state(*deployed()), (), "expected a plan, as this prints it: terraform show -json"),
        ({"Vpcs": []}, (), "expected a plan, as this prints it: terraform show -json"),
        ({"Vpcs": []}, ("SAME", "--onto", "SAME"), "expected a plan or state of Terraform"),
        (plan(*web()), ("-", "--onto", "-"), "standard input can be read only once"),
    ],
    ids=["state", "snapshot", "onto", "stdin"],
)
def test_what_can_not_be_compared_is_said_in_one_line(tmp_path, content, words, said):
    path = written(tmp_path, content)
    done = run("diff", path, *(path if word == "SAME" else word for word in words))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_is_no_plan(tmp_path):
    path = tmp_path / "main.tf"
    path.write_text('resource "aws_vpc" "main" {\n}\n')
    done = run("diff", path)
    assert done.returncode == 2
    assert "is Terraform's configuration: expected a plan" in done.stderr


# The example.


@pytest.mark.parametrize("suffix, format_", [("txt", "text"), ("md", "markdown")])
def test_the_example_prints_what_is_expected(suffix, format_):
    done = run("diff", FOLDER / "plan.json", "-f", format_)
    expected = FOLDER / f"printed.{suffix}"
    if os.environ.get("SGCHECK_UPDATE"):
        expected.write_text(done.stdout, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == expected.read_text(encoding="utf-8")


def test_the_example_trips_its_gate(monkeypatch):
    monkeypatch.chdir(FOLDER.parents[1])
    words = (FOLDER / "command.txt").read_text(encoding="utf-8").split()
    assert run(*words[1:]).returncode == 1


def test_what_terraform_only_forgets_stays(tmp_path):
    document = plan(*deployed(), GROUP)
    for change in document["resource_changes"]:
        if change["type"] == "aws_security_group":
            change["change"].update(actions=["forget"], after=None, after_unknown={})
    listed = document["planned_values"]["root_module"]["resources"]
    document["planned_values"]["root_module"]["resources"] = [r for r in listed if r["type"] != "aws_security_group"]
    assert diffed(written(tmp_path, document))["summary"]["changes"] == 0
