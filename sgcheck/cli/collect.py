"""Collecting a snapshot, with progress on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgcheck.cli.account import timed, who
from sgcheck.cli.guard import note
from sgcheck.errors import UsageError


def collect(output: str | None, account: Mapping[str, Any], *, resume: bool) -> None:
    """Read the account that the options name and write the snapshot to `output`."""
    if not output or output == "-":
        raise UsageError("where to? give -o FILE", "as in -o snap.json.gz")
    from sgcheck.cli.progress import watched
    from sgcheck.sources.live.snapshot import write_snapshot

    with timed(account) as calls, watched() as watch:
        written = write_snapshot(output, who(**account), watch, resume=resume)
        calls.append(written.calls)
    if written.resumed:
        note(f"went on where a collection had stopped: {written.resumed} parts were there")
    if written.gaps:
        things = "1 thing" if written.gaps == 1 else f"{written.gaps} things"
        note(f"{things} could not be read; {output} says why, and which permission is needed")
