"""Filters: what lets packets in or out, one line per rule of the provider, so that a trace can name the rule.

A `RuleSet` is a united set of allow lines (the rules of one group). A `RuleList` is ordered, first match wins (a
network ACL).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from sgcheck.packets import AddressSet, PacketSet, Services


class Way(StrEnum):
    """Which way a filter looks: at what enters its owner, or at what leaves it."""

    INGRESS = "ingress"
    EGRESS = "egress"


class GroupReference(msgspec.Struct, frozen=True):
    """A rule's peer that is a group. stale: the provider says that it matches nothing any more, and why."""

    group: str
    account: str | None = None
    vpc: str | None = None
    peering: str | None = None
    stale: str | None = None


class FilterLine(msgspec.Struct, frozen=True):
    """One rule: `services` to or from `peer`, members of `reference`, or a list without known entries (`unresolved`).

    label names it (a rule id, or its content); peer of an unresolved line is all that it may hold, its services those
    that it may have; number orders it in a RuleList.
    """

    label: str
    services: Services
    peer: AddressSet
    reference: GroupReference | None = None
    unresolved: str | None = None
    allow: bool = True
    number: int = 0


class RuleSet(msgspec.Struct, frozen=True):
    """One group's allow rules; the lines of a direction are None where the data does not have them."""

    id: str
    vpc: str | None
    account: str | None
    region: str | None
    name: str | None
    ingress: tuple[FilterLine, ...] | None
    egress: tuple[FilterLine, ...] | None

    def lines(self, way: Way) -> tuple[FilterLine, ...] | None:
        """The lines that look `way`."""
        return self.ingress if way is Way.INGRESS else self.egress


class RuleList(msgspec.Struct, frozen=True):
    """An ordered list of allow and deny lines, sorted by number; what no line matches is denied."""

    id: str
    vpc: str | None
    region: str | None
    name: str | None
    ingress: tuple[FilterLine, ...] | None
    egress: tuple[FilterLine, ...] | None

    def lines(self, way: Way) -> tuple[FilterLine, ...] | None:
        """The lines that look `way`."""
        return self.ingress if way is Way.INGRESS else self.egress


class Judgement(msgspec.Struct, frozen=True):
    """What a filter does with a set of packets.

    permit: passes for certain. maybe: undecided, since something is missing. The rest is denied.
    by: labels of the lines that admitted something, in order. denied_by: the lines that denied by name.
    missing: what would have decided `maybe` (resource ids).
    """

    permit: PacketSet
    maybe: PacketSet
    by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def line_packets(line: FilterLine, way: Way, peer: AddressSet | None = None) -> PacketSet:
    """The packets that a line speaks of; `peer` replaces its own addresses (members of a group)."""
    far = line.peer if peer is None else peer
    if way is Way.INGRESS:
        return PacketSet.box(far, AddressSet.ALL, line.services)
    return PacketSet.box(AddressSet.ALL, far, line.services)


Members = Callable[[GroupReference], "tuple[AddressSet, AddressSet]"]
"""Resolves a reference to (addresses that certainly match, addresses that may match)."""


def judge_set(lines: tuple[FilterLine, ...], way: Way, packets: PacketSet, members: Members) -> Judgement:
    """Judge `packets` by the united allow `lines` of all groups of one interface."""
    permit = maybe = PacketSet.EMPTY
    by: list[str] = []
    missing: list[str] = []
    services = packets.services()
    peers = packets.sources() if way is Way.INGRESS else packets.destinations()
    for line in lines:
        if not line.services & services:
            continue
        if line.unresolved is not None:
            maybe |= line_packets(line, way) & packets
            missing.append(line.unresolved)
            continue
        sure, perhaps = (line.peer, AddressSet.EMPTY) if line.reference is None else members(line.reference)
        if sure & peers:
            matched = line_packets(line, way, sure & peers) & packets
            if matched:
                permit |= matched
                by.append(line.label)
        if perhaps & peers and line.reference is not None:
            maybe |= line_packets(line, way, perhaps & peers) & packets
            missing.append(line.reference.group)
    return Judgement(permit, maybe - permit, tuple(dict.fromkeys(by)), (), tuple(dict.fromkeys(missing)))


def judge_list(lines: tuple[FilterLine, ...], way: Way, packets: PacketSet) -> Judgement:
    """Judge `packets` by an ordered list: the first line that matches decides, none denies."""
    permit, rest = PacketSet.EMPTY, packets
    by: list[str] = []
    denied_by: list[str] = []
    doubts: list[tuple[FilterLine, PacketSet]] = []
    for line in lines:
        if not rest:
            break
        matched = line_packets(line, way) & rest
        if not matched:
            continue
        if line.unresolved is not None:
            doubts.append((line, matched))
            continue
        rest -= matched
        if line.allow:
            permit |= matched
            by.append(line.label)
        else:
            denied_by.append(line.label)
    if rest:
        denied_by.append("no rule matches")
    if doubts:
        return _in_doubt(packets, permit, doubts, by, denied_by)
    return Judgement(permit, PacketSet.EMPTY, tuple(by), tuple(denied_by))


def _in_doubt(
    packets: PacketSet,
    permit: PacketSet,
    doubts: list[tuple[FilterLine, PacketSet]],
    by: list[str],
    denied_by: list[str],
) -> Judgement:
    """What an ordered list does where unresolved lines may come first: they count where they change what follows."""
    maybe = PacketSet.EMPTY
    missing = []
    for line, matched in doubts:
        changed = matched - permit if line.allow else matched & permit
        if changed:
            maybe |= changed
            missing.append(line.unresolved or "")
    return Judgement(permit - maybe, maybe & packets, tuple(by), tuple(denied_by), tuple(dict.fromkeys(missing)))
