"""What is asked of flow logs: whose packets to whom, and at which interfaces to look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import AddressSet, Services, format_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.model.network import Network
    from sgcheck.model.things import Interface
    from sgcheck.reach.answer import Answer, Explanation
    from sgcheck.reach.question import Question


class Place(msgspec.Struct, frozen=True):
    """An interface whose log is looked into.

    addresses: those of its own that the question is about. primary: its primary private IPv4 address, which logs write
    for all of its IPv4 addresses; where it is None, `addresses` have to hold what logs write.
    """

    interface: str
    addresses: AddressSet
    primary: str | None = None

    @property
    def written(self) -> AddressSet:
        """Its own side as srcaddr and dstaddr have it."""
        return self.addresses | AddressSet.parse(self.primary) if self.primary else self.addresses


class Asked(msgspec.Struct, frozen=True):
    """The question.

    sources: the clients' addresses as the targets see them. services: the asked ports or protocols. targets: where the
    packets should arrive; origins: where they come from, if that is known, and destinations: the addresses that they
    are sent to from there. since, until: Unix seconds between which to look, None for all that is there.
    """

    sources: AddressSet
    services: Services
    targets: tuple[Place, ...]
    origins: tuple[Place, ...] = ()
    destinations: AddressSet = AddressSet.EMPTY
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, network: Network, question: Question, explanation: Explanation) -> Asked:
        """What logs are asked for a question: its ends, and the addresses that the path gives them on the way."""
        answers = explanation.answers
        targets = _targets(network, answers)
        origins = [i for id_ in dict.fromkeys(a.source.id for a in answers) for i in _interfaces_of(network, id_)]
        private = AddressSet.union_all(place.addresses for place in targets)
        public = AddressSet.parse(*(a.target.address for a in answers if a.target.address))
        return cls(
            sources=AddressSet.union_all([_sources(network, answers), *_worn(network, origins, answers)]),
            services=question.services,
            targets=targets,
            origins=tuple(_place(interface, interface.owned()) for interface in origins),
            destinations=private | public,
        )


def _targets(network: Network, answers: Iterable[Answer]) -> tuple[Place, ...]:
    asked: dict[str, AddressSet] = {}
    for answer in answers:
        interface = network.interfaces.get(answer.target.interface or "")
        if interface is not None:
            own = _own(interface, answer.target.address)
            asked[interface.id] = asked.get(interface.id, AddressSet.EMPTY) | own
    return tuple(_place(network.interfaces[id_], own) for id_, own in asked.items())


def _own(interface: Interface, address: str | None) -> AddressSet:
    """The interface's own addresses that an asked one, public or private, stands for; all where none is asked."""
    if address is None:
        return interface.owned()
    asked = AddressSet.parse(address)
    private = [a for a in interface.addresses if a.public is not None and asked.contains(4, a.public)]
    return AddressSet.union_all(AddressSet.address(a.family, a.value) for a in private) or asked


def _place(interface: Interface, own: AddressSet) -> Place:
    """A place at an interface, with its primary address if it is known."""
    first = next((format_address(4, a.value) for a in interface.addresses if a.family == 4 and a.primary), None)
    return Place(interface.id, own, first)


def _interfaces_of(network: Network, id_: str | None) -> list[Interface]:
    if id_ is None:
        return []
    instance = network.instances.get(id_)
    ids = instance.interfaces if instance else (id_,)
    return [network.interfaces[i] for i in ids if i in network.interfaces]


def _sources(network: Network, answers: Iterable[Answer]) -> AddressSet:
    """The asked sources; the internet's are written as everything, and are not."""
    found = [
        AddressSet.parse(*a.source.addresses) & (network.internet if a.source.kind == "internet" else AddressSet.ALL)
        for a in answers
    ]
    return AddressSet.union_all(found)


def _worn(network: Network, origins: Iterable[Interface], answers: Iterable[Answer]) -> list[AddressSet]:
    """The addresses that gateways on the way give to the sources."""
    gateways = {hop.hop for answer in answers for hop in answer.forward if hop.kind == "nat-gateway"}
    nats = [network.nats[id_] for id_ in sorted(gateways) if id_ in network.nats]
    values = [value for nat in nats for value in (nat.private, nat.public) if value is not None]
    return [interface.public() for interface in origins] + [AddressSet.address(4, value) for value in values]
