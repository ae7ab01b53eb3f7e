"""VPCs and subnets that block public access spares (EC2 API, VpcBlockPublicAccessExclusion)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record


class BlockPublicAccessExclusionRecord(Record, frozen=True, kw_only=True):
    """An exclusion of the VPC or subnet that the ARN names; it counts once its creation or update is complete.

    internet_gateway_exclusion_mode: `allow-bidirectional` or `allow-egress`.
    """

    exclusion_id: Id
    internet_gateway_exclusion_mode: str | None = None
    resource_arn: str | None = None
    state: str | None = None


BLOCK_PUBLIC_ACCESS_EXCLUSION: Kind[BlockPublicAccessExclusionRecord] = Kind(
    name="VPC block public access exclusion",
    plural="VPC block public access exclusions",
    keys=("VpcBlockPublicAccessExclusions",),
    record=BlockPublicAccessExclusionRecord,
    absence=Absence.OFF,
    absence_note="VPCs and subnets say themselves what is blocked",
    calls=(
        ec2(
            "describe_vpc_block_public_access_exclusions",
            "DescribeVpcBlockPublicAccessExclusions",
            "VpcBlockPublicAccessExclusions",
        ),
    ),
    id_of=lambda record: record.exclusion_id,
    id_members=("ExclusionId",),
    telltales=frozenset({"InternetGatewayExclusionMode", "ResourceArn"}),
)
