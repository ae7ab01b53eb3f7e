"""Our own snapshot (`sgcheck.snapshot/1`): AWS's records under AWS's keys by account and Region, and the gaps."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from sgcheck.aws.age import oldest
from sgcheck.aws.snapshot import Gap
from sgcheck.errors import InputError
from sgcheck.sources.jsontext import Members, decoder, is_null, plain, slice_accounts, slice_list
from sgcheck.sources.place import Origin
from sgcheck.sources.records import Place
from sgcheck.sources.tally import Tally

SCHEMA: Final = "sgcheck.snapshot/1"
T = TypeVar("T")
_ACCOUNT = re.compile(r"\d{12}")


class _Caller(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    arn: str | None = None


class _Gap(msgspec.Struct, frozen=True, kw_only=True):
    kind: str | None = None
    account: str | None = None
    region: str | None = None
    call: str | None = None
    reason: str
    detail: str | None = None


def read_snapshot(members: Members, file: str, tally: Tally) -> None:
    """Take a whole snapshot; `members` are those of its outermost object.

    Raises InputError for a schema that is not known, and for anything that is not as the schema has it.
    """
    _check_schema(members, file)
    tally.collected_at = oldest((tally.collected_at, _optional(members, "collected_at", str, file)))
    tally.redacted = tally.redacted or bool(_optional(members, "redacted", bool, file))
    caller = _optional(members, "caller", _Caller, file)
    tally.caller = tally.caller or (caller.arn if caller else None)
    if "accounts" not in members:
        raise InputError(f"{file}: accounts is missing")
    accounts = slice_accounts(members["accounts"], file, "accounts")
    tally.release()
    for account, regions in accounts.items():
        _read_account(account, regions, file, tally)
    if "gaps" in members:
        _read_gaps(members["gaps"], file, tally)


def _check_schema(members: Members, file: str) -> None:
    schema = _decoded(members["schema"], str, file, "schema")
    if schema != SCHEMA:
        raise InputError(f"{file}: schema: expected {SCHEMA}, got {schema}")


def _read_account(account: str, regions: dict[str, Members], file: str, tally: Tally) -> None:
    if not _ACCOUNT.fullmatch(account):
        raise InputError(f"{file}: accounts: expected an account of 12 digits, got {account!r}")
    for region, keys in regions.items():
        place = Place(file, f"accounts.{account}.{region}")
        for key, value in keys.items():
            tally.key(key, value, place, Origin(account, region))


def _read_gaps(raw: msgspec.Raw, file: str, tally: Tally) -> None:
    for index, item in enumerate(slice_list(raw, file, "gaps")):
        gap = _decoded(item, _Gap, file, f"gaps[{index}]")
        tally.gap(Gap(gap.kind, gap.account, gap.region, gap.reason, gap.detail or "", gap.call))


def _optional(members: Members, name: str, shape: type[T], file: str) -> T | None:
    if name not in members or is_null(members[name]):
        return None
    return _decoded(members[name], shape, file, name)


def _decoded(raw: msgspec.Raw, shape: type[T], file: str, path: str) -> T:
    try:
        value: T = decoder(shape).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        below, problem = plain(error)
        place = ".".join(filter(None, (path, below)))
        raise InputError(f"{file}: {place}: {problem}") from error
    return value
