"""A plan with both of its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from sgcheck.aws.kinds import KIND_BY_KEY
from sgcheck.errors import InputError
from sgcheck.sources.cloudformation.document import is_template, may_be_yaml
from sgcheck.sources.files import is_configuration
from sgcheck.sources.jsontext import first_byte, slice_text
from sgcheck.sources.onto import onto
from sgcheck.sources.pair import shared
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
    Raises InputError for anything else, a state or template too: it has one side only.
    """
    found = [text for text in texts(path, stdin) if isinstance(text, Text)]
    if len(found) != 1:
        raise InputError(f"{path}: {ONE_PLAN}: {SHOW_PLAN}")
    text = found[0]
    if is_configuration(text):
        raise InputError(f"{text.file}: is Terraform's configuration: {ONE_PLAN}: {SHOW_PLAN}")
    if may_be_yaml(text.data) and first_byte(text.data) != b"{":
        raise _one_side(text.file)
    sliced = slice_text(text.data, text.file)
    if not isinstance(sliced, list) and is_template(sliced):
        raise _one_side(text.file)
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
    return shared(sides[0], sides[1], same.formers)


def _one_side(file: str) -> InputError:
    return InputError(f"{file}: is a CloudFormation template, which has no other side: expected BEFORE and AFTER")


def _nothing_yet(tally: Tally, file: str, origin: Origin) -> None:
    """Where there was no VPC, there was nothing in any either: that is known, and not missing."""
    told = {batch.kind.name for batch in tally.snapshot().batches if batch.records}
    if "VPC" not in told:
        for key in _IN_VPCS:
            if (kind := KIND_BY_KEY[key]).name not in told:
                tally.elements(kind.keys[0], [], Place(file), origin)
