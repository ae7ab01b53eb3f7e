"""What `diff` says of whole networks: changes of every kind of thing, each undone, rows, and what is selected."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from sgcheck.errors import UnknownNameError
from sgcheck.packets import Services
from sgcheck.reach.changes import changes
from sgcheck.reach.diff import diff
from sgcheck.reach.selection import select
from sgcheck.reach.undo import Undoing
from tests.agreement.random_cases import load
from tests.plain.networks import random_network

FOLDER = Path(__file__).resolve().parents[2] / "examples/diff-opens-ssh"
EVERY = frozenset({"transit", "balancers", "endpoints"})


@pytest.fixture(scope="module")
def both():
    return [load(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))) for name in ("before", "after")]


@pytest.mark.parametrize("seed", range(8))
def test_two_networks_that_have_nothing_in_common_but_some_ids(seed):
    """Everything changes: things come, go and become others; undone together, the earlier network is there again."""
    pair = [load(random_network(random.Random(f"{seed} {n}"), 2, fabric=EVERY)) for n in (0, 1)]
    found = changes(*pair)
    assert found
    assert all(change.text and "\n" not in change.text for change in found)
    assert changes(pair[0], Undoing(*pair).without(found)) == ()


def test_rows_of_the_example(both):
    found = diff(*both)
    assert [(row.source.kind, row.ports, row.tier) for row in found.opened] == [
        ("internet", "22", 1),
        ("hosts", "22", 1),
    ]
    assert [(row.source.kind, row.ports) for row in found.closed] == [("hosts", "5432")]
    assert (len(found.from_internet), len(found.config), found.undecided) == (1, 2, ())


@pytest.mark.parametrize(
    "source, target, opened, closed",
    [
        ("internet", None, 1, 0),
        ("10.0.2.30", None, 1, 0),
        ("203.0.113.0/24", "198.51.100.7", 1, 0),
        ("i-0a1", "i-0db", 0, 1),
        ("onprem", None, 0, 0),
        (None, "internet", 0, 0),
    ],
)
def test_what_is_selected(both, source, target, opened, closed):
    found = diff(*both, select(*both, Services.ALL, source, target))
    assert (len(found.opened), len(found.closed)) == (opened, closed)


def test_an_end_that_neither_network_knows(both):
    with pytest.raises(UnknownNameError):
        select(*both, Services.ALL, "i-404")
