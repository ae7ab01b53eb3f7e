"""Sets of addresses that whoever keeps what is made of a snapshot keeps too."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sgcheck.aws.kept import kept
from sgcheck.packets import AddressSet, IntervalSet

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.model.ranges import Keep

Edges = tuple[list[int], list[str]]
"""The boundaries of a set: numbers for IPv4, digits for IPv6, whose numbers are too long for JSON."""


def keeping(snapshot: Snapshot) -> Keep | None:
    """What has the sets of `snapshot` by their names, None where nobody keeps any."""
    return None if snapshot.keeper is None else partial(_kept, snapshot)


def _kept(snapshot: Snapshot, name: str, make: Callable[[], AddressSet]) -> AddressSet:
    four, six = kept(snapshot, f"{name} addresses", Edges, lambda: {"": _edges(make())})[""]
    return AddressSet.of(IntervalSet.from_bounds(tuple(four)), IntervalSet.from_bounds(tuple(map(int, six))))


def _edges(addresses: AddressSet) -> Edges:
    return list(addresses.v4.bounds), [str(edge) for edge in addresses.v6.bounds]
