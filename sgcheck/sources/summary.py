"""What is in a snapshot: from when, by whom, where from, how many records, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from sgcheck.aws.age import FRESH_HOURS, hours
from sgcheck.aws.kinds import KINDS
from sgcheck.sources.files import load_snapshot

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Gap, Snapshot


class Place(msgspec.Struct, frozen=True, order=True):
    """An account and a Region, each empty where the input does not tell."""

    account: str
    region: str


class Records(msgspec.Struct, frozen=True):
    """How many records of a kind there are. kind, plural: its names."""

    kind: str
    plural: str
    count: int


class Lack(msgspec.Struct, frozen=True):
    """Something that AWS refused or that was not asked, wherever it was.

    kind: its plural, None where the refusal does not tell. reason: AWS's error code, or `NotCollected`. actions:
    the IAM actions that would allow it. places: where, sorted.
    """

    kind: str | None
    reason: str
    actions: tuple[str, ...]
    places: tuple[Place, ...]


class Summary(msgspec.Struct, frozen=True):
    """What one input holds.

    file: as it was named. collected_at: as it is written. age_hours: whole hours by this machine's clock. old: whether
    explain warns of it. caller: an ARN. records: in the order of the kinds. skipped, unattributable, refused: as Counts
    has them. lacks: in order.
    """

    file: str
    collected_at: str | None
    age_hours: int | None
    old: bool
    caller: str | None
    redacted: bool
    places: tuple[Place, ...]
    records: tuple[Records, ...]
    skipped: Mapping[str, int]
    unattributable: Mapping[str, int]
    refused: Mapping[str, int]
    files: int
    files_skipped: int
    lacks: tuple[Lack, ...]


def summaries(paths: Sequence[str], stdin: BinaryIO | None = None) -> tuple[Summary, ...]:
    """One summary for each path, which may be anything that load_snapshot takes; raises InputError as it does."""
    return tuple(summarised(path, load_snapshot([path], stdin)) for path in paths)


def summarised(file: str, snapshot: Snapshot) -> Summary:
    """What `snapshot`, which was read from `file`, holds."""
    age, counts = hours(snapshot.collected_at), snapshot.counts
    places = {Place(batch.account or "", batch.region or "") for batch in snapshot.batches}
    return Summary(
        file=file,
        collected_at=snapshot.collected_at,
        age_hours=age,
        old=age is not None and age >= FRESH_HOURS,
        caller=snapshot.caller,
        redacted=snapshot.redacted,
        places=tuple(sorted(places)),
        records=tuple(Records(k.name, k.plural, counts.read[k.name]) for k in KINDS if k.name in counts.read),
        skipped={key: count for key, count in counts.skipped.items() if count},
        unattributable={key: count for key, count in counts.unattributable.items() if count},
        refused=counts.refused,
        files=counts.files,
        files_skipped=counts.files_skipped,
        lacks=_lacks(snapshot.gaps),
    )


def _lacks(gaps: Sequence[Gap]) -> tuple[Lack, ...]:
    """Equal gaps together, in the order of kinds, reasons and actions."""
    kinds = {kind.name: kind for kind in KINDS}
    found: dict[tuple[str, str, tuple[str, ...]], set[Place]] = defaultdict(set)
    for gap in gaps:
        kind = kinds.get(gap.kind_name or "")
        declared = tuple(sorted({call.action for call in kind.calls})) if kind else ()
        name = kind.plural if kind else gap.kind_name or ""
        actions = (gap.call,) if gap.call else declared
        found[name, gap.reason, actions].add(Place(gap.account or "", gap.region or ""))
    return tuple(
        Lack(name or None, reason, actions, tuple(sorted(places)))
        for (name, reason, actions), places in sorted(found.items())
    )
