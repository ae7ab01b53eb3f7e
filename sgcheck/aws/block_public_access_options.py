"""What an account blocks of the internet in a Region (EC2 API, VpcBlockPublicAccessOptions)."""

from collections.abc import Iterable

from sgcheck.aws.kind import Absence, Kind, Wrapper, ec2
from sgcheck.aws.record import Record


class BlockPublicAccessOptionsRecord(Record, frozen=True, kw_only=True):
    """internet_gateway_block_mode: `off`, `block-bidirectional` or `block-ingress`, for all VPCs but excluded ones."""

    aws_account_id: str | None = None
    aws_region: str | None = None
    internet_gateway_block_mode: str | None = None


def _unpack(_key: str, record: BlockPublicAccessOptionsRecord | None) -> Iterable[BlockPublicAccessOptionsRecord]:
    if record is not None:
        yield record


BLOCK_PUBLIC_ACCESS_OPTIONS: Kind[BlockPublicAccessOptionsRecord] = Kind(
    name="VPC block public access options",
    plural="VPC block public access options",
    keys=("VpcBlockPublicAccessOptions",),
    record=BlockPublicAccessOptionsRecord,
    absence=Absence.OFF,
    absence_note="VPCs and subnets say themselves what is blocked, and nothing is unless an account asks for it",
    calls=(
        ec2(
            "describe_vpc_block_public_access_options",
            "DescribeVpcBlockPublicAccessOptions",
            "VpcBlockPublicAccessOptions",
        ),
    ),
    id_of=lambda record: f"{record.aws_account_id or ''}/{record.aws_region or ''}",
    id_members=(),
    telltales=frozenset(),
    wrappers=(Wrapper("VpcBlockPublicAccessOptions", BlockPublicAccessOptionsRecord, _unpack, single=True),),
)
