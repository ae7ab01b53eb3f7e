"""What goes wrong on the way to AWS ends in a gap that names the permission, or in one line and exit code 4."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from tests.cli.runs import environment, run
from tests.sources.live.moto_account import NEAR, credentials
from tests.sources.live.stub_api import IDENTITY, StubApi, error, serving, sts_error

VPCS = """<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet><item>
<vpcId>vpc-1</vpcId><ownerId>111122223333</ownerId><cidrBlock>10.0.0.0/16</cidrBlock><state>available</state>
</item></vpcSet></DescribeVpcsResponse>"""


def collected(api, tmp_path, **more):
    """The snapshot that a run writes, and the run."""
    file = tmp_path / "snap.json"
    done = run(
        "snapshot", "-o", str(file), "--region", NEAR, "--endpoint-url", api.url,
        env={**environment(), **credentials(), **more},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return json.loads(file.read_bytes()) if file.exists() else None, done


def vpc_gap(snapshot):
    (gap,) = [gap for gap in snapshot["gaps"] if gap["kind"] == "VPC"]
    return gap


@pytest.mark.parametrize(
    "answer, reason",
    [
        (error(403, "UnauthorizedOperation", "You are not authorized to perform this operation."), "UnauthorizedOperation"),
        (error(401, "AuthFailure", "not for this Region"), "AuthFailure"),
        (error(401, "OptInRequired", "opt in first"), "OptInRequired"),
        (error(503, "RequestLimitExceeded", "slow down"), "RequestLimitExceeded"),
        (error(400, "RequestExpired", "Request has expired."), "RequestExpired"),
        ((200, "<html>not what was asked"), "MalformedAnswer"),
        ((200, "<DescribeVpcsResponse><vpcSet><item><cidrBlock>10.0.0.0/8</cidrBlock></item></vpcSet></DescribeVpcsResponse>"), "MalformedAnswer"),
    ],
    ids=["denied", "wrong Region", "opted out", "throttled", "expired", "no XML", "no id"],
)  # fmt: skip
def test_a_refused_call_is_a_gap_and_the_rest_goes_on(tmp_path, answer, reason):
    with serving(StubApi({"DescribeVpcs": answer})) as api:
        snapshot, done = collected(api, tmp_path)
    assert done.returncode == 0
    gap = vpc_gap(snapshot)
    assert (gap["reason"], gap["call"], gap["region"]) == (reason, "ec2:DescribeVpcs", NEAR)
    keys = snapshot["accounts"]["111122223333"][NEAR]
    assert "Vpcs" not in keys
    assert keys["Subnets"] == []
    assert re.fullmatch(r"\d+ things? could not be read; .* says why, and which permission is needed\n", done.stderr)


def test_a_throttled_call_is_tried_again(tmp_path):
    numbers = itertools.count()
    answers = {
        "DescribeVpcs": lambda _request: error(503, "RequestLimitExceeded") if next(numbers) < 2 else (200, VPCS)
    }
    with serving(StubApi(answers)) as api:
        snapshot, _done = collected(api, tmp_path, AWS_MAX_ATTEMPTS="5")
    assert [vpc["VpcId"] for vpc in snapshot["accounts"]["111122223333"][NEAR]["Vpcs"]] == ["vpc-1"]
    assert api.asked["DescribeVpcs"] == 3


def test_an_answer_says_which_permission_would_decide_it(tmp_path):
    with serving(
        StubApi({"DescribeVpcs": (200, VPCS), "DescribeInstances": error(403, "UnauthorizedOperation")})
    ) as api:
        words = ("explain", "--from", "internet", "--to", "vpc-1", "--port", "80", "--region", NEAR)
        for action in ("DescribeNetworkInterfaces", "DescribeSubnets"):
            api.answers[action] = error(403, "UnauthorizedOperation", "not you")
        live = run(*words, "--endpoint-url", api.url, "-f", "json", env={**environment(), **credentials()})
    answer = json.loads(live.stdout)
    assert answer["verdict"] == "unknown"
    assert any("UnauthorizedOperation" in gap["why"] for gap in answer["gaps"])


def test_a_token_that_expires_half_way_is_a_gap_for_the_rest(tmp_path):
    numbers = itertools.count()

    def answer(_request):
        return (
            (200, "<Response/>") if next(numbers) < 3 else error(400, "ExpiredToken", "The security token has expired")
        )

    actions = (
        "DescribeSubnets",
        "DescribeRouteTables",
        "DescribeNetworkAcls",
        "DescribeInstances",
        "DescribeAddresses",
    )
    with serving(StubApi(dict.fromkeys(actions, answer))) as api:
        snapshot, done = collected(api, tmp_path)
    assert done.returncode == 0
    assert sum(gap["reason"] == "ExpiredToken" for gap in snapshot["gaps"]) == len(actions) - 3


ONE_LINE = re.compile(r"Error: AWS (can't be asked|refused everything that was asked): (\w+): [^\n]+\n")


@pytest.mark.parametrize("command", ["snapshot", "explain"])
@pytest.mark.parametrize(
    "answer, reason",
    [
        (sts_error(403, "ExpiredToken", "The security token included in the request is expired"), "ExpiredToken"),
        (sts_error(403, "InvalidClientTokenId", "The security token included in the request is invalid."), "InvalidClientTokenId"),
        ((200, "<html>a portal that wants a login"), "MalformedAnswer"),
    ],
    ids=["expired", "invalid", "no XML"],
)  # fmt: skip
def test_where_nobody_knows_us_it_ends_with_one_line(tmp_path, command, answer, reason):
    with serving(StubApi({"GetCallerIdentity": answer})) as api:
        words = {
            "snapshot": ("-o", str(tmp_path / "s.json")),
            "explain": ("--from", "internet", "--to", "i-1", "--port", "80"),
        }
        done = run(command, *words[command], "--endpoint-url", api.url, env={**environment(), **credentials()})
    assert done.returncode == 4
    assert done.stdout == ""
    assert ONE_LINE.fullmatch(done.stderr).group(2) == reason
    assert list(tmp_path.iterdir()) == []


def test_without_credentials_it_ends_with_one_line_and_a_hint(tmp_path):
    env = {**environment(), **credentials()}
    del env["AWS_ACCESS_KEY_ID"]
    done = run("snapshot", "-o", str(tmp_path / "s.json"), env=env)
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "Error: AWS can't be asked: NoCredentialsError: Unable to locate credentials",
        "configure them as for the AWS CLI (aws configure, AWS_PROFILE, --profile), or give files with -i",
    ]


def test_an_endpoint_that_is_not_there_ends_with_one_line(tmp_path):
    done = run(
        "snapshot",
        "-o",
        str(tmp_path / "s.json"),
        "--endpoint-url",
        "http://127.0.0.1:1",
        env={**environment(), **credentials()},
    )
    assert done.returncode == 4
    assert ONE_LINE.fullmatch(done.stderr).group(2) == "EndpointConnectionError"


@pytest.mark.parametrize("command", ["snapshot", "explain"])
def test_where_not_one_call_is_answered_it_ends_with_one_line(tmp_path, command):
    class Denying(StubApi):
        def answer(self, action, request):
            return (200, IDENTITY) if action == "GetCallerIdentity" else error(403, "UnauthorizedOperation", "not you")

    with serving(Denying({})) as api:
        words = {
            "snapshot": ("-o", str(tmp_path / "s.json")),
            "explain": ("--from", "internet", "--to", "i-1", "--port", "80"),
        }
        done = run(command, *words[command], "--endpoint-url", api.url, env={**environment(), **credentials()})
    assert done.returncode == 4, done.stderr
    assert ONE_LINE.fullmatch(done.stderr)
    assert list(tmp_path.iterdir()) == []


def test_a_role_that_is_refused_is_a_gap_of_its_account(tmp_path):
    file = tmp_path / "accounts.txt"
    file.write_text("self\narn:aws:iam::444455556666:role/audit\n", encoding="utf-8")
    with serving(
        StubApi({"AssumeRole": sts_error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole")})
    ) as api:
        out = tmp_path / "snap.json"
        done = run(
            "snapshot", "-o", str(out), "--accounts", str(file), "--endpoint-url", api.url,
            env={**environment(), **credentials()},
        )  # fmt: skip
    assert done.returncode == 0
    snapshot = json.loads(out.read_bytes())
    assert list(snapshot["accounts"]) == ["111122223333"]
    gaps = [gap for gap in snapshot["gaps"] if gap.get("account") == "444455556666"]
    assert {(gap["reason"], gap["call"]) for gap in gaps} == {("AccessDenied", "sts:AssumeRole")}
    assert "route table" in {gap["kind"] for gap in gaps}


def test_every_enabled_region_is_read(tmp_path):
    regions = "".join(f"<item><regionName>{name}</regionName></item>" for name in ("eu-west-1", "us-east-1"))
    told = f"<DescribeRegionsResponse><regionInfo>{regions}</regionInfo></DescribeRegionsResponse>"
    with serving(StubApi({"DescribeRegions": (200, told), "DescribeVpcs": (200, VPCS)})) as api:
        out = tmp_path / "snap.json"
        done = run(
            "snapshot",
            "-o",
            str(out),
            "--region",
            "all",
            "--endpoint-url",
            api.url,
            env={**environment(), **credentials()},
        )
    assert done.returncode == 0
    assert list(json.loads(out.read_bytes())["accounts"]["111122223333"]) == ["eu-west-1", "us-east-1"]


def test_every_active_account_of_the_organization_is_read(tmp_path):
    listed = {
        "Accounts": [
            {"Id": "111122223333", "Status": "ACTIVE"},
            {"Id": "444455556666", "Status": "ACTIVE"},
            {"Id": "777788889999", "Status": "SUSPENDED"},
        ]
    }

    def assume(request):
        assert request["RoleArn"] == "arn:aws:iam::444455556666:role/audit"
        return 200, ASSUMED

    def identity(_request):
        return 200, IDENTITY if not api.asked["AssumeRole"] else IDENTITY.replace("111122223333", "444455556666")

    answers = {"ListAccounts": (200, json.dumps(listed)), "AssumeRole": assume, "GetCallerIdentity": identity}
    with serving(StubApi(answers)) as api:
        out = tmp_path / "snap.json"
        done = run(
            "snapshot",
            "-o",
            str(out),
            "--org",
            "audit",
            "--endpoint-url",
            api.url,
            env={**environment(), **credentials()},
        )
    assert done.returncode == 0, done.stderr
    assert list(json.loads(out.read_bytes())["accounts"]) == ["111122223333", "444455556666"]
    assert api.asked["AssumeRole"] == 1


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
