"""Everybody on the way to the internet: each kind of sender walked once, and each set of groups judged once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, PacketSet
from sgcheck.reach.arrival import answers
from sgcheck.reach.between import between
from sgcheck.reach.fate import Fate, gaps_of, united, via_of
from sgcheck.reach.likeness import alike
from sgcheck.reach.survey import SHUT, Allowed, Stretch, Survey, through
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.walker import SplitNeededError

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Address, Interface
    from sgcheck.reach.branch import Branch


class Departures:
    """What hosts get out to some addresses that nothing known has."""

    def __init__(self, network: Network, survey: Survey, outside: AddressSet) -> None:
        """Ask what `survey` asks about, of `outside`."""
        self._network = network
        self._survey = survey
        self._outside = outside
        self._ways: dict[Hashable, tuple[Stretch, ...] | None] = {}
        self._fates: dict[Hashable, Fate] = {}

    def fate(self, interface: Interface, address: Address) -> Fate:
        """What becomes of packets that an interface sends from one of its own addresses.

        The sets hold for any source.
        """
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
        if key not in self._ways:
            self._ways[key] = self._walk(alone)
        stretches = self._ways[key]
        if stretches is None:
            return self._walked(alone)
        whole = (key, interface.groups if interface.filtered else False, answers(self._network, interface))
        if whole not in self._fates:
            made = [through(s, self._ends(s, interface, address.family)) for s in stretches]
            self._fates[whole] = united(made)
        return self._fates[whole]

    def _target(self, family: int) -> Target:
        return Target(self._outside.only(family), family, internet=True)

    def _walked(self, vantage: Vantage) -> Fate:
        return self._survey.outlook(vantage).fate(self._target(vantage.family))

    def _walk(self, vantage: Vantage) -> tuple[Stretch, ...] | None:
        """The way from one sender and all that are like it; None where each has to be walked."""
        question, target = self._survey.question, self._target(vantage.family)
        asked = PacketSet.box(vantage.addresses, target.asked, question.services, question.source_ports)
        sole = vantage.addresses.sole
        try:
            branches = between(self._network, self._survey.words, vantage, target, asked)
        except SplitNeededError:
            return None
        if sole is None or not alike(branches):
            return None
        return tuple(self._stretch(branch, sole) for branch in branches)

    def _stretch(self, branch: Branch, address: tuple[int, int]) -> Stretch:
        asked, alive, maybe, flaky = (
            packets.before_source(*address) for packets in (branch.asked, branch.alive, branch.maybe, branch.flaky)
        )
        gaps = gaps_of(self._network, branch.findings)
        return Stretch(asked, alive, maybe, flaky, gaps, via_of(branch), branch.doors.get(Way.EGRESS), None)

    def _ends(self, stretch: Stretch, interface: Interface, family: int) -> Iterator[Allowed]:
        if stretch.leaving is None:
            return
        question = self._survey.question
        everybody = AddressSet.ALL.only(family)
        seen = PacketSet.box(everybody, self._outside.only(family), question.services, question.source_ports)
        running = answers(self._network, interface)
        yield self._survey.judged(interface, Way.EGRESS, seen, stretch.leaving) if running else SHUT
