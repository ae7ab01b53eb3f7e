"""Pages and files of ones own that say what must be reachable, and what must not be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lint.lab import BY_NAME, linted
from sgcheck.errors import InputError
from sgcheck.lint.rule import load_rules
from sgcheck.lint.select import chosen
from sgcheck.model.ref import Ref
from sgcheck.render import rules_markdown, rules_text

PAGE = """---
id: MY901
name: web-reaches-database
severity: critical
check: reachability
parameters:
  expect:
    - {from: i-0a1, to: i-0a2, port: 5432, verdict: reachable}
    - {from: internet, to: i-0a2, port: all, verdict: [blocked], name: nobody else}
---

## What it does

Asks whether the web server reaches the database.

## Why is this bad

Nothing works without it.

## Fix

Open it.

```yaml bad
%s
```

```yaml good
%s
```
"""


def network(port):
    return f"""Vpcs: [{{VpcId: vpc-0a1, CidrBlock: 10.0.0.0/16}}]
Subnets: [{{SubnetId: subnet-0a1, VpcId: vpc-0a1, CidrBlock: 10.0.1.0/24}}]
RouteTables: [{{RouteTableId: rtb-0a1, VpcId: vpc-0a1, Associations: [{{Main: true}}], Routes: []}}]
SecurityGroups:
  - GroupId: sg-0a1
    GroupName: web
    VpcId: vpc-0a1
    IpPermissions: [{{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, UserIdGroupPairs: [{{GroupId: sg-0a1}}]}}]
    IpPermissionsEgress: [{{IpProtocol: "-1", IpRanges: [{{CidrIp: 0.0.0.0/0}}]}}]
NetworkInterfaces:
  - {{NetworkInterfaceId: eni-0a1, SubnetId: subnet-0a1, VpcId: vpc-0a1, Status: in-use, Attachment: {{InstanceId: i-0a1, DeviceIndex: 0}}, Groups: [{{GroupId: sg-0a1}}], PrivateIpAddress: 10.0.1.10}}
  - {{NetworkInterfaceId: eni-0a2, SubnetId: subnet-0a1, VpcId: vpc-0a1, Status: in-use, Attachment: {{InstanceId: i-0a2, DeviceIndex: 0}}, Groups: [{{GroupId: sg-0a1}}], PrivateIpAddress: 10.0.1.11}}
Reservations: [{{Instances: [{{InstanceId: i-0a1, State: {{Name: running}}, VpcId: vpc-0a1, SubnetId: subnet-0a1}}, {{InstanceId: i-0a2, State: {{Name: running}}, VpcId: vpc-0a1, SubnetId: subnet-0a1}}]}}]
"""


def own(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / name.replace("__", "-").replace("_", ".")).write_text(text, encoding="utf-8")
    return {rule.id: rule for rule in load_rules([str(tmp_path)])}


def test_a_page_of_ones_own_expects_what_is_reachable(tmp_path):
    bad, good = network(80), network(5432)
    rule = own(tmp_path, MY901__web__reaches__database_md=PAGE % (bad, good))["MY901"]
    (finding,) = linted(bad, rules=(rule,)).findings
    assert finding.resource == Ref("expectation", "i-0a1 to i-0a2 on 5432", None)
    assert finding.message == (
        "expected reachable, and it is blocked: i-0a1 does not reach i-0a2 on 5432/tcp: "
        "sg-0a1 (web) has no inbound rule that allows 5432/tcp from 10.0.1.10."
    )
    assert finding.related == ("sg-0a1",)
    assert linted(good, rules=(rule,)).findings == ()
    nothing = linted("Vpcs: [{VpcId: vpc-0a1, CidrBlock: 10.0.0.0/16}]", rules=(rule,))
    assert [one.resource.id for one in nothing.undecided] == ["i-0a1 to i-0a2 on 5432", "internet to i-0a2 on all"]
    assert nothing.findings == ()
    assert [(one.resource.name, one.why) for one in nothing.undecided] == [
        (None, "i-0a1: no such resource in the input"),
        ("nobody else", "i-0a2: no such resource in the input"),
    ]


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("port: 5432", "port: soon", "soon"),
        ("verdict: reachable", "verdict: open", "Invalid enum value 'open'"),
        ("from: i-0a1, ", "", "`from`"),
    ],
)
def test_an_expectation_that_can_not_be_asked_is_one_line(tmp_path, old, new, complaint):
    with pytest.raises(InputError) as raised:
        own(tmp_path, MY901__web__reaches__database_md=PAGE.replace(old, new) % (network(80), network(5432)))
    assert complaint in raised.value.message
    assert "\n" not in raised.value.message


def test_a_file_of_expectations_is_a_rule(tmp_path):
    text = "version: 1\nexpect:\n  - {from: i-0a1, to: i-0a2, port: 5432, verdict: [reachable, partial]}\n"
    rule = own(tmp_path, The__database_yaml=text)["expect-the-database"]
    assert chosen((rule,), ["expectation"], ()) == (rule,)
    for shown in (rules_text.render(rule), rules_markdown.render(rule), rules_text.render_list((rule,))):
        assert "expect-the-database" in shown
        assert "xample" not in shown
    (finding,) = linted(network(80), rules=(rule,)).findings
    assert finding.message.startswith("expected reachable or partial, and it is blocked: ")
    assert linted(network(5432), rules=(rule,)).findings == ()
    (tmp_path / "The-database.yaml").write_text("version: 1\nexpect: []\n", encoding="utf-8")
    with pytest.raises(InputError, match="expect is empty"):
        load_rules([str(tmp_path)])


def test_the_exact_addresses_may_be_expected_and_what_decides_may_be_missing(tmp_path):
    text = "version: 1\nexpect:\n  - {name: all, from: 10.0.1.0/24, to: i-0a2, port: 5432, verdict: [reachable, partial], allowed: [10.0.1.0/25]}\n"
    rule = own(tmp_path, some_yaml=text)["expect-some"]
    open_ = network(5432).replace("UserIdGroupPairs: [{GroupId: sg-0a1}]", "IpRanges: [{CidrIp: 10.0.1.0/24}]")
    (finding,) = linted(open_, rules=(rule,)).findings
    assert finding.resource.name == "all"
    assert "and it is reachable: also allowed: 10.0.1.128/25" in finding.message
    listed = network(5432).replace("UserIdGroupPairs: [{GroupId: sg-0a1}]", "PrefixListIds: [{PrefixListId: pl-0a1}]")
    (undecided,) = linted(listed, rules=(rule,)).undecided
    assert undecided.resource.id == "10.0.1.0/24 to i-0a2 on 5432"
    assert "pl-0a1" in undecided.why


def test_parameters_of_a_page_of_ones_own_count():
    def found(name, text, **parameters):
        rule = BY_NAME[name]
        changed = replace(rule, parameters=rule.check.parameters(**parameters))
        return [(finding.resource.id, finding.message) for finding in linted(text, rules=(changed,)).findings]

    tagged = """SecurityGroups:
      - {GroupId: sg-1, GroupName: web, VpcId: vpc-1, Tags: [{Key: owner, Value: x}]}
      - {GroupId: sg-2, GroupName: db, VpcId: vpc-1, Tags: [{Key: owner, Value: x}, {Key: team, Value: y}]}
      - {GroupId: sg-3, GroupName: app, VpcId: vpc-1}"""
    assert found("untagged-group", tagged, keys=("owner", "team")) == [
        ("sg-1", "it has no tag team"),
        ("sg-3", "it has no tag owner, team"),
    ]
    (bad,) = [example.text for example in BY_NAME["foreign-peering"].examples if example.bad]
    assert found("foreign-peering", bad, trusted=("123456789012", "210987654321")) == []
    assert len(found("foreign-peering", bad, trusted=("210987654321",))) == 1
    acl = next(example.text for example in BY_NAME["acl-blocks-replies"].examples if example.bad)
    ((_id, message),) = found("acl-blocks-replies", acl, ports="1024-2000,50000-65535")
    assert message.endswith("replies to some of the ports 1024-2000, 50000-65535 are held back")
