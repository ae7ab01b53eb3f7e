"""With an index every answer is the one without it, byte for byte, and nothing but the index is read for it."""

from __future__ import annotations

import gzip
import json
import os
import shutil

import pytest

from sgcheck.errors import SgcheckError, UsageError
from tests.sources.index.indexed import answer, indexed, plain, snapshot_at, told, with_index

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
EXAMPLES = ("web-server-timeout", "private-database", "web-server-nothing-listening")


@pytest.mark.parametrize("seed", range(200 if NIGHTLY else 6))
def test_random_networks_answer_alike(tmp_path, seed):
    path = tmp_path / "network.json"
    questions = snapshot_at(path, seed)
    with_index(path)
    network = plain(path)
    for question in questions:  # with an index each as a process of its own would ask it
        assert answer(indexed(path), *question) == answer(network, *question), question


@pytest.mark.parametrize("seed", range(200 if NIGHTLY else 6))
def test_everything_in_a_network_is_the_same(tmp_path, seed):
    path = tmp_path / "network.json"
    snapshot_at(path, seed)
    with_index(path)
    expected = dict(told(plain(path)))
    network = indexed(path)
    path.unlink()  # nothing but the index is left to read
    found = dict(told(network))
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert found[name] == value, name


def test_the_corpus_answers_alike(corpus, tmp_path):
    compared = 0
    for number, source in enumerate(sorted(corpus.rglob("*.json"))):
        path = tmp_path / f"{number}.json"
        shutil.copy(source, path)
        try:
            network = plain(path)
            expected = dict(told(network))
        except SgcheckError:
            continue
        if network.names or network.stand_ins or network.warnings:
            with pytest.raises(UsageError, match="without an index"):
                with_index(path)
            continue
        with_index(path)
        assert dict(told(indexed(path))) == expected, source
        compared += 1
    assert compared > 100


@pytest.mark.parametrize("pack", [False, True])
def test_accounts_regions_and_gaps_are_kept(tmp_path, pack):
    vpc = {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}], "NetworkInterfaces": [], "RouteTables": []}
    snapshot = {
        "schema": "sgcheck.snapshot/1",
        "collected_at": "2020-01-01T00:00:00Z",
        "redacted": True,
        "caller": {"Arn": "arn:aws:iam::111122223333:user/x"},
        "accounts": {"111122223333": {"us-east-1": vpc, "eu-west-1": {"Vpcs": [], "SecurityGroups": []}}},
        "gaps": [{"kind": "network ACL", "account": "111122223333", "region": "us-east-1", "reason": "AccessDenied"}],
    }
    path = tmp_path / "snapshot"
    text = json.dumps(snapshot).encode()
    path.write_bytes(gzip.compress(text) if pack else text)
    with_index(path)
    assert dict(told(indexed(path))) == dict(told(plain(path)))
    assert plain(path).warnings


def test_what_is_wrong_is_said_in_the_same_words(tmp_path):
    """A value that makes no sense and that only a question meets names its file and record with an index, too."""
    path = tmp_path / "network.json"
    base = {"VpcId": "vpc-1", "SubnetId": "subnet-1", "Status": "in-use", "Groups": []}
    wrong = {**base, "NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.0.300"}
    right = {**base, "NetworkInterfaceId": "eni-2", "PrivateIpAddress": "10.0.0.4"}
    path.write_text(
        json.dumps({"NetworkInterfaces": [wrong, right], "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]})
    )
    with_index(path)
    question = ("eni-1", "eni-2", "80")
    assert b"network.json" in answer(plain(path), *question)
    assert answer(indexed(path), *question) == answer(plain(path), *question)


def test_a_file_that_moved_with_its_index_has_its_new_name_in_messages(tmp_path):
    path = tmp_path / "network.json"
    snapshot_at(path, 1)
    index = with_index(path)
    moved = tmp_path / "moved.json"
    path.rename(moved)
    index.rename(f"{moved}.sgindex")
    homes = [home.source for _record, home in indexed(moved).directory.own.values()]
    assert homes
    assert homes == [home.source for _record, home in plain(moved).directory.own.values()]


def test_numbers_that_are_too_long_for_an_index_are_read_from_the_snapshot(tmp_path):
    path = tmp_path / "network.json"
    group = {
        "GroupId": "sg-1",
        "VpcId": "vpc-1",
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 10**30, "ToPort": 1}],
    }
    path.write_text(json.dumps({"SecurityGroups": [group], "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}))
    try:
        expected = dict(told(plain(path)))
    except SgcheckError:  # some releases of the decoder take no such number
        with pytest.raises(SgcheckError):
            with_index(path)
        return
    with_index(path)
    assert dict(told(indexed(path))) == expected
