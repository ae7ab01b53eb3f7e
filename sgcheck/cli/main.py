"""`sgcheck`, the command."""

from __future__ import annotations

import atexit
import gc

import click

from sgcheck._version import __version__
from sgcheck.cli.lazy import LazyGroup
from sgcheck.cli.options import CONTEXT

# One line per command, in the order of the help.
COMMANDS = {
    "explain": "sgcheck.cli.explain",
    "check": "sgcheck.cli.check",
    "lint": "sgcheck.cli.lint",
    "rules": "sgcheck.cli.rules",
    "exposure": "sgcheck.cli.exposure",
    "reach": "sgcheck.cli.reach",
    "diff": "sgcheck.cli.diff",
    "diagnose": "sgcheck.cli.diagnose",
    "guide": "sgcheck.cli.guide",
    "graph": "sgcheck.cli.graph",
    "snapshot": "sgcheck.cli.snapshot",
    "iam-policy": "sgcheck.cli.iam_policy",
    "completion": "sgcheck.cli.completion",
}

_HELP = """
Tell what can reach what in an AWS network, and why not.

Security groups, network ACLs, routes, gateways and addresses are judged together, there and back,
from the live account or from files that the AWS CLI prints. Nothing is sent anywhere, nothing is changed.

\b
Example:
  sgcheck explain --from internet --to i-0123456789abcdef0 --port 443 -i network.json

\b
Exit codes:
  0   answered; nothing to complain of
  1   an expectation failed, lint found something, a difference trips its gate
  2   wrong usage or unreadable input
  3   undecided: something that is not in the input decides it
  4   AWS could not be asked
  70  sgcheck itself failed
"""


@click.group(cls=LazyGroup, modules=COMMANDS, context_settings=CONTEXT, help=_HELP)
@click.version_option(__version__, prog_name="sgcheck", message="%(prog)s %(version)s")
def cli() -> None:
    """Hold the commands; each one does its work in its own module."""


def main() -> None:
    """Run the command line; this is the entry point of the installed script."""
    # A process that answers and ends has no use for the cycle collector, which would look at every module and record.
    gc.disable()
    # Nor for taking it apart at the end: what is in a cycle then is left for the system to free, all at once.
    atexit.register(gc.freeze)
    cli(prog_name="sgcheck")
