"""What AWS told (batches of records), and what it refused or was not asked (gaps). Frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Generic, TypeVar

import msgspec

from sgcheck.aws.age import oldest
from sgcheck.aws.kept import Keeper
from sgcheck.aws.kind import Kind
from sgcheck.aws.pending import Pending

R = TypeVar("R")


class Batch(msgspec.Struct, Generic[R], frozen=True):
    """Records of one kind that came together; an empty batch says that there are none.

    account, region: None where the input does not say what the records belong to. source: the file and the place in it.
    """

    kind: Kind[R]
    account: str | None
    region: str | None
    source: str
    records: Sequence[R]


class Gap(msgspec.Struct, frozen=True):
    """Something that was refused or not asked.

    kind_name: the name of the kind, None where the refusal does not tell. account, region: None where unknown. reason:
    the error code that AWS gave (`AccessDenied`), or `NotCollected`. detail: what AWS said. call: the IAM action, if
    known.
    """

    kind_name: str | None
    account: str | None
    region: str | None
    reason: str
    detail: str = ""
    call: str | None = None


class Writing(msgspec.Struct, frozen=True):
    """What of a configuration says something: what it is called there, and the file and line where that is known."""

    name: str
    file: str | None = None
    line: int | None = None


class Mention(msgspec.Struct, frozen=True):
    """Something that names a resource and is no record: what it is called, and whether it is known what it does."""

    by: str
    known: bool


ELSEWHERE: Final = Mention("what is not in the input", known=False)
"""Whoever has a group of which the input has rules alone."""


class Counts(msgspec.Struct, frozen=True):
    """What became of everything in the input, so that nothing is dropped in silence.

    read: kind name -> records. skipped: top-level key of a kind that is not modelled -> records. unattributable: key ->
    records that do not say what they belong to. refused: error code that AWS gave -> answers. files: files that were
    understood. files_skipped: files of a directory or archive that were not.
    """

    read: Mapping[str, int] = msgspec.field(default_factory=dict)
    skipped: Mapping[str, int] = msgspec.field(default_factory=dict)
    unattributable: Mapping[str, int] = msgspec.field(default_factory=dict)
    refused: Mapping[str, int] = msgspec.field(default_factory=dict)
    files: int = 0
    files_skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both counts together."""
        return Counts(
            read=_sum(self.read, other.read),
            skipped=_sum(self.skipped, other.skipped),
            unattributable=_sum(self.unattributable, other.unattributable),
            refused=_sum(self.refused, other.refused),
            files=self.files + other.files,
            files_skipped=self.files_skipped + other.files_skipped,
        )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    total = Counter(one)
    total.update(other)
    return dict(sorted(total.items()))


class Snapshot(msgspec.Struct, frozen=True):
    """All that is known of the configuration.

    collected_at: the time of collection as the input writes it (ISO 8601), the oldest of several. caller: the ARN of
    who collected it. redacted: whether the input says of itself that its names are not the real ones. keeper: who keeps
    what conversions make of it, None where nobody does. pending: the stand-ins for addresses that nobody knows yet.
    names: other names of resources -> their ids. written: (id, part of it) -> what of the configuration says so; the
    part is empty for all of it. mentions: id of a group -> what names it beside the records; `*` stands for any group.
    notes: warnings that every answer should have. gone: ids of what a plan deletes.
    """

    batches: tuple[Batch[Any], ...] = ()
    gaps: tuple[Gap, ...] = ()
    counts: Counts = Counts()
    collected_at: str | None = None
    caller: str | None = None
    redacted: bool = False
    keeper: Keeper | None = None
    pending: tuple[Pending, ...] = ()
    names: Mapping[str, str] = msgspec.field(default_factory=dict)
    written: Mapping[tuple[str, str], Writing] = msgspec.field(default_factory=dict)
    mentions: Mapping[str, tuple[Mention, ...]] = msgspec.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()

    def records(self, kind: Kind[R]) -> Iterator[tuple[R, Batch[R]]]:
        """Every record of `kind` with the batch it came in, in the order of the input."""
        for batch in self.of(kind):
            for record in batch.records:
                yield record, batch

    def of(self, kind: Kind[R]) -> Iterator[Batch[R]]:
        """The batches of `kind`."""
        return (batch for batch in self.batches if batch.kind is kind)

    def has(self, kind: Kind[Any], account: str | None = None, region: str | None = None) -> bool:
        """Whether `kind` is in the input at all, be it as an empty list.

        account, region: narrow the question down; a batch that does not say where it belongs to counts for all of them.
        """
        return any(fits(batch.account, account) and fits(batch.region, region) for batch in self.of(kind))

    def merged(self, *others: Snapshot) -> Snapshot:
        """This snapshot and `others` as one: of the oldest time, and of the first caller that is known."""
        every = (self, *others)
        return Snapshot(
            batches=tuple(chain.from_iterable(one.batches for one in every)),
            gaps=tuple(chain.from_iterable(one.gaps for one in every)),
            counts=sum((one.counts for one in others), self.counts),
            collected_at=oldest(one.collected_at for one in every),
            caller=next((one.caller for one in every if one.caller), None),
            redacted=any(one.redacted for one in every),
            pending=tuple(chain.from_iterable(one.pending for one in every)),
            names=dict(chain.from_iterable(one.names.items() for one in reversed(every))),
            written=dict(chain.from_iterable(one.written.items() for one in reversed(every))),
            mentions=_together(one.mentions for one in every),
            gone=frozenset(chain.from_iterable(one.gone for one in every)),
            notes=tuple(dict.fromkeys(chain.from_iterable(one.notes for one in every))),
        )


def _together(every: Iterable[Mapping[str, tuple[Mention, ...]]]) -> dict[str, tuple[Mention, ...]]:
    found: dict[str, tuple[Mention, ...]] = {}
    for mentions in every:
        for id_, those in mentions.items():
            found[id_] = tuple(dict.fromkeys((*found.get(id_, ()), *those)))
    return found


def fits(known: str | None, asked: str | None) -> bool:
    """Whether an account or region may be the asked one: either may be unknown."""
    return known is None or asked is None or known == asked
