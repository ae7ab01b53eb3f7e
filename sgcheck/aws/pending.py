"""Addresses that AWS has not given out yet: what a plan creates has some, and nobody knows which.

Each has a stand-in, so that packets can be sent to it. A private one is a free address of its subnet; a public one is
of 240.0.0.0/4, which is reserved and nobody's (RFC 1112, section 4). Whatever a rule or route says of a part of the
range that the true address may be of leaves the stand-in open: it is undecided there, never in or out.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pending(msgspec.Struct, frozen=True):
    """One stand-in.

    address: it, as text. within: the CIDRs that the true one may be of. what: where it will stand
    (`aws_instance.web: public_ip (known after apply)`). label: how it is written. doubtful: whether
    nobody knows, too, if there will be one.
    """

    address: str
    within: tuple[str, ...]
    what: str
    label: str
    doubtful: bool = False


class Doubts:
    """What is not known of stand-ins: which of them a set of addresses leaves open."""

    def __init__(self, pending: tuple[Pending, ...]) -> None:
        """Ask about `pending`."""
        self._pending = pending

    @cached_property
    def _ranges(self) -> tuple[tuple[str, AddressSet, AddressSet], ...]:
        return tuple((p.what, AddressSet.parse(p.address), AddressSet.parse(*p.within)) for p in self._pending)

    def split(self, addresses: AddressSet) -> tuple[AddressSet, tuple[tuple[str, AddressSet], ...]]:
        """`addresses` with the stand-ins that are in them for certain, and those that may be, each with what it is."""
        if not self._pending or not addresses:
            return addresses, ()
        sure, open_ = addresses, []
        for what, stand_in, within in self._ranges:
            if within <= addresses:
                sure |= stand_in
                continue
            sure -= stand_in
            if within & addresses:
                open_.append((what, stand_in))
        return sure, tuple(open_)

    def touching(self, addresses: AddressSet) -> Iterator[tuple[str, AddressSet]]:
        """The stand-ins of which only some of the possible true addresses are in `addresses`."""
        return iter(self.split(addresses)[1])
