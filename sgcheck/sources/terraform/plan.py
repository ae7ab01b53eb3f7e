"""A plan with both of its sides, and a plan laid over what is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from sgcheck.aws.snapshot import Batch
from sgcheck.errors import InputError
from sgcheck.sources.jsontext import slice_text
from sgcheck.sources.place import origin_of
from sgcheck.sources.tally import Tally
from sgcheck.sources.terraform.document import Document, read_document
from sgcheck.sources.terraform.translate import tell
from sgcheck.sources.unpack import SHOW_PLAN, Text, texts

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot


def load_plan(path: str, stdin: BinaryIO | None = None) -> tuple[Snapshot, Snapshot]:
    """What a plan finds and what it makes of it: (before, after).

    path: a file, or `-` for standard input, with what `terraform show -json` prints of a plan. stdin: stands in for
    standard input. Raises InputError for anything else, a state too: it has one side only.
    """
    found = [text for text in texts(path, stdin) if isinstance(text, Text)]
    if len(found) != 1:
        raise InputError(f"{path}: expected one plan: {SHOW_PLAN}")
    text = found[0]
    sliced = slice_text(text.data, text.file)
    if isinstance(sliced, list) or "planned_values" not in sliced:
        raise InputError(f"{text.file}: expected a plan, as this prints it: {SHOW_PLAN}")
    document = read_document(text.data, sliced, text.file)
    origin = origin_of(text.folders)
    sides = []
    for resources in (document.before or [], document.after):
        tally = Tally()
        tally.files = 1
        side = Document(resources, None, frozenset(), document.config, document.variables)
        tell(side if resources is not document.after else document, text.file, tally, origin)
        sides.append(tally.snapshot())
    return sides[0], sides[1]


def onto(plan: Snapshot, deployed: Snapshot) -> Snapshot:
    """`plan` over what is there: a resource of the plan counts instead of its older self, what it deletes is gone.

    plan: read with `deployed` at hand, so that what it adds to others is in it.
    """
    theirs = {(batch.kind.name, batch.kind.id_of(record)) for batch in plan.batches for record in batch.records}
    gone = plan.gone
    kept = []
    for batch in deployed.batches:
        records = [
            record
            for record in batch.records
            if (batch.kind.name, batch.kind.id_of(record)) not in theirs
            and batch.kind.id_of(record) not in gone
            and _holder(record) not in gone
        ]
        kept.append(Batch(batch.kind, batch.account, batch.region, batch.source, records))
    # Gaps of the plan say what Terraform does not manage, which is what the other side tells.
    return replace(plan, gaps=()).merged(replace(deployed, batches=tuple(kept), keeper=None))


def _holder(record: object) -> str | None:
    """The instance that an interface goes with."""
    attachment = getattr(record, "attachment", None)
    return getattr(attachment, "instance_id", None)
