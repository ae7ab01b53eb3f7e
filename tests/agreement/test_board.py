"""Boards against the walk: what a row of bits says of a pair is what the walk of that pair finds."""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict

import pytest

from sgcheck.model.network import Network
from sgcheck.packets import AddressSet, parse_port
from sgcheck.reach.board import Board, single
from sgcheck.reach.explain import walk
from sgcheck.reach.fate import fate_of
from sgcheck.reach.routed import Routed
from sgcheck.reach.seating import Seat
from sgcheck.reach.survey import Survey
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.words import Words
from tests.agreement.random_cases import load
from tests.plain.networks import random_network

NETWORKS = 400 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 5
BLOCK = 5
TARGETS = 8
PORTS = ("443", "53/udp", "icmp", "22")
FABRICS = ((), ("transit",), ("balancers",), ("endpoints",), ("transit", "balancers", "endpoints"))


def network_of(seed: int) -> Network:
    rng = random.Random(seed)
    fabric = frozenset(FABRICS[seed % len(FABRICS)])
    return load(random_network(rng, nat_instances=seed % 3 == 2, fabric=fabric, told=seed % 2 == 0))


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_a_row_says_of_each_pair_what_a_walk_finds(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        network, rng = network_of(seed), random.Random(f"board {seed}")
        survey = Survey(network, Words(network), parse_port(PORTS[seed % len(PORTS)]))
        board = Board(network, survey, Routed(network))
        ids = sorted(network.interfaces)
        told: dict[tuple[str, int, str, AddressSet], list[tuple[bool, bool, bool]]] = defaultdict(list)
        for row in board.rows(ids):
            for number, seat in enumerate(row.bench.seats):
                if row.asked >> number & 1 and row.target.interface is not None:
                    bits = tuple(bool(b >> number & 1) for b in (row.passes, row.maybe, row.blocked))
                    told[seat.interface.id, seat.value, row.target.interface.id, row.target.asked].append(bits)
        for bench in board.seating.all:
            for seat in bench.seats:
                for id_ in rng.sample(ids, min(TARGETS, len(ids))):
                    for target in addresses_of(network, id_, bench.family):
                        if id_ != seat.interface.id:
                            fate = walked(network, survey, seat, target)
                            want = (bool(fate.passes), bool(fate.maybe), bool(fate.blocked))
                            found = told.get((seat.interface.id, seat.value, id_, target.asked))
                            seen["left out" if found is None else fate.verdict.value] += 1
                            assert want == (False, False, True) if found is None else found == [want], (seed, seat, id_)
    assert seen["reachable"], seen
    assert seen["blocked"], seen


def addresses_of(network: Network, id_: str, family: int) -> list[Target]:
    interface = network.interfaces[id_]
    own = [a for a in interface.addresses if a.family == family]
    return [Target(AddressSet.address(family, a.value), family, interface, (family, a.value)) for a in own]


def walked(network: Network, survey: Survey, seat: Seat, target: Target):
    interface, family = seat.interface, target.family
    subnet = network.subnets.get(interface.subnet)
    one = AddressSet.address(family, seat.value)
    vantage = Vantage(From.HOST, family, one, interface, (interface.id,), subnet)
    found = walk(network, survey.words, survey.question, vantage, target)
    return fate_of(network, found[0].asked, [b for w in found for b in w.branches])


@pytest.mark.parametrize("port", ["443", "53/udp", "icmp", "icmp:3/4", "proto:47"])
def test_one_value_in_each_family_is_what_rules_cover_or_do_not(port: str) -> None:
    assert single(parse_port(port)) is (port != "proto:47")


@pytest.mark.parametrize("port", ["all", "80,443", "8000-8001", "53/udp,53/tcp", "tcp"])
def test_more_than_one_value_is_not_asked_on_a_board(port: str) -> None:
    assert not single(parse_port(port))
