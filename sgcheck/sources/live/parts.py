"""The parts of a snapshot that is being collected: files beside it, so that a collection goes on where it stopped."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from sgcheck.aws.kind import Kind
from sgcheck.aws.kinds import KINDS
from sgcheck.aws.snapshot import Gap
from sgcheck.errors import UsageError
from sgcheck.sources.live.reading import Found
from sgcheck.sources.snapshotfile import SCHEMA

PART_SCHEMA = "sgcheck.part/1"
_FINISHED = ".finished"
_MERGED = ".merged"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a kind in an account and Region. asked: tells apart who asked what."""

    schema: str = PART_SCHEMA
    asked: str
    collected_at: str
    keys: dict[str, msgspec.Raw]
    gaps: list[dict[str, str]] = []


_PART = msgspec.json.Decoder(Part)
Place = tuple[str, str, str]
Member = tuple[str, Callable[[], object]]


class Parts:
    """A folder of parts beside the file that they will be; `has`, `put` and `refuse` may run in any thread."""

    def __init__(self, file: Path, endpoint: str | None, *, resume: bool) -> None:
        """Begin, or go on where another run stopped.

        file: what they will be merged into. endpoint: what is asked instead of AWS. resume: use the parts that are
        there. Raises UsageError where the folder can't be made.
        """
        self.file = Path(os.path.realpath(file))
        self.folder = self.file.with_name(f"{self.file.name}.parts")
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._kept: set[Place] = set()
        self._refused: list[Gap] = []
        self.resumed = 0
        try:
            if self.file.is_dir():
                raise UsageError(f"can't write {file}: is a directory")
            if self.file.exists() and not self.file.is_file():
                # It would be replaced by the finished file: /dev/null is not to be.
                raise UsageError(f"can't write {file}: a device or pipe, and a snapshot is a file that is replaced")
            if not resume or self._is_left_over():
                self.remove()
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise UsageError(f"can't write {file}: {error.strerror or error}") from None

    def has(self, caller: str, account: str, region: str, kind: Kind[Any]) -> bool:
        """Whether there is a part that the same caller got by the same requests, without a gap."""
        path = self._path(account, region, kind.name)
        try:
            part = _PART.decode(path.read_bytes())
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return False
        if part.schema != PART_SCHEMA or part.asked != self._asked(caller, kind) or part.gaps:
            return False
        with self._lock:
            self._kept.add((account, region, kind.name))
            self.resumed += 1
        return True

    def put(self, caller: str, found: Found) -> None:
        """Write a part, whole or not at all."""
        part = Part(
            asked=self._asked(caller, found.kind),
            collected_at=now(),
            keys={key: msgspec.Raw(msgspec.json.encode(value)) for key, value in found.keys.items()},
            gaps=[plain(gap) for gap in found.gaps],
        )
        path = self._path(found.account, found.region, found.kind.name)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(msgspec.json.encode(part))
        temporary.replace(path)
        with self._lock:
            self._kept.add((found.account, found.region, found.kind.name))

    def refuse(self, gap: Gap) -> None:
        """Note a gap that concerns a whole account."""
        with self._lock:
            self._refused.append(gap)

    def merge(self, caller: str) -> int:
        """Make the file of the parts, in one step, and remove them; returns how many gaps it has."""
        merged = self.folder / _MERGED
        with _opened(merged, gz=self.file.name.endswith(".gz")) as out:
            gaps = self._write(out, caller)
        (self.folder / _FINISHED).touch()
        merged.replace(self.file)
        self.remove()
        return gaps

    def remove(self) -> None:
        """Remove the parts; the mark that they are finished goes last."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir(), key=lambda path: path.name == _FINISHED):
            path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            self.folder.rmdir()

    def _is_left_over(self) -> bool:
        """Whether the file was made of these parts already, and the run ended before it could remove them."""
        return (self.folder / _FINISHED).exists() and not (self.folder / _MERGED).exists()

    def _write(self, out: BinaryIO, caller: str) -> int:
        """Write the snapshot; one part at a time is in memory."""
        gaps = [plain(gap) for gap in self._refused]
        times = [now()]
        order = {kind.name: number for number, kind in enumerate(KINDS)}
        places = sorted(self._kept, key=lambda place: (place[0], place[1], order[place[2]]))

        def keys(group: Iterable[Place]) -> Iterator[Member]:
            for place in group:
                part = _PART.decode(self._path(*place).read_bytes())
                gaps.extend(part.gaps)
                times.append(part.collected_at)
                yield from ((key, partial(out.write, value)) for key, value in part.keys.items())

        def regions(group: Iterable[Place]) -> Iterator[Member]:
            for region, inner in groupby(group, key=itemgetter(1)):
                yield region, partial(_write_object, out, keys(inner))

        accounts = ((account, partial(_write_object, out, regions(g))) for account, g in groupby(places, itemgetter(0)))
        members: list[Member] = [
            ("schema", lambda: out.write(_json(SCHEMA))),
            ("caller", lambda: out.write(_json({"arn": caller}))),
            ("accounts", lambda: _write_object(out, accounts)),
            ("gaps", lambda: out.write(_json(sorted(gaps, key=lambda gap: sorted(gap.items()))))),
            ("collected_at", lambda: out.write(_json(min(times)))),
        ]
        _write_object(out, members)
        return len(gaps)

    def _asked(self, caller: str, kind: Kind[Any]) -> str:
        told = msgspec.json.encode([SCHEMA, self._endpoint, caller, kind.calls, sorted(kind.secrets), kind.keys])
        return hashlib.sha256(told).hexdigest()

    def _path(self, account: str, region: str, kind_name: str) -> Path:
        return self.folder / f"{account}.{region}.{re.sub(r'[^a-z0-9]+', '-', kind_name.lower())}.json"


def now() -> str:
    """The time, as snapshots write it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def plain(gap: Gap) -> dict[str, str]:
    """A gap as a snapshot has it."""
    told = {
        "kind": gap.kind_name,
        "account": gap.account,
        "region": gap.region,
        "reason": gap.reason,
        "call": gap.call,
        "detail": gap.detail,
    }
    return {member: value for member, value in told.items() if value}


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _write_object(out: BinaryIO, members: Iterable[Member]) -> None:
    """Write an object of members whose values write themselves, one a line."""
    between = b"{\n"
    for name, write in members:
        out.write(between + _json(name) + b":")
        write()
        between = b",\n"
    out.write(b"}" if between == b",\n" else b"{}")


@contextmanager
def _opened(path: Path, *, gz: bool) -> Iterator[BinaryIO]:
    """A new file, on the disk when it is closed; packed without a time, so that the same parts give the same file."""
    with path.open("wb") as plain_file:
        if gz:
            with gzip.GzipFile("", "wb", fileobj=plain_file, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield plain_file
        plain_file.flush()
        os.fsync(plain_file.fileno())
