"""Everybody on the way to the internet: each kind of sender walked once, and each set of groups judged once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.arrival import answers
from sgcheck.reach.between import between
from sgcheck.reach.fate import gaps_of, via_of
from sgcheck.reach.lanes import Lane, united
from sgcheck.reach.likeness import alike
from sgcheck.reach.survey import Stretch, Survey
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.walker import SplitNeededError

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Address, Interface
    from sgcheck.reach.branch import Branch
    from sgcheck.reach.doorways import Doorways
    from sgcheck.reach.outside import Leg, Outside


class Departures:
    """What hosts get out to some addresses that nothing known has."""

    def __init__(self, network: Network, survey: Survey, outside: Outside, doorways: Doorways) -> None:
        """Ask what `survey` asks about, of `outside`."""
        self._network = network
        self._survey = survey
        self._outside = outside
        self._doorways = doorways
        self._legs: dict[Hashable, tuple[Leg, ...] | None] = {}
        self._lanes: dict[Hashable, Lane] = {}

    def lane(self, interface: Interface, address: Address) -> Lane:
        """What becomes of packets that an interface sends from one of its own addresses, to any of those outside."""
        self._survey.pulse.beat()
        alone = Vantage(
            From.HOST,
            address.family,
            AddressSet.address(address.family, address.value),
            interface,
            (interface.id,),
            self._network.subnets.get(interface.subnet),
        )
        key = self._survey.likeness.sender(interface, address)
        if key is None:
            return self._walked(alone)
        if key not in self._legs:
            self._legs[key] = self._walk(alone)
        legs = self._legs[key]
        if legs is None:
            return self._walked(alone)
        whole = (key, interface.groups if interface.filtered else False, answers(self._network, interface))
        if whole not in self._lanes:
            doors = [self._doorways.at(leg.stretch.leaving, interface, Way.EGRESS, address.family) for leg in legs]
            made = [lane for leg, door in zip(legs, doors, strict=True) for lane in self._outside.lanes(leg, door)]
            self._lanes[whole] = united(made)
        return self._lanes[whole]

    def _walked(self, vantage: Vantage) -> Lane:
        outside = self._outside.addresses.only(vantage.family)
        return Lane.of(self._survey.outlook(vantage).fate(Target(outside, vantage.family, internet=True)))

    def _walk(self, vantage: Vantage) -> tuple[Leg, ...] | None:
        """The way from one sender and all that are like it; None where each has to be walked."""
        target = Target(self._outside.samples(vantage.family), vantage.family, internet=True)
        question = self._survey.question
        asked = PacketSet.box(vantage.addresses, target.asked, question.services, question.source_ports)
        try:
            branches = between(self._network, self._survey.words, vantage, target, asked)
        except SplitNeededError:
            return None
        return tuple(self._leg(branch, vantage.family) for branch in branches) if alike(branches) else None

    def _leg(self, branch: Branch, family: int) -> Leg:
        gaps = gaps_of(self._network, branch.findings)
        door = branch.doors.get(Way.EGRESS)
        sets = (branch.asked, branch.alive, branch.maybe, branch.flaky)
        return self._outside.leg(Stretch(*sets, gaps, via_of(branch), door, arriving=None), family, Way.EGRESS)
