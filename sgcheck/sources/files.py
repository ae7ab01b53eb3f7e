"""A snapshot from files: AWS answers as `aws` and boto3 print them, archives and folders of them, our own snapshot."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import InputError
from sgcheck.sources.answers import Reading, read_text
from sgcheck.sources.jsontext import first_byte
from sgcheck.sources.place import origin_of
from sgcheck.sources.tally import Tally
from sgcheck.sources.unpack import SHOW_PLAN, Text, named_json, texts

if TYPE_CHECKING:
    from sgcheck.sources.terraform.sameness import Sameness

EXPECTED = (
    "expected an AWS answer with a key such as SecurityGroups or Vpcs, one of its resources, a list of either, "
    "a Terraform plan or state as JSON, or a snapshot of sgcheck"
)
A_PLAN = "expected a plan or state of Terraform, to be laid over what is deployed"
_HEAD = 65_536


def load_snapshot(
    paths: Sequence[str],
    stdin: BinaryIO | None = None,
    *,
    deployed: Snapshot | None = None,
    same: Sameness | None = None,
) -> Snapshot:
    """Everything that the files hold, as one snapshot.

    paths: files, folders (read recursively) and `-` for standard input; each is JSON, gzip or zip by its content.
    stdin: stands in for standard input. deployed: what plans among the files are laid over. same: what plans and states
    have in common with those that they are compared with; what is none of them may be among what is laid over then.
    Raises InputError, in one line that names file, place and what was expected.
    """
    tally = Tally()
    tally.deployed, tally.same = deployed, same
    with _collector_paused():
        for path in paths:
            for _ in understood(path, stdin, tally):
                pass
    if deployed is None or (same is not None and not tally.planned):
        return tally.snapshot()
    if not tally.planned:
        raise InputError(f"{', '.join(paths)}: {A_PLAN}")
    from sgcheck.sources.terraform.plan import onto

    return onto(tally.snapshot(), deployed)


def understood(path: str, stdin: BinaryIO | None, tally: Tally) -> Iterator[Text]:
    """The texts at one path that are understood, each after everything in it has gone into `tally`.

    path, stdin: as for load_snapshot. Raises InputError as it does.
    """
    before = tally.files
    for found in texts(path, stdin):
        if isinstance(found, Text) and _read_text(found, tally):
            tally.files += 1
            yield found
        else:
            tally.files_skipped += 1
    if tally.files == before:
        raise InputError(f"{path}: holds nothing that is understood: {EXPECTED}")


def _read_text(text: Text, tally: Tally) -> bool:
    """Whether a file was understood; one that the user named has to be."""
    tally.release = text.release
    try:
        return read_text(text.data, text.file, Reading(tally, origin_of(text.folders)))
    except InputError:
        if text.named and is_configuration(text):
            message = f"{text.file}: is Terraform's configuration: expected a plan or state as JSON: run {SHOW_PLAN}"
            raise InputError(message) from None
        if text.named or _promises_answers(text):
            raise
        return False


def is_configuration(text: Text) -> bool:
    """Whether a text is written in Terraform's language."""
    import re

    blocks = rb"^\s*(?:resource|data|variable|output|module|provider|terraform|locals)\b[^\n=]*\{"
    return bool(re.search(blocks, bytes(text.data[:_HEAD]), re.MULTILINE)) and first_byte(text.data) not in (b"{", b"[")


def _promises_answers(text: Text) -> bool:
    """Whether a file of a folder that can't be read was meant to be: by its name, or by a key that it quotes."""
    return named_json(text.file) or any(text.data.find(f'"{key}"'.encode()) >= 0 for key in KIND_BY_KEY)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No cycle collection while millions of records that form no cycles come into being.

    Nothing is frozen: what is garbage at that moment would stay for ever in a process that loads again and again.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
