"""Conditions in SQL on addresses, ports and flags, in words that DuckDB and Athena (Trino) have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sgcheck.packets import EVERY_VALUE, ICMP, ICMPV6, TCP, UDP, AddressSet, Services, format_address

if TYPE_CHECKING:
    from sgcheck.packets import IntervalSet

_FEW = 64
_SCTP, _UDP_LITE, _DCCP = 132, 136, 33
WITH_PORTS = (TCP, UDP, _SCTP, _UDP_LITE, _DCCP)


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def any_of(conditions: Iterable[str]) -> str:
    """One of the conditions holds; none of none."""
    found = [c for c in conditions if c]
    return f"({' OR '.join(found)})" if found else "FALSE"


def all_of(*conditions: str) -> str:
    """All of the conditions hold."""
    return f"({' AND '.join(c for c in conditions if c)})" if any(conditions) else "TRUE"


def within(column: str, addresses: AddressSet) -> str:
    """Whether the address that is written in a column is a member; the column has to hold an address."""
    if addresses.size <= _FEW:
        texts = [
            format_address(f, v)
            for f in addresses.families
            for a, b in addresses.family(f).spans
            for v in range(a, b + 1)
        ]
        return f"{column} IN ({', '.join(map(quoted, texts))})" if texts else "FALSE"
    return any_of(_within_family(column, family, addresses.family(family)) for family in addresses.families)


def _within_family(column: str, family: int, values: IntervalSet) -> str:
    belongs = f"strpos({column}, ':') {'=' if family == 4 else '>'} 0"
    if values == AddressSet.ALL.family(family):
        return belongs
    key = _key(family, column)
    spans = [f"{key} BETWEEN {quoted(_text(family, a))} AND {quoted(_text(family, b))}" for a, b in values.spans]
    return all_of(belongs, any_of(spans))


def _key(family: int, column: str) -> str:
    """The address with leading zeros, so that texts are in the order of the addresses."""
    if family == 4:
        return "concat(" + ", ".join(f"lpad(split_part({column}, '.', {n}), 3, '0')" for n in range(1, 5)) + ")"
    colons = f"length({column}) - length(replace({column}, ':', ''))"
    zeros = f"concat(':', substr('0:0:0:0:0:0:0:', 1, 2 * (8 - ({colons}))))"
    full = f"replace({column}, '::', {zeros})"
    return "lower(concat(" + ", ".join(f"lpad(split_part({full}, ':', {n}), 4, '0')" for n in range(1, 9)) + "))"


def _text(family: int, value: int) -> str:
    if family == 6:
        return f"{value:032x}"
    return "".join(f"{byte:03d}" for byte in value.to_bytes(4))


def serves(services: Services, protocol: str, port: str) -> str:
    """Whether a record's protocol and the server's port are asked; ICMP has no types in logs, so that any will do."""
    return any_of(
        all_of(f"{protocol} BETWEEN {first} AND {last}", _ports(first, last, values, protocol, port))
        for first, last, values in services.segments
        if values
    )


def _ports(first: int, last: int, values: IntervalSet, protocol: str, port: str) -> str:
    if values == EVERY_VALUE or (first in (ICMP, ICMPV6) and first == last):
        return ""
    spans = any_of(f"{port} BETWEEN {low} AND {high}" for low, high in values.spans)
    if first == last and first in WITH_PORTS:
        return spans
    return any_of([spans, f"{protocol} NOT IN ({', '.join(map(str, WITH_PORTS))})"])
