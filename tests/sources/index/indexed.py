"""A snapshot with an index beside it, and everything that a network says, for comparing two of one snapshot."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from sgcheck.aws.build import build
from sgcheck.aws.kinds import KINDS
from sgcheck.errors import SgcheckError
from sgcheck.model.network import Network
from sgcheck.reach.explain import explain
from sgcheck.reach.question import Question
from sgcheck.render import explain_json
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.index.building import build_index
from sgcheck.sources.index.opening import open_index
from tests.plain.networks import random_network
from tests.plain.questions import random_questions

FABRICS = (frozenset(), frozenset({"transit"}), frozenset({"balancers"}), frozenset({"endpoints"}))
TABLES = [
    "vpcs",
    "subnets",
    "interfaces",
    "instances",
    "groups",
    "acls",
    "tables",
    "internet_gateways",
    "egress_only_gateways",
    "nats",
    "peerings",
    "endpoints",
    "endpoint_services",
    "firewalls",
    "firewall_of_endpoint",
    "vpn_gateways",
    "acl_of_subnet",
    "default_acl",
    "table_of_subnet",
    "main_table",
    "table_of_gateway",
    "tables_of_vpc",
    "group_names",
    "subnets_of",
    "with_group",
    "in_subnet",
]
INDEXES = ["addresses", "publics", "groups", "subnets", "instances", "marked", "described"]
VALUES = [
    "services",
    "balancers",
    "internet",
    "advertised",
    "known_addresses",
    "public_addresses",
    "warnings",
    "refused",
]


def told(network: Network) -> Iterator[tuple[str, Any]]:
    """Everything that a network says, the order of its tables included."""
    for name in TABLES:
        yield (
            name,
            [(key, attempt(lambda key=key, name=name: getattr(network, name)[key])) for key in getattr(network, name)],
        )
    for name in INDEXES:
        found = attempt(lambda name=name: getattr(network.directory, name))
        yield name, found if isinstance(found, str) else list(found.items())
    yield "prefixed", attempt(lambda: list(network.directory.prefixed))
    for name in VALUES:
        yield name, comparable(attempt(lambda name=name: getattr(network, name)))
    transit = network.transit
    tables = [attempt(partial(transit.table, id_)) for id_ in transit._makers]
    yield "transit", (transit.gateways, list(transit.attachments), tables)
    for kind in KINDS:
        yield kind.name, [network.absent(kind.name, *place) for place in ((None, None), ("111122223333", "us-east-1"))]
    yield "several Regions", vars(network.vocabulary)


def attempt(ask: Any) -> Any:
    """What `ask` returns, or the message that it fails with."""
    try:
        return ask()
    except SgcheckError as error:
        return f"{error.message} / {error.hint}"


def comparable(value: Any) -> Any:
    """A value that is equal to another one that says the same."""
    if isinstance(value, (str, tuple, list)) or (
        hasattr(type(value), "__eq__") and type(value).__eq__ is not object.__eq__
    ):
        return value
    return {name: comparable(one) for name, one in vars(value).items()} if hasattr(value, "__dict__") else value


def answer(network: Network, source: str, target: str, port: str) -> bytes:
    """The answer to a question, as JSON, or the message that it fails with."""
    found = attempt(lambda: explain_json.render(explain(network, Question.parse(source, target, port))))
    return str(found).encode()


def snapshot_at(path: Path, seed: int) -> list[tuple[str, str, str]]:
    """Write a random network to `path`, and return questions about it, also about all of it and about nobody."""
    rng = random.Random(f"index {seed}")
    record = random_network(rng, fabric=FABRICS[seed % len(FABRICS)])
    path.write_bytes(msgspec.json.encode(record))
    questions = [(drawn.asked_from, drawn.asked_to, drawn.port) for drawn in random_questions(rng, record, 8)]
    ids = sorted(
        record.get(key, [{}])[0].get(member, "") for key, member in (("Subnets", "SubnetId"), ("Vpcs", "VpcId"))
    )
    questions += [("internet", id_, "443") for id_ in ids if id_] + [(id_, "internet", "all") for id_ in ids if id_]
    questions += [("10.0.0.0/8", "name:*", "22"), ("internet", "tag:Name=*", "443"), ("internet", "i-nobody", "80")]
    return [
        *questions,
        ("internet", "web.example.com", "80"),
        ("internet", "lb:*", "443"),
        ("rds:*", "internet", "443"),
    ]


def indexed(path: Path, said: list[str] | None = None) -> Network:
    """The network by the index beside `path`, which has to be of use."""
    snapshot = open_index(str(path), said.append if said is not None else refuse)
    assert snapshot is not None
    return build(snapshot)


def refuse(note: str) -> None:
    """Nothing was to be said."""
    raise AssertionError(note)


def plain(path: Path) -> Network:
    """The network without an index."""
    return build(load_snapshot([str(path)]))


def with_index(path: Path) -> Path:
    """Make the index of `path`, and return where it is."""
    return Path(build_index(str(path)))
