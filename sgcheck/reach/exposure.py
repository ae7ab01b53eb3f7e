"""`exposure`: everything that a source can reach, on all ports, as exact sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from sgcheck.errors import UsageError
from sgcheck.model.things import Role
from sgcheck.packets import INTERNET, AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.answer import Gap, TargetEnd
from sgcheck.reach.crowds import crowds, private_targets, public_interfaces, public_targets
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.locate import find_end
from sgcheck.reach.openings import Opening, Openings, opening
from sgcheck.reach.origins import Origins
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.survey import Outlook, Survey
from sgcheck.reach.titles import target_end
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.branch import Behind
    from sgcheck.reach.fate import Fate

NEVER = (Role.NAT, Role.SILENT)
"""Roles of interfaces that take nothing from the internet, whatever their groups say."""
ANYWHERE = (Kind.INTERNET, Kind.ADDRESSES, Kind.ONPREM)


class Exposed(msgspec.Struct, frozen=True):
    """One run of ports of one target that the source reaches. via: ids of gateways and balancers on the way, in order.

    flaky: some of it fails for some of the ports that a translator on the way may pick.
    """

    target: TargetEnd
    opening: Opening
    via: tuple[str, ...]
    flaky: bool = False


class Exposure(msgspec.Struct, frozen=True):
    """Everything that `source` reaches, the worst first; `undecided` is what it may reach, for lack of the `gaps`.

    asked: how many interfaces were asked about. reached: how many of them are reached on any port.
    """

    source: str
    exposed: tuple[Exposed, ...]
    undecided: tuple[Exposed, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    asked: int
    reached: int


def exposure(network: Network, source: str, services: Services = Services.ALL, to: str | None = None) -> Exposure:
    """Everything that `source` (as after --from) reaches; only at `to` (as after --to), where it is given.

    Raises what `explain` raises for ends that can't be found. What is missing never raises: it stands in `gaps`.
    """
    return Exposing(network, services).of(source, to)


class Exposing:
    """Asks about one target after the other."""

    def __init__(self, network: Network, services: Services, source_ports: IntervalSet | None = None) -> None:
        """Ask about `services` on `network`."""
        self.network = network
        self.words = Words(network)
        self.survey = Survey(network, Quiet(network), services, source_ports)
        self._written = Openings(self.words)
        self._openings: dict[tuple[PacketSet, bool], tuple[Opening, ...]] = {}
        self._internet = self.words.internet

    def of(self, source: str, to: str | None = None) -> Exposure:
        """What `source` reaches."""
        end = find_end(self.network, source, "--from")
        only = None if to is None else self._only(to)
        if end.kind not in ANYWHERE and not end.interfaces:
            raise UsageError(f"--from {source}: there, but without any network interface")
        if end.kind is Kind.ADDRESSES:
            self._internet = self.words.internet & end.addresses
        origins = Origins(self.network, self.words, end)
        found: dict[tuple[str, AddressSet], list[tuple[Target, Fate]]] = {}
        for target, fate in self._fates(end, origins, only):
            where = target.interface.id if target.interface else ""
            found.setdefault((where, target.asked), []).append((target, fate))
        exposed = {row for fates in found.values() for row in self._exposed(fates)}
        undecided = {row for fates in found.values() for row in self._rows(fates, [f.maybe for _t, f in fates])}
        gaps = {gap for fates in found.values() for _target, fate in fates for gap in fate.gaps}
        gaps |= {Gap(m.kind, m.id or None, m.account, m.region, m.why) for m in self.network.refused}
        return Exposure(
            source,
            tuple(sorted(exposed, key=_order)),
            tuple(sorted(undecided, key=_order)),
            tuple(sorted(gaps, key=lambda g: (g.kind, g.resource or "", g.account or "", g.region or "", g.why))),
            tuple(sorted({*origins.notes, *end.notes, *self.network.warnings})),
            len({where for where, _asked in found}),
            len({(row.target.kind, row.target.interface) for row in exposed}),
        )

    def _only(self, to: str) -> frozenset[str]:
        end = find_end(self.network, to, "--to")
        if end.kind in ANYWHERE:
            owned = (i for i in self.network.interfaces.values() if (i.owned() | i.public()) & end.addresses)
            return frozenset(i.id for i in owned)
        return frozenset(end.interfaces)

    # Who asks whom.

    def _fates(self, end: End, origins: Origins, only: frozenset[str] | None) -> Iterator[tuple[Target, Fate]]:
        inside: list[Target] | None = None
        for vantage in self._vantages(end, origins):
            outlook = self.survey.outlook(self._plain(end, vantage))
            if vantage.start is From.INTERNET:
                ids = [i for i in public_interfaces(self.network) if only is None or i in only]
                targets: Iterable[Target] = public_targets(self.network, ids)
            else:
                if inside is None:
                    ids = sorted(self.network.interfaces if only is None else only)
                    inside = list(private_targets(self.network, ids))
                targets = inside
            yield from self._asked(outlook, targets)
            if vantage.start is not From.INTERNET and only is None:
                internet = Target(self.words.internet.only(vantage.family), vantage.family, internet=True)
                yield internet, outlook.fate(internet)
        if end.kind in (Kind.ADDRESSES, Kind.ONPREM):
            yield from self._from_elsewhere(Elsewhere(self.network, self.words, end), only)

    def _plain(self, end: End, vantage: Vantage) -> Vantage:
        """The internet without the holes that known public addresses make, which no way tells apart.

        They are taken out again in the end: sets with thousands of holes are slow.
        """
        if vantage.start is not From.INTERNET:
            return vantage
        named = AddressSet.ALL if end.kind is Kind.INTERNET else end.addresses
        return replace(vantage, addresses=(named & self._outside).only(vantage.family))

    @cached_property
    def _outside(self) -> AddressSet:
        return INTERNET - AddressSet.union_all([vpc.addresses for vpc in self.network.vpcs.values()])

    def _vantages(self, end: End, origins: Origins) -> Iterator[Vantage]:
        """One for each crowd of a source's hosts, and those of the internet and of addresses as they are."""
        if end.kind in ANYWHERE:
            yield from origins.vantages()
            return
        interfaces = origins.asking(end)
        for crowd in crowds(self.network, interfaces):
            yield from crowd.vantages

    def _asked(self, outlook: Outlook, targets: Iterable[Target]) -> Iterator[tuple[Target, Fate]]:
        vantage = outlook.vantage
        own = set(vantage.interfaces)
        for target in targets:
            interface = target.interface
            if interface is None or target.family != vantage.family:
                continue
            if interface.id in own and len(own) == 1:
                continue
            if vantage.start is From.INTERNET and interface.role in NEVER:
                continue
            yield target, outlook.fate(target)

    def _from_elsewhere(self, elsewhere: Elsewhere, only: frozenset[str] | None) -> Iterator[tuple[Target, Fate]]:
        outlooks: dict[int, Outlook] = {}
        if not elsewhere.addresses:
            return
        for target in private_targets(self.network, sorted(self.network.interfaces if only is None else only)):
            for vantage in elsewhere.vantages(target):
                outlook = outlooks.setdefault(id(vantage), self.survey.outlook(vantage))
                yield target, outlook.fate(target)

    # Rows.

    def _exposed(self, fates: list[tuple[Target, Fate]]) -> Iterator[Exposed]:
        """What is reached at one address, by all who ask, and behind it."""
        yield from self._rows(fates, [fate.passes for _target, fate in fates])
        for target, fate in fates:
            for behind in fate.behind:
                yield self._handed_on(fate, behind, public=target.public)

    def _rows(self, fates: list[tuple[Target, Fate]], parts: list[PacketSet]) -> Iterator[Exposed]:
        packets = parts[0] if len(parts) == 1 else PacketSet.union_all(parts)
        if not packets:
            return
        key = (packets, fates[0][0].public)
        made = self._openings.get(key)
        if made is None:
            within = self._internet if fates[0][0].public else None
            made = self._openings[key] = self._written.of(packets, within)
        named = target_end(self.network, self.words, fates[0][0])
        flaky = any(fate.flaky & packets for _target, fate in fates if fate.flaky)
        ways = [fate.via for (_target, fate), part in zip(fates, parts, strict=True) if part]
        via = tuple(dict.fromkeys(id_ for way in ways for id_ in way))
        for one in made:
            yield Exposed(named, one, via, flaky)

    def _handed_on(self, fate: Fate, behind: Behind, *, public: bool) -> Exposed:
        """What a balancer hands on: the client reaches the target by it, on the port that the target listens on."""
        named = target_end(self.network, self.words, behind.end)
        via = (*(v for v in fate.via if v != behind.balancer), behind.balancer)
        sources = behind.packets.sources()
        if public:
            sources &= self._internet
        return Exposed(named, opening(behind.protocol, behind.port, sources, self.words), via)


def _order(row: Exposed) -> tuple[object, ...]:
    target = row.target
    where = (target.kind, target.id or "", target.interface or "", target.address or "")
    return (row.opening.rank, where, row.via, row.opening.sources)
