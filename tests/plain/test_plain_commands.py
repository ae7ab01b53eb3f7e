"""The command interpreter: what it changes, and what it refuses as the real CLI and API do."""

from __future__ import annotations

import copy
import json
import shlex

import pytest

from tests.plain.changes import (
    ALLOW_IN,
    ALLOW_OUT,
    APP,
    BLOCKED,
    DATA,
    DELIVERED,
    WEB,
    WEB6,
    acl_of,
    both,
    no_rules,
    nothing,
    only_rule,
    peered,
    prefix_list,
    routed,
    state,
    unrouted,
)
from tests.plain.commands import apply_command
from tests.plain.lab import ANY, ANY6, HOST, HOST6, ask, entry, find, lab


def run(command, change=nothing):
    """The lab after a change and a command."""
    network = lab()
    change(network)
    before = copy.deepcopy(network)
    after = apply_command(network, command)
    assert network == before, "the network that was given has changed"
    return after


def stopped(network):
    """The web host is stopped."""
    state("i-web", "stopped")(network)


CLOSED = no_rules("web")
HERE = "203.0.113.0/24"
WORKS = [
    # (what was wrong, the command, the question that is answered then)
    (
        CLOSED,
        "authorize-security-group-ingress --group-id sg-web --protocol tcp --port 443 --cidr 0.0.0.0/0",
        (None, WEB, 443),
    ),
    (
        CLOSED,
        "authorize-security-group-ingress --group-id sg-web --protocol tcp --port 440-450 --cidr 203.0.113.5/24",
        (None, WEB, 443),
    ),
    (
        CLOSED,
        "authorize-security-group-ingress --group-id=sg-web --protocol=all --cidr=0.0.0.0/0 --region eu-west-1",
        (None, WEB, 443),
    ),
    (
        CLOSED,
        (
            "authorize-security-group-ingress --group-id sg-web --ip-permissions "
            "IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0,Description='all of "
            "it'}],Ipv6Ranges=[{CidrIpv6=::/0}]"
        ),
        (None, WEB6, 443),
    ),
    (
        CLOSED,
        "authorize-security-group-ingress --group-id sg-web --ip-permissions "
        + shlex.quote(
            json.dumps([{"IpProtocol": "6", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": HERE}]}])
        ),
        (None, WEB, 443),
    ),
    (
        CLOSED,
        (
            "authorize-security-group-ingress --group-id sg-web --profile x --ip-permissions "
            "IpProtocol=udp,FromPort=1,ToPort=2,IpRanges=[{CidrIp=10.0.0.0/8}] "
            "IpProtocol=-1,Ipv6Ranges=[{CidrIpv6=2001:db8::/32}]"
        ),
        (None, WEB6, 443),
    ),
    (
        no_rules("app"),
        "authorize-security-group-ingress --group-id sg-app --protocol tcp --port 8080 --source-group sg-web",
        ("web", APP, 8080),
    ),
    (
        no_rules("data"),
        (
            "authorize-security-group-ingress --group-id sg-data --ip-permissions "
            "IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-app,UserId=111111111111}]"
        ),
        ("app", DATA, 5432),
    ),
    (
        both(CLOSED, prefix_list("pl-1", "203.0.113.0/24")),
        (
            "authorize-security-group-ingress --group-id sg-web --ip-permissions "
            "IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{PrefixListId=pl-1}]"
        ),
        (None, WEB, 443),
    ),
    (
        only_rule("app", "tcp", 1, 1, ANY, egress=True),
        (
            "authorize-security-group-egress --group-id sg-app --ip-permissions "
            "IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]"
        ),
        ("app", HOST, 80),
    ),
    (
        acl_of("public", *ALLOW_OUT),
        (
            "create-network-acl-entry --network-acl-id acl-public --ingress --rule-number 7 --protocol tcp "
            "--port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow"
        ),
        (None, WEB, 443),
    ),
    (
        acl_of("public", *ALLOW_IN),
        (
            "create-network-acl-entry --network-acl-id acl-public --egress --rule-number 7 --protocol 6 "
            "--port-range From=1024,To=65535 --ipv6-cidr-block ::/0 --rule-action allow"
        ),
        (None, WEB6, 443),
    ),
    (
        acl_of("public", entry(7, False, "-1", "deny", ANY), *ALLOW_OUT),
        (
            "replace-network-acl-entry --network-acl-id acl-public --ingress --rule-number 7 --protocol -1 "
            "--cidr-block 0.0.0.0/0 --rule-action allow"
        ),
        (None, WEB, 443),
    ),
    (
        acl_of("public", entry(7, False, "-1", "deny", ANY), *ALLOW_IN, *ALLOW_OUT),
        "delete-network-acl-entry --network-acl-id acl-public --ingress --rule-number 7",
        (None, WEB, 443),
    ),
    (
        unrouted("public", ANY),
        "create-route --route-table-id rtb-public --destination-cidr-block 0.0.0.0/0 --gateway-id igw-a",
        (None, WEB, 443),
    ),
    (
        unrouted("main", ANY),
        "create-route --route-table-id rtb-main --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-a",
        ("app", HOST, 80),
    ),
    (
        unrouted("main", ANY6),
        (
            "create-route --route-table-id rtb-main --destination-ipv6-cidr-block ::/0 "
            "--egress-only-internet-gateway-id eigw-a"
        ),
        ("app", HOST6, 80),
    ),
    (
        unrouted("data", "10.0.0.0/16"),
        (
            "create-route --route-table-id rtb-data --destination-cidr-block 10.0.2.0/24 "
            "--vpc-peering-connection-id pcx-ab"
        ),
        ("app", DATA, 5432),
    ),
    (
        routed("main", ANY, "tgw-1"),
        "replace-route --route-table-id rtb-main --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-a",
        ("app", HOST, 80),
    ),
    (
        routed("main", "203.0.113.0/24", "tgw-1"),
        "delete-route --route-table-id rtb-main --destination-cidr-block 203.0.113.0/24",
        ("app", HOST, 80),
    ),
]


@pytest.mark.parametrize(
    "change, command, question", WORKS, ids=[f"{n} {each[1].split(' --')[0]}" for n, each in enumerate(WORKS)]
)
def test_command_makes_it_work(change, command, question):
    network = lab()
    change(network)
    assert ask(network, *question).verdict != DELIVERED
    assert ask(run(f"aws ec2 {command}", change), *question).verdict == DELIVERED


def test_an_instance_is_started_and_waited_for():
    pending = run("aws ec2 start-instances --instance-ids i-web", stopped)
    assert ask(pending, None, WEB, 443).verdict == BLOCKED
    running = apply_command(pending, "aws ec2 wait instance-running --instance-ids i-web i-app")
    assert ask(running, None, WEB, 443).verdict == DELIVERED
    stopping = run("aws ec2 wait instance-stopped --instance-ids i-web", state("i-web", "stopping"))
    assert ask(stopping, None, WEB, 443).verdict == BLOCKED
    assert apply_command(stopping, "aws ec2 start-instances --instance-ids i-web") != stopping


SG_IN = "authorize-security-group-ingress --group-id sg-web"
ENTRY = "create-network-acl-entry --network-acl-id acl-a --ingress --rule-action allow"
ROUTE = "create-route --route-table-id rtb-public"
REFUSED = [
    "describe-vpcs",
    "authorise-security-group-ingress --group-id sg-web",
    "authorize-security-group-ingress --protocol tcp --port 80 --cidr 0.0.0.0/0",
    "authorize-security-group-ingress --group-id sg-none --protocol tcp --port 80 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 443 --cidr 0.0.0.0/0",  # already there
    f"{SG_IN} --protocol tcp --port 80",
    f"{SG_IN} --protocol tcp --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol icmpv6 --port -1 --cidr ::/0",
    f"{SG_IN} --protocol tcp --port 80 --cidr ::/0",
    f"{SG_IN} --protocol tcp --port 80 --cidr 1.2.3.4",
    f"{SG_IN} --protocol tcp --port 80 --cidr 1.2.3.0/33",
    f"{SG_IN} --protocol tcp --port 90-80 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 80,81 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 70000 --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port all --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol icmp --cidr 0.0.0.0/0",
    f"{SG_IN} --protocol tcp --port 80 --ipv6-cidr ::/0",
    f"{SG_IN} --protocol tcp --port 80 --source-group sg-none",
    f"{SG_IN} --protocol tcp --port 80 --cidr 0.0.0.0/0 --ip-permissions IpProtocol=-1,IpRanges=[{{CidrIp=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{Cidr=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=x,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}]",
    f"{SG_IN} --ip-permissions IpProtocol=-1,PrefixListIds=[{{PrefixListId=pl-none}}]",
    f"{SG_IN} --ip-permissions IpProtocol=-1,IpRanges=[{{CidrIp=10.0.0.0/8}},{{CidrIp=10.0.0.0/8}}]",
    f"{SG_IN} --ip-permissions [{{]",
    f"{SG_IN} --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}] --dry-run",
    "authorize-security-group-egress --group-id sg-web --protocol all --cidr 0.0.0.0/0",  # already there
    f"{ENTRY} --rule-number 100 --protocol -1 --cidr-block 0.0.0.0/0",  # already there
    f"{ENTRY} --rule-number 0 --protocol -1 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 32767 --protocol -1 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 6 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 6 --port-range 80 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 6 --port-range From=81,To=80 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 1 --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol 58 --ipv6-cidr-block ::/0",
    f"{ENTRY} --rule-number 5 --protocol gre --cidr-block 0.0.0.0/0",
    f"{ENTRY} --rule-number 5 --protocol -1 --cidr-block ::/0",
    f"{ENTRY} --rule-number 5 --protocol -1",
    f"{ENTRY} --rule-number 5 --protocol -1 --cidr-block 0.0.0.0/0 --ipv6-cidr-block ::/0",
    f"{ENTRY} --rule-number 5 --protocol -1 --cidr-block 0.0.0.0/0 --egress",
    f"{ENTRY} --protocol -1 --cidr-block 0.0.0.0/0",
    (
        "create-network-acl-entry --network-acl-id acl-a --rule-action allow --rule-number 5 --protocol -1 "
        "--cidr-block 0.0.0.0/0"
    ),
    (
        "create-network-acl-entry --network-acl-id acl-x --egress --rule-action allow --rule-number 5 "
        "--protocol -1 --cidr-block 0.0.0.0/0"
    ),
    (
        "create-network-acl-entry --network-acl-id acl-a --egress --rule-action permit --rule-number 5 "
        "--protocol -1 --cidr-block 0.0.0.0/0"
    ),
    (
        "replace-network-acl-entry --network-acl-id acl-a --egress --rule-action allow --rule-number 5 "
        "--protocol -1 --cidr-block 0.0.0.0/0"
    ),
    "delete-network-acl-entry --network-acl-id acl-a --egress --rule-number 5",
    "delete-network-acl-entry --network-acl-id acl-a --egress --rule-number 32767",
    f"{ROUTE} --destination-cidr-block 0.0.0.0/0 --gateway-id igw-a",  # already there
    f"{ROUTE} --destination-cidr-block 203.0.113.5/24 --gateway-id igw-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id igw-b",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id igw-none",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id nat-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --nat-gateway-id nat-none",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --vpc-peering-connection-id pcx-none",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --network-interface-id eni-data",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --egress-only-internet-gateway-id eigw-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24 --gateway-id igw-a --nat-gateway-id nat-a",
    f"{ROUTE} --destination-cidr-block 203.0.113.0/24",
    f"{ROUTE} --destination-cidr-block 10.0.2.0/25 --nat-gateway-id nat-a",
    f"{ROUTE} --destination-cidr-block 10.0.2.0/24 --gateway-id igw-a",
    f"{ROUTE} --destination-cidr-block 10.0.0.0/16 --nat-gateway-id nat-a",
    f"{ROUTE} --destination-prefix-list-id pl-none --nat-gateway-id nat-a",
    f"{ROUTE} --destination-ipv6-cidr-block 2001:db8::/32 --nat-gateway-id nat-a",
    f"{ROUTE} --gateway-id igw-a",
    f"{ROUTE} 203.0.113.0/24 --gateway-id igw-a",
    "create-route --route-table-id rtb-none --destination-cidr-block 1.0.0.0/8 --gateway-id igw-a",
    "create-route --destination-cidr-block 1.0.0.0/8 --gateway-id igw-a",
    "replace-route --route-table-id rtb-main --destination-cidr-block 203.0.113.0/24 --nat-gateway-id nat-a",
    "replace-route --route-table-id rtb-main --destination-cidr-block 10.0.0.0/16 --vpc-peering-connection-id pcx-ab",
    "delete-route --route-table-id rtb-main --destination-cidr-block 203.0.113.0/24",
    "delete-route --route-table-id rtb-main --destination-cidr-block 10.0.0.0/16",
    "start-instances --instance-ids i-none",
    "start-instances",
    "start-instances --instance-ids",
    "wait instance-stopped --instance-ids i-web",
    "wait instance-happy --instance-ids i-web",
    "wait --instance-ids i-web",
]


@pytest.mark.parametrize("command", REFUSED)
def test_command_is_refused(command):
    with pytest.raises(ValueError):  # noqa: PT011 - each of them says something else
        run(f"aws ec2 {command}")


def test_only_aws_ec2_is_understood():
    with pytest.raises(ValueError, match="not an aws ec2 command"):
        run("aws s3 ls")


def test_a_stopping_instance_cannot_be_started():
    with pytest.raises(ValueError, match="is stopping"):
        run("aws ec2 start-instances --instance-ids i-web", state("i-web", "stopping"))


def test_a_waiting_peering_gets_a_route_that_does_not_work_yet():
    change = both(unrouted("main", "10.1.0.0/16"), peered("pending-acceptance"))
    after = run(
        (
            "aws ec2 create-route --route-table-id rtb-main --destination-cidr-block 10.1.0.0/16 "
            "--vpc-peering-connection-id pcx-ab"
        ),
        change,
    )
    assert find(after, "rtb-main")["Routes"][-1]["State"] == "blackhole"
