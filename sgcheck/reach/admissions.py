"""What comes in from outside: each kind of target walked to once, and each set of groups judged once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.reach.arrival import answers
from sgcheck.reach.departures import Leg
from sgcheck.reach.lanes import CLOSED, Lane, passing, united
from sgcheck.reach.vantage import From, Vantage
from sgcheck.reach.view import View

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.doorways import Doorways
    from sgcheck.reach.outside import Outside
    from sgcheck.reach.survey import Stretch, Survey
    from sgcheck.reach.vantage import Target


class Admissions:
    """What addresses outside get in to hosts by way of the internet, at the public addresses of these."""

    def __init__(self, network: Network, survey: Survey, outside: Outside, doorways: Doorways) -> None:
        """Ask what `survey` asks about, from `outside`."""
        self._network = network
        self._survey = survey
        self._outside = outside
        self._doorways = doorways
        whole = {f: Vantage(From.INTERNET, f, a) for f in (4, 6) if (a := outside.addresses.only(f))}
        self._whole = {family: survey.outlook(vantage) for family, vantage in whole.items()}
        self._some = {f: survey.outlook(Vantage(From.INTERNET, f, outside.samples(f))) for f in whole}
        self._legs: dict[Hashable, tuple[Leg, ...] | None] = {}
        self._lanes: dict[Hashable, Lane] = {}

    def lane(self, target: Target) -> Lane | None:
        """What becomes of packets from outside to a public address; None where nobody outside has its family."""
        interface, outlook = target.interface, self._some.get(target.family)
        if outlook is None or interface is None:
            return None
        key = self._survey.likeness.key(outlook.vantage, target)
        if key is not None and key not in self._legs:
            stretches = outlook.way(target)
            plain = stretches is not None and all(map(_is_plain, stretches))
            self._legs[key] = tuple(self._leg(s, target.family) for s in stretches or ()) if plain else None
        legs = self._legs[key] if key is not None else None
        if legs is None:
            return Lane.of(self._whole[target.family].fate(target))
        self._survey.pulse.beat()
        whole = (key, interface.groups if interface.filtered else False, answers(self._network, interface))
        if whole not in self._lanes:
            self._lanes[whole] = united([o for leg in legs for o in self._through(leg, interface, target.family)])
        return self._lanes[whole]

    def _leg(self, stretch: Stretch, family: int) -> Leg:
        held = (stretch.asked - stretch.alive - stretch.maybe) | stretch.flaky
        sets = (stretch.asked, stretch.alive, stretch.maybe, held)
        return Leg(stretch, self._outside.regions(family, Way.INGRESS, sets))

    def _through(self, leg: Leg, interface: Interface, family: int) -> Iterator[Lane]:
        door = leg.stretch.arriving
        for region in leg.regions:
            if door is None:
                yield passing(leg.stretch, region.part, [])
                continue
            running = answers(self._network, interface)
            doorway = self._doorways.of(interface, Way.INGRESS, door.identity, family) if running else CLOSED
            for opened in self._outside.openings(doorway, region.addresses):
                yield passing(leg.stretch, region.part, [opened])


def _is_plain(stretch: Stretch) -> bool:
    """Whether the target sees the senders' own addresses."""
    view: View | None = stretch.arriving.view if stretch.arriving else None
    return view is None or (view.source is None and not view.hidden)
