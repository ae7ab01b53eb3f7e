"""One call with all its pages, in one account and Region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgcheck.aws.kind import Call
from sgcheck.sources.live.meter import Meter
from sgcheck.sources.live.refusals import MALFORMED, Refusal, refusals
from sgcheck.sources.live.sessions import Clients

_EC2_PAGE = 1000
_TOKENS = ("NextToken", "nextToken", "NextMarker", "Marker")
Answer = dict[str, Any]


class Asker:
    """Asks one account in one Region."""

    def __init__(self, clients: Clients, region: str, meter: Meter) -> None:
        """Ask through `clients` and count on `meter`."""
        self._clients = clients
        self._region = region
        self._meter = meter

    def ask(self, call: Call, parameters: Mapping[str, Any]) -> list[Answer]:
        """Every page of the answer to `call`; raises Refusal where one of them is refused."""
        try:
            with refusals(call.action):
                client = self._clients.client(call.service, self._region)
                return list(self._pages(client, call, {**call.parameters, **parameters}))
        except Refusal:
            self._meter.refuse()
            raise

    def sensitive(self, call: Call) -> frozenset[str]:
        """The members of the call's answer that the API model calls sensitive."""
        return self._clients.sensitive(call.service, self._region, call.operation)

    def _pages(self, client: Any, call: Call, parameters: dict[str, Any]) -> Iterator[Answer]:
        for page in pages(client, call, parameters):
            self._meter.answer()
            yield _checked(page, call)


def _checked(page: object, call: Call) -> Answer:
    """A page; raises Refusal where what should hold the records is something else."""
    if not isinstance(page, dict):
        raise Refusal(MALFORMED, "the answer is no object", call.action)
    found = page.get(call.result_key, []) if call.result_key else {}
    if not isinstance(found, list | dict):
        raise Refusal(MALFORMED, f"{call.result_key} is no list", call.action)
    return page


def pages(client: Any, call: Call, parameters: Mapping[str, Any]) -> Iterator[Any]:
    """The pages of an operation's answer: by boto3's paginator where it has one, else from token to token.

    Parameters that the installed API model does not know are left out.
    """
    operation = call.operation
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    known = model.input_shape.members if model.input_shape else {}
    told = {name: value for name, value in parameters.items() if name in known}
    if client.can_paginate(operation):
        size = None if call.ids in told else page_size(client.meta.service_model.service_name, known)
        config = {"PageSize": size} if size else {}
        yield from client.get_paginator(operation).paginate(**told, PaginationConfig=config)
        return
    yield from _by_token(getattr(client, operation), call, known, told)


def page_size(service: str, members: Mapping[str, Any]) -> int | None:
    """The largest page that an operation with these members gives, None where it is left to the service.

    EC2 takes 1,000 for what has no maximum in the model (EC2 API, DescribeInstances: MaxResults).
    """
    limit = members.get("MaxResults")
    if limit is None:
        return None
    most = limit.metadata.get("max", _EC2_PAGE if service == "ec2" else None)
    return int(most) if most else None


def _by_token(method: Any, call: Call, known: Mapping[str, Any], told: dict[str, Any]) -> Iterator[Any]:
    asked = next((name for name in _TOKENS if name in known), None)
    seen: set[str] = set()
    while True:
        page = method(**told)
        yield page
        token = next((page[name] for name in _TOKENS if page.get(name)), None) if isinstance(page, dict) else None
        if not asked or not token:
            return
        if token in seen:
            raise Refusal(MALFORMED, "the same page comes again and again", call.action)
        seen.add(token)
        told = {**told, asked: token}
