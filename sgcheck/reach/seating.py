"""Everybody who sends, by VPC and address: who shares a way to others, so that one walk tells what becomes of all."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.things import Role
from sgcheck.packets import AddressSet, IntervalSet
from sgcheck.reach.crowds import askers
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.vantage import From, Vantage

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.routed import Routed
    from sgcheck.reach.survey import Outlook, Survey
    from sgcheck.reach.vantage import Target

IPV4 = 4


class Seat(NamedTuple):
    """One address that an interface sends from."""

    interface: Interface
    value: int


class Bench:
    """The seats of one VPC and family, in the order of their addresses: seat n is bit n."""

    def __init__(self, vpc: str, family: int, seats: list[Seat]) -> None:
        """Seat them."""
        self.vpc = vpc
        self.family = family
        self.seats = sorted(seats, key=lambda seat: (seat.value, seat.interface.id))
        self._values = [seat.value for seat in self.seats]
        self.all = (1 << len(self.seats)) - 1
        self._known: dict[IntervalSet, int] = {}

    def bits(self, addresses: AddressSet) -> int:
        """The seats with one of the addresses."""
        values = addresses.family(self.family)
        found = self._known.get(values)
        if found is None:
            found = 0
            for low, high in zip(values.bounds[::2], values.bounds[1::2], strict=True):
                first = bisect_left(self._values, low)
                last = bisect_left(self._values, high, first)
                found |= (1 << last) - (1 << first)
            self._known[values] = found
        return found

    @cached_property
    def _of_interface(self) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for number, seat in enumerate(self.seats):
            found[seat.interface.id] |= 1 << number
        return found

    @cached_property
    def numbers(self) -> Mapping[str, list[int]]:
        """The seats of every interface, by number."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, seat in enumerate(self.seats):
            found[seat.interface.id].append(number)
        return found

    def own(self, target: Target) -> int:
        """The seats of the target itself, which does not ask itself."""
        return self._of_interface.get(target.interface.id, 0) if target.interface else 0

    def count(self, bits: int) -> int:
        """How many interfaces have any of the seats."""
        if len(self._of_interface) == len(self.seats):
            return bits.bit_count()
        return sum(bool(own & bits) for own in self._of_interface.values())

    def where(self, seats: Iterable[int]) -> int:
        """The bits of seats by their numbers."""
        found = 0
        for seat in seats:
            found |= 1 << seat
        return found


class Block:
    """Seats of one bench in subnets that routes and filters treat alike; only these are told apart by nothing else."""

    def __init__(self, seating: Seating, bench: Bench, subnets: dict[str, list[int]]) -> None:
        """subnets: seat numbers by subnet."""
        self.seating = seating
        self.bench = bench
        self.subnets = subnets
        self.seats = [n for numbers in subnets.values() for n in numbers]
        self.mask = bench.where(self.seats)
        self.masks = {id_: bench.where(numbers) for id_, numbers in subnets.items()}
        self._outlooks: dict[tuple[int, bool], Outlook] = {}

    def outlook(self, subnet: str, *, alone: bool, but: str = "") -> Outlook | None:
        """What is to be seen from the seats of one subnet (alone), or of all with that subnet standing for them.

        but: the interface that can't stand for them; None where there is no other.
        """
        numbers = self.subnets[subnet]
        first = next((n for n in numbers if self.bench.seats[n].interface.id != but), None)
        if first is None:
            return None
        key = (first, alone)
        if key not in self._outlooks:
            self._outlooks[key] = self.seating.outlook(self.bench, first, numbers if alone else self.seats)
        return self._outlooks[key]

    def facing(self, target: Interface, *, near: bool) -> Outlook | None:
        """What is to be seen of a target from the seats in its own subnet, or from all others of the block."""
        if near:
            return self.outlook(target.subnet, alone=True, but=target.id) if target.subnet in self.subnets else None
        other = next((id_ for id_ in self.subnets if id_ != target.subnet), None)
        return self.outlook(other, alone=False) if other is not None else None

    def stands_for(self, subnet: str) -> str | None:
        """The interface that stands for all of a subnet, if it is one of these."""
        numbers = self.subnets.get(subnet)
        return self.bench.seats[numbers[0]].interface.id if numbers else None

    @cached_property
    def led(self) -> frozenset[str] | None:
        """The VPCs that the routes of these seats may lead to, None where it may be any."""
        subnet = self.seating.network.subnets.get(next(iter(self.subnets)))
        return self.seating.routed.led(subnet) if subnet is not None and self.bench.family == IPV4 else None

    def parts(self, target: Target) -> Iterator[tuple[Outlook, int]]:
        """Who asks `target`, in parts that share a way: those in its own subnet, and the others."""
        if target.interface is None:
            return
        home = self.masks.get(target.interface.subnet, 0)
        for near, mask in ((True, home), (False, self.mask & ~home)):
            outlook = self.facing(target.interface, near=near)
            if outlook is not None:
                yield outlook, mask

    def beside(self, target: Target) -> bool:
        """Whether the target stands elsewhere, with an address that is in the range of one of the subnets."""
        if target.interface is None or target.private is None or target.interface.subnet in self.subnets:
            return False
        known = self.seating.network.subnets
        return any(known[id_].addresses.contains(*target.private) for id_ in self.subnets)


def senders_of(network: Network) -> Mapping[str, list[Interface]]:
    """Who opens connections, by VPC."""
    found: dict[str, list[Interface]] = defaultdict(list)
    for interface in askers(network):
        found[interface.vpc].append(interface)
    return found


class Seating:
    """Seats of a network, VPC by VPC, each as soon as somebody looks at it."""

    def __init__(
        self, network: Network, survey: Survey, routed: Routed, senders: Mapping[str, list[Interface]] | None = None
    ) -> None:
        """Look from the seats at what `survey` asks about; `senders` are those of the network, where they are known."""
        self.network = network
        self.survey = survey
        self.routed = routed
        self.senders = senders_of(network) if senders is None else senders
        self._benches: dict[str, tuple[Bench, ...]] = {}
        self._blocks: dict[Bench, tuple[Block, ...]] = {}
        self._others: dict[Bench, tuple[int, ...]] = {}
        self._block_of: dict[Bench, dict[int, Block]] = {}

    @cached_property
    def all(self) -> tuple[Bench, ...]:
        """Every bench there is."""
        return tuple(bench for vpc in sorted(self.senders) for bench in self.benches(vpc))

    def benches(self, vpc: str) -> tuple[Bench, ...]:
        """The benches of one VPC, one for each family that somebody sends in."""
        if vpc not in self._benches:
            seats: dict[int, list[Seat]] = defaultdict(list)
            for interface in self.senders.get(vpc, ()):
                for address in own_addresses(interface):
                    seats[address.family].append(Seat(interface, address.value))
            self._benches[vpc] = tuple(Bench(vpc, family, found) for family, found in sorted(seats.items()))
        return self._benches[vpc]

    def blocks(self, bench: Bench) -> tuple[Block, ...]:
        """The seats of a bench in blocks."""
        if bench not in self._blocks:
            self._divide(bench)
        return self._blocks[bench]

    def others(self, bench: Bench) -> tuple[int, ...]:
        """The seats of a bench that are in no block: nothing is like them."""
        if bench not in self._others:
            self._divide(bench)
        return self._others[bench]

    def block_of(self, bench: Bench, number: int) -> Block | None:
        """The block that a seat is in, if any."""
        if bench not in self._block_of:
            self._block_of[bench] = {n: block for block in self.blocks(bench) for n in block.seats}
        return self._block_of[bench].get(number)

    def _divide(self, bench: Bench) -> None:
        blocks: dict[Hashable, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        others: list[int] = []
        for number, seat in enumerate(bench.seats):
            subnet = self.network.subnets.get(seat.interface.subnet)
            if subnet is None or seat.interface.role is not Role.HOST or seat.interface.what is not None:
                others.append(number)
            else:
                one = seat.interface
                key = (self.survey.likeness.signature(subnet), one.groups is None, one.blocks_internet_ipv6)
                blocks[key][subnet.id].append(number)
        self._blocks[bench] = tuple(Block(self, bench, dict(subnets)) for subnets in blocks.values())
        self._others[bench] = tuple(others)

    def beside(self, vantage: Vantage, target: Target) -> Outlook | None:
        """What all see of a target who share the way there with a vantage; None where that is nobody else's."""
        interface = vantage.interface
        if interface is None or vantage.start is not From.HOST or vantage.through or vantage.keeps or vantage.claim:
            return None
        bench = next((b for b in self.benches(interface.vpc) if b.family == vantage.family), None)
        numbers = bench.numbers.get(interface.id) if bench is not None else None
        block = self.block_of(bench, numbers[0]) if bench is not None and numbers else None
        if block is None or target.interface is None or block.beside(target) or target.public:
            return None
        if target.interface.id == interface.id:
            return None
        near = target.interface.subnet == interface.subnet
        found = block.facing(target.interface, near=near)
        return None if found is None or found.vantage.interfaces == vantage.interfaces else found

    def outlook(self, bench: Bench, first: int, numbers: Sequence[int]) -> Outlook:
        """What is to be seen from some seats, the `first` of which stands for them."""
        interface = bench.seats[first].interface
        ids = tuple(dict.fromkeys((interface.id, *(bench.seats[n].interface.id for n in numbers))))
        spans = IntervalSet.of(*((bench.seats[n].value, bench.seats[n].value) for n in numbers))
        addresses = AddressSet.in_family(bench.family, spans)
        subnet = self.network.subnets.get(interface.subnet)
        return self.survey.outlook(Vantage(From.HOST, bench.family, addresses, interface, ids, subnet))
