"""Near misses: why the rules of a group set do not admit packets, and which of them almost do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sgcheck.model.filters import FilterLine, RuleSet, Way
from sgcheck.model.finding import Cause
from sgcheck.packets import ICMP, ICMPV6, AddressSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.branch import Identity
    from sgcheck.reach.words import Words

MOST = 3


def classify(
    network: Network,
    words: Words,
    groups: list[RuleSet],
    way: Way,
    seen: PacketSet,
    identity: Identity | None,
) -> tuple[Cause, tuple[str, ...], str | None]:
    """Say why `groups` deny `seen`: the cause, near misses (nearest first), and the rule to blame, if one is."""
    lines = [(group, line) for group in groups for line in group.lines(way) or ()]
    if not lines:
        return Cause.GROUP_HAS_NO_RULES, (), None
    peers = seen.sources() if way is Way.INGRESS else seen.destinations()
    ranked: list[tuple[int, str, Cause, str]] = []
    for group, line in lines:
        miss = _miss(network, words, group, line, way, seen, peers, identity)
        if miss is not None:
            ranked.append((miss[0], miss[1], miss[2], line.label))
    ranked.sort(key=lambda miss: (miss[0], miss[1]))
    near = tuple(dict.fromkeys(miss[1] for miss in ranked))[:MOST]
    for rank, _text, cause, label in ranked:
        if rank == 0:
            return cause, near, label
    return Cause.GROUP_HAS_NO_MATCH, near, None


def _miss(
    network: Network,
    words: Words,
    group: RuleSet,
    line: FilterLine,
    way: Way,
    seen: PacketSet,
    peers: AddressSet,
    identity: Identity | None,
) -> tuple[int, str, Cause] | None:
    label = f"{group.id} allows {words.line(line, way)}" + (
        "" if line.label.startswith(("in", "e")) else f" ({line.label})"
    )
    same_services = bool(line.services & seen.services())
    if line.reference is not None:
        if not same_services:
            return (3, f"{label}; you asked {words.services(seen)}", Cause.GROUP_HAS_NO_MATCH)
        return _reference_miss(network, words, line, label, peers, identity)
    if line.unresolved is not None:
        return None
    if same_services and not line.peer & peers:
        if set(line.peer.families).isdisjoint(peers.families):
            return _family_miss(line, label, peers)
        word = "these packets come from" if way is Way.INGRESS else "these packets go to"
        return (1, f"{label}; {word} {words.addresses(peers)}", Cause.GROUP_HAS_NO_MATCH)
    if line.peer & peers and not same_services:
        return (
            2 if _same_protocol(line.services, seen.services()) else 3,
            f"{label}; you asked {words.services(seen)}",
            Cause.GROUP_HAS_NO_MATCH,
        )
    return _ping_twin(line, label, seen, peers)


def _family_miss(line: FilterLine, label: str, peers: AddressSet) -> tuple[int, str, Cause]:
    has, lacks = ("IPv4", "IPv6") if 4 in line.peer.families else ("IPv6", "IPv4")
    whole = line.peer in (AddressSet.ALL_V4, AddressSet.ALL_V6)
    return (
        0 if whole and peers else 1,
        f"{label}, which is {has} only: the rule has no {lacks} twin",
        Cause.GROUP_ONLY_OTHER_FAMILY,
    )


def _ping_twin(line: FilterLine, label: str, seen: PacketSet, peers: AddressSet) -> tuple[int, str, Cause] | None:
    asked, allowed = seen.services(), line.services
    twins = bool(asked.values(ICMPV6) and allowed.values(ICMP) and not allowed.values(ICMPV6))
    if twins and 6 in peers.families:
        return (1, f"{label}; ICMP for IPv6 is a protocol of its own (icmpv6)", Cause.GROUP_ONLY_OTHER_FAMILY)
    return None


def _reference_miss(
    network: Network, words: Words, line: FilterLine, label: str, peers: AddressSet, identity: Identity | None
) -> tuple[int, str, Cause] | None:
    reference = line.reference
    if reference is None:
        return None
    if reference.stale is not None:
        return (0, f"{label}, but the reference is stale: {reference.stale}", Cause.GROUP_REFERENCE_STALE)
    if identity is not None and identity.crosses_regions:
        text = f"{label}, but a reference never matches across Regions"
        return (0, text, Cause.GROUP_REFERENCE_CROSSES_REGIONS)
    if identity is not None and identity.support_off is not None:
        text = f"{label}, but {identity.support_off} has security group referencing switched off"
        return (0, text, Cause.GROUP_REFERENCES_OFF)
    if identity is None:
        shown = words.addresses(peers)
        text = f"{label}; a reference matches private addresses of members, these packets show {shown}"
        return (0 if _was_member(network, reference.group, peers) else 1, text, Cause.GROUP_IDENTITY_LOST)
    if identity.discarded is not None and _members_of(network, reference.group) & peers:
        text = f"{label}, but {identity.discarded} on the way discards who the sender is"
        return (0, text, Cause.GROUP_IDENTITY_LOST)
    text = f"{label}; {words.addresses(peers)} is no member of it"
    return (1, text, Cause.GROUP_HAS_NO_MATCH)


def _was_member(network: Network, group: str, peers: AddressSet) -> bool:
    """Whether the seen addresses are public or translated ones of members, whom the reference was meant for."""
    for id_ in network.with_group.get(group, ()):
        interface = network.interfaces[id_]
        if any(a.public is not None and peers.contains(4, a.public) for a in interface.addresses):
            return True
    sole = peers.sole
    return bool(sole and any(n.private == sole[1] or n.public == sole[1] for n in network.nats.values()))


def _members_of(network: Network, group: str) -> AddressSet:
    return AddressSet.union_all([network.interfaces[id_].owned() for id_ in network.with_group.get(group, ())])


def _same_protocol(one: Services, other: Services) -> bool:
    return any(one.values(p) and other.values(p) for p in (6, 17, ICMP, ICMPV6))
