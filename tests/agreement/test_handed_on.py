"""What is asked about one target alone against what is asked about all, on random networks with load balancers."""

from __future__ import annotations

import os
import random

import pytest

from sgcheck.errors import SgcheckError
from sgcheck.reach.exposure import exposure
from tests.agreement.random_cases import load
from tests.plain.networks import random_network
from tests.reach.handed_on import asked_alone, from_the_internet

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 200 if NIGHTLY else 3
TARGETS = 12 if NIGHTLY else 2
FABRICS = (frozenset({"balancers"}), frozenset({"transit", "balancers", "endpoints"}))


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_a_target_asked_about_alone_has_the_rows_that_it_has_among_all(seed):
    rng = random.Random(f"handed on {seed}")
    network = load(random_network(rng, nat_instances=seed % 3 == 2, fabric=FABRICS[seed % 2], told=seed % 4 < 2))
    seen = 0
    for source in ("internet", rng.choice(sorted(network.interfaces))):
        try:
            every = exposure(network, source)
        except SgcheckError:
            continue
        behind = {r.target.interface for r in (*every.exposed, *every.undecided) if r.behind}
        others = sorted(set(network.interfaces) - behind)
        targets = [*sorted(behind)[:TARGETS], *rng.sample(others, min(TARGETS, len(others)))]
        for id_ in targets:
            found = asked_alone(network, every, id_, [id_])
            seen += any(r.behind for r in (*found.exposed, *found.undecided))
        if source == "internet":
            for id_ in targets if NIGHTLY else targets[:1]:
                from_the_internet(network, id_)
    assert seen or seed
