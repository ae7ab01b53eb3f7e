"""Writing a snapshot: open the accounts, read everything in parts, make the file of them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sgcheck.errors import AwsError, UsageError
from sgcheck.sources.live.accounts import Chain
from sgcheck.sources.live.collecting import Collector, Watch
from sgcheck.sources.live.parts import Parts
from sgcheck.sources.live.who import Who


class Written(msgspec.Struct, frozen=True):
    """How it went. calls: requests made. resumed: parts that were there already. gaps: what could not be read."""

    calls: int
    resumed: int
    gaps: int


def write_snapshot(file: str, who: Who, watch: Watch | None = None, *, resume: bool = True) -> Written:
    """Read everything that `who` is shown and write it to `file`, packed if it is named `.gz`.

    resume: go on where a collection into the same file stopped. Raises AwsError where nothing can be asked, UsageError
    where the file can't be written; then `file` stays as it was.
    """
    chain = Chain(who)
    parts = Parts(Path(file), who.endpoint_url, resume=resume)
    collector = Collector(chain, parts, watch)
    try:
        collector.run()
        gaps = parts.merge(chain.caller.arn)
    except AwsError:
        parts.remove()
        raise
    except OSError as error:
        raise UsageError(f"can't write {file}: {error.strerror or error}") from None
    return Written(collector.meter.calls, parts.resumed, gaps)
