"""Networks and runs for the tests of `lint`, from what the AWS CLI would print."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import yaml

from sgcheck.aws.build import build
from sgcheck.lint.baseline import Known
from sgcheck.lint.rule import load_rules
from sgcheck.lint.run import EVERYTHING, lint
from sgcheck.lint.scene import Scene
from sgcheck.lint.select import chosen
from sgcheck.lint.suppress import Suppressions
from sgcheck.sources.files import load_snapshot

RULES = load_rules()
BY_NAME = {rule.name: rule for rule in RULES}


def scene(*documents, ways=False):
    """The scene that the answers, each as a dict or as YAML, make together."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, document in enumerate(documents):
            told = yaml.safe_load(document) if isinstance(document, str) else document
            path = Path(folder) / f"{number}.json"
            path.write_text(json.dumps(told), encoding="utf-8")
            paths.append(str(path))
        snapshot = load_snapshot(paths)
    return Scene(build(snapshot), snapshot, ways=ways)


def linted(*documents, rules=RULES, select=(), ignores=(), scope=EVERYTHING, baseline=(), ways=False):
    """The report on the answers; optional rules are looked at where `select` means them, or `rules` are told."""
    picked = chosen(rules, select, ()) if select or rules is RULES else tuple(rules)
    known = baseline if isinstance(baseline, dict) else {one: Known(one) for one in baseline}
    return lint(scene(*documents, ways=ways), picked, Suppressions(ignores, known, "baseline.json", rules), scope)


def found(*documents, **more):
    """(rule name, resource id, severity) of every finding."""
    return [(f.name, f.resource.id, f.severity.word) for f in linted(*documents, **more).findings]


def permission(protocol="tcp", low=443, high=None, *, v4=(), v6=(), lists=(), groups=()):
    """A permission as describe-security-groups has it; low None leaves the ports out."""
    ports = {} if low is None else {"FromPort": low, "ToPort": low if high is None else high}
    return {
        "IpProtocol": protocol,
        **ports,
        "IpRanges": [{"CidrIp": cidr} for cidr in v4],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in v6],
        "PrefixListIds": [{"PrefixListId": one} for one in lists],
        "UserIdGroupPairs": [{"GroupId": one} for one in groups],
    }


def group(id_="sg-1", ingress=(), egress=(), **more):
    """A security group."""
    return {
        "GroupId": id_,
        "GroupName": f"name of {id_}",
        "VpcId": "vpc-1",
        "IpPermissions": list(ingress),
        "IpPermissionsEgress": list(egress),
        **more,
    }


def groups(*made):
    """The answer with these groups."""
    return {"SecurityGroups": list(made)}


def entry(number, action="allow", *, egress=False, protocol="-1", cidr="0.0.0.0/0", ports=None):
    """An entry of a network ACL."""
    where = {"Ipv6CidrBlock": cidr} if ":" in cidr else {"CidrBlock": cidr}
    span = {"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}
    return {"RuleNumber": number, "RuleAction": action, "Egress": egress, "Protocol": protocol, **where, **span}


def acl(*entries, **more):
    """The answer with one network ACL, closing denials included."""
    closing = [entry(32767, "deny"), entry(32767, "deny", egress=True)]
    told = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": False, "Associations": [{"SubnetId": "subnet-1"}]}
    return {"NetworkAcls": [{**told, "Entries": [*entries, *closing], **more}]}
