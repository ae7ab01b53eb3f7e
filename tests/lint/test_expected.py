"""Pages and files of ones own that say what must be reachable, and what must not be."""

from __future__ import annotations

import pytest

from lint.lab import linted
from sgcheck.errors import InputError
from sgcheck.lint.rule import load_rules
from sgcheck.lint.select import chosen

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
    assert finding.resource.id == "i-0a1 to i-0a2 on 5432"
    assert finding.message.startswith("expected reachable, and it is blocked: ")
    assert "sg-0a1" in finding.related
    assert linted(good, rules=(rule,)).findings == ()
    nothing = linted("Vpcs: [{VpcId: vpc-0a1, CidrBlock: 10.0.0.0/16}]", rules=(rule,))
    assert [one.resource.id for one in nothing.undecided] == ["i-0a1 to i-0a2 on 5432", "internet to i-0a2 on all"]
    assert nothing.findings == ()


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
    (finding,) = linted(network(80), rules=(rule,)).findings
    assert finding.message.startswith("expected reachable or partial, and it is blocked: ")
    assert linted(network(5432), rules=(rule,)).findings == ()
    (tmp_path / "The-database.yaml").write_text("version: 1\nexpect: []\n", encoding="utf-8")
    with pytest.raises(InputError, match="expect is empty"):
        load_rules([str(tmp_path)])
