"""What the groups of an end let through, by the address of the other side: as services, for every address at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, IntervalSet, Services
from sgcheck.reach.arrival import answers
from sgcheck.reach.gates import Resolver, groups_untold, lacking
from sgcheck.reach.report import gap_of_missing

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.branch import Door, Identity
    from sgcheck.reach.survey import Survey

EXTENTS = (1 << 32, 1 << 128)
"""Where the addresses of a family end."""


class Opened(NamedTuple):
    """What is let through: for certain, and perhaps, for lack of `gaps`."""

    sure: Services
    perhaps: Services = Services.EMPTY
    gaps: tuple[Gap, ...] = ()


class Part(NamedTuple):
    """Some services, open to some addresses for certain and to others perhaps, which the ids in `missing` decide."""

    services: Services
    sure: IntervalSet
    perhaps: IntervalSet
    missing: tuple[str, ...]


class Shared:
    """What all doorways of a network have in common: every answer is one object, and every union is made once."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._opened: dict[Opened, Opened] = {}
        self._united: dict[tuple[Services, ...], Services] = {}

    def opened(self, made: Opened) -> Opened:
        """The one that is equal."""
        return self._opened.setdefault(made, made)

    def united(self, services: tuple[Services, ...]) -> Services:
        """In any of the services."""
        found = self._united.get(services)
        if found is None:
            found = self._united[services] = Services.union_all(services)
        return found


class Doorway:
    """The groups of one end as one peer after the other meets them."""

    def __init__(
        self, network: Network, owner: Interface, identity: Identity | None, parts: list[Part], shared: Shared
    ) -> None:
        """parts: of all groups of `owner`, for addresses of one family."""
        self._network = network
        self._owner = owner
        self._identity = identity
        self._parts = parts
        self.edges = sorted({edge for p in parts for s in (p.sure, p.perhaps) for edge in s.bounds})
        self._known: dict[tuple[int, int], Opened] = {}
        self._shared = shared

    def at(self, value: int) -> Opened:
        """What is open to (for egress rules: towards) the address `value` of the doorway's family."""
        which = self._which[bisect_right(self.edges, value)]
        found = self._known.get(which)
        if found is None:
            found = self._known[which] = self._shared.opened(self._opened(*which))
        return found

    @cached_property
    def uniform(self) -> bool:
        """Whether the same is open to all addresses."""
        return not any(edge and edge not in EXTENTS for edge in self.edges)

    @cached_property
    def _which(self) -> list[tuple[int, int]]:
        """Which parts are open between each two edges, for certain and perhaps: part n is bit n."""
        turned: dict[int, list[int]] = {edge: [0, 0] for edge in self.edges}
        for number, part in enumerate(self._parts):
            for kind, spans in enumerate((part.sure, part.perhaps)):
                for edge in spans.bounds:
                    turned[edge][kind] ^= 1 << number
        sure = perhaps = 0
        found = [(0, 0)]
        for edge in self.edges:
            sure, perhaps = sure ^ turned[edge][0], perhaps ^ turned[edge][1]
            found.append((sure, perhaps))
        return found

    def _opened(self, some: int, others: int) -> Opened:
        """What the parts with these bits open."""
        sure = self._shared.united(tuple(p.services for n, p in enumerate(self._parts) if some >> n & 1))
        doubtful = [p for n, p in enumerate(self._parts) if others >> n & 1]
        perhaps = self._shared.united(tuple(p.services for p in doubtful)) - sure
        if not perhaps:
            return Opened(sure)
        missing = dict.fromkeys(id_ for p in doubtful for id_ in p.missing)
        gaps = lacking(self._network, missing, self._owner, self._identity)
        return Opened(sure, perhaps, tuple(gap_of_missing(self._network, m) for m in gaps))


class Uniform:
    """An end whose groups let the same through to everybody, or that none stand in front of."""

    def __init__(self, opened: Opened) -> None:
        """Let `opened` through."""
        self.uniform = True
        self.edges: list[int] = []
        self._opened = opened

    def at(self, value: int) -> Opened:
        """What is open to any address."""
        del value
        return self._opened


CLOSED = Uniform(Opened(Services.EMPTY))
"""Where nobody answers."""


class Doorways:
    """The doorways of a network, each made once for all ends with the same groups."""

    def __init__(self, network: Network, survey: Survey) -> None:
        """Look at the groups of `network` for what `survey` asks about."""
        self._network = network
        self._survey = survey
        self._asked = {family: self._services(survey.question.services, family) for family in (4, 6)}
        self._known: dict[Hashable, Doorway] = {}
        self._running: dict[str, bool] = {}
        self._shared = Shared()
        self._parts: dict[Hashable, list[Part]] = {}

    def at(self, door: Door | None, owner: Interface, way: Way, family: int) -> Doorway | Uniform | None:
        """The doorway where `owner` has a door on a way; None where none stands there."""
        return None if door is None else self.of(owner, way, door.identity, family)

    def of(self, owner: Interface, way: Way, identity: Identity | None, family: int) -> Doorway | Uniform:
        """The doorway of `owner` for packets of one family that leave by it, or arrive; shut where nobody answers."""
        if owner.id not in self._running:
            self._running[owner.id] = answers(self._network, owner)
        if not self._running[owner.id]:
            return CLOSED
        asked = self._asked[family]
        if not owner.filtered:
            return self._uniform(Opened(asked))
        if owner.groups is None:
            gap = gap_of_missing(self._network, groups_untold(self._network, owner))
            return self._uniform(Opened(Services.EMPTY, asked, (gap,)))
        key = (owner.groups, owner.vpc, way, identity.key if identity else None, family)
        if key not in self._known:
            parts = [part for id_ in sorted(owner.groups) for part in self._of_group(id_, way, identity, family)]
            self._known[key] = Doorway(self._network, owner, identity, parts, self._shared)
        return self._known[key]

    def _of_group(self, id_: str, way: Way, identity: Identity | None, family: int) -> list[Part]:
        key = (id_, way, identity.key if identity else None, family)
        if key not in self._parts:
            self._parts[key] = self._made(id_, way, identity, family)
        return self._parts[key]

    def _made(self, id_: str, way: Way, identity: Identity | None, family: int) -> list[Part]:
        everybody = AddressSet.ALL.only(family)
        entries = self._survey.entries(id_, way)
        if entries is None:
            return [Part(self._asked[family], IntervalSet.EMPTY, everybody.family(family), (id_,))]
        resolve = Resolver(self._network, identity, everybody, hidden=False)
        made = []
        for entry in entries:
            services = self._services(entry.services, family) & self._asked[family]
            if not services:
                continue
            sure, perhaps, missing = [entry.peers], [], []
            for reference in entry.references:
                certain, maybe = resolve(reference)
                sure.append(certain)
                if maybe:
                    perhaps.append(maybe)
                    missing.append(reference.group)
            for list_, listed in entry.unresolved:
                perhaps.append(listed)
                missing.append(list_)
            certain, maybe = (AddressSet.union_all(some) for some in (sure, perhaps))
            if certain or maybe:
                made.append(Part(services, certain.family(family), maybe.family(family), tuple(missing)))
        return made

    def _uniform(self, opened: Opened) -> Uniform:
        return Uniform(self._shared.opened(opened))

    @staticmethod
    def _services(services: Services, family: int) -> Services:
        """Those of one family, as sets of packets tell their services."""
        return Services.in_both(services.layer(family))
