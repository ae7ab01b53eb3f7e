"""Making the index of a snapshot: the conversions are run once, and what they work out is written down."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from sgcheck._version import __version__
from sgcheck.aws.balancer_attribute import CLASSIC_ATTRIBUTE
from sgcheck.aws.block_public_access_exclusion import BLOCK_PUBLIC_ACCESS_EXCLUSION
from sgcheck.aws.block_public_access_options import BLOCK_PUBLIC_ACCESS_OPTIONS
from sgcheck.aws.build import Absences, build
from sgcheck.aws.prefix_list import PREFIX_LIST
from sgcheck.aws.prefix_list_entry import PREFIX_LIST_ENTRY
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import InputError, UsageError
from sgcheck.sources.files import load_snapshot
from sgcheck.sources.index.book import FORMAT, Head, Writer
from sgcheck.sources.index.freshness import digest_of, stamp_of
from sgcheck.sources.index.layout import Contents, Listed, Space, at_home, pages_of, written
from sgcheck.sources.index.place import index_of
from sgcheck.sources.index.stored import RECORDS
from sgcheck.sources.jsontext import decoder

V = TypeVar("V")
_WHOLE: Final = (
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    CLASSIC_ATTRIBUTE,
    BLOCK_PUBLIC_ACCESS_OPTIONS,
    BLOCK_PUBLIC_ACCESS_EXCLUSION,
)
"""Kinds whose records conversions read one after the other, not by id."""
_INDEXES: Final = (
    "impaired",
    "embedded",
    "addresses",
    "publics",
    "groups",
    "subnets",
    "instances",
    "marked",
    "described",
    "prefixed",
)


class Recorder:
    """Notes what conversions work out (a Keeper)."""

    lazy = False

    def __init__(self) -> None:
        """Start with nothing."""
        self.found: dict[str, tuple[Any, Mapping[str, Any]]] = {}

    def mapping(self, name: str, shape: Any, make: Callable[[], Mapping[str, V]]) -> Mapping[str, V]:
        """The mapping that `make` makes, noted under its name."""
        if name not in self.found:
            made = make()
            self.found[name] = shape, made
        return self.found[name][1]


def build_index(file: str) -> str:
    """Write the index of the snapshot `file` beside it, and return its name; one that is there is replaced in one step.

    Raises InputError for a snapshot that can't be read, UsageError where the index can't be written.
    """
    began = time.time_ns()
    stamp = None if file == "-" else stamp_of(file)
    if stamp is None:
        raise UsageError(f"{file}: an index is of one file", "a folder has none; a snapshot is made with -o FILE")
    try:
        digest = digest_of(file)
    except OSError as error:
        raise InputError(f"{file}: can't be read: {error.strerror or error}") from None
    snapshot = load_snapshot([file])
    if snapshot.names or snapshot.pending or snapshot.notes:
        raise UsageError(
            f"{file}: is of Terraform or CloudFormation, and read without an index",
            "an index is of a snapshot of sgcheck",
        )
    found = _noted(snapshot)
    if stamp_of(file) != stamp:
        raise InputError(f"{file}: has changed while it was read")
    head = Head(FORMAT, __version__, digest.hex(), stamp, began)
    target = Path(index_of(file))
    try:
        _write(target, file, snapshot, found, head)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"can't write {target}: {reason}") from None
    return str(target)


def _noted(snapshot: Snapshot) -> dict[str, tuple[Any, Mapping[str, Any]]]:
    """Everything that conversions work out of `snapshot`, each with the type of its values."""
    recorder = Recorder()
    noting = msgspec.structs.replace(snapshot, keeper=recorder)
    network = build(noting)
    # What is wrong with what few questions ask for is said by these, which then find no index of it.
    for name in _INDEXES:
        with suppress(InputError):
            getattr(network.directory, name)
    for name in ("services", "balancers", "internet", "advertised"):
        with suppress(InputError):
            getattr(network, name)
    with suppress(InputError):
        _ = Absences(noting).interfaces
    for kind in _WHOLE:
        lists = {str(n): list(batch.records) for n, batch in enumerate(snapshot.batches) if batch.kind is kind}
        if lists:
            record: Any = kind.record
            recorder.found[f"{RECORDS}{kind.name}"] = list[record], lists
    return recorder.found


def _write(
    target: Path, file: str, snapshot: Snapshot, found: dict[str, tuple[Any, Mapping[str, Any]]], head: Head
) -> None:
    mode = stat.S_IMODE(Path(file).stat().st_mode) & 0o666 | stat.S_IWUSR
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        writer = Writer(str(temporary), bytes.fromhex(head.digest))
        try:
            spaces: dict[str, Space] = {}
            for title, (shape, mapping) in found.items():
                space = _entered(writer, shape, mapping, file)
                if space is not None:
                    spaces[title] = space
            writer.finish(head, _contents(snapshot, file, spaces))
        finally:
            writer.close()
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _entered(writer: Writer, shape: Any, mapping: Mapping[str, Any], file: str) -> Space | None:
    """Write a mapping; None, and nothing written, where its values do not come back as they were."""
    read = decoder(shape)
    entries: dict[str, bytes] = {}
    try:
        for key, value in mapping.items():
            entries[key] = text = written(value, file)
            if at_home(read.decode(text), file) != value:
                return None
    except (OverflowError, msgspec.MsgspecError):
        return None  # numbers that JSON has no room for
    keys = list(entries)
    order = 0 if keys == sorted(keys) else writer.add([msgspec.json.encode(keys)])
    pages = pages_of(entries)
    return Space(writer.add(pages), len(pages), len(entries), order)


def _contents(snapshot: Snapshot, file: str, spaces: dict[str, Space]) -> Contents:
    return Contents(
        batches=tuple(
            Listed(batch.kind.name, batch.account, batch.region, batch.source.removeprefix(file), len(batch.records))
            for batch in snapshot.batches
        ),
        gaps=snapshot.gaps,
        counts=snapshot.counts,
        collected_at=snapshot.collected_at,
        caller=snapshot.caller,
        redacted=snapshot.redacted,
        spaces=spaces,
    )
