"""`iam-policy --format json`: the policy document, as IAM takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgcheck.render.encode import document

if TYPE_CHECKING:
    from sgcheck.aws.permissions import Policy


def render(policy: Policy) -> str:
    """Return the policy document, ending with a newline (IAM User Guide, JSON policy element reference)."""
    return document(policy_document(policy))


def policy_document(policy: Policy) -> dict[str, Any]:
    """Return the policy document as plain values."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": statement.sid, "Effect": "Allow", "Action": statement.actions, "Resource": "*"}
            for statement in policy.statements
        ],
    }
