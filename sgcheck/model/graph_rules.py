"""The part of the graph that rules make: what groups and network ACLs grant and deny, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sgcheck.model.filters import FilterLine, RuleList, RuleSet, Way
from sgcheck.packets import AddressSet, Services

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.model.sketch import Sketch

_Words = dict[Services, str]


def draw(sketch: Sketch, network: Network) -> None:
    """Draw them."""
    words: _Words = {}
    for id_ in network.groups:
        group = network.groups[id_]
        attributes = {"account": group.account, "region": group.region, "vpc": group.vpc}
        sketch.node(id_, "security-group", name=group.name, untold=_untold(group), **attributes)
        _rules(sketch, group, "security-group", words)
    for id_ in network.acls:
        acl = network.acls[id_]
        sketch.node(id_, "network-acl", name=acl.name, region=acl.region, vpc=acl.vpc, untold=_untold(acl))
        _rules(sketch, acl, "network-acl", words)


def _untold(owner: RuleSet | RuleList) -> str:
    """The directions whose rules the data does not have."""
    return ", ".join(way.value for way in Way if owner.lines(way) is None)


def _rules(sketch: Sketch, owner: RuleSet | RuleList, kind: str, words: _Words) -> None:
    """One edge for each rule and peer, along the packets."""
    for way in Way:
        lines = owner.lines(way) or ()
        rest = _rest(lines)
        for number, line in enumerate(lines):
            text = words.get(line.services)
            if text is None:
                text = words[line.services] = ", ".join(line.services.describe())
            edge = "refers" if line.reference else "grants" if line.allow else "denies"
            stale = line.reference.stale if line.reference else None
            for peer, peer_kind in _peers(line):
                if peer_kind == "range":
                    sketch.node(peer, "range")
                ends = ((peer, peer_kind), (owner.id, kind))
                (source, one), (target, other) = ends if way is Way.INGRESS else ends[::-1]
                told = {"services": text, "way": way.value, "rule": line.label, "stale": stale}
                last = number >= rest
                sketch.edge(source, target, edge, (one, other), number=line.number or None, rest=last, **told)


def _rest(lines: tuple[FilterLine, ...]) -> int:
    """Where the lines begin that only say that the rest is denied: everything, to a whole family, and last."""
    start = len(lines)
    while start and not lines[start - 1].allow and _says_all(lines[start - 1]):
        start -= 1
    return start


def _says_all(line: FilterLine) -> bool:
    return line.services == Services.ALL and any(line.peer == AddressSet.ALL.only(family) for family in (4, 6))


def _peers(line: FilterLine) -> Iterator[tuple[str, str]]:
    if line.reference is not None:
        yield line.reference.group, "security-group"
    elif line.unresolved is not None:
        yield line.unresolved, "prefix-list"
    else:
        for cidr in line.peer.cidrs():
            yield cidr, "range"
