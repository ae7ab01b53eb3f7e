"""`iam-policy --format cloudformation`: a template with one managed policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.aws.permissions import Policy, Statement

_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: What sgcheck reads
Resources:
  SgcheckReadPolicy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: What sgcheck reads
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
"""
_TAIL = """\
Outputs:
  SgcheckReadPolicyArn:
    Description: Attach it to the role or user that runs sgcheck
    Value: !Ref SgcheckReadPolicy
"""


def render(policy: Policy) -> str:
    """Return the template in YAML, ending with a newline.

    Ref gives the ARN of a managed policy (CloudFormation Template Reference, AWS::IAM::ManagedPolicy).
    """
    return _HEAD + "".join(f"{line}\n" for one in policy.statements for line in _statement(one)) + _TAIL


def _statement(statement: Statement) -> Iterator[str]:
    yield f"          - Sid: {statement.sid}"
    yield "            Effect: Allow"
    yield '            Resource: "*"'
    yield "            Action:"
    for action in statement.actions:
        yield f"              - {action}"
