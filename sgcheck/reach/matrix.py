"""Who reaches whom, as a table: interfaces by a tag, group, subnet, VPC or account, and everybody outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from sgcheck.errors import UsageError
from sgcheck.packets import AddressSet, Services
from sgcheck.reach.answer import Gap, Verdict
from sgcheck.reach.attack import INTERNET_END, ONPREM_END
from sgcheck.reach.board import Board, single
from sgcheck.reach.crowds import askers, private_targets, public_interfaces, public_targets
from sgcheck.reach.departures import Departures
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.exposure import NEVER
from sgcheck.reach.lanes import Lanes
from sgcheck.reach.openings import runs, tier
from sgcheck.reach.origins import Origins, own_addresses
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.report import judged
from sgcheck.reach.routed import Routed
from sgcheck.reach.rows import gap_order
from sgcheck.reach.seating import Bench, Seating
from sgcheck.reach.survey import Survey
from sgcheck.reach.tallies import Tally, Told, told_by
from sgcheck.reach.vantage import Target
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.fate import Fate
    from sgcheck.reach.lanes import Lane
    from sgcheck.reach.survey import Outlook
    from sgcheck.reach.vantage import Vantage

INTERNET = "(internet)"
ONPREM = "(onprem)"
NONE = "(none)"
"""Labels of those outside, and of interfaces that have none."""
FORMS = ("tag:KEY", "sg", "subnet", "vpc", "account")
Labels = Callable[["Interface"], tuple[str, ...]]


class Span(msgspec.Struct, frozen=True):
    """A run of ports: protocol and ports as in an `Opening`, and how bad it is that strangers may send there."""

    protocol: str
    ports: str
    tier: int


class Cell(msgspec.Struct, frozen=True):
    """What the interfaces of one label reach at those of another.

    verdict: of all packets of all pairs. openings: what passes for some pair, the worst first; undecided: what may.
    pairs: how many pairs of an interface and an address were asked; reached: for how many something passes.
    """

    source: str
    target: str
    verdict: Verdict
    openings: tuple[Span, ...]
    undecided: tuple[Span, ...]
    pairs: int
    reached: int


class Matrix(msgspec.Struct, frozen=True):
    """The whole table.

    rows, columns: labels, sorted, those outside first and `(none)` last. cells: row by row, only where there is
    somebody to ask about.
    """

    by: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]


def matrix(network: Network, by: str, services: Services = Services.ALL) -> Matrix:
    """Ask everybody about everybody. by: `tag:KEY`, `sg`, `subnet`, `vpc` or `account`.

    Raises UsageError for another word, and for a tag that nothing has.
    """
    return _Asking(network, services, by).matrix()


def labels_by(network: Network, by: str) -> Labels:
    """What gives the labels of an interface; one in several groups has several. Raises UsageError for another word."""
    word, _colon, key = by.strip().partition(":")
    match word.lower(), key:
        case "tag", key if key:
            return _by_tag(network, key)
        case "sg", "":
            return lambda interface: tuple(sorted(interface.groups or ())) or (NONE,)
        case "subnet", "":
            return lambda interface: (interface.subnet or NONE,)
        case "vpc", "":
            return lambda interface: (interface.vpc or NONE,)
        case "account", "":
            return lambda interface: (interface.account or NONE,)
    raise UsageError(f"--by {by}: expected {', '.join(FORMS[:-1])} or {FORMS[-1]}", "as in --by tag:tier")


def _by_tag(network: Network, key: str) -> Labels:
    def values(interface: Interface) -> tuple[str, ...]:
        instance = network.instances.get(interface.instance) if interface.instance else None
        found = {tags[key] for tags in (interface.tags, instance.tags if instance else {}) if key in tags}
        return tuple(sorted(found)) or (NONE,)

    return values


def label_order(label: str) -> tuple[int, str]:
    """Sorts those outside first and `(none)` last."""
    return ({INTERNET: 0, ONPREM: 1, NONE: 3}.get(label, 2), label)


class _Asking:
    """Asks, and keeps what was found by labels."""

    def __init__(self, network: Network, services: Services, by: str) -> None:
        self.network = network
        self.words = Words(network)
        self.survey = Survey(network, Quiet(network), services)
        self.by = by
        self.labels = labels_by(network, by)
        self._routed = Routed(network)
        self._tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
        self._told: dict[int, Told] = {}
        self._gaps: set[Gap] = {Gap(m.kind, m.id or None, m.account, m.region, m.why) for m in network.refused}

    def matrix(self) -> Matrix:
        targets = self._targets()
        if self.by.startswith("tag:") and all(self.labels(i) == (NONE,) for i in self.network.interfaces.values()):
            raise UsageError(f"--by {self.by}: nothing in the input has this tag")
        self._inside(targets)
        self._outside(targets)
        self._elsewhere(targets)
        cells = tuple(self._cell(key) for key in sorted(self._tallies, key=lambda k: tuple(map(label_order, k))))
        return Matrix(
            self.by,
            tuple(sorted({c.source for c in cells}, key=label_order)),
            tuple(sorted({c.target for c in cells}, key=label_order)),
            cells,
            tuple(sorted(self._gaps, key=gap_order)),
            tuple(sorted(self.network.warnings)),
        )

    def _targets(self) -> list[str]:
        return sorted(i.id for i in self.network.interfaces.values() if i.role not in NEVER)

    # Who asks.

    def _inside(self, ids: list[str]) -> None:
        targets = list(private_targets(self.network, ids))
        if single(self.survey.question.services):
            self._on_board(ids, targets)
        else:
            self._on_lanes(targets)
        self._departing()

    def _departing(self) -> None:
        """From everybody to the internet."""
        departures = Departures(self.network, self.survey, self.words.internet)
        for interface in askers(self.network):
            by_family: dict[int, list[Told]] = defaultdict(list)
            for address in own_addresses(interface):
                by_family[address.family].append(self._of(departures.lane(interface, address)))
            for told in by_family.values():
                for row in self.labels(interface):
                    self._tallies[row, INTERNET].add_pair(told)
                self._gaps.update(gap for one in told for gap in one.gaps)

    def _on_lanes(self, targets: list[Target]) -> None:
        """On many ports, one after the other is asked for all that he reaches."""
        seating = Seating(self.network, self.survey, self._routed)
        lanes = Lanes(self.network, seating, targets)
        expected = self._pairs({bench: self._masks(bench) for bench in seating.all}, targets)
        for key, pairs in expected.items():
            self._tallies[key].pairs += pairs
        asked: dict[tuple[str, str], int] = defaultdict(int)
        for bench in seating.all:
            for id_, numbers in bench.numbers.items():
                interface = self.network.interfaces[id_]
                outlook = seating.outlook(bench, numbers[0], numbers)
                rows = self.labels(interface)
                for target, told in self._told_by(lanes, bench, numbers, outlook):
                    for column in self.labels(target.interface) if target.interface else ():
                        for row in rows:
                            asked[row, column] += 1
                            self._tallies[row, column].add_told(told)
                    self._gaps.update(told.gaps)
        for key, tally in self._tallies.items():
            tally.blocked |= asked[key] < tally.pairs

    def _told_by(
        self, lanes: Lanes, bench: Bench, numbers: list[int], outlook: Outlook
    ) -> Iterator[tuple[Target, Told]]:
        """What becomes of packets from one interface to every target but itself, where any route leads there."""
        own = bench.seats[numbers[0]].interface.id
        alone = len(numbers) == 1
        for targets, lane in lanes.of(bench, numbers[0]):
            others = [t for t in targets if t.interface is not None and t.interface.id != own]
            if lane is not None and alone:
                told = self._of(lane)
                yield from ((target, told) for target in others)
            else:
                near = (t for t in others if not self._routed.apart(outlook.vantage, t))
                yield from ((target, self._of(outlook.fate(target))) for target in near)

    def _on_board(self, ids: list[str], targets: list[Target]) -> None:
        """On one port, everybody inside is asked at once."""
        board = Board(self.network, self.survey, self._routed)
        masks = {bench: self._masks(bench) for bench in board.seating.all}
        for key, pairs in self._pairs(masks, targets).items():
            self._tallies[key].pairs += pairs
        told: dict[tuple[str, str], int] = defaultdict(int)
        asked = self.survey.question.services
        for row in board.rows(ids):
            columns = self.labels(row.target.interface) if row.target.interface else ()
            for label, mask in masks[row.bench].items():
                if not mask & row.asked:
                    continue
                for column in columns:
                    told[label, column] += row.bench.count(mask & row.asked)
                    self._tallies[label, column].add(row, mask, asked.only(row.target.family))
            self._gaps.update(row.gaps)
        for key, tally in self._tallies.items():
            tally.blocked |= told[key] < tally.pairs

    def _masks(self, bench: Bench) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for number, seat in enumerate(bench.seats):
            for label in self.labels(seat.interface):
                found[label] |= 1 << number
        return found

    def _pairs(self, masks: dict[Bench, dict[str, int]], targets: list[Target]) -> dict[tuple[str, str], int]:
        """How many pairs of an interface that asks and an address there are, by labels; nobody asks himself."""
        senders: dict[tuple[int, str], int] = defaultdict(int)
        for bench, found in masks.items():
            for label, mask in found.items():
                senders[bench.family, label] += bench.count(mask)
        made: dict[tuple[str, str], int] = defaultdict(int)
        asking = {(s.interface.id, bench.family) for bench in masks for s in bench.seats}
        for target in targets:
            interface = target.interface
            for column in self.labels(interface) if interface else ():
                for (family, label), count in senders.items():
                    if family == target.family:
                        made[label, column] += count
                if interface is not None and (interface.id, target.family) in asking:
                    for label in self.labels(interface):
                        made[label, column] -= 1
        return {key: count for key, count in made.items() if count}

    def _outside(self, ids: list[str]) -> None:
        """From the internet: to public addresses; what has none is held back."""
        public = set(public_interfaces(self.network))
        for id_ in ids:
            if id_ not in public:
                self._unreached(INTERNET, id_)
        targets = list(public_targets(self.network, [id_ for id_ in ids if id_ in public]))
        for vantage in Origins(self.network, self.words, INTERNET_END).vantages():
            outlook = self.survey.outlook(vantage)
            for target in targets:
                if target.family == vantage.family and target.interface is not None:
                    fate = outlook.fate(target)
                    for column in self.labels(target.interface):
                        self._add((INTERNET, column), outlook, target, fate, 1)

    def _elsewhere(self, ids: list[str]) -> None:
        elsewhere = Elsewhere(self.network, self.words, ONPREM_END)
        outlooks: dict[int, Outlook] = {}
        for target in private_targets(self.network, ids):
            for vantage in elsewhere.vantages(target):
                outlook = outlooks.setdefault(id(vantage), self.survey.outlook(vantage))
                fate = outlook.fate(target)
                for column in self.labels(target.interface) if target.interface else ():
                    self._add((ONPREM, column), outlook, target, fate, 1)

    # What was found.

    def _unreached(self, row: str, id_: str) -> None:
        for column in self.labels(self.network.interfaces[id_]):
            self._tallies[row, column].blocked = True

    def _add(self, key: tuple[str, str], outlook: Outlook, target: Target, fate: Fate | None, pairs: int) -> None:
        tally = self._tallies[key]
        tally.pairs += pairs
        if fate is None:
            tally.blocked = True
            return
        told = self._of(fate)
        tally.add_told(told, self._senders(outlook.vantage, target, fate, pairs) if told.passes else 0)
        self._gaps.update(fate.gaps)

    def _of(self, source: Fate | Lane) -> Told:
        found = self._told.get(id(source))
        if found is None:
            found = self._told[id(source)] = told_by(source)
        return found

    def _senders(self, vantage: Vantage, target: Target, fate: Fate, pairs: int) -> int:
        """How many of a vantage's hosts get anything through."""
        if pairs == 1 or vantage.addresses <= fate.passes.sources():
            return pairs
        interfaces = self.network.interfaces
        own = target.interface.id if target.interface else None
        passing: AddressSet = fate.passes.sources()
        return sum(bool(interfaces[i].owned() & passing) for i in vantage.interfaces if i != own)

    def _cell(self, key: tuple[str, str]) -> Cell:
        tally = self._tallies[key]
        verdict = judged(bool(tally.passes), tally.blocked, bool(tally.maybe))
        return Cell(*key, verdict, spans(tally.passes), spans(tally.maybe), tally.pairs, tally.reached)


@lru_cache(maxsize=8192)
def spans(services: Services) -> tuple[Span, ...]:
    """Services as runs of ports, the worst first."""
    return tuple(sorted((Span(p, ports, tier(part)) for p, ports, part in _runs(services)), key=_badness))


def _runs(services: Services) -> Iterator[tuple[str, str, Services]]:
    if services:
        yield from runs(services)


def _badness(span: Span) -> tuple[int, str, int, str]:
    first = span.ports.partition("-")[0].partition("/")[0]
    return (span.tier, span.protocol, int(first) if first.isdigit() else -1, span.ports)
