"""The plan: one smallest set of edits that removes every blocker that can be removed by rules, entries, routes or a start.

Wishes for the same filter are united over all answers, so that no part of the plan repeats another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sgcheck.model.edit import AllowInAcl, AllowInGroup, Edit
from sgcheck.model.filters import FilterLine, RuleList, Way
from sgcheck.packets import ICMP, ICMPV6, AddressSet, IntervalSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.finding import Finding
    from sgcheck.model.network import Network
    from sgcheck.reach.words import Words

Key = tuple[str, str, str]
LAST_RULE = 32766
STEP = 10
EVERY = IntervalSet.of((0, 65535))


def key_of(finding: Finding) -> Key | None:
    """What a finding's fix belongs to: wishes with one key are fixed together. None: nothing that edits could do."""
    if finding.undecided:
        return None
    if finding.allow is not None and finding.way is not None:
        return (finding.resource.kind, finding.resource.id, finding.way.value)
    if finding.edits:
        return (finding.resource.kind, finding.resource.id, repr(sorted(map(repr, finding.edits))))
    return None


def plan(network: Network, words: Words, findings: Iterable[Finding]) -> dict[Key, tuple[Edit, ...]]:
    """Edits by finding key; together they are complete, and each of them is needed."""
    wishes: dict[Key, list[Finding]] = defaultdict(list)
    for finding in findings:
        key = key_of(finding)
        if key is not None:
            wishes[key].append(finding)
    made: dict[Key, tuple[Edit, ...]] = {}
    for key, wanted in sorted(wishes.items()):
        first = wanted[0]
        if first.allow is None or first.way is None:
            made[key] = first.edits
        elif first.resource.kind == "network-acl":
            made[key] = _acl_edits(network.acls[first.resource.id], words, first.way, wanted)
        else:
            made[key] = _group_edits(words, first.resource.id, first.way, wanted)
    return made


def edits_of(planned: dict[Key, tuple[Edit, ...]]) -> tuple[Edit, ...]:
    """Every edit of a plan once."""
    return tuple(dict.fromkeys(edit for edits in planned.values() for edit in edits))


def _united(findings: Sequence[Finding]) -> PacketSet:
    return PacketSet.union_all([f.allow for f in findings if f.allow is not None])


def _group_edits(words: Words, group: str, way: Way, findings: list[Finding]) -> tuple[Edit, ...]:
    named: dict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    plain: list[Finding] = []
    for finding in findings:
        if finding.reference is not None:
            named[finding.reference.group, finding.reference.account].append(finding)
        else:
            plain.append(finding)
    made: list[Edit] = []
    for (reference, account), wanted in sorted(named.items(), key=lambda item: item[0][0]):
        services = _united(wanted).services()
        made += [AllowInGroup(group, way, part, None, reference, account) for part in single_rules(services)]
    made += [AllowInGroup(group, way, services, cidr) for services, cidr in rules_for(words, _united(plain), way)]
    return tuple(dict.fromkeys(made))


def rules_for(words: Words, packets: PacketSet, way: Way) -> tuple[tuple[Services, str], ...]:
    """Rules (one protocol and port range, one CIDR) that together cover `packets` as a filter looking `way` sees them."""
    by_peers: dict[tuple[int, AddressSet], Services] = {}
    for box in packets.boxes():
        values = box.sources if way is Way.INGRESS else box.destinations
        key = (box.family, AddressSet.in_family(box.family, values))
        services = Services.protocols(IntervalSet.of(box.protocols), box.services)
        by_peers[key] = by_peers.get(key, Services.EMPTY) | services
    made: list[tuple[Services, str]] = []
    for (family, peers), services in sorted(by_peers.items(), key=lambda item: (item[0][0], words.cidrs(item[0][1]))):
        for part in single_rules(_own_icmp(services, family)):
            made += [(part, cidr) for cidr in words.cidrs(peers)]
    return tuple(dict.fromkeys(made))


def _own_icmp(services: Services, family: int) -> Services:
    """Without the other family's ICMP, which no packet of this family carries, unless everything is meant."""
    other = ICMPV6 if family == 4 else ICMP  # noqa: PLR2004
    own = services - Services.of(other)
    return services if len(services.segments) == 1 or not own else own


def single_rules(services: Services) -> tuple[Services, ...]:
    """Services as parts that one rule each can say: everything, one protocol, one port range, one ICMP type or type and code."""
    made: list[Services] = []
    segments = services.segments
    if len(segments) == 1 and segments[0][:2] == (0, 255) and segments[0][2] == EVERY:
        return (Services.ALL,)
    if sum(last - first + 1 for first, last, _values in segments) > len(_NAMED):
        return (Services.ALL,)
    for first, last, values in segments:
        for protocol in range(first, last + 1):
            if protocol in (ICMP, ICMPV6):
                made += [Services.of(protocol, part) for part in _icmp_parts(values)]
            else:
                made += [Services.of(protocol, IntervalSet.of(span)) for span in values.spans]
    return tuple(made)


_NAMED = (1, 6, 17, 58, 50, 51, 47, 4, 41, 132)


def _icmp_parts(values: IntervalSet) -> list[IntervalSet]:
    if values == EVERY:
        return [values]
    parts: list[IntervalSet] = []
    for low, high in values.spans:
        first = low
        while first <= high:
            whole = first % 256 == 0 and first + 255 <= high
            last = first + 255 if whole else first
            parts.append(IntervalSet.of((first, last)))
            first = last + 1
    return parts


def _acl_edits(acl: RuleList, words: Words, way: Way, findings: list[Finding]) -> tuple[Edit, ...]:
    wanted = rules_for(words, _united(findings), way)
    lines = list(acl.lines(way) or ())
    made: list[Edit] = []
    taken = {line.number for line in lines}
    number = _before(lines, wanted, way)
    for services, cidr in wanted:
        free = _free_below(number, taken) if number is not None else _free_at_end(taken)
        shifted: tuple[tuple[int, int], ...] = ()
        if free is None:
            free = number or 1
            shifted = _shifts(free, taken)
            taken |= {new for _old, new in shifted}
        made.append(AllowInAcl(acl.id, way, free, services, cidr, shifted))
        taken.add(free)
    return tuple(made)


def _before(lines: list[FilterLine], wanted: tuple[tuple[Services, str], ...], way: Way) -> int | None:
    """The number of the first own entry that denies something wanted, None where only the closing denial does."""
    for line in lines:
        if line.allow or line.number > LAST_RULE:
            continue
        for services, cidr in wanted:
            if line.services & services and line.peer & AddressSet.parse(cidr):
                return line.number
    return None


def _free_below(number: int, taken: set[int]) -> int | None:
    return next((n for n in range(number - 1, 0, -1) if n not in taken), None)


def _free_at_end(taken: set[int]) -> int | None:
    own = [n for n in taken if n <= LAST_RULE]
    wanted = (max(own) // STEP + 1) * STEP if own else 100
    if wanted <= LAST_RULE:
        return wanted
    return next((n for n in range(LAST_RULE, 0, -1) if n not in taken), None)


def _shifts(first: int, taken: set[int]) -> tuple[tuple[int, int], ...]:
    """Moves of the entries from `first` on, up to the next free number, highest first."""
    last = first
    while last + 1 in taken:
        last += 1
    return tuple((n, n + 1) for n in range(last, first - 1, -1))
