"""Paths over hosts against a search that asks `explain` pair by pair, host by host, on random networks of every kind."""

from __future__ import annotations

import os
from itertools import pairwise, product

import pytest
from msgspec.structs import replace

from sgcheck.model.network import Network
from sgcheck.model.things import Role
from sgcheck.packets import PacketSet
from sgcheck.reach.attack import INTERNET_END
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.explain import walk
from sgcheck.reach.exposure import NEVER
from sgcheck.reach.fate import fate_of
from sgcheck.reach.lateral import CARRIED, Path, lateral
from sgcheck.reach.pairs import Pairs
from sgcheck.reach.question import DEFAULT_SOURCE_PORTS, Question
from sgcheck.reach.vantage import From
from sgcheck.reach.words import Words
from tests.agreement.test_reach import network_of

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
NETWORKS = 150 if NIGHTLY else 3
Host = frozenset[str]


def hosts_of(network: Network) -> list[Host]:
    """Interfaces by what they belong to, as a person would group them."""
    found: dict[str, set[str]] = {}
    for id_ in sorted(network.interfaces):
        interface = network.interfaces[id_]
        whose = interface.instance if interface.instance and interface.role is Role.HOST else id_
        found.setdefault(whose, set()).add(id_)
    return [frozenset(ids) for ids in found.values()]


class Asked:
    """Every pair of hosts asked on its own."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.words = Words(network)
        self.hosts = hosts_of(network)
        self.home = {id_: host for host in self.hosts for id_ in host}
        question = Question.parse("a", "b", "all", DEFAULT_SOURCE_PORTS)
        self.question = replace(question, services=CARRIED)
        self.known: dict[tuple[Host | None, bool], set[Host]] = {}

    def stone(self, host: Host | None) -> bool:
        return host is None or all(self.network.interfaces[i].role is Role.HOST for i in host)

    def out(self, host: Host | None, *, perhaps: bool = False) -> set[Host]:
        """Whom a host (None: the internet) reaches, by some address on some port."""
        if (host, perhaps) not in self.known:
            self.known[host, False], self.known[host, True] = self._out(host)
        return self.known[host, perhaps]

    def _out(self, host: Host | None) -> tuple[set[Host], set[Host]]:
        sure: set[Host] = set()
        maybe: set[Host] = set()
        ids = sorted(set(self.network.interfaces) - (host or set()))
        target = End(Kind.VPC, "all", interfaces=tuple(ids))
        for source in (
            [INTERNET_END] if host is None else [End(Kind.INTERFACE, i, interfaces=(i,)) for i in sorted(host)]
        ):
            for vantage, to in Pairs(self.network, self.words, source, target).pairs:
                if vantage.start is From.INTERNET and not (to.public and to.interface.role not in NEVER):
                    continue
                asked = PacketSet.box(vantage.addresses, to.asked, CARRIED, self.question.source_ports)
                walked = walk(self.network, self.words, self.question, vantage, to)
                fate = fate_of(self.network, asked, [b for w in walked for b in w.branches])
                sure |= {self.home[to.interface.id]} if fate.passes else set()
                maybe |= {self.home[to.interface.id]} if fate.maybe else set()
                sure |= {self.home[b.end.interface.id] for b in fate.behind if b.end.interface and b.packets}
        return sure - {host}, (sure | maybe) - {host}

    def within(self, start: Host | None, hops: int, *, perhaps: bool = False) -> dict[Host, int]:
        """How many steps it takes to each host; of those that take `hops` at most."""
        found: dict[Host, int] = {}
        front = [start]
        for hop in range(1, hops + 1):
            nexts = {h for f in front if self.stone(f) or f == start for h in self.out(f, perhaps=perhaps)}
            front = [h for h in nexts if h not in found and h != start]
            found.update(dict.fromkeys(front, hop))
        return found

    def together(self) -> set[frozenset[Host]]:
        """Hosts that all reach each other, by any number of steps."""
        closure = {h: set(self.within(h, len(self.hosts))) for h in self.hosts if self.stone(h)}
        groups = {frozenset({h, *(o for o in closure[h] if h in closure.get(o, ()))}) for h in closure}
        return {g for g in groups if len(g) > 1}


def hosts_in(asked: Asked, interfaces: tuple[str, ...]) -> set[Host]:
    return {asked.home[id_] for id_ in interfaces}


def told(asked: Asked, paths: tuple[Path, ...], *, end: int) -> dict[Host, int]:
    """How many steps the paths take to (or from) each host."""
    found: dict[Host, int] = {}
    for path in paths:
        who = path.steps[-1].target if end else path.steps[0].source
        for host in hosts_in(asked, who.interfaces):
            assert host not in found
            found[host] = len(path.steps)
    return found


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_as_many_steps_lead_to_a_host_as_a_search_pair_by_pair_finds(seed):
    network = network_of(seed)
    asked = Asked(network)
    start = next(h for h in sorted(asked.hosts, key=sorted) if asked.stone(h))
    for hops, source, begin in product((2, 9), ("internet", min(start)), (None, start)):
        if (source == "internet") != (begin is None):
            continue
        answer = lateral(network, source, None, hops)
        found = told(asked, answer.paths, end=1)
        assert found == asked.within(begin, hops), (seed, source)
        assert set(told(asked, answer.plausible, end=1)) == set(found)
        open_ = set(told(asked, answer.undecided, end=1))
        assert open_ == set(asked.within(begin, hops, perhaps=True)) - set(found)
        assert answer.hosts == len(found)
        for path in (*answer.paths, *answer.plausible):
            assert all(a.target == b.source for a, b in pairwise(path.steps))
            assert path.sure
        cost = {p.steps[-1].target: p.cost for p in answer.plausible}
        assert all(cost[p.steps[-1].target] <= p.cost for p in answer.paths)
        if hops > 2:
            near = set(found) | {begin}
            groups = {frozenset(hosts_in(asked, g.interfaces)) for g in answer.groups}
            assert groups == {g for g in asked.together() if g <= near}, (seed, source)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_as_many_steps_lead_from_a_host_to_a_target(seed):
    network = network_of(seed)
    asked = Asked(network)
    for end in sorted(asked.hosts, key=sorted)[:2]:
        answer = lateral(network, None, min(end), 3)
        inside = tuple(p for p in answer.paths if p.steps[0].source.interfaces)
        expected = {h: d[end] for h in asked.hosts if asked.stone(h) and h != end and end in (d := asked.within(h, 3))}
        assert told(asked, inside, end=0) == expected
        outside = [len(p.steps) for p in answer.paths if p.steps[0].source.kind == "internet"]
        assert outside == [d[end] for d in [asked.within(None, 3)] if end in d]
