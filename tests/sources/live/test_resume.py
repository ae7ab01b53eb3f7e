"""A collection that is killed goes on where it stopped, and what comes of it is what an undisturbed one brings."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sgcheck.aws.kinds import KINDS
from sgcheck.aws.subnet import SUBNET
from sgcheck.aws.vpc import VPC
from sgcheck.errors import UsageError
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.live.parts import Parts
from sgcheck.sources.live.reading import Found
from tests.cli.runs import CHECKOUT, PROGRAM, environment
from tests.sources.live.moto_account import FAR, NEAR, credentials

ROUNDS = 500 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 50
CALLER = "arn:aws:iam::111122223333:user/me"


@pytest.fixture
def command(moto):
    """Starts `sgcheck snapshot` into a file."""

    def start(file: Path) -> subprocess.Popen[bytes]:
        words = ["snapshot", "-o", str(file), "--region", NEAR, "--region", FAR, "--endpoint-url", moto.endpoint]
        env = {**environment(), **credentials()}
        return subprocess.Popen([*PROGRAM, *words], cwd=CHECKOUT, env=env, stderr=subprocess.PIPE)

    return start


def told(file: Path) -> object:
    """A snapshot without its time."""
    held = json.loads(file.read_bytes())
    del held["collected_at"]
    return held


def finished(process: subprocess.Popen[bytes]) -> int:
    _out, complaint = process.communicate(timeout=120)
    assert b"Traceback" not in complaint, complaint
    return process.returncode


def test_killed_and_resumed_equals_undisturbed(command, tmp_path):
    undisturbed = tmp_path / "undisturbed.json"
    assert finished(command(undisturbed)) == 0
    rng = random.Random(11)
    file = tmp_path / "killed.json"
    kills = 0
    whole = 0
    until = time.monotonic() + 60
    while (kills < ROUNDS and time.monotonic() < until) or not whole:
        process = command(file)
        try:
            process.wait(timeout=rng.uniform(0.25, 0.8) if kills < ROUNDS else 120)
        except subprocess.TimeoutExpired:
            process.send_signal(rng.choice((signal.SIGKILL, signal.SIGTERM)))
            kills += 1
        finished(process)
        if file.exists():
            # A killed run leaves no half file; after a whole one the next begins anew.
            assert told(file) == told(undisturbed)
            assert load_snapshot([str(file)]).counts == load_snapshot([str(undisturbed)]).counts
            whole += 1
            if process.returncode == 0:
                assert not file.with_name("killed.json.parts").exists()
            file.unlink()
    assert kills >= 10
    assert whole


def test_ctrl_c_ends_at_once_and_the_parts_stay(command, tmp_path):
    file = tmp_path / "snap.json"
    process = command(file)
    parts = file.with_name("snap.json.parts")
    until = time.monotonic() + 60
    while not list(parts.glob("*.json")) and time.monotonic() < until and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    code = finished(process)
    if file.exists():
        pytest.skip("it was faster than the interruption")
    assert code == 130
    assert time.monotonic() - began < 5
    assert list(parts.glob("*.json"))


def found(kind, region="us-east-1", **keys) -> Found:
    made = Found(kind, "111122223333", region)
    for key, elements in keys.items():
        made.take(key, elements)
    return made


@pytest.fixture
def part(tmp_path) -> Iterator[Parts]:
    """Parts of `snap.json` with one of VPCs."""
    parts = Parts(tmp_path / "snap.json", None, resume=True)
    parts.put(CALLER, found(VPC, Vpcs=[{"VpcId": "vpc-1"}]))
    yield parts
    parts.remove()


def again(part: Parts, endpoint: str | None = None, *, resume: bool = True) -> Parts:
    return Parts(part.file, endpoint, resume=resume)


def test_a_part_is_not_asked_again(part):
    resumed = again(part)
    assert resumed.has(CALLER, "111122223333", "us-east-1", VPC)
    assert not resumed.has(CALLER, "111122223333", "us-east-1", SUBNET)
    assert not resumed.has(CALLER, "111122223333", "eu-west-1", VPC)
    resumed.merge(CALLER)
    assert told(part.file)["accounts"] == {"111122223333": {"us-east-1": {"Vpcs": [{"VpcId": "vpc-1"}]}}}
    assert not part.folder.exists()


def test_a_part_of_another_caller_endpoint_or_wish_is(part):
    assert not again(part).has(CALLER + "2", "111122223333", "us-east-1", VPC)
    assert not again(part, "http://elsewhere").has(CALLER, "111122223333", "us-east-1", VPC)
    other = msgspec.structs.replace(VPC, secrets=frozenset({"Tags"}))
    assert not again(part).has(CALLER, "111122223333", "us-east-1", other)
    assert not again(part, resume=False).has(CALLER, "111122223333", "us-east-1", VPC)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "sgcheck.part/1"}', '{"schema": "sgcheck.part/2"}'])
def test_a_part_that_is_none_is_asked_again(part, text):
    (path,) = part.folder.glob("*.json")
    path.write_text(text, encoding="utf-8")
    assert not again(part).has(CALLER, "111122223333", "us-east-1", VPC)


def test_parts_of_a_finished_file_are_not_used_again(part):
    (part.folder / ".finished").touch()
    assert not again(part).has(CALLER, "111122223333", "us-east-1", VPC)


def test_a_file_in_a_folder_that_is_not_there_is_refused_before_anything_is_asked(tmp_path):
    with pytest.raises(UsageError, match="can't write"):
        Parts(tmp_path / "nowhere" / "snap.json", None, resume=True)
    with pytest.raises(UsageError, match="is a directory"):
        Parts(tmp_path, None, resume=True)


def test_a_device_or_pipe_is_not_replaced_by_a_snapshot(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="a device or pipe"):
        Parts(pipe, None, resume=True)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_snapshot_has_its_kinds_in_one_order(part):
    for kind in reversed(KINDS[1:]):
        part.put(CALLER, found(kind, **{kind.keys[0]: {} if kind.keys[0] == "PrefixListEntries" else []}))
    part.merge(CALLER)
    keys = list(told(part.file)["accounts"]["111122223333"]["us-east-1"])
    assert keys == [kind.keys[0] for kind in KINDS]
