"""What comes in from outside: each kind of target walked to once, and each set of groups judged once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.reach.arrival import answers
from sgcheck.reach.lanes import Lane, united
from sgcheck.reach.vantage import From, Vantage
from sgcheck.reach.view import View

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.doorways import Doorways
    from sgcheck.reach.outside import Leg, Outside
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
            legs = (self._outside.leg(s, target.family, Way.INGRESS) for s in stretches or ())
            self._legs[key] = tuple(legs) if plain else None
        found = self._legs[key] if key is not None else None
        if found is None:
            return Lane.of(self._whole[target.family].fate(target))
        self._survey.pulse.beat()
        whole = (key, interface.groups if interface.filtered else False, answers(self._network, interface))
        if whole not in self._lanes:
            doors = [self._doorways.at(leg.stretch.arriving, interface, Way.INGRESS, target.family) for leg in found]
            made = [lane for leg, door in zip(found, doors, strict=True) for lane in self._outside.lanes(leg, door)]
            self._lanes[whole] = united(made)
        return self._lanes[whole]


def _is_plain(stretch: Stretch) -> bool:
    """Whether the target sees the senders' own addresses."""
    view: View | None = stretch.arriving.view if stretch.arriving else None
    return view is None or (view.source is None and not view.hidden)
