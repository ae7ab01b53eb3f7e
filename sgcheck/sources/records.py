"""Decoding the records of a kind, and naming the one that is broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from sgcheck.aws.kind import Kind, Wrapper
from sgcheck.errors import InputError
from sgcheck.sources.jsontext import Members, decoder, is_list, is_object, plain, slice_list, slice_object

_BROKEN = (msgspec.DecodeError, UnicodeDecodeError)


class Place(msgspec.Struct, frozen=True):
    """Where something stands. file: its name. path: the place in it (`SecurityGroups`), empty for the whole."""

    file: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.path}" if self.path else self.file

    def below(self, step: str) -> Place:
        """The place of a member (`Vpcs`) or an element (`[3]`) of what stands here."""
        dot = "." if self.path and not step.startswith("[") else ""
        return Place(self.file, f"{self.path}{dot}{step}")


def decode_key(kind: Kind[Any], key: str, raw: msgspec.Raw, place: Place) -> list[Any]:
    """The records that top-level key `key` holds.

    raw: the value of the key. place: where the value stands.
    Raises InputError that names the place, the record and what was expected.
    """
    wrapper = kind.wrapper(key)
    if wrapper is None:
        return _decode_list(kind.record, raw, place, kind.id_members)
    if wrapper.by_name:
        members = slice_object(raw, place.file, place.path)
        named = ((name, _decode_one(wrapper.item, item, place.below(name), ())) for name, item in members.items())
        return _flat(wrapper, named)
    if wrapper.single and not is_list(raw):
        return _flat(wrapper, [("", _decode_one(wrapper.item, raw, place, wrapper.id_members))])
    elements = _decode_list(wrapper.item, raw, place, wrapper.id_members)
    return _flat(wrapper, (("", element) for element in elements))


def decode_elements(kind: Kind[Any], key: str, raws: Sequence[tuple[msgspec.Raw, Place]]) -> list[Any]:
    """The records of elements that stand without their top-level key; `raws` has each with its place."""
    wrapper = kind.wrapper(key)
    if wrapper is None:
        return [_decode_one(kind.record, raw, place, kind.id_members) for raw, place in raws]
    elements = (_decode_one(wrapper.item, raw, place, wrapper.id_members) for raw, place in raws)
    return _flat(wrapper, (("", element) for element in elements))


def own_elements(telltale: str, raw: msgspec.Raw, place: Place) -> tuple[list[tuple[msgspec.Raw, Place]], int]:
    """Of what stands under a key of several services the elements with the member `telltale`, and how many have none.

    An object is one element: some answers have a single resource instead of a list.
    """
    elements = [(raw, place)] if is_object(raw) else []
    if is_list(raw):
        listed = enumerate(slice_list(raw, place.file, place.path))
        elements = [(element, place.below(f"[{index}]")) for index, element in listed]
    own = [one for one in elements if is_object(one[0]) and telltale in decoder(Members).decode(one[0])]
    return own, len(elements) - len(own)


def _flat(wrapper: Wrapper[Any], named: Iterable[tuple[str, Any]]) -> list[Any]:
    return [record for name, element in named for record in wrapper.unpack(name, element)]


def _decode_list(shape: Any, raw: msgspec.Raw, place: Place, id_members: tuple[str, ...]) -> list[Any]:
    """All elements at once; only when that fails one by one, so that the broken one gets its name."""
    for strict in (True, False):
        try:
            records: list[Any] = decoder(list[shape], strict=strict).decode(raw)
        except _BROKEN:
            continue
        return records
    elements = enumerate(slice_list(raw, place.file, place.path))
    return [_decode_one(shape, element, place.below(f"[{index}]"), id_members) for index, element in elements]


def _decode_one(shape: Any, raw: msgspec.Raw, place: Place, id_members: tuple[str, ...]) -> Any:
    try:
        return decoder(shape, strict=False).decode(raw)
    except _BROKEN as error:
        below, problem = plain(error)
        label = _label(raw, id_members)
        where = " ".join(filter(None, (place.path, f"({label})" if label else "")))
        raise InputError(": ".join(filter(None, (place.file, where, below, problem)))) from error


def _label(raw: msgspec.Raw, id_members: tuple[str, ...]) -> str | None:
    """The id of the broken record that `raw` is, as far as it has one."""
    try:
        members = decoder(dict[str, Any]).decode(raw)
    except _BROKEN:
        return None
    found = (members.get(member) for member in id_members)
    return next((value for value in found if isinstance(value, str) and value), None)
