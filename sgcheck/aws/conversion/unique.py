"""One record for each id, whatever the order of the input."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from sgcheck.aws.kept import kept
from sgcheck.errors import InputError
from sgcheck.packets import AddressSet

if TYPE_CHECKING:
    from sgcheck.aws.kind import Kind
    from sgcheck.aws.record import Tag
    from sgcheck.aws.snapshot import Batch, Snapshot

R = TypeVar("R")
_ZONE = re.compile(r"^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]?")


class Home(NamedTuple):
    """Whose records they are, and where they stand in the input."""

    account: str | None
    region: str | None
    source: str


def unique(snapshot: Snapshot, kind: Kind[R]) -> Mapping[str, tuple[R, Home]]:
    """Records of `kind` by id, sorted. Of two with one id the owner's own counts, then the one that says more."""
    record: Any = kind.record
    return kept(snapshot, f"{kind.name} by id", tuple[record, Home], partial(made_unique, snapshot, kind))


def made_unique(snapshot: Snapshot, kind: Kind[R]) -> dict[str, tuple[R, Home]]:
    """What `unique` returns, for who keeps only something made of it."""
    found: dict[str, tuple[R, Home]] = {}
    batches: dict[int, tuple[Home, Batch[R]]] = {}  # by the identity of the home, which it keeps alive
    id_of = kind.id_of
    for batch in snapshot.of(kind):
        homes: dict[str | None, Home] = {}
        for record in batch.records:
            owner = getattr(record, "owner_id", None)
            home = homes.get(owner)
            if home is None:
                home = homes[owner] = Home(owner or batch.account, batch.region, batch.source)
                batches[id(home)] = home, batch
            id_ = id_of(record)
            known = found.get(id_)
            if known is None or (
                known[0] is not record and _rank(record, batch) > _rank(known[0], batches[id(known[1])][1])
            ):
                found[id_] = record, home
    ids = sorted(found)
    return found if ids == list(found) else {id_: found[id_] for id_ in ids}


def _rank(record: object, batch: Batch[R]) -> tuple[bool, int, bytes, str, str]:
    text = msgspec.json.encode(record)
    owner = getattr(record, "owner_id", None)
    own = owner is not None and owner == batch.account
    return own, len(text), text, batch.account or "", batch.region or ""


def region_of_zone(zone: str | None) -> str | None:
    """The Region of an Availability Zone or Local Zone name: `us-east-1a` lies in `us-east-1`."""
    match = _ZONE.match(zone or "")
    return match.group(1) if match else None


def tags_of(tags: list[Tag] | None) -> dict[str, str]:
    """Tags as a mapping."""
    return {tag.key: tag.value or "" for tag in tags or ()}


def reading(home: Home, place: str, read: Callable[[], R]) -> R:
    """Run `read`, and turn what is wrong with a value into one line that names the file and the record."""
    try:
        return read()
    except (ValueError, msgspec.ValidationError) as wrong:
        raise InputError(f"{home.source}: {place}: {wrong}") from None


def cidr_set(home: Home, place: str, cidrs: list[str]) -> AddressSet:
    """CIDRs as a set; a malformed one is an InputError that names `place`."""
    return reading(home, place, lambda: AddressSet.parse(*cidrs))
