"""Names inside of what AWS composes of them: the form stays, the same name becomes the same other name everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgcheck.sources.redaction.addresses import Addresses
from sgcheck.sources.redaction.key import Key
from sgcheck.sources.redaction.names import Names
from sgcheck.sources.redaction.texts import Texts

KEY = Key("a key")
NAMES = Names(KEY)
TEXTS = Texts(NAMES, Addresses(KEY))
ORDERS = NAMES.word("orders")
ADMIN, ALICE = NAMES.word("Admin"), NAMES.word("alice@example.com")
ACCOUNT = NAMES.account("123456789012")
UUID = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"

FORMS = [
    ("ELB app/orders/50dc6c495c0c9188", f"ELB app/{ORDERS}/50dc6c495c0c9188"),
    ("ELB net/orders/50dc6c495c0c9188", f"ELB net/{ORDERS}/50dc6c495c0c9188"),
    ("ELB gwy/orders/50dc6c495c0c9188", f"ELB gwy/{ORDERS}/50dc6c495c0c9188"),
    ("ELB orders", f"ELB {ORDERS}"),
    (f"AWS Lambda VPC ENI-orders-{UUID}", f"AWS Lambda VPC ENI-{ORDERS}-{UUID}"),
    (f"AWS Lambda VPC ENI: {UUID}", f"AWS Lambda VPC ENI: {UUID}"),
    ("Network interface for DBProxy orders", f"Network interface for DBProxy {ORDERS}"),
    ("ElastiCache orders", f"ElastiCache {ORDERS}"),
    ("ElastiCache+orders", f"ElastiCache+{ORDERS}"),
    ("ES orders", f"ES {ORDERS}"),
    ("Amazon EKS orders", f"Amazon EKS {ORDERS}"),
    ("service:orders", f"service:{ORDERS}"),
    *((text, text) for text in ("RDSNetworkInterface", "RedshiftNetworkInterface", "DMSNetworkInterface")),
    *((f"{text}-0123456789abcdef0",) * 2 for text in ("Interface for NAT Gateway nat", "VPC Endpoint Interface vpce")),
    *(("Network Interface for Transit Gateway Attachment tgw-attach-0123456789abcdef0",) * 2,),
    *(("EFS mount target for fs-0123456789abcdef0 (fsmt-0123456789abcdef0)",) * 2,),
    *((text, text) for text in ("", "default", "default VPC security group", "amazon", "amazon-elb", "AWS", "us-east-1a")),
    *((text, text) for text in ("com.amazonaws.us-east-1.s3", "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0")),
    *((text, text) for text in ("i-0123456789abcdef0", "sg-0a1", "default.mysql8.0", "ELBSecurityPolicy-2016-08")),
    *((text, text) for text in ("ssm.us-east-1.amazonaws.com", "ip-10-0-0-5.ec2.internal", "ip-10-0-0-5.us-east-2.compute.internal")),
    ("orders-1234567890.us-east-1.elb.amazonaws.com", f"{ORDERS}-1234567890.us-east-1.elb.amazonaws.com"),
    ("internal-orders-1234567890.us-east-1.elb.amazonaws.com", f"internal-{ORDERS}-1234567890.us-east-1.elb.amazonaws.com"),
    ("dualstack.orders-1234567890.us-east-1.elb.amazonaws.com", f"dualstack.{ORDERS}-1234567890.us-east-1.elb.amazonaws.com"),
    ("orders-50dc6c495c0c9188.elb.us-east-1.amazonaws.com", f"{ORDERS}-50dc6c495c0c9188.elb.us-east-1.amazonaws.com"),
    ("us-east-1a.orders-50dc6c495c0c9188.elb.us-east-1.amazonaws.com", f"us-east-1a.{ORDERS}-50dc6c495c0c9188.elb.us-east-1.amazonaws.com"),
    ("orders.c0ffee123456.us-east-1.rds.amazonaws.com", f"{ORDERS}.{NAMES.word('c0ffee123456')}.us-east-1.rds.amazonaws.com"),
    ("vpce-0123456789abcdef0-abc.s3.us-east-1.vpce.amazonaws.com",) * 2,
    ("orders.s3.us-east-1.amazonaws.com", f"{ORDERS}.s3.us-east-1.amazonaws.com"),
    ("*.orders.example", f"*.{ORDERS}.{NAMES.word('example')}"),
    (".orders.example", f".{ORDERS}.{NAMES.word('example')}"),
    ("https://orders.example:8443/secret", f"https://{ORDERS}.{NAMES.word('example')}:8443/{NAMES.word('secret')}"),
]  # fmt: skip

ARNS = [
    (
        "elasticloadbalancing:us-east-1:{}:loadbalancer/app/orders/50dc6c495c0c9188",
        "loadbalancer/app/{}/50dc6c495c0c9188",
    ),
    ("elasticloadbalancing:us-east-1:{}:loadbalancer/orders", "loadbalancer/{}"),
    (
        "elasticloadbalancing:us-east-1:{}:listener/net/orders/50dc6c495c0c9188/60dc6c495c0c9188",
        "listener/net/{}/50dc6c495c0c9188/60dc6c495c0c9188",
    ),
    ("elasticloadbalancing:us-east-1:{}:targetgroup/orders/50dc6c495c0c9188", "targetgroup/{}/50dc6c495c0c9188"),
    ("rds:us-east-1:{}:db:orders", "db:{}"),
    ("lambda:us-east-1:{}:function:orders", "function:{}"),
    ("network-firewall:us-east-1:{}:firewall/orders", "firewall/{}"),
    ("ec2:us-east-1:{}:vpc/vpc-0a1", "vpc/vpc-0a1"),
    ("ec2:us-east-1:{}:key-pair/orders", "key-pair/{}"),
    ("ecs:us-east-1:{}:attachment/" + UUID, "attachment/" + UUID),
    ("iam::{}:role/orders", "role/{}"),
    ("sqs:us-east-1:{}:orders", "{}"),
]


@pytest.mark.parametrize("text, expected", FORMS)
def test_a_name_keeps_the_form_that_it_stands_in(text, expected):
    assert TEXTS.name(text) == expected


@pytest.mark.parametrize("text, resource", ARNS)
def test_an_arn_keeps_its_form_wherever_it_stands(text, resource):
    arn = "arn:aws:" + text.format("123456789012")
    expected = "arn:aws:" + text.partition("{}")[0] + f"{ACCOUNT}:" + resource.format(ORDERS)
    for told in (TEXTS.word, TEXTS.name, TEXTS.unknown):
        assert told(arn) == expected
    assert TEXTS.word(f"on {arn}, and {arn}.") == f"on {expected}, and {expected}."


def test_an_arn_without_an_account_names_a_bucket():
    assert TEXTS.word("arn:aws:s3:::orders/*") == f"arn:aws:s3:::{ORDERS}/*"


def test_what_aws_manages_for_everybody_stays():
    text = "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/AbusedLegitBotNetCommandAndControlDomainsActionOrder"
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert TEXTS.word(policy) == policy
    assert TEXTS.word(text) == text


@pytest.mark.parametrize(
    "text, expected",
    [
        ("123456789012", ACCOUNT),
        ("account 123456789012.", f"account {ACCOUNT}."),
        ("i-0123456789012abcd", "i-0123456789012abcd"),
        ("1234567890123", "1234567890123"),
        ("arn:aws:sts::123456789012:assumed-role/Admin/alice@example.com", f"arn:aws:sts::{ACCOUNT}:assumed-role/{ADMIN}/{ALICE}"),
        ("ask alice@example.com", f"ask {ALICE}"),
        ("r-0123456789abcdef0", "r-0123456789abcdef0"),
        ("o-a1b2c3d4e5", NAMES.word("o-a1b2c3d4e5")),
    ],
)  # fmt: skip
def test_accounts_and_people_in_a_text(text, expected):
    assert TEXTS.word(text) == expected


def test_who_asked_is_nobody_in_particular():
    for text in ("AROAEXAMPLEEXAMPLE123:alice", "AKIAIOSFODNN7EXAMPLE"):
        assert TEXTS.word(text) == NAMES.word(text)


def test_rules_of_a_firewall_keep_what_matches_by_address():
    rules = (
        '# orders of alice\npass tcp 52.94.76.1 any -> $HOME_NET 443 (msg:"orders"; content:"alice"; sid:1; rev:1;)\n'
    )
    other = TEXTS.word("52.94.76.1")
    expected = f'pass tcp {other} any -> $HOME_NET 443 (msg:"{NAMES.word(chr(34) + "orders" + chr(34))}"; '
    assert TEXTS.rules(rules).startswith(expected)
    assert "alice" not in TEXTS.rules(rules)
    assert TEXTS.rules(rules).endswith("sid:1; rev:1;)\n")


@given(st.sets(st.integers(0, 10**12 - 1), min_size=2, max_size=50))
def test_no_two_accounts_become_the_same(drawn):
    renamed = {NAMES.account(f"{value:012}") for value in drawn}
    assert len(renamed) == len(drawn)
    assert all(len(account) == 12 and account.isdecimal() for account in renamed)


@given(st.text(min_size=1))
def test_a_name_becomes_a_word_that_says_nothing(name):
    word = NAMES.word(name)
    assert word == NAMES.word(name)
    assert len(word) == 15
    assert word.startswith("name-")
    assert TEXTS.word(word) == TEXTS.unknown(word) == word
