"""Every declared call against the API model that boto3 works with: it only reads, it exists, it is read to its last page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import boto3
import botocore.exceptions
import pytest
from botocore.parsers import ResponseParserError
from botocore.stub import ANY, Stubber

from sgcheck.aws.instance_status import INSTANCE_STATUS
from sgcheck.aws.kind import Call
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.vpc import VPC
from sgcheck.aws.vpn_connection import VPN_CONNECTION
from sgcheck.sources.live.asking import Asker, page_size
from sgcheck.sources.live.meter import Meter
from sgcheck.sources.live.reading import Reader
from sgcheck.sources.live.refusals import Refusal, plain_detail
from sgcheck.sources.live.sessions import Clients
from sgcheck.sources.live.who import Who

READING = re.compile(r"(Describe|Get|List|Search|Select)[A-Z]")
# What else is called: it gives credentials and changes nothing.
ASSUME = {("sts", "AssumeRole")}


def every_call() -> Iterator[Call]:
    """All calls that kinds declare, and those that only bring the values for them."""
    open_ = [call for kind in KINDS for call in kind.calls]
    seen = {}
    while open_:
        call = open_.pop()
        seen[call.service, call.operation] = call
        open_ += [feed.call for feed in call.each]
    yield from (seen[name] for name in sorted(seen))


CALLS = list(every_call())
NAMES = [f"{call.service}.{call.operation}" for call in CALLS]


@pytest.fixture(scope="module")
def clients():
    """Clients that have no credentials of anybody's."""
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    return Clients(session, Who())


def model(clients, call):
    client = clients.client(call.service, "us-east-1")
    return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])


def test_nothing_that_is_called_writes(clients):
    names = {(call.service, model(clients, call).name) for call in CALLS}
    own = {("sts", "GetCallerIdentity"), ("ec2", "DescribeRegions"), ("organizations", "ListAccounts")} | ASSUME
    assert {name for name in names | own if not READING.match(name[1])} == ASSUME


def test_nothing_else_is_called(checkout):
    """The only methods of clients that are called by name, in all of the source."""
    text = "".join(path.read_text(encoding="utf-8") for path in (checkout / "sgcheck/sources/live").glob("*.py"))
    assert set(re.findall(r"\.(?:get_paginator\(\"(\w+)|client\([^()]*\)\.(\w+))", text)) == {
        ("", "get_caller_identity"),
        ("", "describe_regions"),
        ("", "get_paginator"),
        ("get_query_results", ""),
    }
    assert "boto3" not in "".join(
        path.read_text(encoding="utf-8").replace("boto3 ", "").replace("boto3's", "").replace("boto3.", "")
        for path in (checkout / "sgcheck").rglob("*.py")
        if "sources/live" not in path.as_posix()
    )


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_what_a_call_is_asked_with_is_of_the_api(clients, call):
    operation = model(clients, call)
    members = operation.input_shape.members if operation.input_shape else {}
    told = {*call.parameters, *(feed.parameter for feed in call.each if feed is call.each[-1])}
    assert told <= set(members)
    assert set(operation.input_shape.required_members if operation.input_shape else ()) <= {
        *call.parameters,
        *(feed.parameter for feed in call.each),
    }
    assert not call.by or call.filters in members
    assert not call.ids or call.ids in members
    documented = members[call.filters].documentation if call.by else ""
    for name in call.by.values():
        assert (
            f"<code>{name}</code>" in documented
            or f"<code>{name.rstrip(':')}</code>:" in documented
            or (name == "tag:" and "<code>tag" in documented)
        ), name


@pytest.mark.parametrize("call", [call for call in CALLS if call.each], ids=lambda call: call.operation)
def test_the_values_of_a_feed_stand_where_it_says(clients, call):
    for feed in call.each:
        shape = model(clients, feed.call).output_shape
        shape = shape.members[feed.call.result_key] if feed.call.result_key else shape
        for path in feed.paths or ("",):
            here = shape
            for step in filter(None, path.split(".")):
                here = inner(here).members[step]
            assert inner(here).type_name == "string"


def inner(shape):
    """What a list holds, at any depth."""
    return inner(shape.member) if shape.type_name == "list" else shape


class One(Clients):
    """Clients that hand out one that is stubbed."""

    def __init__(self, client):
        """Hand out `client`."""
        super().__init__(None, Who())
        self._client = client

    def client(self, service, region):
        """The stubbed client."""
        del service, region
        return self._client


def tokens(client, call):
    """The members that hand a page's token on: of the answer and of the request."""
    if client.can_paginate(call.operation):
        told = client.get_paginator(call.operation)._pagination_cfg
        return told["output_token"], told["input_token"]
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])
    out = [n for n in ("NextToken", "nextToken", "NextMarker", "Marker") if n in operation.output_shape.members]
    into = [n for n in ("NextToken", "nextToken", "Marker") if n in operation.input_shape.members]
    return (out[0], into[0]) if out and into else None


def sample(shape, depth=0):
    """The least that the model takes for a shape."""
    match shape.type_name:
        case "structure":
            return {name: sample(shape.members[name], depth + 1) for name in shape.required_members}
        case "list":
            return [sample(shape.member, depth + 1)]
        case "map":
            return {}
        case "string":
            return (shape.enum or ["x" * shape.metadata.get("min", 1)])[0]
        case "boolean":
            return False
        case _:
            return 1


def a_page(operation, call, name):
    found = operation.output_shape.members[call.result_key]
    if found.type_name != "list":
        return {call.result_key: sample(found)}
    element = sample(found.member)
    if isinstance(element, dict):
        member = next((n for n, s in found.member.members.items() if s.type_name == "string" and not s.enum), None)
        element = {**element, **({member: name * 8} if member else {})}
    return {call.result_key: [element if isinstance(element, dict) else name * 8]}


@pytest.mark.parametrize("call", [call for call in CALLS if call.result_key], ids=lambda call: call.operation)
def test_every_page_is_read(call):
    client = boto3.client(call.service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])
    token = tokens(client, call)
    request = {}
    for feed in call.each:
        shape = operation.input_shape.members.get(feed.parameter)
        if shape is not None:
            value = "v" * max(inner(shape).metadata.get("min", 1), 1)
            request[feed.parameter] = [value] if shape.type_name == "list" else value
    pages = [a_page(operation, call, name) for name in (("a", "b", "c") if token else ("a",))]
    sized = client.can_paginate(call.operation) and page_size(call.service, operation.input_shape.members)
    size = {"MaxResults": ANY} if sized else {}
    with Stubber(client) as stub:
        for number, page in enumerate(pages):
            last = number == len(pages) - 1
            more = {"AdditionalRoutesAvailable": not last} if call.result_key == "Routes" else {}
            told = {**page, **more} if last else {**page, **more, token[0]: f"token-{number}"}
            handed = {token[1]: f"token-{number - 1}"} if number else {}
            expected = {**call.parameters, **request, **handed}
            stub.add_response(call.operation, told, {**expected, **size})
        meter = Meter()
        answers = Asker(One(client), "us-east-1", meter).ask(call, request)
        stub.assert_no_pending_responses()
    assert meter.calls == len(pages)
    found = [answer[call.result_key] for answer in answers]
    assert found == [page[call.result_key] for page in pages]


def test_ids_go_without_a_page_size_and_at_most_a_hundred_at_once():
    """EC2 API, DescribeInstanceStatus: MaxResults and InstanceIds exclude each other."""
    ids = [f"i-{number:017x}" for number in range(150)]
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        for some in (ids[:100], ids[100:]):
            asked = {**INSTANCE_STATUS.calls[0].parameters, "InstanceIds": some}
            stub.add_response("describe_instance_status", {"InstanceStatuses": [{"InstanceId": some[0]}]}, asked)
        reader = Reader(Asker(One(client), "us-east-1", Meter()), "111122223333", "us-east-1")
        found = reader.narrowed(INSTANCE_STATUS, "id", ids)
        stub.assert_no_pending_responses()
    assert [record["InstanceId"] for record in found.keys["InstanceStatuses"]] == [ids[0], ids[100]]


@pytest.mark.parametrize(
    "code, message, reason",
    [
        ("UnauthorizedOperation", "You are not authorized. Encoded authorization failure message: abc", "You are not authorized."),
        ("AccessDenied", "no", "no"),
        ("OptInRequired", "You are not subscribed to this service", "You are not subscribed to this service"),
        ("AuthFailure", "AWS was not able to validate the provided access credentials", "AWS was not able to validate the provided access credentials"),
        ("RequestLimitExceeded", "Request limit exceeded.", "Request limit exceeded."),
        ("ExpiredToken", "The security token included in the request is expired", "The security token included in the request is expired"),
    ],
)  # fmt: skip
def test_a_refusal_is_data(code, message, reason):
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.meta.events.unregister("needs-retry.ec2")
    meter = Meter()
    with Stubber(client) as stub:
        stub.add_client_error("describe_vpcs", code, message)
        found = Reader(Asker(One(client), "us-east-1", meter), "111122223333", "us-east-1").whole(VPC)
    assert found.keys == {}
    (gap,) = found.gaps
    assert (gap.kind_name, gap.account, gap.region) == ("VPC", "111122223333", "us-east-1")
    assert (gap.reason, gap.detail, gap.call) == (code, reason, "ec2:DescribeVpcs")
    assert (meter.answered, meter.refused) == (0, 1)


@pytest.mark.parametrize(
    "error, reason, detail",
    [
        (ResponseParserError("Unable to parse: b'<html>'"), "MalformedAnswer", "the answer can't be parsed"),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="https://user:word@ec2.nowhere/"),
            "EndpointConnectionError",
            'Could not connect to the endpoint URL: "https://…@ec2.nowhere/"',
        ),
        (
            botocore.exceptions.CredentialRetrievalError(provider="p", error_msg="token=hunter2"),
            "CredentialRetrievalError",
            "the credentials could not be had",
        ),
        (
            botocore.exceptions.ReadTimeoutError(endpoint_url="https://ec2.nowhere/"),
            "ReadTimeoutError",
            'Read timeout on endpoint URL: "https://ec2.nowhere/"',
        ),
    ],
)
def test_what_happens_on_the_way_is_data(error, reason, detail):
    class Broken:
        meta = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").meta

        def can_paginate(self, _operation):
            raise error

    with pytest.raises(Refusal) as refused:
        Asker(One(Broken()), "us-east-1", Meter()).ask(VPC.calls[0], {})
    assert (refused.value.reason, refused.value.detail, refused.value.action) == (reason, detail, "ec2:DescribeVpcs")


def test_a_fault_of_our_own_is_none_of_aws():
    class Broken:
        meta = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").meta

        def can_paginate(self, _operation):
            raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        Asker(One(Broken()), "us-east-1", Meter()).ask(VPC.calls[0], {})


@pytest.mark.parametrize(
    "answer, detail",
    [
        ([], "the answer is no object"),
        ({"Vpcs": "all of them"}, "Vpcs is no list"),
        ({"Vpcs": [{"VpcId": 5}]}, "us-east-1: Vpcs"),
    ],
)
def test_an_answer_of_another_shape_is_no_record(answer, detail):
    class Odd:
        meta = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").meta

        def can_paginate(self, _operation):
            return False

        def describe_vpcs(self, **_told):
            return answer

    found = Reader(Asker(One(Odd()), "us-east-1", Meter()), "111122223333", "us-east-1").whole(VPC)
    assert found.keys == {}
    assert [gap.reason for gap in found.gaps] == ["MalformedAnswer"]
    assert found.gaps[0].detail.startswith(detail)


def test_a_list_that_breaks_off_is_not_half_there():
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.meta.events.unregister("needs-retry.ec2")
    with Stubber(client) as stub:
        stub.add_response("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "more"})
        stub.add_client_error("describe_vpcs", "RequestLimitExceeded", "slow down")
        found = Reader(Asker(One(client), "us-east-1", Meter()), "111122223333", "us-east-1").whole(VPC)
    assert found.keys == {}
    assert [gap.reason for gap in found.gaps] == ["RequestLimitExceeded"]


def test_keys_of_vpn_connections_are_not_kept():
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    options = {"TunnelOptions": [{"OutsideIpAddress": "203.0.113.1", "PreSharedKey": "hunter2"}]}
    told = {"VpnConnectionId": "vpn-1", "CustomerGatewayConfiguration": "<key>hunter2</key>", "Options": options}
    with Stubber(client) as stub:
        stub.add_response("describe_vpn_connections", {"VpnConnections": [told]})
        found = Reader(Asker(One(client), "us-east-1", Meter()), "111122223333", "us-east-1").whole(VPN_CONNECTION)
    kept = {"TunnelOptions": [{"OutsideIpAddress": "203.0.113.1"}]}
    assert found.keys == {"VpnConnections": [{"VpnConnectionId": "vpn-1", "Options": kept}]}


@pytest.mark.parametrize(
    "text, plain",
    [
        ("The Canonical String for this request should have been 'POST\nx-amz-security-token:FwoG'", ""),
        ("bad key AKIAIOSFODNN7EXAMPLE here", "bad key … here"),
        ("X-Amz-Security-Token: FwoGZXIv next", "X-Amz-Security-Token: … next"),
        ("one\n two", "one two"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_details_hold_no_secrets(text, plain):
    assert plain_detail(text) == plain
