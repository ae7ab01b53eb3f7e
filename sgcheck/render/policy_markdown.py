"""`iam-policy --format markdown`: each action, what it reads, and what its absence means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sgcheck.aws.permissions import Policy

_HEAD = "| action | reads | without it |\n|---|---|---|\n"


def render(policy: Policy) -> str:
    """Return one table, ending with a newline."""
    return _HEAD + "".join(
        f"| `{one.action}` | {', '.join(one.serves)} | {one.without} |\n" for one in policy.permissions
    )
