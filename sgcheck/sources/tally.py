"""What the reading of files adds up to, before it is frozen into a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sgcheck.aws.kind import Kind
from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.pending import Pending
from sgcheck.aws.snapshot import Batch, Counts, Gap, Mention, Snapshot, Writing
from sgcheck.aws.unmodelled import METADATA_KEYS, UNATTRIBUTABLE_KEYS, UNMODELLED_KEYS
from sgcheck.sources.jsontext import decoder, is_list, is_null
from sgcheck.sources.place import Origin
from sgcheck.sources.records import Place, decode_elements, decode_key, own_elements

if TYPE_CHECKING:
    from sgcheck.sources.cloudformation.document import Template
    from sgcheck.sources.cloudformation.stacks import Named
    from sgcheck.sources.terraform.sameness import Sameness

_BIG = 1024 * 1024


class Tally:
    """Batches, gaps and counts, in the order in which they were met.

    release: called whenever much of a file has become records, and the memory that its text takes may go. pending,
    names, written, mentions, notes, gone: as a Snapshot has them. deployed: what a plan or template is laid over. same:
    what plans and states have in common with those that they are compared with. planned: how many documents there were
    that describe what is to be, and can be laid over what is. templates, assemblies, parameters: templates of
    CloudFormation, which need each other and become records in the end, what is known of their stacks by file, and the
    values of their parameters. untaken: of these the ones that no template has, each with a hint.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.release: Callable[[], None] = lambda: None
        self.files = 0
        self.files_skipped = 0
        self.collected_at: str | None = None
        self.caller: str | None = None
        self.redacted = False
        self.pending: list[Pending] = []
        self.names: dict[str, str] = {}
        self.written: dict[tuple[str, str], Writing] = {}
        self.mentions: dict[str, tuple[Mention, ...]] = {}
        self.notes: list[str] = []
        self.gone: frozenset[str] = frozenset()
        self.deployed: Snapshot | None = None
        self.same: Sameness | None = None
        self.planned = 0
        self.templates: list[Template] = []
        self.assemblies: dict[str, Named] = {}
        self.parameters: Mapping[str, str] = {}
        self.untaken: Mapping[str, str] = {}
        self._batches: list[Batch[Any]] = []
        self._gaps: list[Gap] = []
        self._read: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._unattributable: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def key(self, key: str, raw: msgspec.Raw, place: Place, origin: Origin) -> None:
        """Take what stands under a top-level key: records of a kind, or something to skip and count.

        raw: the value. place: where the object with the key stands. A value of null is an empty list.
        """
        kind = KIND_BY_KEY.get(key)
        if kind is not None and kind.telltale is not None:
            own, others = own_elements(kind.telltale, raw, place.below(key))
            if own or not others:
                self.elements(key, own, place.below(key), origin)
            if others:
                self.skip(key, others)
        elif kind is not None:
            place = place.below(key)
            self._batch(kind, [] if is_null(raw) else decode_key(kind, key, raw, place), place, origin)
            if memoryview(raw).nbytes > _BIG:
                self.release()
        elif key in UNATTRIBUTABLE_KEYS:
            self._unattributable[key] += _length(raw)
        elif key not in METADATA_KEYS:
            self.skip(key, _length(raw))

    def elements(self, key: str, raws: Sequence[tuple[msgspec.Raw, Place]], place: Place, origin: Origin) -> None:
        """Take elements that belong under top-level `key` and stand without it; `raws` has each with its own place."""
        kind = KIND_BY_KEY[key]
        self._batch(kind, decode_elements(kind, key, raws), place, origin)

    def skip(self, key: str, records: int) -> None:
        """Count records of a kind that is not modelled."""
        self._skipped[key] += records

    def refuse(self, code: str) -> None:
        """Count an answer that is an error."""
        self._refused[code] += 1

    def gap(self, gap: Gap) -> None:
        """Note something that was refused or not asked."""
        self._gaps.append(gap)

    @property
    def read(self) -> int:
        """How many records there are so far."""
        return self._read.total()

    def of_templates(self, deployed: Snapshot) -> Tally:
        """A tally with the templates of this one alone, to be laid over everything else of it."""
        made = Tally()
        made.deployed = deployed
        made.templates, made.assemblies, made.parameters = self.templates, self.assemblies, self.parameters
        return made

    def snapshot(self) -> Snapshot:
        """Everything so far, frozen."""
        return Snapshot(
            batches=tuple(self._batches),
            gaps=tuple(self._gaps),
            counts=Counts(
                read=dict(sorted(self._read.items())),
                skipped=dict(sorted(self._skipped.items())),
                unattributable=dict(sorted(self._unattributable.items())),
                refused=dict(sorted(self._refused.items())),
                files=self.files,
                files_skipped=self.files_skipped,
            ),
            collected_at=self.collected_at,
            caller=self.caller,
            redacted=self.redacted,
            pending=tuple(self.pending),
            names=self.names,
            written=self.written,
            mentions=self.mentions,
            notes=tuple(self.notes),
            gone=self.gone,
        )

    def _batch(self, kind: Kind[Any], records: list[Any], place: Place, origin: Origin) -> None:
        self._batches.append(Batch(kind, origin.account, origin.region, str(place), records))
        self._read[kind.name] += len(records)


def is_answer(names: Iterable[str]) -> bool:
    """Whether an object with members of these names is an AWS answer about a network's resources, modelled or not."""
    told = set(names) - METADATA_KEYS
    return bool(told) and (
        told <= UNATTRIBUTABLE_KEYS or any(key in KIND_BY_KEY or key in UNMODELLED_KEYS for key in told)
    )


def _length(raw: msgspec.Raw) -> int:
    if is_list(raw):
        return len(decoder(list[msgspec.Raw]).decode(raw))
    return 0 if is_null(raw) else 1
