"""Who asks whom in two networks at once, and what passes in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.things import Role
from sgcheck.packets import AddressSet, PacketSet, Services, format_address
from sgcheck.reach.crowds import ASKING, crowds, private_targets, public_targets
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.quiet import Quiet
from sgcheck.reach.routed import Routed
from sgcheck.reach.seating import Seating
from sgcheck.reach.survey import Outlook, Survey
from sgcheck.reach.vantage import From, Target, Vantage
from sgcheck.reach.words import Words

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.answer import Gap

FAMILIES = (4, 6)
NEVER = (Role.NAT, Role.SILENT)
"""Roles of interfaces that take nothing from the internet, whatever their groups say."""
NOTHING = PacketSet.EMPTY


class Source(NamedTuple):
    """Who asks, in one family: "internet", "outside" (behind gateways), or "hosts" that nothing tells apart."""

    kind: str
    family: int
    interfaces: tuple[str, ...] = ()


class Aim(NamedTuple):
    """Who is asked: one address of an interface; without an interface all of the internet."""

    interface: str
    family: int
    value: int = 0
    public: bool = False

    @property
    def address(self) -> str:
        """The address as people write it."""
        return format_address(self.family, self.value)


class Passing(NamedTuple):
    """What passes of everything that is asked, and what may; `gaps` say what is missing to know."""

    passes: PacketSet
    maybe: PacketSet
    gaps: tuple[Gap, ...] = ()


NONE = Passing(NOTHING, NOTHING)


class Common(NamedTuple):
    """The addresses that are the internet, and those that are outside, in both networks."""

    internet: AddressSet
    outside: AddressSet


def common(before: Network, after: Network) -> Common:
    """What two networks have in common of what they do not know; addresses that only one of them knows have hosts."""
    end = End(Kind.ONPREM, "onprem")
    outside = [Elsewhere(network, Words(network), end).addresses for network in (before, after)]
    return Common(before.internet & after.internet, outside[0] & outside[1])


class Side:
    """One of the networks. What passes holds for any destination, save for the internet as a whole."""

    def __init__(self, network: Network, shared: Common, services: Services) -> None:
        """Ask about `services`."""
        self.network = network
        self.words = Words(network)
        self.words.internet = shared.internet
        self.survey = Survey(network, Quiet(network), services)
        self.survey.seating = Seating(network, self.survey, Routed(network))
        self._shared = shared
        self._elsewhere = Elsewhere(network, self.words, End(Kind.ONPREM, "onprem"))
        self._elsewhere.addresses = shared.outside
        self._aims: dict[str, dict[Aim, Target]] = {}
        self._outlooks: dict[Source, list[Outlook]] = {}
        self._outside: dict[int, Outlook] = {}

    def aims(self, interface: str) -> dict[Aim, Target]:
        """Every address of an interface that can be asked for."""
        found = self._aims.get(interface)
        if found is None:
            found = {}
            if interface in self.network.interfaces:
                for target in private_targets(self.network, [interface]):
                    found[_aim(target)] = target
                for target in public_targets(self.network, [interface]):
                    found[_aim(target)] = target
            self._aims[interface] = found
        return found

    def addresses_of(self, source: Source) -> AddressSet:
        """The addresses of a source that has no interfaces."""
        everywhere = self._shared.internet if source.kind == "internet" else self._shared.outside
        return everywhere.only(source.family)

    def passing(self, source: Source, aim: Aim) -> Passing:
        """What becomes of all packets from a source to one address."""
        if not aim.interface:
            target = Target(self._shared.internet.only(aim.family), aim.family, internet=True)
            return self._united(source, target, self._vantaged(source))
        found = self.aims(aim.interface).get(aim)
        if found is None or (source.kind == "internet") is not aim.public or source.family != aim.family:
            return NONE
        target = found
        if source.kind == "internet" and target.interface is not None and target.interface.role in NEVER:
            return NONE
        if source.kind == "outside":
            return self._united(source, target, self._behind(target))
        return self._united(source, target, self._vantaged(source))

    def _united(self, source: Source, target: Target, outlooks: Iterable[Outlook]) -> Passing:
        own = target.interface.id if target.interface else ""
        fates = [o.fate(target) for o in outlooks if source.kind != "hosts" or o.vantage.interfaces != (own,)]
        if len(fates) == 1:
            return Passing(fates[0].passes, fates[0].maybe, fates[0].gaps)
        if not fates:
            return NONE
        passes = PacketSet.union_all([fate.passes for fate in fates])
        maybe = PacketSet.union_all([fate.maybe for fate in fates]) - passes
        return Passing(passes, maybe, tuple(dict.fromkeys(gap for fate in fates for gap in fate.gaps)))

    def _vantaged(self, source: Source) -> list[Outlook]:
        found = self._outlooks.get(source)
        if found is None:
            found = self._outlooks[source] = [self.survey.outlook(vantage) for vantage in self._vantages(source)]
        return found

    def _vantages(self, source: Source) -> Iterator[Vantage]:
        if source.kind == "internet":
            addresses = self._shared.internet.only(source.family)
            if addresses:
                yield Vantage(From.INTERNET, source.family, addresses)
        elif source.kind == "hosts":
            table = self.network.interfaces
            there = [table[id_] for id_ in source.interfaces if id_ in table]
            for crowd in crowds(self.network, there):
                yield from (v for v in crowd.vantages if v.family == source.family)

    def _behind(self, target: Target) -> Iterator[Outlook]:
        if not self._elsewhere.addresses:
            return
        for vantage in self._elsewhere.vantages(target):
            outlook = self._outside.get(id(vantage))
            if outlook is None:
                outlook = self._outside[id(vantage)] = self.survey.outlook(vantage)
            yield outlook

    def beyond(self, aim: Aim) -> tuple[str, ...]:
        """What lies in front of all that is outside, as an address sees it."""
        target = self.aims(aim.interface).get(aim)
        if target is None or not self._elsewhere.addresses:
            return ()
        return tuple(v.beyond or "" for v in self._elsewhere.vantages(target))


def _aim(target: Target) -> Aim:
    family, value = target.asked.sole or (target.family, 0)
    return Aim(target.interface.id if target.interface else "", family, value, target.public)


def sources(before: Network, after: Network, interfaces: Iterable[str]) -> list[Source]:
    """The internet, what lies outside, and the interfaces in classes that nothing tells apart in either network."""
    found = [Source(kind, family) for kind in ("internet", "outside") for family in FAMILIES]
    ids = sorted(interfaces)
    crowd_of = [_crowd_of(network, ids) for network in (before, after)]
    classes: dict[tuple[int | None, int | None], list[str]] = {}
    for id_ in ids:
        classes.setdefault((crowd_of[0].get(id_), crowd_of[1].get(id_)), []).append(id_)
    for key, members in classes.items():
        if key != (None, None):
            found += [Source("hosts", family, tuple(members)) for family in FAMILIES]
    return found


def _crowd_of(network: Network, ids: list[str]) -> dict[str, int]:
    there = [network.interfaces[id_] for id_ in ids if id_ in network.interfaces]
    made = crowds(network, [interface for interface in there if interface.role in ASKING])
    return {id_: number for number, crowd in enumerate(made) for id_ in crowd.interfaces}
