"""Differences of pairs of ends as rows: whoever fares alike stands in one row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.packets import AddressSet, IntervalSet, PacketSet, Services
from sgcheck.reach.deltas import CLOSED, MAY_CLOSE, MAY_OPEN
from sgcheck.reach.difference import FlowChange, Member, Named, Party
from sgcheck.reach.flows import Aim, Side, Source
from sgcheck.reach.openings import runs, tier
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.stand_ins import Labels
from sgcheck.reach.titles import owner
from sgcheck.reach.words import spans

if TYPE_CHECKING:
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.changes import Change
    from sgcheck.reach.deltas import Delta

ORDER = ("internet", "outside", "hosts")


class Explained(NamedTuple):
    """A difference of one source and one address, and the changes that did it."""

    delta: Delta
    changes: frozenset[Change]
    along: frozenset[Change] = frozenset()


class Shape(NamedTuple):
    """What is equal for pairs that fare alike: the packets whatever their source, and the addresses that send them."""

    packets: PacketSet
    sources: AddressSet | None


class Lot(NamedTuple):
    """What is equal for all addresses to which packets of one source fare alike."""

    source: Source
    kind: str
    shape: Shape
    changes: Hashable
    along: Hashable


def _but_ends(lot: Lot) -> Hashable:
    """What has to be equal for sources to share a row with the same targets; without their senders only hosts do."""
    alone = lot if lot.source.kind != "hosts" or lot.shape.sources is None else None
    return (alone, lot.source.family, lot.kind, lot.shape.packets, lot.changes, lot.along)


class Rows:
    """Makes rows of the differences of two networks."""

    def __init__(self, before: Side, after: Side) -> None:
        """Name things as the later network does, what is gone as the earlier one."""
        self._sides = (after, before)
        self._labels = Labels(after.network), Labels(before.network)
        self._words = after.words
        self._asked = after.survey.question.source_ports
        self._shapes: dict[Hashable, Shape] = {}

    def of(self, found: Iterable[Explained]) -> list[FlowChange]:
        """The rows, the internet and the worst first."""
        alike: dict[Lot, list[Explained]] = {}
        for one in found:
            delta = one.delta
            changes, along = self._common(one, one.changes), self._common(one, one.along)
            lot = Lot(delta.source, delta.kind, self._shape(delta), changes, along)
            alike.setdefault(lot, []).append(one)
        whole: dict[Hashable, list[Explained]] = {}
        every: dict[Hashable, set[Aim]] = {}
        for lot, those in alike.items():
            every.setdefault(_but_ends(lot), set()).update(one.delta.aim for one in those)
        for lot, those in alike.items():
            aims = frozenset(one.delta.aim for one in those)
            others = every[_but_ends(lot)]
            # Nobody asks himself: who lacks no other target than himself stands with those who lack none.
            if all(aim.interface in lot.source.interfaces for aim in others - aims):
                aims = frozenset(others)
            whole.setdefault((_but_ends(lot), aims), []).extend(those)
        rows = [row for those in whole.values() for row in self._rows(those)]
        return [row for _key, row in sorted(((_rank(row), row) for row in rows), key=lambda pair: pair[0])]

    def _common(self, one: Explained, changes: frozenset[Change]) -> Hashable:
        """The changes as others may share them: those of an end itself are like another end's own."""
        own = {one.delta.aim.interface, *one.delta.source.interfaces}
        own |= {i.instance for i in map(self._interface, own) if i is not None and i.instance}
        return frozenset((c.table, c.text) if c.resource.id in own else c for c in changes)

    def _interface(self, id_: str) -> Interface | None:
        return next((s.network.interfaces[id_] for s in self._sides if id_ in s.network.interfaces), None)

    # What passes.

    def _shape(self, delta: Delta) -> Shape:
        """Packets of hosts without their sources, where every one of these sends the same."""
        if delta.source.kind != "hosts":
            return Shape(delta.packets, None)
        sources = delta.packets.sources()
        family, value = delta.source.family, sources.family(delta.source.family).spans[0][0]
        itself = delta.aim.interface if delta.aim.interface in delta.source.interfaces else ""
        key = (delta.packets, delta.source, itself)
        found = self._shapes.get(key)
        if found is None:
            anybody = delta.packets.before_source(family, value)
            if anybody.where(sources=sources) != delta.packets:
                found = Shape(delta.packets, None)
            else:
                own = self._owned(delta.aim.interface) if itself else AddressSet.EMPTY
                found = Shape(anybody, sources | own.only(family))
            self._shapes[key] = found
        return found

    def _owned(self, id_: str) -> AddressSet:
        """The addresses that an interface sends from."""
        there = [s.network.interfaces[id_] for s in self._sides if id_ in s.network.interfaces]
        return AddressSet.union_all([AddressSet.address(a.family, a.value) for i in there for a in own_addresses(i)])

    # Rows.

    def _rows(self, those: list[Explained]) -> Iterator[FlowChange]:
        deltas = [one.delta for one in those]
        packets = PacketSet.union_all([delta.packets for delta in deltas])
        changes = frozenset(change for one in those for change in one.changes)
        along = frozenset(change for one in those for change in one.along) - changes
        aims = list(dict.fromkeys(delta.aim for delta in deltas))
        sources = list(dict.fromkeys(delta.source for delta in deltas))
        gaps = tuple(dict.fromkeys(gap for delta in deltas for gap in delta.gaps))
        target = self._target(aims, self._label(deltas[0]))
        for who, destinations, ports, services in self._boxes(packets, everywhere=bool(aims[0].interface)):
            source = self._source(sources, aims, who, self._label(deltas[0]))
            for protocol, run, part in runs(services):
                yield FlowChange(
                    source,
                    target,
                    protocol,
                    run,
                    self._cidrs(who, deltas[0]),
                    tier(part),
                    named(changes),
                    named(along),
                    self._words.cidrs(destinations) if destinations is not None else (),
                    () if ports == self._asked else spans(ports),
                    deltas[0].kind if deltas[0].kind in (MAY_OPEN, MAY_CLOSE) else None,
                    _sorted_gaps(gaps),
                )

    @staticmethod
    def _boxes(
        packets: PacketSet, *, everywhere: bool
    ) -> Iterator[tuple[AddressSet, AddressSet | None, IntervalSet, Services]]:
        """Packets as blocks: who sends, where to (None: to the targets), from which ports, and what."""
        found: dict[tuple[AddressSet, AddressSet | None, IntervalSet], Services] = {}
        for box in packets.boxes():
            who = AddressSet.in_family(box.family, box.sources)
            destinations = None if everywhere else AddressSet.in_family(box.family, box.destinations)
            part = Services.protocols(IntervalSet.of(box.protocols), box.services)
            key = (who, destinations, box.source_ports)
            found[key] = found.get(key, Services.EMPTY) | part
        for (who, destinations, ports), services in found.items():
            yield who, destinations, ports, services

    def _label(self, delta: Delta) -> Labels:
        """How addresses are written where a flow opens, and where one closes."""
        return self._labels[delta.kind in (CLOSED, MAY_CLOSE)]

    def _cidrs(self, who: AddressSet, delta: Delta) -> tuple[str, ...]:
        return self._label(delta).cidrs(who) if delta.source.kind == "hosts" else self._words.cidrs(who)

    # Ends.

    def _source(self, sources: list[Source], aims: list[Aim], who: AddressSet, label: Labels) -> Party:
        first = sources[0]
        if first.kind == "internet":
            return Party("internet")
        if first.kind == "outside":
            behind = {b for aim in aims for side in self._sides for b in side.beyond(aim)}
            return Party("outside", (), tuple(sorted(behind)))
        ids = (id_ for source in sources for id_ in source.interfaces)
        made = []
        for id_ in ids:
            own = self._owned(id_) & who
            if own:
                made.append(self._member(id_, _bare(label.cidrs(own))))
        return Party("hosts", tuple(sorted(made, key=_by_title)))

    def _target(self, aims: list[Aim], label: Labels) -> Party:
        if not aims[0].interface:
            return Party("internet")
        addresses: dict[str, list[Aim]] = {}
        for aim in aims:
            addresses.setdefault(aim.interface, []).append(aim)
        made = [self._member(id_, tuple(_written(those, label))) for id_, those in addresses.items()]
        return Party("hosts", tuple(sorted(made, key=_by_title)))

    def _member(self, id_: str, addresses: tuple[str, ...]) -> Member:
        side = next(s for s in self._sides if id_ in s.network.interfaces)
        kind, own, name = owner(side.network, side.network.interfaces[id_])
        written = side.network.written
        return Member(kind, own, name, id_, addresses, written.get((own or "", "")) or written.get((id_, "")))


def named(changes: Iterable[Change]) -> tuple[Named, ...]:
    """Changes as they are printed, sorted."""
    made = {Named(c.resource.kind, c.resource.id, c.resource.name, c.text, c.written) for c in changes}
    return tuple(sorted(made, key=lambda n: (n.kind, n.resource, n.change, n.written or "")))


def _bare(cidrs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cidr.removesuffix("/32").removesuffix("/128") for cidr in cidrs)


def _written(aims: list[Aim], label: Labels) -> Iterator[str]:
    for aim in sorted(aims, key=lambda a: (a.family, a.value)):
        yield label(aim.family, aim.value)


def _by_title(member: Member) -> tuple[str, str, str]:
    return member.kind, member.id or "", member.interface


def _sorted_gaps(gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda g: (g.kind, g.resource or "", g.account or "", g.region or "", g.why)))


def _rank(row: FlowChange) -> tuple[object, ...]:
    """Strangers first, then what is worst, then what goes out."""
    outwards = row.target.kind == "internet"
    first = row.ports.partition("-")[0].partition("/")[0]
    number = int(first) if first.isdigit() else -1
    ends = [[(m.kind, m.id or "", m.interface, m.addresses) for m in end.members] for end in (row.source, row.target)]
    what = (row.tier, row.protocol, number, row.ports, row.sources, row.destinations, row.client_ports, row.may or "")
    return (ORDER.index(row.source.kind), outwards, *what, row.source.behind, ends, _texts(row.changes))


def _texts(changes: tuple[Named, ...]) -> list[tuple[str, str]]:
    return [(change.resource, change.change) for change in changes]
