"""What a pass over flow logs yields, before it is put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sgcheck.diagnose.flowlogs.classes import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable


class Row(msgspec.Struct, frozen=True):
    """Flows with the same fate at one interface.

    site: which of the places. blind: whether records were without tcp-flags. flows, records: how many. since, until:
    Unix seconds. peer: the other side's address, of the flow that was seen last.
    """

    site: int
    protocol: int
    fate: Fate
    blind: bool
    flows: int
    records: int
    since: int | None
    until: int | None
    peer: str


class Coverage(msgspec.Struct, frozen=True):
    """Records with the same action and status at one interface; site is None for all others. kind: as in sums."""

    site: int | None
    action: str | None
    status: str
    kind: int
    records: int
    since: int | None
    until: int | None


class Refused(msgspec.Struct, frozen=True):
    """Lines of a file that can't be read. first: some of them, each with its number and why. unit: "line", "row"."""

    file: str
    total: int
    first: tuple[tuple[int, str], ...]
    unit: str = "line"


class Skipped(msgspec.Struct, frozen=True):
    """A file of a folder that is no flow log or can't be opened."""

    file: str
    why: str


class Result(msgspec.Struct, frozen=True):
    """Everything that was found.

    lacking: needed fields that some files do not have. without_flags, without_real: whether some have no tcp-flags, no
    pkt-srcaddr and pkt-dstaddr. unknown: fields that sgcheck does not know.
    """

    fates: tuple[Row, ...]
    coverage: tuple[Coverage, ...]
    refused: tuple[Refused, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    files: int = 0
    headers: int = 0
    lacking: tuple[str, ...] = ()
    without_real: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """How many records were read."""
        return sum(part.records for part in self.coverage)

    @property
    def refusals(self) -> int:
        """How many lines were refused."""
        return sum(refused.total for refused in self.refused)

    def at(self, site: int) -> Iterable[Coverage]:
        """What there is of one interface."""
        return (part for part in self.coverage if part.site == site)
