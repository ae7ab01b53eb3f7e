"""Everybody against everybody on many ports: what passes from one address to another, as services.

A way is walked once for all subnets that routes and filters treat alike, and once for all targets that nothing on it
tells apart. The groups of both ends look at nothing but the address of the other side; so what passes from one to the
other is what the way, the one's doorway and the other's have in common. It is what `explain` says of each pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.packets import IntervalSet, PacketSet, Services
from sgcheck.reach.arrival import answers
from sgcheck.reach.doorways import Doorway, Doorways, Opened, Uniform

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Gap
    from sgcheck.reach.fate import Fate
    from sgcheck.reach.seating import Bench, Block, Seat, Seating
    from sgcheck.reach.survey import Stretch
    from sgcheck.reach.vantage import Target


class Lane(NamedTuple):
    """What passes from one address to another: for certain, and perhaps, for lack of `gaps`.

    blocked: whether anything is held back. via: ids of what carries the packets that pass.
    """

    sure: Services
    perhaps: Services
    blocked: bool
    via: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def of(cls, fate: Fate) -> Lane:
        """What a fate comes to."""
        return cls(fate.passes.services(), fate.maybe.services(), bool(fate.blocked), fate.via, fate.gaps)


class Slice(NamedTuple):
    """What is left of a stretch for one sender: all that was asked, what passes, what may, what is held back."""

    asked: Services
    alive: Services
    maybe: Services
    held: Services


Exits = tuple["Doorway | Uniform | None", ...]
"""The doorways that somebody leaves by, one for each stretch."""


class Rows:
    """One stretch by its senders."""

    def __init__(self, stretch: Stretch, slices: dict[Slice, Slice]) -> None:
        """Look at the senders of `stretch`; `slices` are those of all stretches, each once."""
        self.stretch = stretch
        self._parts = [
            by_peers(packets, Way.INGRESS) for packets in (stretch.asked, stretch.alive, stretch.maybe, stretch.held)
        ]
        self._known: dict[int, Slice] = {}
        self._slices = slices

    @property
    def told(self) -> Hashable:
        """What is told of whatever passes here, or may."""
        return (self.stretch.via, self.stretch.gaps)

    def source(self, value: int) -> int:
        """The address that stands for the sender with the address `value` where the packets arrive."""
        door = self.stretch.arriving
        return value if door is None or door.view.source is None else door.view.source[1]

    def at(self, value: int) -> Slice:
        """What is left for the sender with the address `value`; equal ones are one object."""
        found = self._known.get(value)
        if found is None:
            whose = (Services.union_all([s for sources, s in part if value in sources]) for part in self._parts)
            made = Slice(*whose)
            found = self._known[value] = self._slices.setdefault(made, made)
        return found


class Ways(NamedTuple):
    """The stretches from everybody of a block to some targets, and for each the doorway that it arrives by."""

    rows: tuple[Rows, ...]
    doorways: tuple[Doorway | Uniform | None, ...]


class Bundle:
    """Targets of one subnet that have the same groups and state, and that nothing on the way tells apart."""

    def __init__(self, block: Block, targets: list[Target], *, alike: bool) -> None:
        """Let `targets` be asked from `block`; not `alike`: nothing is known but that they are in one subnet."""
        self.block = block
        self.targets = targets
        self.alike = alike
        self.ways: dict[bool, Ways | None] = {}

    @property
    def first(self) -> Target:
        """One that stands for all."""
        return self.targets[0]

    @cached_property
    def home(self) -> str:
        """The subnet of the targets."""
        return self.first.interface.subnet if self.first.interface else ""


class Lanes:
    """What everybody in a network gets through to some targets inside."""

    def __init__(self, network: Network, seating: Seating, targets: Iterable[Target]) -> None:
        """Ask what `seating` asks about, about private addresses of interfaces: `targets`."""
        self._network = network
        self._seating = seating
        self._survey = seating.survey
        self._targets = list(targets)
        self._doorways = Doorways(network, self._survey)
        self._bundles: dict[Block, list[Bundle]] = {}
        self._rows: dict[int, tuple[tuple[Stretch, ...], tuple[Rows, ...]]] = {}
        self._slices: dict[Slice, Slice] = {}
        self._known: dict[Hashable, Lane] = {}

    def of(self, bench: Bench, number: int) -> Iterator[tuple[list[Target], Lane | None]]:
        """What becomes of packets from one seat, by targets; None where each pair of these has to be walked.

        Targets that no route leads to are left out, others where nothing passes are not. Who sends is among them.
        """
        block = self._seating.block_of(bench, number)
        if block is None:
            yield [target for target in self._targets if target.family == bench.family], None
            return
        seat = bench.seats[number]
        leaving: dict[int, tuple[tuple[Slice, ...], Exits]] = {}
        if block not in self._bundles:
            self._bundles[block] = list(self._bundled(block))
        for bundle in self._bundles[block]:
            self._survey.pulse.beat()
            near = bundle.home == seat.interface.subnet
            if near not in bundle.ways:
                bundle.ways[near] = self._ways(bundle, near=near)
            ways = bundle.ways[near]
            if ways is None:
                yield bundle.targets, None
                continue
            if id(ways.rows) not in leaving:
                leaving[id(ways.rows)] = self._leaving(ways.rows, seat, bench.family)
            yield from self._lanes(ways, *leaving[id(ways.rows)], seat, bundle)

    # Who is asked.

    @cached_property
    def _by_vpc(self) -> Mapping[tuple[str, int], Mapping[Hashable, list[Target]]]:
        """The targets by VPC and family, and then by what tells them apart for senders elsewhere."""
        found: dict[tuple[str, int], dict[Hashable, list[Target]]] = defaultdict(lambda: defaultdict(list))
        for target in self._targets:
            if target.interface is not None:
                key = self._survey.likeness.common(target, far=False)
                found[target.interface.vpc, target.family][key].append(target)
        return found

    def _bundled(self, block: Block) -> Iterator[Bundle]:
        """All targets as those in a block ask for them."""
        some = block.outlook(next(iter(block.subnets)), alone=False)
        routed = self._seating.routed
        for (vpc, family), by_key in self._by_vpc.items():
            if family != block.bench.family:
                continue
            out_of_reach = block.led is not None and vpc not in block.led
            for key, targets in by_key.items():
                if key is not None and out_of_reach:
                    continue
                homes: dict[Hashable, list[Target]] = defaultdict(list)
                for target in targets:
                    homes[self._kind(block, target)].append(target)
                for found in homes.values():
                    near = [t for t in found if some is None or not routed.apart(some.vantage, t)]
                    if near:
                        yield Bundle(block, near, alike=key is not None and not block.beside(near[0]))

    def _kind(self, block: Block, target: Target) -> Hashable:
        """Equal for targets of one subnet that the same groups stand in front of."""
        interface = target.interface
        if interface is None:
            return None
        first = block.stands_for(interface.subnet)
        return (
            interface.subnet,
            interface.groups,
            interface.filtered,
            answers(self._network, interface),
            interface.id == first,
            block.beside(target),
        )

    # What passes.

    def _ways(self, bundle: Bundle, *, near: bool) -> Ways | None:
        """The ways to a bundle; None where each pair has to be walked."""
        target = bundle.first.interface
        outlook = bundle.block.facing(target, near=near) if bundle.alike and target is not None else None
        stretches = outlook.way(bundle.first) if outlook is not None else None
        if stretches is None or target is None or not all(map(_tells_senders, stretches)):
            return None
        if id(stretches) not in self._rows:
            self._rows[id(stretches)] = (stretches, tuple(Rows(s, self._slices) for s in stretches))
        rows = self._rows[id(stretches)][1]
        doors = (row.stretch.arriving for row in rows)
        family = bundle.first.family
        return Ways(rows, tuple(self._doorways.at(door, target, Way.INGRESS, family) for door in doors))

    def _leaving(self, rows: tuple[Rows, ...], seat: Seat, family: int) -> tuple[tuple[Slice, ...], Exits]:
        """What one seat has of each way, and the doorway that it leaves by."""
        doors = (row.stretch.leaving for row in rows)
        exits = tuple(self._doorways.at(door, seat.interface, Way.EGRESS, family) for door in doors)
        return tuple(row.at(seat.value) for row in rows), exits

    def _lanes(
        self, ways: Ways, slices: tuple[Slice, ...], exits: Exits, seat: Seat, bundle: Bundle
    ) -> Iterator[tuple[list[Target], Lane]]:
        rows = ways.rows
        into = tuple(
            None if doorway is None else doorway.at(row.source(seat.value))
            for row, doorway in zip(rows, ways.doorways, strict=True)
        )
        if len(bundle.targets) == 1 or all(e is None or e.uniform for e in exits):
            yield bundle.targets, self._lane(rows, slices, _at(exits, bundle.first), into)
            return
        apart: dict[tuple[int, ...], tuple[tuple[Opened | None, ...], list[Target]]] = {}
        for one in bundle.targets:
            out = _at(exits, one)
            apart.setdefault(tuple(map(id, out)), (out, []))[1].append(one)
        for out, targets in apart.values():
            yield targets, self._lane(rows, slices, out, into)

    def _lane(
        self,
        rows: tuple[Rows, ...],
        slices: tuple[Slice, ...],
        out: tuple[Opened | None, ...],
        into: tuple[Opened | None, ...],
    ) -> Lane:
        key = (*map(id, slices), *map(id, out), *map(id, into), *(row.told for row in rows))
        if key not in self._known:
            made = [
                passing(row.stretch, part, [o for o in ends if o is not None])
                for row, part, *ends in zip(rows, slices, out, into, strict=True)
            ]
            self._known[key] = united(made)
        return self._known[key]


def _at(exits: Exits, target: Target) -> tuple[Opened | None, ...]:
    """What the groups of a sender let out to a target."""
    value = target.private[1] if target.private else 0
    return tuple(None if e is None else e.at(value) for e in exits)


def passing(stretch: Stretch, part: Slice, ends: list[Opened]) -> Lane:
    """What gets through one stretch and the ends."""
    alive, maybe, gaps = part.alive, part.maybe, list(stretch.gaps)
    any_ = part.asked
    for opened in ends:
        undecided = Services.EMPTY
        if opened.perhaps:
            undecided = opened.perhaps & alive
            gaps += opened.gaps if undecided or opened.perhaps & maybe else ()
        may = opened.sure | opened.perhaps if opened.perhaps else opened.sure
        maybe = (maybe | undecided) & may if maybe or undecided else Services.EMPTY
        alive &= opened.sure
        any_ &= may
    told = tuple(dict.fromkeys(gaps)) if maybe else ()
    return Lane(alive, maybe, bool(part.held) or any_ != part.asked, stretch.via, told)


def united(lanes: list[Lane]) -> Lane:
    """What gets through any of the stretches."""
    if len(lanes) == 1:
        return lanes[0]
    sure = Services.union_all([lane.sure for lane in lanes])
    return Lane(
        sure,
        Services.union_all([lane.perhaps for lane in lanes]),
        any(lane.blocked for lane in lanes),
        tuple(dict.fromkeys(via for lane in lanes for via in lane.via)),
        tuple(dict.fromkeys(gap for lane in lanes for gap in lane.gaps)),
    )


def by_peers(packets: PacketSet, way: Way) -> list[tuple[IntervalSet, Services]]:
    """Which services some packets are for, by their senders (ingress) or by where they go (egress)."""
    found: dict[IntervalSet, list[Services]] = defaultdict(list)
    for box in packets.boxes():
        peers = box.sources if way is Way.INGRESS else box.destinations
        found[peers].append(Services.protocols(IntervalSet.of(box.protocols), box.services))
    return [(peers, Services.union_all(services)) for peers, services in found.items()]


def _tells_senders(stretch: Stretch) -> bool:
    """Whether it is told which address stands for each sender at the other end."""
    view = stretch.arriving.view if stretch.arriving else None
    if view is None or view.hidden:
        return view is None
    return view.source is None or view.source[0] == _family(stretch)


def _family(stretch: Stretch) -> int:
    return next(iter(stretch.asked.families), 0)
