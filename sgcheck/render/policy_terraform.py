"""`iam-policy --format terraform`: a managed policy, and the document that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.aws.permissions import Policy, Statement

_POLICY = """
resource "aws_iam_policy" "sgcheck" {
  name        = "sgcheck-read"
  description = "What sgcheck reads"
  policy      = data.aws_iam_policy_document.sgcheck.json
}
"""


def render(policy: Policy) -> str:
    """Return the configuration, laid out as `terraform fmt` does, ending with a newline.

    The resources are those of the AWS provider: aws_iam_policy_document and aws_iam_policy.
    """
    statements = "\n".join("".join(f"{line}\n" for line in _statement(one)) for one in policy.statements)
    return f'data "aws_iam_policy_document" "sgcheck" {{\n{statements}}}\n{_POLICY}'


def _statement(statement: Statement) -> Iterator[str]:
    yield "  statement {"
    yield f'    sid       = "{statement.sid}"'
    yield '    effect    = "Allow"'
    yield '    resources = ["*"]'
    yield "    actions = ["
    for action in statement.actions:
        yield f'      "{action}",'
    yield "    ]"
    yield "  }"
