"""A snapshot from files: AWS answers as `aws` and boto3 print them, archives and folders of them, our own snapshot."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import InputError, UsageError
from sgcheck.sources.answers import Reading, read_text
from sgcheck.sources.jsontext import first_byte
from sgcheck.sources.place import origin_of
from sgcheck.sources.tally import Tally
from sgcheck.sources.unpack import SHOW_PLAN, Text, named_json, texts

if TYPE_CHECKING:
    from sgcheck.sources.terraform.sameness import Sameness

EXPECTED = (
    "expected an AWS answer with a key such as SecurityGroups or Vpcs, one of its resources, a list of either, "
    "a Terraform plan or state as JSON, a CloudFormation template, or a snapshot of sgcheck"
)
A_PLAN = "expected a plan or state of Terraform, or a template of CloudFormation, to be laid over what is deployed"
_HEAD = 65_536


def load_snapshot(
    paths: Sequence[str],
    stdin: BinaryIO | None = None,
    *,
    deployed: Snapshot | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Snapshot:
    """Everything that the files hold, as one snapshot.

    paths: files, folders (read recursively) and `-` for standard input; each is JSON, gzip or zip by its content.
    stdin: stands in for standard input. deployed: what plans and templates among the files are laid over; there has to
    be one. parameters: values of parameters of templates; each has to be of one.
    Raises InputError, in one line that names file, place and what was expected.
    """
    loaded = load(paths, stdin, deployed=deployed, parameters=parameters)
    for name, hint in loaded.untaken.items():
        raise untaken(name, hint)
    if deployed is not None and not loaded.planned:
        raise InputError(f"{', '.join(paths)}: {A_PLAN}")
    return loaded.snapshot


class Loaded(NamedTuple):
    """What files hold.

    planned: whether any of it describes what is to be, as plans, states and templates do; only that is laid over what
    is deployed. untaken: the parameters that no template has, each with a hint.
    """

    snapshot: Snapshot
    planned: bool
    untaken: Mapping[str, str]


def load(
    paths: Sequence[str],
    stdin: BinaryIO | None = None,
    *,
    deployed: Snapshot | None = None,
    parameters: Mapping[str, str] | None = None,
    same: Sameness | None = None,
) -> Loaded:
    """The same, and what became of it, for those who look at several such.

    same: what plans and states have in common with those that they are compared with. Raises InputError.
    """
    tally = Tally()
    tally.deployed, tally.same = deployed, same
    tally.parameters = parameters or {}
    tally.untaken = dict.fromkeys(tally.parameters, "they are for CloudFormation templates")
    with _collector_paused():
        for path in paths:
            for _ in understood(path, stdin, tally):
                pass
        if tally.templates:
            from sgcheck.sources.cloudformation.translate import tell

            if deployed is None and tally.read:  # what else is in the input is there already
                deployed = tally.snapshot()
                tally = tally.of_templates(deployed)
            tell(tally)
    snapshot = tally.snapshot()
    if deployed is not None and tally.planned:
        from sgcheck.sources.onto import onto

        snapshot = onto(snapshot, deployed)
    return Loaded(snapshot, bool(tally.planned), tally.untaken)


def untaken(name: str, hint: str) -> UsageError:
    """What there is to say of a parameter that no template has."""
    return UsageError(f"--parameters {name}: no template of the input has such a parameter", hint)


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
    template = first_byte(text.data) not in (b"{", b"[")  # one in YAML: no other text comes so far
    return template or named_json(text.file) or any(text.data.find(f'"{key}"'.encode()) >= 0 for key in KIND_BY_KEY)


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
