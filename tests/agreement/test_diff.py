"""`diff` on random networks and random edits of them: exactly the difference of what passes, with what did it."""

from __future__ import annotations

import os
import random
from collections import Counter
from functools import cache

import pytest

from sgcheck.errors import UsageError
from sgcheck.model.network import Network
from sgcheck.packets import Flow, PacketSet, format_address, parse_address
from sgcheck.reach.answer import Verdict
from sgcheck.reach.changes import changes
from sgcheck.reach.crowds import ASKING
from sgcheck.reach.deltas import CLOSED, MAY_CLOSE, MAY_OPEN, OPENED, Delta
from sgcheck.reach.diff import Diffing, diff
from sgcheck.reach.explain import verdict
from sgcheck.reach.flow_rows import Explained
from sgcheck.reach.flows import Aim, Source, sources
from sgcheck.reach.origins import own_addresses
from sgcheck.reach.question import Question
from tests.agreement.mutations import mutated
from tests.agreement.random_cases import PORTLESS, load
from tests.plain.evaluator import Packet, Record, evaluate
from tests.plain.networks import random_network, shuffled
from tests.plain.questions import INTERNET_V4, INTERNET_V6, is_known, rule_cidrs, rule_ports
from tests.plain.records import UndocumentedError, is_internet, network_of

NIGHTLY = os.environ.get("SGCHECK_PROFILE") == "nightly"
BLOCK = 4
NETWORKS = 400 if NIGHTLY else 12
FABRICS = (frozenset(), frozenset({"transit"}), frozenset({"balancers"}), frozenset({"endpoints"}))
NAT_PORTS = (1024, 32768, 65535)
SWAPPED = {OPENED: CLOSED, CLOSED: OPENED, MAY_OPEN: MAY_CLOSE, MAY_CLOSE: MAY_OPEN}
MEANT = {
    ("blocked", "delivered"): OPENED,
    ("delivered", "blocked"): CLOSED,
    ("blocked", "unknown"): MAY_OPEN,
    ("unknown", "delivered"): MAY_OPEN,
    ("delivered", "unknown"): MAY_CLOSE,
    ("unknown", "blocked"): MAY_CLOSE,
}
BLOCKS = pytest.mark.parametrize("first", range(0, NETWORKS, BLOCK))


class Case:
    """A network, random edits of it, and what the engine says of them."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(f"diff {seed}")
        size = 2 if seed % 4 == 3 else 1
        self.rng = rng
        self.records = [random_network(rng, size, nat_instances=seed % 3 == 2, told=True)]
        self.records.append(mutated(rng, self.records[0]))
        self.networks = [load(record) for record in self.records]
        self.diffing = Diffing(*self.networks)
        self.explained = self.diffing.explained()
        self.deltas = [one.delta for one in self.explained]


@cache
def case(seed: int) -> Case:
    return Case(seed)


def of_block(first: int) -> list[Case]:
    return [case(seed) for seed in range(first, first + BLOCK)]


def told(deltas: list[Delta], swap: bool = False) -> set[tuple[object, ...]]:
    """Deltas as values, those of hosts by each host; parts that different changes explain are one again."""
    found: dict[tuple[object, ...], PacketSet] = {}
    for d in deltas:
        for id_ in d.source.interfaces or ("",):
            kind = SWAPPED[d.kind] if swap else d.kind
            key = (d.source.kind, d.source.family, id_, d.aim, kind)
            found[key] = found.get(key, PacketSet.EMPTY) | d.packets
    return {(*key, packets) for key, packets in found.items()}


@pytest.mark.parametrize("seed", range(200 if NIGHTLY else 6))
def test_the_same_told_otherwise_is_no_difference(seed: int) -> None:
    rng = random.Random(f"same {seed}")
    record = random_network(rng, nat_instances=seed % 3 == 2, fabric=FABRICS[seed % 4])
    before, after = load(record), load(shuffled(rng, record))
    assert [(c.resource.id, c.text) for c in changes(before, after)] == []
    found = diff(before, after)
    assert (found.opened, found.closed, found.undecided, found.config) == ((), (), (), ())


@BLOCKS
def test_backwards_what_opened_closes(first: int) -> None:
    for one in of_block(first):
        back = Diffing(*reversed(one.networks))
        assert told([e.delta for e in back.explained()], swap=True) == told(one.deltas)


@BLOCKS
def test_nothing_that_differs_is_passed_over(first: int) -> None:
    """The pairs that are left out as unconcerned are asked after all."""
    for one in of_block(first):
        diffing = one.diffing
        ids = {id_ for network in one.networks for id_ in network.interfaces}
        sides = (diffing.comparison.before, diffing.comparison.after)
        found: list[Delta] = []
        for source in sources(*one.networks, ids):
            aims = {aim for id_ in ids for side in sides for aim in side.aims(id_) if aim.family == source.family}
            aims |= {Aim("", source.family)} if source.kind == "hosts" else set()
            found += [d for aim in aims for d in diffing.comparison._of(source, aim, sides[1])]
        assert told(found) == told(one.deltas)


@BLOCKS
def test_the_named_changes_undone_undo_the_difference(first: int) -> None:
    for one in of_block(first):
        named = {change for e in one.explained for change in (*e.changes, *e.along)}
        restored = one.diffing.undoing.without(named)
        again = Diffing(one.networks[0], restored)
        assert told([e.delta for e in again.explained()]) == set()
        silent = {(c.resource.id, c.text) for c in one.diffing.changes if c not in named}
        assert {(c.resource.id, c.text) for c in again.changes} <= silent


@BLOCKS
def test_all_changes_undone_are_the_earlier_network(first: int) -> None:
    for one in of_block(first):
        restored = one.diffing.undoing.without(one.diffing.changes)
        assert changes(one.networks[0], restored) == ()


@BLOCKS
def test_each_named_change_is_needed(first: int) -> None:
    for one in of_block(first):
        for delta, few, _along in one.explained:
            assert few, delta
            for change in few:
                rest = one.diffing._attribution.without(few - {change})
                assert one.diffing.comparison.still(delta, rest), (delta, change.text)
            assert not one.diffing.comparison.still(delta, one.diffing._attribution.without(few))


# Against the plain rules.


def verdicts(record: Record, packet: Packet, sender: str | None, receiver: str | None) -> str | None:
    """The plain verdict on one packet, None where a translator's port decides, or what AWS does is not documented."""
    try:
        outcomes = [evaluate(record, packet, sender, receiver, port) for port in NAT_PORTS]
    except UndocumentedError:
        return None
    if any(len(o.acceptable) > 1 for o in outcomes):
        return None
    found = {o.verdict for o in outcomes}
    return found.pop() if len(found) == 1 else None


def there(network: Network, source: Source, sender: str | None, address: str, aim: Aim) -> bool:
    """Whether a network has both ends."""
    if sender is not None:
        interface = network.interfaces.get(sender)
        own = {(a.family, a.value) for a in own_addresses(interface)} if interface else set()
        if parse_address(address) not in own:
            return False
    if not aim.interface:
        return True
    receiver = network.interfaces.get(aim.interface)
    if receiver is None:
        return False
    public = {(4, a.public) for a in receiver.addresses}
    own = {(a.family, a.value) for a in receiver.addresses}
    return (aim.family, aim.value) in (public if aim.public and aim.family == 4 else own)


def internet_addresses(one: Case, family: int) -> list[str]:
    found = []
    for cidr in (*(INTERNET_V4 if family == 4 else INTERNET_V6), *rule_cidrs(one.records[1], family)):
        block = network_of(cidr)
        for number in {int(block[0]), int(block[-1]), int(block[0]) - 1, int(block[-1]) + 1}:
            if 0 <= number < 1 << (32 if family == 4 else 128):
                text = format_address(family, number)
                if is_internet(text) and not any(is_known(record, text) for record in one.records):
                    found.append(text)
    return found


def known(id_: str) -> bool:
    """Whether the plain rules know an interface; what only an instance's own record tells of they do not."""
    return not id_.endswith("/primary")


def samples(one: Case, count: int) -> list[tuple[Source, str | None, str, Aim, Packet]]:
    """Packets: half of them from what the engine says differs, the rest from anybody to anybody."""
    rng, made = one.rng, []
    ports = sorted({*rule_ports(one.records[0]), *rule_ports(one.records[1])})
    ids = sorted({id_ for network in one.networks for id_ in network.interfaces if known(id_)})
    asking = [i for i in ids if any(i in n.interfaces and n.interfaces[i].role in ASKING for n in one.networks)]
    sides = (one.diffing.comparison.before, one.diffing.comparison.after)
    aims = sorted({aim for id_ in ids for side in sides for aim in side.aims(id_)})
    if not aims or not asking:
        return []
    for _ in range(count):
        if one.deltas and rng.random() < 0.6:
            delta = rng.choice(one.deltas)
            source, aim = delta.source, delta.aim
        else:
            aim = rng.choice(aims)
            kind = "internet" if aim.public else "hosts"
            source = Source(kind, aim.family, () if kind == "internet" else (rng.choice(asking),))
        if source.kind == "outside" or not all(map(known, (*source.interfaces, aim.interface))):
            continue
        sender = rng.choice(source.interfaces) if source.interfaces else None
        if sender == aim.interface:
            continue
        if sender is None:
            addresses = internet_addresses(one, source.family)
        else:
            having = [n.interfaces[sender] for n in one.networks if sender in n.interfaces]
            addresses = [
                format_address(a.family, a.value) for i in having for a in own_addresses(i) if a.family == source.family
            ]
        far = [aim.address] if aim.interface else internet_addresses(one, aim.family)
        if not addresses or not far:
            continue
        protocol = rng.choice((6, 6, 6, 17, 17, 1 if source.family == 4 else 58, 47))
        port = rng.choice(ports) if protocol in (6, 17) else (8 if source.family == 4 else 128) * 256
        port = 0 if protocol == 47 else port
        client = rng.choice([p for p in (*ports, 1024, 40000, 65535) if p >= 1024]) if protocol in (6, 17) else 0
        address = rng.choice(addresses)
        made.append((source, sender, address, aim, Packet(address, rng.choice(far), protocol, client, port)))
    return made


def said(one: Case, source: Source, sender: str | None, aim: Aim, packet: Packet) -> str | None:
    """What the engine says of one packet."""
    family, value = parse_address(packet.source)
    client = packet.source_port if packet.protocol in (6, 17) else PORTLESS
    flow = Flow(family, value, parse_address(packet.destination)[1], packet.protocol, client, packet.port)
    for delta in one.deltas:
        mine = delta.source.kind == source.kind and (sender is None or sender in delta.source.interfaces)
        if mine and delta.aim == aim and delta.packets.contains(flow):
            return delta.kind
    return None


@BLOCKS
def test_every_packet_differs_as_the_plain_rules_say(first: int) -> None:
    seen: Counter[str | None] = Counter()
    for one in of_block(first):
        for source, sender, address, aim, packet in samples(one, 60):
            fates = []
            for record, network in zip(one.records, one.networks, strict=True):
                if not there(network, source, sender, address, aim):
                    fates.append("blocked")
                else:
                    fates.append(verdicts(record, packet, sender, aim.interface or None))
            if None in fates:
                continue
            meant = MEANT.get((fates[0], fates[1]))
            assert said(one, source, sender, aim, packet) == meant, (one.records[0] is None, sender, aim, packet, fates)
            seen[meant] += 1
    assert seen[None]


def test_the_samples_meet_every_kind() -> None:
    kinds = Counter(
        delta.kind for first in range(0, NETWORKS, BLOCK) for one in of_block(first) for delta in one.deltas
    )
    assert set(kinds) == {OPENED, CLOSED, MAY_OPEN, MAY_CLOSE}


def questions(e: Explained) -> list[Question]:
    """Questions about one delta as people ask them: from an interface to an address, one port of it each."""
    found = []
    sender = e.delta.source.interfaces[0] if e.delta.source.interfaces else None
    for box in list(e.delta.packets.boxes())[:3]:
        if box.protocols[0] in (6, 17) and sender and e.delta.aim.interface:
            name = "tcp" if box.protocols[0] == 6 else "udp"
            found.append(Question.parse(sender, e.delta.aim.address, f"{box.services.spans[0][0]}/{name}"))
    return found


def test_explain_says_the_same_of_rows() -> None:
    asked = 0
    for first in range(0, NETWORKS, BLOCK):
        for one in of_block(first):
            if len(one.networks[0].vpcs) != 1:
                continue
            if len({id_ for network in one.networks for id_ in network.interfaces}) != len(one.networks[0].interfaces):
                continue  # an address may have got another owner, which is another host
            for e in one.explained[:8]:
                if e.delta.kind not in (OPENED, CLOSED):
                    continue
                for question in questions(e):
                    try:
                        fates = [verdict(network, question) for network in one.networks]
                    except UsageError:
                        continue
                    if e.delta.kind == CLOSED:
                        fates.reverse()
                    assert fates[1] in (Verdict.REACHABLE, Verdict.PARTIAL), (question, fates)
                    assert fates[0] is not Verdict.REACHABLE
                    asked += 1
    assert asked
