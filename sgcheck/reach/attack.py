"""`reach`: everybody who reaches a target, and everything that a source reaches, as exact sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from sgcheck.errors import UsageError
from sgcheck.packets import Services
from sgcheck.reach.answer import Gap
from sgcheck.reach.claims import lost_interfaces
from sgcheck.reach.crowds import askers, crowds, public_targets
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.exposure import NEVER, exposure
from sgcheck.reach.fronts import Fronts, handed
from sgcheck.reach.locate import find_end
from sgcheck.reach.origins import Origins
from sgcheck.reach.pairs import Pairs
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.routed import Routed
from sgcheck.reach.rows import Row, Rows, by_badness, gap_order
from sgcheck.reach.seating import Seating
from sgcheck.reach.survey import Survey
from sgcheck.reach.vantage import From
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.fate import Fate
    from sgcheck.reach.survey import Outlook
    from sgcheck.reach.vantage import Target, Vantage

ANYWHERE = (Kind.INTERNET, Kind.ADDRESSES, Kind.ONPREM)
INTERNET_END = End(Kind.INTERNET, "internet", families=(4, 6))
ONPREM_END = End(Kind.ONPREM, "onprem")


class Reach(msgspec.Struct, frozen=True):
    """Who reaches whom, the worst first; `undecided` is what may be reached, for lack of the `gaps`.

    source, target: the ends as they were named, None where everybody was asked about. asked: how many interfaces were
    asked about. found: how many of them reach the target, or are reached by the source.
    """

    source: str | None
    target: str | None
    rows: tuple[Row, ...]
    undecided: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    asked: int
    found: int


def blast(network: Network, source: str, services: Services = Services.ALL, to: str | None = None) -> Reach:
    """Everything that `source` (as after --from) reaches, only at `to` (as after --to) where it is given.

    Raises what `explain` raises for ends that can't be found. What is missing never raises: it stands in `gaps`.
    """
    found = exposure(network, source, services, to)
    rows = tuple(Row(None, e.target, e.opening, e.via, e.flaky) for e in found.exposed)
    undecided = tuple(Row(None, e.target, e.opening, e.via, e.flaky) for e in found.undecided)
    ends = [find_end(network, source, "--from"), *([find_end(network, to, "--to")] if to is not None else [])]
    warnings = tuple(sorted({*found.warnings, *(note for end in ends for note in candidates(end))}))
    gaps = tuple(sorted({*found.gaps, *(gap for end in ends for gap in untold(network, end))}, key=gap_order))
    return Reach(source, to, rows, undecided, gaps, warnings, found.asked, found.reached)


def candidates(end: End) -> Iterator[str]:
    """What is to be said of named services whose interfaces can't be told from those of others."""
    for claim in end.claims:
        if claim.several:
            yield f"which interfaces are those of {claim.service.title} is not told: all that may be were asked"


def untold(network: Network, end: End) -> Iterator[Gap]:
    """Interfaces of named services that are not in the input."""
    for claim in end.claims:
        if not claim.whole:
            missing = lost_interfaces(network, claim)
            collect = network.vocabulary.collect(missing)
            yield Gap(missing.kind, missing.id or None, missing.account, missing.region, missing.why, collect)


def surface(network: Network, target: str, services: Services = Services.ALL) -> Reach:
    """Everybody who reaches `target` (as after --to): the internet, what lies elsewhere, every crowd of hosts inside.

    Raises what `explain` raises for an end that can't be found. What is missing never raises: it stands in `gaps`.
    """
    return Surveying(network, services).of(target)


class Surveying:
    """Asks everybody about one target."""

    def __init__(self, network: Network, services: Services) -> None:
        """Ask about `services` on `network`."""
        self.network = network
        self.words = Words(network)
        self.survey = Survey(network, Quiet(network), services)
        self._routed = Routed(network)
        self.survey.seating = Seating(network, self.survey, self._routed)
        self._rows = Rows(network, self.words)

    def of(self, target: str) -> Reach:
        """Who reaches `target`."""
        end = find_end(self.network, target, "--to")
        if end.kind not in ANYWHERE and not end.interfaces:
            raise UsageError(f"--to {target}: there, but without any network interface")
        rows: set[Row] = set()
        undecided: set[Row] = set()
        gaps = {Gap(m.kind, m.id or None, m.account, m.region, m.why) for m in self.network.refused}
        gaps |= set(untold(self.network, end))
        wanted = set(end.interfaces)
        for vantage, asked, fate in self.fates(end):
            wanted |= {asked.interface.id} if asked.interface else set()
            rows.update(self._rows.of(vantage, asked, fate.passes, fate))
            undecided.update(self._rows.of(vantage, asked, fate.maybe, fate))
            gaps.update(fate.gaps)
        for vantage, fate in self._in_front(wanted):
            passes, maybe = handed(fate, wanted)
            rows.update(self._rows.handed_on(vantage, fate, behind, part) for behind, part in passes)
            undecided.update(self._rows.handed_on(vantage, fate, behind, part) for behind, part in maybe)
            gaps.update(fate.gaps if maybe else ())
        reaching = {id_ for row in rows if row.source for id_ in row.source.interfaces}
        return Reach(
            None,
            target,
            tuple(sorted(rows, key=by_badness)),
            tuple(sorted(undecided, key=by_badness)),
            tuple(sorted(gaps, key=gap_order)),
            tuple(sorted({*end.notes, *candidates(end), *self.network.warnings})),
            sum(1 for _ in askers(self.network)),
            len(reaching),
        )

    def fates(self, end: End) -> Iterator[tuple[Vantage, Target, Fate]]:
        """What becomes of the packets from everybody to every address of `end`; where no route leads it is left out."""
        for vantage in self._vantages():
            source = INTERNET_END if vantage.start is From.INTERNET else ONPREM_END
            named = _Named(self.network, self.words, source, end)
            yield from self._asked(vantage, named.targets(vantage))
        if end.kind is not Kind.INTERNET and end.kind is not Kind.ONPREM:
            yield from self._from_elsewhere(_Named(self.network, self.words, ONPREM_END, end))

    def _vantages(self) -> Iterator[Vantage]:
        yield from Origins(self.network, self.words, INTERNET_END).vantages()
        for crowd in crowds(self.network, askers(self.network)):
            yield from crowd.vantages

    def _asked(self, vantage: Vantage, targets: Iterable[Target]) -> Iterator[tuple[Vantage, Target, Fate]]:
        outlook: Outlook | None = None
        own = set(vantage.interfaces)
        for target in targets:
            interface = target.interface
            if target.family != vantage.family or (target.claim is not None and interface is None):
                continue
            if interface is not None and not target.public and own == {interface.id}:
                continue
            if interface is not None and vantage.start is From.INTERNET and interface.role in NEVER:
                continue
            if self._routed.apart(vantage, target):
                continue
            outlook = outlook or self.survey.outlook(vantage)
            yield vantage, target, outlook.fate(target)

    def _from_elsewhere(self, named: _Named) -> Iterator[tuple[Vantage, Target, Fate]]:
        elsewhere = Elsewhere(self.network, self.words, ONPREM_END)
        outlooks: dict[int, Outlook] = {}
        for target in named.inside():
            for vantage in elsewhere.vantages(target):
                outlook = outlooks.setdefault(id(vantage), self.survey.outlook(vantage))
                yield vantage, target, outlook.fate(target)

    # Balancers in front of the target.

    def _in_front(self, interfaces: set[str]) -> Iterator[tuple[Vantage, Fate]]:
        """What becomes of packets to the balancers that lead to the interfaces."""
        nodes = Fronts(self.network).of(interfaces)
        if not nodes:
            return
        front = End(Kind.INTERFACE, "balancers", interfaces=tuple(sorted(nodes)))
        for vantage, _target, fate in self.fates(front):
            if fate.behind:
                yield vantage, fate


class _Named(Pairs):
    """The addresses of a named target as one sort of source asks for them, without any source in particular."""

    def _pairs(self) -> list[tuple[Vantage, Target]]:
        return []

    def targets(self, vantage: Vantage) -> list[Target]:
        """The addresses as `vantage` asks for them."""
        if self.target.kind in ANYWHERE:
            return self._targets(vantage)
        if vantage.start is From.INTERNET:
            return list(public_targets(self.network, self.target.interfaces))
        return list(self.inside(vantage.family))

    def inside(self, *families: int) -> Iterator[Target]:
        """The addresses that everybody but the internet asks for; in all families unless some are named."""
        for family in families or self.target.families:
            yield from self._inside_targets(family)
