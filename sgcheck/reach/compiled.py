"""Security groups compiled: rules that let the same services pass are one entry, for questions that name no rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from sgcheck.model.filters import Way
from sgcheck.packets import AddressSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine, GroupReference, Members


class Entry(NamedTuple):
    """The rules of one group for the same services: addresses, references, and lists without known entries."""

    services: Services
    peers: AddressSet
    references: tuple[GroupReference, ...]
    unresolved: tuple[tuple[str, AddressSet], ...]


class Verdicts(NamedTuple):
    """What a compiled group does with packets: they pass for certain, or perhaps; `missing` would decide the latter."""

    sure: PacketSet
    perhaps: PacketSet
    missing: tuple[str, ...] = ()


def compiled(lines: Iterable[FilterLine]) -> tuple[Entry, ...]:
    """The entries of a group's lines of one direction, in the order of their first line."""
    by_services: dict[Services, list[FilterLine]] = {}
    known: dict[int, list[FilterLine]] = {}
    for line in lines:
        same = known.get(id(line.services))
        if same is None:
            same = known[id(line.services)] = by_services.setdefault(line.services, [])
        same.append(line)
    return tuple(_entry(services, found) for services, found in by_services.items())


def _entry(services: Services, lines: list[FilterLine]) -> Entry:
    plain = [line.peer for line in lines if line.reference is None and line.unresolved is None]
    return Entry(
        services,
        AddressSet.union_all(plain),
        tuple(line.reference for line in lines if line.reference is not None),
        tuple((line.unresolved, line.peer) for line in lines if line.unresolved is not None),
    )


def judged(entries: Iterable[Entry], way: Way, seen: PacketSet, members: Members) -> Verdicts:
    """Judge packets as `judge_set` judges them by the lines that the entries are of."""
    peers = seen.sources() if way is Way.INGRESS else seen.destinations()
    sure: list[PacketSet] = []
    perhaps: list[PacketSet] = []
    missing: dict[str, None] = {}
    for entry in entries:
        known = entry.peers & peers
        for reference in entry.references:
            certain, maybe = members(reference)
            known |= certain & peers
            if maybe & peers:
                perhaps.append(_packets(entry.services, way, maybe & peers))
                missing[reference.group] = None
        if known:
            sure.append(_packets(entry.services, way, known))
        for id_, listed in entry.unresolved:
            if listed & peers:
                perhaps.append(_packets(entry.services, way, listed & peers))
                missing[id_] = None
    permit = PacketSet.union_all(sure) & seen
    open_ = (PacketSet.union_all(perhaps) & seen) - permit if perhaps else PacketSet.EMPTY
    return Verdicts(permit, open_, tuple(missing))


def _packets(services: Services, way: Way, peers: AddressSet) -> PacketSet:
    if way is Way.INGRESS:
        return PacketSet.box(peers, AddressSet.ALL, services)
    return PacketSet.box(AddressSet.ALL, peers, services)
