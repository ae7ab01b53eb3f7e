"""A plan with both of its sides, and a plan laid over what is deployed."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

from msgspec.structs import replace

from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.aws.snapshot import Batch
from sgcheck.errors import InputError
from sgcheck.sources.files import A_PLAN, is_configuration, load_snapshot
from sgcheck.sources.jsontext import slice_text
from sgcheck.sources.place import origin_of
from sgcheck.sources.records import Place
from sgcheck.sources.tally import Tally
from sgcheck.sources.terraform.document import Document, read_document
from sgcheck.sources.terraform.sameness import Sameness
from sgcheck.sources.terraform.translate import tell
from sgcheck.sources.unpack import SHOW_PLAN, Text, texts

if TYPE_CHECKING:
    from sgcheck.aws.snapshot import Snapshot
    from sgcheck.sources.place import Origin

ONE_PLAN: Final = "expected a plan, as this prints it"
_IN_VPCS: Final = (
    "Subnets",
    "NetworkInterfaces",
    "SecurityGroups",
    "InternetGateways",
    "EgressOnlyInternetGateways",
    "NatGateways",
    "VpcPeeringConnections",
    "RouteTables",
)


def load_plan(
    path: str, stdin: BinaryIO | None = None, *, deployed: Snapshot | None = None
) -> tuple[Snapshot, Snapshot]:
    """What a plan finds and what it makes of it: (before, after).

    path: a file, or `-` for standard input, with what `terraform show -json` prints of a plan. stdin: stands in for
    standard input. deployed: what both sides are laid over. A resource that the plan replaces has the same id in both.
    Raises InputError for anything else, a state too: it has one side only.
    """
    found = [text for text in texts(path, stdin) if isinstance(text, Text)]
    if len(found) != 1:
        raise InputError(f"{path}: {ONE_PLAN}: {SHOW_PLAN}")
    text = found[0]
    if is_configuration(text):
        raise InputError(f"{text.file}: is Terraform's configuration: {ONE_PLAN}: {SHOW_PLAN}")
    sliced = slice_text(text.data, text.file)
    if isinstance(sliced, list) or "planned_values" not in sliced:
        raise InputError(f"{text.file}: {ONE_PLAN}: {SHOW_PLAN}")
    document = read_document(text.data, sliced, text.file)
    origin = origin_of(text.folders)
    same = Sameness()
    same.learn((*(document.before or ()), *document.after))
    then = Document(document.before or [], None, frozenset(), document.config, document.variables)
    sides = []
    for side in (then, document):
        tally = Tally()
        tally.files = 1
        tally.same = same
        tally.deployed = deployed
        tell(side, text.file, tally, origin)
        if side is then and deployed is None:
            _nothing_yet(tally, text.file, origin)
        made = tally.snapshot()
        sides.append(made if deployed is None else onto(made, deployed))
    return shared(sides[0], sides[1], same)


def _nothing_yet(tally: Tally, file: str, origin: Origin) -> None:
    """Where there was no VPC, there was nothing in any either: that is known, and not missing."""
    told = {batch.kind.name for batch in tally.snapshot().batches if batch.records}
    if "VPC" not in told:
        for key in _IN_VPCS:
            if (kind := KIND_BY_KEY[key]).name not in told:
                tally.elements(kind.keys[0], [], Place(file), origin)


def shared(before: Snapshot, after: Snapshot, same: Sameness) -> tuple[Snapshot, Snapshot]:
    """Both sides with the same stand-ins, so that no rule is split by them on one side only.

    An address that is known on one side, and open on the other, is open there only.
    """
    known = same.formers
    sides = []
    for one, other in ((before, after), (after, before)):
        there = {pending.address for pending in one.pending}
        more = [p for p in other.pending if p.address not in there and p.address not in known]
        sides.append(replace(one, pending=(*one.pending, *more)) if more else one)
    return sides[0], sides[1]


def load_pair(
    before: str, after: str, stdin: BinaryIO | None = None, *, deployed: Snapshot | None = None
) -> tuple[Snapshot, Snapshot]:
    """Two inputs that are compared, of any kind.

    What Terraform calls the same is the same in both. Plans and states are laid over `deployed`; without it, one that
    comes after what is no such document is laid over that. Raises InputError.
    """
    same = Sameness()
    data = None
    if "-" in (before, after):
        import sys

        data = (stdin or sys.stdin.buffer).read()

    def read(path: str, over: Snapshot | None) -> tuple[Snapshot, bool]:
        counted = same.documents
        made = load_snapshot([path], None if data is None else BytesIO(data), deployed=over, same=same)
        return made, same.documents > counted

    first, planned = read(before, deployed)
    over = deployed if deployed is not None or planned else first
    second, also_planned = read(after, over)
    if same.late:
        first, _ = read(before, deployed)
    if deployed is not None and not planned and not also_planned:
        raise InputError(f"{before}, {after}: {A_PLAN}")
    return shared(first, second, same)


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
