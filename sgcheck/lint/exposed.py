"""What the internet really reaches: groups, addresses, routes, network ACLs and state together, asked once each."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from sgcheck.lint.effective import is_internet, open_to
from sgcheck.lint.pairs import meet
from sgcheck.packets import INTERNET, AddressSet, PacketSet, Services
from sgcheck.reach.crowds import public_interfaces, public_targets
from sgcheck.reach.explain import walk
from sgcheck.reach.question import Question
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.report import hop_of
from sgcheck.reach.survey import Survey
from sgcheck.reach.titles import owner
from sgcheck.reach.vantage import From, Vantage
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Gap, Hop
    from sgcheck.reach.survey import Outlook


class Grade(StrEnum):
    """How far an opening is one: reached, perhaps, not as things stand, or nothing tells who has it."""

    REACHED = "reached"
    PERHAPS = "perhaps"
    LATENT = "latent"
    UNTOLD = "untold"


class Standing(NamedTuple):
    """What becomes of an opening. why: in words; hosts: ids of what is reached, sorted."""

    grade: Grade
    why: str
    hosts: tuple[str, ...] = ()


class Reached(NamedTuple):
    """What passes from the internet at large to one interface, and what may pass, for lack of the gaps."""

    passes: Services
    maybe: Services
    gaps: tuple[Gap, ...]


class Exposed:
    """Asks the engine of `exposure` about single interfaces, when somebody wants to know."""

    def __init__(self, network: Network) -> None:
        """Ask about `network`."""
        self._network = network
        self._known: dict[str, Reached] = {}
        self._services: dict[PacketSet, Services] = {}

    @cached_property
    def public(self) -> frozenset[str]:
        """Interfaces that have any address the internet can ask for."""
        return frozenset(public_interfaces(self._network))

    @cached_property
    def _outlooks(self) -> dict[int, Outlook]:
        survey = Survey(self._network, Quiet(self._network), Services.ALL)
        return {f: survey.outlook(self._vantages[f]) for f in (4, 6)}

    @cached_property
    def _vantages(self) -> dict[int, Vantage]:
        return {f: Vantage(From.INTERNET, f, self._outside.only(f)) for f in (4, 6)}

    @cached_property
    def _outside(self) -> AddressSet:
        return INTERNET - AddressSet.union_all([vpc.addresses for vpc in self._network.vpcs.values()])

    @cached_property
    def _words(self) -> Words:
        """Words to which the addresses that are asked from here are the whole internet."""
        words = Words(self._network)
        words.internet = self._outside
        return words

    def reached(self, interface: str) -> Reached:
        """What the internet at large, not some of it, reaches of an interface, at all of its addresses."""
        found = self._known.get(interface)
        if found is None:
            targets = public_targets(self._network, [interface])
            fates = [self._outlooks[target.family].fate(target) for target in targets]
            found = self._known[interface] = Reached(
                self._at_large(PacketSet.union_all([fate.passes for fate in fates])),
                self._at_large(PacketSet.union_all([fate.maybe for fate in fates])),
                tuple(dict.fromkeys(gap for fate in fates for gap in fate.gaps)),
            )
        return found

    def _at_large(self, packets: PacketSet) -> Services:
        """The services that the internet may use; many hosts let in the same."""
        found = self._services.get(packets)
        if found is None:
            found = self._services[packets] = Services.union_all(open_to(packets, is_internet).values())
        return found

    def way(self, interface: str, services: Services) -> tuple[Hop, ...]:
        """The stations of a way on which any of `services` gets from strangers to the interface, both ends included.

        It is walked for this alone, as `explain` does it. Nothing where no way is certain.
        """
        question = replace(Question.parse("internet", interface, "all"), services=services)
        for target in public_targets(self._network, [interface]):
            for walked in walk(self._network, self._words, question, self._vantages[target.family], target):
                for branch in walked.branches:
                    if meet(self._at_large(branch.alive), services):
                        return tuple(hop_of(station) for station in branch.stations if not station.reply)
        return ()

    def standing(self, interfaces: Sequence[str], services: Services) -> Standing:
        """What becomes of `services` that a group opens to the internet on these interfaces, which have it."""
        if not interfaces:
            return Standing(Grade.LATENT, "nothing in the data has the group, so that nothing is reached by it now")
        public = [id_ for id_ in interfaces if id_ in self.public]
        if not public:
            return Standing(Grade.LATENT, f"{_many(len(interfaces))} has a public address")
        open_ = [id_ for id_ in public if meet(self.reached(id_).passes, services)]
        if open_:
            hosts = tuple(sorted({self.host(id_) for id_ in open_}))
            return Standing(Grade.REACHED, f"the internet reaches {_some(hosts)}", hosts)
        doubts = [gap for id_ in public if meet(self.reached(id_).maybe, services) for gap in self.reached(id_).gaps]
        if doubts:
            return Standing(Grade.PERHAPS, f"whether the internet gets there is not known: {doubts[0].why}")
        return Standing(Grade.LATENT, "routes, network ACLs or the state of what has it hold the internet back now")

    def host(self, interface: str) -> str:
        """The id of whom an interface stands for."""
        return owner(self._network, self._network.interfaces[interface])[1] or interface


def _many(count: int) -> str:
    return "no interface that has it" if count == 1 else f"none of the {count:,} interfaces that have it"


def _some(names: Sequence[str], limit: int = 3) -> str:
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
