"""What is to be, laid over what is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sgcheck.aws.snapshot import Batch

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot


def onto(plan: Snapshot, deployed: Snapshot) -> Snapshot:
    """`plan`, or a template, over what is there: its resources count instead of their older selves.

    What a plan deletes is gone. plan: read with `deployed` at hand, so that what it adds to others is in it.
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
