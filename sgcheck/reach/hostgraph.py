"""The graph of who reaches whom over classes of hosts: an edge where some packet passes, with what passes on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sgcheck.model.things import Role
from sgcheck.packets import IntervalSet, PacketSet, Services
from sgcheck.reach.answer import Gap
from sgcheck.reach.crowds import crowds, private_targets, public_targets
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.exposure import NEVER
from sgcheck.reach.fronts import handed
from sgcheck.reach.hostclasses import Classes, HostClass
from sgcheck.reach.lanes import Lanes
from sgcheck.reach.origins import Origins
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.routed import Routed
from sgcheck.reach.seating import Seating, senders_of
from sgcheck.reach.survey import Survey
from sgcheck.reach.vantage import From
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.branch import Behind
    from sgcheck.reach.fate import Fate
    from sgcheck.reach.vantage import Target, Vantage

INTERNET = -1
ONPREM = -2
REST = -3
"""Nodes beside the classes, which are 0 and up: the internet, what lies elsewhere, and a source's other addresses."""


class Edge(msgspec.Struct, frozen=True):
    """What passes from one node to another: for certain, and perhaps, for lack of `gaps`. via: ids, by what passes."""

    services: Services = Services.EMPTY
    perhaps: Services = Services.EMPTY
    via: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


class _Made:
    """An edge in the making."""

    __slots__ = ("gaps", "perhaps", "services", "via")

    def __init__(self) -> None:
        """Nothing passes yet."""
        self.services = Services.EMPTY
        self.perhaps = Services.EMPTY
        self.via: dict[str, None] = {}
        self.gaps: set[Gap] = set()

    def add(self, services: Services, perhaps: Services, via: Iterable[str], gaps: Iterable[Gap]) -> None:
        """Something more passes, or may."""
        self.services |= services
        self.perhaps |= perhaps
        self.via.update(dict.fromkeys(via))
        self.gaps.update(gaps)

    def edge(self) -> Edge:
        """The edge."""
        perhaps = self.perhaps - self.services
        order = sorted(self.gaps, key=lambda g: (g.kind, g.resource or "", g.account or "", g.region or "", g.why))
        return Edge(self.services, perhaps, tuple(self.via), tuple(order) if perhaps else ())


class Known:
    """What is found once for all graphs of a network, and for all of networks that differ from it in some rules only.

    opaque: the classes of balancers and the like, which hand packets on.
    """

    def __init__(
        self,
        network: Network,
        services: Services,
        classes: Classes,
        senders: Mapping[str, list[Interface]] | None = None,
    ) -> None:
        """Look at `network`; `senders` are its interfaces that open connections, by VPC, where they are known."""
        self.words = Words(network)
        self.survey = Survey(network, Quiet(network), services)
        self.routed = Routed(network)
        self.senders = senders_of(network) if senders is None else senders
        first = ((n, network.interfaces[c.members[0][0]]) for n, c in enumerate(classes.all))
        self.opaque = frozenset(n for n, interface in first if interface.role is Role.OPAQUE)
        self.vantages: dict[Kind, list[Vantage]] = {}

    def onto(self, network: Network) -> Known:
        """What holds for a network that differs in rules of groups only."""
        made = copy(self)
        made.survey = self.survey.onto(network)
        return made


class HostGraph:
    """Edges between classes of hosts, each made the first time that somebody asks where its source leads."""

    def __init__(
        self,
        network: Network,
        services: Services,
        classes: Classes,
        rest: End | None = None,
        only: frozenset[int] | None = None,
        known: Known | None = None,
    ) -> None:
        """Let packets of `services` be edges on `network`; `rest` is a source whose addresses are more than hosts.

        only: the classes that are asked about, besides balancers; None for all of them. known: what another graph
        found that holds for this one too.
        """
        self.network = network
        self._services = services
        self._only = only
        self.classes = classes
        self._known = known or Known(network, services, classes)
        self.words = self._known.words
        self._survey = self._known.survey
        self._routed = self._known.routed
        self._rest = rest
        self._out: dict[int, dict[int, Edge]] = {}
        self._services_of: dict[int, tuple[Fate, Services, Services]] = {}

    def changed(self, network: Network, only: frozenset[int] | None = None) -> HostGraph:
        """The same question on a network that differs in rules and routes only, and tells apart no more than this."""
        known = Known(network, self._services, self.classes, self._known.senders)
        return HostGraph(network, self._services, self.classes, self._rest, self._only if only is None else only, known)

    def regrouped(self, network: Network, only: frozenset[int] | None = None) -> HostGraph:
        """The same question on a network that differs in rules of groups only."""
        known = self._known.onto(network)
        return HostGraph(network, self._services, self.classes, self._rest, self._only if only is None else only, known)

    def host_class(self, node: int) -> HostClass:
        """The class that a node is."""
        return self.classes.all[node]

    def leads_on(self, node: int) -> bool:
        """Whether somebody at `node` can go on from there."""
        return node < 0 or self.classes.all[node].stone

    def out(self, node: int) -> dict[int, Edge]:
        """Where a node leads, by node, in their order."""
        if node not in self._out:
            made: dict[int, _Made] = defaultdict(_Made)
            self._services_of.clear()
            if node >= 0:
                self._keep_lanes(made, node)
            else:
                for vantage, target, fate in self._fates(node):
                    self._keep(made, vantage, target, fate)
            edges = {key: made[key].edge() for key in sorted(made)}
            self._out[node] = {key: edge for key, edge in edges.items() if edge.services or edge.perhaps}
        return self._out[node]

    def _keep_lanes(self, made: dict[int, _Made], node: int) -> None:
        """What passes from a class, all at once where nothing tells pairs apart."""
        for id_ in self.classes.all[node].members[0]:
            interface = self.network.interfaces[id_]
            slow: list[Target] = []
            for bench in self._seating.benches(interface.vpc):
                for number in bench.numbers.get(id_, ()):
                    for targets, lane in self._lanes.of(bench, number):
                        if lane is None:
                            slow += targets
                        elif lane.sure or lane.perhaps:
                            for target in targets:
                                other = self._asked_by(node, target)
                                if other is not None:
                                    made[other].add(lane.sure, lane.perhaps, lane.via if lane.sure else (), lane.gaps)
            asked = [t for t in slow if self._asked_by(node, t) is not None]
            for crowd in crowds(self.network, [interface]) if asked else ():
                for vantage in crowd.vantages:
                    for pair in self._asked(vantage, asked):
                        self._keep(made, *pair)

    def _asked_by(self, node: int, target: Target) -> int | None:
        """The class that a target stands for when a class asks for it; None where it is not the one that does."""
        id_ = target.interface.id if target.interface else ""
        other = self.classes.index_of[id_]
        return other if id_ in (self._twins if other == node else self._firsts) else None

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(id_ for _n, c in self._classes for id_ in c.members[0])

    @cached_property
    def _twins(self) -> frozenset[str]:
        """Second members, whom the first ones of their own class ask for."""
        return frozenset(id_ for _n, c in self._classes for member in c.members[1:2] for id_ in member)

    @cached_property
    def _seating(self) -> Seating:
        return Seating(self.network, self._survey, self._routed, self._known.senders)

    @cached_property
    def _lanes(self) -> Lanes:
        return Lanes(self.network, self._seating, private_targets(self.network, sorted(self._firsts | self._twins)))

    def passing(self, node: int) -> dict[int, dict[Hashable, PacketSet]]:
        """Which packets pass to whom: by node, and then by who asks for which address, and the balancer's leg."""
        found: dict[int, dict[Hashable, PacketSet]] = defaultdict(dict)
        index = self.classes.index_of
        for vantage, target, fate in self._fates(node):
            if target.interface is None or not fate.passes:
                continue
            key = (vantage.start, vantage.addresses, target.asked)
            found[index[target.interface.id]][key] = fate.passes
            for behind, packets in handed(fate).passes:
                end = behind.end.interface
                if end is not None and not self._is_itself(vantage, end.id):
                    leg = (*key, behind.balancer, end.id, behind.protocol, behind.port)
                    parts = found[index[end.id]]
                    parts[leg] = parts.get(leg, PacketSet.EMPTY) | packets
        return found

    def _keep(self, made: dict[int, _Made], vantage: Vantage, target: Target, fate: Fate) -> None:
        index = self.classes.index_of
        if target.interface is None or not (fate.passes or fate.maybe):
            return
        node = index[target.interface.id]
        key = id(fate)
        if key not in self._services_of:
            self._services_of[key] = (fate, fate.passes.services(), fate.maybe.services())
        _fate, sure, perhaps = self._services_of[key]
        made[node].add(sure, perhaps, fate.via if fate.passes else (), fate.gaps)
        further = handed(fate)
        for behind, _packets in further.passes:
            self._hand_on(made, vantage, behind, (*fate.via, behind.balancer), None)
        for behind, _packets in further.maybe:
            self._hand_on(made, vantage, behind, (), fate.gaps)

    def _hand_on(
        self,
        made: dict[int, _Made],
        vantage: Vantage,
        behind: Behind,
        via: tuple[str, ...],
        gaps: tuple[Gap, ...] | None,
    ) -> None:
        """Keep what a balancer hands on: for certain, or perhaps, for lack of `gaps`, where these are given."""
        end = behind.end.interface
        if end is None or self._is_itself(vantage, end.id):
            return
        services = Services.of(behind.protocol, IntervalSet.single(behind.port))
        sure, perhaps = (services, Services.EMPTY) if gaps is None else (Services.EMPTY, services)
        made[self.classes.index_of[end.id]].add(sure, perhaps, via, gaps or ())

    def _is_itself(self, vantage: Vantage, interface: str) -> bool:
        index = self.classes.index_of
        if vantage.interface is None or index[vantage.interface.id] != index[interface]:
            return False
        members = self.classes.all[index[interface]].members
        return any(vantage.interface.id in member and interface in member for member in members)

    # Who asks whom: one host of a class stands for all of them.

    def _fates(self, node: int) -> Iterator[tuple[Vantage, Target, Fate]]:
        if node >= 0:
            yield from self._from_class(node)
        elif node == INTERNET:
            yield from self._from_anywhere(End(Kind.INTERNET, "internet"))
        elif node == ONPREM:
            yield from self._from_anywhere(End(Kind.ONPREM, "onprem"))
        elif self._rest is not None:
            yield from self._from_anywhere(self._rest)

    def _from_class(self, node: int) -> Iterator[tuple[Vantage, Target, Fate]]:
        first = self.classes.all[node].members[0]
        targets = [t for other, t in self._inside if other != node]
        twin = self.classes.all[node].members[1:2] if self._asks_about(node) else ()
        targets += private_targets(self.network, twin[0] if twin else ())
        for id_ in first:
            for crowd in crowds(self.network, [self.network.interfaces[id_]]):
                for vantage in crowd.vantages:
                    yield from self._asked(vantage, targets)

    @cached_property
    def _inside(self) -> list[tuple[int, Target]]:
        return [(n, t) for n, c in self._classes for t in private_targets(self.network, c.members[0])]

    @cached_property
    def _public(self) -> list[Target]:
        return [t for _n, c in self._classes for t in public_targets(self.network, c.members[0])]

    @cached_property
    def _classes(self) -> list[tuple[int, HostClass]]:
        nodes = range(len(self.classes.all)) if self._only is None else sorted(self._only | self._known.opaque)
        return [(n, self.classes.all[n]) for n in nodes if self._asks_about(n)]

    def _asks_about(self, node: int) -> bool:
        if node < 0 or self.network.interfaces[self.classes.all[node].members[0][0]].role in NEVER:
            return False
        return self._only is None or node in self._only or node in self._known.opaque

    def _asked(self, vantage: Vantage, targets: Iterable[Target]) -> Iterator[tuple[Vantage, Target, Fate]]:
        outlook = self._survey.outlook(vantage)
        for target in targets:
            if target.family == vantage.family and not self._routed.apart(vantage, target):
                yield vantage, target, outlook.fate(target)

    def _from_anywhere(self, end: End) -> Iterator[tuple[Vantage, Target, Fate]]:
        if end.kind not in self._known.vantages:
            self._known.vantages[end.kind] = list(Origins(self.network, self.words, end).vantages())
        for vantage in self._known.vantages[end.kind]:
            if vantage.start is From.INTERNET:
                asked = [t for t in self._public if t.interface and t.interface.role not in NEVER]
                yield from self._asked(vantage, asked)
            elif vantage.start is From.SUBNET:
                yield from self._asked(vantage, [t for _node, t in self._inside])
        if end.kind in (Kind.ONPREM, Kind.ADDRESSES):
            elsewhere = Elsewhere(self.network, self.words, end)
            for _node, target in self._inside:
                for vantage in elsewhere.vantages(target):
                    yield from self._asked(vantage, [target])
