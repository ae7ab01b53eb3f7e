"""Rows of an exposure made short: the same ports of the same targets said once, for a person to read.

Only the arrangement happens here. The rows come sorted, the worst first, and stay in this order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.reach.answer import TargetEnd
from sgcheck.reach.openings import Opening

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sgcheck.reach.classes import ExposedClass
    from sgcheck.reach.exposure import Exposed


class Way(msgspec.Struct, frozen=True):
    """How packets come: over what, behind which balancer, and whether only for some ports of the client."""

    via: tuple[str, ...]
    behind: str | None
    flaky: bool


class Line(msgspec.Struct, frozen=True):
    """Targets that packets come to by one way; groups: the security groups that they share, () where unsaid."""

    targets: tuple[TargetEnd, ...]
    groups: tuple[str, ...]
    way: Way


class Block(msgspec.Struct, frozen=True):
    """Ports that are open to the same sources at the same targets."""

    openings: tuple[Opening, ...]
    lines: tuple[Line, ...]

    @property
    def worst(self) -> Opening:
        """The port that decides how urgent this is."""
        return self.openings[0]

    @property
    def count(self) -> int:
        """How many targets it concerns."""
        return sum(len(line.targets) for line in self.lines)


def blocks(rows: Iterable[Exposed], grouped: Iterable[ExposedClass] | None = None) -> list[Block]:
    """The rows, or the classes where they are given, in as few blocks as say everything."""
    opened: dict[tuple[object, ...], tuple[Opening, list[Line]]] = {}
    found = (_line(row) for row in rows) if grouped is None else (_class_line(one) for one in grouped)
    for opening, line in found:
        key = (opening.protocol, opening.ports, opening.sources)
        opened.setdefault(key, (opening, []))[1].append(line)
    alike: dict[tuple[tuple[str, ...], tuple[Line, ...]], list[Opening]] = {}
    for opening, lines in opened.values():
        alike.setdefault((opening.sources, tuple(lines)), []).append(opening)
    return [Block(tuple(openings), lines) for (_sources, lines), openings in alike.items()]


def _line(row: Exposed) -> tuple[Opening, Line]:
    return row.opening, Line((row.target,), (), Way(row.via, row.behind, row.flaky))


def _class_line(one: ExposedClass) -> tuple[Opening, Line]:
    return one.opening, Line(one.targets, one.groups, Way(one.via, one.behind, one.flaky))
