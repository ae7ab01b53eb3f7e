"""Why some findings of checkov are none here: looked at by hand, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """ids: of checkov. places: `FILE:RESOURCE` with * and ?, the file within the corpus. why: to fill a table's cell."""

    ids: tuple[str, ...]
    places: tuple[str, ...]
    why: str


REASONS: Final = (
    Reason(
        ("CKV_AWS_23",),
        ("cfn/*/security_group_rule_description_fail.yml:*",),
        "a rule without source or destination, which AWS refuses",
    ),
    Reason(
        ("CKV_AWS_23",),
        ("cfn/*/quickstart/nist_application.yaml:*",),
        "rules whose range is a parameter without a value: `--parameters` gives it",
    ),
    Reason(
        ("CKV_AWS_88",),
        ("*:AWS::EC2::LaunchTemplate.*",),
        "a launch template is not read; VPC104 tells it of the instances, once there are any",
    ),
    Reason(
        ("CKV_AWS_88",),
        ("cfn/*/integration/aws-ec2-instance.yaml:*",),
        "an instance with a public address and an interface that is there already, which AWS refuses",
    ),
    Reason(
        ("CKV_AWS_130",),
        ("tfplan/*/skip_directory/tfplan2.json:aws_subnet.*",),
        "the plan has lost its configuration, so that the VPC of the subnet is unknown; a warning says so",
    ),
    Reason(
        ("CKV_AWS_148",),
        ("*:*aws_default_vpc.*",),
        "naming the default VPC in Terraform makes none; VPC117 tells of one in which something lives",
    ),
    Reason(
        ("CKV_AWS_248",),
        ("*:aws_elasticsearch_domain.*",),
        "a domain outside of a VPC has no group at all",
    ),
    Reason(
        ("CKV2_AWS_5",),
        ("tfplan/*/test_issue-234-egress/plan.out.json:aws_security_group.alb",),
        "a rule of another group names it: SG314 tells that it has no members, once there are interfaces",
    ),
    Reason(
        ("CKV2_AWS_5",),
        ("tfplan/*/test_issue-249-bad_feature/plan.out.json:aws_security_group.lambda_sg",),
        "a function in a module has it, which checkov does not follow",
    ),
    Reason(
        ("CKV2_AWS_19",),
        ("tfplan/*/test_issue-158/plan.out.json:module.vpc.aws_eip.nat[[]?[]]",),
        "NAT gateways have them, one each, which checkov does not follow through an index",
    ),
)
