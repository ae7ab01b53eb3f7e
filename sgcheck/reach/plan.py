"""The plan: a smallest set of edits that removes every blocker that rules, entries, routes or a start can remove.

Wishes for the same filter are united over all answers, so that no part of the plan repeats another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sgcheck.model.edit import AllowInAcl, AllowInGroup, Edit
from sgcheck.model.filters import FilterLine, RuleList, Way, line_packets
from sgcheck.packets import ICMP, ICMPV6, AddressSet, IntervalSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.finding import Finding
    from sgcheck.model.network import Network
    from sgcheck.reach.words import Words

Key = tuple[str, str, str]
LAST_RULE = 32766
STEP = 10
FIRST_RULE = 100
MOST_PROTOCOLS = 200
"""Rules for more protocols than this are one rule for everything: all of them were asked."""
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


def _rules(words: Words, findings: Sequence[Finding], way: Way) -> tuple[tuple[Services, str], ...]:
    """The fewest rules: for just what is denied, or for all that was asked, whichever needs less."""
    denied = _united(findings)
    whole = PacketSet.union_all([f.whole for f in findings if f.whole is not None]) | denied
    exact, wide = (needed(rules_for(words, packets, way), denied, way) for packets in (denied, whole))
    return wide if len(wide) < len(exact) else exact


def needed(rules: tuple[tuple[Services, str], ...], denied: PacketSet, way: Way) -> tuple[tuple[Services, str], ...]:
    """The rules without those that let nothing denied pass that the others do not."""
    shares = {rule: denied & line_packets(FilterLine("", rule[0], AddressSet.parse(rule[1])), way) for rule in rules}
    for rule in rules:
        rest = PacketSet.union_all([share for other, share in shares.items() if other != rule])
        if shares[rule] <= rest:
            del shares[rule]
    return tuple(shares)


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
    made += [AllowInGroup(group, way, services, cidr) for services, cidr in _rules(words, plain, way)]
    return tuple(dict.fromkeys(made))


def rules_for(words: Words, packets: PacketSet, way: Way) -> tuple[tuple[Services, str], ...]:
    """Rules (one protocol and port range, one CIDR) that together cover `packets` as seen by a filter."""
    by_peers: dict[tuple[int, AddressSet], Services] = {}
    for box in packets.boxes():
        values = box.sources if way is Way.INGRESS else box.destinations
        key = (box.family, AddressSet.in_family(box.family, values))
        services = Services.protocols(IntervalSet.of(box.protocols), box.services)
        by_peers[key] = by_peers.get(key, Services.EMPTY) | services
    made: list[tuple[Services, str]] = []
    for (_family, peers), services in sorted(by_peers.items(), key=lambda item: (item[0][0], words.cidrs(item[0][1]))):
        for part in single_rules(services):
            made += [(part, cidr) for cidr in words.for_rules(peers)]
    return tuple(dict.fromkeys(made))


def single_rules(services: Services) -> tuple[Services, ...]:
    """Services as parts that one rule each can say: everything, a protocol, a port range, an ICMP type (and code)."""
    made: list[Services] = []
    segments = services.segments
    if len(segments) == 1 and segments[0][:2] == (0, 255) and segments[0][2] == EVERY:
        return (Services.ALL,)
    if sum(last - first + 1 for first, last, _values in segments) > MOST_PROTOCOLS:
        return (Services.ALL,)
    for first, last, values in segments:
        for protocol in range(first, last + 1):
            if protocol in (ICMP, ICMPV6):
                made += [Services.of(protocol, part) for part in _icmp_parts(values)]
            else:
                made += [Services.of(protocol, IntervalSet.of(span)) for span in values.spans]
    return tuple(made)


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
    wanted = _rules(words, findings, way)
    if not wanted:
        return ()  # all that is denied is of an address that nobody knows yet
    lines = list(acl.lines(way) or ())
    numbers, shifted = _places(lines, _before(lines, wanted, way), len(wanted))
    made: list[Edit] = []
    for number, (services, cidr) in zip(numbers, wanted, strict=True):
        made.append(AllowInAcl(acl.id, way, number, services, cidr, () if made else shifted))
    return tuple(made)


def _before(lines: list[FilterLine], wanted: tuple[tuple[Services, str], ...], way: Way) -> int | None:
    """The number of the first own entry that denies something wanted, None where only the closing denial does."""
    for line in lines:
        if line.allow or line.number > LAST_RULE:
            continue
        for services, cidr in wanted:
            if line_packets(line, way) & line_packets(FilterLine("", services, AddressSet.parse(cidr)), way):
                return line.number
    return None


def _places(lines: list[FilterLine], denying: int | None, count: int) -> tuple[list[int], tuple[tuple[int, int], ...]]:
    """Numbers for `count` new entries before `denying` (None: anywhere), and moves that make room, highest first."""
    taken = {line.number for line in lines}
    if denying is None:
        last = max((n for n in taken if n <= LAST_RULE), default=FIRST_RULE - STEP)
        after = [(last // STEP + 1 + i) * STEP for i in range(count)]
        if after[-1] <= LAST_RULE:
            return after, ()
        return [n for n in range(LAST_RULE, 0, -1) if n not in taken][:count], ()
    free = [n for n in range(denying - 1, 0, -1) if n not in taken][:count]
    lacking = count - len(free)
    if not lacking:
        return free, ()
    moves: list[tuple[int, int]] = []
    lowest = denying + lacking
    for number in sorted(n for n in taken if denying <= n <= LAST_RULE):
        if number >= lowest:
            break
        moves.append((number, lowest))
        lowest += 1
    return [*free, *range(denying, denying + lacking)], tuple(reversed(moves))
