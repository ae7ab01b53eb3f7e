"""`snapshot --show --format json`: schema `sgcheck.snapshot-summary/1`, spelled field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sgcheck.sources.summary import Lack, Place, Summary

SCHEMA = "sgcheck.snapshot-summary/1"


def render(summaries: Sequence[Summary]) -> str:
    """Return all summaries as JSON, in the order in which they were asked for, ending with a newline."""
    return document({"schema": SCHEMA, "snapshots": [_summary(summary) for summary in summaries]})


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "file": summary.file,
        "collected_at": summary.collected_at,
        "age_hours": summary.age_hours,
        "old": summary.old,
        "caller": summary.caller,
        "redacted": summary.redacted,
        "places": [_place(place) for place in summary.places],
        "records": {records.kind: records.count for records in summary.records},
        "skipped": summary.skipped,
        "unattributable": summary.unattributable,
        "refused": summary.refused,
        "files": {"read": summary.files, "skipped": summary.files_skipped},
        "gaps": [_lack(lack) for lack in summary.lacks],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"account": place.account or None, "region": place.region or None}


def _lack(lack: Lack) -> dict[str, Any]:
    return {
        "kind": lack.kind,
        "reason": lack.reason,
        "actions": lack.actions,
        "places": [_place(place) for place in lack.places],
    }
