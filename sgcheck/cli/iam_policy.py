"""`sgcheck iam-policy`: the permissions that reading an account takes, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sgcheck.cli.options import CONTEXT, format_option, output_option
from sgcheck.cli.output import deliver, destination

if TYPE_CHECKING:
    from sgcheck.aws.permissions import Policy

FORMATS = ("json", "terraform", "cloudformation", "markdown")

_SHORT = "The least-privilege IAM policy for reading an account."
_HELP = """
Print the IAM policy that lets sgcheck read all that it understands, and nothing else. Every action only reads.

--only explain leaves out the actions that read optional features: what nothing on a path names counts as not in use,
what something names is unknown, and the answer names the gap.

\b
Examples:
  sgcheck iam-policy > policy.json
  sgcheck iam-policy --only explain
  sgcheck iam-policy -f terraform -o sgcheck.tf
  sgcheck iam-policy -f cloudformation -o sgcheck.yaml
  sgcheck iam-policy -f markdown
"""


@click.command("iam-policy", context_settings=CONTEXT, help=_HELP, short_help=_SHORT)
@click.option("--only", type=click.Choice(["explain"]), help="Only what every verdict depends on.")
@format_option(*FORMATS)
@output_option
def command(*, only: str | None, format_: str, output: str | None) -> None:
    """Print the policy."""
    from sgcheck.aws.permissions import policy

    deliver(_rendered(policy(only_deciding=only is not None), format_), destination(output, color=False), machine=True)


def _rendered(policy: Policy, format_: str) -> str:
    match format_:
        case "terraform":
            from sgcheck.render.policy_terraform import render
        case "cloudformation":
            from sgcheck.render.policy_cloudformation import render
        case "markdown":
            from sgcheck.render.policy_markdown import render
        case _:
            from sgcheck.render.policy_json import render
    return render(policy)
