"""Reading what people write for ports: `443`, `53/udp`, `8000-8100`, `icmp:3/4`, `proto:47`, `postgres`, `all`."""

from __future__ import annotations

from typing import Final

from sgcheck.packets.intervals import IntervalSet
from sgcheck.packets.protocols import (
    ICMP,
    ICMPV6,
    PROTOCOL_NUMBERS,
    SERVICE_NAMES,
    TCP,
    UDP,
    icmp_protocol,
    protocol_number,
)
from sgcheck.packets.services import EVERY_VALUE, Services

FORMS: Final = "443, 53/udp, 8000-8100, icmp, icmp:3/4, proto:47, all, or a service name such as https"
_SOURCE_PORT_NAMES: Final = {
    "any": (1024, 65535),
    "default": (1024, 65535),
    "nat": (1024, 65535),
    "linux": (32768, 60999),
    "windows": (49152, 65535),
}
_ICMP_FAMILY: Final = {ICMP: 4, ICMPV6: 6}
_ECHO_REQUEST: Final = {4: 8 * 256, 6: 128 * 256}


def parse_port(text: str, family: int | None = None) -> Services:
    """Read a --port value, a comma-separated list of words in upper or lower case.

    A number or range is tcp unless "/udp" follows. `icmp` is the echo request of either address family, or only that of
    `family` (4, 6) where given. ICMP is asked over IPv4 only and ICMPv6 over IPv6 only, since they are not found
    elsewhere. Raises ValueError in one line that says what was wrong.
    """
    return Services.union_all([_parse_word(word.strip().lower(), family) for word in text.split(",")])


def _parse_word(word: str, family: int | None) -> Services:
    """Read one word of the list."""
    if not word:
        raise ValueError(f"no port given: write {FORMS}")
    if word == "all":
        return Services.ALL
    if word in {"icmp", "ping"}:
        return Services.union_all([_echo(each) for each in ((4, 6) if family is None else (family,))])
    if word == "icmpv6":
        return _echo(6)
    if word in PROTOCOL_NUMBERS:
        return _whole(PROTOCOL_NUMBERS[word])
    head, colon, rest = word.partition(":")
    if colon:
        return _parse_tagged(word, head, rest)
    return _parse_ports(word)


def _whole(number: int) -> Services:
    """Return all of a protocol; an ICMP only in the family that it belongs to."""
    return Services.of(number, family=_ICMP_FAMILY.get(number))


def _echo(family: int) -> Services:
    """Return the echo request of one family, which only a packet of that family can carry."""
    return Services.of(icmp_protocol(family), IntervalSet.single(_ECHO_REQUEST[family]), family)


def _parse_tagged(word: str, head: str, rest: str) -> Services:
    """Read proto:NUMBER, proto:FIRST-LAST and icmp:TYPE/CODE, where types and codes may be ranges too."""
    if head == "proto":
        if rest in PROTOCOL_NUMBERS:
            return _whole(PROTOCOL_NUMBERS[rest])
        numbers = _numbers(word, rest, 255, "a protocol number")
        return _whole(numbers.lowest) if numbers.size == 1 else Services.protocols(numbers)
    protocol = PROTOCOL_NUMBERS.get(head)
    if protocol not in _ICMP_FAMILY:
        raise ValueError(f"{word!r}: only proto: and icmp: take a colon; write {FORMS}")
    types, slash, codes = rest.partition("/")
    first, last = _numbers(word, types, 255, "an ICMP type").spans[0]
    low, high = _numbers(word, codes, 255, "an ICMP code").spans[0] if slash else (0, 255)
    values = IntervalSet.of(*((each * 256 + low, each * 256 + high) for each in range(first, last + 1)))
    return Services.of(protocol, values, _ICMP_FAMILY[protocol])


def _parse_ports(word: str) -> Services:
    """Read PORT, PORT-PORT or a service name, with /PROTOCOL or without."""
    ports, slash, protocol = word.partition("/")
    numbers: tuple[int, ...] = (TCP,)
    if slash:
        numbers = (_with_ports(word, protocol),)
    if ports in SERVICE_NAMES:
        usual, port = SERVICE_NAMES[ports]
        values = IntervalSet.single(port)
        numbers = numbers if slash else usual
    elif ports[:1].isdigit() or ports.startswith("-"):
        values = _numbers(word, ports, 65535, "a port")
    else:
        raise ValueError(_unknown(word, ports))
    return Services.union_all([Services.of(number, values) for number in numbers])


def _with_ports(word: str, protocol: str) -> int:
    """Return the number of a protocol that has ports."""
    try:
        number = protocol_number(protocol)
    except ValueError:
        raise ValueError(f"{word!r}: {protocol!r} is not a protocol; write {FORMS}") from None
    if number in {ICMP, ICMPV6}:
        raise ValueError(
            f"{word!r}: {protocol} has types and codes, not ports; write {protocol}:TYPE/CODE, as icmp:3/4"
        )
    if number not in {TCP, UDP}:
        raise ValueError(f"{word!r}: ports are for tcp and udp; write proto:{number} for all of protocol {number}")
    return number


def _numbers(word: str, text: str, highest: int, what: str) -> IntervalSet:
    """Read a number or an ascending FIRST-LAST range of them, from 0 to `highest`."""
    first, dash, last = text.partition("-")
    ends = [first.strip(), last.strip()] if dash else [first.strip()]
    if not all(end.isascii() and end.isdigit() for end in ends):
        raise ValueError(f"{word!r}: {text!r} is not {what} or a range of them; write {FORMS}")
    low, high = int(ends[0]), int(ends[-1])
    if max(low, high) > highest:
        raise ValueError(f"{word!r}: {what} is a number from 0 to {highest}")
    if low > high:
        raise ValueError(f"{word!r}: the range is upside down; write {high}-{low}")
    return IntervalSet.of((low, high))


def _unknown(word: str, name: str) -> str:
    """Say that there is no such service, and offer the nearest names."""
    from difflib import get_close_matches

    near = get_close_matches(name, [*SERVICE_NAMES, *PROTOCOL_NUMBERS, "all"], n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"write {FORMS}"
    return f"{word!r}: no service is called {name!r}; {hint}"


def parse_source_ports(text: str = "any") -> IntervalSet:
    """Read the client's own ports: numbers, ranges, or `linux`, `windows`, `nat`, `any`, in a comma-separated list.

    Raises ValueError. Sources of the named ranges: VPC user guide, "Ephemeral ports"; Linux ip-sysctl documentation.
    """
    spans: list[tuple[int, int]] = []
    for word in (part.strip().lower() for part in text.split(",")):
        if word in _SOURCE_PORT_NAMES:
            spans.append(_SOURCE_PORT_NAMES[word])
        elif word[:1].isdigit():
            spans += _numbers(word, word, EVERY_VALUE.spans[0][1], "a port").spans
        else:
            names = ", ".join(sorted(_SOURCE_PORT_NAMES))
            raise ValueError(
                f"{word!r} is not a source port: write a port, a range such as 1024-65535, or one of {names}"
            )
    return IntervalSet.of(*spans)
