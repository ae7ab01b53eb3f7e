"""Addresses that AWS has not given out yet: what a plan creates has some, and nobody knows which.

Each has a stand-in, so that packets can be sent to it. A private one is a free address of its subnet; a public one is
of 240.0.0.0/4, which is reserved and nobody's (RFC 1112, section 4). Whatever a rule or route says of a part of the
range that the true address may be of leaves the stand-in open: it is undecided there, never in or out.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sgcheck.packets.meeting import Meeting


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


Split: TypeAlias = tuple[AddressSet, tuple[tuple[str, AddressSet], ...]]
"""Addresses without those that are open, and what is open: what it is, and its stand-in."""


class _Range(NamedTuple):
    """Where some stand-ins' true addresses may be. numbers: those of the stand-ins, as they are told."""

    within: AddressSet
    stand_ins: AddressSet
    numbers: tuple[int, ...]


class Doubts:
    """What is not known of stand-ins: which of them a set of addresses leaves open."""

    def __init__(self, pending: tuple[Pending, ...]) -> None:
        """Ask about `pending`."""
        self._pending = pending
        self._known: dict[AddressSet, Split] = {}

    def split(self, addresses: AddressSet) -> Split:
        """`addresses` with the stand-ins that are in them for certain, and those that may be, each with what it is."""
        if not self._pending or not addresses:
            return addresses, ()
        found = self._known.get(addresses)
        if found is None:
            found = self._known[addresses] = self._split(addresses)
        return found

    def _split(self, addresses: AddressSet) -> Split:
        touched = [self._ranges[number] for number in self._meeting.those(addresses)]
        inside: list[AddressSet] = []
        open_: list[int] = []
        for one in touched:
            if one.within <= addresses:
                inside.append(one.stand_ins)
            else:
                open_ += one.numbers
        certain = AddressSet.union_all(inside)
        sure = (addresses - (self._all - certain)) | certain
        return addresses if sure == addresses else sure, tuple(self._listed[number] for number in sorted(open_))

    @cached_property
    def _listed(self) -> tuple[tuple[str, AddressSet], ...]:
        return tuple((one.what, AddressSet.parse(one.address)) for one in self._pending)

    @cached_property
    def _all(self) -> AddressSet:
        return AddressSet.union_all([stand_in for _what, stand_in in self._listed])

    @cached_property
    def _ranges(self) -> tuple[_Range, ...]:
        """The stand-ins by what they may be of; of two with one address the last one counts."""
        numbers: dict[tuple[str, ...], list[int]] = {}
        last = {one.address: number for number, one in enumerate(self._pending)}
        for number, one in enumerate(self._pending):
            numbers.setdefault(one.within, []).append(number)
        return tuple(
            _Range(
                AddressSet.parse(*within),
                AddressSet.union_all([self._listed[n][1] for n in those if last[self._pending[n].address] == n]),
                tuple(those),
            )
            for within, those in numbers.items()
        )

    @cached_property
    def _meeting(self) -> Meeting:
        from sgcheck.packets.meeting import Meeting

        return Meeting([one.within for one in self._ranges])

    def touching(self, addresses: AddressSet) -> Iterator[tuple[str, AddressSet]]:
        """The stand-ins of which only some of the possible true addresses are in `addresses`."""
        return iter(self.split(addresses)[1])
