"""Who asks whom: a named source and a named target become pairs of a vantage and a target, one for each answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.errors import UnknownNameError, UsageError
from sgcheck.packets import INTERNET, AddressSet
from sgcheck.reach.claims import claimed, lost_interfaces, unmet
from sgcheck.reach.crowds import public_targets
from sgcheck.reach.elsewhere import Elsewhere
from sgcheck.reach.ends import End, Kind
from sgcheck.reach.leads import PRIVATE_USE, led_to, outward
from sgcheck.reach.offers import offer
from sgcheck.reach.origins import Origins, public_inside
from sgcheck.reach.vantage import From, Target, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.ref import Missing
    from sgcheck.model.things import Interface
    from sgcheck.reach.words import Words

IPV4 = 4
FAMILIES = (4, 6)


class UntoldError(Exception):
    """An end is there, and its interfaces are not in the input."""

    def __init__(self, end: str, missing: Missing, outside: str | None = None) -> None:
        """Name the end, and what is missing; `outside` says why it has none."""
        super().__init__(end)
        self.outside = outside
        self.end = end
        self.missing = missing


class Pairs:
    """Pairs up the two ends of one question; `notes` are warnings about what was left out."""

    def __init__(self, network: Network, words: Words, source: End, target: End) -> None:
        """Pair `source` with `target`."""
        self.network = network
        self.words = words
        self.source = source
        self.target = target
        self.notes: list[str] = [*source.notes, *target.notes]
        self.pairs = self._pairs()

    def _pairs(self) -> list[tuple[Vantage, Target]]:
        self._demand_interfaces(self.source)
        origins = Origins(self.network, self.words, self.source)
        vantages = list(origins.vantages())
        self.notes += origins.notes
        made = [(apart(self.network, v, t), t) for v in vantages for t in self._targets(v)]
        if not made and self.source.kind is Kind.ADDRESSES:
            made = self._from_elsewhere()
        elif self.source.kind in (Kind.ADDRESSES, Kind.ONPREM):
            made += self._from_elsewhere(quiet=True)
        kept = claimed(self.network, self._asked_families(made), self.source, self.target)
        kept += unmet(vantages, self.target)
        if not kept:
            self._nothing()
        return kept

    def _demand_interfaces(self, end: End) -> None:
        """A named service whose interfaces are not in the data leaves the whole question open."""
        for claim in end.claims:
            if not claim.whole:
                raise UntoldError(claim.service.title, lost_interfaces(self.network, claim), claim.service.outside)

    def _nothing(self) -> None:
        self._demand_interfaces(self.target)
        for end, option in ((self.source, "--from"), (self.target, "--to")):
            if end.kind not in (Kind.INTERNET, Kind.ADDRESSES, Kind.ONPREM) and not end.interfaces:
                missing = end.missing or self.network.absent("network interface", None, None)
                if missing is None and end.kind is Kind.BALANCER:
                    missing = self.network.missing("network interface", end.text, "its nodes are its interfaces")
                if missing is not None:
                    raise UntoldError(end.text, missing)
                raise UsageError(f"{option} {end.text}: there, but without any network interface")
        if self.source.kind is Kind.INTERNET and self.target.kind is Kind.INTERNET:
            raise UsageError("--from and --to are both in the internet")
        raise UsageError(
            f"nothing to ask: {self.source.text} and {self.target.text} have no addresses of one family that meet"
        )

    def _asked_families(self, made: list[tuple[Vantage, Target]]) -> list[tuple[Vantage, Target]]:
        """Leave out what asks a host about itself, unless that is the question."""
        others = [
            (v, t)
            for v, t in made
            if not (v.interface and t.interface and v.interface.id == t.interface.id and not t.public)
        ]
        return others or made

    def _from_elsewhere(self, *, quiet: bool = False) -> list[tuple[Vantage, Target]]:
        """Private addresses that no known VPC has: asked from behind whatever the target's routes lead them to."""
        elsewhere = Elsewhere(self.network, self.words, self.source)
        rest = elsewhere.addresses
        asked = [target for family in rest.families for target in self._inside_targets(family)]
        made = [(vantage, target) for target in asked for vantage in elsewhere.vantages(target)]
        if made or quiet:
            if rest and not made and self.source.kind is Kind.ADDRESSES:
                self.notes.append(
                    f"{self.words.addresses(rest)} of --from {self.source.text} is nowhere in the input: left out"
                )
            return made
        return [(Vantage(From.ELSEWHERE, t.family, rest.only(t.family)), t) for t in asked]

    # Targets.

    def _targets(self, vantage: Vantage) -> list[Target]:
        end = self.target
        family = vantage.family
        if end.kind is Kind.INTERNET:
            if vantage.start is From.INTERNET or family not in end.families:
                return []
            return [Target(self.words.internet.only(family), family, internet=True)]
        if end.kind is Kind.ADDRESSES:
            return self._address_targets(vantage, end)
        if end.kind is Kind.ONPREM:
            return self._onprem_targets(vantage)
        if vantage.start is From.INTERNET:
            return self._public_targets(vantage)
        return list(self._inside_targets(family))

    def _onprem_targets(self, vantage: Vantage) -> list[Target]:
        """The private addresses that the source's routes lead out of the known network; if none, all that are free."""
        if vantage.start in (From.INTERNET, From.ELSEWHERE):
            return []
        inside = AddressSet.union_all([v.addresses for v in self.network.vpcs.values()])
        free = (PRIVATE_USE - inside).only(vantage.family)
        led = outward(self.network, vantage, free)
        asked = led or free
        return [Target(asked, vantage.family, onprem=True)] if asked else []

    def _inside_targets(self, family: int) -> Iterator[Target]:
        """Every private address of the named interfaces."""
        wanted = self.target.addresses if self.target.kind is Kind.ADDRESSES else None
        ids = self.target.interfaces if wanted is None else self._owners(wanted)
        for id_ in ids:
            interface = self.network.interfaces[id_]
            if id_ in self.target.public and interface.public():
                yield from self._public_of(interface, (family,))
                continue
            for address in interface.addresses:
                if address.family == family and (wanted is None or wanted.contains(family, address.value)):
                    yield _private(interface, address.family, address.value)

    def _owners(self, addresses: AddressSet) -> tuple[str, ...]:
        sole = addresses.sole
        if sole is not None:
            return self.network.owners(*sole)
        return tuple(sorted(i.id for i in self.network.interfaces.values() if i.owned() & addresses))

    def _public_targets(self, vantage: Vantage) -> list[Target]:
        """The public addresses of the named interfaces; where there are none, private ones stand for them."""
        families = self._asked_internet_families()
        public = [t for id_ in self.target.interfaces for t in self._public_of(self.network.interfaces[id_], families)]
        if public:
            if families == FAMILIES and vantage.family == IPV4 and not any(t.family == IPV4 for t in public):
                self.notes.append(f"{self.target.text} has no public IPv4 address: asked over IPv6 only")
            return [t for t in public if t.family == vantage.family]
        return self._unreachable_targets(vantage, families)

    def _asked_internet_families(self) -> tuple[int, ...]:
        if self.source.kind is Kind.INTERNET:
            return self.source.families
        return (self.source.addresses & self.words.internet).families

    def _public_of(self, interface: Interface, families: tuple[int, ...]) -> list[Target]:
        return [t for t in public_targets(self.network, (interface.id,)) if t.family in families]

    def _unreachable_targets(self, vantage: Vantage, families: tuple[int, ...]) -> list[Target]:
        """Nothing public: one private address each, in a family that is asked, or else in any."""
        made = []
        for id_ in self.target.interfaces:
            interface = self.network.interfaces[id_]
            own = [a for a in interface.addresses if a.family in families] or list(interface.addresses)
            if own and (own[0].family == vantage.family or own[0].family not in families):
                made.append(_private(interface, own[0].family, own[0].value))
        return made

    def _address_targets(self, vantage: Vantage, end: End) -> list[Target]:
        family = vantage.family
        asked = end.addresses.only(family)
        if not asked:
            return []
        made: list[Target] = []
        outside = asked & self.words.internet
        if outside and vantage.start is not From.INTERNET:
            made.append(Target(outside, family, internet=True))
        for value, interface, private in public_inside(self.network, asked):
            made.append(Target(AddressSet.address(IPV4, value), IPV4, interface, (IPV4, private), public=True))
        sole = asked.sole
        if sole is not None:
            return made or self._single_target(vantage, asked, sole)
        made += [_of_owned(vantage, t) for t in self._told_apart(vantage, list(self._inside_targets(family)))]
        if not made and not outside:
            names = (a for i in self.network.interfaces.values() for a in i.owned().cidrs())
            raise UnknownNameError(f"--to {end.text}: no known interface has an address there", offer(end.text, names))
        return made

    def _told_apart(self, vantage: Vantage, targets: list[Target]) -> list[Target]:
        """Of several owners of one private address only the one that the source's routes lead to."""
        if vantage.start is From.INTERNET:
            return targets
        owners: dict[tuple[int, int], list[Interface]] = defaultdict(list)
        for target in targets:
            if target.interface is not None and target.private is not None:
                owners[target.private].append(target.interface)
        reached = {key: self._reached(vantage, found, AddressSet.address(*key)).id for key, found in owners.items()}
        return [t for t in targets if t.private is None or (t.interface and t.interface.id == reached[t.private])]

    def _single_target(self, vantage: Vantage, asked: AddressSet, sole: tuple[int, int]) -> list[Target]:
        family, value = sole
        owners = [self.network.interfaces[id_] for id_ in self.network.owners(family, value)]
        if not owners:
            both_outside = vantage.start is From.INTERNET and asked <= self.words.internet
            return [] if both_outside else [Target(asked, family)]
        if vantage.start is From.INTERNET:
            return [_of_owned(vantage, _private(owner, family, value)) for owner in owners]
        return [_private(self._reached(vantage, owners, asked), family, value)]

    def _reached(self, vantage: Vantage, owners: list[Interface], asked: AddressSet) -> Interface:
        """Of several owners of an address the one that the source's routes lead to."""
        own = next((o for o in owners if o.vpc == vantage.vpc), None)
        if own is not None or len(owners) == 1:
            return own or owners[0]
        vpc = led_to(self.network, vantage, asked)
        return next((o for o in owners if o.vpc == vpc), owners[0])


def apart(network: Network, vantage: Vantage, target: Target) -> Vantage:
    """The vantage without the target's own host: of several hosts that stand together nobody asks himself."""
    interface = target.interface
    if interface is None or target.public or len(vantage.interfaces) < 2 or interface.id not in vantage.interfaces:
        return vantage
    others = tuple(id_ for id_ in vantage.interfaces if id_ != interface.id)
    rest = vantage.addresses - interface.owned()
    return replace(vantage, addresses=rest, interface=network.interfaces[others[0]], interfaces=others)


def _private(interface: Interface, family: int, value: int) -> Target:
    return Target(AddressSet.address(family, value), family, interface, (family, value))


def _of_owned(vantage: Vantage, target: Target) -> Target:
    """An IPv6 address is public by itself when the internet asks for it."""
    if (
        vantage.start is From.INTERNET
        and target.private
        and target.family != IPV4
        and INTERNET.contains(*target.private)
    ):
        return Target(target.asked, target.family, target.interface, target.private, public=True)
    return target
