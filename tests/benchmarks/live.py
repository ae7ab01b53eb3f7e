"""How long a snapshot of many accounts takes, with a transport that answers from memory after a while.

Run by hand: `python -m tests.benchmarks.live`. What counts is how near the time is to calls x latency / threads, and
that memory does not grow with the number of accounts.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse

from sgcheck.sources.live.accounts import Chain
from sgcheck.sources.live.collecting import Collector
from sgcheck.sources.live.parts import Parts
from sgcheck.sources.live.who import Role, Who

OWN = 100_000_000_000
INTERFACE = """<item><networkInterfaceId>eni-{0:017x}</networkInterfaceId><subnetId>subnet-{0:017x}</subnetId>
<vpcId>vpc-1</vpcId><ownerId>1</ownerId><privateIpAddress>10.0.0.1</privateIpAddress><status>in-use</status></item>"""
CREDENTIALS = """<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA{account}</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>{account}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>"""
IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/me</Arn>
<UserId>u</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""


class Transport:
    """Answers requests after `latency` seconds; every account has `interfaces` of them in each Region."""

    def __init__(self, latency: float, interfaces: int) -> None:
        """Start."""
        self.latency = latency
        self.calls = 0
        self._lock = threading.Lock()
        found = "".join(INTERFACE.format(number) for number in range(interfaces))
        self._interfaces = f"<R><networkInterfaceSet>{found}</networkInterfaceSet></R>"

    def send(self, request: Any) -> AWSResponse:
        """The answer to a request of botocore's."""
        with self._lock:
            self.calls += 1
        time.sleep(self.latency)
        body = request.body or b""
        text = body.decode() if isinstance(body, bytes) else str(body)
        told = {name: values[0] for name, values in parse_qs(text).items()}
        data = self._answer(told.get("Action", ""), told, request.headers).encode()
        response = AWSResponse(request.url, 200, {"Content-Type": "text/xml"}, io.BytesIO(data))
        response._content = data
        return response

    def _answer(self, action: str, told: dict[str, str], headers: Any) -> str:
        match action:
            case "":
                return "{}"
            case "AssumeRole":
                return CREDENTIALS.format(account=told["RoleArn"].split(":")[4])
            case "GetCallerIdentity":
                token = headers.get("X-Amz-Security-Token") or str(OWN)
                return IDENTITY.format(account=token.decode() if isinstance(token, bytes) else token)
            case "DescribeNetworkInterfaces":
                return self._interfaces
            case _:
                return f"<{action}Response><{action}Result/></{action}Response>"


class Memory:
    """Watches how much memory the process has while accounts come and go."""

    def __init__(self, pieces: int) -> None:
        """Sample after each quarter of `pieces`."""
        self._pieces = pieces
        self._done = 0
        self._lock = threading.Lock()
        self.samples: list[int] = []

    def expect(self, pieces: int) -> None:
        """Know that already."""

    def done(self, *_piece: object) -> None:
        """Count one more."""
        with self._lock:
            self._done += 1
            if self._done % (self._pieces // 4) == 0:
                self.samples.append(resident())


def resident() -> int:
    """The memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--regions", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds that each call takes")
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--interfaces", type=int, default=100, help="in each account and Region")
    told = parser.parse_args()
    from sgcheck.aws.kinds import KINDS

    os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_EC2_METADATA_DISABLED": "true"}
    transport = Transport(told.latency, told.interfaces)
    regions = ("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-south-1", "sa-east-1")[: told.regions]
    roles = tuple(Role(f"arn:aws:iam::{OWN + 1 + number}:role/audit") for number in range(told.accounts))
    who = Who(regions=regions, roles=roles, own=False, threads=told.threads)
    memory = Memory(told.accounts * told.regions * len(KINDS))
    # A mock would keep every request.
    send = mock.patch("botocore.httpsession.URLLib3Session.send", lambda _session, request: transport.send(request))
    with tempfile.TemporaryDirectory() as folder, send:
        began = time.monotonic()
        chain = Chain(who)
        parts = Parts(Path(folder) / "snap.json.gz", None, resume=True)
        Collector(chain, parts, memory).run()
        collected = time.monotonic() - began
        parts.merge(chain.caller.arn)
        merged = time.monotonic() - began - collected
        size = parts.file.stat().st_size
    least = transport.calls * told.latency / told.threads
    print(
        f"{told.accounts} accounts x {told.regions} Regions, {len(KINDS)} kinds: {transport.calls} calls of {told.latency} s, {told.threads} threads"
    )
    print(f"collected in {collected:.0f} s; calls x latency / threads is {least:.0f} s ({collected / least:.2f} times)")
    print(f"merged in {merged:.1f} s into {size / 1e6:.1f} MB; memory at each quarter: {memory.samples} MB")


if __name__ == "__main__":
    main()
