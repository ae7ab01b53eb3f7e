"""Recognising what a JSON text is: an AWS answer, a recorded one, an error, lone resources, lists, or a snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec

from sgcheck.aws.kind import Kind
from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.snapshot import Gap
from sgcheck.aws.unmodelled import INCOMPLETE_ID_MEMBERS, METADATA_KEYS, UNMODELLED_ID_MEMBERS
from sgcheck.errors import InputError
from sgcheck.sources.jsontext import (
    Buffer,
    Members,
    decoder,
    first_byte,
    is_object,
    is_string,
    slice_object,
    slice_text,
)
from sgcheck.sources.place import Origin
from sgcheck.sources.records import Place
from sgcheck.sources.tally import Tally, is_answer

_LOWEST_ERROR: Final = 400
_DENIED_ACTION = r"perform: ([\w-]+:\w+)"


class Reading(NamedTuple):
    """Where the recognised goes, and what it belongs to."""

    tally: Tally
    origin: Origin


def read_text(data: Buffer, file: str, reading: Reading) -> bool:
    """Take everything that a file holds; False where it is nothing that is known.

    data: UTF-8. Raises InputError for what is not JSON, and for what is known and broken.
    """
    if first_byte(data) not in (b"{", b"[") and _is_yaml_template(data):
        from sgcheck.sources.cloudformation.document import read_template

        reading.tally.templates.append(read_template(data, file))
        return True
    sliced = slice_text(data, file)
    reading.tally.release()
    place = Place(file)
    if isinstance(sliced, list):
        return _read_list(sliced, place, reading)
    if _is_snapshot(sliced):
        from sgcheck.sources.snapshotfile import read_snapshot

        read_snapshot(sliced, file, reading.tally)
        return True
    if _is_terraform(sliced):
        from sgcheck.sources.terraform.translate import read_terraform

        read_terraform(data, sliced, file, reading.tally, reading.origin)
        return True
    if _read_cloudformation(data, sliced, file, reading):
        return True
    lone = _lone_key(sliced)
    if lone:
        _read_lone(lone, [(msgspec.Raw(data), place)], place, reading)
        return True
    return _read_answer(sliced, place, reading)


def _is_snapshot(members: Members) -> bool:
    schema = members.get("schema")
    return schema is not None and bytes(schema).startswith(b'"sgcheck.')


def _is_terraform(members: Members) -> bool:
    """Whether an object is a plan or state of Terraform, be it one that is refused."""
    if "planned_values" in members or "resource_changes" in members or "terraform_version" in members:
        return True
    return "format_version" in members and not is_answer(members)


def _is_yaml_template(data: Buffer) -> bool:
    from sgcheck.sources.cloudformation.document import may_be_yaml

    return may_be_yaml(data)


def _read_cloudformation(data: Buffer, members: Members, file: str, reading: Reading) -> bool:
    """Whether an object is a template of CloudFormation or the manifest of several, which is then taken."""
    if "artifacts" in members:
        from sgcheck.sources.cloudformation.stacks import is_manifest, manifest_of

        if is_manifest(members):
            reading.tally.assemblies |= manifest_of(members, file)
            return True
    if "Resources" not in members and "AWSTemplateFormatVersion" not in members:
        return False
    from sgcheck.sources.cloudformation.document import is_template, read_template

    if not is_template(members):
        return False
    reading.tally.templates.append(read_template(data, file))
    return True


def _read_answer(members: Members, place: Place, reading: Reading) -> bool:
    """An object with AWS's own top-level keys, an error answer, or either of them as a recorder wraps it."""
    if "status_code" in members and "data" in members:
        status = _plain_value(members["status_code"])
        members = slice_object(members["data"], place.file, place.below("data").path)
        if "Error" in members or (isinstance(status, int) and status >= _LOWEST_ERROR):
            _read_error(members, str(status), reading)
            return True
        place = place.below("data")
    elif "Error" in members and not is_answer(members):
        _read_error(members, "error", reading)
        return True
    if not is_answer(members):
        return False
    for key, raw in members.items():
        reading.tally.key(key, raw, place, reading.origin)
    return True


def _read_error(members: Members, status: str, reading: Reading) -> None:
    """An answer that is an error: a gap, unless AWS only says that what was asked for is not there."""
    error = _plain_value(members["Error"]) if "Error" in members else None
    told = error if isinstance(error, dict) else {}
    code = str(told.get("Code") or f"HTTP {status}")
    reading.tally.refuse(code)
    if "NotFound" in code:
        return
    detail = str(told.get("Message") or "")
    from sgcheck.aws.kinds import KINDS

    match = re.search(_DENIED_ACTION, detail)
    action = match.group(1) if match else None
    kind = next((kind.name for kind in KINDS for call in kind.calls if call.action == action), None)
    reading.tally.gap(Gap(kind, reading.origin.account, reading.origin.region, code, detail, action))


def _lone_key(members: Members) -> str | None:
    """The top-level key that a resource would stand under, None where the object is no resource that is known."""
    if not any(is_string(raw) or is_object(raw) for name, raw in members.items() if name not in METADATA_KEYS):
        return None  # whatever a resource is, it has a name of its own
    lone, whole = _tables()
    for member, key in whole.items():
        if member in members and is_object(members[member]):
            return key
    for member, key in UNMODELLED_ID_MEMBERS.items():
        if _names(members, member):
            return key
    for member, key, telltales in lone:
        if _names(members, member) and not telltales.isdisjoint(members):
            return key
    return next((key for member, key in INCOMPLETE_ID_MEMBERS.items() if _names(members, member)), None)


def _names(members: Members, member: str) -> bool:
    raw = members.get(member)
    return raw is not None and is_string(raw)


@cache
def _tables() -> tuple[tuple[tuple[str, str, frozenset[str]], ...], dict[str, str]]:
    """What tells lone resources apart, and the keys of whole answers by a member that they have."""
    from sgcheck.aws.kinds import KINDS

    whole = {wrapper.whole: wrapper.key for kind in KINDS for wrapper in kind.wrappers if wrapper.whole}
    return tuple(_lone_table(KINDS)), whole


def _lone_table(kinds: tuple[Kind[Any], ...]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """For each kind: id member, key, telltales. Later kinds refer to earlier ones, so the last that fits is meant."""
    for kind in reversed(kinds):
        for wrapper in kind.wrappers:
            for member in wrapper.id_members:
                yield member, wrapper.key, frozenset({kind.keys[-1]})
        plain_key = next((key for key in kind.keys if kind.wrapper(key) is None), None)
        if plain_key:
            for member in kind.id_members:
                yield member, plain_key, kind.telltales


def _read_lone(key: str, raws: list[tuple[msgspec.Raw, Place]], place: Place, reading: Reading) -> bool:
    """Resources without their key; False where their kind is not modelled."""
    if key in KIND_BY_KEY:
        reading.tally.elements(key, raws, place, reading.origin)
        return True
    reading.tally.skip(key, len(raws))
    return False


def _read_list(elements: list[msgspec.Raw], place: Place, reading: Reading) -> bool:
    """A list of resources, or of answers (pages)."""
    runs: dict[str, list[tuple[msgspec.Raw, Place]]] = {}
    strangers = []
    modelled = False
    for index, raw in enumerate(elements):
        here = place.below(f"[{index}]")
        members: Members = decoder(Members).decode(raw) if is_object(raw) else {}
        lone = _lone_key(members)
        if lone:
            runs.setdefault(lone, []).append((raw, here))
        elif _read_answer(members, here, reading):
            modelled = True
        else:
            strangers.append(here)
    for key, raws in runs.items():
        modelled = _read_lone(key, raws, place, reading) or modelled
    if strangers and modelled:
        message = f"{strangers[0]}: expected an AWS resource or answer, as the rest of the list has"
        raise InputError(message)
    return modelled or bool(runs)


def _plain_value(raw: msgspec.Raw) -> Any:
    return decoder(Any).decode(raw)
