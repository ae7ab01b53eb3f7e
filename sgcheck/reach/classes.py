"""Targets that share a row: with thousands of hosts alike, what is open is told once, with all that have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from sgcheck.reach.answer import TargetEnd
from sgcheck.reach.openings import Opening

if TYPE_CHECKING:
    from sgcheck.model.network import Network
    from sgcheck.reach.exposure import Exposed


class ExposedClass(msgspec.Struct, frozen=True):
    """One run of ports that the source reaches of all `targets`, in the order of their rows.

    groups: the ids of the security groups that all of them have. via, flaky, behind: as in `Exposed`.
    """

    targets: tuple[TargetEnd, ...]
    groups: tuple[str, ...]
    opening: Opening
    via: tuple[str, ...]
    flaky: bool = False
    behind: str | None = None


def classes(network: Network, rows: Iterable[Exposed]) -> tuple[ExposedClass, ...]:
    """The rows with those put together that differ in nothing but the target, in the order of the first of each."""
    found: dict[tuple[object, ...], tuple[Exposed, tuple[str, ...], list[TargetEnd]]] = {}
    for row in rows:
        groups = _groups(network, row.target)
        opening = row.opening
        key = (
            row.target.kind,
            groups,
            opening.protocol,
            opening.ports,
            opening.sources,
            row.via,
            row.flaky,
            row.behind,
        )
        found.setdefault(key, (row, groups, []))[2].append(row.target)
    return tuple(
        ExposedClass(tuple(targets), groups, row.opening, row.via, row.flaky, row.behind)
        for row, groups, targets in found.values()
    )


def _groups(network: Network, target: TargetEnd) -> tuple[str, ...]:
    interface = network.interfaces.get(target.interface or "")
    return tuple(sorted(interface.groups or ())) if interface else ()
