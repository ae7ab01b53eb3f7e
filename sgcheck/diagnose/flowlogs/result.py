"""What a pass over flow logs yields, before it is put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sgcheck.diagnose.flowlogs.classes import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable


class Row(msgspec.Struct, frozen=True):
    """Flows of one address family with the same fate at one interface.

    site: which of the places. blind: whether records were without tcp-flags. flows, records: how many. since, until:
    Unix seconds. peer: the other side's address, of one of them.
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

    @property
    def family(self) -> int:
        """The address family, 4 or 6."""
        return 6 if ":" in self.peer else 4


class Coverage(msgspec.Struct, frozen=True):
    """Records with the same status at one interface; site is None for all others. kind: as in sums."""

    site: int | None
    kind: int
    status: str
    records: int
    accepted: int
    rejected: int
    since: int | None
    until: int | None


class Refused(msgspec.Struct, frozen=True):
    """Lines of a file that can't be read. first: some of them, each with its number and why. unit: "line", "row".

    why: what is wrong with all of them, where none has a number.
    """

    file: str
    total: int
    first: tuple[tuple[int, str], ...]
    unit: str = "line"
    why: str = ""


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


def fates(found: Iterable[tuple[Any, ...]]) -> list[Row]:
    """The rows of a query for classes, with the rejected and the admitted part of flows each for itself."""
    merged: dict[tuple[int, int, Fate, bool, int], Row] = {}
    for site, protocol, held, admitted, blind, flows, accepted, rejected, *times, peer in found:
        yes, no = tuple(times[:2]), tuple(times[2:])
        replies_cut = admitted == Fate.REPLY_REJECTED
        records = accepted + rejected if replies_cut else accepted
        parts = [(held, rejected, no), (admitted, records, _both(yes, no) if replies_cut else yes)]
        for fate, number, (since, until) in parts:
            if fate is not None:
                row = Row(site, protocol, Fate(fate), blind, flows, number, since, until, peer)
                key = (site, protocol, row.fate, blind, row.family)
                merged[key] = _merged(merged[key], row) if key in merged else row
    return [merged[key] for key in sorted(merged)]


def coverage(found: Iterable[Coverage]) -> list[Coverage]:
    """What there is of each interface, kind and status, of parts of it."""
    merged: dict[tuple[int, int, int, str], Coverage] = {}
    for part in found:
        key = (part.site is None, part.site or 0, part.kind, part.status)
        other = merged.get(key)
        if other is None:
            merged[key] = part
            continue
        since, until = _both((other.since, other.until), (part.since, part.until))
        merged[key] = Coverage(
            part.site,
            part.kind,
            part.status,
            other.records + part.records,
            other.accepted + part.accepted,
            other.rejected + part.rejected,
            since,
            until,
        )
    return [merged[key] for key in sorted(merged)]


def _merged(one: Row, other: Row) -> Row:
    since, until = _both((one.since, one.until), (other.since, other.until))
    flows, records = one.flows + other.flows, one.records + other.records
    peer = min(one.peer, other.peer)
    return msgspec.structs.replace(one, flows=flows, records=records, since=since, until=until, peer=peer)


def _both(*spans: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    """The span that both are in, of those that are told."""
    begun = [since for since, _until in spans if since is not None]
    ended = [until for _since, until in spans if until is not None]
    return min(begun, default=None), max(ended, default=None)
