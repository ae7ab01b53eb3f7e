"""Redaction of whole documents: nothing of its owner's is left, and every answer is the same but for names."""

from __future__ import annotations

import gzip
import ipaddress
import json
import os
import random
import re
import shlex
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from cli.runs import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from sources.redactions import KEY, comparable, public_addresses, renamed, renamer, told

from sgcheck.aws.build import build
from sgcheck.errors import InputError, SgcheckError, UsageError
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.redact import redact, redacted_files
from sgcheck.sources.redaction.key import Key
from sgcheck.sources.redaction.members import Holds, holds, read_members
from tests.agreement.random_cases import load
from tests.plain.networks import random_network
from tests.plain.questions import random_questions

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 400 if NIGHTLY else 24
BLOCK = 4
FABRICS = [
    frozenset(),
    *map(frozenset, (["transit"], ["balancers"], ["endpoints"], ["transit", "balancers", "endpoints"])),
]
# Members whose texts are chosen by the owner, for the sweep of the corpus; written without a look at the tables.
NAMED = {
    *("GroupName", "KeyName", "LoadBalancerName", "TargetGroupName", "DBInstanceIdentifier", "DBClusterIdentifier"),
    *(
        "DBSubnetGroupName",
        "FunctionName",
        "CacheClusterId",
        "ClusterIdentifier",
        "DBName",
        "MasterUsername",
        "RoleName",
    ),
    *("ReplicationGroupId", "DomainName", "LaunchConfigurationName", "AutoScalingGroupName", "clusterName", "UserName"),
}
# Of those, what is AWS's own.
OURS_TOO = re.compile(r"default.*|amazon-elb.*|.*\.amazonaws\.com|com\.amazonaws\..*|sg-[0-9a-f]+|us-west-2-lax-1")
PLACE_OR_ID = re.compile(r"[a-z]{2}-[a-z]+-\d[a-z]?|[a-z]+(-[a-z]+)*-[0-9a-f]{8,17}")
# Made up by whoever wrote the file, in places where AWS has none of its owner's words: an id, the name of a service.
MADE_UP = {"SERVICE_NAME_2", "SOME_GROUP_ID", "myawesomeloadbalancer"}
SECRET = "dGhlIHBhc3N3b3Jk"


def strings(value, member=""):
    """Every text of a document that is data, with its member."""
    if isinstance(value, str):
        yield member, value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, member)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, key)


def tag_values(value, member=""):
    for item in value if isinstance(value, list) else ():
        yield from tag_values(item, member)
    if isinstance(value, dict):
        if member.lower() in {"tags", "tagset", "taglist"}:
            if {"Key", "key"}.isdisjoint(value):
                yield from (item for item in value.values() if isinstance(item, str))
            else:
                yield value.get("Value", value.get("value"))
        for key, item in value.items():
            yield from tag_values(item, key)


def secrets_of(document):
    """What must not be left: names and tag values of six characters or more, accounts, public addresses."""
    names = {text for text in tag_values(document) if isinstance(text, str)}
    names |= {text for member, text in strings(document) if member in NAMED and not OURS_TOO.fullmatch(text)}
    accounts, public = set(), set()
    for member, text in strings(document):
        accounts.update(re.findall(r"arn:[^:\s]*:[^:\s]*:[^:\s]*:(\d{12}):", text))
        if re.fullmatch(r"\d{12}", text) and re.search("(?i)owner|account|userid", member):
            accounts.add(text)
        public |= public_addresses(text)
    return {name for name in names if len(name) >= 6 and not PLACE_OR_ID.fullmatch(name)}, accounts, public


def left(document, redacted):
    """What is left of it."""
    names, accounts, public = secrets_of(document)
    texts = [text for member, text in strings(redacted) if member not in {"Key", "key"}]
    every = "\n".join(texts)
    found = {name for name in names if name in every}
    found |= {one for one in accounts if re.search(rf"(?<![0-9A-Za-z]){one}(?![0-9A-Za-z])", every)}
    return found | (public & public_addresses(every))


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_every_answer_on_a_random_network_is_the_same_but_for_names(first):
    asked = Counter()
    for seed in range(first, first + BLOCK):
        rng = random.Random(f"redact {seed}")
        record = random_network(rng, fabric=FABRICS[seed % len(FABRICS)])
        redacted, redactor = redact(record, KEY), renamer(record)
        assert left(record, redacted) == set()
        network, other = load(record), load(redacted)
        for drawn in random_questions(rng, record, 10):
            source, target = map(redactor.texts.word, (drawn.asked_from, drawn.asked_to))
            try:
                answer = explain(network, Question.parse(drawn.asked_from, drawn.asked_to, drawn.port))
            except UsageError:
                with pytest.raises(UsageError):
                    explain(other, Question.parse(source, target, drawn.port))
                continue
            again = explain(other, Question.parse(source, target, drawn.port))
            assert comparable(told(again)) == renamed(answer, redactor), (seed, drawn)
            asked[answer.verdict] += 1
    assert asked.total() > 20


def question_of(words):
    """The question that an example's commands ask; one about all ports is asked about one of them."""
    found = dict(pairwise(words))
    return found["--from"], found["--to"], found.get("--port", "443")


def renamed_end(end, redactor):
    """An end of a question as the redacted network knows it."""
    kind, colon, name = end.partition(":")
    if kind == "tag":
        key, equals, value = name.partition("=")
        return f"tag:{key}{equals}{redactor.texts.names.word(value)}"
    named = colon and kind.isalpha() and not name.startswith("arn:")
    return f"{kind}:{redactor.texts.name(name)}" if named else redactor.texts.word(end)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/network.json")))
def test_every_example_answers_the_same_but_for_names(name):
    document = json.loads((EXAMPLES / name / "network.json").read_text(encoding="utf-8"))
    redactor, redacted = renamer(document), redact(document, KEY)
    for command in (EXAMPLES / name).glob("command*.txt"):
        source, target, port = question_of(shlex.split(command.read_text(encoding="utf-8"), comments=True))
        answer = explain(load(document), Question.parse(source, target, port))
        ends = (renamed_end(end, redactor) for end in (source, target))
        assert comparable(told(explain(load(redacted), Question.parse(*ends, port)))) == renamed(answer, redactor)


def test_balancers_and_hosts_are_asked_by_their_other_names():
    asked_by_name = 0
    for seed in range(8):
        record = random_network(random.Random(f"named {seed}"), fabric=frozenset({"balancers"}), told=True)
        redactor, network, other = renamer(record), load(record), load(redact(record, KEY))
        names = [f"lb:{one['LoadBalancerName']}" for one in record.get("LoadBalancers", [])]
        names += [f"name:{text}" for text in sorted(set(tag_values(record)))[:4]]
        for end in names:
            try:
                answer = explain(network, Question.parse("internet", end, "443"))
            except UsageError as error:
                with pytest.raises(type(error)):
                    explain(other, Question.parse("internet", renamed_end(end, redactor), "443"))
                continue
            again = explain(other, Question.parse("internet", renamed_end(end, redactor), "443"))
            assert comparable(told(again)) == renamed(answer, redactor), (seed, end)
            asked_by_name += 1
    assert asked_by_name > 10


def test_random_networks_have_public_addresses_and_names_to_lose():
    record = random_network(random.Random("redact 1"))
    changed = set(strings(record)) - set(strings(redact(record, KEY)))
    assert {"PublicIp", "Value", "GroupName", "OwnerId"} <= {member for member, _ in changed}
    assert not {"GroupId", "VpcId", "PrivateIpAddress", "State", "IpProtocol"} & {member for member, _ in changed}


def corpus_files(corpus):
    for folder in ("describe", "describe-placebo-raw", "aws-lab"):
        for file in sorted((corpus / folder).rglob("*")):
            try:
                yield file, json.loads(file.read_bytes())
            except (ValueError, OSError):
                continue


def test_nothing_of_the_corpus_is_left(corpus):
    checked = 0
    for file, document in corpus_files(corpus):
        assert left(document, redact(document, KEY)) <= MADE_UP, file
        checked += any(secrets_of(document))
    assert checked > 300


def test_every_file_of_the_corpus_is_read_as_before(corpus, tmp_path):
    read = 0
    for file, document in corpus_files(corpus):
        try:
            before = load_snapshot([str(file)])
        except InputError:
            continue
        (tmp_path / "clean.json").write_text(json.dumps(redact(document, KEY)), encoding="utf-8")
        after = load_snapshot([str(tmp_path / "clean.json")])
        assert (after.counts.read, after.counts.skipped) == (before.counts.read, before.counts.skipped), file
        assert [gap.reason for gap in after.gaps] == [gap.reason for gap in before.gaps]
        read += 1
    assert read > 400


def questions(network, most):
    ends = list(network.interfaces)[:most]
    yield from (("internet", end, "443") for end in ends)
    yield from ((end, "internet", "443") for end in ends)
    yield from ((one, other, "22") for one in ends for other in ends if one != other)


def answers_agree(paths, document, tmp_path, most):
    """Ask both; return how often."""
    redactor = renamer(document)
    (tmp_path / "clean.zip").write_bytes(redacted_files(paths, KEY, "clean.zip"))
    network, other = (build(load_snapshot(one)) for one in (paths, [str(tmp_path / "clean.zip")]))
    asked = 0
    for words in questions(network, most):
        try:
            answer = explain(network, Question.parse(*words))
        except SgcheckError as error:
            with pytest.raises(type(error)):
                explain(other, Question.parse(*words))
            continue
        assert comparable(told(explain(other, Question.parse(*words)))) == renamed(answer, redactor), (paths, words)
        asked += 1
    return asked


def test_every_answer_on_the_corpus_is_the_same_but_for_names(corpus, tmp_path):
    asked = 0
    for file, document in corpus_files(corpus):
        if "aws-lab" in file.parts:
            continue
        try:
            network = build(load_snapshot([str(file)]))
        except InputError:
            continue
        if network.interfaces:
            asked += answers_agree([str(file)], document, tmp_path, 3)
    assert asked > 150


def test_every_answer_on_the_labs_is_the_same_but_for_names(corpus, tmp_path):
    for lab in sorted((corpus / "aws-lab").iterdir()):
        documents = [json.loads(file.read_bytes()) for file in sorted(lab.rglob("*.json"))]
        assert answers_agree([str(lab)], documents, tmp_path, 6) > 5


def test_one_key_always_chooses_alike_and_another_otherwise():
    record = random_network(random.Random("redact 2"))
    assert redact(record, KEY) == redact(record, Key("the key of the tests"))
    for key in (Key("another"), Key(), Key()):
        assert redact(record, key) != redact(record, KEY)


def test_the_same_names_in_two_snapshots_stay_the_same():
    one, other = random_network(random.Random("redact 3")), random_network(random.Random("redact 4"))
    both = redact([one, other], KEY)
    assert both == [redact(one, KEY), redact(other, KEY)]


DOCUMENT = {
    "Reservations": [
        {
            "OwnerId": "123456789012",
            "Instances": [
                {
                    "InstanceId": "i-0a1",
                    "State": {"Code": 16, "Name": "running"},
                    "InstanceType": "t3.micro",
                    "KeyName": "alice",
                    "UserData": SECRET,
                    "Tags": [{"Key": "Name", "Value": "orders-production"}, {"Key": "team", "Value": "running"}],
                    "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/orders-production"},
                    "Later": {"Note": "ORDERS-production of 123456789012 at 52.94.76.1, see acct123456789012"},
                    "Hostname": "db.orders.example",
                    "Where": "db.orders.example",
                    "Policy": '{"Principal": {"AWS": "arn:aws:iam::123456789012:role/orders-production"}}',
                    "Location": "https://bucket.s3.amazonaws.com/x?X-Amz-Signature=abc",
                }
            ],
        }
    ],
    "VpnConnections": [
        {
            "VpnConnectionId": "vpn-0a1",
            "CustomerGatewayConfiguration": f"<key>{SECRET}</key>",
            "Options": {"TunnelOptions": [{"OutsideIpAddress": "52.94.76.1", "PreSharedKey": SECRET}]},
            "TagSet": {"Name": "orders-production"},
        }
    ],
    "DhcpOptions": [{"DhcpConfigurations": [{"Key": "domain-name", "Values": [{"Value": "orders-production"}]}]}],
    "LoadBalancerAttributes": [
        {"Attributes": [{"Key": "access_logs.s3.bucket", "Value": "logs"}, {"Key": "stickiness.enabled", "Value": "true"}]}
    ],
    "NextToken": SECRET,
    "123456789012": {"Account": 123456789012},
}  # fmt: skip


def test_everything_that_is_known_is_gone_and_nothing_else():
    redactor = renamer(DOCUMENT)
    word, account, address = (
        redactor.texts.names.word,
        redactor.texts.word("123456789012"),
        redactor.texts.word("52.94.76.1"),
    )
    name, host = word("orders-production"), ".".join(map(word, ("db", "orders", "example")))
    assert redact(DOCUMENT, KEY) == {
        "Reservations": [
            {
                "OwnerId": account,
                "Instances": [
                    {
                        "InstanceId": "i-0a1",
                        "State": {"Code": 16, "Name": "running"},
                        "InstanceType": "t3.micro",
                        "KeyName": word("alice"),
                        "Tags": [{"Key": "Name", "Value": name}, {"Key": "team", "Value": word("running")}],
                        "IamInstanceProfile": {"Arn": f"arn:aws:iam::{account}:instance-profile/{name}"},
                        "Later": {"Note": f"{name} of {account} at {address}, see acct{account}"},
                        "Hostname": host,
                        "Where": host,
                        "Policy": f'{{"Principal":{{"AWS":"arn:aws:iam::{account}:role/{name}"}}}}',
                        "Location": "",
                    }
                ],
            }
        ],
        "VpnConnections": [
            {
                "VpnConnectionId": "vpn-0a1",
                "Options": {"TunnelOptions": [{"OutsideIpAddress": address}]},
                "TagSet": {"Name": name},
            }
        ],
        "DhcpOptions": [{"DhcpConfigurations": [{"Key": "domain-name", "Values": [{"Value": name}]}]}],
        "LoadBalancerAttributes": [
            {
                "Attributes": [
                    {"Key": "access_logs.s3.bucket", "Value": word("logs")},
                    {"Key": "stickiness.enabled", "Value": "true"},
                ]
            }
        ],
        account: {"Account": int(account)},
    }


SNAPSHOT = {
    "schema": "sgcheck.snapshot/1",
    "collected_at": "2026-11-01T12:00:00Z",
    "caller": {"Arn": "arn:aws:sts::123456789012:assumed-role/Audit/alice"},
    "accounts": {
        "123456789012": {
            "us-east-1": {"Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "security group"}]}]}
        }
    },
    "gaps": [
        {
            "kind": "security group",
            "account": "123456789012",
            "region": "us-east-1",
            "call": "ec2:DescribeSecurityGroups",
            "reason": "AccessDenied",
            "detail": "User: arn:aws:sts::123456789012:assumed-role/Audit/alice is not authorized",
        }
    ],
}


def test_a_snapshot_stays_one_and_says_what_happened_to_it(tmp_path):
    redacted = redact(SNAPSHOT, KEY)
    assert list(redacted)[:2] == ["schema", "redacted"]
    (tmp_path / "clean.json").write_text(json.dumps(redacted), encoding="utf-8")
    snapshot = load_snapshot([str(tmp_path / "clean.json")])
    account = renamer(SNAPSHOT).texts.word("123456789012")
    assert snapshot.redacted
    assert snapshot.collected_at == "2026-11-01T12:00:00Z"
    assert [(batch.account, batch.region) for batch in snapshot.batches] == [(account, "us-east-1")]
    (gap,) = snapshot.gaps
    assert (gap.kind_name, gap.account, gap.call) == ("security group", account, "ec2:DescribeSecurityGroups")
    assert "alice" not in json.dumps(redacted)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["Tags", "Name", "Key", "Value", "State", "Foo", "a.b", "PolicyDocument"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_whatever_is_json_is_redacted(document):
    redacted = redact(document, KEY)
    assert json.loads(json.dumps(redacted)) == redacted
    assert type(redacted) is type(document)


@given(
    st.sampled_from(["Foo", "note", "Key", "State", "Reason", "x-y"]), st.sampled_from(["{}", "a {} b", "({})", "[{}]"])
)
def test_accounts_addresses_and_names_are_found_wherever_they_stand(member, form):
    planted = ["123456789012", "52.94.76.1", "2600:1f18::5"]
    document = {"OwnerId": "123456789012", "Tags": [{"Key": "k", "Value": "orders-production"}]}
    document["Other"] = {member: [form.format(one) for one in planted]}
    text = json.dumps(redact(document, KEY))
    assert not [one for one in (*planted, "orders-production") if one in text]


@pytest.mark.parametrize(
    "member, within, held",
    [
        ("Name", "State", Holds.WORD),
        ("Name", "", Holds.NAME),
        ("ServiceName", "VpcEndpoints", Holds.WORD),
        ("serviceName", "services", Holds.NAME),
        ("Description", "SecurityGroups", Holds.NAME),
        ("PreSharedKey", "", Holds.SECRET),
        ("MasterUserPassword", "", Holds.SECRET),
        ("CidrBlock", "Vpcs", Holds.WORD),
        ("Remark", "", Holds.UNKNOWN),
    ],
)
def test_what_a_member_holds(member, within, held):
    assert holds(member, within) is held


def test_no_member_that_answers_are_made_from_is_left_out():
    assert [member for member in read_members() if holds(member, "") is Holds.SECRET] == []


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "net.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return path


def test_a_file_becomes_a_file(file):
    data = redacted_files([str(file)], KEY, "clean.json")
    assert json.loads(data) == redact(DOCUMENT, KEY)
    packed = redacted_files([str(file)], KEY, "clean.json.gz")
    assert gzip.decompress(packed) == data
    assert packed == redacted_files([str(file)], KEY, "clean.json.gz")


def test_a_folder_becomes_an_archive_that_tells_what_each_file_belongs_to(tmp_path):
    folder = tmp_path / "accounts" / "123456789012" / "us-east-1"
    folder.mkdir(parents=True)
    (folder / "orders.json").write_text(
        '{"Vpcs": [{"VpcId": "vpc-1", "Description": "orders-production"}]}', encoding="utf-8"
    )
    (folder / "alice.json").write_text('{"Subnets": [], "Note": "orders-production"}', encoding="utf-8")
    (folder / "notes.txt").write_text("orders-production", encoding="utf-8")
    (tmp_path / "clean.zip").write_bytes(redacted_files([str(tmp_path / "accounts")], KEY, "clean.zip"))
    snapshot = load_snapshot([str(tmp_path / "clean.zip")])
    account = renamer([]).texts.word("123456789012")
    assert {(batch.account, batch.region) for batch in snapshot.batches} == {(account, "us-east-1")}
    with zipfile.ZipFile(tmp_path / "clean.zip") as archive:
        assert archive.namelist() == [f"accounts/{account}/us-east-1/{number:04}.json" for number in (1, 2)]
        assert not any(b"orders" in archive.read(name) for name in archive.namelist())


def test_several_files_become_one_only_as_an_archive(file):
    with pytest.raises(UsageError, match="2 files can't become one"):
        redacted_files([str(file), str(file)], KEY, "clean.json.gz")


def test_what_is_not_understood_is_refused_as_ever(tmp_path):
    (tmp_path / "odd.json").write_text('{"hello": 1}', encoding="utf-8")
    with pytest.raises(InputError, match="holds nothing that is understood"):
        redacted_files([str(tmp_path / "odd.json")], KEY, "clean.json")


def test_an_address_stays_in_the_ranges_that_it_was_in():
    document = {"Cidrs": ["52.94.0.0/16", "52.94.76.0/22", "52.94.76.1/32", "10.0.0.0/8"]}
    wide, narrow, one, private = map(ipaddress.ip_network, redact(document, KEY)["Cidrs"])
    assert one.subnet_of(narrow)
    assert narrow.subnet_of(wide)
    assert str(private) == "10.0.0.0/8"
    assert wide.is_global
