"""Rules as Suricata writes them: their headers as sets of packets, and the few options that change nothing else.

(Suricata user guide, rules/intro; Network Firewall guide, suricata-examples and rule groups.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from sgcheck.model.firewall import Action, FirewallRule, Phase, Side
from sgcheck.packets import (
    EVERY_VALUE,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    AddressSet,
    IntervalSet,
    PacketSet,
    Services,
    protocol_number,
)

LAST_PORT = 65535
HARMLESS = frozenset(
    {"msg", "sid", "rev", "gid", "classtype", "metadata", "reference", "priority", "target", "noalert"}
)
"""Options that say nothing about which packets match (Suricata user guide, rules/meta)."""
ACTIONS = {"pass": Action.PASS, "drop": Action.DROP, "reject": Action.REJECT, "rejectsrc": Action.REJECT}
_PHASES = {"established": Phase.ESTABLISHED, "not_established": Phase.OPENING}
_SIDES = {"to_server": Side.CLIENT, "from_client": Side.CLIENT, "to_client": Side.SERVER, "from_server": Side.SERVER}
_BOTH = Services.of(TCP) | Services.of(UDP)
_ECHO = Services.of(ICMP) | Services.of(ICMPV6)
_DEEPEST = 20


class UnreadableError(Exception):
    """Part of a rule that can't be told; missing: the (kind, id) of what would tell it."""

    def __init__(self, why: str, missing: tuple[str, str] | None = None) -> None:
        """Say why."""
        super().__init__(why)
        self.missing = missing


class Variables(msgspec.Struct, frozen=True):
    """What `$NAME` and `@NAME` stand for; a reference is a set, or the id of a prefix list without known entries."""

    addresses: dict[str, tuple[str, ...]]
    ports: dict[str, tuple[str, ...]]
    references: dict[str, AddressSet | str]


class Text(msgspec.Struct, frozen=True):
    """A rule in its parts, all of them as written."""

    action: str
    protocol: str
    source: str
    source_port: str
    direction: str
    destination: str
    destination_port: str
    options: tuple[tuple[str, str], ...]


def read_rule(text: Text, place: str, variables: Variables) -> FirewallRule | None:
    """One rule, None where it only alerts; `place` names it unless it has a sid."""
    action = ACTIONS.get(text.action.lower())
    if text.action.lower() == "alert":
        return None
    sid = next((value for key, value in text.options if key == "sid"), "")
    label = f"{place} sid:{sid}" if sid else place
    try:
        packets, opaque = _header(text, variables)
    except UnreadableError as unreadable:
        return FirewallRule(label, PacketSet.ALL, action, opaque=f"{label}: {unreadable}", missing=unreadable.missing)
    phase, side = Phase.ANY, Side.BOTH
    for key, value in text.options:
        if key == "flow":
            for word in (w.strip().lower() for w in value.split(",")):
                phase, side = _PHASES.get(word, phase), _SIDES.get(word, side)
                if word not in _PHASES and word not in _SIDES:
                    opaque = f"flow:{word}"
        elif key not in HARMLESS:
            opaque = key
    why = f"{label} depends on {opaque}, which the configuration does not tell" if opaque else None
    return FirewallRule(label, packets, action, phase, side, why)


def _header(text: Text, variables: Variables) -> tuple[PacketSet, str | None]:
    """The packets of a header, and what else must hold that no header tells (an application protocol)."""
    services, opaque = _protocol(text.protocol.lower())
    sources, destinations = (addresses_of(end, variables) for end in (text.source, text.destination))
    from_ports, to_ports = (ports_of(end, variables) for end in (text.source_port, text.destination_port))
    packets = _box(sources, destinations, services, from_ports, to_ports)
    if text.direction.lower() in ("<>", "any"):
        packets |= _box(destinations, sources, services, to_ports, from_ports)
    elif text.direction.lower() not in ("->", "forward"):
        raise UnreadableError(f"the direction {text.direction} is not understood")
    return packets, opaque


def _box(
    sources: AddressSet, destinations: AddressSet, services: Services, from_ports: IntervalSet, to_ports: IntervalSet
) -> PacketSet:
    """Ports count for protocols that have them."""
    ported = services & Services.union_all([Services.of(p, to_ports) for p in (TCP, UDP)])
    other = services - _BOTH if from_ports == to_ports == EVERY_VALUE else Services.EMPTY
    return PacketSet.box(sources, destinations, ported, from_ports) | PacketSet.box(sources, destinations, other)


def _protocol(word: str) -> tuple[Services, str | None]:
    if word == "ip":
        return Services.ALL, None
    if word == "icmp":
        return _ECHO, None
    if word in ("tcp", "udp", "icmpv6", "sctp") or word.isdigit():
        return Services.of(protocol_number(word)), None
    return _BOTH, f"the protocol {word}"


def addresses_of(text: str, variables: Variables, depth: int = 0) -> AddressSet:
    """Addresses as a header writes them: `any`, a CIDR, `$NAME`, `@NAME`, `[…]` and `!`. Raises UnreadableError."""
    wanted = text.strip()
    if depth > _DEEPEST:
        raise UnreadableError(f"the variables in {text} lead in circles")
    if wanted.lower() == "any":
        return AddressSet.ALL
    if wanted.startswith("!"):
        return AddressSet.ALL - addresses_of(wanted[1:], variables, depth + 1)
    if wanted.startswith("["):
        return _mixed(_items(wanted), variables, depth)
    if wanted.startswith("@"):
        return _referenced(wanted[1:], variables)
    if wanted.startswith("$"):
        return _variable(wanted[1:], variables, depth)
    try:
        return AddressSet.parse(wanted)
    except ValueError:
        raise UnreadableError(f"{wanted} is no address") from None


def _mixed(items: list[str], variables: Variables, depth: int) -> AddressSet:
    """What is in a list, without what it negates; a list that only negates starts from everything."""
    listed = [addresses_of(item, variables, depth + 1) for item in items if not item.startswith("!")]
    barred = [addresses_of(item[1:], variables, depth + 1) for item in items if item.startswith("!")]
    return (AddressSet.union_all(listed) if listed else AddressSet.ALL) - AddressSet.union_all(barred)


def _variable(name: str, variables: Variables, depth: int) -> AddressSet:
    found = variables.addresses.get(name)
    if found is not None:
        return _mixed([item.strip() for item in found], variables, depth)
    if name == "EXTERNAL_NET":
        return AddressSet.ALL - addresses_of("$HOME_NET", variables, depth + 1)
    if name in variables.references:
        return _referenced(name, variables)
    raise UnreadableError(f"what ${name} stands for is not in the input")


def _referenced(name: str, variables: Variables) -> AddressSet:
    found = variables.references.get(name)
    if isinstance(found, AddressSet):
        return found
    if found is None:
        raise UnreadableError(f"what @{name} stands for is not in the input")
    raise UnreadableError(f"the entries of {found} (@{name}) are not in the input", ("prefix list entry", found))


def ports_of(text: str, variables: Variables, depth: int = 0) -> IntervalSet:
    """Ports as a header writes them: `any`, `80`, `1024:`, `$NAME`, `[…]` and `!`. Raises UnreadableError."""
    wanted = text.strip()
    if depth > _DEEPEST:
        raise UnreadableError(f"the variables in {text} lead in circles")
    if wanted.lower() == "any":
        return EVERY_VALUE
    if wanted.startswith("!"):
        return EVERY_VALUE - ports_of(wanted[1:], variables, depth + 1)
    if wanted.startswith(("[", "$")):
        items = _items(wanted) if wanted.startswith("[") else list(variables.ports.get(wanted[1:], ()))
        if not items:
            raise UnreadableError(f"what {wanted} stands for is not in the input")
        listed = [ports_of(item, variables, depth + 1) for item in items if not item.startswith("!")]
        barred = [ports_of(item[1:], variables, depth + 1) for item in items if item.startswith("!")]
        return (IntervalSet.union_all(listed) if listed else EVERY_VALUE) - IntervalSet.union_all(barred)
    return _span(wanted)


def _span(text: str) -> IntervalSet:
    first, colon, last = text.partition(":")
    try:
        low = int(first) if first else 0
        high = (int(last) if last else LAST_PORT) if colon else low
        if 0 <= low <= high <= LAST_PORT:
            return IntervalSet.of((low, high))
    except ValueError:
        pass
    raise UnreadableError(f"{text} is no port")


def _items(text: str) -> list[str]:
    """The parts of a list in brackets, which may hold lists."""
    inner = text.strip().removeprefix("[").removesuffix("]")
    return [part.strip() for part in _split(inner, ",") if part.strip()]


def _split(text: str, at: str) -> Iterator[str]:
    """Split outside of brackets."""
    depth, start = 0, 0
    for index, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0 and letter in at:
            yield text[start:index]
            start = index + 1
    yield text[start:]


_OPTION = re.compile(r"""\s*([\w.-]+)\s*(?::((?:"(?:\\.|[^"\\])*"|\\.|[^;"\\])*))?;""")
_HEADER_PARTS = 7


def parse_rules(text: str) -> Iterator[Text | str]:
    """The rules in a rules string, in order; a line that is no rule as it should be comes back as it is."""
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        wanted = line.strip()
        if wanted and not wanted.startswith("#"):
            yield _parsed(wanted) or wanted


def _parsed(line: str) -> Text | None:
    head, bracket, tail = line.partition("(")
    words = [word for word in _split(head, " \t") if word]
    body = tail.rstrip()
    if len(words) != _HEADER_PARTS or not bracket or not body.endswith(")"):
        return None
    options: list[tuple[str, str]] = []
    end = 0
    body = body[:-1]
    for match in _OPTION.finditer(body):
        if match.start() != end:
            return None
        options.append((match.group(1).lower(), (match.group(2) or "").strip()))
        end = match.end()
    return None if body[end:].strip() else _text(words, tuple(options))


def _text(words: list[str], options: tuple[tuple[str, str], ...]) -> Text:
    action, protocol, source, source_port, direction, destination, destination_port = words
    return Text(action, protocol, source, source_port, direction, destination, destination_port, options)
