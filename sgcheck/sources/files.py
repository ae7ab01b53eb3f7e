"""A snapshot from files: AWS answers as `aws` and boto3 print them, archives and folders of them, our own snapshot."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.snapshot import Snapshot
from sgcheck.errors import InputError, UsageError
from sgcheck.sources.answers import Reading, read_text
from sgcheck.sources.jsontext import first_byte
from sgcheck.sources.place import origin_of
from sgcheck.sources.tally import Tally
from sgcheck.sources.unpack import SHOW_PLAN, Text, named_json, texts

EXPECTED = (
    "expected an AWS answer with a key such as SecurityGroups or Vpcs, one of its resources, a list of either, "
    "a Terraform plan or state as JSON, a CloudFormation template, or a snapshot of sgcheck"
)
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
    stdin: stands in for standard input. deployed: what plans and templates among the files are laid
    over. parameters: values of parameters of templates.
    Raises InputError, in one line that names file, place and what was expected.
    """
    snapshot, untaken = _loaded(paths, stdin, deployed, parameters)
    for name, hint in untaken.items():
        raise _untaken(name, hint)
    return snapshot


def load_pair(before: str, after: str, *, parameters: Mapping[str, str] | None = None) -> tuple[Snapshot, Snapshot]:
    """What two paths hold, to be compared.

    parameters: as for load_snapshot; one has to be of a template of either. Raises as load_snapshot does.
    """
    (old, untaken), (new, missed) = (_loaded([path], None, None, parameters) for path in (before, after))
    for name in untaken:
        if name in missed:
            raise _untaken(name, missed[name])
    return old, new


def _untaken(name: str, hint: str) -> UsageError:
    return UsageError(f"--parameters {name}: no template of the input has such a parameter", hint)


def _loaded(
    paths: Sequence[str], stdin: BinaryIO | None, deployed: Snapshot | None, parameters: Mapping[str, str] | None
) -> tuple[Snapshot, Mapping[str, str]]:
    """The snapshot, and the parameters that no template took."""
    tally = Tally()
    tally.deployed = deployed
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
    if deployed is None:
        return tally.snapshot(), tally.untaken
    from sgcheck.sources.terraform.plan import onto

    return onto(tally.snapshot(), deployed), tally.untaken


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
        if text.named and _is_configuration(text):
            message = f"{text.file}: is Terraform's configuration: expected a plan or state as JSON: run {SHOW_PLAN}"
            raise InputError(message) from None
        if text.named or _promises_answers(text):
            raise
        return False


def _is_configuration(text: Text) -> bool:
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
