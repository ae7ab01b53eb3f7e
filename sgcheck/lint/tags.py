"""Exceptions that resources carry themselves, as a tag: `sgcheck:ignore` = `SG101,SG102 until=2027-01-31 reason`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sgcheck.lint.suppress import Ignore

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot

TAG = "sgcheck:ignore"
_UNTIL = re.compile(r"^until=(\S*)\s*")
_RULES = re.compile(r"[^\s,]+(?:\s*,\s*[^\s,]+)*")


def tagged(snapshot: Snapshot) -> Iterator[Ignore | str]:
    """Every exception that a tag makes; a text where one is not in the form, which then counts for nothing."""
    for batch in snapshot.batches:
        for record in batch.records:
            id_ = batch.kind.id_of(record)
            text = getattr(record, "tags_text", None)
            if text is not None and TAG.encode() not in bytes(memoryview(text)):
                continue
            for tag in getattr(record, "tags", None) or getattr(record, "tag_set", None) or ():
                if tag.key == TAG:
                    yield from read_exception(f"tag {TAG} of {id_}", id_, tag.value or "")


def read_exception(by: str, id_: str, value: str) -> Iterator[Ignore | str]:
    """What `value` accepts at the resource `id_`, one for each rule; a text where it is not in the form.

    by: who says so, for people.
    """
    match = _RULES.match(value.strip())
    if match is None:
        yield f"{by}: expected rules and a reason, such as 'SG101 the bastion host'; it counts for nothing"
        return
    reason = value.strip()[match.end() :].strip()
    until: date | None = None
    told = _UNTIL.match(reason)
    if told:
        reason = reason[told.end() :]
        try:
            until = date.fromisoformat(told[1])
        except ValueError:
            yield f"{by}: until={told[1]} is not a date such as 2027-01-31; it counts for nothing"
            return
    if not reason:
        yield f"{by}: expected a reason after {match[0]}; it counts for nothing"
        return
    for rule in match[0].split(","):
        yield Ignore(rule.strip(), _escaped(id_), reason, until, by)


def _escaped(id_: str) -> str:
    """An id as a pattern that only it matches."""
    return re.sub(r"([*?[])", r"[\1]", id_)
