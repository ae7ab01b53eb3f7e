"""A survey, which walks each kind of way once, against `explain`'s walks of every single pair."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sgcheck.model.network import Network
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach import survey as surveying
from sgcheck.reach.between import between
from sgcheck.reach.crowds import askers, crowds, private_targets
from sgcheck.reach.explain import walk
from sgcheck.reach.exposure import exposure
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.survey import Outlook
from sgcheck.reach.vantage import From, Target, Vantage
from tests.agreement.survey_cases import FABRICS, PARTS, Sum, Surveyed, differences, sources, surveyed
from tests.reach import lab

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 400 if NIGHTLY else 4
BLOCK = 2
PAIRS = 8
ASKED = 2
each_block = pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))
each_fabric = pytest.mark.parametrize(
    "fabric", range(len(FABRICS)), ids=lambda n: "+".join(sorted(FABRICS[n])) or "plain"
)


@each_block
@each_fabric
def test_the_fate_of_every_pair_is_what_its_walks_say(fabric: int, first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        rng = random.Random(f"pairs {seed}")
        case = surveyed(seed, fabric, told=seed % 2 == 0)
        for source in sources(seed, case.network):
            outlooks: dict[int, Outlook] = {}
            pairs = case.pairs(source)
            for vantage, target in pairs if NIGHTLY else rng.sample(pairs, min(PAIRS, len(pairs))):
                outlook = outlooks.setdefault(id(vantage), case.survey.outlook(vantage))
                fate, want = outlook.fate(target), case.walked(vantage, target)
                seen[want.verdict] += 1
                where = (seed, source, vantage.start, vantage.interfaces, target.interface and target.interface.id)
                assert differences(fate, want, vantage, target) == [], (*where, target.asked)
    assert seen["blocked"], seen
    assert seen["partial"] or seen["reachable"], seen


@pytest.mark.parametrize("first", range(0, NETWORKS, 2 * BLOCK))
@each_fabric
def test_a_crowd_reaches_what_its_members_reach(fabric: int, first: int) -> None:
    """Hosts that nothing tells apart, asked together, against the walks of each of them alone."""
    compared = 0
    for seed in range(first, first + 2 * BLOCK):
        case = surveyed(seed, fabric, told=seed % 2 == 0)
        for crowd in crowds(case.network, askers(case.network)):
            for vantage in crowd.vantages:
                if len(vantage.interfaces) > 1:
                    compared += _agrees(case, vantage, seed)
    assert compared


def _agrees(case: Surveyed, crowd: Vantage, seed: int) -> int:
    """Compare every target of a crowd with its members one by one; returns how many were compared."""
    outlook = case.survey.outlook(crowd)
    targets = [t for t in private_targets(case.network, sorted(case.network.interfaces)) if t.family == crowd.family]
    rng = random.Random(f"crowd {seed}")
    for target in targets if NIGHTLY else rng.sample(targets, min(ASKED, len(targets))):
        alone: list[Sum] = []
        for id_ in crowd.interfaces:
            interface = case.network.interfaces[id_]
            if target.interface is not None and target.interface.id == id_:
                continue
            subnet = case.network.subnets.get(interface.subnet)
            for address in own_addresses(interface):
                if address.family == crowd.family:
                    single = Vantage(
                        From.HOST,
                        crowd.family,
                        AddressSet.address(address.family, address.value),
                        interface,
                        (id_,),
                        subnet,
                    )
                    alone.append(case.walked(single, target))
        fate, where = outlook.fate(target), (seed, crowd.interfaces, target.interface and target.interface.id)
        for part in PARTS:
            want = PacketSet.union_all([getattr(one, part) for one in alone])
            sole = target.asked.sole
            assert sole is not None
            assert getattr(fate, part) == want.before_destination(*sole), (part, *where)
        assert frozenset(fate.gaps) == frozenset(g for one in alone for g in one.gaps), where
    return len(targets)


def alike_hosts(count: int) -> Network:
    """The lab with many interfaces like that of i-web in its public subnet, each with a public address of its own."""
    record = lab.lab()
    for n in range(20, 20 + count):
        twin = lab.interface(f"eni-twin-{n}", "subnet-pub", f"10.0.1.{n}", ["sg-web"], f"198.51.100.{n}")
        record["NetworkInterfaces"].append(twin)
    return lab.load(record)


@pytest.mark.parametrize("source", ["internet", "i-db", "10.0.2.0/24", "sg-web"])
def test_hosts_alike_share_their_ways(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Counted work: with twenty times as many hosts alike there are no more walks."""
    counts: list[int] = []
    for hosts in (5, 100):
        walked: list[Target] = []
        with monkeypatch.context() as patched:
            patched.setattr(surveying, "between", _counting(between, walked))
            patched.setattr(surveying, "walk", _counting(walk, walked))
            found = exposure(alike_hosts(hosts), source)
        assert found.reached >= hosts
        counts.append(len(walked))
    assert counts[0] == counts[1] > 0


def _counting(function: Callable[..., Any], walked: list[Target]) -> Callable[..., Any]:
    """The function itself, keeping count of the targets that it is called for."""

    def counted(*words: Any) -> Any:
        walked.extend(word for word in words if isinstance(word, Target))
        return function(*words)

    return counted
