"""`reach` against `explain`, asked pair by pair, on random networks of every kind."""

from __future__ import annotations

import os
import random
from collections import Counter
from itertools import product

import pytest

from sgcheck.errors import UsageError
from sgcheck.model.network import Network
from sgcheck.packets import PacketSet, Services
from sgcheck.reach.attack import INTERNET_END, ONPREM_END, Surveying
from sgcheck.reach.crowds import askers
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.explain import walk
from sgcheck.reach.exposure import NEVER
from sgcheck.reach.fate import fate_of
from sgcheck.reach.pairs import Pairs, UntoldError
from sgcheck.reach.routed import Routed
from sgcheck.reach.survey import Survey
from sgcheck.reach.vantage import From, Target, Vantage
from tests.agreement.random_cases import load
from tests.plain.networks import random_network

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 300 if NIGHTLY else 10
FABRICS = (
    frozenset(),
    frozenset({"transit"}),
    frozenset({"balancers"}),
    frozenset({"endpoints"}),
    frozenset({"transit", "balancers", "endpoints"}),
)


NOTHING = (PacketSet.EMPTY, PacketSet.EMPTY, False)


def network_of(seed: int) -> Network:
    """A random network; every fifth has everything."""
    told = seed % 2 == 0
    return load(random_network(random.Random(seed), nat_instances=seed % 3 == 2, fabric=FABRICS[seed % 5], told=told))


def one(network: Network, id_: str) -> End:
    return End(Kind.INTERFACE, id_, interfaces=(id_,))


def pairs_of(asking: Surveying, target: End) -> list[tuple[Vantage, Target]]:
    """Everybody with the target as `explain` pairs them, without what nobody asks."""
    sources = [INTERNET_END, ONPREM_END, *(one(asking.network, i.id) for i in askers(asking.network))]
    made = []
    for source in sources:
        if source.interfaces and source.interfaces == target.interfaces:
            continue
        try:
            pairs = Pairs(asking.network, asking.words, source, target).pairs
        except (UsageError, UntoldError):  # Ends that have no family in common, or no addresses at all.
            continue
        made += [
            (v, t) for v, t in pairs if v.start is not From.INTERNET or (t.public and t.interface.role not in NEVER)
        ]
    return made


def pairwise(asking: Surveying, target: End) -> dict[tuple, tuple[PacketSet, PacketSet, bool]]:
    """What passes and what may, by who sends from where to which address."""
    found = {}
    for vantage, to in pairs_of(asking, target):
        if vantage.family != to.family:
            continue
        asked = PacketSet.box(vantage.addresses, to.asked, Services.ALL, asking.survey.question.source_ports)
        walked = walk(asking.network, asking.words, asking.survey.question, vantage, to)
        fate = fate_of(asking.network, asked, [b for w in walked for b in w.branches])
        key = (vantage.start, vantage.interfaces or vantage.beyond, to.asked)
        passes, maybe, flaky = found.get(key, NOTHING)
        found[key] = (passes | fate.passes, maybe | fate.maybe, flaky or bool(fate.flaky))
    return found


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_everybody_who_reaches_a_target_is_told(seed):
    network = network_of(seed)
    asking = Surveying(network, Services.ALL)
    seen = Counter()
    for id_ in random.Random(f"targets {seed}").sample(sorted(network.interfaces), min(4, len(network.interfaces))):
        target = one(network, id_)
        found = {}
        for vantage, to, fate in asking.fates(target):
            for sender in vantage.interfaces or (vantage.beyond,):
                if sender == id_:
                    continue
                own = network.interfaces[sender].owned() if vantage.interfaces else vantage.addresses
                part = [s.where(own, to.asked) for s in (fate.passes, fate.maybe)]
                key = (vantage.start, (sender,) if vantage.interfaces else vantage.beyond, to.asked)
                passes, maybe, flaky = found.get(key, NOTHING)
                found[key] = (passes | part[0], maybe | part[1], flaky or bool(fate.flaky.where(own)))
        expected = pairwise(asking, target)
        for key in expected.keys() | found.keys():
            assert found.get(key, NOTHING) == expected.get(key, NOTHING), (seed, id_, key)
            seen["passes"] += bool(found.get(key, NOTHING)[0])
            seen["maybe"] += bool(found.get(key, NOTHING)[1])
    assert sum(seen.values()) or seed % 5


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_what_no_route_joins_is_held_back(seed):
    """Leaving out such pairs changes nothing: no packet of them passes, or may pass."""
    network = network_of(seed)
    asking = Surveying(network, Services.ALL)
    routed = Routed(network)
    survey = Survey(network, asking.words)
    left_out = 0
    for interface, other in product(askers(network), sorted(network.interfaces)):
        try:
            pairs = Pairs(network, asking.words, one(network, interface.id), one(network, other)).pairs
        except (UsageError, UntoldError):
            continue
        for vantage, target in pairs:
            if interface.id != other and routed.apart(vantage, target):
                fate = survey.outlook(vantage).fate(target)
                assert (fate.passes, fate.maybe, fate.gaps) == (PacketSet.EMPTY, PacketSet.EMPTY, ())
                left_out += 1
    assert left_out or len(network.vpcs) == 1 or FABRICS[seed % 5]
