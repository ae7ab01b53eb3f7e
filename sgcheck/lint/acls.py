"""What the entries of a network ACL amount to, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sgcheck.lint.effective import far
from sgcheck.packets import TCP, AddressSet, IntervalSet, PacketSet, Services

if TYPE_CHECKING:
    from sgcheck.model.filters import FilterLine

OWN = 32766
"""Higher numbers are the closing denials, which nobody wrote (VPC user guide, custom-network-acl)."""


_REQUESTS = Services.of(TCP, IntervalSet.of((0, 1023)))


def shut_out(lines: Sequence[FilterLine]) -> AddressSet:
    """The addresses that an entry denies everything: somebody wants nothing to do with them."""
    denials = [line for line in lines if not line.allow and line.number <= OWN and line.services == Services.ALL]
    return AddressSet.union_all([line.peer for line in denials])


def admitted(lines: Sequence[FilterLine]) -> PacketSet:
    """What one direction lets pass, the far end as the source."""
    rest, passes = PacketSet.ALL, []
    for line in lines:
        matched = far(line) & rest
        if matched:
            rest -= matched
            if line.allow:
                passes.append(matched)
    return PacketSet.union_all(passes)


def shadowed(lines: Sequence[FilterLine]) -> Iterator[tuple[FilterLine, list[FilterLine]]]:
    """Entries that no packet gets to, each with the earlier ones that take all of it."""
    before: list[FilterLine] = []
    seen = PacketSet.EMPTY
    for line in lines:
        packets = far(line)
        if line.number <= OWN and packets <= seen:
            rest, by = packets, []
            for one in before:
                if far(one) & rest:
                    rest -= far(one)
                    by.append(one)
            yield line, by
        seen |= packets
        before.append(line)


def repeated(lines: Sequence[FilterLine]) -> Iterator[tuple[FilterLine, list[FilterLine]]]:
    """Entries that decide something, and could go all the same, each with the later ones that decide the same."""
    seen = PacketSet.EMPTY
    for number, line in enumerate(lines):
        decides = far(line) - seen
        if line.number <= OWN and decides:
            passes = admitted(lines[number + 1 :]) & decides
            if passes == (decides if line.allow else PacketSet.EMPTY):
                yield line, [one for one in lines[number + 1 :] if far(one) & decides]
        seen |= far(line)


def unanswered(requests: PacketSet, replies: PacketSet, ports: IntervalSet) -> AddressSet:
    """The addresses that TCP requests pass for, and that don't get replies to some of `ports`.

    Only ports below 1024 tell a request: others may be those of somebody's replies.
    """
    asked = requests.where(services=_REQUESTS).sources()
    wanted = PacketSet.box(asked, AddressSet.ALL, Services.of(TCP, ports))
    return (wanted - replies).sources()
