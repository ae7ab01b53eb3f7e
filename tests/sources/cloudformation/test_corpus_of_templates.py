"""Every template of the corpus is read, or refused in one line that names the file; most of them are good ones."""

from __future__ import annotations

from collections import Counter

import pytest

from sgcheck.aws.build import build
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import InputError
from sgcheck.sources.files import load_snapshot

READ = 243
# What is refused, by what its message has.
REFUSED = {
    "is a module of Rain": 6,
    "a SAM template": 1,
    "not valid JSON": 1,
    "not valid YAML": 1,
    "an IPv6 address": 1,
    "expected": 5,
}
RECORDS = {
    "VPC": 72, "subnet": 121, "security group": 277, "network ACL": 105, "route table": 315, "internet gateway": 30,
    "NAT gateway": 31, "VPC endpoint": 17, "prefix list": 9, "instance": 139, "network interface": 294,
    "load balancer": 66, "listener": 54, "target group": 42, "Classic Load Balancer": 27,
}  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(corpus):
    found: dict[str, Snapshot | str] = {}
    for path in sorted((corpus / "cfn").rglob("*")):
        if path.is_file():
            try:
                found[str(path)] = load_snapshot([str(path)])
            except InputError as refused:
                found[str(path)] = refused.message
    return found


def test_every_template_is_read_or_refused_in_one_line(outcomes):
    refused = {path: message for path, message in outcomes.items() if isinstance(message, str)}
    for path, message in refused.items():
        assert message.startswith(f"{path}:")
        assert "\n" not in message
    assert len(outcomes) - len(refused) == READ
    kinds = Counter(next(words for words in REFUSED if words in message) for message in refused.values())
    assert kinds == REFUSED


def test_what_is_read_becomes_a_network(outcomes):
    counts: Counter[str] = Counter()
    for snapshot in outcomes.values():
        if isinstance(snapshot, Snapshot):
            network = build(snapshot)
            # Whatever is converted only when somebody asks for it.
            for table in (network.groups, network.acls, network.tables, network.interfaces, network.instances):
                assert [table[id_].id for id_ in table] == list(table)
            counts += Counter(snapshot.counts.read)
    assert {kind: counts[kind] for kind in RECORDS} == RECORDS


def test_json_and_yaml_of_one_template_say_the_same(outcomes):
    pairs = [(path, f"{path[:-5]}.yaml") for path in outcomes if path.endswith(".json")]
    both = [(outcomes[one], outcomes[other]) for one, other in pairs if other in outcomes]
    read = [(one, other) for one, other in both if isinstance(one, Snapshot) and isinstance(other, Snapshot)]
    differ = [one.counts.read for one, other in read if one.counts.read != other.counts.read]
    assert (len(read) > 20, differ) == (True, [])
