"""VPC flow logs as evidence: what became of the asked packets at the interfaces at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sgcheck.diagnose.flowlogs.asked import Asked, Place

if TYPE_CHECKING:
    from sgcheck.diagnose.evidence import Clue
    from sgcheck.diagnose.flowlogs.result import Result
    from sgcheck.reach.answer import Explanation

__all__ = ["Asked", "Place", "read", "scan"]


def read(
    paths: Sequence[str], asked: Asked, *, log_format: str | None = None, explanation: Explanation | None = None
) -> list[Clue]:
    """What the flow logs at `paths` say of the question.

    paths: files, and folders with all that is in them; text, gzip, Parquet, and what CloudWatch Logs and Firehose make
    of them. log_format: the order of fields where a file does not name it, as create-flow-logs takes it. explanation:
    what the configuration says, for the rules that decided.
    Raises UsageError where DuckDB is not installed or the format makes no sense, InputError for a named file that is no
    flow log.
    """
    from sgcheck.diagnose.flowlogs.clues import told
    from sgcheck.diagnose.flowlogs.notes import notes
    from sgcheck.diagnose.flowlogs.silence import nowhere, outlook, unseen

    if not asked.targets and not asked.origins:
        return [nowhere()]
    result = scan(paths, asked, log_format=log_format)
    clues = [*told(result, asked, explanation), *unseen(result, asked)]
    return [*clues, *notes(result, asked), outlook()]


def scan(paths: Sequence[str], asked: Asked, *, log_format: str | None = None) -> Result:
    """What `read` finds, before it is put into words."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from sgcheck.diagnose.flowlogs.engine import Engine
    from sgcheck.diagnose.flowlogs.fields import parse_log_format
    from sgcheck.diagnose.flowlogs.files import files_of
    from sgcheck.diagnose.flowlogs.reading import Reading

    order = parse_log_format(log_format) if log_format else None
    with TemporaryDirectory(prefix="sgcheck-") as name:
        folder = Path(name)
        with Engine(asked, folder) as engine:
            return Reading(engine, folder, order).read(files_of(paths))
