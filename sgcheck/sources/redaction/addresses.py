"""Other public addresses: a permutation that keeps every prefix a prefix, and every kind of address its kind.

The bit at each depth is flipped or not as the bits above it decide, so two addresses have as many leading bits in
common afterwards as before (Xu, Fan, Ammar, Moon: "Prefix-preserving IP address anonymization", 2002). Sets of
addresses, and so rules, routes and what is left of them, keep their shape. Bits above a range that has to stay where
it is are not flipped.
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from typing import Final

from sgcheck.sources.redaction.key import Key

# Never the internet, for AWS's routes and for sgcheck (RFC 1918, 6598, 1122, 3927, 1112), or of a meaning of their own.
_UNTOUCHED_4: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    "224.0.0.0/3",
)
# Special too (IANA, IPv4 and IPv6 Special-Purpose Address Registry): renamed, but only within themselves.
_CLOSED_4: Final = ("192.0.0.0/24", "198.18.0.0/15")
_PUBLIC_6: Final = "2000::/3"
_CLOSED_6: Final = (_PUBLIC_6, "2001::/23", "2002::/16")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")

_V4 = r"(?P<v4>(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\d]|\.\d))"
_TAIL_4 = r"(?:(?:\d{1,3}\.){3}\d{1,3})?"
_V6 = rf"(?P<v6>(?<![\w:.])[0-9A-Fa-f]{{0,4}}(?::[0-9A-Fa-f]{{0,4}}){{2,7}}{_TAIL_4}(?:/\d{{1,3}})?(?![\w:]|\.\d))"
_DASHED = r"(?P<dashed>(?<![0-9A-Za-z])(?:ec2|ip)-(?:\d{1,3}-){3}\d{1,3}(?![-\w]))"
PATTERN: Final = f"{_V6}|{_V4}|{_DASHED}"
"""Whatever may be an address in a text; groups v4, v6 and dashed (as in names of EC2 instances)."""
_PATTERN = re.compile(PATTERN)

Prefix = tuple[int, int]
"""(length, the leading bits as a number)."""


def _prefix(text: str) -> Prefix:
    network = ipaddress.ip_network(text)
    return network.prefixlen, int(network.network_address) >> (network.max_prefixlen - network.prefixlen)


def _above(prefix: Prefix) -> set[Prefix]:
    length, bits = prefix
    return {(depth, bits >> (length - depth)) for depth in range(length)}


class _Family:
    """One family's permutation."""

    def __init__(self, key: Key, bits: int, untouched: tuple[str, ...], closed: tuple[str, ...]) -> None:
        """`untouched` keep every bit below them, `closed` stay where they are as a whole."""
        self._key = key
        self.bits = bits
        self._untouched = {_prefix(text) for text in untouched}
        self._fixed = {one for text in (*untouched, *closed) for one in _above(_prefix(text))}
        self._flips = cache(self._digest)

    def _digest(self, length: int, bits: int) -> int:
        """One bit for every depth of the eight below a prefix whose length is a multiple of eight."""
        data = bytes([self.bits, length]) + bits.to_bytes(16, "big")
        return int.from_bytes(self._key.digest("address", data), "big")

    def renamed(self, value: int, length: int) -> int:
        """The first `length` bits of an address, renamed, as a number of that many bits."""
        result, inside = 0, False
        for depth in range(length):
            above = value >> (self.bits - depth)
            if (depth, above) in self._untouched:
                return result << (length - depth) | (value >> (self.bits - length)) & ((1 << (length - depth)) - 1)
            bit = value >> (self.bits - 1 - depth) & 1
            if (depth, above) not in self._fixed:
                # The first free bit is always flipped: no public address keeps itself.
                bit ^= self._flip(depth, above) if inside else 1
                inside = True
            result = result << 1 | bit
        return result

    def _flip(self, depth: int, above: int) -> int:
        within = depth % 8
        node = 1 << within | (above & ((1 << within) - 1))
        return self._flips(depth - within, above >> within) >> node & 1


class Addresses:
    """The other addresses that a key chooses."""

    def __init__(self, key: Key) -> None:
        """Choose by `key`."""
        self._v4 = _Family(key, 32, _UNTOUCHED_4, _CLOSED_4)
        self._v6 = _Family(key, 128, (), _CLOSED_6)

    def address(self, family: int, value: int, length: int | None = None) -> int:
        """The address that `value` becomes, both as numbers; with `length`, what a prefix of that many bits becomes."""
        if family == 4:
            return self._renamed(self._v4, value, length)
        address = ipaddress.IPv6Address(value)
        if (address in _MAPPED or address in _NAT64) and length in (None, 128):
            return value >> 32 << 32 | self._renamed(self._v4, value & 0xFFFFFFFF, None)
        return self._renamed(self._v6, value, length) if value >> 125 == 1 else value

    @staticmethod
    def _renamed(family: _Family, value: int, length: int | None) -> int:
        length = family.bits if length is None else length
        return family.renamed(value, length) << (family.bits - length)

    def text(self, text: str) -> str:
        """`text` with every public address and range in it renamed; other addresses stay as they are written."""
        return _PATTERN.sub(self.found, text)

    def found(self, match: re.Match[str]) -> str:
        """What stands in the place of a match of PATTERN."""
        if match["dashed"]:
            host, _, digits = match[0].partition("-")
            return f"{host}-{self._written(digits.replace('-', '.')).replace('.', '-')}"
        return self._written(match[0])

    def _written(self, text: str) -> str:
        try:
            interface = ipaddress.ip_interface(text)
        except ValueError:
            return text
        family, value, size = interface.version, int(interface.ip), interface.max_prefixlen
        length = interface.network.prefixlen
        # Bits behind the prefix are those of a host, which is renamed as such; where there are none, none may appear.
        whole = self.address(family, value, None if value & ((1 << (size - length)) - 1) else length)
        if whole == value:
            return text
        renamed = ipaddress.IPv4Address(whole) if family == 4 else ipaddress.IPv6Address(whole)
        _, slash, suffix = text.partition("/")
        return f"{renamed}{slash}{suffix}"
