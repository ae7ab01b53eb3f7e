"""Ways walked once for many senders against the walk of each pair: lanes, departures, and surveys with seats."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from sgcheck.model.network import Network
from sgcheck.packets import AddressSet, Services, parse_port
from sgcheck.reach.admissions import Admissions
from sgcheck.reach.crowds import askers, crowds, private_targets, public_targets
from sgcheck.reach.departures import Departures
from sgcheck.reach.doorways import Doorways
from sgcheck.reach.fate import Fate
from sgcheck.reach.lanes import Lanes
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.outside import Outside
from sgcheck.reach.routed import Routed
from sgcheck.reach.seating import Seating
from sgcheck.reach.survey import Survey
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.words import Words
from tests.agreement.test_board import addresses_of, network_of, walked

NETWORKS = 300 if os.environ.get("SGCHECK_PROFILE") == "nightly" else 3
BLOCK = 3
TARGETS = 6
PORTS = ("all", "22,443,8000-8100", "tcp", "53/udp,icmp", "1-65535/udp,80")
Told = tuple[Services, Services, bool]


def told(fate: Fate) -> Told:
    """What a lane says, of a fate."""
    sure = fate.passes.services()
    return sure, fate.maybe.services() - sure, bool(fate.blocked)


def surveyed(seed: int) -> tuple[Network, Survey]:
    network = network_of(seed)
    return network, Survey(network, Words(network), parse_port(PORTS[seed % len(PORTS)]))


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_a_lane_says_of_each_pair_what_a_walk_finds(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        network, survey = surveyed(seed)
        rng = random.Random(f"lanes {seed}")
        ids = sorted(network.interfaces)
        seating = Seating(network, survey, Routed(network))
        lanes = Lanes(network, seating, private_targets(network, ids))
        for bench in seating.all:
            for number, seat in enumerate(bench.seats):
                found: dict[tuple[str, AddressSet], Told | None] = {}
                for targets, lane in lanes.of(bench, number):
                    for target in targets:
                        assert target.interface is not None
                        key = (target.interface.id, target.asked)
                        assert key not in found
                        found[key] = lane and (lane.sure, lane.perhaps - lane.sure, lane.blocked)
                for id_ in rng.sample(ids, min(TARGETS, len(ids))):
                    for target in addresses_of(network, id_, bench.family):
                        if id_ == seat.interface.id:
                            continue
                        if (id_, target.asked) in found and found[id_, target.asked] is None:
                            seen["to be walked"] += 1
                            continue
                        fate = walked(network, survey, seat, target)
                        if (id_, target.asked) not in found:
                            seen["left out"] += 1
                            assert not fate.passes, (seed, seat, id_)
                            assert not fate.maybe, (seed, seat, id_)
                        else:
                            seen[fate.verdict.value] += 1
                            assert found[id_, target.asked] == told(fate), (seed, seat, id_)
    assert seen["partial"] + seen["reachable"] > 3, seen
    assert seen["blocked"] > 3, seen


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_what_gets_out_to_the_internet_is_what_a_walk_finds(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        network, survey = surveyed(seed)
        outside = survey.words.internet
        departures = Departures(network, survey, Outside(survey.likeness, outside), Doorways(network, survey))
        for interface in askers(network):
            subnet = network.subnets.get(interface.subnet)
            for address in own_addresses(interface):
                one = AddressSet.address(address.family, address.value)
                vantage = Vantage(From.HOST, address.family, one, interface, (interface.id,), subnet)
                target = Target(outside.only(address.family), address.family, internet=True)
                want = survey.outlook(vantage).fate(target)
                lane = departures.lane(interface, address)
                seen[want.verdict.value] += 1
                assert (lane.sure, lane.perhaps - lane.sure, lane.blocked) == told(want), (seed, interface.id)
                assert bool(lane.gaps) is bool(want.gaps), (seed, interface.id)
    assert seen["partial"] + seen["reachable"], seen
    assert seen["blocked"], seen


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_what_comes_in_from_the_internet_is_what_a_walk_finds(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        network, survey = surveyed(seed)
        outside = survey.words.internet
        admissions = Admissions(network, survey, Outside(survey.likeness, outside), Doorways(network, survey))
        for target in public_targets(network, sorted(network.interfaces)):
            want = survey.outlook(Vantage(From.INTERNET, target.family, outside.only(target.family))).fate(target)
            lane = admissions.lane(target)
            assert lane is not None
            seen[want.verdict.value] += 1
            assert (lane.sure, lane.perhaps - lane.sure, lane.blocked) == told(want), (seed, target)
            assert bool(lane.gaps) is bool(want.gaps), (seed, target)
    assert seen["partial"] + seen["reachable"], seen
    assert seen["blocked"], seen


@pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
def test_who_shares_a_way_with_others_fares_as_alone(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        network, alone = surveyed(seed)
        survey = Survey(network, alone.words, alone.question.services)
        survey.seating = Seating(network, survey, Routed(network))
        rng = random.Random(f"shared {seed}")
        targets = list(private_targets(network, sorted(network.interfaces)))
        for crowd in crowds(network, askers(network)):
            for vantage in crowd.vantages:
                outlook, other = survey.outlook(vantage), alone.outlook(vantage)
                near = [t for t in targets if t.family == vantage.family]
                for target in rng.sample(near, min(TARGETS, len(near))):
                    fate, want = outlook.fate(target), other.fate(target)
                    seen[want.verdict.value] += 1
                    for part in ("asked", "passes", "maybe", "flaky"):
                        assert getattr(fate, part) == getattr(want, part), (seed, vantage.interfaces, target, part)
    assert seen["partial"] + seen["reachable"] > 3, seen
    assert seen["blocked"] > 3, seen
