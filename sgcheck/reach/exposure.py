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
from sgcheck.reach.claims import lost_interfaces
from sgcheck.reach.crowds import crowds, private_targets, public_interfaces, public_targets
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.fronts import Fronts, handed
from sgcheck.reach.locate import find_end
from sgcheck.reach.openings import Opening, Openings, opening, rank
from sgcheck.reach.origins import Origins
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.report import gap_of_missing
from sgcheck.reach.survey import Outlook, Survey
from sgcheck.reach.titles import target_end
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.ref import Missing
    from sgcheck.reach.branch import Behind
    from sgcheck.reach.fate import Fate
    from sgcheck.reach.fronts import Handed

NEVER = (Role.NAT, Role.SILENT)
"""Roles of interfaces that take nothing from the internet, whatever their groups say."""
INTERFACES = "network interface"
INTERNET_END = "internet"
"""What is sent out to the internet stands last: it is not what strangers do to somebody."""
ANYWHERE = (Kind.INTERNET, Kind.ADDRESSES, Kind.ONPREM)


class Exposed(msgspec.Struct, frozen=True):
    """One run of ports of one target that the source reaches. via: ids of gateways and balancers on the way, in order.

    flaky: some of it fails for some of the ports that the client, or a translator on the way, may pick. behind: the
    balancer that hands the packets on to the target, where it was not asked for itself.
    """

    target: TargetEnd
    opening: Opening
    via: tuple[str, ...]
    flaky: bool = False
    behind: str | None = None


class Exposure(msgspec.Struct, frozen=True):
    """Everything that `source` reaches, the worst first; `undecided` is what it may reach, for lack of the `gaps`.

    asked: how many interfaces were asked about, of all that are `known`. reached: how many of them are reached on any
    port. behind: how many others are reached by load balancers only. lacking: whether the input has no interfaces to
    ask, or not all that the source has, so that nothing can be said of the rest.
    """

    source: str
    exposed: tuple[Exposed, ...]
    undecided: tuple[Exposed, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    asked: int
    reached: int
    known: int = 0
    behind: int = 0
    lacking: bool = False


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
        self._openings: dict[tuple[PacketSet, bool], tuple[tuple[Opening, bool], ...]] = {}
        self._internet = self.words.internet

    def of(self, source: str, to: str | None = None) -> Exposure:
        """What `source` reaches."""
        end = find_end(self.network, source, "--from")
        only = None if to is None else self._only(to)
        wanted = None if only is None else only | Fronts(self.network).of(only)
        if end.kind not in ANYWHERE and not end.interfaces and not any(self._lacking(end)):
            raise UsageError(f"--from {source}: there, but without any network interface")
        if end.kind is Kind.ADDRESSES:
            self._internet = self.words.internet & end.addresses
        origins = Origins(self.network, self.words, end)
        found: dict[tuple[str, AddressSet], list[tuple[Target, Fate]]] = {}
        handing: list[tuple[Target, Fate, Handed]] = []
        gaps: set[Gap] = set()
        for target, fate in self._fates(end, origins, wanted):
            where = target.interface.id if target.interface else ""
            asked_itself = only is None or where in only
            if asked_itself:
                found.setdefault((where, target.asked), []).append((target, fate))
            gaps.update(fate.gaps if asked_itself else ())
            if fate.behind:
                further = handed(fate, only)
                handing.append((target, fate, further))
                gaps.update(fate.gaps if further.maybe else ())
        exposed = {
            row for fates in found.values() for row in self._rows(fates, [fate.passes for _target, fate in fates])
        }
        exposed.update(self._handed_on((target, fate, further.passes) for target, fate, further in handing))
        undecided = {row for fates in found.values() for row in self._rows(fates, [f.maybe for _t, f in fates])}
        undecided.update(self._handed_on((target, fate, further.maybe) for target, fate, further in handing))
        gaps |= {Gap(m.kind, m.id or None, m.account, m.region, m.why) for m in self.network.refused}
        lacking = list(self._lacking(end))
        gaps |= {gap_of_missing(self.network, missing) for missing in lacking}
        asked = {interface for interface, _address in found if interface}
        reached = {row.target.interface for row in exposed if row.target.interface}
        return Exposure(
            source,
            tuple(sorted(exposed, key=_order)),
            tuple(sorted(undecided, key=_order)),
            tuple(sorted(gaps, key=lambda g: (g.kind, g.resource or "", g.account or "", g.region or "", g.why))),
            tuple(sorted({*origins.notes, *end.notes, *_doubts(end), *self._prefixed(only), *self.network.warnings})),
            len(asked),
            len(reached & asked),
            len(self.network.interfaces),
            len(reached - asked),
            bool(lacking),
        )

    def _lacking(self, end: End) -> Iterator[Missing]:
        """The interfaces that are not in the input: all of them, or some that the source is known to have."""
        missing = self.network.absent(INTERFACES, None, None)
        if missing is not None:
            yield missing
        yield from (lost_interfaces(self.network, claim) for claim in end.claims if not claim.whole)

    def _prefixed(self, only: frozenset[str] | None) -> Iterator[str]:
        """A warning about addresses that hosts have by the million, none of which is asked about by itself."""
        listed = [id_ for id_ in self.network.directory.prefixed if only is None or id_ in only]
        if listed:
            text = self.words.some(tuple(sorted(listed)))
            yield f"delegated prefixes are not asked about, only the addresses of their interfaces: {text}"

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

    def _rows(self, fates: list[tuple[Target, Fate]], parts: list[PacketSet]) -> Iterator[Exposed]:
        packets = parts[0] if len(parts) == 1 else PacketSet.union_all(parts)
        if not packets:
            return
        public = fates[0][0].public
        made = self._openings.get((packets, public))
        if made is None:
            made = self._openings[packets, public] = self._opened(packets, self._internet if public else None)
        named = target_end(self.network, self.words, fates[0][0])
        flaky = any(fate.flaky & packets for _target, fate in fates if fate.flaky)
        ways = [fate.via for (_target, fate), part in zip(fates, parts, strict=True) if part]
        via = tuple(dict.fromkeys(id_ for way in ways for id_ in way))
        for one, choosy in made:
            yield Exposed(named, one, via, flaky or choosy)

    def _opened(self, packets: PacketSet, within: AddressSet | None) -> tuple[tuple[Opening, bool], ...]:
        """The openings of packets, and of each whether it depends on the port that the client picks."""
        made = self._written.of(packets, within)
        some = packets.before_source_port()
        steady = packets.before_source_port_all(self.survey.question.source_ports)
        if steady == some:
            return tuple((opening, False) for opening in made)
        choosy = some - steady
        return tuple((o, bool(choosy.where(sources=o.addresses, services=o.services))) for o in made)

    def _handed_on(
        self, fates: Iterable[tuple[Target, Fate, tuple[tuple[Behind, PacketSet], ...]]]
    ) -> Iterator[Exposed]:
        """What balancers hand on: clients reach a target by one of them, on the port that the target listens on."""
        senders: dict[tuple[TargetEnd, tuple[str, ...], str, int, int], list[AddressSet]] = {}
        for target, fate, ends in fates:
            counts = self._internet if target.public else AddressSet.ALL
            for one, packets in ends:
                via = (*(v for v in fate.via if v != one.balancer), one.balancer)
                named = target_end(self.network, self.words, one.end)
                key = (named, via, one.balancer, one.protocol, one.port)
                senders.setdefault(key, []).append(packets.sources() & counts)
        for (named, via, balancer, protocol, port), parts in senders.items():
            addresses = AddressSet.union_all(parts)
            if addresses:
                yield Exposed(named, opening(protocol, port, addresses, self.words), via, behind=balancer)


def _doubts(end: End) -> Iterator[str]:
    """Warnings about services of which it is not known which interface they use."""
    for claim in end.claims:
        if claim.several:
            listed = ", ".join(claim.interfaces)
            yield f"only some of {listed} are of {claim.service.title}: what is shown is reached from any of them"


def _order(row: Exposed) -> tuple[object, ...]:
    target = row.target
    where = (target.kind, target.id or "", target.interface or "", target.address or "")
    return (target.kind == INTERNET_END, rank(row.opening), where, row.via, row.opening.sources)
