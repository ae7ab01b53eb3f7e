"""Security groups that are associated with further VPCs (EC2 API, SecurityGroupVpcAssociation)."""

from sgcheck.aws.kind import Absence, Kind, ec2
from sgcheck.aws.record import Id, Record


class SecurityGroupVpcAssociationRecord(Record, frozen=True, kw_only=True):
    """A VPC, besides its own, that a group may be used in while the state is `associated`."""

    group_id: Id
    vpc_id: Id
    vpc_owner_id: str | None = None
    group_owner_id: str | None = None
    state: str | None = None


SECURITY_GROUP_VPC_ASSOCIATION: Kind[SecurityGroupVpcAssociationRecord] = Kind(
    name="security group VPC association",
    plural="security group VPC associations",
    keys=("SecurityGroupVpcAssociations",),
    record=SecurityGroupVpcAssociationRecord,
    absence=Absence.OFF,
    absence_note="an opt-in feature: groups are used in their own VPC only",
    calls=(
        ec2(
            "describe_security_group_vpc_associations",
            "DescribeSecurityGroupVpcAssociations",
            "SecurityGroupVpcAssociations",
        ),
    ),
    id_of=lambda record: f"{record.group_id}/{record.vpc_id}",
    id_members=("GroupId",),
    telltales=frozenset({"VpcOwnerId"}),
)
