"""Progress is for people: on a terminal it is drawn and wiped away, elsewhere nothing is said."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from sgcheck.aws.kinds import KINDS
from sgcheck.sources.live.pool import Pool
from tests.cli.runs import CHECKOUT, PROGRAM, environment
from tests.sources.live.moto_account import NEAR, credentials
from tests.sources.live.stub_api import StubApi, serving

pty = pytest.importorskip("pty")


def drawn(command, env) -> str:
    """What a program writes to a terminal that is its standard error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=CHECKOUT, env=env, stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    told = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not read:
            break
        told += read
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return told.decode()


def test_progress_and_the_number_of_calls_on_a_terminal(tmp_path):
    with serving(StubApi({}, latency=0.02)) as api:
        words = ["snapshot", "-o", str(tmp_path / "s.json"), "--region", NEAR, "--endpoint-url", api.url]
        told = drawn([*PROGRAM, *words], {**environment(), **credentials(), "TERM": "xterm", "COLUMNS": "120"})
    assert "account 111122223333" in told
    assert any(kind.plural in told for kind in KINDS)
    assert re.search(r"asked AWS: \d+ calls in [\d.]+ s", told)


def test_a_job_that_fails_ends_the_rest():
    pool = Pool(2)

    def fail():
        raise ValueError("mine")

    pool.add(fail)
    with pytest.raises(ValueError, match="mine"):
        pool.finish()


def test_jobs_may_add_jobs_and_the_threads_end():
    pool = Pool(3)
    done = []

    def job(depth):
        done.append(depth)
        if depth:
            pool.add(lambda: job(depth - 1))
            pool.add(lambda: job(depth - 1))

    for _ in range(2):
        pool.add(lambda: job(4))
        pool.finish()
    assert len(done) == 2 * 31
